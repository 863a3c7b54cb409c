//! `POST /api/pickup-codes`: a code for somebody who forgot their password, and its
//! number. The person keeps the code and tells the number: to the head of their work
//! unit, who types it into the form and nowhere else, and to the team when it asks.
//! It never stands in the letter: the team has to hear it from the person. Nothing is
//! kept here, so anybody may ask as often as they like (PWD-3).

use akses_endpoint::{Call, Problem, Reply, Response, password, serve};
use akses_reset::link::pickup_number;
use serde::Serialize;
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;

#[derive(Serialize)]
struct Pickup {
    /// Nobody else's.
    code: String,
    /// For the form of the request, never for the letter.
    number: String,
}

#[http_service]
async fn make_pickup_code(request: Request) -> Response {
    serve(request, Method::POST, make).await
}

async fn make(_: Call) -> Result<Reply, Problem> {
    let code = password::random_token()?;
    let number = pickup_number(&code);
    Reply::json(&Pickup { code, number })
}
