//! Meetings as the triggers folded them (MTG-1..4).

use crate::bindings::exports::inaproc::akses::meetings::{
    Cursor, Due, Error, Guest, Id, InstantMs, Meeting, Slot,
};
use crate::database::{all, database, optional};
use crate::row::Row;
use crate::{PAGE_ROWS_MAX, Store, page};
use spin_sdk::sqlite::Value;

/// What a desk has that nobody counted.
const ROOMS_DEFAULT: u32 = 1;

impl Guest for Store {
    fn of_request(request: Id) -> Result<Option<Meeting>, Error> {
        let sql = include_str!("../sql/meeting_by_request.sql");
        optional(database()?.first(sql, &[request.into()])?, meeting)
    }

    fn rooms(desk: String) -> Result<u32, Error> {
        let sql = include_str!("../sql/meeting_rooms.sql");
        let rooms = optional(database()?.first(sql, &[desk.into()])?, |row| row.take())?;
        Ok(rooms.unwrap_or(ROOMS_DEFAULT))
    }

    fn taken(desk: String, since: InstantMs, until: InstantMs) -> Result<Vec<Slot>, Error> {
        let parameters = [
            desk.into(),
            since.into(),
            until.into(),
            PAGE_ROWS_MAX.into(),
        ];
        let rows = database()?.query(include_str!("../sql/meeting_taken.sql"), &parameters)?;
        all(rows, |row| {
            Ok(Slot {
                starts_at: row.take()?,
                place: row.take()?,
            })
        })
    }

    fn unscheduled(after: Option<(InstantMs, Id)>, limit: u32) -> Result<Vec<Meeting>, Error> {
        let (submitted_at, request) = after.unwrap_or((i64::MIN, String::new()));
        let parameters = [submitted_at.into(), request.into(), page(limit)];
        list(include_str!("../sql/meeting_unscheduled.sql"), &parameters)
    }

    fn to_close(what: Due, now: InstantMs, limit: u32) -> Result<Vec<Meeting>, Error> {
        let sql = match what {
            Due::Over => include_str!("../sql/meeting_over.sql"),
            Due::LeftWaiting => include_str!("../sql/meeting_left_waiting.sql"),
            Due::Lapsed => include_str!("../sql/meeting_lapsed.sql"),
        };
        list(sql, &[now.into(), page(limit)])
    }

    fn waiting(desk: String, since: InstantMs, limit: u32) -> Result<Vec<Meeting>, Error> {
        let parameters = [desk.into(), since.into(), page(limit)];
        list(include_str!("../sql/meeting_waiting.sql"), &parameters)
    }

    fn ahead(request: Id, since: InstantMs) -> Result<u32, Error> {
        let sql = include_str!("../sql/meeting_ahead.sql");
        let row = database()?.first(sql, &[request.into(), since.into()])?;
        Ok(optional(row, |row| row.take())?.unwrap_or_default())
    }

    fn of_desk(
        desk: String,
        since: InstantMs,
        until: InstantMs,
        after: Option<Cursor>,
        limit: u32,
    ) -> Result<Vec<Meeting>, Error> {
        let after = after.unwrap_or(Cursor {
            starts_at: i64::MIN,
            place: 0,
            request: String::new(),
        });
        let parameters = [
            desk.into(),
            since.into(),
            until.into(),
            after.starts_at.into(),
            after.place.into(),
            after.request.into(),
            page(limit),
        ];
        list(include_str!("../sql/meeting_of_desk.sql"), &parameters)
    }
}

fn list(sql: &str, parameters: &[Value]) -> Result<Vec<Meeting>, Error> {
    all(database()?.query(sql, parameters)?, meeting)
}

fn meeting(row: &mut Row) -> Result<Meeting, Error> {
    Ok(Meeting {
        request: row.take()?,
        access: row.take()?,
        account: row.take()?,
        account_name: row.take()?,
        role: row.take()?,
        role_name: row.take()?,
        institution: row.take()?,
        institution_name: row.take()?,
        work_unit: row.take()?,
        work_unit_name: row.take()?,
        desk: row.take()?,
        zone: row.take()?,
        state: row.take()?,
        submitted_at: row.take()?,
        starts_at: row.take()?,
        ends_at: row.take()?,
        place: row.take()?,
        closes_at: row.take()?,
        called_at: row.take()?,
        called_by: row.take()?,
        room: row.take()?,
        version: row.take()?,
    })
}
