//! `POST /api/accesses/registration`: REG-1 to REG-7.

use akses_tests::client::Answer;
use akses_tests::crowd::at_once;
use akses_tests::world::{Access, LATER, World};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::LazyLock;

static WORLD: LazyLock<World> = LazyLock::new(World::new);

fn count(answers: &[Answer], status: u16) -> usize {
    answers
        .iter()
        .filter(|answer| answer.status == status)
        .count()
}

/// What two answers to the same request have in common: all but its id.
fn content(answer: &Answer) -> (u16, String, Vec<u8>) {
    (
        answer.status,
        answer.text("location").to_owned(),
        answer.body.clone(),
    )
}

#[test]
fn reg_1_roles_that_are_given_cannot_be_asked_for() {
    let person = WORLD.person();
    let unit = WORLD.work_unit("BARAT");
    for role in ["VND", "VNT"] {
        let form = person.form(role, &unit, LATER);
        person
            .try_register(&form)
            .names_field(422, "role-not-registrable", "role");
    }
}

#[test]
fn reg_3_two_first_registrants_at_the_same_moment_leave_one_address() {
    for _ in 0..4 {
        let unit = WORLD.work_unit_without_address("TIMUR");
        let people = [WORLD.person(), WORLD.person()];
        let forms = [0, 1].map(|number| {
            let mut form = people[number].form("PPK", &unit, LATER);
            form["address"] = format!("Jalan Pendaftar Nomor {number}").into();
            form
        });
        let answers = at_once(2, |number| people[number].try_register(&forms[number]));
        assert_eq!(count(&answers, 201), 2, "{}", answers[0].shown());
        let address = WORLD
            .database()
            .text(&format!(
                "SELECT address FROM work_unit WHERE id = '{}'",
                unit.id
            ))
            .expect("one is kept");
        let given = forms
            .iter()
            .filter(|form| form["address"] == *address)
            .count();
        assert_eq!(given, 1, "{address}");
    }
}

#[test]
fn reg_3_only_the_first_registrant_gives_the_address() {
    let unit = WORLD.work_unit_without_address("TENGAH");
    let (first, second) = (WORLD.person(), WORLD.person());
    let mut form = first.form("PPK", &unit, LATER);
    first
        .try_register(&form)
        .names_field(422, "address-missing", "address");
    form["address"] = "   ".into();
    first
        .try_register(&form)
        .names_field(422, "address-missing", "address");
    form["address"] = "Jalan Pertama Nomor 1".into();
    let _ = first.try_register(&form).expect(201);
    second.register("PPK", &unit, LATER);
    let address = format!("SELECT address FROM work_unit WHERE id = '{}'", unit.id);
    assert_eq!(
        WORLD.database().text(&address).as_deref(),
        Some("Jalan Pertama Nomor 1")
    );
}

#[test]
fn reg_5_without_the_tick_nothing_is_sent() {
    let person = WORLD.person();
    let unit = WORLD.work_unit("BARAT");
    let mut form = person.form("PPK", &unit, LATER);
    form["confirmed"] = false.into();
    person
        .try_register(&form)
        .names_field(422, "not-confirmed", "confirmed");
    form.as_object_mut().unwrap().remove("confirmed");
    person
        .try_register(&form)
        .names_field(422, "not-confirmed", "confirmed");
    let listed = person.get("/api/accesses").expect(200).json();
    assert_eq!(listed["accesses"].as_array().unwrap().len(), 0);
}

#[test]
fn reg_5_the_same_form_sent_twice_is_one_request_with_one_answer() {
    let person = WORLD.person();
    let unit = WORLD.work_unit("BARAT");
    let form = person.form("PPK", &unit, LATER);
    let send = || {
        person
            .call("POST", "/api/accesses/registration")
            .key("kirim-1")
            .json(&form)
            .send()
    };
    let first = send().expect(201);
    assert_eq!(content(&send()), content(&first));
    let access = Access(first.json());
    assert_eq!(WORLD.database().kinds(&access.id()), ["access-requested"]);
    // The answer that may have been lost is given as it was, whatever came later.
    WORLD.verifier("BARAT").approve(&access.request());
    assert_eq!(content(&send()), content(&first));
    assert_eq!(WORLD.database().kinds(&access.id()).len(), 2);
}

#[test]
fn reg_5_a_key_that_was_used_for_something_else_is_refused() {
    let person = WORLD.person();
    let (unit, other) = (WORLD.work_unit("BARAT"), WORLD.work_unit("BARAT"));
    let form = person.form("PPK", &unit, LATER);
    let send = |body| {
        person
            .call("POST", "/api/accesses/registration")
            .key("satu")
            .json(body)
            .send()
    };
    let access = Access(send(&form).expect(201).json());
    send(&person.form("PPK", &other, LATER)).problem(422, "idempotency-key-reused");
    let elsewhere = format!("/api/accesses/{}/reactivation", access.id());
    let elsewhere = person.call("POST", &elsewhere).key("satu");
    let body = serde_json::json!({ "valid_until": LATER, "document": form["document"] });
    elsewhere
        .json(&body)
        .send()
        .problem(422, "idempotency-key-reused");
    // A key is its sender's own.
    let neighbour = WORLD.person();
    let theirs = neighbour.form("PPK", &other, LATER);
    let theirs = neighbour
        .call("POST", "/api/accesses/registration")
        .key("satu")
        .json(&theirs);
    let _ = theirs.send().expect(201);
}

