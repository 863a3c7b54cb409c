//! The timer of deadlines on verification (VER-3): reminds verifiers at half time
//! and near the end, and past the end tells the Kepala UKPBJ and then the
//! directorate. It decides nothing.
//!
//! A step is one event for a desk: a digest of all requests that came to it, and one
//! mail for each official. The record takes no digest that lists a request which
//! came to that step before, so runs may overlap or be killed anywhere; what a
//! missed run left is told by its highest step.

use akses_domain::escalation::{Path, Step};
use akses_domain::time::Instant;
use akses_endpoint::officials::{Accounts, Officials};
use akses_endpoint::store::events::{self, Appended, Event, Stamp};
use akses_endpoint::{Problem, config};
use akses_timer::store::deadlines::{self, DueRequest};
use akses_timer::{Budget, Fault, stamp, two_doors};
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeMap;

const NAME: &str = "remind-verifiers";

/// Requests that are read at once. A desk with more gets another mail.
const BATCH_ROWS: u32 = 5_000;

/// How often a batch is read anew because others were quicker.
const ROUNDS_MAX: u32 = 8;

/// The desk of the national verifiers (VER-1).
const NATIONAL_DESK: &str = "national";

#[derive(Default, Serialize)]
struct Outcome {
    /// Requests whose verifiers were reminded.
    reminded: u64,
    /// Requests that were brought before somebody above them.
    escalated: u64,
    /// Digests that tell of them.
    digests: u64,
    /// Whether none is left; otherwise the next run goes on.
    done: bool,
}

two_doors!(NAME, run);

fn run(now: Instant) -> Result<Outcome, Fault> {
    let mut run = Run {
        officials: Officials {
            now,
            cut_off: config::cut_off()?,
        },
        budget: Budget::begin(),
        outcome: Outcome::default(),
    };
    let mut rounds_without_progress = 0;
    while run.budget.is_left() && rounds_without_progress < ROUNDS_MAX {
        let batch = deadlines::due(now.ms(), BATCH_ROWS)?;
        let is_last = batch.len() < BATCH_ROWS as usize;
        let before = run.outcome.digests;
        let desks = by_desk(batch, is_last);
        let took_all = run.take(&desks)?;
        if is_last && took_all {
            run.outcome.done = true;
            break;
        }
        if run.outcome.digests == before {
            rounds_without_progress += 1;
        }
    }
    Ok(run.outcome)
}

/// The desk that a full batch cut off waits for the next batch, so that it hears of
/// all its requests at once, unless it fills a batch alone.
fn by_desk(batch: Vec<DueRequest>, is_last: bool) -> BTreeMap<String, Vec<DueRequest>> {
    let mut desks: BTreeMap<String, Vec<DueRequest>> = BTreeMap::new();
    for due in batch {
        desks.entry(due.desk.clone()).or_default().push(due);
    }
    if !is_last && desks.len() > 1 {
        desks.pop_last();
    }
    desks
}

struct Run {
    officials: Officials,
    budget: Budget,
    outcome: Outcome,
}

impl Run {
    /// Takes the steps that are due; false when something is left to look at again.
    fn take(&mut self, desks: &BTreeMap<String, Vec<DueRequest>>) -> Result<bool, Problem> {
        let mut took_all = true;
        for (desk, due) in desks {
            if !self.budget.is_left() {
                return Ok(false);
            }
            let heads = match desk.as_str() {
                NATIONAL_DESK => Accounts::new(),
                institution => self.officials.of(institution, "ukpbj-head")?,
            };
            let path = if heads.is_empty() {
                Path::Direct
            } else {
                Path::ThroughHead
            };
            for (step, requests) in by_step(due, self.officials.now, path) {
                let recipients = self.recipients(desk, step, &heads)?;
                took_all &= self.tell(desk, step, path, &requests, &recipients)?;
            }
        }
        Ok(took_all)
    }

    fn recipients(&self, desk: &str, step: Step, heads: &Accounts) -> Result<Accounts, Problem> {
        match step {
            Step::HalfTime | Step::NearEnd if desk == NATIONAL_DESK => {
                self.officials.national_verifiers()
            }
            Step::HalfTime | Step::NearEnd => self.officials.verifiers(desk),
            Step::UkpbjHead => Ok(heads.clone()),
            Step::Directorate => self.officials.directorate(),
        }
    }

    /// One digest. False when another run was quicker with one of its requests, or
    /// one was decided a moment ago: what is left comes with the next batch.
    fn tell(
        &mut self,
        desk: &str,
        step: Step,
        path: Path,
        requests: &[&DueRequest],
        recipients: &Accounts,
    ) -> Result<bool, Problem> {
        let Some(nearest) = requests.first() else {
            return Ok(true);
        };
        let ids: Vec<_> = requests.iter().map(|due| &due.request).collect();
        let data = json!({
            "step": step, "rank": step.rank(), "count": ids.len(),
            "nearest": {
                "submitted_at": nearest.submitted_at, "deadline_at": nearest.deadline_at,
            },
            "next_after_deadline_ms": step.next_after_deadline_ms(path),
            "requests": ids, "recipients": recipients,
        });
        let kind = if step.is_escalation() {
            "verification-escalated"
        } else {
            "verification-reminded"
        };
        let event = Event {
            // A request comes to a step once, so this name is used once.
            subject: format!("verification/{}/{}", step.rank(), nearest.request),
            version: 1,
            kind: kind.to_owned(),
            data: data.to_string(),
            institution: (desk != NATIONAL_DESK).then(|| desk.to_owned()),
        };
        match events::append(&event, &self.stamp())? {
            Appended::Recorded => {}
            Appended::Stale(_) => return Ok(false),
            Appended::Refused(name) if name == "step-taken" => return Ok(false),
            other => return Err(Problem::internal(format!("{kind}: {other:?}"))),
        }
        self.outcome.digests += 1;
        let count = if step.is_escalation() {
            &mut self.outcome.escalated
        } else {
            &mut self.outcome.reminded
        };
        *count += requests.len() as u64;
        Ok(true)
    }

    fn stamp(&self) -> Stamp {
        stamp(NAME, self.officials.now)
    }
}

/// The requests that came to each step which they did not take yet.
fn by_step(due: &[DueRequest], now: Instant, path: Path) -> BTreeMap<Step, Vec<&DueRequest>> {
    let mut steps: BTreeMap<Step, Vec<&DueRequest>> = BTreeMap::new();
    for due in due {
        let reached = Step::reached(Instant::from_ms(due.deadline_at), now, path);
        if let Some(step) = reached.filter(|step| step.rank() > due.rank) {
            steps.entry(step).or_default().push(due);
        }
    }
    steps
}
