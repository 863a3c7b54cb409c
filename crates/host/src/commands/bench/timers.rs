//! The timers that look for what is due among very many accesses of which little is,
//! against one walk over all of them: what the sweep would read without an index.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;
use bytes::Bytes;
use rusqlite::Connection as Database;
use serde::Serialize;

use super::load::Connection;
use super::people;
use super::reference;
use super::service::{Service, tick};
use crate::progress;
use akses::runtime::SQLITE_FILE;

/// Requests that wait when the timers look, one for each of so many accesses.
const ACCESSES_OF_A_REQUEST: u64 = 50;
/// Rows of one statement while the database is filled.
const FILL_ROWS: u64 = 50_000;
/// A timer that finds nothing is asked so often; the quickest run counts.
const IDLE_RUNS: usize = 5;

/// What falls due by itself between two runs, because time goes on: a request comes to
/// its next stage about every ten seconds.
const ROWS_OF_SECONDS_MAX: u64 = 2;

/// Monday morning in all zones, a day later, and no schedule's full minute.
const FIRST_DAY: &str = "2026-03-30T01:02:03Z";
const SECOND_DAY: &str = "2026-03-31T01:02:03Z";

/// Each with what its answer counts.
const TIMERS: [(&str, &[&str]); 5] = [
    ("expire-accesses", &["expired"]),
    ("remind-ends", &["reminded"]),
    ("remind-verifiers", &["reminded", "escalated"]),
    ("watch-verifiers", &["warned", "closed"]),
    ("report-unassigned", &["told"]),
];

/// What the timers cost.
#[derive(Debug, Serialize)]
pub(super) struct Timers {
    accesses: u64,
    waiting_requests: u64,
    /// One walk over all accesses, by one thread.
    scan_seconds: f64,
    runs: Vec<Run>,
}

/// One timer, until it says that nothing is left.
#[derive(Debug, Serialize)]
struct Run {
    timer: &'static str,
    /// `month`: everything that had piled up; `idle`: nothing is due; `day`: what one
    /// day brings.
    due: &'static str,
    rows: u64,
    seconds: f64,
    /// The bar is 3 for `idle` and `day`.
    times_scan: f64,
}

/// Fills a database with accesses that end within two years, and runs the timers.
pub(super) async fn measure(
    manifest: &Path,
    scratch: &Path,
    accesses: u64,
    decree: &Bytes,
) -> Result<Timers> {
    let state_dir = scratch.join("timers");
    let service = Service::start_at(manifest, &state_dir, FIRST_DAY)?;
    drop(people::prepare(service.address, decree, 0, 0).await?);
    service.stop()?;
    let file = state_dir.join(SQLITE_FILE);
    progress::note(format_args!("filling in {accesses} accesses that go on"));
    let waiting_requests = accesses / ACCESSES_OF_A_REQUEST;
    let database = reference::open(&file)?;
    fill_accesses(&database, accesses)?;
    fill_requests(&database, waiting_requests)?;
    database.pragma_update(None, "wal_checkpoint", "truncate")?;
    let scan_seconds = reference::scan(&database)?.as_secs_f64();
    drop(database);

    let mut runs = Vec::new();
    let mut note = |timer, due, rows, took: Duration| {
        let seconds = took.as_secs_f64();
        let times_scan = seconds / scan_seconds;
        runs.push(Run {
            timer,
            due,
            rows,
            seconds,
            times_scan,
        });
    };
    progress::note("the timers: what piled up, nothing, and a day");
    let service = Service::start_at(manifest, &state_dir, FIRST_DAY)?;
    for (timer, counts) in TIMERS {
        let (rows, took) = run(&service, timer, counts).await?;
        note(timer, "month", rows, took);
    }
    for (timer, counts) in TIMERS {
        let mut quickest = Duration::MAX;
        for _ in 0..IDLE_RUNS {
            let (rows, took) = run(&service, timer, counts).await?;
            anyhow::ensure!(rows <= ROWS_OF_SECONDS_MAX, "{timer} did {rows} rows again");
            if rows == 0 {
                quickest = quickest.min(took);
            }
        }
        anyhow::ensure!(quickest < Duration::MAX, "{timer} never found nothing");
        note(timer, "idle", 0, quickest);
    }
    service.stop()?;
    let service = Service::start_at(manifest, &state_dir, SECOND_DAY)?;
    for (timer, counts) in TIMERS {
        let (rows, took) = run(&service, timer, counts).await?;
        note(timer, "day", rows, took);
    }
    drop(service);
    std::fs::remove_dir_all(state_dir)?;
    Ok(Timers {
        accesses,
        waiting_requests,
        scan_seconds,
        runs,
    })
}

