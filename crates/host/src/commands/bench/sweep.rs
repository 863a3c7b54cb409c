//! The sweep of very many due accesses, and what readers notice of it.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use bytes::Bytes;
use serde::Serialize;

use super::load::{Connection, Figures, repeat_until};
use super::people;
use super::reference;
use super::service::{Service, tick};
use crate::progress;
use akses::runtime::SQLITE_FILE;

/// How many connections read beside the sweep.
const READERS: usize = 4;
/// How long they read before it.
const CALM: Duration = Duration::from_secs(3);
/// How many of the accesses belong to one person; those who sign in have as many
/// as anybody.
const ACCESSES_OF_ONE: i64 = 3;
/// One access in so many is near its end, for the reminders. A prime, so that their
/// days differ.
const NEAR_EVERY: i64 = 997;
/// Runs of a timer that finds nothing.
const IDLE_RUNS: usize = 51;
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
    /// People reminded before their end, among so many accesses, and how long it took.
    reminded: u64,
    remind_seconds: f64,
    /// A tick of each timer that finds nothing.
    sweep_idle_ms: f64,
    remind_idle_ms: f64,
    /// The bar is 3.
    times_sweep_idle: f64,
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
    let people = people::prepare(service.address, decree, 0, 0).await?;
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

    progress::note("reminders, and ticks that find nothing");
    let mut connection = Connection::open(service.address).await?;
    let began = Instant::now();
    let outcome = connection.json(&tick("remind-ends")).await?;
    let remind = began.elapsed();
    let reminded = outcome["reminded"]
        .as_u64()
        .context("a run says how many it reminded")?;
    anyhow::ensure!(outcome["done"] == true, "few are near their end");
    let sweep_idle_ms = idle_ms(&mut connection, "expire-accesses").await?;
    let remind_idle_ms = idle_ms(&mut connection, "remind-ends").await?;

    drop(service);
    std::fs::remove_dir_all(state_dir)?;
    Ok(Sweep {
        rows,
        seconds: took.as_secs_f64(),
        rows_per_second: rows as f64 / took.as_secs_f64(),
        plain_update_seconds: plain.as_secs_f64(),
        times_plain_update: took.as_secs_f64() / plain.as_secs_f64(),
        times_read_p99: reads_during.p99_ms / reads_before.p99_ms,
        reminded,
        remind_seconds: remind.as_secs_f64(),
        sweep_idle_ms,
        remind_idle_ms,
        times_sweep_idle: remind_idle_ms / sweep_idle_ms,
        reads_before,
        reads_during,
    })
}

/// Drives the timer as a scheduler would, until none is left.
async fn sweep(service: &Service, rows: u64) -> Result<Duration> {
    let run = tick("expire-accesses");
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

/// The median time of a timer's run that finds nothing to do.
async fn idle_ms(connection: &mut Connection, name: &str) -> Result<f64> {
    let run = tick(name);
    let mut times = Vec::with_capacity(IDLE_RUNS);
    for _ in 0..IDLE_RUNS {
        let began = Instant::now();
        connection.json(&run).await?;
        times.push(began.elapsed());
    }
    times.sort_unstable();
    Ok(super::ms(times[IDLE_RUNS / 2]))
}

/// Carries over `rows` accesses whose end lies in the last year, but for one in
/// [`NEAR_EVERY`] that ends within the next month, with the events and the triggers
/// of the product.
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
                            'valid_until', iif(n % ?5 = 0, date('now', printf('+%d days', 2 + n % 28)),
                                               date('now', '-2 days', printf('-%d days', n % 365)))),
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
        insert.execute((from, to, &accounts, ACCESSES_OF_ONE, NEAR_EVERY))?;
    }
    connection.pragma_update(None, "wal_checkpoint", "truncate")?;
    Ok(())
}

impl std::fmt::Display for Sweep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "\nsweep of {} rows: {:.1} s, {:.0} rows/s, {:.1} times one plain UPDATE ({:.2} s); \
             reads p99 {:.2} ms before, {:.2} ms during: {:.1} times; {} reminders in {:.2} s; \
             a tick without work: sweep {:.2} ms, reminders {:.2} ms: {:.1} times",
            self.rows,
            self.seconds,
            self.rows_per_second,
            self.times_plain_update,
            self.plain_update_seconds,
            self.reads_before.p99_ms,
            self.reads_during.p99_ms,
            self.times_read_p99,
            self.reminded,
            self.remind_seconds,
            self.sweep_idle_ms,
            self.remind_idle_ms,
            self.times_sweep_idle,
        )
    }
}
