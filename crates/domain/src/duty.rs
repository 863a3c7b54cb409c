//! What people are called on for besides their own access: who is told of an
//! overdue request, who signs a letter, who carries work on. Which role has which
//! duty is data, as roles are.

use crate::ids::{InstitutionId, WorkUnitId};
use crate::reference::RoleCode;
use crate::time::{CutOff, Instant, Zone};
use serde::{Deserialize, Serialize};

/// What a role is called on for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Duty {
    /// Verifikator Akses Instansi.
    Vai,
    /// Direktorat Sistem Pengadaan Digital.
    Directorate,
    /// Its operator, PT Telkom Indonesia.
    Operator,
    /// Kepala UKPBJ.
    UkpbjHead,
    /// Kepala LPSE.
    LpseHead,
    /// Tim Pengelola LPSE.
    LpseTeam,
    /// Kepala Satuan Kerja.
    WorkUnitHead,
    /// Pengguna Anggaran or Kuasa Pengguna Anggaran.
    BudgetUser,
    /// Pejabat Pembuat Komitmen.
    CommitmentOfficer,
    /// Pejabat Pengadaan.
    ProcurementOfficer,
    /// Bendahara.
    Treasurer,
}

impl Duty {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Vai,
        Self::Directorate,
        Self::Operator,
        Self::UkpbjHead,
        Self::LpseHead,
        Self::LpseTeam,
        Self::WorkUnitHead,
        Self::BudgetUser,
        Self::CommitmentOfficer,
        Self::ProcurementOfficer,
        Self::Treasurer,
    ];
}

/// A duty that somebody has by one access in standing `active`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holding {
    /// What for.
    pub duty: Duty,
    /// The role that brings it.
    pub role: RoleCode,
    /// The institution of the access.
    pub institution: InstitutionId,
    /// The work unit of the access.
    pub work_unit: WorkUnitId,
    /// The zone of that institution.
    pub zone: Zone,
    /// The first moment at which the access is over.
    pub ends_at: Instant,
}

/// The duties of a person at a moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Duties(Vec<Holding>);

impl Duties {
    /// Keeps those of `held` that are in force at `now` (EXP-2), where one cut-off
    /// holds for all of them.
    pub fn in_force(held: Vec<Holding>, now: Instant, cut_off: CutOff) -> Self {
        Self::in_force_each(held.into_iter().map(|it| (it, cut_off)), now)
    }

    /// The same, each by the cut-off that holds for its institution (EXP-4).
    pub fn in_force_each(held: impl IntoIterator<Item = (Holding, CutOff)>, now: Instant) -> Self {
        let in_force =
            |(h, cut_off): &(Holding, CutOff)| now < h.ends_at.max(cut_off.in_force_from(h.zone));
        let held = held.into_iter().filter(in_force);
        Self(held.map(|(holding, _)| holding).collect())
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Holding> {
        self.0.iter()
    }

    /// How this person holds a duty, if they do; several units of an institution
    /// may give it.
    pub fn holding(&self, duty: Duty) -> impl Iterator<Item = &Holding> {
        self.0.iter().filter(move |holding| holding.duty == duty)
    }

    /// Whether this person has that duty in that institution.
    pub fn has_at(&self, duty: Duty, institution: InstitutionId) -> bool {
        self.holding(duty)
            .any(|holding| holding.institution == institution)
    }

    /// Whether this person has that duty anywhere.
    pub fn has(&self, duty: Duty) -> bool {
        self.holding(duty).next().is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn exp_2_a_duty_ends_with_the_access_that_brings_it() {
        let here = InstitutionId::new(Uuid::from_u128(1));
        let elsewhere = InstitutionId::new(Uuid::from_u128(2));
        let cut_off = CutOff {
            last_day: "2025-08-22".parse().unwrap(),
        };
        let ends_at = Instant::from_ms(1_800_000_000_000);
        let held = Holding {
            duty: Duty::UkpbjHead,
            role: "KUKPBJ".to_owned(),
            institution: here,
            work_unit: WorkUnitId::new(Uuid::from_u128(3)),
            zone: Zone::Wib,
            ends_at,
        };
        let at = |ms| Duties::in_force(vec![held.clone()], Instant::from_ms(ms), cut_off);
        let before = at(ends_at.ms() - 1);
        assert!(before.has_at(Duty::UkpbjHead, here));
        assert!(!before.has_at(Duty::UkpbjHead, elsewhere));
        assert!(!before.has(Duty::LpseHead));
        assert!(!at(ends_at.ms()).has(Duty::UkpbjHead));
    }
}
