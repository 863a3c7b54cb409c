//! Key-value storage. Only get, set and delete are used: what needs atomicity is
//! in SQL, and hosted engines differ in the rest.

use crate::bindings::exports::inaproc::akses::types::Error;
use spin_sdk::key_value::Error as EngineError;
pub(crate) use spin_sdk::key_value::Store as KeyValue;

/// The store `default` of spin.toml.
pub(crate) async fn open() -> Result<KeyValue, Error> {
    KeyValue::open_default().await.map_err(error)
}

/// What an engine's answer means to a caller.
pub(crate) fn error(error: EngineError) -> Error {
    match error {
        EngineError::NoSuchStore => unavailable("the runtime has no key-value store `default`"),
        EngineError::AccessDenied => unavailable("the key-value store `default` is not granted"),
        EngineError::StoreTableFull => unavailable("too many key-value stores are open"),
        EngineError::Other(text) if text.contains("disk is full") => Error::Full(text),
        EngineError::Other(text) => Error::Unavailable(text),
    }
}

fn unavailable(text: &str) -> Error {
    Error::Unavailable(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_from_an_outage() {
        let of = |text: &str| error(EngineError::Other(text.to_owned()));
        assert!(matches!(of("database or disk is full"), Error::Full(_)));
        assert!(matches!(of("connection refused"), Error::Unavailable(_)));
    }
}
