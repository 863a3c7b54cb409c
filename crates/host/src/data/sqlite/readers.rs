//! Read-only connections, lent out one run at a time.

use std::path::Path;
use std::sync::{Arc, Mutex};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::SqliteOptions;
use super::connection::{Connection, Patience};
use super::error::SqliteError;

/// A fixed number of connections. The last one returned is lent first, because
/// its caches are warm.
#[derive(Debug)]
pub(super) struct Readers {
    idle: Mutex<Vec<Connection>>,
    permits: Arc<Semaphore>,
    count: u32,
}

impl Readers {
    pub(super) fn open(
        path: &Path,
        options: &SqliteOptions,
        count: u32,
        patience: Patience,
    ) -> Result<Arc<Self>, SqliteError> {
        let idle = (0..count)
            .map(|_| Connection::open_reader(path, options, patience))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Arc::new(Self {
            permits: Arc::new(Semaphore::new(idle.len())),
            idle: Mutex::new(idle),
            count,
        }))
    }

    pub(super) async fn lend(self: &Arc<Self>) -> Result<Reader, SqliteError> {
        let permit = Arc::clone(&self.permits)
            .acquire_owned()
            .await
            .map_err(|_| SqliteError::closed())?;
        let connection = self.idle.lock().expect("no panic while held").pop();
        Ok(Reader {
            connection: Some(connection.expect("a permit means an idle connection")),
            home: Arc::clone(self),
            _permit: permit,
        })
    }

    /// Waits for what is lent and closes all connections.
    pub(super) async fn close(&self) {
        // Fails only if another close was faster.
        if let Ok(all) = self.permits.acquire_many(self.count).await {
            self.permits.close();
            self.idle.lock().expect("no panic while held").clear();
            drop(all);
        }
    }
}

/// A lent connection; it goes home when dropped.
#[derive(Debug)]
pub(super) struct Reader {
    connection: Option<Connection>,
    home: Arc<Readers>,
    // Dropped after `Drop::drop` has put the connection back.
    _permit: OwnedSemaphorePermit,
}

impl std::ops::Deref for Reader {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection.as_ref().expect("present until dropped")
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            let mut idle = self.home.idle.lock().expect("no panic while held");
            idle.push(connection);
        }
    }
}
