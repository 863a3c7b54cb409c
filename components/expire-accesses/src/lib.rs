//! The sweep: turns accesses whose time is over to Kedaluwarsa and writes one
//! mail for each (EXP-3). Entry was refused from the first second anyway
//! (EXP-2); this records it.

use akses_domain::time::{CutOff, Instant, Zone};
use akses_endpoint::config;
use akses_timer::store::expiry;
use akses_timer::{Budget, Fault, two_doors};
use serde::Serialize;

const NAME: &str = "expire-accesses";

/// Accesses that one statement turns. It holds the database's only writer, so
/// others wait that long: about a twentieth of a second.
const BATCH_ROWS: u32 = 5_000;

#[derive(Serialize)]
struct Outcome {
    /// How many accesses this run turned.
    expired: u64,
    /// Whether none is left; otherwise the next run goes on.
    done: bool,
}

two_doors!(NAME, sweep);

/// Batch after batch until none is left or the time is over. Each batch is one
/// statement that takes all or nothing, so a run can be killed anywhere.
fn sweep(now: Instant) -> Result<Outcome, Fault> {
    let cut_off = cut_off()?;
    let budget = Budget::begin();
    let mut outcome = Outcome {
        expired: 0,
        done: false,
    };
    while !outcome.done && budget.is_left() {
        let expired = expiry::expire_due(now.ms(), cut_off, BATCH_ROWS)?;
        outcome.expired += u64::from(expired);
        outcome.done = expired < BATCH_ROWS;
    }
    Ok(outcome)
}

/// EXP-4: in every zone the end of the last day before automatic expiry.
fn cut_off() -> Result<expiry::CutOff, Fault> {
    let text = config::variable("cut_off_date");
    let last_day = text
        .parse()
        .map_err(|_| Fault::Configuration(format!("cut_off_date is no date: `{text}`")))?;
    let in_force_from = |zone| CutOff { last_day }.in_force_from(zone).ms();
    Ok(expiry::CutOff {
        wib: in_force_from(Zone::Wib),
        wita: in_force_from(Zone::Wita),
        wit: in_force_from(Zone::Wit),
    })
}
