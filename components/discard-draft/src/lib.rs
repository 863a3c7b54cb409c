//! `POST /api/drafts/:role/discard`: gives a draft up.

use akses_endpoint::store::drafts;
use akses_endpoint::{Call, Problem, Reply, Response, serve};
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;

/// The role in `/api/drafts/:role/discard`.
const ROLE_SEGMENT: usize = 2;

#[http_service]
async fn discard_draft(request: Request) -> Response {
    serve(request, Method::POST, discard).await
}

async fn discard(call: Call) -> Result<Reply, Problem> {
    let person = call.person()?.to_string();
    let revision = call.if_match().ok_or_else(Problem::if_match_missing)?;
    if drafts::discard(&person, call.segment(ROLE_SEGMENT), revision)? {
        return Ok(Reply::nothing());
    }
    Err(Problem::stale(
        "draft-changed",
        "Draf ini sudah berubah, mungkin di jendela lain. Muat draf terbaru sebelum membuangnya.",
    ))
}
