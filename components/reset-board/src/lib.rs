//! `GET /api/reset-board`: the open tickets of the institutions where this person has a
//! step to do: which one, whose turn, until when, and whether it is late (PWD-2). Who
//! waits longest leads. Whoever has no step anywhere finds it empty.

use akses_domain::duty::Duty;
use akses_domain::ids::{InstitutionId, TicketId};
use akses_domain::reset::{Place, Step};
use akses_domain::time::{Instant, Zone};
use akses_endpoint::accesses::{Moment, Named, zone};
use akses_endpoint::store::resets::{self, Ticket};
use akses_endpoint::{Call, Problem, Reply, Response, page, serve};
use akses_reset::Actor;
use akses_reset::calendar::{Calendar, Due};
use akses_reset::words::duty;
use serde::Serialize;
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Serialize)]
struct Board {
    tickets: Vec<Item>,
    /// For `?after=`; none on the last page.
    next: Option<String>,
}

#[derive(Serialize)]
struct Item {
    id: String,
    institution: Named,
    work_unit: Named,
    letter_number: String,
    people: u32,
    next_step: u8,
    activity: String,
    actor_text: &'static str,
    your_turn: bool,
    waiting_since: Moment,
    late: bool,
    #[serde(flatten)]
    due: Due,
}

#[http_service]
async fn reset_board(request: Request) -> Response {
    serve(request, Method::GET, list).await
}

async fn list(call: Call) -> Result<Reply, Problem> {
    let actor = Actor::of(&call)?;
    let limit = call.limit()?;
    let after = call.query("after").map(|text| cursor(&text)).transpose()?;
    let institutions = institutions(&actor);
    let mut rows = Vec::new();
    for institution in &institutions {
        let page = resets::open(
            &institution.to_string(),
            after.as_ref().map(|(at, id)| (at, id.as_str())),
            limit + 1,
        )?;
        rows.extend(page);
    }
    rows.sort_by(|a, b| (a.step_at, &a.id).cmp(&(b.step_at, &b.id)));
    let (rows, next) = page::cut(rows, limit, |row| format!("{}.{}", row.step_at, row.id));
    let mut calendars: BTreeMap<String, Calendar> = BTreeMap::new();
    let mut tickets = Vec::with_capacity(rows.len());
    for row in rows {
        if !sees(&actor, &row)? {
            continue;
        }
        let (zone, from) = (zone(&row.zone)?, Instant::from_ms(row.step_at));
        if !calendars.contains_key(&row.institution) {
            // The first row waits longest, so its calendar serves the others.
            let calendar = Calendar::load(place(&row)?.institution, zone, from, call.now())?;
            calendars.insert(row.institution.clone(), calendar);
        }
        let calendar = &calendars[&row.institution];
        tickets.push(item(&call, &actor, row, calendar, zone)?);
    }
    Reply::json(&Board { tickets, next })
}

/// Where this person has a step to do.
fn institutions(actor: &Actor) -> BTreeSet<InstitutionId> {
    let steps = actor.steps.rules.steps();
    let acts = |duty: Duty| steps.iter().any(|step| step.actor == duty);
    let held = actor.duties.iter().filter(|holding| acts(holding.duty));
    held.map(|holding| holding.institution).collect()
}

/// The head of a work unit sees those of the unit.
fn sees(actor: &Actor, row: &Ticket) -> Result<bool, Problem> {
    let place = place(row)?;
    let rules = &actor.steps.rules;
    Ok(rules
        .steps()
        .iter()
        .any(|step| rules.is_actor(step.number, &actor.duties, place)))
}

fn place(row: &Ticket) -> Result<Place, Problem> {
    let parsed = row.institution.parse().ok().zip(row.work_unit.parse().ok());
    let (institution, work_unit) =
        parsed.ok_or_else(|| Problem::internal(format!("ticket {} has no place", row.id)))?;
    Ok(Place {
        institution,
        work_unit,
    })
}

/// Whether the step is this person's: who has a part in the ticket itself is barred from
/// some (PWD-3), so the ticket is asked, where the duty fits.
fn is_turn_of(actor: &Actor, row: &Ticket, number: u8) -> Result<bool, Problem> {
    let rules = &actor.steps.rules;
    if !rules.is_actor(number, &actor.duties, place(row)?) {
        return Ok(false);
    }
    let id = row.id.parse();
    let id = id.map_err(|_| Problem::internal("a ticket's id is none"))?;
    Ok(actor.load(id)?.bars(number, actor.account).is_none())
}

fn item(
    call: &Call,
    actor: &Actor,
    row: Ticket,
    calendar: &Calendar,
    zone: Zone,
) -> Result<Item, Problem> {
    let number = u8::try_from(row.step + 1).unwrap_or(u8::MAX);
    let step: &Step = actor
        .steps
        .rules
        .step(number)
        .ok_or_else(|| Problem::internal(format!("ticket {} is on no step", row.id)))?;
    let since = Instant::from_ms(row.step_at);
    let deadline = calendar.office().deadline(since, step.time).map(Some);
    let due = Due::new(call, step, deadline, None, zone);
    let activity = actor.steps.texts.get(usize::from(number) - 1);
    Ok(Item {
        your_turn: is_turn_of(actor, &row, number)?,
        id: row.id,
        institution: Named {
            id: row.institution,
            name: row.institution_name,
        },
        work_unit: Named {
            id: row.work_unit,
            name: row.work_unit_name,
        },
        letter_number: row.letter_number,
        people: row.people,
        next_step: number,
        activity: activity
            .map(|texts| texts.activity.clone())
            .unwrap_or_default(),
        actor_text: duty(step.actor),
        waiting_since: Moment::new(since, zone),
        late: due.met == Some(false),
        due,
    })
}

fn cursor(text: &str) -> Result<(i64, String), Problem> {
    let parse = || {
        let (at, id) = text.split_once('.')?;
        let id: TicketId = id.parse().ok()?;
        Some((at.parse().ok()?, id.to_string()))
    };
    parse().ok_or_else(|| {
        Problem::field(
            "after",
            "unknown-page",
            "Halaman ini tidak ada. Mulai dari halaman pertama.",
        )
    })
}
