//! Who uses the service under load: officials of one institution with their verifier,
//! officers whose passwords are reset, and suppliers.

use std::net::SocketAddr;
use std::sync::Arc;

use akses::sirup::User;
use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use serde_json::{Value, json};

use super::load::{Connection, Shot, body, nothing, text};
use super::service::{OPERATOR_TOKEN, office_day};

const PEOPLE: usize = 24;
const WORK_UNITS: usize = 400;
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
/// Who resets passwords, by the people's numbers; nobody registers for these.
const RESET_ROLES: [(&str, &str); 4] = [
    ("KASATKER", "work-unit-head"),
    ("KUKPBJ", "ukpbj-head"),
    ("KLPSE", "lpse-head"),
    ("TIMLPSE", "lpse-team"),
];
/// Their numbers, in that order.
pub(super) const HEAD: usize = 0;
pub(super) const UKPBJ: usize = 1;
pub(super) const LPSE: usize = 2;
pub(super) const TEAM: usize = 3;
/// Where: the last unit, which no run of registrations comes to.
const RESET_UNIT: &str = "BENCH-399";
/// Whose passwords are reset, in turn, so that nobody has hundreds of tickets.
pub(super) const OFFICERS: usize = 40;
/// Meetings that one run joins, and as many that it moves: one in each parallel
/// room, so that all of them begin on the day that it is.
pub(super) const MEETINGS: usize = 64;
/// Meetings that a supplier's person may wait for at once (migration 0015).
const MEETINGS_OF_ONE: usize = 3;
/// Enough of them for all three rounds of the benchmark.
pub(super) const SUPPLIERS: usize = 3 * 2 * MEETINGS / MEETINGS_OF_ONE;
const REGISTRATION: &str = "/api/accesses/registration";
const PASSWORD: &str = "akses-bench-2026";
const HOLIDAYS: &str = include_str!("../../../demo/holidays.csv");
/// Accounts of one import, because each password is hashed.
const ACCOUNTS_PER_PART: usize = 20;
/// What somebody's access lasts who has it from the beginning.
const ACCESS_DAYS: i64 = 365;

/// People, work units and what they need to ask for accesses.
pub(super) struct People {
    /// The first four also reset passwords, and the first of all heads the UKPBJ: files
    /// letters, and sees what nobody carries on.
    pub(super) tokens: Vec<Arc<str>>,
    pub(super) verifier: Arc<str>,
    pub(super) directorate: Arc<str>,
    /// One of each person.
    pub(super) documents: Vec<String>,
    pub(super) institution: String,
    pub(super) work_units: Vec<String>,
    pub(super) officers: Vec<Officer>,
    used: usize,
    suppliers: Vec<Supplier>,
    supplier_used: usize,
}

/// Somebody whose password is reset.
pub(super) struct Officer {
    pub(super) token: Arc<str>,
    pub(super) access: String,
    /// The number they tell, and the code behind it that only they have.
    pub(super) pickup: String,
    pub(super) code: String,
}

/// Somebody who waits for a few meetings.
pub(super) struct Supplier {
    pub(super) token: Arc<str>,
    document: String,
}

/// Imports people, so many officers and suppliers among them, and work units, and signs
/// everybody in.
pub(super) async fn prepare(
    address: SocketAddr,
    decree: &Bytes,
    officers: usize,
    suppliers: usize,
) -> Result<People> {
    let mut connection = Connection::open(address).await?;
    import(&mut connection, officers, suppliers).await?;
    let verifier = sign_in(&mut connection, "vai").await?;
    let directorate = sign_in(&mut connection, "direktorat").await?;
    let mut tokens = Vec::new();
    let mut documents = Vec::new();
    for person in 0..PEOPLE {
        let token = sign_in(&mut connection, &format!("orang{person}")).await?;
        documents.push(upload(&mut connection, &token, decree).await?);
        tokens.push(token);
    }
    let mut in_turn = Vec::new();
    for person in 0..officers {
        in_turn.push(officer(&mut connection, &format!("pejabat{person}")).await?);
    }
    let mut ready = Vec::new();
    for person in 0..suppliers {
        let token = sign_in(&mut connection, &format!("penyedia{person}")).await?;
        let document = upload(&mut connection, &token, decree).await?;
        ready.push(Supplier { token, document });
    }
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
        directorate,
        documents,
        institution,
        work_units,
        officers: in_turn,
        used: 0,
        suppliers: ready,
        supplier_used: 0,
    })
}

