//! Collective letters: one signed letter and a file of many people, each of whom
//! gets a request of their own.

use akses_tests::client::Answer;
use akses_tests::crowd::at_once;
use akses_tests::pdf;
use akses_tests::world::{LATER, Person, WorkUnit, World, text};
use serde_json::{Value, json};
use std::fmt::Write;
use std::sync::LazyLock;

static WORLD: LazyLock<World> = LazyLock::new(World::new);

const HEADER: &str = "email,role,work_unit,valid_until\n";

fn head_of(world: &World, institution: &str) -> Person {
    let person = world.person();
    world.carry_over(&person, "KUKPBJ", &world.work_unit(institution), LATER);
    person
}

fn try_check(head: &Person, file: &str) -> Answer {
    let letter = head
        .upload("surat.pdf", &pdf::decree(&head.account))
        .expect(201)
        .json();
    let path = format!("/api/collective?document={}", text(&letter["id"]));
    head.call("POST", &path)
        .header("content-type", "text/csv")
        .body(file)
        .send()
}

fn check(head: &Person, file: &str) -> Value {
    try_check(head, file).expect(201).json()
}

fn row(person: &Person, role: &str, unit: &WorkUnit) -> String {
    format!("{},{role},{},{LATER}\n", person.email, unit.code)
}

fn path(letter: &Value, step: &str) -> String {
    format!("/api/collective/{}{step}", text(&letter["id"]))
}

fn confirmed() -> Value {
    json!({ "confirmed": true })
}

fn file(head: &Person, letter: &Value) -> Value {
    head.post(&path(letter, "/filing"), &confirmed())
        .expect(200)
        .json()
}

fn fields(row: &Value) -> Vec<String> {
    let errors = row["errors"].as_array().unwrap().iter();
    errors.map(|error| text(&error["field"])).collect()
}

fn approve() -> Value {
    json!({ "decision": "approve", "attested": true })
}

fn requests_of(world: &World, person: &Person) -> i64 {
    let count = format!(
        "SELECT count(*) FROM request WHERE account = '{}'",
        person.account
    );
    world.database().number(&count)
}

fn told(world: &World, person: &Person) -> i64 {
    world.database().number(&format!(
        "SELECT count(*) FROM notification WHERE template = 'request-filed-for-you' AND recipient = '{}'",
        person.account
    ))
}

#[test]
fn the_template_is_a_file_that_can_be_filled_in() {
    let answer = WORLD.person().get("/api/collective-template").expect(200);
    assert!(answer.text("content-type").starts_with("text/csv"));
    assert!(String::from_utf8_lossy(&answer.body).starts_with("email,role,work_unit,valid_until"));
}

#[test]
fn every_row_is_checked_and_all_that_is_wrong_is_said_at_once() {
    let head = head_of(&WORLD, "BARAT");
    let unit = WORLD.work_unit("BARAT");
    let (good, active, waiting, supplier) = (
        WORLD.person(),
        WORLD.person(),
        WORLD.person(),
        WORLD.supplier(),
    );
    WORLD.carry_over(&active, "PPK", &unit, LATER);
    waiting.register("PPK", &unit, LATER);
    let bare = WORLD.work_unit_without_address("BARAT");
    let elsewhere = WORLD.work_unit("UTARA");
    let mut csv = HEADER.to_owned();
    csv += &row(&good, "PPK", &unit);
    csv += &row(&good, "PPK", &unit);
    csv += &row(&active, "PPK", &unit);
    csv += &row(&waiting, "PPK", &unit);
    csv += &row(&supplier, "PPK", &unit);
    csv += &row(&good, "PPK", &bare);
    csv += &row(&good, "PPK", &elsewhere);
    csv += &row(&good, "VND", &unit);
    write!(csv, "tiada@contoh.example,PPK,{},2020-01-01\n", unit.code).unwrap();
    write!(csv, "{},PP,{},2020-01-01\n", good.email, unit.code).unwrap();
    write!(csv, ",PPK,{},besok\n", unit.code).unwrap();
    let letter = check(&head, &csv);
    assert_eq!(
        (&letter["state"], &letter["ready"]),
        (&json!("draft"), &json!(false))
    );
    let rows = letter["rows"].as_array().unwrap();
    let expected: [&[&str]; 11] = [
        &[],
        &["row"],
        &["row"],
        &["row"],
        &["email"],
        &["work_unit"],
        &["work_unit"],
        &["role"],
        &["email"],
        &["valid_until"],
        &["email", "valid_until"],
    ];
    assert_eq!(rows.len(), expected.len());
    for (index, (row, expected)) in rows.iter().zip(expected).enumerate() {
        assert_eq!(row["line"], index + 2);
        assert_eq!(fields(row), expected, "{row}");
    }
    assert_eq!(rows[0]["person"]["name"], good.name.as_str());
    // The record has no address that was typed (ALL-2).
    let data = WORLD.database().history(&text(&letter["id"]))[0]
        .data
        .to_string();
    assert!(!data.contains('@'), "{data}");
    // Nothing is filed while a row is wrong.
    head.post(&path(&letter, "/filing"), &confirmed())
        .problem(409, "rows-are-wrong");
    head.post(&path(&letter, "/filing"), &json!({}))
        .problem(422, "not-confirmed");
    assert_eq!(requests_of(&WORLD, &good), 0);
    // What is struck is left out, and the rest is filed.
    let strike = |lines: Value| head.post(&path(&letter, "/strike"), &json!({ "lines": lines }));
    strike(json!([1])).names_field(422, "unknown-line", "lines");
    let _ = strike(json!([3, 4, 5, 6, 7])).expect(200);
    let struck = strike(json!([7, 8, 9, 10, 11, 12])).expect(200).json();
    assert_eq!(struck["ready"], true);
    let filed = file(&head, &letter);
    assert_eq!(
        (&filed["state"], &filed["done"]),
        (&json!("filed"), &json!(true))
    );
    assert_eq!(filed["rows"][0]["request"]["state"], "waiting");
    assert_eq!(filed["rows"][1]["request"], Value::Null);
    assert_eq!(requests_of(&WORLD, &good), 1);
    strike(json!([2])).problem(409, "already-filed");
}

