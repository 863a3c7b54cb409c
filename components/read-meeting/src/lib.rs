//! `GET /api/requests/:id/meeting`: when a supplier's request is verified, and
//! what can be done about it (MTG-1, MTG-2). For who asked, and for those who
//! verify it.

use akses_domain::ids::RequestId;
use akses_endpoint::accesses::authorities;
use akses_endpoint::{Call, Problem, Reply, Response, serve};
use akses_meeting::view::MeetingView;
use akses_meeting::{is_covered, load};
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;

/// The id in `/api/requests/:id/meeting`.
const ID_SEGMENT: usize = 2;

#[http_service]
async fn read_meeting(request: Request) -> Response {
    serve(request, Method::GET, read).await
}

async fn read(call: Call) -> Result<Reply, Problem> {
    let person = call.person()?;
    let request: RequestId = call.id(ID_SEGMENT)?;
    let meeting = load(&request.to_string())?;
    let is_own = meeting.account == person.to_string();
    if !is_own && !is_covered(&meeting, &authorities(person, call.now())?)? {
        return Err(Problem::not_found());
    }
    let view = MeetingView::new(&meeting, call.now())?;
    Reply::json(&if is_own { view } else { view.for_verifier() })
}
