//! spin.toml: what this host supports of it, read strictly.
//!
//! Architecture Invariant: a manifest that loads here means the same as on
//! Spin 4.1. Whatever the embedded host does not do is refused at start, with
//! the component, the key and what to do about it; nothing is skipped quietly.

mod hosts;
mod variables;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use toml::Table;

pub use hosts::{AllowedHosts, Transport};
pub use variables::Variables;
pub(crate) use variables::is_valid_name;

/// The only label of a database or a store that needs no runtime configuration.
pub const DEFAULT_LABEL: &str = "default";

/// Paths under this prefix belong to the host, on Spin as here.
pub const WELL_KNOWN_PREFIX: &str = "/.well-known/spin/";

/// A parsed and validated spin.toml.
#[derive(Debug)]
pub struct Manifest {
    /// The folder of spin.toml; every path in it is relative to this.
    pub root: PathBuf,
    /// `[application]`
    pub application: Application,
    /// `[variables]`
    pub variables: BTreeMap<String, VariableDeclaration>,
    /// `[[trigger.http]]`, in the order of the file.
    pub http: Vec<HttpTrigger>,
    /// `[[trigger.cron]]`, in the order of the file.
    pub cron: Vec<CronTrigger>,
    /// `[component.*]` by id.
    pub components: BTreeMap<String, Component>,
}

/// `[application]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Application {
    /// The name of the application.
    pub name: String,
    /// Its version, if one is named.
    #[serde(default)]
    pub version: String,
    /// What it is, for people.
    #[serde(default)]
    pub description: String,
    /// Who wrote it.
    #[serde(default)]
    pub authors: Vec<String>,
}

/// One entry of `[variables]`: `required` or with a `default`, never both.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VariableDeclaration {
    /// What it is for, for people.
    #[serde(default)]
    pub description: Option<String>,
    /// The value used when none is supplied.
    #[serde(default)]
    pub default: Option<String>,
    /// Whether a value must be supplied.
    #[serde(default)]
    pub required: bool,
    /// Whether the value must never be shown.
    #[serde(default)]
    pub secret: bool,
}

/// `[[trigger.http]]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpTrigger {
    /// A name for the trigger; it changes nothing.
    #[serde(default)]
    pub id: String,
    /// `/exact`, `/with/:parameter` or `/wildcard/...`.
    pub route: String,
    /// The component that answers.
    pub component: String,
    /// The middleware before it.
    #[serde(default)]
    pub dependencies: TriggerDependencies,
}

/// `dependencies` of an HTTP trigger.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TriggerDependencies {
    /// Outermost first.
    #[serde(default)]
    pub middleware: Vec<Dependency>,
}

/// `[[trigger.cron]]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CronTrigger {
    /// A name for the trigger; it changes nothing.
    #[serde(default)]
    pub id: String,
    /// The component that runs.
    pub component: String,
    /// Six fields, seconds first, UTC.
    pub cron_expression: String,
}

/// `[component.*]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Component {
    /// The .wasm file, relative to spin.toml.
    pub source: PathBuf,
    /// What it is, for people.
    #[serde(default)]
    pub description: String,
    /// Templates of the values this component may read.
    #[serde(default)]
    pub variables: BTreeMap<String, String>,
    /// Environment variables of the guest.
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
    /// Files the guest may read.
    #[serde(default)]
    pub files: Vec<FilesMount>,
    /// Patterns of files that are left out of `files`.
    #[serde(default)]
    pub exclude_files: Vec<String>,
    /// Addresses the guest may connect to.
    #[serde(default)]
    pub allowed_outbound_hosts: Vec<String>,
    /// Labels of key-value stores the guest may open.
    #[serde(default)]
    pub key_value_stores: Vec<String>,
    /// Labels of databases the guest may open.
    #[serde(default)]
    pub sqlite_databases: Vec<String>,
    /// Other components plugged into the imports of this one, by import name.
    #[serde(default)]
    pub dependencies: BTreeMap<String, Dependency>,
    /// How the component is built.
    #[serde(default)]
    pub build: Option<Build>,
    /// Spin environments to check against; it changes nothing at run time.
    #[serde(default)]
    pub targets: Option<toml::Value>,
    /// Settings of other tools; Spin ignores them too.
    #[serde(default)]
    pub tool: Table,
}

