//! The cut-off as a national operation (EXP-4): a letter of the directorate sets
//! after which last day past-due accesses expire by themselves, and for whom. It is
//! planned ahead, and changed or withdrawn until that day is over somewhere. The run
//! itself is the sweep's: this decides nothing but the dates that it goes by.

use crate::ids::{CutOffId, InstitutionId};
use crate::reference::INSTITUTION_KINDS;
use crate::time::{CutOff, Date, Instant, Zone};
use chrono::Days;
use serde::{Deserialize, Serialize};

/// How far ahead a last day may lie; a later one is a typing mistake (ours).
pub const PLANNED_DAYS_MAX: u64 = 366;

/// The longest number of a letter, in characters.
pub const LETTER_NUMBER_CHARS_MAX: usize = 100;

/// The most institutions that one letter names; more are a kind, or everyone.
pub const SCOPE_INSTITUTIONS_MAX: usize = 200;

/// Whose accesses a letter is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Scope {
    /// Those of the whole country.
    Everyone,
    /// Those of some kinds of institutions, also of such that join later.
    Kinds {
        /// Words of [`INSTITUTION_KINDS`].
        kinds: Vec<String>,
    },
    /// Those of some institutions.
    Institutions {
        /// Which.
        institutions: Vec<InstitutionId>,
        /// Their codes, as the letter names them.
        codes: Vec<String>,
    },
}

/// What a letter says. The names are a storage format: the store's triggers read
/// them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The letter's number: the legal basis.
    pub letter_number: String,
    /// The day it was signed.
    pub letter_date: Date,
    /// The last day on which past-due accesses stay as they are.
    pub last_day: Date,
    /// For whom.
    pub scope: Scope,
}

/// A plan that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// Its id.
    pub id: CutOffId,
    /// Its last day.
    pub last_day: Date,
    /// Whether it was taken back.
    pub withdrawn: bool,
}

/// Why a plan is not made, changed or withdrawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The letter has no number, or one that is too long.
    LetterNumber,
    /// The letter is dated ahead of the day on which it is planned.
    LetterDate,
    /// The last day is over already in one of the zones.
    LastDayOver,
    /// The last day lies more than [`PLANNED_DAYS_MAX`] ahead.
    LastDayTooFar,
    /// It names nobody, or more than may be named.
    ScopeSize,
    /// It names a kind of institution that there is not.
    UnknownKind,
    /// Its last day is over somewhere: its run has begun.
    Begun,
    /// It was withdrawn before.
    Withdrawn,
}

/// The first moment at which the run of a letter with this last day takes
/// somebody: midnight in the east.
pub fn begins_at(last_day: Date) -> Instant {
    CutOff { last_day }.in_force_from(Zone::Wit)
}

/// The first moment at which it has come to the whole country.
pub fn everywhere_at(last_day: Date) -> Instant {
    CutOff { last_day }.in_force_from(Zone::Wib)
}

/// Checks what a letter says, at the moment it is planned or changed.
///
/// # Errors
/// [`Refusal`].
pub fn check(plan: &Plan, now: Instant) -> Result<(), Refusal> {
    let chars = plan.letter_number.trim().chars().count();
    if !(1..=LETTER_NUMBER_CHARS_MAX).contains(&chars) {
        return Err(Refusal::LetterNumber);
    }
    let today = Zone::Wit.date_at(now);
    if plan.letter_date > today {
        return Err(Refusal::LetterDate);
    }
    if now >= begins_at(plan.last_day) {
        return Err(Refusal::LastDayOver);
    }
    if today
        .checked_add_days(Days::new(PLANNED_DAYS_MAX))
        .is_some_and(|latest| plan.last_day > latest)
    {
        return Err(Refusal::LastDayTooFar);
    }
    match &plan.scope {
        Scope::Everyone => Ok(()),
        Scope::Kinds { kinds } if kinds.is_empty() => Err(Refusal::ScopeSize),
        Scope::Kinds { kinds } => {
            let known = |kind: &String| INSTITUTION_KINDS.contains(&kind.as_str());
            let all = kinds.iter().all(known);
            all.then_some(()).ok_or(Refusal::UnknownKind)
        }
        Scope::Institutions { institutions, .. } => {
            let fits = (1..=SCOPE_INSTITUTIONS_MAX).contains(&institutions.len());
            fits.then_some(()).ok_or(Refusal::ScopeSize)
        }
    }
}

/// Whether a plan may still be changed or withdrawn.
///
/// # Errors
/// [`Refusal::Withdrawn`] or [`Refusal::Begun`].
pub fn may_change(planned: &Planned, now: Instant) -> Result<(), Refusal> {
    if planned.withdrawn {
        return Err(Refusal::Withdrawn);
    }
    if now >= begins_at(planned.last_day) {
        return Err(Refusal::Begun);
    }
    Ok(())
}

/// How far the run of a letter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Progress {
    /// Its last day is not over anywhere.
    Planned,
    /// It was taken back.
    Withdrawn,
    /// It has come to some zones, or has accesses left to end.
    Running,
    /// It has come everywhere and has nothing left to end.
    Complete,
}

