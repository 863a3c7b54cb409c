//! What the rest of the host relies on. The kill and the full disk run in a
//! process of their own: this test binary, started again.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::*;
use crate::data::Value::{Blob, Integer, Null, Real, Text};

const TABLE: &str = "CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT NOT NULL, \
     amount INTEGER CONSTRAINT amount_is_positive CHECK (amount > 0), \
     CONSTRAINT name_is_unique UNIQUE (name))";
const INSERT: &str = "INSERT INTO item (name, amount) VALUES (?1, ?2)";

fn open(folder: &tempfile::TempDir) -> Sqlite {
    open_with(folder, SqliteOptions::default())
}

fn open_with(folder: &tempfile::TempDir, options: SqliteOptions) -> Sqlite {
    Sqlite::open(folder.path().join("data/test.db"), options).unwrap()
}

async fn open_with_table(folder: &tempfile::TempDir) -> Sqlite {
    let database = open(folder);
    database.execute(TABLE, vec![]).await.unwrap();
    database
}

fn item(name: &str, amount: i64) -> Vec<Value> {
    vec![Text(name.to_owned()), Integer(amount)]
}

async fn number(database: &Sqlite, sql: &str) -> i64 {
    match database.execute(sql, vec![]).await.unwrap().rows[0][0] {
        Integer(number) => number,
        ref other => panic!("not a number: {other:?}"),
    }
}

async fn count(database: &Sqlite) -> i64 {
    number(database, "SELECT count(*) FROM item").await
}

async fn refusal(database: &Sqlite, sql: &str) -> SqliteError {
    match database.execute(sql, vec![]).await {
        Err(error) => error,
        Ok(result) => panic!("{sql} was accepted: {result:?}"),
    }
}

/// Looks from outside, as another program would.
fn count_from_outside(database: &Sqlite) -> i64 {
    let other = rusqlite::Connection::open(database.path()).unwrap();
    other
        .query_row("SELECT count(*) FROM item", [], |row| row.get(0))
        .unwrap()
}

/// Occupies the writer until the sender is used or dropped, so that what
/// follows waits together and becomes one group.
async fn hold_writer(database: &Sqlite) -> std::sync::mpsc::Sender<()> {
    let (release, released) = std::sync::mpsc::channel();
    let (reply, holding) = oneshot::channel();
    let look = Box::new(move |_: &mut rusqlite::Connection| {
        let _ = reply.send(());
        let _ = released.recv();
    });
    let writer = &database.shared.writer;
    assert!(writer.send(Message::Inspect(look)).await.is_ok());
    holding.await.unwrap();
    release
}

