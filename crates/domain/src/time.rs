//! Moments, days and the three zones of Indonesia.
//!
//! Deadlines are counted in elapsed time (VER-3); end dates are calendar days
//! of the institution's own zone (EXP-2). Indonesia has no daylight saving, so a
//! zone is a fixed offset.

use chrono::{DateTime, Days, Months, NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A calendar day without a zone.
pub type Date = NaiveDate;

const HOUR_MS: i64 = 60 * 60 * 1000;

/// A moment: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Instant(i64);

impl Instant {
    /// From milliseconds since the epoch.
    pub const fn from_ms(ms: i64) -> Self {
        Self(ms)
    }

    /// Milliseconds since the epoch.
    pub const fn ms(self) -> i64 {
        self.0
    }

    /// The moment `hours` of elapsed time later.
    #[must_use]
    pub const fn plus_hours(self, hours: i64) -> Self {
        Self(self.0 + hours * HOUR_MS)
    }

    /// RFC 3339 with the zone's offset, to the second: what the API answers.
    pub fn rfc3339(self, zone: Zone) -> String {
        let offset = chrono::FixedOffset::east_opt(zone.offset_hours() * 3600)
            .expect("the three offsets are within a day");
        self.utc()
            .with_timezone(&offset)
            .to_rfc3339_opts(chrono::SecondsFormat::Secs, false)
    }

    fn utc(self) -> DateTime<chrono::Utc> {
        DateTime::from_timestamp_millis(self.0).unwrap_or(DateTime::UNIX_EPOCH)
    }
}

/// One of Indonesia's time zones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Zone {
    /// Waktu Indonesia Barat, UTC+7.
    Wib,
    /// Waktu Indonesia Tengah, UTC+8.
    Wita,
    /// Waktu Indonesia Timur, UTC+9.
    Wit,
}

impl Zone {
    /// All three, west to east.
    pub const ALL: [Self; 3] = [Self::Wib, Self::Wita, Self::Wit];

    /// Hours ahead of UTC.
    pub const fn offset_hours(self) -> i32 {
        match self {
            Self::Wib => 7,
            Self::Wita => 8,
            Self::Wit => 9,
        }
    }

    /// Its abbreviation, as people write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wib => "WIB",
            Self::Wita => "WITA",
            Self::Wit => "WIT",
        }
    }

    /// The day it is there.
    pub fn date_at(self, at: Instant) -> Date {
        self.local(at).date()
    }

    /// The wall clock's time there.
    pub fn time_at(self, at: Instant) -> NaiveTime {
        self.local(at).time()
    }

    /// The first moment after a day: midnight of the next one. What is valid
    /// until a day works until just before this (EXP-2).
    pub fn end_of(self, day: Date) -> Instant {
        let next = day.checked_add_days(Days::new(1)).unwrap_or(Date::MAX);
        let midnight = next.and_time(NaiveTime::MIN).and_utc().timestamp_millis();
        Instant(midnight - i64::from(self.offset_hours()) * HOUR_MS)
    }

    /// The first moment of a day there.
    pub fn start_of(self, day: Date) -> Instant {
        self.end_of(day.pred_opt().unwrap_or(day))
    }

    /// The wall clock there.
    pub(crate) fn local(self, at: Instant) -> chrono::NaiveDateTime {
        Instant(at.0 + i64::from(self.offset_hours()) * HOUR_MS)
            .utc()
            .naive_utc()
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Zone {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|zone| zone.name() == text)
            .ok_or_else(|| format!("`{text}` is none of WIB, WITA, WIT"))
    }
}

/// Automatic expiry is in force after this last day (EXP-4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CutOff {
    /// The last day on which past-due accesses stay as they are.
    pub last_day: Date,
}

impl CutOff {
    /// The first moment at which past-due accesses expire by themselves.
    pub fn in_force_from(self, zone: Zone) -> Instant {
        zone.end_of(self.last_day)
    }
}

/// How far ahead an end date may lie; a longer assignment is a typing mistake
/// (ours).
pub const TERM_YEARS_MAX: u32 = 10;

/// Why a day cannot be the end date of something that starts now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadEndDate {
    /// It is over already.
    Past,
    /// It lies more than [`TERM_YEARS_MAX`] ahead.
    TooFar,
}

/// Checks an end date that somebody asks for today.
///
/// # Errors
/// [`BadEndDate`] when it is over in that zone, or too far ahead.
pub fn check_end_date(day: Date, zone: Zone, now: Instant) -> Result<(), BadEndDate> {
    let today = zone.date_at(now);
    let latest = today
        .checked_add_months(Months::new(TERM_YEARS_MAX * 12))
        .unwrap_or(Date::MAX);
    match day {
        day if day < today => Err(BadEndDate::Past),
        day if day > latest => Err(BadEndDate::TooFar),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn at(text: &str) -> Instant {
        Instant::from_ms(
            DateTime::parse_from_rfc3339(text)
                .unwrap()
                .timestamp_millis(),
        )
    }

    #[test]
    fn exp_2_a_day_ends_at_midnight_of_its_own_zone() {
        for (zone, end) in [
            (Zone::Wib, "2026-03-31T00:00:00+07:00"),
            (Zone::Wita, "2026-03-31T00:00:00+08:00"),
            (Zone::Wit, "2026-03-31T00:00:00+09:00"),
        ] {
            assert_eq!(zone.end_of(day("2026-03-30")), at(end), "{zone}");
            assert_eq!(zone.date_at(at(end)), day("2026-03-31"));
            assert_eq!(
                zone.date_at(Instant::from_ms(at(end).ms() - 1)),
                day("2026-03-30")
            );
        }
    }

    #[test]
    fn an_end_date_lies_between_today_and_ten_years_ahead() {
        // 23.30 WIB is already the next day in WIT.
        let now = at("2026-03-30T23:30:00+07:00");
        for (text, zone, expected) in [
            ("2026-03-29", Zone::Wib, Err(BadEndDate::Past)),
            ("2026-03-30", Zone::Wib, Ok(())),
            ("2026-03-30", Zone::Wit, Err(BadEndDate::Past)),
            ("2026-03-31", Zone::Wit, Ok(())),
            ("2036-03-30", Zone::Wib, Ok(())),
            ("2036-03-31", Zone::Wib, Err(BadEndDate::TooFar)),
            ("9999-12-31", Zone::Wib, Err(BadEndDate::TooFar)),
        ] {
            assert_eq!(
                check_end_date(day(text), zone, now),
                expected,
                "{text} {zone}"
            );
        }
    }

    #[test]
    fn answers_show_the_zone() {
        let noon = at("2026-03-30T12:00:00Z");
        assert_eq!(noon.rfc3339(Zone::Wita), "2026-03-30T20:00:00+08:00");
    }
}
