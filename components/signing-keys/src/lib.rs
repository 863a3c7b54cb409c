//! `GET /.well-known/jwks.json`: what platforms verify assertions with (PLA-3).
//! Public, and nothing of the secrets that it is derived from.

use akses_endpoint::{Call, Problem, Reply, Response, config, platforms, serve};
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;
use std::sync::Mutex;

/// A platform asks this often at most. A new key is published at least this long
/// before it signs.
const CACHE_CONTROL: &str = "public, max-age=300";

/// What was published last, and for which configuration: deriving a public key costs
/// more than all else here, and the configuration changes with a restart.
static PUBLISHED: Mutex<Option<Published>> = Mutex::new(None);

struct Published {
    configured: String,
    body: Vec<u8>,
}

#[http_service]
async fn signing_keys(request: Request) -> Response {
    serve(request, Method::GET, publish).await
}

async fn publish(_: Call) -> Result<Reply, Problem> {
    let configured = config::variable(platforms::SIGNING_KEYS);
    let mut published = PUBLISHED.lock().unwrap_or_else(|it| it.into_inner());
    let body = match published.take().filter(|it| it.configured == configured) {
        Some(known) => published.insert(known).body.clone(),
        None => {
            let body = serde_json::to_vec(&platforms::signing_keys()?.public())
                .map_err(|e| Problem::internal(e.to_string()))?;
            published
                .insert(Published { configured, body })
                .body
                .clone()
        }
    };
    Reply::bytes("application/json; charset=utf-8", body).header("cache-control", CACHE_CONTROL)
}
