//! `GET /api/me`: who is signed in, and what they may verify now.

use akses_domain::duty::Duty;
use akses_domain::person::ServiceNumber;
use akses_domain::time::Zone;
use akses_endpoint::identity::CSRF_HEADER;
use akses_endpoint::{Call, Problem, Reply, Response, accesses, serve, store};
use serde::Serialize;
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;

#[derive(Serialize)]
struct Me {
    id: String,
    name: String,
    email: String,
    /// NIP or NRP, its last digits only (ALL-2); none until it was given (PRO-1).
    service_number: Option<String>,
    /// `non-supplier` or `supplier` ("Tipe Profil").
    profile: String,
    /// The SiRUP user name that was linked; none until then (SIR-1).
    sirup_user_name: Option<String>,
    /// For the header `X-CSRF-Token` of every change by cookie.
    csrf_token: String,
    /// Whether there is a verifier's queue to show.
    is_verifier: bool,
    /// What active accesses make of this person now, anywhere; each word once. For
    /// pages to offer what can be done: every operation asks for itself.
    duties: Vec<Duty>,
    /// This service's moment: pages count down by it, not by a clock of an old
    /// laptop.
    now: String,
}

#[http_service]
async fn who_am_i(request: Request) -> Response {
    serve(request, Method::GET, me).await
}

async fn me(call: Call) -> Result<Reply, Problem> {
    let person = call.person()?;
    let account =
        store::accounts::by_id(&person.to_string())?.ok_or_else(Problem::not_signed_in)?;
    let duties = accesses::duties(person, call.now())?;
    Reply::json(&Me {
        id: account.id,
        name: account.name,
        email: account.email,
        profile: account.profile,
        sirup_user_name: store::sirup::linked_user_name(&person.to_string())?,
        service_number: account
            .service_number
            .and_then(|number| number.parse::<ServiceNumber>().ok())
            .map(|number| number.masked()),
        csrf_token: call.header(CSRF_HEADER).unwrap_or_default().to_owned(),
        is_verifier: !accesses::authorities(person, call.now())?.is_empty(),
        duties: Duty::ALL.into_iter().filter(|it| duties.has(*it)).collect(),
        now: call.now().rfc3339(Zone::Wib),
    })
}
