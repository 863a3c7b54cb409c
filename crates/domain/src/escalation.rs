//! Who is told of a request that waits, and when (VER-3). Verifiers are reminded
//! before its deadline; past it those above them are told. Nothing here decides a
//! request.

use crate::access::VERIFICATION_HOURS;
use crate::time::Instant;
use serde::{Deserialize, Serialize};

/// The second reminder comes this long before the deadline (ours): a working
/// afternoon is left.
pub const NEAR_END_HOURS: i64 = 6;

/// How long a Kepala UKPBJ has before the directorate is told (ours).
pub const ESCALATION_HOURS: i64 = 24;

const HOUR_MS: i64 = 60 * 60 * 1000;

/// One step; later ones are greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// Half of the time is over: the verifiers are reminded.
    HalfTime,
    /// The deadline is near: they are reminded once more.
    NearEnd,
    /// It is over: the Kepala UKPBJ is told.
    UkpbjHead,
    /// Nobody moved: the Direktorat Sistem Pengadaan Digital is told.
    Directorate,
}

/// Who stands between the verifiers and the directorate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Path {
    /// A Kepala UKPBJ of the institution.
    ThroughHead,
    /// Nobody: the institution has none, or the request is verified nationally.
    Direct,
}

impl Step {
    /// All of them, in their order.
    pub const ALL: [Self; 4] = [
        Self::HalfTime,
        Self::NearEnd,
        Self::UkpbjHead,
        Self::Directorate,
    ];

    /// 1 for the first; 0 is before all of them.
    pub const fn rank(self) -> u32 {
        match self {
            Self::HalfTime => 1,
            Self::NearEnd => 2,
            Self::UkpbjHead => 3,
            Self::Directorate => 4,
        }
    }

    /// How long after the deadline it is taken; negative before it. None when
    /// this path leaves it out.
    pub fn after_deadline_ms(self, path: Path) -> Option<i64> {
        let hours = match (self, path) {
            (Self::HalfTime, _) => -i64::from(VERIFICATION_HOURS) / 2,
            (Self::NearEnd, _) => -NEAR_END_HOURS,
            (Self::UkpbjHead, Path::ThroughHead) | (Self::Directorate, Path::Direct) => 0,
            (Self::UkpbjHead, Path::Direct) => return None,
            (Self::Directorate, Path::ThroughHead) => ESCALATION_HOURS,
        };
        Some(hours * HOUR_MS)
    }

    /// The highest step that a request has come to. Those that were missed below
    /// it are skipped: nobody is reminded of half of a time that is over.
    pub fn reached(deadline: Instant, now: Instant, path: Path) -> Option<Self> {
        let is_reached = |step: &Self| {
            step.after_deadline_ms(path)
                .is_some_and(|after| now.ms() >= deadline.ms() + after)
        };
        Self::ALL.into_iter().rev().find(is_reached)
    }

    /// When the step behind this one is due, counted from the deadline; none
    /// behind the last.
    pub fn next_after_deadline_ms(self, path: Path) -> Option<i64> {
        let mut behind = Self::ALL.into_iter().filter(|step| *step > self);
        behind.find_map(|step| step.after_deadline_ms(path))
    }

    /// Whether it goes to somebody above the verifiers.
    pub const fn is_escalation(self) -> bool {
        matches!(self, Self::UkpbjHead | Self::Directorate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEADLINE: Instant = Instant::from_ms(1_800_000_000_000);

    fn reached(hours_after: i64, path: Path) -> Option<Step> {
        Step::reached(DEADLINE, DEADLINE.plus_hours(hours_after), path)
    }

    #[test]
    fn ver_3_reminders_come_at_half_time_and_near_the_end() {
        for path in [Path::ThroughHead, Path::Direct] {
            assert_eq!(reached(-37, path), None);
            assert_eq!(reached(-36, path), Some(Step::HalfTime));
            assert_eq!(reached(-7, path), Some(Step::HalfTime));
            assert_eq!(reached(-6, path), Some(Step::NearEnd));
            assert_eq!(reached(-1, path), Some(Step::NearEnd));
        }
    }

    #[test]
    fn ver_3_past_the_end_the_head_is_told_before_the_directorate() {
        assert_eq!(reached(0, Path::ThroughHead), Some(Step::UkpbjHead));
        assert_eq!(reached(23, Path::ThroughHead), Some(Step::UkpbjHead));
        assert_eq!(reached(24, Path::ThroughHead), Some(Step::Directorate));
        assert_eq!(reached(0, Path::Direct), Some(Step::Directorate));
        assert_eq!(reached(10_000, Path::ThroughHead), Some(Step::Directorate));
    }

    #[test]
    fn ver_3_each_step_is_due_when_the_one_before_it_says() {
        for path in [Path::ThroughHead, Path::Direct] {
            let mut at = Step::HalfTime.after_deadline_ms(path);
            let mut taken = Vec::new();
            while let Some(after) = at {
                let now = Instant::from_ms(DEADLINE.ms() + after);
                let step = Step::reached(DEADLINE, now, path).unwrap();
                // Not a moment earlier.
                let before = Step::reached(DEADLINE, Instant::from_ms(now.ms() - 1), path);
                assert!(before < Some(step), "{step:?}");
                taken.push(step);
                at = step.next_after_deadline_ms(path);
            }
            let all = match path {
                Path::ThroughHead => Step::ALL.to_vec(),
                Path::Direct => vec![Step::HalfTime, Step::NearEnd, Step::Directorate],
            };
            assert_eq!(taken, all);
        }
    }

    #[test]
    fn ranks_follow_the_order() {
        let ranks: Vec<_> = Step::ALL.iter().map(|step| step.rank()).collect();
        assert_eq!(ranks, [1, 2, 3, 4]);
    }
}
