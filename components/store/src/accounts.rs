//! Accounts, by what people sign in with and by id.

use crate::Store;
use crate::bindings::exports::inaproc::akses::accounts::{Account, Error, Guest, Id};
use crate::database::{database, optional};
use crate::row::Row;

impl Guest for Store {
    fn by_email(email: String) -> Result<Option<Account>, Error> {
        find(include_str!("../sql/account_by_email.sql"), email)
    }

    fn by_id(id: Id) -> Result<Option<Account>, Error> {
        find(include_str!("../sql/account_by_id.sql"), id)
    }
}

fn find(sql: &str, key: String) -> Result<Option<Account>, Error> {
    optional(database()?.first(sql, &[key.into()])?, account)
}

fn account(row: &mut Row) -> Result<Account, Error> {
    Ok(Account {
        id: row.take()?,
        email: row.take()?,
        name: row.take()?,
        password_hash: row.take()?,
        service_number: row.take()?,
        profile: row.take()?,
        failed_sign_ins: row.take()?,
        last_failure_at: row.take()?,
        version: row.take()?,
    })
}
