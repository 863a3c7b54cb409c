//! Where verifiers take their meetings from.

use crate::{Meeting, NATIONAL_DESK};
use akses_domain::authority::Authorities;
use akses_domain::time::{Instant, Zone};
use akses_endpoint::Problem;
use akses_endpoint::accesses::zone;

/// A desk, and the day that it is there.
#[derive(Debug)]
pub struct Desk {
    /// As the store knows it.
    pub name: String,
    /// The beginning of its day.
    pub since: Instant,
    /// The end of its day.
    pub until: Instant,
}

/// The desks at which a person verifies, today. The national one serves all
/// zones, so its day is as long as Indonesia's.
pub fn desks(authorities: &Authorities, now: Instant) -> Vec<Desk> {
    let mut desks: Vec<_> = authorities
        .desks()
        .map(|(institution, zone)| desk(institution.to_string(), zone, zone, now))
        .collect();
    desks.sort_by(|a, b| a.name.cmp(&b.name));
    desks.dedup_by(|a, b| a.name == b.name);
    if authorities.is_national() {
        desks.push(desk(NATIONAL_DESK.to_owned(), Zone::Wit, Zone::Wib, now));
    }
    desks
}

fn desk(name: String, first: Zone, last: Zone, now: Instant) -> Desk {
    Desk {
        name,
        since: first.start_of(first.date_at(now)),
        until: last.end_of(last.date_at(now)),
    }
}

/// Whether a meeting is on today's list where it is held.
///
/// # Errors
/// An internal problem when its zone is none.
pub fn is_today(meeting: &Meeting, now: Instant) -> Result<bool, Problem> {
    let zone = zone(&meeting.zone)?;
    let starts = meeting.starts_at.map(Instant::from_ms);
    Ok(starts.is_some_and(|at| zone.date_at(at) == zone.date_at(now)))
}
