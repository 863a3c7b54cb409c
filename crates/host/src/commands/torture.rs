//! `akses torture`: kill -9 at random moments under load, and a look whether
//! anything acknowledged was lost or doubled. The test command does twenty
//! rounds of it; this does as many as one likes.

use anyhow::{Context, bail};
use clap::Args;

use super::build::build;
use super::test::PROGRAM_VARIABLE;
use super::{cargo, project_root};

/// Tells the test how many rounds to do.
const ROUNDS_VARIABLE: &str = "AKSES_TORTURE_ROUNDS";

/// Options of `akses torture`.
#[derive(Args)]
pub struct TortureArgs {
    /// How many times the service is killed
    #[arg(long, default_value_t = 200)]
    rounds: u32,
    /// Use the components as they are
    #[arg(long)]
    no_build: bool,
}

/// Runs `akses torture`; an error means that something was lost or doubled.
pub fn run(args: &TortureArgs) -> anyhow::Result<()> {
    let program = std::env::current_exe().context("this program's own path is unknown")?;
    let root = project_root(None)?;
    if !args.no_build {
        build(&root)?;
    }
    let status = cargo(&root)
        .env(PROGRAM_VARIABLE, program)
        .env(ROUNDS_VARIABLE, args.rounds.to_string())
        .args([
            "test",
            "--release",
            "--package",
            "akses-tests",
            "--test",
            "torture",
            "--",
            "--nocapture",
        ])
        .status()
        .context("cargo cannot be started")?;
    if !status.success() {
        bail!("the torture found something; its messages above say what");
    }
    Ok(())
}
