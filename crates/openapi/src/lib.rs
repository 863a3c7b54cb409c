//! The OpenAPI document of the service.
//!
//! Each operation has its part beside its code, `components/X/openapi.json`, as a
//! piece of an OpenAPI 3.1 document; what they share lies in this crate. Here the
//! parts become one document. That the service does what the document says is
//! checked from outside: the tests hold every request that is taken and every
//! answer against it.

mod page;

pub use page::page;

use serde_json::{Map, Value, json};
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

/// The file beside each operation.
pub const PART: &str = "openapi.json";

/// What the parts share: title, security, schemas.
const BASE: &str = include_str!("base.json");

/// Why the parts make no document.
#[derive(Debug)]
pub struct Broken(String);

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Broken {}

/// The parts of a folder of components, in the order of their names.
///
/// # Errors
/// [`Broken`] when the folder cannot be read.
pub fn parts(components: &Path) -> Result<Vec<PathBuf>, Broken> {
    let broken = |error| Broken(format!("{}: {error}", components.display()));
    let mut parts = Vec::new();
    for entry in fs::read_dir(components).map_err(broken)? {
        let part = entry.map_err(broken)?.path().join(PART);
        if part.is_file() {
            parts.push(part);
        }
    }
    parts.sort();
    Ok(parts)
}

/// The whole document.
///
/// # Errors
/// [`Broken`] when a part is no JSON, says something a second time, or refers to
/// what nobody says.
pub fn assemble(components: &Path) -> Result<Value, Broken> {
    let mut document: Value = serde_json::from_str(BASE).expect("the base is JSON");
    for part in parts(components)? {
        let broken = |error: String| Broken(format!("{}: {error}", part.display()));
        let text = fs::read_to_string(&part).map_err(|error| broken(error.to_string()))?;
        let part = serde_json::from_str(&text).map_err(|error| broken(error.to_string()))?;
        add(&mut document, part).map_err(broken)?;
    }
    for operation in operations_mut(&mut document) {
        complete(operation);
    }
    check_references(&document)?;
    Ok(document)
}

/// Adds the paths and schemas of one part.
fn add(document: &mut Value, part: Value) -> Result<(), String> {
    let Value::Object(part) = part else {
        return Err("a part is an object".to_owned());
    };
    for (name, value) in part {
        match (name.as_str(), value) {
            ("paths", Value::Object(paths)) => {
                for (path, item) in paths {
                    let Value::Object(methods) = item else {
                        return Err(format!("{path} is no object"));
                    };
                    let known = members(&mut document["paths"]);
                    let item = known.entry(path).or_insert_with(|| json!({}));
                    merge(members(item), methods)?;
                }
            }
            ("components", Value::Object(kinds)) => {
                for (kind, named) in kinds {
                    let Value::Object(named) = named else {
                        return Err(format!("components.{kind} is no object"));
                    };
                    let known = members(&mut document["components"]);
                    let known = known.entry(kind).or_insert_with(|| json!({}));
                    merge(members(known), named)?;
                }
            }
            (other, _) => return Err(format!("a part has paths and components, not {other}")),
        }
    }
    Ok(())
}

fn members(value: &mut Value) -> &mut Map<String, Value> {
    value.as_object_mut().expect("it was made an object")
}

/// Parts may share a schema by saying the same; saying something else is a mistake.
fn merge(known: &mut Map<String, Value>, new: Map<String, Value>) -> Result<(), String> {
    for (name, value) in new {
        if known.get(&name).is_some_and(|said| *said != value) {
            return Err(format!("{name} is said to be something else already"));
        }
        known.insert(name, value);
    }
    Ok(())
}

fn operations_mut(document: &mut Value) -> impl Iterator<Item = &mut Map<String, Value>> {
    members(&mut document["paths"])
        .values_mut()
        .flat_map(|item| members(item).values_mut())
        .filter_map(Value::as_object_mut)
}

/// Every operation can answer with a problem.
fn complete(operation: &mut Map<String, Value>) {
    let responses = operation.entry("responses").or_insert_with(|| json!({}));
    if let Some(responses) = responses.as_object_mut() {
        responses
            .entry("default")
            .or_insert_with(|| json!({ "$ref": "#/components/responses/Problem" }));
    }
}

/// An operation of the document.
#[derive(Debug, Clone, Copy)]
pub struct Operation<'a> {
    /// As OpenAPI writes it: `/api/requests/{id}/decision`.
    pub path: &'a str,
    /// In capitals.
    pub method: &'static str,
    /// What the document says of it.
    pub content: &'a Value,
}

/// All operations, in the document's order.
pub fn operations(document: &Value) -> impl Iterator<Item = Operation<'_>> {
    const METHODS: [(&str, &str); 5] = [
        ("get", "GET"),
        ("post", "POST"),
        ("put", "PUT"),
        ("patch", "PATCH"),
        ("delete", "DELETE"),
    ];
    let paths = document["paths"].as_object().into_iter().flatten();
    paths.flat_map(|(path, item)| {
        METHODS.iter().filter_map(move |&(key, method)| {
            item.get(key).map(|content| Operation {
                path,
                method,
                content,
            })
        })
    })
}

fn check_references(document: &Value) -> Result<(), Broken> {
    let mut open = vec![document];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(object) => {
                if let Some(Value::String(reference)) = object.get("$ref") {
                    resolve(document, reference)
                        .ok_or_else(|| Broken(format!("{reference} leads nowhere")))?;
                }
                open.extend(object.values());
            }
            Value::Array(values) => open.extend(values),
            _ => {}
        }
    }
    Ok(())
}

/// What a reference within the document leads to.
pub fn resolve<'a>(document: &'a Value, reference: &str) -> Option<&'a Value> {
    document.pointer(reference.strip_prefix('#')?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(parts: &[Value]) -> Result<Value, String> {
        let mut document: Value = serde_json::from_str(BASE).unwrap();
        for part in parts {
            add(&mut document, part.clone())?;
        }
        check_references(&document).map_err(|broken| broken.to_string())?;
        Ok(document)
    }

    #[test]
    fn parts_become_one_document() {
        let get = json!({ "paths": { "/api/x": { "get": {} } } });
        let post = json!({ "paths": { "/api/x": { "post": {} } } });
        let document = document(&[get, post]).unwrap();
        let methods: Vec<_> = operations(&document).map(|o| (o.method, o.path)).collect();
        assert_eq!(methods, [("GET", "/api/x"), ("POST", "/api/x")]);
    }

    #[test]
    fn what_is_said_twice_or_leads_nowhere_is_a_mistake() {
        let get = |summary| json!({ "paths": { "/api/x": { "get": { "summary": summary } } } });
        assert!(document(&[get("a"), get("a")]).is_ok(), "a shared part");
        assert!(
            document(&[get("a"), get("b")])
                .unwrap_err()
                .contains("already")
        );
        let lost =
            json!({ "paths": { "/api/x": { "get": { "$ref": "#/components/schemas/Nothing" } } } });
        assert!(document(&[lost]).unwrap_err().contains("leads nowhere"));
        assert!(document(&[json!({ "info": {} })]).is_err());
    }
}
