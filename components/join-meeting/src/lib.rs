//! `POST /api/requests/:id/meeting/join`: "Gabung Rapat" opens the waiting room
//! (MTG-3). Who is in it already, or was called, is shown where they are.

use akses_domain::ids::RequestId;
use akses_domain::meeting::State;
use akses_endpoint::{Call, Problem, Reply, Response, serve};
use akses_meeting::view::WaitingView;
use akses_meeting::{Attempt, ROUNDS_MAX, append, load, own, refused, restless, rules, stamp};
use serde::Deserialize;
use serde_json::json;
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;

/// The id in `/api/requests/:id/meeting/join`.
const ID_SEGMENT: usize = 2;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {}

#[http_service]
async fn join_meeting(request: Request) -> Response {
    serve(request, Method::POST, join).await
}

async fn join(call: Call) -> Result<Reply, Problem> {
    let person = call.person()?;
    let request: RequestId = call.id(ID_SEGMENT)?;
    let Body {} = call.json()?;
    let mut meeting = own(request, person)?;
    let (stamp, earlier) = stamp(&call, person)?;
    if let Some(earlier) = earlier {
        return answer(&call, &earlier);
    }
    for _ in 0..ROUNDS_MAX {
        let known = rules(&meeting)?;
        known
            .may_join(call.now())
            .map_err(|refusal| refused(refusal, known.zone))?;
        if known.state != State::Scheduled {
            return answer(&call, &meeting.request);
        }
        match append(&stamp, &meeting, "meeting-joined", &json!({}))? {
            Attempt::Recorded => return answer(&call, &meeting.request),
            Attempt::Replayed(request) => return answer(&call, &request),
            Attempt::Stale | Attempt::SlotTaken => meeting = own(request, person)?,
        }
    }
    Err(restless(&request.to_string()))
}

fn answer(call: &Call, request: &str) -> Result<Reply, Problem> {
    Reply::json(&WaitingView::new(&load(request)?, call.now())?)
}