#[test]
fn files_of_spreadsheets_are_read_and_others_say_why_not() {
    let head = head_of(&WORLD, "BARAT");
    let unit = WORLD.work_unit("BARAT");
    let person = WORLD.person();
    let file = format!(
        "\u{feff}email;role;work_unit;valid_until\r\n{};PPK;{};31/12/2027\r\n",
        person.email, unit.code
    );
    let letter = check(&head, &file);
    assert_eq!(letter["ready"], true, "{letter}");
    assert_eq!(letter["rows"][0]["valid_until"], "2027-12-31");
    for bad in ["", HEADER, "nama,peran\na,b\n"] {
        try_check(&head, bad).names_field(422, "bad-file", "file");
    }
    let many = HEADER.to_owned() + &row(&person, "PPK", &unit).repeat(201);
    try_check(&head, &many).names_field(422, "bad-file", "file");
    let large = "x".repeat(65_537);
    try_check(&head, &large).problem(413, "too-large");
    // Somebody else's letter is none.
    let other = person.upload_decree();
    head.call("POST", &format!("/api/collective?document={other}"))
        .body(HEADER)
        .send()
        .names_field(422, "unknown-document", "document");
    try_check(&WORLD.verifier("BARAT"), &file).problem(403, "not-a-ukpbj-head");
}

#[test]
fn each_row_becomes_a_request_of_its_own_and_everybody_sees_what_concerns_them() {
    let head = head_of(&WORLD, "BARAT");
    let unit = WORLD.work_unit("BARAT");
    let (new, back) = (WORLD.person(), WORLD.person());
    let before = WORLD.carry_over(&back, "PPK", &unit, LATER);
    back.deactivate(&before);
    let csv = HEADER.to_owned() + &row(&new, "PP", &unit) + &row(&back, "PPK", &unit);
    let letter = check(&head, &csv);
    let id = text(&letter["id"]);
    let vai = WORLD.verifier("BARAT");
    for other in [
        &vai,
        &new,
        &WORLD.verifier("UTARA"),
        &head_of(&WORLD, "BARAT"),
    ] {
        other.get(&path(&letter, "")).problem(404, "not-found");
        other
            .post(&path(&letter, "/filing"), &confirmed())
            .problem(404, "not-found");
    }
    vai.post(&path(&letter, "/decision"), &approve())
        .problem(404, "not-found");
    file(&head, &letter);
    // The queue names the letter; the verifier and the people read it.
    let queue = vai.queue();
    let mine: Vec<_> = queue
        .iter()
        .filter(|item| item["collective"]["id"] == id.as_str())
        .collect();
    assert_eq!(mine.len(), 2);
    let kinds: Vec<_> = mine.iter().map(|item| text(&item["kind"])).collect();
    assert!(
        kinds.contains(&"registration".to_owned()) && kinds.contains(&"reactivation".to_owned())
    );
    let document = format!("/api/documents/{}", text(&letter["document"]));
    for reader in [&vai, &new, &back, &head] {
        let _ = reader.get(&document).expect(200);
    }
    for other in [&WORLD.person(), &WORLD.verifier("UTARA")] {
        other.get(&document).problem(404, "not-found");
    }
    let page = new.get("/api/accesses").expect(200).json();
    let listed = &page["accesses"][0];
    assert_eq!(listed["request"]["filed_by"]["name"], head.name.as_str());
    assert_eq!(
        listed["request"]["filed_by"]["document"],
        letter["document"]
    );
    for person in [&new, &back] {
        assert_eq!(told(&WORLD, person), 1);
    }
    let event = WORLD.database().history(&before).pop().unwrap();
    assert_eq!(
        (event.kind.as_str(), &event.actor),
        ("reactivation-requested", &head.account)
    );
    // One is decided alone, the letter decides the rest; each has its own record.
    let alone = mine
        .iter()
        .find(|item| item["kind"] == "registration")
        .unwrap();
    vai.reject(&text(&alone["id"]), "Jabatan tidak sesuai.");
    vai.post(
        &path(&letter, "/decision"),
        &json!({ "decision": "approve", "attested": false }),
    )
    .problem(422, "not-attested");
    WORLD
        .verifier("UTARA")
        .post(&path(&letter, "/decision"), &approve())
        .problem(404, "not-found");
    let decided = vai
        .post(&path(&letter, "/decision"), &approve())
        .expect(200)
        .json();
    let states: Vec<_> = (0..2)
        .map(|row| text(&decided["rows"][row]["request"]["state"]))
        .collect();
    assert_eq!(states, ["rejected", "approved"]);
    assert_eq!(back.status(&before), "Aktif");
    let again = vai
        .post(&path(&letter, "/decision"), &approve())
        .expect(200)
        .json();
    assert_eq!(again, decided);
    let event = WORLD.database().history(&before).pop().unwrap();
    assert_eq!(
        (event.kind.as_str(), &event.actor),
        ("request-approved", &vai.account)
    );
}

