//! Accesses as people see them, and what depends on several of them.

use crate::config;
use crate::problem::Problem;
use crate::store;
use akses_domain::access::{
    Access, NextStep, Refusal, Standing, Status, is_overdue, status, verification_deadline,
};
use akses_domain::authority::{Authorities, Authority, Capacity, StandIn};
use akses_domain::deadline::Deadline;
use akses_domain::duty::{Duties, Holding};
use akses_domain::ids::AccountId;
use akses_domain::reference::VerifiedBy;
use akses_domain::time::{CutOff, Instant, Zone};
use akses_domain::words;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A moment in three forms: for programs, with its zone, and for people.
#[derive(Debug, Serialize)]
pub struct Moment {
    /// RFC 3339 in the institution's zone.
    pub at: String,
    /// As people read it.
    pub text: String,
}

impl Moment {
    /// That moment in that zone.
    pub fn new(at: Instant, zone: Zone) -> Self {
        Self {
            at: at.rfc3339(zone),
            text: words::moment(at, zone),
        }
    }
}

/// When something is due, and how that came about.
#[derive(Debug, Serialize)]
pub struct DeadlineView {
    /// See [`Moment::at`]. Not flattened from it: that costs the serializer a map.
    pub at: String,
    /// See [`Moment::text`].
    pub text: String,
    /// `diajukan ... + 3x24 jam = ...`.
    pub derivation: String,
}

impl DeadlineView {
    /// Of the verification of a request (VER-3).
    pub fn of_verification(submitted_at: Instant, zone: Zone) -> Self {
        Self::new(&verification_deadline(submitted_at), "diajukan", zone)
    }

    /// Of what began with this verb.
    pub fn new(deadline: &Deadline, verb: &str, zone: Zone) -> Self {
        let Moment { at, text } = Moment::new(deadline.at, zone);
        Self {
            at,
            text,
            derivation: deadline.derivation(verb, zone),
        }
    }
}

/// Something with a name.
#[derive(Debug, Serialize)]
pub struct Named {
    /// Its id or code.
    pub id: String,
    /// As people know it.
    pub name: String,
}

/// The answer to a command on an access: where it stands now.
#[derive(Debug, Serialize)]
pub struct AccessView {
    /// The access.
    pub id: String,
    /// Its role's code.
    pub role: String,
    /// Its work unit.
    pub work_unit: String,
    /// For programs.
    pub status: Status,
    /// For people.
    pub status_text: &'static str,
    /// The last day it works, or will have worked.
    pub valid_until: Option<String>,
    /// The request that waits.
    pub request: Option<PendingView>,
    /// Why the last request was rejected.
    pub rejection: Option<String>,
    /// What its owner can do next.
    pub next_steps: &'static [NextStep],
    /// The number of its last event.
    pub version: u32,
}

/// A request that waits.
#[derive(Debug, Serialize)]
pub struct PendingView {
    /// The request.
    pub id: String,
    /// `registration`, `reactivation` or `extension`.
    pub kind: String,
    /// The end date asked for.
    pub valid_until: String,
    /// When it was sent.
    pub submitted: Moment,
    /// When it is due (VER-3).
    pub deadline: DeadlineView,
}

impl AccessView {
    /// What `access` is at `now`, by the cut-off of its institution.
    ///
    /// # Errors
    /// What the store could not do.
    pub fn new(access: &Access, now: Instant, configured: CutOff) -> Result<Self, Problem> {
        let cut_off = cut_off_for(access, now, configured)?;
        let status = access.status(now, cut_off);
        Ok(Self {
            id: access.id.to_string(),
            role: access.role.clone(),
            work_unit: access.work_unit.to_string(),
            status,
            status_text: words::status(status),
            valid_until: access.valid_until.map(|day| day.to_string()),
            request: access.pending.as_ref().map(|pending| PendingView {
                id: pending.request.to_string(),
                kind: to_word(&pending.kind),
                valid_until: pending.valid_until.to_string(),
                submitted: Moment::new(pending.submitted_at, access.zone),
                deadline: DeadlineView::of_verification(pending.submitted_at, access.zone),
            }),
            rejection: access.rejection.clone(),
            next_steps: access.next_steps(now, cut_off),
            version: access.version,
        })
    }
}

/// The status of a listed access at `now`, decided from its dates (EXP-2).
///
/// # Errors
/// An internal problem when the store holds what the domain does not know.
pub fn status_of(
    row: &store::accesses::Access,
    now: Instant,
    cut_off: CutOff,
) -> Result<Status, Problem> {
    let standing: Standing = from_word(&row.standing)?;
    let ends_at = row.ends_at.map(Instant::from_ms);
    let cut_off = cut_off_at(&row.institution, ends_at, now, cut_off)?;
    let overdue = is_overdue(standing, ends_at, zone(&row.zone)?, now, cut_off);
    let waits = row.pending.as_ref().is_some_and(|pending| !pending.cut_off);
    Ok(status(standing, waits, overdue))
}

/// The cut-off that holds for an institution (EXP-4): what a letter sets for it, or
/// else `configured`.
///
/// # Errors
/// What the store could not do.
pub fn cut_off_of(institution: &str, configured: CutOff) -> Result<CutOff, Problem> {
    match store::accesses::planned_last_day(institution)? {
        None => Ok(configured),
        Some(day) => day
            .parse()
            .map(|last_day| CutOff { last_day })
            .map_err(|_| not_ours(&day)),
    }
}

