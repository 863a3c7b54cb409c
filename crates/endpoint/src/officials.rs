//! Who is told: those who are called on for something at this moment, judged by the
//! dates of their accesses (EXP-2). Each account once.

use crate::accesses::{cut_off_at, zone};
use crate::problem::Problem;
use crate::store::duties::{self, Holding};
use crate::store::substitutes;
use akses_domain::time::{CutOff, Instant};
use std::collections::BTreeSet;

/// At a moment.
#[derive(Debug, Clone, Copy)]
pub struct Officials {
    /// That moment.
    pub now: Instant,
    /// Since when past-due accesses expire by themselves, as configured (EXP-4).
    pub cut_off: CutOff,
}

/// Opaque ids of accounts.
pub type Accounts = BTreeSet<String>;

impl Officials {
    /// The verifiers of an institution, and who stands in for them.
    ///
    /// # Errors
    /// What the store could not do.
    pub fn verifiers(self, institution: &str) -> Result<Accounts, Problem> {
        let mut accounts = self.of(institution, "vai")?;
        for standing in substitutes::standing_in(institution, self.now.ms())? {
            if self.is_in_force(institution, &standing.zone, standing.ends_at)? {
                accounts.insert(standing.account);
            }
        }
        Ok(accounts)
    }

    /// Those with a duty (`akses_domain::duty`) in an institution.
    ///
    /// # Errors
    /// What the store could not do.
    pub fn of(self, institution: &str, duty: &str) -> Result<Accounts, Problem> {
        self.in_force(duties::holders(duty, institution)?)
    }

    /// Those with a duty at a work unit.
    ///
    /// # Errors
    /// What the store could not do.
    pub fn of_unit(self, work_unit: &str, duty: &str) -> Result<Accounts, Problem> {
        self.in_force(duties::holders_of_unit(duty, work_unit)?)
    }

    /// The Direktorat Sistem Pengadaan Digital.
    ///
    /// # Errors
    /// What the store could not do.
    pub fn directorate(self) -> Result<Accounts, Problem> {
        self.in_force(duties::holders_everywhere("directorate")?)
    }

    /// The national verifiers: the directorate and its operator (VER-1).
    ///
    /// # Errors
    /// What the store could not do.
    pub fn national_verifiers(self) -> Result<Accounts, Problem> {
        let mut accounts = self.directorate()?;
        accounts.extend(self.in_force(duties::holders_everywhere("operator")?)?);
        Ok(accounts)
    }

    fn in_force(self, held: Vec<Holding>) -> Result<Accounts, Problem> {
        let mut accounts = Accounts::new();
        for holding in held {
            if self.is_in_force(&holding.institution, &holding.zone, holding.ends_at)? {
                accounts.insert(holding.account);
            }
        }
        Ok(accounts)
    }

    /// Whether what ends then, in that institution and its zone, works now.
    ///
    /// # Errors
    /// An internal problem when the zone is none.
    pub fn is_in_force(
        self,
        institution: &str,
        zone_name: &str,
        ends_at: i64,
    ) -> Result<bool, Problem> {
        let ends_at = Instant::from_ms(ends_at);
        let cut_off = cut_off_at(institution, Some(ends_at), self.now, self.cut_off)?;
        Ok(self.now < ends_at.max(cut_off.in_force_from(zone(zone_name)?)))
    }
}
