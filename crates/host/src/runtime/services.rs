//! spin:sqlite, spin:key-value, spin:variables and wasi:config, as guests see them.

use std::pin::pin;

use futures::poll;
use std::task::Poll;
use wasmtime::component::{Accessor, FutureReader, HasData, Linker, Resource, StreamReader};

use super::state::State;
use super::turn::Turn;
use crate::data::{
    KeyValue, QueryResult as Answer, Sqlite, SqliteError, SqliteErrorKind, Value as Cell,
};
use crate::manifest::{DEFAULT_LABEL, is_valid_name};
use bindings::spin::key_value::key_value;
use bindings::spin::sqlite::sqlite;
use bindings::spin::variables::variables;
use bindings::wasi::config::store as config;

/// Generated from `wit/`.
#[allow(missing_docs, reason = "generated")]
pub mod bindings {
    wasmtime::component::bindgen!({
        path: "wit",
        world: "services",
        imports: { default: async | trappable },
        with: {
            "spin:sqlite/sqlite.connection": super::Connection,
            "spin:key-value/key-value.store": super::Bucket,
        },
        trappable_error_type: {
            "spin:sqlite/sqlite.error" => spin::sqlite::sqlite::Error,
            "spin:key-value/key-value.error" => spin::key_value::key_value::Error,
            "spin:variables/variables.error" => spin::variables::variables::Error,
            "wasi:config/store.error" => wasi::config::store::Error,
        },
    });
}

/// What a guest holds of a database: the handle, and what SQLite would
/// remember about its last statement.
pub struct Connection {
    database: Sqlite,
    changes: u64,
    last_insert_rowid: i64,
}

impl Connection {
    fn note(&mut self, answer: &Answer) {
        self.changes = answer.changes;
        if answer.last_insert_rowid != 0 {
            self.last_insert_rowid = answer.last_insert_rowid;
        }
    }
}

/// What a guest holds of a key-value store.
pub struct Bucket(KeyValue);

/// Gives the host functions access to a store's data.
pub struct Services;

impl HasData for Services {
    type Data<'a> = &'a mut State;
}

/// Adds all four interfaces to the linker.
pub fn add_to_linker(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    bindings::Services::add_to_linker::<State, Services>(linker, |state| state)
}

/// Waits without keeping others from running guest code. Most reads are done
/// at once and give nothing up.
pub(super) async fn waiting<T>(turn: Option<Turn>, work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    if let Poll::Ready(done) = poll!(work.as_mut()) {
        return done;
    }
    let Some(turn) = turn else {
        return work.await;
    };
    turn.pause();
    let done = work.await;
    turn.resume().await;
    done
}

impl State {
    fn open_database(&mut self, label: &str) -> Result<Resource<Connection>, sqlite::Error> {
        let database = match &self.grants.sqlite {
            Some(database) if label == DEFAULT_LABEL => database.clone(),
            _ => return Err(sqlite::Error::AccessDenied),
        };
        let connection = Connection {
            database,
            changes: 0,
            last_insert_rowid: 0,
        };
        let full = |_| sqlite::Error::Io("too many connections are open".to_owned());
        self.table.push(connection).map_err(full)
    }

    fn connection(&self, handle: &Resource<Connection>) -> Result<&Connection, sqlite::Error> {
        self.table
            .get(handle)
            .map_err(|_| sqlite::Error::InvalidConnection)
    }

    fn bucket(&self, handle: &Resource<Bucket>) -> Result<KeyValue, key_value::Error> {
        let bucket = self
            .table
            .get(handle)
            .map_err(|_| key_value::Error::NoSuchStore)?;
        Ok(bucket.0.clone())
    }

    fn note(&mut self, handle: &Resource<Connection>, answer: &Answer) {
        if let Ok(connection) = self.table.get_mut(handle) {
            connection.note(answer);
        }
    }
}

impl sqlite::Host for State {
    fn convert_error(&mut self, error: sqlite::Error) -> wasmtime::Result<sqlite::Error> {
        Ok(error)
    }
}

impl sqlite::HostConnection for State {
    async fn open(&mut self, database: String) -> Result<Resource<Connection>, sqlite::Error> {
        self.open_database(&database)
    }

    async fn execute(
        &mut self,
        handle: Resource<Connection>,
        statement: String,
        parameters: Vec<sqlite::Value>,
    ) -> Result<sqlite::QueryResult, sqlite::Error> {
        let database = self.connection(&handle)?.database.clone();
        let parameters = parameters.into_iter().map(from_guest).collect();
        let answer = waiting(self.seat.turn(), database.execute(&statement, parameters)).await;
        let answer = answer.map_err(|error| sqlite_error(&error))?;
        self.note(&handle, &answer);
        Ok(sqlite::QueryResult {
            columns: answer.columns,
            rows: rows_to_guest(answer.rows),
        })
    }

