//! `/api/why`: "Mengapa saya tidak bisa masuk?" It says that somebody may enter
//! exactly when entering works, and otherwise what stands in the way.

use akses_tests::host::Options;
use akses_tests::platform::TERMS_HEADING;
use akses_tests::world::{LATER, PASSWORD, Person, World};
use serde_json::{Value, json};

/// What is asked of each answer, whatever it is about: entering with each access
/// does what it says, and it tells nobody's name, address or number.
#[track_caller]
fn asked(person: &Person, platform: &str) -> Value {
    let answer = person
        .get(&format!("/api/why?platform={platform}&limit=100"))
        .expect(200)
        .json();
    let mut any = false;
    for item in answer["accesses"].as_array().unwrap() {
        let body = json!({ "access": item["access"] });
        let entry = person.post(&format!("/api/platforms/{platform}/entry"), &body);
        let entered = entry.status == 200;
        assert_eq!(item["may_enter"], entered, "{item:#}\n{}", entry.shown());
        assert_eq!(item["cause"].is_null(), entered, "{item:#}");
        any |= entered;
    }
    assert_eq!(answer["may_enter"], any, "{answer:#}");
    let text = answer.to_string();
    assert!(
        !text.contains('@') && !text.contains("Orang Contoh"),
        "{text}"
    );
    answer
}

#[track_caller]
fn cause(person: &Person, platform: &str, access: &str) -> Value {
    let answer = asked(person, platform);
    let list = answer["accesses"].as_array().unwrap();
    let found = list.iter().find(|item| item["access"] == access);
    found.expect("it is listed").clone()
}

fn accept(person: &Person, version: &str) {
    let body = json!({ "terms_version": version, "privacy_version": "1.0" });
    let path = "/api/platforms/HITAM/acceptance";
    let _ = person.post(path, &body).expect(200);
}

#[track_caller]
fn says(item: &Value, expected: &[&str]) {
    let detail = item["detail"].as_str().unwrap();
    for text in expected {
        assert!(detail.contains(text), "`{text}` is not in `{detail}`");
    }
}

