//! `GET /api/reference/:kind`: institutions, work units and roles, searched as
//! you type.

use akses_domain::ids::InstitutionId;
use akses_endpoint::store::reference;
use akses_endpoint::{Call, Problem, Reply, Response, page, serve};
use serde::Serialize;
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;

/// The kind in `/api/reference/:kind`.
const KIND_SEGMENT: usize = 2;

#[derive(Serialize)]
struct Page<T> {
    items: Vec<T>,
    /// For `?after=`; none on the last page.
    next: Option<String>,
}

#[derive(Serialize)]
struct Institution {
    id: String,
    /// What files and letters name it by.
    code: String,
    name: String,
    kind: String,
    zone: String,
}

#[derive(Serialize)]
struct WorkUnit {
    id: String,
    /// What files name it by.
    code: String,
    name: String,
    /// Whether its first registrant still has to give the address (REG-3).
    needs_address: bool,
}

#[derive(Serialize)]
struct Role {
    code: String,
    name: String,
    /// Which decree it asks for (REG-2).
    decree: String,
}

#[http_service]
async fn reference_data(request: Request) -> Response {
    serve(request, Method::GET, list).await
}

async fn list(call: Call) -> Result<Reply, Problem> {
    call.person()?;
    match call.segment(KIND_SEGMENT) {
        "institutions" => institutions(&call),
        "work-units" => work_units(&call),
        "roles" => roles(),
        _ => Err(Problem::not_found()),
    }
}

fn institutions(call: &Call) -> Result<Reply, Problem> {
    let limit = call.limit()?;
    let rows = reference::institutions(
        &call.search()?,
        call.query("kind").as_deref(),
        call.query("after").as_deref(),
        limit + 1,
    )?;
    answer(
        rows,
        limit,
        |row| row.id.clone(),
        |row| Institution {
            id: row.id,
            code: row.code,
            name: row.name,
            kind: row.kind,
            zone: row.zone,
        },
    )
}

fn work_units(call: &Call) -> Result<Reply, Problem> {
    let limit = call.limit()?;
    let institution: InstitutionId = call
        .query("institution")
        .and_then(|id| id.parse().ok())
        .ok_or_else(|| {
            Problem::field(
                "institution",
                "unknown-institution",
                "Pilih instansi dahulu.",
            )
        })?;
    let rows = reference::work_units(
        &institution.to_string(),
        &call.search()?,
        call.query("after").as_deref(),
        limit + 1,
    )?;
    answer(
        rows,
        limit,
        |row| row.id.clone(),
        |row| WorkUnit {
            id: row.id,
            code: row.code,
            name: row.name,
            needs_address: row.address.is_none(),
        },
    )
}

/// Roles are few; all that people can ask for are one page.
fn roles() -> Result<Reply, Problem> {
    let items = reference::roles()?
        .into_iter()
        .filter(|role| role.registrable)
        .map(|role| Role {
            code: role.code,
            name: role.name,
            decree: role.decree,
        })
        .collect();
    Reply::json(&Page { items, next: None })
}

fn answer<Row, Item: Serialize>(
    rows: Vec<Row>,
    limit: u32,
    end: impl Fn(&Row) -> String,
    item: impl Fn(Row) -> Item,
) -> Result<Reply, Problem> {
    let (rows, next) = page::cut(rows, limit, end);
    Reply::json(&Page {
        items: rows.into_iter().map(item).collect(),
        next,
    })
}
