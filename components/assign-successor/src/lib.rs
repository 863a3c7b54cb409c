//! `POST /api/handovers/:id/successor`: the PA or KPA of the work unit, or the Kepala
//! UKPBJ where there is none, says who carries on what an ended access left (EXP-6).

use akses_domain::access::{Command, Refusal};
use akses_domain::handover::{Handover, NamedAs, Naming};
use akses_domain::ids::AccessId;
use akses_endpoint::accesses::cut_off_for;
use akses_endpoint::handover::{HandedOver, HandoverBody, named_as};
use akses_endpoint::{Call, Problem, Reply, Response, config, record, serve};
use serde::Deserialize;
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;

/// The access in `/api/handovers/:id/successor`.
const ID_SEGMENT: usize = 2;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    handover: HandoverBody,
}

#[http_service]
async fn assign_successor(request: Request) -> Response {
    serve(request, Method::POST, assign).await
}

async fn assign(call: Call) -> Result<Reply, Problem> {
    let person = call.person()?;
    let id: AccessId = call.id(ID_SEGMENT)?;
    let body: Body = call.json()?;
    let cut_off = config::cut_off()?;
    let done = record::command(&call, person, id, |access| {
        let access = access.ok_or(Refusal::UnknownAccess)?;
        let named_as = named_as(person, access, call.now())?;
        // What is one's own is said where its owner says it.
        if named_as == NamedAs::Owner {
            return Err(Refusal::UnknownAccess.into());
        }
        let cut_off = cut_off_for(access, call.now(), cut_off)?;
        let handover = body.handover.judged(access, call.now(), cut_off)?;
        Ok(Command::HandOver(Naming {
            account: person,
            named_as,
            handover: settling(handover)?,
            cut_off,
        }))
    })?;
    Reply::json(&HandedOver::new(&done.access, call.now(), cut_off)?)
}

/// An official cannot leave it to others: it ends here.
fn settling(handover: Handover) -> Result<Handover, Problem> {
    match handover {
        Handover::Unassigned { .. } => Err(Problem::field(
            "handover.kind",
            "invalid-field",
            "Tunjuk penerusnya, atau nyatakan bahwa tidak ada yang belum selesai.",
        )),
        said => Ok(said),
    }
}
