//! `GET /api/reset-procedure`: the eleven steps as data, with actor, standard time and
//! output (PWD-1).

use akses_endpoint::{Call, Problem, Reply, Response, serve};
use akses_reset::steps;
use akses_reset::view::StepData;
use serde::Serialize;
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;

#[derive(Serialize)]
struct Answer {
    steps: Vec<StepData>,
}

#[http_service]
async fn reset_procedure(request: Request) -> Response {
    serve(request, Method::GET, list).await
}

async fn list(call: Call) -> Result<Reply, Problem> {
    call.person()?;
    let steps = steps()?;
    let both = steps.rules.steps().iter().zip(&steps.texts);
    let steps = both.map(|(rule, texts)| StepData::new(rule, texts));
    Reply::json(&Answer {
        steps: steps.collect(),
    })
}
