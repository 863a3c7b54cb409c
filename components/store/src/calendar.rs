//! Days off (ALL-5).

use crate::bindings::exports::inaproc::akses::calendar::{CalendarDate, Error, Guest, Holiday};
use crate::database::{all, database};
use crate::row::Row;
use crate::{PAGE_ROWS_MAX, Store};

impl Guest for Store {
    fn holidays(first: CalendarDate, last: CalendarDate) -> Result<Vec<Holiday>, Error> {
        let parameters = [first.into(), last.into(), PAGE_ROWS_MAX.into()];
        let sql = include_str!("../sql/holiday_list.sql");
        all(database()?.query(sql, &parameters)?, holiday)
    }
}

fn holiday(row: &mut Row) -> Result<Holiday, Error> {
    Ok(Holiday {
        id: row.take()?,
        date: row.take()?,
        name: row.take()?,
        kind: row.take()?,
        source: row.take()?,
        version: row.take()?,
    })
}
