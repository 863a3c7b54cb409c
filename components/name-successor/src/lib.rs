//! `POST /api/accesses/:id/handover`: whose access ended says who carries on (EXP-6).
//! The end was not delayed for it.

use akses_domain::access::{Command, Refusal};
use akses_domain::handover::{NamedAs, Naming};
use akses_domain::ids::AccessId;
use akses_endpoint::accesses::cut_off_for;
use akses_endpoint::handover::{HandedOver, HandoverBody};
use akses_endpoint::{Call, Problem, Reply, Response, config, record, serve};
use serde::Deserialize;
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;

/// The id in `/api/accesses/:id/handover`.
const ID_SEGMENT: usize = 2;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    handover: HandoverBody,
}

#[http_service]
async fn name_successor(request: Request) -> Response {
    serve(request, Method::POST, name).await
}

async fn name(call: Call) -> Result<Reply, Problem> {
    let person = call.person()?;
    let id: AccessId = call.id(ID_SEGMENT)?;
    let body: Body = call.json()?;
    let cut_off = config::cut_off()?;
    let done = record::command(&call, person, id, |access| {
        let access = access
            .filter(|a| a.account == person)
            .ok_or(Refusal::UnknownAccess)?;
        let cut_off = cut_off_for(access, call.now(), cut_off)?;
        Ok(Command::HandOver(Naming {
            account: person,
            named_as: NamedAs::Owner,
            handover: body.handover.judged(access, call.now(), cut_off)?,
            cut_off,
        }))
    })?;
    Reply::json(&HandedOver::new(&done.access, call.now(), cut_off)?)
}
