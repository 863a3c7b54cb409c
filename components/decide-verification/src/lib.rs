//! `POST /api/requests/:id/decision`: a verifier approves or rejects (VER-1..4).

use akses_domain::access::{Approval, Command, Refusal, Verifier};
use akses_domain::ids::{AccessId, RequestId};
use akses_endpoint::accesses::{AccessView, authorities};
use akses_endpoint::store::requests;
use akses_endpoint::{Call, Day, Problem, Reply, Response, config, record, serve};
use serde::Deserialize;
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;

/// The id in `/api/requests/:id/decision`.
const ID_SEGMENT: usize = 2;

#[derive(Deserialize)]
#[serde(tag = "decision", rename_all = "kebab-case", deny_unknown_fields)]
enum Body {
    Approve {
        #[serde(default)]
        attested: bool,
        valid_until: Option<Day>,
    },
    Reject {
        #[serde(default)]
        reason: String,
    },
}

#[http_service]
async fn decide_verification(request: Request) -> Response {
    serve(request, Method::POST, decide).await
}

async fn decide(call: Call) -> Result<Reply, Problem> {
    let person = call.person()?;
    let authorities = authorities(person, call.now())?;
    if authorities.is_empty() {
        return Err(Refusal::NotAVerifier.into());
    }
    let request: RequestId = call.id(ID_SEGMENT)?;
    let body: Body = call.json()?;
    let cut_off = config::cut_off()?;
    let access: AccessId = requests::access_of(&request.to_string())?
        .and_then(|id| id.parse().ok())
        .ok_or(Refusal::UnknownRequest)?;
    let verifier = Verifier {
        account: person,
        authorities,
    };
    let done = record::command(&call, person, access, |_| {
        Ok(match body {
            Body::Approve {
                attested,
                valid_until,
            } => Command::Approve(Approval {
                request,
                verifier,
                attested,
                valid_until: valid_until.map(|day| day.0),
            }),
            Body::Reject { reason } => Command::Reject {
                request,
                verifier,
                reason,
            },
        })
    })?;
    Reply::json(&AccessView::new(&done.access, call.now(), cut_off))
}
