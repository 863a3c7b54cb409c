//! Links with SiRUP, attempts to make one, and SiRUP's failures.

use crate::Store;
use crate::bindings::exports::inaproc::akses::sirup::{
    Admission, Bounds, Error, Failures, Guest, Id, InstantMs, LinkedUser,
};
use crate::database::{database, optional};
use sha2::{Digest, Sha256};
use spin_sdk::sqlite::Value;

/// How many attempts whose rest is over are removed with each new one: more than
/// come in, so the table stays as small as what happens within one rest.
const SWEPT_MAX: u32 = 100;

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

    fn count_attempt(
        account: Id,
        user_name: String,
        now: InstantMs,
        bounds: Bounds,
    ) -> Result<Admission, Error> {
        let database = database()?;
        let swept = [(now - bounds.rest_ms).into(), SWEPT_MAX.into()];
        database.change(include_str!("../sql/sirup_attempt_sweep.sql"), &swept)?;
        let [account, user_name] = holders(&account, &user_name);
        let attempt = [
            account,
            user_name,
            now.into(),
            bounds.attempts_max.into(),
            bounds.rest_ms.into(),
        ];
        let counted = database.query(include_str!("../sql/sirup_attempt_count.sql"), &attempt)?;
        if !counted.is_empty() {
            return Ok(Admission::Admitted);
        }
        let sql = include_str!("../sql/sirup_attempt_rest.sql");
        let until = optional(database.first(sql, &attempt)?, |row| {
            row.take::<Option<InstantMs>>()
        })?;
        // Somebody else's attempt was taken back meanwhile: now there is one left.
        Ok(Admission::Resting(until.flatten().unwrap_or(now)))
    }

    fn forgive_attempt(account: Id, user_name: String) -> Result<(), Error> {
        let sql = include_str!("../sql/sirup_attempt_forgive.sql");
        database()?.change(sql, &holders(&account, &user_name))?;
        Ok(())
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

/// Under which names attempts are counted.
fn holders(account: &str, user_name: &str) -> [Value; 2] {
    let digest = Sha256::digest(user_name);
    let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    [
        format!("account/{account}").into(),
        format!("user-name/{digest}").into(),
    ]
}
