//! `GET /api/registration-form?role=&work_unit=`: what a role asks of the person
//! who is signed in (REG-2), and whether the address is asked here (REG-3).

use akses_domain::form::{FieldKind, Need, Source};
use akses_domain::ids::WorkUnitId;
use akses_domain::person::Golongan;
use akses_domain::reference::INSTITUTION_KINDS;
use akses_endpoint::accesses::Named;
use akses_endpoint::form::{FormAsked, Shown, registrable};
use akses_endpoint::store::{accounts, reference};
use akses_endpoint::{Call, Problem, Reply, Response, serve};
use serde::Serialize;
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;

#[derive(Serialize)]
struct FormView {
    role: Named,
    /// "Tipe Profil" of the account.
    profile: String,
    fields: Vec<FieldView>,
}

#[derive(Serialize)]
struct FieldView {
    /// The member of the form's JSON.
    name: String,
    kind: FieldKind,
    label: String,
    help: String,
    /// `first-registrant` only while no work unit is chosen.
    need: Need,
    /// Where `value` comes from.
    source: Option<Source>,
    /// What it is prefilled with.
    value: Option<String>,
    /// The longest text.
    chars_max: Option<u32>,
    /// What can be chosen, where that is a closed list.
    choices: Vec<&'static str>,
}

#[http_service]
async fn registration_form(request: Request) -> Response {
    serve(request, Method::GET, show).await
}

async fn show(call: Call) -> Result<Reply, Problem> {
    let person = call.person()?;
    let code = call
        .query("role")
        .ok_or_else(|| Problem::field("role", "role-missing", "Pilih peran dahulu."))?;
    let role = registrable(&code)?;
    let unit = call.query("work_unit").map(|id| unit(&id)).transpose()?;
    let account = accounts::by_id(&person.to_string())?.ok_or_else(Problem::not_signed_in)?;
    let form = FormAsked::load(&account, &role.code, unit.as_ref())?;
    let shown = form.0.into_iter();
    Reply::json(&FormView {
        role: Named {
            id: role.code,
            name: role.name,
        },
        profile: account.profile,
        fields: shown
            .filter(|shown| shown.asked.need != Need::NotAsked)
            .map(view)
            .collect(),
    })
}

fn unit(id: &str) -> Result<reference::WorkUnit, Problem> {
    let known = match id.parse::<WorkUnitId>() {
        Ok(id) => reference::work_unit_by_id(&id.to_string())?,
        Err(_) => None,
    };
    known.ok_or_else(|| {
        Problem::field(
            "work_unit",
            "unknown-work-unit",
            "Satuan kerja ini tidak dikenal. Pilih dari daftar satuan kerja.",
        )
    })
}

fn view(shown: Shown) -> FieldView {
    let field = shown.asked.field;
    FieldView {
        choices: match field.kind {
            FieldKind::Golongan => Golongan::all().map(Golongan::as_str).collect(),
            FieldKind::InstitutionKind => INSTITUTION_KINDS.to_vec(),
            _ => Vec::new(),
        },
        name: field.name.into(),
        kind: field.kind,
        label: shown.label,
        help: shown.help,
        need: shown.asked.need,
        source: field.source,
        value: shown.asked.value,
        chars_max: field.chars_max,
    }
}
