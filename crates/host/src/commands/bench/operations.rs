//! Every operation under load. Commands go in the order of an access's life, so
//! that each finds the accesses that the one before it left.

use std::net::SocketAddr;
use std::sync::Arc;

use akses::sirup::User;
use anyhow::{Context, Result};
use bytes::Bytes;
use serde::Serialize;
use serde_json::{Value, json};

use super::load::{Connection, Figures, Shot, fire};
use super::service::OPERATOR_TOKEN;
use crate::progress;

/// How many connections each operation is measured at.
pub(super) const CONNECTIONS: [usize; 3] = [1, 16, 64];

const WORK_UNITS: usize = 400;
const PEOPLE: usize = 24;
/// Roles that a VAI verifies and people register for.
const ROLES: [&str; 8] = [
    "PA",
    "KPA",
    "PPK",
    "PP",
    "POKJA",
    "APIP",
    "BENDAHARA",
    "PPSPM",
];
const PASSWORD: &str = "akses-bench-2026";
/// Meetings that one run joins, and as many that it moves: one in each parallel
/// room, so that all of them begin on the day that it is.
const MEETINGS: usize = 64;
const HOLIDAYS: &str = include_str!("../../../demo/holidays.csv");
/// Accounts of one import, because each password is hashed.
const ACCOUNTS_PER_PART: usize = 20;

/// How many requests an operation gets at so many connections.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counts {
    pub(super) reads: usize,
    pub(super) writes: usize,
    pub(super) slow: usize,
}

/// One operation's figures at one number of connections.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Measured {
    pub(super) operation: &'static str,
    /// What it is compared with: `fixed` answers, or the kind of event it records.
    pub(super) against: &'static str,
    #[serde(flatten)]
    pub(super) figures: Figures,
}

/// People, work units and what they need to ask for accesses.
pub(super) struct People {
    tokens: Vec<Arc<str>>,
    verifier: Arc<str>,
    documents: Vec<String>,
    institution: String,
    work_units: Vec<String>,
    roles: Vec<&'static str>,
    used: usize,
    supplier: Arc<str>,
    supplier_document: String,
    supplier_used: usize,
}

/// Imports people and work units, and signs everybody in.
pub(super) async fn prepare(address: SocketAddr, decree: &Bytes) -> Result<People> {
    let mut connection = Connection::open(address).await?;
    import(&mut connection).await?;
    let verifier = sign_in(&mut connection, "vai@bench.example").await?;
    let mut tokens = Vec::new();
    let mut documents = Vec::new();
    for person in 0..PEOPLE {
        let token = sign_in(&mut connection, &format!("orang{person}@bench.example")).await?;
        let stored = connection
            .json(&Shot::post("/api/documents", Some(&token), decree.clone()))
            .await?;
        documents.push(text(&stored, "id")?);
        tokens.push(token);
    }
    let supplier = sign_in(&mut connection, "penyedia@bench.example").await?;
    let upload = Shot::post("/api/documents", Some(&supplier), decree.clone());
    let supplier_document = text(&connection.json(&upload).await?, "id")?;
    let institutions = connection
        .json(&Shot::get(
            "/api/reference/institutions?q=BENCH",
            Some(&verifier),
        ))
        .await?;
    let institution = text(&institutions["items"][0], "id")?;
    let work_units = work_units(&mut connection, &verifier, &institution).await?;
    Ok(People {
        tokens,
        verifier,
        documents,
        institution,
        work_units,
        roles: ROLES.to_vec(),
        used: 0,
        supplier,
        supplier_document,
        supplier_used: 0,
    })
}

