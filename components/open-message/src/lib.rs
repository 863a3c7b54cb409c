//! `POST /api/messages/:id/open`: a message of one's own. A message about a reset makes
//! its link now: it is shown once, to its owner, and kept nowhere; opening it again
//! makes another and voids this one (PWD-3). Somebody else's looks like none.

use akses_domain::ids::MessageId;
use akses_endpoint::accesses::zone;
use akses_endpoint::store::messages;
use akses_endpoint::{Call, Problem, Reply, Response, serve};
use akses_reset::link::{self, Link, MessageView};
use serde::Serialize;
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;

/// The id in `/api/messages/:id/open`.
const ID_SEGMENT: usize = 2;

#[derive(Serialize)]
struct Opened {
    message: MessageView,
    /// Only of a message about a reset.
    link: Option<Link>,
}

#[http_service]
async fn open_message(request: Request) -> Response {
    serve(request, Method::POST, open).await
}

async fn open(call: Call) -> Result<Reply, Problem> {
    let person = call.person()?.to_string();
    let id: MessageId = call.id(ID_SEGMENT)?;
    let message = messages::by_id(&id.to_string())?
        .filter(|message| message.account == person)
        .ok_or_else(Problem::not_found)?;
    let link = match message.kind.as_str() {
        "password-reset" => {
            let zone = zone(&message.zone)?;
            Some(link::open(&call, &message.ticket, &person, zone)?)
        }
        _ => None,
    };
    messages::mark_read(&message.id, call.now().ms())?;
    let message = MessageView::new(&message)?;
    Reply::json(&Opened { message, link })
}
