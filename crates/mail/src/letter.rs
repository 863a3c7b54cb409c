//! What each mail says, before it is text or HTML.

mod handover;
mod verification;

use crate::{Notification, Unsendable, clean};
use akses_domain::access::{EXTENSION_DAYS_MAX, verification_deadline};
use akses_domain::handover::Handover;
use akses_domain::person::Profile;
use akses_domain::reference::VerifiedBy;
use akses_domain::time::{Date, Instant, Zone};
use akses_domain::words;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// One mail.
pub(crate) struct Letter {
    /// The subject line.
    pub(crate) subject: String,
    /// Who is spoken to.
    pub(crate) greeting: String,
    /// What happened.
    pub(crate) news: String,
    /// What it is about, label by label.
    pub(crate) facts: Vec<(&'static str, String)>,
    /// What somebody wrote about it, line by line.
    pub(crate) quote: Option<(&'static str, Vec<String>)>,
    /// What to do next, in order.
    pub(crate) steps: Vec<String>,
}

/// The letter for a notification's template.
pub(crate) fn write(notification: &Notification) -> Result<Letter, Unsendable> {
    match notification.template.as_str() {
        "request-submitted" => Ok(submitted(notification, read(notification)?)),
        "extension-requested" => Ok(extension(notification, read(notification)?)),
        "access-ending" => Ok(ending(notification, read(notification)?)),
        "appeal-sent" => Ok(appeal(notification, read(notification)?)),
        "request-approved" => Ok(approved(notification, read(notification)?)),
        "request-rejected" => Ok(rejected(notification, read(notification)?)),
        "access-deactivated" => Ok(deactivated(notification, read(notification)?)),
        "access-expired" => Ok(expired(notification, read(notification)?)),
        "handover-named" | "handover-received" | "handover-noted" | "payment-reminder" => {
            Ok(handover::named(notification, read(notification)?))
        }
        "request-filed-for-you" => Ok(filed_for_you(notification, read(notification)?)),
        "unassigned-reported" => Ok(handover::unassigned(notification, read(notification)?)),
        "meeting-scheduled" | "meeting-moved" => Ok(meeting(notification, read(notification)?)),
        "meeting-missed" => Ok(missed(notification, read(notification)?)),
        "verification-reminded" | "verification-escalated" => {
            Ok(verification::step(notification, read(notification)?))
        }
        "substitute-named" => Ok(verification::substitute(notification, read(notification)?)),
        "absence-recorded" => Ok(verification::absence(notification, read(notification)?)),
        "substitution-ended" => Ok(verification::ended(notification, read(notification)?)),
        "verifier-gap-found" => Ok(verification::gap(notification, read(notification)?)),
        "verifier-gaps-reported" => Ok(verification::gaps(notification, read(notification)?)),
        "reset-requested" => Ok(reset_requested(notification)),
        "reset-delivered" => Ok(reset_delivered(notification, read(notification)?)),
        "reset-letter-sent" => Ok(reset_letter_sent(notification)),
        "password-changed" => Ok(password_changed(notification)),
        other => Err(Unsendable::UnknownTemplate(clean::token(other))),
    }
}

/// Of `access-requested` and `reactivation-requested`.
#[derive(Deserialize)]
struct Submitted {
    request: Request,
    verified_by: VerifiedBy,
    /// Only a registration has a form.
    form: Option<SubmittedForm>,
}

/// Whether the request is verified in a meeting (MTG-1).
#[derive(Deserialize)]
struct SubmittedForm {
    #[serde(default)]
    profile: Profile,
}

#[derive(Deserialize)]
struct Request {
    valid_until: Date,
    deadline_at: Instant,
}

/// VER-3: the deadline counts from submission.
fn submitted(notification: &Notification, event: Submitted) -> Letter {
    let zone = notification.zone;
    let deadline = words::moment(event.request.deadline_at, zone);
    let what = match event.form {
        Some(_) => "Pendaftaran akses",
        None => "Permohonan Aktifkan Kembali",
    };
    let (verifier, contact) = match event.verified_by {
        VerifiedBy::Institution => (
            "Verifikator (VAI) instansi Anda",
            "hubungi VAI di instansi Anda",
        ),
        VerifiedBy::National => (
            "Direktorat Sistem Pengadaan Digital",
            "hubungi Pusat Bantuan Direktorat Sistem Pengadaan Digital",
        ),
    };
    let by_meeting = event
        .form
        .as_ref()
        .is_some_and(|form| form.profile == Profile::Supplier);
    let received = letter(
        notification,
        format!("{what} Anda sudah diterima"),
        format!(
            "{what} Anda sudah kami terima pada {} dan sekarang Menunggu Verifikasi.",
            words::moment(notification.at, zone)
        ),
    )
    .fact(
        "Masa berlaku yang diajukan",
        until(event.request.valid_until, zone),
    )
    .fact("Batas waktu verifikasi", deadline.clone())
    .fact(
        "Asal batas waktu",
        verification_deadline(notification.at).derivation("diajukan", zone),
    );
    if by_meeting {
        return received.step(
            "Pengajuan ini diverifikasi lewat rapat virtual. Jadwalnya dikirim dalam surel \
             tersendiri; siapkan Surat Tugas."
                .to_owned(),
        );
    }
    received
        .step(format!(
            "Anda tidak perlu melakukan apa-apa sekarang. {verifier} memeriksa pengajuan ini \
         paling lambat {deadline}, dan hasilnya dikirim ke alamat surel ini."
        ))
        .step(format!(
            "Bila sampai batas waktu itu belum ada hasil, {contact}."
        ))
}

/// EXP-7: the access stays as it is until its old date.
fn extension(notification: &Notification, event: Submitted) -> Letter {
    let zone = notification.zone;
    let deadline = words::moment(event.request.deadline_at, zone);
    letter(
        notification,
        "Permohonan perpanjangan Anda sudah diterima".to_owned(),
        format!(
            "Permohonan perpanjangan Anda sudah kami terima pada {} dan menunggu verifikasi. \
             Selama itu akses Anda tetap Aktif sampai masa berlakunya yang sekarang.",
            words::moment(notification.at, zone)
        ),
    )
    .fact(
        "Masa berlaku yang diajukan",
        until(event.request.valid_until, zone),
    )
    .fact("Batas waktu verifikasi", deadline.clone())
    .fact(
        "Asal batas waktu",
        verification_deadline(notification.at).derivation("diajukan", zone),
    )
    .step(format!(
        "Anda tidak perlu melakukan apa-apa sekarang. Hasilnya dikirim ke alamat surel ini \
         paling lambat {deadline}. Bila sampai batas waktu itu belum ada hasil, hubungi VAI \
         instansi Anda."
    ))
    .step(
        "Bila masa berlaku yang sekarang lewat lebih dahulu, akses menjadi Kedaluwarsa, tetapi \
         permohonan ini tetap diproses."
            .to_owned(),
    )
}

/// Of `access-ending`.
#[derive(Deserialize)]
struct Ending {
    /// The stage.
    days: u32,
    valid_until: Date,
}

/// EXP-7: what to do, until when, and why not to wait.
fn ending(notification: &Notification, event: Ending) -> Letter {
    let zone = notification.zone;
    let last = words::weekday_date(event.valid_until);
    // A timer that was late reminds of fewer days than its stage has.
    let left = (event.valid_until - zone.date_at(notification.at)).num_days();
    let when = match left {
        ..=0 => "hari ini".to_owned(),
        1 => "besok".to_owned(),
        days => format!("{days} hari lagi"),
    };
    let prepare = match event.days {
        ..=1 => {
            "Ini pengingat terakhir. Bila Anda masih bertugas, ajukan perpanjangan sekarang juga."
        }
        2..=7 => "Bila Anda masih bertugas, ajukan perpanjangan hari ini.",
        8..=14 => "Bila Anda masih bertugas, ajukan perpanjangan minggu ini.",
        _ => "Bila Anda masih bertugas, mulailah mengurus SK/ST yang menyebut masa tugas baru.",
    };
    letter(
        notification,
        format!("Akses Anda berakhir {when}"),
        format!("Masa berlaku akses ini berakhir {when}: {last} pukul 24.00 {zone}."),
    )
    .fact("Masa berlaku", until(event.valid_until, zone))
    .step(prepare.to_owned())
    .step(format!(
        "{EXTEND} Perpanjangan dapat diajukan sampai {last}."
    ))
    .step(APPLY_EARLY.to_owned())
    .step(
        "Bila tugas Anda memang berakhir, tunjuk siapa yang meneruskan pengadaan yang belum \
         selesai: tekan Nonaktifkan pada hari terakhir Anda."
            .to_owned(),
    )
}

/// Of `appeal-sent`.
#[derive(Deserialize)]
struct Appeal {
    until: Date,
}

/// EXP-7: the appeal of the letter, from the institution's own officials.
fn appeal(notification: &Notification, event: Appeal) -> Letter {
    let last = words::weekday_date(event.until);
    letter(
        notification,
        "Imbauan: ajukan perpanjangan akses Anda lebih awal".to_owned(),
        format!(
            "Instansi Anda mengimbau: satu atau beberapa akses Anda berakhir paling lambat {last}. \
             Ajukan perpanjangannya dari sekarang, jangan menunggu hari terakhir."
        ),
    )
    .fact(
        "Berakhir paling lambat",
        until(event.until, notification.zone),
    )
    .step("Masuk ke Akses dan lihat tanggal berakhir setiap akses Anda.".to_owned())
    .step(EXTEND.to_owned())
    .step(APPLY_EARLY.to_owned())
}

/// Of the same events, where a letter asked for somebody else.
fn filed_for_you(notification: &Notification, event: Submitted) -> Letter {
    let zone = notification.zone;
    letter(
        notification,
        "Kepala UKPBJ mengajukan akses untuk Anda".to_owned(),
        format!(
            "Pada {} Kepala UKPBJ instansi Anda mengajukan akses ini untuk Anda dengan surat \
             kolektif. Nama yang mengajukan dapat Anda baca di daftar akses Anda.",
            words::moment(notification.at, zone)
        ),
    )
    .fact(
        "Masa berlaku yang diajukan",
        until(event.request.valid_until, zone),
    )
    .step(
        "Periksa peran, satuan kerja, dan masa berlakunya. Bila tidak sesuai, segera hubungi \
         Kepala UKPBJ atau VAI instansi Anda."
            .to_owned(),
    )
}

#[derive(Deserialize)]
struct Approved {
    valid_until: Date,
}

fn approved(notification: &Notification, event: Approved) -> Letter {
    let end = until(event.valid_until, notification.zone);
    letter(
        notification,
        "Pengajuan Anda disetujui: akses Aktif".to_owned(),
        format!(
            "Pengajuan Anda disetujui pada {}. Akses Anda sekarang Aktif.",
            words::moment(notification.at, notification.zone)
        ),
    )
    .fact("Berlaku", end.clone())
    .step("Masuk ke Akses, lalu pilih platform yang hendak Anda pakai.".to_owned())
    .step(format!(
        "Akses ini berlaku {end}. Bila tugas Anda diperpanjang, ajukan perpanjangan sebelum \
         tanggal itu, mulai {EXTENSION_DAYS_MAX} hari sebelumnya, dengan SK/ST yang baru."
    ))
}

#[derive(Deserialize)]
struct Rejected {
    reason: String,
}

/// VER-2: the reason reaches the person. REG-6: they may start again.
fn rejected(notification: &Notification, event: Rejected) -> Letter {
    let mut letter = letter(
        notification,
        "Pengajuan Anda ditolak: lihat alasannya".to_owned(),
        format!(
            "Pengajuan Anda ditolak pada {}.",
            words::moment(notification.at, notification.zone)
        ),
    )
    .step("Perbaiki data atau dokumen sesuai dengan alasan di atas.".to_owned())
    .step(
        "Masuk ke Akses dan ajukan kembali. Tidak ada batas waktu untuk itu; data yang \
         pernah Anda isi ditawarkan kembali."
            .to_owned(),
    )
    .step("Bila alasannya kurang jelas, tanyakan kepada VAI di instansi Anda.".to_owned());
    letter.quote = Some(("Alasan penolakan", clean::lines(&event.reason)));
    letter
}

#[derive(Deserialize)]
struct Deactivated {
    handover: Handover,
}

/// EXP-1, EXP-6.
fn deactivated(notification: &Notification, event: Deactivated) -> Letter {
    let handover = match event.handover {
        Handover::NoneOpen => "Tidak ada pengadaan yang belum selesai",
        Handover::Successor { .. } => "Diteruskan oleh orang yang Anda tunjuk",
        Handover::Unassigned { .. } => "Belum ada penerus; PA/KPA diminta menunjuk",
    };
    let letter = letter(
        notification,
        "Akses Anda sudah dinonaktifkan".to_owned(),
        format!(
            "Sesuai permintaan Anda, akses ini Tidak Aktif sejak {}.",
            words::moment(notification.at, notification.zone)
        ),
    )
    .fact("Pekerjaan yang belum selesai", handover.to_owned())
    .step(format!(
        "Bila bukan Anda yang menonaktifkan, {SOMEBODY_ELSE}"
    ))
    .step(SETTLE_PAYMENTS.to_owned())
    .step(REACTIVATE.to_owned());
    handover::with_packages(letter, event.handover.packages())
}

#[derive(Deserialize)]
struct Expired {
    valid_until: Option<Date>,
    overtook_request: bool,
}

/// EXP-3; EXP-4 for those whose request waits on.
fn expired(notification: &Notification, event: Expired) -> Letter {
    let zone = notification.zone;
    let mut letter = letter(
        notification,
        "Masa berlaku akses Anda sudah berakhir".to_owned(),
        "Masa berlaku akses ini sudah lewat. Statusnya sekarang Kedaluwarsa, dan akses ini \
         tidak dapat dipakai untuk masuk ke platform."
            .to_owned(),
    );
    if let Some(day) = event.valid_until {
        letter = letter.fact("Masa berlaku", until(day, zone));
    }
    letter = if event.overtook_request {
        letter.step(
            "Pengajuan Anda yang menunggu verifikasi tetap diproses. Anda tidak perlu \
             mengajukan lagi; hasilnya dikirim ke alamat surel ini."
                .to_owned(),
        )
    } else {
        letter.step(REACTIVATE.to_owned())
    };
    letter
        .step(handover::name_a_successor())
        .step(SETTLE_PAYMENTS.to_owned())
}

/// Of `meeting-scheduled` and `meeting-moved`.
#[derive(Deserialize)]
pub(crate) struct Meeting {
    pub(crate) starts_at: Instant,
    pub(crate) ends_at: Instant,
    closes_at: Instant,
}

/// The meeting that a mail invites to; none for other mails.
pub(crate) fn invitation(notification: &Notification) -> Result<Option<Meeting>, Unsendable> {
    match notification.template.as_str() {
        "meeting-scheduled" | "meeting-moved" => read(notification).map(Some),
        _ => Ok(None),
    }
}

/// MTG-1, MTG-2.
fn meeting(notification: &Notification, event: Meeting) -> Letter {
    let zone = notification.zone;
    let begins = words::moment(event.starts_at, zone);
    let (subject, news) = if notification.template == "meeting-moved" {
        (
            "Jadwal rapat verifikasi Anda berubah",
            format!(
                "Rapat verifikasi Anda dipindahkan ke {begins}. Waktu yang lama tidak berlaku."
            ),
        )
    } else {
        (
            "Jadwal rapat verifikasi Anda",
            format!("Pendaftaran akses Anda diverifikasi lewat rapat daring pada {begins}."),
        )
    };
    // Calendar days end at midnight: the last one is the one before.
    let last = zone.date_at(Instant::from_ms(event.closes_at.ms() - 1));
    letter(notification, subject.to_owned(), news)
        .fact("Mulai", begins)
        .fact("Selesai", words::moment(event.ends_at, zone))
        .fact("Jadwal dapat diganti", until(last, zone))
        .step(
            "Siapkan Surat Tugas atau Surat Keterangan Kerja yang asli; verifikator memeriksanya \
             dalam rapat."
                .to_owned(),
        )
        .step(
            "Pada hari rapat, masuk ke Akses, buka pengajuan ini, lalu tekan Gabung Rapat. Anda \
             menunggu di ruang tunggu sampai verifikator memanggil."
                .to_owned(),
        )
        .step(
            "Bila berhalangan, tekan Cari Jadwal Lain sebelum rapat. Undangan kalender terlampir."
                .to_owned(),
        )
}

#[derive(Deserialize)]
struct Missed {
    starts_at: Instant,
    closes_at: Instant,
}

/// MTG-4.
fn missed(notification: &Notification, event: Missed) -> Letter {
    let zone = notification.zone;
    let last = zone.date_at(Instant::from_ms(event.closes_at.ms() - 1));
    let letter = letter(
        notification,
        "Rapat verifikasi Anda terlewat".to_owned(),
        format!(
            "Anda tidak hadir pada rapat verifikasi {}.",
            words::moment(event.starts_at, zone)
        ),
    );
    if notification.at >= event.closes_at {
        return letter.step(
            "Batas untuk menjadwalkan ulang sudah lewat, sehingga pendaftaran ini ditutup. Anda \
             dapat mendaftarkan akses ini kembali."
                .to_owned(),
        );
    }
    letter
        .fact("Jadwal dapat diganti", until(last, zone))
        .step(format!(
            "Masuk ke Akses, buka pengajuan ini, lalu tekan Cari Jadwal Lain paling lambat {}.",
            words::weekday_date(last)
        ))
        .step(
            "Bila sampai saat itu tidak ada rapat, pendaftaran ini ditolak dan Anda perlu \
             mendaftar kembali."
                .to_owned(),
        )
}

/// PWD-3: nobody's password is reset behind their back.
fn reset_requested(notification: &Notification) -> Letter {
    letter(
        notification,
        "Permohonan reset password untuk akun Anda".to_owned(),
        format!(
            "Kepala Satuan Kerja memohon reset password akun Anda pada {}. Kata sandi Anda belum \
             berubah.",
            words::moment(notification.at, notification.zone)
        ),
    )
    .step(
        "Bila Anda memintanya: Tim LPSE menghubungi Anda untuk mencocokkan nama dan nomor \
         pengambilan. Sebutkan hanya nomornya; simpan kodenya untuk Anda sendiri."
            .to_owned(),
    )
    .step(NOT_YOU.to_owned())
}

/// Of the event of step 6.
#[derive(Deserialize)]
struct ResetDelivered {
    expires_at: Instant,
}

/// PWD-3: says that a message is there, and nothing that opens it.
fn reset_delivered(notification: &Notification, event: ResetDelivered) -> Letter {
    let until = words::moment(event.expires_at, notification.zone);
    letter(
        notification,
        "Pesan untuk Anda: buat kata sandi baru".to_owned(),
        "Reset password akun Anda sudah disetujui. Caranya ada di kotak pesan Anda pada Akses; \
         surel ini tidak memuat kata sandi, kode, atau tautan rahasia apa pun."
            .to_owned(),
    )
    .fact("Paling lambat", until)
    .step(
        "Bila Anda masih dapat masuk: buka Akses, pilih Kotak Pesan, lalu buka pesan itu."
            .to_owned(),
    )
    .step(
        "Bila Anda tidak dapat masuk: buka Akses, pilih Ambil Pesan, lalu isikan kode \
         pengambilan yang Anda simpan."
            .to_owned(),
    )
    .step(NOT_YOU.to_owned())
}

fn reset_letter_sent(notification: &Notification) -> Letter {
    letter(
        notification,
        "Surat Pemberitahuan Reset Password sudah terbit".to_owned(),
        format!(
            "Surat Pemberitahuan tentang Reset Password akun PPK dan/atau Pejabat Pengadaan \
             dikirim kepada Anda pada {}.",
            words::moment(notification.at, notification.zone)
        ),
    )
    .step("Masuk ke Akses, lalu baca suratnya di Kotak Pesan.".to_owned())
}

fn password_changed(notification: &Notification) -> Letter {
    letter(
        notification,
        "Kata sandi Anda sudah diganti".to_owned(),
        format!(
            "Kata sandi akun Anda diganti pada {}. Semua sesi yang terbuka sudah ditutup.",
            words::moment(notification.at, notification.zone)
        ),
    )
    .step("Masuk kembali dengan kata sandi yang baru.".to_owned())
    .step(NOT_YOU.to_owned())
}

/// Somebody else is signed in as this person; a password is changed only by a reset.
pub(crate) const SOMEBODY_ELSE: &str = "segera hubungi Pusat Bantuan dan Kepala Satuan Kerja, dan \
    minta kata sandi Anda di-reset.";

const NOT_YOU: &str = "Bila ini bukan dari Anda, segera hubungi Kepala Satuan Kerja dan Pusat \
    Bantuan.";

const EXTEND: &str = "Masuk ke Akses, pilih akses ini, lalu tekan Perpanjang. Siapkan SK/ST yang \
    menyebut masa tugas baru (PDF, paling besar 2 MB).";

/// The letter's appeal, with VER-3.
const APPLY_EARLY: &str = "Ajukan lebih awal: verifikasi memakan waktu sampai 3x24 jam, dan lebih \
    lama bila banyak yang mengajukan pada hari yang sama. Selama menunggu, akses Anda tetap Aktif \
    sampai masa berlakunya berakhir.";

const REACTIVATE: &str = "Bila Anda masih bertugas, masuk ke Akses, pilih akses ini, lalu tekan \
    Aktifkan Kembali. Siapkan SK/ST yang menyebut masa tugas baru (PDF, paling besar 2 MB).";

/// EXP-6.
const SETTLE_PAYMENTS: &str = "Bila Anda PPK dan ada paket yang sudah diserahterimakan, \
    selesaikan pembayarannya bersama Bendahara.";

fn letter(notification: &Notification, subject: String, news: String) -> Letter {
    let name = clean::line(&notification.recipient_name);
    let known = [
        ("Peran", clean::line(&notification.role_name)),
        ("Satuan kerja", clean::line(&notification.work_unit_name)),
        ("Instansi", clean::line(&notification.institution_name)),
    ];
    Letter {
        subject,
        greeting: if name.is_empty() {
            "Yth. Pengguna Akses,".to_owned()
        } else {
            format!("Yth. {name},")
        },
        news,
        facts: known
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .collect(),
        quote: None,
        steps: Vec::new(),
    }
}

impl Letter {
    fn fact(mut self, label: &'static str, value: String) -> Self {
        self.facts.push((label, value));
        self
    }

    fn step(mut self, step: String) -> Self {
        self.steps.push(step);
        self
    }
}

/// A last day, with what "last" means (EXP-2).
fn until(day: Date, zone: Zone) -> String {
    format!("sampai {} pukul 24.00 {zone}", words::weekday_date(day))
}

fn read<T: DeserializeOwned>(notification: &Notification) -> Result<T, Unsendable> {
    serde_json::from_str(&notification.event).map_err(|error| {
        // Where, not what: the event holds what people typed.
        let place = format!("line {} column {}", error.line(), error.column());
        Unsendable::BadEvent(format!("{:?} error at {place}", error.classify()))
    })
}
