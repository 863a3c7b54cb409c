//! Which state of `static/` is served, as one hash over all its files.

use akses_endpoint::identity::sha256_hex;
use bytes::Bytes;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Where the host mounts `static/`.
const ROOT: &str = "/";

/// For how long what was seen is answered again: reading everything takes 30 ms, and
/// every page asks soon after it opened.
const KEPT: Duration = Duration::from_secs(10);

static SEEN: Mutex<Option<(Instant, Bytes)>> = Mutex::new(None);

/// [`read_all`], not older than [`KEPT`].
pub(crate) fn of_all_files() -> Option<Bytes> {
    let mut seen = SEEN.lock().unwrap_or_else(|it| it.into_inner());
    if let Some((at, version)) = &*seen
        && at.elapsed() < KEPT
    {
        return Some(version.clone());
    }
    let version = read_all()?;
    *seen = Some((Instant::now(), version.clone()));
    Some(version)
}

/// `{"version": "..."}`; none when the files cannot be read.
fn read_all() -> Option<Bytes> {
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
