//! Imports that a part of a composition has no grant for: every way in answers
//! "access denied", and nothing behind it can be reached.

use std::collections::BTreeSet;

use wasmtime::component::types::ComponentItem;
use wasmtime::component::{Component, Linker, ResourceType, Val};
use wasmtime::{Engine, Result, bail};

use super::state::State;
use crate::compose::DENIED_NAMESPACE;

/// Stands for every resource of a denied interface. None is ever made.
struct Nothing;

/// Serves the denied imports of `component`.
pub fn add_to_linker(
    engine: &Engine,
    linker: &mut Linker<State>,
    component: &Component,
) -> Result<()> {
    for (name, import) in component.component_type().imports(engine) {
        if !name.starts_with(DENIED_NAMESPACE) {
            continue;
        }
        let ComponentItem::ComponentInstance(interface) = import.ty else {
            bail!("denied import {name:?} is not an interface");
        };
        let items: Vec<_> = interface.exports(engine).collect();
        let mut own_resources = BTreeSet::new();
        let mut instance = linker.instance(name)?;
        for (function, item) in &items {
            let ComponentItem::ComponentFunc(signature) = &item.ty else {
                continue;
            };
            own_resources.extend(resource_of(function));
            let answer = Answer {
                import: name.to_owned(),
                function: (*function).to_owned(),
            };
            if signature.async_() {
                instance.func_new_concurrent(function, move |_, _, parameters, results| {
                    Box::pin(std::future::ready(answer.give(parameters, results)))
                })?;
            } else {
                instance.func_new(function, move |_, _, parameters, results| {
                    answer.give(parameters, results)
                })?;
            }
        }
        // Only resources with functions here are defined here; others are
        // borrowed from an interface that is served.
        for resource in own_resources {
            instance.resource(resource, ResourceType::host::<Nothing>(), |_, _| Ok(()))?;
        }
    }
    Ok(())
}

/// `connection` for `[method]connection.execute`.
fn resource_of(function: &str) -> Option<&str> {
    let (_, function) = function.split_once(']')?;
    Some(
        function
            .split_once('.')
            .map_or(function, |(resource, _)| resource),
    )
}

struct Answer {
    import: String,
    function: String,
}

impl Answer {
    /// The same answers Spin gives: empty where emptiness is an answer, an
    /// error where the interface has one for it.
    fn give(&self, parameters: &[Val], results: &mut [Val]) -> Result<()> {
        let text = || Box::new(Val::String("not granted to this part".to_owned()));
        let error = |value| Val::Result(Err(Some(Box::new(value))));
        let denied = || Val::Variant("access-denied".to_owned(), None);
        let is_config = self.import.contains("/wasi-config-store");
        let is_http = self.import.contains("/wasi-http-client");
        let answer = match self.function.as_str() {
            "get-environment" | "get-arguments" | "get-directories" => Val::List(Vec::new()),
            "initial-cwd" | "get-initial-cwd" => Val::Option(None),
            "get" | "get-all" if is_config => error(Val::Variant("io".to_owned(), Some(text()))),
            "get" => {
                let name = parameters.first().cloned().map(Box::new);
                error(Val::Variant("undefined".to_owned(), name))
            }
            "send" if is_http => error(Val::Variant("HTTP-request-denied".to_owned(), None)),
            "create-tcp-socket" | "create-udp-socket" => {
                error(Val::Enum("access-denied".to_owned()))
            }
            "resolve-addresses" if self.import.contains("@0.2") => {
                error(Val::Enum("access-denied".to_owned()))
            }
            "resolve-addresses"
            | "[static]connection.open"
            | "[static]connection.open-async"
            | "[static]store.open"
            | "[static]tcp-socket.create"
            | "[static]udp-socket.create" => error(denied()),
            other => bail!("{other:?} of {:?} is not granted to this part", self.import),
        };
        // Asking for an environment that is empty is normal; this is not.
        if matches!(answer, Val::Result(_)) {
            tracing::warn!(
                import = self.import,
                function = self.function,
                "a part of a component used what it has no grant for"
            );
        }
        results[0] = answer;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use super::super::clock::Clock;
    use super::super::services;
    use super::super::state::Grants;
    use super::*;
    use crate::compose::{DependencyPart, Part, compose};
    use crate::manifest::Grant;

    #[test]
    fn finds_the_resource_of_a_function() {
        for (function, resource) in [
            ("[static]connection.open", Some("connection")),
            ("[method]store.get", Some("store")),
            ("[constructor]fields", Some("fields")),
            ("get-environment", None),
        ] {
            assert_eq!(resource_of(function), resource);
        }
    }

    fn answer(import: &str, function: &str) -> Result<Val> {
        let answer = Answer {
            import: import.to_owned(),
            function: function.to_owned(),
        };
        let mut results = [Val::Bool(false)];
        answer.give(&[Val::String("name".to_owned())], &mut results)?;
        let [result] = results;
        Ok(result)
    }

    #[test]
    fn every_way_in_is_closed() {
        let denied = Val::Result(Err(Some(Box::new(Val::Variant(
            "access-denied".to_owned(),
            None,
        )))));
        for function in ["[static]connection.open", "[static]connection.open-async"] {
            assert_eq!(
                answer("denied:gate/spin-sqlite-sqlite@3.1.0", function).unwrap(),
                denied
            );
        }
        assert_eq!(
            answer(
                "denied:x/spin-key-value-key-value@3.0.0",
                "[static]store.open"
            )
            .unwrap(),
            denied
        );
        assert!(matches!(
            answer("denied:x/wasi-config-store@0.2.0", "get").unwrap(),
            Val::Result(Err(_))
        ));
        assert_eq!(
            answer("denied:x/wasi-cli-environment@0.2.6", "get-environment").unwrap(),
            Val::List(Vec::new())
        );
        assert_eq!(
            answer("denied:store/wasi-http-client@0.3.0", "send").unwrap(),
            Val::Result(Err(Some(Box::new(Val::Variant(
                "HTTP-request-denied".to_owned(),
                None
            )))))
        );
        // What cannot be reached without a way in traps if it is reached after all.
        assert!(
            answer(
                "denied:gate/spin-sqlite-sqlite@3.1.0",
                "[method]connection.execute"
            )
            .is_err()
        );
    }

    /// A part that tries to open a database and tells how that went: 0 or 1.
    const PART: &str = r#"(component
        (import "spin:sqlite/sqlite@3.1.0" (instance $sqlite
            (export "connection" (type $connection (sub resource)))
            (type $error (variant (case "access-denied") (case "io" string)))
            (export "error" (type $exported (eq $error)))
            (export "[static]connection.open" (func
                (param "database" string)
                (result (result (own $connection) (error $exported)))))))
        (core module $libc
            (memory (export "memory") 1)
            (func (export "realloc") (param i32 i32 i32 i32) (result i32) i32.const 1024))
        (core instance $libc (instantiate $libc))
        (alias core export $libc "memory" (core memory $memory))
        (alias core export $libc "realloc" (core func $realloc))
        (alias export $sqlite "[static]connection.open" (func $host-open))
        (core func $open (canon lower (func $host-open) (memory $memory) (realloc $realloc)))
        (core module $code
            (import "" "open" (func $open (param i32 i32 i32)))
            (import "" "memory" (memory 1))
            (data (i32.const 0) "default")
            (func (export "try-open") (result i32)
                (call $open (i32.const 0) (i32.const 7) (i32.const 100))
                (i32.load8_u (i32.const 100))))
        (core instance $code (instantiate $code (with "" (instance
            (export "open" (func $open))
            (export "memory" (memory $memory))))))
        (func $try-open (result u32) (canon lift (core func $code "try-open")))
        (instance $attempt (export "try-open" (func $try-open)))
        (export "test:part/attempt" (instance $attempt)))"#;