#[test]
fn ver_1_nobody_decides_their_own_row_or_their_own_letter() {
    let head = head_of(&WORLD, "UTARA");
    WORLD.carry_over(&head, "VAI", &WORLD.work_unit("UTARA"), LATER);
    let vai = WORLD.new_verifier("UTARA", LATER);
    let unit = WORLD.work_unit("UTARA");
    let person = WORLD.person();
    let csv = HEADER.to_owned()
        + &row(&person, "PPK", &unit)
        + &row(&head, "PPK", &unit)
        + &row(&vai, "PPK", &unit);
    let letter = check(&head, &csv);
    let filed = file(&head, &letter);
    let request = |row: usize| text(&filed["rows"][row]["request"]["id"]);
    head.try_approve(&request(0)).problem(403, "own-letter");
    head.decide(
        &request(0),
        &json!({ "decision": "reject", "reason": "Bukan." }),
    )
    .problem(403, "own-letter");
    head.try_approve(&request(1)).problem(403, "own-request");
    let decided = head
        .post(&path(&letter, "/decision"), &approve())
        .expect(200)
        .json();
    for row in 0..3 {
        assert_eq!(decided["rows"][row]["request"]["state"], "waiting");
        assert!(decided["rows"][row]["note"].is_string());
    }
    let decided = vai
        .post(&path(&letter, "/decision"), &approve())
        .expect(200)
        .json();
    let state = |row: usize| text(&decided["rows"][row]["request"]["state"]);
    assert_eq!(
        [state(0), state(1), state(2)],
        ["approved", "approved", "waiting"]
    );
    assert!(decided["rows"][2]["note"].is_string());
}

#[test]
fn filing_at_once_and_killed_half_way_makes_each_request_once() {
    let world = World::new();
    let head = head_of(&world, "BARAT");
    let unit = world.work_unit("BARAT");
    let people: Vec<_> = (0..24).map(|_| world.person()).collect();
    let rows: String = people
        .iter()
        .map(|person| row(person, "PPK", &unit))
        .collect();
    let letter = check(&head, &(HEADER.to_owned() + &rows));
    for pause_ms in [8, 20, 40] {
        std::thread::scope(|scope| {
            let filing = head
                .call("POST", &path(&letter, "/filing"))
                .json(&confirmed());
            scope.spawn(move || filing.try_send());
            std::thread::sleep(std::time::Duration::from_millis(pause_ms));
            world.host.kill();
        });
        world.host.start_again();
    }
    let answers = at_once(4, |_| file(&head, &letter));
    for filed in &answers {
        for row in filed["rows"].as_array().unwrap() {
            assert_eq!(row["request"]["state"], "waiting", "{row}");
        }
    }
    for person in &people {
        assert_eq!((requests_of(&world, person), told(&world, person)), (1, 1));
    }
    let vai = world.verifier("BARAT");
    let _ = at_once(4, |_| {
        vai.post(&path(&letter, "/decision"), &approve())
            .expect(200)
    });
    let approved = "SELECT count(*) FROM event WHERE kind = 'request-approved'";
    assert_eq!(world.database().number(approved), 24);
}

#[test]
fn what_changed_since_the_check_stands_beside_its_row() {
    let head = head_of(&WORLD, "TENGAH");
    let unit = WORLD.work_unit("TENGAH");
    let (quick, other) = (WORLD.person(), WORLD.person());
    let letter = check(
        &head,
        &(HEADER.to_owned() + &row(&quick, "PPK", &unit) + &row(&other, "PPK", &unit)),
    );
    quick.register("PPK", &unit, LATER);
    let filed = file(&head, &letter);
    assert!(filed["rows"][0]["note"].is_string(), "{filed}");
    assert_eq!(filed["rows"][0]["request"], Value::Null);
    assert_eq!(filed["rows"][1]["request"]["state"], "waiting");
    assert_eq!(requests_of(&WORLD, &quick), 1);
}
