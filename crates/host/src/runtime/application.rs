//! From a manifest to something that runs: which compositions are needed, what
//! each may do, and which route or schedule leads to it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::{Context, Result};
use wasmtime::Engine;
use wasmtime::component::{Component, InstancePre, Linker};
use wasmtime_wasi_http::handler::ProxyHandler;
use wasmtime_wasi_http::p3::bindings::ServicePre;

use super::clock::Clock;
use super::code::{self, Code, Recipe};
use super::handler::Handler;
use super::http_server::Application;
use super::places::Places;
use super::routes::Routes;
use super::state::{Grants, State};
use super::timers::Timer;
use super::{denied, files, services};
use crate::compose::{DependencyPart, Part};
use crate::data::{KeyValue, Sqlite};
use crate::manifest::{AllowedHosts, Dependency, Grant, Manifest, Variables};

/// What grants stand for while this process runs.
pub struct Resources<'a> {
    /// The values of all variables.
    pub variables: &'a Variables,
    /// The database behind the label "default".
    pub sqlite: Sqlite,
    /// The store behind the label "default".
    pub key_value: KeyValue,
    /// The time guests see.
    pub clock: Clock,
    /// Where mounted files are prepared.
    pub files_dir: &'a Path,
    /// Set when the host begins to stop.
    pub stopping: Arc<AtomicBool>,
}

/// Everything that answers.
pub struct Loaded {
    /// By path.
    pub application: Application,
    /// By schedule.
    pub timers: Vec<Timer>,
}

/// Compiles what the triggers of a manifest need and was not compiled before.
pub fn compile(engine: &Engine, manifest: &Manifest, cache_dir: &Path) -> Result<()> {
    code_of(engine, manifest, &Plan::new(manifest), cache_dir).map(drop)
}

/// In the order of the plan.
fn code_of(
    engine: &Engine,
    manifest: &Manifest,
    plan: &Plan<'_>,
    cache_dir: &Path,
) -> Result<Vec<Arc<Code>>> {
    let parts = SharedParts::read(manifest, plan)?;
    // Whoever forgot to build one hears of it before a minute of compiling the others.
    for composition in &plan.compositions {
        at_wasm(manifest, composition.component, |path| File::open(path))?;
    }
    code::load_all(engine, cache_dir, &plan.compositions, |composition| {
        parts.recipe(manifest, composition)
    })
}

/// Compiles and links everything the triggers of a manifest need.
pub fn load(
    engine: &Engine,
    manifest: &Manifest,
    cache_dir: &Path,
    resources: &Resources<'_>,
) -> Result<Loaded> {
    let plan = Plan::new(manifest);
    let codes = code_of(engine, manifest, &plan, cache_dir)?;
    let linker = linker(engine)?;
    let mut grants = BTreeMap::new();
    let mut compositions = BTreeMap::new();
    for (composition, code) in plan.compositions.iter().zip(codes) {
        let id = composition.component;
        let pre = link(engine, &linker, code.component())
            .with_context(|| format!("component {id:?} cannot be linked"))?;
        if !grants.contains_key(id) {
            grants.insert(id, Arc::new(grant(manifest, id, resources)?));
        }
        let grants = grants[id].clone();
        compositions.insert(composition, Linked { pre, code, grants });
    }
    let mut loader = Loader {
        engine,
        places: Places::new(),
        stopping: resources.stopping.clone(),
        compositions,
        handlers: BTreeMap::new(),
    };
    let routes = manifest.http.iter().map(|trigger| {
        let handler = loader.handler(Composition::of(
            &trigger.component,
            &trigger.dependencies.middleware,
        ))?;
        Ok((trigger.route.clone(), handler))
    });
    let application = Routes::build(routes.collect::<Result<Vec<_>>>()?)?;
    let timers = manifest.cron.iter().map(|trigger| {
        loader
            .timer(&trigger.component, &trigger.cron_expression)
            .with_context(|| format!("[[trigger.cron]] of component {:?}", trigger.component))
    });
    let timers = timers.collect::<Result<_>>()?;
    Ok(Loaded {
        application,
        timers,
    })
}

struct Loader<'a> {
    engine: &'a Engine,
    places: Places,
    stopping: Arc<AtomicBool>,
    compositions: BTreeMap<&'a Composition<'a>, Linked>,
    handlers: BTreeMap<Composition<'a>, ProxyHandler<Handler>>,
}

