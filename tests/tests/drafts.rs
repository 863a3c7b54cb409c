//! `/api/drafts`: forms half filled and forms rejected, offered again (REG-5,
//! REG-6).

use akses_tests::client::Answer;
use akses_tests::crowd::at_once;
use akses_tests::world::{Access, LATER, Person, World, text};
use serde_json::{Value, json};
use std::sync::LazyLock;

static WORLD: LazyLock<World> = LazyLock::new(World::new);

fn try_save(person: &Person, role: &str, typed: &Value, read: Option<&str>) -> Answer {
    let call = person
        .call("PUT", &format!("/api/drafts/{role}"))
        .json(typed);
    match read {
        Some(revision) => call.header("if-match", &format!("\"{revision}\"")).send(),
        None => call.send(),
    }
}

/// Saves and answers the revision.
#[track_caller]
fn save(person: &Person, role: &str, typed: &Value, read: Option<&str>) -> String {
    let answer = try_save(person, role, typed, read).expect(200);
    let revision = text(&answer.json()["revision"]);
    assert_eq!(answer.text("etag"), format!("\"{revision}\""));
    revision
}

fn discard(person: &Person, role: &str, revision: &str) -> Answer {
    person
        .call("POST", &format!("/api/drafts/{role}/discard"))
        .header("if-match", &format!("\"{revision}\""))
        .send()
}

#[track_caller]
fn drafts(person: &Person) -> Vec<Value> {
    let list = person.get("/api/drafts").expect(200).json();
    list["drafts"].as_array().expect("a list").clone()
}

#[test]
fn reg_5_a_form_half_filled_is_kept_and_offered_again() {
    let person = WORLD.person();
    assert_eq!(drafts(&person), Vec::<Value>::new());
    let unit = WORLD.work_unit("BARAT");
    let typed = json!({ "institution": unit.institution, "valid_until": LATER });
    let first = save(&person, "PPK", &typed, None);
    let offered = drafts(&person);
    assert_eq!(offered.len(), 1);
    assert_eq!(offered[0]["role"]["id"], "PPK");
    assert_eq!(offered[0]["values"], typed);
    assert_eq!(offered[0]["revision"], first);
    assert_eq!(offered[0]["missing"], json!(["work_unit", "document"]));
    assert_eq!(offered[0]["problems"], json!([]));
    assert_eq!(offered[0]["rejection"], Value::Null);
    let more = json!({ "institution": unit.institution, "work_unit": unit.id });
    let second = save(&person, "PPK", &more, Some(&first));
    assert_ne!(first, second);
    assert_eq!(drafts(&person)[0]["values"], more);
    // One for each role.
    save(&person, "PA", &json!({}), None);
    let roles: Vec<_> = drafts(&person)
        .iter()
        .map(|d| text(&d["role"]["id"]))
        .collect();
    assert_eq!(roles, ["PA", "PPK"]);
    let one = person.get("/api/drafts?role=PA").expect(200).json();
    assert_eq!(one["drafts"].as_array().unwrap().len(), 1);
}

#[test]
fn reg_5_what_is_wrong_is_said_and_kept_all_the_same() {
    let supplier = WORLD.supplier();
    let typed = json!({
        "golongan": "III/z", "npwp": "12", "valid_until": "besok", "division": "x".repeat(201),
        "warna": "biru", "document": 7, "confirmed": true, "role": "PA",
    });
    let answer = try_save(&supplier, "PPK", &typed, None).expect(200).json();
    let problems = answer["problems"].as_array().unwrap();
    let named: Vec<_> = problems.iter().map(|p| text(&p["field"])).collect();
    assert_eq!(
        named,
        [
            "golongan",
            "valid_until",
            "npwp",
            "division",
            "document",
            "warna"
        ]
    );
    assert_eq!(answer["missing"], json!(["institution", "work_unit"]));
    let mut kept = typed;
    // The tick is given anew each time, and the address names the role.
    kept.as_object_mut().unwrap().remove("confirmed");
    kept.as_object_mut().unwrap().remove("role");
    assert_eq!(drafts(&supplier)[0]["values"], kept);
    assert_eq!(drafts(&supplier)[0]["problems"], answer["problems"]);
}

#[test]
fn reg_4_a_document_of_somebody_else_is_named_in_the_draft_already() {
    let [person, other] = [WORLD.person(), WORLD.person()];
    let typed = json!({ "document": other.upload_decree() });
    let answer = try_save(&person, "PPK", &typed, None).expect(200).json();
    assert_eq!(answer["problems"][0]["field"], "document", "{answer:#}");
    assert_eq!(
        drafts(&person)[0]["values"],
        typed,
        "it is kept all the same"
    );
}

