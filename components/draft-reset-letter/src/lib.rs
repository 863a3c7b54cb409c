//! `POST /api/password-resets/:id/letter`: the text of the notification letter: the
//! team's draft (7) and the Kepala LPSE's correction (8), each a version of its own.
//! What is not said stays: the service's proposal in the draft, the draft in the
//! correction.

use akses_domain::reset::{Command, Letter, Output, Ticket};
use akses_endpoint::store::resets;
use akses_endpoint::{Call, Problem, Reply, Response, form, serve};
use akses_reset::view::{TicketView, letter_proposal};
use akses_reset::words::letter;
use akses_reset::{Actor, LETTER_CHARS_MAX, LETTER_LINES_MAX, NUMBER_CHARS_MAX};
use serde::Deserialize;
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    step: u8,
    #[serde(default)]
    number: Option<String>,
    #[serde(default)]
    text: Option<String>,
}

#[http_service]
async fn draft_reset_letter(request: Request) -> Response {
    serve(request, Method::POST, write).await
}

async fn write(call: Call) -> Result<Reply, Problem> {
    let actor = Actor::of(&call)?;
    let ticket = actor.ticket(&call)?;
    let body: Body = call.json()?;
    let number = form::text("number", body.number, NUMBER_CHARS_MAX)?;
    let number = number.map(|n| printable("number", n)).transpose()?;
    let text = form::text("text", body.text, LETTER_CHARS_MAX)?;
    let text = text.map(|t| printable("text", t)).transpose()?;
    let text = text.map(short).transpose()?;
    let command = Command::Do(match body.step {
        7 => {
            let text = match text {
                Some(text) => text,
                None => proposal(&ticket)?,
            };
            let letter = letter(&number.unwrap_or_default(), &text);
            Output::Draft { letter }
        }
        8 => Output::Correction {
            letter: corrected(&ticket, number, text),
        },
        _ => {
            return Err(Problem::field(
                "step",
                "not-here",
                "Di sini hanya langkah 7 (draft) dan 8 (koreksi).",
            ));
        }
    });
    let ticket = actor.act(&call, ticket, command)?;
    Reply::json(&TicketView::new(&call, &actor, &ticket)?)
}

fn proposal(ticket: &Ticket) -> Result<String, Problem> {
    let people = resets::people(&ticket.id.to_string())?;
    Ok(letter_proposal(ticket, &people).unwrap_or_default())
}

fn corrected(ticket: &Ticket, number: Option<String>, text: Option<String>) -> Letter {
    let draft = ticket.letter().cloned().unwrap_or_else(|| letter("", ""));
    letter(&number.unwrap_or(draft.number), &text.unwrap_or(draft.text))
}

/// All of it has to be on the pages that are signed.
fn short(text: String) -> Result<String, Problem> {
    if text.lines().count() <= LETTER_LINES_MAX {
        return Ok(text);
    }
    let detail = format!("Paling banyak {LETTER_LINES_MAX} baris. Hapus baris kosong.");
    Err(Problem::field("text", "too-many-lines", &detail))
}

/// The letter becomes a PDF in a font that has the letters of Western Europe.
fn printable(field: &str, text: String) -> Result<String, Problem> {
    let fits = |c: char| {
        c == '\n' || matches!(c, ' '..='~' | '\u{a0}'..='\u{ff}') || "–—‘’“”…•€".contains(c)
    };
    if text.chars().all(fits) {
        return Ok(text);
    }
    Err(Problem::field(
        field,
        "unprintable",
        "Ada huruf atau lambang yang tidak dapat dicetak pada surat, misalnya emoji. Hapus, lalu \
         kirim lagi.",
    ))
}
