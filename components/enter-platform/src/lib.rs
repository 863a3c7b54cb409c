//! `POST /api/platforms/:code/entry`: enter a platform with one access (PLA-1,
//! PLA-3). Answers a signed assertion and where the browser posts it to.
//!
//! Each entry is a subject of its own in the record, named by the assertion's id:
//! entries do not follow from each other, so two tabs never wait for one another,
//! and an account's history stays short. The assertion itself is not recorded.

use akses_assertion::{Claims, LIFETIME_S, NONCE_CHARS_MAX, is_nonce};
use akses_domain::ids::{AccessId, AccountId};
use akses_domain::platform::{NoEntry, assertion_ends_at, choose, entry_ends_at};
use akses_domain::time::{CutOff, Instant};
use akses_endpoint::accesses::{Moment, cut_off_of, zone};
use akses_endpoint::platforms::{Holder, Terms, codes, named, no_signing_key, signing_keys};
use akses_endpoint::store::accesses::Access;
use akses_endpoint::store::events::{Appended, Event};
use akses_endpoint::store::platforms::{self, Admission, Platform};
use akses_endpoint::store::{accounts, reference};
use akses_endpoint::{Call, Problem, Reply, Response, config, record, serve};
use serde::{Deserialize, Serialize};
use serde_json::{json, to_value};
use spin_sdk::http::{Method, Request, StatusCode};
use spin_sdk::http_service;
use uuid::Uuid;

/// How often an entry is judged anew because the access changed meanwhile.
const ROUNDS_MAX: u32 = 8;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    /// With which access; needed only if several fit.
    access: Option<String>,
    /// What the platform gave its visitor, to recognise them.
    nonce: Option<String>,
}

#[derive(Serialize)]
struct Entry {
    platform: String,
    access: String,
    /// Where a form with the one field `assertion` is posted to.
    post_to: String,
    assertion: String,
    /// The first moment at which the assertion is worth nothing.
    expires: Moment,
}

/// What is signed and recorded of one entry.
struct Judged {
    access: Access,
    expires: Instant,
}

#[http_service]
async fn enter_platform(request: Request) -> Response {
    serve(request, Method::POST, enter).await
}

async fn enter(call: Call) -> Result<Reply, Problem> {
    let person = call.person()?;
    let platform = named(&call)?;
    let body: Body = call.json()?;
    let chosen = chosen(&body)?;
    let cut_off = config::cut_off()?;
    let mut admitted = platforms::admissions_of(&platform.id)?;
    admitted.retain(|admission| admission.admitted);
    let jti = Uuid::now_v7().hyphenated().to_string();
    for _ in 0..ROUNDS_MAX {
        let judged = judge(&call, person, &platform, &admitted, chosen, cut_off)?;
        must_agree(&call, person, &platform)?;
        // Before the record: an entry that cannot be signed is none.
        let claims = claims(&call, person, &platform, &judged, &jti, body.nonce.clone())?;
        let keys = signing_keys()?;
        let key = keys
            .signing_at(call.now().ms())
            .ok_or_else(|| no_signing_key("no key of variable signing_keys has begun"))?;
        let assertion = key
            .sign(&claims)
            .map_err(|e| Problem::internal(e.to_string()))?;
        if record_entry(&call, person, &platform, &judged, &claims, key.kid())? {
            return Reply::json(&Entry {
                platform: platform.code,
                post_to: platform.entry_url,
                assertion,
                expires: Moment::new(judged.expires, zone(&judged.access.zone)?),
                access: judged.access.id,
            });
        }
    }
    Err(Problem::overtaken(format!(
        "an access changed {ROUNDS_MAX} times in a row"
    )))
}

fn chosen(body: &Body) -> Result<Option<AccessId>, Problem> {
    if body.nonce.as_deref().is_some_and(|nonce| !is_nonce(nonce)) {
        let detail =
            format!("Nonce berisi 1 sampai {NONCE_CHARS_MAX} huruf, angka, atau tanda -._~");
        return Err(Problem::field("nonce", "bad-nonce", &detail));
    }
    let Some(text) = &body.access else {
        return Ok(None);
    };
    // What has no possible name is not theirs.
    text.parse().map(Some).map_err(|_| unknown_access())
}

