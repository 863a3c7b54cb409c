//! The sweep of very many due accesses, and what readers notice of it.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use bytes::Bytes;
use serde::Serialize;

use super::load::{Connection, Figures, Shot, repeat_until};
use super::operations;
use super::reference;
use super::service::{OPERATOR_TOKEN, Service};
use crate::progress;
use akses::runtime::SQLITE_FILE;

/// How many connections read beside the sweep.
const READERS: usize = 4;
/// How long they read before it.
const CALM: Duration = Duration::from_secs(3);
/// How many of the accesses belong to one person; those who sign in have as many
/// as anybody.
const ACCESSES_OF_ONE: i64 = 3;
/// Rows of one statement while the database is filled.
const FILL_ROWS: i64 = 50_000;

/// What a sweep showed.
#[derive(Debug, Serialize)]
pub(super) struct Sweep {
    rows: u64,
    seconds: f64,
    rows_per_second: f64,
    plain_update_seconds: f64,
    /// The bar is 12 at a million rows.
    times_plain_update: f64,
    reads_before: Figures,
    reads_during: Figures,
    /// The bar is 5.
    times_read_p99: f64,
}

/// Fills a database with due accesses and sweeps it.
pub(super) async fn measure(
    manifest: &Path,
    scratch: &Path,
    rows: u64,
    decree: &Bytes,
) -> Result<Sweep> {
    let state_dir = scratch.join(format!("sweep-{rows}"));
    let service = Service::start(manifest, &state_dir)?;
    let people = operations::prepare(service.address, decree).await?;
    service.stop()?;
    let database = state_dir.join(SQLITE_FILE);
    progress::note(format_args!("filling in {rows} due accesses"));
    fill(&database, rows)?;
    let now_ms = i64::try_from(std::time::UNIX_EPOCH.elapsed()?.as_millis())?;
    progress::note(format_args!("one plain UPDATE of {rows} rows"));
    let plain = reference::plain_update(&database, scratch, now_ms)?;

    let service = Service::start(manifest, &state_dir)?;
    let read = people.a_read();
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let calm = tokio::spawn(repeat_until(
        service.address,
        READERS,
        read.clone(),
        stopped,
    ));
    tokio::time::sleep(CALM).await;
    stop.send(true)?;
    let reads_before = calm.await??;

    progress::note(format_args!("the sweep of {rows} rows"));
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let busy = tokio::spawn(repeat_until(service.address, READERS, read, stopped));
    let took = sweep(&service, rows).await?;
    stop.send(true)?;
    let reads_during = busy.await??;

    drop(service);
    std::fs::remove_dir_all(state_dir)?;
    Ok(Sweep {
        rows,
        seconds: took.as_secs_f64(),
        rows_per_second: rows as f64 / took.as_secs_f64(),
        plain_update_seconds: plain.as_secs_f64(),
        times_plain_update: took.as_secs_f64() / plain.as_secs_f64(),
        times_read_p99: reads_during.p99_ms / reads_before.p99_ms,
        reads_before,
        reads_during,
    })
}

/// Drives the timer as a scheduler would, until none is left.
async fn sweep(service: &Service, rows: u64) -> Result<Duration> {
    let operator: Arc<str> = OPERATOR_TOKEN.into();
    let run = Shot::post(
        "/internal/timers/expire-accesses",
        Some(&operator),
        Bytes::new(),
    );
    let mut connection = Connection::open(service.address).await?;
    let mut expired = 0;
    let began = Instant::now();
    loop {
        let outcome = connection.json(&run).await?;
        expired += outcome["expired"]
            .as_u64()
            .context("a sweep says how many expired")?;
        if outcome["done"] == true {
            anyhow::ensure!(expired <= rows, "{expired} of {rows} accesses expired");
            return Ok(began.elapsed());
        }
    }
}

/// Carries over `rows` accesses whose end lies in the last year, with the
/// events and the triggers of the product.
fn fill(database: &Path, rows: u64) -> Result<()> {
    let connection = reference::open(database)?;
    let mut insert = connection.prepare(
        "WITH RECURSIVE n (n) AS (SELECT ?1 UNION ALL SELECT n + 1 FROM n WHERE n + 1 < ?2)
         INSERT INTO event (subject, version, kind, data, actor, at, origin, request_id, institution)
         SELECT printf('01900000-0000-7000-8000-%012x', n), 1, 'access-carried-over',
                json_object('account', coalesce(?3 ->> (n / ?4),
                                                printf('01900000-0000-7000-a000-%012x', n / ?4)),
                            'role', 'PPK',
                            'work_unit', printf('01900000-0000-7000-9000-%012x', n),
                            'institution', (SELECT id FROM institution LIMIT 1),
                            'zone', 'WIB', 'verified_by', 'institution',
                            'valid_until', date('now', '-2 days', printf('-%d days', n % 365))),
                'operator:bench', 0, 'bench', '', (SELECT id FROM institution LIMIT 1)
         FROM n",
    )?;
    let accounts: String =
        connection.query_row("SELECT json_group_array(id) FROM account", [], |row| {
            row.get(0)
        })?;
    let rows = i64::try_from(rows)?;
    for from in (0..rows).step_by(usize::try_from(FILL_ROWS)?) {
        let to = rows.min(from + FILL_ROWS);
        insert.execute((from, to, &accounts, ACCESSES_OF_ONE))?;
    }
    connection.pragma_update(None, "wal_checkpoint", "truncate")?;
    Ok(())
}

impl std::fmt::Display for Sweep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "\nsweep of {} rows: {:.1} s, {:.0} rows/s, {:.1} times one plain UPDATE ({:.2} s); \
             reads p99 {:.2} ms before, {:.2} ms during: {:.1} times",
            self.rows,
            self.seconds,
            self.rows_per_second,
            self.times_plain_update,
            self.plain_update_seconds,
            self.reads_before.p99_ms,
            self.reads_during.p99_ms,
            self.times_read_p99,
        )
    }
}
