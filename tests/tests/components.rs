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
        let mut interface = Self {
            imports: BTreeSet::new(),
            exports: BTreeSet::new(),
        };
        let mut depth = 0;
        for payload in Parser::new(0).parse_all(wasm) {
            match payload.expect("a valid component") {
                // What is inside is the component's own affair.
                Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
                Payload::End(_) if depth > 0 => depth -= 1,
                Payload::ComponentImportSection(section) if depth == 0 => {
                    let names = section
                        .into_iter()
                        .map(|import| import.unwrap().name.name.to_owned());
                    interface.imports.extend(names);
                }
                Payload::ComponentExportSection(section) if depth == 0 => {
                    let names = section
                        .into_iter()
                        .map(|export| export.unwrap().name.name.to_owned());
                    interface.exports.extend(names);
                }
                _ => {}
            }
        }
        interface
    }

    /// What it reaches of this table's kind: our interfaces by their own names,
    /// and packages of the host.
    fn reaches(&self) -> BTreeSet<&str> {
        let names = self.imports.iter().filter_map(|import| {
            let name = import.split('@').next().unwrap();
            if HARMLESS.contains(&name) {
                return None;
            }
            if name == OUTBOUND_HTTP {
                return Some(name);
            }
            let (package, _) = name.split_once('/').unwrap_or((name, ""));
            match name.strip_prefix(OURS) {
                Some(interface) => Some(interface),
                None if package.starts_with("wasi:") => {
                    (!PLAIN_WASI.contains(&package)).then_some(package)
                }
                None => Some(name),
            }
        });
        names.collect()
    }

    fn exports(&self, name: &str) -> bool {
        self.exports
            .iter()
            .any(|export| export.split('@').next() == Some(name))
    }
}

/// The prefix of our own interfaces.
const OURS: &str = "inaproc:akses/";

/// Types without functions: they come with the contract's bindings.
const HARMLESS: [&str; 4] = [
    "inaproc:akses/types",
    "fermyon:spin-cron/cron-types",
    "metadata",
    "error",
];

/// Requests to others. The rest of its package is requests that come in.
const OUTBOUND_HTTP: &str = "wasi:http/client";

/// What every program of this kind has: standard streams, clocks, randomness,
/// and requests that come in.
const PLAIN_WASI: [&str; 5] = [
    "wasi:cli",
    "wasi:clocks",
    "wasi:http",
    "wasi:io",
    "wasi:random",
];

