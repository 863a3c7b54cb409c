//! Putting a component, its dependencies and its middleware together into one
//! component, so that calls between them stay inside one instance.
//!
//! Architecture Invariant: each part keeps only the grants that the manifest
//! names for it. Inside a composition the host cannot tell which part calls,
//! so the difference is made here: an interface a part has no grant for is
//! imported under a name of its own, `denied:PART/...`, and the linker answers
//! every call to that name with a refusal (see `runtime::denied`).

use std::borrow::Cow;
use std::collections::BTreeSet;

use anyhow::{Context, Result, bail, ensure};
use wac_graph::types::{ItemKind, Package};
use wac_graph::{CompositionGraph, EncodeOptions, NodeId};

use crate::manifest::Grant;

/// The one interface HTTP operations export and middleware stands before.
pub const HTTP_HANDLER: &str = "wasi:http/handler@0.3.0";

/// The namespace of imports that the host refuses to serve.
pub const DENIED_NAMESPACE: &str = "denied:";

/// Changes whenever the same parts would be composed differently; part of the
/// key of everything cached.
pub const COMPOSITION_VERSION: u32 = 3;

/// One component of a composition.
#[derive(Debug, Clone)]
pub struct Part<'a> {
    /// Its id in the manifest.
    pub id: &'a str,
    /// The component's bytes.
    pub wasm: Cow<'a, [u8]>,
    /// What it may use.
    pub grants: BTreeSet<Grant>,
}

/// A dependency and the imports it stands for: `namespace:package`, with an
/// `/interface` or an `@version` if only that is meant.
#[derive(Debug, Clone)]
pub struct DependencyPart<'a> {
    /// The key in `[component.X.dependencies]`.
    pub import: &'a str,
    /// The component that serves it.
    pub part: Part<'a>,
}

