//! How the gate tells an operation who calls, and what a session looks like.
//!
//! The gate removes these headers from outside before it sets its own, so an
//! operation behind it can trust them. A test names the few routes beside the
//! gate; their operations do not ask who calls.

use crate::problem::Problem;
use akses_domain::ids::AccountId;
use akses_domain::time::Instant;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use spin_sdk::http::HeaderMap;

/// Everything with this prefix is the gate's to say.
pub const IDENTITY_PREFIX: &str = "x-akses-";
/// The id of the account that is signed in.
pub const ACCOUNT_HEADER: &str = "x-akses-account";
/// The key of the session, to end it.
pub const SESSION_HEADER: &str = "x-akses-session";
/// The session's CSRF token, to show it to its owner.
pub const CSRF_HEADER: &str = "x-akses-csrf";
/// One id per request, in the answer and in every log line about it.
pub const REQUEST_ID_HEADER: &str = "x-request-id";
/// What a browser has to send with every change.
pub const CSRF_TOKEN_HEADER: &str = "x-csrf-token";
/// The cookie that carries the session token.
pub const SESSION_COOKIE: &str = "akses_session";

/// A session ends after this time, used or not: a working day and a bit.
pub const SESSION_HOURS: i64 = 12;

/// A session as key-value storage keeps it, under [`session_key`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Session {
    /// Who is signed in.
    pub account: AccountId,
    /// What a browser has to send in [`CSRF_TOKEN_HEADER`].
    pub csrf_token: String,
    /// When it ends, in milliseconds since the epoch.
    pub expires_at: Instant,
    /// The version of the account with which it began; sessions from before this
    /// was kept have none.
    #[serde(default)]
    pub account_version: u32,
}

/// Who is signed in, as the gate says.
///
/// # Errors
/// 401 when nobody is.
pub fn person(headers: &HeaderMap) -> Result<AccountId, Problem> {
    headers
        .get(ACCOUNT_HEADER)
        .and_then(|value| value.to_str().ok()?.parse().ok())
        .ok_or_else(Problem::not_signed_in)
}

/// That somebody is, for operations that read nothing from anybody else.
///
/// # Errors
/// As [`person`].
pub fn signed_in(headers: &HeaderMap) -> Result<(), Problem> {
    person(headers).map(|_| ())
}

/// SHA-256 in hex.
pub fn sha256_hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// The key of a session in key-value storage: reading the storage does not
/// give anybody a token.
pub fn session_key(token_sha256: &str) -> String {
    format!("session/{token_sha256}")
}

/// The key of the account's version up to which its sessions are over (PWD-3).
pub fn sessions_ended_key(account: AccountId) -> String {
    format!("sessions-ended/{account}")
}

/// Whether two secrets are the same, in a time that does not tell where they
/// differ.
pub fn same_secret(a: &str, b: &str) -> bool {
    let (a, b) = (Sha256::digest(a), Sha256::digest(b));
    a.iter()
        .zip(b.iter())
        .fold(0, |diff, (x, y)| diff | (x ^ y))
        == 0
}
