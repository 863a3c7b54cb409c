//! Folds the log into the database while the writer goes on.
//!
//! A checkpoint of a few thousand pages takes some tens of milliseconds, which
//! every write would wait for. So another thread does the bulk of it, and the
//! writer only the rest: SQLite starts the log over (instead of letting it
//! grow) when all of it is folded, and while writes keep coming only the
//! writer can reach that point.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, AtomicU8, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use rusqlite::wal::CheckpointMode;
use rusqlite::{MAIN_DB, OpenFlags};

use super::error::{SqliteError, SqliteErrorKind};

/// The log is folded beyond this length (16 MiB of pages).
const CHECKPOINT_PAGES: i32 = 4_000;
/// What the writer may fold by itself: about a millisecond.
const REST_PAGES_MAX: i32 = 200;
/// Each pass leaves less for the next, as long as the disk is faster than the
/// writes; a reader of an old snapshot or a slow disk must not keep it busy
/// for ever.
const PASSES_MAX: u32 = 4;

const IDLE: u8 = 0;
const FOLDING: u8 = 1;
const FOLDED: u8 = 2;

/// The thread and what it and the writer tell each other.
#[derive(Debug)]
pub(super) struct Checkpointer {
    log_pages: Arc<AtomicI32>,
    state: Arc<AtomicU8>,
    wake: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Checkpointer {
    pub(super) fn start(path: &Path) -> Result<Self, SqliteError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let raw = rusqlite::Connection::open_with_flags(path, flags)?;
        // Without it the log could be started over before the pages folded
        // from it are on the disk.
        raw.pragma_update(None, "synchronous", "full")?;
        let state = Arc::new(AtomicU8::new(IDLE));
        let seen = Arc::clone(&state);
        let (wake, woken) = sync_channel(1);
        let thread = std::thread::Builder::new()
            .name("sqlite-checkpoint".to_owned())
            .spawn(move || serve(&raw, &woken, &seen))
            .map_err(|error| SqliteError::new(SqliteErrorKind::Io, error.to_string()))?;
        Ok(Self {
            log_pages: Arc::default(),
            state,
            wake: Some(wake),
            thread: Some(thread),
        })
    }

    /// Where the writer's commits leave the length of the log.
    pub(super) fn log_pages(&self) -> Arc<AtomicI32> {
        Arc::clone(&self.log_pages)
    }

    /// Called by the writer when it has answered.
    pub(super) fn after_commit(&self, writer: &rusqlite::Connection) {
        match self.state.load(Ordering::Acquire) {
            IDLE if self.log_pages.load(Ordering::Relaxed) >= CHECKPOINT_PAGES => {
                self.state.store(FOLDING, Ordering::Release);
                if let Some(wake) = &self.wake {
                    // Room for one, and it is not asked for another before.
                    let _ = wake.try_send(());
                }
            }
            FOLDED => {
                fold(writer);
                self.log_pages.store(0, Ordering::Relaxed);
                self.state.store(IDLE, Ordering::Release);
            }
            _ => {}
        }
    }
}

impl Drop for Checkpointer {
    fn drop(&mut self) {
        self.wake = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn serve(raw: &rusqlite::Connection, woken: &Receiver<()>, state: &AtomicU8) {
    while woken.recv().is_ok() {
        let mut rest = fold(raw);
        for _ in 1..PASSES_MAX {
            if rest <= REST_PAGES_MAX {
                break;
            }
            rest = fold(raw);
        }
        state.store(FOLDED, Ordering::Release);
    }
}

/// Folds what can be folded without waiting for anybody; gives the pages that
/// are left.
fn fold(raw: &rusqlite::Connection) -> i32 {
    match raw.wal_checkpoint_v2(Some(MAIN_DB), CheckpointMode::PASSIVE) {
        Ok((all, folded)) => all - folded,
        Err(error) => {
            // The log stays as it is and is tried again after a later commit.
            tracing::warn!(%error, path = raw.path(), "cannot fold the log into the database");
            0
        }
    }
}