/// How far it is at `now`, when its run has `left` accesses to end.
pub fn progress(planned: &Planned, now: Instant, left: u64) -> Progress {
    if planned.withdrawn {
        Progress::Withdrawn
    } else if now < begins_at(planned.last_day) {
        Progress::Planned
    } else if now < everywhere_at(planned.last_day) || left > 0 {
        Progress::Running
    } else {
        Progress::Complete
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    /// 2025-08-22T09:00+07:00.
    const NOW: Instant = Instant::from_ms(1_755_828_000_000);

    fn letter(last_day: &str) -> Plan {
        Plan {
            letter_number: "123/D.2.3/08/2025".to_owned(),
            letter_date: day("2025-08-08"),
            last_day: day(last_day),
            scope: Scope::Everyone,
        }
    }

    #[test]
    fn exp_4_a_letter_has_a_number_a_day_ahead_and_somebody_it_is_for() {
        let with = |change: fn(&mut Plan)| {
            let mut plan = letter("2025-08-22");
            change(&mut plan);
            check(&plan, NOW)
        };
        let kinds = |kinds: &[&str]| Scope::Kinds {
            kinds: kinds.iter().map(|&kind| kind.to_owned()).collect(),
        };
        let many = |count: usize| Scope::Institutions {
            institutions: vec![InstitutionId::new(Uuid::from_u128(1)); count],
            codes: vec!["X".to_owned(); count],
        };
        assert_eq!(with(|_| {}), Ok(()), "its last day is today");
        assert_eq!(
            with(|p| p.letter_number = "  ".to_owned()),
            Err(Refusal::LetterNumber)
        );
        assert_eq!(
            with(|p| p.letter_number = "x".repeat(101)),
            Err(Refusal::LetterNumber)
        );
        assert_eq!(
            with(|p| p.letter_date = "2025-08-23".parse().unwrap()),
            Err(Refusal::LetterDate)
        );
        assert_eq!(check(&letter("2025-08-21"), NOW), Err(Refusal::LastDayOver));
        assert_eq!(check(&letter("2026-08-23"), NOW), Ok(()));
        assert_eq!(
            check(&letter("2026-08-24"), NOW),
            Err(Refusal::LastDayTooFar)
        );
        for (scope, expected) in [
            (kinds(&["Kota", "Provinsi"]), Ok(())),
            (kinds(&[]), Err(Refusal::ScopeSize)),
            (kinds(&["Desa"]), Err(Refusal::UnknownKind)),
            (many(1), Ok(())),
            (many(0), Err(Refusal::ScopeSize)),
            (many(SCOPE_INSTITUTIONS_MAX + 1), Err(Refusal::ScopeSize)),
        ] {
            let plan = Plan {
                scope,
                ..letter("2025-08-22")
            };
            assert_eq!(check(&plan, NOW), expected, "{:?}", plan.scope);
        }
    }

    #[test]
    fn exp_4_a_plan_changes_until_its_last_day_is_over_in_the_east() {
        let planned = |withdrawn| Planned {
            id: CutOffId::new(Uuid::from_u128(1)),
            last_day: day("2025-08-22"),
            withdrawn,
        };
        let (east, west) = (
            begins_at(day("2025-08-22")),
            everywhere_at(day("2025-08-22")),
        );
        assert_eq!(west.ms() - east.ms(), 2 * 60 * 60 * 1000);
        let before = Instant::from_ms(east.ms() - 1);
        assert_eq!(may_change(&planned(false), before), Ok(()));
        assert_eq!(may_change(&planned(false), east), Err(Refusal::Begun));
        assert_eq!(may_change(&planned(true), before), Err(Refusal::Withdrawn));
        for (now, left, expected) in [
            (before, 7, Progress::Planned),
            (east, 7, Progress::Running),
            (east, 0, Progress::Running),
            (west, 1, Progress::Running),
            (west, 0, Progress::Complete),
        ] {
            assert_eq!(progress(&planned(false), now, left), expected);
            assert_eq!(progress(&planned(true), now, left), Progress::Withdrawn);
        }
    }

    #[test]
    fn what_a_letter_says_is_stored_as_the_triggers_read_it() {
        let institution = InstitutionId::new(Uuid::from_u128(7));
        for (scope, expected) in [
            (Scope::Everyone, r#"{"kind":"everyone"}"#.to_owned()),
            (
                Scope::Kinds {
                    kinds: vec!["Kota".to_owned()],
                },
                r#"{"kind":"kinds","kinds":["Kota"]}"#.to_owned(),
            ),
            (
                Scope::Institutions {
                    institutions: vec![institution],
                    codes: vec!["KOTA-X".to_owned()],
                },
                format!(
                    r#"{{"kind":"institutions","institutions":["{institution}"],"codes":["KOTA-X"]}}"#
                ),
            ),
        ] {
            let text = serde_json::to_string(&scope).unwrap();
            assert_eq!(text, expected);
            assert_eq!(serde_json::from_str::<Scope>(&text).unwrap(), scope);
        }
    }
}
