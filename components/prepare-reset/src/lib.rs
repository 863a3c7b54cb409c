//! `POST /api/password-resets/:id/preparation`: step 5, the reset itself. It gives the
//! people a right that nobody can see, hold or forward, and changes no password: the
//! old one works until its owner chooses another (PWD-3).

use akses_domain::reset::{Command, Output};
use akses_endpoint::{Call, Problem, Reply, Response, serve};
use akses_reset::view::TicketView;
use akses_reset::{Actor, people};
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;

#[http_service]
async fn prepare_reset(request: Request) -> Response {
    serve(request, Method::POST, prepare).await
}

async fn prepare(call: Call) -> Result<Reply, Problem> {
    let actor = Actor::of(&call)?;
    let ticket = actor.ticket(&call)?;
    let persons = ticket.request.people.iter();
    let accounts = persons.map(|person| person.account).collect();
    let command = Command::Do(Output::Prepared { accounts });
    let ticket = people::act(&call, &actor, ticket, command)?;
    Reply::json(&TicketView::new(&call, &actor, &ticket)?)
}
