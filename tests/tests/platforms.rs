//! `/api/platforms` and `/.well-known/jwks.json`: choose a platform, agree to its
//! terms, enter it with one access, and the platform believes it (PLA-1..3).

use akses_tests::client::Answer;
use akses_tests::crowd::at_once;
use akses_tests::host::Options;
use akses_tests::platform::{DemoPlatform, TERMS_HEADING};
use akses_tests::world::{LATER, Person, World};
use serde_json::{Value, json};
use std::sync::LazyLock;

static WORLD: LazyLock<World> = LazyLock::new(with_platforms);

fn with_platforms() -> World {
    let world = World::new();
    world.bring_platforms();
    world
}

fn holder(world: &World, roles: &[&str]) -> (Person, Vec<String>) {
    let person = world.person();
    let unit = world.work_unit("BARAT");
    let accesses = roles
        .iter()
        .map(|role| world.carry_over(&person, role, &unit, LATER))
        .collect();
    (person, accesses)
}

#[track_caller]
fn listed(person: &Person, code: &str) -> Value {
    let list = person.get("/api/platforms").expect(200).json();
    let list = list["platforms"].as_array().unwrap();
    let found = list.iter().find(|platform| platform["code"] == code);
    found.unwrap_or_else(|| panic!("no {code}")).clone()
}

fn terms(person: &Person, code: &str) -> Answer {
    person.get(&format!("/api/platforms/{code}/terms"))
}

fn accept(person: &Person, code: &str, terms: &str, privacy: &str) -> Answer {
    let body = json!({ "terms_version": terms, "privacy_version": privacy });
    person.post(&format!("/api/platforms/{code}/acceptance"), &body)
}

fn enter(person: &Person, code: &str) -> Answer {
    enter_with(person, code, &json!({}))
}

fn enter_with(person: &Person, code: &str, body: &Value) -> Answer {
    person.post(&format!("/api/platforms/{code}/entry"), body)
}

#[track_caller]
fn entered(person: &Person, code: &str) -> Value {
    enter(person, code).expect(200).json()
}

fn texts<'a>(list: &'a Value, name: &str) -> Vec<&'a str> {
    let list = list.as_array().unwrap().iter();
    list.map(|item| item[name].as_str().unwrap()).collect()
}

fn part(assertion: &Value, index: usize) -> Value {
    let part = assertion.as_str().unwrap().split('.').nth(index).unwrap();
    let bytes = base64url(part);
    serde_json::from_slice(&bytes).unwrap()
}

