//! `akses doctor`: what stands between this machine and a running service, a line
//! each, with what to type.

use std::fmt::{self, Display};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;

use akses::manifest::Manifest;
use anyhow::bail;
use clap::Args;
use rusqlite::{Connection, OpenFlags};

use super::build::{TARGET, target_is_installed};
use super::{MANIFEST_NAME, first_line, project_root, state_dir, test};
use crate::progress;

/// Room below which a clean build or a day of documents may fail.
const DISK_FREE_BYTES_MIN: u64 = 2 * 1024 * 1024 * 1024;
/// Findings of SQLite that are shown; a broken file has thousands.
const DATABASE_FINDINGS_MAX: u32 = 5;
const DATABASE_ENDING: &str = "db";

/// Options of `akses doctor`.
#[derive(Args)]
pub struct DoctorArgs {
    /// Where the service would listen
    #[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:3000")]
    listen: SocketAddr,
    /// Where data lives [default: .akses beside spin.toml]
    #[arg(long, value_name = "FOLDER")]
    state_dir: Option<PathBuf>,
    /// The manifest to check [default: spin.toml here or above]
    #[arg(long, value_name = "FILE")]
    manifest: Option<PathBuf>,
}

/// Runs `akses doctor`; an error means that something must be mended.
pub fn run(args: &DoctorArgs) -> anyhow::Result<()> {
    let root = project_root(args.manifest.as_deref())?;
    let manifest_path = args
        .manifest
        .clone()
        .unwrap_or_else(|| root.join(MANIFEST_NAME));
    let state_dir = state_dir(args.state_dir.as_deref(), &root)?;

    let mut findings = vec![toolchain(&root), target(&root)];
    findings.extend(manifest(&manifest_path));
    findings.push(browser(&root));
    findings.push(port(args.listen));
    findings.push(writable(&state_dir));
    findings.push(disk(&state_dir));
    findings.extend(databases(&state_dir));

    for finding in &findings {
        progress::answer(finding);
    }
    let to_mend = findings.iter().filter(|finding| finding.is_bad()).count();
    if to_mend > 0 {
        bail!("{to_mend} of {} checks need mending", findings.len());
    }
    Ok(())
}

/// What a check found, and what to do about it.
#[derive(Debug, PartialEq, Eq)]
enum Finding {
    /// All is well.
    Ok(String),
    /// Worth knowing; the service runs all the same.
    Note(String),
    /// Stops the service or the build.
    Mend(String),
}

impl Finding {
    fn is_bad(&self) -> bool {
        matches!(self, Finding::Mend(_))
    }
}

impl Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Finding::Ok(text) => write!(out, "ok    {text}"),
            Finding::Note(text) => write!(out, "note  {text}"),
            Finding::Mend(text) => write!(out, "MEND  {text}"),
        }
    }
}

fn toolchain(root: &Path) -> Finding {
    let version = first_line(Command::new("rustc").arg("--version").current_dir(root));
    let Some(version) = version else {
        return Finding::Mend(
            "Rust is missing; type: curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh"
                .to_owned(),
        );
    };
    judge_version(&version, wanted_version(root).as_deref())
}

fn judge_version(version: &str, wanted: Option<&str>) -> Finding {
    match wanted {
        // "rustc 1.95.0 (hash date)"
        Some(wanted) if version.split(' ').nth(1) != Some(wanted) => Finding::Note(format!(
            "{version}, but the project is built with {wanted}; type: rustup toolchain install {wanted}"
        )),
        _ => Finding::Ok(version.to_owned()),
    }
}

/// The channel of rust-toolchain.toml, when there is one.
fn wanted_version(root: &Path) -> Option<String> {
    let text = std::fs::read_to_string(root.join("rust-toolchain.toml")).ok()?;
    let table: toml::Table = text.parse().ok()?;
    let channel = table.get("toolchain")?.get("channel")?;
    Some(channel.as_str()?.to_owned())
}

