//! `POST /api/requests/:id/meeting/reschedule`: "Cari Jadwal Lain" (MTG-2, MTG-4).

use akses_domain::ids::RequestId;
use akses_endpoint::{Call, Problem, Reply, Response, serve};
use akses_meeting::booking::{Booked, reschedule};
use akses_meeting::view::MeetingView;
use akses_meeting::{ROUNDS_MAX, load, moves_left, own, refused, restless, rules, stamp};
use serde::Deserialize;
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;

/// The id in `/api/requests/:id/meeting/reschedule`.
const ID_SEGMENT: usize = 2;

/// Nothing is asked: the next free slot is given.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {}

#[http_service]
async fn reschedule_meeting(request: Request) -> Response {
    serve(request, Method::POST, another).await
}

async fn another(call: Call) -> Result<Reply, Problem> {
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
        if moves_left(&meeting, known.state_at(call.now())) == 0 {
            return Err(restless_person());
        }
        known
            .may_move(call.now())
            .map_err(|refusal| refused(refusal, known.zone))?;
        match reschedule(&stamp, &meeting, call.now())? {
            Booked::Recorded => return answer(&call, &meeting.request),
            Booked::Replayed(request) => return answer(&call, &request),
            Booked::Full => return Err(full()),
            Booked::Stale => meeting = own(request, person)?,
        }
    }
    Err(restless(&request.to_string()))
}

fn answer(call: &Call, request: &str) -> Result<Reply, Problem> {
    Reply::json(&MeetingView::new(&load(request)?, call.now())?)
}

fn restless_person() -> Problem {
    Problem::conflict(
        "moved-too-often",
        "Jadwal ini sudah terlalu sering diganti. Datang pada jadwal yang sekarang, atau hubungi \
         verifikator instansi Anda.",
    )
}

fn full() -> Problem {
    Problem::conflict(
        "no-slot-left",
        "Tidak ada jadwal lain yang kosong sampai batas 5 hari kerja. Jadwal Anda tidak berubah; \
         coba lagi nanti, karena jadwal yang dilepas orang lain menjadi kosong kembali.",
    )
}
