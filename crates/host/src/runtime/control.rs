//! The control listener of a host with a virtual clock: tests and demos set
//! the time and run timers. It listens on the loopback address only and does
//! not exist without a virtual clock.

use std::convert::Infallible;
use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, SecondsFormat, Utc};
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::clock::Clock;
use super::limits::CONTROL_BODY_BYTES_MAX;
use super::timers::Timer;

/// What the listener controls.
pub struct Control {
    /// The clock it shows and sets.
    pub clock: Clock,
    /// The timers it runs.
    pub timers: Vec<Timer>,
}

/// Serves until `stop` changes.
pub async fn serve(listener: TcpListener, control: Control, mut stop: watch::Receiver<bool>) {
    let control = Arc::new(control);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        let Ok((stream, _)) = accepted else {
            continue;
        };
        let control = control.clone();
        let service = service_fn(move |request| {
            let control = control.clone();
            async move { Ok::<_, Infallible>(control.answer(request).await) }
        });
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

type Answer = Response<Full<Bytes>>;

impl Control {
    async fn answer(&self, request: Request<Incoming>) -> Answer {
        let path = request.uri().path().to_owned();
        match (request.method(), path.as_str()) {
            (&Method::GET, "/clock") => self.show_clock(),
            (&Method::PUT, "/clock") => self.set_clock(request).await,
            (&Method::POST, path) => match path.strip_prefix("/timers/") {
                Some(component) => self.run_timer(component).await,
                None => answer(StatusCode::NOT_FOUND, "no such path"),
            },
            _ => answer(StatusCode::NOT_FOUND, "no such path"),
        }
    }

    fn show_clock(&self) -> Answer {
        answer(
            StatusCode::OK,
            self.clock
                .now()
                .to_rfc3339_opts(SecondsFormat::Millis, true),
        )
    }

    async fn set_clock(&self, request: Request<Incoming>) -> Answer {
        let body = Limited::new(request.into_body(), CONTROL_BODY_BYTES_MAX)
            .collect()
            .await;
        let text = body
            .ok()
            .map(|body| String::from_utf8_lossy(&body.to_bytes()).trim().to_owned());
        let instant = text.and_then(|text| text.parse::<DateTime<Utc>>().ok());
        let Some(instant) = instant else {
            return answer(
                StatusCode::BAD_REQUEST,
                "the body must be an instant like 2026-03-27T07:10:00Z",
            );
        };
        self.clock.set(instant);
        tracing::info!(%instant, "the clock was set");
        self.show_clock()
    }

    async fn run_timer(&self, component: &str) -> Answer {
        let Some(timer) = self
            .timers
            .iter()
            .find(|timer| timer.component() == component)
        else {
            return answer(StatusCode::NOT_FOUND, "no such timer");
        };
        match timer.run(self.clock.now()).await {
            Ok(()) => answer(StatusCode::OK, "done"),
            Err(error) => answer(StatusCode::INTERNAL_SERVER_ERROR, format!("{error:#}")),
        }
    }
}

fn answer(status: StatusCode, text: impl Into<String>) -> Answer {
    let mut text: String = text.into();
    text.push('\n');
    let mut response = Response::new(Full::new(text.into()));
    *response.status_mut() = status;
    response
}