#[test]
fn each_state_is_told_and_entering_agrees_with_it() {
    let options = Options::default().variable("cut_off_date", "2026-04-15");
    let world = World::with(options);
    world.bring_platforms();
    let person = world.person();

    // None at all.
    let answer = asked(&person, "HITAM");
    assert_eq!(answer["next_step"]["step"], "register");
    assert!(
        answer["detail"]
            .as_str()
            .unwrap()
            .contains("Hubungkan atau Buat Akses")
    );
    person
        .get("/api/why?platform=TIADA")
        .problem(404, "not-found");
    person
        .get("/api/why?platform=TUTUP")
        .problem(404, "not-found");

    // A registration waits; its time comes and goes.
    let unit = world.work_unit("BARAT");
    let access = person.register("PPK", &unit, LATER);
    let item = cause(&person, "HITAM", &access.id());
    assert_eq!(item["cause"], "registration-waits");
    assert_eq!(item["rule"]["id"], "VER-3");
    assert_eq!(item["by"]["text"], "Menunggu VAI Kementerian Contoh Barat");
    assert_eq!(
        item["until"]["derivation"],
        "diajukan Jumat, 27 Maret 2026 pukul 14.10 WIB + 3x24 jam = \
         Senin, 30 Maret 2026 pukul 14.10 WIB"
    );
    says(
        &item,
        &["paling lambat Senin, 30 Maret 2026 pukul 14.10 WIB"],
    );
    world.host.set_clock("2026-03-30T07:11:00Z");
    let person = world.sign_in(&person.email);
    let item = cause(&person, "HITAM", &access.id());
    assert_eq!(
        (&item["until"]["overdue"], &item["next_step"]["step"]),
        (&json!(true), &json!("ask-verifier"))
    );
    says(&item, &["bukan kesalahan Anda"]);

    // Rejected, and registered again.
    let vai = world.sign_in(&world.verifier("BARAT").email);
    vai.reject(&access.request(), "SK tidak terbaca");
    let item = cause(&person, "HITAM", &access.id());
    assert_eq!(item["cause"], "rejected");
    assert_eq!(item["by"]["text"], "VAI Kementerian Contoh Barat");
    says(&item, &["“SK tidak terbaca”", "daftarkan lagi"]);
    let access = person.register("PPK", &unit, "2026-04-10");
    vai.approve(&access.request());

    // Approved, and the texts are not accepted yet; then they are, and change.
    let item = cause(&person, "HITAM", &access.id());
    assert_eq!(item["cause"], "terms-not-accepted");
    assert_eq!(
        item["next_step"]["route"],
        "/api/platforms/HITAM/acceptance"
    );
    accept(&person, "1.0");
    let item = cause(&person, "HITAM", &access.id());
    assert_eq!(item["next_step"]["route"], "/api/platforms/HITAM/entry");
    // KATALOG does not admit this role.
    let item = cause(&person, "KATALOG", &access.id());
    assert_eq!(item["cause"], "role-not-admitted");
    says(&item, &["Katalog Elektronik", "Pejabat Pengadaan"]);
    let row = "HITAM,terms,2.0,2026-03-30,Teks baru,,\n";
    world.import("platform-terms", &format!("{TERMS_HEADING}{row}"));
    assert_eq!(
        cause(&person, "HITAM", &access.id())["cause"],
        "terms-not-accepted"
    );
    accept(&person, "2.0");
    assert_eq!(cause(&person, "HITAM", &access.id())["may_enter"], true);

    // Given up, asked for again, rejected, asked for again.
    person.deactivate(&access.id());
    let item = cause(&person, "HITAM", &access.id());
    assert_eq!(
        (&item["cause"], &item["by"]["text"]),
        (&json!("deactivated"), &json!("Anda sendiri"))
    );
    let request = person.reactivate(&access.id(), LATER).request();
    assert_eq!(
        cause(&person, "HITAM", &access.id())["cause"],
        "reactivation-waits"
    );
    vai.reject(&request, "Tanggal berbeda");
    let item = cause(&person, "HITAM", &access.id());
    assert_eq!(item["cause"], "deactivated");
    says(&item, &["Pengajuan terakhir ditolak", "“Tanggal berbeda”"]);
    let request = person.reactivate(&access.id(), LATER).request();

    // Others that end by the cut-off, and by a day after it.
    let other = world.carry_over(&person, "PP", &unit, "2026-04-12");
    let later = world.carry_over(&person, "PP", &world.work_unit("TIMUR"), "2026-04-18");
    for access in [&other, &later] {
        assert_eq!(cause(&person, "HITAM", access)["may_enter"], true);
    }
    world.host.set_clock("2026-04-15T16:50:00Z");
    let person = world.sign_in(&person.email);
    assert_eq!(cause(&person, "HITAM", &other)["may_enter"], true, "EXP-4");
    world.host.set_clock("2026-04-15T17:00:00Z");
    let person = world.sign_in(&person.email);
    for swept in [false, true] {
        let item = cause(&person, "HITAM", &other);
        assert_eq!(
            (&item["cause"], &item["rule"]["id"]),
            (&json!("cut-off"), &json!("EXP-4")),
            "{swept}"
        );
        assert_eq!(item["since"]["at"], "2026-04-16T00:00:00+07:00");
        says(
            &item,
            &["Kamis, 16 April 2026 pukul 00.00 WIB", "12 April 2026"],
        );
        world.drive("expire-accesses").send().expect(200).json();
    }
    let item = cause(&person, "HITAM", &access.id());
    assert_eq!(item["cause"], "cut-off-while-waiting", "{item:#}");
    says(&item, &["tidak hilang"]);
    let vai = world.sign_in(&vai.email);
    vai.approve(&request);
    assert_eq!(cause(&person, "HITAM", &access.id())["may_enter"], true);
    world.host.set_clock("2026-04-18T15:00:00Z");
    let person = world.sign_in(&person.email);
    let item = cause(&person, "HITAM", &later);
    assert_eq!(
        (&item["cause"], &item["rule"]["id"]),
        (&json!("ended"), &json!("EXP-2"))
    );
    assert_eq!(item["since"]["at"], "2026-04-19T00:00:00+09:00");
    assert_eq!(
        item["next_step"]["route"],
        format!("/api/accesses/{later}/reactivation")
    );

    // Without a platform: whether any of them lets in anywhere; page by page.
    let all = person.get("/api/why").expect(200).json();
    assert_eq!(all["may_enter"], true);
    let mut seen = 0;
    let mut after = String::new();
    loop {
        let page = person
            .get(&format!("/api/why?limit=1{after}"))
            .expect(200)
            .json();
        seen += page["accesses"].as_array().unwrap().len();
        assert_eq!(page["may_enter"], true, "of all, whichever page is read");
        let id = page["accesses"][0]["access"].as_str().unwrap();
        let named = person.get(&format!("/api/why?access={id}"));
        let named = named.expect(200).json();
        assert_eq!(named["accesses"], page["accesses"]);
        assert_eq!(named["may_enter"], named["accesses"][0]["may_enter"]);
        after = format!("&after={id}");
        if page["next"].is_null() {
            break;
        }
    }
    assert_eq!(seen, 3);
    let behind = person.get(&format!("/api/why?limit=1{after}"));
    let behind = behind.expect(200).json();
    assert_eq!(behind["accesses"], json!([]));
    assert_eq!(behind["next_step"], json!(null), "there are accesses");
    let nobody = world.person();
    let behind = nobody.get(&format!("/api/why?limit=1{after}"));
    let behind = behind.expect(200).json();
    assert_eq!(behind["next_step"]["step"], "register");
    // Somebody else's access is none.
    let stranger = world.person();
    stranger
        .get(&format!("/api/why?access={later}"))
        .problem(404, "not-found");
}

