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
    let guess = Guess::at(&credentials.email, call.now());
    // Asked for an account too, for which nothing is counted here, so that both cost
    // the same questions.
    let rests_until = guess.rests_until()?;
    let Some(account) = accounts::by_email(credentials.email.trim())? else {
        return Err(guess.fail(rests_until, &credentials.password)?);
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

/// One at an address that may belong to nobody. Then all is done as for an account whose
/// password is wrong, in the same order: nobody learns here who has one. (That an owner
/// signs in between two guesses, and ends the row of failures, cannot be imitated.)
struct Guess {
    /// The address.
    holders: [Holder; 1],
    now: Instant,
}

impl Guess {
    const BOUNDS: Bounds = Bounds {
        attempts_max: FAILURES_MAX,
        rest_ms: REST_MS,
    };

    /// Accounts are found by their address in the same way: without blanks around it,
    /// and of any case as far as ASCII knows cases.
    fn at(email: &str, now: Instant) -> Self {
        Self {
            holders: [Holder::UnknownAddress(email.trim().to_ascii_lowercase())],
            now,
        }
    }

    fn rests_until(&self) -> Result<Option<i64>, Problem> {
        let until = attempts::resting_until(&self.holders, self.now.ms(), Self::BOUNDS)?;
        Ok(until)
    }

    /// What whoever guessed is told.
    fn fail(&self, rests_until: Option<i64>, password: &str) -> Result<Problem, Problem> {
        if let Some(until) = rests_until {
            return Ok(resting(Instant::from_ms(until), self.now));
        }
        password::waste_time(password);
        let admission = attempts::count(&self.holders, self.now.ms(), Self::BOUNDS)?;
        Ok(match admission {
            Admission::Admitted => wrong(),
            Admission::Resting(until) => resting(Instant::from_ms(until), self.now),
        })
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
