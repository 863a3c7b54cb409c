//! A load of requests over keep-alive connections, measured.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::SendRequest;
use hyper_util::rt::TokioIo;
use serde::Serialize;
use serde_json::Value;
use tokio::net::TcpStream;

/// One request that can be sent.
#[derive(Debug, Clone)]
pub(super) struct Shot {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) token: Option<Arc<str>>,
    pub(super) body: Bytes,
    /// The revision that a change means.
    pub(super) if_match: Option<&'static str>,
}

impl Shot {
    pub(super) fn get(path: impl Into<String>, token: Option<&Arc<str>>) -> Self {
        Self {
            method: Method::GET,
            path: path.into(),
            token: token.cloned(),
            body: Bytes::new(),
            if_match: None,
        }
    }

    pub(super) fn post(path: impl Into<String>, token: Option<&Arc<str>>, body: Bytes) -> Self {
        Self {
            method: Method::POST,
            path: path.into(),
            token: token.cloned(),
            body,
            if_match: None,
        }
    }

    pub(super) fn put(path: impl Into<String>, token: Option<&Arc<str>>, body: Bytes) -> Self {
        Self {
            method: Method::PUT,
            ..Self::post(path, token, body)
        }
    }

    fn request(&self) -> Result<Request<Full<Bytes>>> {
        let mut request = Request::builder()
            .method(&self.method)
            .uri(&self.path)
            .header("host", "127.0.0.1")
            .header("content-length", self.body.len());
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if let Some(revision) = self.if_match {
            request = request.header("if-match", revision);
        }
        Ok(request.body(Full::new(self.body.clone()))?)
    }
}

/// What a request says.
pub(super) fn body(value: &Value) -> Bytes {
    value.to_string().into()
}

/// The body of a command that says nothing more.
pub(super) fn nothing() -> Bytes {
    Bytes::from_static(b"{}")
}

/// A text of an answer.
pub(super) fn text(value: &Value, name: &str) -> Result<String> {
    value[name]
        .as_str()
        .map(str::to_owned)
        .with_context(|| format!("no `{name}` in {value}"))
}

/// A text of an answer; empty if it is missing.
pub(super) fn string(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}

/// A keep-alive connection.
pub(super) struct Connection(SendRequest<Full<Bytes>>);

impl Connection {
    pub(super) async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Self(sender))
    }

    pub(super) async fn send(&mut self, shot: &Shot) -> Result<(StatusCode, Bytes)> {
        self.0.ready().await?;
        let response = self.0.send_request(shot.request()?).await?;
        let status = response.status();
        Ok((status, response.into_body().collect().await?.to_bytes()))
    }

    /// Sends and expects success with JSON.
    pub(super) async fn json(&mut self, shot: &Shot) -> Result<Value> {
        let (status, body) = self.send(shot).await?;
        let text = String::from_utf8_lossy(&body);
        ensure!(
            status.is_success(),
            "{} {} answered {status}: {text}",
            shot.method,
            shot.path
        );
        if body.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&body).with_context(|| format!("{} answered no JSON", shot.path))
    }
}

/// What a load showed.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Figures {
    pub(super) connections: usize,
    pub(super) requests: usize,
    pub(super) per_second: f64,
    pub(super) p50_ms: f64,
    pub(super) p99_ms: f64,
    /// Answers that were no success.
    pub(super) failed: usize,
}

/// Wakes instances of what answers `shot`, on so many connections and without a change: no
/// operation takes this method. Its own code and statements are still cold. Some operations
/// can be measured with a few dozen requests only, and instances that were just made would
/// be most of their figure.
pub(super) async fn warm(address: SocketAddr, connections: usize, shot: &Shot) -> Result<()> {
    let unknown = Shot {
        method: Method::PATCH,
        ..shot.clone()
    };
    let mut asked = Vec::with_capacity(connections);
    for _ in 0..connections {
        let unknown = unknown.clone();
        let mut connection = Connection::open(address).await?;
        asked.push(tokio::spawn(async move { connection.send(&unknown).await }));
    }
    for answer in asked {
        let (status, _) = answer.await??;
        ensure!(
            status == StatusCode::METHOD_NOT_ALLOWED,
            "PATCH {} answered {status}; was what it needs made before?",
            shot.path
        );
    }
    Ok(())
}

