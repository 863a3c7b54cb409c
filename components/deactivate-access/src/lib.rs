//! `POST /api/accesses/:id/deactivation`: "Nonaktifkan" (EXP-1), with who
//! carries on (EXP-6).

mod last_verifier;

use akses_domain::access::{Command, Deactivation, Refusal};
use akses_domain::ids::AccessId;
use akses_endpoint::accesses::cut_off_for;
use akses_endpoint::handover::{HandedOver, HandoverBody};
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
    /// That nobody will verify for the institution, when this is its last VAI.
    #[serde(default)]
    last_verifier_acknowledged: bool,
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
        let cut_off = cut_off_for(access, call.now(), cut_off)?;
        last_verifier::check(access, body.last_verifier_acknowledged, call.now(), cut_off)?;
        Ok(Command::Deactivate(Deactivation {
            account: person,
            handover: body.handover.judged(access, call.now(), cut_off)?,
            cut_off,
        }))
    })?;
    Reply::json(&HandedOver::new(&done.access, call.now(), cut_off)?)
}
