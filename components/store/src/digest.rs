//! What is stored in place of something: its SHA-256.

use sha2::{Digest, Sha256};

/// SHA-256 in hex.
pub(crate) fn sha256_hex(content: impl AsRef<[u8]>) -> String {
    Sha256::digest(content)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
