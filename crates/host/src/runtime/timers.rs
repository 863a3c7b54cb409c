//! Timers: when they are due, and one run of one.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use chrono::{DateTime, Utc};
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use wasmtime::Engine;

use super::clock::Clock;
use super::code::Code;
use super::limits::{TIMER_MS, TIMER_RUNS_MAX};
use super::places::Places;
use super::state::{Grants, State};
use bindings::TimerPre;
use bindings::fermyon::spin_cron::cron_types::{Error as TimerError, Metadata};

/// Generated from `wit/`.
#[allow(missing_docs, reason = "generated")]
mod bindings {
    wasmtime::component::bindgen!({
        path: "wit",
        world: "timer",
        exports: { default: async },
    });
}

/// The longest sleep at a time: the machine's clock may be set meanwhile.
const SLEEP_MS_MAX: u64 = 60_000;

/// A component and its schedule. Clones are handles to the same one.
#[derive(Clone)]
pub struct Timer(Arc<Inner>);

struct Inner {
    engine: Engine,
    grants: Arc<Grants>,
    pre: TimerPre<State>,
    code: Arc<Code>,
    places: Places,
    schedule: Cron,
    runs: Arc<Semaphore>,
}

impl Timer {
    /// A timer that runs instances of `pre` by `expression`, each in one of `places`.
    pub fn new(
        engine: &Engine,
        grants: Arc<Grants>,
        pre: wasmtime::component::InstancePre<State>,
        code: Arc<Code>,
        places: Places,
        expression: &str,
    ) -> Result<Self> {
        let schedule =
            parse(expression).with_context(|| format!("cron_expression {expression:?}"))?;
        let pre = TimerPre::new(pre)
            .map_err(anyhow::Error::from)
            .context("it does not export handle-cron-event")?;
        let runs = Arc::new(Semaphore::new(TIMER_RUNS_MAX));
        Ok(Self(Arc::new(Inner {
            engine: engine.clone(),
            grants,
            pre,
            code,
            places,
            schedule,
            runs,
        })))
    }

    /// The component's id.
    pub fn component(&self) -> &str {
        &self.0.grants.id
    }

    /// Runs the timer whenever it is due, until `stop` changes; then waits for
    /// runs that are under way. Runs may overlap, as on Spin.
    pub async fn keep(self, clock: Clock, mut stop: watch::Receiver<bool>) {
        let mut moves = clock.moves();
        let mut due = Due::new(self.0.schedule.clone(), clock.now());
        let mut runs = JoinSet::new();
        loop {
            while runs.try_join_next().is_some() {}
            let wait = match due.look(clock.now()) {
                Look::Fire => {
                    self.fire(&mut runs, clock.now());
                    continue;
                }
                Look::Wait(wait) => wait,
            };
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                _ = moves.changed() => {}
                _ = stop.wait_for(|stop| *stop) => break,
            }
        }
        runs.join_all().await;
    }

    fn fire(&self, runs: &mut JoinSet<()>, now: DateTime<Utc>) {
        let Ok(slot) = self.0.runs.clone().try_acquire_owned() else {
            tracing::warn!(
                component = self.component(),
                running = TIMER_RUNS_MAX,
                "a tick is skipped: too many runs are still under way"
            );
            return;
        };
        let timer = self.clone();
        runs.spawn(async move {
            if let Err(error) = timer.run_with(slot, now).await {
                tracing::error!(
                    component = timer.component(),
                    error = format!("{error:#}"),
                    "a timer failed"
                );
            }
        });
    }

    /// Runs the handler once, now.
    pub async fn run(&self, now: DateTime<Utc>) -> Result<()> {
        let slot = self
            .0
            .runs
            .clone()
            .acquire_owned()
            .await
            .expect("never closed");
        self.run_with(slot, now).await
    }

    async fn run_with(&self, slot: OwnedSemaphorePermit, now: DateTime<Utc>) -> Result<()> {
        let inner = self.0.clone();
        // A task of its own, so that a panic ends this run and nothing else.
        let run = tokio::spawn(async move {
            let _slot = slot;
            let limit = Duration::from_millis(TIMER_MS);
            match tokio::time::timeout(limit, inner.call(now)).await {
                Ok(result) => result,
                Err(_) => bail!("it took longer than {TIMER_MS} ms and was stopped"),
            }
        });
        run.await
            .map_err(|error| anyhow!("the run ended unexpectedly: {error}"))?
    }
}

