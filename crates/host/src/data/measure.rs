//! Figures, not a test of right or wrong:
//! `cargo test --release -p akses --lib data::measure -- --ignored --nocapture`.
//! The reference runs in the same process on the same disk: one thread that
//! commits the same statement with the same durability.

use std::time::{Duration, Instant};

use super::Value::{Blob, Integer, Text};
use super::*;

const ROUND: Duration = Duration::from_secs(3);
const SCHEMA: &[&str] = &[
    "CREATE TABLE event (seq INTEGER PRIMARY KEY, subject TEXT NOT NULL, version INTEGER NOT NULL, \
     kind TEXT NOT NULL, data TEXT NOT NULL CHECK (json_valid(data)), at INTEGER NOT NULL, \
     UNIQUE (subject, version)) STRICT",
    "CREATE TABLE access (id TEXT PRIMARY KEY, state TEXT NOT NULL, until INTEGER) STRICT, WITHOUT ROWID",
    "CREATE TRIGGER fold AFTER INSERT ON event BEGIN \
     INSERT INTO access (id, state, until) VALUES (NEW.subject, NEW.kind, NEW.data ->> 'until') \
     ON CONFLICT (id) DO UPDATE SET state = excluded.state; END",
];
const APPEND: &str =
    "INSERT INTO event (subject, version, kind, data, at) VALUES (?1, 1, 'requested', ?2, ?3)";
const LOOK: &str = "SELECT id, state, until FROM access WHERE id = ?1";

fn subject(number: u64) -> String {
    // As random as a hash, so that the index is hit everywhere.
    format!(
        "{:016x}{number:016x}",
        number.wrapping_mul(0x9E37_79B9_7F4A_7C15)
    )
}

fn append(number: u64) -> Vec<Value> {
    let data = format!(
        r#"{{"until":{number},"role":"ppk","unit":"biro umum","note":"{}"}}"#,
        "x".repeat(200)
    );
    vec![
        Text(subject(number)),
        Text(data),
        Integer(1_700_000_000_000),
    ]
}

struct Figures {
    count: usize,
    time: Duration,
    latencies: Vec<Duration>,
}

impl Figures {
    fn print(mut self, what: &str, reference: Option<f64>) -> f64 {
        self.latencies.sort_unstable();
        let at = |share: f64| {
            self.latencies[((self.count - 1) as f64 * share) as usize].as_secs_f64() * 1e3
        };
        let rate = self.count as f64 / self.time.as_secs_f64();
        let ratio = reference.map_or(String::new(), |reference| {
            format!("  x{:.2}", rate / reference)
        });
        println!(
            "{what:44} {rate:9.0}/s  p50 {:7.3} ms  p99 {:7.3} ms  max {:7.1} ms{ratio}",
            at(0.5),
            at(0.99),
            at(1.0)
        );
        rate
    }
}

/// So many callers, each doing one after the other for the time of a round.
async fn callers<F, R>(count: u64, act: F) -> Figures
where
    F: Fn(u64) -> R + Clone + Send + 'static,
    R: Future<Output = ()> + Send + 'static,
{
    let started = Instant::now();
    let tasks: Vec<_> = (0..count)
        .map(|caller| {
            let act = act.clone();
            tokio::spawn(async move {
                let mut latencies = Vec::new();
                let mut turn = 0;
                while started.elapsed() < ROUND {
                    let begun = Instant::now();
                    act(caller * 100_000_000 + turn).await;
                    latencies.push(begun.elapsed());
                    turn += 1;
                }
                latencies
            })
        })
        .collect();
    let mut latencies = Vec::new();
    for task in tasks {
        latencies.extend(task.await.unwrap());
    }
    Figures {
        count: latencies.len(),
        time: started.elapsed(),
        latencies,
    }
}

/// One thread, one connection, one commit per statement.
fn reference_writes(folder: &std::path::Path) -> Figures {
    let raw = rusqlite::Connection::open(folder.join("reference.db")).unwrap();
    raw.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON",
    )
    .unwrap();
    for sql in SCHEMA {
        raw.execute_batch(sql).unwrap();
    }
    let mut prepared = raw.prepare(APPEND).unwrap();
    let mut latencies = Vec::new();
    let started = Instant::now();
    let mut number = 0;
    while started.elapsed() < ROUND {
        let begun = Instant::now();
        prepared
            .execute(rusqlite::params_from_iter(append(number)))
            .unwrap();
        latencies.push(begun.elapsed());
        number += 1;
    }
    Figures {
        count: latencies.len(),
        time: started.elapsed(),
        latencies,
    }
}

