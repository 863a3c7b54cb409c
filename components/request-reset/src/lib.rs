//! `POST /api/password-resets`: step 1, the request letter of a Satuan Kerja, filed by
//! its head (PWD-1). Whose passwords: PPK and Pejabat Pengadaan with an active access
//! at that unit, chosen by an access or an e-mail address.

use akses_domain::ids::{AccessId, DocumentId, TicketId, WorkUnitId};
use akses_domain::reset::{self, PEOPLE_MAX, Person, Place, Refusal};
use akses_endpoint::store::accounts;
use akses_endpoint::store::resets::{self, Officer};
use akses_endpoint::{Call, Day, Problem, Reply, Response, form, serve};
use akses_reset::people::{Judge, Obstacle};
use akses_reset::view::TicketView;
use akses_reset::{Actor, NUMBER_CHARS_MAX, link, refused};
use serde::Deserialize;
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;
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
    #[serde(default)]
    access: Option<AccessId>,
    /// In its place, because no list of a unit's accesses shows ids to its head.
    #[serde(default)]
    email: Option<String>,
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
    let place = Place {
        institution: holding.institution,
        work_unit: holding.work_unit,
    };
    let letter_number = form::text("letter_number", Some(body.letter_number), NUMBER_CHARS_MAX)?;
    let request = reset::Request {
        institution: holding.institution,
        work_unit: holding.work_unit,
        zone: holding.zone,
        people: people(&call, place, body.people)?,
        document: form::own_document("document", body.document, actor.account)?,
        letter_number: letter_number.unwrap_or_default(),
        letter_date: body.letter_date.0,
    };
    let ticket = actor.request(&call, TicketId::new(Uuid::now_v7()), request)?;
    let view = TicketView::new(&call, &actor, &ticket)?;
    Reply::created(&format!("/api/password-resets/{}", ticket.id), &view)
}

fn people(call: &Call, place: Place, named: Vec<Named>) -> Result<Vec<Person>, Problem> {
    let judge = Judge::new(call)?;
    // What is too much is refused by the rules; nobody is looked up for it.
    let named = named.into_iter().take(PEOPLE_MAX + 1).enumerate();
    named
        .map(|(index, named)| {
            // The form shows it beside the person it is about.
            person(judge, place, named).map_err(|problem| problem.with("index", index))
        })
        .collect()
}

fn person(judge: Judge, place: Place, named: Named) -> Result<Person, Problem> {
    let pickup = named.pickup.clone();
    if pickup.as_deref().is_some_and(|n| !link::is_pickup(n)) {
        return Err(Problem::field(
            "people",
            "bad-pickup",
            "Nomor pengambilan terdiri atas 32 angka atau huruf a sampai f. Salin dari orangnya.",
        ));
    }
    let officer = officer(judge, place, named)?;
    let ids = officer
        .access
        .parse()
        .ok()
        .zip(officer.account.parse().ok());
    let (access, account) = ids.ok_or_else(|| Problem::internal("an officer's id is none"))?;
    let person = Person {
        access,
        account,
        pickup,
    };
    match judge.obstacle(&person, place)? {
        Some(obstacle) => Err(hindered(obstacle)),
        None => Ok(person),
    }
}

/// By the access, or by the e-mail address of who has one there.
fn officer(judge: Judge, place: Place, named: Named) -> Result<Officer, Problem> {
    let unit = place.work_unit.to_string();
    match (named.access, named.email) {
        (Some(access), None) => {
            let found = resets::officer_by_access(&access.to_string())?;
            found
                .filter(|officer| officer.work_unit == unit)
                .ok_or_else(|| hindered(Obstacle::NotAnOfficer))
        }
        (None, Some(email)) => {
            // Whoever has no account looks like who has no access here.
            let account = accounts::by_email(email.trim())?;
            let account = account.ok_or_else(|| hindered(Obstacle::NotAnOfficer))?;
            let mut found = Vec::new();
            for officer in resets::officers_of_account(&account.id, &unit)? {
                if judge.is_in_force(&officer)? {
                    found.push(officer);
                }
            }
            if found.len() > 1 {
                return Err(Problem::field(
                    "people",
                    "several-accesses",
                    "Orang ini punya beberapa akses pada satuan kerja ini. Sebutkan salah satu \
                     aksesnya (access) sebagai pengganti surel.",
                )
                .with("accesses", ids(&found)));
            }
            found.pop().ok_or_else(|| hindered(Obstacle::NotAnOfficer))
        }
        _ => Err(Problem::field(
            "people",
            "one-of-access-email",
            "Sebutkan setiap orang dengan aksesnya (access) atau surelnya (email), salah satu saja.",
        )),
    }
}

fn ids(officers: &[Officer]) -> Vec<&str> {
    officers.iter().map(|officer| &*officer.access).collect()
}

fn hindered(obstacle: Obstacle) -> Problem {
    Problem::field("people", obstacle.kind(), obstacle.text())
}
