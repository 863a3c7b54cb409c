//! The service under load: this very program, started as `akses up`, with a
//! manifest that adds the fixed answers that reads are compared with.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use bytes::Bytes;
use chrono::{DateTime, FixedOffset, NaiveDate};

use super::load::{Connection, Shot};

/// The manifest with the fixed answers, beside spin.toml because its paths are
/// relative to it. Git ignores it.
const MANIFEST: &str = ".akses-bench.toml";

/// Opens the guarded routes.
pub(super) const OPERATOR_TOKEN: &str = "bench";

/// What the benchmark adds to spin.toml.
const FIXED_ANSWERS: &str = r#"
[[trigger.http]]
route = "/bench/fixed"
component = "fixed-answer"
dependencies.middleware = [{ component = "gate", inherit_configuration = ["key_value_stores"] }]

[component.fixed-answer]
source = "target/wasm32-wasip2/component/fixed_answer.wasm"
key_value_stores = ["default"]
"#;

/// How often the service's memory is looked at.
const RESIDENT_LOOK: Duration = Duration::from_millis(20);

/// A Monday without a holiday near it.
const OFFICE_DAY: &str = "2026-03-30";

/// The day it is for the service that was started in office hours.
pub(super) fn office_day() -> NaiveDate {
    OFFICE_DAY.parse().expect("this day exists")
}

/// One run of a timer, as a scheduler asks for it.
pub(super) fn tick(timer: &str) -> Shot {
    Shot::post(
        format!("/internal/timers/{timer}"),
        Some(&OPERATOR_TOKEN.into()),
        Bytes::new(),
    )
}

/// A running service; it ends with this value.
pub(super) struct Service {
    child: Child,
    pub(super) address: SocketAddr,
    /// Where its clock can be set, when it has one of its own.
    control: Option<SocketAddr>,
    /// From the start of the process to its ready line.
    pub(super) start: Duration,
}

/// Writes the manifest with the fixed answers.
pub(super) fn write_manifest(root: &Path) -> Result<PathBuf> {
    let mut manifest = fs::read_to_string(root.join(super::MANIFEST_NAME))?;
    manifest.push_str(FIXED_ANSWERS);
    let path = root.join(MANIFEST);
    fs::write(&path, manifest)?;
    Ok(path)
}

impl Service {
    pub(super) fn start(manifest: &Path, state_dir: &Path) -> Result<Self> {
        Self::start_with(manifest, state_dir, None, &[])
    }

    /// On a morning in an office week, beside a stand-in for SiRUP: meetings are
    /// joined on their day, and the benchmark runs on Sundays too.
    pub(super) fn start_in_office_hours(
        manifest: &Path,
        state_dir: &Path,
        sirup: Option<SocketAddr>,
    ) -> Result<Self> {
        let clock = ["--clock", &format!("{OFFICE_DAY}T00:30:00Z")];
        Self::start_with(manifest, state_dir, sirup, &clock)
    }

    /// At a moment of its own.
    pub(super) fn start_at(manifest: &Path, state_dir: &Path, clock: &str) -> Result<Self> {
        Self::start_with(manifest, state_dir, None, &["--clock", clock])
    }

    fn start_with(
        manifest: &Path,
        state_dir: &Path,
        sirup: Option<SocketAddr>,
        options: &[&str],
    ) -> Result<Self> {
        let sirup = sirup.map_or_else(String::new, |address| format!("http://{address}"));
        let began = Instant::now();
        let mut child = Command::new(std::env::current_exe()?)
            .args(["up", "--no-build", "--listen", "127.0.0.1:0", "--manifest"])
            .arg(manifest)
            .arg("--state-dir")
            .arg(state_dir)
            .args(options)
            .args(["--variable", &format!("operator_token={OPERATOR_TOKEN}")])
            .args(["--variable", &format!("sirup_origin={sirup}")])
            .env("AKSES_LOG", "warn")
            .stdout(Stdio::piped())
            .spawn()
            .context("the service does not start")?;
        let stdout = child.stdout.take().context("the service has no output")?;
        let mut control = None;
        let ready = BufReader::new(stdout)
            .lines()
            .map_while(Result::ok)
            .find_map(|line| {
                let of = |what: &str| line.strip_prefix(what).map(str::to_owned);
                control = control.take().or_else(|| of("control: http://"));
                of("ready: http://")
            })
            .context("the service ended before it was ready; its messages above say why")?;
        Ok(Self {
            child,
            address: ready.parse()?,
            control: control.map(|address| address.parse()).transpose()?,
            start: began.elapsed(),
        })
    }

    /// Ends it as an operator would, so that everything is in the database file.
    pub(super) fn stop(mut self) -> Result<()> {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM)?;
        let status = self.child.wait()?;
        anyhow::ensure!(status.success(), "the service ended with {status}");
        Ok(())
    }

    /// Lets its time pass until then.
    pub(super) async fn pass_until(&self, then: DateTime<FixedOffset>) -> Result<()> {
        let control = self.control.context("it has the machine's clock")?;
        let set = Shot::put("/clock", None, then.to_rfc3339().into());
        let (status, _) = Connection::open(control).await?.send(&set).await?;
        anyhow::ensure!(status.is_success(), "its clock cannot be set: {status}");
        Ok(())
    }

    /// Does `work`, and says how much memory in MiB was resident at most meanwhile.
    pub(super) async fn peak_while<T>(
        &self,
        work: impl Future<Output = Result<T>>,
    ) -> Result<(T, f64)> {
        let mut work = std::pin::pin!(work);
        let mut look = tokio::time::interval(RESIDENT_LOOK);
        let mut peak_mib = 0.0_f64;
        loop {
            tokio::select! {
                done = &mut work => return Ok((done?, peak_mib)),
                _ = look.tick() => peak_mib = peak_mib.max(self.resident_mib()?),
            }
        }
    }

    /// Resident memory in MiB.
    fn resident_mib(&self) -> Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let kib = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok())
            .context("the kernel does not say how much memory the service has")?;
        Ok(kib / 1024.0)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
