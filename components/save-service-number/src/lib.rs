//! `PUT /api/me/service-number`: "Daftar Sebagai ASN", a NIP or an NRP in one's
//! profile (PRO-1, REG-8).

use akses_domain::person::{BadNumber, ServiceNumber, ServiceNumberKind};
use akses_endpoint::store::accounts;
use akses_endpoint::store::events::Appended;
use akses_endpoint::{Call, Problem, Reply, Response, account, serve};
use serde::{Deserialize, Serialize};
use serde_json::json;
use spin_sdk::http::{Method, Request};
use spin_sdk::http_service;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    kind: Kind,
    number: String,
}

#[derive(Clone, Copy, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    /// NIP of a PNS, or NI PPPK.
    Nip,
    /// NRP of TNI or Polri.
    Nrp,
}

#[derive(Serialize)]
struct Saved {
    /// Its last digits only (ALL-2).
    service_number: String,
}

#[http_service]
async fn save_service_number(request: Request) -> Response {
    serve(request, Method::PUT, save).await
}

async fn save(call: Call) -> Result<Reply, Problem> {
    let person = call.person()?;
    let body: Body = call.json()?;
    let number = ServiceNumber::parse_as(body.kind.into(), &body.number)
        .map_err(|bad| refusal(body.kind, bad))?;
    let account = accounts::by_id(&person.to_string())?.ok_or_else(Problem::not_signed_in)?;
    let saved = Reply::json(&Saved {
        service_number: number.masked(),
    });
    // Saving what is there already is no change.
    if account.service_number.as_deref() == Some(number.as_str()) {
        return saved;
    }
    let data = json!({ "kind": body.kind, "number": number.as_str() }).to_string();
    match account::append(&call, &account, "service-number-saved", &data, |_| Ok(()))? {
        Appended::Recorded => saved,
        Appended::Refused(name) if name == "service-number-exists" => Err(Problem::field(
            "number",
            "service-number-exists",
            "NIP ini sudah tercatat pada akun lain. Periksa angkanya, atau hubungi Pusat Bantuan.",
        )),
        other => Err(Problem::internal(format!("service number: {other:?}"))),
    }
}

fn refusal(kind: Kind, bad: BadNumber) -> Problem {
    let detail = match (bad, kind) {
        (BadNumber::Empty, _) => "Isi nomornya.",
        (BadNumber::NotDigits, _) => "Isi dengan angka saja.",
        (BadNumber::WrongLength, Kind::Nip) => "NIP dan NI PPPK berisi 18 angka.",
        (BadNumber::WrongLength, Kind::Nrp) => "NRP berisi 5 sampai 20 angka.",
    };
    Problem::field("number", "bad-service-number", detail)
}

impl From<Kind> for ServiceNumberKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Nip => Self::Nip,
            Kind::Nrp => Self::Nrp,
        }
    }
}
