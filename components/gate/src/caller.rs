//! Who calls: a session by cookie or by bearer token.

use crate::forward::Received;
use akses_endpoint::Problem;
use akses_endpoint::identity::{
    ACCOUNT_HEADER, CSRF_HEADER, CSRF_TOKEN_HEADER, SESSION_COOKIE, SESSION_HEADER, Session,
    same_secret, session_key, sessions_ended_key, sha256_hex,
};
use spin_sdk::key_value::Store;

/// A token has 64 hex digits; whatever has another length is none.
const TOKEN_CHARS: usize = 64;

/// Signing in needs no session, so a stale or a foreign one does not hinder it.
const SIGN_IN_PATH: &str = "/api/sign-in";

/// Somebody who is signed in.
pub(crate) struct Caller {
    token_sha256: String,
    session: Session,
}

impl Caller {
    /// What operations are told.
    pub(crate) fn headers(&self) -> [(&'static str, String); 3] {
        [
            (ACCOUNT_HEADER, self.session.account.to_string()),
            (SESSION_HEADER, self.token_sha256.clone()),
            (CSRF_HEADER, self.session.csrf_token.clone()),
        ]
    }
}

/// Finds out who calls; nobody is fine, the operation will say so if it is not.
///
/// A bearer token that is not valid is refused at once, because its owner meant
/// to be somebody. A cookie that is not valid counts as none: browsers send old
/// ones along. Changes by cookie need proof that our own page sent them.
pub(crate) async fn identify(request: &Received) -> Result<Option<Caller>, Problem> {
    refuse_foreign_site(request)?;
    if let Some(token) = bearer_token(request) {
        let caller = look_up(token).await?;
        return caller.map(Some).ok_or_else(Problem::not_signed_in);
    }
    let Some(token) = cookie_token(request) else {
        return Ok(None);
    };
    let caller = look_up(token).await?;
    if let Some(caller) = &caller
        && !request.is_safe()
        && request.path() != SIGN_IN_PATH
    {
        require_csrf_token(request, caller)?;
    }
    Ok(caller)
}

async fn look_up(token: &str) -> Result<Option<Caller>, Problem> {
    if token.len() != TOKEN_CHARS {
        return Ok(None);
    }
    let token_sha256 = sha256_hex(token.as_bytes());
    let unreadable = |error| Problem::internal(format!("sessions: {error:?}"));
    let store = Store::open_default().await.map_err(unreadable)?;
    let Some(bytes) = store
        .get(session_key(&token_sha256))
        .await
        .map_err(unreadable)?
    else {
        return Ok(None);
    };
    let session: Session = serde_json::from_slice(&bytes)
        .map_err(|error| Problem::internal(format!("a session cannot be read: {error}")))?;
    if akses_endpoint::now() >= session.expires_at {
        return Ok(None);
    }
    let ended = store
        .get(sessions_ended_key(session.account))
        .await
        .map_err(unreadable)?;
    if ended.is_some_and(|through| is_over(&session, &through)) {
        return Ok(None);
    }
    Ok(Some(Caller {
        token_sha256,
        session,
    }))
}

/// PWD-3: a new password ended all sessions up to that version of the account. What
/// cannot be read ends them too.
fn is_over(session: &Session, through: &[u8]) -> bool {
    let through = str::from_utf8(through)
        .ok()
        .and_then(|text| text.parse().ok());
    through.is_none_or(|through: u32| session.account_version <= through)
}

fn bearer_token(request: &Received) -> Option<&str> {
    let (scheme, token) = request.headers.get("authorization")?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The session in the cookie. Two of that name are none: one of them was planted
/// by a neighbour of our domain, and nobody can say which.
fn cookie_token(request: &Received) -> Option<&str> {
    let mut tokens = request
        .headers
        .all("cookie")
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(name, _)| *name == SESSION_COOKIE)
        .map(|(_, token)| token);
    tokens.next().filter(|_| tokens.next().is_none())
}

/// Browsers say whether another site made them send a request; no change comes
/// from one, signed in or not.
fn refuse_foreign_site(request: &Received) -> Result<(), Problem> {
    if request.is_safe() {
        return Ok(());
    }
    let cross_site = request
        .headers
        .get("sec-fetch-site")
        .is_some_and(|site| site == "cross-site");
    let foreign_origin = request.headers.get("origin").is_some_and(|origin| {
        let host = origin.split_once("://").map_or(origin, |(_, host)| host);
        Some(host) != request.authority()
    });
    if cross_site || foreign_origin {
        return Err(Problem::forbidden(
            "foreign-site",
            "Permintaan ini dikirim dari situs lain dan tidak dijalankan. Buka halaman Akses langsung.",
        ));
    }
    Ok(())
}

fn require_csrf_token(request: &Received, caller: &Caller) -> Result<(), Problem> {
    let sent = request.headers.get(CSRF_TOKEN_HEADER).unwrap_or_default();
    if same_secret(sent, &caller.session.csrf_token) {
        return Ok(());
    }
    Err(Problem::forbidden(
        "csrf-token",
        "Halaman ini sudah lama terbuka. Muat ulang halaman, lalu ulangi.",
    ))
}
