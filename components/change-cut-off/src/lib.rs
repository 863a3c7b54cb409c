//! `POST /api/cut-offs/:id/change`: another letter, day or scope for a planned
//! cut-off, until its last day is over (EXP-4).

use akses_domain::cut_off::check;
use akses_endpoint::cut_offs::{
    CutOffView, Letter, append, changeable, directorate, done_before, refused,
};
use akses_endpoint::{Call, Problem, Reply, Response, serve};
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;

#[http_service]
async fn change_cut_off(request: Request) -> Response {
    serve(request, Method::POST, change).await
}

async fn change(call: Call) -> Result<Reply, Problem> {
    let person = directorate(&call)?;
    let letter: Letter = call.json()?;
    let row = match done_before(&call, person)? {
        Some(row) => row,
        None => {
            let row = changeable(&call)?;
            let plan = letter.plan()?;
            check(&plan, call.now()).map_err(refused)?;
            let data =
                serde_json::to_string(&plan).map_err(|e| Problem::internal(e.to_string()))?;
            let next = (row.id.as_str(), row.version + 1);
            append(&call, person, next, "cut-off-changed", data)?
        }
    };
    Reply::json(&CutOffView::new(&row, &call)?)
}
