//! The files of static/, as they lie there.

use crate::program::project;
use std::fs;
use std::path::{Path, PathBuf};

/// Where a file of static/ lies.
pub fn path(name: &str) -> PathBuf {
    project().join("static").join(name)
}

/// What a file of static/ says.
///
/// # Panics
/// When it cannot be read.
pub fn content(name: &str) -> String {
    let path = path(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The files of static/ with this ending, as paths in it, in order.
pub fn files(ending: &str) -> Vec<String> {
    let root = path("");
    let mut found = Vec::new();
    collect(&root, &root, ending, &mut found);
    found.sort();
    found
}

fn collect(root: &Path, folder: &Path, ending: &str, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(root, &path, ending, found);
        } else if path.extension().is_some_and(|its| its == ending) {
            let name = path.strip_prefix(root).expect("it lies in static/");
            found.push(name.to_string_lossy().into_owned());
        }
    }
}
