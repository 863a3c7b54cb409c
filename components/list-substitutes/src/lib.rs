//! `GET /api/substitutes`: where this person is absent and who stands in, and for
//! whom they stand in themselves (VER-1).

use akses_endpoint::store::substitutes;
use akses_endpoint::substitutes::SubstitutionView;
use akses_endpoint::{Call, Problem, Reply, Response, serve};
use serde::Serialize;
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;

/// The latest ones: absences of a month each, so these are years.
const ROWS_MAX: u32 = 100;

#[derive(Serialize)]
struct List {
    substitutes: Vec<SubstitutionView>,
}

#[http_service]
async fn list_substitutes(request: Request) -> Response {
    serve(request, Method::GET, list).await
}

async fn list(call: Call) -> Result<Reply, Problem> {
    let person = call.person()?;
    let substitutes = substitutes::of_account(&person.to_string(), ROWS_MAX)?
        .into_iter()
        .map(|row| SubstitutionView::new(row, call.now()))
        .collect::<Result<_, _>>()?;
    Reply::json(&List { substitutes })
}