/// Composes `main` with what it depends on, behind `middleware` (outermost first).
///
/// With middleware only the HTTP handler is exported; a component that is also
/// a timer is composed a second time without middleware.
pub fn compose(
    main: &Part<'_>,
    dependencies: &[DependencyPart<'_>],
    middleware: &[Part<'_>],
) -> Result<Vec<u8>> {
    let mut composer = Composer {
        graph: CompositionGraph::new(),
        parts: 0,
    };
    let main_node = composer.add(main)?;
    composer.plug_dependencies(main_node, main.id, dependencies)?;
    if middleware.is_empty() {
        composer.export_all(main_node)?;
    } else {
        composer.export_behind(main_node, main.id, middleware)?;
    }
    let options = EncodeOptions::default();
    composer
        .graph
        .encode(options)
        .with_context(|| format!("component {:?} and its parts do not fit together", main.id))
}

struct Composer {
    graph: CompositionGraph,
    parts: usize,
}

impl Composer {
    /// Instantiates one part, with what it may not use cut off.
    fn add(&mut self, part: &Part<'_>) -> Result<NodeId> {
        // The same component may stand in one composition twice, so the name
        // of the package counts.
        let name = format!("part{}", self.parts);
        self.parts += 1;
        let package = Package::from_bytes(&name, None, part.wasm.as_ref(), self.graph.types_mut())
            .with_context(|| format!("component {:?} is not a WebAssembly component", part.id))?;
        let package = self.graph.register_package(package)?;
        let node = self.graph.instantiate(package);
        for (name, kind) in self.imports(node) {
            if grant_of(&name).is_some_and(|grant| !part.grants.contains(&grant)) {
                let denied = self.denied_import(&denied_name(part.id, &name), kind)?;
                self.graph.set_instantiation_argument(node, &name, denied)?;
            }
        }
        Ok(node)
    }

    /// The same interface under another name, and with another identity:
    /// imports of one identity are merged when the graph is encoded, and the
    /// part would get what another part is granted.
    fn denied_import(&mut self, name: &str, kind: ItemKind) -> Result<NodeId> {
        let existing = self
            .graph
            .node_ids()
            .find(|node| self.graph.get_import_name(*node) == Some(name));
        if let Some(node) = existing {
            return Ok(node);
        }
        let ItemKind::Instance(interface) = kind else {
            bail!("import {name:?} is not an interface and cannot be denied");
        };
        let mut interface = self.graph.types()[interface].clone();
        interface.id = Some(name.to_owned());
        let interface = self.graph.types_mut().add_interface(interface);
        Ok(self.graph.import(name, ItemKind::Instance(interface))?)
    }

    fn imports(&self, node: NodeId) -> Vec<(String, ItemKind)> {
        let world = &self.graph.types()[self.world(node)];
        world
            .imports
            .iter()
            .map(|(name, kind)| (name.clone(), *kind))
            .collect()
    }

    fn exports(&self, node: NodeId) -> Vec<String> {
        self.graph.types()[self.world(node)]
            .exports
            .keys()
            .cloned()
            .collect()
    }

    fn world(&self, node: NodeId) -> wac_graph::types::WorldId {
        let package = self.graph[node]
            .package()
            .expect("an instantiation has a package");
        self.graph[package].ty()
    }

    fn plug_dependencies(
        &mut self,
        main: NodeId,
        id: &str,
        dependencies: &[DependencyPart<'_>],
    ) -> Result<()> {
        for dependency in dependencies {
            let matching: Vec<_> = self
                .imports(main)
                .into_iter()
                .map(|(name, _)| name)
                .filter(|name| serves(dependency.import, name))
                .collect();
            ensure!(
                !matching.is_empty(),
                "component {id:?}: dependency {:?} matches none of its imports; remove it",
                dependency.import
            );
            let node = self.add(&dependency.part)?;
            for import in matching {
                self.plug(main, &import, node).with_context(|| {
                    format!(
                        "component {id:?}: import {import:?} from {:?}",
                        dependency.part.id
                    )
                })?;
            }
        }
        Ok(())
    }

    fn plug(&mut self, socket: NodeId, import: &str, plug: NodeId) -> Result<()> {
        ensure!(
            self.exports(plug).iter().any(|export| export == import),
            "it does not export that interface"
        );
        let export = self.graph.alias_instance_export(plug, import)?;
        self.graph
            .set_instantiation_argument(socket, import, export)?;
        Ok(())
    }

    fn export_all(&mut self, node: NodeId) -> Result<()> {
        for name in self.exports(node) {
            let export = self.graph.alias_instance_export(node, &name)?;
            self.graph.export(export, &name)?;
        }
        Ok(())
    }

    fn export_behind(&mut self, main: NodeId, id: &str, middleware: &[Part<'_>]) -> Result<()> {
        let mut handler = main;
        for part in middleware.iter().rev() {
            let outer = self.add(part)?;
            self.plug(outer, HTTP_HANDLER, handler).with_context(|| {
                format!(
                    "component {id:?} behind middleware {:?}: {HTTP_HANDLER}",
                    part.id
                )
            })?;
            handler = outer;
        }
        if !self
            .exports(handler)
            .iter()
            .any(|export| export == HTTP_HANDLER)
        {
            bail!(
                "middleware {:?} does not export {HTTP_HANDLER}",
                middleware[0].id
            );
        }
        let export = self.graph.alias_instance_export(handler, HTTP_HANDLER)?;
        self.graph.export(export, HTTP_HANDLER)?;
        Ok(())
    }
}

/// Whether the dependency named `dependency` serves `import`, by the rules of Spin.
fn serves(dependency: &str, import: &str) -> bool {
    let (wanted, wanted_version) = split_version(dependency);
    let (name, version) = split_version(import);
    if wanted_version.is_some() && wanted_version != version {
        return false;
    }
    if wanted.contains('/') {
        return wanted == name;
    }
    name.split_once('/').map_or(name, |(package, _)| package) == wanted
}

fn split_version(name: &str) -> (&str, Option<&str>) {
    match name.split_once('@') {
        Some((name, version)) => (name, Some(version)),
        None => (name, None),
    }
}

/// The grant an imported interface needs, if it needs one.
pub fn grant_of(import: &str) -> Option<Grant> {
    let (name, version) = split_version(import);
    match name {
        // In WASI 0.3 the socket types themselves open connections.
        "wasi:sockets/types" if version.is_some_and(|version| version.starts_with("0.3")) => {
            Some(Grant::AllowedOutboundHosts)
        }
        "wasi:sockets/tcp-create-socket"
        | "wasi:sockets/udp-create-socket"
        | "wasi:sockets/ip-name-lookup"
        | "wasi:http/client" => Some(Grant::AllowedOutboundHosts),
        "wasi:cli/environment" => Some(Grant::Environment),
        "wasi:filesystem/preopens" => Some(Grant::Files),
        "spin:key-value/key-value" => Some(Grant::KeyValueStores),
        "spin:sqlite/sqlite" => Some(Grant::SqliteDatabases),
        "spin:variables/variables" | "wasi:config/store" => Some(Grant::Variables),
        _ => None,
    }
}

/// `denied:gate/spin-sqlite-sqlite@3.1.0` for `spin:sqlite/sqlite@3.1.0` in the gate.
fn denied_name(part: &str, import: &str) -> String {
    let (name, version) = split_version(import);
    let interface = name.replace([':', '/'], "-");
    let version = version
        .map(|version| format!("@{version}"))
        .unwrap_or_default();
    format!("{DENIED_NAMESPACE}{part}/{interface}{version}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dependencies_match_imports_as_on_spin() {
        for (dependency, import, expected) in [
            ("foo:bar/baz@0.1.0", "foo:bar/baz@0.1.0", true),
            ("foo:bar/baz", "foo:bar/baz@0.1.0", true),
            ("foo:bar", "foo:bar/baz@0.1.0", true),
            ("foo:bar", "foo:bar/baz", true),
            ("foo:bar@0.1.0", "foo:bar/baz@0.1.0", true),
            ("foo-bar", "foo-bar", true),
            ("foo:bar/baz@0.1.0", "foo:bar/baz", false),
            ("foo:bar/baz", "foo:bar/bub", false),
            ("foo:bar", "foo:bub/bib", false),
            ("foo:bar@0.1.0", "foo:bar/baz", false),
            ("foo:bar/baz", "foo:bar/baz-bub", false),
            ("foo:bar/baz", "foo-bar", false),
        ] {
            assert_eq!(
                serves(dependency, import),
                expected,
                "{dependency} {import}"
            );
        }
    }

    #[test]
    fn every_way_out_needs_a_grant() {
        for (import, grant) in [
            ("spin:sqlite/sqlite@3.1.0", Some(Grant::SqliteDatabases)),
            (
                "spin:key-value/key-value@3.0.0",
                Some(Grant::KeyValueStores),
            ),
            ("spin:variables/variables@3.0.0", Some(Grant::Variables)),
            (
                "wasi:config/store@0.2.0-draft-2024-09-27",
                Some(Grant::Variables),
            ),
            ("wasi:cli/environment@0.2.6", Some(Grant::Environment)),
            ("wasi:filesystem/preopens@0.3.0", Some(Grant::Files)),
            (
                "wasi:sockets/tcp-create-socket@0.2.0",
                Some(Grant::AllowedOutboundHosts),
            ),
            (
                "wasi:sockets/types@0.3.0",
                Some(Grant::AllowedOutboundHosts),
            ),
            ("wasi:http/client@0.3.0", Some(Grant::AllowedOutboundHosts)),
            ("wasi:http/types@0.3.0", None),
            ("wasi:http/handler@0.3.0", None),
            ("wasi:clocks/wall-clock@0.2.6", None),
            ("wasi:io/poll@0.2.6", None),
        ] {
            assert_eq!(grant_of(import), grant, "{import}");
        }
    }

    #[test]
    fn denied_imports_name_part_and_interface() {
        assert_eq!(
            denied_name("gate", "spin:sqlite/sqlite@3.1.0"),
            "denied:gate/spin-sqlite-sqlite@3.1.0"
        );
    }

    #[test]
    fn a_core_module_is_not_a_component() {
        let part = Part {
            id: "x",
            wasm: b"\0asm\x01\0\0\0".into(),
            grants: BTreeSet::new(),
        };
        let error = compose(&part, &[], &[]).unwrap_err();
        assert!(
            format!("{error:#}").contains("component \"x\""),
            "{error:#}"
        );
    }
}
