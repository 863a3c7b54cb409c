//! SiRUP, the older system in which many people already have a user name: who may
//! link it (SIR-1), how often one may try (SIR-3), and when it counts as down.

use crate::time::{Date, Instant};
use std::fmt;
use std::str::FromStr;

/// People who registered there before this day link; later ones register anew.
pub const REGISTERED_BEFORE: Date = Date::from_ymd_opt(2024, 8, 1).expect("the day exists");

/// Attempts without a right password, for each account and for each user name.
pub const ATTEMPTS_MAX: u32 = 5;

/// How long whoever had them rests, counted from the last.
pub const REST_MS: i64 = 15 * 60 * 1000;

/// After so many failures in a row SiRUP is left alone for a while.
pub const FAILURES_MAX: u32 = 5;

/// Failures further apart than this are no row.
pub const FAILURES_WITHIN_MS: i64 = 60 * 1000;

/// How long it is left alone; then one person's attempt tries it.
pub const COOL_DOWN_MS: i64 = 30 * 1000;

/// Longer user names than this exist on no platform before us.
const USER_NAME_CHARS_MAX: usize = 100;

/// Whether somebody who registered on this day links (SIR-1).
pub fn may_link(registered_on: Date) -> bool {
    registered_on < REGISTERED_BEFORE
}

/// A user name as somebody typed it, or as SiRUP spells it.
#[derive(Clone, PartialEq, Eq)]
pub struct UserName(String);

/// Names people, so it does not show itself in logs.
impl fmt::Debug for UserName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UserName(•••)")
    }
}

/// Why a text is no user name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadUserName {
    /// Nothing but blanks.
    Empty,
    /// Longer than any.
    TooLong,
    /// Holds what no keyboard types.
    ControlCharacters,
}

impl UserName {
    /// As it was typed, without blanks around it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form in which names are compared: SiRUP takes capitals for small
    /// letters.
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }
}

impl FromStr for UserName {
    type Err = BadUserName;

    fn from_str(text: &str) -> Result<Self, BadUserName> {
        let name = text.trim();
        if name.is_empty() {
            Err(BadUserName::Empty)
        } else if name.chars().count() > USER_NAME_CHARS_MAX {
            Err(BadUserName::TooLong)
        } else if name.chars().any(char::is_control) {
            Err(BadUserName::ControlCharacters)
        } else {
            Ok(Self(name.to_owned()))
        }
    }
}

/// Whether SiRUP is asked at all. A breaker, as in a house: it opens after several
/// failures, so that nobody waits for what does not answer, and what does not
/// answer is not asked by everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Circuit {
    /// It is asked.
    Closed,
    /// It is left alone until then.
    Open(Instant),
    /// One may try.
    TrialDue,
}

/// The circuit at `now`, after so many failures in a row.
pub fn circuit(failures: u32, retry_at: Instant, now: Instant) -> Circuit {
    if failures < FAILURES_MAX {
        Circuit::Closed
    } else if now < retry_at {
        Circuit::Open(retry_at)
    } else {
        Circuit::TrialDue
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sir_1_who_registered_before_august_2024_links() {
        for (day, expected) in [
            ("2012-01-01", true),
            ("2024-07-31", true),
            ("2024-08-01", false),
            ("2026-01-01", false),
        ] {
            assert_eq!(may_link(day.parse().unwrap()), expected, "{day}");
        }
    }

    #[test]
    fn sir_2_spellings_of_one_name_are_one_name() {
        let key = |text: &str| text.parse::<UserName>().unwrap().key();
        for text in ["budi.santoso", "BUDI.Santoso", "  budi.santoso\t"] {
            assert_eq!(key(text), "budi.santoso");
        }
        assert_ne!(key("budi santoso"), key("budisantoso"));
        assert_eq!(" Budi ".parse::<UserName>().unwrap().as_str(), "Budi");
    }

    #[test]
    fn what_is_no_user_name_is_told_apart() {
        for (text, expected) in [
            (String::new(), BadUserName::Empty),
            ("  ".to_owned(), BadUserName::Empty),
            ("x".repeat(101), BadUserName::TooLong),
            ("bu\0di".to_owned(), BadUserName::ControlCharacters),
            ("bu\ndi".to_owned(), BadUserName::ControlCharacters),
        ] {
            assert_eq!(text.parse::<UserName>(), Err(expected), "{text:?}");
        }
        assert!("x".repeat(100).parse::<UserName>().is_ok());
    }

    #[test]
    fn a_user_name_does_not_show_itself() {
        let name: UserName = "budi".parse().unwrap();
        assert!(!format!("{name:?}").contains("budi"));
    }

    #[test]
    fn the_circuit_opens_cools_down_and_lets_one_try() {
        let at = Instant::from_ms;
        for (failures, now, expected) in [
            (0, 0, Circuit::Closed),
            (FAILURES_MAX - 1, 0, Circuit::Closed),
            (FAILURES_MAX, 999, Circuit::Open(at(1_000))),
            (FAILURES_MAX + 9, 999, Circuit::Open(at(1_000))),
            (FAILURES_MAX, 1_000, Circuit::TrialDue),
            (FAILURES_MAX, 9_000, Circuit::TrialDue),
        ] {
            let circuit = circuit(failures, at(1_000), at(now));
            assert_eq!(circuit, expected, "{failures} {now}");
        }
    }
}