/// The same, for an access that ends at `ends_at`. While that lies ahead no cut-off
/// matters, so nobody is asked: letters cost nothing but who is past due.
///
/// # Errors
/// What the store could not do.
pub fn cut_off_at(
    institution: &str,
    ends_at: Option<Instant>,
    now: Instant,
    configured: CutOff,
) -> Result<CutOff, Problem> {
    if ends_at.is_some_and(|end| end <= now) {
        cut_off_of(institution, configured)
    } else {
        Ok(configured)
    }
}

/// The same, for an access that is being decided about.
///
/// # Errors
/// What the store could not do.
pub fn cut_off_for(access: &Access, now: Instant, configured: CutOff) -> Result<CutOff, Problem> {
    cut_off_at(
        &access.institution.to_string(),
        access.ends_at(),
        now,
        configured,
    )
}

/// What this verifier may verify at `now`, as [`authorities`].
///
/// # Errors
/// 403 when it is nothing at all; what the store could not do.
pub fn verifying(account: AccountId, now: Instant) -> Result<Authorities, Problem> {
    let authorities = authorities(account, now)?;
    if authorities.is_empty() {
        return Err(Refusal::NotAVerifier.into());
    }
    Ok(authorities)
}

/// What this person may verify at `now` (VER-1): from their accesses, judged by
/// their dates.
///
/// # Errors
/// What the store could not do.
pub fn authorities(account: AccountId, now: Instant) -> Result<Authorities, Problem> {
    let configured = config::cut_off()?;
    let held = store::accesses::authorities(&account.to_string())?
        .into_iter()
        .map(|row| {
            let ends_at = Instant::from_ms(row.ends_at);
            let cut_off = cut_off_at(&row.institution, Some(ends_at), now, configured)?;
            let authority = Authority {
                capacity: from_word::<Capacity>(&row.kind)?,
                institution: row
                    .institution
                    .parse()
                    .map_err(|_| not_ours(&row.institution))?,
                zone: zone(&row.zone)?,
                ends_at,
                stands_in: row.stands_in.map(stand_in).transpose()?,
            };
            Ok((authority, cut_off))
        })
        .collect::<Result<Vec<_>, Problem>>()?;
    Ok(Authorities::in_force_each(held, now))
}

fn stand_in(row: store::accesses::StandIn) -> Result<StandIn, Problem> {
    Ok(StandIn {
        absent: row.absent.parse().map_err(|_| not_ours(&row.absent))?,
        from: Instant::from_ms(row.starts_at),
        until: Instant::from_ms(row.until),
    })
}

/// What this person is called on for at `now`: from their accesses, judged by
/// their dates.
///
/// # Errors
/// What the store could not do.
pub fn duties(account: AccountId, now: Instant) -> Result<Duties, Problem> {
    let configured = config::cut_off()?;
    let held = store::duties::of_account(&account.to_string())?
        .into_iter()
        .map(|row| {
            let unknown = |text: &str| not_ours(text);
            let ends_at = Instant::from_ms(row.ends_at);
            let cut_off = cut_off_at(&row.institution, Some(ends_at), now, configured)?;
            let holding = Holding {
                duty: from_word(&row.duty)?,
                role: row.role,
                institution: row
                    .institution
                    .parse()
                    .map_err(|_| unknown(&row.institution))?,
                work_unit: row.work_unit.parse().map_err(|_| unknown(&row.work_unit))?,
                zone: zone(&row.zone)?,
                ends_at,
            };
            Ok((holding, cut_off))
        })
        .collect::<Result<Vec<_>, Problem>>()?;
    Ok(Duties::in_force_each(held, now))
}

/// Who decides requests for this role today; the data may have changed since an
/// access was registered.
///
/// # Errors
/// An internal problem when the role is gone, or what the store could not do.
pub fn verified_by(role: &str) -> Result<VerifiedBy, Problem> {
    let role = store::reference::role_by_code(role)?
        .ok_or_else(|| Problem::internal(format!("role {role} is gone")))?;
    from_word(&role.verified_by)
}

/// A zone as the store has it.
///
/// # Errors
/// An internal problem when it is none.
pub fn zone(text: &str) -> Result<Zone, Problem> {
    text.parse().map_err(|_| not_ours(text))
}

/// A word of the store as the domain's enum.
///
/// # Errors
/// An internal problem when the domain does not know it.
pub fn from_word<T: DeserializeOwned>(word: &str) -> Result<T, Problem> {
    serde_json::from_value(word.into()).map_err(|_| not_ours(word))
}

fn to_word(value: &impl Serialize) -> String {
    serde_json::to_value(value)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}

fn not_ours(text: &str) -> Problem {
    Problem::internal(format!(
        "the store holds `{text}`, which the domain does not know"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_the_store_are_words_of_the_domain() {
        assert_eq!(
            from_word::<Standing>("unverified").unwrap(),
            Standing::Unverified
        );
        assert_eq!(to_word(&Standing::Unverified), "unverified");
        assert_eq!(
            from_word::<Standing>("sleeping").unwrap_err().kind(),
            "internal"
        );
    }
}
