//! axe-core in a page: what would keep people out.

use super::webdriver::{Failure, Session};
use crate::program::project;
use serde_json::{Value, json};
use std::fs;
use std::sync::LazyLock;

/// Where `cargo akses test` puts it.
const FILE: &str = "target/axe-core/axe.min.js";

/// WCAG 2.2 up to AA, and what axe-core recommends beside.
const TAGS: [&str; 6] = [
    "wcag2a",
    "wcag2aa",
    "wcag21a",
    "wcag21aa",
    "wcag22aa",
    "best-practice",
];

/// What the colours decide, for a page that was looked at in others.
const COLOUR_RULES: [&str; 2] = ["color-contrast", "link-in-text-block"];

/// Elements shown for each finding.
const TARGETS_SHOWN: usize = 5;

static SOURCE: LazyLock<String> = LazyLock::new(|| {
    let path = project().join(FILE);
    fs::read_to_string(&path).unwrap_or_else(|error| {
        panic!(
            "{}: {error}; type\n  cargo akses test\nwhich fetches it or says how",
            path.display()
        )
    })
});

/// A decree in a frame is the browser's own page, so frames are left out.
const RUN: &str = "\
const [type, values, done] = arguments;
axe.run(document, { runOnly: { type, values }, resultTypes: ['violations'], iframes: false, preload: false })
  .then(({ violations }) => done(violations), (error) => done(String(error)));";

/// What axe-core finds in the page as it is, a text for each finding.
pub(super) fn findings(session: &Session) -> Result<Vec<String>, Failure> {
    run(session, json!(["tag", TAGS]))
}

/// The same about colours only, which is much less to look at.
pub(super) fn colour_findings(session: &Session) -> Result<Vec<String>, Failure> {
    run(session, json!(["rule", COLOUR_RULES]))
}

fn run(session: &Session, what: Value) -> Result<Vec<String>, Failure> {
    let is_there = session.execute("return typeof axe === 'object'", Value::Null)?;
    if is_there != true {
        session.execute(&SOURCE, Value::Null)?;
    }
    let found = session.execute_later(RUN, what)?;
    Ok(match &found {
        Value::Array(violations) => violations.iter().map(shown).collect(),
        problem => vec![format!("axe-core failed: {problem}")],
    })
}

fn shown(violation: &Value) -> String {
    let mut text = format!(
        "- {}: {}",
        violation["id"].as_str().unwrap_or_default(),
        violation["help"].as_str().unwrap_or_default()
    );
    let nodes = violation["nodes"].as_array().map_or(&[][..], Vec::as_slice);
    for node in nodes.iter().take(TARGETS_SHOWN) {
        let summary = node["failureSummary"].as_str().unwrap_or_default();
        let html = node["html"].as_str().unwrap_or_default();
        text.push_str(&format!("\n    {}  {html}", node["target"]));
        for line in summary.lines().skip(1) {
            text.push_str(&format!("\n      {}", line.trim()));
        }
    }
    if nodes.len() > TARGETS_SHOWN {
        text.push_str(&format!("\n    and {} more", nodes.len() - TARGETS_SHOWN));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_told_with_its_places() {
        let node = json!({ "target": ["#x"], "html": "<b id=\"x\">", "failureSummary": "Fix any:\n  too pale" });
        let violation =
            json!({ "id": "color-contrast", "help": "Enough contrast", "nodes": vec![node; 7] });
        let text = shown(&violation);
        assert!(text.starts_with(
            "- color-contrast: Enough contrast\n    [\"#x\"]  <b id=\"x\">\n      too pale"
        ));
        assert!(text.ends_with("and 2 more"));
    }
}