async fn import(connection: &mut Connection) -> Result<()> {
    let mut send = async |kind: &str, csv: String| -> Result<()> {
        let shot = Shot::post(
            format!("/internal/import/{kind}"),
            Some(&OPERATOR_TOKEN.into()),
            csv.into(),
        );
        connection.json(&shot).await.map(drop)
    };
    let mut roles = String::from("code,name,authority,verified_by,decree,registrable\n");
    for role in ROLES {
        roles.push_str(&format!("{role},{role},none,institution,sk-st,true\n"));
    }
    roles.push_str("VAI,Verifikator,vai,national,sk-st,true\n");
    send("roles", roles).await?;
    send(
        "institutions",
        "code,name,kind,zone\nBENCH,Instansi Bench,Lembaga,WIB\n".to_owned(),
    )
    .await?;
    let mut units = String::from("code,institution,name,address\n");
    for unit in 0..WORK_UNITS {
        units.push_str(&format!(
            "BENCH-{unit},BENCH,Satuan Kerja {unit:03},Jalan Bench {unit}\n"
        ));
    }
    send("work-units", units).await?;
    let names: Vec<String> = (0..PEOPLE)
        .map(|person| format!("orang{person}"))
        .chain(["vai".to_owned()])
        .collect();
    for part in names.chunks(ACCOUNTS_PER_PART) {
        let mut accounts = String::from("email,name,password,nip\n");
        for name in part {
            accounts.push_str(&format!("{name}@bench.example,Bench {name},{PASSWORD},\n"));
        }
        send("accounts", accounts).await?;
    }
    let supplier = format!(
        "email,name,password,nip,profile\npenyedia@bench.example,Bench,{PASSWORD},,supplier\n"
    );
    send("accounts", supplier).await?;
    send("holidays", HOLIDAYS.to_owned()).await?;
    let rooms = format!("institution,rooms\nBENCH,{MEETINGS}\n");
    send("meeting-rooms", rooms).await?;
    let until = (chrono::Utc::now() + chrono::TimeDelta::days(365)).date_naive();
    let access =
        format!("email,role,work_unit,valid_until\nvai@bench.example,VAI,BENCH-0,{until}\n");
    send("accesses", access).await?;
    send(
        "platforms",
        "code,name,description,entry_url,audience,active\n\
         BENCH,Platform,Uji,https://bench.example/masuk,https://bench.example,true\n"
            .to_owned(),
    )
    .await?;
    let role = "platform,role,admitted\nBENCH,VAI,true\n";
    send("platform-roles", role.to_owned()).await?;
    let terms = "platform,kind,version,valid_from,text,url,sha256\n\
                 BENCH,terms,1,2024-01-01,Syarat,,\nBENCH,privacy,1,2024-01-01,Privasi,,\n";
    send("platform-terms", terms.to_owned()).await
}

/// "Setuju" on the platform's terms.
fn acceptance(token: &Arc<str>) -> Shot {
    let body = json!({ "terms_version": "1", "privacy_version": "1" });
    Shot::post("/api/platforms/BENCH/acceptance", Some(token), json(&body))
}

async fn sign_in(connection: &mut Connection, email: &str) -> Result<Arc<str>> {
    let answer = connection.json(&sign_in_shot(email)).await?;
    Ok(text(&answer, "token")?.into())
}

fn sign_in_shot(email: &str) -> Shot {
    Shot::post(
        "/api/sign-in",
        None,
        json(&json!({ "email": email, "password": PASSWORD })),
    )
}

async fn work_units(
    connection: &mut Connection,
    token: &Arc<str>,
    institution: &str,
) -> Result<Vec<String>> {
    let mut units = Vec::new();
    let mut after = String::new();
    loop {
        let path = format!("/api/reference/work-units?institution={institution}&limit=100{after}");
        let page = connection.json(&Shot::get(path, Some(token))).await?;
        for unit in page["items"].as_array().context("a page has items")? {
            units.push(text(unit, "id")?);
        }
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return Ok(units),
        }
    }
}

