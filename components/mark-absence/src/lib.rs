//! `POST /api/requests/:id/meeting/absence`: "Tidak Hadir". A verifier says that whoever
//! was called did not come (MTG-4). The person is told and may look for another time;
//! when that is over, the timer closes the request.

use akses_domain::authority::Authorities;
use akses_domain::ids::{AccountId, RequestId};
use akses_domain::meeting::State;
use akses_endpoint::accesses::verifying;
use akses_endpoint::{Call, Problem, Reply, Response, serve};
use akses_meeting::view::QueueItem;
use akses_meeting::{
    Attempt, Meeting, ROUNDS_MAX, append, is_covered, load, missed_by_applicant, refused, restless,
    rules, stamp,
};
use serde::Deserialize;
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;

/// The id in `/api/requests/:id/meeting/absence`.
const ID_SEGMENT: usize = 2;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {}

#[http_service]
async fn mark_absence(request: Request) -> Response {
    serve(request, Method::POST, mark).await
}

async fn mark(call: Call) -> Result<Reply, Problem> {
    let verifier = call.person()?;
    let authorities = verifying(verifier, call.now())?;
    let request: RequestId = call.id(ID_SEGMENT)?;
    let Body {} = call.json()?;
    let mut meeting = theirs(request, verifier, &authorities)?;
    let (stamp, earlier) = stamp(&call, verifier)?;
    if earlier.is_some() {
        return answer(&call, verifier, request);
    }
    for _ in 0..ROUNDS_MAX {
        let known = rules(&meeting)?;
        // Two verifiers may say it of the same call.
        if known.state == State::Missed {
            return answer(&call, verifier, request);
        }
        known
            .may_be_absent(call.now())
            .map_err(|refusal| refused(refusal, known.zone))?;
        match append(
            &stamp,
            &meeting,
            "meeting-missed",
            &missed_by_applicant(&meeting),
        )? {
            Attempt::Recorded | Attempt::Replayed(_) => return answer(&call, verifier, request),
            Attempt::Stale | Attempt::SlotTaken => {
                meeting = theirs(request, verifier, &authorities)?;
            }
        }
    }
    Err(restless(&request.to_string()))
}

/// The meeting, if these authorities cover it and it is not the verifier's own (VER-1);
/// any other looks like none.
fn theirs(
    request: RequestId,
    verifier: AccountId,
    authorities: &Authorities,
) -> Result<Meeting, Problem> {
    let meeting = load(&request.to_string())?;
    if meeting.account == verifier.to_string() || !is_covered(&meeting, authorities)? {
        return Err(Problem::not_found());
    }
    Ok(meeting)
}

fn answer(call: &Call, verifier: AccountId, request: RequestId) -> Result<Reply, Problem> {
    let meeting = load(&request.to_string())?;
    Reply::json(&QueueItem::new(
        &meeting,
        &verifier.to_string(),
        call.now(),
    )?)
}
