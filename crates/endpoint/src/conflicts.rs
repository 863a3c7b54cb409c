//! Role conflicts (ALL-4): from the store's rows to what the domain judges.

use crate::accesses::{cut_off_at, from_word, zone};
use crate::problem::Problem;
use crate::store::conflicts::{self, Holder};
use akses_domain::access::{Access, Standing};
use akses_domain::conflict::{Clash, Held};
use akses_domain::ids::{AccountId, WorkUnitId};
use akses_domain::time::{CutOff, Instant, Zone};

/// Somebody's role at a place, at a moment.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// Whose.
    pub account: AccountId,
    /// The role's code.
    pub role: &'a str,
    /// Where.
    pub work_unit: WorkUnitId,
    /// The institution's zone.
    pub zone: Zone,
}

impl<'a> From<&'a Access> for Place<'a> {
    fn from(access: &'a Access) -> Self {
        Self {
            account: access.account,
            role: &access.role,
            work_unit: access.work_unit,
            zone: access.zone,
        }
    }
}

/// What stands against an access in this place now, if anything does.
///
/// # Errors
/// What the store could not do.
pub fn against(place: Place<'_>, now: Instant, cut_off: CutOff) -> Result<Option<Clash>, Problem> {
    let clashes = of(&[place], now, cut_off)?;
    Ok(clashes.into_iter().flatten().find(Clash::blocks))
}

/// For each place, what its access would meet now: what blocks it and what its
/// verifier has to weigh.
///
/// # Errors
/// What the store could not do.
pub fn of(places: &[Place<'_>], now: Instant, cut_off: CutOff) -> Result<Vec<Vec<Clash>>, Problem> {
    if places.is_empty() {
        return Ok(Vec::new());
    }
    let holders: Vec<_> = places.iter().map(holder).collect();
    let rows = conflicts::clashes(&holders)?;
    let mut found = vec![Vec::new(); places.len()];
    for row in rows {
        let clash = clash(&row)?;
        let cut_off = cut_off_at(&row.institution, clash.held.ends_at, now, cut_off)?;
        for ((place, holder), clashes) in places.iter().zip(&holders).zip(&mut found) {
            let concerns = row.of.account == holder.account && row.of.role == holder.role;
            let known = clashes.contains(&clash);
            if concerns && !known && clash.is_real(place.work_unit, place.zone, now, cut_off) {
                clashes.push(clash.clone());
            }
        }
    }
    Ok(found)
}

fn holder(place: &Place<'_>) -> Holder {
    Holder {
        account: place.account.to_string(),
        role: place.role.to_owned(),
    }
}

fn clash(row: &conflicts::Clash) -> Result<Clash, Problem> {
    let corrupt = |what: &str| Problem::internal(format!("conflict {}: {what}", row.rule));
    let day = |text: &str| text.parse().map_err(|_| corrupt("a day is none"));
    Ok(Clash {
        rule: row.rule.clone(),
        source: row.source.clone(),
        scope: from_word(&row.scope)?,
        valid_from: day(&row.valid_from)?,
        valid_until: row.valid_until.as_deref().map(day).transpose()?,
        held: Held {
            role_name: row.role_name.clone(),
            work_unit: row
                .work_unit
                .parse()
                .map_err(|_| corrupt("a work unit's id is none"))?,
            work_unit_name: row.work_unit_name.clone(),
            zone: zone(&row.zone)?,
            standing: Standing::Active,
            ends_at: row.ends_at.map(Instant::from_ms),
        },
    })
}
