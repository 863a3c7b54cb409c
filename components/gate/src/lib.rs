//! The gate: every request for an operation comes through here first.
//!
//! It removes what only it may say, finds out who calls, and says so in headers
//! that operations trust ([`akses_endpoint::identity`]). It decides nothing
//! about rights: that is the domain's, from a person's accesses at that moment.
//!
//! Bodies are handed on as streams and never read here, so the gate costs the
//! same for an empty request and for a decree.

mod caller;
mod forward;

use akses_endpoint::identity::REQUEST_ID_HEADER;
use caller::Caller;
use forward::{Headers, Received};
use spin_sdk::http::IntoResponse;
use spin_sdk::wasip3::exports::http::handler::Guest;
use spin_sdk::wasip3::http::types::{ErrorCode, Request, Response};
use uuid::Uuid;

/// What every answer carries, unless the operation says it more precisely.
const SECURITY_HEADERS: [(&str, &str); 2] = [
    ("x-content-type-options", "nosniff"),
    ("cross-origin-resource-policy", "same-origin"),
];

/// What answers carry besides that a browser may show on their own.
const DOCUMENT_HEADERS: [(&str, &str); 5] = [
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(), microphone=(), geolocation=()",
    ),
    (
        "content-security-policy",
        "default-src 'none'; frame-ancestors 'none'",
    ),
];

/// What browsers load into a page and never show, by the end of its address and by its
/// type: a page of twenty modules would carry the headers of documents twenty times, ten
/// kilobytes that nobody reads.
const PARTS_OF_PAGES: [(&str, &str); 2] = [(".js", "text/javascript"), (".css", "text/css")];

/// Data of a person is nobody's to keep.
const API_CACHE_CONTROL: (&str, &str) = ("cache-control", "no-store");

const NOT_MODIFIED: u16 = 304;

struct Gate;

spin_sdk::wasip3::http::service::export!(Gate);

impl Guest for Gate {
    async fn handle(request: Request) -> Result<Response, ErrorCode> {
        let request_id = Uuid::now_v7().to_string();
        let mut received = Received::take(request);
        let is_api = received.path().starts_with("/api/");
        let part_type = PARTS_OF_PAGES
            .into_iter()
            .find(|(ending, _)| received.path().ends_with(ending))
            .map(|(_, content_type)| content_type);
        received.headers.cleanse();
        let admitted = caller::identify(&received).await;
        let (status, mut headers, body) = match admitted {
            Ok(caller) => {
                announce(&mut received.headers, &request_id, caller.as_ref());
                received.pass_on().await?
            }
            Err(problem) => forward::open(refusal(problem, &request_id)?),
        };
        headers.set(REQUEST_ID_HEADER, &request_id);
        let is_part = part_type.is_some_and(|part| is_of_type(status, &headers, part));
        harden(&mut headers, is_api, is_part);
        forward::respond(status, headers, body)
    }
}

/// Tells the operation who calls.
fn announce(headers: &mut Headers, request_id: &str, caller: Option<&Caller>) {
    headers.set(REQUEST_ID_HEADER, request_id);
    if let Some(caller) = caller {
        for (name, value) in caller.headers() {
            headers.set(name, &value);
        }
    }
}

fn refusal(problem: akses_endpoint::Problem, request_id: &str) -> Result<Response, ErrorCode> {
    akses_endpoint::refuse(problem, request_id).into_response()
}

/// Whether an answer is of this type; one without a body says nothing of it (304).
fn is_of_type(status: u16, headers: &Headers, content_type: &str) -> bool {
    match headers.get("content-type") {
        Some(answered) => answered.starts_with(content_type),
        None => status == NOT_MODIFIED,
    }
}

fn harden(headers: &mut Headers, is_api: bool, is_part: bool) {
    for (name, value) in SECURITY_HEADERS {
        headers.set_if_missing(name, value);
    }
    if !is_part || is_api {
        for (name, value) in DOCUMENT_HEADERS {
            headers.set_if_missing(name, value);
        }
    }
    if is_api {
        headers.set_if_missing(API_CACHE_CONTROL.0, API_CACHE_CONTROL.1);
    }
}
