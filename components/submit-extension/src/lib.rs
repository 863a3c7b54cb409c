//! `POST /api/accesses/:id/extension`: "Perpanjang", before the access ends (EXP-7).

use akses_domain::access::{Command, Extension, Refusal, Submitted};
use akses_domain::ids::{AccessId, DocumentId, RequestId};
use akses_endpoint::accesses::{AccessView, cut_off_for, verified_by};
use akses_endpoint::{Call, Day, Problem, Reply, Response, config, conflicts, form, record, serve};
use serde::Deserialize;
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;
use uuid::Uuid;

/// The id in `/api/accesses/:id/extension`.
const ID_SEGMENT: usize = 2;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    valid_until: Day,
    document: DocumentId,
}

#[http_service]
async fn submit_extension(request: Request) -> Response {
    serve(request, Method::POST, submit).await
}

async fn submit(call: Call) -> Result<Reply, Problem> {
    let person = call.person()?;
    let id: AccessId = call.id(ID_SEGMENT)?;
    let body: Body = call.json()?;
    let cut_off = config::cut_off()?;
    let done = record::command(&call, person, id, |access| {
        let access = access
            .filter(|a| a.account == person)
            .ok_or(Refusal::UnknownAccess)?;
        let document = form::own_document("document", body.document, person)?;
        let request = RequestId::new(Uuid::now_v7());
        Ok(Command::Extend(Extension {
            account: person,
            request: Submitted::new(request, body.valid_until.0, document, call.now()),
            verified_by: verified_by(&access.role)?,
            conflict: conflicts::against(access.into(), call.now(), cut_off)?,
            cut_off: cut_off_for(access, call.now(), cut_off)?,
        }))
    })?;
    Reply::json(&AccessView::new(&done.access, call.now(), cut_off)?)
}
