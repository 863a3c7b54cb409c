//! `akses test`: builds the components, runs the native tests, counts them.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, bail};
use clap::Args;

use super::build::build;
use super::{cargo, project_root};
use crate::progress;

/// Tells the end-to-end tests which program to start.
const PROGRAM_VARIABLE: &str = "AKSES_BIN";

/// Options of `akses test`.
#[derive(Args)]
pub struct TestArgs {
    /// Use the components as they are
    #[arg(long)]
    no_build: bool,
    /// A name filter or other arguments for `cargo test`
    #[arg(value_name = "CARGO ARGUMENT", allow_hyphen_values = true)]
    cargo: Vec<OsString>,
    /// Arguments for the test programs, such as --nocapture
    #[arg(value_name = "TEST ARGUMENT", last = true)]
    harness: Vec<OsString>,
}

/// Runs `akses test`; an error means that something failed.
pub fn run(args: &TestArgs) -> anyhow::Result<()> {
    // Asked for first: cargo replaces the file while it builds the tests.
    let program = std::env::current_exe().context("this program's own path is unknown")?;
    let root = project_root(None)?;
    if !args.no_build {
        build(&root)?;
    }
    let mut command = test_command(&root, &program, args);
    let (count, succeeded) = run_and_count(&mut command, std::io::stdout())?;
    progress::answer(format_args!(
        "{} passed, {} failed",
        count.passed, count.failed
    ));
    if !succeeded && count.failed == 0 {
        bail!("cargo test failed outside the counted tests: its messages above say where");
    }
    if !succeeded || count.failed > 0 {
        bail!("tests failed; the names are listed above under `failures:`");
    }
    Ok(())
}

fn test_command(root: &Path, program: &Path, args: &TestArgs) -> Command {
    let mut command = cargo(root);
    command.env(PROGRAM_VARIABLE, program);
    // Without names cargo takes the workspace's default-members: all that runs
    // natively. The components are tested as WebAssembly, by akses-tests.
    command.args(["test", "--release", "--no-fail-fast"]);
    command.args(&args.cargo).arg("--").args(&args.harness);
    command
}

/// Passes the output through as it comes and adds up its `test result:` lines.
fn run_and_count(command: &mut Command, mut out: impl Write) -> anyhow::Result<(Count, bool)> {
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .context("cargo cannot be started")?;
    let output = child.stdout.take().context("cargo's output is not there")?;
    let mut count = Count::default();
    let mut output = BufReader::new(output);
    let mut line = Vec::new();
    while output.read_until(b'\n', &mut line)? > 0 {
        // A reader that has gone away does not end the tests.
        let _ = out.write_all(&line);
        count.add(&String::from_utf8_lossy(&line));
        line.clear();
    }
    let status = child.wait()?;
    Ok((count, status.success()))
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Count {
    passed: u32,
    failed: u32,
}

impl Count {
    /// Reads `test result: ok. 12 passed; 0 failed; 1 ignored; ...`.
    fn add(&mut self, line: &str) {
        let Some(result) = line.trim().strip_prefix("test result:") else {
            return;
        };
        for part in result.split(['.', ';']) {
            let mut words = part.split_whitespace();
            let Some(number) = words.next().and_then(|word| word.parse::<u32>().ok()) else {
                continue;
            };
            match words.next() {
                Some("passed") => self.passed += number,
                Some("failed") => self.failed += number,
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds_up_the_result_lines_and_ignores_the_rest() {
        let mut count = Count::default();
        for line in [
            "running 3 tests\n",
            "test a ... ok\n",
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.02s\n",
            "test result: FAILED. 4 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.00s\n",
            "the words 7 passed; 7 failed elsewhere\n",
        ] {
            count.add(line);
        }
        assert_eq!(
            count,
            Count {
                passed: 16,
                failed: 2
            }
        );
    }

    #[test]
    fn passes_output_through_and_reports_the_exit() {
        let result_line = "echo 'test result: FAILED. 1 passed; 1 failed; 0 ignored'; exit 3";
        let mut shell = Command::new("sh");
        let mut passed_through = Vec::new();
        let (count, succeeded) =
            run_and_count(shell.args(["-c", result_line]), &mut passed_through).unwrap();
        assert!(passed_through.ends_with(b"0 ignored\n"));
        assert_eq!((count.passed, count.failed), (1, 1));
        assert!(!succeeded);
    }

    #[test]
    fn names_the_program_and_forwards_arguments() {
        let args = TestArgs {
            no_build: true,
            cargo: vec!["sign_in".into()],
            harness: vec!["--nocapture".into()],
        };
        let command = test_command(Path::new("/p"), Path::new("/p/akses"), &args);
        let given: Vec<_> = command.get_args().collect();
        assert!(given.ends_with(&["sign_in".as_ref(), "--".as_ref(), "--nocapture".as_ref()]));
        let program = command
            .get_envs()
            .find(|(name, _)| *name == "AKSES_BIN")
            .and_then(|(_, value)| value);
        assert_eq!(program, Some("/p/akses".as_ref()));
    }
}