/// A composition that can be instantiated.
struct Linked {
    pre: InstancePre<State>,
    code: Arc<Code>,
    grants: Arc<Grants>,
}

impl<'a> Loader<'a> {
    /// Routes of one composition share its instances.
    fn handler(&mut self, composition: Composition<'a>) -> Result<ProxyHandler<Handler>> {
        if let Some(handler) = self.handlers.get(&composition) {
            return Ok(handler.clone());
        }
        let Linked { pre, code, grants } = &self.compositions[&composition];
        let service = ServicePre::new(pre.clone())
            .map_err(anyhow::Error::from)
            .with_context(|| {
                format!(
                    "component {:?} has an HTTP route but does not answer HTTP",
                    composition.component
                )
            })?;
        let handler = ProxyHandler::new(Handler::new(
            self.engine,
            grants.clone(),
            service,
            code.clone(),
            self.places.clone(),
            self.stopping.clone(),
        ));
        self.handlers.insert(composition, handler.clone());
        Ok(handler)
    }

    fn timer(&self, component: &'a str, expression: &str) -> Result<Timer> {
        let Linked { pre, code, grants } = &self.compositions[&Composition::of(component, &[])];
        Timer::new(
            self.engine,
            grants.clone(),
            pre.clone(),
            code.clone(),
            self.places.clone(),
            expression,
        )
    }
}

/// A component with its middleware. The same component behind different
/// middleware, or as a timer, is a composition of its own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Composition<'a> {
    component: &'a str,
    middleware: Vec<(&'a str, BTreeSet<Grant>)>,
}

impl<'a> Composition<'a> {
    fn of(component: &'a str, middleware: &'a [Dependency]) -> Self {
        let part = |it: &'a Dependency| (it.component.as_str(), it.inherit_configuration.grants());
        Self {
            component,
            middleware: middleware.iter().map(part).collect(),
        }
    }
}

struct Plan<'a> {
    compositions: Vec<Composition<'a>>,
}

impl<'a> Plan<'a> {
    fn new(manifest: &'a Manifest) -> Self {
        let http = manifest
            .http
            .iter()
            .map(|trigger| Composition::of(&trigger.component, &trigger.dependencies.middleware));
        let cron = manifest
            .cron
            .iter()
            .map(|trigger| Composition::of(&trigger.component, &[]));
        let compositions: BTreeSet<_> = http.chain(cron).collect();
        Self {
            compositions: compositions.into_iter().collect(),
        }
    }
}

/// The .wasm files of dependencies and middleware, by component: many compositions
/// contain the same.
struct SharedParts(BTreeMap<String, Vec<u8>>);

impl SharedParts {
    fn read(manifest: &Manifest, plan: &Plan<'_>) -> Result<Self> {
        let mut needed = BTreeSet::new();
        for composition in &plan.compositions {
            needed.extend(composition.middleware.iter().map(|(id, _)| *id));
            let dependencies = &manifest.component(composition.component)?.dependencies;
            needed.extend(dependencies.values().map(|it| it.component.as_str()));
        }
        let read = |id: &str| Ok((id.to_owned(), read_wasm(manifest, id)?));
        needed
            .into_iter()
            .map(read)
            .collect::<Result<_>>()
            .map(Self)
    }

    fn part<'a>(&'a self, id: &'a str, grants: BTreeSet<Grant>) -> Part<'a> {
        Part {
            id,
            wasm: self.0[id].as_slice().into(),
            grants,
        }
    }

    fn recipe<'a>(
        &'a self,
        manifest: &'a Manifest,
        composition: &Composition<'a>,
    ) -> Result<Recipe<'a>> {
        let component = manifest.component(composition.component)?;
        let dependencies =
            component
                .dependencies
                .iter()
                .map(|(import, dependency)| DependencyPart {
                    import,
                    part: self.part(
                        &dependency.component,
                        dependency.inherit_configuration.grants(),
                    ),
                });
        let middleware = composition
            .middleware
            .iter()
            .map(|(id, grants)| self.part(id, grants.clone()));
        Ok(Recipe {
            main: Part {
                id: composition.component,
                wasm: read_wasm(manifest, composition.component)?.into(),
                // The component itself has all that its entry grants; what that
                // is, `Grants` decides.
                grants: Grant::ALL.into(),
            },
            dependencies: dependencies.collect(),
            middleware: middleware.collect(),
        })
    }
}

