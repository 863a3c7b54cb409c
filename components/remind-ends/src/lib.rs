//! The reminders before an access ends (EXP-7): 30, 14, 7 and 1 days, each once,
//! with what to do. Which one fits is said by the calendar of the institution's zone
//! at this moment, so days without a timer cost a person nothing but the reminders
//! that no longer fit.

use akses_domain::ending::{REMINDER_DAYS, window};
use akses_domain::time::{Instant, Zone};
use akses_timer::store::reminders::{self, Window};
use akses_timer::{Budget, Fault, two_doors};
use serde::Serialize;

const NAME: &str = "remind-ends";

/// Reminders that one statement writes. It holds the database's only writer, so
/// others wait that long: about a twentieth of a second.
const BATCH_ROWS: u32 = 5_000;

#[derive(Serialize)]
struct Outcome {
    /// How many people this run reminded.
    reminded: u64,
    /// Whether nobody is left; otherwise the next run goes on.
    done: bool,
}

two_doors!(NAME, remind);

/// The most urgent stage first, in every zone.
fn remind(now: Instant) -> Result<Outcome, Fault> {
    let budget = Budget::begin();
    let mut outcome = Outcome {
        reminded: 0,
        done: true,
    };
    for stage in 0..REMINDER_DAYS.len() {
        for zone in Zone::ALL {
            outcome.done &= remind_stage(stage, zone, now, &budget, &mut outcome.reminded)?;
        }
    }
    Ok(outcome)
}

/// Batch after batch until nobody is left or the time is over; whether nobody is.
fn remind_stage(
    stage: usize,
    zone: Zone,
    now: Instant,
    budget: &Budget,
    reminded: &mut u64,
) -> Result<bool, Fault> {
    let ends = window(stage, zone, now);
    let window = Window {
        zone: zone.to_string(),
        days: REMINDER_DAYS[stage],
        after: ends.after.ms(),
        until: ends.until.ms(),
    };
    let mut behind = None;
    while budget.is_left() {
        let batch = reminders::remind(&window, now.ms(), behind, BATCH_ROWS)?;
        *reminded += u64::from(batch.reminded);
        behind = batch.next;
        if behind.is_none() {
            return Ok(true);
        }
    }
    Ok(false)
}
