//! HTTP requests of guests to others (`wasi:http/client`): sent by the host, and
//! only to where the manifest's `allowed_outbound_hosts` allow. Everything else
//! is answered "denied" before a name is resolved or a socket opened.
//!
//! One connection per request, without TLS: a manifest that asks for TLS is
//! refused at start.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::uri::{PathAndQuery, Scheme, Uri};
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio::time::{Sleep, timeout};
use wasmtime_wasi_http::{Error as HttpError, RequestOptions, WasiBody, WasiHttpHooks};

use super::body::TurnBody;
use super::limits::{HEADER_BYTES_MAX, OUTBOUND_MS};
use super::services::waiting;
use super::state::Grants;
use super::turn::Seat;

/// Where HTTP is served unless a URL names a port.
const HTTP_PORT: u16 = 80;
/// Where HTTPS is.
const HTTPS_PORT: u16 = 443;

/// The requests of one instance.
pub struct OutboundHttp {
    grants: Arc<Grants>,
    seat: Arc<Seat>,
}

impl OutboundHttp {
    /// Of the component with these grants; `seat` says whose turn it is in it.
    pub fn new(grants: Arc<Grants>, seat: Arc<Seat>) -> Self {
        Self { grants, seat }
    }

    /// Where a request goes, if the component may send it there.
    fn destination(&self, uri: &Uri) -> Result<Destination, HttpError> {
        let is_https = uri.scheme() == Some(&Scheme::HTTPS);
        let (host, port) = uri.authority().map_or(("", None), |authority| {
            (authority.host(), authority.port_u16())
        });
        let port = port.unwrap_or(if is_https { HTTPS_PORT } else { HTTP_PORT });
        // Without a host it means the application itself, which the manifest
        // cannot grant here.
        if host.is_empty() || !self.grants.hosts.allow_http(host, port) {
            tracing::warn!(
                component = %self.grants.id, host, port,
                "a component sent a request to a host that is not in its allowed_outbound_hosts"
            );
            return Err(HttpError::HttpRequestDenied);
        }
        if is_https {
            tracing::error!(
                component = %self.grants.id, host, port,
                "the embedded host speaks no TLS; name a proxy that does, or run with Spin"
            );
            return Err(HttpError::TlsProtocolError);
        }
        let host = host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .to_owned();
        Ok(Destination { host, port })
    }
}

struct Destination {
    host: String,
    port: u16,
}

type Sent = (
    http::Response<WasiBody>,
    Box<dyn Future<Output = Result<(), HttpError>> + Send>,
);

impl WasiHttpHooks for OutboundHttp {
    fn send_request(
        &mut self,
        request: http::Request<WasiBody>,
        options: Option<RequestOptions>,
        // The guest's trouble with the answer is nothing to tell its sender.
        _processed: Box<dyn Future<Output = Result<(), HttpError>> + Send>,
    ) -> Box<dyn Future<Output = Result<Sent, HttpError>> + Send> {
        let destination = self.destination(request.uri());
        let turn = self.seat.turn();
        Box::new(async move {
            let exchange = exchange(destination?, request, Limits::new(options));
            let answer = waiting(turn.clone(), exchange).await?;
            let answer = answer.map(|body| match turn {
                Some(turn) => TurnBody::of_answer(body, turn).boxed_unsync(),
                None => body.boxed_unsync(),
            });
            // The connection is driven by a task of its own, which the body holds.
            let driven: Box<dyn Future<Output = _> + Send> = Box::new(async { Ok(()) });
            Ok((answer, driven))
        })
    }
}

struct Limits {
    connect: Duration,
    first_byte: Duration,
    between_bytes: Duration,
}

impl Limits {
    fn new(options: Option<RequestOptions>) -> Self {
        let options = options.unwrap_or_default();
        let or_ours = |limit: Option<Duration>| limit.unwrap_or(Duration::from_millis(OUTBOUND_MS));
        Self {
            connect: or_ours(options.connect_timeout),
            first_byte: or_ours(options.first_byte_timeout),
            between_bytes: or_ours(options.between_bytes_timeout),
        }
    }
}

