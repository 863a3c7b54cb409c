//! Platforms: which of a person's accesses lets them in, and if none does, why
//! not and what to do (PLA-1, PLA-3). Platforms and the roles they admit are data.

use crate::access::Status;
use crate::ids::AccessId;
use crate::reference::RoleCode;
use crate::time::{CutOff, Instant, Zone};
use serde::Serialize;

/// An access as an entry judges it. `status` is decided from its dates at the
/// moment of asking (EXP-2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Which one.
    pub access: AccessId,
    /// Its role.
    pub role: RoleCode,
    /// What it is now.
    pub status: Status,
    /// When a request of it that waits is due (VER-3).
    pub due_at: Option<Instant>,
    /// The first moment at which it no longer works.
    pub ends_at: Option<Instant>,
}

/// Why a person cannot enter, nearest to entry first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// A request of theirs waits for its verifier.
    Waiting,
    /// The end date has passed.
    Expired,
    /// They gave it up themselves.
    Inactive,
    /// It was never approved.
    Rejected,
    /// They have no access with a role that the platform admits.
    NoAdmittedRole,
}

/// What a person can do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum WayIn {
    /// Wait for the verifier.
    Wait,
    /// Ask for the access again, with a new decree (EXP-5).
    Reactivate,
    /// Register the same access again (REG-6).
    RegisterAgain,
    /// Register an access with one of the admitted roles (REG-1).
    Register,
}

impl Reason {
    /// The rule that says so.
    pub const fn rule(self) -> &'static str {
        match self {
            Self::Waiting => "VER-3",
            Self::Expired => "EXP-2",
            Self::Inactive => "EXP-1",
            Self::Rejected => "REG-6",
            Self::NoAdmittedRole => "PLA-1",
        }
    }

    /// What to do.
    pub const fn way_in(self) -> WayIn {
        match self {
            Self::Waiting => WayIn::Wait,
            Self::Expired | Self::Inactive => WayIn::Reactivate,
            Self::Rejected => WayIn::RegisterAgain,
            Self::NoAdmittedRole => WayIn::Register,
        }
    }
}

/// Why no access of a person lets them in: the reason that is nearest to entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WhyNot<'a> {
    /// The reason.
    pub reason: Reason,
    /// The access it is about; none when they have none that could.
    pub held: Option<&'a Held>,
}

/// Why an entry does not happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoEntry<'a> {
    /// The access that was named is not this person's.
    UnknownAccess,
    /// Several fit and none was named.
    Choose(Vec<&'a Held>),
    /// None fits, or the one that was named does not.
    WhyNot(WhyNot<'a>),
}

fn admits(admitted: &[RoleCode], held: &Held) -> bool {
    admitted.contains(&held.role)
}

/// The accesses that let their owner in now.
pub fn fitting<'a>(admitted: &[RoleCode], held: &'a [Held]) -> Vec<&'a Held> {
    let fits = |held: &&Held| held.status == Status::Active && admits(admitted, held);
    held.iter().filter(fits).collect()
}

/// Why none of them does.
pub fn why_not<'a>(admitted: &[RoleCode], held: &'a [Held]) -> WhyNot<'a> {
    let reasons = held.iter().filter(|held| admits(admitted, held));
    let nearest = reasons
        .filter_map(|held| Some((reason(held)?, held)))
        .min_by_key(|(reason, held)| (*reason, distance(held)));
    match nearest {
        Some((reason, held)) => WhyNot {
            reason,
            held: Some(held),
        },
        None => WhyNot {
            reason: Reason::NoAdmittedRole,
            held: None,
        },
    }
}

/// None for an access that works.
fn reason(held: &Held) -> Option<Reason> {
    match held.status {
        Status::Active => None,
        // Also past the cut-off, where the request can still be approved (EXP-4).
        _ if held.due_at.is_some() => Some(Reason::Waiting),
        Status::Pending => Some(Reason::Waiting),
        Status::Expired => Some(Reason::Expired),
        Status::Inactive => Some(Reason::Inactive),
        Status::Rejected => Some(Reason::Rejected),
    }
}

/// Among equal reasons: what is decided first, then what ended last.
fn distance(held: &Held) -> (i64, i64) {
    let due = held.due_at.map_or(i64::MAX, Instant::ms);
    let ended = held.ends_at.map_or(i64::MAX, |end| -end.ms());
    (due, ended)
}

/// The access to enter with: the one that was named, or the only one that fits
/// (PLA-1).
///
/// # Errors
/// [`NoEntry`] when there is none, or it is not clear which.
pub fn choose<'a>(
    admitted: &[RoleCode],
    held: &'a [Held],
    named: Option<AccessId>,
) -> Result<&'a Held, NoEntry<'a>> {
    if let Some(named) = named {
        let found = held.iter().find(|held| held.access == named);
        let found = std::slice::from_ref(found.ok_or(NoEntry::UnknownAccess)?);
        let fits = fitting(admitted, found).pop();
        return fits.ok_or_else(|| NoEntry::WhyNot(why_not(admitted, found)));
    }
    let mut fits = fitting(admitted, held);
    match (fits.pop(), fits.is_empty()) {
        (None, _) => Err(NoEntry::WhyNot(why_not(admitted, held))),
        (Some(only), true) => Ok(only),
        (Some(last), false) => {
            fits.push(last);
            Err(NoEntry::Choose(fits))
        }
    }
}

/// The first moment at which an access that works now gives no entry: the end of
/// its last day, or the cut-off if that comes later (EXP-4).
pub fn entry_ends_at(ends_at: Instant, zone: Zone, cut_off: CutOff) -> Instant {
    ends_at.max(cut_off.in_force_from(zone))
}

