//! Whether the store can serve.

use crate::Store;
use crate::bindings::exports::inaproc::akses::health::{Error, Guest};
use crate::database::database;
use crate::schema;

impl Guest for Store {
    fn check() -> Result<u32, Error> {
        schema::number(database()?)
    }
}
