//! `GET /api/collective/:id`: a letter with what became of its rows, for who filed it
//! and for the verifiers who decide it.

use akses_collective::{LetterView, Notes, letter, reader};
use akses_endpoint::{Call, Problem, Reply, Response, serve};
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;
use uuid::Uuid;

/// The id in `/api/collective/:id`.
const ID_SEGMENT: usize = 2;

#[http_service]
async fn read_collective(request: Request) -> Response {
    serve(request, Method::GET, read).await
}

async fn read(call: Call) -> Result<Reply, Problem> {
    let person = call.person()?;
    let id = call.id::<Uuid>(ID_SEGMENT)?.to_string();
    let reader = reader(&call, person, &letter(&id)?)?;
    Reply::json(&LetterView::load(&id, &reader, &Notes::new(), true)?)
}
