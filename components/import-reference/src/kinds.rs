//! What every kind of row has in common: a row becomes the event that records it,
//! or nothing, or it is wrong.

use crate::{RowError, RowFault};
use akses_domain::time::Date;
use serde_json::Value;
use uuid::Uuid;

/// What a row means for the record.
pub(crate) enum Change {
    /// It is recorded already.
    Nothing,
    /// One event; version 1 makes something new.
    Record {
        subject: String,
        version: u32,
        kind: &'static str,
        data: Value,
        institution: Option<String>,
    },
}

/// A row of one kind.
pub(crate) trait Kind {
    /// Checks the row against what is recorded.
    fn change(self) -> Result<Change, RowFault>;
}

pub(crate) fn wrong(field: &'static str, detail: impl Into<String>) -> RowFault {
    RowFault::Wrong(RowError {
        field,
        detail: detail.into(),
    })
}

pub(crate) fn require(field: &'static str, value: &str) -> Result<(), RowFault> {
    if value.is_empty() {
        Err(wrong(field, "Wajib diisi."))
    } else {
        Ok(())
    }
}

pub(crate) fn one_of(field: &'static str, value: &str, choices: &[&str]) -> Result<(), RowFault> {
    if choices.contains(&value) {
        return Ok(());
    }
    Err(wrong(
        field,
        format!("Isi dengan salah satu dari: {}.", choices.join(", ")),
    ))
}

/// A new id, or the one that is recorded, with the version that follows.
pub(crate) fn next(existing: Option<(String, u32)>) -> (String, u32) {
    existing.map_or_else(
        || (Uuid::now_v7().hyphenated().to_string(), 1),
        |(id, version)| (id, version + 1),
    )
}

/// A calendar day.
pub(crate) fn day(field: &'static str, text: &str) -> Result<Date, RowFault> {
    text.parse().map_err(|_| wrong(field, "Bukan tanggal."))
}
