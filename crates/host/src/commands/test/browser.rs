//! What the browser tests need beside Rust: Chromium, its driver, and axe-core.
//!
//! `akses test` brings what is missing where it may, while cargo builds;
//! otherwise it stops with what to type. No test is left out for want of them.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use anyhow::{Context, bail};
use sha2::{Digest, Sha256};

use crate::progress;

/// Programs on the search path, and the Debian packages that bring them.
const BROWSER: [Program; 2] = [
    Program {
        name: "chromium",
        package: "chromium",
    },
    Program {
        name: "chromedriver",
        package: "chromium-driver",
    },
];
/// Fetches axe-core, and is wanted only until that is done.
const NPM: Program = Program {
    name: "npm",
    package: "npm",
};

const AXE: &str = "axe-core@4.14.1";
/// Of `axe.min.js` in that package: what runs in the pages is what was looked at.
const AXE_SHA256: &str = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c";
/// Where the tests read it; beside what cargo makes, so that git never sees it.
const AXE_FOLDER: &str = "target/axe-core";
const AXE_FILE: &str = "axe.min.js";

const INSTALL: [&str; 4] = ["apt-get", "install", "--yes", "--no-install-recommends"];
/// What of a failed command's output is shown.
const OUTPUT_LINES_SHOWN: usize = 20;

#[derive(Debug, Clone, Copy)]
struct Program {
    name: &'static str,
    package: &'static str,
}

/// What is not there yet.
#[derive(Debug)]
struct Missing {
    programs: Vec<Program>,
    axe: bool,
}

impl Missing {
    fn on_this_machine(root: &Path) -> Self {
        let axe = !has_axe(root);
        let mut programs: Vec<Program> = BROWSER.into();
        if axe {
            programs.push(NPM);
        }
        programs.retain(|program| find(program.name).is_none());
        Self { programs, axe }
    }

    /// The command that installs the programs.
    fn install(&self) -> Vec<&'static str> {
        let packages = self.programs.iter().map(|program| program.package);
        INSTALL.into_iter().chain(packages).collect()
    }

    /// What to type where this program may not install anything.
    fn advice(&self) -> String {
        format!(
            "the browser tests need {}; on Debian, type\n  sudo {}\nElsewhere, install them so that \
             they are found under these names",
            self.names(),
            self.install().join(" ")
        )
    }

    fn names(&self) -> String {
        let names: Vec<_> = self.programs.iter().map(|program| program.name).collect();
        names.join(" and ")
    }
}

/// For `akses doctor`: what there is, or else what to type.
pub fn check(root: &Path) -> Result<String, String> {
    let missing = Missing::on_this_machine(root);
    if !missing.programs.is_empty() {
        return Err(format!(
            "the browser tests need {}; type: sudo {} (as root, `cargo akses test` does it)",
            missing.names(),
            missing.install().join(" ")
        ));
    }
    let axe = if missing.axe {
        format!("`cargo akses test` will fetch {AXE}")
    } else {
        AXE.to_owned()
    };
    Ok(format!("Chromium and its driver are there; {axe}"))
}

/// Sees to what is missing, beside what else is done; whoever joins knows that all
/// is there. An error at once when it may not be brought.
pub fn provide_meanwhile(root: &Path) -> anyhow::Result<JoinHandle<anyhow::Result<()>>> {
    let root = root.to_owned();
    let missing = Missing::on_this_machine(&root);
    let may_install = rustix::process::geteuid().is_root() && find(INSTALL[0]).is_some();
    if !missing.programs.is_empty() && !may_install {
        bail!("{}", missing.advice());
    }
    Ok(thread::spawn(move || provide(&missing, &root)))
}

fn provide(missing: &Missing, root: &Path) -> anyhow::Result<()> {
    if !missing.programs.is_empty() {
        install(missing)?;
    }
    if missing.axe {
        fetch_axe(root)?;
    }
    Ok(())
}

fn install(missing: &Missing) -> anyhow::Result<()> {
    let command = missing.install();
    progress::note(format_args!(
        "for the browser tests: {} (a few hundred megabytes)",
        command.join(" ")
    ));
    let started = Instant::now();
    run(&["apt-get", "update"], Path::new("/"))?;
    run(&command, Path::new("/"))?;
    progress::note(format_args!(
        "installed what the browser tests need ({:.0} s)",
        started.elapsed().as_secs_f32()
    ));
    let still_missing = missing
        .programs
        .iter()
        .find(|program| find(program.name).is_none());
    match still_missing {
        None => Ok(()),
        Some(program) => bail!(
            "the package {} brought no program {}; install it so that it is found under this name",
            program.package,
            program.name
        ),
    }
}

