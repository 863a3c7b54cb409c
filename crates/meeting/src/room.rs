//! The room of a meeting in Jitsi Meet (MTG-3): a name that nobody guesses, at
//! the configured address, with a token of its own for each of the two when the
//! installation asks for tokens.

use akses_domain::time::{Instant, Zone};
use akses_endpoint::accesses::Moment;
use akses_endpoint::{Problem, config};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use serde::Serialize;
use serde_json::{Value, json};
use sha2::Sha256;

/// A name has 128 random bits.
const NAME_BYTES: usize = 16;

/// How long a token opens the room. It is asked for at the moment of entering;
/// who is inside stays.
const TOKEN_MS: i64 = 10 * 60 * 1000;

/// Clocks of two machines differ.
const SKEW_MS: i64 = 60 * 1000;

/// Where a room is entered.
#[derive(Debug, Serialize)]
pub struct Address {
    /// The address.
    pub url: String,
    /// When the address opens no more; none when it has no token.
    pub until: Option<Moment>,
}

/// Who enters.
#[derive(Debug, Clone, Copy)]
pub struct Guest<'a> {
    /// The name that the other one sees.
    pub name: &'a str,
    /// Whether this is the verifier, who may let in and send out.
    pub is_moderator: bool,
}

/// A new name.
///
/// # Errors
/// An internal problem when there is no randomness.
pub fn new_name() -> Result<String, Problem> {
    let mut bytes = [0; NAME_BYTES];
    getrandom::fill(&mut bytes)
        .map_err(|error| Problem::internal(format!("no randomness: {error}")))?;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("akses-{hex}"))
}

/// The address of a room for one guest, from the variables `jitsi_origin`,
/// `jitsi_app_id` and `jitsi_app_secret`.
///
/// # Errors
/// An internal problem when they are no good.
pub fn address(room: &str, guest: Guest<'_>, now: Instant, zone: Zone) -> Result<Address, Problem> {
    let origin = config::variable("jitsi_origin");
    let origin = origin.trim_end_matches('/');
    if !(origin.starts_with("https://") || origin.starts_with("http://")) {
        return Err(Problem::internal(
            "variable jitsi_origin is not http(s)://HOST",
        ));
    }
    let (app, secret) = (
        config::variable("jitsi_app_id"),
        config::variable("jitsi_app_secret"),
    );
    if secret.is_empty() {
        let url = format!("{origin}/{room}");
        return Ok(Address { url, until: None });
    }
    let until = Instant::from_ms(now.ms() + TOKEN_MS);
    let token = sign(&claims(&app, room, guest, now, until), secret.as_bytes())?;
    Ok(Address {
        url: format!("{origin}/{room}?jwt={token}"),
        until: Some(Moment::new(until, zone)),
    })
}

fn claims(app: &str, room: &str, guest: Guest<'_>, now: Instant, until: Instant) -> Value {
    let affiliation = if guest.is_moderator {
        "owner"
    } else {
        "member"
    };
    json!({
        "aud": app,
        "iss": app,
        "sub": "*",
        "room": room,
        "nbf": (now.ms() - SKEW_MS) / 1000,
        "exp": until.ms() / 1000,
        "context": { "user": {
            "name": guest.name, "moderator": guest.is_moderator, "affiliation": affiliation,
        } },
    })
}

/// RFC 7519 with HS256, which Jitsi's token check takes.
fn sign(claims: &Value, secret: &[u8]) -> Result<String, Problem> {
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"JWT"}"#);
    let signed = format!("{header}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()));
    let mut mac = Hmac::<Sha256>::new_from_slice(secret)
        .map_err(|_| Problem::internal("variable jitsi_app_secret is no key"))?;
    mac.update(signed.as_bytes());
    let signature = URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
    Ok(format!("{signed}.{signature}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_signed_as_openssl_signs_it() {
        // printf '%s' HEADER.CLAIMS | openssl dgst -sha256 -hmac rahasia -binary
        let token = sign(&json!({ "room": "akses-1" }), b"rahasia").unwrap();
        assert_eq!(
            token,
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJyb29tIjoiYWtzZXMtMSJ9.-rKGadvCQsH938n333noisurKaUoAVjSU51ogS-GgO4"
        );
    }

    #[test]
    fn mtg_3_the_two_get_different_tokens_for_a_short_time() {
        let now = Instant::from_ms(1_774_854_600_000);
        let until = Instant::from_ms(now.ms() + TOKEN_MS);
        let of = |is_moderator| {
            let guest = Guest {
                name: "Orang",
                is_moderator,
            };
            claims("akses", "akses-1", guest, now, until)
        };
        let (verifier, person) = (of(true), of(false));
        assert_eq!(verifier["context"]["user"]["moderator"], true);
        assert_eq!(person["context"]["user"]["moderator"], false);
        assert_eq!(person["room"], "akses-1");
        let lives_s = person["exp"].as_i64().unwrap() - now.ms() / 1000;
        assert_eq!(lives_s, 600);
        assert_ne!(sign(&verifier, b"x").unwrap(), sign(&person, b"x").unwrap());
    }

    #[test]
    fn a_name_is_random_and_fits_into_an_address() {
        let (one, other) = (new_name().unwrap(), new_name().unwrap());
        assert_ne!(one, other);
        assert_eq!(one.len(), "akses-".len() + 2 * NAME_BYTES);
        assert!(one.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'));
    }
}
