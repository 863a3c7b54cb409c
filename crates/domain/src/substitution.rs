//! Who verifies while a VAI is absent (VER-1). A substitute has no authority of
//! their own: it comes from the absent VAI's access, the days of the absence, and
//! an access of the substitute's own in the same institution, all judged at the
//! moment of asking ([`crate::authority`]). Only a VAI's own access lets somebody
//! name a substitute, so what a substitute has cannot be passed on.

use crate::time::{Date, Instant, Zone};
use chrono::Days;

/// The longest absence, first and last day counted (ours).
pub const ABSENCE_DAYS_MAX: i64 = 30;

/// How far ahead an absence can begin (ours).
pub const AHEAD_DAYS_MAX: u64 = 90;

/// Calendar days of the institution's zone, first and last included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Absence {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub until: Date,
}

/// Why it is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadAbsence {
    /// It begins before today.
    Past,
    /// It ends before it begins.
    Backwards,
    /// It has more than [`ABSENCE_DAYS_MAX`] days.
    TooLong,
    /// It begins more than [`AHEAD_DAYS_MAX`] days ahead.
    TooFarAhead,
}

impl Absence {
    /// Checks an absence that is announced now.
    ///
    /// # Errors
    /// [`BadAbsence`].
    pub fn announce(from: Date, until: Date, zone: Zone, now: Instant) -> Result<Self, BadAbsence> {
        let today = zone.date_at(now);
        let latest = today
            .checked_add_days(Days::new(AHEAD_DAYS_MAX))
            .unwrap_or(Date::MAX);
        if from < today {
            return Err(BadAbsence::Past);
        }
        if from > latest {
            return Err(BadAbsence::TooFarAhead);
        }
        if until < from {
            return Err(BadAbsence::Backwards);
        }
        if (until - from).num_days() >= ABSENCE_DAYS_MAX {
            return Err(BadAbsence::TooLong);
        }
        Ok(Self { from, until })
    }

    /// Its first moment in that zone.
    pub fn starts_at(self, zone: Zone) -> Instant {
        zone.start_of(self.from)
    }

    /// The first moment after it.
    pub fn ends_at(self, zone: Zone) -> Instant {
        zone.end_of(self.until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ver_1_an_absence_has_at_most_thirty_days_and_begins_soon() {
        // 2026-03-27 14.10 WIB.
        let now = Instant::from_ms(1_774_595_400_000);
        for (from, until, expected) in [
            ("2026-03-27", "2026-03-27", None),
            ("2026-03-27", "2026-04-25", None),
            ("2026-03-27", "2026-04-26", Some(BadAbsence::TooLong)),
            ("2026-03-26", "2026-03-28", Some(BadAbsence::Past)),
            ("2026-03-29", "2026-03-28", Some(BadAbsence::Backwards)),
            ("2026-06-25", "2026-06-25", None),
            ("2026-06-26", "2026-06-26", Some(BadAbsence::TooFarAhead)),
        ] {
            let days = Absence::announce(
                from.parse().unwrap(),
                until.parse().unwrap(),
                Zone::Wib,
                now,
            );
            assert_eq!(days.err(), expected, "{from} {until}");
        }
    }

    #[test]
    fn ver_1_an_absence_begins_and_ends_at_midnight_of_its_zone() {
        let absence = Absence {
            from: "2026-03-30".parse().unwrap(),
            until: "2026-03-31".parse().unwrap(),
        };
        let hours = (absence.ends_at(Zone::Wit).ms() - absence.starts_at(Zone::Wit).ms())
            / (60 * 60 * 1000);
        assert_eq!(hours, 48);
        assert!(absence.starts_at(Zone::Wit) < absence.starts_at(Zone::Wib));
    }
}
