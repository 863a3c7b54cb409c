//! The answer in words, for somebody who stands before a closed door in the
//! morning: what it is, since when, who did it, and what opens it.

use akses_domain::authority::Capacity;
use akses_domain::conflict::Clash;
use akses_domain::reference::VerifiedBy;
use akses_domain::time::{CutOff, Instant, Zone};
use akses_domain::why::{By as Hand, Cause, Next, Why};
use akses_domain::words;
use akses_endpoint::accesses::Named;
use akses_endpoint::store::accesses::Access as Row;
use akses_endpoint::store::cut_offs;
use akses_endpoint::store::platforms::Platform;
use akses_meeting::view::MeetingView;
use serde::Serialize;

/// For who has none at all.
pub(crate) const NO_ACCESS: &str = "Anda belum mempunyai akses, jadi belum ada platform yang dapat dimasuki. Daftarkan akses lewat \
     “Hubungkan atau Buat Akses”; pengajuan diputus paling lama 3x24 jam sejak dikirim.";

/// Through whom it came.
#[derive(Debug, Serialize)]
pub(crate) struct By {
    kind: &'static str,
    text: String,
}

/// What opens the door.
#[derive(Debug, Serialize)]
pub(crate) struct NextStep {
    step: &'static str,
    /// As the button says it.
    text: String,
    /// None where nothing of this service helps.
    method: Option<&'static str>,
    route: Option<String>,
}

/// What is told of one access.
pub(crate) struct Told {
    pub(crate) detail: String,
    pub(crate) by: Option<By>,
    pub(crate) next: NextStep,
}

/// What a sentence is about.
pub(crate) struct Scene<'a> {
    pub(crate) row: &'a Row,
    pub(crate) zone: Zone,
    pub(crate) now: Instant,
    pub(crate) verified_by: VerifiedBy,
    pub(crate) platform: Option<&'a Platform>,
    pub(crate) registrable: &'a [Named],
    pub(crate) meeting: Option<&'a MeetingView>,
    pub(crate) rejection: Option<&'a str>,
}

/// The smaller, the nearer to entry.
pub(crate) fn distance(cause: Cause) -> u8 {
    match cause {
        Cause::TermsNotAccepted => 0,
        Cause::PlatformNotReady => 1,
        Cause::MeetingAhead => 2,
        Cause::RegistrationWaits
        | Cause::ReactivationWaits
        | Cause::CutOffWhileWaiting
        | Cause::EndedWhileExtending => 3,
        Cause::Ended | Cause::CutOff => 4,
        Cause::Deactivated => 5,
        Cause::Rejected => 6,
        Cause::RoleNotAdmitted => 7,
        Cause::NoAccess => 8,
    }
}

/// Whether the way in is a new request, which a role conflict would stop.
pub(crate) fn asks_again(why: &Why) -> bool {
    matches!(why.next, Next::Reactivate | Next::RegisterAgain) || matches!(why.by, Hand::Awaited(_))
}

pub(crate) fn enters(platform: Option<&str>) -> String {
    match platform {
        Some(name) => format!("Anda dapat masuk ke {name} sekarang."),
        None => {
            "Anda mempunyai akses yang dapat dipakai masuk sekarang. Pilih platformnya.".to_owned()
        }
    }
}

impl Told {
    pub(crate) fn enters(row: &Row, platform: Option<&Platform>) -> Self {
        let access = access_first(row);
        let until = row
            .valid_until
            .as_deref()
            .and_then(|day| day.parse().ok())
            .map_or_else(String::new, |day| {
                format!(" (masa berlaku sampai {})", words::date(day))
            });
        let (where_to, next) = match platform {
            Some(platform) => (
                format!("masuk ke {}", platform.name),
                NextStep {
                    step: "enter",
                    text: "Masuk".to_owned(),
                    method: Some("POST"),
                    route: Some(format!("/api/platforms/{}/entry", platform.code)),
                },
            ),
            None => (
                "masuk ke platform".to_owned(),
                NextStep {
                    step: "enter",
                    text: "Pilih Platform".to_owned(),
                    method: Some("GET"),
                    route: Some("/api/platforms".to_owned()),
                },
            ),
        };
        Self {
            detail: format!("{access} dapat dipakai untuk {where_to}{until}."),
            by: None,
            next,
        }
    }

    pub(crate) fn why(why: &Why, scene: &Scene<'_>) -> Self {
        let request = scene.row.pending.as_ref().map(|it| it.request.as_str());
        Self {
            detail: detail(why, scene),
            by: Some(by(why, scene)),
            next: step(why.next, &scene.row.id, request, scene.platform),
        }
    }
}

