//! `akses test`: builds the components, brings the browser, runs the native tests,
//! counts them.

pub mod browser;

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Write};
use std::ops::AddAssign;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, anyhow, bail};
use clap::Args;

use super::build::build;
use super::workspace::Workspace;
use super::{MANIFEST_NAME, cargo, project_root};
use crate::progress;

/// Tells the end-to-end tests which program to start.
pub const PROGRAM_VARIABLE: &str = "AKSES_BIN";

/// The package with the heavy dependencies; see [`selections`].
const HOST_PACKAGE: &str = "akses";

/// Components whose parts have unit tests of their own; the others are tested as
/// they are built, over HTTP.
const COMPONENTS_WITH_TESTS: [&str; 4] = ["store", "pages", "deliver-notifications", "link-sirup"];

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
    let browser = wants_browser(args).then(|| browser::provide_meanwhile(&root));
    let browser = browser.transpose()?;
    if !args.no_build {
        build(&root)?;
    }
    // Here and not in the first test, which waits for its host only so long.
    progress::note("compiling the components for this machine");
    akses::runtime::compile_ahead(&root.join(MANIFEST_NAME))?;
    let mut natives = Workspace::read(&root)?.natives();
    natives.extend(COMPONENTS_WITH_TESTS.map(str::to_owned));
    if let Some(browser) = browser {
        let provided = browser.join();
        provided.map_err(|_| anyhow!("what the browser tests need was not brought"))??;
    }
    let mut total = Count::default();
    let mut all_succeeded = true;
    for packages in selections(natives, args) {
        let mut command = test_command(&root, &program, &packages, args);
        let (count, succeeded) = run_and_count(&mut command, std::io::stdout())?;
        total += count;
        all_succeeded &= succeeded;
    }
    progress::answer(format_args!(
        "{} passed, {} failed",
        total.passed, total.failed
    ));
    if !all_succeeded && total.failed == 0 {
        bail!("cargo test failed outside the counted tests: its messages above say where");
    }
    if !all_succeeded {
        bail!("tests failed; the names are listed above under `failures:`");
    }
    Ok(())
}

/// Which packages each run of cargo names. Cargo gives a dependency the features
/// that all packages of one run want, so the host is tested in a run of its own:
/// otherwise the tests' wasmtime would be another than the program's, and minutes
/// of compiling with it. Whoever names packages or targets gets one plain run.
fn selections(natives: Vec<String>, args: &TestArgs) -> Vec<Vec<String>> {
    if names_targets(args) {
        return vec![Vec::new()];
    }
    let (host, others): (Vec<_>, Vec<_>) =
        natives.into_iter().partition(|name| name == HOST_PACKAGE);
    // No name at all would mean every package.
    let runs = [host, others].into_iter();
    runs.filter(|packages| !packages.is_empty()).collect()
}

fn names_targets(args: &TestArgs) -> bool {
    let is_option = |arg: &OsString| arg.as_encoded_bytes().starts_with(b"-");
    args.cargo.iter().any(is_option)
}

/// Whether the browser tests may be among those that run: without names, or by
/// theirs.
fn wants_browser(args: &TestArgs) -> bool {
    !names_targets(args) || args.cargo.iter().any(|arg| arg == "browser")
}

fn test_command(root: &Path, program: &Path, packages: &[String], args: &TestArgs) -> Command {
    let mut command = cargo(root);
    command.env(PROGRAM_VARIABLE, program);
    command.args(["test", "--release", "--no-fail-fast"]);
    for package in packages {
        command.args(["--package", package]);
    }
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

impl AddAssign for Count {
    fn add_assign(&mut self, more: Count) {
        self.passed += more.passed;
        self.failed += more.failed;
    }
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

    fn args(cargo: &[&str], harness: &[&str]) -> TestArgs {
        let owned = |args: &[&str]| args.iter().map(OsString::from).collect();
        TestArgs {
            no_build: true,
            cargo: owned(cargo),
            harness: owned(harness),
        }
    }

    #[test]
    fn names_the_program_and_forwards_arguments() {
        let args = args(&["sign_in"], &["--nocapture"]);
        let packages = ["akses".to_owned()];
        let command = test_command(Path::new("/p"), Path::new("/p/akses"), &packages, &args);
        let given: Vec<_> = command
            .get_args()
            .map(|arg| arg.to_str().unwrap())
            .collect();
        let expected = "test --release --no-fail-fast --package akses sign_in -- --nocapture";
        assert_eq!(given.join(" "), expected);
        let program = command
            .get_envs()
            .find(|(name, _)| *name == "AKSES_BIN")
            .and_then(|(_, value)| value);
        assert_eq!(program, Some("/p/akses".as_ref()));
    }

    #[test]
    fn brings_a_browser_only_where_it_may_be_wanted() {
        assert!(wants_browser(&args(&[], &[])));
        assert!(wants_browser(&args(&["sign_in"], &[])));
        assert!(wants_browser(&args(&["--test", "browser"], &[])));
        assert!(!wants_browser(&args(&["--package", "akses-domain"], &[])));
    }

    #[test]
    fn tests_the_host_in_a_run_of_its_own() {
        let natives = || {
            ["akses", "akses-domain", "akses-tests"]
                .map(str::to_owned)
                .to_vec()
        };
        let all = selections(natives(), &args(&["sign_in"], &[]));
        assert_eq!(all, [vec!["akses"], vec!["akses-domain", "akses-tests"]]);
        let one = selections(natives(), &args(&["--test", "sign_in"], &[]));
        assert_eq!(one, [Vec::<String>::new()]);
        let host_only = selections(vec!["akses".to_owned()], &args(&[], &[]));
        assert_eq!(host_only, [vec!["akses"]]);
    }
}
