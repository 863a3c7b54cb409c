//! `GET /api/accesses/:id/successors`: who could carry on at the work unit (EXP-6),
//! for the access's owner, and for the officials who may name somebody once it ended.

use akses_domain::handover::NamedAs;
use akses_domain::ids::AccessId;
use akses_endpoint::accesses::cut_off_for;
use akses_endpoint::handover::{Candidate, candidates, named_as};
use akses_endpoint::{Call, Problem, Reply, Response, config, record, serve};
use serde::Serialize;
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;

/// The id in `/api/accesses/:id/successors`.
const ID_SEGMENT: usize = 2;

#[derive(Serialize)]
struct Answer {
    successors: Vec<Candidate>,
}

#[http_service]
async fn list_successors(request: Request) -> Response {
    serve(request, Method::GET, list).await
}

async fn list(call: Call) -> Result<Reply, Problem> {
    let person = call.person()?;
    let access = record::load(call.id::<AccessId>(ID_SEGMENT)?)?;
    let cut_off = cut_off_for(&access, call.now(), config::cut_off()?)?;
    let named_as = named_as(person, &access, call.now())?;
    if named_as != NamedAs::Owner && access.gives_entry(call.now(), cut_off) {
        return Err(Problem::not_found());
    }
    let successors = candidates(&access, call.now(), cut_off)?;
    Reply::json(&Answer { successors })
}
