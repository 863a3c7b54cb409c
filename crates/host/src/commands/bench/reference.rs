//! What the service is compared with: the same work by hand, on one thread.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use akses::data::SqliteOptions;
use anyhow::{Context, Result};
use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags};

/// The statement that the store appends with.
const APPEND_SQL: &str = include_str!("../../../../../components/store/sql/event_append.sql");

/// The schema, as the store applies it: statements end in a semicolon before an
/// empty line.
const SCHEMA_SQL: [&str; 16] = [
    include_str!("../../../../../components/store/migrations/0001_record.sql"),
    include_str!("../../../../../components/store/migrations/0002_role_conflicts.sql"),
    include_str!("../../../../../components/store/migrations/0003_forms.sql"),
    include_str!("../../../../../components/store/migrations/0004_sirup.sql"),
    include_str!("../../../../../components/store/migrations/0005_meetings.sql"),
    include_str!("../../../../../components/store/migrations/0006_platforms.sql"),
    include_str!("../../../../../components/store/migrations/0007_duties.sql"),
    include_str!("../../../../../components/store/migrations/0008_verification.sql"),
    include_str!("../../../../../components/store/migrations/0009_reminders.sql"),
    include_str!("../../../../../components/store/migrations/0010_handover_and_collective.sql"),
    include_str!("../../../../../components/store/migrations/0011_cut_offs.sql"),
    include_str!("../../../../../components/store/migrations/0012_password_reset.sql"),
    include_str!("../../../../../components/store/migrations/0013_known_accounts.sql"),
    include_str!("../../../../../components/store/migrations/0014_open_handovers.sql"),
    include_str!("../../../../../components/store/migrations/0015_open_meetings.sql"),
    include_str!("../../../../../components/store/migrations/0016_session_ends.sql"),
];

/// Stands on the hash of a link, which is no part of the record (PWD-3).
const NOT_REPLAYED: [&str; 1] = ["password-changed"];

/// Commits per second for each kind of event.
pub(super) type CommitRates = BTreeMap<String, f64>;

/// A database with the durability and the page cache of the service's writer.
pub(super) fn open(path: &Path) -> Result<Connection> {
    let connection = Connection::open(path)?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    let cache_kib = SqliteOptions::default().writer_cache_kib;
    connection.pragma_update(None, "cache_size", -i64::from(cache_kib))?;
    Ok(connection)
}

/// Replays the record of a service, event by event, with the store's own
/// statement, each commit durable, on one thread.
pub(super) fn replay(service_database: &Path, scratch: &Path) -> Result<CommitRates> {
    let record = Connection::open_with_flags(service_database, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let copy = open(&scratch.join("replay.db"))?;
    for statement in SCHEMA_SQL.iter().flat_map(|script| script.split(";\n\n")) {
        copy.execute_batch(statement)?;
    }
    let mut append = copy.prepare(APPEND_SQL)?;
    let mut events = record.prepare(
        "SELECT subject, version, kind, data, actor, at, origin, request_id, institution,
                idempotency_key, fingerprint FROM event ORDER BY seq",
    )?;
    let mut rows = events.query([])?;
    let mut times: BTreeMap<String, (u32, Duration)> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let values = (0..11)
            .map(|column| row.get(column))
            .collect::<Result<Vec<Value>, _>>()?;
        let kind: String = row.get(2)?;
        if NOT_REPLAYED.contains(&kind.as_str()) {
            continue;
        }
        let began = Instant::now();
        let appended = append
            .query_row(rusqlite::params_from_iter(values), |_| Ok(()))
            .is_ok();
        let took = began.elapsed();
        anyhow::ensure!(appended, "the replay refused an event of kind {kind}");
        let (count, time) = times.entry(kind).or_default();
        *count += 1;
        *time += took;
    }
    let rate = |(kind, (count, time)): (String, (u32, Duration))| {
        (kind, f64::from(count) / time.as_secs_f64())
    };
    Ok(times.into_iter().map(rate).collect())
}

/// The time of one plain UPDATE of all due accesses, on a copy of the database.
pub(super) fn plain_update(database: &Path, scratch: &Path, now_ms: i64) -> Result<Duration> {
    let copy = scratch.join("plain.db");
    fs::copy(database, &copy).context("no room for a copy of the database")?;
    let connection = open(&copy)?;
    let began = Instant::now();
    connection.execute(
        "UPDATE access SET standing = 'expired' WHERE standing = 'active' AND ends_at <= ?1",
        [now_ms],
    )?;
    let took = began.elapsed();
    drop(connection);
    fs::remove_file(copy)?;
    Ok(took)
}

/// The time of one walk over all accesses for those that are due: the quickest of a
/// few, by one thread.
pub(super) fn scan(database: &Connection) -> Result<Duration> {
    const WALKS: usize = 5;
    let mut walk = database.prepare(
        "SELECT count(*) FROM access NOT INDEXED WHERE standing = 'active' AND ends_at <= ?1",
    )?;
    let mut quickest = Duration::MAX;
    for _ in 0..WALKS {
        let began = Instant::now();
        let due: i64 = walk.query_row([0], |row| row.get(0))?;
        anyhow::ensure!(due == 0, "nothing ends in 1970");
        quickest = quickest.min(began.elapsed());
    }
    Ok(quickest)
}
