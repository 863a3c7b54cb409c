//! `POST /api/password-resets/:id/dispatch`: step 11, the signed letter goes to the head
//! of the work unit and to the people it is about, as a message and a mail that says
//! so.

use akses_domain::ids::MessageId;
use akses_domain::reset::{Command, Message, Output};
use akses_endpoint::{Call, Problem, Reply, Response, serve};
use akses_reset::Actor;
use akses_reset::view::TicketView;
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;
use std::collections::BTreeSet;
use uuid::Uuid;

#[http_service]
async fn send_reset_letter(request: Request) -> Response {
    serve(request, Method::POST, send).await
}

async fn send(call: Call) -> Result<Reply, Problem> {
    let actor = Actor::of(&call)?;
    let ticket = actor.ticket(&call)?;
    let people = ticket.request.people.iter().map(|person| person.account);
    let head = ticket.done_at(1).map(|done| done.by);
    let told: BTreeSet<_> = people.chain(head).collect();
    let messages = told.into_iter().map(|account| Message {
        id: MessageId::new(Uuid::now_v7()),
        account,
    });
    let command = Command::Do(Output::Dispatch {
        messages: messages.collect(),
    });
    let ticket = actor.act(&call, ticket, command)?;
    Reply::json(&TicketView::new(&call, &actor, &ticket)?)
}
