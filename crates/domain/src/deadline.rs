//! Three clocks behind one word (VER-3, PWD-2): elapsed hours, working days, and
//! minutes of office hours, in the zone of the institution. What they give is a
//! [`Deadline`], which can say how it came about.

use crate::calendar::{Holidays, OfficeHours, Span, UnknownYear, minute_of, next};
use crate::time::{Date, Instant, Zone};
use crate::words;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How long something may take, by the clock that its rule counts with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "clock", content = "amount", rename_all = "kebab-case")]
pub enum StandardTime {
    /// Hours that pass, nights and holidays included.
    Hours(u32),
    /// Working days: until offices close on that working day after the first.
    WorkingDays(u32),
    /// Minutes during which offices are open.
    OfficeMinutes(u32),
}

/// As people read it: `3x24 jam`, `1 hari kerja`, `30 menit jam kerja`.
impl fmt::Display for StandardTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hours(hours) if *hours > 0 && hours % 24 == 0 => {
                write!(f, "{}x24 jam", hours / 24)
            }
            Self::Hours(hours) => write!(f, "{hours} jam"),
            Self::WorkingDays(days) => write!(f, "{days} hari kerja"),
            Self::OfficeMinutes(minutes) => write!(f, "{minutes} menit jam kerja"),
        }
    }
}

/// When offices of an institution are open.
#[derive(Debug, Clone, Copy)]
pub struct Office<'a> {
    /// Days off (ALL-5).
    pub holidays: &'a Holidays,
    /// Opening hours, breaks left out.
    pub hours: &'a OfficeHours,
    /// The institution's zone.
    pub zone: Zone,
}

/// When something is due, and why then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deadline {
    /// When the time began to count.
    pub from: Instant,
    /// How much of it there is.
    pub time: StandardTime,
    /// When it is over.
    pub at: Instant,
    /// The decreed days off that it went around, by name.
    pub around: Vec<String>,
}

impl Deadline {
    /// Hours need no calendar.
    pub fn elapsed(from: Instant, hours: u32) -> Self {
        Self {
            from,
            time: StandardTime::Hours(hours),
            at: from.plus_hours(i64::from(hours)),
            around: Vec::new(),
        }
    }

    /// Whether something that was done at `done`, or is not done by then, is late.
    pub fn is_missed(&self, done: Instant) -> bool {
        done > self.at
    }

    /// `diajukan Jumat, 27 Maret 2026 pukul 14.10 WIB + 3x24 jam = Senin, 30 Maret
    /// 2026 pukul 14.10 WIB`, with the days off that were left out.
    pub fn derivation(&self, verb: &str, zone: Zone) -> String {
        let from = words::moment(self.from, zone);
        let at = words::moment(self.at, zone);
        let around = match self.around.as_slice() {
            [] => String::new(),
            names => format!(" (tanpa {})", names.join(", ")),
        };
        format!("{verb} {from} + {}{around} = {at}", self.time)
    }
}

impl Office<'_> {
    /// When a time that begins at `from` is over.
    ///
    /// # Errors
    /// [`UnknownYear`] when that leads into a year without imported holidays.
    pub fn deadline(&self, from: Instant, time: StandardTime) -> Result<Deadline, UnknownYear> {
        let at = match time {
            StandardTime::Hours(hours) => return Ok(Deadline::elapsed(from, hours)),
            StandardTime::WorkingDays(days) => self.plus_working_days(from, days)?,
            StandardTime::OfficeMinutes(minutes) => {
                self.plus_open_ms(from, i64::from(minutes) * MINUTE_MS)?
            }
        };
        Ok(Deadline {
            from,
            time,
            at,
            around: self.days_off_between(from, at),
        })
    }

    /// How many milliseconds of office hours lie between two moments; none when
    /// the second is not later.
    ///
    /// # Errors
    /// [`UnknownYear`] when a year between them was not imported.
    pub fn open_ms_between(&self, from: Instant, until: Instant) -> Result<i64, UnknownYear> {
        let mut open = 0;
        let mut day = self.zone.date_at(from);
        while self.zone.start_of(day) < until {
            for (begins, ends) in self.spans(day)? {
                open += (ends.min(until).ms() - begins.max(from).ms()).max(0);
            }
            day = next(day);
        }
        Ok(open)
    }

    /// None at all leaves the moment where it is. Otherwise the close of a
    /// working day: a letter that comes in the evening or on a Sunday has as many
    /// days as one that came in the last open minute.
    fn plus_working_days(&self, from: Instant, count: u32) -> Result<Instant, UnknownYear> {
        if count == 0 {
            return Ok(from);
        }
        let mut day = self.zone.date_at(from);
        let mut left = count;
        loop {
            day = next(day);
            // A working day on which offices stay closed by their own hours has no
            // end to be due at.
            if let Some((_, closes)) = self.spans(day)?.last() {
                left -= 1;
                if left == 0 {
                    return Ok(*closes);
                }
            }
        }
    }

    /// No time at all still needs an open door.
    fn plus_open_ms(&self, from: Instant, ms: i64) -> Result<Instant, UnknownYear> {
        let mut left = ms;
        let mut day = self.zone.date_at(from);
        loop {
            for (begins, ends) in self.spans(day)? {
                let begins = begins.max(from);
                let open = ends.ms() - begins.ms();
                if open < 0 {
                    continue;
                }
                if left <= open {
                    return Ok(Instant::from_ms(begins.ms() + left));
                }
                left -= open;
            }
            day = next(day);
        }
    }

    /// The open spans of a day as moments; none when it is no working day.
    fn spans(&self, day: Date) -> Result<Vec<(Instant, Instant)>, UnknownYear> {
        if !self.holidays.is_working_day(day)? {
            return Ok(Vec::new());
        }
        let span = |span: &Span| {
            let moment = |minute| minute_of(day, minute, self.zone);
            (moment(span.from_minute), moment(span.until_minute))
        };
        Ok(self.hours.on(day).iter().map(span).collect())
    }

    /// What people have to know about the days between: weekends they know.
    fn days_off_between(&self, from: Instant, until: Instant) -> Vec<String> {
        let first = self.zone.date_at(from);
        let last = self.zone.date_at(until);
        let mut names: Vec<String> = first
            .iter_days()
            .take_while(|day| *day <= last)
            .filter_map(|day| self.holidays.on(day))
            .map(|holiday| holiday.name.clone())
            .collect();
        names.dedup();
        names
    }
}

const MINUTE_MS: i64 = 60 * 1000;

#[cfg(test)]
mod tests;
