//! `POST /api/accesses/:id/extension`: "Perpanjang", before the access ends (EXP-7).

use akses_domain::access::Command;
use akses_endpoint::{Response, renewal, serve};
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;

#[http_service]
async fn submit_extension(request: Request) -> Response {
    let submit = async |call| renewal::submit(&call, Command::Extend);
    serve(request, Method::POST, submit).await
}
