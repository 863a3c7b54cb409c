//! `files`: what a component may read, copied at start into one folder that
//! its instances see at `/`, exactly as Spin does.

use std::path::{Component as Step, Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

use crate::manifest::{Component, FilesMount};

/// Copies the files of a component into `target` and returns it; none if the
/// component has no files.
pub fn prepare(root: &Path, component: &Component, target: PathBuf) -> Result<Option<PathBuf>> {
    if component.files.is_empty() {
        return Ok(None);
    }
    let copier = Copier::new(root, component, &target)?;
    for mount in &component.files {
        match mount {
            FilesMount::Pattern(pattern) => copier.copy_pattern(pattern)?,
            FilesMount::Placement(placement) => {
                copier.copy_placement(&placement.source, &placement.destination)?;
            }
        }
    }
    Ok(Some(target))
}

struct Copier<'a> {
    root: PathBuf,
    target: &'a Path,
    excluded: Vec<glob::Pattern>,
}

impl<'a> Copier<'a> {
    fn new(root: &Path, component: &Component, target: &'a Path) -> Result<Self> {
        if target.exists() {
            std::fs::remove_dir_all(target)
                .with_context(|| format!("cannot empty {}", target.display()))?;
        }
        std::fs::create_dir_all(target)
            .with_context(|| format!("cannot create {}", target.display()))?;
        let excluded = component
            .exclude_files
            .iter()
            .map(|pattern| {
                glob::Pattern::new(pattern).with_context(|| format!("exclude_files: {pattern:?}"))
            })
            .collect::<Result<_>>()?;
        let root = std::path::absolute(root)?;
        Ok(Self {
            root,
            target,
            excluded,
        })
    }

    fn copy_pattern(&self, pattern: &str) -> Result<()> {
        let last = pattern.rsplit('/').next().unwrap_or(pattern);
        ensure!(
            last != "." && last != "..",
            "files: the pattern {pattern:?} must not end in {last:?}; write {{ source, destination }}, or a pattern that ends in **/*"
        );
        let path = self.root.join(pattern);
        if path.is_dir() {
            let inside = path.join("**/*");
            return self.copy_glob(&inside, &self.root, &self.target.join(pattern), pattern);
        }
        if path.exists() {
            return self.copy_file(&path, &self.target.join(pattern));
        }
        ensure!(
            pattern.contains(['*', '?', '[']),
            "files: {pattern:?} does not exist and is not a pattern either"
        );
        self.copy_glob(&path, &self.root, self.target, pattern)
    }

    fn copy_placement(&self, source: &str, destination: &str) -> Result<()> {
        let from = self.root.join(source);
        let to = self.target.join(inside(destination)?);
        ensure!(from.exists(), "files: {source:?} does not exist");
        if from.is_dir() {
            self.copy_glob(&from.join("**/*"), &from, &to, source)
        } else {
            self.copy_file(&from, &to)
        }
    }

    fn copy_glob(&self, pattern: &Path, prefix: &Path, to: &Path, written: &str) -> Result<()> {
        let pattern = pattern
            .to_str()
            .with_context(|| format!("files: {written:?} is not UTF-8"))?;
        let found = glob::glob(pattern).with_context(|| format!("files: {written:?}"))?;
        for path in found {
            let path = path?;
            if !path.is_file() {
                continue;
            }
            let Ok(in_root) = path.strip_prefix(&self.root) else {
                bail!("files: {written:?} leads out of the folder of the manifest");
            };
            if self
                .excluded
                .iter()
                .any(|excluded| excluded.matches_path(in_root))
            {
                continue;
            }
            self.copy_file(&path, &to.join(path.strip_prefix(prefix)?))?;
        }
        Ok(())
    }

