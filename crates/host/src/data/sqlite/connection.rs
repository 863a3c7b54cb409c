//! One connection: how it is opened, and how it runs one statement.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::fallible_iterator::FallibleIterator as _;
use rusqlite::limits::Limit;
use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Batch, OpenFlags, Row, StatementStatus, params_from_iter};

use super::SqliteOptions;
use super::error::{SqliteError, SqliteErrorKind};
use super::guard::Guard;
use super::statement::{Access, Statement};
use crate::data::Value;

/// What one statement may return, as in Spin.
pub const RESULT_BYTES_MAX: usize = 128 * 1024 * 1024;
/// One SQL text.
const SQL_BYTES_MAX: i32 = 1024 * 1024;
/// How long to wait for another program that holds the file.
pub(super) const BUSY_TIME: Duration = Duration::from_millis(5_000);
/// The same when opening, where a quick clear answer is worth more.
const OPEN_BUSY_TIME: Duration = Duration::from_millis(500);
/// Prepared statements kept by each connection.
const PREPARED_STATEMENTS_MAX: usize = 256;
/// How many steps of SQLite's virtual machine pass between two looks at the
/// clock; a fraction of a millisecond.
const STEPS_PER_LOOK: i32 = 20_000;
/// What is left of the write-ahead log file after a burst.
const WAL_KEPT_BYTES_MAX: i64 = 64 * 1024 * 1024;
/// What a read on the calling thread may cost: about a millisecond.
const SHORT_STEPS_MAX: i32 = 50_000;

/// Rows with the names of their columns.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Vec<Value>>,
}

/// What stops a statement.
#[derive(Clone, Copy, Debug)]
pub(super) enum Patience {
    /// The fixed number of steps of a short read.
    Short,
    /// A deadline given with each run.
    Deadline,
}

/// A connection with its guard.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) raw: rusqlite::Connection,
    pub(super) guard: Arc<Guard>,
    meter: Arc<Meter>,
}

