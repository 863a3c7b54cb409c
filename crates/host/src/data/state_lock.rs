//! One `akses` per state folder.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;

use anyhow::{Context as _, bail};

const LOCK_FILE: &str = "akses.lock";

/// Holds a state folder for this process until it is dropped. The operating
/// system releases it when the process ends in whatever way, so nothing stale
/// is left after `kill -9`.
#[derive(Debug)]
pub struct StateLock {
    _file: File,
}

/// Creates the state folder if it is missing and claims it for this process.
///
/// Two hosts on one folder would each believe to be the only writer and run
/// every timer twice, so the second one stops here.
///
/// # Errors
/// If another process holds the folder (its process id is named), or if the
/// folder cannot be created or written.
pub fn lock_state_dir(folder: &Path) -> anyhow::Result<StateLock> {
    std::fs::create_dir_all(folder)
        .with_context(|| format!("cannot create the state folder {}", folder.display()))?;
    let path = folder.join(LOCK_FILE);
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .with_context(|| format!("cannot open {}", path.display()))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => bail!(
            "the state folder {} is in use by another akses{}; stop it, or choose another folder with --state-dir",
            folder.display(),
            holder(&mut file)
        ),
        Err(TryLockError::Error(error)) => {
            return Err(error).with_context(|| format!("cannot lock {}", path.display()));
        }
    }
    write_process_id(&mut file).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(StateLock { _file: file })
}

fn holder(file: &mut File) -> String {
    let mut text = String::new();
    match file.read_to_string(&mut text) {
        Ok(_) if !text.trim().is_empty() => format!(" (process {})", text.trim()),
        _ => String::new(),
    }
}

fn write_process_id(file: &mut File) -> std::io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{}", std::process::id())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_holder_is_told_who_is_first() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("missing/state");
        let lock = lock_state_dir(&state).unwrap();
        let refusal = lock_state_dir(&state).unwrap_err().to_string();
        assert!(refusal.contains("in use by another akses"), "{refusal}");
        assert!(
            refusal.contains(&std::process::id().to_string()),
            "{refusal}"
        );
        drop(lock);
        lock_state_dir(&state).unwrap();
    }
}
