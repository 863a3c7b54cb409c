//! Signing keys as operators configure them, and as platforms see them.

use crate::encode;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, SecondsFormat};
use ed25519_dalek::{Signer, SigningKey};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// More than a rotation ever needs.
const KEYS_MAX: usize = 16;
const KID_CHARS_MAX: usize = 64;

/// Why the configured keys are none. Names the place, never a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadKeys(String);

impl fmt::Display for BadKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadKeys {}

/// One signing key with its name and the moment from which it signs.
#[derive(Clone)]
pub struct Key {
    kid: String,
    pair: SigningKey,
    not_before_ms: i64,
}

/// The secret stays out of every log. In memory it is wiped with its key; the variable that
/// it came from lies there as long as its instance.
impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key")
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}

impl Key {
    /// A key from 32 random bytes that signs from this moment on.
    ///
    /// # Errors
    /// When the name is none, or the bytes are not random at all.
    pub fn new(kid: &str, seed: &[u8; 32], not_before_ms: i64) -> Result<Self, BadKeys> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if !(1..=KID_CHARS_MAX).contains(&kid.len()) || !kid.chars().all(is_plain) {
            return Err(BadKeys(format!(
                "a key's name has 1 to {KID_CHARS_MAX} letters, digits, hyphens or underscores"
            )));
        }
        // This is what a secret looks like that nobody set.
        if seed.iter().all(|byte| *byte == 0) {
            return Err(BadKeys("a key of nothing but zeros is none".to_owned()));
        }
        Ok(Self {
            kid: kid.to_owned(),
            pair: SigningKey::from_bytes(seed),
            not_before_ms,
        })
    }

    /// Its name, in the header of what it signs.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The line of the variable `signing_keys`. It holds the secret.
    pub fn line(&self) -> String {
        let from = DateTime::from_timestamp_millis(self.not_before_ms).unwrap_or_default();
        format!(
            "{}:{}:{}",
            self.kid,
            encode(self.pair.as_bytes()),
            from.to_rfc3339_opts(SecondsFormat::Secs, true)
        )
    }

    pub(crate) fn signature(&self, message: &[u8]) -> [u8; 64] {
        self.pair.sign(message).to_bytes()
    }

    fn public(&self) -> PublicKey {
        PublicKey {
            kty: "OKP".to_owned(),
            crv: "Ed25519".to_owned(),
            alg: "EdDSA".to_owned(),
            usage: "sig".to_owned(),
            kid: self.kid.clone(),
            x: encode(self.pair.verifying_key()),
        }
    }

    fn parse(line: &str) -> Result<Self, BadKeys> {
        let bad = |what: &str| BadKeys(what.to_owned());
        let mut parts = line.splitn(3, ':');
        let mut part = || parts.next().unwrap_or_default();
        let (kid, seed, from) = (part(), part(), part());
        let seed = URL_SAFE_NO_PAD
            .decode(seed)
            .ok()
            .and_then(|bytes| <[u8; 32]>::try_from(bytes).ok())
            .ok_or_else(|| bad("its second part must be 32 bytes in base64url"))?;
        let from = DateTime::parse_from_rfc3339(from)
            .map_err(|_| bad("its third part must be a moment such as 2026-03-27T07:10:00Z"))?;
        Self::new(kid, &seed, from.timestamp_millis())
    }
}

/// All configured keys. Several of them are a rotation: all are published, the
/// newest whose moment has come signs.
#[derive(Debug, Clone)]
pub struct Keyring(Vec<Key>);

impl Keyring {
    /// Reads `KID:SEED:NOT_BEFORE` entries between white space or commas. None is
    /// an empty ring.
    ///
    /// # Errors
    /// Which entry is wrong, without showing it.
    pub fn parse(text: &str) -> Result<Self, BadKeys> {
        let entries = text.split(|c: char| c.is_whitespace() || c == ',');
        let mut keys: Vec<Key> = Vec::new();
        for entry in entries.filter(|entry| !entry.is_empty()) {
            let number = keys.len() + 1;
            let key =
                Key::parse(entry).map_err(|bad| BadKeys(format!("signing key {number}: {bad}")))?;
            if keys.iter().any(|known| known.kid == key.kid) {
                return Err(BadKeys(format!(
                    "signing key {number}: its name stands there twice"
                )));
            }
            keys.push(key);
        }
        if keys.len() > KEYS_MAX {
            return Err(BadKeys(format!(
                "there are more than {KEYS_MAX} signing keys"
            )));
        }
        Ok(Self(keys))
    }

    /// The key that signs at this moment; none when there is none yet.
    pub fn signing_at(&self, now_ms: i64) -> Option<&Key> {
        let begun = self.0.iter().filter(|key| key.not_before_ms <= now_ms);
        begun.max_by_key(|key| key.not_before_ms)
    }

    /// What platforms verify with. A key is here before it signs, so that they
    /// know it by then.
    pub fn public(&self) -> PublicKeys {
        PublicKeys {
            keys: self.0.iter().map(Key::public).collect(),
        }
    }

    /// Whether there is no key at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Keys that were made, and the text that they are of. To make a key costs as much as a
/// signature.
#[derive(Debug, Default)]
pub struct KeptKeys(Option<(String, Arc<Keyring>)>);

impl KeptKeys {
    /// None yet.
    pub const fn new() -> Self {
        Self(None)
    }

    /// The keys of this text: those that were kept if it is still the same. Of another
    /// text nothing stays.
    ///
    /// # Errors
    /// As [`Keyring::parse`].
    pub fn of(&mut self, text: String) -> Result<Arc<Keyring>, BadKeys> {
        let kept = self.0.take().filter(|(known, _)| *known == text);
        let keys = match kept {
            Some((_, keys)) => keys,
            None => Arc::new(Keyring::parse(&text)?),
        };
        self.0 = Some((text, Arc::clone(&keys)));
        Ok(keys)
    }
}

/// A JSON Web Key Set (RFC 7517).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicKeys {
    /// In the order of the configuration.
    pub keys: Vec<PublicKey>,
}

/// An Ed25519 key as RFC 8037 writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicKey {
    /// `OKP`.
    pub kty: String,
    /// `Ed25519`.
    pub crv: String,
    /// `EdDSA`.
    pub alg: String,
    /// `sig`.
    #[serde(rename = "use")]
    pub usage: String,
    /// The key's name.
    pub kid: String,
    /// The public key in base64url.
    pub x: String,
}
