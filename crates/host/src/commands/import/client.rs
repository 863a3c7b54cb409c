//! The import route as a client sees it: one connection, one request at a time.

use std::ops::AddAssign;
use std::time::Duration;

use anyhow::{Context, bail};
use bytes::Bytes;
use http::{Request, Response, StatusCode, Uri, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How long one chunk may take.
const REQUEST_MS: u64 = 120_000;
/// How long connecting may take.
const CONNECT_MS: u64 = 10_000;
/// Bytes of an answer; 500 row errors fit many times.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;

const HTTP_PORT: u16 = 80;

/// What the service did with the rows of a chunk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Tally {
    /// Rows it did not have.
    pub added: u64,
    /// Rows it had otherwise.
    pub changed: u64,
    /// Rows it had just so.
    pub unchanged: u64,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, more: Tally) {
        self.added += more.added;
        self.changed += more.changed;
        self.unchanged += more.unchanged;
    }
}

/// Why a row was not taken.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct RowError {
    /// The line in the chunk, the heading being line 1.
    pub line: u64,
    /// The column.
    #[serde(default)]
    pub field: String,
    /// The reason, in Indonesian.
    pub detail: String,
}

/// A chunk is taken as a whole or not at all.
#[derive(Debug)]
pub enum Outcome {
    /// Stored.
    Taken(Tally),
    /// Not stored.
    Refused(Vec<RowError>),
}

#[derive(Deserialize)]
struct Problem {
    #[serde(default)]
    title: String,
    #[serde(default)]
    detail: String,
    #[serde(default)]
    errors: Vec<RowError>,
}

/// A connection to a service.
pub struct Client {
    sender: SendRequest<Full<Bytes>>,
    authority: String,
    token: String,
}

impl Client {
    /// Connects to `http://HOST:PORT`.
    pub async fn connect(service: &str, token: &str) -> anyhow::Result<Self> {
        let (host, port) = host_and_port(service)?;
        let bare_host = host.trim_matches(['[', ']']).to_owned();
        let connecting = TcpStream::connect((bare_host, port));
        let stream = timeout(Duration::from_millis(CONNECT_MS), connecting)
            .await
            .with_context(|| format!("{service} does not answer"))?
            .with_context(|| format!("cannot connect to {service}; is the service running?"))?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        // Its error is also the answer to the request under way.
        tokio::spawn(connection);
        Ok(Client {
            sender,
            authority: format!("{host}:{port}"),
            token: token.to_owned(),
        })
    }

    /// Sends one chunk.
    pub async fn send(&mut self, kind: &str, csv: String) -> anyhow::Result<Outcome> {
        let request = Request::post(format!("/internal/import/{kind}"))
            .header(header::HOST, &self.authority)
            .header(header::CONTENT_TYPE, "text/csv; charset=utf-8")
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token))
            .body(Full::from(csv))
            .context("the token cannot be sent in a header")?;
        timeout(Duration::from_millis(REQUEST_MS), self.exchange(request))
            .await
            .context("the service took too long to answer")?
    }

    async fn exchange(&mut self, request: Request<Full<Bytes>>) -> anyhow::Result<Outcome> {
        self.sender.ready().await.context("the connection broke")?;
        let response = self.sender.send_request(request).await?;
        read_outcome(response).await
    }
}

fn host_and_port(service: &str) -> anyhow::Result<(String, u16)> {
    let uri: Uri = service
        .parse()
        .with_context(|| format!("{service:?} is no address; write it as http://HOST:PORT"))?;
    if uri.scheme_str() == Some("https") {
        bail!(
            "import speaks plain HTTP only: run it on the service's own machine, or through a \
             tunnel (ssh -L 3000:127.0.0.1:3000 HOST) to http://127.0.0.1:3000"
        );
    }
    let host = uri.host().filter(|_| uri.scheme_str() == Some("http"));
    let host = host.with_context(|| format!("write {service:?} as http://HOST:PORT"))?;
    if !matches!(uri.path(), "" | "/") || uri.query().is_some() {
        bail!("{service:?} has a path; write it as http://HOST:PORT");
    }
    Ok((host.to_owned(), uri.port_u16().unwrap_or(HTTP_PORT)))
}

