//! What verifiers and those above them are told: digests about requests that wait
//! (VER-3), substitutes (VER-1), and institutions without a verifier. They say how
//! many and by when, never whose.

use super::{Letter, SOMEBODY_ELSE, letter, until};
use crate::{Notification, clean};
use akses_domain::access::verification_deadline;
use akses_domain::continuity::Coverage;
use akses_domain::escalation::Step;
use akses_domain::time::{Date, Instant, Zone};
use akses_domain::words;
use serde::Deserialize;

/// Of `verification-reminded` and `verification-escalated`.
#[derive(Deserialize)]
pub(super) struct Reached {
    step: Step,
    count: u64,
    nearest: Nearest,
}

/// The request of the digest that is due first.
#[derive(Deserialize)]
struct Nearest {
    submitted_at: Instant,
    deadline_at: Instant,
}

/// VER-3.
pub(super) fn step(notification: &Notification, event: Reached) -> Letter {
    let count = event.count;
    let (subject, news) = match event.step {
        Step::HalfTime => (
            format!("{count} pengajuan menunggu verifikasi: separuh waktu lewat"),
            format!(
                "{count} pengajuan masih menunggu keputusan, dan separuh dari 3x24 jam sudah lewat."
            ),
        ),
        Step::NearEnd => (
            format!("{count} pengajuan mendekati batas waktu verifikasi"),
            format!("{count} pengajuan masih menunggu keputusan dan batas waktunya sudah dekat."),
        ),
        Step::UkpbjHead | Step::Directorate => (
            format!("{count} pengajuan melewati batas waktu verifikasi"),
            format!("{count} pengajuan belum diputus, padahal batas waktunya sudah lewat."),
        ),
    };
    let zone = notification.zone;
    let told = letter(notification, subject, news)
        .fact("Jumlah pengajuan", count.to_string())
        .fact(
            "Batas waktu terdekat",
            words::moment(event.nearest.deadline_at, zone),
        )
        .fact(
            "Asal batas waktu",
            verification_deadline(event.nearest.submitted_at).derivation("diajukan", zone),
        );
    match event.step {
        Step::HalfTime | Step::NearEnd => told
            .step(
                "Masuk ke Akses dan buka antrean verifikasi; batas waktu terdekat berada di atas."
                    .to_owned(),
            )
            .step(
                "Bila Anda VAI dan akan berhalangan, tunjuk verifikator pengganti di Akses."
                    .to_owned(),
            ),
        Step::UkpbjHead => told
            .step("Minta VAI di instansi Anda memutus pengajuan itu sekarang.".to_owned())
            .step(
                "Bila VAI berhalangan, minta ia menunjuk verifikator pengganti; bila instansi \
                 tidak lagi memiliki VAI, tunjuk yang baru."
                    .to_owned(),
            )
            .step(
                "Bila 24 jam sesudah batas waktu belum ada keputusan, Direktorat Sistem Pengadaan \
                 Digital diberi tahu. Waktu saja tidak menyetujui pengajuan apa pun."
                    .to_owned(),
            ),
        Step::Directorate if notification.institution_name.is_empty() => told.step(
            "Pengajuan ini diverifikasi secara nasional. Buka antrean verifikasi di Akses dan \
             putuskan."
                .to_owned(),
        ),
        Step::Directorate => told.step(
            "Hubungi instansi ini: tanyakan apakah VAI-nya masih bertugas, dan minta pengajuan \
             itu diputus."
                .to_owned(),
        ),
    }
}

/// Of `substitute-named` and `substitution-ended`, with names from the accounts.
#[derive(Deserialize)]
pub(super) struct Substitution {
    first_day: Option<Date>,
    last_day: Option<Date>,
    absent_name: String,
    substitute_name: String,
}

impl Substitution {
    fn told(&self, notification: &Notification, subject: &str, news: &str) -> Letter {
        let zone = notification.zone;
        let mut told = letter(notification, subject.to_owned(), news.to_owned())
            .fact("VAI yang berhalangan", clean::line(&self.absent_name))
            .fact("Pengganti", clean::line(&self.substitute_name));
        if let Some(day) = self.first_day {
            let begins = format!("{} pukul 00.00 {zone}", words::weekday_date(day));
            told = told.fact("Mulai", begins);
        }
        match self.last_day {
            Some(day) => told.fact("Berlaku", until(day, zone)),
            None => told,
        }
    }
}

/// VER-1, to the substitute.
pub(super) fn substitute(notification: &Notification, event: Substitution) -> Letter {
    event
        .told(
            notification,
            "Anda ditunjuk sebagai verifikator pengganti",
            "Selama VAI ini berhalangan, Anda memverifikasi pengajuan instansinya.",
        )
        .step(
            "Pada hari-hari itu, masuk ke Akses dan buka antrean verifikasi. Keputusan Anda \
             dicatat sebagai pengganti VAI tersebut."
                .to_owned(),
        )
        .step(
            "Pengajuan Anda sendiri dan pengajuan VAI itu tidak dapat Anda putus, dan tugas ini \
             tidak dapat dialihkan."
                .to_owned(),
        )
        .step("Bila Anda tidak dapat menggantikan, beri tahu VAI itu segera.".to_owned())
}

