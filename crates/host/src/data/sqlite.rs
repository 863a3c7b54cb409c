//! One SQLite file: a single writer with group commit, readers beside it.
//!
//! - A write is acknowledged after the durable commit (WAL, synchronous=FULL),
//!   never before. Writes that wait at the same moment share one commit, each
//!   in a savepoint of its own, so a statement that fails undoes only itself.
//! - A read runs on the calling thread, because handing a ten-microsecond read
//!   to another thread costs more than the read. One that takes longer than
//!   about a millisecond is stopped there, run anew on a thread of its own,
//!   and goes there directly the next time.
//! - Every statement starts its own snapshot, so a read that begins after a
//!   write was acknowledged sees it, whichever connection serves it.
//! - As in Spin, only the first statement of a text is executed. Transactions,
//!   other files, temporary tables and settings are refused by SQLite's
//!   authorizer: the connections are shared by everybody.

mod checkpoint;
mod connection;
mod error;
mod guard;
mod readers;
mod statement;
#[cfg(test)]
mod tests;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, oneshot};

pub use connection::RESULT_BYTES_MAX;
pub use error::{SqliteError, SqliteErrorKind};

use crate::data::{QueryResult, Value};
use connection::{Connection, Patience};
use readers::Readers;
use statement::{Access, Statement, Statements};
use writer::{Job, Message, QUEUE_STATEMENTS_MAX, Writer};

/// What may differ between databases.
#[derive(Clone, Debug)]
pub struct SqliteOptions {
    /// Connections for short reads; more than threads that call is no use.
    pub short_readers: u32,
    /// Connections for long reads, each with a thread while it works.
    pub long_readers: u32,
    /// Page cache of the writer.
    pub writer_cache_kib: u32,
    /// Page cache of each reader.
    pub reader_cache_kib: u32,
    /// A read is stopped after this time.
    pub read_ms_max: u64,
    /// A write is stopped after this time, because all others wait for it.
    pub write_ms_max: u64,
    /// SQL the host itself runs when it opens the file; repeatable.
    pub(crate) setup: Option<&'static str>,
}

impl Default for SqliteOptions {
    fn default() -> Self {
        let threads = std::thread::available_parallelism().map_or(2, usize::from);
        Self {
            short_readers: u32::try_from(threads.clamp(2, 8)).expect("at most 8"),
            long_readers: 2,
            // Behind these stands the system's file cache: twice as much of each took 16 MiB
            // more and made neither the operations nor the sweep of a million rows faster.
            writer_cache_kib: 8 * 1024,
            reader_cache_kib: 2 * 1024,
            read_ms_max: 30_000,
            write_ms_max: 30_000,
            setup: None,
        }
    }
}

/// A database. Clones are handles to the same one.
#[derive(Clone, Debug)]
pub struct Sqlite {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    path: PathBuf,
    statements: Statements,
    short: Arc<Readers>,
    long: Arc<Readers>,
    writer: mpsc::Sender<Message>,
    read_time: Duration,
}

impl Sqlite {
    /// Opens the file, creating it and its folder if they are missing.
    ///
    /// # Errors
    /// If it is no database, another program holds it exclusively, or the
    /// operating system refuses.
    pub fn open(path: impl AsRef<Path>, options: SqliteOptions) -> Result<Self, SqliteError> {
        let path = path.as_ref();
        Self::open_files(path, options).map_err(|error| {
            let hint = match error.kind {
                SqliteErrorKind::Busy => " (another program is using it)",
                _ => "",
            };
            error.prefixed(&format!(
                "cannot open the database {}{hint}",
                path.display()
            ))
        })
    }

