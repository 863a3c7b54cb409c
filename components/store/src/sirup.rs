//! Links with SiRUP, and SiRUP's failures.

use crate::Store;
use crate::bindings::exports::inaproc::akses::sirup::{
    Error, Failures, Guest, Id, InstantMs, LinkedUser,
};
use crate::database::{database, optional};

impl Guest for Store {
    fn linked(account: Id) -> Result<Option<LinkedUser>, Error> {
        let sql = include_str!("../sql/sirup_linked_user.sql");
        optional(database()?.first(sql, &[account.into()])?, |row| {
            Ok(LinkedUser {
                user_id: row.take()?,
                user_name: row.take()?,
            })
        })
    }

    fn linked_user_name(account: Id) -> Result<Option<String>, Error> {
        Ok(Self::linked(account)?.map(|linked| linked.user_name))
    }

    fn recent_failures() -> Result<Option<Failures>, Error> {
        let sql = include_str!("../sql/sirup_failures.sql");
        optional(database()?.first(sql, &[])?, |row| {
            Ok(Failures {
                count: row.take()?,
                retry_at: row.take()?,
            })
        })
    }

    fn claim_trial(now: InstantMs, retry_at: InstantMs) -> Result<bool, Error> {
        let sql = include_str!("../sql/sirup_trial.sql");
        let claimed = database()?.query(sql, &[now.into(), retry_at.into()])?;
        Ok(!claimed.is_empty())
    }

    fn note_failure(
        now: InstantMs,
        within_ms: i64,
        failures_max: u32,
        retry_at: InstantMs,
    ) -> Result<(), Error> {
        let sql = include_str!("../sql/sirup_failed.sql");
        let parameters = [
            now.into(),
            within_ms.into(),
            failures_max.into(),
            retry_at.into(),
        ];
        database()?.change(sql, &parameters)?;
        Ok(())
    }

    fn note_answer() -> Result<(), Error> {
        database()?.change(include_str!("../sql/sirup_answered.sql"), &[])?;
        Ok(())
    }
}
