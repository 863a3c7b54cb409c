//! `POST /api/sign-out`: ends the session at once.

use akses_endpoint::identity::{SESSION_COOKIE, SESSION_HEADER};
use akses_endpoint::{Call, Problem, Reply, Response, serve, store};
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;

#[http_service]
async fn sign_out(request: Request) -> Response {
    serve(request, Method::POST, end).await
}

async fn end(call: Call) -> Result<Reply, Problem> {
    call.person()?;
    let session = call
        .header(SESSION_HEADER)
        .ok_or_else(Problem::not_signed_in)?;
    store::sessions::close(session.to_owned()).await?;
    let forget = format!("{SESSION_COOKIE}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
    Reply::nothing().header("set-cookie", &forget)
}