    fn copy_file(&self, from: &Path, to: &Path) -> Result<()> {
        ensure!(
            from.starts_with(&self.root) && !has_parent_step(from),
            "files: {} leads out of the folder of the manifest",
            from.display()
        );
        let folder = to.parent().context("a file lies in a folder")?;
        std::fs::create_dir_all(folder)?;
        std::fs::copy(from, to).with_context(|| {
            format!("files: cannot copy {} to {}", from.display(), to.display())
        })?;
        Ok(())
    }
}

fn has_parent_step(path: &Path) -> bool {
    path.components().any(|step| step == Step::ParentDir)
}

fn inside(destination: &str) -> Result<&str> {
    let relative = destination.trim_start_matches('/');
    ensure!(
        !has_parent_step(Path::new(relative)),
        "files: destination {destination:?} must not contain '..'"
    );
    Ok(relative)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::Manifest;

    fn write(root: &Path, name: &str) {
        let path = root.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, name).unwrap();
    }

    /// Mounts `files` of a folder with four files and lists what a guest sees.
    fn mounted(files: &str) -> Result<Vec<String>> {
        let root = tempfile::tempdir()?;
        for name in [
            "static/index.html",
            "static/css/a.css",
            "static/draft.html",
            "other.txt",
        ] {
            write(root.path(), name);
        }
        let text = format!(
            "spin_manifest_version = 2\n[application]\nname = \"demo\"\n[component.x]\nsource = \"x.wasm\"\n{files}\n"
        );
        let manifest = Manifest::parse(&text, root.path())?;
        let target = root.path().join("mounted");
        let target = prepare(root.path(), manifest.component("x")?, target)?.unwrap();
        let found = glob::glob(target.join("**/*").to_str().unwrap())?.map(|path| path.unwrap());
        let files = found.filter(|path| path.is_file());
        Ok(files
            .map(|path| {
                path.strip_prefix(&target)
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned()
            })
            .collect())
    }

    #[test]
    fn mounts_as_spin_does() {
        for (files, expected) in [
            (
                "files = [{ source = \"static\", destination = \"/\" }]",
                vec!["css/a.css", "draft.html", "index.html"],
            ),
            (
                "files = [{ source = \"static/css\", destination = \"/styles\" }]",
                vec!["styles/a.css"],
            ),
            (
                "files = [\"static/*.html\"]",
                vec!["static/draft.html", "static/index.html"],
            ),
            (
                "files = [{ source = \"other.txt\", destination = \"/a.txt\" }]",
                vec!["a.txt"],
            ),
            ("files = [\"other.txt\"]", vec!["other.txt"]),
            (
                "files = [\"static/**/*\"]\nexclude_files = [\"static/draft*\"]",
                vec!["static/css/a.css", "static/index.html"],
            ),
        ] {
            assert_eq!(mounted(files).unwrap(), expected, "{files}");
        }
    }

    #[test]
    fn refuses_what_is_missing_or_outside() {
        for files in [
            "files = [\"missing.txt\"]",
            "files = [{ source = \"missing\", destination = \"/\" }]",
            "files = [{ source = \"static\", destination = \"/../x\" }]",
            "files = [{ source = \"../\", destination = \"/\" }]",
            "files = [\"static/..\"]",
            "files = [\"..\"]",
        ] {
            assert!(mounted(files).is_err(), "{files}");
        }
    }

    #[test]
    fn what_was_removed_is_gone_after_the_next_start() {
        let root = tempfile::tempdir().unwrap();
        write(root.path(), "static/new.html");
        let target = root.path().join("mounted");
        write(&target, "old.html");
        let text = "spin_manifest_version = 2\n[application]\nname = \"demo\"\n[component.x]\n\
                    source = \"x.wasm\"\nfiles = [{ source = \"static\", destination = \"/\" }]\n";
        let manifest = Manifest::parse(text, root.path()).unwrap();
        prepare(
            root.path(),
            manifest.component("x").unwrap(),
            target.clone(),
        )
        .unwrap();
        assert!(target.join("new.html").exists() && !target.join("old.html").exists());
    }
}
