//! The subcommands of `akses`, one module each, and what they share: where the
//! project is and how cargo is run in it.

pub mod audit;
pub mod bench;
pub mod build;
pub mod demo;
pub mod doctor;
pub mod import;
pub mod key;
pub mod mailbox;
pub mod platform;
pub mod sirup;
pub mod test;
pub mod torture;
pub mod up;
mod workspace;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

/// The manifest's file name, which also marks the project's top folder.
pub const MANIFEST_NAME: &str = "spin.toml";

/// The folder of the given manifest, or else the nearest folder above the current
/// one that has a manifest: the commands work from anywhere inside the project.
pub fn project_root(manifest: Option<&Path>) -> anyhow::Result<PathBuf> {
    if let Some(manifest) = manifest {
        let manifest = std::path::absolute(manifest)?;
        if !manifest.is_file() {
            bail!("there is no manifest at {}", manifest.display());
        }
        let folder = manifest.parent().context("the manifest has no folder")?;
        return Ok(folder.to_owned());
    }
    let here = std::env::current_dir().context("the current folder cannot be read")?;
    let mut folders = here.ancestors();
    folders
        .find(|folder| folder.join(MANIFEST_NAME).is_file())
        .map(Path::to_owned)
        .with_context(|| {
            format!(
                "no {MANIFEST_NAME} in {} or above it; go to the project's folder or name one with --manifest",
                here.display()
            )
        })
}

/// Where data lives unless told otherwise: in the project, not where the command
/// happened to be typed.
pub fn state_dir(given: Option<&Path>, root: &Path) -> anyhow::Result<PathBuf> {
    match given {
        Some(folder) => Ok(std::path::absolute(folder)?),
        None => Ok(root.join(".akses")),
    }
}

/// Cargo in the project's folder. What `cargo run` left in the environment about
/// this very package is taken out, so that nothing is rebuilt because of it.
pub fn cargo(root: &Path) -> Command {
    let mut command = Command::new("cargo");
    command.current_dir(root);
    for (name, _) in std::env::vars_os() {
        let about_this_package = name.to_str().is_some_and(|name| {
            name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
        });
        if about_this_package {
            command.env_remove(name);
        }
    }
    command
}

/// The first line a program prints, when it runs at all and succeeds.
pub fn first_line(command: &mut Command) -> Option<String> {
    let output = command.output().ok().filter(|out| out.status.success())?;
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines().next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_project_from_its_manifest() {
        let folder = tempfile::tempdir().unwrap();
        let manifest = folder.path().join("spin.toml");
        assert!(project_root(Some(&manifest)).is_err());
        std::fs::write(&manifest, "").unwrap();
        assert_eq!(project_root(Some(&manifest)).unwrap(), folder.path());
    }

    #[test]
    fn data_lives_in_the_project_unless_told_otherwise() {
        let root = Path::new("/project");
        assert_eq!(state_dir(None, root).unwrap(), Path::new("/project/.akses"));
        let elsewhere = Path::new("/data");
        assert_eq!(state_dir(Some(elsewhere), root).unwrap(), elsewhere);
    }
}