/// A component used as part of another one.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dependency {
    /// The id of the component.
    pub component: String,
    /// Which grants of the surrounding component it shares.
    #[serde(default)]
    pub inherit_configuration: Inherit,
}

/// `inherit_configuration = true | false | ["key_value_stores", ...]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Inherit {
    /// Everything or nothing.
    All(bool),
    /// The named grants.
    Some(BTreeSet<Grant>),
}

impl Default for Inherit {
    fn default() -> Self {
        Self::All(false)
    }
}

impl Inherit {
    /// The grants as a set.
    pub fn grants(&self) -> BTreeSet<Grant> {
        match self {
            Self::All(true) => Grant::ALL.into(),
            Self::All(false) => BTreeSet::new(),
            Self::Some(grants) => grants.clone(),
        }
    }
}

/// What a component can be granted, and share with its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grant {
    /// Sockets and HTTP requests to the allowed addresses.
    AllowedOutboundHosts,
    /// Environment variables.
    Environment,
    /// Mounted files.
    Files,
    /// Key-value stores.
    KeyValueStores,
    /// SQLite databases.
    SqliteDatabases,
    /// Configuration variables.
    Variables,
}

impl Grant {
    /// Every grant there is.
    pub const ALL: [Self; 6] = [
        Self::AllowedOutboundHosts,
        Self::Environment,
        Self::Files,
        Self::KeyValueStores,
        Self::SqliteDatabases,
        Self::Variables,
    ];
}

/// One entry of `files`.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum FilesMount {
    /// A glob pattern, a file or a folder, mounted where it lies.
    Pattern(String),
    /// A file or folder mounted elsewhere.
    Placement(Placement),
}

/// `{ source = "static", destination = "/" }`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Placement {
    /// The file or folder, relative to spin.toml.
    pub source: String,
    /// Where the guest sees it.
    pub destination: String,
}

/// `build`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Build {
    /// One command or several, run in order.
    pub command: Commands,
    /// Where to run them, relative to spin.toml.
    #[serde(default)]
    pub workdir: Option<String>,
    /// Files that make a rebuild necessary.
    #[serde(default)]
    pub watch: Vec<String>,
}

/// One command or several.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Commands {
    /// `command = "..."`
    Single(String),
    /// `command = ["...", "..."]`
    Multiple(Vec<String>),
}

impl Commands {
    /// The commands in order.
    pub fn list(&self) -> Vec<&str> {
        match self {
            Self::Single(command) => vec![command],
            Self::Multiple(commands) => commands.iter().map(String::as_str).collect(),
        }
    }
}

/// The file as it stands, before anything is checked against anything else.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(rename = "spin_manifest_version")]
    _spin_manifest_version: i64,
    application: Application,
    #[serde(default)]
    variables: BTreeMap<String, VariableDeclaration>,
    #[serde(default)]
    trigger: Triggers,
    #[serde(default)]
    component: BTreeMap<String, Component>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Triggers {
    #[serde(default)]
    http: Vec<HttpTrigger>,
    #[serde(default)]
    cron: Vec<CronTrigger>,
}

impl Manifest {
    /// Reads and validates the file at `path`.
    pub fn load(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read the manifest {}", path.display()))?;
        let root = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        Self::parse(&text, root)
            .with_context(|| format!("the manifest {} cannot be used", path.display()))
    }

