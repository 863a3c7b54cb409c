//! A small HTTP client that speaks of this service: bearer tokens, idempotency
//! keys, problems.

use crate::contract::Exchange;
use crate::program::tail;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};
use std::time::Duration;
use ureq::Agent;
use ureq::http::{HeaderMap, Request};

/// The largest answer is a decree.
const ANSWER_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Longer than anything the service may take.
const ANSWER_MS_MAX: u64 = 60_000;

/// One service, wherever it listens after its latest start.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    agent: Agent,
    base: RwLock<String>,
    log: PathBuf,
}

impl Client {
    /// A client of the service at `base`; its log is shown with failures.
    pub fn new(base: &str, log: &Path) -> Self {
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .allow_non_standard_methods(true)
            .max_redirects(0)
            .max_idle_connections(128)
            .max_idle_connections_per_host(128)
            .timeout_global(Some(Duration::from_millis(ANSWER_MS_MAX)))
            .build()
            .new_agent();
        Self(Arc::new(Inner {
            agent,
            base: RwLock::new(base.to_owned()),
            log: log.to_owned(),
        }))
    }

    /// The service's address, such as `http://127.0.0.1:3000`.
    pub fn base(&self) -> String {
        self.0
            .base
            .read()
            .expect("no test panics while it writes this")
            .clone()
    }

    /// The address without its scheme: for sockets.
    pub fn authority(&self) -> String {
        self.base().trim_start_matches("http://").to_owned()
    }

    /// The service was started again somewhere else.
    pub(crate) fn moved_to(&self, base: &str) {
        base.clone_into(
            &mut self
                .0
                .base
                .write()
                .expect("no test panics while it writes this"),
        );
    }

    /// A request to be filled in.
    pub fn call(&self, method: &str, path: &str) -> Call {
        Call {
            client: self.clone(),
            method: method.to_owned(),
            path: path.to_owned(),
            headers: Vec::new(),
            body: None,
        }
    }

    /// GET.
    pub fn get(&self, path: &str) -> Call {
        self.call("GET", path)
    }

    /// POST.
    pub fn post(&self, path: &str) -> Call {
        self.call("POST", path)
    }
}

/// A request.
#[derive(Clone)]
pub struct Call {
    client: Client,
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
}

impl Call {
    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With a session's or an operator's token.
    #[must_use]
    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// With a browser's session.
    #[must_use]
    pub fn cookie(self, token: &str) -> Self {
        self.header("cookie", &format!("akses_session={token}"))
    }

    /// With an `Idempotency-Key` (REG-5).
    #[must_use]
    pub fn key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    /// With a JSON body.
    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json")
            .body(body.to_string())
    }

    /// With any body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self
    }

    /// Sends it.
    ///
    /// # Panics
    /// When no answer comes.
    #[track_caller]
    pub fn send(self) -> Answer {
        let what = format!("{} {}", self.method, self.path);
        let log = self.client.0.log.clone();
        match self.try_send() {
            Ok(answer) => answer,
            Err(error) => panic!("{what}: {error}\n{}", tail(&log, |_| true)),
        }
    }

    /// Sends it to a service that may die meanwhile.
    ///
    /// # Errors
    /// What happened to the connection.
    pub fn try_send(self) -> Result<Answer, String> {
        let what = format!("{} {}", self.method, self.path);
        let mut request = Request::builder().method(self.method.as_str()).uri(format!(
            "{}{}",
            self.client.base(),
            self.path
        ));
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let agent = &self.client.0.agent;
        let has_body =
            self.body.is_some() || matches!(self.method.as_str(), "POST" | "PUT" | "PATCH");
        let sent = self.body.clone();
        let response = if has_body {
            let request = request.body(self.body.unwrap_or_default());
            agent.run(request.map_err(|error| error.to_string())?)
        } else {
            agent.run(request.body(()).map_err(|error| error.to_string())?)
        };
        let mut response = response.map_err(|error| error.to_string())?;
        let body = response
            .body_mut()
            .with_config()
            .limit(ANSWER_BYTES_MAX)
            .read_to_vec();
        let answer = Answer {
            what,
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: body.map_err(|error| error.to_string())?,
            log: self.client.0.log.clone(),
        };
        let exchange = Exchange {
            method: &self.method,
            path: &self.path,
            sent: sent.as_deref(),
            status: answer.status,
            content_type: answer
                .headers
                .get("content-type")
                .and_then(|value| value.to_str().ok())
                .unwrap_or_default(),
            body: &answer.body,
        };
        if let Err(breach) = exchange.keeps_the_contract() {
            panic!(
                "not as the OpenAPI document says: {breach}\n{}",
                answer.shown()
            );
        }
        Ok(answer)
    }
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    what: String,
    /// The status code.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Vec<u8>,
    log: PathBuf,
}

