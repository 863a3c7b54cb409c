//! Another end for an access that one has: "Perpanjang" before it ends (EXP-7), and
//! "Unggah Perbaikan Data" after (EXP-5).

use crate::accesses::{AccessView, cut_off_for, verified_by};
use crate::{Call, Day, Problem, Reply, config, conflicts, form, record};
use akses_domain::access::{Command, Refusal, Renewal, Submitted};
use akses_domain::ids::{AccessId, DocumentId, RequestId};
use serde::Deserialize;
use uuid::Uuid;

/// The id in `/api/accesses/:id/...`.
const ID_SEGMENT: usize = 2;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    valid_until: Day,
    document: DocumentId,
}

/// Its owner sends the form; which of the two it is, `command` says.
///
/// # Errors
/// What the rules refuse, or what the store could not do.
pub fn submit(call: &Call, command: fn(Renewal) -> Command) -> Result<Reply, Problem> {
    let person = call.person()?;
    let id: AccessId = call.id(ID_SEGMENT)?;
    let body: Body = call.json()?;
    let cut_off = config::cut_off()?;
    let done = record::command(call, person, id, |access| {
        let access = access
            .filter(|a| a.account == person)
            .ok_or(Refusal::UnknownAccess)?;
        let document = form::own_document("document", body.document, person)?;
        let request = RequestId::new(Uuid::now_v7());
        Ok(command(Renewal {
            account: person,
            request: Submitted::new(request, body.valid_until.0, document, call.now()),
            verified_by: verified_by(&access.role)?,
            conflict: conflicts::against(access.into(), call.now(), cut_off)?,
            cut_off: cut_off_for(access, call.now(), cut_off)?,
        }))
    })?;
    Reply::json(&AccessView::new(&done.access, call.now(), cut_off)?)
}
