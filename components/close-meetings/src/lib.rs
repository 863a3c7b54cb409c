//! The timer of meetings: gives a time to those without one (MTG-1), marks those
//! that were missed, and rejects requests whose meeting was missed and can no
//! longer be moved (MTG-4). Whether a meeting is missed, its end says (the page
//! shows it at once); this records it.
//!
//! Each step is one event whose version is taken once, so runs may overlap or be
//! killed anywhere.

use akses_domain::access::Command;
use akses_domain::time::Instant;
use akses_endpoint::store::events::Stamp;
use akses_endpoint::store::meetings::{self, Due, Meeting};
use akses_endpoint::{Problem, record};
use akses_meeting::booking::{Booked, schedule};
use akses_meeting::{Attempt, append, missed_by_applicant, missed_by_verifier};
use akses_timer::{Budget, Fault, stamp, two_doors};
use serde::Serialize;

const NAME: &str = "close-meetings";

/// Meetings that are read at once.
const BATCH_ROWS: u32 = 100;

/// What the person reads (MTG-4).
const REASON: &str = "Anda tidak hadir pada rapat verifikasi, dan batas 5 hari kerja untuk \
    menjadwalkan ulang sudah lewat. Anda dapat mendaftarkan akses ini kembali.";

#[derive(Default, Serialize)]
struct Outcome {
    /// Meetings that got a time.
    scheduled: u64,
    /// Meetings for which no slot is free.
    full: u64,
    /// Meetings that the person missed.
    missed: u64,
    /// Meetings to which no verifier came.
    postponed: u64,
    /// Requests that were rejected for it.
    rejected: u64,
    /// Whether none is left; otherwise the next run goes on.
    done: bool,
}

two_doors!(NAME, run);

fn run(now: Instant) -> Result<Outcome, Fault> {
    let mut run = Run {
        now,
        budget: Budget::begin(),
        outcome: Outcome::default(),
    };
    // Who is rejected frees nothing that others need, and must not wait for a
    // calendar that is missing: schedule last.
    let closed = run.close(Due::Over)? && run.close(Due::LeftWaiting)? && run.close(Due::Lapsed)?;
    run.outcome.done = closed && run.schedule()?;
    Ok(run.outcome)
}

struct Run {
    now: Instant,
    budget: Budget,
    outcome: Outcome,
}

impl Run {
    /// Batch after batch; false when the time was over before.
    fn close(&mut self, what: Due) -> Result<bool, Problem> {
        while self.budget.is_left() {
            let batch = meetings::to_close(what, self.now.ms(), BATCH_ROWS)?;
            let is_last = batch.len() < BATCH_ROWS as usize;
            let before = self.progress();
            for meeting in batch {
                if !self.budget.is_left() {
                    return Ok(false);
                }
                self.close_one(what, &meeting)?;
            }
            // What others were quicker with is gone from the next batch; if it is
            // not, the next run looks again.
            if is_last || self.progress() == before {
                return Ok(is_last);
            }
        }
        Ok(false)
    }

    fn close_one(&mut self, what: Due, meeting: &Meeting) -> Result<(), Problem> {
        let data = match what {
            Due::Over => missed_by_applicant(meeting),
            Due::LeftWaiting => missed_by_verifier(meeting),
            Due::Lapsed => return self.reject(meeting),
        };
        let taken = append(&self.stamp(), meeting, "meeting-missed", &data);
        let count = match what {
            Due::Over => &mut self.outcome.missed,
            _ => &mut self.outcome.postponed,
        };
        match taken {
            Ok(Attempt::Recorded) => *count += 1,
            // Joined, moved or decided a moment ago.
            Ok(_) => {}
            Err(problem) if problem.kind() == "meeting-over" => {}
            Err(problem) => return Err(problem),
        }
        Ok(())
    }

    fn reject(&mut self, meeting: &Meeting) -> Result<(), Problem> {
        let id = |text: &str| Problem::internal(format!("the store holds `{text}` as an id"));
        let command = Command::RejectUnmet {
            request: meeting.request.parse().map_err(|_| id(&meeting.request))?,
            reason: REASON.to_owned(),
        };
        let access = meeting.access.parse().map_err(|_| id(&meeting.access))?;
        if record::by_timer(&self.stamp(), access, command)?.is_some() {
            self.outcome.rejected += 1;
        }
        Ok(())
    }

    /// Gives a time to all that have none; false when the time was over before.
    fn schedule(&mut self) -> Result<bool, Problem> {
        let mut after: Option<(i64, String)> = None;
        while self.budget.is_left() {
            let place = after.as_ref().map(|(at, request)| (at, request.as_str()));
            let batch = meetings::unscheduled(place, BATCH_ROWS)?;
            let is_last = batch.len() < BATCH_ROWS as usize;
            for meeting in &batch {
                if !self.budget.is_left() {
                    return Ok(false);
                }
                match schedule(&self.stamp(), meeting, self.now) {
                    Ok(Booked::Recorded) => self.outcome.scheduled += 1,
                    Ok(Booked::Full) => self.outcome.full += 1,
                    Ok(Booked::Stale | Booked::Replayed(_)) => {}
                    Err(problem) if problem.kind() == "meeting-over" => {}
                    Err(problem) => return Err(problem),
                }
            }
            if is_last {
                return Ok(true);
            }
            after = batch
                .last()
                .map(|last| (last.submitted_at, last.request.clone()));
        }
        Ok(false)
    }

    fn stamp(&self) -> Stamp {
        stamp(NAME, self.now)
    }

    fn progress(&self) -> u64 {
        self.outcome.missed + self.outcome.postponed + self.outcome.rejected
    }
}
