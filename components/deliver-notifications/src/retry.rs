//! When a mail that was not taken is tried again, and when no more.

use akses_domain::time::Instant;
use akses_timer::store::notifications::Delivery;

const MINUTE_MS: i64 = 60_000;

/// The wait after the first, second ... failed try, in minutes; the last one
/// repeats. Relays that ask for patience mean minutes, broken ones are repaired
/// within days.
const BACKOFF_MINUTES: [i64; 9] = [1, 5, 15, 30, 60, 120, 240, 480, 720];

/// After so many tries, about three days, a person has to look.
pub(crate) const TRIES_MAX: u32 = 14;

/// What becomes of a mail whose try number `tries` failed.
pub(crate) fn after(tries: u32, now: Instant, why: String) -> Delivery {
    if tries >= TRIES_MAX {
        return Delivery::Dead(format!("after {tries} tries: {why}"));
    }
    let index = (tries.max(1) as usize - 1).min(BACKOFF_MINUTES.len() - 1);
    Delivery::Retry((now.ms() + BACKOFF_MINUTES[index] * MINUTE_MS, why))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_are_spread_over_three_days_and_bounded() {
        let mut now = Instant::from_ms(0);
        for tries in 1..TRIES_MAX {
            let Delivery::Retry((at, _)) = after(tries, now, String::new()) else {
                panic!("try {tries} was the last");
            };
            assert!(at > now.ms());
            now = Instant::from_ms(at);
        }
        let hours = now.ms() / MINUTE_MS / 60;
        assert!((70..80).contains(&hours), "{hours} hours");
        assert!(matches!(
            after(TRIES_MAX, now, String::new()),
            Delivery::Dead(_)
        ));
        assert!(matches!(
            after(u32::MAX, now, String::new()),
            Delivery::Dead(_)
        ));
        assert!(matches!(after(0, now, String::new()), Delivery::Retry(_)));
    }
}
