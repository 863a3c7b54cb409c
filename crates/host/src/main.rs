//! The `akses` program: the embedded host, and the developer's one tool.

mod commands;
mod progress;

use std::future::Future;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

use commands::{
    audit, bench, build, doctor, import, key, mailbox, platform, sirup, test, torture, up,
};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Runs Akses, builds and tests it.
///
/// Inside the project: `cargo akses COMMAND`. Results go to standard output,
/// progress and logs to standard error; AKSES_LOG (info, debug, warn,akses=trace, ...)
/// says how much is logged.
#[derive(Parser)]
#[command(name = "akses", bin_name = "akses", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build what changed and run the service
    Up(up::UpArgs),
    /// Build the components
    Build(build::BuildArgs),
    /// Build the components and run all tests
    Test(test::TestArgs),
    /// Check this machine and the project, and say what to type
    Doctor(doctor::DoctorArgs),
    /// Import institutions, roles, forms, accounts, accesses, platforms and more from CSV
    Import(import::ImportArgs),
    /// Measure every operation, as ratios
    Bench(bench::BenchArgs),
    /// Check the record against its seals
    Audit(audit::AuditArgs),
    /// Kill the service many times under load and look for losses
    Torture(torture::TortureArgs),
    /// Run a mail server to try things with
    Mailbox(mailbox::MailboxArgs),
    /// Run a stand-in for SiRUP to try things with
    Sirup(sirup::SirupArgs),
    /// Run platforms to try entries with
    Platform(platform::PlatformArgs),
    /// Make keys that sign entries to platforms
    Key(key::KeyArgs),
}

fn main() -> ExitCode {
    start_logging();
    use_small_pages();
    match run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            progress::failure(&error);
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Up(args) => block_on(up::run(args)),
        Command::Build(args) => build::run(&args),
        Command::Test(args) => test::run(&args),
        Command::Doctor(args) => doctor::run(&args),
        Command::Import(args) => block_on(import::run(&args)),
        Command::Bench(args) => block_on(bench::run(args)),
        Command::Audit(args) => audit::run(&args),
        Command::Torture(args) => torture::run(&args),
        Command::Mailbox(args) => block_on(mailbox::run(args)),
        Command::Sirup(args) => block_on(sirup::run(args)),
        Command::Platform(args) => block_on(platform::run(args)),
        Command::Key(args) => key::run(&args),
    }
}

/// The allocator asks for pages of 2 MiB, which keep more memory resident than is in use;
/// no operation was seen to be slower without them.
fn use_small_pages() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::thread::disable_transparent_huge_pages(true) {
        tracing::debug!(%error, "memory stays in large pages");
    }
}

fn block_on(task: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the machine gave no threads")?
        .block_on(task)
}

/// One JSON object a line on stderr, for people with `jq` and for collectors.
fn start_logging() {
    let filter = EnvFilter::builder()
        .with_default_directive(tracing::Level::INFO.into())
        .with_env_var("AKSES_LOG")
        .from_env_lossy();
    tracing_subscriber::fmt()
        .json()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
