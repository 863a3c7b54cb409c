//! Reminders before an end (EXP-7). A batch is one statement, as in `expiry`: a
//! kill leaves every access with its event and its mail, or with neither, and runs
//! that overlap find what the others left.

use crate::Store;
use crate::bindings::exports::inaproc::akses::reminders::{
    Batch, Error, Guest, InstantMs, Place, Window,
};
use crate::database::{Database, database, optional};
use spin_sdk::sqlite::Value;

/// The largest batch: other writers wait while one runs.
const BATCH_ROWS_MAX: u32 = 20_000;

/// Behind every row.
const LAST_ROW: i64 = i64::MAX;

impl Guest for Store {
    fn remind(
        window: Window,
        now: InstantMs,
        behind: Option<Place>,
        limit: u32,
    ) -> Result<Batch, Error> {
        let database = database()?;
        let limit = limit.min(BATCH_ROWS_MAX);
        let Some(behind) = start(database, &window, behind)? else {
            return Ok(Batch {
                reminded: 0,
                next: None,
            });
        };
        let parameters = [
            now.into(),
            window.zone.as_str().into(),
            window.days.into(),
            behind.ends_at.into(),
            window.until.into(),
            limit.into(),
            behind.row.into(),
        ];
        let changes = database.change(include_str!("../sql/reminder_send.sql"), &parameters)?;
        let reminded = u32::try_from(changes)
            .map_err(|_| Error::Corrupt("a batch was larger than its limit".to_owned()))?;
        if reminded < limit {
            reach(database, &window)?;
            return Ok(Batch {
                reminded,
                next: None,
            });
        }
        Ok(Batch {
            reminded,
            next: last_place(database)?,
        })
    }
}

/// Where a batch begins; none when earlier runs came to the end of the window. A
/// progress beyond the window was left by a clock that has gone back since, so it
/// says nothing about this window.
fn start(
    database: &Database,
    window: &Window,
    behind: Option<Place>,
) -> Result<Option<Place>, Error> {
    if behind.is_some() {
        return Ok(behind);
    }
    let key = [window.zone.as_str().into(), window.days.into()];
    let found = database.first(include_str!("../sql/reminder_reached.sql"), &key)?;
    let reached: Option<i64> = optional(found, |row| row.take())?;
    let after = match reached {
        Some(reached) if reached == window.until => return Ok(None),
        Some(reached) if reached < window.until => reached.max(window.after),
        _ => window.after,
    };
    Ok(Some(Place {
        ends_at: after,
        row: LAST_ROW,
    }))
}

/// Everybody up to the window's end was reminded. Whoever's end comes into it after
/// this, by an approval, is reminded at the next stage.
fn reach(database: &Database, window: &Window) -> Result<(), Error> {
    let parameters: [Value; 3] = [
        window.zone.as_str().into(),
        window.days.into(),
        window.until.into(),
    ];
    database.query(include_str!("../sql/reminder_reach.sql"), &parameters)?;
    Ok(())
}

/// Where the access of the last reminder of this connection lies.
fn last_place(database: &Database) -> Result<Option<Place>, Error> {
    let last = [database.last_insert_rowid().into()];
    let found = database.first(include_str!("../sql/reminder_place.sql"), &last)?;
    optional(found, |row| {
        Ok(Place {
            ends_at: row.take()?,
            row: row.take()?,
        })
    })
}
