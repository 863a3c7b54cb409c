//! `POST /api/password-resets/:id/advance`: the steps that write something down and
//! make nothing: the disposition (2), the order (3), the names (4), the archive (10)
//! (PWD-1, PWD-2).

use akses_domain::ids::AccessId;
use akses_domain::reset::{Command, Confirmed, Output, Ticket};
use akses_endpoint::{Call, Problem, Reply, Response, form, serve};
use akses_reset::view::TicketView;
use akses_reset::{Actor, NOTE_CHARS_MAX, NUMBER_CHARS_MAX};
use serde::Deserialize;
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    step: u8,
    /// Steps 2 and 3.
    #[serde(default)]
    note: Option<String>,
    /// Step 4: as the people themselves told the team.
    #[serde(default)]
    people: Vec<Named>,
    /// Step 10.
    #[serde(default)]
    archive_number: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    access: AccessId,
    #[serde(default)]
    pickup: Option<String>,
}

#[http_service]
async fn advance_reset(request: Request) -> Response {
    serve(request, Method::POST, advance).await
}

async fn advance(call: Call) -> Result<Reply, Problem> {
    let actor = Actor::of(&call)?;
    let ticket = actor.ticket(&call)?;
    let command = command(call.json()?, &ticket)?;
    let ticket = actor.act(&call, ticket, command)?;
    Reply::json(&TicketView::new(&call, &actor, &ticket)?)
}

fn command(body: Body, ticket: &Ticket) -> Result<Command, Problem> {
    let note = || {
        let note = form::text("note", body.note.clone(), NOTE_CHARS_MAX)?;
        Ok::<_, Problem>(note.unwrap_or_default())
    };
    Ok(match body.step {
        // It was done, and the rules say so.
        1 => Command::Request(ticket.request.clone()),
        2 => Command::Do(Output::Disposition { note: note()? }),
        3 => Command::Do(Output::Order { note: note()? }),
        4 => {
            let confirmed = |named: Named| Confirmed {
                access: named.access,
                pickup: named.pickup,
            };
            Command::Confirm(body.people.into_iter().map(confirmed).collect())
        }
        10 => {
            let number = form::text("archive_number", body.archive_number, NUMBER_CHARS_MAX)?;
            let signed = ticket.signed();
            Command::Do(Output::Archive {
                archive_number: number.unwrap_or_default(),
                document_sha256: signed
                    .map(|(_, sha256)| sha256.to_owned())
                    .unwrap_or_default(),
            })
        }
        _ => {
            return Err(Problem::field(
                "step",
                "not-here",
                "Di sini hanya langkah 2, 3, 4, dan 10. Langkah lain punya alamat sendiri.",
            ));
        }
    })
}
