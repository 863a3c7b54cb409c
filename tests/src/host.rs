//! `akses up` on a state folder of its own.

use crate::client::Client;
use crate::database::Database;
use crate::program::{Process, program, project};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

/// The token of `/internal` routes in tests.
pub const OPERATOR_TOKEN: &str = "kunci-pengelola-uji";

/// When tests begin: a Friday, 14.10 WIB.
pub const START: &str = "2026-03-27T07:10:00Z";

/// A schedule that no test meets: 1 January.
const NEVER: &str = "0 0 0 1 1 *";

/// What a host is started with.
#[derive(Clone)]
pub struct Options {
    /// Where its clock starts; none for the machine's.
    pub clock: Option<String>,
    /// Variables of spin.toml.
    pub variables: Vec<(String, String)>,
    /// Whether timers run as spin.toml says, or only when a test runs them.
    pub timers_awake: bool,
    /// What is logged, as `AKSES_LOG` takes it.
    pub log: String,
    /// A command that the program's own is handed to, to be run under conditions.
    pub under: Vec<String>,
    /// Whether it brings the demo's data, mailbox and stand-ins.
    pub is_demo: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            clock: Some(START.to_owned()),
            variables: vec![("operator_token".to_owned(), OPERATOR_TOKEN.to_owned())],
            timers_awake: false,
            log: "info".to_owned(),
            under: Vec::new(),
            is_demo: false,
        }
    }
}

impl Options {
    /// With a variable of spin.toml.
    #[must_use]
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.retain(|(known, _)| known != name);
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With timers that run as spin.toml says.
    #[must_use]
    pub fn awake(mut self) -> Self {
        self.timers_awake = true;
        self
    }

    /// With all that `--demo` brings.
    #[must_use]
    pub fn demo(mut self) -> Self {
        self.is_demo = true;
        self
    }

    /// Run by another command, which gets the program and its arguments.
    #[must_use]
    pub fn under(mut self, command: &[&str]) -> Self {
        self.under = command.iter().map(|&word| word.to_owned()).collect();
        self
    }

    /// With a clock that starts at another moment.
    #[must_use]
    pub fn clock(mut self, start: &str) -> Self {
        self.clock = Some(start.to_owned());
        self
    }
}

/// A folder for one host: its data, its manifest, its log. It is kept when a
/// test fails.
pub struct Folder(Option<TempDir>);

impl Folder {
    /// An empty one.
    ///
    /// # Panics
    /// When the disk does not let us.
    pub fn new() -> Arc<Self> {
        let folder = tempfile::Builder::new().prefix("akses-e2e-").tempdir();
        Arc::new(Self(Some(folder.expect("a temporary folder"))))
    }

    fn path(&self) -> &Path {
        self.0
            .as_ref()
            .expect("it is there until it is dropped")
            .path()
    }

    /// Where `--state-dir` points to.
    pub fn state(&self) -> PathBuf {
        self.path().join("state")
    }

    /// The database, whether the host runs or not.
    pub fn database(&self) -> Database {
        Database::new(&self.state())
    }

    /// What hosts on this folder said on standard error.
    pub fn log(&self) -> PathBuf {
        self.path().join("stderr.log")
    }

    /// spin.toml with timers that sleep, in a folder where its paths mean the
    /// same.
    fn manifest_asleep(&self) -> PathBuf {
        let root = self.path().join("asleep");
        let manifest = root.join("spin.toml");
        if !manifest.is_file() {
            fs::create_dir_all(&root).expect("a folder in a temporary folder");
            for name in ["target", "static"] {
                symlink(project().join(name), root.join(name)).expect("a link");
            }
            fs::write(&manifest, asleep(&manifest_text())).expect("a file in a temporary folder");
        }
        manifest
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if std::thread::panicking()
            && let Some(folder) = self.0.take()
        {
            eprintln!("kept for a look: {}", folder.keep().display());
        }
    }
}

