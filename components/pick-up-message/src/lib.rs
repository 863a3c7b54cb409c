//! `POST /api/message-pickups`: the message about a reset for somebody who cannot sign in
//! any more, by the code that only they have. Its number came to the team by two
//! ways, which had to agree (PWD-3, step 4); the code itself was never sent anywhere.

use akses_domain::ids::TicketId;
use akses_endpoint::store::resets;
use akses_endpoint::{Call, Problem, Reply, Response, serve};
use akses_reset::link;
use serde::{Deserialize, Serialize};
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    code: String,
}

#[derive(Serialize)]
struct PickedUp {
    link: link::Link,
}

#[http_service]
async fn pick_up_message(request: Request) -> Response {
    serve(request, Method::POST, pick_up).await
}

async fn pick_up(call: Call) -> Result<Reply, Problem> {
    let body: Body = call.json()?;
    if !link::is_secret(&body.code) {
        return Err(Problem::field(
            "code",
            "bad-code",
            "Kode pengambilan terdiri atas 64 angka atau huruf a sampai f.",
        ));
    }
    let number = link::pickup_number(&body.code);
    let right = resets::by_pickup(&number, call.now().ms())?.ok_or_else(link::spent)?;
    let id: TicketId = right.ticket.parse().map_err(|_| link::spent())?;
    let ticket = akses_reset::load(id)?.ok_or_else(link::spent)?;
    let link = link::open(&call, &right.ticket, &right.account, ticket.request.zone)?;
    Reply::json(&PickedUp { link })
}
