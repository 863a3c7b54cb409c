//! From a request to a response, with everything bounded on the way.

use crate::call::Call;
use crate::identity::REQUEST_ID_HEADER;
use crate::problem::Problem;
use crate::reply::Reply;
use akses_domain::time::Instant;
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use spin_sdk::http::{FullBody, HeaderMap, HeaderValue, Method, Request, StatusCode};
use std::time::{SystemTime, UNIX_EPOCH};

/// What every operation answers.
pub type Response = spin_sdk::http::Response<FullBody<Bytes>>;

/// JSON bodies are at most this long; our longest form has under 4,000 bytes.
pub const JSON_BODY_BYTES_MAX: usize = 16 * 1024;

/// Serves one request: checks the method, reads a JSON body within its bound,
/// asks the clock once, runs the operation, and turns what it answers into a
/// response with a Content-Length.
pub async fn serve<F, R>(request: Request, method: Method, operation: F) -> Response
where
    F: FnOnce(Call) -> R,
    R: Future<Output = Result<Reply, Problem>>,
{
    let anybody = |_: &HeaderMap| Ok(());
    serve_admitted(request, method, JSON_BODY_BYTES_MAX, anybody, operation).await
}

/// As [`serve`], for operations whose body has another bound, or that ask who
/// comes before they read it: `admit` sees the header.
pub async fn serve_admitted<F, R>(
    request: Request,
    method: Method,
    body_bytes_max: usize,
    admit: impl FnOnce(&HeaderMap) -> Result<(), Problem>,
    operation: F,
) -> Response
where
    F: FnOnce(Call) -> R,
    R: Future<Output = Result<Reply, Problem>>,
{
    let request_id = request.headers().get(REQUEST_ID_HEADER).cloned();
    let is_head = request.method() == Method::HEAD;
    let outcome = match take(request, method, body_bytes_max, admit).await {
        Ok(call) => operation(call).await,
        Err(problem) => Err(problem),
    };
    respond(outcome, request_id.as_ref(), is_head)
}

async fn take(
    request: Request,
    method: Method,
    body_bytes_max: usize,
    admit: impl FnOnce(&HeaderMap) -> Result<(), Problem>,
) -> Result<Call, Problem> {
    let (parts, body) = request.into_parts();
    let head_of_get = method == Method::GET && parts.method == Method::HEAD;
    if parts.method != method && !head_of_get {
        return Err(Problem::method_not_allowed(&method));
    }
    admit(&parts.headers)?;
    let declared = parts
        .headers
        .get("content-length")
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.parse::<u64>().ok());
    if declared.is_some_and(|bytes| bytes > body_bytes_max as u64) {
        return Err(Problem::body_too_large(body_bytes_max));
    }
    let body = if method == Method::GET {
        Bytes::new()
    } else {
        let body = read(body, body_bytes_max).await?;
        if declared.is_some_and(|bytes| bytes != body.len() as u64) {
            return Err(Problem::body_incomplete());
        }
        body
    };
    Ok(Call::new(parts.uri, parts.headers, body, now()))
}

async fn read<B>(mut body: B, bytes_max: usize) -> Result<Bytes, Problem>
where
    B: BodyExt<Data = Bytes> + Unpin,
{
    let mut whole = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Problem::body_incomplete())?;
        if let Ok(part) = frame.into_data() {
            if whole.len() + part.len() > bytes_max {
                return Err(Problem::body_too_large(bytes_max));
            }
            whole.extend_from_slice(&part);
        }
    }
    Ok(whole.freeze())
}

/// The one look at the clock of a request. The host may virtualise it.
pub fn now() -> Instant {
    let since_epoch = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Instant::from_ms(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
}

fn respond(
    outcome: Result<Reply, Problem>,
    request_id: Option<&HeaderValue>,
    is_head: bool,
) -> Response {
    let reply = outcome.unwrap_or_else(|problem| {
        problem.log(request_id);
        problem.into_reply(request_id)
    });
    let length = reply.body.len();
    let body = if is_head { Bytes::new() } else { reply.body };
    let mut response = Response::new(FullBody::new(body));
    *response.status_mut() = reply.status;
    let headers = response.headers_mut();
    for (name, value) in reply.headers {
        headers.append(name, value);
    }
    // Without it Spin sends two packets, and keep-alive clients wait 40 ms.
    if reply.status != StatusCode::NO_CONTENT {
        headers.insert("content-length", HeaderValue::from(length));
    }
    response
}

/// A refusal as a response, for whoever refuses before an operation is reached.
pub fn refuse(problem: Problem, request_id: &str) -> Response {
    respond(
        Err(problem),
        HeaderValue::from_str(request_id).ok().as_ref(),
        false,
    )
}
