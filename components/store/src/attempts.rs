//! Guesses of a secret, counted.

use crate::Store;
use crate::bindings::exports::inaproc::akses::attempts::{
    Admission, Bounds, Error, Guest, Holder, InstantMs,
};
use crate::database::{database, optional};
use crate::digest::sha256_hex;
use serde_json::json;
use spin_sdk::sqlite::Value;

impl Guest for Store {
    fn count(holders: Vec<Holder>, now: InstantMs, bounds: Bounds) -> Result<Admission, Error> {
        let sql = include_str!("../sql/attempt_count.sql");
        let attempt = [
            names(&holders),
            now.into(),
            bounds.attempts_max.into(),
            bounds.rest_ms.into(),
        ];
        if !database()?.query(sql, &attempt)?.is_empty() {
            return Ok(Admission::Admitted);
        }
        let until = Self::resting_until(holders, now, bounds)?;
        // Somebody else's attempt was taken back meanwhile: now there is one left.
        Ok(Admission::Resting(until.unwrap_or(now)))
    }

    fn resting_until(
        holders: Vec<Holder>,
        now: InstantMs,
        bounds: Bounds,
    ) -> Result<Option<InstantMs>, Error> {
        let sql = include_str!("../sql/attempt_rest.sql");
        let asked = [names(&holders), now.into(), bounds.attempts_max.into()];
        let until = optional(database()?.first(sql, &asked)?, |row| row.take())?;
        Ok(until.flatten())
    }

    fn forgive(holders: Vec<Holder>) -> Result<(), Error> {
        database()?.change(
            include_str!("../sql/attempt_forgive.sql"),
            &[names(&holders)],
        )?;
        Ok(())
    }
}

/// Under which names attempts are counted.
fn names(holders: &[Holder]) -> Value {
    let names: Vec<_> = holders.iter().map(name).collect();
    json!(names).to_string().into()
}

fn name(holder: &Holder) -> String {
    match holder {
        Holder::Account(id) => format!("account/{id}"),
        Holder::SirupUserName(name) => format!("user-name/{}", sha256_hex(name)),
        Holder::UnknownAddress(address) => format!("address/{}", sha256_hex(address)),
    }
}
