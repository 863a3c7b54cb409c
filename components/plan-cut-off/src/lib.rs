//! `POST /api/cut-offs/plan`: the directorate plans a cut-off by its letter (EXP-4).
//! Until the last day past-due accesses in its scope stay as they are; then the
//! sweep takes them.

use akses_domain::cut_off::check;
use akses_endpoint::cut_offs::{CutOffView, Letter, append, directorate, done_before, refused};
use akses_endpoint::{Call, Problem, Reply, Response, serve};
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;
use uuid::Uuid;

#[http_service]
async fn plan_cut_off(request: Request) -> Response {
    serve(request, Method::POST, plan).await
}

async fn plan(call: Call) -> Result<Reply, Problem> {
    let person = directorate(&call)?;
    let letter: Letter = call.json()?;
    let row = match done_before(&call, person)? {
        Some(row) => row,
        None => {
            let plan = letter.plan()?;
            check(&plan, call.now()).map_err(refused)?;
            let data =
                serde_json::to_string(&plan).map_err(|e| Problem::internal(e.to_string()))?;
            let id = Uuid::now_v7().hyphenated().to_string();
            append(&call, person, (&id, 1), "cut-off-planned", data)?
        }
    };
    let view = CutOffView::new(&row, &call)?;
    Reply::created(&format!("/api/cut-offs/{}/preview", row.id), &view)
}
