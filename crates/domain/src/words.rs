//! The words of the domain in Indonesian, as people see them (ALL-3): statuses,
//! dates with their zone.

use crate::access::{RequestKind, Status};
use crate::meeting;
use crate::time::{Date, Instant, Zone};
use chrono::{Datelike, Timelike};

const DAYS: [&str; 7] = [
    "Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu",
];

const MONTHS: [&str; 12] = [
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
];

/// The status as people see it.
pub const fn status(status: Status) -> &'static str {
    match status {
        Status::Pending => "Menunggu Verifikasi",
        Status::Active => "Aktif",
        Status::Rejected => "Ditolak",
        Status::Inactive => "Tidak Aktif",
        Status::Expired => "Kedaluwarsa",
    }
}

/// The kind of request as people see it.
pub const fn request_kind(kind: RequestKind) -> &'static str {
    match kind {
        RequestKind::Registration => "Pendaftaran",
        RequestKind::Reactivation => "Reaktivasi",
        RequestKind::Extension => "Perpanjangan",
    }
}

/// The state of a meeting as people see it.
pub const fn meeting(state: meeting::State) -> &'static str {
    match state {
        meeting::State::Unscheduled => "Menunggu Jadwal",
        meeting::State::Scheduled => "Terjadwal",
        meeting::State::Waiting => "Di Ruang Tunggu",
        meeting::State::Called => "Dipanggil",
        meeting::State::Missed => "Terlewat",
        meeting::State::Closed => "Selesai",
    }
}

/// `30 Maret 2026`.
pub fn date(day: Date) -> String {
    let month = MONTHS[day.month0() as usize];
    format!("{} {month} {}", day.day(), day.year())
}

/// `Senin, 30 Maret 2026`.
pub fn weekday_date(day: Date) -> String {
    let weekday = DAYS[day.weekday().num_days_from_monday() as usize];
    format!("{weekday}, {}", date(day))
}

/// `Senin, 30 Maret 2026 pukul 14.10 WIB`.
pub fn moment(at: Instant, zone: Zone) -> String {
    let time = zone.time_at(at);
    let day = weekday_date(zone.date_at(at));
    format!("{day} pukul {:02}.{:02} {zone}", time.hour(), time.minute())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_3_a_moment_shows_its_zone() {
        // 2026-03-30T07:10:00Z
        let at = Instant::from_ms(1_774_854_600_000);
        assert_eq!(
            moment(at, Zone::Wib),
            "Senin, 30 Maret 2026 pukul 14.10 WIB"
        );
        assert_eq!(
            moment(at, Zone::Wit),
            "Senin, 30 Maret 2026 pukul 16.10 WIT"
        );
    }
}