/// `akses Pejabat Pembuat Komitmen (PPK) Anda di Dinas Contoh`.
fn access(row: &Row) -> String {
    format!("akses {} Anda di {}", row.role_name, row.work_unit_name)
}

/// The same where a sentence begins.
fn access_first(row: &Row) -> String {
    access(row).replacen('a', "A", 1)
}

fn verifier(scene: &Scene<'_>) -> String {
    match scene.verified_by {
        VerifiedBy::Institution => format!("VAI {}", scene.row.institution_name),
        VerifiedBy::National => {
            "Direktorat Sistem Pengadaan Digital bersama PT Telkom Indonesia".to_owned()
        }
    }
}

fn capacity(capacity: Capacity, row: &Row) -> (&'static str, String) {
    match capacity {
        Capacity::Vai => ("vai", format!("VAI {}", row.institution_name)),
        Capacity::Substitute => (
            "substitute",
            format!("Pengganti VAI {}", row.institution_name),
        ),
        Capacity::Owner => ("oneself", "Anda sendiri".to_owned()),
        Capacity::Directorate => (
            "directorate",
            "Verifikator nasional, Direktorat Sistem Pengadaan Digital".to_owned(),
        ),
        Capacity::Operator => (
            "operator",
            "Verifikator nasional, PT Telkom Indonesia".to_owned(),
        ),
        Capacity::Clock => (
            "clock",
            "Otomatis, karena batas waktu rapat sudah lewat".to_owned(),
        ),
    }
}

fn by(why: &Why, scene: &Scene<'_>) -> By {
    let (kind, text) = match why.by {
        Hand::Oneself => ("oneself", "Anda sendiri".to_owned()),
        Hand::Verifier(as_what) => capacity(as_what, scene.row),
        Hand::Awaited(_) => ("awaited", format!("Menunggu {}", verifier(scene))),
        Hand::Calendar if why.cause == Cause::CutOff => (
            "cut-off",
            "Otomatis, penonaktifan serempak secara nasional".to_owned(),
        ),
        Hand::Calendar => (
            "calendar",
            "Otomatis, menurut masa berlaku akses".to_owned(),
        ),
        Hand::Platform => ("platform", "Ketentuan platform".to_owned()),
    };
    By { kind, text }
}

fn detail(why: &Why, scene: &Scene<'_>) -> String {
    let access = access(scene.row);
    let first = access_first(scene.row);
    let moment =
        |at: Option<Instant>| at.map_or_else(String::new, |at| words::moment(at, scene.zone));
    let since = moment(why.since);
    let main = match why.cause {
        Cause::NoAccess => NO_ACCESS.to_owned(),
        Cause::RoleNotAdmitted => not_admitted(scene),
        Cause::RegistrationWaits => {
            format!("Pendaftaran {access} sudah terkirim. {}", wait(why, scene))
        }
        Cause::ReactivationWaits => format!(
            "Pengaktifan kembali {access} sudah diajukan, dan selama menunggu akses ini belum dapat \
             dipakai. {}",
            wait(why, scene)
        ),
        Cause::CutOffWhileWaiting => format!(
            "{first} menjadi Kedaluwarsa pada {since} karena masa berlakunya sudah lewat, tetapi \
             pengajuan Anda tidak hilang dan tetap dapat disetujui. {}",
            wait(why, scene)
        ),
        Cause::EndedWhileExtending => format!(
            "Masa berlaku {access} habis{} sebelum perpanjangannya diputus, jadi sejak {since} tidak \
             dapat dipakai. Pengajuan Anda tidak hilang dan tetap dapat disetujui. {}",
            on_day(scene),
            wait(why, scene)
        ),
        Cause::MeetingAhead => meeting(&access, scene),
        Cause::Rejected => format!(
            "Pendaftaran {access} ditolak pada {since} oleh {}, dengan alasan: “{}”. Perbaiki, lalu \
             daftarkan lagi; yang sudah Anda isi ditawarkan kembali.",
            by(why, scene).text,
            scene
                .rejection
                .map_or("-", |reason| reason.trim_end_matches('.'))
        ),
        Cause::Deactivated => format!(
            "{first} dinonaktifkan oleh Anda sendiri pada {since}. Bila masih atau kembali bertugas pada \
             peran ini, ajukan pengaktifan kembali dengan SK/ST."
        ),
        Cause::Ended => format!(
            "Masa berlaku {access} habis{}, jadi sejak {since} tidak dapat dipakai lagi. Bila masih \
             bertugas, ajukan pengaktifan kembali dengan SK/ST yang baru.",
            on_day(scene)
        ),
        Cause::CutOff => format!(
            "Masa berlaku {access} sudah habis{}, dan akses seperti itu dinonaktifkan serempak pada \
             {since}. Bila masih bertugas, Anda tetap dapat mengajukan pengaktifan kembali dengan \
             SK/ST yang baru.",
            on_day(scene)
        ),
        Cause::TermsNotAccepted => {
            let platform = scene.platform.map_or("platform", |it| it.name.as_str());
            format!(
                "{first} aktif. Yang kurang hanya persetujuan Anda atas Syarat dan Ketentuan serta \
                 Kebijakan Privasi {platform} versi yang berlaku sekarang. Baca, setujui, lalu masuk."
            )
        }
        Cause::PlatformNotReady => {
            let platform = scene.platform.map_or("platform", |it| it.name.as_str());
            format!(
                "{first} aktif, tetapi {platform} belum siap dimasuki siapa pun. Ini bukan kesalahan \
                 Anda; coba lagi nanti, atau hubungi Pusat Bantuan."
            )
        }
    };
    match (&why.rejected, scene.rejection) {
        (Some(decision), Some(reason)) => {
            let (_, who) = capacity(decision.decided_as, scene.row);
            format!(
                "{main} Pengajuan terakhir ditolak pada {} oleh {who}, dengan alasan: “{reason}”.",
                words::moment(decision.at, scene.zone)
            )
        }
        _ => main,
    }
}