fn read_wasm(manifest: &Manifest, id: &str) -> Result<Vec<u8>> {
    at_wasm(manifest, id, |path| std::fs::read(path))
}

/// Does something with the .wasm file of a component.
fn at_wasm<T>(
    manifest: &Manifest,
    id: &str,
    look: impl FnOnce(&Path) -> std::io::Result<T>,
) -> Result<T> {
    let path = manifest.root.join(&manifest.component(id)?.source);
    look(&path).with_context(|| {
        format!(
            "component {id:?}: cannot read {}; build the components first",
            path.display()
        )
    })
}

/// Everything the host serves, except what is denied to single parts.
fn linker(engine: &Engine) -> Result<Linker<State>> {
    let mut linker = Linker::new(engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    wasmtime_wasi::p3::add_to_linker(&mut linker)?;
    wasmtime_wasi_http::p3::add_to_linker(&mut linker)?;
    services::add_to_linker(&mut linker)?;
    Ok(linker)
}

fn link(
    engine: &Engine,
    linker: &Linker<State>,
    component: &Component,
) -> Result<InstancePre<State>> {
    let mut linker = linker.clone();
    denied::add_to_linker(engine, &mut linker, component)?;
    Ok(linker.instantiate_pre(component)?)
}

fn grant(manifest: &Manifest, id: &str, resources: &Resources<'_>) -> Result<Grants> {
    let component = manifest.component(id)?;
    let in_component = || format!("component {id:?}");
    let hosts = AllowedHosts::parse(&component.allowed_outbound_hosts, resources.variables)
        .with_context(in_component)?;
    let variables = resources
        .variables
        .of_component(&component.variables)
        .with_context(in_component)?;
    let files = files::prepare(&manifest.root, component, resources.files_dir.join(id))
        .with_context(in_component)?;
    Ok(Grants {
        id: id.into(),
        sqlite: (!component.sqlite_databases.is_empty()).then(|| resources.sqlite.clone()),
        key_value: (!component.key_value_stores.is_empty()).then(|| resources.key_value.clone()),
        variables,
        environment: component.environment.clone().into_iter().collect(),
        files,
        hosts: Arc::new(hosts),
        clock: resources.clock.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(rest: &str, root: &Path) -> Manifest {
        let head = "spin_manifest_version = 2\n[application]\nname = \"demo\"\n";
        Manifest::parse(&format!("{head}{rest}"), root).unwrap()
    }

    #[test]
    fn routes_share_a_composition_and_timers_have_their_own() {
        let text = r#"
            [[trigger.http]]
            route = "/a"
            component = "operation"
            dependencies.middleware = [{ component = "gate", inherit_configuration = ["key_value_stores"] }]
            [[trigger.http]]
            route = "/b"
            component = "operation"
            dependencies.middleware = [{ component = "gate", inherit_configuration = ["key_value_stores"] }]
            [[trigger.http]]
            route = "/c"
            component = "operation"
            [[trigger.cron]]
            component = "operation"
            cron_expression = "0 * * * * *"
            [component.operation]
            source = "operation.wasm"
            [component.gate]
            source = "gate.wasm"
            [component.unused]
            source = "unused.wasm"
        "#;
        let manifest = manifest(text, Path::new("."));
        let plan = Plan::new(&manifest);
        let middleware: Vec<_> = plan
            .compositions
            .iter()
            .map(|it| it.middleware.len())
            .collect();
        assert_eq!(middleware, [0, 1]);
    }

    #[test]
    fn a_component_that_was_not_built_is_named_before_the_others_are_compiled() {
        let folder = tempfile::tempdir().unwrap();
        let text = r#"
            [[trigger.http]]
            route = "/a"
            component = "a-built"
            [[trigger.http]]
            route = "/b"
            component = "b-forgotten"
            [component.a-built]
            source = "a.wasm"
            [component.b-forgotten]
            source = "b.wasm"
        "#;
        std::fs::write(folder.path().join("a.wasm"), "(component)").unwrap();
        let manifest = manifest(text, folder.path());
        let cache = folder.path().join("code");
        let error = compile(&Engine::default(), &manifest, &cache).unwrap_err();
        let told = format!("{error:#}");
        assert!(told.contains("b-forgotten"), "{told}");
        assert!(told.contains("build the components first"), "{told}");
        assert!(!cache.exists(), "something was compiled");
    }
}
