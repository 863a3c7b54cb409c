//! What the operations around a collective letter share: a Kepala UKPBJ asks with one
//! signed letter for the accesses of many people. The file is checked whole and kept
//! as a draft; wrong rows are struck; filing makes of each row a request of its own,
//! with its own record, which verifiers decide one by one or together.

mod file;
mod row;
mod view;

pub use file::{BadFile, COLUMNS, FILE_BYTES_MAX, ROWS_MAX, RowError, TEMPLATE, Typed, read};
pub use row::{Asked, Known, When, again, recognise};
pub use view::{LetterView, Notes, Reader, errors, is_authors, is_decided_by, letter, reader};

/// How long after the first filing the rows that something stood in the way of can be
/// filed again (ours). After that a letter is a paper of the past.
pub const FILING_HOURS: i64 = 24;

/// No new row begins after this time of a request; hosts give one 30 s. The same
/// request sent again goes on.
pub const REQUEST_MS_MAX: u64 = 15_000;
