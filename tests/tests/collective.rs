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
    writeln!(csv, "tiada@contoh.example,PPK,{},2020-01-01", unit.code).unwrap();
    writeln!(csv, "{},PP,{},2020-01-01", good.email, unit.code).unwrap();
    writeln!(csv, ",PPK,{},besok", unit.code).unwrap();
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
    // Whom the institution does not know yet stays a line of the file.
    assert_eq!(rows[0]["person"], Value::Null);
    assert_eq!(rows[2]["person"]["name"], active.name.as_str());
    assert_eq!(rows[3]["person"]["id"], waiting.account.as_str());
    // Whether an address has an account is not told.
    assert_eq!(rows[4]["errors"], rows[8]["errors"].clone());
    assert_eq!(rows[4]["person"], Value::Null);
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
    for reader in [&vai, &head] {
        let _ = reader.get(&document).expect(200);
    }
    // Whom it names does not read what it says of the others.
    for other in [&new, &back, &WORLD.person(), &WORLD.verifier("UTARA")] {
        other.get(&document).problem(404, "not-found");
    }
    let page = new.get("/api/accesses").expect(200).json();
    let listed = &page["accesses"][0];
    assert_eq!(listed["request"]["filed_by"]["name"], head.name.as_str());
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

fn plan_for_everyone(world: &World, last_day: &str) {
    let plan = json!({
        "letter_number": "0001/D.2.3/03/2026", "letter_date": "2026-03-27",
        "last_day": last_day, "scope": { "kind": "everyone" },
    });
    let directorate = world.national("VND");
    let _ = directorate.post("/api/cut-offs/plan", &plan).expect(201);
}

#[test]
fn exp_4_a_letter_ends_nobody_whom_a_planned_cut_off_lets_live() {
    let world = World::new();
    let head = head_of(&world, "BARAT");
    let unit = world.work_unit("BARAT");
    let person = world.person();
    let access = world.carry_over(&person, "PPK", &unit, "2026-03-27");
    plan_for_everyone(&world, "2026-04-30");
    world.host.set_clock("2026-03-28T01:00:00Z");
    let head = world.sign_in(&head.email);
    let letter = check(&head, &(HEADER.to_owned() + &row(&person, "PPK", &unit)));
    assert_eq!(fields(&letter["rows"][0]), ["row"]);
    assert_eq!(world.database().kinds(&access), ["access-carried-over"]);
    // Its day is over: what it ended can be asked for.
    world.host.set_clock("2026-05-01T01:00:00Z");
    let head = world.sign_in(&head.email);
    let letter = check(&head, &(HEADER.to_owned() + &row(&person, "PPK", &unit)));
    assert_eq!(letter["ready"], true, "{letter}");
    file(&head, &letter);
    let kinds = world.database().kinds(&access);
    assert_eq!(kinds[1..], ["access-expired", "reactivation-requested"]);
    let counted = "SELECT coalesce(sum(ended), 0) FROM cut_off_count";
    assert_eq!(world.database().number(counted), 1);
}

#[test]
fn all_2_a_check_tells_nothing_of_what_people_have_elsewhere() {
    let world = World::new();
    world.import(
        "role-conflicts",
        "code,role,other_role,scope,source,valid_from,valid_until\n\
         PPK-BENDAHARA,PPK,BENDAHARA,account,Peraturan Contoh pasal 1,2018-06-08,\n",
    );
    let head = head_of(&world, "BARAT");
    let person = world.person();
    let elsewhere = world.work_unit("UTARA");
    world.carry_over(&person, "BENDAHARA", &elsewhere, LATER);
    let csv = HEADER.to_owned() + &row(&person, "PPK", &world.work_unit("BARAT"));
    let letter = check(&head, &csv);
    assert_eq!(fields(&letter["rows"][0]), ["role"]);
    let said = letter["rows"][0].to_string();
    assert!(said.contains("Peraturan Contoh pasal 1"), "{said}");
    for secret in [&elsewhere.code, &person.name, &person.account] {
        assert!(!said.contains(secret.as_str()), "{said}");
    }
    let institution_or_day = ["Utara", "2027", "sampai"];
    let detail = text(&letter["rows"][0]["errors"][0]["detail"]);
    assert!(
        !institution_or_day.iter().any(|it| detail.contains(it)),
        "{detail}"
    );
}

#[test]
fn a_person_checks_twenty_files_in_a_day() {
    let world = World::new();
    let head = head_of(&world, "BARAT");
    let csv = HEADER.to_owned() + &row(&world.person(), "PPK", &world.work_unit("BARAT"));
    let checked = at_once(4, |_| {
        (0..6)
            .filter(|_| try_check(&head, &csv).status == 201)
            .count()
    });
    assert_eq!(checked.iter().sum::<usize>(), 20);
    try_check(&head, &csv).problem(429, "too-many-letters");
    // Somebody else still can, and a day later everybody.
    check(&head_of(&world, "BARAT"), &csv);
    world.host.set_clock("2026-03-29T01:00:00Z");
    check(&world.sign_in(&head.email), &csv);
}