/// Sends all shots once, over so many connections, and keeps the answers to
/// POST with the index of their shot.
pub(super) async fn fire(
    address: SocketAddr,
    connections: usize,
    shots: Vec<Shot>,
) -> Result<(Figures, Vec<(usize, Value)>)> {
    let shots = Arc::new(shots);
    let next = Arc::new(AtomicUsize::new(0));
    let mut open = Vec::with_capacity(connections);
    for _ in 0..connections {
        open.push(Connection::open(address).await?);
    }
    let began = Instant::now();
    let tasks: Vec<_> = open
        .into_iter()
        .map(|connection| tokio::spawn(run(connection, Arc::clone(&shots), Arc::clone(&next))))
        .collect();
    let mut latencies = Vec::with_capacity(shots.len());
    let mut answers = Vec::new();
    let mut failed = 0;
    for task in tasks {
        let part = task.await??;
        latencies.extend(part.latencies);
        answers.extend(part.answers);
        failed += part.failed;
    }
    Ok((
        figures(connections, latencies, began.elapsed(), failed),
        answers,
    ))
}

#[derive(Default)]
struct Part {
    latencies: Vec<Duration>,
    answers: Vec<(usize, Value)>,
    failed: usize,
}

async fn run(
    mut connection: Connection,
    shots: Arc<Vec<Shot>>,
    next: Arc<AtomicUsize>,
) -> Result<Part> {
    let mut part = Part::default();
    loop {
        let index = next.fetch_add(1, Ordering::Relaxed);
        let Some(shot) = shots.get(index) else { break };
        let began = Instant::now();
        let (status, body) = connection.send(shot).await?;
        part.latencies.push(began.elapsed());
        if !status.is_success() {
            part.failed += 1;
        } else if shot.method == Method::POST {
            part.answers
                .push((index, serde_json::from_slice(&body).unwrap_or(Value::Null)));
        }
    }
    Ok(part)
}

/// Sends the same shot until told to stop; for reads beside something else.
pub(super) async fn repeat_until(
    address: SocketAddr,
    connections: usize,
    shot: Shot,
    mut stop: tokio::sync::watch::Receiver<bool>,
) -> Result<Figures> {
    let began = Instant::now();
    let mut tasks = Vec::with_capacity(connections);
    for _ in 0..connections {
        let (shot, stop) = (shot.clone(), stop.clone());
        let mut connection = Connection::open(address).await?;
        tasks.push(tokio::spawn(async move {
            let mut part = Part::default();
            while !*stop.borrow() {
                let began = Instant::now();
                let (status, _) = connection.send(&shot).await?;
                part.latencies.push(began.elapsed());
                part.failed += usize::from(!status.is_success());
            }
            anyhow::Ok(part)
        }));
    }
    // The sender may be gone already; then the tasks have seen its last word.
    let _ = stop.wait_for(|stopped| *stopped).await;
    let mut latencies = Vec::new();
    let mut failed = 0;
    for task in tasks {
        let part = task.await??;
        latencies.extend(part.latencies);
        failed += part.failed;
    }
    Ok(figures(connections, latencies, began.elapsed(), failed))
}

fn figures(
    connections: usize,
    mut latencies: Vec<Duration>,
    took: Duration,
    failed: usize,
) -> Figures {
    latencies.sort_unstable();
    let at = |share: f64| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "an index"
        )]
        let index = (latencies.len() as f64 * share) as usize;
        latencies
            .get(index.min(latencies.len().saturating_sub(1)))
            .map_or(0.0, ms)
    };
    Figures {
        connections,
        requests: latencies.len(),
        per_second: latencies.len() as f64 / took.as_secs_f64(),
        p50_ms: at(0.50),
        p99_ms: at(0.99),
        failed,
    }
}

fn ms(duration: &Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_the_sorted_latencies() {
        let latencies = (1..=100).rev().map(Duration::from_millis).collect();
        let figures = figures(4, latencies, Duration::from_secs(2), 0);
        assert_eq!((figures.p50_ms, figures.p99_ms), (51.0, 100.0));
        assert_eq!(figures.per_second, 50.0);
    }
}