/// Measures every operation at one number of connections.
pub(super) async fn measure(
    address: SocketAddr,
    connections: usize,
    counts: Counts,
    people: &mut People,
    decree: &Bytes,
) -> Result<Vec<Measured>> {
    let mut measured = Vec::new();
    let mut run = async |operation, against, shots: Vec<Shot>| -> Result<Vec<(usize, Value)>> {
        progress::note(format_args!("{operation} at {connections} connections"));
        let (figures, answers) = fire(address, connections, shots).await?;
        measured.push(Measured {
            operation,
            against,
            figures,
        });
        Ok(answers)
    };

    // A write of its own kind, with no event to compare with.
    let drafts = (0..counts.slow).map(|index| people.draft(index)).collect();
    run("save-draft", "", drafts).await?;

    let first = people.used;
    let registrations = people.registrations(counts.writes)?;
    let registered = run("register-access", "access-requested", registrations).await?;
    let owned = people.owned(first, registered);
    let approvals = owned.iter().map(|o| o.approval(&people.verifier)).collect();
    run("decide-verification", "request-approved", approvals).await?;
    let deactivations = owned.iter().map(Owned::deactivation).collect();
    run("deactivate-access", "access-deactivated", deactivations).await?;
    let reactivations = owned.iter().map(Owned::reactivation).collect();
    run(
        "submit-reactivation",
        "reactivation-requested",
        reactivations,
    )
    .await?;
    let upload = Shot::post("/api/documents", Some(&people.tokens[0]), decree.clone());
    run(
        "upload-document",
        "document-stored",
        vec![upload; counts.writes],
    )
    .await?;
    let saves = (0..counts.writes).map(|index| people.service_number(index));
    run(
        "save-service-number",
        "service-number-saved",
        saves.collect(),
    )
    .await?;

    // Each links the same user again and again: a whole conversation with SiRUP,
    // whose end is no change.
    let links = (0..counts.slow).map(|index| people.sirup_link(index));
    run("link-sirup", "fixed", links.collect()).await?;
    let asked = people.suppliers_registrations(2 * MEETINGS)?;
    let asked = run("register-access (supplier)", "", asked).await?;
    let requests: Vec<_> = asked
        .iter()
        .map(|(_, access)| string(&access["request"], "id"))
        .collect();
    let (joined, moved) = requests.split_at(requests.len() / 2);
    let supplier = people.supplier.clone();
    let nothing = || Bytes::from_static(b"{}");
    let joins = joined.iter().map(|request| {
        let path = format!("/api/requests/{request}/meeting/join");
        Shot::post(path, Some(&supplier), nothing())
    });
    run("join-meeting", "meeting-joined", joins.collect()).await?;
    let moves = moved.iter().map(|request| {
        let path = format!("/api/requests/{request}/meeting/reschedule");
        Shot::post(path, Some(&supplier), nothing())
    });
    run("reschedule-meeting", "meeting-moved", moves.collect()).await?;
    let calls = Shot::post("/api/meetings/call-next", Some(&people.verifier), nothing());
    run("call-next", "meeting-called", vec![calls; joined.len()]).await?;
    let request = &joined[0];
    // Agreeing again is a read; nobody agrees to one version twice.
    run(
        "accept-terms",
        "fixed",
        vec![acceptance(&people.verifier); counts.reads],
    )
    .await?;
    let entry = Shot::post(
        "/api/platforms/BENCH/entry",
        Some(&people.verifier),
        json(&json!({})),
    );
    run(
        "enter-platform",
        "platform-entered",
        vec![entry; counts.writes],
    )
    .await?;

    let me = &people.tokens[0];
    let document = format!("/api/documents/{}", people.documents[0]);
    let reads = [
        ("fixed", Shot::get("/bench/fixed", Some(me))),
        ("who-am-i", Shot::get("/api/me", Some(me))),
        (
            "list-accesses",
            Shot::get("/api/accesses?limit=10", Some(me)),
        ),
        (
            "list-requests",
            Shot::get("/api/requests?limit=10", Some(&people.verifier)),
        ),
        (
            "reference-data",
            Shot::get("/api/reference/institutions?q=be", Some(me)),
        ),
        (
            "registration-form",
            Shot::get("/api/registration-form?role=PPK", Some(me)),
        ),
        ("read-drafts", Shot::get("/api/drafts", Some(me))),
        ("read-document", Shot::get(document, Some(me))),
        (
            "read-meeting",
            Shot::get(format!("/api/requests/{request}/meeting"), Some(&supplier)),
        ),
        (
            "waiting-room",
            Shot::get(
                format!("/api/requests/{request}/waiting-room"),
                Some(&supplier),
            ),
        ),
        (
            "meeting-queue",
            Shot::get("/api/meetings?limit=10", Some(&people.verifier)),
        ),
        (
            "list-platforms",
            Shot::get("/api/platforms", Some(&people.verifier)),
        ),
        (
            "read-terms",
            Shot::get("/api/platforms/BENCH/terms", Some(&people.verifier)),
        ),
        ("signing-keys", Shot::get("/.well-known/jwks.json", None)),
        ("latest-seal", Shot::get("/api/seals/latest", None)),
        ("api-description", Shot::get("/api/openapi.json", None)),
        ("pages", Shot::get("/", None)),
        ("health", Shot::get("/health", None)),
    ];
    // There has to be a seal to read.
    run("seal-record", "", vec![timer("seal-record")]).await?;
    for (operation, shot) in reads {
        run(operation, "fixed", vec![shot; counts.reads]).await?;
    }

    // Nothing to give up: what every tab does after the first one did it.
    let discard = people.discard();
    run("discard-draft", "fixed", vec![discard; counts.slow]).await?;

    let operator: Arc<str> = OPERATOR_TOKEN.into();
    let same = Bytes::from_static(b"code,name,kind,zone\nBENCH,Instansi Bench,Lembaga,WIB\n");
    let import = Shot::post("/internal/import/institutions", Some(&operator), same);
    run("import-reference", "fixed", vec![import; counts.slow]).await?;
    run(
        "expire-accesses",
        "fixed",
        vec![timer("expire-accesses"); counts.slow],
    )
    .await?;
    run(
        "close-meetings",
        "fixed",
        vec![timer("close-meetings"); counts.slow],
    )
    .await?;
    let sessions = run(
        "sign-in",
        "",
        vec![sign_in_shot("orang1@bench.example"); counts.slow.min(100)],
    )
    .await?;
    let sign_outs = sessions.iter().map(|(_, session)| {
        let token: Arc<str> = session["token"].as_str().unwrap_or_default().into();
        Shot::post("/api/sign-out", Some(&token), Bytes::new())
    });
    run("sign-out", "", sign_outs.collect()).await?;
    Ok(measured)
}

