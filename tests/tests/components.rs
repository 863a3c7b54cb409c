//! What every built component imports and exports: the architecture, as the
//! files have it. A component that is new, or that reaches for something new,
//! is a failing test.

use akses_tests::host::manifest_text;
use akses_tests::program::project;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use toml::Table;
use wasmparser::{Parser, Payload};

struct Interface {
    imports: BTreeSet<String>,
    exports: BTreeSet<String>,
}

impl Interface {
    fn of(wasm: &[u8]) -> Self {
        let mut interface = Self { imports: BTreeSet::new(), exports: BTreeSet::new() };
        let mut depth = 0;
        for payload in Parser::new(0).parse_all(wasm) {
            match payload.expect("a valid component") {
                // What is inside is the component's own affair.
                Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
                Payload::End(_) if depth > 0 => depth -= 1,
                Payload::ComponentImportSection(section) if depth == 0 => {
                    let names = section.into_iter().map(|import| import.unwrap().name.name.to_owned());
                    interface.imports.extend(names);
                }
                Payload::ComponentExportSection(section) if depth == 0 => {
                    let names = section.into_iter().map(|export| export.unwrap().name.name.to_owned());
                    interface.exports.extend(names);
                }
                _ => {}
            }
        }
        interface
    }

    /// What is imported beside WASI, without versions.
    fn grants(&self) -> Vec<&str> {
        let others = self.imports.iter().filter(|name| !name.starts_with("wasi:"));
        others.map(|name| name.split('@').next().unwrap()).collect()
    }

    fn imports_any(&self, prefix: &str) -> bool {
        self.imports.iter().any(|name| name.starts_with(prefix))
    }
}

/// Every component of the manifest, from the file that it names.
fn components() -> BTreeMap<String, Interface> {
    let manifest: Table = manifest_text().parse().unwrap();
    let components = manifest["component"].as_table().unwrap().iter();
    components
        .map(|(id, component)| {
            let file = project().join(component["source"].as_str().unwrap());
            let wasm = fs::read(&file)
                .unwrap_or_else(|error| panic!("{}: {error}; type\n  cargo akses build", file.display()));
            (id.clone(), Interface::of(&wasm))
        })
        .collect()
}

/// What a component reaches beside WASI: the store's interfaces, variables, and
/// what only the store and the gate may touch.
const GRANTS: &[(&str, &[&str])] = &[];

#[test]
fn every_component_reaches_what_this_table_says_and_nothing_else() {
    let built = components();
    for (id, interface) in &built { println!("{id}: {:?}\n   WASI {:?}\n   EXPORTS {:?}", interface.grants(), interface.imports.iter().filter(|n| n.starts_with("wasi:")).collect::<Vec<_>>(), interface.exports); }
    let _ = GRANTS; panic!();
}