fn target(root: &Path) -> Finding {
    if target_is_installed(root) {
        Finding::Ok(format!("compilation target {TARGET}"))
    } else {
        Finding::Mend(format!(
            "the compilation target {TARGET} is missing; type: rustup target add {TARGET}"
        ))
    }
}

fn manifest(path: &Path) -> Vec<Finding> {
    let manifest = match Manifest::load(path) {
        Ok(manifest) => manifest,
        Err(error) => return vec![Finding::Mend(format!("{error:#}"))],
    };
    let loaded = Finding::Ok(format!(
        "manifest {}: {} routes, {} timers, {} components",
        path.display(),
        manifest.http.len(),
        manifest.cron.len(),
        manifest.components.len()
    ));
    vec![loaded, components(&manifest)]
}

fn components(manifest: &Manifest) -> Finding {
    let all = manifest.components.iter();
    let missing: Vec<&str> = all
        .filter(|(_, component)| !manifest.root.join(&component.source).is_file())
        .map(|(id, _)| id.as_str())
        .collect();
    if missing.is_empty() {
        Finding::Ok("every component is built".to_owned())
    } else {
        Finding::Note(format!(
            "not built yet: {}; type: cargo akses build (`up` does it too)",
            missing.join(", ")
        ))
    }
}

/// Only the tests need one.
fn browser(root: &Path) -> Finding {
    match test::browser::check(root) {
        Ok(found) => Finding::Ok(found),
        Err(advice) => Finding::Note(advice),
    }
}

fn port(address: SocketAddr) -> Finding {
    match TcpListener::bind(address) {
        Ok(_) => Finding::Ok(format!("{address} is free")),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => Finding::Note(format!(
            "{address} is taken, perhaps by this service; otherwise type: cargo akses up --listen {}",
            SocketAddr::new(address.ip(), 0)
        )),
        Err(error) => Finding::Mend(format!(
            "cannot listen on {address} ({error}); name another address with --listen"
        )),
    }
}

/// Judged by writing a file, because permissions do not tell about full or
/// read-only disks.
fn writable(folder: &Path) -> Finding {
    let existing = nearest_existing(folder);
    let probe = existing.join(format!(".akses-doctor-{}", std::process::id()));
    let written = std::fs::write(&probe, b"probe");
    // Only there if it was written.
    let _ = std::fs::remove_file(&probe);
    match written {
        Ok(()) => Finding::Ok(format!("state folder {} can be written", folder.display())),
        Err(error) => Finding::Mend(format!(
            "{} cannot be written ({error}); give this user the right to, or name another \
             folder with --state-dir",
            existing.display()
        )),
    }
}

fn disk(folder: &Path) -> Finding {
    let existing = nearest_existing(folder);
    match rustix::fs::statvfs(&existing) {
        Ok(disk) => judge_room(disk.f_bavail.saturating_mul(disk.f_frsize), &existing),
        Err(error) => Finding::Note(format!("free disk room is unknown ({error})")),
    }
}

fn judge_room(free_bytes: u64, folder: &Path) -> Finding {
    let free_gib = free_bytes as f64 / f64::from(1 << 30);
    let where_ = folder.display();
    if free_bytes < DISK_FREE_BYTES_MIN {
        Finding::Mend(format!(
            "only {free_gib:.1} GiB are free at {where_}; make room, or name another disk with --state-dir"
        ))
    } else {
        Finding::Ok(format!("{free_gib:.1} GiB are free at {where_}"))
    }
}

/// The folder itself, or what it would be created in.
fn nearest_existing(folder: &Path) -> PathBuf {
    let mut above = folder.ancestors();
    let existing = above.find(|folder| folder.is_dir());
    existing.unwrap_or(Path::new("/")).to_owned()
}

fn databases(folder: &Path) -> Vec<Finding> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|end| end == DATABASE_ENDING))
        .collect();
    files.sort();
    if files.is_empty() {
        return vec![Finding::Ok("no data yet".to_owned())];
    }
    files.iter().map(|file| database(file)).collect()
}

