//! `GET /api/accesses`, and what the owner of an access does with it: EXP-1,
//! EXP-5, EXP-6.

use akses_tests::world::{Access, LATER, Person, WorkUnit, World};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::LazyLock;

static WORLD: LazyLock<World> = LazyLock::new(World::new);

fn active(person: &Person, role: &str, unit: &WorkUnit, institution: &str) -> Access {
    let access = person.register(role, unit, LATER);
    WORLD.verifier(institution).approve(&access.request())
}

fn successor(email: &str) -> Value {
    json!({ "handover": { "kind": "successor", "successor_email": email } })
}

#[test]
fn a_person_sees_the_own_accesses_and_no_others() {
    let (person, neighbour) = (WORLD.person(), WORLD.person());
    let unit = WORLD.work_unit("TENGAH");
    let access = person.register("PPK", &unit, LATER);
    neighbour.register("PPK", &unit, LATER);
    let page = person.get("/api/accesses").expect(200).json();
    let list = page["accesses"].as_array().unwrap();
    assert_eq!(list.len(), 1, "{page:#}");
    let item = &list[0];
    assert_eq!(item["id"], access.id());
    assert_eq!(item["status"], "pending");
    assert_eq!(
        item["role"],
        json!({ "id": "PPK", "name": "Pejabat Pembuat Komitmen (PPK)" })
    );
    assert_eq!(item["institution"]["name"], "Pemerintah Kota Contoh Tengah");
    assert_eq!(item["work_unit"]["id"], unit.id);
    assert_eq!(item["request"]["kind"], "registration");
    assert_eq!(item["request"]["overdue"], false);
    assert!(
        item["request"]["deadline"]["text"]
            .as_str()
            .unwrap()
            .ends_with(" WITA")
    );
    assert_eq!(item["next_steps"], json!(["wait"]));
    assert_eq!(page["next"], Value::Null);
}

#[test]
fn the_list_comes_in_pages_newest_first_without_gaps_or_repeats() {
    let person = WORLD.person();
    let mut made: Vec<_> = (0..5)
        .map(|_| {
            person
                .register("PPK", &WORLD.work_unit("BARAT"), LATER)
                .id()
        })
        .collect();
    made.reverse();
    let mut seen = Vec::new();
    let mut path = "/api/accesses?limit=2".to_owned();
    loop {
        let page = person.get(&path).expect(200).json();
        let items = page["accesses"].as_array().unwrap();
        assert!(items.len() <= 2);
        seen.extend(
            items
                .iter()
                .map(|item| item["id"].as_str().unwrap().to_owned()),
        );
        let Some(next) = page["next"].as_str() else {
            break;
        };
        path = format!("/api/accesses?limit=2&after={next}");
    }
    assert_eq!(seen, made);
}

#[test]
fn exp_1_an_access_is_given_up_at_once_and_once() {
    let person = WORLD.person();
    let access = active(&person, "PPK", &WORLD.work_unit("BARAT"), "BARAT").id();
    assert_eq!(person.deactivate(&access).status(), "Tidak Aktif");
    assert_eq!(person.status(&access), "Tidak Aktif");
    let path = format!("/api/accesses/{access}/deactivation");
    let body = json!({ "handover": { "kind": "none-open" } });
    let problem = person.post(&path, &body).problem(409, "not-active");
    assert_eq!(problem["access_status"], "inactive");
    let event = WORLD.database().history(&access).pop().unwrap();
    assert_eq!(
        (event.kind.as_str(), &event.actor),
        ("access-deactivated", &person.account)
    );
}

#[test]
fn exp_1_only_an_active_access_is_given_up() {
    let person = WORLD.person();
    let unit = WORLD.work_unit("BARAT");
    let access = person.register("PPK", &unit, LATER);
    let path = format!("/api/accesses/{}/deactivation", access.id());
    let body = json!({ "handover": { "kind": "none-open" } });
    person.post(&path, &body).problem(409, "not-active");
    WORLD
        .verifier("BARAT")
        .reject(&access.request(), "SK belum ditandatangani.");
    person.post(&path, &body).problem(409, "not-active");
}

