//! The HTTP listener: connections, routing, and the answers the host gives
//! itself.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as Task, Poll};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use http::uri::{Authority, Scheme};
use http::{HeaderValue, Request, Response, StatusCode, Uri, header};
use http_body_util::{BodyExt as _, Empty, Full};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::timeout;
use tokio_io_timeout::TimeoutWriter;
use wasmtime_wasi_http::WasiBody;
use wasmtime_wasi_http::handler::{InstantiationError, ProxyHandler};

use super::body::{ClientBody, TurnBody};
use super::handler::Handler;
use super::limits::{
    CONNECTIONS_MAX, DRAIN_MS, HEADER_BYTES_MAX, HEADER_FIELDS_MAX, HEADER_READ_MS, QUEUE_MS,
    REQUESTS_MAX, WRITE_STALL_MS,
};
use super::routes::{Match, Routes};
use super::turn::{Turn, Turns};
use crate::manifest::WELL_KNOWN_PREFIX;

/// Routes lead to compositions.
pub type Application = Routes<ProxyHandler<Handler>>;

/// Serves until `stop` changes, then lets what is under way come to its end.
pub async fn serve(
    listener: TcpListener,
    application: Application,
    mut stop: watch::Receiver<bool>,
) {
    let server = Arc::new(Server {
        application,
        turns: Turns::new(),
        requests: Arc::new(Semaphore::new(REQUESTS_MAX)),
    });
    let connections = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let graceful = GracefulShutdown::new();
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &connections) => accepted,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        match accepted {
            Ok((stream, client, slot)) => server.serve_connection(stream, client, slot, &graceful),
            Err(error) => {
                // Out of file descriptors, mostly; the next try would fail at once.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
    drop(listener);
    if timeout(Duration::from_millis(DRAIN_MS), graceful.shutdown())
        .await
        .is_err()
    {
        tracing::warn!(
            waited_ms = DRAIN_MS,
            "stopping although requests are still under way"
        );
    }
}

async fn accept(
    listener: &TcpListener,
    connections: &Arc<Semaphore>,
) -> std::io::Result<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let slot = connections
        .clone()
        .acquire_owned()
        .await
        .expect("never closed");
    let (stream, client) = listener.accept().await?;
    // Without this, an answer in two packets costs a keep-alive client 40 ms.
    stream.set_nodelay(true)?;
    Ok((stream, client, slot))
}

/// A connection that ends when its client takes nothing more. Its request would
/// count, and its slot be taken, for as long as the client likes.
fn impatient(stream: TcpStream) -> Pin<Box<TimeoutWriter<TcpStream>>> {
    let mut stream = TimeoutWriter::new(stream);
    stream.set_timeout(Some(Duration::from_millis(WRITE_STALL_MS)));
    Box::pin(stream)
}

struct Server {
    application: Application,
    turns: Turns,
    requests: Arc<Semaphore>,
}

/// The turn of a request ends with its answer, also if the client goes away.
struct Visit(Turn);

impl Drop for Visit {
    fn drop(&mut self) {
        self.0.finish();
    }
}

/// An answer whose request counts until its last byte has left: its instance
/// may still be writing it.
struct Answer {
    body: WasiBody,
    counted: Option<OwnedSemaphorePermit>,
}