fn reference_reads(path: &std::path::Path) -> Figures {
    let raw = rusqlite::Connection::open(path).unwrap();
    let mut prepared = raw.prepare(LOOK).unwrap();
    let mut latencies = Vec::new();
    let started = Instant::now();
    let mut number = 0;
    while started.elapsed() < ROUND {
        let begun = Instant::now();
        let state: String = prepared
            .query_row([subject(number % 100)], |row| row.get(1))
            .unwrap();
        assert_eq!(state, "requested");
        latencies.push(begun.elapsed());
        number += 1;
    }
    Figures {
        count: latencies.len(),
        time: started.elapsed(),
        latencies,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement of half a minute"]
async fn rates() {
    let folder = tempfile::tempdir().unwrap();
    let database = Sqlite::open(folder.path().join("group.db"), SqliteOptions::default()).unwrap();
    for sql in SCHEMA {
        database.execute(sql, vec![]).await.unwrap();
    }
    let mut series = 0;
    for _ in 0..2 {
        let figures = reference_writes(folder.path());
        let reference = figures.print("reference: rusqlite loop, one thread", None);
        std::fs::remove_file(folder.path().join("reference.db")).unwrap();
        for count in [1, 16, 64] {
            let database = database.clone();
            let base = series * 10_000_000_000;
            series += 1;
            let figures = callers(count, move |number| {
                let database = database.clone();
                async move {
                    let parameters = append(base + number);
                    database.execute(APPEND, parameters).await.unwrap();
                }
            });
            figures
                .await
                .print(&format!("writes, {count} callers"), Some(reference));
        }
    }
    let reference =
        reference_reads(database.path()).print("reference: rusqlite point read, one thread", None);
    for count in [1, 16] {
        let database = database.clone();
        let figures = callers(count, move |number| {
            let database = database.clone();
            async move {
                let rows = database
                    .execute(LOOK, vec![Text(subject(number % 100))])
                    .await
                    .unwrap()
                    .rows;
                assert_eq!(rows.len(), 1);
            }
        });
        figures.await.print(
            &format!("point reads on the calling thread, {count}"),
            Some(reference),
        );
    }
    let elsewhere = database.clone();
    let figures = callers(16, move |number| {
        let database = elsewhere.clone();
        async move {
            database
                .execute_elsewhere(LOOK, vec![Text(subject(number % 100))])
                .await;
        }
    });
    figures
        .await
        .print("point reads on other threads, 16", Some(reference));
    let mixed = database.clone();
    let writing = tokio::spawn(callers(16, move |number| {
        let database = mixed.clone();
        async move {
            database
                .execute(APPEND, append(9_000_000_000_000 + number))
                .await
                .unwrap();
        }
    }));
    let mixed = database.clone();
    let reading = callers(4, move |number| {
        let database = mixed.clone();
        async move {
            database
                .execute(LOOK, vec![Text(subject(number % 100))])
                .await
                .unwrap();
        }
    });
    reading
        .await
        .print("point reads, 4, beside 16 writers", Some(reference));
    writing
        .await
        .unwrap()
        .print("writes, 16, beside 4 readers", None);
    database.close().await.unwrap();
    let size = std::fs::metadata(folder.path().join("group.db"))
        .unwrap()
        .len();
    println!("the file has {} MiB at the end", size >> 20);
    key_value(folder.path()).await;
}

async fn key_value(folder: &std::path::Path) {
    let store = KeyValue::open(folder.join("kv.db")).unwrap();
    for (what, size, count) in [
        ("1 KB", 1_000, 16),
        ("1 MB", 1_000_000, 1),
        ("1 MB", 1_000_000, 8),
    ] {
        let writer = store.clone();
        let figures = callers(count, move |number| {
            let store = writer.clone();
            async move {
                store
                    .set(
                        &format!("{size}/{}", number % 200),
                        vec![number as u8; size],
                    )
                    .await
                    .unwrap();
            }
        });
        figures
            .await
            .print(&format!("key-value set {what}, {count} callers"), None);
        let reader = store.clone();
        let figures = callers(16, move |_| {
            let store = reader.clone();
            async move {
                let value = store.get(&format!("{size}/0")).await.unwrap();
                assert!(matches!(value.map(Blob), Some(Blob(bytes)) if bytes.len() == size));
            }
        });
        figures
            .await
            .print(&format!("key-value get {what}, 16 callers"), None);
    }
    store.close().await.unwrap();
}
