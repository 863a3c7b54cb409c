//! `GET /api/meetings`: a verifier's meetings of today by slot, with who is in the
//! waiting room (MTG-3).

use akses_domain::ids::RequestId;
use akses_endpoint::accesses::verifying;
use akses_endpoint::store::meetings::{self, Cursor};
use akses_endpoint::{Call, Problem, Reply, Response, page, serve};
use akses_meeting::Meeting;
use akses_meeting::desk::{desks, is_today};
use akses_meeting::view::QueueItem;
use serde::Serialize;
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;

#[derive(Serialize)]
struct Page {
    meetings: Vec<QueueItem>,
    /// For `?after=`; none on the last page.
    next: Option<String>,
}

#[http_service]
async fn meeting_queue(request: Request) -> Response {
    serve(request, Method::GET, list).await
}

async fn list(call: Call) -> Result<Reply, Problem> {
    let (person, now) = (call.person()?, call.now());
    let authorities = verifying(person, now)?;
    let limit = call.limit()?;
    let after = call.query("after").map(|text| cursor(&text)).transpose()?;
    let mut rows = Vec::new();
    for desk in desks(&authorities, now) {
        let (since, until) = (desk.since.ms(), desk.until.ms());
        let page = meetings::of_desk(&desk.name, since, until, after.as_ref(), limit + 1)?;
        rows.extend(page);
    }
    rows.sort_by_cached_key(place);
    let (rows, next) = page::cut(rows, limit, |row| {
        let (starts_at, place, request) = place(row);
        format!("{starts_at}.{place}.{request}")
    });
    let mut meetings = Vec::with_capacity(rows.len());
    for row in rows {
        // The national desk's day is longer than that of one zone.
        if is_today(&row, now)? {
            meetings.push(QueueItem::new(&row, &person.to_string(), now)?);
        }
    }
    Reply::json(&Page { meetings, next })
}

fn place(row: &Meeting) -> (i64, u32, String) {
    let starts_at = row.starts_at.unwrap_or_default();
    (
        starts_at,
        row.place.unwrap_or_default(),
        row.request.clone(),
    )
}

fn cursor(text: &str) -> Result<Cursor, Problem> {
    let parse = || {
        let mut parts = text.splitn(3, '.');
        let starts_at = parts.next()?.parse().ok()?;
        let place = parts.next()?.parse().ok()?;
        let request: RequestId = parts.next()?.parse().ok()?;
        Some(Cursor {
            starts_at,
            place,
            request: request.to_string(),
        })
    };
    parse().ok_or_else(|| {
        Problem::field(
            "after",
            "unknown-page",
            "Halaman ini tidak ada. Mulai dari halaman pertama.",
        )
    })
}
