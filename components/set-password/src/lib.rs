//! `POST /api/password`: a new password by the link that its owner opened, once. It ends
//! all sessions of the account and the rest after wrong passwords (PWD-3).
//!
//! The record says that and when; the hash goes into the account alone.

use akses_domain::reset::{BadPassword, PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN, check_password};
use akses_endpoint::account::{ROUNDS_MAX, append_after, restless};
use akses_endpoint::identity::sha256_hex;
use akses_endpoint::store::accounts::{self, Account};
use akses_endpoint::store::events::Appended;
use akses_endpoint::store::resets::{self, Right};
use akses_endpoint::store::sessions;
use akses_endpoint::{Call, Problem, Reply, Response, password, serve};
use akses_reset::link::{is_secret, spent};
use serde::Deserialize;
use serde_json::json;
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;
use uuid::Uuid;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    token: String,
    password: String,
}

#[http_service]
async fn set_password(request: Request) -> Response {
    serve(request, Method::POST, set).await
}

async fn set(call: Call) -> Result<Reply, Problem> {
    let body: Body = call.json()?;
    if !is_secret(&body.token) {
        return Err(spent());
    }
    let link_sha256 = sha256_hex(body.token.as_bytes());
    let right = in_force(&call, &link_sha256)?;
    check_password(&body.password).map_err(bad)?;
    let account = accounts::by_id(&right.account)?.ok_or_else(spent)?;
    if password::is_right(&body.password, &account.password_hash)? {
        return Err(Problem::field(
            "password",
            "same-password",
            "Ini kata sandi lama Anda. Buat kata sandi yang lain.",
        ));
    }
    let hash = password::hash(&body.password)?;
    let proposal = Uuid::now_v7().hyphenated().to_string();
    resets::propose(&proposal, &account.id, &link_sha256, &hash)?;
    let changed = change(&call, account, &right, &link_sha256, &proposal).await;
    if changed.is_err() {
        resets::withdraw(&proposal)?;
    }
    changed.map(|()| Reply::nothing())
}

fn in_force(call: &Call, link_sha256: &str) -> Result<Right, Problem> {
    resets::by_link(link_sha256, call.now().ms())?.ok_or_else(spent)
}

/// Sessions end before the event: when it stands, nothing else happened to the account
/// since they did, so none was opened with the old password in between.
async fn change(
    call: &Call,
    mut account: Account,
    right: &Right,
    link_sha256: &str,
    proposal: &str,
) -> Result<(), Problem> {
    let data = json!({ "ticket": right.ticket, "proposal": proposal }).to_string();
    for _ in 0..ROUNDS_MAX {
        sessions::end_all(account.id.clone(), account.version).await?;
        let (id, version) = (account.id.clone(), account.version);
        match append_after(call, &id, version, "password-changed", &data)? {
            Appended::Recorded => return Ok(()),
            Appended::Refused(name) if name == "link-spent" => {
                return Err(lost(&id).await?);
            }
            Appended::Stale(_) => {
                account = accounts::by_id(&id)?.ok_or_else(spent)?;
                if resets::by_link(link_sha256, call.now().ms())?.is_none() {
                    return Err(lost(&id).await?);
                }
            }
            other => return Err(Problem::internal(format!("password-changed: {other:?}"))),
        }
    }
    Err(restless("password-changed"))
}

/// Somebody's use came first. Its sessions' end is said once more, should this call
/// have said an older one later.
async fn lost(account: &str) -> Result<Problem, Problem> {
    if let Some(version) = resets::last_change(account)? {
        sessions::end_all(account.to_owned(), version.saturating_sub(1)).await?;
    }
    Ok(spent())
}

fn bad(bad: BadPassword) -> Problem {
    let (kind, detail) = match bad {
        BadPassword::TooShort => (
            "too-short",
            format!("Paling pendek {PASSWORD_CHARS_MIN} huruf. Kalimat pendek mudah diingat."),
        ),
        BadPassword::TooLong => (
            "too-long",
            format!("Paling panjang {PASSWORD_CHARS_MAX} huruf."),
        ),
        BadPassword::Unprintable => (
            "control-characters",
            "Berisi huruf yang tidak dapat diketik. Ketik ulang kata sandinya.".to_owned(),
        ),
        BadPassword::Monotonous => (
            "monotonous",
            "Semua hurufnya sama. Pakai kata yang berlainan.".to_owned(),
        ),
    };
    Problem::field("password", kind, &detail)
}
