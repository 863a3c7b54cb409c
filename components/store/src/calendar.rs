//! Days off (ALL-5) and office hours (PWD-2).

use crate::bindings::exports::inaproc::akses::calendar::{
    CalendarDate, Error, Guest, Holiday, Id, OfficeSpan,
};
use crate::database::{all, database, optional};
use crate::row::Row;
use crate::{PAGE_ROWS_MAX, Store};

impl Guest for Store {
    fn holidays(first: CalendarDate, last: CalendarDate) -> Result<Vec<Holiday>, Error> {
        let parameters = [first.into(), last.into(), PAGE_ROWS_MAX.into()];
        let sql = include_str!("../sql/holiday_list.sql");
        all(database()?.query(sql, &parameters)?, holiday)
    }

    fn office_hours(institution: Id) -> Result<Vec<OfficeSpan>, Error> {
        let parameters = [institution.into(), PAGE_ROWS_MAX.into()];
        let sql = include_str!("../sql/office_hours_list.sql");
        all(database()?.query(sql, &parameters)?, office_span)
    }

    fn office_span_by_key(
        institution: String,
        weekday: u32,
        from_minute: u32,
    ) -> Result<Option<OfficeSpan>, Error> {
        let parameters = [institution.into(), weekday.into(), from_minute.into()];
        let sql = include_str!("../sql/office_hours_find.sql");
        optional(database()?.first(sql, &parameters)?, office_span)
    }
}

fn office_span(row: &mut Row) -> Result<OfficeSpan, Error> {
    Ok(OfficeSpan {
        id: row.take()?,
        institution: row.take()?,
        weekday: row.take()?,
        from_minute: row.take()?,
        until_minute: row.take()?,
        source: row.take()?,
        version: row.take()?,
    })
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
