//! Sessions. The gate reads these values itself, so their form is a contract:
//! key `session/<SHA-256 of the token>`, value JSON with exactly these fields; and
//! key `sessions-ended/<account>`, value digits.

use crate::Store;
use crate::bindings::exports::inaproc::akses::sessions::{Error, Guest, Id, InstantMs, Session};
use crate::database::{Database, all, database};
use crate::key_value::{self, KeyValue};
use serde::Serialize;
use serde_json::json;

/// Ended sessions that one who signs in takes away. One would hold their number;
/// two bring it down.
const TAKEN_AWAY_MAX: u32 = 2;

/// How long nobody else looks at what somebody is taking away.
const TAKING_AWAY_MS: i64 = 60_000;

#[derive(Serialize)]
struct Stored<'a> {
    account: &'a str,
    csrf_token: &'a str,
    expires_at: i64,
    account_version: u32,
}

impl Guest for Store {
    async fn open(token_sha256: String, session: Session, now: InstantMs) -> Result<(), Error> {
        let database = database()?;
        let store = key_value::open().await?;
        // Its end first: whoever is killed between the two leaves an end without a
        // session, never a session without an end.
        let parameters = [token_sha256.as_str().into(), session.expires_at.into()];
        database.change(include_str!("../sql/session_begun.sql"), &parameters)?;
        store
            .set(key(&token_sha256), value(&session))
            .await
            .map_err(key_value::error)?;
        // The session stands; what could not be taken away is taken away later.
        let _ = take_away_ended(database, &store, now).await;
        Ok(())
    }

    async fn close(token_sha256: String) -> Result<(), Error> {
        let store = key_value::open().await?;
        store
            .delete(key(&token_sha256))
            .await
            .map_err(key_value::error)
    }

    async fn end_all(account: Id, through_version: u32) -> Result<(), Error> {
        let store = key_value::open().await?;
        let key = ended_key(&account);
        // Never back: a slower caller may know less.
        let known = store.get(&key).await.map_err(key_value::error)?;
        let known = known.and_then(|bytes| str::from_utf8(&bytes).ok()?.parse::<u32>().ok());
        if known.is_some_and(|known| known >= through_version) {
            return Ok(());
        }
        store
            .set(key, through_version.to_string())
            .await
            .map_err(key_value::error)
    }
}

/// From key-value storage first, for the same reason.
async fn take_away_ended(
    database: &Database,
    store: &KeyValue,
    now: InstantMs,
) -> Result<(), Error> {
    // Mostly there are none, and a look costs less than a commit.
    let any = include_str!("../sql/session_over_any.sql");
    if database.first(any, &[now.into()])?.is_none() {
        return Ok(());
    }
    let parameters = [
        now.into(),
        TAKEN_AWAY_MAX.into(),
        (now + TAKING_AWAY_MS).into(),
    ];
    let rows = database.query(include_str!("../sql/session_over.sql"), &parameters)?;
    let ended: Vec<String> = all(rows, |row| row.take())?;
    if ended.is_empty() {
        return Ok(());
    }
    for token_sha256 in &ended {
        store
            .delete(key(token_sha256))
            .await
            .map_err(key_value::error)?;
    }
    let ended = json!(ended).to_string();
    database.change(include_str!("../sql/session_gone.sql"), &[ended.into()])?;
    Ok(())
}

fn key(token_sha256: &str) -> String {
    format!("session/{token_sha256}")
}

/// What the gate reads beside a session: the account's version, as digits, up to
/// which its sessions are over.
fn ended_key(account: &str) -> String {
    format!("sessions-ended/{account}")
}

fn value(session: &Session) -> Vec<u8> {
    let stored = Stored {
        account: &session.account,
        csrf_token: &session.csrf_token,
        expires_at: session.expires_at,
        account_version: session.account_version,
    };
    serde_json::to_vec(&stored).expect("strings and integers are JSON")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gate_finds_the_fields_it_reads() {
        let session = Session {
            account: "a".to_owned(),
            csrf_token: "c".to_owned(),
            expires_at: 7,
            account_version: 3,
        };
        assert_eq!(key("ab12"), "session/ab12");
        assert_eq!(ended_key("a"), "sessions-ended/a");
        assert_eq!(
            value(&session),
            br#"{"account":"a","csrf_token":"c","expires_at":7,"account_version":3}"#
        );
    }
}