#[test]
fn exp_6_a_successor_has_the_same_role_at_the_same_unit_now() {
    let unit = WORLD.work_unit("BARAT");
    let person = WORLD.person();
    let access = active(&person, "PPK", &unit, "BARAT").id();
    let path = format!("/api/accesses/{access}/deactivation");
    let waiting = WORLD.person();
    waiting.register("PPK", &unit, LATER);
    let elsewhere = WORLD.person();
    active(&elsewhere, "PPK", &WORLD.work_unit("BARAT"), "BARAT");
    let other_role = WORLD.person();
    active(&other_role, "PP", &unit, "BARAT");
    let gone = WORLD.person();
    let ended = active(&gone, "PPK", &unit, "BARAT").id();
    gone.deactivate(&ended);
    let field = "handover.successor_email";
    for email in [
        &waiting.email,
        &elsewhere.email,
        &other_role.email,
        &gone.email,
        "tidak-ada@contoh.example",
        "",
    ] {
        person
            .post(&path, &successor(email))
            .names_field(422, "unknown-successor", field);
    }
    person
        .post(&path, &successor(&person.email))
        .names_field(422, "successor-is-owner", field);
    let heir = WORLD.person();
    active(&heir, "PPK", &unit, "BARAT");
    let done = person
        .post(&path, &successor(&heir.email))
        .expect(200)
        .json();
    assert_eq!(done["status_text"], "Tidak Aktif");
    let event = WORLD.database().history(&access).pop().unwrap();
    assert_eq!(
        event.data["handover"],
        json!({ "kind": "successor", "account": heir.account })
    );
}

#[test]
fn exp_5_reactivation_waits_without_entry_and_a_rejection_leaves_what_was() {
    let person = WORLD.person();
    let access = active(&person, "PPK", &WORLD.work_unit("BARAT"), "BARAT").id();
    person
        .try_reactivate(&access, LATER)
        .problem(409, "not-reactivatable");
    person.deactivate(&access);
    let first = person.reactivate(&access, LATER);
    let listed = person.listed(&access);
    assert_eq!(listed["status_text"], "Menunggu Verifikasi");
    assert_eq!(listed["next_steps"], json!(["wait"]));
    assert_eq!(listed["request"]["kind"], "reactivation");
    person
        .try_reactivate(&access, LATER)
        .problem(409, "already-waiting");
    WORLD
        .verifier("BARAT")
        .reject(&first.request(), "Surat tugas sudah lewat.");
    let listed = person.listed(&access);
    assert_eq!(listed["status_text"], "Tidak Aktif");
    assert_eq!(listed["rejection"], "Surat tugas sudah lewat.");
    assert_eq!(listed["next_steps"], json!(["reactivate"]));
    let second = person.reactivate(&access, "2027-06-30");
    WORLD.verifier("BARAT").approve(&second.request());
    let listed = person.listed(&access);
    assert_eq!(
        (&listed["status_text"], &listed["valid_until"]),
        (&"Aktif".into(), &"2027-06-30".into())
    );
    assert_eq!(listed["rejection"], Value::Null);
}

#[test]
fn exp_5_what_was_never_active_is_registered_again_and_not_reactivated() {
    let person = WORLD.person();
    let access = person.register("PPK", &WORLD.work_unit("BARAT"), LATER);
    person
        .try_reactivate(&access.id(), LATER)
        .problem(409, "already-waiting");
    WORLD
        .verifier("BARAT")
        .reject(&access.request(), "SK orang lain.");
    person
        .try_reactivate(&access.id(), LATER)
        .problem(409, "not-reactivatable");
}

#[test]
fn exp_5_a_reactivation_that_no_sweep_met_expires_first_in_the_record() {
    let world = World::new();
    let person = world.person();
    let access = person.active(&world, "PPK", "BARAT", "2026-03-27").id();
    world.host.set_clock("2026-03-27T17:00:00Z");
    assert_eq!(
        person.reactivate(&access, LATER).status(),
        "Menunggu Verifikasi"
    );
    assert_eq!(
        world.database().kinds(&access),
        [
            "access-requested",
            "request-approved",
            "access-expired",
            "reactivation-requested"
        ]
    );
    world.host.run_timer("expire-accesses");
    assert_eq!(
        world.database().kinds(&access).len(),
        4,
        "the sweep finds nothing left to do"
    );
}

#[test]
fn reg_5_a_deactivation_or_reactivation_sent_twice_with_its_key_is_one() {
    let person = WORLD.person();
    let access = active(&person, "PPK", &WORLD.work_unit("BARAT"), "BARAT").id();
    let deactivation = json!({ "handover": { "kind": "none-open" } });
    let reactivation = json!({ "valid_until": LATER, "document": person.upload_decree() });
    for (step, body) in [
        ("deactivation", deactivation),
        ("reactivation", reactivation),
    ] {
        let path = format!("/api/accesses/{access}/{step}");
        let answers: BTreeSet<_> = (0..3)
            .map(|_| {
                person
                    .call("POST", &path)
                    .key(step)
                    .json(&body)
                    .send()
                    .expect(200)
                    .body
            })
            .collect();
        assert_eq!(answers.len(), 1, "{step}");
    }
    assert_eq!(WORLD.database().kinds(&access).len(), 4);
}
