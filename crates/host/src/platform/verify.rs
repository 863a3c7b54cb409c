//! Whether an assertion is genuine, for us, in time and new.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use ed25519_compact::{PublicKey, Signature};
use jsonwebtoken::crypto::{CryptoProvider, JwkUtils, JwtVerifier};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::{Deserialize, Serialize};
use signature::Verifier;

/// How far the service's clock may be ahead of ours.
const SKEW_S: i64 = 5;
/// The longest life of an assertion that we take, whatever it says of itself.
const LIFETIME_S_MAX: i64 = 120;
/// Assertions that are remembered; each for its lifetime.
const SEEN_MAX: usize = 100_000;

/// What an assertion says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The account.
    pub sub: String,
    /// The person's name.
    pub name: String,
    /// The access.
    pub access: String,
    /// Its role.
    pub role: String,
    /// Its institution.
    pub institution: String,
    /// Its work unit.
    pub work_unit: String,
    /// Its last day.
    pub valid_until: String,
    /// When it was signed.
    pub iat: i64,
    /// The first second at which it is worth nothing.
    pub exp: i64,
    /// Its own id.
    pub jti: String,
    /// What this platform gave its visitor.
    pub nonce: Option<String>,
}

/// Why an assertion is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refused {
    /// It is no assertion at all.
    Unreadable,
    /// It asks for another algorithm, or for none.
    WrongAlgorithm,
    /// It names a key that the service does not publish.
    UnknownKey,
    /// The service's keys cannot be fetched.
    NoKeys,
    /// It was not signed with the key that it names.
    Forged,
    /// Somebody else signed it.
    WrongIssuer,
    /// It is meant for another platform.
    WrongAudience,
    /// Its time is over, or lasts too long.
    Expired,
    /// It was signed in the future.
    NotYet,
    /// It was used before.
    Replayed,
    /// Too many to remember.
    Busy,
}

impl Refused {
    /// For people (ALL-3).
    pub const fn text(self) -> &'static str {
        match self {
            Self::Unreadable => "Surat masuk ini tidak dapat dibaca.",
            Self::WrongAlgorithm => "Surat masuk ini tidak ditandatangani dengan cara yang sah.",
            Self::UnknownKey => "Surat masuk ini ditandatangani dengan kunci yang tidak dikenal.",
            Self::NoKeys => "Kunci layanan Akses sedang tidak dapat diambil. Coba lagi nanti.",
            Self::Forged => "Tanda tangan surat masuk ini palsu.",
            Self::WrongIssuer => "Surat masuk ini bukan dari layanan Akses.",
            Self::WrongAudience => "Surat masuk ini untuk platform lain.",
            Self::Expired => "Surat masuk ini sudah tidak berlaku. Masuk lagi dari layanan Akses.",
            Self::NotYet => "Surat masuk ini belum berlaku.",
            Self::Replayed => "Surat masuk ini sudah dipakai. Masuk lagi dari layanan Akses.",
            Self::Busy => "Terlalu banyak orang masuk sekarang. Coba lagi sebentar lagi.",
        }
    }
}

/// The one way in which an assertion may be signed.
static ED25519_ONLY: CryptoProvider = CryptoProvider {
    signer_factory: |_, _| Err(ErrorKind::InvalidAlgorithm.into()),
    verifier_factory: |algorithm, key| {
        if *algorithm != Algorithm::EdDSA {
            return Err(ErrorKind::InvalidAlgorithm.into());
        }
        let key = PublicKey::from_slice(key.as_bytes());
        Ok(Box::new(Ed25519(
            key.map_err(|_| ErrorKind::InvalidEddsaKey)?,
        )))
    },
    jwk_utils: JwkUtils::new_unimplemented(),
};

struct Ed25519(PublicKey);

impl Verifier<Vec<u8>> for Ed25519 {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), signature::Error> {
        let signature = Signature::from_slice(signature).map_err(|_| signature::Error::new())?;
        let verified = self.0.verify(message, &signature);
        verified.map_err(|_| signature::Error::new())
    }
}

impl JwtVerifier for Ed25519 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::EdDSA
    }
}

/// What an assertion must say to be taken here and now.
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) audience: &'a str,
    pub(super) now_s: i64,
}

/// The name of the key that it says it was signed with.
pub(super) fn key_name(assertion: &str) -> Result<String, Refused> {
    let header = decode_header(assertion).map_err(|error| refusal(error.kind()))?;
    if header.alg != Algorithm::EdDSA {
        return Err(Refused::WrongAlgorithm);
    }
    header.kid.ok_or(Refused::Unreadable)
}

/// Everything but whether it was used before.
pub(super) fn verify(
    assertion: &str,
    key: &DecodingKey,
    expected: &Expected<'_>,
) -> Result<Claims, Refused> {
    // Once for the process; the next time it is there already.
    let _ = ED25519_ONLY.install_default();
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    validation.set_issuer(&[expected.issuer]);
    validation.set_audience(&[expected.audience]);
    // The library asks the machine's clock; a demo has one of its own.
    validation.validate_exp = false;
    let claims: Claims = decode(assertion, key, &validation)
        .map_err(|error| refusal(error.kind()))?
        .claims;
    let lives_too_long = claims.exp.saturating_sub(claims.iat) > LIFETIME_S_MAX;
    if expected.now_s >= claims.exp || lives_too_long {
        return Err(Refused::Expired);
    }
    if claims.iat > expected.now_s.saturating_add(SKEW_S) {
        return Err(Refused::NotYet);
    }
    Ok(claims)
}

fn refusal(kind: &ErrorKind) -> Refused {
    match kind {
        ErrorKind::InvalidSignature => Refused::Forged,
        ErrorKind::InvalidIssuer => Refused::WrongIssuer,
        ErrorKind::InvalidAudience => Refused::WrongAudience,
        ErrorKind::InvalidAlgorithm
        | ErrorKind::InvalidAlgorithmName
        | ErrorKind::MissingAlgorithm => Refused::WrongAlgorithm,
        _ => Refused::Unreadable,
    }
}

/// The assertions that were used, until they would be worth nothing anyway.
#[derive(Default)]
pub(super) struct Seen(Mutex<HashMap<String, i64>>);

impl Seen {
    /// Takes it the first time only, also when both come at once.
    pub(super) fn first_time(&self, claims: &Claims, now_s: i64) -> Result<(), Refused> {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.contains_key(&claims.jti) {
            return Err(Refused::Replayed);
        }
        if seen.len() >= SEEN_MAX {
            seen.retain(|_, exp| *exp > now_s);
        }
        if seen.len() >= SEEN_MAX {
            return Err(Refused::Busy);
        }
        seen.insert(claims.jti.clone(), claims.exp);
        Ok(())
    }
}