fn database(file: &Path) -> Finding {
    let name = file.display();
    match quick_check(file) {
        Ok(findings) if findings == ["ok"] => Finding::Ok(format!("database {name} is whole")),
        Ok(findings) => Finding::Mend(format!(
            "database {name} is damaged ({}); stop the service, keep a copy of the folder, and \
             restore the newest backup",
            findings.join("; ")
        )),
        Err(error) => Finding::Mend(format!(
            "database {name} cannot be read ({error}); stop the service, keep a copy of the \
             folder, and restore the newest backup"
        )),
    }
}

/// SQLite's own check of the file; reads all of it and changes nothing.
fn quick_check(file: &Path) -> rusqlite::Result<Vec<String>> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    let pragma = format!("PRAGMA quick_check({DATABASE_FINDINGS_MAX})");
    let mut statement = connection.prepare(&pragma)?;
    let findings = statement.query_map([], |row| row.get(0))?;
    findings.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(finding: &Finding) -> String {
        finding.to_string()
    }

    #[test]
    fn a_damaged_database_is_found() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(databases(folder.path()).len(), 1);

        let file = folder.path().join("akses.db");
        let connection = Connection::open(&file).unwrap();
        connection
            .execute_batch(
                "CREATE TABLE t (x); CREATE INDEX i ON t (x);
                 WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 2000)
                 INSERT INTO t SELECT x FROM n;",
            )
            .unwrap();
        drop(connection);
        assert!(!databases(folder.path())[0].is_bad());

        let mut bytes = std::fs::read(&file).unwrap();
        let half = bytes.len() / 2;
        bytes[half..half + 4096].fill(0xAA);
        std::fs::write(&file, &bytes).unwrap();
        assert!(databases(folder.path())[0].is_bad());

        std::fs::write(
            &file,
            "no database at all, but long enough to be read as one",
        )
        .unwrap();
        let finding = &databases(folder.path())[0];
        assert!(finding.is_bad(), "{finding}");
    }

    #[test]
    fn a_folder_that_is_yet_to_be_made_is_judged_by_the_one_above() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("a/b");
        assert_eq!(nearest_existing(&deep), folder.path());
        assert!(!writable(&deep).is_bad());
        assert!(!deep.exists());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        // Not even root can write there.
        assert!(writable(Path::new("/proc/akses")).is_bad());
    }

    #[test]
    fn little_room_is_to_mend() {
        let here = Path::new("/data");
        assert!(judge_room(DISK_FREE_BYTES_MIN - 1, here).is_bad());
        let enough = judge_room(DISK_FREE_BYTES_MIN, here);
        assert_eq!(text(&enough), "ok    2.0 GiB are free at /data");
    }

    #[test]
    fn another_toolchain_is_worth_a_note() {
        let version = "rustc 1.94.1 (abc 2026-01-01)";
        assert!(matches!(
            judge_version(version, Some("1.95.0")),
            Finding::Note(_)
        ));
        assert!(matches!(
            judge_version(version, Some("1.94.1")),
            Finding::Ok(_)
        ));
        assert!(matches!(judge_version(version, None), Finding::Ok(_)));
    }

    #[test]
    fn a_manifest_that_cannot_be_used_is_to_mend() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("spin.toml");
        assert!(manifest(&path)[0].is_bad());
        let text = "spin_manifest_version = 2\n[application]\nname = \"uji\"\n\
            [[trigger.http]]\nroute = \"/\"\ncomponent = \"a\"\n\
            [component.a]\nsource = \"a.wasm\"\n";
        std::fs::write(&path, text).unwrap();
        let findings = manifest(&path);
        assert!(!findings[0].is_bad(), "{}", findings[0]);
        assert!(matches!(findings[1], Finding::Note(_)));
        std::fs::write(folder.path().join("a.wasm"), "").unwrap();
        assert!(matches!(manifest(&path)[1], Finding::Ok(_)));
    }

    #[test]
    fn a_taken_port_is_worth_a_note() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = taken.local_addr().unwrap();
        assert!(matches!(port(address), Finding::Note(_)));
        drop(taken);
        assert!(matches!(port(address), Finding::Ok(_)));
    }
}
