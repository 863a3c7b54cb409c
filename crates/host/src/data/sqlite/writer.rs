//! The one writer: a thread that takes what is waiting, runs it in one
//! transaction and answers after the durable commit.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rusqlite::wal::CheckpointMode;
use rusqlite::{MAIN_DB, ffi};
use tokio::sync::{mpsc, oneshot};

use super::SqliteOptions;
use super::checkpoint::Checkpointer;
use super::connection::{BUSY_TIME, Connection};
use super::error::{SqliteError, SqliteErrorKind};
use super::statement::Statement;
use crate::data::{QueryResult, Value};

/// Callers that may wait; the next one waits outside, before it queues.
pub(super) const QUEUE_STATEMENTS_MAX: usize = 1024;
/// One commit for at most so many statements...
const GROUP_STATEMENTS_MAX: usize = 256;
/// ... with parameters of this size altogether (the last may go beyond) ...
const GROUP_BYTES_MAX: usize = 8 * 1024 * 1024;
/// ... and for what was run within this time.
const GROUP_MS: u128 = 5;

pub(super) type Answer = Result<QueryResult, SqliteError>;

/// A statement that waits for the writer.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) statement: Arc<Statement>,
    pub(super) parameters: Vec<Value>,
    pub(super) reply: oneshot::Sender<Answer>,
}

impl Job {
    fn answer(self, answer: Answer) {
        // A caller that went away does not want it.
        let _ = self.reply.send(answer);
    }

    fn size_bytes(&self) -> usize {
        self.parameters.iter().map(Value::size_bytes).sum()
    }
}

/// What the writer is told.
pub(super) enum Message {
    /// Run a statement.
    Run(Job),
    /// Finish what is queued, fold the log into the database and close.
    Close(oneshot::Sender<Result<(), SqliteError>>),
    /// Tests look at, or spoil, the writer's connection.
    #[cfg(test)]
    Inspect(Box<dyn FnOnce(&mut rusqlite::Connection) + Send>),
}

/// Runs on its own thread and owns the only connection that writes.
pub(super) struct Writer {
    path: PathBuf,
    options: SqliteOptions,
    connection: Connection,
    checkpointer: Checkpointer,
    never_cancelled: Arc<AtomicBool>,
}

impl Writer {
    pub(super) fn open(path: PathBuf, options: SqliteOptions) -> Result<Self, SqliteError> {
        let mut connection = Connection::open_writer(&path, &options)?;
        let checkpointer = Checkpointer::start(&path)?;
        make_ready(&mut connection, &checkpointer)?;
        Ok(Self {
            path,
            options,
            connection,
            checkpointer,
            never_cancelled: Arc::default(),
        })
    }

    /// Serves until somebody closes the database or nobody is left to ask.
    pub(super) fn serve(mut self, mut queue: mpsc::Receiver<Message>) {
        let mut closers = Vec::new();
        while let Some(first) = queue.blocking_recv() {
            let mut group = VecDeque::new();
            let mut bytes = 0;
            let mut next = Some(first);
            while let Some(message) = next {
                match message {
                    Message::Run(job) => {
                        bytes += job.size_bytes();
                        group.push_back(job);
                    }
                    Message::Close(closer) => {
                        // Nothing is accepted from here on; what is queued runs.
                        queue.close();
                        closers.push(closer);
                    }
                    #[cfg(test)]
                    Message::Inspect(look) => {
                        self.connection.guard.set_guest(false);
                        look(&mut self.connection.raw);
                        self.connection.guard.set_guest(true);
                    }
                }
                next = if group.len() < GROUP_STATEMENTS_MAX && bytes < GROUP_BYTES_MAX {
                    queue.try_recv().ok()
                } else {
                    None
                };
            }
            self.serve_group(group);
            self.checkpointer.after_commit(&self.connection.raw);
        }
        let outcome = self.finish();
        for closer in closers {
            let _ = closer.send(outcome.clone());
        }
    }

