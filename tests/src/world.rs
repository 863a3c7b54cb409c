//! A service with people in it, in the words of the domain.
//!
//! Tests of one file share a world and make their own people and work units in
//! it, so that they do not disturb each other.

use crate::client::{Answer, Call, Client};
use crate::database::Database;
use crate::host::{Host, OPERATOR_TOKEN, Options};
use crate::pdf;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

/// Everybody's password.
pub const PASSWORD: &str = "kata-sandi-uji-2026";

/// The password of everybody in the demo.
const DEMO_PASSWORD: &str = "akses-demo-2026";

/// An end date that no test comes to.
pub const LATER: &str = "2027-12-31";

const ROLES: &str = "\
code,name,authority,verified_by,decree,registrable,duty
PA,Pengguna Anggaran (PA),none,institution,surat-tanda-jabatan,true,budget-user
KPA,Kuasa Pengguna Anggaran (KPA),none,institution,surat-pengangkatan,true,budget-user
PPK,Pejabat Pembuat Komitmen (PPK),none,institution,sk-st,true,commitment-officer
PP,Pejabat Pengadaan,none,institution,sk-st,true,procurement-officer
KUKPBJ,Kepala UKPBJ,none,institution,sk-st,true,ukpbj-head
KLPSE,Kepala LPSE,none,institution,sk-st,true,lpse-head
TIMLPSE,Tim Pengelola LPSE,none,institution,sk-st,true,lpse-team
KASATKER,Kepala Satuan Kerja,none,institution,sk-st,true,work-unit-head
BENDAHARA,Bendahara,none,institution,sk-st,true,treasurer
VAI,Verifikator Akses Instansi (VAI),vai,national,sk-st,true,
VND,Verifikator Nasional Direktorat,directorate,national,sk-st,false,
VNT,Verifikator Nasional Telkom,operator,national,sk-st,false,
";

/// One institution in each zone, another one in the west, and the national one.
const INSTITUTIONS: &str = "\
code,name,kind,zone
BARAT,Kementerian Contoh Barat,Kementerian,WIB
UTARA,Kementerian Contoh Utara,Kementerian,WIB
TENGAH,Pemerintah Kota Contoh Tengah,Kota,WITA
TIMUR,Pemerintah Provinsi Contoh Timur,Provinsi,WIT
PUSAT,Lembaga Contoh Pusat,Lembaga,WIB
";

/// A service with roles and institutions, and people as tests need them.
pub struct World {
    /// The program.
    pub host: Host,
    password: &'static str,
    institutions: BTreeMap<String, String>,
    shared: Mutex<BTreeMap<String, Person>>,
    next: AtomicU32,
}

/// A unit of an institution.
#[derive(Debug, Clone)]
pub struct WorkUnit {
    /// Its code in imports.
    pub code: String,
    /// Its id.
    pub id: String,
    /// The institution's id.
    pub institution: String,
}

impl World {
    /// A world whose timers run only when a test runs them.
    pub fn new() -> Self {
        Self::with(Options::default())
    }

    /// A world on a host with these options.
    pub fn with(options: Options) -> Self {
        let world = Self::empty(Host::start(options));
        world.import("roles", ROLES);
        world.import("institutions", INSTITUTIONS);
        world.settled()
    }

    /// The world of `akses up --demo`, with the people that it prints.
    pub fn demo() -> Self {
        let mut world = Self::empty(Host::start(Options::default().demo()));
        world.password = DEMO_PASSWORD;
        world.settled()
    }

    /// Around a host that has no data yet.
    pub fn empty(host: Host) -> Self {
        Self {
            host,
            password: PASSWORD,
            institutions: BTreeMap::new(),
            shared: Mutex::new(BTreeMap::new()),
            next: AtomicU32::new(1),
        }
    }

    fn settled(mut self) -> Self {
        let connection = self.database().read();
        let mut select = connection
            .prepare("SELECT code, id FROM institution")
            .expect("a table");
        let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
        self.institutions = rows.and_then(Iterator::collect).expect("institutions");
        self
    }

