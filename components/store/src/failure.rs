//! What engines answer when a statement fails, told apart.
//!
//! Spin gives the engine's text and nothing else, so the text is what there is
//! to judge by. SQLite's and libSQL's messages name tables, columns and
//! constraints, never values: they hold no personal data.

use crate::bindings::exports::inaproc::akses::types::Error;
use spin_sdk::sqlite::Error as EngineError;

/// The prefix of what the triggers raise.
const RAISED: &str = "akses:";

/// What a trigger raises when an event skips a version.
const VERSION_GAP: &str = "version-gap";

/// Why a statement failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// A trigger of ours refused it under this name.
    Raised(String),
    /// A unique key has this entry already.
    Conflict(String),
    /// Another process holds the database.
    Locked(String),
    /// No room for it.
    Full(String),
    /// Some table or column is not there.
    Missing(String),
    /// The file is damaged, or no database.
    Damaged(String),
    /// A value that a column does not take.
    Constraint(String),
    /// Anything else.
    Other(String),
}

impl Failure {
    /// Reads the text of an engine.
    pub(crate) fn from_text(text: &str) -> Self {
        if let Some(name) = raised_name(text) {
            return Self::Raised(name.to_owned());
        }
        let of = |patterns: &[&str]| patterns.iter().any(|pattern| text.contains(pattern));
        let kind = if of(&["UNIQUE constraint failed"]) {
            Self::Conflict
        } else if of(&[
            "database is locked",
            "database table is locked",
            "SQLITE_BUSY",
        ]) {
            Self::Locked
        } else if of(&["database or disk is full", "SQLITE_FULL"]) {
            Self::Full
        } else if of(&["no such table", "no such column"]) {
            Self::Missing
        } else if of(&["disk image is malformed", "file is not a database"]) {
            Self::Damaged
        } else if of(&["constraint failed", "malformed JSON", "cannot store"]) {
            Self::Constraint
        } else {
            Self::Other
        };
        kind(text.to_owned())
    }
}

/// `access-exists` out of `... akses:access-exists ...`, whatever an engine puts
/// around it.
fn raised_name(text: &str) -> Option<&str> {
    let name = &text[text.find(RAISED)? + RAISED.len()..];
    let end = name.find(|c: char| !c.is_ascii_lowercase() && c != '-');
    Some(&name[..end.unwrap_or(name.len())])
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Io(text) => Self::from_text(&text),
            EngineError::DatabaseFull => Self::Full("the database is full".to_owned()),
            EngineError::NoSuchDatabase => {
                Self::Other("the runtime has no database `default`".to_owned())
            }
            EngineError::AccessDenied => {
                Self::Other("the database `default` is not granted".to_owned())
            }
            EngineError::InvalidConnection => Self::Other("the connection was lost".to_owned()),
        }
    }
}

/// For callers to whom no failure is an expected outcome.
impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Full(text) => Self::Full(text),
            Failure::Locked(text) | Failure::Other(text) => Self::Unavailable(text),
            // Only a program that is wrong can skip a version: versions come
            // from what it read.
            Failure::Raised(name) if name == VERSION_GAP => {
                Self::Corrupt("an event would leave a gap in its subject's versions".to_owned())
            }
            Failure::Raised(name) => Self::Corrupt(format!("refused by `{name}`")),
            Failure::Missing(text)
            | Failure::Conflict(text)
            | Failure::Damaged(text)
            | Failure::Constraint(text) => Self::Corrupt(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: fn(String) -> Failure) {
        assert_eq!(Failure::from_text(text), expected(text.to_owned()));
    }

    #[test]
    fn the_texts_of_engines_are_told_apart() {
        check(
            "UNIQUE constraint failed: event.subject, event.version",
            Failure::Conflict,
        );
        check(
            "SQLite failure: `UNIQUE constraint failed: account.email`",
            Failure::Conflict,
        );
        check("database is locked", Failure::Locked);
        check("database or disk is full", Failure::Full);
        check(
            "no such table: migration in SELECT max(number) FROM migration",
            Failure::Missing,
        );
        check("database disk image is malformed", Failure::Damaged);
        check("CHECK constraint failed: version >= 1", Failure::Constraint);
        check(
            "cannot store TEXT value in INTEGER column event.at",
            Failure::Constraint,
        );
        check("disk I/O error", Failure::Other);
    }

    #[test]
    fn a_raised_name_is_found_inside_an_engines_wrapping() {
        for text in [
            "akses:access-exists",
            "SQLite failure: `akses:access-exists`",
            "Error code 1811: akses:access-exists: constraint failed (19)",
        ] {
            assert_eq!(
                Failure::from_text(text),
                Failure::Raised("access-exists".to_owned())
            );
        }
    }

    #[test]
    fn what_no_caller_can_repair_keeps_its_kind() {
        let kind = |text: &str| Error::from(Failure::from_text(text));
        assert!(matches!(kind("akses:version-gap"), Error::Corrupt(_)));
        assert!(matches!(kind("database or disk is full"), Error::Full(_)));
        assert!(matches!(kind("database is locked"), Error::Unavailable(_)));
        assert!(matches!(kind("disk I/O error"), Error::Unavailable(_)));
        assert!(matches!(kind("file is not a database"), Error::Corrupt(_)));
    }
}
