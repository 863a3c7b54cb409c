//! `POST /api/collective/:id/strike`: leaves rows out of a letter that are no
//! requests yet. What is struck stays struck; a corrected file is a new draft.

use akses_collective::{LetterView, Notes, Reader, is_authors, letter};
use akses_endpoint::store::collective::{self, Row};
use akses_endpoint::store::events::{Appended, Event};
use akses_endpoint::{Call, Problem, Reply, Response, record, serve};
use serde::Deserialize;
use serde_json::json;
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;
use std::collections::BTreeSet;
use uuid::Uuid;

/// The id in `/api/collective/:id/strike`.
const ID_SEGMENT: usize = 2;

/// How often it is tried anew because another change came first.
const ROUNDS_MAX: u32 = 8;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    lines: BTreeSet<u32>,
}

#[http_service]
async fn strike_collective(request: Request) -> Response {
    serve(request, Method::POST, strike).await
}

async fn strike(call: Call) -> Result<Reply, Problem> {
    let person = call.person()?;
    let id = call.id::<Uuid>(ID_SEGMENT)?.to_string();
    for _ in 0..ROUNDS_MAX {
        let letter = letter(&id)?;
        is_authors(&call, person, &letter)?;
        let body: Body = call.json()?;
        let rows = collective::rows(&id)?;
        let known = |line: &u32| rows.iter().any(|row| row.line == *line);
        if body.lines.is_empty() || !body.lines.iter().all(known) {
            return Err(Problem::field(
                "lines",
                "unknown-line",
                "Sebutkan nomor baris yang ada pada surat ini.",
            ));
        }
        let kept = rows.iter().filter(|row| !row.struck);
        let left: BTreeSet<_> = kept
            .map(|row| row.line)
            .filter(|line| body.lines.contains(line))
            .collect();
        // Struck before: saying it again changes nothing.
        if left.is_empty() {
            return view(&id);
        }
        let filed = |row: &Row| row.filed && left.contains(&row.line);
        if rows.iter().any(filed) {
            return Err(already_filed());
        }
        let event = Event {
            subject: id.clone(),
            version: letter.version + 1,
            kind: "collective-struck".to_owned(),
            data: json!({ "lines": left }).to_string(),
            institution: Some(letter.institution),
        };
        match record::append_plain(&call, &person.to_string(), &event)? {
            Appended::Recorded => return view(&id),
            Appended::Refused(name) if name == "row-filed" => return Err(already_filed()),
            Appended::Stale(_) => {}
            other => return Err(Problem::internal(format!("letter {id}: {other:?}"))),
        }
    }
    Err(Problem::overtaken(format!(
        "letter {id}: {ROUNDS_MAX} stale versions in a row"
    )))
}

fn view(id: &str) -> Result<Reply, Problem> {
    Reply::json(&LetterView::load(id, &Reader::Author, &Notes::new(), true)?)
}

fn already_filed() -> Problem {
    Problem::conflict(
        "already-filed",
        "Baris ini sudah menjadi pengajuan; tidak dapat dicoret lagi.",
    )
}
