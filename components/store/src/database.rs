//! The connection: one for each instance of this component, because opening one
//! costs more than a query. It holds nothing of a request.

use crate::bindings::exports::inaproc::akses::types::Error;
use crate::failure::Failure;
use crate::row::Row;
use crate::schema;
use spin_sdk::sqlite::Value;
use spin_sdk::sqlite::wit::sqlite::Connection;
use std::sync::OnceLock;

/// The label of the database in spin.toml.
const LABEL: &str = "default";

/// An open database whose schema is the one that this program knows.
pub(crate) struct Database(Connection);

/// The database, opened and brought up to date on first use.
pub(crate) fn database() -> Result<&'static Database, Error> {
    static DATABASE: OnceLock<Database> = OnceLock::new();
    if let Some(database) = DATABASE.get() {
        return Ok(database);
    }
    let database = Database(Connection::open(LABEL).map_err(Failure::from)?);
    schema::bring_up_to_date(&database)?;
    Ok(DATABASE.get_or_init(|| database))
}

impl Database {
    /// Runs one statement and answers its rows.
    pub(crate) fn query(&self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, Failure> {
        let result = self.0.execute(sql, parameters)?;
        Ok(result.rows.into_iter().map(Row::from).collect())
    }

    /// Runs one statement that answers one row or none.
    pub(crate) fn first(&self, sql: &str, parameters: &[Value]) -> Result<Option<Row>, Failure> {
        Ok(self.query(sql, parameters)?.into_iter().next())
    }

    /// Runs one statement and answers how many rows it changed itself, not
    /// counting what its triggers did.
    pub(crate) fn change(&self, sql: &str, parameters: &[Value]) -> Result<u64, Failure> {
        self.0.execute(sql, parameters)?;
        Ok(self.0.changes())
    }

    /// The rowid of the last row that this connection inserted.
    pub(crate) fn last_insert_rowid(&self) -> i64 {
        self.0.last_insert_rowid()
    }
}

/// Reads each row with `read`.
pub(crate) fn all<T>(
    rows: Vec<Row>,
    read: impl Fn(&mut Row) -> Result<T, Error>,
) -> Result<Vec<T>, Error> {
    rows.into_iter().map(|mut row| read(&mut row)).collect()
}

/// Reads a row that may not be there.
pub(crate) fn optional<T>(
    row: Option<Row>,
    read: impl FnOnce(&mut Row) -> Result<T, Error>,
) -> Result<Option<T>, Error> {
    row.map(|mut row| read(&mut row)).transpose()
}
