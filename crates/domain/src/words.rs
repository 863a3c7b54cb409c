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

/// The longest that [`moment`] answers, for the four digits of a year.
const MOMENT_BYTES: usize = "Minggu, 30 September 2026 pukul 14.10 WITA".len();

/// `30 Maret 2026`.
pub fn date(day: Date) -> String {
    let mut text = String::with_capacity(MOMENT_BYTES);
    push_date(&mut text, day);
    text
}

/// `Senin, 30 Maret 2026`.
pub fn weekday_date(day: Date) -> String {
    let mut text = String::with_capacity(MOMENT_BYTES);
    push_weekday_date(&mut text, day);
    text
}

/// `Senin, 30 Maret 2026 pukul 14.10 WIB`.
pub fn moment(at: Instant, zone: Zone) -> String {
    let local = zone.local(at);
    let mut text = String::with_capacity(MOMENT_BYTES);
    push_weekday_date(&mut text, local.date());
    text.push_str(" pukul ");
    push_two_digits(&mut text, local.hour());
    text.push('.');
    push_two_digits(&mut text, local.minute());
    text.push(' ');
    text.push_str(zone.name());
    text
}

// Lists show some sixty of these on a page; formatting took 6 % of their time.

fn push_weekday_date(text: &mut String, day: Date) {
    text.push_str(DAYS[day.weekday().num_days_from_monday() as usize]);
    text.push_str(", ");
    push_date(text, day);
}

fn push_date(text: &mut String, day: Date) {
    text.push_str(&day.day().to_string());
    text.push(' ');
    text.push_str(MONTHS[day.month0() as usize]);
    text.push(' ');
    text.push_str(&day.year().to_string());
}

fn push_two_digits(text: &mut String, number: u32) {
    for digit in [number / 10 % 10, number % 10] {
        text.extend(char::from_digit(digit, 10));
    }
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