async fn read_outcome(response: Response<Incoming>) -> anyhow::Result<Outcome> {
    let status = response.status();
    let body = Limited::new(response.into_body(), ANSWER_BYTES_MAX)
        .collect()
        .await
        .map_err(|error| anyhow::anyhow!("the answer cannot be read: {error}"))?
        .to_bytes();
    outcome(status, &body)
}

fn outcome(status: StatusCode, body: &[u8]) -> anyhow::Result<Outcome> {
    let problem = || serde_json::from_slice::<Problem>(body).ok();
    match status {
        StatusCode::OK => {
            let tally = serde_json::from_slice(body).context("the answer is not understood")?;
            Ok(Outcome::Taken(tally))
        }
        StatusCode::UNPROCESSABLE_ENTITY => {
            let errors = problem().map(|problem| problem.errors).unwrap_or_default();
            if errors.is_empty() {
                bail!(
                    "the service refused the rows without naming one{}",
                    said(problem())
                );
            }
            Ok(Outcome::Refused(errors))
        }
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => bail!(
            "the service does not accept this token; it must be the value of the variable \
             operator_token that the service was started with{}",
            said(problem())
        ),
        StatusCode::NOT_FOUND => bail!(
            "the service has no import route here, or it is closed because operator_token is \
             empty{}",
            said(problem())
        ),
        _ => bail!("the service answered {status}{}", said(problem())),
    }
}

fn said(problem: Option<Problem>) -> String {
    let text = problem.map(|problem| {
        if problem.detail.is_empty() {
            problem.title
        } else {
            problem.detail
        }
    });
    match text {
        Some(text) if !text.is_empty() => format!(": {text}"),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_plain_http_addresses_only() {
        let ok = |text| host_and_port(text).unwrap();
        assert_eq!(ok("http://127.0.0.1:3000"), ("127.0.0.1".to_owned(), 3000));
        assert_eq!(ok("http://localhost/"), ("localhost".to_owned(), 80));
        assert_eq!(ok("http://[::1]:81"), ("[::1]".to_owned(), 81));
        for wrong in [
            "https://a:1",
            "127.0.0.1:3000",
            "http://a:1/api",
            "ftp://a",
            "",
            "/",
        ] {
            assert!(host_and_port(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn understands_the_answers_of_the_route() {
        let taken = outcome(StatusCode::OK, br#"{"added":2,"changed":1,"unchanged":0}"#);
        let Ok(Outcome::Taken(tally)) = taken else {
            panic!("{taken:?}");
        };
        assert_eq!((tally.added, tally.changed, tally.unchanged), (2, 1, 0));

        let problem = br#"{"type":"x","errors":[{"line":3,"field":"zone","detail":"salah"}]}"#;
        let refused = outcome(StatusCode::UNPROCESSABLE_ENTITY, problem);
        let Ok(Outcome::Refused(errors)) = refused else {
            panic!("{refused:?}");
        };
        assert_eq!(errors[0].line, 3);
    }

    #[test]
    fn other_answers_are_errors_that_say_what_to_do() {
        let message = |status, body: &[u8]| outcome(status, body).unwrap_err().to_string();
        assert!(message(StatusCode::UNAUTHORIZED, b"").contains("operator_token"));
        assert!(message(StatusCode::NOT_FOUND, b"").contains("operator_token"));
        let busy = message(StatusCode::SERVICE_UNAVAILABLE, br#"{"detail":"sibuk"}"#);
        assert!(busy.ends_with("503 Service Unavailable: sibuk"), "{busy}");
        assert!(outcome(StatusCode::OK, b"<html>").is_err());
        assert!(outcome(StatusCode::UNPROCESSABLE_ENTITY, b"{}").is_err());
    }
}
