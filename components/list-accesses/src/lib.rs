//! `GET /api/accesses`: a person's accesses with their status, the deadline of
//! what waits, and what can be done next.

use akses_domain::access::{NextStep, Status, WaitsFor, extendable, next_steps};
use akses_domain::ids::AccessId;
use akses_domain::time::{CutOff, Instant};
use akses_domain::words;
use akses_endpoint::accesses::{DeadlineView, Moment, Named, status_of, zone};
use akses_endpoint::store::accesses::{self, Access};
use akses_endpoint::{Call, Problem, Reply, Response, config, page, serve};
use serde::Serialize;
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;

#[derive(Serialize)]
struct Page {
    accesses: Vec<Item>,
    /// For `?after=`; none on the last page.
    next: Option<String>,
}

#[derive(Serialize)]
struct Item {
    id: String,
    role: Named,
    institution: Named,
    work_unit: Named,
    status: Status,
    status_text: &'static str,
    valid_until: Option<String>,
    /// The first moment at which it no longer works.
    ends: Option<Moment>,
    request: Option<Waiting>,
    rejection: Option<String>,
    /// The field of the form that the rejection is about, if it names one.
    rejection_field: Option<String>,
    next_steps: &'static [NextStep],
}

#[derive(Serialize)]
struct Waiting {
    id: String,
    kind: String,
    valid_until: String,
    submitted: Moment,
    deadline: DeadlineView,
    overdue: bool,
    /// Who asked, where somebody else did, with a collective letter.
    filed_by: Option<FiledBy>,
}

#[derive(Serialize)]
struct FiledBy {
    name: String,
}

#[http_service]
async fn list_accesses(request: Request) -> Response {
    serve(request, Method::GET, list).await
}

async fn list(call: Call) -> Result<Reply, Problem> {
    let person = call.person()?;
    let limit = call.limit()?;
    let after: Option<AccessId> = call.after()?;
    let after = after.map(|id| id.to_string());
    let cut_off = config::cut_off()?;
    let rows = accesses::of_account(&person.to_string(), after.as_deref(), limit + 1)?;
    let (rows, next) = page::cut(rows, limit, |row| row.id.clone());
    let accesses = rows
        .into_iter()
        .map(|row| item(row, call.now(), cut_off))
        .collect::<Result<_, _>>()?;
    Reply::json(&Page { accesses, next })
}

fn item(row: Access, now: Instant, cut_off: CutOff) -> Result<Item, Problem> {
    let status = status_of(&row, now, cut_off)?;
    let zone = zone(&row.zone)?;
    let moment = |ms| Moment::new(Instant::from_ms(ms), zone);
    let valid_until = row.valid_until.as_deref().and_then(|day| day.parse().ok());
    Ok(Item {
        status,
        status_text: words::status(status),
        next_steps: next_steps(
            status,
            WaitsFor::new(row.pending.as_ref().map(|pending| pending.by_meeting)),
            extendable(valid_until, zone, now),
        ),
        ends: row.ends_at.map(moment),
        request: row.pending.map(|pending| Waiting {
            filed_by: pending.filed_by.map(|name| FiledBy { name }),
            id: pending.request,
            kind: pending.kind,
            valid_until: pending.valid_until,
            submitted: moment(pending.submitted_at),
            deadline: DeadlineView::of_verification(Instant::from_ms(pending.submitted_at), zone),
            overdue: now.ms() >= pending.deadline_at,
        }),
        id: row.id,
        role: Named {
            id: row.role,
            name: row.role_name,
        },
        institution: Named {
            id: row.institution,
            name: row.institution_name,
        },
        work_unit: Named {
            id: row.work_unit,
            name: row.work_unit_name,
        },
        valid_until: row.valid_until,
        rejection: row.rejection,
        rejection_field: row.rejection_field,
    })
}
