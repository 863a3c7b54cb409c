//! `GET /api/openapi.json` and `GET /api/documentation`: what this service
//! offers, for programs and for people. Both are put together by `build.rs` from
//! the parts that lie beside the operations.

use akses_endpoint::{Call, Problem, Reply, Response, serve};
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;

/// The last part of the path says for whom.
const FORM_SEGMENT: usize = 1;

const DOCUMENT: &str = include_str!(concat!(env!("OUT_DIR"), "/openapi.json"));

const PAGE: &str = include_str!(concat!(env!("OUT_DIR"), "/page.html"));

/// The page shows text in the service's own style and does nothing else.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'self'; base-uri 'none'; \
    form-action 'none'; frame-ancestors 'none'";

#[http_service]
async fn api_description(request: Request) -> Response {
    serve(request, Method::GET, describe).await
}

async fn describe(call: Call) -> Result<Reply, Problem> {
    match call.segment(FORM_SEGMENT) {
        "openapi.json" => Ok(Reply::bytes("application/json; charset=utf-8", DOCUMENT)),
        "documentation" => Reply::bytes("text/html; charset=utf-8", PAGE)
            .header("content-security-policy", PAGE_POLICY),
        _ => Err(Problem::not_found()),
    }
}