    /// Parses and validates the text of a manifest that lies in `root`.
    pub fn parse(text: &str, root: &Path) -> Result<Self> {
        // Twice: the untyped table first, because only it can tell which
        // component an unsupported key belongs to.
        let table: Table = toml::from_str(text)?;
        refuse_unsupported(&table)?;
        let document: Document = toml::from_str(text)?;
        let manifest = Self {
            root: root.to_owned(),
            application: document.application,
            variables: document.variables,
            http: document.trigger.http,
            cron: document.trigger.cron,
            components: document.component,
        };
        manifest.validate()?;
        Ok(manifest)
    }

    /// The component with this id.
    pub fn component(&self, id: &str) -> Result<&Component> {
        self.components.get(id).with_context(|| {
            format!("component {id:?} is used but there is no [component.{id}] in the manifest")
        })
    }

    fn validate(&self) -> Result<()> {
        for (name, declaration) in &self.variables {
            validate_declaration(name, declaration)?;
        }
        for id in self.components.keys() {
            ensure!(
                is_kebab_case(id),
                "component {id:?}: an id is made of words of letters and digits joined by '-'"
            );
        }
        for (id, component) in &self.components {
            self.validate_component(id, component)?;
        }
        for trigger in &self.http {
            self.validate_http(trigger)?;
        }
        self.refuse_duplicate_routes()?;
        for trigger in &self.cron {
            self.component(&trigger.component)?;
        }
        Ok(())
    }

    fn validate_component(&self, id: &str, component: &Component) -> Result<()> {
        for (label, key) in component
            .sqlite_databases
            .iter()
            .map(|label| (label, "sqlite_databases"))
            .chain(
                component
                    .key_value_stores
                    .iter()
                    .map(|label| (label, "key_value_stores")),
            )
        {
            ensure!(
                label == DEFAULT_LABEL,
                "component {id:?}: {key} names {label:?}, but the embedded host only has \
                 \"default\"; use that label, or run the application with Spin and a runtime \
                 configuration"
            );
        }
        for (import, dependency) in &component.dependencies {
            self.validate_part(id, &dependency.component)
                .with_context(|| format!("component {id:?}: dependencies.{import:?}"))?;
        }
        Ok(())
    }

    fn validate_http(&self, trigger: &HttpTrigger) -> Result<()> {
        self.component(&trigger.component)
            .with_context(|| format!("[[trigger.http]] with route {:?}", trigger.route))?;
        ensure!(
            !trigger.route.starts_with(WELL_KNOWN_PREFIX),
            "[[trigger.http]] with route {:?}: paths under {WELL_KNOWN_PREFIX} belong to the host; \
             choose another route",
            trigger.route
        );
        for middleware in &trigger.dependencies.middleware {
            self.validate_part(&trigger.component, &middleware.component)
                .with_context(|| format!("[[trigger.http]] with route {:?}", trigger.route))?;
        }
        Ok(())
    }

    fn refuse_duplicate_routes(&self) -> Result<()> {
        let mut seen = BTreeMap::new();
        for trigger in &self.http {
            if let Some(other) = seen.insert(&trigger.route, &trigger.component) {
                bail!(
                    "route {:?} is given to both {other:?} and {:?}; remove one of them",
                    trigger.route,
                    trigger.component
                );
            }
        }
        Ok(())
    }

    /// A part of another component owns nothing: it uses what it inherits.
    fn validate_part(&self, whole: &str, part: &str) -> Result<()> {
        let component = self.component(part)?;
        let mut own = Vec::new();
        let mut note = |key, is_empty: bool| {
            if !is_empty {
                own.push(key);
            }
        };
        note(
            "allowed_outbound_hosts",
            component.allowed_outbound_hosts.is_empty(),
        );
        note("dependencies", component.dependencies.is_empty());
        note("environment", component.environment.is_empty());
        note("files", component.files.is_empty());
        note("key_value_stores", component.key_value_stores.is_empty());
        note("sqlite_databases", component.sqlite_databases.is_empty());
        note("variables", component.variables.is_empty());
        ensure!(
            own.is_empty(),
            "component {part:?} cannot be a part of {whole:?}, because it has settings of its own: \
             {}; move them to {whole:?} and name them in inherit_configuration",
            own.join(", ")
        );
        Ok(())
    }
}

