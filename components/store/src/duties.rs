//! Who is called on for what.

use crate::bindings::exports::inaproc::akses::duties::{Error, Guest, Holding, Id};
use crate::database::{all, database};
use crate::row::Row;
use crate::{PAGE_ROWS_MAX, Store};

impl Guest for Store {
    fn of_account(account: Id) -> Result<Vec<Holding>, Error> {
        let sql = include_str!("../sql/duty_of_account.sql");
        all(database()?.query(sql, &[account.into()])?, holding)
    }

    fn holders(duty: String, institution: Id) -> Result<Vec<Holding>, Error> {
        let parameters = [duty.into(), institution.into(), PAGE_ROWS_MAX.into()];
        let sql = include_str!("../sql/duty_holders.sql");
        all(database()?.query(sql, &parameters)?, holding)
    }

    fn holders_of_unit(duty: String, work_unit: Id) -> Result<Vec<Holding>, Error> {
        let parameters = [duty.into(), work_unit.into(), PAGE_ROWS_MAX.into()];
        let sql = include_str!("../sql/duty_holders_of_unit.sql");
        all(database()?.query(sql, &parameters)?, holding)
    }

    fn holders_everywhere(duty: String) -> Result<Vec<Holding>, Error> {
        let sql = include_str!("../sql/duty_holders_everywhere.sql");
        let parameters = [duty.into(), PAGE_ROWS_MAX.into()];
        all(database()?.query(sql, &parameters)?, holding)
    }
}

fn holding(row: &mut Row) -> Result<Holding, Error> {
    Ok(Holding {
        duty: row.take()?,
        account: row.take()?,
        role: row.take()?,
        institution: row.take()?,
        work_unit: row.take()?,
        zone: row.take()?,
        ends_at: row.take()?,
    })
}