    /// Runs what waits with as few commits as the bounds allow.
    fn serve_group(&mut self, mut waiting: VecDeque<Job>) {
        // Nobody waits for these any more, and nobody was told that they are
        // stored: leaving them out is one of the two outcomes their callers
        // had to expect.
        waiting.retain(|job| !job.reply.is_closed());
        while let Some(job) = waiting.pop_front() {
            // A statement known to take long commits alone, so that others do
            // not wait for their acknowledgement.
            if waiting.is_empty() || job.statement.is_long() {
                self.run_alone(job);
            } else {
                waiting.push_front(job);
                self.run_together(&mut waiting);
            }
        }
    }

    /// One transaction around several statements, each in its own savepoint.
    fn run_together(&mut self, waiting: &mut VecDeque<Job>) {
        if let Err(error) = self.connection.run_own("BEGIN IMMEDIATE") {
            // Somebody outside holds the file: whoever waits here has waited
            // for the busy time already.
            self.roll_back();
            for job in waiting.drain(..) {
                job.answer(Err(nothing_stored(&error)));
            }
            return;
        }
        let started = Instant::now();
        let mut done = Vec::new();
        while let Some(job) = waiting.pop_front() {
            match self.run_in_savepoint(&job) {
                Ok(result) => done.push((job, result)),
                Err(error) => {
                    job.answer(Err(for_caller(error)));
                    if self.connection.raw.is_autocommit() {
                        // The statement took the whole transaction with it
                        // (full disk, INSERT OR ROLLBACK, a time limit). The
                        // others were not at fault and not answered yet.
                        return self.run_each_alone(done.into_iter().map(|(job, _)| job));
                    }
                }
            }
            let next_is_long = waiting.front().is_some_and(|job| job.statement.is_long());
            if next_is_long || started.elapsed().as_millis() >= GROUP_MS {
                break;
            }
        }
        match self.connection.run_own("COMMIT") {
            Ok(()) => {
                for (job, result) in done {
                    job.answer(Ok(result));
                }
            }
            Err(error) => {
                self.roll_back();
                if error.kind == SqliteErrorKind::Constraint && is_foreign_key(&error) {
                    // A deferred foreign key: one of them is at fault.
                    return self.run_each_alone(done.into_iter().map(|(job, _)| job));
                }
                self.empty_log_after_failure(&error, done.len());
                for (job, _) in done {
                    job.answer(Err(nothing_stored(&error)));
                }
            }
        }
    }

    fn run_each_alone(&mut self, jobs: impl Iterator<Item = Job>) {
        for job in jobs {
            self.run_alone(job);
        }
    }

    fn run_in_savepoint(&mut self, job: &Job) -> Answer {
        self.connection.run_own("SAVEPOINT statement")?;
        let outcome = self.execute(job).and_then(|result| {
            self.connection
                .run_own("RELEASE statement")
                .map(|()| result)
        });
        if outcome.is_err() && !self.connection.raw.is_autocommit() {
            let undone = self
                .connection
                .run_own("ROLLBACK TO statement")
                .and_then(|()| self.connection.run_own("RELEASE statement"));
            if let Err(error) = undone {
                // Then nothing of the group may stay, least of all this.
                tracing::error!(%error, "cannot undo a statement; undoing its group");
                self.roll_back();
            }
        }
        outcome
    }

    /// A statement with a transaction of its own.
    fn run_alone(&mut self, job: Job) {
        let outcome = if job.statement.returns_rows {
            self.run_in_transaction(&job)
        } else {
            // SQLite's own transaction around a statement needs no statement
            // journal, which large ones feel.
            self.execute(&job)
        };
        if let Err(error) = &outcome {
            self.roll_back();
            if is_storage_failure(error) {
                self.empty_log_after_failure(error, 1);
            }
        }
        job.answer(outcome.map_err(for_caller));
    }

    /// For a statement with rows: reading them may fail after it has changed
    /// the database, so the commit waits for the last row.
    fn run_in_transaction(&mut self, job: &Job) -> Answer {
        self.connection.run_own("BEGIN IMMEDIATE")?;
        let result = self.execute(job)?;
        self.connection.run_own("COMMIT")?;
        Ok(result)
    }

