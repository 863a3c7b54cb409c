//! Before an access ends (EXP-7): whom a reminder fits now, the coming wave by
//! weeks, and the appeal.

use crate::ids::InstitutionId;
use crate::time::{Date, Instant, Zone};
use chrono::{Datelike, Days, Weekday};

/// How many days before its last day an access is reminded of, latest first.
pub const REMINDER_DAYS: [u32; 4] = [1, 7, 14, 30];

/// The wave is looked at so many weeks ahead at most, this week among them.
pub const WAVE_WEEKS_MAX: u32 = 26;

/// So many when nothing is said: a quarter.
pub const WAVE_WEEKS_DEFAULT: u32 = 13;

/// An appeal speaks to people whose access ends within so many days at most: those
/// who can ask for an extension.
pub const APPEAL_DAYS_MAX: u32 = 90;

/// Ends after one moment and up to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ends {
    /// Not this one itself.
    pub after: Instant,
    /// This one too.
    pub until: Instant,
}

/// The accesses of a zone that one stage of reminders fits at `now`, by their ends:
/// those with at most so many calendar days to go, and more than the next smaller
/// stage. So a person gets the one reminder that fits, also after days without a
/// timer.
pub fn window(stage: usize, zone: Zone, now: Instant) -> Ends {
    let today = zone.date_at(now);
    let end_in = |days: u32| zone.end_of(days_after(today, days));
    Ends {
        after: match stage {
            0 => now,
            stage => end_in(REMINDER_DAYS[stage - 1]),
        },
        until: end_in(REMINDER_DAYS[stage]),
    }
}

/// The last day of what ends at `ends_at`.
pub fn last_day(ends_at: Instant, zone: Zone) -> Date {
    zone.date_at(Instant::from_ms(ends_at.ms() - 1))
}

/// A week from Monday to Sunday (ISO 8601).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Week {
    /// Its Monday.
    pub first: Date,
}

impl Week {
    /// The week of a day.
    pub fn of(day: Date) -> Self {
        Self {
            first: day.week(Weekday::Mon).first_day(),
        }
    }

    /// The week so many later.
    #[must_use]
    pub fn plus(self, weeks: u32) -> Self {
        Self {
            first: days_after(self.first, weeks * 7),
        }
    }

    /// Its Sunday.
    pub fn last(self) -> Date {
        days_after(self.first, 6)
    }

    /// `2026-W13`.
    pub fn name(self) -> String {
        let week = self.first.iso_week();
        format!("{}-W{:02}", week.year(), week.week())
    }
}

/// The weeks of the wave, this one first, and the ends that lie in them.
pub fn wave(zone: Zone, now: Instant, weeks: u32) -> (Vec<Week>, Ends) {
    let first = Week::of(zone.date_at(now));
    let weeks: Vec<_> = (0..weeks).map(|number| first.plus(number)).collect();
    let last = weeks.last().copied().unwrap_or(first).last();
    let until = zone.end_of(last);
    (weeks, Ends { after: now, until })
}

/// The ends that an appeal over so many days speaks of, with the last of these days.
pub fn appeal(zone: Zone, now: Instant, days: u32) -> (Ends, Date) {
    let last = days_after(zone.date_at(now), days);
    let until = zone.end_of(last);
    (Ends { after: now, until }, last)
}

/// The subject of an appeal in the record: one for each institution and week, so
/// that people are not told every day.
pub fn campaign(institution: InstitutionId, zone: Zone, now: Instant) -> String {
    let week = Week::of(zone.date_at(now)).name();
    format!("appeal/{institution}/{week}")
}

