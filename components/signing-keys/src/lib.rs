//! `GET /.well-known/jwks.json`: what platforms verify assertions with (PLA-3).
//! Public, and nothing of the secrets that it is derived from.

use akses_endpoint::{Call, Problem, Reply, Response, platforms, serve};
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;

/// A platform asks this often at most. A new key is published at least this long
/// before it signs.
const CACHE_CONTROL: &str = "public, max-age=300";

#[http_service]
async fn signing_keys(request: Request) -> Response {
    serve(request, Method::GET, publish).await
}

async fn publish(_: Call) -> Result<Reply, Problem> {
    Reply::json(&platforms::signing_keys()?.public())?.header("cache-control", CACHE_CONTROL)
}
