//! `GET /api/password-resets/:id`: a ticket with its eleven steps: whose turn, when due
//! and why then, and whether that was met (PWD-2). Only its parties; for everybody
//! else it does not exist.

use akses_endpoint::{Call, Problem, Reply, Response, serve};
use akses_reset::Actor;
use akses_reset::view::TicketView;
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;

#[http_service]
async fn read_reset(request: Request) -> Response {
    serve(request, Method::GET, read).await
}

async fn read(call: Call) -> Result<Reply, Problem> {
    let actor = Actor::of(&call)?;
    let ticket = actor.ticket(&call)?;
    Reply::json(&TicketView::new(&call, &actor, &ticket)?)
}