/// What each component reaches. `wasi:config` is variables of spin.toml.
const REACHES: &[(&str, &[&str])] = &[
    (
        "access-history",
        &["accesses", "accounts", "events", "reference", "wasi:config"],
    ),
    ("accept-terms", &["accounts", "events", "platforms"]),
    ("api-description", &[]),
    (
        "assign-successor",
        &[
            "accesses",
            "accounts",
            "duties",
            "events",
            "handovers",
            "wasi:config",
        ],
    ),
    (
        "call-next",
        &["accesses", "events", "meetings", "wasi:config"],
    ),
    (
        "change-cut-off",
        &[
            "accesses",
            "cut-offs",
            "duties",
            "events",
            "reference",
            "wasi:config",
        ],
    ),
    (
        "check-collective",
        &[
            "accesses",
            "accounts",
            "collective",
            "conflicts",
            "documents",
            "duties",
            "events",
            "reference",
            "wasi:config",
        ],
    ),
    (
        "close-meetings",
        &["calendar", "events", "meetings", "wasi:config"],
    ),
    (
        "cut-off-report",
        &["accesses", "cut-offs", "duties", "wasi:config"],
    ),
    (
        "deactivate-access",
        &[
            "accesses",
            "accounts",
            "duties",
            "events",
            "handovers",
            "wasi:config",
        ],
    ),
    ("collective-template", &[]),
    (
        "decide-collective",
        &[
            "accesses",
            "collective",
            "conflicts",
            "events",
            "requests",
            "wasi:config",
        ],
    ),
    (
        "decide-verification",
        &[
            "accesses",
            "collective",
            "conflicts",
            "events",
            "forms",
            "requests",
            "wasi:config",
        ],
    ),
    (
        "coming-wave",
        &["accesses", "duties", "reference", "wasi:config", "wave"],
    ),
    (
        "deliver-notifications",
        &["notifications", "wasi:config", "wasi:sockets"],
    ),
    ("discard-draft", &["drafts"]),
    ("end-substitution", &["events", "substitutes"]),
    (
        "enter-platform",
        &[
            "accesses",
            "accounts",
            "events",
            "platforms",
            "reference",
            "wasi:config",
        ],
    ),
    ("expire-accesses", &["expiry", "wasi:config"]),
    (
        "file-collective",
        &[
            "accesses",
            "collective",
            "conflicts",
            "duties",
            "events",
            "reference",
            "requests",
            "wasi:config",
        ],
    ),
    ("gate", &["spin:key-value/key-value"]),
    ("health", &["health"]),
    (
        "import-reference",
        &[
            "accesses",
            "accounts",
            "calendar",
            "conflicts",
            "events",
            "forms",
            "meetings",
            "platforms",
            "reference",
            "wasi:config",
        ],
    ),
    ("join-meeting", &["events", "meetings", "wasi:config"]),
    ("latest-seal", &["seals"]),
    (
        "link-sirup",
        &[
            "accounts",
            "attempts",
            "events",
            "reference",
            "sirup",
            "wasi:config",
            "wasi:http/client",
        ],
    ),
    ("list-accesses", &["accesses", "wasi:config"]),
    (
        "list-cut-offs",
        &["accesses", "cut-offs", "duties", "wasi:config"],
    ),
    (
        "list-handovers",
        &["accesses", "duties", "handovers", "wasi:config"],
    ),
    ("list-platforms", &["accesses", "platforms", "wasi:config"]),
    (
        "list-requests",
        &["accesses", "conflicts", "requests", "wasi:config"],
    ),
    ("list-substitutes", &["substitutes"]),
    (
        "list-successors",
        &["accesses", "duties", "events", "handovers", "wasi:config"],
    ),
    (
        "list-verifier-gaps",
        &["accesses", "continuity", "duties", "wasi:config"],
    ),
    (
        "mark-absence",
        &["accesses", "events", "meetings", "wasi:config"],
    ),
    ("meeting-queue", &["accesses", "meetings", "wasi:config"]),
    (
        "name-substitute",
        &[
            "accesses",
            "accounts",
            "duties",
            "events",
            "substitutes",
            "wasi:config",
        ],
    ),
    (
        "name-successor",
        &["accesses", "accounts", "events", "handovers", "wasi:config"],
    ),
    ("pages", &["wasi:filesystem"]),
    (
        "plan-cut-off",
        &[
            "accesses",
            "cut-offs",
            "duties",
            "events",
            "reference",
            "wasi:config",
        ],
    ),
    (
        "preview-cut-off",
        &["accesses", "cut-offs", "duties", "wasi:config"],
    ),
    (
        "read-collective",
        &["accesses", "collective", "duties", "wasi:config"],
    ),
    (
        "read-document",
        &[
            "accesses",
            "documents",
            "duties",
            "events",
            "resets",
            "wasi:config",
        ],
    ),
    (
        "read-drafts",
        &[
            "accounts",
            "documents",
            "drafts",
            "forms",
            "reference",
            "sirup",
        ],
    ),
    ("read-meeting", &["accesses", "meetings", "wasi:config"]),
    ("read-terms", &["platforms"]),
    ("reference-data", &["reference"]),
    (
        "register-access",
        &[
            "accesses",
            "accounts",
            "calendar",
            "conflicts",
            "documents",
            "events",
            "forms",
            "meetings",
            "reference",
            "sirup",
            "wasi:config",
        ],
    ),
    (
        "registration-form",
        &["accounts", "forms", "reference", "sirup"],
    ),
    (
        "save-draft",
        &[
            "accounts",
            "documents",
            "drafts",
            "forms",
            "reference",
            "sirup",
        ],
    ),
    ("remind-ends", &["reminders", "wasi:config"]),
    (
        "remind-verifiers",
        &[
            "accesses",
            "deadlines",
            "duties",
            "events",
            "substitutes",
            "wasi:config",
        ],
    ),
    (
        "report-unassigned",
        &["accesses", "duties", "events", "handovers", "wasi:config"],
    ),
    ("reschedule-meeting", &["calendar", "events", "meetings"]),
    ("save-service-number", &["accounts", "events"]),
    ("seal-record", &["events", "seals", "wasi:config"]),
    (
        "send-appeal",
        &["accesses", "duties", "events", "wasi:config", "wave"],
    ),
    (
        "sign-in",
        &["accounts", "attempts", "events", "sessions", "wasi:config"],
    ),
    ("sign-out", &["sessions"]),
    ("signing-keys", &["wasi:config"]),
    ("store", &["spin:key-value/key-value", "spin:sqlite/sqlite"]),
    (
        "strike-collective",
        &["accesses", "collective", "duties", "events", "wasi:config"],
    ),
    (
        "submit-extension",
        &[
            "accesses",
            "conflicts",
            "documents",
            "events",
            "reference",
            "wasi:config",
        ],
    ),
    (
        "advance-reset",
        &[
            "accesses",
            "accounts",
            "calendar",
            "duties",
            "events",
            "resets",
            "wasi:config",
        ],
    ),
    (
        "draft-reset-letter",
        &[
            "accesses",
            "accounts",
            "calendar",
            "duties",
            "events",
            "resets",
            "wasi:config",
        ],
    ),
    ("list-messages", &["messages"]),
    ("make-pickup-code", &[]),
    (
        "open-message",
        &["accounts", "events", "messages", "resets", "wasi:config"],
    ),
    (
        "pick-up-message",
        &["accounts", "events", "resets", "wasi:config"],
    ),
    (
        "prepare-reset",
        &[
            "accesses",
            "accounts",
            "calendar",
            "duties",
            "events",
            "resets",
            "wasi:config",
        ],
    ),
    (
        "read-reset",
        &[
            "accesses",
            "accounts",
            "calendar",
            "duties",
            "events",
            "resets",
            "wasi:config",
        ],
    ),
    (
        "request-reset",
        &[
            "accesses",
            "accounts",
            "calendar",
            "documents",
            "duties",
            "events",
            "resets",
            "wasi:config",
        ],
    ),
    (
        "reset-board",
        &[
            "accesses",
            "calendar",
            "duties",
            "events",
            "resets",
            "wasi:config",
        ],
    ),
    ("reset-procedure", &["resets"]),
    (
        "return-reset",
        &[
            "accesses",
            "accounts",
            "calendar",
            "duties",
            "events",
            "resets",
            "wasi:config",
        ],
    ),
    (
        "reset-report",
        &["accesses", "calendar", "duties", "resets", "wasi:config"],
    ),
    (
        "send-reset",
        &[
            "accesses",
            "accounts",
            "calendar",
            "duties",
            "events",
            "resets",
            "wasi:config",
        ],
    ),
    (
        "send-reset-letter",
        &[
            "accesses",
            "accounts",
            "calendar",
            "duties",
            "events",
            "resets",
            "wasi:config",
        ],
    ),
    (
        "set-password",
        &["accounts", "events", "resets", "sessions"],
    ),
    (
        "sign-reset-letter",
        &[
            "accesses",
            "accounts",
            "calendar",
            "documents",
            "duties",
            "events",
            "resets",
            "wasi:config",
        ],
    ),
    (
        "submit-reactivation",
        &[
            "accesses",
            "conflicts",
            "documents",
            "events",
            "reference",
            "wasi:config",
        ],
    ),
    ("upload-document", &["documents", "events"]),
    ("waiting-room", &["meetings", "wasi:config"]),
    (
        "watch-verifiers",
        &["accesses", "continuity", "duties", "events", "wasi:config"],
    ),
    (
        "who-am-i",
        &["accesses", "accounts", "duties", "sirup", "wasi:config"],
    ),
    (
        "why-no-entry",
        &[
            "accesses",
            "accounts",
            "conflicts",
            "cut-offs",
            "events",
            "meetings",
            "platforms",
            "wasi:config",
        ],
    ),
    (
        "withdraw-cut-off",
        &["accesses", "cut-offs", "duties", "events", "wasi:config"],
    ),
];

