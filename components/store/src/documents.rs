//! Decrees: content in key-value storage under its SHA-256, in parts, because
//! hosted engines take values of at most about 1 MB.

use crate::Store;
use crate::bindings::exports::inaproc::akses::documents::{Concern, Document, Error, Guest, Id};
use crate::database::{all, database, optional};
use crate::digest::sha256_hex;
use crate::key_value::{self, KeyValue};
use crate::row::Row;
use spin_sdk::sqlite::Value;

/// The largest value that is put into key-value storage.
const PART_BYTES_MAX: usize = 1_000_000;

/// The largest content that is stored at all; what a decree may weigh, the
/// domain says (REG-4).
const CONTENT_BYTES_MAX: usize = 16_000_000;

/// How many of those who verify something with one document are answered.
const CONCERNS_MAX: u32 = 100;

impl Guest for Store {
    fn describe(id: Id) -> Result<Option<Document>, Error> {
        let sql = include_str!("../sql/document_by_id.sql");
        optional(database()?.first(sql, &[id.into()])?, document)
    }

    fn concerns(id: Id) -> Result<Vec<Concern>, Error> {
        let sql = include_str!("../sql/document_concerns.sql");
        let parameters: [Value; 2] = [id.into(), CONCERNS_MAX.into()];
        all(database()?.query(sql, &parameters)?, concern)
    }

    /// Every part is written each time: that also completes an earlier attempt
    /// that was killed half-way, and the same name always means the same bytes.
    async fn put(content: Vec<u8>) -> Result<String, Error> {
        if content.len() > CONTENT_BYTES_MAX {
            return Err(Error::Full(format!(
                "a document has more than {CONTENT_BYTES_MAX} bytes"
            )));
        }
        let sha256 = sha256_hex(&content);
        let store = key_value::open().await?;
        for number in 0..parts(content.len()) {
            let start = number * PART_BYTES_MAX;
            let part = &content[start..content.len().min(start + PART_BYTES_MAX)];
            store
                .set(key(&sha256, number), part)
                .await
                .map_err(key_value::error)?;
        }
        Ok(sha256)
    }

    async fn get(sha256: String, size_bytes: u32) -> Result<Option<Vec<u8>>, Error> {
        let size_bytes = size_bytes as usize;
        if size_bytes > CONTENT_BYTES_MAX {
            return Err(Error::Corrupt(format!(
                "document {sha256} has an impossible size"
            )));
        }
        let store = key_value::open().await?;
        let Some(content) = read(&store, &sha256, size_bytes).await? else {
            return Ok(None);
        };
        if content.len() != size_bytes || sha256_hex(&content) != sha256 {
            return Err(Error::Corrupt(format!(
                "document {sha256} is not what was stored"
            )));
        }
        Ok(Some(content))
    }
}

/// All parts together; none when the first one is not there.
async fn read(store: &KeyValue, sha256: &str, size_bytes: usize) -> Result<Option<Vec<u8>>, Error> {
    let mut content = Vec::with_capacity(size_bytes);
    for number in 0..parts(size_bytes) {
        match store
            .get(key(sha256, number))
            .await
            .map_err(key_value::error)?
        {
            Some(part) => content.extend_from_slice(&part),
            None if number == 0 => return Ok(None),
            None => {
                return Err(Error::Corrupt(format!(
                    "document {sha256} lacks part {number}"
                )));
            }
        }
    }
    Ok(Some(content))
}

/// How many parts a content has; an empty one has an empty part, so that stored
/// and not stored differ.
fn parts(size_bytes: usize) -> usize {
    size_bytes.div_ceil(PART_BYTES_MAX).max(1)
}

fn key(sha256: &str, part: usize) -> String {
    format!("document/{sha256}/{part}")
}

fn document(row: &mut Row) -> Result<Document, Error> {
    Ok(Document {
        id: row.take()?,
        owner: row.take()?,
        sha256: row.take()?,
        size_bytes: row.take()?,
        name: row.take()?,
    })
}

fn concern(row: &mut Row) -> Result<Concern, Error> {
    Ok(Concern {
        institution: row.take()?,
        verified_by: row.take()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contents_are_cut_into_parts() {
        assert_eq!(parts(0), 1);
        assert_eq!(parts(1), 1);
        assert_eq!(parts(PART_BYTES_MAX), 1);
        assert_eq!(parts(PART_BYTES_MAX + 1), 2);
        assert_eq!(parts(2_097_152), 3);
    }

    #[test]
    fn hashes_are_hex() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(sha256_hex(b""), empty);
        assert_eq!(key(empty, 2), format!("document/{empty}/2"));
    }
}
