//! `GET /api/collective-template`: the file that a Kepala UKPBJ fills in.

use akses_collective::TEMPLATE;
use akses_endpoint::{Call, Problem, Reply, Response, serve};
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;

#[http_service]
async fn collective_template(request: Request) -> Response {
    serve(request, Method::GET, template).await
}

async fn template(call: Call) -> Result<Reply, Problem> {
    let _ = call.person()?;
    Reply::bytes("text/csv; charset=utf-8", TEMPLATE).header(
        "content-disposition",
        "attachment; filename=\"templat-surat-kolektif.csv\"",
    )
}