/// VER-1, to the VAI.
pub(super) fn absence(notification: &Notification, event: Substitution) -> Letter {
    event
        .told(
            notification,
            "Verifikator pengganti Anda sudah dicatat",
            "Selama Anda berhalangan, orang ini memverifikasi pengajuan instansi Anda.",
        )
        .step("Bila Anda kembali lebih awal, akhiri penggantian ini di Akses.".to_owned())
        .step(format!("Bila bukan Anda yang menunjuk, {SOMEBODY_ELSE}"))
}

/// VER-1, to both.
pub(super) fn ended(notification: &Notification, event: Substitution) -> Letter {
    event
        .told(
            notification,
            "Penggantian verifikator diakhiri",
            "VAI mengakhiri penggantian ini sebelum waktunya. Mulai sekarang penggantinya tidak \
             lagi memverifikasi atas namanya.",
        )
        .step("Pengajuan yang masih menunggu diputus oleh VAI di instansi ini.".to_owned())
}

/// Of `verifier-gap-found`.
#[derive(Deserialize)]
pub(super) struct Gap {
    state: Coverage,
    last_end: Option<Instant>,
}

/// To the Kepala UKPBJ and the remaining VAIs of one institution.
pub(super) fn gap(notification: &Notification, event: Gap) -> Letter {
    let zone = notification.zone;
    let (subject, news) = if event.state == Coverage::Missing {
        (
            "Instansi Anda tidak memiliki VAI aktif",
            "Tidak ada VAI yang aktif di instansi Anda, sehingga pengajuan akses tidak dapat \
             diverifikasi.",
        )
    } else {
        (
            "VAI terakhir di instansi Anda segera berakhir",
            "Dalam 30 hari instansi Anda tidak lagi memiliki VAI aktif, sehingga pengajuan akses \
             tidak akan dapat diverifikasi.",
        )
    };
    let mut told = letter(notification, subject.to_owned(), news.to_owned());
    if let Some(end) = event.last_end {
        told = told.fact("VAI terakhir berlaku", until(last_day(end, zone), zone));
    }
    told.step(
        "Tunjuk VAI baru atau perpanjang yang ada, dengan SK/ST, lalu minta yang bersangkutan \
         mengajukan akses dengan peran VAI."
            .to_owned(),
    )
    .step(
        "Pengajuan peran VAI diverifikasi Direktorat Sistem Pengadaan Digital dalam 3x24 jam."
            .to_owned(),
    )
}

/// Of `verifier-gaps-reported`.
#[derive(Deserialize)]
pub(super) struct Gaps {
    gaps: Vec<Reported>,
}

#[derive(Deserialize)]
struct Reported {
    name: String,
    zone: Zone,
    state: Coverage,
    last_end: Option<Instant>,
}

/// How many institutions a mail names; the rest is in the list of the service.
const NAMED_MAX: usize = 50;

/// To the directorate.
pub(super) fn gaps(notification: &Notification, event: Gaps) -> Letter {
    let missing = count(&event.gaps, Coverage::Missing);
    let ending = count(&event.gaps, Coverage::Ending);
    let mut told = letter(
        notification,
        format!(
            "{} instansi tanpa VAI atau segera tanpa VAI",
            event.gaps.len()
        ),
        "Instansi berikut tidak memiliki VAI aktif, atau tidak lagi dalam 30 hari.".to_owned(),
    )
    .fact("Tanpa VAI aktif", missing.to_string())
    .fact("Berakhir dalam 30 hari", ending.to_string())
    .step(
        "Hubungi instansi itu dan minta VAI baru ditunjuk. Daftar lengkapnya ada di Akses."
            .to_owned(),
    );
    let line = |gap: &Reported| {
        let name = clean::line(&gap.name);
        match (gap.state, gap.last_end) {
            (Coverage::Ending, Some(end)) => {
                format!("{name}: {}", until(last_day(end, gap.zone), gap.zone))
            }
            _ => format!("{name}: tidak ada"),
        }
    };
    let lines = event.gaps.iter().take(NAMED_MAX).map(line).collect();
    told.quote = Some(("VAI terakhir", lines));
    told
}

fn count(gaps: &[Reported], state: Coverage) -> usize {
    gaps.iter().filter(|gap| gap.state == state).count()
}

/// The last day of what ends at this moment.
fn last_day(end: Instant, zone: Zone) -> Date {
    zone.date_at(Instant::from_ms(end.ms() - 1))
}
