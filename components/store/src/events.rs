//! The record.

use crate::Store;
use crate::bindings::exports::inaproc::akses::events::{
    Appended, Error, Event, Guest, Id, Idempotency, Recorded, Stamp,
};
use crate::database::{Database, all, database, optional};
use crate::failure::Failure;
use crate::row::Row;
use spin_sdk::sqlite::Value;

/// The longest history that is read at once. A longer one is an error rather
/// than a part of it, because a state folded from a part would be wrong.
const HISTORY_EVENTS_MAX: u32 = 10_000;

impl Guest for Store {
    fn append(event: Event, by: Stamp) -> Result<Appended, Error> {
        let database = database()?;
        match database.first(
            include_str!("../sql/event_append.sql"),
            &parameters(&event, &by),
        ) {
            Ok(Some(_)) => Ok(Appended::Recorded),
            // Engines that let two writers run at once find out at the end that
            // the version or the key was taken.
            Ok(None) => why_not(database, &event, &by),
            Err(Failure::Conflict(text)) => {
                why_not(database, &event, &by).map_err(|_| Error::Corrupt(text))
            }
            Err(Failure::Raised(name)) if name != "version-gap" => Ok(Appended::Refused(name)),
            Err(failure) => Err(failure.into()),
        }
    }

    fn history(subject: Id) -> Result<Vec<Recorded>, Error> {
        let limit = HISTORY_EVENTS_MAX + 1;
        let sql = include_str!("../sql/event_history.sql");
        let history = all(
            database()?.query(sql, &[subject.into(), limit.into()])?,
            recorded,
        )?;
        if history.len() > HISTORY_EVENTS_MAX as usize {
            return Err(Error::Corrupt(format!(
                "a subject has more than {HISTORY_EVENTS_MAX} events"
            )));
        }
        Ok(history)
    }

    fn replay(actor: String, idempotency: Idempotency) -> Result<Option<Appended>, Error> {
        by_key(database()?, &actor, &idempotency)
    }
}

fn parameters(event: &Event, by: &Stamp) -> [Value; 11] {
    let idempotency = by.idempotency.as_ref();
    [
        event.subject.as_str().into(),
        event.version.into(),
        event.kind.as_str().into(),
        event.data.as_str().into(),
        by.actor.as_str().into(),
        by.at.into(),
        by.origin.as_str().into(),
        by.request_id.as_str().into(),
        event.institution.as_deref().into(),
        idempotency.map(|it| it.key.as_str()).into(),
        idempotency.map(|it| it.fingerprint.as_str()).into(),
    ]
}

/// Why an append wrote nothing. The key is asked first: whoever sends the same
/// form twice gets the first answer, not "somebody was faster" (REG-5).
fn why_not(database: &Database, event: &Event, by: &Stamp) -> Result<Appended, Error> {
    if let Some(idempotency) = &by.idempotency
        && let Some(appended) = by_key(database, &by.actor, idempotency)?
    {
        return Ok(appended);
    }
    let parameters = [event.subject.as_str().into(), event.version.into()];
    let sql = include_str!("../sql/event_by_version.sql");
    optional(database.first(sql, &parameters)?, recorded)?
        .map(Appended::Stale)
        .ok_or_else(|| Error::Corrupt("an event was neither recorded nor refused".to_owned()))
}

fn by_key(
    database: &Database,
    actor: &str,
    idempotency: &Idempotency,
) -> Result<Option<Appended>, Error> {
    let parameters = [actor.into(), idempotency.key.as_str().into()];
    let sql = include_str!("../sql/event_by_key.sql");
    optional(database.first(sql, &parameters)?, |row| {
        let earlier = recorded(row)?;
        let fingerprint: Option<String> = row.take()?;
        let same = fingerprint.as_ref() == Some(&idempotency.fingerprint);
        Ok(if same {
            Appended::Replayed(earlier)
        } else {
            Appended::KeyReused
        })
    })
}

fn recorded(row: &mut Row) -> Result<Recorded, Error> {
    Ok(Recorded {
        event: Event {
            subject: row.take()?,
            version: row.take()?,
            kind: row.take()?,
            data: row.take()?,
            institution: row.take()?,
        },
        actor: row.take()?,
        at: row.take()?,
    })
}
