//! `GET /api/messages`: what lies in one's own box, newest first. Reading the list opens
//! nothing (PWD-3).

use akses_domain::ids::MessageId;
use akses_endpoint::store::messages::{self, Cursor};
use akses_endpoint::{Call, Problem, Reply, Response, page, serve};
use akses_reset::link::MessageView;
use serde::Serialize;
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;

#[derive(Serialize)]
struct Box {
    messages: Vec<MessageView>,
    /// For `?after=`; none on the last page.
    next: Option<String>,
}

#[http_service]
async fn list_messages(request: Request) -> Response {
    serve(request, Method::GET, list).await
}

async fn list(call: Call) -> Result<Reply, Problem> {
    let person = call.person()?;
    let limit = call.limit()?;
    let after = call.query("after").map(|text| cursor(&text)).transpose()?;
    let rows = messages::of_account(&person.to_string(), after.as_ref(), limit + 1)?;
    let (rows, next) = page::cut(rows, limit, |row| format!("{}.{}", row.created_at, row.id));
    let messages = rows
        .iter()
        .map(MessageView::new)
        .collect::<Result<_, _>>()?;
    Reply::json(&Box { messages, next })
}

fn cursor(text: &str) -> Result<Cursor, Problem> {
    let parse = || {
        let (at, id) = text.split_once('.')?;
        let id: MessageId = id.parse().ok()?;
        Some(Cursor {
            created_at: at.parse().ok()?,
            message: id.to_string(),
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
