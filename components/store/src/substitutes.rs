//! Who stands in for absent verifiers.

use crate::bindings::exports::inaproc::akses::substitutes::{
    Error, Guest, Id, InstantMs, Standing, Substitution,
};
use crate::database::{all, database, optional};
use crate::row::Row;
use crate::{PAGE_ROWS_MAX, Store, page};

impl Guest for Store {
    fn by_id(id: Id) -> Result<Option<Substitution>, Error> {
        let sql = include_str!("../sql/substitution_by_id.sql");
        optional(database()?.first(sql, &[id.into()])?, substitution)
    }

    fn of_account(account: Id, limit: u32) -> Result<Vec<Substitution>, Error> {
        let sql = include_str!("../sql/substitution_of_account.sql");
        let parameters = [account.into(), page(limit)];
        all(database()?.query(sql, &parameters)?, substitution)
    }

    fn standing_in(institution: Id, now: InstantMs) -> Result<Vec<Standing>, Error> {
        let sql = include_str!("../sql/substitute_standing_in.sql");
        let parameters = [institution.into(), now.into(), PAGE_ROWS_MAX.into()];
        all(database()?.query(sql, &parameters)?, |row| {
            Ok(Standing {
                account: row.take()?,
                zone: row.take()?,
                ends_at: row.take()?,
            })
        })
    }

    fn belongs(account: Id, institution: Id) -> Result<Option<InstantMs>, Error> {
        let sql = include_str!("../sql/substitute_belongs.sql");
        let parameters = [account.into(), institution.into()];
        let end = optional(database()?.first(sql, &parameters)?, |row| row.take())?;
        Ok(end.flatten())
    }
}

fn substitution(row: &mut Row) -> Result<Substitution, Error> {
    Ok(Substitution {
        id: row.take()?,
        absent: row.take()?,
        absent_name: row.take()?,
        substitute: row.take()?,
        substitute_name: row.take()?,
        institution: row.take()?,
        institution_name: row.take()?,
        zone: row.take()?,
        first_day: row.take()?,
        last_day: row.take()?,
        starts_at: row.take()?,
        ends_at: row.take()?,
        ended_at: row.take()?,
        version: row.take()?,
    })
}
