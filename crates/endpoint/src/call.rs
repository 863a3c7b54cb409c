//! One request, read and bounded.

use crate::identity::{self, REQUEST_ID_HEADER, sha256_hex};
use crate::json;
use crate::problem::Problem;
use crate::store::events::{Idempotency, Stamp};
use akses_domain::ids::AccountId;
use akses_domain::time::Instant;
use bytes::Bytes;
use serde::de::DeserializeOwned;
use spin_sdk::http::{HeaderMap, Uri};
use std::fmt;
use std::str::FromStr;

/// An idempotency key is at most this long; a UUID has 36 characters.
const IDEMPOTENCY_KEY_CHARS_MAX: usize = 64;

/// The longest text that can be searched for.
const SEARCH_CHARS_MAX: usize = 100;

/// The longest page of a list.
const PAGE_ROWS_MAX: u32 = 100;

/// The page when nothing is said.
const PAGE_ROWS_DEFAULT: u32 = 25;

/// One request: its head, its whole body, and the moment it arrived at.
pub struct Call {
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
    now: Instant,
}

/// Without headers and body: they hold tokens and passwords.
impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("path", &self.uri.path())
            .field("now", &self.now)
            .finish_non_exhaustive()
    }
}

impl Call {
    pub(crate) fn new(uri: Uri, headers: HeaderMap, body: Bytes, now: Instant) -> Self {
        Self {
            uri,
            headers,
            body,
            now,
        }
    }

    /// When it arrived. There is no other clock in an operation.
    pub fn now(&self) -> Instant {
        self.now
    }

    /// The body as it came.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// A header's value, when it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Who is signed in, as the gate says.
    ///
    /// # Errors
    /// 401 when nobody is.
    pub fn person(&self) -> Result<AccountId, Problem> {
        identity::person(&self.headers)
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// 400 or 422 that names the field.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        json::parse(&self.body)
    }

    /// The revision that the caller read, from `If-Match`; none when it is
    /// missing.
    pub fn if_match(&self) -> Option<&str> {
        let tag = self.header("if-match")?.trim();
        Some(tag.trim_start_matches("W/").trim_matches('"'))
    }

    /// The path's segment at this index, counted from 0; empty when it is short.
    pub fn segment(&self, index: usize) -> &str {
        self.uri
            .path()
            .trim_start_matches('/')
            .split('/')
            .nth(index)
            .unwrap_or_default()
    }

    /// The id in the path's segment at this index.
    ///
    /// # Errors
    /// 404, because what has no possible name does not exist.
    pub fn id<T: FromStr>(&self, index: usize) -> Result<T, Problem> {
        self.segment(index)
            .parse()
            .map_err(|_| Problem::not_found())
    }

    /// A parameter of the query string; none when it is missing or empty.
    pub fn query(&self, name: &str) -> Option<String> {
        form_urlencoded::parse(self.uri.query().unwrap_or_default().as_bytes())
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
            .filter(|value| !value.is_empty())
    }

    /// What is searched for, `?q=`.
    ///
    /// # Errors
    /// 422 when it is too long.
    pub fn search(&self) -> Result<String, Problem> {
        let text = self.query("q").unwrap_or_default();
        if text.chars().count() > SEARCH_CHARS_MAX {
            let detail = format!("Kata pencarian paling panjang {SEARCH_CHARS_MAX} huruf.");
            return Err(Problem::field("q", "too-long", &detail));
        }
        Ok(text)
    }

    /// How many rows a page has, `?limit=`.
    ///
    /// # Errors
    /// 422 when it is no number or out of bounds.
    pub fn limit(&self) -> Result<u32, Problem> {
        let Some(text) = self.query("limit") else {
            return Ok(PAGE_ROWS_DEFAULT);
        };
        text.parse()
            .ok()
            .filter(|rows| (1..=PAGE_ROWS_MAX).contains(rows))
            .ok_or_else(|| {
                let detail = format!("Isi dengan angka 1 sampai {PAGE_ROWS_MAX}.");
                Problem::field("limit", "out-of-bounds", &detail)
            })
    }

