//! Requests whose deadline comes near or is over.

use crate::Store;
use crate::bindings::exports::inaproc::akses::deadlines::{DueRequest, Error, Guest, InstantMs};
use crate::database::{all, database};

/// What one run reads at once. More than a page of a list, because what is read
/// together is told together: one mail for a desk.
const DUE_ROWS_MAX: u32 = 5_000;

impl Guest for Store {
    fn due(now: InstantMs, limit: u32) -> Result<Vec<DueRequest>, Error> {
        let sql = include_str!("../sql/deadline_due.sql");
        let parameters = [now.into(), limit.min(DUE_ROWS_MAX).into()];
        all(database()?.query(sql, &parameters)?, |row| {
            Ok(DueRequest {
                request: row.take()?,
                desk: row.take()?,
                rank: row.take()?,
                submitted_at: row.take()?,
                deadline_at: row.take()?,
            })
        })
    }
}
