//! `POST /api/collective/:id/decision`: decides all requests of a letter that wait
//! and are the reader's to decide, one by one, each with a record of its own (VER-1, VER-2, VER-4). What was decided
//! before stands, so the same sent again goes on where it was.

use akses_collective::{LetterView, Notes, REQUEST_MS_MAX, Reader, is_decided_by, letter};
use akses_domain::access::{Approval, Command, REASON_CHARS_MAX, Refusal, Verifier};
use akses_domain::ids::{AccessId, AccountId, RequestId};
use akses_domain::time::CutOff;
use akses_endpoint::accesses::verifying;
use akses_endpoint::store::collective::{self, Row};
use akses_endpoint::store::requests;
use akses_endpoint::{Call, Problem, Reply, Response, config, conflicts, form, record, serve};
use serde::Deserialize;
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// The id in `/api/collective/:id/decision`.
const ID_SEGMENT: usize = 2;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    decision: Decision,
    /// That the end dates match the letter.
    #[serde(default)]
    attested: bool,
    #[serde(default)]
    reason: Option<String>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Decision {
    Approve,
    Reject,
}

#[http_service]
async fn decide_collective(request: Request) -> Response {
    serve(request, Method::POST, decide).await
}

async fn decide(call: Call) -> Result<Reply, Problem> {
    let began = Instant::now();
    let person = call.person()?;
    let authorities = verifying(person, call.now())?;
    let id = call.id::<Uuid>(ID_SEGMENT)?.to_string();
    let letter = letter(&id)?;
    let author = letter.filed_by.parse();
    let author: AccountId = author.map_err(|_| Problem::internal("a letter without an author"))?;
    let mut rows = Vec::new();
    for row in collective::rows(&id)? {
        if is_decided_by(&authorities, &letter, &row)? {
            rows.push(row);
        }
    }
    if rows.is_empty() {
        return Err(Problem::not_found());
    }
    let body: Body = call.json()?;
    let reason = checked(&body)?;
    let verifier = Verifier {
        account: person,
        authorities,
    };
    let cut_off = config::cut_off()?;
    let mut notes = Notes::new();
    let mut done = true;
    for row in rows {
        if row.outcome.is_some() {
            continue;
        }
        if began.elapsed() > Duration::from_millis(REQUEST_MS_MAX) {
            done = false;
            break;
        }
        let decision = (body.decision, reason.as_str());
        let decided = decide_row(&call, &row, decision, &verifier, author, cut_off);
        match decided {
            Ok(()) => {}
            // What only a person can repair stands beside the row.
            Err(problem) if problem.inside().is_none() => {
                _ = notes.insert(row.line, problem.detail().to_owned())
            }
            Err(problem) => return Err(problem),
        }
    }
    let reader = Reader::Verifier(verifier.authorities);
    Reply::json(&LetterView::load(&id, &reader, &notes, done)?)
}

/// What is wrong with the decision is wrong for every row.
fn checked(body: &Body) -> Result<String, Problem> {
    match body.decision {
        Decision::Approve if !body.attested => Err(Refusal::NotAttested.into()),
        Decision::Approve => Ok(String::new()),
        Decision::Reject => form::text("reason", body.reason.clone(), REASON_CHARS_MAX)?
            .ok_or_else(|| Refusal::ReasonMissing.into()),
    }
}

fn decide_row(
    call: &Call,
    row: &Row,
    (decision, reason): (Decision, &str),
    verifier: &Verifier,
    author: AccountId,
    cut_off: CutOff,
) -> Result<(), Problem> {
    let request: RequestId = row.request.parse().map_err(|_| Problem::not_found())?;
    let access: AccessId = requests::access_of(&row.request)?
        .and_then(|id| id.parse().ok())
        .ok_or(Refusal::UnknownRequest)?;
    let done = record::keyed(call, verifier.account, access, None, |access| {
        let mut verifier = verifier.clone();
        if let Some(access) = access {
            verifier.authorities = record::over_letter(verifier.authorities, author, access)?;
        }
        Ok(match decision {
            Decision::Approve => Command::Approve(Approval {
                request,
                verifier,
                attested: true,
                valid_until: None,
                conflict: match access {
                    Some(access) => conflicts::against(access.into(), call.now(), cut_off)?,
                    None => None,
                },
            }),
            Decision::Reject => Command::Reject {
                request,
                verifier,
                reason: reason.to_owned(),
                field: None,
            },
        })
    });
    done.map(drop)
}
