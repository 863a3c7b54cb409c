//! Looking into a state folder, and filling it while no host runs on it.

use crate::program::project;
use rusqlite::{Connection, OpenFlags, OptionalExtension, params};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

const BUSY_TIMEOUT: Duration = Duration::from_secs(30);

/// The data of one host.
pub struct Database {
    state: PathBuf,
}

/// One event, as far as tests look at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Its number within its subject.
    pub version: u32,
    /// What happened.
    pub kind: String,
    /// What the kind says.
    pub data: Value,
    /// Who caused it.
    pub actor: String,
    /// The key it was sent with.
    pub key: Option<String>,
}

impl Database {
    /// What lies in this state folder.
    pub fn new(state: &Path) -> Self {
        Self {
            state: state.to_owned(),
        }
    }

    /// The file of the SQL database.
    pub fn file(&self) -> PathBuf {
        self.state.join("akses.db")
    }

    /// Opens it to read, beside a host that runs.
    ///
    /// # Panics
    /// When there is none.
    pub fn read(&self) -> Connection {
        open(&self.file(), OpenFlags::SQLITE_OPEN_READ_ONLY)
    }

    /// Opens it to write; no host may run on it.
    ///
    /// # Panics
    /// When it cannot be opened.
    pub fn write(&self) -> Connection {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        fs::create_dir_all(&self.state).expect("a folder in a temporary folder");
        open(&self.file(), flags)
    }

    /// The one number that a query answers.
    ///
    /// # Panics
    /// When it answers none.
    #[track_caller]
    pub fn number(&self, sql: &str) -> i64 {
        let answer = self.read().query_row(sql, [], |row| row.get(0));
        answer.unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// The one text that a query answers, if it answers.
    ///
    /// # Panics
    /// When the query is none.
    #[track_caller]
    pub fn text(&self, sql: &str) -> Option<String> {
        let answer = self.read().query_row(sql, [], |row| row.get(0)).optional();
        answer.unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// The history of a subject.
    ///
    /// # Panics
    /// When it cannot be read.
    pub fn history(&self, subject: &str) -> Vec<Recorded> {
        let connection = self.read();
        let mut select = connection
            .prepare(
                "SELECT version, kind, data, actor, idempotency_key FROM event
                 WHERE subject = ?1 ORDER BY version",
            )
            .expect("the event table");
        let rows = select.query_map([subject], |row| {
            let data: String = row.get(2)?;
            Ok(Recorded {
                version: row.get(0)?,
                kind: row.get(1)?,
                data: serde_json::from_str(&data).expect("data is JSON"),
                actor: row.get(3)?,
                key: row.get(4)?,
            })
        });
        rows.and_then(Iterator::collect).expect("events")
    }

    /// The kinds of a subject's events, oldest first.
    pub fn kinds(&self, subject: &str) -> Vec<String> {
        self.history(subject)
            .into_iter()
            .map(|event| event.kind)
            .collect()
    }

    /// How many rows every table has, and how many keys are in key-value
    /// storage by the first part of their name: equal before and after means
    /// that nothing was stored.
    ///
    /// # Panics
    /// When something cannot be read.
    pub fn everything(&self) -> BTreeMap<String, i64> {
        let connection = self.read();
        let tables: Vec<String> = connection
            .prepare(
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'",
            )
            .and_then(|mut select| select.query_map([], |row| row.get(0))?.collect())
            .expect("every database has a schema");
        let mut rows: BTreeMap<_, _> = tables
            .into_iter()
            .map(|table| {
                let count = format!("SELECT count(*) FROM \"{table}\"");
                let count = connection.query_row(&count, [], |row| row.get(0));
                (table, count.expect("a table has rows or none"))
            })
            .collect();
        for key in self.keys() {
            let kind = key.split('/').next().unwrap_or_default();
            *rows.entry(format!("key-value {kind}")).or_insert(0) += 1;
        }
        rows
    }

    /// All keys of key-value storage.
    ///
    /// # Panics
    /// When they cannot be read.
    pub fn keys(&self) -> Vec<String> {
        let file = self.state.join("key-value.db");
        let connection = open(&file, OpenFlags::SQLITE_OPEN_READ_ONLY);
        let mut select = connection
            .prepare("SELECT key FROM entry ORDER BY key")
            .expect("entries");
        let keys = select.query_map([], |row| row.get(0));
        keys.and_then(Iterator::collect).expect("keys are text")
    }

    /// Whether both files are sound, in SQLite's own words.
    ///
    /// # Panics
    /// When one is not.
    #[track_caller]
    pub fn is_sound(&self) {
        for name in ["akses.db", "key-value.db"] {
            let connection = open(&self.state.join(name), OpenFlags::SQLITE_OPEN_READ_ONLY);
            let verdict: String = connection
                .query_row("PRAGMA integrity_check", [], |row| row.get(0))
                .expect("an answer");
            assert_eq!(verdict, "ok", "{name}");
        }
    }
}

#[track_caller]
fn open(file: &Path, flags: OpenFlags) -> Connection {
    let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)
        .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    connection
        .busy_timeout(BUSY_TIMEOUT)
        .expect("a plain setting");
    connection
}

/// The text of one of the store's statements.
///
/// # Panics
/// When there is none of that name.
pub fn statement(name: &str) -> String {
    let path = project().join("components/store/sql").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Fills a database by the store's own statement for an event, so that its
/// triggers fold what is put in.
pub struct Filler {
    connection: Connection,
    append: String,
}

impl Filler {
    /// On a database that a host made and that no host runs on now.
    ///
    /// # Panics
    /// When it cannot be opened.
    pub fn new(database: &Database) -> Self {
        let connection = database.write();
        connection
            .pragma_update(None, "foreign_keys", true)
            .expect("a plain setting");
        connection
            .execute_batch("BEGIN IMMEDIATE")
            .expect("no host runs on it");
        Self {
            connection,
            append: statement("event_append.sql"),
        }
    }

    /// Version 1 of a new subject; answers its id.
    ///
    /// # Panics
    /// When the record refuses it.
    pub fn begin(&self, kind: &str, data: &Value, institution: Option<&str>, at_ms: i64) -> String {
        let subject = uuid::Uuid::now_v7().to_string();
        let none = None::<&str>;
        let parameters = params![
            subject,
            1,
            kind,
            data.to_string(),
            "operator:import",
            at_ms,
            "test",
            "test",
            institution,
            none,
            none
        ];
        let mut append = self
            .connection
            .prepare_cached(&self.append)
            .expect("a statement");
        let seq: Option<i64> = append
            .query_row(parameters, |row| row.get(0))
            .optional()
            .expect("a new event");
        assert!(seq.is_some(), "the subject is new");
        subject
    }

    /// Keeps all of it.
    ///
    /// # Panics
    /// When the disk does not let us.
    pub fn finish(self) {
        self.connection.execute_batch("COMMIT").expect("a commit");
    }
}
