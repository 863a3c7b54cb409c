//! The timer that tells officials of work that nobody carries on (EXP-6): the PA and
//! KPA of the work unit; where there is none the Kepala UKPBJ of the institution; else
//! the directorate. One mail with a list for each of them and run, and each end once.
//!
//! Who ended without a successor is found by walking the record behind the last walk,
//! so that the sweep has nothing to do for it. A digest is one event that notes each
//! access it names; of two runs at once the second is refused by the record. The walk's
//! place is moved on only after everything up to there was told, so runs may overlap or
//! be killed anywhere.

use akses_domain::handover::NAMING_HOURS;
use akses_domain::time::Instant;
use akses_endpoint::officials::{Accounts, Officials};
use akses_endpoint::store::events::{self, Appended, Event};
use akses_endpoint::store::handovers::{self, End};
use akses_endpoint::{Problem, config};
use akses_timer::{Budget, Fault, stamp, two_doors};
use serde::Serialize;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

const NAME: &str = "report-unassigned";

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

two_doors!(NAME, run);

fn run(now: Instant) -> Result<Outcome, Fault> {
    let officials = Officials {
        now,
        cut_off: config::cut_off()?,
    };
    let budget = Budget::begin();
    let mut outcome = Outcome::default();
    while !outcome.done && budget.is_left() {
        let walk = walk(now, &budget)?;
        if !tell(officials, &walk.ends, &budget, &mut outcome)? {
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

/// Stretch by stretch, until there is enough to tell, or half of the time is over.
fn walk(now: Instant, budget: &Budget) -> Result<Walk, Fault> {
    let before = now.plus_hours(-NAMING_HOURS).ms();
    let mut after = None;
    let mut ends = Vec::new();
    loop {
        let stretch = handovers::walk(after, before, STRETCH_EVENTS).map_err(Problem::from)?;
        ends.extend(stretch.ends);
        after = Some(stretch.through);
        if !stretch.full || ends.len() >= WALK_ENDS_MAX || !budget.half_is_left() {
            return Ok(Walk {
                ends,
                through: stretch.through,
                done: !stretch.full,
            });
        }
    }
}

/// A digest for each audience; false when somebody else told one of them, or the time
/// was over before. One is told whatever the time, so that every run gets on.
fn tell(
    officials: Officials,
    ends: &[End],
    budget: &Budget,
    outcome: &mut Outcome,
) -> Result<bool, Fault> {
    let mut is_first = true;
    for (audience, group) in by_audience(officials, ends)? {
        for part in group.ends.chunks(DIGEST_ENDS_MAX) {
            if !is_first && !budget.is_left() {
                return Ok(false);
            }
            is_first = false;
            let event = Event {
                subject: Uuid::now_v7().to_string(),
                version: 1,
                kind: "unassigned-reported".to_owned(),
                data: digest(&audience, &group.recipients, part).to_string(),
                institution: audience.institution(part),
            };
            match events::append(&event, &stamp(NAME, officials.now)).map_err(Problem::from)? {
                Appended::Recorded => {
                    outcome.digests += 1;
                    outcome.told += part.len() as u64;
                }
                Appended::Refused(name) if name == "already-reported" => return Ok(false),
                other => {
                    return Err(Problem::internal(format!(
                        "the record refused a digest: {other:?}"
                    ))
                    .into());
                }
            }
        }
    }
    Ok(true)
}

/// Who is told, and of which unit or institution.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Audience {
    BudgetUser { work_unit: String },
    UkpbjHead { institution: String },
    Directorate,
}

impl Audience {
    fn word(&self) -> &'static str {
        match self {
            Self::BudgetUser { .. } => "budget-user",
            Self::UkpbjHead { .. } => "ukpbj-head",
            Self::Directorate => "directorate",
        }
    }

    /// Whose event it is: of one institution, unless it is for the nation.
    fn institution(&self, ends: &[&End]) -> Option<String> {
        match self {
            Self::Directorate => None,
            _ => ends.first().map(|end| end.institution.clone()),
        }
    }
}

#[derive(Default)]
struct Group<'a> {
    recipients: Accounts,
    ends: Vec<&'a End>,
}

fn by_audience(
    officials: Officials,
    ends: &[End],
) -> Result<BTreeMap<Audience, Group<'_>>, Problem> {
    let mut audiences: BTreeMap<&str, Audience> = BTreeMap::new();
    let mut groups: BTreeMap<Audience, Group<'_>> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for end in ends {
        // Deactivated and then overtaken by the cut-off: two ends, one access.
        if !seen.insert(&end.access) {
            continue;
        }
        let audience = match audiences.get(end.work_unit.as_str()) {
            Some(known) => known.clone(),
            None => {
                let (found, recipients) = audience(officials, end)?;
                audiences.insert(&end.work_unit, found.clone());
                groups.entry(found.clone()).or_default().recipients = recipients;
                found
            }
        };
        groups.entry(audience).or_default().ends.push(end);
    }
    Ok(groups)
}

/// Judged by the dates of their accesses (EXP-2).
fn audience(officials: Officials, end: &End) -> Result<(Audience, Accounts), Problem> {
    let (work_unit, institution) = (&end.work_unit, &end.institution);
    let users = officials.of_unit(work_unit, "budget-user")?;
    if !users.is_empty() {
        let work_unit = work_unit.clone();
        return Ok((Audience::BudgetUser { work_unit }, users));
    }
    let heads = officials.of(institution, "ukpbj-head")?;
    if !heads.is_empty() {
        let institution = institution.clone();
        return Ok((Audience::UkpbjHead { institution }, heads));
    }
    Ok((Audience::Directorate, officials.directorate()?))
}

/// What the mail says: roles, places and days. Who it was, the list shows (ALL-2).
fn digest(audience: &Audience, recipients: &Accounts, ends: &[&End]) -> serde_json::Value {
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
    let work_unit = match audience {
        Audience::BudgetUser { work_unit } => Some(work_unit),
        _ => None,
    };
    json!({
        "audience": audience.word(), "work_unit": work_unit, "ends": ends,
        "recipients": recipients,
    })
}