/// The access to enter with, decided from its dates now (EXP-2).
fn judge(
    call: &Call,
    person: AccountId,
    platform: &Platform,
    admitted: &[Admission],
    chosen: Option<AccessId>,
    cut_off: CutOff,
) -> Result<Judged, Problem> {
    let holder = Holder::load(person, call.now(), cut_off)?;
    let held = match choose(&codes(admitted), holder.held(), chosen) {
        Ok(held) => held,
        Err(NoEntry::UnknownAccess) => return Err(unknown_access()),
        Err(NoEntry::Choose(fitting)) => {
            let accesses = to_value(holder.choices(&fitting)?)
                .map_err(|error| Problem::internal(error.to_string()))?;
            return Err(Problem::conflict(
                "choose-access",
                "Beberapa akses Anda dapat masuk ke platform ini. Pilih salah satu.",
            )
            .with("accesses", accesses));
        }
        Err(NoEntry::WhyNot(why)) => {
            let why = holder.explain(why, platform, admitted, call.now())?;
            let detail = why.detail.clone();
            let why = to_value(why).map_err(|error| Problem::internal(error.to_string()))?;
            return Err(Problem::forbidden("no-entry", &detail).with("why_not", why));
        }
    };
    let access = holder.row(held)?.clone();
    let ends_at = held
        .ends_at
        .ok_or_else(|| Problem::internal(format!("access {} works without an end", access.id)))?;
    // Nobody is asked about letters while the end lies further ahead than the
    // assertion lives.
    let soon = ends_at.ms() - call.now().ms() < LIFETIME_S * 1_000;
    let cut_off = if soon {
        cut_off_of(&access.institution, cut_off)?
    } else {
        cut_off
    };
    let ends_at = entry_ends_at(ends_at, zone(&access.zone)?, cut_off);
    Ok(Judged {
        expires: assertion_ends_at(call.now(), LIFETIME_S, ends_at),
        access,
    })
}

/// PLA-2: both texts, in the versions in force.
fn must_agree(call: &Call, person: AccountId, platform: &Platform) -> Result<(), Problem> {
    let terms = Terms::load(platform, person, call.now())?;
    if terms.accepted() {
        return Ok(());
    }
    let views = to_value(terms.views()).map_err(|error| Problem::internal(error.to_string()))?;
    Err(Problem::conflict(
        "terms-not-accepted",
        "Baca dan setujui Syarat dan Ketentuan serta Kebijakan Privasi platform ini dahulu, lalu \
         masuk.",
    )
    .with("terms", views))
}

fn claims(
    call: &Call,
    person: AccountId,
    platform: &Platform,
    judged: &Judged,
    jti: &str,
    nonce: Option<String>,
) -> Result<Claims, Problem> {
    let access = &judged.access;
    let account = accounts::by_id(&person.to_string())?.ok_or_else(Problem::not_signed_in)?;
    let unit = reference::work_unit_by_id(&access.work_unit)?
        .ok_or_else(|| Problem::internal(format!("access {} has no work unit", access.id)))?;
    Ok(Claims {
        iss: config::variable("public_origin"),
        aud: platform.audience.clone(),
        sub: account.id,
        name: account.name,
        access: access.id.clone(),
        role: access.role.clone(),
        institution: unit.institution_code,
        work_unit: unit.code,
        valid_until: access.valid_until.clone().unwrap_or_default(),
        iat: call.now().ms().div_euclid(1_000),
        exp: judged.expires.ms().div_euclid(1_000),
        jti: jti.to_owned(),
        nonce,
    })
}

/// False when the access changed since it was judged.
fn record_entry(
    call: &Call,
    person: AccountId,
    platform: &Platform,
    judged: &Judged,
    claims: &Claims,
    kid: &str,
) -> Result<bool, Problem> {
    let data = json!({
        "platform": platform.id, "audience": claims.aud, "access": judged.access.id,
        "access_version": judged.access.version, "expires_at": judged.expires.ms(), "kid": kid,
    });
    let event = Event {
        subject: claims.jti.clone(),
        version: 1,
        kind: "platform-entered".to_owned(),
        data: data.to_string(),
        institution: Some(judged.access.institution.clone()),
    };
    match record::append_plain(call, &person.to_string(), &event)? {
        Appended::Recorded => Ok(true),
        Appended::Refused(name) if name == "access-changed" => Ok(false),
        other => Err(Problem::internal(format!("enter platform: {other:?}"))),
    }
}

fn unknown_access() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "unknown-access",
        "Akses ini tidak ada, atau bukan milik Anda. Pilih dari daftar akses Anda.",
    )
}
