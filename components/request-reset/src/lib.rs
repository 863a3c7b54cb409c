//! `POST /api/password-resets`: step 1, the request letter of a Satuan Kerja, filed by
//! its head (PWD-1). Whose passwords: PPK and Pejabat Pengadaan with an active access
//! at that unit, chosen by their accesses.

use akses_domain::ids::{AccessId, AccountId, DocumentId, TicketId, WorkUnitId};
use akses_domain::reset::{self, Person, Refusal};
use akses_domain::time::Instant;
use akses_endpoint::accesses::zone;
use akses_endpoint::store::resets;
use akses_endpoint::{Call, Day, Problem, Reply, Response, config, form, serve};
use akses_reset::view::TicketView;
use akses_reset::{Actor, NUMBER_CHARS_MAX, link, refused};
use serde::Deserialize;
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;
use std::collections::BTreeMap;
use uuid::Uuid;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    work_unit: WorkUnitId,
    /// The signed letter, uploaded before.
    document: DocumentId,
    letter_number: String,
    letter_date: Day,
    people: Vec<Named>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    access: AccessId,
    /// The number of the code that the person keeps, when they cannot sign in.
    #[serde(default)]
    pickup: Option<String>,
}

#[http_service]
async fn request_reset(request: Request) -> Response {
    serve(request, Method::POST, file).await
}

async fn file(call: Call) -> Result<Reply, Problem> {
    let actor = Actor::of(&call)?;
    let body: Body = call.json()?;
    // The head's own access says which institution, and in which zone.
    let rule = actor.steps.rules.step(1).copied();
    let duty = rule.map(|step| step.actor).ok_or_else(Problem::not_found)?;
    let mut held = actor.duties.holding(duty);
    let holding = held
        .find(|holding| holding.work_unit == body.work_unit)
        .ok_or_else(|| {
            refused(Refusal::NotTheActor {
                step: 1,
                actor: duty,
            })
        })?;
    let letter_number = form::text("letter_number", Some(body.letter_number), NUMBER_CHARS_MAX)?;
    let request = reset::Request {
        institution: holding.institution,
        work_unit: holding.work_unit,
        zone: holding.zone,
        people: people(&call, body.work_unit, body.people)?,
        document: form::own_document("document", body.document, actor.account)?,
        letter_number: letter_number.unwrap_or_default(),
        letter_date: body.letter_date.0,
    };
    let ticket = actor.request(&call, TicketId::new(Uuid::now_v7()), request)?;
    let view = TicketView::new(&call, &actor, &ticket)?;
    Reply::created(&format!("/api/password-resets/{}", ticket.id), &view)
}

fn people(call: &Call, unit: WorkUnitId, named: Vec<Named>) -> Result<Vec<Person>, Problem> {
    let cut_off = config::cut_off()?;
    let mut officers: BTreeMap<String, AccountId> = BTreeMap::new();
    for officer in resets::officers(&unit.to_string())? {
        let in_force = cut_off.in_force_from(zone(&officer.zone)?);
        if call.now() < Instant::from_ms(officer.ends_at).max(in_force) {
            let account = officer.account.parse();
            let account = account.map_err(|_| Problem::internal("an account's id is none"))?;
            officers.insert(officer.access, account);
        }
    }
    let person = |named: Named| {
        if named
            .pickup
            .as_deref()
            .is_some_and(|number| !link::is_pickup(number))
        {
            return Err(Problem::field(
                "people",
                "bad-pickup",
                "Nomor pengambilan terdiri atas 32 angka atau huruf a sampai f. Salin dari orangnya.",
            ));
        }
        let account = officers.get(&named.access.to_string()).ok_or_else(|| {
            Problem::field(
                "people",
                "not-an-officer",
                "Pilih akses PPK atau Pejabat Pengadaan yang masih aktif pada satuan kerja ini.",
            )
        })?;
        Ok(Person {
            access: named.access,
            account: *account,
            pickup: named.pickup,
        })
    };
    named.into_iter().map(person).collect()
}
