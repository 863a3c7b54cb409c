//! `GET /api/cut-offs/:id/preview`: the dry run of a cut-off (EXP-4). What its run
//! would end, as accesses stand now, by institution; it changes nothing.

use akses_endpoint::accesses::Named;
use akses_endpoint::cut_offs::{CutOffView, ID_SEGMENT, directorate, load};
use akses_endpoint::store::cut_offs::{self, Due};
use akses_endpoint::{Call, Problem, Reply, Response, page, serve};
use serde::Serialize;
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;

#[derive(Serialize)]
struct Preview {
    cut_off: CutOffView,
    /// Of all institutions, not of this page only.
    accesses: u64,
    waiting: u64,
    institutions: Vec<Item>,
    /// For `?after=`; none on the last page.
    next: Option<String>,
}

#[derive(Serialize)]
struct Item {
    institution: Named,
    code: String,
    zone: String,
    /// How many accesses would become Kedaluwarsa.
    accesses: u32,
    /// How many of them have a request that waits and stays decidable.
    waiting: u32,
}

#[http_service]
async fn preview_cut_off(request: Request) -> Response {
    serve(request, Method::GET, preview).await
}

async fn preview(call: Call) -> Result<Reply, Problem> {
    directorate(&call)?;
    let limit = call.limit()?;
    let row = load(call.segment(ID_SEGMENT))?;
    let due = cut_offs::due_by(&row.id)?;
    let sum = |count: fn(&Due) -> u32| due.iter().map(|it| u64::from(count(it))).sum();
    let (accesses, waiting) = (sum(|it| it.accesses), sum(|it| it.waiting));
    let (page, next) = page::after(due, call.query("after"), limit, |it| &it.institution);
    Reply::json(&Preview {
        cut_off: CutOffView::new(&row, &call)?,
        accesses,
        waiting,
        institutions: page.into_iter().map(item).collect(),
        next,
    })
}

fn item(due: Due) -> Item {
    Item {
        institution: Named {
            id: due.institution,
            name: due.name,
        },
        code: due.code,
        zone: due.zone,
        accesses: due.accesses,
        waiting: due.waiting,
    }
}
