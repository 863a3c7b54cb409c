//! Who may verify. Authority comes from accesses, judged by their dates at the
//! very moment: a VAI whose own access has ended decides nothing any more.

use crate::ids::InstitutionId;
use crate::reference::VerifiedBy;
use crate::time::{CutOff, Instant, Zone};
use serde::{Deserialize, Serialize};

/// The capacity in which somebody verifies; it is named in the record (VER-1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Capacity {
    /// Verifikator Akses Instansi of one institution.
    Vai,
    /// Direktorat Sistem Pengadaan Digital.
    Directorate,
    /// Its operator, PT Telkom Indonesia.
    Operator,
    /// Nobody: a time that passed (MTG-4). No access gives it, and it covers no
    /// request.
    Clock,
}

/// One right to verify, from one access in standing `active`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Authority {
    /// What for.
    pub capacity: Capacity,
    /// The institution of the access.
    pub institution: InstitutionId,
    /// The zone of that institution.
    pub zone: Zone,
    /// The first moment at which the access is over.
    pub ends_at: Instant,
}

/// What a person may verify now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Authorities(Vec<Authority>);

impl Authorities {
    /// Keeps those of `held` that are in force at `now` (EXP-2), where one cut-off
    /// holds for all of them.
    pub fn in_force(held: Vec<Authority>, now: Instant, cut_off: CutOff) -> Self {
        Self::in_force_each(held.into_iter().map(|it| (it, cut_off)), now)
    }

    /// The same, each by the cut-off that holds for its institution (EXP-4).
    pub fn in_force_each(
        held: impl IntoIterator<Item = (Authority, CutOff)>,
        now: Instant,
    ) -> Self {
        let in_force =
            |(a, cut_off): &(Authority, CutOff)| now < a.ends_at.max(cut_off.in_force_from(a.zone));
        let held = held.into_iter().filter(in_force);
        Self(held.map(|(authority, _)| authority).collect())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The institutions whose requests this person decides as VAI.
    pub fn institutions(&self) -> impl Iterator<Item = InstitutionId> + '_ {
        self.0
            .iter()
            .filter(|a| a.capacity == Capacity::Vai)
            .map(|a| a.institution)
    }

    /// The same, with the zone that each of them lives in.
    pub fn desks(&self) -> impl Iterator<Item = (InstitutionId, Zone)> + '_ {
        let held_as_vai = |a: &&Authority| a.capacity == Capacity::Vai;
        self.0
            .iter()
            .filter(held_as_vai)
            .map(|a| (a.institution, a.zone))
    }

    /// Whether this person decides what is verified nationally.
    pub fn is_national(&self) -> bool {
        self.over(VerifiedBy::National, None).is_some()
    }

    /// The capacity in which this person decides a request (VER-1).
    pub fn over_request(
        &self,
        verified_by: VerifiedBy,
        institution: InstitutionId,
    ) -> Option<Capacity> {
        self.over(verified_by, Some(institution))
    }

    fn over(
        &self,
        verified_by: VerifiedBy,
        institution: Option<InstitutionId>,
    ) -> Option<Capacity> {
        let covers = |a: &&Authority| match verified_by {
            VerifiedBy::National => {
                matches!(a.capacity, Capacity::Directorate | Capacity::Operator)
            }
            VerifiedBy::Institution => {
                a.capacity == Capacity::Vai && Some(a.institution) == institution
            }
        };
        self.0.iter().find(covers).map(|a| a.capacity)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const CUT_OFF: CutOff = CutOff {
        last_day: crate::time::Date::from_ymd_opt(2025, 8, 22).unwrap(),
    };

    fn authority(capacity: Capacity, institution: u128, ends_at_ms: i64) -> Authority {
        Authority {
            capacity,
            institution: InstitutionId::new(Uuid::from_u128(institution)),
            zone: Zone::Wib,
            ends_at: Instant::from_ms(ends_at_ms),
        }
    }

    #[test]
    fn ver_1_who_decides_what() {
        let now = Instant::from_ms(1_800_000_000_000);
        let later = now.ms() + 1;
        let here = InstitutionId::new(Uuid::from_u128(1));
        for (held, verified_by, expected) in [
            (
                authority(Capacity::Vai, 1, later),
                VerifiedBy::Institution,
                Some(Capacity::Vai),
            ),
            (
                authority(Capacity::Vai, 2, later),
                VerifiedBy::Institution,
                None,
            ),
            (
                authority(Capacity::Vai, 1, later),
                VerifiedBy::National,
                None,
            ),
            (
                authority(Capacity::Directorate, 2, later),
                VerifiedBy::National,
                Some(Capacity::Directorate),
            ),
            (
                authority(Capacity::Operator, 2, later),
                VerifiedBy::National,
                Some(Capacity::Operator),
            ),
            (
                authority(Capacity::Directorate, 1, later),
                VerifiedBy::Institution,
                None,
            ),
            (
                authority(Capacity::Clock, 1, later),
                VerifiedBy::National,
                None,
            ),
            (
                authority(Capacity::Clock, 1, later),
                VerifiedBy::Institution,
                None,
            ),
            // EXP-2: from the first moment after the end there is no authority left.
            (
                authority(Capacity::Vai, 1, now.ms()),
                VerifiedBy::Institution,
                None,
            ),
        ] {
            let authorities = Authorities::in_force(vec![held], now, CUT_OFF);
            assert_eq!(
                authorities.over_request(verified_by, here),
                expected,
                "{held:?}"
            );
        }
    }
}