/// The package is checked before it lies where the tests look.
fn fetch_axe(root: &Path) -> anyhow::Result<()> {
    progress::note(format_args!("fetching {AXE} for the browser tests"));
    let scratch = tempfile::tempdir().context("no temporary folder")?;
    let scratch = scratch.path();
    let packed = run(&["npm", "pack", "--silent", AXE], scratch)?;
    let packed = String::from_utf8_lossy(&packed.stdout);
    let archive = packed.trim();
    let member = format!("package/{AXE_FILE}");
    run(
        &[
            "tar",
            "--extract",
            "--strip-components=1",
            "--file",
            archive,
            &member,
        ],
        scratch,
    )?;
    let content = fs::read(scratch.join(AXE_FILE))?;
    if !is_axe(&content) {
        bail!("{AXE} has another {AXE_FILE} than the one that is known here; it is not used");
    }
    let folder = root.join(AXE_FOLDER);
    fs::create_dir_all(&folder)?;
    // Whole or not there: another run may be reading.
    let partial = folder.join(format!("{AXE_FILE}.{}", std::process::id()));
    fs::write(&partial, content)?;
    fs::rename(partial, folder.join(AXE_FILE))?;
    Ok(())
}

fn has_axe(root: &Path) -> bool {
    let content = fs::read(root.join(AXE_FOLDER).join(AXE_FILE));
    content.is_ok_and(|content| is_axe(&content))
}

fn is_axe(content: &[u8]) -> bool {
    let digest = Sha256::digest(content);
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    hex == AXE_SHA256
}

/// Quietly: cargo is talking at the same time. Its output shows when it fails.
fn run(command: &[&str], folder: &Path) -> anyhow::Result<Output> {
    let (program, args) = command.split_first().context("no command")?;
    let output = Command::new(program)
        .args(args)
        .current_dir(folder)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .output()
        .with_context(|| format!("{program} cannot be started"))?;
    if !output.status.success() {
        bail!(
            "`{}` failed:\n{}\nType it to see more, then test again",
            command.join(" "),
            last_lines(&output)
        );
    }
    Ok(output)
}

fn last_lines(output: &Output) -> String {
    let all = [&output.stdout[..], &output.stderr[..]].concat();
    let all = String::from_utf8_lossy(&all);
    let lines: Vec<_> = all.lines().collect();
    lines[lines.len().saturating_sub(OUTPUT_LINES_SHOWN)..].join("\n")
}

fn find(program: &str) -> Option<PathBuf> {
    let folders = env::var_os("PATH")?;
    env::split_paths(&folders)
        .map(|folder| folder.join(program))
        .find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_missing_is_installed_and_advised() {
        let driver = BROWSER[1];
        let missing = Missing {
            programs: vec![driver, NPM],
            axe: true,
        };
        let typed = "apt-get install --yes --no-install-recommends chromium-driver npm";
        assert_eq!(missing.install().join(" "), typed);
        let advice = missing.advice();
        assert!(advice.contains("chromedriver and npm"), "{advice}");
        assert!(advice.contains(&format!("\n  sudo {typed}\n")), "{advice}");
    }

    #[test]
    fn another_axe_is_none() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!has_axe(folder.path()));
        fs::create_dir_all(folder.path().join(AXE_FOLDER)).unwrap();
        fs::write(folder.path().join(AXE_FOLDER).join(AXE_FILE), "alert(1)").unwrap();
        assert!(!has_axe(folder.path()));
        assert!(Missing::on_this_machine(folder.path()).axe);
    }

    #[test]
    fn what_fails_is_told_with_its_last_words() {
        let here = Path::new("/");
        let failure = run(&["sh", "-c", "seq 30; echo no room >&2; exit 1"], here).unwrap_err();
        let told = failure.to_string();
        assert!(
            told.contains("no room") && told.contains("\n30\n"),
            "{told}"
        );
        assert!(!told.contains("\n5\n"), "{told}");
        assert!(run(&["akses-no-such-program"], here).is_err());
        assert_eq!(run(&["pwd"], here).unwrap().stdout, b"/\n");
    }
}
