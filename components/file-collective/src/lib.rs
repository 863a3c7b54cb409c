//! `POST /api/collective/:id/filing`: makes of each row that is not struck a request
//! of its own. Nothing is filed while a row is wrong. Each request was named when the
//! letter was checked, so it is made once: killed half-way or sent again, filing goes
//! on with the rows that are left. A day later those are final.

use akses_collective::{
    Asked, FILING_HOURS, LetterView, Notes, REQUEST_MS_MAX, Reader, When, again, is_authors, letter,
};
use akses_domain::ids::{AccountId, DocumentId};
use akses_endpoint::store::collective::{self, Letter, Row};
use akses_endpoint::store::events::{Appended, Event};
use akses_endpoint::store::requests;
use akses_endpoint::{Call, Problem, Reply, Response, config, record, serve};
use serde::Deserialize;
use serde_json::json;
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// The id in `/api/collective/:id/filing`.
const ID_SEGMENT: usize = 2;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    /// That the letter names all these people, with these roles and end dates.
    #[serde(default)]
    confirmed: bool,
}

#[http_service]
async fn file_collective(request: Request) -> Response {
    serve(request, Method::POST, file).await
}

async fn file(call: Call) -> Result<Reply, Problem> {
    let began = Instant::now();
    let person = call.person()?;
    let id = call.id::<Uuid>(ID_SEGMENT)?.to_string();
    let letter = letter(&id)?;
    is_authors(&call, person, &letter)?;
    let body: Body = call.json()?;
    if !body.confirmed {
        return Err(akses_domain::access::Refusal::NotConfirmed.into());
    }
    begin(&call, person, &letter)?;
    let rows = collective::rows(&id)?;
    let left: Vec<_> = rows
        .iter()
        .filter(|row| !row.struck && !row.filed)
        .collect();
    if !left.is_empty() && is_over(&call, &letter) {
        return Err(over());
    }
    let when = When {
        now: call.now(),
        cut_off: config::cut_off()?,
    };
    let document: DocumentId = letter.document.parse().map_err(|_| corrupt(&letter.id))?;
    let mut notes = Notes::new();
    let mut done = true;
    for row in left {
        if began.elapsed() > Duration::from_millis(REQUEST_MS_MAX) {
            done = false;
            break;
        }
        if let Some(note) = file_row(&call, person, row, document, when)? {
            notes.insert(row.line, note);
        }
    }
    Reply::json(&LetterView::load(&id, &Reader::Author, &notes, done)?)
}

/// Whether it was filed so long ago that the rows without a request are final.
fn is_over(call: &Call, letter: &Letter) -> bool {
    let since = call.now().plus_hours(-FILING_HOURS).ms();
    letter.filed_at.is_some_and(|filed_at| filed_at <= since)
}

fn over() -> Problem {
    Problem::conflict(
        "filing-is-over",
        &format!(
            "Surat ini sudah diajukan lebih dari {FILING_HOURS} jam yang lalu; baris yang belum \
             menjadi pengajuan tidak diajukan lagi. Unggah surat baru untuk mereka."
        ),
    )
}

/// From here on nothing else is needed to file a row. A draft with a wrong row stays one.
fn begin(call: &Call, person: AccountId, letter: &Letter) -> Result<(), Problem> {
    if letter.state != "draft" {
        return Ok(());
    }
    if !LetterView::load(&letter.id, &Reader::Author, &Notes::new(), true)?.is_ready() {
        return Err(Problem::conflict(
            "rows-are-wrong",
            "Masih ada baris yang keliru, atau tidak ada baris yang tersisa. Coret baris itu, \
             atau unggah berkas yang sudah diperbaiki.",
        ));
    }
    let event = Event {
        subject: letter.id.clone(),
        version: letter.version + 1,
        kind: "collective-filed".to_owned(),
        data: json!({}).to_string(),
        institution: Some(letter.institution.clone()),
    };
    match record::append_plain(call, &person.to_string(), &event)? {
        Appended::Recorded => Ok(()),
        Appended::Stale(first) if first.event.kind == "collective-filed" => Ok(()),
        Appended::Stale(_) => Err(Problem::conflict(
            "letter-changed",
            "Surat ini baru saja berubah. Muat ulang, periksa, lalu ajukan lagi.",
        )),
        other => Err(Problem::internal(format!(
            "letter {}: {other:?}",
            letter.id
        ))),
    }
}

/// Files one row; answers what stands in its way, if something does.
fn file_row(
    call: &Call,
    person: AccountId,
    row: &Row,
    document: DocumentId,
    when: When,
) -> Result<Option<String>, Problem> {
    let Some(asked) = asked(row)? else {
        return Ok(Some(
            "Peran atau satuan kerja pada baris ini tidak ada lagi.".to_owned(),
        ));
    };
    let request = row.request.parse().map_err(|_| corrupt(&row.request))?;
    if let Some(objection) = asked.objection(request, document, when)? {
        return standing(row, objection.detail);
    }
    let id = match asked.existing()? {
        Some(access) => access.id,
        None => row.access.parse().map_err(|_| corrupt(&row.access))?,
    };
    let filed = record::keyed(call, person, id, None, |access| {
        asked.command(access, request, document, when)
    });
    match filed {
        Ok(_) => Ok(None),
        // Another filing of the same letter, or the person, was quicker.
        Err(problem) if problem.inside().is_none() => standing(
            row,
            "Keadaan akses orang ini baru saja berubah. Muat ulang surat ini.".to_owned(),
        ),
        Err(problem) => Err(problem),
    }
}

/// What stood in the way may have been this row's own request, made a moment ago.
fn standing(row: &Row, note: String) -> Result<Option<String>, Problem> {
    let filed = requests::access_of(&row.request)?.is_some();
    Ok((!filed).then_some(note))
}

fn asked(row: &Row) -> Result<Option<Asked>, Problem> {
    match (&row.account, &row.role, &row.work_unit, &row.valid_until) {
        (Some(account), Some(role), Some(unit), Some(day)) => again(account, role, unit, day),
        _ => Ok(None),
    }
}

fn corrupt(id: &str) -> Problem {
    Problem::internal(format!("`{id}` of a collective letter is no id"))
}
