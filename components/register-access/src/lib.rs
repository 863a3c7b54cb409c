//! `POST /api/accesses/registration`: "Kirim" on the registration form (REG-1..7).

use akses_domain::access::{Command, Form, Registration, Submitted};
use akses_domain::ids::{AccessId, AccountId, DocumentId, InstitutionId, RequestId, WorkUnitId};
use akses_domain::person::Profile;
use akses_domain::reference::{Role, VerifiedBy, WorkUnit};
use akses_endpoint::accesses::{AccessView, from_word, zone};
use akses_endpoint::store::{accesses, accounts, reference};
use akses_endpoint::{Call, Day, Problem, Reply, Response, config, form, record, serve};
use serde::Deserialize;
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;
use uuid::Uuid;

/// Longer user names than this exist on no platform before us.
const USER_NAME_CHARS_MAX: usize = 100;

/// Long enough for street, district, city and postal code.
const ADDRESS_CHARS_MAX: usize = 500;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    role: String,
    institution: InstitutionId,
    work_unit: WorkUnitId,
    valid_until: Day,
    document: DocumentId,
    previous_user_name: Option<String>,
    address: Option<String>,
    #[serde(default)]
    confirmed: bool,
}

#[http_service]
async fn register_access(request: Request) -> Response {
    serve(request, Method::POST, register).await
}

async fn register(call: Call) -> Result<Reply, Problem> {
    let person = call.person()?;
    let body: Body = call.json()?;
    let cut_off = config::cut_off()?;
    let existing = accesses::find(&person.to_string(), &body.role, &body.work_unit.to_string())?;
    let id = existing
        .and_then(|id| id.parse().ok())
        .unwrap_or_else(|| AccessId::new(Uuid::now_v7()));
    let done = record::command(&call, person, id, |_| {
        registration(&call, person, body).map(Command::Register)
    })?;
    akses_meeting::arrange(&call, &done.access);
    let view = AccessView::new(&done.access, call.now(), cut_off);
    Reply::created("/api/accesses", &view)
}

/// The form with the facts that the rules need.
fn registration(call: &Call, person: AccountId, body: Body) -> Result<Registration, Problem> {
    let role = role(&body.role)?;
    let work_unit = work_unit(&body)?;
    let document = form::own_document("document", body.document, person)?;
    let id = RequestId::new(Uuid::now_v7());
    Ok(Registration {
        account: person,
        role,
        work_unit,
        request: Submitted::new(id, body.valid_until.0, document, call.now()),
        form: Form {
            profile: profile(person)?,
            previous_user_name: form::text(
                "previous_user_name",
                body.previous_user_name,
                USER_NAME_CHARS_MAX,
            )?,
            address: form::text("address", body.address, ADDRESS_CHARS_MAX)?,
        },
        confirmed: body.confirmed,
    })
}

/// From the account, not from the form: a supplier cannot choose the way without
/// a meeting (MTG-1).
fn profile(person: AccountId) -> Result<Profile, Problem> {
    let account = accounts::by_id(&person.to_string())?.ok_or_else(Problem::not_signed_in)?;
    from_word(&account.profile)
}

fn role(code: &str) -> Result<Role, Problem> {
    let role = reference::role_by_code(code)?.ok_or_else(|| {
        Problem::field(
            "role",
            "unknown-role",
            "Peran ini tidak dikenal. Pilih dari daftar peran.",
        )
    })?;
    Ok(Role {
        code: role.code,
        verified_by: from_word::<VerifiedBy>(&role.verified_by)?,
        registrable: role.registrable,
    })
}

fn work_unit(body: &Body) -> Result<WorkUnit, Problem> {
    let unit = reference::work_unit_by_id(&body.work_unit.to_string())?
        .filter(|unit| unit.institution == body.institution.to_string())
        .ok_or_else(|| {
            Problem::field(
                "work_unit",
                "unknown-work-unit",
                "Satuan kerja ini bukan bagian dari instansi yang dipilih. Pilih dari daftar satuan kerja.",
            )
        })?;
    Ok(WorkUnit {
        id: body.work_unit,
        institution: body.institution,
        zone: zone(&unit.zone)?,
        has_address: unit.address.is_some(),
    })
}