impl Connection {
    /// Opens the file for the writer, creating it if it is missing, and sets
    /// up what the whole file shares.
    pub(super) fn open_writer(path: &Path, options: &SqliteOptions) -> Result<Self, SqliteError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Self::open(path, flags, options.writer_cache_kib, Patience::Deadline)?;
        connection.prepare_file(options)?;
        connection.raw.busy_timeout(BUSY_TIME)?;
        Ok(connection)
    }

    /// Opens the file read-only, twice over: by flag and by `query_only`.
    pub(super) fn open_reader(
        path: &Path,
        options: &SqliteOptions,
        patience: Patience,
    ) -> Result<Self, SqliteError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Self::open(path, flags, options.reader_cache_kib, patience)?;
        connection.raw.pragma_update(None, "query_only", true)?;
        connection.raw.busy_timeout(BUSY_TIME)?;
        connection.guard.set_guest(true);
        Ok(connection)
    }

    fn open(
        path: &Path,
        flags: OpenFlags,
        cache_kib: u32,
        patience: Patience,
    ) -> Result<Self, SqliteError> {
        let mut raw = rusqlite::Connection::open_with_flags(path, flags)?;
        raw.busy_timeout(OPEN_BUSY_TIME)?;
        raw.set_prepared_statement_cache_capacity(PREPARED_STATEMENTS_MAX);
        raw.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
        // Without it a statement that reads a partial index is prepared again for
        // each of its runs, because its plan might depend on what is bound.
        raw.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        raw.set_limit(Limit::SQLITE_LIMIT_SQL_LENGTH, SQL_BYTES_MAX)?;
        let value_bytes_max = i32::try_from(RESULT_BYTES_MAX).expect("fits");
        raw.set_limit(Limit::SQLITE_LIMIT_LENGTH, value_bytes_max)?;
        // A negative size is in KiB.
        raw.pragma_update(None, "cache_size", -i64::from(cache_kib))?;
        raw.pragma_update(None, "foreign_keys", true)?;
        let guard = Arc::new(Guard::new());
        let authorizer = Arc::clone(&guard);
        raw.authorizer(Some(move |context: rusqlite::hooks::AuthContext<'_>| {
            authorizer.authorize(context)
        }))?;
        let meter = Arc::new(Meter::default());
        let watch = Arc::clone(&meter);
        match patience {
            Patience::Short => raw.progress_handler(SHORT_STEPS_MAX, Some(|| true))?,
            Patience::Deadline => {
                raw.progress_handler(STEPS_PER_LOOK, Some(move || watch.is_over()))?;
            }
        }
        Ok(Self { raw, guard, meter })
    }

    fn prepare_file(&self, options: &SqliteOptions) -> Result<(), SqliteError> {
        let mode: String =
            self.raw
                .pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0))?;
        if mode != "wal" {
            return Err(SqliteError::new(
                SqliteErrorKind::Io,
                format!("write-ahead logging is not possible there (journal mode is {mode})"),
            ));
        }
        self.raw.pragma_update(None, "synchronous", "full")?;
        // The writer checkpoints by itself, after it has answered.
        self.raw.pragma_update(None, "wal_autocheckpoint", 0)?;
        self.raw
            .pragma_update(None, "journal_size_limit", WAL_KEPT_BYTES_MAX)?;
        if let Some(sql) = options.setup {
            self.raw.execute_batch(sql)?;
        }
        Ok(())
    }

    /// Finds out what the first statement of the text is, without running it.
    pub(super) fn examine(&self, sql: &str) -> Result<Statement, SqliteError> {
        let first = Batch::new(&self.raw, sql)
            .next()
            .map_err(|error| self.explain(error))?
            .ok_or_else(|| {
                SqliteError::new(SqliteErrorKind::Sql, "the text holds no SQL statement")
            })?;
        let access = if first.readonly() {
            Access::Read
        } else {
            Access::Write
        };
        // rusqlite prepares a whole text only if it holds one statement, so
        // this fails for whatever stands behind the first one.
        let more_follows = self.raw.prepare(sql).is_err();
        self.guard.take_reason();
        let returns_rows = first.column_count() > 0;
        Ok(Statement::new(sql, access, more_follows, returns_rows))
    }

    /// Runs the first statement of the text and takes all its rows.
    pub(super) fn run(
        &self,
        statement: &Statement,
        parameters: &[Value],
    ) -> Result<Table, SqliteError> {
        if statement.more_follows {
            let mut prepared = Batch::new(&self.raw, &statement.sql)
                .next()
                .map_err(|error| self.explain(error))?
                .expect("examined before");
            self.drain(&mut prepared, parameters)
        } else {
            let mut prepared = self
                .raw
                .prepare_cached(&statement.sql)
                .map_err(|error| self.explain(error))?;
            self.drain(&mut prepared, parameters)
        }
    }

    /// As [`run`](Self::run), until the deadline or until somebody cancels.
    pub(super) fn run_until(
        &self,
        statement: &Statement,
        parameters: &[Value],
        limit: Duration,
        cancelled: &Arc<AtomicBool>,
    ) -> Result<Table, SqliteError> {
        self.meter.start(limit, cancelled);
        let outcome = self.run(statement, parameters);
        self.meter.stop();
        outcome.map_err(|error| {
            if error.kind != SqliteErrorKind::TimedOut {
                return error;
            }
            SqliteError::new(
                SqliteErrorKind::TimedOut,
                format!(
                    "the statement ran longer than {} ms and was stopped",
                    limit.as_millis()
                ),
            )
        })
    }

    /// Runs one of the host's own statements, which the guard lets pass.
    pub(super) fn run_own(&self, sql: &str) -> Result<(), SqliteError> {
        self.guard.set_guest(false);
        let outcome = self
            .raw
            .prepare_cached(sql)
            .and_then(|mut prepared| prepared.execute([]));
        self.guard.set_guest(true);
        outcome.map(|_| ()).map_err(SqliteError::from)
    }

    fn drain(
        &self,
        prepared: &mut rusqlite::Statement<'_>,
        parameters: &[Value],
    ) -> Result<Table, SqliteError> {
        // A cached statement counts on from its last run.
        prepared.reset_status(StatementStatus::VmStep);
        let mut table = Table {
            columns: Vec::new(),
            rows: Vec::new(),
        };
        let mut bytes = 0;
        let mut rows = prepared
            .query(params_from_iter(parameters))
            .map_err(|error| self.explain(error))?;
        while let Some(row) = rows.next().map_err(|error| self.explain(error))? {
            if table.columns.is_empty() {
                // Only now: the first step may have prepared the statement
                // again for a changed schema.
                table.columns = names(row.as_ref());
            }
            table
                .rows
                .push(values(row, table.columns.len(), &mut bytes)?);
        }
        drop(rows);
        if table.columns.is_empty() {
            table.columns = names(prepared);
        }
        Ok(table)
    }

    /// SQLite's text, or the guard's for what the guard refused.
    fn explain(&self, error: rusqlite::Error) -> SqliteError {
        let error = SqliteError::from(error);
        match self.guard.take_reason() {
            Some(reason) => SqliteError::new(
                SqliteErrorKind::Denied,
                format!("{}: {reason}", error.message),
            ),
            None => error,
        }
    }
}