#[test]
fn ver_1_who_stands_in_for_the_author_does_not_decide_the_letter() {
    let head = head_of(&WORLD, "TENGAH");
    let unit = WORLD.work_unit("TENGAH");
    WORLD.carry_over(&head, "VAI", &unit, LATER);
    let substitute = WORLD.person();
    WORLD.carry_over(&substitute, "PPK", &unit, LATER);
    let naming = json!({
        "substitute_email": substitute.email, "from": "2026-03-27", "until": "2026-04-10",
    });
    let _ = head.post("/api/substitutes/naming", &naming).expect(201);
    let person = WORLD.person();
    let letter = check(&head, &(HEADER.to_owned() + &row(&person, "PPK", &unit)));
    let filed = file(&head, &letter);
    let request = text(&filed["rows"][0]["request"]["id"]);
    substitute.try_approve(&request).problem(403, "own-letter");
    let no = json!({ "decision": "reject", "reason": "Bukan." });
    substitute.decide(&request, &no).problem(403, "own-letter");
    let answer = substitute.post(&path(&letter, "/decision"), &approve());
    let decided = answer.expect(200).json();
    assert_eq!(decided["rows"][0]["request"]["state"], "waiting");
    assert!(decided["rows"][0]["note"].is_string());
    // What others ask for they decide, and the letter somebody else.
    let other = WORLD.person().register("PPK", &unit, LATER);
    substitute.approve(&other.request());
    WORLD.new_verifier("TENGAH", LATER).approve(&request);
}

#[test]
fn ver_1_verifiers_see_and_decide_the_rows_that_are_theirs() {
    let head = head_of(&WORLD, "BARAT");
    let unit = WORLD.work_unit("BARAT");
    let (officer, verifier) = (WORLD.person(), WORLD.person());
    let csv = HEADER.to_owned()
        + &row(&officer, "PPK", &unit)
        + &row(&verifier, "VAI", &unit)
        + "tiada@contoh.example,PPK,X,besok\n";
    let letter = check(&head, &csv);
    let strike = json!({ "lines": [4] });
    let _ = head.post(&path(&letter, "/strike"), &strike).expect(200);
    assert_eq!(file(&head, &letter)["rows"].as_array().unwrap().len(), 3);
    let (vai, national) = (WORLD.verifier("BARAT"), WORLD.national("VND"));
    let lines = |letter: &Value| -> Vec<u64> {
        let rows = letter["rows"].as_array().unwrap().iter();
        rows.map(|row| row["line"].as_u64().unwrap()).collect()
    };
    for (reader, line) in [(&vai, 2), (&national, 3)] {
        let seen = reader.get(&path(&letter, "")).expect(200).json();
        assert_eq!(lines(&seen), [line], "{seen}");
        let answer = reader.post(&path(&letter, "/decision"), &approve());
        let decided = answer.expect(200).json();
        assert_eq!(lines(&decided), [line]);
        assert_eq!(decided["rows"][0]["request"]["state"], "approved");
    }
    // Where nothing is left for a reader there is no letter.
    let alone = check(
        &head,
        &(HEADER.to_owned() + &row(&WORLD.person(), "PP", &unit)),
    );
    file(&head, &alone);
    national.get(&path(&alone, "")).problem(404, "not-found");
    let decision = national.post(&path(&alone, "/decision"), &approve());
    decision.problem(404, "not-found");
}

#[test]
fn a_day_after_its_filing_a_letter_files_nothing_more() {
    let world = World::new();
    let head = head_of(&world, "BARAT");
    let unit = world.work_unit("BARAT");
    let (quick, late, other) = (world.person(), world.person(), world.person());
    let rows = [&quick, &late, &other].map(|person| row(person, "PPK", &unit));
    let letter = check(&head, &(HEADER.to_owned() + &rows.concat()));
    let vai = world.verifier("BARAT");
    let waiting = quick.register("PPK", &unit, LATER);
    let (first, second) = (late.register("PPK", &unit, LATER), other.account.clone());
    file(&head, &letter);
    // What stood in the way is gone: the row is filed after all, within a day.
    vai.reject(&first.request(), "Salah isi.");
    let filed = file(&head, &letter);
    assert_eq!(filed["rows"][0]["request"], Value::Null);
    assert_eq!(filed["rows"][1]["request"]["state"], "waiting");
    assert_eq!(filed["rows"][2]["person"]["id"], second.as_str());
    let strike = |head: &Person, line: u32| {
        head.post(&path(&letter, "/strike"), &json!({ "lines": [line] }))
    };
    strike(&head, 3).problem(409, "already-filed");
    world.host.set_clock("2026-03-29T01:00:00Z");
    let (head, vai) = (world.sign_in(&head.email), world.sign_in(&vai.email));
    vai.reject(&waiting.request(), "Salah isi.");
    head.post(&path(&letter, "/filing"), &confirmed())
        .problem(409, "filing-is-over");
    assert_eq!(requests_of(&world, &quick), 1);
    let _ = strike(&head, 2).expect(200);
    file(&head, &letter);
    assert_eq!(requests_of(&world, &quick), 1);
}