/// Until when an assertion made at `now` may be used: its lifetime, and never
/// beyond the access itself.
pub fn assertion_ends_at(now: Instant, lifetime_s: i64, entry_ends_at: Instant) -> Instant {
    Instant::from_ms(now.ms() + lifetime_s * 1_000).min(entry_ends_at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn held(number: u128, role: &str, status: Status) -> Held {
        Held {
            access: AccessId::new(Uuid::from_u128(number)),
            role: role.to_owned(),
            status,
            due_at: (status == Status::Pending).then(|| Instant::from_ms(5_000)),
            ends_at: None,
        }
    }

    fn ended(number: u128, status: Status, at_ms: i64) -> Held {
        Held {
            ends_at: Some(Instant::from_ms(at_ms)),
            ..held(number, "PPK", status)
        }
    }

    fn admitted() -> Vec<RoleCode> {
        vec!["PPK".to_owned(), "PP".to_owned()]
    }

    #[test]
    fn pla_1_one_fitting_access_needs_no_choice_and_several_do() {
        let one = [
            held(1, "PPK", Status::Active),
            held(2, "VAI", Status::Active),
            held(3, "PP", Status::Expired),
        ];
        assert_eq!(choose(&admitted(), &one, None), Ok(&one[0]));
        let two = [
            held(1, "PPK", Status::Active),
            held(2, "PP", Status::Active),
        ];
        assert_eq!(
            choose(&admitted(), &two, None),
            Err(NoEntry::Choose(vec![&two[0], &two[1]]))
        );
        assert_eq!(choose(&admitted(), &two, Some(two[1].access)), Ok(&two[1]));
    }

    #[test]
    fn pla_1_a_named_access_must_be_ones_own_and_fit_by_itself() {
        let own = [
            held(1, "PPK", Status::Active),
            held(2, "VAI", Status::Active),
            held(3, "PP", Status::Inactive),
        ];
        let named = |number| {
            choose(
                &admitted(),
                &own,
                Some(AccessId::new(Uuid::from_u128(number))),
            )
        };
        assert_eq!(named(9), Err(NoEntry::UnknownAccess));
        let why = |number| match named(number) {
            Err(NoEntry::WhyNot(why)) => why.reason,
            other => panic!("{other:?}"),
        };
        assert_eq!(why(2), Reason::NoAdmittedRole);
        assert_eq!(why(3), Reason::Inactive);
    }

    #[test]
    fn pla_1_the_reason_that_is_nearest_to_entry_is_told() {
        use Status::{Expired, Inactive, Pending, Rejected};
        for (statuses, expected) in [
            (&[][..], Reason::NoAdmittedRole),
            (&[Rejected], Reason::Rejected),
            (&[Rejected, Inactive], Reason::Inactive),
            (&[Inactive, Expired, Rejected], Reason::Expired),
            (&[Expired, Pending, Inactive], Reason::Waiting),
        ] {
            let held: Vec<_> = statuses
                .iter()
                .enumerate()
                .map(|(number, status)| held(number as u128, "PPK", *status))
                .collect();
            let why = why_not(&admitted(), &held);
            assert_eq!(why.reason, expected, "{statuses:?}");
            assert_eq!(why.held.is_none(), held.is_empty());
        }
        // Whatever its status: a role that is not admitted is no reason to wait.
        let others = [
            held(1, "VAI", Status::Pending),
            held(2, "VAI", Status::Active),
        ];
        assert_eq!(why_not(&admitted(), &others).reason, Reason::NoAdmittedRole);
    }

    #[test]
    fn exp_4_an_expired_access_whose_request_still_waits_is_waited_for() {
        let mut overtaken = held(1, "PPK", Status::Expired);
        overtaken.due_at = Some(Instant::from_ms(7));
        assert_eq!(why_not(&admitted(), &[overtaken]).reason, Reason::Waiting);
    }

    #[test]
    fn among_equal_reasons_the_latest_end_and_the_nearest_decision_are_told() {
        let ends = [
            ended(1, Status::Expired, 10),
            ended(2, Status::Expired, 30),
            ended(3, Status::Expired, 20),
        ];
        assert_eq!(why_not(&admitted(), &ends).held, Some(&ends[1]));
        let mut waits = [
            held(1, "PPK", Status::Pending),
            held(2, "PPK", Status::Pending),
        ];
        waits[1].due_at = Some(Instant::from_ms(4_000));
        assert_eq!(why_not(&admitted(), &waits).held, Some(&waits[1]));
    }

    #[test]
    fn pla_3_an_assertion_lives_a_minute_and_never_longer_than_the_access() {
        let end = Instant::from_ms(1_000_000);
        for (now_ms, expected_ms) in [
            (0, 60_000),
            (940_000, 1_000_000),
            (940_001, 1_000_000),
            (999_999, 1_000_000),
        ] {
            let until = assertion_ends_at(Instant::from_ms(now_ms), 60, end);
            assert_eq!(until.ms(), expected_ms, "{now_ms}");
        }
    }

    #[test]
    fn exp_4_before_the_cut_off_a_past_date_still_gives_entry_until_it() {
        let cut_off = CutOff {
            last_day: "2025-08-22".parse().unwrap(),
        };
        for zone in Zone::ALL {
            let before = zone.end_of("2025-01-01".parse().unwrap());
            let after = zone.end_of("2026-01-01".parse().unwrap());
            assert_eq!(
                entry_ends_at(before, zone, cut_off),
                cut_off.in_force_from(zone)
            );
            assert_eq!(entry_ends_at(after, zone, cut_off), after);
        }
    }
}
