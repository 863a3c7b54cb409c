//! The HTTP side of the stand-in.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use clap::ValueEnum;
use futures::stream::{self, StreamExt as _};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderValue, LOCATION};
use http::{Method, Request, Response, StatusCode};
use http_body::Frame;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, Limited, StreamBody};
use hyper::body::Incoming;
use serde::Deserialize;
use serde_json::json;

use super::Desk;

/// A question with a user name and a password is far shorter.
const QUESTION_BYTES_MAX: usize = 16 * 1024;
/// Longer than anybody waits.
const SLOW_MS: u64 = 60_000;
/// Between the bytes of a dripping answer: each of them comes in time.
const DRIP_MS: u64 = 200;
/// What a huge answer says it has.
const HUGE_BYTES: usize = 256 * 1024 * 1024;
/// What it comes in.
const PART_BYTES: usize = 16 * 1024;

const JSON: &str = "application/json";

type Body = UnsyncBoxBody<Bytes, io::Error>;

/// Ways in which somebody else's system answers badly. Who asks as a user with
/// the name of a mood meets it, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Mood {
    /// Says nothing for a minute
    Slow,
    /// Answers at once, one byte at a time, and never ends
    Dripping,
    /// 500
    Failing,
    /// 404
    Missing,
    /// 302 to somewhere else
    Redirecting,
    /// 200 with HTML
    Html,
    /// 200 with JSON that breaks off
    BrokenJson,
    /// 200 with JSON in which members are missing
    Incomplete,
    /// 200 with somebody else's name
    SomebodyElse,
    /// 200 with a body that never ends
    Endless,
    /// 200 with 256 MiB
    Huge,
    /// Hangs up in the middle of the body
    Cut,
}

/// What a client gets.
pub(super) async fn answer(desk: &Desk, request: Request<Incoming>) -> Response<Body> {
    match (request.method(), request.uri().path()) {
        (&Method::POST, "/v1/verify") => {
            desk.note_question();
            verify(desk, request.into_body()).await
        }
        // Not in the contract: how often it was asked, for tests.
        (&Method::GET, "/questions") => {
            let count = json!({ "questions": desk.questions() });
            whole(StatusCode::OK, JSON, count.to_string())
        }
        (_, "/v1/verify") => nothing(StatusCode::METHOD_NOT_ALLOWED),
        _ => nothing(StatusCode::NOT_FOUND),
    }
}

#[derive(Deserialize)]
struct Question {
    user_name: String,
    password: String,
}

async fn verify(desk: &Desk, body: Incoming) -> Response<Body> {
    let Ok(body) = Limited::new(body, QUESTION_BYTES_MAX).collect().await else {
        return nothing(StatusCode::PAYLOAD_TOO_LARGE);
    };
    let Ok(question) = serde_json::from_slice::<Question>(&body.to_bytes()) else {
        return nothing(StatusCode::BAD_REQUEST);
    };
    let by_name = || Mood::from_str(&question.user_name, true).ok();
    if let Some(mood) = desk.mood.or_else(by_name) {
        return moody(mood, &question.user_name).await;
    }
    match desk.find(&question.user_name, &question.password) {
        Some(user) => whole(StatusCode::OK, JSON, json!(user).to_string()),
        None => nothing(StatusCode::UNAUTHORIZED),
    }
}

async fn moody(mood: Mood, user_name: &str) -> Response<Body> {
    let user = json!({
        "user_id": format!("id-{user_name}"), "user_name": user_name, "registered_on": "2019-03-04",
    });
    match mood {
        Mood::Slow => {
            tokio::time::sleep(Duration::from_millis(SLOW_MS)).await;
            whole(StatusCode::OK, JSON, user.to_string())
        }
        Mood::Dripping => {
            let drips = stream::repeat(Bytes::from_static(b" ")).then(|drip| async {
                tokio::time::sleep(Duration::from_millis(DRIP_MS)).await;
                Ok(Frame::data(drip))
            });
            streamed(StreamBody::new(drips).boxed_unsync())
        }
        Mood::Failing => whole(
            StatusCode::INTERNAL_SERVER_ERROR,
            "text/html",
            "<h1>Whoops</h1>",
        ),
        Mood::Missing => whole(StatusCode::NOT_FOUND, "text/html", "<h1>Not Found</h1>"),
        Mood::Redirecting => {
            let mut answer = nothing(StatusCode::FOUND);
            let elsewhere = HeaderValue::from_static("/v1/verify?lagi");
            answer.headers_mut().insert(LOCATION, elsewhere);
            answer
        }
        Mood::Html => whole(StatusCode::OK, "text/html", "<h1>Selamat datang</h1>"),
        Mood::BrokenJson => whole(StatusCode::OK, JSON, r#"{"user_id": "1", "user_na"#),
        Mood::Incomplete => {
            let user = json!({ "user_id": user["user_id"], "user_name": user_name });
            whole(StatusCode::OK, JSON, user.to_string())
        }
        Mood::SomebodyElse => {
            let mut user = user;
            user["user_name"] = json!("orang.lain");
            whole(StatusCode::OK, JSON, user.to_string())
        }
        Mood::Endless => streamed(StreamBody::new(parts()).boxed_unsync()),
        Mood::Huge => {
            let mut answer =
                streamed(StreamBody::new(parts().take(HUGE_BYTES / PART_BYTES)).boxed_unsync());
            let length = HeaderValue::from(HUGE_BYTES);
            answer.headers_mut().insert(CONTENT_LENGTH, length);
            answer
        }
        Mood::Cut => {
            let half = Ok(Frame::data(Bytes::from_static(br#"{"user_id": "1","#)));
            let broken = async {
                // Or the half would never leave.
                tokio::time::sleep(Duration::from_millis(DRIP_MS)).await;
                Err(io::Error::from(io::ErrorKind::ConnectionReset))
            };
            let body = stream::iter([half]).chain(stream::once(broken));
            streamed(StreamBody::new(body).boxed_unsync())
        }
    }
}

fn parts() -> impl stream::Stream<Item = io::Result<Frame<Bytes>>> {
    let part = Bytes::from(vec![b' '; PART_BYTES]);
    stream::repeat_with(move || Ok(Frame::data(part.clone())))
}

fn whole(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Response<Body> {
    let body = Full::new(body.into()).map_err(|never| match never {});
    let mut answer = Response::new(body.boxed_unsync());
    *answer.status_mut() = status;
    let content_type = HeaderValue::from_static(content_type);
    answer.headers_mut().insert(CONTENT_TYPE, content_type);
    answer
}

fn streamed(body: Body) -> Response<Body> {
    let mut answer = Response::new(body);
    let json = HeaderValue::from_static(JSON);
    answer.headers_mut().insert(CONTENT_TYPE, json);
    answer
}

fn nothing(status: StatusCode) -> Response<Body> {
    let body = Full::new(Bytes::new()).map_err(|never| match never {});
    let mut answer = Response::new(body.boxed_unsync());
    *answer.status_mut() = status;
    answer
}