    /// Imports rows as `akses import` does.
    #[track_caller]
    pub fn import(&self, kind: &str, csv: &str) -> Value {
        self.operator(&format!("/internal/import/{kind}"))
            .body(csv)
            .send()
            .expect(200)
            .json()
    }

    /// A POST by an operator.
    pub fn operator(&self, path: &str) -> Call {
        self.host.client().post(path).bearer(OPERATOR_TOKEN)
    }

    /// Speaks HTTP with the service, as nobody.
    pub fn client(&self) -> &Client {
        self.host.client()
    }

    /// The database.
    pub fn database(&self) -> Database {
        self.host.database()
    }

    /// Everybody's password in this world.
    pub fn password(&self) -> &'static str {
        self.password
    }

    /// An institution's id.
    #[track_caller]
    pub fn institution(&self, code: &str) -> &str {
        &self.institutions[code]
    }

    /// A new work unit of an institution, whose address is known.
    pub fn work_unit(&self, institution: &str) -> WorkUnit {
        self.add_work_unit(institution, "Jalan Contoh Nomor 1")
    }

    /// A new work unit where nobody registered yet (REG-3).
    pub fn work_unit_without_address(&self, institution: &str) -> WorkUnit {
        self.add_work_unit(institution, "")
    }

    fn add_work_unit(&self, institution: &str, address: &str) -> WorkUnit {
        let number = self.number();
        let code = format!("{institution}-{number}");
        let row = format!(
            "code,institution,name,address\n{code},{institution},Satuan Kerja {number},{address}\n"
        );
        self.import("work-units", &row);
        let id = self
            .database()
            .text(&format!("SELECT id FROM work_unit WHERE code = '{code}'"));
        WorkUnit {
            id: id.expect("it was imported"),
            institution: self.institution(institution).to_owned(),
            code,
        }
    }

    /// A new person who is signed in.
    #[track_caller]
    pub fn person(&self) -> Person {
        self.person_with_profile("non-supplier")
    }

    /// A new person of a supplier, who is signed in.
    #[track_caller]
    pub fn supplier(&self) -> Person {
        self.person_with_profile("supplier")
    }

    #[track_caller]
    fn person_with_profile(&self, profile: &str) -> Person {
        let number = self.number();
        let email = format!("orang-{number}@contoh.example");
        let name = format!("Orang Contoh {number}");
        let nip = format!("199001012020121{number:03}");
        self.import(
            "accounts",
            &format!(
                "email,name,password,nip,profile\n{email},{name},{},{nip},{profile}\n",
                self.password
            ),
        );
        self.sign_in(&email)
    }

    /// Somebody who has an account.
    #[track_caller]
    pub fn sign_in(&self, email: &str) -> Person {
        let answer = self.try_sign_in(email, self.password).expect(200).json();
        let token = text(&answer["token"]);
        let me = self
            .client()
            .get("/api/me")
            .bearer(&token)
            .send()
            .expect(200)
            .json();
        Person {
            account: text(&me["id"]),
            email: email.to_owned(),
            name: text(&me["name"]),
            csrf: text(&answer["csrf_token"]),
            is_supplier: me["profile"] == "supplier",
            token,
            client: self.client().clone(),
        }
    }

    /// One try to sign in.
    #[track_caller]
    pub fn try_sign_in(&self, email: &str, password: &str) -> Answer {
        let body = json!({ "email": email, "password": password });
        self.client().post("/api/sign-in").json(&body).send()
    }

    /// The verifier of an institution that tests share.
    pub fn verifier(&self, institution: &str) -> Person {
        self.shared(&format!("VAI {institution}"), || {
            self.new_verifier(institution, LATER)
        })
    }

    /// A verifier of an institution until a day.
    pub fn new_verifier(&self, institution: &str, valid_until: &str) -> Person {
        let person = self.person();
        let unit = self.work_unit(institution);
        self.carry_over(&person, "VAI", &unit, valid_until);
        person
    }

    /// A national verifier: `VND` of the Direktorat, `VNT` of its operator.
    pub fn national(&self, role: &str) -> Person {
        self.shared(role, || {
            let person = self.person();
            let unit = self.work_unit("PUSAT");
            self.carry_over(&person, role, &unit, LATER);
            person
        })
    }

    /// Imports an access that was verified elsewhere; answers its id.
    #[track_caller]
    pub fn carry_over(
        &self,
        person: &Person,
        role: &str,
        unit: &WorkUnit,
        valid_until: &str,
    ) -> String {
        let row = format!("{},{role},{},{valid_until}", person.email, unit.code);
        let counts = self.import(
            "accesses",
            &format!("email,role,work_unit,valid_until\n{row}\n"),
        );
        assert_eq!(counts["added"], 1, "{row}");
        let find = format!(
            "SELECT id FROM access WHERE account = '{}' AND role = '{role}' AND work_unit = '{}'",
            person.account, unit.id
        );
        self.database().text(&find).expect("it was imported")
    }

    /// Runs a timer through the operators' route.
    pub fn drive(&self, timer: &str) -> Call {
        self.operator(&format!("/internal/timers/{timer}"))
    }

    fn shared(&self, name: &str, make: impl FnOnce() -> Person) -> Person {
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        shared.entry(name.to_owned()).or_insert_with(make).clone()
    }

    fn number(&self) -> u32 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

