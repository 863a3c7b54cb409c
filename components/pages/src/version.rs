//! Which state of `static/` is served, as one hash over all its files.

use akses_endpoint::identity::sha256_hex;
use bytes::Bytes;
use std::fs;
use std::path::{Path, PathBuf};

/// Where the host mounts `static/`.
const ROOT: &str = "/";

/// `{"version": "..."}`; none when the files cannot be read.
pub(crate) fn of_all_files() -> Option<Bytes> {
    let mut files = Vec::new();
    collect(Path::new(ROOT), &mut files)?;
    files.sort();
    let mut all = String::new();
    for file in files {
        all.push_str(&file.to_string_lossy());
        all.push_str(&sha256_hex(&fs::read(&file).ok()?));
    }
    let version = &sha256_hex(all.as_bytes())[..16];
    Some(format!("{{\"version\":\"{version}\"}}\n").into())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Option<()> {
    for entry in fs::read_dir(folder).ok()? {
        let entry = entry.ok()?;
        match entry.file_type().ok()?.is_dir() {
            true => collect(&entry.path(), files)?,
            false => files.push(entry.path()),
        }
    }
    Some(())
}
