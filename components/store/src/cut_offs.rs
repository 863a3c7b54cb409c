//! Letters of the directorate that cut past-due accesses off (EXP-4).

use crate::bindings::exports::inaproc::akses::cut_offs::{CutOff, Due, Ended, Error, Guest, Id};
use crate::database::{all, database, optional};
use crate::row::Row;
use crate::{PAGE_ROWS_MAX, Store, page};

impl Guest for Store {
    fn by_id(id: Id) -> Result<Option<CutOff>, Error> {
        let sql = include_str!("../sql/cut_off_by_id.sql");
        optional(database()?.first(sql, &[id.into()])?, cut_off)
    }

    fn planned(before: Option<i64>, limit: u32) -> Result<Vec<CutOff>, Error> {
        let parameters = [before.unwrap_or(i64::MAX).into(), page(limit)];
        let sql = include_str!("../sql/cut_off_list.sql");
        all(database()?.query(sql, &parameters)?, cut_off)
    }

    fn of_institution(institution: Id) -> Result<Option<CutOff>, Error> {
        let sql = include_str!("../sql/cut_off_of_institution.sql");
        optional(database()?.first(sql, &[institution.into()])?, cut_off)
    }

    fn due_by(id: Id) -> Result<Vec<Due>, Error> {
        let parameters = [id.into(), PAGE_ROWS_MAX.into()];
        let sql = include_str!("../sql/cut_off_due.sql");
        all(database()?.query(sql, &parameters)?, due)
    }

    fn ended_by(id: Id) -> Result<Vec<Ended>, Error> {
        let parameters = [id.into(), PAGE_ROWS_MAX.into()];
        let sql = include_str!("../sql/cut_off_ended.sql");
        all(database()?.query(sql, &parameters)?, ended)
    }
}

fn cut_off(row: &mut Row) -> Result<CutOff, Error> {
    Ok(CutOff {
        seq: row.take()?,
        id: row.take()?,
        letter_number: row.take()?,
        letter_date: row.take()?,
        last_day: row.take()?,
        scope: row.take()?,
        withdrawn: row.take()?,
        planned_at: row.take()?,
        version: row.take()?,
    })
}

fn due(row: &mut Row) -> Result<Due, Error> {
    Ok(Due {
        institution: row.take()?,
        code: row.take()?,
        name: row.take()?,
        zone: row.take()?,
        accesses: row.take()?,
        waiting: row.take()?,
    })
}

fn ended(row: &mut Row) -> Result<Ended, Error> {
    Ok(Ended {
        institution: row.take()?,
        code: row.take()?,
        name: row.take()?,
        zone: row.take()?,
        accesses: row.take()?,
        approved: row.take()?,
        rejected: row.take()?,
        waiting: row.take()?,
        first_at: row.take()?,
        last_at: row.take()?,
    })
}
