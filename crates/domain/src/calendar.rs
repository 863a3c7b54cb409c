//! Working days and office hours (ALL-5). Holidays are data, imported per year
//! from the joint decree of three ministers (SKB 3 Menteri); a year whose decree
//! nobody imported is no year without holidays, but one we know nothing about.

use crate::time::{Date, Instant, Zone};
use chrono::{Datelike, Days, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// What kind of day off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HolidayKind {
    /// Hari libur nasional.
    National,
    /// Cuti bersama.
    JointLeave,
    /// It was one, until a later decree took it back.
    Revoked,
}

/// A day off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holiday {
    /// When, the same calendar day in all zones.
    pub date: Date,
    /// Its name.
    pub name: String,
    /// What kind.
    pub kind: HolidayKind,
}

/// The days off of some years.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holidays(BTreeMap<Date, Holiday>);

/// Nobody imported the holidays of this year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownYear(pub i32);

impl fmt::Display for UnknownYear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the holidays of {} were not imported", self.0)
    }
}

impl std::error::Error for UnknownYear {}

impl Holidays {
    /// From what was imported.
    pub fn new(holidays: impl IntoIterator<Item = Holiday>) -> Self {
        let by_date = holidays.into_iter().map(|holiday| (holiday.date, holiday));
        Self(by_date.collect())
    }

    /// Whether a year's holidays are all here. Every decree begins with 1 January
    /// and has 25 December at its end, so an import that broke off half-way does
    /// not count.
    pub fn is_known(&self, year: i32) -> bool {
        let is_here = |month, day| {
            NaiveDate::from_ymd_opt(year, month, day).is_some_and(|day| self.0.contains_key(&day))
        };
        is_here(1, 1) && is_here(12, 25)
    }

    /// Why nobody works on that day by decree.
    pub fn on(&self, day: Date) -> Option<&Holiday> {
        self.0
            .get(&day)
            .filter(|holiday| holiday.kind != HolidayKind::Revoked)
    }

    /// Whether offices are open on that day.
    ///
    /// # Errors
    /// [`UnknownYear`] on a weekday of a year that was not imported.
    pub fn is_working_day(&self, day: Date) -> Result<bool, UnknownYear> {
        if matches!(day.weekday(), Weekday::Sat | Weekday::Sun) {
            return Ok(false);
        }
        if !self.is_known(day.year()) {
            return Err(UnknownYear(day.year()));
        }
        Ok(self.on(day).is_none())
    }

    /// The `count`th working day after a day; the day itself for 0.
    ///
    /// # Errors
    /// [`UnknownYear`] when that leads into one.
    pub fn plus_working_days(&self, day: Date, count: u32) -> Result<Date, UnknownYear> {
        let mut day = day;
        let mut left = count;
        while left > 0 {
            day = next(day);
            if self.is_working_day(day)? {
                left -= 1;
            }
        }
        Ok(day)
    }
}

/// The day after; the last day there is stays.
pub(crate) fn next(day: Date) -> Date {
    day.checked_add_days(Days::new(1)).unwrap_or(Date::MAX)
}

/// A piece of a day, in minutes after midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The first minute.
    pub from_minute: u32,
    /// The first minute after it.
    pub until_minute: u32,
}

impl Span {
    const fn new(from: (u32, u32), until: (u32, u32)) -> Self {
        Self {
            from_minute: from.0 * 60 + from.1,
            until_minute: until.0 * 60 + until.1,
        }
    }
}

/// When offices are open, by weekday, breaks left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfficeHours([Vec<Span>; WEEKDAYS]);

/// Days of a week, Monday first.
const WEEKDAYS: usize = 7;

/// Opening hours that cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadHours {
    /// A span ends before it begins, or after midnight.
    NoSpan,
    /// Two spans of a day overlap.
    Overlap,
    /// The offices never open.
    NeverOpen,
}

impl OfficeHours {
    /// From spans of weekdays, in any order.
    ///
    /// # Errors
    /// [`BadHours`] when they overlap or leave no open minute.
    pub fn new(spans: impl IntoIterator<Item = (Weekday, Span)>) -> Result<Self, BadHours> {
        let mut week: [Vec<Span>; WEEKDAYS] = Default::default();
        for (weekday, span) in spans {
            if span.from_minute >= span.until_minute || span.until_minute > MINUTES_OF_DAY {
                return Err(BadHours::NoSpan);
            }
            week[weekday.num_days_from_monday() as usize].push(span);
        }
        for day in &mut week {
            day.sort_by_key(|span| span.from_minute);
            let overlap = |pair: &[Span]| pair[0].until_minute > pair[1].from_minute;
            if day.windows(2).any(overlap) {
                return Err(BadHours::Overlap);
            }
        }
        if week.iter().all(Vec::is_empty) {
            return Err(BadHours::NeverOpen);
        }
        Ok(Self(week))
    }

    /// What offices keep when nothing else is said: inside the hours that Perpres
    /// 21/2023 gives every office, with its breaks of 60 minutes, and 90 for the
    /// Friday prayer (decided).
    pub fn national() -> Self {
        const MORNING: Span = Span::new((8, 0), (12, 0));
        const FRIDAY_MORNING: Span = Span::new((8, 0), (11, 30));
        const AFTERNOON: Span = Span::new((13, 0), (16, 0));
        let usual = vec![MORNING, AFTERNOON];
        Self([
            usual.clone(),
            usual.clone(),
            usual.clone(),
            usual,
            vec![FRIDAY_MORNING, AFTERNOON],
            Vec::new(),
            Vec::new(),
        ])
    }

    /// The open hours of a working day.
    pub fn on(&self, day: Date) -> &[Span] {
        &self.0[day.weekday().num_days_from_monday() as usize]
    }
}

/// Minutes of a day.
pub const MINUTES_OF_DAY: u32 = 24 * 60;

const MINUTE_MS: i64 = 60 * 1000;

/// That minute of that day there.
pub fn minute_of(day: Date, minute: u32, zone: Zone) -> Instant {
    let midnight = zone.start_of(day);
    Instant::from_ms(midnight.ms() + i64::from(minute) * MINUTE_MS)
}

#[cfg(test)]
pub(crate) mod tests;
