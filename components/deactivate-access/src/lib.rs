//! `POST /api/accesses/:id/deactivation`: "Nonaktifkan" (EXP-1), with who
//! carries on (EXP-6).

use akses_domain::access::{Access, Command, Deactivation, Handover, Refusal};
use akses_domain::ids::{AccessId, AccountId};
use akses_domain::time::{CutOff, Instant};
use akses_endpoint::accesses::{AccessView, cut_off_at};
use akses_endpoint::store::{accesses, accounts};
use akses_endpoint::{Call, Problem, Reply, Response, config, record, serve};
use serde::Deserialize;
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;

/// The id in `/api/accesses/:id/deactivation`.
const ID_SEGMENT: usize = 2;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    handover: HandoverBody,
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
enum HandoverBody {
    NoneOpen,
    Successor { successor_email: String },
}

#[http_service]
async fn deactivate_access(request: Request) -> Response {
    serve(request, Method::POST, deactivate).await
}

async fn deactivate(call: Call) -> Result<Reply, Problem> {
    let person = call.person()?;
    let id: AccessId = call.id(ID_SEGMENT)?;
    let body: Body = call.json()?;
    let cut_off = config::cut_off()?;
    let done = record::command(&call, person, id, |access| {
        let access = access
            .filter(|a| a.account == person)
            .ok_or(Refusal::UnknownAccess)?;
        let institution = access.institution.to_string();
        let cut_off = cut_off_at(&institution, access.ends_at(), call.now(), cut_off)?;
        let handover = handover(body.handover, access, call.now(), cut_off)?;
        Ok(Command::Deactivate(Deactivation {
            account: person,
            handover,
            cut_off,
        }))
    })?;
    Reply::json(&AccessView::new(&done.access, call.now(), cut_off))
}

fn handover(
    body: HandoverBody,
    access: &Access,
    now: Instant,
    cut_off: CutOff,
) -> Result<Handover, Problem> {
    match body {
        HandoverBody::NoneOpen => Ok(Handover::NoneOpen),
        HandoverBody::Successor { successor_email } => {
            successor(&successor_email, access, now, cut_off)?
                .map(|account| Handover::Successor { account })
                .ok_or_else(no_successor)
        }
    }
}

/// The person with that address, if they hold the same role at the same work
/// unit now.
fn successor(
    email: &str,
    access: &Access,
    now: Instant,
    cut_off: CutOff,
) -> Result<Option<AccountId>, Problem> {
    let Some(account) = accounts::by_email(email)? else {
        return Ok(None);
    };
    let Some(theirs) = accesses::find(&account.id, &access.role, &access.work_unit.to_string())?
    else {
        return Ok(None);
    };
    let theirs = record::load(theirs.parse().map_err(|_| Problem::not_found())?)?;
    // The same work unit, so the same institution; but their own end.
    let institution = theirs.institution.to_string();
    let cut_off = cut_off_at(&institution, theirs.ends_at(), now, cut_off)?;
    Ok(theirs.gives_entry(now, cut_off).then_some(theirs.account))
}

fn no_successor() -> Problem {
    Problem::field(
        "handover.successor_email",
        "unknown-successor",
        "Tidak ada orang dengan alamat ini yang berakses aktif pada peran dan satuan kerja yang sama.",
    )
}
