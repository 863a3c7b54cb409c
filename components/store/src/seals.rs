//! What the hash chain over the record needs (ALL-1).

use crate::bindings::exports::inaproc::akses::seals::{Error, Guest, Line, Seal};
use crate::database::{all, database, optional};
use crate::{Store, page};
use akses_seal::SEAL_SUBJECT;

impl Guest for Store {
    fn newest() -> Result<Option<Seal>, Error> {
        let sql = include_str!("../sql/seal_newest.sql");
        optional(database()?.first(sql, &[SEAL_SUBJECT.into()])?, |row| {
            Ok(Seal {
                number: row.take()?,
                data: row.take()?,
            })
        })
    }

    fn lines(after_seq: i64, limit: u32) -> Result<Vec<Line>, Error> {
        let sql = include_str!("../sql/seal_lines.sql");
        all(
            database()?.query(sql, &[after_seq.into(), page(limit)])?,
            |row| {
                Ok(Line {
                    seq: row.take()?,
                    json: row.take()?,
                })
            },
        )
    }
}
