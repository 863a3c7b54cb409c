//! The assertion: who enters a platform, with which access, until when (PLA-3).
//!
//! A JWT signed with Ed25519 (`EdDSA`). This crate signs and publishes; who
//! verifies uses a library of their own and the published keys. Nothing here asks
//! for the time or for randomness.

mod keys;

pub use keys::{BadKeys, KeptKeys, Key, Keyring, PublicKey, PublicKeys};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

/// How long an assertion can be used: a form post takes a second, a slow page a
/// few, and what somebody finds in a log later is worth nothing.
pub const LIFETIME_S: i64 = 60;

/// The longest nonce that a platform may give.
pub const NONCE_CHARS_MAX: usize = 128;

/// What an assertion says. No NIP and no e-mail address: a platform that needs
/// them has to have a reason of its own to ask (UU 27/2022).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// Who signed: the public origin of this service.
    pub iss: String,
    /// Whom it is for: the platform's audience, and nobody else.
    pub aud: String,
    /// The account's opaque id.
    pub sub: String,
    /// The person's name, so that the platform can greet them.
    pub name: String,
    /// The access that they enter with.
    pub access: String,
    /// The code of its role.
    pub role: String,
    /// The code of its institution.
    pub institution: String,
    /// The code of its work unit.
    pub work_unit: String,
    /// The last day that the access works.
    pub valid_until: String,
    /// When it was signed, in seconds since the epoch.
    pub iat: i64,
    /// The first second at which it is worth nothing.
    pub exp: i64,
    /// Its own id: a platform takes each once.
    pub jti: String,
    /// What the platform gave, so that it recognises its own visitor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
}

#[derive(Serialize)]
struct Header<'a> {
    alg: &'static str,
    typ: &'static str,
    kid: &'a str,
}

/// Whether a text can be a nonce: what stands in an address without escaping.
pub fn is_nonce(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
    (1..=NONCE_CHARS_MAX).contains(&text.len()) && text.chars().all(plain)
}

fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

impl Key {
    /// The assertion as a compact JWT.
    ///
    /// # Errors
    /// When claims have no JSON form, which those of this type always have.
    pub fn sign(&self, claims: &Claims) -> Result<String, serde_json::Error> {
        let header = Header {
            alg: "EdDSA",
            typ: "JWT",
            kid: self.kid(),
        };
        let signed = format!(
            "{}.{}",
            encode(serde_json::to_vec(&header)?),
            encode(serde_json::to_vec(claims)?)
        );
        let signature = self.signature(signed.as_bytes());
        Ok(format!("{signed}.{}", encode(signature)))
    }
}

#[cfg(test)]
mod tests;
