//! Files as they travel: gzip, made once and kept for as long as the instance lives.

use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use std::collections::HashMap;
use std::io::Write;
use std::sync::{LazyLock, Mutex};

/// More files than `static/` has; a development server whose files change often
/// starts anew at this many.
const KEPT_FILES_MAX: usize = 256;

static KEPT: LazyLock<Mutex<HashMap<String, Bytes>>> = LazyLock::new(Mutex::default);

/// This content, whose hash is `hash`, as gzip.
pub(crate) fn gzip(hash: &str, content: &[u8]) -> Bytes {
    let mut kept = KEPT.lock().unwrap_or_else(|it| it.into_inner());
    if let Some(known) = kept.get(hash) {
        return known.clone();
    }
    if kept.len() >= KEPT_FILES_MAX {
        kept.clear();
    }
    let made = compress(content);
    kept.insert(hash.to_owned(), made.clone());
    made
}

fn compress(content: &[u8]) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let written = encoder.write_all(content).and_then(|()| encoder.finish());
    written.expect("writing to memory does not fail").into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn what_was_compressed_is_what_was_there_the_second_time_too() {
        let content = b"Menunggu Verifikasi ".repeat(50);
        for _ in 0..2 {
            let small = gzip("a", &content);
            assert!(small.len() < content.len() / 5);
            let mut back = Vec::new();
            flate2::read::GzDecoder::new(&small[..])
                .read_to_end(&mut back)
                .unwrap();
            assert_eq!(back, content);
        }
    }
}