fn base64url(text: &str) -> Vec<u8> {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (mut bits, mut count, mut bytes) = (0_u32, 0, Vec::new());
    for letter in text.bytes() {
        let value = LETTERS.iter().position(|known| *known == letter).unwrap();
        bits = (bits << 6) | u32::try_from(value).unwrap();
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    bytes
}

// The steps of the guides -------------------------------------------------------

#[test]
fn the_last_steps_of_the_guide_each_one_call() {
    let world = with_platforms();
    let person = world.person();
    person.active(&world, "PPK", "BARAT", LATER);
    person.active(&world, "PP", "TIMUR", LATER);
    // 16. "Pengguna dapat memilih platform pengadaan barang dan jasa yang ingin
    //     dimasuki dengan mengklik kolom Pilih Platform ... seperti Daftar Hitam."
    let hitam = listed(&person, "HITAM");
    assert_eq!(hitam["name"], "Daftar Hitam");
    assert_eq!(hitam["can_enter"], true);
    assert_eq!(hitam["terms_accepted"], false);
    // 17. "Pengguna dapat memilih platform ... lalu klik tombol Pilih."
    // 18. "Pengguna akan dapat melihat daftar akses yang dimiliki ... lalu klik
    //     tombol Selanjutnya."
    let problem = enter(&person, "HITAM").problem(409, "choose-access");
    assert_eq!(problem["accesses"].as_array().unwrap().len(), 2);
    let chosen = json!({ "access": problem["accesses"][0]["id"] });
    // 19. "Penyedia harus mengkonfirmasi Syarat dan Ketentuan serta Kebijakan
    //     Privasi platform yang dipilih, lalu klik tombol Setuju."
    enter_with(&person, "HITAM", &chosen).problem(409, "terms-not-accepted");
    let shown = terms(&person, "HITAM").expect(200).json();
    assert_eq!(shown["terms"]["text"], "Teks terms HITAM");
    assert_eq!(shown["privacy"]["text"], "Teks privacy HITAM");
    let version = |kind: &str| shown[kind]["version"].as_str().unwrap().to_owned();
    let _ = accept(&person, "HITAM", &version("terms"), &version("privacy")).expect(200);
    let entry = enter_with(&person, "HITAM", &chosen).expect(200).json();
    assert_eq!(entry["post_to"], "https://hitam.example/masuk");
    let platform = DemoPlatform::start(&world, &world.host.clock());
    let claims = platform.entered("HITAM", entry["assertion"].as_str().unwrap());
    assert_eq!(claims["access"], chosen["access"]);
    assert_eq!(claims["sub"], person.account);
}

// PLA-1 -------------------------------------------------------------------------

#[test]
fn pla_1_active_platforms_are_listed_with_their_roles_and_ones_own_way_in() {
    let (person, accesses) = holder(&WORLD, &["PPK"]);
    let list = person.get("/api/platforms").expect(200).json();
    assert_eq!(
        texts(&list["platforms"], "code"),
        ["HITAM", "KATALOG", "PUSAT"]
    );
    let hitam = listed(&person, "HITAM");
    assert_eq!(texts(&hitam["roles"], "id"), ["PP", "PPK"]);
    assert_eq!(hitam["can_enter"], true);
    assert_eq!(hitam["why_not"], Value::Null);
    assert_eq!(texts(&hitam["accesses"], "id"), [accesses[0].as_str()]);
    let choice = &hitam["accesses"][0];
    assert_eq!(choice["valid_until"], LATER);
    assert_eq!(choice["ends"]["at"], "2028-01-01T00:00:00+07:00");
    enter(&person, "TUTUP").problem(404, "not-found");
    terms(&person, "TUTUP").problem(404, "not-found");
    accept(&person, "TIADA", "1.0", "1.0").problem(404, "not-found");
}

#[test]
fn pla_1_without_an_admitted_role_one_is_told_which_to_register() {
    let (person, _) = holder(&WORLD, &["PPK"]);
    let why = listed(&person, "KATALOG")["why_not"].clone();
    assert_eq!(why["reason"], "no-admitted-role");
    assert_eq!(why["way_in"], "register");
    assert_eq!(texts(&why["register"], "id"), ["PP"]);
    assert!(
        why["detail"]
            .as_str()
            .unwrap()
            .contains("Pejabat Pengadaan")
    );
    let problem = enter(&person, "KATALOG").problem(403, "no-entry");
    assert_eq!(problem["why_not"], why);
    // A role that nobody can ask for is no advice.
    let why = listed(&person, "PUSAT")["why_not"].clone();
    assert_eq!(why["register"], json!([]));
    assert!(why["detail"].as_str().unwrap().contains("Pusat Bantuan"));
}

#[test]
fn pla_1_the_nearest_reason_says_what_to_do_until_when_and_by_which_rule() {
    let why = |person: &Person| {
        let problem = enter(person, "HITAM").problem(403, "no-entry");
        let shown = listed(person, "HITAM")["why_not"].clone();
        assert_eq!(problem["why_not"], shown);
        assert_eq!(problem["detail"], shown["detail"]);
        let text = |name: &str| shown[name].as_str().unwrap_or("-").to_owned();
        let at = shown["at"]["at"].as_str().unwrap_or("-").to_owned();
        (text("reason"), text("way_in"), text("rule"), at)
    };
    let expected = |reason: &str, way_in: &str, rule: &str, at: &str| {
        (
            reason.to_owned(),
            way_in.to_owned(),
            rule.to_owned(),
            at.to_owned(),
        )
    };
    let world = with_platforms();
    let person = world.person();
    let unit = world.work_unit("TENGAH");
    let access = person.register("PPK", &unit, "2026-04-02");
    let deadline = access.0["request"]["deadline"]["at"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        why(&person),
        expected("waiting", "wait", "VER-3", &deadline)
    );
    let verifier = world.verifier("TENGAH");
    verifier.reject(&access.request(), "Nama pada SK berbeda.");
    assert_eq!(
        why(&person),
        expected("rejected", "register-again", "REG-6", "-")
    );
    let problem = enter(&person, "HITAM").problem(403, "no-entry");
    assert!(
        problem["detail"]
            .as_str()
            .unwrap()
            .contains("Nama pada SK berbeda.")
    );
    let access = person.register("PPK", &unit, "2026-04-02");
    verifier.approve(&access.request());
    enter(&person, "HITAM").problem(409, "terms-not-accepted");
    person.deactivate(&access.id());
    let end = "2026-04-03T00:00:00+08:00";
    assert_eq!(
        why(&person),
        expected("inactive", "reactivate", "EXP-1", end)
    );
    person.reactivate(&access.id(), "2026-04-05");
    assert_eq!(why(&person).0, "waiting");
    let waiting = person.listed(&access.id())["request"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    verifier.approve(&waiting);
    enter(&person, "HITAM").problem(409, "terms-not-accepted");
    world.host.set_clock("2026-04-05T16:00:00Z");
    let person = world.sign_in(&person.email);
    let end = "2026-04-06T00:00:00+08:00";
    assert_eq!(
        why(&person),
        expected("expired", "reactivate", "EXP-2", end)
    );
}

#[test]
fn pla_1_exactly_one_access_skips_the_choice_and_several_ask_for_it() {
    let (one, accesses) = holder(&WORLD, &["PPK", "VAI"]);
    let _ = accept(&one, "HITAM", "1.0", "1.0").expect(200);
    assert_eq!(entered(&one, "HITAM")["access"], accesses[0]);
    let (two, accesses) = holder(&WORLD, &["PPK", "PP", "VAI"]);
    let _ = accept(&two, "HITAM", "1.0", "1.0").expect(200);
    let problem = enter(&two, "HITAM").problem(409, "choose-access");
    let mut offered = texts(&problem["accesses"], "id");
    offered.sort_unstable();
    let mut fitting = [accesses[0].as_str(), accesses[1].as_str()];
    fitting.sort_unstable();
    assert_eq!(offered, fitting);
    for access in fitting {
        let entry = enter_with(&two, "HITAM", &json!({ "access": access }));
        assert_eq!(entry.expect(200).json()["access"], access);
    }
    let wrong_role = enter_with(&two, "HITAM", &json!({ "access": accesses[2] }));
    assert_eq!(
        wrong_role.problem(403, "no-entry")["why_not"]["reason"],
        "no-admitted-role"
    );
}

#[test]
fn pla_1_nobody_enters_with_an_access_of_somebody_else() {
    let (owner, accesses) = holder(&WORLD, &["PPK"]);
    let (other, _) = holder(&WORLD, &["PPK"]);
    let _ = accept(&owner, "HITAM", "1.0", "1.0").expect(200);
    let _ = accept(&other, "HITAM", "1.0", "1.0").expect(200);
    for access in [
        accesses[0].as_str(),
        "019d2e33-0000-7000-8000-000000000000",
        "' OR 1=1",
        "",
    ] {
        enter_with(&other, "HITAM", &json!({ "access": access })).problem(404, "unknown-access");
    }
}

#[test]
fn pla_1_a_role_is_admitted_and_withdrawn_by_data() {
    let world = with_platforms();
    let (person, _) = holder(&world, &["KPA"]);
    assert_eq!(listed(&person, "HITAM")["can_enter"], false);
    world.import("platform-roles", "platform,role,admitted\nHITAM,KPA,true\n");
    assert_eq!(listed(&person, "HITAM")["can_enter"], true);
    let counts = world.import(
        "platform-roles",
        "platform,role,admitted\nHITAM,KPA,false\n",
    );
    assert_eq!(counts["changed"], 1);
    assert_eq!(listed(&person, "HITAM")["can_enter"], false);
    enter(&person, "HITAM").problem(403, "no-entry");
}

// PLA-2 -------------------------------------------------------------------------

#[test]
fn pla_2_both_texts_are_accepted_once_per_version_and_platform() {
    let (person, _) = holder(&WORLD, &["PP"]);
    let problem = enter(&person, "HITAM").problem(409, "terms-not-accepted");
    assert_eq!(texts(&problem["terms"], "kind"), ["terms", "privacy"]);
    let accepted = accept(&person, "HITAM", "1.0", "1.0").expect(200).json();
    let moment = accepted["terms"][0]["accepted"]["at"].clone();
    assert!(
        moment.as_str().unwrap().starts_with("2026-03-27T14:1"),
        "{moment}"
    );
    let kinds = WORLD.database().kinds(&person.account);
    let again = accept(&person, "HITAM", "1.0", "1.0").expect(200).json();
    assert_eq!(again["terms"][0]["accepted"]["at"], moment);
    assert_eq!(WORLD.database().kinds(&person.account), kinds);
    entered(&person, "HITAM");
    assert_eq!(listed(&person, "HITAM")["terms_accepted"], true);
    // Another platform and another person ask for themselves.
    enter(&person, "KATALOG").problem(409, "terms-not-accepted");
    let (other, _) = holder(&WORLD, &["PP"]);
    enter(&other, "HITAM").problem(409, "terms-not-accepted");
    let event = WORLD.database().history(&person.account).pop().unwrap();
    assert_eq!(event.kind, "terms-accepted");
    assert_eq!(event.data["terms"]["version"], "1.0");
    assert_eq!(event.data["terms"]["sha256"].as_str().unwrap().len(), 64);
}

#[test]
fn pla_2_a_new_version_asks_again_from_the_moment_it_is_in_force() {
    let world = with_platforms();
    let (person, _) = holder(&world, &["PPK"]);
    let _ = accept(&person, "HITAM", "1.0", "1.0").expect(200);
    let rows = format!("{TERMS_HEADING}HITAM,privacy,2.0,2026-03-28,Teks baru,,\n");
    world.import("platform-terms", &rows);
    entered(&person, "HITAM");
    accept(&person, "HITAM", "1.0", "2.0").problem(409, "terms-changed");
    // 28 March begins at midnight in WIB.
    world.host.set_clock("2026-03-27T16:59:58Z");
    entered(&person, "HITAM");
    world.host.set_clock("2026-03-27T17:00:00Z");
    let problem = enter(&person, "HITAM").problem(409, "terms-not-accepted");
    assert!(problem["terms"][0]["accepted"]["at"].is_string());
    assert_eq!(problem["terms"][1]["version"], "2.0");
    assert_eq!(problem["terms"][1]["accepted"], Value::Null);
    let stale = accept(&person, "HITAM", "1.0", "1.0").problem(409, "terms-changed");
    assert_eq!(
        (&stale["terms_version"], &stale["privacy_version"]),
        (&json!("1.0"), &json!("2.0"))
    );
    let _ = accept(&person, "HITAM", "1.0", "2.0").expect(200);
    entered(&person, "HITAM");
}

#[test]
fn pla_2_nobody_agrees_in_the_past() {
    let (person, _) = holder(&WORLD, &["PPK"]);
    let path = "/api/platforms/HITAM/acceptance";
    for name in ["accepted_at", "moment", "accepted"] {
        let mut body = json!({ "terms_version": "1.0", "privacy_version": "1.0" });
        body[name] = json!("2024-01-01T00:00:00Z");
        person
            .post(path, &body)
            .names_field(422, "invalid-field", name);
    }
    person
        .post(path, &json!({ "terms_version": "1.0" }))
        .names_field(422, "invalid-field", "privacy_version");
    enter(&person, "HITAM").problem(409, "terms-not-accepted");
}

#[test]
fn pla_2_agreeing_in_two_tabs_at_once_is_agreeing() {
    let (person, _) = holder(&WORLD, &["PPK"]);
    for answer in at_once(8, |_| accept(&person, "HITAM", "1.0", "1.0")) {
        let _ = answer.expect(200);
    }
    let rows = format!(
        "SELECT count(*) FROM terms_acceptance WHERE account = '{}'",
        person.account
    );
    assert_eq!(WORLD.database().number(&rows), 2);
    entered(&person, "HITAM");
}

#[test]
fn pla_2_a_platform_without_its_texts_lets_nobody_in() {
    let world = with_platforms();
    let platform = "code,name,description,entry_url,audience,active\n\
        BARU,Platform Baru,Tanpa teks,https://baru.example/masuk,https://baru.example,true\n";
    world.import("platforms", platform);
    world.import("platform-roles", "platform,role,admitted\nBARU,PPK,true\n");
    let rows = format!("{TERMS_HEADING}BARU,terms,1,2024-01-01,Teks,,\n");
    world.import("platform-terms", &rows);
    let (person, _) = holder(&world, &["PPK"]);
    assert_eq!(listed(&person, "BARU")["terms_accepted"], false);
    terms(&person, "BARU").problem(503, "terms-missing");
    enter(&person, "BARU").problem(503, "terms-missing");
    assert!(world.host.logged().contains("import platform-terms"));
}

// PLA-3 -------------------------------------------------------------------------

#[test]
fn pla_3_an_assertion_says_who_enters_with_what_and_nothing_personal_beyond_the_name() {
    let (person, accesses) = holder(&WORLD, &["PPK"]);
    let _ = accept(&person, "HITAM", "1.0", "1.0").expect(200);
    let entry = enter_with(&person, "HITAM", &json!({ "nonce": "n-0S6_WzA2Mj" }));
    let entry = entry.expect(200).json();
    let header = part(&entry["assertion"], 0);
    assert_eq!(
        (&header["alg"], &header["typ"]),
        (&json!("EdDSA"), &json!("JWT"))
    );
    assert_eq!(header["kid"], "lokal");
    let claims = part(&entry["assertion"], 1);
    let names: Vec<_> = claims
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(
        names,
        [
            "access",
            "aud",
            "exp",
            "iat",
            "institution",
            "iss",
            "jti",
            "name",
            "nonce",
            "role",
            "sub",
            "valid_until",
            "work_unit"
        ]
    );
    assert_eq!(claims["aud"], "https://hitam.example");
    assert_eq!(claims["iss"], WORLD.client().base());
    assert_eq!(claims["access"], accesses[0]);
    assert_eq!(claims["institution"], "BARAT");
    assert_eq!(claims["name"], person.name);
    assert_eq!(claims["nonce"], "n-0S6_WzA2Mj");
    assert_eq!(
        claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(),
        60
    );
    let all = claims.to_string();
    assert!(!all.contains(&person.email) && !all.contains("199001012020121"));
    for nonce in ["", "a b", &"n".repeat(129)] {
        enter_with(&person, "HITAM", &json!({ "nonce": nonce })).names_field(
            422,
            "bad-nonce",
            "nonce",
        );
    }
    // Where it is posted to is data, never a wish.
    for name in ["post_to", "entry_url", "redirect", "audience"] {
        enter_with(&person, "HITAM", &json!({ name: "https://penipu.example" })).names_field(
            422,
            "invalid-field",
            name,
        );
    }
}

#[test]
fn pla_3_an_entry_is_recorded_and_its_assertion_is_not() {
    let (person, accesses) = holder(&WORLD, &["PPK"]);
    let _ = accept(&person, "HITAM", "1.0", "1.0").expect(200);
    let entry = entered(&person, "HITAM");
    let jti = part(&entry["assertion"], 1)["jti"]
        .as_str()
        .unwrap()
        .to_owned();
    let mut history = WORLD.database().history(&jti);
    let event = history.pop().unwrap();
    assert!(history.is_empty());
    assert_eq!(
        (event.kind.as_str(), &event.actor),
        ("platform-entered", &person.account)
    );
    assert_eq!(event.data["access"], accesses[0]);
    let code = format!(
        "SELECT code FROM platform WHERE id = '{}'",
        event.data["platform"].as_str().unwrap()
    );
    assert_eq!(WORLD.database().text(&code).as_deref(), Some("HITAM"));
    let signature = entry["assertion"]
        .as_str()
        .unwrap()
        .rsplit('.')
        .next()
        .unwrap();
    let held = format!("SELECT count(*) FROM event WHERE data LIKE '%{signature}%'");
    assert_eq!(WORLD.database().number(&held), 0);
    assert!(!WORLD.host.logged().contains(signature));
    // What was refused is no entry.
    let entries = "SELECT count(*) FROM event WHERE kind = 'platform-entered' AND actor = ";
    let entries = format!("{entries}'{}'", person.account);
    enter(&person, "KATALOG").problem(403, "no-entry");
    assert_eq!(WORLD.database().number(&entries), 1);
}

#[test]
fn pla_3_tabs_that_enter_at_once_all_enter_each_with_its_own_assertion() {
    let (person, _) = holder(&WORLD, &["PPK"]);
    let _ = accept(&person, "HITAM", "1.0", "1.0").expect(200);
    let answers = at_once(16, |_| entered(&person, "HITAM"));
    let mut ids: Vec<_> = answers
        .iter()
        .map(|entry| part(&entry["assertion"], 1)["jti"].to_string())
        .collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 16);
}

/// EXP-2 at the door: the last second lets in, and its assertion ends with it; the
/// first second after does not.
#[test]
fn pla_3_entry_is_refused_from_the_second_the_access_ends_in_every_zone() {
    let world = with_platforms();
    for (institution, last, first_after) in [
        ("TIMUR", "2026-03-29T14:59:58Z", "2026-03-29T15:00:00Z"),
        ("TENGAH", "2026-03-29T15:59:58Z", "2026-03-29T16:00:00Z"),
        ("BARAT", "2026-03-29T16:59:58Z", "2026-03-29T17:00:00Z"),
    ] {
        world.host.set_clock("2026-03-29T12:00:00Z");
        let person = world.person();
        let unit = world.work_unit(institution);
        world.carry_over(&person, "PPK", &unit, "2026-03-29");
        let _ = accept(&person, "HITAM", "1.0", "1.0").expect(200);
        world.host.set_clock(last);
        let entry = entered(&person, "HITAM");
        let claims = part(&entry["assertion"], 1);
        let lives = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
        assert!((1..=2).contains(&lives), "{institution}: {lives} s");
        assert!(
            entry["expires"]["at"]
                .as_str()
                .unwrap()
                .starts_with("2026-03-30T00:00:00"),
            "{entry}"
        );
        world.host.set_clock(first_after);
        let problem = enter(&person, "HITAM").problem(403, "no-entry");
        assert_eq!(problem["why_not"]["reason"], "expired", "{institution}");
        assert_eq!(listed(&person, "HITAM")["can_enter"], false);
        // And the assertion of the last second is worth nothing at the platform.
        let platform = DemoPlatform::start(&world, first_after);
        let assertion = entry["assertion"].as_str().unwrap();
        assert_eq!(platform.refused("HITAM", assertion), "expired");
    }
}

#[test]
fn pla_3_no_entry_is_recorded_after_the_access_was_given_up() {
    const TABS: usize = 12;
    let (person, accesses) = holder(&WORLD, &["PPK"]);
    let _ = accept(&person, "HITAM", "1.0", "1.0").expect(200);
    at_once(TABS, |number| {
        if number == TABS / 2 {
            person.deactivate(&accesses[0]);
        } else {
            for _ in 0..5 {
                let answer = enter(&person, "HITAM");
                assert!([200, 403].contains(&answer.status), "{}", answer.shown());
            }
        }
    });
    let late = format!(
        "SELECT count(*) FROM event AS e WHERE e.kind = 'platform-entered'
           AND e.data ->> 'access' = '{0}' AND e.seq >
           (SELECT seq FROM event WHERE subject = '{0}' AND kind = 'access-deactivated')",
        accesses[0]
    );
    assert_eq!(WORLD.database().number(&late), 0);
    enter(&person, "HITAM").problem(403, "no-entry");
}

// The platform's side -----------------------------------------------------------

#[test]
fn pla_3_a_platform_takes_a_genuine_assertion_once_and_shows_who_entered() {
    let world = with_platforms();
    let (person, _) = holder(&world, &["PP"]);
    let _ = accept(&person, "HITAM", "1.0", "1.0").expect(200);
    let platform = DemoPlatform::start(&world, &world.host.clock());
    let entry = entered(&person, "HITAM");
    let assertion = entry["assertion"].as_str().unwrap();
    assert_eq!(platform.refused("KATALOG", assertion), "wrong-audience");
    let page = platform.page("HITAM", assertion).expect(200);
    let text = String::from_utf8(page.body).unwrap();
    assert!(
        text.contains(&person.name) && text.contains("<dd>PP</dd>"),
        "{text}"
    );
    assert_eq!(platform.refused("HITAM", assertion), "replayed");
    // Of many who post the same at once, one enters.
    let entry = entered(&person, "HITAM");
    let assertion = entry["assertion"].as_str().unwrap();
    let answers = at_once(8, |_| platform.enter("HITAM", assertion).status);
    assert_eq!(answers.iter().filter(|status| **status == 200).count(), 1);
}

#[test]
fn pla_3_a_platform_refuses_what_is_forged_foreign_unsigned_or_too_old() {
    let world = with_platforms();
    let (person, _) = holder(&world, &["PPK"]);
    let _ = accept(&person, "HITAM", "1.0", "1.0").expect(200);
    let platform = DemoPlatform::start(&world, &world.host.clock());
    let entry = entered(&person, "HITAM");
    let genuine = entry["assertion"].as_str().unwrap();
    let parts: Vec<_> = genuine.split('.').collect();
    // {"alg":"none","typ":"JWT","kid":"lokal"}
    let none = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIiwia2lkIjoibG9rYWwifQ";
    for signature in ["", parts[2]] {
        let unsigned = format!("{none}.{}.{signature}", parts[1]);
        let why = platform.refused("HITAM", &unsigned);
        assert!(
            ["unreadable", "wrong-algorithm"].contains(&why.as_str()),
            "{why}"
        );
    }
    let other = entered(&person, "HITAM");
    let other: Vec<_> = other["assertion"].as_str().unwrap().split('.').collect();
    let mixed = format!("{}.{}.{}", parts[0], parts[1], other[2]);
    assert_eq!(platform.refused("HITAM", &mixed), "forged");
    for garbage in ["", "x", "a.b.c"] {
        assert_eq!(
            platform.refused("HITAM", garbage),
            "unreadable",
            "{garbage}"
        );
    }
    // Signed by another service with a key of the same name.
    let foreign = with_platforms();
    let (stranger, _) = holder(&foreign, &["PPK"]);
    let _ = accept(&stranger, "HITAM", "1.0", "1.0").expect(200);
    let entry = entered(&stranger, "HITAM");
    let assertion = entry["assertion"].as_str().unwrap();
    assert_eq!(platform.refused("HITAM", assertion), "forged");
    // Genuine by its key, but from whom this platform does not know.
    let elsewhere = DemoPlatform::start_with(
        "https://akses.example",
        &world.client().base(),
        &world.host.clock(),
    );
    assert_eq!(elsewhere.refused("HITAM", genuine), "wrong-issuer");
    let later = DemoPlatform::start(&world, "2026-03-27T08:10:00Z");
    assert_eq!(later.refused("HITAM", genuine), "expired");
    let earlier = DemoPlatform::start(&world, "2026-03-27T06:10:00Z");
    assert_eq!(earlier.refused("HITAM", genuine), "not-yet");
    // After all of this it still enters.
    platform.entered("HITAM", genuine);
}

// Keys --------------------------------------------------------------------------

/// Two keys of tests: anybody may know them.
const OLD_KEY: &str = "lama:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE:1970-01-01T00:00:00Z";
const NEW_KEY: &str = "baru:AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI:2026-03-27T08:00:00Z";

#[test]
fn pla_3_keys_rotate_without_a_refused_entry() {
    let keys = format!("{OLD_KEY}\n{NEW_KEY}");
    let world = World::with(Options::default().variable("signing_keys", &keys));
    world.bring_platforms();
    let (person, _) = holder(&world, &["PPK"]);
    let _ = accept(&person, "HITAM", "1.0", "1.0").expect(200);
    // Published before it signs.
    let published = world
        .client()
        .get("/.well-known/jwks.json")
        .send()
        .expect(200);
    assert_eq!(texts(&published.json()["keys"], "kid"), ["lama", "baru"]);
    // Platforms know them: a seed never gets another key.
    assert_eq!(
        texts(&published.json()["keys"], "x"),
        [
            "iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w",
            "gTl3Dqh9F19Wo1Rmw0x-zMuNipG07jeiXfYPW4_Js5Q"
        ]
    );
    world.host.set_clock("2026-03-27T07:59:50Z");
    let before = entered(&person, "HITAM");
    assert_eq!(part(&before["assertion"], 0)["kid"], "lama");
    world.host.set_clock("2026-03-27T08:00:00Z");
    let after = entered(&person, "HITAM");
    assert_eq!(part(&after["assertion"], 0)["kid"], "baru");
    let platform = DemoPlatform::start(&world, "2026-03-27T08:00:01Z");
    platform.entered("HITAM", before["assertion"].as_str().unwrap());
    platform.entered("HITAM", after["assertion"].as_str().unwrap());
}

#[test]
fn pla_3_a_key_that_is_not_published_is_unknown() {
    let world = with_platforms();
    let (person, _) = holder(&world, &["PPK"]);
    let _ = accept(&person, "HITAM", "1.0", "1.0").expect(200);
    let platform = DemoPlatform::start(&world, &world.host.clock());
    let entry = entered(&person, "HITAM");
    let genuine = entry["assertion"].as_str().unwrap();
    let (_, rest) = genuine.split_once('.').unwrap();
    // {"alg":"EdDSA","typ":"JWT","kid":"asing"}
    let header = "eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCIsImtpZCI6ImFzaW5nIn0";
    assert_eq!(
        platform.refused("HITAM", &format!("{header}.{rest}")),
        "unknown-key"
    );
    platform.entered("HITAM", genuine);
}

#[test]
fn pla_3_published_keys_are_public_and_may_be_kept_for_minutes() {
    let answer = WORLD
        .client()
        .get("/.well-known/jwks.json")
        .send()
        .expect(200);
    assert_eq!(answer.text("cache-control"), "public, max-age=300");
    let keys = answer.json();
    let key = keys["keys"][0].as_object().unwrap();
    let names: Vec<_> = key.keys().map(String::as_str).collect();
    assert_eq!(names, ["alg", "crv", "kid", "kty", "use", "x"]);
}

#[test]
fn pla_3_without_a_key_people_are_told_kindly_and_operators_clearly() {
    let seed = OLD_KEY.split(':').nth(1).unwrap();
    let not_begun = NEW_KEY.replace("2026-", "2036-");
    let wrong = format!("lama:{seed}:besok");
    for keys in ["", not_begun.as_str(), wrong.as_str()] {
        let world = World::with(Options::default().variable("signing_keys", keys));
        world.bring_platforms();
        let (person, _) = holder(&world, &["PPK"]);
        let _ = accept(&person, "HITAM", "1.0", "1.0").expect(200);
        enter(&person, "HITAM").problem(503, "signing-key-missing");
        let entries = "SELECT count(*) FROM event WHERE kind = 'platform-entered'";
        assert_eq!(world.database().number(entries), 0);
        let logged = world.host.logged();
        assert!(logged.contains("signing-key-missing: "), "{logged}");
        assert!(logged.contains("akses key new"));
        assert!(!logged.contains(seed));
    }
}

// Imports -----------------------------------------------------------------------

#[test]
fn platforms_are_imported_strictly() {
    let platform = |row: &str| format!("code,name,description,entry_url,audience,active\n{row}\n");
    let text = |row: &str| format!("{TERMS_HEADING}{row}\n");
    let role = |row: &str| format!("platform,role,admitted\n{row}\n");
    for (kind, rows, field) in [
        (
            "platforms",
            platform("A B,N,D,https://a.example,a,true"),
            "code",
        ),
        (
            "platforms",
            platform("A,N,D,http://a.example,a,true"),
            "entry_url",
        ),
        (
            "platforms",
            platform("A,N,D,javascript:alert(1),a,true"),
            "entry_url",
        ),
        (
            "platforms",
            platform("A,N,D,https://x@a.example/,a,true"),
            "entry_url",
        ),
        (
            "platforms",
            platform("A,N,D,https://a.example/#x,a,true"),
            "entry_url",
        ),
        (
            "platforms",
            platform("A,N,D,demo:/masuk/A,a,true"),
            "entry_url",
        ),
        (
            "platforms",
            platform("A,N,D,https://a.example,,true"),
            "audience",
        ),
        (
            "platforms",
            platform("A,,D,https://a.example,a,true"),
            "name",
        ),
        ("platform-roles", role("TIADA,PPK,true"), "platform"),
        ("platform-roles", role("HITAM,TIADA,true"), "role"),
        (
            "platform-terms",
            text("TIADA,terms,1,2024-01-01,x,,"),
            "platform",
        ),
        (
            "platform-terms",
            text("HITAM,rules,1,2024-01-01,x,,"),
            "kind",
        ),
        (
            "platform-terms",
            text("HITAM,terms,,2024-01-01,x,,"),
            "version",
        ),
        (
            "platform-terms",
            text("HITAM,terms,9,2024-02-30,x,,"),
            "valid_from",
        ),
        (
            "platform-terms",
            text("HITAM,terms,9,2024-01-01,,,"),
            "text",
        ),
        (
            "platform-terms",
            text("HITAM,terms,9,2024-01-01,x,https://a.example,"),
            "text",
        ),
        (
            "platform-terms",
            text("HITAM,terms,9,2024-01-01,x,,00"),
            "sha256",
        ),
        (
            "platform-terms",
            text("HITAM,terms,9,2024-01-01,,https://a.example,"),
            "sha256",
        ),
        (
            "platform-terms",
            text("HITAM,terms,9,2024-01-01,,ftp://a.example,00"),
            "url",
        ),
        // What was published stays as it is.
        (
            "platform-terms",
            text("HITAM,terms,1.0,2024-08-01,Lain,,"),
            "version",
        ),
        (
            "platform-terms",
            text("HITAM,terms,1.0,2024-08-02,Teks terms HITAM,,"),
            "version",
        ),
    ] {
        let answer = WORLD
            .operator(&format!("/internal/import/{kind}"))
            .body(rows.clone())
            .send();
        let problem = answer.problem(422, "wrong-rows");
        assert_eq!(problem["errors"][0]["field"], field, "{rows}");
    }
    for (kind, rows) in [
        (
            "platforms",
            platform("LAIN,N,D,https://a.example,https://hitam.example,true"),
        ),
        (
            "platforms",
            platform("DUA,N,D,https://a.example,a,true\nDUA,N,D,https://a.example,b,true"),
        ),
        ("platform-roles", role("HITAM,KPA,true\nHITAM,KPA,true")),
        (
            "platform-terms",
            text("PUSAT,terms,0.9,2023-01-01,a,,\nPUSAT,terms,0.9,2023-01-01,b,,"),
        ),
    ] {
        WORLD
            .operator(&format!("/internal/import/{kind}"))
            .body(rows)
            .send()
            .problem(409, "contradicts-the-record");
    }
}

#[test]
fn what_is_recorded_already_changes_nothing_and_a_text_may_stand_elsewhere() {
    let world = with_platforms();
    let rows = "code,name,description,entry_url,audience,active\n\
        HITAM,Daftar Hitam,Sanksi bagi penyedia,https://hitam.example/masuk,https://hitam.example,true\n";
    assert_eq!(world.import("platforms", rows)["unchanged"], 1);
    let closed = rows.replace(",true\n", ",false\n");
    assert_eq!(world.import("platforms", &closed)["changed"], 1);
    let (person, _) = holder(&world, &["PPK"]);
    enter(&person, "HITAM").problem(404, "not-found");
    world.import("platforms", rows);
    let digest = "0123456789abcdef".repeat(4);
    let address = "https://hitam.example/syarat";
    let rows = format!("{TERMS_HEADING}HITAM,terms,3.0,2026-01-01,,{address},{digest}\n");
    assert_eq!(world.import("platform-terms", &rows)["added"], 1);
    assert_eq!(world.import("platform-terms", &rows)["unchanged"], 1);
    let shown = terms(&person, "HITAM").expect(200).json();
    assert_eq!(shown["terms"]["url"], address);
    assert_eq!(shown["terms"]["text"], Value::Null);
    assert_eq!(shown["terms"]["sha256"], digest);
    assert_eq!(shown["privacy"]["version"], "1.0");
}
