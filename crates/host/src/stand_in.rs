//! The HTTP server of what stands in for others: the mailbox, platforms, SiRUP. Each says
//! only how it answers. The mailbox's SMTP side waits for its senders in the same way.

use std::convert::Infallible;
use std::error::Error;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// How long a client may take to send its request's head.
const HEADER_READ_MS: u64 = 10_000;
/// After an error of the listener (no more file handles), before the next try.
const ACCEPT_RETRY_MS: u64 = 50;

/// Whoever connects next; none when `stop` changed.
pub(crate) async fn next_client(
    listener: &TcpListener,
    stop: &mut watch::Receiver<bool>,
) -> Option<(TcpStream, SocketAddr)> {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.changed() => return None,
        };
        if let Ok(client) = accepted {
            return Some(client);
        }
        tokio::time::sleep(Duration::from_millis(ACCEPT_RETRY_MS)).await;
    }
}

/// Serves until `stop` changes.
pub(crate) async fn serve<A, F, B>(
    listener: TcpListener,
    mut stop: watch::Receiver<bool>,
    answer: A,
) where
    A: Fn(Request<Incoming>) -> F + Clone + Send + 'static,
    F: Future<Output = Response<B>> + Send + 'static,
    B: Body<Data = Bytes, Error: Into<Box<dyn Error + Send + Sync>>> + Send + 'static,
{
    loop {
        let Some((stream, _)) = next_client(&listener, &mut stop).await else {
            return;
        };
        // Costs only latency if it fails.
        let _ = stream.set_nodelay(true);
        let answer = answer.clone();
        let mut stop = stop.clone();
        let service = service_fn(move |request| {
            let answer = answer(request);
            async { Ok::<_, Infallible>(answer.await) }
        });
        let connection = hyper::server::conn::http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(Duration::from_millis(HEADER_READ_MS))
            .serve_connection(TokioIo::new(stream), service);
        tokio::spawn(async move {
            tokio::select! {
                // A client that breaks off is the client's business.
                _ = connection => {}
                _ = stop.changed() => {}
            }
        });
    }
}