#[test]
fn reg_5_of_two_tabs_none_writes_over_what_it_did_not_read() {
    let person = WORLD.person();
    let [one, two] = [json!({ "address": "satu" }), json!({ "address": "dua" })];
    let first = save(&person, "PPK", &one, None);
    // The other tab began before there was a draft.
    try_save(&person, "PPK", &two, None).problem(428, "if-match-missing");
    let second = save(&person, "PPK", &two, Some(&first));
    let late = try_save(&person, "PPK", &one, Some(&first));
    assert_eq!(late.problem(412, "draft-changed")["revision"], second);
    assert_eq!(drafts(&person)[0]["values"], two);
    // An answer that was lost: the same content once more is no conflict.
    assert_eq!(save(&person, "PPK", &two, Some(&first)), second);
    // Neither does giving up take what was not read.
    discard(&person, "PPK", &first).problem(412, "draft-changed");
    person
        .post("/api/drafts/PPK/discard", &json!({}))
        .problem(428, "if-match-missing");
    let _ = discard(&person, "PPK", &second).expect(204);
    let _ = discard(&person, "PPK", &second).expect(204);
    assert!(drafts(&person).is_empty());
    // What is gone does not come back by a tab that still shows it.
    try_save(&person, "PPK", &one, Some(&second)).problem(412, "draft-gone");
}

#[test]
fn reg_5_of_many_saves_at_once_from_one_revision_one_is_kept() {
    let person = WORLD.person();
    let first = save(&person, "PPK", &json!({}), None);
    let answers = at_once(16, |number| {
        let typed = json!({ "address": format!("Jalan {number}") });
        try_save(&person, "PPK", &typed, Some(&first))
    });
    let kept: Vec<_> = answers
        .iter()
        .filter(|answer| answer.status == 200)
        .collect();
    assert_eq!(kept.len(), 1);
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        answer.problem(412, "draft-changed");
    }
    assert_eq!(drafts(&person)[0]["revision"], kept[0].json()["revision"]);
}

#[test]
fn reg_5_what_is_sent_is_no_draft_any_more() {
    let person = WORLD.person();
    let form = person.form("PPK", &WORLD.work_unit("BARAT"), LATER);
    let revision = save(&person, "PPK", &form, None);
    save(&person, "PA", &json!({}), None);
    assert_eq!(drafts(&person)[1]["missing"], json!([]));
    let mut unticked = form.clone();
    unticked["confirmed"] = false.into();
    person
        .try_register(&unticked)
        .names_field(422, "not-confirmed", "confirmed");
    assert_eq!(drafts(&person).len(), 2, "nothing was sent");
    let _ = person.try_register(&form).expect(201);
    let left = drafts(&person);
    assert_eq!(left.len(), 1);
    assert_eq!(left[0]["role"]["id"], "PA");
    try_save(&person, "PPK", &form, Some(&revision)).problem(412, "draft-gone");
}

#[test]
fn reg_6_a_rejected_form_is_offered_again_with_the_reason_beside_its_field() {
    let supplier = WORLD.supplier();
    let unit = WORLD.work_unit("BARAT");
    let mut form = supplier.form("PPK", &unit, LATER);
    form["division"] = "Subbagian".into();
    let access = Access(supplier.try_register(&form).expect(201).json());
    assert!(drafts(&supplier).is_empty(), "it waits");
    let verifier = WORLD.verifier("BARAT");
    let decision =
        |field: &str| json!({ "decision": "reject", "reason": "NPWP orang lain.", "field": field });
    for wrong in ["dokumen", "NPWP", ""] {
        verifier
            .decide(&access.request(), &decision(wrong))
            .names_field(422, "unknown-field", "field");
    }
    let _ = verifier
        .decide(&access.request(), &decision("npwp"))
        .expect(200);
    let listed = supplier.listed(&access.id());
    assert_eq!(listed["rejection"], "NPWP orang lain.");
    assert_eq!(listed["rejection_field"], "npwp");
    let offered = drafts(&supplier);
    assert_eq!(offered.len(), 1);
    let draft = &offered[0];
    assert_eq!(draft["role"]["id"], "PPK");
    assert_eq!(draft["revision"], Value::Null);
    assert_eq!(draft["rejection"]["access"], access.id());
    assert_eq!(draft["rejection"]["reason"], "NPWP orang lain.");
    assert_eq!(draft["rejection"]["field"], "npwp");
    assert_eq!(draft["missing"], json!([]));
    assert_eq!(draft["problems"], json!([]));
    let mut expected = form.clone();
    expected["npwp"] = "0012345678901000".into();
    for not_typed in ["confirmed", "role"] {
        expected.as_object_mut().unwrap().remove(not_typed);
    }
    assert_eq!(draft["values"], expected);
    // Typing on makes a draft of it; the reason stays beside it.
    let mut typed = draft["values"].clone();
    typed["npwp"] = "".into();
    save(&supplier, "PPK", &typed, None);
    let offered = drafts(&supplier);
    assert_eq!(offered.len(), 1, "not offered twice");
    assert_eq!(offered[0]["values"], typed);
    assert_eq!(offered[0]["missing"], json!(["npwp"]));
    assert_eq!(offered[0]["rejection"]["field"], "npwp");
    // A draft for another unit is another form.
    let mut elsewhere = typed.clone();
    elsewhere["work_unit"] = WORLD.work_unit("BARAT").id.into();
    let revision = text(&offered[0]["revision"]);
    save(&supplier, "PPK", &elsewhere, Some(&revision));
    let offered = drafts(&supplier);
    assert_eq!(offered.len(), 2);
    assert_eq!(offered[0]["rejection"], Value::Null);
    assert_eq!(offered[1]["rejection"]["access"], access.id());
    // Sent again, nothing is left to offer, and the old reason is gone.
    typed["npwp"] = "3171010101900001".into();
    typed["role"] = "PPK".into();
    typed["confirmed"] = true.into();
    let _ = supplier.try_register(&typed).expect(201);
    assert!(drafts(&supplier).is_empty());
    assert_eq!(
        supplier.listed(&access.id())["rejection_field"],
        Value::Null
    );
}

