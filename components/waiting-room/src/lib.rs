//! `GET /api/requests/:id/waiting-room`: the place in the queue, and from the call
//! on the room (MTG-3).
//!
//! With `?seen=` (of the answer before) and `?wait_s=` the answer waits for a
//! change. Waiting takes one of the places that the host has for requests, so
//! only who is near the head of the queue waits here, and not for long; the
//! others are told when to look again. While it waits it holds nothing but that
//! place: it sleeps, and looks again with one read of one row.

use akses_domain::ids::RequestId;
use akses_endpoint::{Call, Problem, Reply, Response, now, serve};
use akses_meeting::own;
use akses_meeting::view::WaitingView;
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;
use std::time::Duration;

/// The id in `/api/requests/:id/waiting-room`.
const ID_SEGMENT: usize = 2;

/// The longest that an answer waits: below the 30 s that hosts and proxies give.
const WAIT_S_MAX: u32 = 20;

/// From one look to the next.
const LOOK_S: u32 = 1;

#[http_service]
async fn waiting_room(request: Request) -> Response {
    serve(request, Method::GET, look).await
}

async fn look(call: Call) -> Result<Reply, Problem> {
    let person = call.person()?;
    let request: RequestId = call.id(ID_SEGMENT)?;
    let seen = call.query("seen");
    let mut looks_left = wait_s(&call)? / LOOK_S;
    loop {
        let view = WaitingView::new(&own(request, person)?, now())?;
        let is_news = seen.as_ref() != Some(&view.seen);
        if is_news || looks_left == 0 || !view.is_near() {
            return Reply::json(&view);
        }
        looks_left -= 1;
        spin_sdk::time::sleep(Duration::from_secs(LOOK_S.into())).await;
    }
}

fn wait_s(call: &Call) -> Result<u32, Problem> {
    let Some(text) = call.query("wait_s") else {
        return Ok(0);
    };
    text.parse()
        .ok()
        .filter(|seconds| *seconds <= WAIT_S_MAX)
        .ok_or_else(|| {
            let detail = format!("Isi dengan angka 0 sampai {WAIT_S_MAX}.");
            Problem::field("wait_s", "out-of-bounds", &detail)
        })
}
