//! Who may verify. Authority comes from accesses, judged by their dates at the
//! very moment: a VAI whose own access has ended decides nothing any more.

use crate::ids::{AccountId, InstitutionId};
use crate::reference::VerifiedBy;
use crate::time::{CutOff, Instant, Zone};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// The capacity in which somebody verifies; it is named in the record (VER-1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Capacity {
    /// Verifikator Akses Instansi of one institution.
    Vai,
    /// Somebody who stands in for an absent VAI of that institution.
    Substitute,
    /// Direktorat Sistem Pengadaan Digital.
    Directorate,
    /// Its operator, PT Telkom Indonesia.
    Operator,
    /// Nobody: a time that passed (MTG-4). No access gives it, and it covers no
    /// request.
    Clock,
    /// Nobody: the person took the request back, by giving the access up (EXP-1).
    /// No access gives it either.
    Owner,
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
    /// The first moment at which the access is over; of a substitute, the access
    /// that ends first: the absent VAI's or their own.
    pub ends_at: Instant,
    /// For whom, and when, if it is a substitute's.
    pub stands_in: Option<StandIn>,
}

/// An absence during which somebody stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StandIn {
    /// The VAI who is absent.
    pub absent: AccountId,
    /// The first moment of the absence.
    pub from: Instant,
    /// The first moment after it.
    pub until: Instant,
}

impl Authority {
    /// Whose substitute this is.
    pub fn absent(&self) -> Option<AccountId> {
        self.stands_in.map(|stand_in| stand_in.absent)
    }

    /// By the dates of the accesses that it comes from, and of the absence
    /// (EXP-2).
    fn is_in_force(&self, now: Instant, cut_off: CutOff) -> bool {
        let is_absent = |it: StandIn| it.from <= now && now < it.until;
        now < self.ends_at.max(cut_off.in_force_from(self.zone))
            && self.stands_in.is_none_or(is_absent)
    }

    fn is_of_institution(&self) -> bool {
        matches!(self.capacity, Capacity::Vai | Capacity::Substitute)
    }
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
        let in_force = |(a, cut_off): &(Authority, CutOff)| a.is_in_force(now, *cut_off);
        let held = held.into_iter().filter(in_force);
        Self(held.map(|(authority, _)| authority).collect())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The institutions whose requests this person decides, each once.
    pub fn institutions(&self) -> impl Iterator<Item = InstitutionId> + '_ {
        let mut seen = HashSet::new();
        self.desks()
            .map(|(institution, _)| institution)
            .filter(move |institution| seen.insert(*institution))
    }

    /// The same, with the zone that each of them lives in.
    pub fn desks(&self) -> impl Iterator<Item = (InstitutionId, Zone)> + '_ {
        self.0
            .iter()
            .filter(|a| a.is_of_institution())
            .map(|a| (a.institution, a.zone))
    }

    /// Whether this person decides what is verified nationally.
    pub fn is_national(&self) -> bool {
        self.0.iter().any(is_national)
    }

    /// What is left where nothing may be decided in the place of `absent`: what that
    /// one asks for, for others too, is not decided by who stands in for them (VER-1).
    #[must_use]
    pub fn but_not_for(mut self, absent: AccountId) -> Self {
        self.0
            .retain(|authority| authority.absent() != Some(absent));
        self
    }

    /// By which authority this person decides a request of `applicant` (VER-1):
    /// by their own before a substitute's. A substitute does not decide what the
    /// absent VAI asks for, because that one does not either.
    pub fn over_request(
        &self,
        verified_by: VerifiedBy,
        institution: InstitutionId,
        applicant: AccountId,
    ) -> Option<Authority> {
        let covers = |a: &&Authority| match verified_by {
            VerifiedBy::National => is_national(a),
            VerifiedBy::Institution => {
                a.is_of_institution()
                    && a.institution == institution
                    && a.absent() != Some(applicant)
            }
        };
        let covering = self.0.iter().filter(covers);
        covering.min_by_key(|a| a.stands_in.is_some()).copied()
    }
}

fn is_national(authority: &Authority) -> bool {
    matches!(
        authority.capacity,
        Capacity::Directorate | Capacity::Operator
    )
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
            stands_in: None,
        }
    }

    fn account(number: u128) -> AccountId {
        AccountId::new(Uuid::from_u128(number))
    }

    #[test]
    fn ver_1_a_substitute_decides_while_the_verifier_is_absent_and_never_for_them() {
        let from = 1_800_000_000_000;
        let substitute = Authority {
            stands_in: Some(StandIn {
                absent: account(7),
                from: Instant::from_ms(from),
                until: Instant::from_ms(from + 1_000),
            }),
            ..authority(Capacity::Substitute, 1, from + 2_000)
        };
        let here = InstitutionId::new(Uuid::from_u128(1));
        let over = |held: &[Authority], now: i64, applicant: u128| {
            Authorities::in_force(held.to_vec(), Instant::from_ms(now), CUT_OFF)
                .over_request(VerifiedBy::Institution, here, account(applicant))
                .map(|a| (a.capacity, a.absent()))
        };
        let as_substitute = Some((Capacity::Substitute, Some(account(7))));
        assert_eq!(over(&[substitute], from, 8), as_substitute);
        assert_eq!(over(&[substitute], from - 1, 8), None);
        assert_eq!(over(&[substitute], from + 1_000, 8), None);
        assert_eq!(over(&[substitute], from, 7), None, "the absent one's own");
        // The access that it comes from ends before the absence.
        let ended = Authority {
            ends_at: Instant::from_ms(from + 500),
            ..substitute
        };
        assert_eq!(over(&[ended], from + 499, 8), as_substitute);
        assert_eq!(over(&[ended], from + 500, 8), None);
        // One's own authority comes first, and covers what the other does not.
        let own = authority(Capacity::Vai, 1, from + 2_000);
        let as_vai = Some((Capacity::Vai, None));
        assert_eq!(over(&[substitute, own], from, 8), as_vai);
        assert_eq!(over(&[substitute, own], from, 7), as_vai);
        // Of a letter of the absent one, only one's own authority is left.
        let left = |held: &[Authority]| {
            Authorities::in_force(held.to_vec(), Instant::from_ms(from), CUT_OFF)
                .but_not_for(account(7))
                .over_request(VerifiedBy::Institution, here, account(8))
                .map(|a| (a.capacity, a.absent()))
        };
        assert_eq!(left(&[substitute]), None);
        assert_eq!(left(&[substitute, own]), as_vai);
        let both = Authorities::in_force(vec![substitute, own], Instant::from_ms(from), CUT_OFF);
        assert_eq!(both.institutions().count(), 1);
        let national = both.over_request(VerifiedBy::National, here, account(8));
        assert_eq!(national, None);
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
                authorities
                    .over_request(verified_by, here, account(9))
                    .map(|a| a.capacity),
                expected,
                "{held:?}"
            );
        }
    }
}
