//! Starting the real program and keeping an eye on it.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

/// Names the program under test; `cargo akses test` sets it.
const PROGRAM_VARIABLE: &str = "AKSES_BIN";

/// A first start compiles every component, on a machine that is busy testing.
const START_MS_MAX: u64 = 180_000;

/// A stop waits for what is under way, and the program bounds that itself.
const STOP_MS_MAX: u64 = 60_000;

const POLL_MS: u64 = 10;

/// What of a log is shown with a failure.
const LOG_LINES_SHOWN: usize = 40;

/// The program under test: the one that runs the tests, or the one that was
/// built beside them.
///
/// # Panics
/// When there is none; the message says what to type.
pub fn program() -> PathBuf {
    if let Some(named) = std::env::var_os(PROGRAM_VARIABLE) {
        return named.into();
    }
    let test = std::env::current_exe().expect("a test knows its own path");
    // target/release/deps/life-0123 -> target/release/akses
    let built = test.ancestors().nth(2).map(|folder| folder.join("akses"));
    match built {
        Some(program) if program.is_file() => program,
        _ => panic!(
            "there is no program to test; type\n  cargo akses test\nor set {PROGRAM_VARIABLE} to a built `akses`"
        ),
    }
}

/// The project's top folder.
pub fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the tests lie in the project")
}

/// A program that runs, with its standard error in a file.
pub struct Process {
    child: Child,
    guard: Child,
    lines: Receiver<String>,
    log: PathBuf,
}

impl Process {
    /// Starts a program; what it says on standard error is appended to `log`.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn start(command: &mut Command, log: &Path) -> Self {
        let stderr = File::options().create(true).append(true).open(log);
        let stderr = stderr.unwrap_or_else(|error| panic!("{}: {error}", log.display()));
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(stderr)
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let stdout = child.stdout.take().expect("it is piped");
        let (sender, lines) = channel();
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        let guard = guard(child.id());
        Self {
            child,
            guard,
            lines,
            log: log.to_owned(),
        }
    }

    /// What follows `prefix` on the next line of standard output that has it.
    ///
    /// # Panics
    /// When the program ends or takes too long before it says so.
    #[track_caller]
    pub fn wait_for(&mut self, prefix: &str) -> String {
        let deadline = Instant::now() + Duration::from_millis(START_MS_MAX);
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) => {
                    if let Some(rest) = line.strip_prefix(prefix) {
                        return rest.trim().to_owned();
                    }
                }
                Err(RecvTimeoutError::Timeout) => {
                    panic!(
                        "no line `{prefix}` within {START_MS_MAX} ms\n{}",
                        self.log_tail()
                    )
                }
                Err(RecvTimeoutError::Disconnected) => {
                    let status = self.child.wait();
                    panic!(
                        "it ended before `{prefix}`: {status:?}\n{}",
                        self.log_tail()
                    )
                }
            }
        }
    }

    /// `kill -9`, and waits until it is gone.
    pub fn kill(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Asks it to end as a supervisor does, and waits for it.
    ///
    /// # Panics
    /// When it does not.
    pub fn stop(&mut self) -> ExitStatus {
        let pid = self.child.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &pid]).status();
        assert!(
            asked.is_ok_and(|status| status.success()),
            "process {pid} took no signal"
        );
        let deadline = Instant::now() + Duration::from_millis(STOP_MS_MAX);
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait().expect("it is our child") {
                return status;
            }
            thread::sleep(Duration::from_millis(POLL_MS));
        }
        panic!(
            "it did not stop within {STOP_MS_MAX} ms\n{}",
            self.log_tail()
        );
    }

    /// Waits until it ends by itself.
    ///
    /// # Panics
    /// When it does not within the time of a start.
    pub fn wait(&mut self) -> ExitStatus {
        let deadline = Instant::now() + Duration::from_millis(START_MS_MAX);
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait().expect("it is our child") {
                return status;
            }
            thread::sleep(Duration::from_millis(POLL_MS));
        }
        panic!("it still runs after {START_MS_MAX} ms\n{}", self.log_tail());
    }

    /// Its number.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The end of what it said on standard error.
    pub fn log_tail(&self) -> String {
        tail(&self.log, |_| true)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
        let _ = self.guard.kill();
        let _ = self.guard.wait();
    }
}

/// The last lines of a log that are wanted.
pub fn tail(log: &Path, wanted: impl Fn(&str) -> bool) -> String {
    let text = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<_> = text.lines().filter(|line| wanted(line)).collect();
    let shown = &lines[lines.len().saturating_sub(LOG_LINES_SHOWN)..];
    format!("--- {}\n{}\n---", log.display(), shown.join("\n"))
}

/// Kills the program when this test ends in whatever way: hosts that several
/// tests share are in statics, which are never dropped. The pipe closes with the
/// test's process, and `read` returns.
fn guard(pid: u32) -> Child {
    Command::new("sh")
        .args([
            "-c",
            "read -r _; kill -9 \"$0\" 2>/dev/null",
            &pid.to_string(),
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("every Unix has sh")
}
