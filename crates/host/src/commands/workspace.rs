//! The packages of the cargo workspace, as cargo itself tells them.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde::Deserialize;

use super::cargo;

/// What `cargo metadata` says, as far as it matters here.
#[derive(Deserialize)]
pub struct Workspace {
    packages: Vec<Package>,
    workspace_default_members: Vec<String>,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
    manifest_path: PathBuf,
}

impl Workspace {
    /// Asks cargo.
    pub fn read(root: &Path) -> anyhow::Result<Self> {
        let mut command = cargo(root);
        command.args(["metadata", "--no-deps", "--format-version", "1"]);
        let output = command.output().context(
            "cargo cannot be started; it comes with Rust: type\n  \
             curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh",
        )?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            bail!("cargo cannot read the workspace:\n{}", said.trim_end());
        }
        serde_json::from_slice(&output.stdout).context("cargo metadata is not understood")
    }

    /// The packages under `components/`, by name.
    pub fn components(&self, root: &Path) -> Vec<String> {
        let folder = root.join("components");
        self.names(|package| package.manifest_path.starts_with(&folder))
    }

    /// The packages that run natively: the workspace's default members, by name.
    pub fn natives(&self) -> Vec<String> {
        self.names(|package| self.workspace_default_members.contains(&package.id))
    }

    fn names(&self, wanted: impl Fn(&Package) -> bool) -> Vec<String> {
        let packages = self.packages.iter().filter(|package| wanted(package));
        let mut names: Vec<String> = packages.map(|package| package.name.clone()).collect();
        names.sort();
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_components_from_what_runs_natively() {
        let package = |name: &str, path: &str| Package {
            id: format!("path+file://{path}"),
            name: name.to_owned(),
            manifest_path: PathBuf::from(path),
        };
        let workspace = Workspace {
            packages: vec![
                package("akses", "/p/crates/host/Cargo.toml"),
                package("store", "/p/components/store/Cargo.toml"),
                package("gate", "/p/components/gate/Cargo.toml"),
                package("trap", "/p/components-old/trap/Cargo.toml"),
            ],
            workspace_default_members: vec!["path+file:///p/crates/host/Cargo.toml".to_owned()],
        };
        assert_eq!(workspace.components(Path::new("/p")), ["gate", "store"]);
        assert_eq!(workspace.natives(), ["akses"]);
    }
}