async fn wait_for_queue(database: &Sqlite, length: usize) {
    let writer = &database.shared.writer;
    while writer.max_capacity() - writer.capacity() < length {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// Runs the statements so that they wait in this order and share a group.
async fn as_one_group(
    database: &Sqlite,
    statements: &[(&str, Vec<Value>)],
) -> Vec<Result<QueryResult, SqliteError>> {
    let release = hold_writer(database).await;
    let mut waiting = Vec::new();
    for (sql, parameters) in statements {
        let (database, sql, parameters) = (database.clone(), (*sql).to_owned(), parameters.clone());
        let task = {
            let database = database.clone();
            tokio::spawn(async move { database.execute(&sql, parameters).await })
        };
        waiting.push(task);
        wait_for_queue(&database, waiting.len()).await;
    }
    drop(release);
    let mut answers = Vec::new();
    for answer in waiting {
        answers.push(answer.await.unwrap());
    }
    answers
}

#[tokio::test]
async fn values_survive_the_way_there_and_back() {
    let folder = tempfile::tempdir().unwrap();
    let database = open(&folder);
    let values = vec![
        Integer(i64::MIN),
        Real(1.5),
        Text("kementerian/lembaga é".to_owned()),
        Text(String::new()),
        Blob(vec![0, 255, 0]),
        Blob(vec![]),
        Null,
    ];
    let result = database
        .execute(
            "SELECT ?1 AS a, ?2 AS b, ?3, ?4, ?5, ?6, ?7",
            values.clone(),
        )
        .await
        .unwrap();
    assert_eq!(result.rows, vec![values]);
    assert_eq!(result.columns[..3], ["a", "b", "?3"]);
}

#[tokio::test]
async fn a_statement_reports_its_own_changes_and_rowid() {
    let folder = tempfile::tempdir().unwrap();
    let database = open_with_table(&folder).await;
    let first = database.execute(INSERT, item("a", 1)).await.unwrap();
    assert_eq!((first.changes, first.last_insert_rowid), (1, 1));
    let second = database.execute(INSERT, item("b", 1)).await.unwrap();
    assert_eq!((second.changes, second.last_insert_rowid), (1, 2));
    let update = "UPDATE item SET amount = amount + 1";
    let updated = database.execute(update, vec![]).await.unwrap();
    assert_eq!((updated.changes, updated.last_insert_rowid), (2, 0));
    let ddl = "CREATE INDEX item_amount ON item (amount)";
    let created = database.execute(ddl, vec![]).await.unwrap();
    assert_eq!((created.changes, created.last_insert_rowid), (0, 0));
    let nothing = "INSERT INTO item (name) VALUES ('a') ON CONFLICT DO NOTHING";
    let nothing = database.execute(nothing, vec![]).await.unwrap();
    assert_eq!((nothing.changes, nothing.last_insert_rowid), (0, 0));
}

#[tokio::test]
async fn returning_gives_rows_and_is_stored() {
    let folder = tempfile::tempdir().unwrap();
    let database = open_with_table(&folder).await;
    let sql = "INSERT INTO item (name, amount) VALUES ('a', 7), ('b', 8) RETURNING id, amount";
    let result = database.execute(sql, vec![]).await.unwrap();
    assert_eq!(result.columns, ["id", "amount"]);
    assert_eq!(
        result.rows,
        [[Integer(1), Integer(7)], [Integer(2), Integer(8)]]
    );
    assert_eq!(result.changes, 2);
    assert_eq!(count_from_outside(&database), 2);
}

#[tokio::test]
async fn only_the_first_statement_runs() {
    let folder = tempfile::tempdir().unwrap();
    let database = open_with_table(&folder).await;
    let two = "INSERT INTO item (name) VALUES ('a'); INSERT INTO item (name) VALUES ('b')";
    assert_eq!(database.execute(two, vec![]).await.unwrap().changes, 1);
    // Neither a table that does not exist nor nonsense nor something refused.
    for rest in [
        "SELECT * FROM missing",
        "NONSENSE",
        "BEGIN",
        "-- only a comment",
    ] {
        let sql = format!("SELECT count(*) FROM item; {rest}");
        assert_eq!(number(&database, &sql).await, 1, "{rest}");
        assert_eq!(number(&database, &sql).await, 1, "{rest}, known text");
    }
    for empty in ["", "  ; ", "-- nothing"] {
        assert_eq!(refusal(&database, empty).await.kind, SqliteErrorKind::Sql);
    }
}

#[tokio::test]
async fn errors_carry_sqlites_own_text() {
    let folder = tempfile::tempdir().unwrap();
    let database = open_with_table(&folder).await;
    database.execute(INSERT, item("a", 1)).await.unwrap();
    let cases = [
        (item("a", 1), "UNIQUE constraint failed: item.name"),
        (item("b", 0), "CHECK constraint failed: amount_is_positive"),
        (
            vec![Null, Integer(1)],
            "NOT NULL constraint failed: item.name",
        ),
    ];
    for (parameters, text) in cases {
        let error = database.execute(INSERT, parameters).await.unwrap_err();
        assert_eq!(
            (error.kind, error.message.as_str()),
            (SqliteErrorKind::Constraint, text)
        );
    }
    let trigger = "CREATE TRIGGER never BEFORE DELETE ON item BEGIN SELECT RAISE(ABORT, 'akses:append-only'); END";
    database.execute(trigger, vec![]).await.unwrap();
    let error = refusal(&database, "DELETE FROM item").await;
    assert_eq!(error.message, "akses:append-only");
    assert_eq!(error.kind, SqliteErrorKind::Constraint);
    let error = refusal(&database, "SELEC 1").await;
    assert!(
        error.message.contains("near \"SELEC\": syntax error"),
        "{error}"
    );
    let error = refusal(&database, "SELECT * FROM missing").await;
    assert!(error.message.contains("no such table: missing"), "{error}");
    let error = database.execute(INSERT, vec![]).await.unwrap_err();
    assert!(error.message.contains("parameter"), "{error}");
    assert_eq!(count(&database).await, 1);
}

#[tokio::test]
async fn transactions_other_files_and_settings_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let database = open_with_table(&folder).await;
    let refused = [
        "BEGIN",
        "BEGIN IMMEDIATE",
        "COMMIT",
        "END",
        "ROLLBACK",
        "SAVEPOINT statement",
        "RELEASE statement",
        "ROLLBACK TO statement",
        "ATTACH 'other.db' AS other",
        "ATTACH ':memory:' AS other",
        "DETACH main",
        "CREATE TEMP TABLE t (a)",
        "CREATE TEMP VIEW v AS SELECT 1",
        "PRAGMA journal_mode = DELETE",
        "PRAGMA synchronous = OFF",
        "PRAGMA foreign_keys = OFF",
        "PRAGMA writable_schema = ON",
        "PRAGMA user_version = 5",
        "PRAGMA wal_checkpoint",
        "PRAGMA locking_mode = EXCLUSIVE",
        "PRAGMA query_only = OFF",
        "PRAGMA database_list",
    ];
    for sql in refused {
        // Twice: what was refused once must not be remembered as something else.
        for _ in 0..2 {
            let error = refusal(&database, sql).await;
            assert_eq!(error.kind, SqliteErrorKind::Denied, "{sql}: {error}");
            assert!(
                error.message.starts_with("not authorized: "),
                "{sql}: {error}"
            );
        }
    }
    assert!(
        refusal(&database, "VACUUM")
            .await
            .message
            .contains("VACUUM")
    );
    let database_list = "SELECT * FROM pragma_database_list";
    assert_eq!(
        refusal(&database, database_list).await.kind,
        SqliteErrorKind::Denied
    );
    // The host's own transactions go on.
    database.execute(INSERT, item("a", 1)).await.unwrap();
    assert_eq!(count(&database).await, 1);
}

#[tokio::test]
async fn pragmas_that_read_are_answered() {
    let folder = tempfile::tempdir().unwrap();
    let database = open_with_table(&folder).await;
    for sql in [
        "PRAGMA journal_mode = WAL",
        "PRAGMA journal_mode=wal",
        "PRAGMA journal_mode",
    ] {
        let result = database.execute(sql, vec![]).await.unwrap();
        assert_eq!(result.rows, [[Text("wal".to_owned())]], "{sql}");
    }
    assert_eq!(number(&database, "PRAGMA user_version").await, 0);
    assert_eq!(number(&database, "PRAGMA foreign_keys").await, 1);
    let columns = database
        .execute("PRAGMA table_info(item)", vec![])
        .await
        .unwrap();
    assert_eq!(columns.rows.len(), 3);
    let columns = "SELECT count(*) FROM pragma_table_info('item')";
    assert_eq!(number(&database, columns).await, 3);
}

#[tokio::test]
async fn the_writer_is_as_durable_as_promised() {
    let folder = tempfile::tempdir().unwrap();
    let database = open(&folder);
    let settings = database
        .inspect(|raw| {
            ["journal_mode", "synchronous", "foreign_keys"].map(|name| {
                raw.pragma_query_value(None, name, |row| row.get::<_, rusqlite::types::Value>(0))
                    .unwrap()
            })
        })
        .await;
    let full = rusqlite::types::Value::Integer(2);
    let on = rusqlite::types::Value::Integer(1);
    assert_eq!(
        settings,
        [rusqlite::types::Value::Text("wal".into()), full, on]
    );
}

#[tokio::test]
async fn schema_statements_and_full_text_search_work() {
    let folder = tempfile::tempdir().unwrap();
    let database = open_with_table(&folder).await;
    database.execute(INSERT, item("a", 1)).await.unwrap();
    let every = "SELECT * FROM item";
    assert_eq!(
        database.execute(every, vec![]).await.unwrap().columns.len(),
        3
    );
    for sql in [
        "ALTER TABLE item ADD COLUMN size INTEGER CHECK (size > 0)",
        "CREATE VIRTUAL TABLE search USING fts5 (name, content='item', content_rowid='id')",
        "CREATE TRIGGER item_search AFTER INSERT ON item BEGIN \
         INSERT INTO search (rowid, name) VALUES (NEW.id, NEW.name); END",
        "CREATE VIEW names AS SELECT name FROM item",
    ] {
        database
            .execute(sql, vec![])
            .await
            .unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
    // The known text shows the new column.
    assert_eq!(
        database.execute(every, vec![]).await.unwrap().columns.len(),
        4
    );
    let names = ["dinas kesehatan", "dinas pendidikan", "badan keuangan"];
    let inserts: Vec<_> = names.iter().map(|name| (INSERT, item(name, 1))).collect();
    for answer in as_one_group(&database, &inserts).await {
        answer.unwrap();
    }
    let found = "SELECT count(*) FROM search WHERE search MATCH 'din*'";
    assert_eq!(number(&database, found).await, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_acknowledged_write_is_committed_and_everybody_sees_it() {
    let folder = tempfile::tempdir().unwrap();
    let database = open_with_table(&folder).await;
    let tasks: Vec<_> = (0..16)
        .map(|task| {
            let database = database.clone();
            tokio::spawn(async move {
                for turn in 0..20 {
                    let name = format!("{task}-{turn}");
                    database.execute(INSERT, item(&name, 1)).await.unwrap();
                    let find = "SELECT count(*) FROM item WHERE name = ?1";
                    let seen = database
                        .execute(find, vec![Text(name.clone())])
                        .await
                        .unwrap();
                    assert_eq!(seen.rows, [[Integer(1)]]);
                    let other = rusqlite::Connection::open(database.path()).unwrap();
                    let outside: i64 = other.query_row(find, [&name], |row| row.get(0)).unwrap();
                    assert_eq!(outside, 1);
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(count(&database).await, 320);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_acknowledged_before_the_commit() {
    let folder = tempfile::tempdir().unwrap();
    let database = open_with_table(&folder).await;
    static ANSWERED: AtomicUsize = AtomicUsize::new(0);
    static MAY_COMMIT: AtomicBool = AtomicBool::new(false);
    // Runs inside COMMIT, before anything is durable.
    let hook = || {
        while !MAY_COMMIT.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(1));
        }
        false
    };
    database
        .inspect(move |raw| raw.commit_hook(Some(hook)).unwrap())
        .await;
    let tasks: Vec<_> = (0..8)
        .map(|task| {
            let database = database.clone();
            tokio::spawn(async move {
                let parameters = item(&task.to_string(), 1);
                database.execute(INSERT, parameters).await.unwrap();
                ANSWERED.fetch_add(1, Ordering::SeqCst);
            })
        })
        .collect();
    // Whichever came first is in COMMIT, the others wait for it.
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(ANSWERED.load(Ordering::SeqCst), 0);
    assert_eq!(count_from_outside(&database), 0);
    MAY_COMMIT.store(true, Ordering::SeqCst);
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(count_from_outside(&database), 8);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failing_statement_undoes_only_itself() {
    let folder = tempfile::tempdir().unwrap();
    let database = open_with_table(&folder).await;
    let many = "INSERT INTO item (name, amount) VALUES ('x', 1), ('y', 1), ('z', 0)";
    let answers = as_one_group(
        &database,
        &[
            (INSERT, item("a", 1)),
            (many, vec![]),
            (INSERT, item("a", 1)),
            (INSERT, item("b", 1)),
        ],
    )
    .await;
    let ok: Vec<_> = answers.iter().map(Result::is_ok).collect();
    assert_eq!(ok, [true, false, false, true]);
    assert!(
        answers[1]
            .as_ref()
            .unwrap_err()
            .message
            .contains("amount_is_positive")
    );
    assert!(
        answers[2]
            .as_ref()
            .unwrap_err()
            .message
            .contains("item.name")
    );
    assert_eq!(count_from_outside(&database), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_statement_that_rolls_everything_back_hits_nobody_else() {
    let folder = tempfile::tempdir().unwrap();
    let database = open_with_table(&folder).await;
    let rollback = "INSERT OR ROLLBACK INTO item (name, amount) VALUES ('a', 1)";
    let returning = "INSERT INTO item (name, amount) VALUES ('r', 1) RETURNING id";
    let answers = as_one_group(
        &database,
        &[
            (INSERT, item("a", 1)),
            (returning, vec![]),
            (rollback, vec![]),
            (INSERT, item("b", 1)),
        ],
    )
    .await;
    let ok: Vec<_> = answers.iter().map(Result::is_ok).collect();
    assert_eq!(ok, [true, true, false, true]);
    assert_eq!(answers[1].as_ref().unwrap().rows.len(), 1);
    assert_eq!(count_from_outside(&database), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deferred_foreign_key_hits_nobody_else() {
    let folder = tempfile::tempdir().unwrap();
    let database = open_with_table(&folder).await;
    let child = "CREATE TABLE part (item INTEGER REFERENCES item DEFERRABLE INITIALLY DEFERRED)";
    database.execute(child, vec![]).await.unwrap();
    let orphan = "INSERT INTO part (item) VALUES (99)";
    let answers = as_one_group(
        &database,
        &[
            (INSERT, item("a", 1)),
            (orphan, vec![]),
            (INSERT, item("b", 1)),
        ],
    )
    .await;
    let ok: Vec<_> = answers.iter().map(Result::is_ok).collect();
    assert_eq!(ok, [true, false, true]);
    let error = answers[1].as_ref().unwrap_err();
    assert_eq!(error.message, "FOREIGN KEY constraint failed");
    assert_eq!(count_from_outside(&database), 2);
    assert_eq!(number(&database, "SELECT count(*) FROM part").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failing_commit_stores_nothing_and_service_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let database = open_with_table(&folder).await;
    database
        .inspect(|raw| raw.commit_hook(Some(|| true)).unwrap())
        .await;
    let returning = "INSERT INTO item (name, amount) VALUES ('r', 1) RETURNING id";
    let answers = as_one_group(
        &database,
        &[
            (INSERT, item("a", 1)),
            (returning, vec![]),
            (INSERT, item("b", 1)),
        ],
    )
    .await;
    for answer in answers {
        let error = answer.unwrap_err();
        assert!(error.message.starts_with("nothing was stored: "), "{error}");
    }
    // Alone, with and without rows.
    database.execute(INSERT, item("c", 1)).await.unwrap_err();
    database.execute(returning, vec![]).await.unwrap_err();
    assert_eq!(count_from_outside(&database), 0);
    assert_eq!(count(&database).await, 0);
    database
        .inspect(|raw| raw.commit_hook(None::<fn() -> bool>).unwrap())
        .await;
    for answer in as_one_group(
        &database,
        &[
            (INSERT, item("a", 1)),
            (returning, vec![]),
            (INSERT, item("b", 1)),
        ],
    )
    .await
    {
        answer.unwrap();
    }
    assert_eq!(count_from_outside(&database), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_database_is_told_apart_and_recovers() {
    let folder = tempfile::tempdir().unwrap();
    let database = open_with_table(&folder).await;
    let pages = number(&database, "PRAGMA page_count").await;
    let limit = pages + 3;
    database
        .inspect(move |raw| {
            raw.pragma_update_and_check(None, "max_page_count", limit, |_| Ok(()))
                .unwrap()
        })
        .await;
    let large = "x".repeat(20_000);
    let statements = [
        (INSERT, item("a", 1)),
        (INSERT, item(&large, 1)),
        (INSERT, item("b", 1)),
    ];
    let answers = as_one_group(&database, &statements).await;
    let ok: Vec<_> = answers.iter().map(Result::is_ok).collect();
    assert_eq!(ok, [true, false, true]);
    let error = answers[1].as_ref().unwrap_err();
    assert_eq!(error.kind, SqliteErrorKind::Full);
    assert!(error.message.contains("full"), "{error}");
    assert_eq!(count_from_outside(&database), 2);
    let error = database.execute(INSERT, item(&large, 1)).await.unwrap_err();
    assert_eq!(error.kind, SqliteErrorKind::Full);
    database
        .inspect(|raw| {
            raw.pragma_update_and_check(None, "max_page_count", 1_000_000, |_| Ok(()))
                .unwrap()
        })
        .await;
    database.execute(INSERT, item(&large, 1)).await.unwrap();
    assert_eq!(count_from_outside(&database), 3);
}

#[tokio::test]
async fn text_that_is_not_utf8_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let database = open_with_table(&folder).await;
    let error = refusal(&database, "SELECT CAST(x'ff41' AS TEXT) AS broken").await;
    assert_eq!(error.kind, SqliteErrorKind::NotUtf8);
    assert!(error.message.contains("broken"), "{error}");
    // With rows to return, an unreadable row means that nothing is stored.
    let returning = "INSERT INTO item (name) VALUES ('a') RETURNING CAST(x'ff' AS TEXT)";
    assert_eq!(
        refusal(&database, returning).await.kind,
        SqliteErrorKind::NotUtf8
    );
    assert_eq!(count(&database).await, 0);
}

#[tokio::test]
async fn results_and_statements_are_bounded() {
    let folder = tempfile::tempdir().unwrap();
    let database = open_with_table(&folder).await;
    let large = "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n WHERE i < 200) \
                 SELECT zeroblob(1048576) FROM n";
    assert_eq!(
        refusal(&database, large).await.kind,
        SqliteErrorKind::TooLarge
    );
    let huge_value = "SELECT zeroblob(500000000)";
    assert_eq!(
        refusal(&database, huge_value).await.kind,
        SqliteErrorKind::TooLarge
    );
    let long_text = format!("SELECT '{}'", "x".repeat(2_000_000));
    assert_eq!(
        refusal(&database, &long_text).await.kind,
        SqliteErrorKind::TooLarge
    );
    for number in 0..3_000 {
        let sql = format!("SELECT {number}");
        database.execute(&sql, vec![]).await.unwrap();
    }
    assert!(database.shared.statements.len() <= 1024);
}

const ENDLESS_READ: &str =
    "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n) SELECT max(i) FROM n";
const ENDLESS_WRITE: &str = "INSERT INTO item (name) WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n) SELECT i FROM n WHERE i < 0";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn endless_statements_are_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let options = SqliteOptions {
        read_ms_max: 200,
        write_ms_max: 200,
        ..SqliteOptions::default()
    };
    let database = open_with(&folder, options);
    database.execute(TABLE, vec![]).await.unwrap();
    let statements = [
        (INSERT, item("a", 1)),
        (ENDLESS_WRITE, vec![]),
        (INSERT, item("b", 1)),
    ];
    let answers = as_one_group(&database, &statements).await;
    let ok: Vec<_> = answers.iter().map(Result::is_ok).collect();
    assert_eq!(ok, [true, false, true]);
    assert_eq!(
        answers[1].as_ref().unwrap_err().kind,
        SqliteErrorKind::TimedOut
    );
    let error = refusal(&database, ENDLESS_READ).await;
    assert_eq!(error.kind, SqliteErrorKind::TimedOut);
    assert!(error.message.contains("200 ms"), "{error}");
    assert_eq!(count(&database).await, 2);
}

#[tokio::test]
async fn a_long_read_leaves_the_calling_thread_and_ends_with_its_caller() {
    let folder = tempfile::tempdir().unwrap();
    let database = open(&folder);
    // One thread runs this test: the timeout can only strike if the read is
    // elsewhere.
    let wait = Duration::from_millis(100);
    for _ in 0..4 {
        let started = Instant::now();
        let outcome = tokio::time::timeout(wait, database.execute(ENDLESS_READ, vec![])).await;
        assert!(outcome.is_err());
        assert!(started.elapsed() < 20 * wait);
    }
    // Four were started on two connections: the callers' leaving freed them.
    let rows = "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n WHERE i < 300000) \
                SELECT sum(i) FROM n";
    assert_eq!(number(&database, rows).await, 45_000_150_000);
    assert!(database.shared.statements.get(rows).unwrap().is_long());
    assert_eq!(number(&database, rows).await, 45_000_150_000);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_callers_are_served() {
    let folder = tempfile::tempdir().unwrap();
    let database = open_with_table(&folder).await;
    let tasks: Vec<_> = (0..200)
        .map(|task| {
            let database = database.clone();
            tokio::spawn(async move {
                for turn in 0..10 {
                    let name = format!("{task}-{turn}");
                    // Every third is refused.
                    let amount = i64::from(turn % 3 != 0);
                    let outcome = database.execute(INSERT, item(&name, amount)).await;
                    assert_eq!(outcome.is_ok(), amount == 1);
                    assert!(count(&database).await > 0 || turn == 0);
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(count_from_outside(&database), 200 * 6);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closing_finishes_what_is_queued_and_leaves_one_file() {
    let folder = tempfile::tempdir().unwrap();
    let database = open_with_table(&folder).await;
    let release = hold_writer(&database).await;
    let queued = {
        let database = database.clone();
        tokio::spawn(async move { database.execute(INSERT, item("a", 1)).await })
    };
    wait_for_queue(&database, 1).await;
    let closing = {
        let database = database.clone();
        tokio::spawn(async move { database.close().await })
    };
    wait_for_queue(&database, 2).await;
    drop(release);
    closing.await.unwrap().unwrap();
    queued.await.unwrap().unwrap();
    let files: Vec<_> = std::fs::read_dir(folder.path().join("data"))
        .unwrap()
        .collect();
    assert_eq!(files.len(), 1, "log and index are gone: {files:?}");
    for sql in ["SELECT 1", "SELECT count(*) FROM item"] {
        assert_eq!(refusal(&database, sql).await.kind, SqliteErrorKind::Closed);
    }
    let error = database.execute(INSERT, item("b", 1)).await.unwrap_err();
    assert_eq!(error.kind, SqliteErrorKind::Closed);
    database.close().await.unwrap();
    drop(database);
    assert_eq!(count(&open(&folder)).await, 1);
}

#[tokio::test]
async fn files_that_cannot_be_used_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let no_database = folder.path().join("notes.txt");
    std::fs::write(&no_database, "no database ".repeat(1000)).unwrap();
    let error = Sqlite::open(&no_database, SqliteOptions::default()).unwrap_err();
    assert_eq!(error.kind, SqliteErrorKind::Io);
    assert!(error.message.contains("notes.txt"), "{error}");
    assert!(error.message.contains("file is not a database"), "{error}");

    let held = folder.path().join("held.db");
    let holder = rusqlite::Connection::open(&held).unwrap();
    holder
        .execute_batch("PRAGMA locking_mode = EXCLUSIVE; CREATE TABLE t (a); BEGIN EXCLUSIVE")
        .unwrap();
    let error = Sqlite::open(&held, SqliteOptions::default()).unwrap_err();
    assert_eq!(error.kind, SqliteErrorKind::Busy);
    assert!(
        error.message.contains("another program is using it"),
        "{error}"
    );
    drop(holder);
    Sqlite::open(&held, SqliteOptions::default()).unwrap();

    let error = Sqlite::open(folder.path(), SqliteOptions::default()).unwrap_err();
    assert_eq!(error.kind, SqliteErrorKind::Io);
    let below_a_file = no_database.join("data.db");
    let error = Sqlite::open(&below_a_file, SqliteOptions::default()).unwrap_err();
    assert!(error.message.contains("data.db"), "{error}");
}

// In a process of their own ------------------------------------------------

const CHILD_FOLDER: &str = "AKSES_TEST_CHILD_FOLDER";

/// This test binary, running nothing but one of the children below.
fn child(name: &str, folder: &tempfile::TempDir) -> Command {
    // The limit on file sizes sends a signal that kills; inherited as ignored,
    // the write fails instead, as on a full disk.
    let mut command = Command::new("sh");
    command
        .args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().unwrap())
        .arg(format!(
            "{}::{name}",
            module_path!().split_once("::").unwrap().1
        ))
        .args(["--exact", "--ignored", "--nocapture", "--test-threads=1"])
        .env(CHILD_FOLDER, folder.path())
        .stdout(Stdio::piped());
    command
}

/// What a child reports; the test harness writes into the same lines.
fn stored(line: &str) -> Option<String> {
    Some(line.split_once("stored ")?.1.to_owned())
}

fn child_database() -> Sqlite {
    let folder = std::env::var_os(CHILD_FOLDER).expect("started by another test");
    let path = PathBuf::from(folder).join("data/test.db");
    Sqlite::open(path, SqliteOptions::default()).unwrap()
}

#[test]
#[ignore = "started and killed by the test below"]
fn child_that_writes_until_it_is_killed() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let database = child_database();
        let tasks: Vec<_> = (0..16)
            .map(|task| {
                let database = database.clone();
                tokio::spawn(async move {
                    for turn in 0.. {
                        let name = format!("{}-{task}-{turn}", std::process::id());
                        database.execute(INSERT, item(&name, 1)).await.unwrap();
                        println!("stored {name}");
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
}

#[tokio::test]
async fn a_killed_process_loses_nothing_it_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    open_with_table(&folder).await.close().await.unwrap();
    let mut acknowledged = BTreeSet::new();
    for round in 0..5 {
        let mut child = child("child_that_writes_until_it_is_killed", &folder)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let wanted = acknowledged.len() + 500 * (round + 1);
        while acknowledged.len() < wanted {
            let line = lines.next().expect("the child writes on").unwrap();
            acknowledged.extend(stored(&line));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        // What stood in the pipe was acknowledged as well; the last line may
        // be cut.
        let rest: Vec<_> = lines.map_while(Result::ok).collect();
        let complete = rest.len().saturating_sub(1);
        acknowledged.extend(rest[..complete].iter().filter_map(|line| stored(line)));

        let database = open(&folder);
        let check = database
            .execute("PRAGMA integrity_check", vec![])
            .await
            .unwrap();
        assert_eq!(check.rows, [[Text("ok".to_owned())]]);
        let stored: BTreeSet<String> = database
            .execute("SELECT name FROM item", vec![])
            .await
            .unwrap()
            .rows
            .into_iter()
            .map(|mut row| match row.remove(0) {
                Text(name) => name,
                other => panic!("{other:?}"),
            })
            .collect();
        let lost: Vec<_> = acknowledged.difference(&stored).collect();
        assert!(lost.is_empty(), "round {round}: {lost:?}");
        database.close().await.unwrap();
    }
}

#[cfg(unix)]
#[test]
#[ignore = "started by the test below"]
fn child_on_a_disk_that_fills_up() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit_files_to = |bytes| {
        let maximum = getrlimit(Resource::Fsize).maximum;
        setrlimit(
            Resource::Fsize,
            Rlimit {
                current: bytes,
                maximum,
            },
        )
        .unwrap();
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let database = child_database();
        let text = |task: usize, turn: usize| format!("{task}-{turn}-{}", "x".repeat(2_000));
        limit_files_to(Some(400_000));
        let mut stored = 0;
        let mut failed = 0;
        for turn in 0..40 {
            let statements: Vec<_> = (0..8)
                .map(|task| (INSERT, item(&text(task, turn), 1)))
                .collect();
            for answer in as_one_group(&database, &statements).await {
                match answer {
                    Ok(_) => stored += 1,
                    Err(error) => {
                        failed += 1;
                        assert!(
                            matches!(error.kind, SqliteErrorKind::Io | SqliteErrorKind::Full),
                            "{error}"
                        );
                        assert!(error.message.starts_with("nothing was stored: "), "{error}");
                    }
                }
            }
            assert_eq!(count(&database).await, stored);
        }
        assert!(stored > 0 && failed > 0, "{stored} stored, {failed} failed");
        limit_files_to(None);
        let statements: Vec<_> = (0..8)
            .map(|task| (INSERT, item(&text(task, 999), 1)))
            .collect();
        for answer in as_one_group(&database, &statements).await {
            answer.unwrap();
        }
        assert_eq!(count_from_outside(&database), stored + 8);
        println!("stored {}", stored + 8);
        // As if the power went: without closing.
        std::process::exit(0);
    });
}

#[cfg(unix)]
#[tokio::test]
async fn a_disk_that_fills_up_stores_all_or_nothing() {
    let folder = tempfile::tempdir().unwrap();
    open_with_table(&folder).await.close().await.unwrap();
    let output = child("child_on_a_disk_that_fills_up", &folder)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let stored = said.lines().find_map(stored);
    let stored: i64 = stored
        .unwrap_or_else(|| panic!("the child failed: {said}"))
        .parse()
        .unwrap();
    let database = open(&folder);
    assert_eq!(count(&database).await, stored);
    let check = database
        .execute("PRAGMA integrity_check", vec![])
        .await
        .unwrap();
    assert_eq!(check.rows, [[Text("ok".to_owned())]]);
}