/// `, dengan hari terakhir 30 Juni 2025`.
fn on_day(scene: &Scene<'_>) -> String {
    let day = scene.row.valid_until.as_deref();
    day.and_then(|day| day.parse().ok())
        .map_or_else(String::new, |day| {
            format!(" (hari terakhirnya {})", words::date(day))
        })
}

fn wait(why: &Why, scene: &Scene<'_>) -> String {
    let verifier = verifier(scene);
    match &why.until {
        Some(deadline) if deadline.is_missed(scene.now) => format!(
            "Seharusnya sudah diputus {verifier} paling lambat {}, tetapi belum. Ini bukan kesalahan \
             Anda dan tidak perlu mengirim ulang: hubungi verifikator itu dan minta pengajuan Anda \
             diputus.",
            words::moment(deadline.at, scene.zone)
        ),
        Some(deadline) => format!(
            "{verifier} memutusnya paling lambat {}. Anda tidak perlu mengirim ulang; keputusannya \
             dikirim lewat surel.",
            words::moment(deadline.at, scene.zone)
        ),
        None => String::new(),
    }
}

fn meeting(access: &str, scene: &Scene<'_>) -> String {
    let told = scene.meeting.map_or_else(
        || "Jadwalnya sedang dicarikan.".to_owned(),
        |meeting| match &meeting.starts {
            Some(starts) => format!(
                "{}: {}. {}",
                meeting.state_text, starts.text, meeting.advice
            ),
            None => format!("{}. {}", meeting.state_text, meeting.advice),
        },
    );
    format!("Pendaftaran {access} diperiksa dalam rapat verifikasi. {told}")
}

fn not_admitted(scene: &Scene<'_>) -> String {
    let role = &scene.row.role_name;
    let Some(platform) = scene.platform else {
        return format!("Belum ada platform yang menerima peran {role}.");
    };
    let names: Vec<_> = scene
        .registrable
        .iter()
        .map(|it| it.name.as_str())
        .collect();
    if names.is_empty() {
        return format!(
            "{} tidak menerima peran {role}, dan peran yang diterimanya tidak dapat didaftarkan \
             sendiri. Hubungi Pusat Bantuan.",
            platform.name
        );
    }
    format!(
        "{} tidak menerima peran {role}. Yang diterima: {}. Bila Anda bertugas dengan salah satunya, \
         daftarkan aksesnya.",
        platform.name,
        names.join(", ")
    )
}

