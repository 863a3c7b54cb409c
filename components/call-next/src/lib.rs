//! `POST /api/meetings/call-next`: the verifier calls who is next in the waiting
//! room, first by slot (MTG-3). Two verifiers never call the same person: the
//! record takes one call of a meeting, and who was second calls the one behind.

use akses_domain::authority::Authorities;
use akses_endpoint::accesses::verifying;
use akses_endpoint::store::meetings;
use akses_endpoint::{Call, Problem, Reply, Response, serve};
use akses_meeting::desk::{desks, is_today};
use akses_meeting::view::QueueItem;
use akses_meeting::{
    Attempt, Meeting, ROUNDS_MAX, append, is_covered, load, restless, room, stamp,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;

/// How many are looked at in one round: more verifiers do not call at once.
const CANDIDATES_MAX: u32 = 64;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {}

#[derive(Serialize)]
struct Called {
    /// Who was called, with the room; none when nobody waits.
    meeting: Option<QueueItem>,
    advice: &'static str,
}

#[http_service]
async fn call_next(request: Request) -> Response {
    serve(request, Method::POST, call_one).await
}

async fn call_one(call: Call) -> Result<Reply, Problem> {
    let person = call.person()?;
    let authorities = verifying(person, call.now())?;
    let Body {} = call.json()?;
    let verifier = person.to_string();
    let (stamp, earlier) = stamp(&call, person)?;
    if let Some(earlier) = earlier {
        // Whoever lost the authority since does not get the room again (VER-1).
        if !is_covered(&load(&earlier)?, &authorities)? {
            return Err(Problem::not_found());
        }
        return answer(&call, &verifier, &earlier);
    }
    let room = room::new_name()?;
    for _ in 0..ROUNDS_MAX {
        let candidates = candidates(&call, &authorities, &verifier)?;
        if candidates.is_empty() {
            return nobody();
        }
        for meeting in candidates {
            match append(&stamp, &meeting, "meeting-called", &json!({ "room": room })) {
                Ok(Attempt::Recorded) => return answer(&call, &verifier, &meeting.request),
                Ok(Attempt::Replayed(request)) => return answer(&call, &verifier, &request),
                Ok(Attempt::Stale | Attempt::SlotTaken) => {}
                // Decided a moment ago: the one behind is next.
                Err(problem) if problem.kind() == "meeting-over" => {}
                Err(problem) => return Err(problem),
            }
        }
    }
    Err(restless("the waiting room"))
}

/// Who waits today at this person's desks, but not the person, and nobody whom
/// they stand in for (VER-1).
fn candidates(
    call: &Call,
    authorities: &Authorities,
    verifier: &str,
) -> Result<Vec<Meeting>, Problem> {
    let mut waiting = Vec::new();
    for desk in desks(authorities, call.now()) {
        for meeting in meetings::waiting(&desk.name, desk.since.ms(), CANDIDATES_MAX)? {
            let is_theirs = meeting.account != verifier && is_covered(&meeting, authorities)?;
            if is_theirs && is_today(&meeting, call.now())? {
                waiting.push(meeting);
            }
        }
    }
    waiting.sort_by(|a, b| {
        (a.starts_at, a.place, &a.request).cmp(&(b.starts_at, b.place, &b.request))
    });
    Ok(waiting)
}

fn answer(call: &Call, verifier: &str, request: &str) -> Result<Reply, Problem> {
    Reply::json(&Called {
        meeting: Some(QueueItem::new(&load(request)?, verifier, call.now())?),
        advice: "Masuk ke rapat, periksa Surat Tugas, lalu setujui atau tolak pengajuannya.",
    })
}

fn nobody() -> Result<Reply, Problem> {
    Reply::json(&Called {
        meeting: None,
        advice: "Tidak ada yang menunggu di ruang tunggu. Coba lagi sebentar lagi.",
    })
}
