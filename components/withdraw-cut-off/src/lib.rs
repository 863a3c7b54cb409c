//! `POST /api/cut-offs/:id/withdrawal`: a planned cut-off does not happen, until its
//! last day is over (EXP-4). What held before holds again.

use akses_endpoint::cut_offs::{CutOffView, append, changeable, directorate, done_before};
use akses_endpoint::{Call, Problem, Reply, Response, serve};
use serde::Deserialize;
use serde_json::json;
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;

/// The longest reason, in characters.
const REASON_CHARS_MAX: usize = 1_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    reason: String,
}

#[http_service]
async fn withdraw_cut_off(request: Request) -> Response {
    serve(request, Method::POST, withdraw).await
}

async fn withdraw(call: Call) -> Result<Reply, Problem> {
    let person = directorate(&call)?;
    let body: Body = call.json()?;
    let row = match done_before(&call, person)? {
        Some(row) => row,
        None => {
            let row = changeable(&call)?;
            let reason = body.reason.trim();
            if !(1..=REASON_CHARS_MAX).contains(&reason.chars().count()) {
                let detail = format!("Tulis alasannya, paling panjang {REASON_CHARS_MAX} huruf.");
                return Err(Problem::field("reason", "reason-missing", &detail));
            }
            let data = json!({ "reason": reason }).to_string();
            let next = (row.id.as_str(), row.version + 1);
            append(&call, person, next, "cut-off-withdrawn", data)?
        }
    };
    Reply::json(&CutOffView::new(&row, &call)?)
}
