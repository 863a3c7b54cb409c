//! `POST /api/platforms/:code/acceptance`: "Setuju" to a platform's terms and
//! privacy policy, each in the version that was shown (PLA-2). The moment is the
//! service's own.

use akses_endpoint::platforms::{Terms, TermsView, named};
use akses_endpoint::store::accounts;
use akses_endpoint::store::events::Appended;
use akses_endpoint::store::platforms::{Platform, Standing};
use akses_endpoint::{Call, Problem, Reply, Response, account, serve};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    terms_version: String,
    privacy_version: String,
}

#[derive(Serialize)]
struct Accepted {
    platform: String,
    terms: [TermsView; 2],
}

#[http_service]
async fn accept_terms(request: Request) -> Response {
    serve(request, Method::POST, accept).await
}

async fn accept(call: Call) -> Result<Reply, Problem> {
    let person = call.person()?;
    let platform = named(&call)?;
    let body: Body = call.json()?;
    let shown = Terms::load(&platform, person, call.now())?;
    if shown.terms.label != body.terms_version || shown.privacy.label != body.privacy_version {
        return Err(changed(&shown));
    }
    // Agreeing to what one agreed to already is no change.
    if shown.accepted() {
        return answer(platform, &shown);
    }
    let account = accounts::by_id(&person.to_string())?.ok_or_else(Problem::not_signed_in)?;
    let data = json!({
        "platform": platform.id, "terms": agreed(&shown.terms), "privacy": agreed(&shown.privacy),
    });
    match account::append(&call, &account, "terms-accepted", &data.to_string(), |_| {
        Ok(())
    })? {
        Appended::Recorded => {
            let accepted = Terms::load(&platform, person, call.now())?;
            answer(platform, &accepted)
        }
        other => Err(Problem::internal(format!("accept terms: {other:?}"))),
    }
}

/// What exactly: the version with the digest of its text.
fn agreed(text: &Standing) -> Value {
    json!({ "id": text.id, "version": text.label, "sha256": text.sha256 })
}

fn answer(platform: Platform, terms: &Terms) -> Result<Reply, Problem> {
    Reply::json(&Accepted {
        platform: platform.code,
        terms: terms.views(),
    })
}

fn changed(current: &Terms) -> Problem {
    Problem::conflict(
        "terms-changed",
        "Versi yang Anda setujui bukan versi yang berlaku sekarang. Baca versi yang berlaku, lalu \
         setujui.",
    )
    .with("terms_version", current.terms.label.clone())
    .with("privacy_version", current.privacy.label.clone())
}