/// The text of the project's spin.toml.
///
/// # Panics
/// When it cannot be read.
pub fn manifest_text() -> String {
    let path = project().join("spin.toml");
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn asleep(manifest: &str) -> String {
    let lines = manifest.lines().map(|line| match line.split_once(" = ") {
        Some(("cron_expression", _)) => format!("cron_expression = \"{NEVER}\"\n"),
        _ => format!("{line}\n"),
    });
    lines.collect()
}

/// A host that runs, or stands still between two starts.
pub struct Host {
    options: Options,
    /// Where its data is.
    pub folder: Arc<Folder>,
    client: Client,
    running: Mutex<Option<Running>>,
}

struct Running {
    process: Process,
    control: Option<Client>,
}

impl Host {
    /// Starts one on an empty folder.
    pub fn start(options: Options) -> Self {
        Self::start_on(Folder::new(), options)
    }

    /// Starts one on a folder with data.
    pub fn start_on(folder: Arc<Folder>, options: Options) -> Self {
        let host = Self::new_on(folder, options);
        host.start_again();
        host
    }

    /// One that was not started yet.
    pub fn new_on(folder: Arc<Folder>, options: Options) -> Self {
        let client = Client::new("http://not-started", &folder.log());
        Self {
            options,
            folder,
            client,
            running: Mutex::new(None),
        }
    }

    /// The command that starts it.
    pub fn command(&self) -> Command {
        let program = program();
        let mut command = match self.options.under.split_first() {
            None => Command::new(program),
            Some((first, others)) => {
                let mut command = Command::new(first);
                command.args(others).arg(program);
                command
            }
        };
        command
            .current_dir(project())
            .env("AKSES_LOG", &self.options.log);
        command.args(["up", "--no-build", "--listen", "127.0.0.1:0"]);
        command.arg("--state-dir").arg(self.folder.state());
        if !self.options.timers_awake {
            command.arg("--manifest").arg(self.folder.manifest_asleep());
        }
        if let Some(clock) = &self.options.clock {
            command.args(["--clock", clock]);
        }
        if self.options.is_demo {
            command.arg("--demo");
        }
        for (name, value) in &self.options.variables {
            command.arg("--variable").arg(format!("{name}={value}"));
        }
        command
    }

    /// With other options from the next start on.
    pub fn set_options(&mut self, options: Options) {
        self.options = options;
    }

    /// The number of its process.
    pub fn process_id(&self) -> u32 {
        let running = self.running();
        running.as_ref().expect("it runs").process.id()
    }

    /// Starts it after it was killed or stopped; its clock begins anew.
    pub fn start_again(&self) {
        let mut process = Process::start(&mut self.command(), &self.folder.log());
        let control = self.options.clock.is_some().then(|| {
            let base = process.wait_for("control: ");
            Client::new(&base, &self.folder.log())
        });
        let base = process.wait_for("ready: ");
        self.client.moved_to(&base);
        let previous = self.running().replace(Running { process, control });
        assert!(previous.is_none(), "it was started twice");
    }

    /// `kill -9`.
    pub fn kill(&self) {
        let running = self.running().take();
        running.expect("it runs").process.kill();
    }

    /// Stops it as a supervisor does.
    pub fn stop(&self) {
        let running = self.running().take();
        let mut process = running.expect("it runs").process;
        let status = process.stop();
        assert!(
            status.success(),
            "it stopped with {status}\n{}",
            process.log_tail()
        );
    }

    /// To speak HTTP with it.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Sets its clock to an instant like `2026-03-27T07:10:00Z`; it runs on
    /// from there.
    pub fn set_clock(&self, instant: &str) {
        let set = self.control().call("PUT", "/clock").body(instant).send();
        let _ = set.expect(200);
    }

    /// What time it is there.
    pub fn clock(&self) -> String {
        let answer = self.control().get("/clock").send().expect(200);
        String::from_utf8_lossy(&answer.body).trim().to_owned()
    }

    /// Runs a timer as the cron trigger does, and waits for its end.
    #[track_caller]
    pub fn run_timer(&self, component: &str) {
        let _ = self.try_run_timer(component).send().expect(200);
    }

    /// The same, to be sent by who expects trouble.
    pub fn try_run_timer(&self, component: &str) -> crate::client::Call {
        self.control().post(&format!("/timers/{component}"))
    }

    /// The database.
    pub fn database(&self) -> Database {
        self.folder.database()
    }

    /// All that hosts on this folder logged.
    pub fn logged(&self) -> String {
        let bytes = fs::read(self.folder.log()).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    fn control(&self) -> Client {
        let running = self.running();
        let control = running.as_ref().and_then(|running| running.control.clone());
        control.expect("it runs with a clock of its own")
    }

    fn running(&self) -> std::sync::MutexGuard<'_, Option<Running>> {
        self.running
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asleep_only_the_schedules_differ() {
        let text = manifest_text();
        let asleep = asleep(&text);
        let changed: Vec<_> = text
            .lines()
            .zip(asleep.lines())
            .filter(|(a, b)| a != b)
            .collect();
        assert!(!changed.is_empty());
        assert!(
            changed
                .iter()
                .all(|(a, b)| a.contains("cron_expression") && b.contains(NEVER))
        );
        assert_eq!(text.lines().count(), asleep.lines().count());
    }
}