async fn exchange(
    destination: Destination,
    mut request: http::Request<WasiBody>,
    limits: Limits,
) -> Result<http::Response<AnswerBody>, HttpError> {
    let address = (destination.host.as_str(), destination.port);
    let stream = timeout(limits.connect, TcpStream::connect(address))
        .await
        .map_err(|_| HttpError::ConnectionTimeout)?
        .map_err(HttpError::Connect)?;
    // A body comes after its header in a packet of its own. Costs only latency if
    // it fails.
    let _ = stream.set_nodelay(true);
    let (mut sender, connection) = http1::Builder::new()
        .max_buf_size(HEADER_BYTES_MAX)
        .handshake(TokioIo::new(stream))
        .await?;
    let connection = Connection(tokio::spawn(async move {
        // What goes wrong with it, the body or the answer says too.
        let _ = connection.await;
    }));
    *request.uri_mut() = path(request.uri());
    let answer = timeout(limits.first_byte, sender.send_request(request))
        .await
        .map_err(|_| HttpError::ConnectionReadTimeout)??;
    Ok(answer.map(|inner| AnswerBody {
        inner,
        between_bytes: limits.between_bytes,
        patience: None,
        _connection: connection,
    }))
}

/// What stands in the request line: everything else only proxies are told.
fn path(uri: &Uri) -> Uri {
    let path = uri.path_and_query().cloned();
    path.unwrap_or_else(|| PathAndQuery::from_static("/"))
        .into()
}

/// The task that drives a connection; it ends with this.
struct Connection(JoinHandle<()>);

impl Drop for Connection {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// The body of an answer, with a limit between its bytes.
struct AnswerBody {
    inner: Incoming,
    between_bytes: Duration,
    patience: Option<Pin<Box<Sleep>>>,
    _connection: Connection,
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = HttpError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, HttpError>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.inner).poll_frame(cx) {
            self.patience = None;
            return Poll::Ready(frame.map(|frame| frame.map_err(HttpError::from)));
        }
        let between_bytes = self.between_bytes;
        let patience = self
            .patience
            .get_or_insert_with(|| Box::pin(tokio::time::sleep(between_bytes)));
        std::task::ready!(patience.as_mut().poll(cx));
        Poll::Ready(Some(Err(HttpError::ConnectionReadTimeout)))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::net::SocketAddr;

    use http_body_util::Full;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::super::clock::Clock;
    use super::*;
    use crate::manifest::{AllowedHosts, Manifest, Variables};

    const MANIFEST: &str = "spin_manifest_version = 2\n[application]\nname = \"demo\"\n";

    fn outbound(entries: &[String]) -> OutboundHttp {
        let manifest = Manifest::parse(MANIFEST, std::path::Path::new(".")).unwrap();
        let variables = Variables::resolve(&manifest, &BTreeMap::new()).unwrap();
        let grants = Grants {
            id: "demo".into(),
            sqlite: None,
            key_value: None,
            variables: BTreeMap::new(),
            environment: Vec::new(),
            files: None,
            hosts: Arc::new(AllowedHosts::parse(entries, &variables).unwrap()),
            clock: Clock::new(None),
        };
        OutboundHttp::new(Arc::new(grants), Arc::default())
    }

