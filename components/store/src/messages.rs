//! What lies in people's boxes.

use crate::bindings::exports::inaproc::akses::messages::{
    Cursor, Error, Guest, Id, InstantMs, Message,
};
use crate::database::{all, database, optional};
use crate::row::Row;
use crate::{Store, page};

impl Guest for Store {
    fn of_account(account: Id, after: Option<Cursor>, limit: u32) -> Result<Vec<Message>, Error> {
        let (created_at, id) = after.map_or((i64::MAX, String::new()), |cursor| {
            (cursor.created_at, cursor.message)
        });
        let parameters = [account.into(), created_at.into(), id.into(), page(limit)];
        let sql = include_str!("../sql/message_of_account.sql");
        all(database()?.query(sql, &parameters)?, message)
    }

    fn by_id(id: Id) -> Result<Option<Message>, Error> {
        let sql = include_str!("../sql/message_by_id.sql");
        optional(database()?.first(sql, &[id.into()])?, message)
    }

    fn mark_read(id: Id, now: InstantMs) -> Result<(), Error> {
        let sql = include_str!("../sql/message_read.sql");
        database()?.change(sql, &[id.into(), now.into()])?;
        Ok(())
    }
}

fn message(row: &mut Row) -> Result<Message, Error> {
    Ok(Message {
        id: row.take()?,
        account: row.take()?,
        kind: row.take()?,
        ticket: row.take()?,
        institution_name: row.take()?,
        work_unit_name: row.take()?,
        zone: row.take()?,
        letter: row.take()?,
        created_at: row.take()?,
        expires_at: row.take()?,
        read_at: row.take()?,
    })
}
