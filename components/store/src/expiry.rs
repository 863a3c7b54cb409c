//! The sweep (EXP-3): one statement for each batch, so that a kill between or in
//! the middle of batches leaves every access with its event and its mail, or
//! with neither. Sweeps that overlap find what the others left.
//!
//! Normally few accesses are due and an index by end dates finds them. After the
//! cut-off (EXP-4) or a long outage very many are, and taking them by end date
//! would write several pages for each row, because neighbours in that order lie
//! apart in the tables. Then batches follow the order in which accesses are
//! stored, which writes about a fifth as much.

use crate::Store;
use crate::bindings::exports::inaproc::akses::expiry::{CutOff, Error, Guest, InstantMs};
use crate::database::{Database, database, optional};
use spin_sdk::sqlite::Value;
use std::sync::atomic::{AtomicI64, Ordering};

/// So many due accesses make it worth to walk the whole table, due or not.
const BY_PLACE_ROWS_MIN: u32 = 20_000;

/// The largest batch: other writers wait while one runs.
const BATCH_ROWS_MAX: u32 = 20_000;

/// Where the last batch by place ended. Only a hint that saves time: what lies
/// before it is found by end date.
static PLACE: AtomicI64 = AtomicI64::new(START);

/// Before the first rowid.
const START: i64 = 0;

impl Guest for Store {
    fn expire_due(now: InstantMs, cut_off: CutOff, limit: u32) -> Result<u32, Error> {
        let sweep = Sweep {
            database: database()?,
            now,
            cut_off,
        };
        let mut expired = 0;
        while expired < limit {
            let wanted = (limit - expired).min(BATCH_ROWS_MAX);
            let batch = sweep.batch(wanted)?;
            expired += batch;
            if batch < wanted {
                break;
            }
        }
        Ok(expired)
    }
}

struct Sweep {
    database: &'static Database,
    now: InstantMs,
    cut_off: CutOff,
}

impl Sweep {
    /// Expires up to `limit` accesses; fewer means that none is left.
    fn batch(&self, limit: u32) -> Result<u32, Error> {
        let mut expired = 0;
        if self.many_are_due()? {
            expired = self.by_place(limit)?;
        }
        if expired < limit {
            expired += self.by_end(limit - expired)?;
        }
        Ok(expired)
    }

    fn many_are_due(&self) -> Result<bool, Error> {
        let sql = include_str!("../sql/expiry_due_count.sql");
        let counted = self
            .database
            .first(sql, &self.parameters(BY_PLACE_ROWS_MIN))?;
        let due: Option<u32> = optional(counted, |row| row.take())?;
        Ok(due == Some(BY_PLACE_ROWS_MIN))
    }

    fn by_end(&self, limit: u32) -> Result<u32, Error> {
        let sql = include_str!("../sql/expiry_by_end.sql");
        self.expire(sql, &self.parameters(limit))
    }

    fn by_place(&self, limit: u32) -> Result<u32, Error> {
        let mut parameters = self.parameters(limit).to_vec();
        parameters.push(PLACE.load(Ordering::Relaxed).into());
        let expired = self.expire(include_str!("../sql/expiry_by_place.sql"), &parameters)?;
        let reached_the_end = expired < limit;
        PLACE.store(
            if reached_the_end {
                START
            } else {
                self.last_place()?
            },
            Ordering::Relaxed,
        );
        Ok(expired)
    }

    /// Where the access of the last event of this connection is stored.
    fn last_place(&self) -> Result<i64, Error> {
        let sql = include_str!("../sql/expiry_place.sql");
        let last = self.database.last_insert_rowid();
        let place = self.database.first(sql, &[last.into()])?;
        Ok(optional(place, |row| row.take())?.unwrap_or(START))
    }

    fn expire(&self, sql: &str, parameters: &[Value]) -> Result<u32, Error> {
        let changes = self.database.change(sql, parameters)?;
        u32::try_from(changes)
            .map_err(|_| Error::Corrupt("a batch was larger than its limit".to_owned()))
    }

    fn parameters(&self, limit: u32) -> [Value; 5] {
        let CutOff { wib, wita, wit } = self.cut_off;
        [
            self.now.into(),
            wib.into(),
            wita.into(),
            wit.into(),
            limit.into(),
        ]
    }
}
