//! The service's public keys, fetched over HTTP and kept for a while.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use bytes::Bytes;
use http::{Request, StatusCode, Uri, header};
use http_body_util::{BodyExt, Empty, Limited};
use hyper::client::conn::http1::handshake;
use hyper_util::rt::TokioIo;
use jsonwebtoken::DecodingKey;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, JwkSet};
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::verify::Refused;

/// A key that the service withdrew is good no longer than this.
const KEPT_MS: u64 = 300_000;
/// An unknown key is looked for this often at most, so that made-up names do not
/// make this platform hammer the service.
const RETRY_MS: u64 = 1_000;
/// One fetch, from the connection to the last byte.
const FETCH_MS: u64 = 5_000;
/// A set of 16 keys has under 4,000 bytes.
const ANSWER_BYTES_MAX: usize = 64 * 1024;

const HTTP_PORT: u16 = 80;

/// The keys published at one address.
pub(super) struct Keys {
    uri: Uri,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    keys: HashMap<String, DecodingKey>,
    fetched: Option<Instant>,
    /// A failed try counts too: made-up names must not make every one a fetch.
    tried: Option<Instant>,
}

/// Whether that was so long ago, or never.
fn is_older(moment: Option<Instant>, ms: u64) -> bool {
    moment.is_none_or(|moment| moment.elapsed() >= Duration::from_millis(ms))
}

impl Keys {
    /// Nothing is fetched before the first assertion comes.
    pub(super) fn at(address: &str) -> anyhow::Result<Self> {
        let uri: Uri = address
            .parse()
            .with_context(|| format!("{address:?} is no address"))?;
        if uri.scheme_str() != Some("http") || uri.host().is_none() {
            bail!("the demo platform fetches keys over plain HTTP: write http://HOST:PORT/PATH");
        }
        Ok(Self {
            uri,
            kept: Mutex::default(),
        })
    }

    /// The key of this name, fetched when it is not known or kept for too long.
    pub(super) async fn find(&self, kid: &str) -> Result<DecodingKey, Refused> {
        let mut kept = self.kept.lock().await;
        let is_wanted = is_older(kept.fetched, KEPT_MS) || !kept.keys.contains_key(kid);
        if is_wanted && is_older(kept.tried, RETRY_MS) {
            kept.tried = Some(Instant::now());
            let fetched = timeout(Duration::from_millis(FETCH_MS), self.fetch()).await;
            match fetched.map_err(anyhow::Error::from).and_then(|keys| keys) {
                Ok(keys) => {
                    kept.keys = keys;
                    kept.fetched = kept.tried;
                }
                // Those that are known and fresh are good without it.
                Err(error) => tracing::warn!("the keys cannot be fetched: {error:#}"),
            }
        }
        if is_older(kept.fetched, KEPT_MS) {
            return Err(Refused::NoKeys);
        }
        kept.keys.get(kid).cloned().ok_or(Refused::UnknownKey)
    }

    async fn fetch(&self) -> anyhow::Result<HashMap<String, DecodingKey>> {
        let host = self.uri.host().unwrap_or_default();
        let port = self.uri.port_u16().unwrap_or(HTTP_PORT);
        let bare_host = host.trim_matches(['[', ']']).to_owned();
        let stream = TcpStream::connect((bare_host, port)).await?;
        let (mut sender, connection) = handshake(TokioIo::new(stream)).await?;
        // Its error is also the answer to the request.
        tokio::spawn(connection);
        let path = self.uri.path_and_query().map_or("/", |path| path.as_str());
        let request = Request::get(path)
            .header(header::HOST, format!("{host}:{port}"))
            .header(header::ACCEPT, "application/json")
            .body(Empty::<Bytes>::new())?;
        let answer = sender.send_request(request).await?;
        if answer.status() != StatusCode::OK {
            bail!("{} answered {}", self.uri, answer.status());
        }
        let body = Limited::new(answer.into_body(), ANSWER_BYTES_MAX)
            .collect()
            .await
            .map_err(|error| anyhow::anyhow!("the answer cannot be read: {error}"))?
            .to_bytes();
        read(&body)
    }
}

/// The Ed25519 keys of a key set; others are not for assertions.
pub(super) fn read(body: &[u8]) -> anyhow::Result<HashMap<String, DecodingKey>> {
    let set: JwkSet = serde_json::from_slice(body).context("this is no key set")?;
    let ours = set.keys.into_iter().filter_map(|key| {
        let AlgorithmParameters::OctetKeyPair(parameters) = &key.algorithm else {
            return None;
        };
        if parameters.curve != EllipticCurve::Ed25519 {
            return None;
        }
        let decoding = DecodingKey::from_jwk(&key).ok()?;
        Some((key.common.key_id?, decoding))
    });
    Ok(ours.collect())
}
