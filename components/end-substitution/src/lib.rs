//! `POST /api/substitutes/:id/ending`: a VAI is back early, or will not be absent
//! after all (VER-1). From that moment the substitute decides nothing.

use akses_domain::ids::SubstitutionId;
use akses_endpoint::store::events::{self, Appended, Event};
use akses_endpoint::store::substitutes::{self, Substitution};
use akses_endpoint::substitutes::{State, SubstitutionView};
use akses_endpoint::{Call, Problem, Reply, Response, record, serve};
use serde::Deserialize;
use serde_json::json;
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;

/// The id in `/api/substitutes/:id/ending`.
const ID_SEGMENT: usize = 2;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {}

#[http_service]
async fn end_substitution(request: Request) -> Response {
    serve(request, Method::POST, end).await
}

async fn end(call: Call) -> Result<Reply, Problem> {
    let person = call.person()?;
    let id: SubstitutionId = call.id(ID_SEGMENT)?;
    let Body {} = call.json()?;
    let (stamp, earlier) = record::stamp(&call, person)?;
    let own = own(
        &earlier.clone().unwrap_or(id.to_string()),
        &person.to_string(),
    )?;
    if earlier.is_some() {
        return answer(&call, own);
    }
    match State::of(&own, call.now()) {
        State::Planned | State::Running => {}
        State::Over | State::Ended => return Err(over()),
    }
    let event = Event {
        subject: own.id.clone(),
        version: own.version + 1,
        kind: "substitution-ended".to_owned(),
        data: json!({ "absent": own.absent, "substitute": own.substitute }).to_string(),
        institution: Some(own.institution.clone()),
    };
    match events::append(&event, &stamp)? {
        Appended::Recorded => {}
        Appended::Replayed(_) => {}
        Appended::Stale(_) => return Err(over()),
        Appended::KeyReused => return Err(record::key_reused()),
        other => return Err(Problem::internal(format!("substitution: {other:?}"))),
    }
    let ended = substitutes::by_id(&own.id)?.ok_or_else(Problem::not_found)?;
    answer(&call, ended)
}

/// The absence of this person; another's looks like none, also to the substitute.
fn own(id: &str, person: &str) -> Result<Substitution, Problem> {
    substitutes::by_id(id)?
        .filter(|row| row.absent == person)
        .ok_or_else(Problem::not_found)
}

fn answer(call: &Call, row: Substitution) -> Result<Reply, Problem> {
    Reply::json(&SubstitutionView::new(row, call.now())?)
}

fn over() -> Problem {
    Problem::conflict(
        "substitution-over",
        "Penggantian ini sudah selesai; tidak ada yang perlu diakhiri.",
    )
}