    /// What the page before this one ended with, `?after=`, in lists by id or number.
    ///
    /// # Errors
    /// 404 when it is none: such a page does not exist.
    pub fn after<T: FromStr>(&self) -> Result<Option<T>, Problem> {
        let after = self.query("after").map(|text| text.parse());
        after.transpose().map_err(|_| Problem::not_found())
    }

    /// The caller's `Idempotency-Key` with the fingerprint of this request.
    ///
    /// # Errors
    /// 400 when the key is not one.
    pub fn idempotency(&self) -> Result<Option<Idempotency>, Problem> {
        let Some(value) = self.headers.get("idempotency-key") else {
            return Ok(None);
        };
        let key = value
            .to_str()
            .ok()
            .filter(|key| (1..=IDEMPOTENCY_KEY_CHARS_MAX).contains(&key.len()))
            .ok_or_else(|| {
                let detail = format!(
                    "Kepala Idempotency-Key berisi 1 sampai {IDEMPOTENCY_KEY_CHARS_MAX} huruf atau angka."
                );
                Problem::bad_request("bad-idempotency-key", &detail)
            })?;
        let mut content = self.uri.path().as_bytes().to_vec();
        content.push(b'\n');
        content.extend_from_slice(&self.body);
        let fingerprint = sha256_hex(&content);
        Ok(Some(Idempotency {
            key: key.to_owned(),
            fingerprint,
        }))
    }

    /// Who, when and from where (ALL-1), without an idempotency key.
    pub fn stamp(&self, actor: &str) -> Stamp {
        Stamp {
            actor: actor.to_owned(),
            at: self.now.ms(),
            origin: self.origin().to_owned(),
            request_id: self
                .header(REQUEST_ID_HEADER)
                .unwrap_or_default()
                .to_owned(),
            idempotency: None,
        }
    }

    /// The caller's network address without its port, as the host saw it.
    fn origin(&self) -> &str {
        let address = self.header("spin-client-addr").unwrap_or_default();
        address.rsplit_once(':').map_or(address, |(host, _)| host)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(uri: &str, headers: &[(&'static str, &str)]) -> Call {
        let headers = headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect();
        Call::new(
            uri.parse().unwrap(),
            headers,
            Bytes::from_static(b"{}"),
            Instant::from_ms(0),
        )
    }

    #[test]
    fn without_the_gate_nobody_is_signed_in() {
        assert!(call("/", &[]).person().is_err());
        assert!(call("/", &[("x-akses-account", "root")]).person().is_err());
    }

    #[test]
    fn a_call_shows_no_tokens_and_no_body() {
        let mut call = call("/x?q=cari", &[("cookie", "rahasia-1")]);
        call.body = Bytes::from_static(b"rahasia-2");
        let shown = format!("{call:?}");
        assert!(
            !shown.contains("rahasia") && !shown.contains("cari"),
            "{shown}"
        );
    }

    #[test]
    fn pages_are_bounded() {
        for (uri, expected) in [
            ("/x", Some(25)),
            ("/x?limit=100", Some(100)),
            ("/x?limit=101", None),
            ("/x?limit=0", None),
            ("/x?limit=-1", None),
            ("/x?limit=viele", None),
        ] {
            assert_eq!(call(uri, &[]).limit().ok(), expected, "{uri}");
        }
    }

    #[test]
    fn the_same_key_on_another_path_is_another_fingerprint() {
        let key = [("idempotency-key", "k1")];
        let one = call("/a", &key).idempotency().unwrap().unwrap();
        let other = call("/b", &key).idempotency().unwrap().unwrap();
        assert_eq!(one.key, other.key);
        assert_ne!(one.fingerprint, other.fingerprint);
        assert!(
            call("/a", &[("idempotency-key", &"k".repeat(65))])
                .idempotency()
                .is_err()
        );
    }
}
