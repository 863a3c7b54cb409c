//! Roles that one person may not hold together (ALL-4). Which, under which
//! article and from when is data; what follows from it is here.

use crate::access::{Standing, is_overdue};
use crate::ids::WorkUnitId;
use crate::time::{CutOff, Date, Instant, Zone};
use serde::{Deserialize, Serialize};

/// Where two roles must not meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// In one person, wherever.
    Account,
    /// In one person at one work unit.
    WorkUnit,
    /// In one procurement package, which only the people concerned can see: the
    /// verifier is warned.
    Package,
}

/// A rule that a role has with a role which its owner holds somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clash {
    /// The rule's code.
    pub rule: String,
    /// The law that it follows from.
    pub source: String,
    /// Where the two must not meet.
    pub scope: Scope,
    /// The first day of the rule.
    pub valid_from: Date,
    /// Its last day, if it has one.
    pub valid_until: Option<Date>,
    /// The access that stands in the way.
    pub held: Held,
}

/// An access beside the one that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Its role's name.
    pub role_name: String,
    /// Where.
    pub work_unit: WorkUnitId,
    /// As people know it.
    pub work_unit_name: String,
    /// The institution's zone.
    pub zone: Zone,
    /// Where it stands.
    pub standing: Standing,
    /// The first moment at which it no longer works.
    pub ends_at: Option<Instant>,
}

impl Clash {
    /// Whether it means something for an access at `work_unit` now: the rule is
    /// in force there and the other access gives entry (EXP-2).
    pub fn is_real(
        &self,
        work_unit: WorkUnitId,
        zone: Zone,
        now: Instant,
        cut_off: CutOff,
    ) -> bool {
        let today = zone.date_at(now);
        let in_force =
            self.valid_from <= today && self.valid_until.is_none_or(|last| today <= last);
        let held = &self.held;
        let works = held.standing == Standing::Active
            && !is_overdue(held.standing, held.ends_at, held.zone, now, cut_off);
        let meets = self.scope != Scope::WorkUnit || held.work_unit == work_unit;
        in_force && works && meets
    }

    /// Whether it stands against the access, or is for the verifier to weigh.
    pub fn blocks(&self) -> bool {
        self.scope != Scope::Package
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const HERE: WorkUnitId = WorkUnitId::new(Uuid::from_u128(1));
    const ELSEWHERE: WorkUnitId = WorkUnitId::new(Uuid::from_u128(2));

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    /// Noon in Jakarta.
    fn noon(text: &str) -> Instant {
        Instant::from_ms(Zone::Wib.end_of(day(text)).ms() - 12 * 60 * 60 * 1000)
    }

    fn clash(scope: Scope) -> Clash {
        Clash {
            rule: "PPK-BENDAHARA".to_owned(),
            source: "Peraturan contoh".to_owned(),
            scope,
            valid_from: day("2026-01-01"),
            valid_until: Some(day("2026-12-31")),
            held: Held {
                role_name: "Bendahara".to_owned(),
                work_unit: ELSEWHERE,
                work_unit_name: "Satuan Kerja Contoh".to_owned(),
                zone: Zone::Wib,
                standing: Standing::Active,
                ends_at: Some(Zone::Wib.end_of(day("2026-06-30"))),
            },
        }
    }

    #[track_caller]
    fn check(clash: &Clash, on: &str, at: WorkUnitId, expected: bool) {
        let cut_off = CutOff {
            last_day: day("2025-08-22"),
        };
        let real = clash.is_real(at, Zone::Wib, noon(on), cut_off);
        assert_eq!(real, expected, "{clash:?} on {on}");
    }

    #[test]
    fn all_4_the_scope_says_where_two_roles_must_not_meet() {
        for (scope, at, expected) in [
            (Scope::Account, ELSEWHERE, true),
            (Scope::Account, HERE, true),
            (Scope::WorkUnit, ELSEWHERE, true),
            (Scope::WorkUnit, HERE, false),
            (Scope::Package, ELSEWHERE, true),
            (Scope::Package, HERE, true),
        ] {
            check(&clash(scope), "2026-03-27", at, expected);
        }
    }

    #[test]
    fn all_4_a_rule_holds_from_its_first_to_its_last_day() {
        let mut clash = clash(Scope::Account);
        clash.held.ends_at = Some(Zone::Wib.end_of(day("2030-06-30")));
        for (on, expected) in [
            ("2025-12-31", false),
            ("2026-01-01", true),
            ("2026-12-31", true),
            ("2027-01-01", false),
        ] {
            check(&clash, on, HERE, expected);
        }
        clash.valid_until = None;
        check(&clash, "2027-01-01", HERE, true);
    }

    #[test]
    fn all_4_only_an_access_that_gives_entry_stands_in_the_way() {
        let mut clash = clash(Scope::Account);
        check(&clash, "2026-06-30", HERE, true);
        check(&clash, "2026-07-01", HERE, false);
        for standing in [
            Standing::Unverified,
            Standing::Rejected,
            Standing::Inactive,
            Standing::Expired,
        ] {
            clash.held.standing = standing;
            check(&clash, "2026-03-27", HERE, false);
        }
    }

    #[test]
    fn all_4_what_only_a_package_shows_does_not_block() {
        assert!(clash(Scope::Account).blocks());
        assert!(clash(Scope::WorkUnit).blocks());
        assert!(!clash(Scope::Package).blocks());
    }
}
