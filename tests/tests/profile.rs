//! `/api/me/service-number`: "Daftar Sebagai ASN" (PRO-1, REG-8).

use akses_tests::client::Answer;
use akses_tests::crowd::at_once;
use akses_tests::world::{PASSWORD, Person, World};
use serde_json::{Value, json};
use std::sync::LazyLock;

static WORLD: LazyLock<World> = LazyLock::new(World::new);

const PATH: &str = "/api/me/service-number";

fn save(person: &Person, kind: &str, number: &str) -> Answer {
    let body = json!({ "kind": kind, "number": number });
    person.call("PUT", PATH).json(&body).send()
}

fn shown(person: &Person) -> Value {
    person.get("/api/me").expect(200).json()["service_number"].clone()
}

fn stored(person: &Person) -> Option<String> {
    WORLD.database().text(&format!(
        "SELECT service_number FROM account WHERE id = '{}'",
        person.account
    ))
}

#[test]
fn pro_1_a_number_is_saved_as_digits_and_shown_by_its_last() {
    let person = WORLD.person();
    for (kind, typed, digits) in [
        ("nip", "19850317 201001 1 007", "198503172010011007"),
        // An NI PPPK: its digits 13 and 14 are not a month.
        ("nip", "198503172021211007", "198503172021211007"),
        ("nrp", "31110468", "31110468"),
    ] {
        let answer = save(&person, kind, typed).expect(200);
        let masked = answer.json()["service_number"].clone();
        let text = masked.as_str().unwrap();
        assert!(digits.ends_with(&text[text.len() - 2..]), "{text}");
        assert!(!text.contains(&digits[..4]), "{text}");
        assert_eq!(shown(&person), masked);
        assert_eq!(stored(&person).as_deref(), Some(digits));
    }
}

#[test]
fn reg_8_what_is_no_such_number_is_refused_and_the_old_one_stays() {
    let person = WORLD.person();
    let before = stored(&person);
    let kinds = WORLD.database().kinds(&person.account);
    for (kind, number) in [
        ("nip", ""),
        ("nip", " - "),
        ("nip", "19850317201001100"),
        ("nip", "1985031720100110071"),
        ("nip", "31110468"),
        ("nip", "19850317201001100O"),
        ("nrp", "1234"),
        ("nrp", "123456789012345678901"),
        ("nrp", "١٢٣٤٥"),
    ] {
        save(&person, kind, number).names_field(422, "bad-service-number", "number");
    }
    save(&person, "nik", "198503172010011008").names_field(422, "invalid-field", "kind");
    assert_eq!(stored(&person), before);
    assert_eq!(WORLD.database().kinds(&person.account), kinds);
}

#[test]
fn pro_1_saving_the_same_again_is_no_change() {
    let person = WORLD.person();
    let _ = save(&person, "nip", "198503172010011009").expect(200);
    let kinds = WORLD.database().kinds(&person.account);
    let _ = save(&person, "nip", "198503172010011009").expect(200);
    assert_eq!(WORLD.database().kinds(&person.account), kinds);
    assert_eq!(kinds.last().unwrap(), "service-number-saved");
}

#[test]
fn pro_1_of_many_who_save_one_nip_at_once_one_has_it() {
    const PEOPLE: usize = 16;
    const NIP: &str = "198503172010011010";
    let people: Vec<_> = (0..PEOPLE).map(|_| WORLD.person()).collect();
    let answers = at_once(PEOPLE, |number| save(&people[number], "nip", NIP));
    let saved = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(saved, 1);
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        answer.names_field(422, "service-number-exists", "number");
    }
    let owners = format!("SELECT count(*) FROM account WHERE service_number = '{NIP}'");
    assert_eq!(WORLD.database().number(&owners), 1);
}

#[test]
fn pro_1_a_nip_is_one_persons_whatever_it_is_called() {
    const NIP: &str = "198503172010011012";
    let (owner, other) = (WORLD.person(), WORLD.person());
    let _ = save(&owner, "nip", NIP).expect(200);
    for kind in ["nrp", "nip"] {
        save(&other, kind, NIP).names_field(422, "service-number-exists", "number");
    }
    let row = format!("email,name,password,nip\nlain@contoh.example,Lain,{PASSWORD},{NIP}\n");
    WORLD
        .operator("/internal/import/accounts")
        .body(row)
        .send()
        .problem(409, "contradicts-the-record");
    assert_eq!(stored(&owner).as_deref(), Some(NIP));
}

#[test]
fn pro_1_two_forces_may_count_alike() {
    for person in [WORLD.person(), WORLD.person()] {
        let _ = save(&person, "nrp", "45678").expect(200);
    }
}

#[test]
fn pro_1_an_import_takes_no_number_away() {
    let person = WORLD.person();
    let _ = save(&person, "nip", "198503172010011011").expect(200);
    for (name, number) in [("Nama Baru", ""), ("Nama Lain", "198503172010011099")] {
        let row = format!(
            "email,name,password,nip\n{},{name},{PASSWORD},{number}\n",
            person.email
        );
        WORLD.import("accounts", &row);
        assert_eq!(stored(&person).as_deref(), Some("198503172010011011"));
    }
}

#[test]
fn a_crowd_on_one_account_is_recorded_or_told_to_come_back_and_never_fails() {
    let person = WORLD.person();
    let answers = at_once(48, |number| {
        save(&person, "nrp", &format!("311104{number:02}"))
    });
    let recorded = answers.iter().filter(|answer| answer.status == 200).count();
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        answer.problem(503, "busy");
        assert_eq!(answer.text("retry-after"), "1");
    }
    let kinds = WORLD.database().kinds(&person.account);
    let saved = kinds.iter().filter(|kind| *kind == "service-number-saved");
    assert_eq!(saved.count(), recorded);
}