/// Drives a timer as a scheduler would, until none is left: how many rows, how long.
async fn run(service: &Service, timer: &str, counts: &[&str]) -> Result<(u64, Duration)> {
    let shot = tick(timer);
    let mut connection = Connection::open(service.address).await?;
    let mut rows = 0;
    let began = Instant::now();
    loop {
        let outcome = connection.json(&shot).await?;
        let counted = counts.iter().filter_map(|name| outcome[*name].as_u64());
        rows += counted.sum::<u64>();
        if outcome["done"] == true {
            return Ok((rows, began.elapsed()));
        }
    }
}

/// By their ends each day of two years has as many; by their place they lie anyhow. A
/// person has three at different units, a unit four of different people (REG-7).
fn fill_accesses(database: &Database, rows: u64) -> Result<()> {
    let mut insert = database.prepare(
        "WITH RECURSIVE n (n) AS (SELECT ?1 UNION ALL SELECT n + 1 FROM n WHERE n + 1 < ?2)
         INSERT INTO event (subject, version, kind, data, actor, at, origin, request_id, institution)
         SELECT printf('01900000-0000-7000-8000-%012x', n), 1, 'access-carried-over',
                json_object('account', printf('01900000-0000-7000-a000-%012x', n / 3), 'role', 'PPK',
                            'work_unit', printf('01900000-0000-7000-9000-%012x', n % ?3),
                            'institution', (SELECT id FROM institution LIMIT 1),
                            'zone', 'WIB', 'verified_by', 'institution',
                            'valid_until', date('2026-03-30', printf('+%d days', n * 7919 % 730))),
                'operator:bench', 0, 'bench', '', (SELECT id FROM institution LIMIT 1)
         FROM n",
    )?;
    for from in (0..rows).step_by(FILL_ROWS as usize) {
        let until = rows.min(from + FILL_ROWS);
        insert.execute((from as i64, until as i64, rows.div_ceil(4) as i64))?;
    }
    Ok(())
}

/// Sent within the five days before and the day after the first day.
fn fill_requests(database: &Database, rows: u64) -> Result<()> {
    database.execute(
        "WITH RECURSIVE n (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n + 1 < ?1),
         sent (n, at) AS (SELECT n, unixepoch('2026-03-31') * 1000 - n * (6 * 86400000 / ?1) FROM n)
         INSERT INTO event (subject, version, kind, data, actor, at, origin, request_id, institution)
         SELECT printf('01900000-0000-7000-b000-%012x', n), 1, 'access-requested',
                json_object('account', printf('01900000-0000-7000-a000-%012x', n), 'role', 'PP',
                            'work_unit', printf('01900000-0000-7000-9000-%012x', n),
                            'institution', (SELECT id FROM institution LIMIT 1),
                            'zone', 'WIB', 'verified_by', 'institution',
                            'request', json_object(
                              'id', printf('01900000-0000-7000-c000-%012x', n),
                              'valid_until', '2027-12-31',
                              'document', printf('01900000-0000-7000-d000-%012x', n),
                              'deadline_at', at + 3 * 86400000),
                            'form', json('{}')),
                'operator:bench', at, 'bench', '', (SELECT id FROM institution LIMIT 1)
         FROM sent",
        [rows as i64],
    )?;
    Ok(())
}

impl std::fmt::Display for Timers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(
            f,
            "\ntimers among {} accesses and {} waiting requests; one walk over the accesses: {:.3} s",
            self.accesses, self.waiting_requests, self.scan_seconds
        )?;
        for run in &self.runs {
            writeln!(
                f,
                "{:<18} {:<6} {:>7} rows {:>8.3} s {:>7.2} times the walk",
                run.timer, run.due, run.rows, run.seconds, run.times_scan
            )?;
        }
        Ok(())
    }
}