fn validate_declaration(name: &str, declaration: &VariableDeclaration) -> Result<()> {
    variables::validate_name(name).with_context(|| format!("[variables] {name:?}"))?;
    ensure!(
        declaration.required != declaration.default.is_some(),
        "[variables] {name:?}: it must be either `required = true` or have a `default`"
    );
    Ok(())
}

/// Words of one case, letters and digits, joined by hyphens: what Spin calls kebab-case.
fn is_kebab_case(id: &str) -> bool {
    id.split('-').all(|word| {
        let mut characters = word.chars();
        let Some(first) = characters.next() else {
            return false;
        };
        first.is_ascii_alphabetic()
            && characters.all(|c| {
                c.is_ascii_digit()
                    || (c.is_ascii_alphabetic()
                        && c.is_ascii_uppercase() == first.is_ascii_uppercase())
            })
    })
}

const RUN_WITH_SPIN: &str = "remove the key, or run the application with Spin";

/// Names what the host cannot do, before serde says "unknown field" about it.
fn refuse_unsupported(table: &Table) -> Result<()> {
    match table
        .get("spin_manifest_version")
        .and_then(toml::Value::as_integer)
    {
        Some(2) => {}
        Some(version) => {
            bail!("spin_manifest_version is {version}; the embedded host reads version 2")
        }
        None => bail!("spin_manifest_version is missing; write `spin_manifest_version = 2`"),
    }
    let known = [
        "spin_manifest_version",
        "application",
        "variables",
        "trigger",
        "component",
    ];
    refuse_unknown_keys("the manifest", table, &known)?;
    if let Some(application) = table.get("application").and_then(toml::Value::as_table) {
        refuse_unknown_keys(
            "[application]",
            application,
            &["name", "version", "description", "authors"],
        )?;
    }
    if let Some(triggers) = table.get("trigger").and_then(toml::Value::as_table) {
        refuse_unsupported_triggers(triggers)?;
    }
    if let Some(components) = table.get("component").and_then(toml::Value::as_table) {
        for (id, component) in components {
            refuse_unsupported_component(id, component)?;
        }
    }
    Ok(())
}

fn refuse_unsupported_triggers(triggers: &Table) -> Result<()> {
    for (kind, list) in triggers {
        let known: &[&str] = match kind.as_str() {
            "http" => &["id", "route", "component", "dependencies"],
            "cron" => &["id", "component", "cron_expression"],
            other => bail!(
                "[[trigger.{other}]]: the embedded host has http and cron triggers only; {RUN_WITH_SPIN}"
            ),
        };
        for trigger in list
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(toml::Value::as_table)
        {
            let component = trigger
                .get("component")
                .and_then(toml::Value::as_str)
                .unwrap_or("?");
            let place = format!("[[trigger.{kind}]] of component {component:?}");
            refuse_unknown_keys(&place, trigger, known)?;
            if kind == "http" {
                ensure!(
                    trigger.get("route").is_none_or(toml::Value::is_str),
                    "{place}: key \"route\": the embedded host has no private routes; write a path"
                );
            }
            let middleware = trigger
                .get("dependencies")
                .and_then(|dependencies| dependencies.get("middleware"))
                .and_then(toml::Value::as_array);
            for entry in middleware.into_iter().flatten() {
                refuse_unsupported_dependency(&format!("{place}, middleware"), entry)?;
            }
        }
    }
    Ok(())
}

