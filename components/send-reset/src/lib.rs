//! `POST /api/password-resets/:id/delivery`: step 6, a message to each person in the
//! box that only they open. It holds no secret: what it opens is made when its owner
//! opens it (PWD-3).

use akses_domain::ids::MessageId;
use akses_domain::reset::{Command, Message, Output, RIGHT_HOURS};
use akses_endpoint::{Call, Problem, Reply, Response, serve};
use akses_reset::view::TicketView;
use akses_reset::{Actor, people};
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;
use uuid::Uuid;

#[http_service]
async fn send_reset(request: Request) -> Response {
    serve(request, Method::POST, send).await
}

async fn send(call: Call) -> Result<Reply, Problem> {
    let actor = Actor::of(&call)?;
    let ticket = actor.ticket(&call)?;
    let persons = ticket.request.people.iter();
    let messages = persons.map(|person| Message {
        id: MessageId::new(Uuid::now_v7()),
        account: person.account,
    });
    let command = Command::Do(Output::Delivered {
        expires_at: call.now().plus_hours(RIGHT_HOURS),
        messages: messages.collect(),
    });
    let ticket = people::act(&call, &actor, ticket, command)?;
    Reply::json(&TicketView::new(&call, &actor, &ticket)?)
}
