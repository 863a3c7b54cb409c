//! Whether institutions have somebody who verifies.

use crate::bindings::exports::inaproc::akses::continuity::{Coverage, Error, Gap, Guest, Id};
use crate::database::{all, database, optional};
use crate::row::Row;
use crate::{Store, page};

impl Guest for Store {
    fn page(after: Option<Id>, limit: u32) -> Result<Vec<Coverage>, Error> {
        let sql = include_str!("../sql/continuity_page.sql");
        all(
            database()?.query(sql, &[after.into(), page(limit)])?,
            coverage,
        )
    }

    fn of_institution(institution: Id) -> Result<Option<Coverage>, Error> {
        let sql = include_str!("../sql/continuity_of.sql");
        optional(database()?.first(sql, &[institution.into()])?, coverage)
    }

    fn unreported(limit: u32) -> Result<Vec<Gap>, Error> {
        let sql = include_str!("../sql/continuity_unreported.sql");
        all(database()?.query(sql, &[page(limit)])?, |row| {
            Ok(Gap {
                institution: row.take()?,
                name: row.take()?,
                zone: row.take()?,
                state: row.take()?,
                last_end: row.take()?,
                version: row.take()?,
            })
        })
    }
}

fn coverage(row: &mut Row) -> Result<Coverage, Error> {
    Ok(Coverage {
        institution: row.take()?,
        name: row.take()?,
        zone: row.take()?,
        last_end: row.take()?,
        known_state: row.take()?,
        known_end: row.take()?,
        known_version: row.take()?,
    })
}
