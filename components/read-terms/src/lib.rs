//! `GET /api/platforms/:code/terms`: the terms and the privacy policy in force,
//! and whether the person accepted them (PLA-2).

use akses_domain::time::{Instant, Zone};
use akses_endpoint::accesses::Moment;
use akses_endpoint::platforms::{Terms, named};
use akses_endpoint::store::platforms::{self, Standing};
use akses_endpoint::{Call, Problem, Reply, Response, serve};
use serde::Serialize;
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;

#[derive(Serialize)]
struct Answer {
    platform: String,
    name: String,
    terms: Text,
    privacy: Text,
    /// Whether both are accepted in these versions.
    accepted: bool,
}

#[derive(Serialize)]
struct Text {
    version: String,
    /// The whole text, or else
    text: Option<String>,
    /// where it stands.
    url: Option<String>,
    /// SHA-256 of the text in hex: what exactly is agreed to.
    sha256: String,
    valid_from: Moment,
    /// When this person accepted this very version.
    accepted: Option<Moment>,
}

#[http_service]
async fn read_terms(request: Request) -> Response {
    serve(request, Method::GET, read).await
}

async fn read(call: Call) -> Result<Reply, Problem> {
    let person = call.person()?;
    let platform = named(&call)?;
    let in_force = Terms::load(&platform, person, call.now())?;
    Reply::json(&Answer {
        accepted: in_force.accepted(),
        terms: text(in_force.terms)?,
        privacy: text(in_force.privacy)?,
        platform: platform.code,
        name: platform.name,
    })
}

fn text(standing: Standing) -> Result<Text, Problem> {
    let stored = platforms::terms_by_id(&standing.id)?
        .ok_or_else(|| Problem::internal(format!("terms {} are gone", standing.id)))?;
    let moment = |ms| Moment::new(Instant::from_ms(ms), Zone::Wib);
    Ok(Text {
        version: standing.label,
        text: stored.text,
        url: stored.url,
        sha256: stored.sha256,
        valid_from: moment(standing.valid_from),
        accepted: standing.accepted_at.map(moment),
    })
}
