//! `akses build`: the components, compiled to WebAssembly. Cargo decides what
//! changed; this only names the packages and sees to the compilation target.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, bail};
use clap::Args;

use super::workspace::Workspace;
use super::{cargo, first_line, project_root};
use crate::progress;

/// What components are compiled for.
pub const TARGET: &str = "wasm32-wasip2";
/// The cargo profile of components; spin.toml's `source` paths contain it.
const PROFILE: &str = "component";

/// Options of `akses build`.
#[derive(Args)]
pub struct BuildArgs {
    /// The manifest of the project to build [default: spin.toml here or above]
    #[arg(long, value_name = "FILE")]
    manifest: Option<PathBuf>,
}

/// Runs `akses build`.
pub fn run(args: &BuildArgs) -> anyhow::Result<()> {
    build(&project_root(args.manifest.as_deref())?)
}

/// Builds every component of the project in `root`.
pub fn build(root: &Path) -> anyhow::Result<()> {
    let packages = Workspace::read(root)?.components(root);
    // Cargo would build everything when no package is named.
    if packages.is_empty() {
        bail!("no packages under {}", root.join("components").display());
    }
    build_packages(root, &packages)
}

/// Builds these components, wherever in the workspace they lie.
pub fn build_packages(root: &Path, packages: &[impl AsRef<str>]) -> anyhow::Result<()> {
    ensure_target(root)?;
    progress::note(format_args!("building {} components", packages.len()));
    let started = Instant::now();
    let mut command = cargo(root);
    command.args(["build", "--profile", PROFILE, "--target", TARGET]);
    // spin.toml says where it expects the files, whatever CARGO_TARGET_DIR says.
    command.arg("--target-dir").arg(root.join("target"));
    for package in packages {
        command.args(["--package", package.as_ref()]);
    }
    let status = command.status().context("cargo cannot be started")?;
    if !status.success() {
        bail!("the components were not built; cargo's messages above say why");
    }
    let seconds = started.elapsed().as_secs_f32();
    progress::note(format_args!("components are up to date ({seconds:.1} s)"));
    Ok(())
}

/// Adds the compilation target when it is missing. rust-toolchain.toml lists it,
/// but rustup reads that list only when it installs the toolchain.
fn ensure_target(root: &Path) -> anyhow::Result<()> {
    if target_is_installed(root) {
        return Ok(());
    }
    progress::note(format_args!("adding the compilation target {TARGET}"));
    let add = Command::new("rustup")
        .args(["target", "add", TARGET])
        .current_dir(root)
        .status();
    match add {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => bail!("rustup could not add {TARGET}; type: rustup target add {TARGET}"),
        Err(_) => bail!(
            "Rust's standard library for {TARGET} is missing and rustup is not here to add it; \
             install rustup (https://rustup.rs) and type: rustup target add {TARGET}"
        ),
    }
}

/// Whether the standard library for components lies where rustc looks for it.
pub fn target_is_installed(root: &Path) -> bool {
    let mut rustc = Command::new("rustc");
    rustc.args(["--print", "target-libdir", "--target", TARGET]);
    rustc.current_dir(root);
    first_line(&mut rustc).is_some_and(|folder| Path::new(&folder).is_dir())
}