/// The step with its button and its route.
pub(crate) fn step(
    next: Next,
    access: &str,
    request: Option<&str>,
    platform: Option<&Platform>,
) -> NextStep {
    let code = platform.map_or("", |platform| platform.code.as_str());
    let request = request.unwrap_or_default();
    let (step, text, method, route) = match next {
        Next::Wait => ("wait", "Lihat pengajuan", "GET", "/api/accesses".to_owned()),
        Next::AskVerifier => (
            "ask-verifier",
            "Hubungi verifikator",
            "GET",
            "/api/accesses".to_owned(),
        ),
        Next::Meet => (
            "meet",
            "Buka rapat verifikasi",
            "GET",
            format!("/api/requests/{request}/meeting"),
        ),
        Next::RegisterAgain => (
            "register-again",
            "Perbaiki dan daftarkan lagi",
            "POST",
            "/api/accesses/registration".to_owned(),
        ),
        Next::Reactivate => (
            "reactivate",
            "Aktifkan Kembali",
            "POST",
            format!("/api/accesses/{access}/reactivation"),
        ),
        Next::Register => (
            "register",
            "Hubungkan atau Buat Akses",
            "POST",
            "/api/accesses/registration".to_owned(),
        ),
        Next::AcceptTerms => (
            "accept-terms",
            "Baca dan setujui",
            "POST",
            format!("/api/platforms/{code}/acceptance"),
        ),
        Next::AskHelp => {
            return NextStep {
                step: "ask-help",
                text: "Hubungi Pusat Bantuan, bantuan.inaproc.id".to_owned(),
                method: None,
                route: None,
            };
        }
    };
    NextStep {
        step,
        text: text.to_owned(),
        method: Some(method),
        route: Some(route),
    }
}

/// The rule in a plain sentence.
pub(crate) fn rule(cause: Cause) -> &'static str {
    match cause {
        Cause::NoAccess => "Platform dimasuki dengan akses yang sudah disetujui.",
        Cause::RoleNotAdmitted => "Setiap platform hanya menerima peran tertentu.",
        Cause::RegistrationWaits => {
            "Pengajuan diputus verifikator paling lama 3x24 jam sejak dikirim; sampai itu akses belum \
             dapat dipakai."
        }
        Cause::ReactivationWaits => {
            "Selama pengaktifan kembali menunggu verifikasi, akses belum dapat dipakai."
        }
        Cause::MeetingAhead => "Pengajuan dari penyedia diperiksa dalam rapat verifikasi.",
        Cause::CutOffWhileWaiting => {
            "Akses yang habis masa berlakunya menjadi Kedaluwarsa pada penonaktifan serempak, juga bila \
             reaktivasinya belum disetujui; pengajuannya tetap dapat diputus."
        }
        Cause::EndedWhileExtending => {
            "Perpanjangan tidak mengubah hari terakhir sebelum disetujui; pengajuannya tetap dapat \
             diputus sesudah hari itu."
        }
        Cause::CutOff => {
            "Akses yang habis masa berlakunya menjadi Kedaluwarsa bersama-sama sesudah hari terakhir \
             yang ditetapkan."
        }
        Cause::Rejected => "Akses yang pendaftarannya ditolak dapat didaftarkan lagi.",
        Cause::Deactivated => {
            "Akses yang dinonaktifkan pemiliknya langsung Tidak Aktif, dan dapat diaktifkan kembali."
        }
        Cause::Ended => {
            "Akses berlaku sampai akhir hari terakhirnya, menurut zona waktu instansi; sesudah itu \
             Kedaluwarsa."
        }
        Cause::TermsNotAccepted | Cause::PlatformNotReady => {
            "Sebelum masuk, Syarat dan Ketentuan serta Kebijakan Privasi versi yang berlaku harus \
             disetujui."
        }
    }
}

/// What the cut-off rests on.
pub(crate) fn basis(letter: Option<&cut_offs::CutOff>, cut_off: CutOff) -> String {
    let Some(letter) = letter else {
        return format!(
            "Penonaktifan serempak sesudah {}",
            words::date(cut_off.last_day)
        );
    };
    let date = letter
        .letter_date
        .parse()
        .map_or_else(|_| letter.letter_date.clone(), words::date);
    format!(
        "Surat Direktorat Sistem Pengadaan Digital Nomor {} tanggal {date}",
        letter.letter_number
    )
}

/// ALL-4: who asks again while the other role works will be refused.
pub(crate) fn obstacle(clash: &Clash) -> String {
    format!(
        "Pengajuan untuk akses ini tidak dapat disetujui selama {} Anda di {} masih aktif, karena \
         kedua peran tidak boleh dirangkap. Nonaktifkan dahulu akses itu bila Anda memilih peran ini.",
        clash.held.role_name, clash.held.work_unit_name
    )
}
