//! What happened, as people read it.

use akses_domain::access::AccessEvent;
use akses_domain::authority::Capacity;
use akses_domain::handover::{Handover, NamedAs};
use akses_domain::ids::AccountId;
use akses_domain::time::Date;
use akses_domain::words;

/// Whom it is told to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reader {
    /// Whose access it is.
    Owner,
    /// Who verifies its requests.
    Verifier,
}

/// For programs.
pub(crate) const fn kind(event: &AccessEvent) -> &'static str {
    match event {
        AccessEvent::AccessRequested { .. } => "requested",
        AccessEvent::AccessCarriedOver { .. } => "carried-over",
        AccessEvent::ReactivationRequested { .. } => "reactivation-requested",
        AccessEvent::ExtensionRequested { .. } => "extension-requested",
        AccessEvent::RequestApproved { .. } => "approved",
        AccessEvent::RequestRejected { .. } => "rejected",
        AccessEvent::AccessDeactivated { .. } => "deactivated",
        AccessEvent::HandoverNamed { .. } => "handover-named",
        AccessEvent::AccessExpired { .. } => "expired",
    }
}

/// Who carries on, where the event names somebody.
pub(crate) fn successor(event: &AccessEvent) -> Option<AccountId> {
    match event {
        AccessEvent::AccessDeactivated { handover }
        | AccessEvent::HandoverNamed { handover, .. } => handover.successor(),
        _ => None,
    }
}

/// One sentence; `successor` is the name of [`successor`].
pub(crate) fn sentence(event: &AccessEvent, successor: Option<&str>) -> String {
    match event {
        AccessEvent::AccessRequested { request, .. } => asked("Pendaftaran", request.valid_until),
        AccessEvent::AccessCarriedOver { valid_until, .. } => format!(
            "Akses yang sudah terverifikasi dipindahkan ke layanan ini, berlaku sampai {}.",
            words::date(*valid_until)
        ),
        AccessEvent::ReactivationRequested { request, .. } => {
            asked("Pengaktifan kembali", request.valid_until)
        }
        AccessEvent::ExtensionRequested { request, .. } => {
            asked("Perpanjangan", request.valid_until)
        }
        AccessEvent::RequestApproved { valid_until, .. } => format!(
            "Pengajuan disetujui; akses berlaku sampai akhir hari {}.",
            words::date(*valid_until)
        ),
        AccessEvent::RequestRejected { reason, .. } => {
            format!("Pengajuan ditolak dengan alasan: {reason}")
        }
        AccessEvent::AccessDeactivated { handover } => {
            format!("Akses dinonaktifkan. {}", carried_on(handover, successor))
        }
        AccessEvent::HandoverNamed { handover, .. } => carried_on(handover, successor),
        AccessEvent::AccessExpired {
            valid_until,
            overtook_request,
            ..
        } => expired(*valid_until, *overtook_request),
    }
}

fn asked(what: &str, valid_until: Date) -> String {
    let until = words::date(valid_until);
    format!("{what} diajukan, dengan masa berlaku sampai {until}.")
}

fn carried_on(handover: &Handover, successor: Option<&str>) -> String {
    match handover {
        Handover::NoneOpen => "Tidak ada pengadaan yang masih terbuka.".to_owned(),
        Handover::Successor { packages, .. } => format!(
            "Pengadaan yang masih terbuka{} dilanjutkan oleh {}.",
            count(packages.len()),
            successor.unwrap_or("penerusnya")
        ),
        Handover::Unassigned { packages } => format!(
            "Pengadaan yang masih terbuka{} belum ada penerusnya; PA/KPA diberi tahu.",
            count(packages.len())
        ),
    }
}

fn count(packages: usize) -> String {
    match packages {
        0 => String::new(),
        packages => format!(" ({packages} paket)"),
    }
}

fn expired(valid_until: Option<Date>, overtook_request: bool) -> String {
    let after = valid_until.map_or_else(String::new, |day| {
        format!(" setelah hari terakhirnya, {}", words::date(day))
    });
    let waits = match overtook_request {
        true => " Pengajuan yang menunggu tidak hilang dan tetap dapat disetujui.",
        false => "",
    };
    format!("Akses menjadi Kedaluwarsa{after}.{waits}")
}

/// By whose hand. A verifier is their office: names of colleagues are nobody's to
/// collect here (ALL-2); the record has them for auditors.
pub(crate) fn by(event: &AccessEvent, reader: Reader, institution: &str) -> String {
    match event {
        AccessEvent::RequestApproved { decided_as, .. }
        | AccessEvent::RequestRejected { decided_as, .. } => {
            verifier(*decided_as, reader, institution)
        }
        AccessEvent::HandoverNamed { named_as, .. } => match named_as {
            NamedAs::Owner => owner(reader),
            NamedAs::BudgetUser => "PA/KPA satuan kerja".to_owned(),
            NamedAs::UkpbjHead => format!("Kepala UKPBJ {institution}"),
        },
        AccessEvent::AccessCarriedOver { .. } => "Pengelola layanan".to_owned(),
        AccessEvent::AccessExpired { .. } => "Otomatis, menurut masa berlaku akses".to_owned(),
        AccessEvent::AccessRequested { .. }
        | AccessEvent::ReactivationRequested { .. }
        | AccessEvent::ExtensionRequested { .. }
        | AccessEvent::AccessDeactivated { .. } => owner(reader),
    }
}

fn owner(reader: Reader) -> String {
    match reader {
        Reader::Owner => "Anda".to_owned(),
        Reader::Verifier => "Pemilik akses".to_owned(),
    }
}

fn verifier(capacity: Capacity, reader: Reader, institution: &str) -> String {
    match capacity {
        Capacity::Vai => format!("VAI {institution}"),
        Capacity::Substitute => format!("Pengganti VAI {institution}"),
        Capacity::Directorate => {
            "Verifikator nasional, Direktorat Sistem Pengadaan Digital".to_owned()
        }
        Capacity::Operator => "Verifikator nasional, PT Telkom Indonesia".to_owned(),
        Capacity::Clock => "Otomatis, karena batas waktu rapat sudah lewat".to_owned(),
        Capacity::Owner => owner(reader),
    }
}
