//! Letters for many people.

use crate::bindings::exports::inaproc::akses::collective::{Error, Guest, Id, Letter, Row as Line};
use crate::database::{all, database, optional};
use crate::row::Row;
use crate::{PAGE_ROWS_MAX, Store};

impl Guest for Store {
    fn find(id: Id) -> Result<Option<Letter>, Error> {
        let sql = include_str!("../sql/collective_find.sql");
        optional(database()?.first(sql, &[id.into()])?, letter)
    }

    fn rows(id: Id) -> Result<Vec<Line>, Error> {
        let parameters = [id.into(), PAGE_ROWS_MAX.into()];
        let sql = include_str!("../sql/collective_rows.sql");
        all(database()?.query(sql, &parameters)?, line)
    }

    fn author_of(request: Id) -> Result<Option<Id>, Error> {
        let sql = include_str!("../sql/collective_author_of.sql");
        optional(database()?.first(sql, &[request.into()])?, |row| row.take())
    }
}

fn letter(row: &mut Row) -> Result<Letter, Error> {
    Ok(Letter {
        id: row.take()?,
        institution: row.take()?,
        institution_name: row.take()?,
        zone: row.take()?,
        filed_by: row.take()?,
        filed_by_name: row.take()?,
        document: row.take()?,
        state: row.take()?,
        checked_at: row.take()?,
        filed_at: row.take()?,
        version: row.take()?,
    })
}

fn line(row: &mut Row) -> Result<Line, Error> {
    Ok(Line {
        line: row.take()?,
        account: row.take()?,
        account_name: row.take()?,
        role: row.take()?,
        role_name: row.take()?,
        work_unit: row.take()?,
        work_unit_name: row.take()?,
        valid_until: row.take()?,
        errors: row.take()?,
        struck: row.take()?,
        access: row.take()?,
        request: row.take()?,
        filed: row.take()?,
        verified_by: row.take()?,
        outcome: row.take()?,
        known_here: row.take()?,
    })
}
