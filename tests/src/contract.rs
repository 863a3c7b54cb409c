//! The OpenAPI document, held against every call of every test: an answer that
//! it does not describe, or a request that was taken although the document
//! forbids it, fails the test that made it.

use akses_openapi::{assemble, operations, resolve};
use jsonschema::Validator;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

/// The document, from the parts as they lie in the tree.
pub static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let components = Path::new(env!("CARGO_MANIFEST_DIR")).join("../components");
    assemble(&components).unwrap_or_else(|broken| panic!("{broken}"))
});

/// Compiled schemas by their text.
static VALIDATORS: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);

/// One call and its answer.
pub struct Exchange<'a> {
    /// In capitals.
    pub method: &'a str,
    /// With its query.
    pub path: &'a str,
    /// The request's body.
    pub sent: Option<&'a [u8]>,
    /// The answer's status.
    pub status: u16,
    /// The answer's content type.
    pub content_type: &'a str,
    /// The answer's body.
    pub body: &'a [u8],
}

impl Exchange<'_> {
    /// Whether the document describes it. What the document does not speak of at
    /// all (pages, operators' routes, wrong methods) is not its affair.
    ///
    /// # Errors
    /// What differs.
    pub fn keeps_the_contract(&self) -> Result<(), String> {
        let Some(operation) = self.operation() else {
            return Ok(());
        };
        let responses = &operation["responses"];
        let answer = match responses.get(self.status.to_string()) {
            Some(answer) => answer,
            None if self.status >= 400 => &responses["default"],
            None => return Err(format!("status {} is not described", self.status)),
        };
        self.check_answer(referred(answer))?;
        if (200..300).contains(&self.status) {
            self.check_request(operation)?;
        }
        Ok(())
    }

    fn operation(&self) -> Option<&'static Value> {
        let path = self.path.split('?').next().unwrap_or_default();
        let of_method = operations(&DOCUMENT).filter(|o| o.method == self.method);
        let mut fitting: Vec<_> = of_method.filter(|o| fits(o.path, path)).collect();
        // A path that is spelt out goes before one with a parameter.
        fitting.sort_by_key(|operation| operation.path.matches('{').count());
        fitting.first().map(|operation| operation.content)
    }

    fn check_answer(&self, described: &Value) -> Result<(), String> {
        let Some(content) = described["content"].as_object() else {
            return if self.body.is_empty() {
                Ok(())
            } else {
                Err("an answer without content has a body".to_owned())
            };
        };
        let essence = self.content_type.split(';').next().unwrap_or_default();
        let described = content
            .get(essence)
            .ok_or_else(|| format!("content type `{essence}` is not described"))?;
        if !essence.ends_with("json") {
            return Ok(());
        }
        let body = serde_json::from_slice(self.body).map_err(|error| error.to_string())?;
        validate(&described["schema"], &body).map_err(|error| format!("the answer: {error}"))
    }

    fn check_request(&self, operation: &Value) -> Result<(), String> {
        let described = &operation["requestBody"]["content"]["application/json"]["schema"];
        let Some(sent) = self.sent.filter(|_| described.is_object()) else {
            return Ok(());
        };
        let sent = serde_json::from_slice(sent).map_err(|error| error.to_string())?;
        validate(described, &sent).map_err(|error| format!("a request that was taken: {error}"))
    }
}

/// Whether a path is one of a template such as `/api/requests/{id}/decision`.
fn fits(template: &str, path: &str) -> bool {
    let (mut template, mut path) = (template.split('/'), path.split('/'));
    loop {
        match (template.next(), path.next()) {
            (None, None) => return true,
            (Some(wanted), Some(found))
                if wanted == found || (wanted.starts_with('{') && !found.is_empty()) => {}
            _ => return false,
        }
    }
}

fn referred(value: &'static Value) -> &'static Value {
    match value.get("$ref").and_then(Value::as_str) {
        Some(reference) => resolve(&DOCUMENT, reference).expect("references were checked"),
        None => value,
    }
}

fn validate(schema: &Value, instance: &Value) -> Result<(), String> {
    let errors: Vec<_> = validator(schema)
        .iter_errors(instance)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    if errors.is_empty() {
        Ok(())
    } else {
        Err(errors.join("; "))
    }
}

fn validator(schema: &Value) -> Arc<Validator> {
    let key = schema.to_string();
    let mut known = VALIDATORS.lock().unwrap_or_else(PoisonError::into_inner);
    let validator = known.entry(key).or_insert_with(|| {
        // References lead into the whole document's components.
        let whole = json!({ "allOf": [schema], "components": DOCUMENT["components"] });
        let options = jsonschema::draft202012::options().should_validate_formats(true);
        Arc::new(options.build(&whole).expect("a schema"))
    });
    Arc::clone(validator)
}