    /// A server of one connection: waits for a whole request, says `answer`, and
    /// stays silent or hangs up. Ends with what it was told.
    async fn server(answer: &'static str, hangs_up: bool) -> (SocketAddr, JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let served = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut told = Vec::new();
            while !told.ends_with(b"rahasia") {
                let mut part = [0; 1024];
                let read = stream.read(&mut part).await.unwrap();
                assert_ne!(read, 0, "{}", String::from_utf8_lossy(&told));
                told.extend_from_slice(&part[..read]);
            }
            stream.write_all(answer.as_bytes()).await.unwrap();
            if !hangs_up {
                // Until whoever asks lets go.
                let _ = stream.read(&mut [0]).await;
            }
            String::from_utf8(told).unwrap()
        });
        (address, served)
    }

    async fn send(
        outbound: &mut OutboundHttp,
        uri: &str,
        limit: Option<Duration>,
    ) -> Result<(u16, String), HttpError> {
        let body = Full::new(Bytes::from_static(b"rahasia"))
            .map_err(|never| match never {})
            .boxed_unsync();
        let request = http::Request::post(uri)
            .header("host", "tertulis.example")
            .header("content-length", 7)
            .body(body)
            .unwrap();
        let options = RequestOptions {
            connect_timeout: limit,
            first_byte_timeout: limit,
            between_bytes_timeout: limit,
        };
        let never = Box::new(std::future::pending());
        let (answer, _) =
            Box::into_pin(outbound.send_request(request, Some(options), never)).await?;
        let status = answer.status().as_u16();
        let body = answer.into_body().collect().await?.to_bytes();
        Ok((status, String::from_utf8(body.to_vec()).unwrap()))
    }

    #[tokio::test]
    async fn a_request_goes_where_it_is_allowed_and_comes_back() {
        let answer = "HTTP/1.1 201 Created\r\ncontent-length: 2\r\n\r\nok";
        let (address, served) = server(answer, false).await;
        let mut outbound = outbound(&[format!("http://{address}")]);
        let uri = format!("http://{address}/v1/coba?x=1");
        let (status, body) = send(&mut outbound, &uri, None).await.unwrap();
        assert_eq!((status, body.as_str()), (201, "ok"));
        let told = served.await.unwrap();
        assert!(told.starts_with("POST /v1/coba?x=1 HTTP/1.1\r\n"), "{told}");
    }

    #[tokio::test]
    async fn what_is_not_granted_is_denied_before_anybody_is_reached() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let port = address.port();
        let elsewhere = format!("http://127.0.0.2:{port}");
        for (entries, uri) in [
            (vec![], format!("http://{address}/")),
            (vec![elsewhere], format!("http://{address}/")),
            (
                vec![format!("tcp://{address}")],
                format!("http://{address}/"),
            ),
            (
                vec![format!("http://{address}")],
                format!("http://localhost:{port}/"),
            ),
            (
                vec![format!("http://{address}")],
                "http://127.0.0.1/".to_owned(),
            ),
            (vec!["http://*:*".to_owned()], "/relative".to_owned()),
        ] {
            let denied = send(&mut outbound(&entries), &uri, None).await;
            assert!(
                matches!(denied, Err(HttpError::HttpRequestDenied)),
                "{entries:?} {uri}: {denied:?}"
            );
        }
        let reached = timeout(Duration::from_millis(50), listener.accept()).await;
        assert!(reached.is_err(), "somebody was reached");
    }

    #[tokio::test]
    async fn tls_is_refused_and_nobody_is_reached_in_the_clear() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut outbound = outbound(&[format!("*://{address}")]);
        let refused = send(&mut outbound, &format!("https://{address}/"), None).await;
        assert!(
            matches!(refused, Err(HttpError::TlsProtocolError)),
            "{refused:?}"
        );
        let reached = timeout(Duration::from_millis(50), listener.accept()).await;
        assert!(reached.is_err(), "somebody was reached");
    }

    #[tokio::test]
    async fn nobody_there_is_a_refused_connection() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let mut outbound = outbound(&[format!("http://{address}")]);
        let refused = send(&mut outbound, &format!("http://{address}/"), None).await;
        assert!(matches!(refused, Err(HttpError::Connect(_))), "{refused:?}");
    }

    #[tokio::test]
    async fn silence_ends_at_the_limit_of_who_asks() {
        let limit = Some(Duration::from_millis(100));
        for answer in ["", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf"] {
            let (address, served) = server(answer, false).await;
            let mut outbound = outbound(&[format!("http://{address}")]);
            let silent = send(&mut outbound, &format!("http://{address}/"), limit).await;
            assert!(
                matches!(silent, Err(HttpError::ConnectionReadTimeout)),
                "{answer}: {silent:?}"
            );
            // The connection was let go, or this would wait for ever.
            served.await.unwrap();
        }
    }

    #[tokio::test]
    async fn an_answer_that_breaks_off_is_an_error() {
        for answer in [
            "",
            "bukan HTTP sama sekali\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf",
        ] {
            let (address, _served) = server(answer, true).await;
            let mut outbound = outbound(&[format!("http://{address}")]);
            let broken = send(&mut outbound, &format!("http://{address}/"), None).await;
            assert!(
                matches!(broken, Err(HttpError::Hyper(_))),
                "{answer}: {broken:?}"
            );
        }
    }
}
