//! `GET /api/seals/latest`: the newest seal of the record (ALL-1). Public,
//! because a seal is worth something only in other people's hands; it says
//! nothing about anybody. Nor how much happened: whoever guesses passwords at night
//! would count by it which of the guesses were at an account.

use akses_endpoint::store::seals;
use akses_endpoint::{Call, Problem, Reply, Response, serve};
use akses_seal::Seal;
use serde::Serialize;
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;

#[derive(Serialize)]
struct Latest {
    number: u32,
    hash: String,
}

#[http_service]
async fn latest_seal(request: Request) -> Response {
    serve(request, Method::GET, latest).await
}

async fn latest(_: Call) -> Result<Reply, Problem> {
    let newest = seals::newest()?.ok_or_else(Problem::not_found)?;
    let seal: Seal = serde_json::from_str(&newest.data)
        .map_err(|error| Problem::internal(format!("seal {}: {error}", newest.number)))?;
    Reply::json(&Latest {
        number: newest.number,
        hash: seal.hash,
    })
}