fn names(statement: &rusqlite::Statement<'_>) -> Vec<String> {
    statement.column_names().map(ToOwned::to_owned).collect()
}

fn values(row: &Row<'_>, count: usize, bytes: &mut usize) -> Result<Vec<Value>, SqliteError> {
    let mut values = Vec::with_capacity(count);
    for column in 0..count {
        let value = match row.get_ref(column)? {
            ValueRef::Null => Value::Null,
            ValueRef::Integer(integer) => Value::Integer(integer),
            ValueRef::Real(real) => Value::Real(real),
            ValueRef::Text(text) => Value::Text(utf8(text, row, column)?.to_owned()),
            ValueRef::Blob(blob) => Value::Blob(blob.to_vec()),
        };
        *bytes += value.size_bytes();
        if *bytes > RESULT_BYTES_MAX {
            return Err(SqliteError::new(
                SqliteErrorKind::TooLarge,
                format!("query result exceeds limit of {RESULT_BYTES_MAX} bytes"),
            ));
        }
        values.push(value);
    }
    Ok(values)
}

fn utf8<'t>(text: &'t [u8], row: &Row<'_>, column: usize) -> Result<&'t str, SqliteError> {
    std::str::from_utf8(text).map_err(|_| {
        let name = row.as_ref().column_name(column).unwrap_or("?");
        SqliteError::new(
            SqliteErrorKind::NotUtf8,
            format!("column {name} holds text that is not UTF-8; store bytes as a blob"),
        )
    })
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Integer(integer) => ValueRef::Integer(*integer),
            Self::Real(real) => ValueRef::Real(*real),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Blob(blob) => ValueRef::Blob(blob),
            Self::Null => ValueRef::Null,
        }))
    }
}

/// Tells a running statement when to stop.
#[derive(Debug, Default)]
struct Meter {
    run: Mutex<Option<(Instant, Arc<AtomicBool>)>>,
}

impl Meter {
    fn start(&self, limit: Duration, cancelled: &Arc<AtomicBool>) {
        *self.lock() = Some((Instant::now() + limit, Arc::clone(cancelled)));
    }

    fn stop(&self) {
        *self.lock() = None;
    }

    fn is_over(&self) -> bool {
        self.lock().as_ref().is_some_and(|(deadline, cancelled)| {
            cancelled.load(Ordering::Relaxed) || Instant::now() >= *deadline
        })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<(Instant, Arc<AtomicBool>)>> {
        self.run.lock().expect("no panic while held")
    }
}
