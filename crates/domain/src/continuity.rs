//! Whether an institution has somebody who verifies, now and in the time ahead.

use crate::time::{CutOff, Instant, Zone};
use serde::{Deserialize, Serialize};

/// So long before its last VAI ends an institution is warned: a new one is
/// appointed, registers and is verified nationally in less.
pub const WARNING_DAYS: i64 = 30;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// How an institution stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Coverage {
    /// It has a VAI for longer than [`WARNING_DAYS`].
    Covered,
    /// It has one, but none any more within [`WARNING_DAYS`].
    Ending,
    /// It has none.
    Missing,
}

/// How an institution stands whose last VAI, by accesses in standing `active`,
/// ends at `last_end`.
pub fn coverage(last_end: Option<Instant>, zone: Zone, now: Instant, cut_off: CutOff) -> Coverage {
    let Some(last_end) = last_end else {
        return Coverage::Missing;
    };
    // EXP-4: until then nobody's access ends by its date.
    let end = last_end.max(cut_off.in_force_from(zone));
    match end.ms() - now.ms() {
        left if left <= 0 => Coverage::Missing,
        left if left <= WARNING_DAYS * DAY_MS => Coverage::Ending,
        _ => Coverage::Covered,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_2_an_institution_is_warned_thirty_days_before_its_last_verifier_ends() {
        let cut_off = CutOff {
            last_day: "2025-08-22".parse().unwrap(),
        };
        let now = Instant::from_ms(1_800_000_000_000);
        let stands = |left_ms: i64| {
            let end = Instant::from_ms(now.ms() + left_ms);
            coverage(Some(end), Zone::Wib, now, cut_off)
        };
        assert_eq!(coverage(None, Zone::Wib, now, cut_off), Coverage::Missing);
        assert_eq!(stands(0), Coverage::Missing);
        assert_eq!(stands(1), Coverage::Ending);
        assert_eq!(stands(30 * DAY_MS), Coverage::Ending);
        assert_eq!(stands(30 * DAY_MS + 1), Coverage::Covered);
    }

    #[test]
    fn exp_4_before_the_cut_off_nobody_is_missing() {
        let cut_off = CutOff {
            last_day: "2025-08-22".parse().unwrap(),
        };
        let before = Instant::from_ms(1_750_000_000_000);
        let long_over = Some(Instant::from_ms(1_600_000_000_000));
        assert_eq!(
            coverage(long_over, Zone::Wib, before, cut_off),
            Coverage::Covered
        );
    }
}
