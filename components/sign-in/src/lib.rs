//! `POST /api/sign-in`: a session for an e-mail address and a password.
//!
//! Every attempt on an account is recorded (ALL-1); after several failures the
//! account rests for a while. An unknown address costs the same time, gets the same
//! answer as a wrong password, and rests as an account does.

use akses_domain::reset::PASSWORD_BYTES_MAX;
use akses_domain::time::Instant;
use akses_endpoint::account::{FAILURES_MAX, REST_MS};
use akses_endpoint::identity::{SESSION_COOKIE, SESSION_HEADER, SESSION_HOURS, sha256_hex};
use akses_endpoint::store::accounts::{self, Account};
use akses_endpoint::store::attempts::{self, Admission, Bounds, Holder};
use akses_endpoint::store::events::Appended;
use akses_endpoint::store::sessions::{self, Session};
use akses_endpoint::{Call, Problem, Reply, Response, account, config, password, serve};
use serde::{Deserialize, Serialize};
use spin_sdk::http::{Method, Request, StatusCode};
use spin_sdk::http_service;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Credentials {
    email: String,
    password: String,
}

#[derive(Serialize)]
struct SignedIn {
    /// For `Authorization: Bearer` of API clients. Browsers have the cookie.
    token: String,
    /// For the header `X-CSRF-Token` of every change by cookie.
    csrf_token: String,
    name: String,
    expires_at: String,
}

#[http_service]
async fn sign_in(request: Request) -> Response {
    serve(request, Method::POST, attempt).await
}

async fn attempt(call: Call) -> Result<Reply, Problem> {
    let credentials: Credentials = call.json()?;
    // Longer ones are refused before they cost anything.
    if credentials.password.len() > PASSWORD_BYTES_MAX {
        return Err(wrong());
    }
    let address = credentials.email.trim();
    let Some(account) = accounts::by_email(address)? else {
        return fail_unknown(&call, address, &credentials.password);
    };
    refuse_resting(&account, &call)?;
    let right = password::is_right(&credentials.password, &account.password_hash)?;
    let version = record_attempt(&call, &account, right)?;
    if right {
        open_session(&call, account, version).await
    } else {
        Err(wrong())
    }
}

/// Does for an address that belongs to nobody what is done for an account whose password
/// is wrong, in the same order: nobody learns here who has one.
fn fail_unknown(call: &Call, address: &str, password: &str) -> Result<Reply, Problem> {
    let holders = [Holder::UnknownAddress(address.to_ascii_lowercase())];
    let now = call.now().ms();
    let bounds = Bounds {
        attempts_max: FAILURES_MAX,
        rest_ms: REST_MS,
    };
    if let Some(until) = attempts::resting_until(&holders, now, bounds)? {
        return Err(resting(Instant::from_ms(until), call.now()));
    }
    password::waste_time(password);
    match attempts::count(&holders, now, bounds)? {
        Admission::Admitted => Err(wrong()),
        Admission::Resting(until) => Err(resting(Instant::from_ms(until), call.now())),
    }
}

/// Records how an attempt ended. Attempts at the same moment are recorded one
/// after the other, each looking again whether the account rests by now: so a
/// crowd of guesses gets no further than a single one. Nor does a password that was
/// right a moment ago: a new one came first (PWD-3). Answers the account's version.
fn record_attempt(call: &Call, account: &Account, right: bool) -> Result<u32, Problem> {
    let kind = if right { "signed-in" } else { "sign-in-failed" };
    let same = |current: &Account| {
        refuse_resting(current, call)?;
        if right && current.password_hash != account.password_hash {
            return Err(wrong());
        }
        Ok(())
    };
    match account::append_at(call, account, kind, "{}", same)? {
        (Appended::Recorded, version) => Ok(version),
        (other, _) => Err(Problem::internal(format!("sign-in: {other:?}"))),
    }
}

fn refuse_resting(account: &Account, call: &Call) -> Result<(), Problem> {
    match account::rests_until(account, call.now()) {
        Some(until) => Err(resting(until, call.now())),
        None => Ok(()),
    }
}

fn resting(until: Instant, now: Instant) -> Problem {
    let left_ms = until.ms() - now.ms();
    let minutes = left_ms / 60_000 + 1;
    Problem::new(
        StatusCode::TOO_MANY_REQUESTS,
        "too-many-attempts",
        &format!("Terlalu banyak percobaan masuk. Coba lagi dalam {minutes} menit."),
    )
    .with_header("retry-after", &(left_ms / 1000 + 1).to_string())
}

async fn open_session(call: &Call, account: Account, version: u32) -> Result<Reply, Problem> {
    let token = password::random_token()?;
    let csrf_token = password::random_token()?;
    let expires_at = call.now().plus_hours(SESSION_HOURS);
    let session = Session {
        account: account.id,
        csrf_token: csrf_token.clone(),
        expires_at: expires_at.ms(),
        account_version: version,
    };
    sessions::open(sha256_hex(token.as_bytes()), session, call.now().ms()).await?;
    // Whoever signs in anew leaves the session before.
    if let Some(before) = call.header(SESSION_HEADER) {
        sessions::close(before.to_owned()).await?;
    }
    let secure = if config::is_https() { "; Secure" } else { "" };
    let seconds = SESSION_HOURS * 60 * 60;
    let cookie = format!(
        "{SESSION_COOKIE}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}"
    );
    let body = SignedIn {
        token,
        csrf_token,
        name: account.name,
        expires_at: expires_at.rfc3339(akses_domain::time::Zone::Wib),
    };
    Reply::json(&body)?.header("set-cookie", &cookie)
}

fn wrong() -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "wrong-credentials",
        "Alamat surel atau kata sandi salah. Periksa keduanya, lalu coba lagi.",
    )
}
