//! Errors of the storage engines.

use std::fmt;

use rusqlite::ErrorCode;

/// What went wrong, for those who must tell cases apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SqliteErrorKind {
    /// The disk, the quota or the file is full. Nothing was stored.
    Full,
    /// A constraint or a `RAISE(..)` of a trigger refused the statement.
    Constraint,
    /// The statement is not available to components.
    Denied,
    /// Another program holds the database.
    Busy,
    /// A value or a result is larger than its bound.
    TooLarge,
    /// A column holds text that is not UTF-8.
    NotUtf8,
    /// The statement ran longer than it may and was stopped.
    TimedOut,
    /// The database was closed.
    Closed,
    /// The operating system failed or the file is damaged. Nothing was stored.
    Io,
    /// The statement itself is wrong: syntax, an unknown table, the number of
    /// parameters.
    Sql,
}

/// An error with SQLite's own text, on which callers match constraint names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SqliteError {
    /// The case.
    pub kind: SqliteErrorKind,
    /// The text, for operators and for callers that look for a name in it.
    pub message: String,
}

impl SqliteError {
    pub(crate) fn new(kind: SqliteErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
        }
    }

    pub(crate) fn closed() -> Self {
        Self::new(SqliteErrorKind::Closed, "the database is closed")
    }

    /// The same error with what it means for the caller in front.
    pub(crate) fn prefixed(&self, prefix: &str) -> Self {
        Self::new(self.kind, format!("{prefix}: {}", self.message))
    }
}

impl fmt::Display for SqliteError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for SqliteError {}

impl From<rusqlite::Error> for SqliteError {
    fn from(error: rusqlite::Error) -> Self {
        // The same text as on Spin, which hands out rusqlite's as well.
        Self::new(kind_of(&error), error.to_string())
    }
}

fn kind_of(error: &rusqlite::Error) -> SqliteErrorKind {
    let (rusqlite::Error::SqliteFailure(failure, _)
    | rusqlite::Error::SqlInputError { error: failure, .. }) = error
    else {
        return SqliteErrorKind::Sql;
    };
    match failure.code {
        ErrorCode::DiskFull => SqliteErrorKind::Full,
        ErrorCode::ConstraintViolation => SqliteErrorKind::Constraint,
        ErrorCode::AuthorizationForStatementDenied => SqliteErrorKind::Denied,
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => SqliteErrorKind::Busy,
        ErrorCode::TooBig => SqliteErrorKind::TooLarge,
        ErrorCode::OperationInterrupted => SqliteErrorKind::TimedOut,
        ErrorCode::SystemIoFailure
        | ErrorCode::DatabaseCorrupt
        | ErrorCode::NotADatabase
        | ErrorCode::CannotOpen
        | ErrorCode::ReadOnly
        | ErrorCode::PermissionDenied
        | ErrorCode::FileLockingProtocolFailed
        | ErrorCode::OutOfMemory => SqliteErrorKind::Io,
        _ => SqliteErrorKind::Sql,
    }
}
