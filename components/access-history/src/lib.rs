//! `GET /api/accesses/:id/history` ("Riwayat"): what happened to an access, when, and
//! by whose hand, read from the record itself (ALL-1). For its owner and for those who
//! verify its requests; nobody else learns that it exists.

mod text;

use akses_domain::access::{Access, Recorded, Status};
use akses_domain::ids::{AccessId, AccountId};
use akses_domain::words;
use akses_endpoint::accesses::{Moment, Named, authorities, cut_off_for};
use akses_endpoint::store::{accounts, reference};
use akses_endpoint::{Call, Problem, Reply, Response, config, record, serve};
use serde::Serialize;
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;
use text::Reader;

/// The id in `/api/accesses/:id/history`.
const ID_SEGMENT: usize = 2;

#[derive(Serialize)]
struct Answer {
    access: Subject,
    /// Oldest first.
    events: Vec<Item>,
}

#[derive(Serialize)]
struct Subject {
    id: String,
    role: Named,
    institution: Named,
    work_unit: Named,
    status: Status,
    status_text: &'static str,
}

#[derive(Serialize)]
struct Item {
    version: u32,
    at: Moment,
    /// For programs: the last part of the event's name.
    kind: &'static str,
    /// What happened, in one sentence.
    text: String,
    /// By whose hand. Verifiers are named by their office, as in mails.
    by: String,
}

#[http_service]
async fn access_history(request: Request) -> Response {
    serve(request, Method::GET, tell).await
}

async fn tell(call: Call) -> Result<Reply, Problem> {
    let person = call.person()?;
    let (access, history) = record::load_told(call.id::<AccessId>(ID_SEGMENT)?)?;
    let reader = reader(&call, person, &access)?;
    let access_view = subject(&call, &access)?;
    let events = history
        .into_iter()
        .map(|recorded| item(recorded, &access, &access_view, reader))
        .collect::<Result<_, Problem>>()?;
    Reply::json(&Answer {
        access: access_view,
        events,
    })
}

/// VER-1, and the owner.
fn reader(call: &Call, person: AccountId, access: &Access) -> Result<Reader, Problem> {
    if person == access.account {
        return Ok(Reader::Owner);
    }
    authorities(person, call.now())?
        .over_request(access.verified_by, access.institution, access.account)
        .map(|_| Reader::Verifier)
        .ok_or_else(Problem::not_found)
}

fn subject(call: &Call, access: &Access) -> Result<Subject, Problem> {
    let gone = |what: &str| Problem::internal(format!("{what} of access {} is gone", access.id));
    let unit = reference::work_unit_by_id(&access.work_unit.to_string())?;
    let unit = unit.ok_or_else(|| gone("the work unit"))?;
    let institution = reference::institution_by_code(&unit.institution_code)?;
    let institution = institution.ok_or_else(|| gone("the institution"))?;
    let role = reference::role_by_code(&access.role)?.ok_or_else(|| gone("the role"))?;
    let cut_off = cut_off_for(access, call.now(), config::cut_off()?)?;
    let status = access.status(call.now(), cut_off);
    Ok(Subject {
        id: access.id.to_string(),
        role: Named {
            id: role.code,
            name: role.name,
        },
        institution: Named {
            id: institution.id,
            name: institution.name,
        },
        work_unit: Named {
            id: unit.id,
            name: unit.name,
        },
        status,
        status_text: words::status(status),
    })
}

fn item(
    recorded: Recorded,
    access: &Access,
    subject: &Subject,
    reader: Reader,
) -> Result<Item, Problem> {
    let successor = text::successor(&recorded.event)
        .map(|account| accounts::by_id(&account.to_string()))
        .transpose()?
        .flatten()
        .map(|account| account.name);
    Ok(Item {
        version: recorded.version,
        at: Moment::new(recorded.at, access.zone),
        kind: text::kind(&recorded.event),
        text: text::sentence(&recorded.event, successor.as_deref()),
        by: text::by(&recorded.event, reader, &subject.institution.name),
    })
}
