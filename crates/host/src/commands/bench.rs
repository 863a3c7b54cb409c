//! `akses bench`: how fast every operation is, always as a ratio to something
//! measured in the same run, because machines differ and drift.
//!
//! Reads are compared with a component that answers a fixed text behind the same
//! gate; writes with the same statements run by one thread with the same
//! durability; the sweep with one plain UPDATE. Instances are awake when an operation is
//! measured.

mod load;
mod operations;
mod people;
mod reference;
mod service;
mod sweep;
mod timers;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use bytes::Bytes;
use clap::Args;
use serde::Serialize;

use super::{MANIFEST_NAME, build, project_root};
use crate::progress;
use akses::runtime::SQLITE_FILE;
use akses::sirup::{Sirup, SirupOptions};
use operations::{CONNECTIONS, Counts, Measured, Round};
use service::Service;
use sweep::Sweep;
use timers::Timers;

/// A small, whole PDF.
const DECREE: &[u8] = include_bytes!("bench/decree.pdf");

/// Options of `akses bench`.
#[derive(Args)]
pub struct BenchArgs {
    /// A tenth of everything, to see whether it runs
    #[arg(long)]
    quick: bool,
    /// Only the operations, not the sweep and the other timers
    #[arg(long)]
    no_sweep: bool,
    /// Only the sweep and the other timers, not the operations
    #[arg(long, conflicts_with = "no_sweep")]
    only_sweep: bool,
    /// Where the figures go as JSON [default: target/bench.json]
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// Everything that was measured.
#[derive(Serialize)]
struct Report {
    #[serde(flatten)]
    service: Option<Figures>,
    sweeps: Vec<Sweep>,
    timers: Option<Timers>,
}

/// The service under load.
#[derive(Serialize)]
struct Figures {
    start_ms: f64,
    /// The most that was resident during all operations at 64 connections, the last round.
    resident_mib_at_64: f64,
    /// Commits per second of one thread, by kind of event.
    one_thread: reference::CommitRates,
    operations: Vec<Row>,
}

/// One operation with its ratio.
#[derive(Serialize)]
struct Row {
    #[serde(flatten)]
    measured: Measured,
    /// Requests per second against the reference's.
    ratio: Option<f64>,
}

/// Runs the benchmark and prints a table.
pub async fn run(args: BenchArgs) -> Result<()> {
    let root = project_root(None)?;
    build::build(&root)?;
    build::build_packages(&root, &["fixed-answer"])?;
    let scratch = tempfile::tempdir().context("no room for scratch files")?;
    let manifest = service::write_manifest(&root)?;
    let outcome = measure(&args, &manifest, scratch.path()).await;
    std::fs::remove_file(&manifest)?;
    let report = outcome?;
    print(&report);
    let json = args.json.unwrap_or_else(|| root.join("target/bench.json"));
    std::fs::write(&json, serde_json::to_string_pretty(&report)?)?;
    progress::note(format_args!("the figures are in {}", json.display()));
    Ok(())
}

async fn measure(
    args: &BenchArgs,
    manifest: &std::path::Path,
    scratch: &std::path::Path,
) -> Result<Report> {
    let decree = Bytes::from_static(DECREE);
    let scale = if args.quick { 10 } else { 1 };
    let service = if args.only_sweep {
        None
    } else {
        Some(measure_service(manifest, scratch, scale, &decree).await?)
    };
    let mut sweeps = Vec::new();
    if !args.no_sweep {
        for rows in [100_000, 1_000_000] {
            sweeps.push(sweep::measure(manifest, scratch, rows / scale as u64, &decree).await?);
        }
    }
    let timers = if args.no_sweep {
        None
    } else {
        let accesses = 1_000_000 / scale as u64;
        Some(timers::measure(manifest, scratch, accesses, &decree).await?)
    };
    Ok(Report {
        service,
        sweeps,
        timers,
    })
}

async fn measure_service(
    manifest: &std::path::Path,
    scratch: &std::path::Path,
    scale: usize,
    decree: &Bytes,
) -> Result<Figures> {
    let state_dir = scratch.join("operations");
    // The first start compiles; the second shows what a start costs.
    Service::start_in_office_hours(manifest, &state_dir, None)?.stop()?;
    let sirup = Sirup::start(SirupOptions {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        users: people::sirup_users()?,
        mood: None,
    })
    .await?;
    let service = Service::start_in_office_hours(manifest, &state_dir, Some(sirup.address))?;
    let (officers, suppliers) = (people::OFFICERS, people::SUPPLIERS);
    let mut people = people::prepare(service.address, decree, officers, suppliers).await?;
    let mut measured = Vec::new();
    let mut resident_mib_at_64 = 0.0;
    for connections in CONNECTIONS {
        let counts = if connections == 1 {
            Counts {
                reads: 5_000 / scale,
                writes: 1_500 / scale,
                slow: 200 / scale,
            }
        } else {
            Counts {
                reads: 40_000 / scale,
                writes: 10_000 / scale,
                slow: 400 / scale,
            }
        };
        let round = Round::new(&service, connections, counts, &mut people);
        let (rows, peak_mib) = service.peak_while(round.measure(decree)).await?;
        measured.extend(rows);
        resident_mib_at_64 = peak_mib;
    }
    let start_ms = ms(service.start);
    service.stop()?;
    sirup.stop().await;
    progress::note("the same writes on one thread");
    let one_thread = reference::replay(&state_dir.join(SQLITE_FILE), scratch)?;
    let operations = with_ratios(measured, &one_thread);
    Ok(Figures {
        start_ms,
        resident_mib_at_64,
        one_thread,
        operations,
    })
}

fn with_ratios(measured: Vec<Measured>, one_thread: &reference::CommitRates) -> Vec<Row> {
    let reference = |m: &Measured| {
        let commits = || one_thread.get(m.against).copied();
        m.fixed_per_second.or_else(commits)
    };
    measured
        .into_iter()
        .map(|measured| {
            let ratio = reference(&measured).map(|rate| measured.figures.per_second / rate);
            Row { measured, ratio }
        })
        .collect()
}

fn print(report: &Report) {
    if let Some(service) = &report.service {
        print_service(service);
    }
    for sweep in &report.sweeps {
        progress::answer(sweep);
    }
    if let Some(timers) = &report.timers {
        progress::answer(timers);
    }
}

fn print_service(service: &Figures) {
    progress::answer(format_args!(
        "start to ready {:.0} ms, resident memory up to {:.0} MiB at 64 connections\n",
        service.start_ms, service.resident_mib_at_64
    ));
    progress::answer(format_args!(
        "{:<26} {:>5} {:>8} {:>10} {:>9} {:>9} {:>7}  {:<24} {:>6}",
        "operation",
        "conn",
        "requests",
        "requests/s",
        "p50 ms",
        "p99 ms",
        "failed",
        "against",
        "ratio"
    ));
    for row in &service.operations {
        let Measured {
            operation,
            against,
            figures,
            ..
        } = &row.measured;
        let ratio = row
            .ratio
            .map_or_else(|| "-".to_owned(), |ratio| format!("{ratio:.2}"));
        progress::answer(format_args!(
            "{operation:<26} {:>5} {:>8} {:>10.0} {:>9.2} {:>9.2} {:>7}  {against:<24} {ratio:>6}",
            figures.connections,
            figures.requests,
            figures.per_second,
            figures.p50_ms,
            figures.p99_ms,
            figures.failed
        ));
    }
}

fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