/// Who links with SiRUP.
pub(super) fn sirup_users() -> Result<Vec<User>> {
    (0..PEOPLE)
        .map(|person| format!("orang{person}:{PASSWORD}:2020-01-02").parse())
        .collect()
}

fn timer(name: &str) -> Shot {
    Shot::post(
        format!("/internal/timers/{name}"),
        Some(&OPERATOR_TOKEN.into()),
        Bytes::new(),
    )
}

impl People {
    /// A read as people do it all day.
    pub(super) fn a_read(&self) -> Shot {
        Shot::get("/api/accesses?limit=10", Some(&self.tokens[0]))
    }

    /// A number that this person did not save the time before.
    fn service_number(&self, index: usize) -> Shot {
        let person = &self.tokens[index % self.tokens.len()];
        let number = format!("{:08}", index);
        let body = json(&json!({ "kind": "nrp", "number": number }));
        Shot::put("/api/me/service-number", Some(person), body)
    }

    /// A draft that says what it said before: it needs no revision.
    fn draft(&self, index: usize) -> Shot {
        let person = &self.tokens[index % self.tokens.len()];
        let body = json(&json!({ "valid_until": "2030-12-31", "address": "Jalan Bench" }));
        let role = self.roles[index / self.tokens.len() % self.roles.len()];
        Shot::put(format!("/api/drafts/{role}"), Some(person), body)
    }