#[test]
fn mtg_1_a_suppliers_meeting_is_told_when_it_comes_and_when_it_was_missed() {
    let world = World::new();
    world.bring_platforms();
    let holidays = include_str!("../../crates/host/demo/holidays.csv");
    world.import("holidays", holidays);
    let supplier = world.supplier();
    let access = supplier.register("PPK", &world.work_unit("BARAT"), LATER);
    let item = cause(&supplier, "HITAM", &access.id());
    assert_eq!(
        (&item["cause"], &item["rule"]["id"]),
        (&json!("meeting-ahead"), &json!("MTG-1"))
    );
    assert_eq!(item["meeting"]["state"], "scheduled");
    says(
        &item,
        &[item["meeting"]["starts"]["text"].as_str().unwrap()],
    );
    let route = format!("/api/requests/{}/meeting", access.request());
    assert_eq!(item["next_step"]["route"], route);
    world.host.set_clock("2026-03-30T12:00:00Z");
    world.drive("close-meetings").send().expect(200).json();
    let supplier = world.sign_in(&supplier.email);
    let item = cause(&supplier, "HITAM", &access.id());
    assert_eq!(item["meeting"]["state"], "missed", "{item:#}");
    // The days for another time pass too.
    world.host.set_clock("2026-04-20T12:00:00Z");
    world.drive("close-meetings").send().expect(200).json();
    let supplier = world.sign_in(&supplier.email);
    let item = cause(&supplier, "HITAM", &access.id());
    assert_eq!(
        (&item["cause"], &item["by"]["kind"]),
        (&json!("rejected"), &json!("clock")),
        "{item:#}"
    );
}

#[test]
fn all_4_a_role_that_stands_against_it_is_named_with_its_source() {
    let world = World::new();
    world.bring_platforms();
    world.import(
        "role-conflicts",
        "code,role,other_role,scope,source,valid_from,valid_until\n\
         PPK-BENDAHARA,PPK,BENDAHARA,account,Peraturan Contoh pasal 1,2018-06-08,\n",
    );
    let person = world.person();
    let unit = world.work_unit("BARAT");
    let ended = world.carry_over(&person, "PPK", &unit, "2026-01-31");
    world.carry_over(&person, "BENDAHARA", &unit, LATER);
    let item = cause(&person, "HITAM", &ended);
    assert_eq!(item["obstacle"]["rule"], "ALL-4");
    assert_eq!(item["obstacle"]["source"], "Peraturan Contoh pasal 1");
    person
        .try_reactivate(&ended, LATER)
        .problem(409, "role-conflict");
}

#[test]
fn who_mistyped_the_password_too_often_learns_until_when_signing_in_rests() {
    let world = World::new();
    let person = world.person();
    let rests = || person.get("/api/why").expect(200).json()["sign_in_rests_until"].clone();
    assert_eq!(rests(), Value::Null);
    for _ in 0..5 {
        let _ = world.try_sign_in(&person.email, "salah");
    }
    world
        .try_sign_in(&person.email, PASSWORD)
        .problem(429, "too-many-attempts");
    assert!(rests()["text"].as_str().unwrap().contains("27 Maret 2026"));
    world.host.set_clock("2026-03-27T07:26:00Z");
    assert_eq!(rests(), Value::Null);
}
