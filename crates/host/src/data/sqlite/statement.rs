//! What is known about the SQL texts seen so far.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, RwLock};
use std::time::Duration;

/// Texts longer than this are examined anew each time.
const KNOWN_TEXT_BYTES_MAX: usize = 16 * 1024;
/// Components have some dozens of texts; only one that builds values into its
/// SQL comes near this, and then everything is forgotten and learnt again.
const KNOWN_TEXTS_MAX: usize = 1024;
/// A statement that takes longer is kept away from the short ones: a read goes
/// to a thread of its own, a write commits alone.
const LONG_US: u128 = 2_000;

/// The connection that serves a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// SQLite says it cannot change the database.
    Read,
    /// Anything else, `RETURNING` included.
    Write,
}

/// One SQL text. Nothing here depends on the schema, so it never goes stale.
#[derive(Debug)]
pub(super) struct Statement {
    pub(super) sql: String,
    pub(super) access: Access,
    /// Another statement follows in the text. Only the first is executed.
    pub(super) more_follows: bool,
    /// It has result columns.
    pub(super) returns_rows: bool,
    long: AtomicBool,
}

impl Statement {
    pub(super) fn new(sql: &str, access: Access, more_follows: bool, returns_rows: bool) -> Self {
        Self {
            sql: sql.to_owned(),
            access,
            more_follows,
            returns_rows,
            long: AtomicBool::new(false),
        }
    }

    /// Whether it took long the last time.
    pub(super) fn is_long(&self) -> bool {
        self.long.load(Ordering::Relaxed)
    }

    pub(super) fn took(&self, time: Duration) {
        let long = time.as_micros() > LONG_US;
        if long != self.is_long() {
            self.long.store(long, Ordering::Relaxed);
        }
    }

    pub(super) fn was_cut_short(&self) {
        self.long.store(true, Ordering::Relaxed);
    }
}

/// The texts seen so far.
#[derive(Debug, Default)]
pub(super) struct Statements {
    known: RwLock<HashMap<String, Arc<Statement>>>,
}

impl Statements {
    pub(super) fn get(&self, sql: &str) -> Option<Arc<Statement>> {
        self.known
            .read()
            .expect("no panic while held")
            .get(sql)
            .cloned()
    }

    pub(super) fn learn(&self, statement: Statement) -> Arc<Statement> {
        let statement = Arc::new(statement);
        if statement.sql.len() <= KNOWN_TEXT_BYTES_MAX {
            let mut known = self.known.write().expect("no panic while held");
            if known.len() >= KNOWN_TEXTS_MAX {
                known.clear();
            }
            known.insert(statement.sql.clone(), Arc::clone(&statement));
        }
        statement
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.known.read().unwrap().len()
    }
}