impl Inner {
    /// One fresh instance for each run. It takes no turn: a sweep must not
    /// keep requests waiting, and it is interrupted like everybody else.
    async fn call(&self, now: DateTime<Utc>) -> Result<()> {
        let _place = self.places.take().await?;
        let _code = self.code.use_it();
        let mut store = State::store(&self.engine, &self.grants)?;
        let timer = self.pre.instantiate_async(&mut store).await?;
        let timestamp = u64::try_from(now.timestamp()).unwrap_or(0);
        match timer
            .call_handle_cron_event(&mut store, Metadata { timestamp })
            .await?
        {
            Ok(()) => Ok(()),
            Err(TimerError::Other(message)) => bail!("{message}"),
        }
    }
}

/// Six fields, seconds first; day of month and day of week must both match.
/// These are the settings of Spin's cron trigger.
fn parse(expression: &str) -> Result<Cron> {
    let parser = CronParser::builder()
        .seconds(Seconds::Required)
        .year(Year::Disallowed)
        .dom_and_dow(true)
        .build();
    Ok(parser.parse(expression)?)
}

/// Decides when to fire. A jump over several ticks fires once; ticks before a
/// jump backwards come again, because that time has not been lived through.
struct Due {
    schedule: Cron,
    seen: DateTime<Utc>,
}

#[derive(Debug, PartialEq, Eq)]
enum Look {
    Fire,
    Wait(Duration),
}

impl Due {
    fn new(schedule: Cron, now: DateTime<Utc>) -> Self {
        Self {
            schedule,
            seen: now,
        }
    }

    fn look(&mut self, now: DateTime<Utc>) -> Look {
        let longest = Duration::from_millis(SLEEP_MS_MAX);
        self.seen = self.seen.min(now);
        let Ok(next) = self.schedule.find_next_occurrence(&self.seen, false) else {
            return Look::Wait(longest); // Never again: 30 February.
        };
        if next <= now {
            self.seen = now;
            return Look::Fire;
        }
        let wait = (next - now).to_std().unwrap_or_default();
        Look::Wait(wait.min(longest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instant(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn due(expression: &str, now: &str) -> Due {
        Due::new(parse(expression).unwrap(), instant(now))
    }

    #[test]
    fn expressions_have_six_fields_with_seconds_first() {
        for good in ["0 */5 * * * *", "*/10 * * * * *", "0 0 0 1 1 *"] {
            assert!(parse(good).is_ok(), "{good}");
        }
        for bad in ["", "* * * * *", "0 */5 * * * * *", "61 * * * * *", "often"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn fires_at_each_tick_and_not_between() {
        let mut due = due("*/10 * * * * *", "2026-03-27T07:10:00Z");
        assert_eq!(
            due.look(instant("2026-03-27T07:10:04Z")),
            Look::Wait(Duration::from_secs(6))
        );
        assert_eq!(due.look(instant("2026-03-27T07:10:10Z")), Look::Fire);
        assert_eq!(
            due.look(instant("2026-03-27T07:10:10.5Z")),
            Look::Wait(Duration::from_millis(9_500))
        );
        assert_eq!(due.look(instant("2026-03-27T07:10:20Z")), Look::Fire);
    }

    #[test]
    fn a_jump_over_many_ticks_fires_once() {
        let mut due = due("0 */5 * * * *", "2026-03-27T07:10:00Z");
        assert_eq!(due.look(instant("2026-05-01T00:02:00Z")), Look::Fire);
        assert_eq!(
            due.look(instant("2026-05-01T00:02:00Z")),
            Look::Wait(Duration::from_secs(60))
        );
        assert_eq!(due.look(instant("2026-05-01T00:05:00Z")), Look::Fire);
    }

    #[test]
    fn a_jump_backwards_fires_nothing_and_goes_on_from_there() {
        let mut due = due("0 */5 * * * *", "2026-03-27T07:11:00Z");
        assert!(matches!(
            due.look(instant("2026-03-20T00:00:00Z")),
            Look::Wait(_)
        ));
        assert_eq!(due.look(instant("2026-03-20T00:05:00Z")), Look::Fire);
    }

    #[test]
    fn sleeps_are_short_enough_to_notice_a_clock_that_was_set() {
        let mut due = due("0 0 0 1 1 *", "2026-03-27T07:11:00Z");
        let longest = Duration::from_millis(SLEEP_MS_MAX);
        assert_eq!(
            due.look(instant("2026-03-27T07:11:00Z")),
            Look::Wait(longest)
        );
    }

    #[test]
    fn day_of_month_and_day_of_week_must_both_match() {
        // 2026-05-01 is a Friday, 2026-04-03 the first Friday before it.
        let mut due = due("0 0 0 1 * FRI", "2026-03-27T07:11:00Z");
        let longest = Duration::from_millis(SLEEP_MS_MAX);
        assert_eq!(
            due.look(instant("2026-04-03T00:00:01Z")),
            Look::Wait(longest)
        );
        assert_eq!(due.look(instant("2026-05-01T00:00:01Z")), Look::Fire);
    }
}
