//! Bodies on their way into a component: of a request that it serves, or of an
//! answer that it asked somebody for.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, header};
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use tokio::runtime::Handle;
use wasmtime_wasi_http::Error as HttpError;

use super::limits::{LINGER_BYTES_MAX, LINGER_MS};
use super::turn::Turn;

/// A body that holds no turn while its bytes are still on their way: otherwise
/// two slow uploads would stop everybody.
pub struct TurnBody<B> {
    inner: B,
    turn: Turn,
    /// Whether nothing but the header of a new request has arrived.
    is_new: bool,
    paused: bool,
    resuming: Option<Resuming>,
}

type Resuming = (
    Pin<Box<dyn Future<Output = ()> + Send>>,
    Option<Result<Frame<Bytes>, HttpError>>,
);

impl<B> TurnBody<B> {
    /// Wraps the body of the request with `turn`.
    pub fn of_request(inner: B, turn: Turn) -> Self {
        Self {
            is_new: true,
            ..Self::of_answer(inner, turn)
        }
    }

    /// Wraps the body of an answer that the request with `turn` asked somebody for.
    pub fn of_answer(inner: B, turn: Turn) -> Self {
        Self {
            inner,
            turn,
            is_new: false,
            paused: false,
            resuming: None,
        }
    }
}

impl<B> Body for TurnBody<B>
where
    B: Body<Data = Bytes> + Unpin,
    HttpError: From<B::Error>,
{
    type Data = Bytes;
    type Error = HttpError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, HttpError>>> {
        loop {
            if let Some((resume, frame)) = &mut self.resuming {
                std::task::ready!(resume.as_mut().poll(cx));
                let frame = frame.take();
                self.resuming = None;
                self.paused = false;
                self.is_new = false;
                return Poll::Ready(frame);
            }
            match Pin::new(&mut self.inner).poll_frame(cx) {
                Poll::Pending => {
                    self.paused = true;
                    self.turn.pause();
                    return Poll::Pending;
                }
                Poll::Ready(frame) => {
                    let frame = frame.map(|frame| frame.map_err(HttpError::from));
                    if !self.paused {
                        self.is_new = false;
                        return Poll::Ready(frame);
                    }
                    let (turn, is_new) = (self.turn.clone(), self.is_new);
                    let resume = async move {
                        if is_new {
                            turn.start().await;
                        } else {
                            turn.resume().await;
                        }
                    };
                    self.resuming = Some((Box::pin(resume), frame));
                }
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.resuming.is_none() && self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// What a client sends after its header. When it is dropped before its end, the
/// rest is read and thrown away for a while, so that the client gets to read
/// the answer: closing at once would reset the connection under an upload, and
/// a browser would show that instead of what is wrong with the file.
pub struct ClientBody {
    /// There until it is dropped.
    body: Option<Incoming>,
    /// Whether the client sends it without waiting to be asked.
    is_coming: bool,
    is_broken: bool,
}

impl ClientBody {
    /// The body of a request with these headers.
    pub fn new(body: Incoming, headers: &HeaderMap) -> Self {
        Self {
            body: Some(body),
            is_coming: !headers.contains_key(header::EXPECT),
            is_broken: false,
        }
    }

    /// Whether nothing more comes.
    pub fn is_empty(&self) -> bool {
        self.body.as_ref().is_none_or(Body::is_end_stream)
    }
}

impl Body for ClientBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        self.is_coming = true;
        let Some(body) = &mut self.body else {
            return Poll::Ready(None);
        };
        let frame = std::task::ready!(Pin::new(body).poll_frame(cx));
        self.is_broken |= matches!(frame, Some(Err(_)));
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        self.body
            .as_ref()
            .map_or_else(SizeHint::default, Body::size_hint)
    }
}

impl Drop for ClientBody {
    fn drop(&mut self) {
        if self.is_empty() || self.is_broken || !self.is_coming {
            return;
        }
        // Without a runtime the host is at its end, and so are its clients.
        if let (Some(body), Ok(runtime)) = (self.body.take(), Handle::try_current()) {
            let limit = Duration::from_millis(LINGER_MS);
            runtime.spawn(tokio::time::timeout(limit, drain(body)));
        }
    }
}

async fn drain(mut body: Incoming) {
    let mut left = LINGER_BYTES_MAX;
    while let Some(Ok(frame)) = body.frame().await {
        let bytes = frame.data_ref().map_or(0, Bytes::len);
        match left.checked_sub(bytes) {
            Some(rest) => left = rest,
            None => return,
        }
    }
}