fn refuse_unsupported_component(id: &str, component: &toml::Value) -> Result<()> {
    let place = format!("component {id:?}");
    let Some(table) = component.as_table() else {
        bail!("{place}: it must be a table, [component.{id}]");
    };
    let known = [
        "source",
        "description",
        "variables",
        "environment",
        "files",
        "exclude_files",
        "allowed_outbound_hosts",
        "key_value_stores",
        "sqlite_databases",
        "dependencies",
        "build",
        "targets",
        "tool",
    ];
    if table.contains_key("dependencies_inherit_configuration") {
        bail!(
            "{place}: key \"dependencies_inherit_configuration\" is not supported by the embedded \
             host; name the grants of each dependency with inherit_configuration"
        );
    }
    refuse_unknown_keys(&place, table, &known)?;
    ensure!(
        table.get("source").is_some_and(toml::Value::is_str),
        "{place}: key \"source\" must be the path of a .wasm file; the embedded host downloads nothing"
    );
    let dependencies = table.get("dependencies").and_then(toml::Value::as_table);
    for (import, dependency) in dependencies.into_iter().flatten() {
        refuse_unsupported_dependency(&format!("{place}, dependency {import:?}"), dependency)?;
    }
    Ok(())
}

fn refuse_unsupported_dependency(place: &str, dependency: &toml::Value) -> Result<()> {
    let Some(table) = dependency
        .as_table()
        .filter(|table| table.contains_key("component"))
    else {
        bail!(
            "{place}: the embedded host takes dependencies from this manifest only; write \
             {{ component = \"...\" }} and give that component a [component.*] entry"
        );
    };
    refuse_unknown_keys(place, table, &["component", "inherit_configuration"])?;
    let known: Vec<_> = table
        .get("inherit_configuration")
        .and_then(toml::Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(toml::Value::as_str)
        .collect();
    for name in known {
        let is_grant = Grant::deserialize(toml::Value::from(name)).is_ok();
        ensure!(
            is_grant,
            "{place}: inherit_configuration names {name:?}, which the embedded host does not know; \
             it knows allowed_outbound_hosts, environment, files, key_value_stores, \
             sqlite_databases and variables"
        );
    }
    Ok(())
}

fn refuse_unknown_keys(place: &str, table: &Table, known: &[&str]) -> Result<()> {
    for key in table.keys() {
        ensure!(
            known.contains(&key.as_str()),
            "{place}: key {key:?} is not supported by the embedded host; {RUN_WITH_SPIN}"
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "spin_manifest_version = 2\n[application]\nname = \"demo\"\n";

    fn parse(rest: &str) -> Result<Manifest> {
        Manifest::parse(&format!("{HEAD}{rest}"), Path::new("."))
    }

    fn error(rest: &str) -> String {
        format!(
            "{:#}",
            parse(rest).expect_err("the manifest must be refused")
        )
    }

    #[test]
    fn reads_everything_that_is_supported() {
        let manifest = parse(
            r#"
            [variables]
            relay = { default = "127.0.0.1:25" }
            token = { required = true, secret = true }

            [[trigger.http]]
            route = "/a/:id"
            component = "operation"
            dependencies.middleware = [{ component = "gate", inherit_configuration = ["key_value_stores"] }]

            [[trigger.cron]]
            component = "operation"
            cron_expression = "0 */5 * * * *"

            [component.operation]
            source = "operation.wasm"
            sqlite_databases = ["default"]
            key_value_stores = ["default"]
            allowed_outbound_hosts = ["*://{{ relay }}"]
            files = ["a/*.txt", { source = "static", destination = "/" }]
            variables = { token = "x {{ token }}" }
            environment = { A = "b" }
            build.command = "make"
            dependencies."inaproc:akses" = { component = "store", inherit_configuration = true }

            [component.gate]
            source = "gate.wasm"
            [component.store]
            source = "store.wasm"
            "#,
        )
        .unwrap();
        let operation = manifest.component("operation").unwrap();
        assert_eq!(operation.build.as_ref().unwrap().command.list(), ["make"]);
        assert_eq!(
            operation.dependencies["inaproc:akses"]
                .inherit_configuration
                .grants()
                .len(),
            6
        );
        let gate = &manifest.http[0].dependencies.middleware[0];
        assert_eq!(
            gate.inherit_configuration.grants(),
            [Grant::KeyValueStores].into()
        );
        assert_eq!(manifest.cron[0].cron_expression, "0 */5 * * * *");
    }

    #[test]
    fn names_component_and_key_of_what_it_cannot_do() {
        let message = error("[component.x]\nsource = \"x.wasm\"\nai_models = [\"a\"]\n");
        assert!(
            message.contains("component \"x\": key \"ai_models\""),
            "{message}"
        );
        assert!(
            message.contains("run the application with Spin"),
            "{message}"
        );
    }

    #[test]
    fn refuses_what_would_be_ignored_or_meant_differently() {
        for (rest, expected) in [
            (
                "[[trigger.redis]]\ncomponent = \"x\"\n",
                "http and cron triggers only",
            ),
            (
                "[component.x]\nsource = { url = \"https://example.com\" }\n",
                "downloads nothing",
            ),
            (
                "[component.x]\nsource = \"x.wasm\"\nsqlite_databases = [\"other\"]\n",
                "\"other\"",
            ),
            (
                "[component.x]\nsource = \"x.wasm\"\nkey_value_stores = [\"other\"]\n",
                "\"other\"",
            ),
            (
                "[component.x]\nsource = \"x.wasm\"\ndependencies_inherit_configuration = true\n",
                "each dependency",
            ),
            (
                "[component.x]\nsource = \"x.wasm\"\ndependencies.\"a:b\" = \"1.0\"\n",
                "this manifest only",
            ),
            (
                "[component.x]\nsource = \"x.wasm\"\ndependencies.\"a:b\" = { component = \"y\" }\n",
                "no [component.y]",
            ),
            (
                "[component.x]\nsource = \"x.wasm\"\ndependencies.\"a:b\" = { component = \"x\", inherit_configuration = [\"ai_models\"] }\n",
                "ai_models",
            ),
            ("[component.x_y]\nsource = \"x.wasm\"\n", "joined by '-'"),
            (
                "[[trigger.http]]\nroute = \"/a\"\ncomponent = \"nobody\"\n",
                "no [component.nobody]",
            ),
            (
                "[[trigger.http]]\nroute = { private = true }\ncomponent = \"x\"\n",
                "no private routes",
            ),
            (
                "[[trigger.http]]\nroute = \"/a\"\ncomponent = \"x\"\nexecutor = { type = \"wagi\" }\n",
                "\"executor\"",
            ),
            (
                "[variables]\na = { required = true, default = \"b\" }\n",
                "either",
            ),
            ("[variables]\na = { }\n", "either"),
            ("[variables]\nA = { default = \"b\" }\n", "lower-case"),
            ("surprise = 1\n", "\"surprise\""),
        ] {
            let message = error(rest);
            assert!(message.contains(expected), "{rest}: {message}");
        }
    }

    #[test]
    fn refuses_the_same_route_twice_and_the_host_s_own() {
        let x = "[component.x]\nsource = \"x.wasm\"\n";
        let twice = "[[trigger.http]]\nroute = \"/a\"\ncomponent = \"x\"\n".repeat(2);
        assert!(error(&format!("{twice}{x}")).contains("remove one"));
        let own = "[[trigger.http]]\nroute = \"/.well-known/spin/health\"\ncomponent = \"x\"\n";
        assert!(error(&format!("{own}{x}")).contains("belong to the host"));
    }

    #[test]
    fn refuses_a_part_with_grants_of_its_own() {
        let message = error(
            "[component.x]\nsource = \"x.wasm\"\ndependencies.\"a:b\" = { component = \"store\" }\n\
             [component.store]\nsource = \"s.wasm\"\nsqlite_databases = [\"default\"]\n",
        );
        assert!(
            message.contains("\"store\" cannot be a part of \"x\""),
            "{message}"
        );
        assert!(message.contains("sqlite_databases"), "{message}");
    }

    #[test]
    fn refuses_another_manifest_version() {
        let message = format!(
            "{:#}",
            Manifest::parse("spin_manifest_version = 1", Path::new(".")).unwrap_err()
        );
        assert!(message.contains("version 2"), "{message}");
    }
}
