//! The timer that looks for institutions without an active VAI, or without one in 30
//! days: it warns their Kepala UKPBJ and the VAIs that are left, and sends the
//! directorate one digest of what is new.
//!
//! How each institution stood when somebody was last told is a subject of its own,
//! whose next version is taken once, so runs may overlap or be killed anywhere; the
//! digest is refused when it lists what a digest had.

use akses_domain::continuity::{Coverage, coverage};
use akses_domain::time::Instant;
use akses_endpoint::accesses::{cut_off_of, from_word, zone};
use akses_endpoint::officials::{Accounts, Officials};
use akses_endpoint::store::continuity;
use akses_endpoint::store::events::{self, Appended, Event, Stamp};
use akses_endpoint::{Problem, config};
use akses_timer::{Budget, Fault, stamp, two_doors};
use serde::Serialize;
use serde_json::{Value, json};

const NAME: &str = "watch-verifiers";

/// Institutions that are read at once.
const BATCH_ROWS: u32 = 200;

/// Institutions of one digest: more than Indonesia has.
const DIGEST_ROWS: u32 = 1_000;

#[derive(Default, Serialize)]
struct Outcome {
    /// Institutions that were warned.
    warned: u64,
    /// Institutions that have a verifier again.
    closed: u64,
    /// Institutions in the directorate's digest.
    reported: u64,
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
    // What a run that was killed had found is reported too.
    run.outcome.done = run.look()? && run.report()?;
    Ok(run.outcome)
}

struct Run {
    officials: Officials,
    budget: Budget,
    outcome: Outcome,
}

impl Run {
    /// Page after page; false when the time was over before.
    fn look(&mut self) -> Result<bool, Problem> {
        let mut after: Option<String> = None;
        while self.budget.is_left() {
            let page = continuity::page(after.as_deref(), BATCH_ROWS)?;
            let is_last = page.len() < BATCH_ROWS as usize;
            for institution in &page {
                if !self.budget.is_left() {
                    return Ok(false);
                }
                self.look_at(institution)?;
            }
            if is_last {
                return Ok(true);
            }
            after = page.last().map(|last| last.institution.clone());
        }
        Ok(false)
    }

    fn look_at(&mut self, row: &continuity::Coverage) -> Result<(), Problem> {
        let Officials { now, cut_off } = self.officials;
        let cut_off = cut_off_of(&row.institution, cut_off)?;
        let last_end = row.last_end.map(Instant::from_ms);
        let state = coverage(last_end, zone(&row.zone)?, now, cut_off);
        let known: Coverage = match &row.known_state {
            Some(word) => from_word(word)?,
            None => Coverage::Covered,
        };
        // Somebody new, who ends soon as well, is news.
        let is_known =
            known == state && (state != Coverage::Ending || row.known_end == row.last_end);
        if is_known {
            return Ok(());
        }
        let (kind, recipients) = match state {
            Coverage::Covered => ("verifier-gap-closed", Accounts::new()),
            Coverage::Ending | Coverage::Missing => {
                let mut recipients = self.officials.of(&row.institution, "ukpbj-head")?;
                recipients.extend(self.officials.of(&row.institution, "vai")?);
                ("verifier-gap-found", recipients)
            }
        };
        let event = Event {
            subject: format!("verifier-gap/{}", row.institution),
            version: row.known_version + 1,
            kind: kind.to_owned(),
            data: json!({ "state": state, "last_end": row.last_end, "recipients": recipients })
                .to_string(),
            institution: Some(row.institution.clone()),
        };
        match events::append(&event, &self.stamp())? {
            Appended::Recorded if state == Coverage::Covered => self.outcome.closed += 1,
            Appended::Recorded => self.outcome.warned += 1,
            // Another run was quicker.
            Appended::Stale(_) => {}
            other => return Err(Problem::internal(format!("{kind}: {other:?}"))),
        }
        Ok(())
    }

    /// One digest for the directorate.
    fn report(&mut self) -> Result<bool, Problem> {
        let gaps = continuity::unreported(DIGEST_ROWS)?;
        let Some(first) = gaps.first() else {
            return Ok(true);
        };
        let listed: Vec<Value> = gaps
            .iter()
            .map(|gap| {
                json!({
                    "institution": gap.institution, "version": gap.version, "name": gap.name,
                    "zone": gap.zone, "state": gap.state, "last_end": gap.last_end,
                })
            })
            .collect();
        let event = Event {
            subject: format!("verifier-gaps/{}/{}", first.institution, first.version),
            version: 1,
            kind: "verifier-gaps-reported".to_owned(),
            data: json!({ "gaps": listed, "recipients": self.officials.directorate()? })
                .to_string(),
            institution: None,
        };
        match events::append(&event, &self.stamp())? {
            Appended::Recorded => self.outcome.reported += gaps.len() as u64,
            // Another run was quicker, and reports or reported the same.
            Appended::Stale(_) => return Ok(false),
            Appended::Refused(name) if name == "gap-reported" => return Ok(false),
            other => return Err(Problem::internal(format!("digest: {other:?}"))),
        }
        Ok(gaps.len() < DIGEST_ROWS as usize)
    }

    fn stamp(&self) -> Stamp {
        stamp(NAME, self.officials.now)
    }
}
