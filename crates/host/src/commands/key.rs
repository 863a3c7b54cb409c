//! `akses key`: keys that sign assertions for platforms (PLA-3).

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use akses_assertion::{Key, Keyring};
use anyhow::Context;
use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};

use super::up::instant;
use crate::progress;

/// In the state folder: the key of a service that was started without one.
const KEY_FILE: &str = "signing-keys";
/// Random bytes behind the date in a key's name.
const NAME_BYTES: usize = 4;

/// Options of `akses key`.
#[derive(Args)]
pub struct KeyArgs {
    #[command(subcommand)]
    command: KeyCommand,
}

#[derive(Subcommand)]
enum KeyCommand {
    /// Print a new line for the variable signing_keys; it is a secret
    New {
        /// When it begins to sign [default: now]. Platforms keep the published keys
        /// for some minutes, so a rotation begins half an hour ahead
        #[arg(long, value_name = "RFC 3339", value_parser = instant)]
        from: Option<DateTime<Utc>>,
        /// Its name [default: the day it begins, and something random]
        #[arg(long, value_name = "NAME")]
        kid: Option<String>,
    },
}

/// Runs `akses key`.
pub fn run(args: &KeyArgs) -> anyhow::Result<()> {
    let KeyCommand::New { from, kid } = &args.command;
    progress::answer(new_line(from.unwrap_or_else(Utc::now), kid.as_deref())?);
    Ok(())
}

fn new_line(from: DateTime<Utc>, kid: Option<&str>) -> anyhow::Result<String> {
    let seed = random::<32>()?;
    let kid = match kid {
        Some(kid) => kid.to_owned(),
        None => {
            let end: String = random::<NAME_BYTES>()?
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect();
            format!("{}-{end}", from.format("%Y-%m-%d"))
        }
    };
    Ok(Key::new(&kid, &seed, from.timestamp_millis())?.line())
}

fn random<const N: usize>() -> anyhow::Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).context("the machine gave no random numbers")?;
    Ok(bytes)
}

/// The key of a service that nobody gave one: made once, and kept where only its
/// owner can read it. It signs from the beginning of time, so that a virtual clock
/// can stand anywhere.
pub fn of_state_dir(state_dir: &Path) -> anyhow::Result<String> {
    let path = state_dir.join(KEY_FILE);
    let shown = path.display();
    match fs::read_to_string(&path) {
        Ok(text) => {
            Keyring::parse(&text).with_context(|| format!("{shown} holds no keys"))?;
            return Ok(text.trim().to_owned());
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error).with_context(|| format!("cannot read {shown}")),
    }
    fs::create_dir_all(state_dir)
        .with_context(|| format!("cannot make {}", state_dir.display()))?;
    let line = new_line(DateTime::UNIX_EPOCH, Some("lokal"))?;
    // Whole or not at all: a file that was cut off would hold no key.
    let unfinished = state_dir.join(format!("{KEY_FILE}.new"));
    let write = || -> std::io::Result<()> {
        let mut file = File::options()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&unfinished)?;
        writeln!(file, "{line}")?;
        file.sync_all()?;
        fs::rename(&unfinished, &path)
    };
    write().with_context(|| format!("cannot write {shown}"))?;
    Ok(line)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_new_key_is_one_and_never_the_same_again() {
        let from = "2026-03-27T07:10:00Z".parse().unwrap();
        let lines = [new_line(from, None).unwrap(), new_line(from, None).unwrap()];
        let ring = Keyring::parse(&lines.join(" ")).unwrap();
        let signing = ring.signing_at(from.timestamp_millis()).unwrap();
        assert!(signing.kid().starts_with("2026-03-27-"));
        assert!(ring.signing_at(from.timestamp_millis() - 1).is_none());
        assert_ne!(ring.public().keys[0].x, ring.public().keys[1].x);
        assert!(new_line(from, Some("a b")).is_err());
    }

    #[test]
    fn a_state_folder_gets_one_key_that_only_its_owner_reads() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("state");
        let line = of_state_dir(&state).unwrap();
        assert_eq!(of_state_dir(&state).unwrap(), line);
        let mode = fs::metadata(state.join(KEY_FILE)).unwrap().permissions();
        assert_eq!(mode.mode() & 0o777, 0o600);
        assert!(Keyring::parse(&line).unwrap().signing_at(0).is_some());
        fs::write(state.join(KEY_FILE), "rusak").unwrap();
        assert!(of_state_dir(&state).is_err());
    }
}