impl Answer {
    /// Itself, when its status is this one.
    ///
    /// # Panics
    /// With the whole answer and what the service logged about it.
    #[track_caller]
    #[must_use]
    pub fn expect(self, status: u16) -> Self {
        assert!(self.status == status, "{status} expected\n{}", self.shown());
        self
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// When it is none.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("not JSON: {error}\n{}", self.shown()))
    }

    /// A problem as RFC 9457 has it, of this status and kind, in the words of
    /// this service. Answers its members.
    ///
    /// # Panics
    /// When it is anything else.
    #[track_caller]
    pub fn problem(&self, status: u16, kind: &str) -> Value {
        assert!(
            self.status == status,
            "{status} {kind} expected\n{}",
            self.shown()
        );
        let content_type = self.text("content-type");
        assert!(
            content_type.starts_with("application/problem+json"),
            "{}",
            self.shown()
        );
        let body = self.json();
        assert_eq!(
            body["type"],
            format!("urn:inaproc:akses:problem:{kind}"),
            "{}",
            self.shown()
        );
        assert_eq!(body["status"], status, "{}", self.shown());
        for member in ["title", "detail"] {
            assert!(
                is_indonesian(body[member].as_str()),
                "{member}\n{}",
                self.shown()
            );
        }
        body
    }

    /// As [`Answer::problem`], with the field that is wrong.
    ///
    /// # Panics
    /// When it is anything else.
    #[track_caller]
    pub fn names_field(&self, status: u16, kind: &str, field: &str) {
        let body = self.problem(status, kind);
        assert_eq!(body["errors"][0]["field"], field, "{}", self.shown());
        assert!(
            is_indonesian(body["errors"][0]["detail"].as_str()),
            "{}",
            self.shown()
        );
    }

    /// A header; empty when it is missing.
    pub fn text(&self, header: &str) -> &str {
        self.headers
            .get(header)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// The whole answer, and the log lines about it.
    pub fn shown(&self) -> String {
        let id = self.text("x-request-id");
        let about = tail(&self.log, |line| !id.is_empty() && line.contains(id));
        let headers: Vec<_> = self
            .headers
            .iter()
            .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap_or("?")))
            .collect();
        format!(
            "{} -> {}\n{}\n\n{}\n{about}",
            self.what,
            self.status,
            headers.join("\n"),
            String::from_utf8_lossy(&self.body)
        )
    }
}

/// A sentence for people (ALL-3): at least none of the words that only English
/// has. Good enough to notice an error text of a library.
fn is_indonesian(text: Option<&str>) -> bool {
    const ENGLISH: [&str; 12] = [
        "the", "is", "not", "error", "invalid", "failed", "at", "line", "expected", "of", "to",
        "missing",
    ];
    text.is_some_and(|text| {
        let words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
        !text.trim().is_empty()
            && words
                .into_iter()
                .all(|word| !ENGLISH.contains(&word.to_ascii_lowercase().as_str()))
    })
}