    async fn last_insert_rowid(&mut self, handle: Resource<Connection>) -> wasmtime::Result<i64> {
        Ok(self.connection(&handle)?.last_insert_rowid)
    }

    async fn changes(&mut self, handle: Resource<Connection>) -> wasmtime::Result<u64> {
        Ok(self.connection(&handle)?.changes)
    }

    async fn drop(&mut self, handle: Resource<Connection>) -> wasmtime::Result<()> {
        self.table.delete(handle)?;
        Ok(())
    }
}

impl<T: Send> sqlite::HostConnectionWithStore<T> for Services {
    async fn open_async(
        accessor: &Accessor<T, Self>,
        database: String,
    ) -> Result<Resource<Connection>, sqlite::Error> {
        accessor.with(|mut access| access.get().open_database(&database))
    }

    /// The rows are read before the answer, within the bound of every result,
    /// so an error comes here and not at the end of the stream.
    async fn execute_async(
        accessor: &Accessor<T, Self>,
        handle: Resource<Connection>,
        statement: String,
        parameters: Vec<sqlite::Value>,
    ) -> Result<
        (
            Vec<String>,
            StreamReader<sqlite::RowResult>,
            FutureReader<Result<(), sqlite::Error>>,
        ),
        sqlite::Error,
    > {
        let (database, turn) = accessor.with(|mut access| {
            let state = access.get();
            let database = state.connection(&handle)?.database.clone();
            Ok::<_, sqlite::Error>((database, state.seat.turn()))
        })?;
        let parameters = parameters.into_iter().map(from_guest).collect();
        let answer = waiting(turn, database.execute(&statement, parameters)).await;
        let mut answer = answer.map_err(|error| sqlite_error(&error))?;
        let Answer { columns, rows, .. } = &mut answer;
        let (columns, rows) = (std::mem::take(columns), std::mem::take(rows));
        let streams = accessor.with(|mut access| {
            access.get().note(&handle, &answer);
            let rows = StreamReader::new(&mut access, rows_to_guest(rows))?;
            let end = FutureReader::new(&mut access, async { wasmtime::error::Ok(Ok(())) })?;
            wasmtime::error::Ok((rows, end))
        });
        let (rows, end) = streams.map_err(|error| sqlite::Error::Io(error.to_string()))?;
        Ok((columns, rows, end))
    }

    async fn last_insert_rowid_async(
        accessor: &Accessor<T, Self>,
        handle: Resource<Connection>,
    ) -> wasmtime::Result<i64> {
        accessor.with(|mut access| Ok(access.get().connection(&handle)?.last_insert_rowid))
    }

    async fn changes_async(
        accessor: &Accessor<T, Self>,
        handle: Resource<Connection>,
    ) -> wasmtime::Result<u64> {
        accessor.with(|mut access| Ok(access.get().connection(&handle)?.changes))
    }
}

fn sqlite_error(error: &SqliteError) -> sqlite::Error {
    match error.kind {
        SqliteErrorKind::Full => sqlite::Error::DatabaseFull,
        _ => sqlite::Error::Io(error.message.clone()),
    }
}

fn from_guest(value: sqlite::Value) -> Cell {
    match value {
        sqlite::Value::Integer(value) => Cell::Integer(value),
        sqlite::Value::Real(value) => Cell::Real(value),
        sqlite::Value::Text(value) => Cell::Text(value),
        sqlite::Value::Blob(value) => Cell::Blob(value),
        sqlite::Value::Null => Cell::Null,
    }
}

fn to_guest(value: Cell) -> sqlite::Value {
    match value {
        Cell::Integer(value) => sqlite::Value::Integer(value),
        Cell::Real(value) => sqlite::Value::Real(value),
        Cell::Text(value) => sqlite::Value::Text(value),
        Cell::Blob(value) => sqlite::Value::Blob(value),
        Cell::Null => sqlite::Value::Null,
    }
}

fn rows_to_guest(rows: Vec<Vec<Cell>>) -> Vec<sqlite::RowResult> {
    let row = |values: Vec<Cell>| sqlite::RowResult {
        values: values.into_iter().map(to_guest).collect(),
    };
    rows.into_iter().map(row).collect()
}

