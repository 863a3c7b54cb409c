//! The document as a page for people: no script, no style of its own.

use crate::{Operation, operations};
use maud::{DOCTYPE, Markup, html};
use serde_json::Value;

/// The page.
pub fn page(document: &Value) -> String {
    let title = text(&document["info"]["title"]);
    let tags = document["tags"].as_array().into_iter().flatten();
    let tags: Vec<&str> = tags.map(|tag| text(&tag["name"])).collect();
    let markup = html! {
        (DOCTYPE)
        html lang="id" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " – API" }
                link rel="stylesheet" href="/style.css";
            }
            body {
                main {
                    h1 { (title) " – API" }
                    p { (text(&document["info"]["description"])) }
                    p { a href="/api/openapi.json" { "Dokumen OpenAPI 3.1 (JSON)" } }
                    nav aria-label="Kelompok operasi" {
                        ul { @for tag in &tags { li { a href={ "#" (anchor(tag)) } { (tag) } } } }
                    }
                    @for tag in &tags {
                        section id=(anchor(tag)) {
                            h2 { (tag) }
                            @for operation in operations(document).filter(|o| has_tag(*o, tag)) {
                                (article(operation))
                            }
                        }
                    }
                    section {
                        h2 { "Skema" }
                        @for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
                            details id={ "skema-" (name) } {
                                summary { (name) }
                                (code(schema))
                            }
                        }
                    }
                }
            }
        }
    };
    markup.into_string()
}

fn article(operation: Operation<'_>) -> Markup {
    let content = operation.content;
    html! {
        article id=(text(&content["operationId"])) {
            h3 { code { (operation.method) " " (operation.path) } }
            p { strong { (text(&content["summary"])) } }
            p { (text(&content["description"])) }
            @if let Some(parameters) = content["parameters"].as_array() {
                details { summary { "Parameter" } @for parameter in parameters { (code(parameter)) } }
            }
            @if let Some(body) = content.get("requestBody") {
                details { summary { "Isi permintaan" } (code(body)) }
            }
            @for (status, answer) in content["responses"].as_object().into_iter().flatten() {
                details { summary { "Jawaban " (status) } (code(answer)) }
            }
        }
    }
}

fn code(value: &Value) -> Markup {
    let shown = serde_json::to_string_pretty(value).unwrap_or_default();
    html! { pre tabindex="0" { code { (shown) } } }
}

fn has_tag(operation: Operation<'_>, tag: &str) -> bool {
    let mut tags = operation.content["tags"].as_array().into_iter().flatten();
    tags.any(|known| known == tag)
}

fn anchor(tag: &str) -> String {
    tag.to_lowercase().replace(' ', "-")
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_operation_is_on_the_page_and_no_text_becomes_markup() {
        let document = json!({
            "info": { "title": "Judul" },
            "tags": [{ "name": "Akses" }],
            "paths": { "/api/x": { "get": {
                "operationId": "x", "tags": ["Akses"], "summary": "<b>tebal</b>", "responses": {}
            } } },
        });
        let page = page(&document);
        assert!(page.contains("GET /api/x"), "{page}");
        assert!(page.contains("&lt;b&gt;tebal"), "{page}");
    }
}
