//! Storage of the embedded host, without a trace of WebAssembly: what
//! `spin:sqlite` and `spin:key-value` stand on.
//!
//! One engine serves both: SQLite with one writer that commits in groups and
//! readers beside it (see [`sqlite`]), so there is one story about durability,
//! full disks and killed processes.

pub mod key_value;
#[cfg(test)]
mod measure;
pub mod sqlite;
mod state_lock;

pub use key_value::KeyValue;
pub use sqlite::{Sqlite, SqliteOptions};
pub use sqlite::{SqliteError, SqliteErrorKind};
pub use state_lock::{StateLock, lock_state_dir};

/// A value of a parameter or of a column, as `spin:sqlite` knows them.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A 64-bit integer.
    Integer(i64),
    /// A floating point number.
    Real(f64),
    /// Text, always UTF-8.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
    /// NULL.
    Null,
}

impl Value {
    /// What the value occupies, counted the way Spin counts results.
    #[must_use]
    pub fn size_bytes(&self) -> usize {
        let beyond = match self {
            Self::Text(text) => text.len(),
            Self::Blob(bytes) => bytes.len(),
            Self::Integer(_) | Self::Real(_) | Self::Null => 0,
        };
        size_of::<Self>() + beyond
    }
}

/// What one statement gave.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct QueryResult {
    /// Names of the columns; empty for a statement without a result.
    pub columns: Vec<String>,
    /// Rows, each with one value per column.
    pub rows: Vec<Vec<Value>>,
    /// Rows this very statement inserted, updated or deleted, without those of
    /// its triggers.
    pub changes: u64,
    /// The rowid of the last row this very statement inserted; 0 if it
    /// inserted none. A connection of a guest keeps the last one that is not 0.
    pub last_insert_rowid: i64,
}
