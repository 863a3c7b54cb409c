//! `POST /api/accesses/:id/reactivation`: "Kirim" on Unggah Perbaikan Data (EXP-5).

use akses_domain::access::Command;
use akses_endpoint::{Response, renewal, serve};
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;

#[http_service]
async fn submit_reactivation(request: Request) -> Response {
    let submit = async |call| renewal::submit(&call, Command::Reactivate);
    serve(request, Method::POST, submit).await
}