#[test]
fn reg_5_a_key_has_bounds() {
    let person = WORLD.person();
    let form = person.form("PPK", &WORLD.work_unit("BARAT"), LATER);
    for key in ["", &"k".repeat(65)] {
        let call = person
            .call("POST", "/api/accesses/registration")
            .key(key)
            .json(&form);
        call.send().problem(400, "bad-idempotency-key");
    }
}

#[test]
fn reg_5_the_same_key_at_the_same_moment_is_one_request() {
    let person = WORLD.person();
    let unit = WORLD.work_unit("BARAT");
    let form = person.form("PPK", &unit, LATER);
    let answers = at_once(16, |_| {
        person
            .call("POST", "/api/accesses/registration")
            .key("bersamaan")
            .json(&form)
            .send()
    });
    for answer in &answers {
        assert_eq!(content(answer), content(&answers[0]), "{}", answer.shown());
    }
    let access = Access(answers[0].clone().expect(201).json());
    assert_eq!(WORLD.database().kinds(&access.id()), ["access-requested"]);
}

#[test]
fn reg_7_of_sixty_four_registrations_of_the_same_access_one_stands() {
    let person = WORLD.person();
    let unit = WORLD.work_unit("BARAT");
    let form = person.form("PPK", &unit, LATER);
    let answers = at_once(64, |_| person.try_register(&form));
    assert_eq!(count(&answers, 201), 1);
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        assert_eq!(answer.status, 409, "{}", answer.shown());
        let kind = answer.json()["type"]
            .as_str()
            .unwrap()
            .rsplit(':')
            .next()
            .unwrap()
            .to_owned();
        // Those whose id was not the first one's meet the constraint, the others
        // the request that waits.
        assert!(
            ["access-exists", "already-waiting"].contains(&&*kind),
            "{}",
            answer.shown()
        );
    }
    let made = format!(
        "SELECT count(*) FROM access WHERE account = '{}'",
        person.account
    );
    assert_eq!(WORLD.database().number(&made), 1);
    let asked = format!(
        "SELECT count(*) FROM request WHERE account = '{}'",
        person.account
    );
    assert_eq!(WORLD.database().number(&asked), 1);
}

#[test]
fn reg_7_an_access_that_lives_is_not_registered_again() {
    let person = WORLD.person();
    let unit = WORLD.work_unit("BARAT");
    let access = person.register("PPK", &unit, LATER);
    let again = person.form("PPK", &unit, LATER);
    person.try_register(&again).problem(409, "already-waiting");
    WORLD.verifier("BARAT").approve(&access.request());
    person.try_register(&again).problem(409, "access-exists");
    person.deactivate(&access.id());
    person.try_register(&again).problem(409, "access-exists");
    // Another role, another unit and another person are other accesses.
    person.register("PP", &unit, LATER);
    person.register("PPK", &WORLD.work_unit("BARAT"), LATER);
    WORLD.person().register("PPK", &unit, LATER);
}

#[test]
fn a_decree_is_ones_own() {
    let (person, neighbour) = (WORLD.person(), WORLD.person());
    let unit = WORLD.work_unit("BARAT");
    let mut form = person.form("PPK", &unit, LATER);
    let mut seen = BTreeSet::new();
    for document in [neighbour.upload_decree(), uuid::Uuid::now_v7().to_string()] {
        form["document"] = document.into();
        let answer = person.try_register(&form);
        answer.names_field(422, "unknown-document", "document");
        let mut body = answer.json();
        body.as_object_mut().unwrap().remove("instance");
        seen.insert(body.to_string());
    }
    assert_eq!(
        seen.len(),
        1,
        "somebody else's decree looks like none: {seen:#?}"
    );
}

#[test]
fn mtg_1_a_request_says_that_a_supplier_asked_whatever_the_form_says() {
    let world = World::new();
    let supplier = world.supplier();
    let unit = world.work_unit("BARAT");
    let access = supplier.register("PPK", &unit, LATER);
    let asked: Value = world.database().history(&access.id()).remove(0).data;
    assert_eq!(asked["form"]["profile"], "supplier");
    let person = world.person();
    let access = person.register("PPK", &unit, LATER);
    let asked: Value = world.database().history(&access.id()).remove(0).data;
    assert_eq!(asked["form"], json!({}));
    let mut form = person.form("PP", &unit, LATER);
    form["profile"] = "supplier".into();
    person
        .try_register(&form)
        .names_field(422, "invalid-field", "profile");
}