    fn open_files(path: &Path, options: SqliteOptions) -> Result<Self, SqliteError> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)
                .map_err(|error| SqliteError::new(SqliteErrorKind::Io, error.to_string()))?;
        }
        let writer = Writer::open(path.to_owned(), options.clone())?;
        let short = Readers::open(path, &options, options.short_readers, Patience::Short)?;
        let long = Readers::open(path, &options, options.long_readers, Patience::Deadline)?;
        let (sender, queue) = mpsc::channel(QUEUE_STATEMENTS_MAX);
        std::thread::Builder::new()
            .name("sqlite-writer".to_owned())
            .spawn(move || writer.serve(queue))
            .map_err(|error| SqliteError::new(SqliteErrorKind::Io, error.to_string()))?;
        Ok(Self {
            shared: Arc::new(Shared {
                path: path.to_owned(),
                statements: Statements::default(),
                short,
                long,
                writer: sender,
                read_time: Duration::from_millis(options.read_ms_max),
            }),
        })
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.shared.path
    }

    /// Executes the first statement of the text. What changes the database is
    /// durable when this returns.
    ///
    /// # Errors
    /// With SQLite's own text; nothing of the statement was stored then.
    pub async fn execute(
        &self,
        sql: &str,
        parameters: Vec<Value>,
    ) -> Result<QueryResult, SqliteError> {
        let statement = match self.shared.statements.get(sql) {
            Some(statement) => statement,
            None => self.examine(sql).await?,
        };
        match statement.access {
            Access::Read => self.read(statement, parameters).await,
            Access::Write => self.write(statement, parameters).await,
        }
    }

    /// Finishes what is queued, folds the log into the file and closes it.
    /// Whoever asks later is told that the database is closed.
    ///
    /// # Errors
    /// If the last checkpoint or closing fails. Everything acknowledged is
    /// durable all the same.
    pub async fn close(&self) -> Result<(), SqliteError> {
        let (reply, closed) = oneshot::channel();
        self.shared.short.close().await;
        self.shared.long.close().await;
        if self
            .shared
            .writer
            .send(Message::Close(reply))
            .await
            .is_err()
        {
            return Ok(());
        }
        closed.await.unwrap_or(Ok(()))
    }

    async fn examine(&self, sql: &str) -> Result<Arc<Statement>, SqliteError> {
        let reader = self.shared.short.lend().await?;
        let statement = reader.examine(sql)?;
        Ok(self.shared.statements.learn(statement))
    }

    async fn write(
        &self,
        statement: Arc<Statement>,
        parameters: Vec<Value>,
    ) -> Result<QueryResult, SqliteError> {
        let (reply, answer) = oneshot::channel();
        let job = Job {
            statement,
            parameters,
            reply,
        };
        self.shared
            .writer
            .send(Message::Run(job))
            .await
            .map_err(|_| SqliteError::closed())?;
        answer.await.unwrap_or_else(|_| Err(SqliteError::closed()))
    }

    async fn read(
        &self,
        statement: Arc<Statement>,
        parameters: Vec<Value>,
    ) -> Result<QueryResult, SqliteError> {
        if !statement.is_long() {
            let reader = self.shared.short.lend().await?;
            let outcome = read_here(&reader, &statement, &parameters);
            match outcome {
                Err(error) if error.kind == SqliteErrorKind::TimedOut => {
                    statement.was_cut_short();
                }
                outcome => return outcome,
            }
        }
        self.read_elsewhere(statement, parameters).await
    }

    async fn read_elsewhere(
        &self,
        statement: Arc<Statement>,
        parameters: Vec<Value>,
    ) -> Result<QueryResult, SqliteError> {
        let reader = self.shared.long.lend().await?;
        let limit = self.shared.read_time;
        let cancel = CancelOnDrop::default();
        let cancelled = Arc::clone(&cancel.flag);
        let work = tokio::task::spawn_blocking(move || {
            let started = Instant::now();
            let table = reader.run_until(&statement, &parameters, limit, &cancelled)?;
            statement.took(started.elapsed());
            Ok(read_result(table))
        });
        work.await.unwrap_or_else(|error| {
            Err(SqliteError::new(
                SqliteErrorKind::Io,
                format!("the reading thread failed: {error}"),
            ))
        })
    }

    /// For comparison: a read on another thread, however short it is.
    #[cfg(test)]
    pub(super) async fn execute_elsewhere(&self, sql: &str, parameters: Vec<Value>) {
        let statement = self.shared.statements.get(sql).expect("known");
        self.read_elsewhere(statement, parameters).await.unwrap();
    }

    #[cfg(test)]
    async fn inspect<T: Send + 'static>(
        &self,
        look: impl FnOnce(&mut rusqlite::Connection) -> T + Send + 'static,
    ) -> T {
        let (reply, seen) = oneshot::channel();
        let look = Box::new(move |raw: &mut rusqlite::Connection| {
            let _ = reply.send(look(raw));
        });
        assert!(
            self.shared
                .writer
                .send(Message::Inspect(look))
                .await
                .is_ok()
        );
        seen.await.unwrap()
    }
}

fn read_here(
    reader: &Connection,
    statement: &Statement,
    parameters: &[Value],
) -> Result<QueryResult, SqliteError> {
    let started = Instant::now();
    let table = reader.run(statement, parameters)?;
    statement.took(started.elapsed());
    Ok(read_result(table))
}

fn read_result(table: connection::Table) -> QueryResult {
    QueryResult {
        columns: table.columns,
        rows: table.rows,
        changes: 0,
        last_insert_rowid: 0,
    }
}

/// Stops a long read whose caller went away.
#[derive(Default)]
struct CancelOnDrop {
    flag: Arc<AtomicBool>,
}

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.flag.store(true, Ordering::Relaxed);
    }
}
