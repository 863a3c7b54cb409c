//! `GET /api/openapi.json` and `GET /api/documentation`. That the service does
//! what they say is checked in every test, by `akses_tests::contract`.

use akses_openapi::operations;
use akses_tests::contract::{DOCUMENT, Exchange};
use akses_tests::host::manifest_text;
use akses_tests::world::World;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use toml::Table;

/// Routes for people and their programs; operators have the README.
const PUBLIC: [&str; 2] = ["/api/", "/.well-known/"];

#[test]
fn every_public_route_is_described_and_nothing_else() {
    let manifest: Table = manifest_text().parse().unwrap();
    let triggers = manifest["trigger"]["http"].as_array().unwrap();
    let routes: BTreeSet<String> = triggers
        .iter()
        .map(|trigger| trigger["route"].as_str().unwrap())
        .filter(|route| PUBLIC.iter().any(|prefix| route.starts_with(prefix)))
        .map(|route| {
            let segments = route
                .split('/')
                .map(|segment| match segment.strip_prefix(':') {
                    Some(name) => format!("{{{name}}}"),
                    None => segment.to_owned(),
                });
            segments.collect::<Vec<_>>().join("/")
        })
        .collect();
    let described: BTreeSet<String> = operations(&DOCUMENT).map(|o| o.path.to_owned()).collect();
    assert_eq!(described, routes);
}

#[test]
fn every_operation_says_what_it_is() {
    let mut names = BTreeSet::new();
    let tags: BTreeSet<&str> = DOCUMENT["tags"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tag| tag["name"].as_str().unwrap())
        .collect();
    for operation in operations(&DOCUMENT) {
        let path = operation.path;
        for member in ["operationId", "summary", "description"] {
            let text = operation.content[member].as_str().unwrap_or_default();
            assert!(!text.is_empty(), "{path} has no {member}");
        }
        assert!(
            names.insert(operation.content["operationId"].to_string()),
            "two operations are called alike: {path}"
        );
        let tag = operation.content["tags"][0].as_str().unwrap_or_default();
        assert!(tags.contains(tag), "{path} has the tag `{tag}`");
    }
}

#[test]
fn it_is_served_as_a_document_and_as_a_page() {
    let world = World::new();
    let answer = world.client().get("/api/openapi.json").send().expect(200);
    assert_eq!(
        answer.json(),
        *DOCUMENT,
        "the component is older than the parts"
    );
    let page = world.client().get("/api/documentation").send().expect(200);
    let html = String::from_utf8(page.body.clone()).unwrap();
    for operation in operations(&DOCUMENT) {
        assert!(
            html.contains(operation.path),
            "{} is missing",
            operation.path
        );
    }
    assert!(!html.contains("<script"), "the page needs no script");
}

#[test]
fn a_breach_of_the_contract_is_found() {
    let sealed = json!({ "number": 1, "hash": "a".repeat(64) });
    assert_eq!(check("GET", "/api/seals/latest", 200, &sealed), Ok(()));
    let mut more = sealed.clone();
    more["password"] = "rahasia".into();
    let mut less = sealed.clone();
    less.as_object_mut().unwrap().remove("hash");
    for (status, body) in [
        (200, more),
        (200, less),
        (202, sealed.clone()),
        (404, sealed),
    ] {
        assert!(
            check("GET", "/api/seals/latest", status, &body).is_err(),
            "{status} {body}"
        );
    }
}

fn check(method: &str, path: &str, status: u16, body: &Value) -> Result<(), String> {
    let content_type = if status < 400 {
        "application/json; charset=utf-8"
    } else {
        "application/problem+json"
    };
    let text = body.to_string();
    let exchange = Exchange {
        method,
        path,
        sent: None,
        status,
        content_type,
        body: text.as_bytes(),
    };
    exchange.keeps_the_contract()
}
