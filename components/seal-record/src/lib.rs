//! Seals the record: chains the events since the newest seal and records the
//! last link as a new one (ALL-1).
//!
//! A run that is killed has sealed nothing, and the next one begins where it
//! began. Of two runs at once the second finds its version taken and is done.
//!
//! Each run makes a seal, also when nothing happened but the seal before: that a seal
//! came or stayed away would tell strangers whether anything happened.

use akses_domain::time::Instant;
use akses_endpoint::Problem;
use akses_endpoint::store::events::{self, Appended, Event};
use akses_seal::{Line, Link, SEAL_KIND, SEAL_SUBJECT, Seal};
use akses_timer::store::seals;
use akses_timer::{Budget, Fault, stamp, two_doors};
use serde::Serialize;

const NAME: &str = "seal-record";

/// Lines that are read at once.
const BATCH_LINES: u32 = 1_000;

#[derive(Serialize)]
struct Outcome {
    /// How many events this run sealed.
    sealed: u64,
    /// Whether none is left; otherwise the next run goes on.
    done: bool,
}

two_doors!(NAME, seal);

fn seal(now: Instant) -> Result<Outcome, Fault> {
    let newest = seals::newest()?;
    let number = newest.as_ref().map_or(0, |seal| seal.number);
    let before = match newest {
        None => Seal {
            through_seq: 0,
            events: 0,
            hash: Link::START.to_string(),
        },
        Some(seal) => serde_json::from_str(&seal.data)
            .map_err(|error| Fault::Configuration(format!("seal {number}: {error}")))?,
    };
    let (after, done) = chain(&before, &Budget::begin())?;
    let sealed = after.events - before.events;
    // Only a record without any event has nothing to seal: later there is the seal before.
    if sealed > 0 {
        record(number + 1, &after, now)?;
    }
    Ok(Outcome { sealed, done })
}

/// The chain from a seal on, as far as the budget reaches.
fn chain(before: &Seal, budget: &Budget) -> Result<(Seal, bool), Fault> {
    let mut link = Link::from_hex(&before.hash)
        .ok_or_else(|| Fault::Configuration("the newest seal has no hash".to_owned()))?;
    let mut after = before.clone();
    let mut done = false;
    while !done && budget.is_left() {
        let lines = seals::lines(after.through_seq, BATCH_LINES)?;
        done = lines.len() < BATCH_LINES as usize;
        for line in lines {
            let line = Line {
                seq: line.seq,
                json: line.json,
            };
            link = link.then(&line);
            after.through_seq = line.seq;
            after.events += 1;
        }
    }
    after.hash = link.to_string();
    Ok((after, done))
}

fn record(number: u32, seal: &Seal, now: Instant) -> Result<(), Fault> {
    let event = Event {
        subject: SEAL_SUBJECT.to_owned(),
        version: number,
        kind: SEAL_KIND.to_owned(),
        data: serde_json::to_string(seal)
            .map_err(|error| Fault::Configuration(error.to_string()))?,
        institution: None,
    };
    match events::append(&event, &stamp(NAME, now)).map_err(Problem::from)? {
        // Another run was quicker: its seal covers the same events.
        Appended::Recorded | Appended::Stale(_) => Ok(()),
        other => Err(Problem::internal(format!("the record refused a seal: {other:?}")).into()),
    }
}