    /// Of a role that nobody has a draft of.
    fn discard(&self) -> Shot {
        let path = "/api/drafts/VAI/discard";
        Shot {
            if_match: Some("\"0\""),
            ..Shot::post(path, Some(&self.tokens[0]), Bytes::new())
        }
    }

    fn sirup_link(&self, index: usize) -> Shot {
        let person = index % self.tokens.len();
        let body = json!({ "user_name": format!("orang{person}"), "password": PASSWORD });
        Shot::post("/api/sirup-link", Some(&self.tokens[person]), json(&body))
    }

    /// Forms for accesses that nobody has yet.
    fn registrations(&mut self, count: usize) -> Result<Vec<Shot>> {
        let room = self.tokens.len() * self.work_units.len() * self.roles.len();
        anyhow::ensure!(
            self.used + count <= room,
            "there are only {room} accesses to ask for"
        );
        let from = self.used;
        self.used += count;
        Ok((from..from + count)
            .map(|index| self.registration(index))
            .collect())
    }

    fn registration(&self, index: usize) -> Shot {
        let person = index % self.tokens.len();
        let place = index / self.tokens.len();
        self.form(place, &self.tokens[person], &self.documents[person])
    }

    fn form(&self, place: usize, token: &Arc<str>, document: &str) -> Shot {
        let mut body = json!({
            "role": self.roles[place % self.roles.len()],
            "institution": self.institution,
            "work_unit": self.work_units[place / self.roles.len()],
            "valid_until": "2030-12-31",
            "document": document,
            "confirmed": true,
        });
        if *token == self.supplier {
            body["golongan"] = "III/a".into();
            body["npwp"] = "0123456789012345".into();
        }
        Shot::post("/api/accesses/registration", Some(token), json(&body))
    }

    /// Forms of a supplier, each of which gets a meeting.
    fn suppliers_registrations(&mut self, count: usize) -> Result<Vec<Shot>> {
        let room = self.work_units.len() * self.roles.len();
        let from = self.supplier_used;
        self.supplier_used += count;
        anyhow::ensure!(
            self.supplier_used <= room,
            "there are only {room} accesses to ask for"
        );
        let form = |place| self.form(place, &self.supplier, &self.supplier_document);
        Ok((from..self.supplier_used).map(form).collect())
    }

    /// The accesses that these answers to registrations are about.
    fn owned(&self, first: usize, registered: Vec<(usize, Value)>) -> Vec<Owned> {
        let owned = |(index, access): (usize, Value)| {
            let person = (first + index) % self.tokens.len();
            Owned {
                access: string(&access, "id"),
                request: string(&access["request"], "id"),
                token: self.tokens[person].clone(),
                document: self.documents[person].clone(),
            }
        };
        registered.into_iter().map(owned).collect()
    }
}

/// An access with what its owner needs for the next commands.
struct Owned {
    access: String,
    request: String,
    token: Arc<str>,
    document: String,
}

impl Owned {
    fn approval(&self, verifier: &Arc<str>) -> Shot {
        let path = format!("/api/requests/{}/decision", self.request);
        Shot::post(
            path,
            Some(verifier),
            json(&json!({ "decision": "approve", "attested": true })),
        )
    }

    fn deactivation(&self) -> Shot {
        let path = format!("/api/accesses/{}/deactivation", self.access);
        Shot::post(
            path,
            Some(&self.token),
            json(&json!({ "handover": { "kind": "none-open" } })),
        )
    }

    fn reactivation(&self) -> Shot {
        let path = format!("/api/accesses/{}/reactivation", self.access);
        let body = json!({ "valid_until": "2031-12-31", "document": self.document });
        Shot::post(path, Some(&self.token), json(&body))
    }
}

fn json(value: &Value) -> Bytes {
    value.to_string().into()
}

fn text(value: &Value, name: &str) -> Result<String> {
    value[name]
        .as_str()
        .map(str::to_owned)
        .with_context(|| format!("no `{name}` in {value}"))
}

fn string(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}
