//! Key-value storage: a SQLite file of its own behind the same writer and
//! readers. Sessions and documents live here; at most a few megabytes each.

use std::path::Path;

use super::sqlite::{Sqlite, SqliteError, SqliteErrorKind, SqliteOptions};
use super::{QueryResult, Value};

/// One value. The store cuts documents into smaller parts.
pub const VALUE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// One key.
pub const KEY_BYTES_MAX: usize = 1024;

// Values lie outside the index, so that looking up a key does not wade through
// them.
const SETUP: &str =
    "CREATE TABLE IF NOT EXISTS entry (key TEXT NOT NULL UNIQUE, value BLOB NOT NULL) STRICT";
const GET: &str = "SELECT value FROM entry WHERE key = ?1";
const SET: &str = "INSERT INTO entry (key, value) VALUES (?1, ?2) \
     ON CONFLICT (key) DO UPDATE SET value = excluded.value";
const DELETE: &str = "DELETE FROM entry WHERE key = ?1";
const EXISTS: &str = "SELECT 1 FROM entry WHERE key = ?1";
const KEYS: &str = "SELECT key FROM entry ORDER BY key";

/// Values pass through once, so caching pages of them is no use.
const CACHE_KIB: u32 = 1024;

/// A key-value store. Clones are handles to the same one.
#[derive(Clone, Debug)]
pub struct KeyValue {
    database: Sqlite,
}

impl KeyValue {
    /// Opens the file, creating it and its folder if they are missing.
    ///
    /// # Errors
    /// As [`Sqlite::open`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self, SqliteError> {
        let options = SqliteOptions {
            writer_cache_kib: CACHE_KIB,
            reader_cache_kib: CACHE_KIB,
            setup: Some(SETUP),
            ..SqliteOptions::default()
        };
        Ok(Self {
            database: Sqlite::open(path, options)?,
        })
    }

    /// The value of the key, if there is one.
    ///
    /// # Errors
    /// If the storage fails.
    pub async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, SqliteError> {
        let result = self.run(GET, vec![text(key)]).await?;
        match first_value(result) {
            None => Ok(None),
            Some(Value::Blob(bytes)) => Ok(Some(bytes)),
            Some(_) => Err(SqliteError::new(
                SqliteErrorKind::Io,
                "the stored value is no blob: the file was changed by another program",
            )),
        }
    }

    /// Sets the value of the key. It is durable when this returns.
    ///
    /// # Errors
    /// If key or value are too large or the storage fails; the former value
    /// stays then.
    pub async fn set(&self, key: &str, value: Vec<u8>) -> Result<(), SqliteError> {
        within("key", key.len(), KEY_BYTES_MAX)?;
        within("value", value.len(), VALUE_BYTES_MAX)?;
        self.run(SET, vec![text(key), Value::Blob(value)]).await?;
        Ok(())
    }

    /// Removes the key, durably; no error if it does not exist.
    ///
    /// # Errors
    /// If the storage fails.
    pub async fn delete(&self, key: &str) -> Result<(), SqliteError> {
        self.run(DELETE, vec![text(key)]).await?;
        Ok(())
    }

    /// Whether the key has a value.
    ///
    /// # Errors
    /// If the storage fails.
    pub async fn exists(&self, key: &str) -> Result<bool, SqliteError> {
        let result = self.run(EXISTS, vec![text(key)]).await?;
        Ok(!result.rows.is_empty())
    }

    /// All keys, in order.
    ///
    /// # Errors
    /// If they are too many for one result or the storage fails.
    pub async fn keys(&self) -> Result<Vec<String>, SqliteError> {
        let result = self.run(KEYS, Vec::new()).await?;
        let keys = result.rows.into_iter().flatten();
        Ok(keys
            .filter_map(|value| match value {
                Value::Text(key) => Some(key),
                _ => None,
            })
            .collect())
    }

    /// As [`Sqlite::close`].
    ///
    /// # Errors
    /// As [`Sqlite::close`].
    pub async fn close(&self) -> Result<(), SqliteError> {
        self.database.close().await
    }

    async fn run(&self, sql: &str, parameters: Vec<Value>) -> Result<QueryResult, SqliteError> {
        self.database.execute(sql, parameters).await
    }
}

fn text(key: &str) -> Value {
    Value::Text(key.to_owned())
}

fn first_value(result: QueryResult) -> Option<Value> {
    result.rows.into_iter().next()?.into_iter().next()
}

fn within(what: &str, size: usize, max: usize) -> Result<(), SqliteError> {
    if size <= max {
        return Ok(());
    }
    Err(SqliteError::new(
        SqliteErrorKind::TooLarge,
        format!("the {what} has {size} bytes; {max} are possible"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn values_are_kept_replaced_and_removed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("missing/kv.db");
        let store = KeyValue::open(&path).unwrap();
        assert_eq!(store.get("a").await.unwrap(), None);
        assert!(!store.exists("a").await.unwrap());
        store.delete("a").await.unwrap();
        let large: Vec<u8> = (0..VALUE_BYTES_MAX).map(|index| index as u8).collect();
        store.set("a", large.clone()).await.unwrap();
        store.set("b", vec![1]).await.unwrap();
        store.set("b", vec![]).await.unwrap();
        assert_eq!(store.get("a").await.unwrap(), Some(large.clone()));
        assert_eq!(store.get("b").await.unwrap(), Some(vec![]));
        assert!(store.exists("b").await.unwrap());
        assert_eq!(store.keys().await.unwrap(), ["a", "b"]);
        store.delete("b").await.unwrap();
        assert!(!store.exists("b").await.unwrap());
        // Not closed: durable all the same, and seen by a second opening.
        let again = KeyValue::open(&path).unwrap();
        assert_eq!(again.get("a").await.unwrap(), Some(large));
        assert_eq!(again.keys().await.unwrap(), ["a"]);
        again.close().await.unwrap();
        store.close().await.unwrap();
        let error = store.get("a").await.unwrap_err();
        assert_eq!(error.kind, SqliteErrorKind::Closed);
    }

    #[tokio::test]
    async fn sizes_are_bounded() {
        let folder = tempfile::tempdir().unwrap();
        let store = KeyValue::open(folder.path().join("kv.db")).unwrap();
        store.set("a", vec![1]).await.unwrap();
        let error = store
            .set("a", vec![0; VALUE_BYTES_MAX + 1])
            .await
            .unwrap_err();
        assert_eq!(error.kind, SqliteErrorKind::TooLarge);
        assert_eq!(store.get("a").await.unwrap(), Some(vec![1]));
        let error = store
            .set(&"k".repeat(KEY_BYTES_MAX + 1), vec![])
            .await
            .unwrap_err();
        assert_eq!(error.kind, SqliteErrorKind::TooLarge);
        assert_eq!(store.keys().await.unwrap(), ["a"]);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn callers_do_not_disturb_each_other() {
        let folder = tempfile::tempdir().unwrap();
        let store = KeyValue::open(folder.path().join("kv.db")).unwrap();
        let tasks: Vec<_> = (0..32_u8)
            .map(|caller| {
                let store = store.clone();
                tokio::spawn(async move {
                    for turn in 0..20_u8 {
                        let key = format!("{caller}/{turn}");
                        store.set(&key, vec![caller, turn]).await.unwrap();
                        assert_eq!(store.get(&key).await.unwrap(), Some(vec![caller, turn]));
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(store.keys().await.unwrap().len(), 640);
    }
}