/// Somebody who is signed in.
#[derive(Clone)]
pub struct Person {
    /// The account's id.
    pub account: String,
    /// The e-mail address.
    pub email: String,
    /// The name.
    pub name: String,
    /// The session, for `Authorization: Bearer`.
    pub token: String,
    /// What a browser sends beside its cookie.
    pub csrf: String,
    /// Whether the forms ask for what a supplier's person has to say (REG-2).
    pub is_supplier: bool,
    client: Client,
}

impl Person {
    /// A request in this person's session.
    pub fn call(&self, method: &str, path: &str) -> Call {
        self.client.call(method, path).bearer(&self.token)
    }

    /// GET.
    #[track_caller]
    pub fn get(&self, path: &str) -> Answer {
        self.call("GET", path).send()
    }

    /// POST with JSON.
    #[track_caller]
    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.call("POST", path).json(body).send()
    }

    /// Uploads a file.
    #[track_caller]
    pub fn upload(&self, name: &str, content: &[u8]) -> Answer {
        let path = format!("/api/documents?name={name}");
        self.call("POST", &path)
            .header("content-type", "application/pdf")
            .body(content)
            .send()
    }

    /// Uploads a decree; answers its id.
    #[track_caller]
    pub fn upload_decree(&self) -> String {
        let content = pdf::decree(&format!("Surat Keputusan {}", self.account));
        text(&self.upload("sk.pdf", &content).expect(201).json()["id"])
    }

    /// The form of a registration, with a decree of its own.
    #[track_caller]
    pub fn form(&self, role: &str, unit: &WorkUnit, valid_until: &str) -> Value {
        let mut form = json!({
            "role": role,
            "institution": unit.institution,
            "work_unit": unit.id,
            "valid_until": valid_until,
            "document": self.upload_decree(),
            "confirmed": true,
        });
        if self.is_supplier {
            form["golongan"] = "III/a".into();
            form["npwp"] = "01.234.567.8-901.000".into();
        }
        form
    }

    /// "Kirim" on a registration.
    #[track_caller]
    pub fn try_register(&self, form: &Value) -> Answer {
        self.post("/api/accesses/registration", form)
    }

    /// Registers an access.
    #[track_caller]
    pub fn register(&self, role: &str, unit: &WorkUnit, valid_until: &str) -> Access {
        let form = self.form(role, unit, valid_until);
        Access(self.try_register(&form).expect(201).json())
    }

    /// An access that was registered and approved.
    #[track_caller]
    pub fn active(
        &self,
        world: &World,
        role: &str,
        institution: &str,
        valid_until: &str,
    ) -> Access {
        let unit = world.work_unit(institution);
        let access = self.register(role, &unit, valid_until);
        world.verifier(institution).approve(&access.request())
    }

    /// Gives an access up, with nothing left open.
    #[track_caller]
    pub fn deactivate(&self, access: &str) -> Access {
        let body = json!({ "handover": { "kind": "none-open" } });
        Access(
            self.post(&format!("/api/accesses/{access}/deactivation"), &body)
                .expect(200)
                .json(),
        )
    }

    /// One try to ask for an access again.
    #[track_caller]
    pub fn try_reactivate(&self, access: &str, valid_until: &str) -> Answer {
        let body = json!({ "valid_until": valid_until, "document": self.upload_decree() });
        self.post(&format!("/api/accesses/{access}/reactivation"), &body)
    }

    /// Asks for an access again.
    #[track_caller]
    pub fn reactivate(&self, access: &str, valid_until: &str) -> Access {
        Access(self.try_reactivate(access, valid_until).expect(200).json())
    }

    /// One try to ask for more time before an access ends.
    #[track_caller]
    pub fn try_extend(&self, access: &str, valid_until: &str) -> Answer {
        let body = json!({ "valid_until": valid_until, "document": self.upload_decree() });
        self.post(&format!("/api/accesses/{access}/extension"), &body)
    }

    /// Asks for more time before an access ends.
    #[track_caller]
    pub fn extend(&self, access: &str, valid_until: &str) -> Access {
        Access(self.try_extend(access, valid_until).expect(200).json())
    }

    /// One of this person's accesses, as their list shows it.
    #[track_caller]
    pub fn listed(&self, access: &str) -> Value {
        let page = self.get("/api/accesses?limit=100").expect(200).json();
        let list = page["accesses"].as_array().expect("a list").iter();
        let mut found = list.filter(|item| item["id"] == access);
        let item = found
            .next()
            .unwrap_or_else(|| panic!("{access} is not listed: {page:#}"));
        assert!(found.next().is_none(), "{access} is listed twice: {page:#}");
        item.clone()
    }

    /// The status of one of this person's accesses.
    #[track_caller]
    pub fn status(&self, access: &str) -> String {
        text(&self.listed(access)["status_text"])
    }

    /// The requests that this verifier sees.
    #[track_caller]
    pub fn queue(&self) -> Vec<Value> {
        let page = self.get("/api/requests?limit=100").expect(200).json();
        page["requests"].as_array().expect("a list").clone()
    }

    /// Whether this verifier sees the request.
    #[track_caller]
    pub fn sees(&self, request: &str) -> bool {
        self.queue().iter().any(|item| item["id"] == request)
    }

    /// One decision.
    #[track_caller]
    pub fn decide(&self, request: &str, decision: &Value) -> Answer {
        self.post(&format!("/api/requests/{request}/decision"), decision)
    }

    /// One try to approve as asked for.
    #[track_caller]
    pub fn try_approve(&self, request: &str) -> Answer {
        self.decide(request, &json!({ "decision": "approve", "attested": true }))
    }

    /// Approves as asked for.
    #[track_caller]
    pub fn approve(&self, request: &str) -> Access {
        Access(self.try_approve(request).expect(200).json())
    }

    /// Rejects.
    #[track_caller]
    pub fn reject(&self, request: &str, reason: &str) -> Access {
        let decision = json!({ "decision": "reject", "reason": reason });
        Access(self.decide(request, &decision).expect(200).json())
    }
}

/// An access as a command answered it.
#[derive(Debug, Clone)]
pub struct Access(pub Value);

impl Access {
    /// Its id.
    #[track_caller]
    pub fn id(&self) -> String {
        text(&self.0["id"])
    }

    /// The request that waits.
    #[track_caller]
    pub fn request(&self) -> String {
        text(&self.0["request"]["id"])
    }

    /// Its status, for people.
    #[track_caller]
    pub fn status(&self) -> String {
        text(&self.0["status_text"])
    }

    /// The number of its last event.
    #[track_caller]
    pub fn version(&self) -> u32 {
        let version = self.0["version"]
            .as_u64()
            .and_then(|version| u32::try_from(version).ok());
        version.unwrap_or_else(|| panic!("no version: {}", self.0))
    }
}

/// A member that is text.
///
/// # Panics
/// When it is not.
#[track_caller]
pub fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("text expected: {value}"))
        .to_owned()
}
