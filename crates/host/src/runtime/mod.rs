//! The runtime: what `akses up` starts.

mod application;
mod body;
mod clock;
mod code;
mod control;
mod denied;
mod engine;
mod files;
mod handler;
mod http_server;
pub mod limits;
mod outbound;
mod output;
mod places;
mod routes;
mod services;
mod state;
mod timers;
mod turn;

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use chrono::{DateTime, Utc};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::data::{KeyValue, Sqlite, SqliteOptions, StateLock, lock_state_dir};
use crate::manifest::{Manifest, Variables};
use application::{Loaded, Resources};
use clock::Clock;
use control::Control;

/// The database, in the state folder.
pub const SQLITE_FILE: &str = "akses.db";
/// The key-value store, in the state folder.
pub const KEY_VALUE_FILE: &str = "key-value.db";
/// The files components may read, prepared anew at every start.
const FILES_DIR: &str = "files";

/// What to run and where.
#[derive(Debug)]
pub struct RuntimeOptions {
    /// The path of spin.toml.
    pub manifest: PathBuf,
    /// Where the data lies. One process owns it at a time.
    pub state_dir: PathBuf,
    /// Where compiled code is kept. Several processes may share it.
    pub cache_dir: PathBuf,
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where a virtual clock starts; without it guests see the real time.
    pub clock: Option<DateTime<Utc>>,
    /// Values of variables, over the defaults of the manifest.
    pub variables: BTreeMap<String, String>,
}

/// A runtime that serves. Dropping it leaves the tasks to the async runtime;
/// [`Running::stop`] ends them in order.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// Where the control listener is; only with a virtual clock.
    pub control: Option<SocketAddr>,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
    stopping: Arc<AtomicBool>,
    sqlite: Sqlite,
    key_value: KeyValue,
    clock: Clock,
    _state_lock: StateLock,
}

/// Starts everything the manifest describes. When this returns, it serves.
pub async fn start(options: RuntimeOptions) -> Result<Running> {
    let started = Instant::now();
    let listener = TcpListener::bind(options.listen)
        .await
        .with_context(|| format!("cannot listen on {}", options.listen))?;
    let state_lock = lock_state_dir(&options.state_dir)?;
    let clock = Clock::new(options.clock);
    let load = Load {
        manifest: options.manifest,
        state_dir: options.state_dir,
        cache_dir: options.cache_dir,
        variables: options.variables,
        clock: clock.clone(),
        stopping: Arc::default(),
    };
    // Compiling takes all cores for a while, which is not for the async threads.
    let ready = tokio::task::spawn_blocking(move || load.run()).await??;
    let running = Start {
        listener,
        clock,
        is_virtual: options.clock.is_some(),
        state_lock,
        ready,
    }
    .run()
    .await?;
    tracing::info!(
        address = %running.address,
        ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        "ready"
    );
    Ok(running)
}

struct Load {
    manifest: PathBuf,
    state_dir: PathBuf,
    cache_dir: PathBuf,
    variables: BTreeMap<String, String>,
    clock: Clock,
    stopping: Arc<AtomicBool>,
}

struct Ready {
    loaded: Loaded,
    stopping: Arc<AtomicBool>,
    sqlite: Sqlite,
    key_value: KeyValue,
}

impl Load {
    fn run(self) -> Result<Ready> {
        let manifest = Manifest::load(&self.manifest)?;
        let variables = Variables::resolve(&manifest, &self.variables)?;
        let sqlite = open_sqlite(&self.state_dir)?;
        let key_value = KeyValue::open(self.state_dir.join(KEY_VALUE_FILE))?;
        let resources = Resources {
            variables: &variables,
            sqlite: sqlite.clone(),
            key_value: key_value.clone(),
            clock: self.clock,
            files_dir: &self.state_dir.join(FILES_DIR),
            stopping: self.stopping.clone(),
        };
        let engine = engine::new()?;
        let loaded = application::load(&engine, &manifest, &self.cache_dir, &resources)?;
        Ok(Ready {
            loaded,
            stopping: self.stopping,
            sqlite,
            key_value,
        })
    }
}

/// Where compiled code of a project is kept: with its build output, not with data,
/// because state folders come and go and each would have everything compiled again.
pub fn code_dir(root: &Path) -> PathBuf {
    root.join("target").join("akses-code")
}

/// Compiles a project's components for this machine, so that the next start does not:
/// it takes a minute or two after a build of all of them.
///
/// # Errors
/// When the manifest or a component cannot be read or compiled.
pub fn compile_ahead(manifest: &Path) -> Result<()> {
    let manifest = Manifest::load(manifest)?;
    application::compile(&engine::new()?, &manifest, &code_dir(&manifest.root))
}

/// Opens the database of a state folder as the runtime does.
pub fn open_sqlite(state_dir: &Path) -> Result<Sqlite> {
    Ok(Sqlite::open(
        state_dir.join(SQLITE_FILE),
        SqliteOptions::default(),
    )?)
}

struct Start {
    listener: TcpListener,
    clock: Clock,
    is_virtual: bool,
    state_lock: StateLock,
    ready: Ready,
}

impl Start {
    async fn run(self) -> Result<Running> {
        let (stop, stopped) = watch::channel(false);
        let address = self.listener.local_addr()?;
        let Ready {
            loaded,
            stopping,
            sqlite,
            key_value,
        } = self.ready;
        let mut tasks = Vec::new();
        let mut control = None;
        if self.is_virtual {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
            control = Some(listener.local_addr()?);
            let timers = loaded.timers.clone();
            let served = Control {
                clock: self.clock.clone(),
                timers,
            };
            tasks.push(tokio::spawn(control::serve(
                listener,
                served,
                stopped.clone(),
            )));
        }
        for timer in loaded.timers {
            tasks.push(tokio::spawn(
                timer.keep(self.clock.clone(), stopped.clone()),
            ));
        }
        tasks.push(tokio::spawn(http_server::serve(
            self.listener,
            loaded.application,
            stopped,
        )));
        Ok(Running {
            address,
            control,
            stop,
            tasks,
            stopping,
            sqlite,
            key_value,
            clock: self.clock,
            _state_lock: self.state_lock,
        })
    }
}

impl Running {
    /// The time that guests see, for whoever has to live in it with them.
    pub fn clock(&self) -> impl Fn() -> DateTime<Utc> + Send + Sync + use<> {
        let clock = self.clock.clone();
        move || clock.now()
    }

    /// Takes no more requests, waits for those under way, and closes the data.
    pub async fn stop(self) -> Result<()> {
        tracing::info!("stopping");
        self.stop.send_replace(true);
        let drain = Duration::from_millis(limits::DRAIN_MS + limits::DRAIN_MS / 2);
        let deadline = Instant::now() + drain;
        for mut task in self.tasks {
            let left = deadline.saturating_duration_since(Instant::now());
            if tokio::time::timeout(left, &mut task).await.is_err() {
                task.abort();
            }
        }
        self.stopping.store(true, Ordering::Relaxed);
        // The data closes last: everything acknowledged is durable already.
        // Each is closed whatever becomes of the other.
        let key_value = self.key_value.close().await;
        let sqlite = self.sqlite.close().await;
        key_value?;
        sqlite?;
        tracing::info!("stopped");
        Ok(())
    }
}