#[test]
fn reg_6_a_rejection_without_a_field_is_about_the_whole() {
    let person = WORLD.person();
    let unit = WORLD.work_unit_without_address("BARAT");
    let mut form = person.form("PPK", &unit, LATER);
    form["address"] = "Jalan Pertama 1".into();
    let access = Access(person.try_register(&form).expect(201).json());
    WORLD
        .verifier("BARAT")
        .reject(&access.request(), "Bukan pegawai di sini.");
    let offered = drafts(&person);
    assert_eq!(offered[0]["rejection"]["field"], Value::Null);
    // The address is asked again, and what was typed is offered.
    assert_eq!(offered[0]["values"]["address"], "Jalan Pertama 1");
    assert_eq!(offered[0]["missing"], json!([]));
}

#[test]
fn drafts_are_their_owners_alone_and_no_part_of_the_record() {
    let (owner, stranger) = (WORLD.person(), WORLD.person());
    let typed = json!({ "address": "Jalan Rahasia 1" });
    let revision = save(&owner, "PPK", &typed, None);
    assert!(drafts(&stranger).is_empty());
    try_save(&stranger, "PPK", &json!({}), Some(&revision)).problem(412, "draft-gone");
    let _ = discard(&stranger, "PPK", &revision).expect(204);
    save(
        &stranger,
        "PPK",
        &json!({ "address": "Jalan Lain 2" }),
        None,
    );
    assert_eq!(drafts(&owner)[0]["values"], typed);
    let secret = "SELECT count(*) FROM event WHERE data LIKE '%Jalan Rahasia%'";
    assert_eq!(WORLD.database().number(secret), 0);
}

#[test]
fn a_draft_is_bounded_and_belongs_to_a_role_that_can_be_asked_for() {
    let person = WORLD.person();
    let long = json!({ "address": "x".repeat(8 * 1024) });
    try_save(&person, "PPK", &long, None).names_field(413, "too-large", "body");
    try_save(&person, "RAJA", &json!({}), None).names_field(422, "unknown-role", "role");
    try_save(&person, "VND", &json!({}), None).names_field(422, "role-not-registrable", "role");
    let twice = person
        .call("PUT", "/api/drafts/PPK")
        .body("{\"a\":\"1\",\"a\":\"2\"}");
    twice.send().names_field(422, "invalid-field", "a");
    assert!(drafts(&person).is_empty());
    let world = World::new();
    let person = world.person();
    let mut roles = "code,name,authority,verified_by,decree,registrable\n".to_owned();
    for number in 0..=20 {
        roles += &format!("R{number},Peran {number},none,institution,sk-st,true\n");
    }
    world.import("roles", &roles);
    for number in 0..20 {
        save(&person, &format!("R{number}"), &json!({}), None);
    }
    try_save(&person, "R20", &json!({}), None).problem(409, "too-many-drafts");
    let revision = text(&drafts(&person)[0]["revision"]);
    let role = text(&drafts(&person)[0]["role"]["id"]);
    let _ = discard(&person, &role, &revision).expect(204);
    save(&person, "R20", &json!({}), None);
}
