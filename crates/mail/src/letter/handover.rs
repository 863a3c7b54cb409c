//! Who carries on, and what nobody carries on (EXP-6).

use super::{Letter, letter, until};
use crate::{Notification, clean};
use akses_domain::handover::{Handover, NAMING_HOURS, NamedAs, Package};
use akses_domain::time::{Date, Instant, Zone};
use akses_domain::words;
use serde::Deserialize;

/// Of `access-deactivated` and `handover-named`.
#[derive(Deserialize)]
pub(super) struct Named {
    handover: Handover,
    /// Missing where the owner gave the access up.
    named_as: Option<NamedAs>,
}

/// What the owner, the successor, the PA/KPA and the PPK read, by the template.
pub(super) fn named(notification: &Notification, event: Named) -> Letter {
    let written = match notification.template.as_str() {
        "handover-received" => received(notification),
        "handover-noted" => noted(notification, &event.handover),
        "payment-reminder" => payments(notification),
        _ => to_the_owner(notification, &event),
    };
    with_packages(written, event.handover.packages())
}

fn received(notification: &Notification) -> Letter {
    letter(
        notification,
        "Anda meneruskan pekerjaan pengadaan".to_owned(),
        format!(
            "Sejak {} Anda ditunjuk meneruskan pengadaan yang belum selesai dari akses yang \
             sudah berakhir ini.",
            words::moment(notification.at, notification.zone)
        ),
    )
    .step("Periksa pengadaan itu di platform masing-masing, dan pastikan kelanjutannya.".to_owned())
    .step("Bila Anda tidak dapat meneruskannya, segera hubungi PA/KPA satuan kerja ini.".to_owned())
}

fn noted(notification: &Notification, handover: &Handover) -> Letter {
    let (news, step) = match handover {
        Handover::Unassigned { .. } => (
            "Akses ini berakhir, dan pemiliknya tidak menyebutkan siapa yang meneruskan pengadaan \
             yang belum selesai.",
            "Masuk ke Akses, buka Serah Terima Pekerjaan, lalu tunjuk penerusnya.",
        ),
        _ => (
            "Akses ini berakhir, dan pengadaan yang belum selesai diteruskan oleh orang lain pada \
             satuan kerja yang sama.",
            "Anda tidak perlu melakukan apa-apa. Bila penerusnya tidak tepat, bicarakan dengan \
             yang bersangkutan.",
        ),
    };
    letter(
        notification,
        "Serah terima pekerjaan di satuan kerja Anda".to_owned(),
        news.to_owned(),
    )
    .step(step.to_owned())
}

fn payments(notification: &Notification) -> Letter {
    letter(
        notification,
        "Pastikan pembayaran paket yang sudah diserahterimakan".to_owned(),
        "Akses ini berakhir, sedangkan ada paket yang sudah melalui serah terima dan belum \
         selesai dibayar."
            .to_owned(),
    )
    .step(
        "Sebagai PPK pada satuan kerja ini, berkoordinasilah dengan Bendahara setempat untuk \
         memastikan kewajiban pembayaran dilaksanakan."
            .to_owned(),
    )
}

fn to_the_owner(notification: &Notification, event: &Named) -> Letter {
    let by = match event.named_as {
        Some(NamedAs::BudgetUser) => "PA/KPA satuan kerja Anda mencatat",
        Some(NamedAs::UkpbjHead) => "Kepala UKPBJ instansi Anda mencatat",
        Some(NamedAs::Owner) | None => "Sesuai keterangan Anda, dicatat",
    };
    let what = match event.handover {
        Handover::NoneOpen => "bahwa tidak ada pengadaan yang belum selesai",
        Handover::Successor { .. } => "siapa yang meneruskan pengadaan yang belum selesai",
        Handover::Unassigned { .. } => {
            "pengadaan yang belum selesai; PA/KPA diminta menunjuk penerusnya"
        }
    };
    let written = letter(
        notification,
        "Serah terima pekerjaan Anda sudah dicatat".to_owned(),
        format!("{by} {what}."),
    );
    if event.handover.leaves_payments() {
        return written.step(
            "Ada paket yang sudah diserahterimakan: sebagai PPK, selesaikan pembayarannya bersama \
             Bendahara."
                .to_owned(),
        );
    }
    written.step("Bila keterangan ini keliru, hubungi PA/KPA satuan kerja Anda.".to_owned())
}