    /// A component that has the part in it, and databases of its own.
    const WHOLE: &str = r#"(component
        (import "spin:sqlite/sqlite@3.1.0" (instance
            (export "connection" (type (sub resource)))))
        (import "test:part/attempt" (instance $attempt
            (export "try-open" (func (result u32)))))
        (export "attempt" (func $attempt "try-open")))"#;

    fn compose_with(grants: &[Grant]) -> Vec<u8> {
        let (whole, part) = (
            wat::parse_str(WHOLE).unwrap(),
            wat::parse_str(PART).unwrap(),
        );
        let main = Part {
            id: "whole",
            wasm: whole.into(),
            grants: Grant::ALL.into(),
        };
        let grants = grants.iter().copied().collect();
        let part = Part {
            id: "part",
            wasm: part.into(),
            grants,
        };
        compose(
            &main,
            &[DependencyPart {
                import: "test:part",
                part,
            }],
            &[],
        )
        .unwrap()
    }

    fn engine() -> Engine {
        let mut config = wasmtime::Config::new();
        config.wasm_component_model_async(true);
        config.epoch_interruption(true);
        Engine::new(&config).unwrap()
    }

    fn imports(engine: &Engine, component: &Component) -> Vec<String> {
        let ty = component.component_type();
        ty.imports(engine)
            .map(|(name, _)| name.to_owned())
            .collect()
    }

    #[test]
    fn a_part_keeps_only_the_grants_named_for_it() {
        let engine = engine();
        let with = Component::new(&engine, compose_with(&[Grant::SqliteDatabases])).unwrap();
        assert_eq!(imports(&engine, &with), ["spin:sqlite/sqlite@3.1.0"]);
        let without = Component::new(&engine, compose_with(&[Grant::KeyValueStores])).unwrap();
        let mut names = imports(&engine, &without);
        names.sort();
        assert_eq!(
            names,
            [
                "denied:part/spin-sqlite-sqlite@3.1.0",
                "spin:sqlite/sqlite@3.1.0"
            ]
        );
    }

    #[tokio::test]
    async fn a_part_without_the_grant_is_refused_although_the_whole_has_it() {
        let engine = engine();
        let component = Component::new(&engine, compose_with(&[])).unwrap();
        let mut linker = Linker::new(&engine);
        services::add_to_linker(&mut linker).unwrap();
        add_to_linker(&engine, &mut linker, &component).unwrap();
        let grants = Arc::new(Grants {
            id: "whole".into(),
            sqlite: None,
            key_value: None,
            variables: BTreeMap::new(),
            environment: Vec::new(),
            files: None,
            hosts: Arc::default(),
            clock: Clock::new(None),
        });
        let mut store = State::store(&engine, &grants).unwrap();
        let instance = linker
            .instantiate_async(&mut store, &component)
            .await
            .unwrap();
        let attempt = instance
            .get_typed_func::<(), (u32,)>(&mut store, "attempt")
            .unwrap();
        assert_eq!(attempt.call_async(&mut store, ()).await.unwrap(), (1,));
    }
}