/// Every component of the manifest, from the file that it names.
fn components() -> BTreeMap<String, Interface> {
    let manifest = manifest();
    let components = manifest["component"].as_table().unwrap().iter();
    components
        .map(|(id, component)| {
            let file = project().join(component["source"].as_str().unwrap());
            let wasm = fs::read(&file).unwrap_or_else(|error| {
                panic!("{}: {error}; type\n  cargo akses build", file.display())
            });
            (id.clone(), Interface::of(&wasm))
        })
        .collect()
}

fn manifest() -> Table {
    manifest_text().parse().unwrap()
}

#[test]
fn every_component_reaches_what_this_table_says_and_nothing_else() {
    let built = components();
    let known: BTreeMap<_, BTreeSet<_>> = REACHES
        .iter()
        .map(|(id, names)| (*id, names.iter().copied().collect()))
        .collect();
    assert_eq!(
        known.len(),
        REACHES.len(),
        "a component stands twice in the table"
    );
    let mut differ = Vec::new();
    for (id, interface) in &built {
        let (reaches, expected) = (interface.reaches(), known.get(id.as_str()));
        if expected != Some(&reaches) {
            differ.push(format!(
                "{id} reaches {reaches:?}, the table says {expected:?}"
            ));
        }
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
    assert_eq!(
        built.len(),
        known.len(),
        "the table has a component that the manifest has not"
    );
}

#[test]
fn only_the_store_reaches_sql_and_only_the_store_and_the_gate_key_value_storage() {
    for (id, interface) in components() {
        let reaches = interface.reaches();
        assert_eq!(
            reaches.contains("spin:sqlite/sqlite"),
            id == "store",
            "{id}"
        );
        let keys = reaches.contains("spin:key-value/key-value");
        assert_eq!(keys, id == "store" || id == "gate", "{id}");
        let network = reaches.contains("wasi:sockets");
        assert_eq!(network, id == "deliver-notifications", "{id}");
        assert_eq!(reaches.contains(OUTBOUND_HTTP), id == "link-sirup", "{id}");
        assert_eq!(reaches.contains("wasi:filesystem"), id == "pages", "{id}");
    }
}

#[test]
fn every_component_that_a_route_names_serves_http() {
    let (manifest, built) = (manifest(), components());
    for trigger in manifest["trigger"]["http"].as_array().unwrap() {
        let id = trigger["component"].as_str().unwrap();
        assert!(built[id].exports("wasi:http/handler"), "{id}");
    }
    // A middleware is called as a handler and calls the next one.
    assert!(built["gate"].exports("wasi:http/handler"));
    assert!(
        built["gate"]
            .imports
            .iter()
            .any(|name| name.starts_with("wasi:http/handler@0.3.0"))
    );
    assert!(!built["store"].exports("wasi:http/handler"));
}

#[test]
fn timers_and_only_they_take_ticks() {
    let manifest = manifest();
    let crons = manifest["trigger"]["cron"].as_array().unwrap();
    let timers: BTreeSet<_> = crons
        .iter()
        .map(|cron| cron["component"].as_str().unwrap())
        .collect();
    for (id, interface) in components() {
        let takes_ticks = interface.exports("handle-cron-event");
        assert_eq!(takes_ticks, timers.contains(id.as_str()), "{id}");
        // Any scheduler can drive them too.
        assert!(
            !takes_ticks || interface.exports("wasi:http/handler"),
            "{id}"
        );
    }
}

#[test]
fn the_store_offers_all_that_others_use() {
    let built = components();
    for (id, interface) in &built {
        for import in interface
            .imports
            .iter()
            .filter(|import| import.starts_with(OURS))
        {
            assert!(
                built["store"].exports.contains(import),
                "{id} imports {import}"
            );
        }
    }
}

/// Who opens or ends sessions, or takes or gives the content of documents; for
/// the others the store is SQL.
const STORE_WITH_KEY_VALUE: [&str; 6] = [
    "read-document",
    "set-password",
    "sign-in",
    "sign-out",
    "sign-reset-letter",
    "upload-document",
];

/// What the manifest grants is what is used: a component with variables that it
/// cannot read, or the other way round, is a mistake.
#[test]
fn the_manifest_grants_each_component_what_it_reaches() {
    let (manifest, built) = (manifest(), components());
    let is_granted = |component: &toml::Value, key: &str| {
        component.get(key).is_some_and(|grant| match grant {
            toml::Value::Array(labels) => !labels.is_empty(),
            toml::Value::Table(values) => !values.is_empty(),
            _ => false,
        })
    };
    let triggers = manifest["trigger"]["http"].as_array().unwrap();
    let gated: Vec<_> = triggers
        .iter()
        .filter(|trigger| trigger.get("dependencies").is_some())
        .map(|trigger| trigger["component"].as_str().unwrap())
        .collect();
    for (id, component) in manifest["component"].as_table().unwrap() {
        let interface = &built[id];
        let reaches = interface.reaches();
        assert_eq!(
            is_granted(component, "variables"),
            reaches.contains("wasi:config"),
            "{id}"
        );
        assert_eq!(
            is_granted(component, "files"),
            reaches.contains("wasi:filesystem"),
            "{id}"
        );
        let network = is_granted(component, "allowed_outbound_hosts");
        let reaches_out = reaches.contains("wasi:sockets") || reaches.contains(OUTBOUND_HTTP);
        assert_eq!(network, reaches_out, "{id}");
        let uses_store = interface.imports.iter().any(|import| {
            import.starts_with(OURS) && !HARMLESS.contains(&import.split('@').next().unwrap())
        });
        assert_eq!(is_granted(component, "dependencies"), uses_store, "{id}");
        assert_eq!(
            is_granted(component, "sqlite_databases"),
            uses_store,
            "{id}"
        );
        let inherited = component
            .get("dependencies")
            .map(|dependencies| &dependencies["inaproc:akses"]["inherit_configuration"]);
        let store_has_key_value = inherited.is_some_and(|keys| {
            keys.as_array()
                .unwrap()
                .contains(&"key_value_stores".into())
        });
        assert_eq!(
            store_has_key_value,
            STORE_WITH_KEY_VALUE.contains(&id.as_str()),
            "{id}"
        );
        // The gate reads sessions with the grant of whom it stands before.
        let needs_key_value = store_has_key_value || gated.contains(&id.as_str());
        assert_eq!(
            is_granted(component, "key_value_stores"),
            needs_key_value,
            "{id}"
        );
    }
}
