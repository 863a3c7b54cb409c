//! `GET /api/cut-offs`: letters that cut past-due accesses off, newest first (EXP-4).

use akses_endpoint::cut_offs::{CutOffView, directorate};
use akses_endpoint::store::cut_offs;
use akses_endpoint::{Call, Problem, Reply, Response, page, serve};
use serde::Serialize;
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;

#[derive(Serialize)]
struct Page {
    cut_offs: Vec<CutOffView>,
    /// For `?after=`; none on the last page.
    next: Option<String>,
}

#[http_service]
async fn list_cut_offs(request: Request) -> Response {
    serve(request, Method::GET, list).await
}

async fn list(call: Call) -> Result<Reply, Problem> {
    directorate(&call)?;
    let limit = call.limit()?;
    let rows = cut_offs::planned(call.after()?, limit + 1)?;
    let (rows, next) = page::cut(rows, limit, |row| row.seq.to_string());
    let views = rows.iter().map(|row| CutOffView::new(row, &call));
    Reply::json(&Page {
        cut_offs: views.collect::<Result<_, _>>()?,
        next,
    })
}