    fn execute(&mut self, job: &Job) -> Answer {
        let raw = &self.connection.raw;
        let changes_before = raw.total_changes();
        forget_last_insert_rowid(raw);
        let started = Instant::now();
        let limit = Duration::from_millis(self.options.write_ms_max);
        let outcome = self.connection.run_until(
            &job.statement,
            &job.parameters,
            limit,
            &self.never_cancelled,
        );
        job.statement.took(started.elapsed());
        let table = outcome?;
        let raw = &self.connection.raw;
        Ok(QueryResult {
            columns: table.columns,
            rows: table.rows,
            // SQLite's count is that of the last statement that can have one,
            // which may be somebody else's.
            changes: if raw.total_changes() == changes_before {
                0
            } else {
                raw.changes()
            },
            last_insert_rowid: raw.last_insert_rowid(),
        })
    }

    /// Leaves no transaction open, whatever happened before.
    fn roll_back(&mut self) {
        if self.connection.raw.is_autocommit() {
            return;
        }
        if let Err(error) = self.connection.run_own("ROLLBACK") {
            tracing::error!(%error, path = %self.path.display(), "cannot roll back");
        }
        if !self.connection.raw.is_autocommit() {
            let opened = Connection::open_writer(&self.path, &self.options)
                .and_then(|mut new| make_ready(&mut new, &self.checkpointer).map(|()| new));
            match opened {
                Ok(connection) => self.connection = connection,
                Err(error) => tracing::error!(%error, "cannot open the database again"),
            }
        }
    }

    /// After a commit that failed in the operating system. Its pages may stand
    /// in the log, complete but unacknowledged, and a later recovery would
    /// find them: folding and emptying the log removes them. Where that fails
    /// too (the disk is full), the next commit overwrites them.
    fn empty_log_after_failure(&mut self, error: &SqliteError, statements: usize) {
        tracing::error!(%error, statements, path = %self.path.display(), "a write failed; nothing of it was stored");
        let raw = &self.connection.raw;
        // A reader in the way is not waited for.
        let _ = raw.busy_timeout(Duration::ZERO);
        let _ = raw.wal_checkpoint_v2(Some(MAIN_DB), CheckpointMode::TRUNCATE);
        let _ = raw.busy_timeout(BUSY_TIME);
    }

    fn finish(self) -> Result<(), SqliteError> {
        drop(self.checkpointer);
        let raw = self.connection.raw;
        let folded = raw.wal_checkpoint_v2(Some(MAIN_DB), CheckpointMode::TRUNCATE);
        let closed = raw.close().map_err(|(_, error)| error);
        folded?;
        closed?;
        Ok(())
    }
}

/// Sets up what only the serving writer needs.
fn make_ready(connection: &mut Connection, checkpointer: &Checkpointer) -> Result<(), SqliteError> {
    let log_pages = checkpointer.log_pages();
    // Replaces SQLite's own checkpoint, which would run before the answer.
    connection
        .raw
        .wal_hook(Some(move |_: &mut rusqlite::hooks::Wal, pages| {
            log_pages.store(pages, Ordering::Relaxed);
            Ok(())
        }))?;
    connection.guard.set_guest(true);
    Ok(())
}

fn forget_last_insert_rowid(raw: &rusqlite::Connection) {
    // SAFETY: the handle is open as long as `raw` lives, and only this thread
    // uses it. rusqlite has no safe function for it.
    unsafe { ffi::sqlite3_set_last_insert_rowid(raw.handle(), 0) };
}

fn is_foreign_key(error: &SqliteError) -> bool {
    error.message.starts_with("FOREIGN KEY")
}

fn is_storage_failure(error: &SqliteError) -> bool {
    matches!(error.kind, SqliteErrorKind::Full | SqliteErrorKind::Io)
}

/// A constraint says by itself that nothing was stored; a disk does not.
fn for_caller(error: SqliteError) -> SqliteError {
    if is_storage_failure(&error) {
        nothing_stored(&error)
    } else {
        error
    }
}

fn nothing_stored(error: &SqliteError) -> SqliteError {
    error.prefixed("nothing was stored")
}