fn days_after(day: Date, days: u32) -> Date {
    day.checked_add_days(Days::new(days.into()))
        .unwrap_or(Date::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    /// Noon there.
    fn noon(zone: Zone, text: &str) -> Instant {
        Instant::from_ms(zone.end_of(day(text)).ms() - 12 * 60 * 60 * 1000)
    }

    /// The stage that fits an access now, if one does.
    fn stage(zone: Zone, ends_at: Instant, now: Instant) -> Option<u32> {
        let fits = |stage: &usize| {
            let window = window(*stage, zone, now);
            window.after < ends_at && ends_at <= window.until
        };
        let fitting: Vec<_> = (0..REMINDER_DAYS.len()).filter(fits).collect();
        assert!(fitting.len() <= 1, "never two at once: {fitting:?}");
        fitting.first().map(|stage| REMINDER_DAYS[*stage])
    }

    #[test]
    fn exp_7_a_stage_fits_by_calendar_days_of_the_zone() {
        for zone in Zone::ALL {
            let end = zone.end_of(day("2026-05-31"));
            for (today, expected) in [
                ("2026-04-30", None),
                ("2026-05-01", Some(30)),
                ("2026-05-16", Some(30)),
                ("2026-05-17", Some(14)),
                ("2026-05-23", Some(14)),
                ("2026-05-24", Some(7)),
                ("2026-05-29", Some(7)),
                ("2026-05-30", Some(1)),
                // Late is better than never, on the last day too.
                ("2026-05-31", Some(1)),
                ("2026-06-01", None),
            ] {
                assert_eq!(
                    stage(zone, end, noon(zone, today)),
                    expected,
                    "{today} {zone}"
                );
            }
            let midnight = zone.end_of(day("2026-04-30"));
            assert_eq!(stage(zone, end, Instant::from_ms(midnight.ms() - 1)), None);
            assert_eq!(stage(zone, end, midnight), Some(30));
        }
    }

    proptest! {
        #[test]
        fn exp_7_whatever_days_are_missed_each_stage_comes_at_most_once_and_in_order(
            end in 0_i64..400, runs in prop::collection::vec(0_i64..40_000, 1..60), zone in 0_usize..3,
        ) {
            let zone = Zone::ALL[zone];
            let begin = Instant::from_ms(1_767_225_600_000);
            let ends_at = zone.end_of(days_after(zone.date_at(begin), u32::try_from(end).unwrap()));
            let (mut now, mut told) = (begin, Vec::new());
            for minutes in runs {
                now = Instant::from_ms(now.ms() + minutes * 60_000);
                if let Some(days) = stage(zone, ends_at, now) && !told.contains(&days) {
                    prop_assert!(now < ends_at, "never after the end");
                    told.push(days);
                }
            }
            prop_assert!(told.is_sorted_by(|a, b| a > b), "{told:?}");
        }
    }

    #[test]
    fn exp_7_the_wave_goes_by_weeks_of_monday_to_sunday() {
        // A Friday; the year of the last week is the next one's.
        let now = noon(Zone::Wit, "2026-12-25");
        let (weeks, ends) = wave(Zone::Wit, now, 3);
        let names: Vec<_> = weeks.iter().map(|week| week.name()).collect();
        assert_eq!(names, ["2026-W52", "2026-W53", "2027-W01"]);
        assert_eq!(weeks[0].first, day("2026-12-21"));
        assert_eq!(weeks[2].last(), day("2027-01-10"));
        assert_eq!(ends.after, now);
        assert_eq!(ends.until, Zone::Wit.end_of(day("2027-01-10")));
        assert_eq!(last_day(ends.until, Zone::Wit), day("2027-01-10"));
        assert_eq!(Week::of(day("2027-01-10")), weeks[2]);
    }

    #[test]
    fn exp_7_a_campaign_is_of_an_institution_and_a_week_of_its_zone() {
        let institution = InstitutionId::new(Uuid::from_u128(1));
        let id = "appeal/00000000-0000-0000-0000-000000000001/2026-W14";
        // Sunday, 23.30 in the west is Monday in the east.
        let sunday = Instant::from_ms(Zone::Wib.end_of(day("2026-03-29")).ms() - 30 * 60_000);
        assert_eq!(campaign(institution, Zone::Wit, sunday), id);
        assert_ne!(campaign(institution, Zone::Wib, sunday), id);
        let (ends, last) = appeal(Zone::Wib, sunday, APPEAL_DAYS_MAX);
        assert_eq!(last, day("2026-06-27"));
        assert_eq!(ends.until, Zone::Wib.end_of(last));
    }
}
