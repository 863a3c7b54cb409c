//! `POST /api/requests/:id/decision`: a verifier approves or rejects (VER-1..4).

use akses_domain::access::{Access, Approval, Command, Refusal, Verifier};
use akses_domain::form::FieldName;
use akses_domain::ids::{AccessId, AccountId, RequestId};
use akses_domain::time::{CutOff, Instant};
use akses_endpoint::accesses::{AccessView, verifying};
use akses_endpoint::store::{collective, forms, requests};
use akses_endpoint::{Call, Day, Problem, Reply, Response, config, conflicts, record, serve};
use serde::Deserialize;
use serde::de::IgnoredAny;
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;

/// The id in `/api/requests/:id/decision`.
const ID_SEGMENT: usize = 2;

/// Read first, because it says which other fields there may be. One tagged enum
/// would do both at once, but loses which field has the wrong type.
#[derive(Deserialize)]
struct Body {
    decision: Decision,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Decision {
    Approve,
    Reject,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Approve {
    #[serde(rename = "decision")]
    _decision: IgnoredAny,
    #[serde(default)]
    attested: bool,
    valid_until: Option<Day>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reject {
    #[serde(rename = "decision")]
    _decision: IgnoredAny,
    #[serde(default)]
    reason: String,
    field: Option<String>,
}

#[http_service]
async fn decide_verification(request: Request) -> Response {
    serve(request, Method::POST, decide).await
}

async fn decide(call: Call) -> Result<Reply, Problem> {
    let person = call.person()?;
    let authorities = verifying(person, call.now())?;
    let request: RequestId = call.id(ID_SEGMENT)?;
    let verifier = Verifier {
        account: person,
        authorities,
    };
    let decision = command(&call, request, verifier)?;
    let cut_off = config::cut_off()?;
    let access: AccessId = requests::access_of(&request.to_string())?
        .and_then(|id| id.parse().ok())
        .ok_or(Refusal::UnknownRequest)?;
    let author = author(request)?;
    let done = record::command(&call, person, access, |access| {
        let decision = for_letter(decision, author, access)?;
        with_conflict(decision, access, call.now(), cut_off)
    })?;
    Reply::json(&AccessView::new(&done.access, call.now(), cut_off)?)
}

/// Who filed the letter that it came with, if it did.
fn author(request: RequestId) -> Result<Option<AccountId>, Problem> {
    let author = collective::author_of(&request.to_string())?;
    let author = author.map(|id| id.parse()).transpose();
    author.map_err(|_| Problem::internal("a letter without an author"))
}

/// VER-1: nobody decides a letter in the place of who filed it.
fn for_letter(
    mut decision: Command,
    author: Option<AccountId>,
    access: Option<&Access>,
) -> Result<Command, Problem> {
    if let (
        Command::Approve(Approval { verifier, .. }) | Command::Reject { verifier, .. },
        Some(author),
        Some(access),
    ) = (&mut decision, author, access)
    {
        let held = std::mem::take(&mut verifier.authorities);
        verifier.authorities = record::over_letter(held, author, access)?;
    }
    Ok(decision)
}

/// An approval meets what the person holds at this moment (ALL-4).
fn with_conflict(
    mut decision: Command,
    access: Option<&Access>,
    now: Instant,
    cut_off: CutOff,
) -> Result<Command, Problem> {
    if let (Command::Approve(approval), Some(access)) = (&mut decision, access) {
        approval.conflict = conflicts::against(access.into(), now, cut_off)?;
    }
    Ok(decision)
}

fn command(call: &Call, request: RequestId, verifier: Verifier) -> Result<Command, Problem> {
    Ok(match call.json::<Body>()?.decision {
        Decision::Approve => {
            let body: Approve = call.json()?;
            Command::Approve(Approval {
                request,
                verifier,
                attested: body.attested,
                valid_until: body.valid_until.map(|day| day.0),
                conflict: None,
            })
        }
        Decision::Reject => {
            let body: Reject = call.json()?;
            Command::Reject {
                request,
                verifier,
                reason: body.reason,
                field: body.field.map(|name| field(&name)).transpose()?,
            }
        }
    })
}

/// The field that a reason is about, so that it is shown beside it (REG-6). A
/// slip of the pen here would lose it silently.
fn field(name: &str) -> Result<FieldName, Problem> {
    let known = forms::known(name)?;
    name.parse().ok().filter(|_| known).ok_or_else(|| {
        Problem::field(
            "field",
            "unknown-field",
            "Formulir tidak memiliki bidang ini. Kosongkan bila alasan berlaku untuk seluruh pengajuan.",
        )
    })
}
