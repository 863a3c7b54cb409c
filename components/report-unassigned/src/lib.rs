//! The timer that tells officials of work that nobody carries on (EXP-6): the PA and
//! KPA of the work unit; where there is none the Kepala UKPBJ of the institution; else
//! the directorate. One mail with a list for each of them and run, and each end once.
//!
//! Who ended without a successor is found by walking the record behind the last walk,
//! so that the sweep has nothing to do for it. A digest is one event that notes each
//! access it names; of two runs at once the second is refused by the record. The walk's
//! place is moved on only after everything up to there was told, so runs may overlap or
//! be killed anywhere.

use akses_contract::timer::fermyon::spin_cron::cron_types::{Error, Metadata};
use akses_contract::timer::{Guest, export};
use akses_domain::handover::NAMING_HOURS;
use akses_domain::time::Instant;
use akses_endpoint::store::events::{self, Appended, Event, Stamp};
use akses_endpoint::store::handovers::{self, End};
use akses_endpoint::{Problem, Response};
use akses_timer::{Budget, Fault, drive, tick};
use serde::Serialize;
use serde_json::json;
use spin_sdk::http::Request;
use spin_sdk::http_service;
use std::collections::BTreeMap;
use uuid::Uuid;

const NAME: &str = "report-unassigned";

/// Who tells, in the record.
const ACTOR: &str = "timer:report-unassigned";

/// Events of the record that are read at once.
const STRETCH_EVENTS: u32 = 5_000;

/// Ends of one walk that are told together: an official's list comes in one mail
/// unless a whole country ends on one day.
const WALK_ENDS_MAX: usize = 5_000;

/// Ends that one mail lists.
const DIGEST_ENDS_MAX: usize = 200;

#[derive(Default, Serialize)]
struct Outcome {
    /// Ends that were told.
    told: u64,
    /// Digests in which they were.
    digests: u64,
    /// Whether none is left; otherwise the next run goes on.
    done: bool,
}

struct Timer;

export!(Timer with_types_in akses_contract::timer);

impl Guest for Timer {
    fn handle_cron_event(_: Metadata) -> Result<(), Error> {
        tick(NAME, run)
    }
}

#[http_service]
async fn serve(request: Request) -> Response {
    drive(NAME, request, run).await
}

fn run(now: Instant) -> Result<Outcome, Fault> {
    let budget = Budget::begin();
    let mut outcome = Outcome::default();
    while !outcome.done && budget.is_left() {
        let walk = walk(now, &budget)?;
        if !tell(now, &walk.ends, &budget, &mut outcome)? {
            // Another run tells the same: the next one looks at what is left.
            return Ok(outcome);
        }
        handovers::walked(walk.through).map_err(Problem::from)?;
        outcome.done = walk.done;
    }
    Ok(outcome)
}

struct Walk {
    ends: Vec<End>,
    through: i64,
    done: bool,
}

/// Stretch by stretch, until there is enough to tell.
fn walk(now: Instant, budget: &Budget) -> Result<Walk, Fault> {
    let before = now.plus_hours(-NAMING_HOURS).ms();
    let mut after = None;
    let mut ends = Vec::new();
    loop {
        let stretch = handovers::walk(after, before, STRETCH_EVENTS).map_err(Problem::from)?;
        ends.extend(stretch.ends);
        after = Some(stretch.through);
        if !stretch.full || ends.len() >= WALK_ENDS_MAX || !budget.is_left() {
            return Ok(Walk {
                ends,
                through: stretch.through,
                done: !stretch.full,
            });
        }
    }
}

/// A digest for each audience; false when somebody else told one of them, or the time
/// was over before.
fn tell(now: Instant, ends: &[End], budget: &Budget, outcome: &mut Outcome) -> Result<bool, Fault> {
    for ((audience, place), ends) in by_audience(now, ends)? {
        for part in ends.chunks(DIGEST_ENDS_MAX) {
            if !budget.is_left() {
                return Ok(false);
            }
            let (told, institution) = (digest(&audience, &place, part), &part[0].institution);
            let event = Event {
                subject: Uuid::now_v7().to_string(),
                version: 1,
                kind: "unassigned-reported".to_owned(),
                data: told.to_string(),
                institution: (audience != "directorate").then(|| institution.clone()),
            };
            match events::append(&event, &stamp(now)).map_err(Problem::from)? {
                Appended::Recorded => {
                    outcome.digests += 1;
                    outcome.told += part.len() as u64;
                }
                Appended::Refused(name) if name == "already-reported" => return Ok(false),
                other => {
                    return Err(Fault::Configuration(format!(
                        "the record refused a digest: {other:?}"
                    )));
                }
            }
        }
    }
    Ok(true)
}

/// Who is told, and of which unit or institution.
type Audience = (String, String);

fn by_audience(now: Instant, ends: &[End]) -> Result<BTreeMap<Audience, Vec<&End>>, Fault> {
    let mut audiences: BTreeMap<&str, String> = BTreeMap::new();
    let mut grouped: BTreeMap<Audience, Vec<&End>> = BTreeMap::new();
    for end in ends {
        let audience = match audiences.get(end.work_unit.as_str()) {
            Some(known) => known.clone(),
            None => {
                let found = handovers::audience(&end.work_unit, &end.institution, now.ms())
                    .map_err(Problem::from)?;
                audiences.insert(&end.work_unit, found.clone());
                found
            }
        };
        let place = match audience.as_str() {
            "budget-user" => end.work_unit.clone(),
            "ukpbj-head" => end.institution.clone(),
            _ => String::new(),
        };
        let group = grouped.entry((audience, place)).or_default();
        // Deactivated and then overtaken by the cut-off: two ends, one access.
        if !group.iter().any(|known| known.access == end.access) {
            group.push(end);
        }
    }
    Ok(grouped)
}

/// What the mail says: roles, places and days. Who it was, the list shows (ALL-2).
fn digest(audience: &str, place: &str, ends: &[&End]) -> serde_json::Value {
    let ends: Vec<_> = ends
        .iter()
        .map(|end| {
            json!({
                "access": end.access, "role_name": end.role_name,
                "work_unit_name": end.work_unit_name, "valid_until": end.valid_until,
                "zone": end.zone, "at": end.at,
            })
        })
        .collect();
    let work_unit = (audience == "budget-user").then_some(place);
    json!({ "audience": audience, "work_unit": work_unit, "ends": ends })
}

fn stamp(now: Instant) -> Stamp {
    Stamp {
        actor: ACTOR.to_owned(),
        at: now.ms(),
        origin: "timer".to_owned(),
        request_id: String::new(),
        idempotency: None,
    }
}