impl key_value::Host for State {
    fn convert_error(&mut self, error: key_value::Error) -> wasmtime::Result<key_value::Error> {
        Ok(error)
    }
}

impl key_value::HostStore for State {
    async fn drop(&mut self, handle: Resource<Bucket>) -> wasmtime::Result<()> {
        self.table.delete(handle)?;
        Ok(())
    }
}

/// The store behind a handle, and the turn of whoever asks.
fn look_up<T: Send>(
    accessor: &Accessor<T, Services>,
    handle: &Resource<Bucket>,
) -> Result<(KeyValue, Option<Turn>), key_value::Error> {
    accessor.with(|mut access| {
        let state = access.get();
        Ok((state.bucket(handle)?, state.seat.turn()))
    })
}

fn key_value_error(error: SqliteError) -> key_value::Error {
    key_value::Error::Other(error.message)
}

impl<T: Send> key_value::HostStoreWithStore<T> for Services {
    async fn open(
        accessor: &Accessor<T, Self>,
        label: String,
    ) -> Result<Resource<Bucket>, key_value::Error> {
        accessor.with(|mut access| {
            let state = access.get();
            let store = match &state.grants.key_value {
                Some(store) if label == DEFAULT_LABEL => store.clone(),
                _ => return Err(key_value::Error::AccessDenied),
            };
            state
                .table
                .push(Bucket(store))
                .map_err(|_| key_value::Error::StoreTableFull)
        })
    }

    async fn get(
        accessor: &Accessor<T, Self>,
        handle: Resource<Bucket>,
        key: String,
    ) -> Result<Option<Vec<u8>>, key_value::Error> {
        let (store, turn) = look_up(accessor, &handle)?;
        waiting(turn, store.get(&key))
            .await
            .map_err(key_value_error)
    }

    async fn set(
        accessor: &Accessor<T, Self>,
        handle: Resource<Bucket>,
        key: String,
        value: Vec<u8>,
    ) -> Result<(), key_value::Error> {
        let (store, turn) = look_up(accessor, &handle)?;
        waiting(turn, store.set(&key, value))
            .await
            .map_err(key_value_error)
    }

    async fn delete(
        accessor: &Accessor<T, Self>,
        handle: Resource<Bucket>,
        key: String,
    ) -> Result<(), key_value::Error> {
        let (store, turn) = look_up(accessor, &handle)?;
        waiting(turn, store.delete(&key))
            .await
            .map_err(key_value_error)
    }

    async fn exists(
        accessor: &Accessor<T, Self>,
        handle: Resource<Bucket>,
        key: String,
    ) -> Result<bool, key_value::Error> {
        let (store, turn) = look_up(accessor, &handle)?;
        waiting(turn, store.exists(&key))
            .await
            .map_err(key_value_error)
    }

    async fn get_keys(
        accessor: &Accessor<T, Self>,
        handle: Resource<Bucket>,
    ) -> wasmtime::Result<(
        StreamReader<String>,
        FutureReader<Result<(), key_value::Error>>,
    )> {
        let found = match look_up(accessor, &handle) {
            Ok((store, turn)) => waiting(turn, store.keys()).await.map_err(key_value_error),
            Err(error) => Err(error),
        };
        let (keys, end) = match found {
            Ok(keys) => (keys, Ok(())),
            Err(error) => (Vec::new(), Err(error)),
        };
        accessor.with(|mut access| {
            let keys = StreamReader::new(&mut access, keys)?;
            let end = FutureReader::new(&mut access, async { wasmtime::error::Ok(end) })?;
            Ok((keys, end))
        })
    }
}

impl variables::Host for State {
    fn convert_error(&mut self, error: variables::Error) -> wasmtime::Result<variables::Error> {
        Ok(error)
    }
}

impl<T: Send> variables::HostWithStore<T> for Services {
    async fn get(accessor: &Accessor<T, Self>, name: String) -> Result<String, variables::Error> {
        if !is_valid_name(&name) {
            return Err(variables::Error::InvalidName(name));
        }
        let value = accessor.with(|mut access| access.get().grants.variables.get(&name).cloned());
        value.ok_or(variables::Error::Undefined(name))
    }
}

impl config::Host for State {
    fn convert_error(&mut self, error: config::Error) -> wasmtime::Result<config::Error> {
        Ok(error)
    }

    async fn get(&mut self, key: String) -> Result<Option<String>, config::Error> {
        Ok(self.grants.variables.get(&key).cloned())
    }

    async fn get_all(&mut self) -> Result<Vec<(String, String)>, config::Error> {
        let all = self.grants.variables.iter();
        Ok(all
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect())
    }
}
