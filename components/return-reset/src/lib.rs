//! `POST /api/password-resets/:id/return`: ends a ticket that should not go on: the letter
//! was wrong, a number differs, or somebody never asked. By the actor of the current
//! step, the head who asked, and whom it concerns. What was prepared or sent opens
//! nothing any more (PWD-3).

use akses_domain::reset::Command;
use akses_endpoint::{Call, Problem, Reply, Response, form, serve};
use akses_reset::view::TicketView;
use akses_reset::{Actor, NOTE_CHARS_MAX};
use serde::Deserialize;
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    reason: String,
}

#[http_service]
async fn return_reset(request: Request) -> Response {
    serve(request, Method::POST, give_back).await
}

async fn give_back(call: Call) -> Result<Reply, Problem> {
    let actor = Actor::of(&call)?;
    let ticket = actor.ticket(&call)?;
    let body: Body = call.json()?;
    let reason = form::text("reason", Some(body.reason), NOTE_CHARS_MAX)?;
    let command = Command::Return(reason.unwrap_or_default());
    let ticket = actor.act(&call, ticket, command)?;
    Reply::json(&TicketView::new(&call, &actor, &ticket)?)
}
