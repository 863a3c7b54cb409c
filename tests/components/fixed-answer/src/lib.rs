//! Answers a fixed text: what the benchmark compares reads with.

use spin_sdk::http::{FullBody, Request, Response};
use spin_sdk::http_service;

const TEXT: &[u8] = b"{\"status\":\"ok\"}";

#[http_service]
async fn fixed_answer(_: Request) -> Response<FullBody<&'static [u8]>> {
    let mut response = Response::new(FullBody::new(TEXT));
    let headers = response.headers_mut();
    headers.insert(
        "content-type",
        "application/json".parse().expect("a constant"),
    );
    headers.insert("content-length", TEXT.len().into());
    response
}
