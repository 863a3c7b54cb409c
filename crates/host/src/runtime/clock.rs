//! The time guests and schedules see: the real one, or one that a test sets.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use chrono::{DateTime, Utc};
use tokio::sync::watch;
use wasmtime_wasi::clocks::HostWallClock;

/// A wall clock that runs in real time, at a distance from it that can be set.
#[derive(Clone)]
pub struct Clock(Arc<Inner>);

struct Inner {
    offset_us: AtomicI64,
    moved: watch::Sender<()>,
}

impl Clock {
    /// The clock of the machine, or one that starts at `start`.
    pub fn new(start: Option<DateTime<Utc>>) -> Self {
        let (moved, _) = watch::channel(());
        let clock = Self(Arc::new(Inner {
            offset_us: AtomicI64::new(0),
            moved,
        }));
        if let Some(start) = start {
            clock.set(start);
        }
        clock
    }

    /// The time now.
    pub fn now(&self) -> DateTime<Utc> {
        let offset_us = self.0.offset_us.load(Ordering::Relaxed);
        let us = real_us().saturating_add(offset_us);
        DateTime::from_timestamp_micros(us).unwrap_or(DateTime::UNIX_EPOCH)
    }

    /// Moves the clock, forwards or backwards; it runs on from there.
    pub fn set(&self, instant: DateTime<Utc>) {
        let offset_us = instant.timestamp_micros().saturating_sub(real_us());
        self.0.offset_us.store(offset_us, Ordering::Relaxed);
        self.0.moved.send_replace(());
    }

    /// Wakes whenever the clock was moved.
    pub fn moves(&self) -> watch::Receiver<()> {
        self.0.moved.subscribe()
    }
}

fn real_us() -> i64 {
    let elapsed = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(elapsed.as_micros()).unwrap_or(i64::MAX)
}

impl HostWallClock for Clock {
    fn resolution(&self) -> Duration {
        Duration::from_micros(1)
    }

    fn now(&self) -> Duration {
        // WASI counts seconds from 1970 without a sign.
        let us = u64::try_from(Self::now(self).timestamp_micros()).unwrap_or(0);
        Duration::from_micros(us)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instant(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn is_close(clock: &Clock, to: &str) -> bool {
        let distance = clock.now() - instant(to);
        distance.num_milliseconds().abs() < 2_000
    }

    #[test]
    fn starts_where_it_is_told_and_moves_both_ways() {
        let clock = Clock::new(Some(instant("2026-03-27T07:10:00Z")));
        assert!(is_close(&clock, "2026-03-27T07:10:00Z"));
        clock.set(instant("2027-01-01T00:00:00Z"));
        assert!(is_close(&clock, "2027-01-01T00:00:00Z"));
        clock.set(instant("2025-01-01T00:00:00Z"));
        assert!(is_close(&clock, "2025-01-01T00:00:00Z"));
    }

    #[test]
    fn runs_on_in_real_time() {
        let clock = Clock::new(Some(instant("2026-03-27T07:10:00Z")));
        let before = clock.now();
        std::thread::sleep(Duration::from_millis(20));
        let passed = clock.now() - before;
        assert!((15..2_000).contains(&passed.num_milliseconds()), "{passed}");
    }

    #[test]
    fn guests_see_the_same_time() {
        let clock = Clock::new(Some(instant("2026-03-27T07:10:00Z")));
        let guest = HostWallClock::now(&clock).as_secs();
        assert!(guest.abs_diff(1_774_595_400) < 2, "{guest}");
    }

    #[test]
    fn tells_when_it_moved() {
        let clock = Clock::new(None);
        let mut moves = clock.moves();
        assert!(!moves.has_changed().unwrap());
        clock.set(instant("2026-03-27T07:10:00Z"));
        assert!(moves.has_changed().unwrap());
        moves.mark_unchanged();
        assert!(!moves.has_changed().unwrap());
    }
}