async fn import(connection: &mut Connection, officers: usize, suppliers: usize) -> Result<()> {
    let mut send = async |kind: &str, csv: String| -> Result<()> {
        let shot = Shot::post(
            format!("/internal/import/{kind}"),
            Some(&OPERATOR_TOKEN.into()),
            csv.into(),
        );
        connection.json(&shot).await.map(drop)
    };
    send("roles", roles()).await?;
    send(
        "institutions",
        "code,name,kind,zone\nBENCH,Instansi Bench,Lembaga,WIB\nBENCH-SEPI,Instansi Sepi,Lembaga,WIB\n"
            .to_owned(),
    )
    .await?;
    let mut units = String::from("code,institution,name,address\n");
    for unit in 0..WORK_UNITS {
        units.push_str(&format!(
            "BENCH-{unit},BENCH,Satuan Kerja {unit:03},Jalan Bench {unit}\n"
        ));
    }
    send("work-units", units).await?;
    for part in accounts(officers, suppliers).chunks(ACCOUNTS_PER_PART) {
        let rows = part.concat();
        send(
            "accounts",
            format!("email,name,password,nip,profile\n{rows}"),
        )
        .await?;
    }
    send("holidays", HOLIDAYS.to_owned()).await?;
    let rooms = format!("institution,rooms\nBENCH,{MEETINGS}\n");
    send("meeting-rooms", rooms).await?;
    send("accesses", accesses(officers)).await?;
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

fn roles() -> String {
    let mut roles = String::from("code,name,authority,verified_by,decree,registrable,duty\n");
    for role in ROLES {
        let duty = if role == "PPK" {
            "commitment-officer"
        } else {
            ""
        };
        roles.push_str(&format!(
            "{role},{role},none,institution,sk-st,true,{duty}\n"
        ));
    }
    for (role, duty) in RESET_ROLES {
        roles.push_str(&format!(
            "{role},{role},none,institution,sk-st,true,{duty}\n"
        ));
    }
    roles.push_str("VAI,Verifikator,vai,national,sk-st,true,\n");
    roles.push_str("VND,Verifikator Direktorat,directorate,national,sk-st,false,\n");
    roles
}

/// Rows of accounts.
fn accounts(officers: usize, suppliers: usize) -> Vec<String> {
    let row = |name: String, profile: &str| {
        format!("{name}@bench.example,Bench {name},{PASSWORD},,{profile}\n")
    };
    let people = (0..PEOPLE).map(|person| format!("orang{person}"));
    let officers = (0..officers).map(|person| format!("pejabat{person}"));
    let offices = ["vai", "wakil", "direktorat"].map(str::to_owned);
    let officials = people.chain(officers).chain(offices);
    let suppliers = (0..suppliers).map(|person| format!("penyedia{person}"));
    officials
        .map(|name| row(name, ""))
        .chain(suppliers.map(|name| row(name, "supplier")))
        .collect()
}

/// Who has an access from the beginning.
fn accesses(officers: usize) -> String {
    let until = (chrono::Utc::now() + chrono::TimeDelta::days(ACCESS_DAYS)).date_naive();
    let row = |name: &str, role: &str, unit: &str| {
        format!("{name}@bench.example,{role},{unit},{until}\n")
    };
    let mut accesses = String::from("email,role,work_unit,valid_until\n");
    for (name, role) in [
        ("vai", "VAI"),
        ("vai", "KUKPBJ"),
        ("wakil", "PPK"),
        ("direktorat", "VND"),
        ("orang0", "KUKPBJ"),
    ] {
        accesses.push_str(&row(name, role, "BENCH-0"));
    }
    for (person, (role, _)) in RESET_ROLES.iter().enumerate() {
        accesses.push_str(&row(&format!("orang{person}"), role, RESET_UNIT));
    }
    for person in 0..officers {
        accesses.push_str(&row(&format!("pejabat{person}"), "PPK", RESET_UNIT));
    }
    accesses
}

async fn sign_in(connection: &mut Connection, name: &str) -> Result<Arc<str>> {
    let answer = connection.json(&sign_in_shot(name)).await?;
    Ok(text(&answer, "token")?.into())
}

pub(super) fn sign_in_shot(name: &str) -> Shot {
    let email = format!("{name}@bench.example");
    Shot::post(
        "/api/sign-in",
        None,
        body(&json!({ "email": email, "password": PASSWORD })),
    )
}

async fn upload(connection: &mut Connection, token: &Arc<str>, decree: &Bytes) -> Result<String> {
    let shot = Shot::post("/api/documents", Some(token), decree.clone());
    text(&connection.json(&shot).await?, "id")
}

/// With the one access that they have, and a code that they keep.
async fn officer(connection: &mut Connection, name: &str) -> Result<Officer> {
    let token = sign_in(connection, name).await?;
    let page = connection
        .json(&Shot::get("/api/accesses", Some(&token)))
        .await?;
    let access = text(&page["accesses"][0], "id")?;
    let pickup = connection.json(&pickup_code()).await?;
    Ok(Officer {
        token,
        access,
        pickup: text(&pickup, "number")?,
        code: text(&pickup, "code")?,
    })
}

/// Asks for a code and its number.
pub(super) fn pickup_code() -> Shot {
    Shot::post("/api/pickup-codes", None, nothing())
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

/// Who links with SiRUP.
pub(super) fn sirup_users() -> Result<Vec<User>> {
    (0..PEOPLE)
        .map(|person| format!("orang{person}:{PASSWORD}:2020-01-02").parse())
        .collect()
}

impl People {
    /// A read as people do it all day.
    pub(super) fn a_read(&self) -> Shot {
        Shot::get("/api/accesses?limit=10", Some(&self.tokens[0]))
    }

    /// The Kepala UKPBJ who files letters.
    pub(super) fn collective_head(&self) -> Arc<str> {
        self.tokens[0].clone()
    }

    /// Forms for accesses that nobody has yet, and the number of the first.
    pub(super) fn registrations(&mut self, count: usize) -> Result<(usize, Vec<Shot>)> {
        let places = self.places(count)?;
        let first = places.start;
        Ok((
            first,
            places.map(|index| self.registration(index)).collect(),
        ))
    }

    /// Numbers of accesses that nobody has yet.
    fn places(&mut self, count: usize) -> Result<std::ops::Range<usize>> {
        let room = self.tokens.len() * self.work_units.len() * ROLES.len();
        let first = self.used;
        self.used += count;
        ensure!(
            self.used <= room,
            "there are only {room} accesses to ask for"
        );
        Ok(first..self.used)
    }

    /// The person who asks for the access of this number.
    pub(super) fn person_of(&self, index: usize) -> usize {
        index % self.tokens.len()
    }

    fn registration(&self, index: usize) -> Shot {
        let person = self.person_of(index);
        let form = self.form(index / self.tokens.len(), &self.documents[person]);
        Shot::post(REGISTRATION, Some(&self.tokens[person]), body(&form))
    }

    fn form(&self, place: usize, document: &str) -> Value {
        json!({
            "role": ROLES[place % ROLES.len()],
            "institution": self.institution,
            "work_unit": self.work_units[place / ROLES.len()],
            "valid_until": "2030-12-31",
            "document": document,
            "confirmed": true,
        })
    }

    /// A draft that says what it said before: it needs no revision.
    pub(super) fn draft(&self, index: usize) -> Shot {
        let person = &self.tokens[self.person_of(index)];
        let form = body(&json!({ "valid_until": "2030-12-31", "address": "Jalan Bench" }));
        let role = ROLES[index / self.tokens.len() % ROLES.len()];
        Shot::put(format!("/api/drafts/{role}"), Some(person), form)
    }

    /// Files for one person each, with one row that has to be struck.
    pub(super) fn collective_files(&mut self, count: usize) -> Result<Vec<Shot>> {
        let places = self.places(count)?;
        let path = format!("/api/collective?document={}", self.documents[0]);
        let file = |index: usize| {
            let (person, place) = (self.person_of(index), index / self.tokens.len());
            let role = ROLES[place % ROLES.len()];
            // Units are listed by name, which is the order of their codes.
            let unit = place / ROLES.len();
            let row = format!("orang{person}@bench.example,{role},BENCH-{unit},2030-12-31\n");
            let file = format!("email,role,work_unit,valid_until\n{row}{row}");
            Shot::post(path.clone(), Some(&self.collective_head()), file.into())
        };
        Ok(places.map(file).collect())
    }

    /// Forms of suppliers, each of which gets a meeting, and the number of the first.
    pub(super) fn suppliers_registrations(&mut self, count: usize) -> Result<(usize, Vec<Shot>)> {
        let room = self.suppliers.len() * MEETINGS_OF_ONE;
        let first = self.supplier_used;
        self.supplier_used += count;
        ensure!(
            self.supplier_used <= room,
            "suppliers may wait for {room} meetings only"
        );
        let form = |place| {
            let supplier = self.supplier_of(place);
            let mut form = self.form(place, &supplier.document);
            form["golongan"] = "III/a".into();
            form["npwp"] = "0123456789012345".into();
            Shot::post(REGISTRATION, Some(&supplier.token), body(&form))
        };
        Ok((first, (first..self.supplier_used).map(form).collect()))
    }

    /// Who asks for the supplier's access of this number.
    pub(super) fn supplier_of(&self, place: usize) -> &Supplier {
        &self.suppliers[place / MEETINGS_OF_ONE]
    }

    /// An absence of one day, so many days ahead.
    pub(super) fn absence(&self, ahead: usize) -> Shot {
        let ahead = chrono::TimeDelta::days(2 + ahead as i64);
        let day = (office_day() + ahead).to_string();
        let absence = json!({
            "substitute_email": "wakil@bench.example", "from": day, "until": day,
        });
        Shot::post(
            "/api/substitutes/naming",
            Some(&self.verifier),
            body(&absence),
        )
    }

    /// A link to the same user again and again.
    pub(super) fn sirup_link(&self, index: usize) -> Shot {
        let person = self.person_of(index);
        let user = json!({ "user_name": format!("orang{person}"), "password": PASSWORD });
        Shot::post("/api/sirup-link", Some(&self.tokens[person]), body(&user))
    }
}