/// What is open, line by line.
pub(super) fn with_packages(mut written: Letter, packages: &[Package]) -> Letter {
    if packages.is_empty() {
        return written;
    }
    let line = |package: &Package| {
        let title = clean::line(&package.title);
        let code = package.code.as_deref().map(clean::line);
        let code = code.map_or(String::new(), |code| format!(" ({code})"));
        let paid = if package.handed_over {
            ": sudah serah terima, tinggal pembayaran dengan Bendahara"
        } else {
            ""
        };
        format!("{title}{code}{paid}")
    };
    written.quote = Some((
        "Paket yang belum selesai",
        packages.iter().map(line).collect(),
    ));
    written
}

/// Who was not asked before an end is asked after it.
pub(super) fn name_a_successor() -> String {
    format!(
        "Bila ada pengadaan yang belum selesai, masuk ke Akses, pilih akses ini, lalu sebutkan \
         siapa yang meneruskannya dalam {NAMING_HOURS} jam. Sesudah itu PA/KPA satuan kerja Anda \
         yang diminta menunjuk penerusnya."
    )
}

/// Of `unassigned-reported`.
#[derive(Deserialize)]
pub(super) struct Unassigned {
    /// `budget-user`, `ukpbj-head` or `directorate`.
    audience: String,
    ends: Vec<End>,
}

#[derive(Deserialize)]
struct End {
    role_name: String,
    work_unit_name: String,
    valid_until: Option<Date>,
    zone: Zone,
    at: Instant,
}

/// A digest; who the people are, the page shows to those who may know.
pub(super) fn unassigned(notification: &Notification, event: Unassigned) -> Letter {
    let count = event.ends.len();
    let line = |end: &End| {
        let (role, unit) = (
            clean::line(&end.role_name),
            clean::line(&end.work_unit_name),
        );
        let last = end.valid_until.map_or(String::new(), |day| {
            format!(", berlaku {}", until(day, end.zone))
        });
        let at = words::moment(end.at, end.zone);
        format!("{role} di {unit}: berakhir {at}{last}")
    };
    let mut written = letter(
        notification,
        format!("{count} akses berakhir tanpa penerus pekerjaan"),
        format!(
            "{count} akses di bawah ini sudah berakhir, dan dalam {NAMING_HOURS} jam sesudahnya \
             tidak ada yang menyebutkan siapa yang meneruskan pengadaan yang belum selesai."
        ),
    );
    written = if event.audience == "directorate" {
        // It names nobody; it helps those who do to come into being.
        written.step(
            "Satuan kerja ini tidak memiliki PA/KPA, dan instansinya tidak memiliki Kepala UKPBJ \
             yang aktif. Hubungi instansinya dan minta PA, KPA, atau Kepala UKPBJ didaftarkan; \
             sesudah itu ia dapat menunjuk penerusnya."
                .to_owned(),
        )
    } else {
        written
            .step(
                "Masuk ke Akses, buka Serah Terima Pekerjaan, lalu tunjuk penerusnya; atau \
                 nyatakan bahwa tidak ada yang belum selesai."
                    .to_owned(),
            )
            .step(
                "Untuk paket yang sudah diserahterimakan, pastikan PPK dan Bendahara \
                 menyelesaikan pembayarannya."
                    .to_owned(),
            )
    };
    written.quote = Some(("Akses tanpa penerus", event.ends.iter().map(line).collect()));
    written
}