impl Body for Answer {
    type Data = Bytes;
    type Error = wasmtime_wasi_http::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Task<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let frame = std::task::ready!(Pin::new(&mut self.body).poll_frame(cx));
        if frame.is_none() {
            self.counted = None;
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Server {
    fn serve_connection(
        self: &Arc<Self>,
        stream: TcpStream,
        client: SocketAddr,
        slot: OwnedSemaphorePermit,
        graceful: &GracefulShutdown,
    ) {
        let server = self.clone();
        let service = service_fn(move |request| {
            let server = server.clone();
            async move { Ok::<_, Infallible>(server.answer(request, client).await) }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            // A client may end its side after the request and still wait for
            // the answer.
            .half_close(true)
            .header_read_timeout(Duration::from_millis(HEADER_READ_MS))
            .max_buf_size(HEADER_BYTES_MAX)
            .max_headers(HEADER_FIELDS_MAX)
            .serve_connection(TokioIo::new(impatient(stream)), service);
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                // Clients go away all the time.
                tracing::debug!(%client, %error, "a connection ended early");
            }
            drop(slot);
        });
    }

    async fn answer(&self, request: Request<Incoming>, client: SocketAddr) -> Response<Answer> {
        let (mut parts, body) = request.into_parts();
        let body = ClientBody::new(body, &parts.headers);
        let uri = match absolute_uri(&parts) {
            Ok(uri) => uri,
            Err(error) => {
                tracing::debug!(%client, error = format!("{error:#}"), "a request without a usable address");
                return problem(Problem::BadRequest);
            }
        };
        let path = uri.path().to_owned();
        if let Some(name) = path.strip_prefix(WELL_KNOWN_PREFIX) {
            return well_known(name);
        }
        let Some(found) = self.application.find(&path) else {
            // As on Spin: no route, no body.
            return empty(StatusCode::NOT_FOUND);
        };
        parts.headers.remove(header::CONNECTION);
        let host = uri.authority().map_or("localhost", Authority::as_str);
        found.set_headers(&mut parts.headers, &uri, host, client);
        parts.uri = uri.clone();
        let response = self.run(Request::from_parts(parts, body), &found).await;
        tracing::debug!(
            %client,
            route = found.raw_route(),
            path,
            status = response.status().as_u16(),
            "request"
        );
        response
    }

    async fn run(
        &self,
        request: Request<ClientBody>,
        found: &Match<'_, ProxyHandler<Handler>>,
    ) -> Response<Answer> {
        let entered = timeout(Duration::from_millis(QUEUE_MS), self.enter()).await;
        let Ok((turn, counted)) = entered else {
            tracing::warn!(
                route = found.raw_route(),
                waited_ms = QUEUE_MS,
                "a request found no turn"
            );
            return problem(Problem::Busy);
        };
        let visit = Visit(turn.clone());
        let request = request.map(|body| {
            if body.is_empty() {
                Empty::new().map_err(never).boxed_unsync()
            } else {
                TurnBody::of_request(body, turn.clone()).boxed_unsync()
            }
        });
        match found.value().handle(turn, request).await {
            Ok(response) => response.map(|body| Answer {
                body,
                counted: Some(counted),
            }),
            Err(error) => failure(&error, &visit.0, found),
        }
    }

    async fn enter(&self) -> (Turn, OwnedSemaphorePermit) {
        let counted = self
            .requests
            .clone()
            .acquire_owned()
            .await
            .expect("never closed");
        (self.turns.take().await, counted)
    }
}

fn failure(
    error: &wasmtime::Error,
    turn: &Turn,
    found: &Match<'_, ProxyHandler<Handler>>,
) -> Response<Answer> {
    let component = found.value().state().component();
    let route = found.raw_route();
    if turn.has_timed_out() {
        tracing::error!(component, route, "a request took longer than it may");
        return problem(Problem::Timeout);
    }
    let error_text = format!("{error:?}");
    if error.is::<InstantiationError<Turn>>() {
        tracing::error!(
            component,
            route,
            error = error_text,
            "no instance could be made"
        );
        return problem(Problem::Busy);
    }
    tracing::error!(
        component,
        route,
        error = error_text,
        "a component failed to answer"
    );
    problem(Problem::Failure)
}

/// The address of a request with scheme and authority, which components see.
fn absolute_uri(request: &http::request::Parts) -> Result<Uri> {
    let mut parts = request.uri.clone().into_parts();
    let host = request.headers.get(header::HOST);
    let host: Option<Authority> = host
        .map(|host| {
            host.to_str()
                .context("the Host header is not text")?
                .parse()
                .context("the Host header is no authority")
        })
        .transpose()?;
    let authority = match (host, parts.authority.take()) {
        (None, None) => anyhow::bail!("the Host header is missing"),
        (Some(host), Some(authority)) => {
            ensure!(host == authority, "the Host header and the address differ");
            host
        }
        (Some(one), None) | (None, Some(one)) => one,
    };
    parts.scheme = Some(Scheme::HTTP);
    parts.authority = Some(authority);
    Uri::from_parts(parts).context("the address cannot be used")
}

/// The paths of the host itself; Spin answers the same under them.
fn well_known(name: &str) -> Response<Answer> {
    match name {
        "health" => Response::new(full("OK")),
        _ => empty(StatusCode::NOT_FOUND),
    }
}

/// The prefix of all problems of this application.
const PROBLEM_TYPE_PREFIX: &str = "urn:inaproc:akses:problem:";

/// What the host itself has to say, in the words of the application.
#[derive(Clone, Copy)]
enum Problem {
    BadRequest,
    Failure,
    Busy,
    Timeout,
}

impl Problem {
    fn status(self) -> StatusCode {
        match self {
            Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::Failure => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Timeout => StatusCode::GATEWAY_TIMEOUT,
        }
    }

    fn texts(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::BadRequest => (
                "bad-request",
                "Permintaan tidak dapat dibaca",
                "Alamat permintaan tidak lengkap atau tidak benar.",
            ),
            Self::Failure => (
                "internal",
                "Terjadi kesalahan pada sistem",
                "Permintaan tidak dapat diselesaikan. Silakan coba lagi nanti.",
            ),
            Self::Busy => (
                "busy",
                "Sistem sedang sibuk",
                "Terlalu banyak permintaan saat ini. Silakan coba lagi sebentar lagi.",
            ),
            Self::Timeout => (
                "timeout",
                "Waktu habis",
                "Permintaan memerlukan waktu terlalu lama dan dihentikan. Silakan coba lagi.",
            ),
        }
    }
}

fn problem(problem: Problem) -> Response<Answer> {
    let (kind, title, detail) = problem.texts();
    let status = problem.status();
    let body = serde_json::json!({
        "type": format!("{PROBLEM_TYPE_PREFIX}{kind}"),
        "title": title,
        "status": status.as_u16(),
        "detail": detail,
    });
    let mut response = Response::new(full(body.to_string()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if matches!(problem, Problem::Busy) {
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}

fn empty(status: StatusCode) -> Response<Answer> {
    let mut response = Response::new(full(""));
    *response.status_mut() = status;
    response
}

fn full(text: impl Into<Bytes>) -> Answer {
    let body = Full::new(text.into()).map_err(never).boxed_unsync();
    Answer {
        body,
        counted: None,
    }
}

fn never(error: Infallible) -> wasmtime_wasi_http::Error {
    match error {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn problems_are_short_and_say_nothing_about_the_inside() {
        for (case, status) in [
            (Problem::BadRequest, 400),
            (Problem::Failure, 500),
            (Problem::Busy, 503),
            (Problem::Timeout, 504),
        ] {
            let response = problem(case);
            assert_eq!(response.status(), status);
            assert_eq!(
                response.headers()["content-type"],
                "application/problem+json"
            );
            let body = response.into_body().collect().await.unwrap().to_bytes();
            let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
            assert_eq!(body["status"], status);
            for key in ["type", "title", "detail"] {
                assert!(
                    body[key].as_str().is_some_and(|text| !text.is_empty()),
                    "{key}"
                );
            }
        }
    }
}
