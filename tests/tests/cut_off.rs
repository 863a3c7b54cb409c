//! `/api/cut-offs`: the cut-off as a national operation (EXP-4). The letter of 22
//! August 2025 is lived through once more, its points cited where they are met.

use akses_tests::crowd::at_once;
use akses_tests::database::{Database, Filler};
use akses_tests::host::Options;
use akses_tests::world::{LATER, Person, WorkUnit, World};
use serde_json::{Value, json};
use std::thread;
use std::time::{Duration, Instant};

const SWEEP: &str = "expire-accesses";

/// Monday 28 July 2025, 09.00 WIB.
const JULY: &str = "2025-07-28T02:00:00Z";

/// Nothing expires by itself but by a letter.
const NEVER: &str = "2099-12-31";

const LETTER: &str = "0815/D.2.3/07/2025";

fn letter(number: &str, last_day: &str, scope: &Value) -> Value {
    json!({
        "letter_number": number, "letter_date": "2025-07-28", "last_day": last_day, "scope": scope,
    })
}

fn everyone() -> Value {
    json!({ "kind": "everyone" })
}

#[track_caller]
fn plan(person: &Person, body: &Value) -> Value {
    person.post("/api/cut-offs/plan", body).expect(201).json()
}

#[track_caller]
fn of(person: &Person, cut_off: &Value, what: &str) -> Value {
    let id = cut_off["id"].as_str().unwrap();
    let path = format!("/api/cut-offs/{id}/{what}?limit=100");
    person.get(&path).expect(200).json()
}

/// Sweeps until nothing is left.
fn sweep(world: &World) -> u64 {
    let mut swept = 0;
    loop {
        let outcome = world.drive(SWEEP).send().expect(200).json();
        swept += outcome["expired"].as_u64().unwrap();
        if outcome["done"] == true {
            return swept;
        }
    }
}

/// The same people at another moment: sessions last hours.
fn again(world: &World, person: &Person) -> Person {
    world.sign_in(&person.email)
}

fn enters(person: &Person, access: &str) -> bool {
    let body = json!({ "access": access });
    let answer = person.post("/api/platforms/HITAM/entry", &body);
    if answer.status != 200 {
        answer.problem(403, "no-entry");
    }
    answer.status == 200
}

/// "Mengapa saya tidak bisa masuk?", about one access.
#[track_caller]
fn why(person: &Person, access: &str) -> Value {
    let path = format!("/api/why?platform=HITAM&access={access}");
    let answer = person.get(&path).expect(200).json();
    answer["accesses"][0].clone()
}

fn agree(person: &Person) {
    let body = json!({ "terms_version": "1.0", "privacy_version": "1.0" });
    let _ = person
        .post("/api/platforms/HITAM/acceptance", &body)
        .expect(200);
}

#[test]
fn exp_4_the_letter_of_22_august_2025() {
    let options = Options::default().clock(JULY);
    let world = World::with(options.variable("cut_off_date", NEVER));
    world.bring_platforms();
    let directorate = world.national("VND");
    let units = ["BARAT", "TENGAH", "TIMUR"].map(|code| world.work_unit(code));
    let past_due = |person: &Person, unit: &WorkUnit| {
        agree(person);
        world.carry_over(person, "PPK", unit, "2025-06-30")
    };

    // "… kami akan melakukan penonaktifan akses secara serempak pada akses yang telah
    //  berakhir masa berlaku penugasannya": announced by its letter, for everyone.
    let cut_off = plan(&directorate, &letter(LETTER, "2025-08-22", &everyone()));
    assert_eq!(cut_off["begins"]["at"], "2025-08-23T00:00:00+09:00");
    assert_eq!(cut_off["everywhere"]["at"], "2025-08-23T00:00:00+07:00");
    assert_eq!(cut_off["changeable"], true);

    // Past due in each zone, who will do nothing; until then all of them still work.
    let idle = units.clone().map(|unit| {
        let person = world.person();
        let access = past_due(&person, &unit);
        assert!(enters(&person, &access));
        (person, access)
    });
    assert_eq!(sweep(&world), 0);

    // 2. "… memilih akses yang akan dinonaktifkan. Setelah proses ini dilakukan, maka
    //     akses akan berstatus Tidak Aktif sehingga tidak dapat mengakses platform".
    let diligent = world.person();
    let renewed = past_due(&diligent, &units[0]);
    assert_eq!(diligent.deactivate(&renewed).status(), "Tidak Aktif");
    assert!(!enters(&diligent, &renewed));
    assert_eq!(why(&diligent, &renewed)["cause"], "deactivated");
    // 3. "… telah ditugaskan kembali pada peran dan satuan kerja yang sama, maka setelah
    //     penonaktifan … Pengguna dapat mengajukan reaktivasi akses".
    let request = diligent.reactivate(&renewed, LATER).request();
    // 4. "Verifikasi … akan dilakukan oleh Verifikator … pada instansi masing-masing."
    let vai = world.new_verifier("BARAT", LATER);
    assert!(
        world
            .new_verifier("TENGAH", LATER)
            .try_approve(&request)
            .status
            == 404
    );
    assert_eq!(vai.approve(&request).status(), "Aktif");
    assert!(enters(&diligent, &renewed));

    // 5. "Khusus untuk akses VAI … akan dilakukan oleh Direktorat Sistem Pengadaan
    //     Digital bekerja sama dengan PT Telkom Indonesia."
    let colleague = world.person();
    let verifying = world.carry_over(&colleague, "VAI", &units[0], "2025-06-30");
    assert!(
        colleague.queue().is_empty(),
        "past due, and still a verifier"
    );
    colleague.deactivate(&verifying);
    colleague
        .get("/api/requests")
        .problem(403, "not-a-verifier");
    let request = colleague.reactivate(&verifying, LATER).request();
    assert_eq!(vai.try_approve(&request).status, 404);
    assert_eq!(world.national("VNT").approve(&request).status(), "Aktif");

    // 6. Two whose reactivation is not decided by the day.
    let waiting = [0, 0].map(|unit: usize| {
        let person = world.person();
        let access = past_due(&person, &units[unit]);
        person.deactivate(&access);
        let request = person.reactivate(&access, LATER).request();
        (person, access, request)
    });
    // 7. One whose day is still ahead.
    let in_time = world.person();
    let ahead = world.carry_over(&in_time, "PPK", &units[2], "2025-08-25");

    let preview = of(&directorate, &cut_off, "preview");
    assert_eq!(
        (&preview["accesses"], &preview["waiting"]),
        (&json!(5), &json!(2))
    );
    let counts = |institutions: &Value, what: &str| -> Vec<(String, u64)> {
        let rows = institutions.as_array().unwrap().iter();
        rows.map(|row| {
            (
                row["code"].as_str().unwrap().to_owned(),
                row[what].as_u64().unwrap(),
            )
        })
        .collect()
    };
    let by_institution = [("BARAT", 3), ("TENGAH", 1), ("TIMUR", 1)];
    let expected: Vec<_> = by_institution.map(|(code, n)| (code.to_owned(), n)).into();
    assert_eq!(counts(&preview["institutions"], "accesses"), expected);
    assert_eq!(sweep(&world), 0, "a dry run changes nothing");
    assert_eq!(of(&directorate, &cut_off, "report")["progress"], "planned");

    // The night of 22 to 23 August comes from the east.
    let directorate_at = |moment: &str| {
        world.host.set_clock(moment);
        again(&world, &directorate)
    };
    let mut ended = 0;
    for (moment, place) in [
        ("2025-08-22T15:00:00Z", 2),
        ("2025-08-22T16:00:00Z", 1),
        ("2025-08-22T17:00:00Z", 0),
    ] {
        let just_before = moment.replace(":00:00Z", ":59:00Z");
        let hour: u32 = moment[11..13].parse().unwrap();
        world
            .host
            .set_clock(&just_before.replace(&moment[11..13], &format!("{:02}", hour - 1)));
        let (person, access) = &idle[place];
        let person = again(&world, person);
        assert_eq!(person.status(access), "Aktif", "{just_before}");
        let directorate = directorate_at(moment);
        // EXP-2: from the dates, before any timer.
        let person = again(&world, &person);
        assert_eq!(person.status(access), "Kedaluwarsa", "{moment}");
        assert!(!enters(&person, access));
        let swept = sweep(&world);
        assert_eq!(swept, if place == 0 { 3 } else { 1 }, "{moment}");
        ended += swept;
        let report = of(&directorate, &cut_off, "report");
        assert_eq!(
            (&report["ended"], &report["left"]),
            (&json!(ended), &json!(5 - ended))
        );
        let progress = if place == 0 { "complete" } else { "running" };
        assert_eq!(report["progress"], progress, "{report:#}");
    }

    // 6. "… maka akses Pengguna dimaksud akan berstatus Kedaluwarsa".
    let answer = why(&again(&world, &idle[0].0), &idle[0].1);
    assert_eq!(answer["cause"], "cut-off", "{answer:#}");
    assert_eq!(answer["since"]["at"], "2025-08-23T00:00:00+07:00");
    assert_eq!(answer["rule"]["id"], "EXP-4");
    let basis = answer["rule"]["basis"].as_str().unwrap();
    assert!(basis.contains(LETTER), "{basis}");
    let [(first, access, request), (second, _, other_request)] = &waiting;
    let first = again(&world, first);
    assert_eq!(first.status(access), "Kedaluwarsa");
    let answer = why(&first, access);
    assert_eq!(answer["cause"], "cut-off-while-waiting", "{answer:#}");
    assert!(
        answer["until"]["derivation"]
            .as_str()
            .unwrap()
            .contains("3x24 jam")
    );
    // It waits on, and is decided as before (EXP-4).
    let vai = again(&world, &vai);
    assert!(vai.sees(request));
    assert_eq!(vai.approve(request).status(), "Aktif");
    assert!(enters(&first, access));
    vai.reject(other_request, "SK tidak sesuai");
    assert!(!enters(&again(&world, second), &waiting[1].1));
    let report = of(&again(&world, &directorate), &cut_off, "report");
    let requests = json!({ "pending_at_cut_off": 2, "approved": 1, "rejected": 1, "waiting": 0 });
    assert_eq!(report["requests"], requests, "{report:#}");
    assert_eq!(counts(&report["institutions"], "ended"), expected);
    assert!(
        report["completed"]["at"]
            .as_str()
            .unwrap()
            .starts_with("2025-08-23T00:0")
    );
    // "Namun, Pengguna tetap dapat mengajukan reaktivasi akses".
    let late = again(&world, &idle[1].0);
    assert_eq!(
        late.reactivate(&idle[1].1, LATER).status(),
        "Menunggu Verifikasi"
    );
    // Who had it renewed in time does not notice the night.
    assert!(enters(&again(&world, &diligent), &renewed));

    // 7. "… setelah tanggal 22 Agustus 2025, proses penonaktifan akses (status
    //     Kedaluwarsa) akan dilakukan secara otomatis".
    world.host.set_clock("2025-08-25T15:00:00Z");
    assert_eq!(again(&world, &in_time).status(&ahead), "Kedaluwarsa");
    assert_eq!(sweep(&world), 1);
    let report = of(&again(&world, &directorate), &cut_off, "report");
    assert_eq!(report["ended"], 5, "its own day ended it, not the letter");
    // What has run is no longer a plan.
    let id = cut_off["id"].as_str().unwrap();
    let withdrawal = format!("/api/cut-offs/{id}/withdrawal");
    again(&world, &directorate)
        .post(&withdrawal, &json!({ "reason": "Salah" }))
        .problem(409, "cut-off-begun");
}

fn fill(database: &Database, unit: &WorkUnit, zone: &str, count: usize) {
    let filler = Filler::new(database);
    for number in 0..count {
        let account = json!({
            "email": format!("massal-{zone}-{number}@contoh.example"), "name": "Orang Massal",
            "password_hash": "x", "service_number": null,
        });
        let account = filler.begin("account-recorded", &account, None, 0);
        let access = json!({
            "account": account, "role": "PPK", "work_unit": unit.id,
            "institution": unit.institution, "zone": zone, "verified_by": "institution",
            "valid_until": "2025-06-30",
        });
        filler.begin("access-carried-over", &access, Some(&unit.institution), 0);
    }
    filler.finish();
}

#[test]
fn exp_4_a_run_that_is_killed_and_run_by_four_at_once_ends_each_access_once() {
    const COUNT: usize = 12_000;
    let options = Options::default()
        .clock(JULY)
        .variable("cut_off_date", NEVER);
    let mut world = World::with(options.clone());
    let directorate = world.national("VND");
    let cut_off = plan(&directorate, &letter(LETTER, "2025-08-22", &everyone()));
    let units = [("BARAT", "WIB"), ("TENGAH", "WITA"), ("TIMUR", "WIT")]
        .map(|(code, zone)| (world.work_unit(code), zone));
    world.host.stop();
    for (unit, zone) in &units {
        fill(&world.database(), unit, zone, COUNT / 3);
    }
    world
        .host
        .set_options(options.clock("2025-08-22T17:00:01Z"));
    world.host.start_again();
    let preview = of(&again(&world, &directorate), &cut_off, "preview");
    assert_eq!(preview["accesses"], COUNT);

    let count = "SELECT count(*) FROM event WHERE kind = 'access-expired'";
    for round in 1..=2 {
        let call = world.drive(SWEEP);
        let run = thread::spawn(move || call.try_send().is_ok());
        let deadline = Instant::now() + Duration::from_secs(60);
        while world.database().number(count) < round * COUNT as i64 / 5 {
            assert!(Instant::now() < deadline, "the run does not come on");
            thread::sleep(Duration::from_millis(1));
        }
        world.host.kill();
        let _ = run.join().unwrap();
        world.host.start_again();
        let directorate = again(&world, &directorate);
        let report = of(&directorate, &cut_off, "report");
        let so_far = world.database().number(count);
        // What was counted is what was ended, wherever it was cut.
        assert_eq!(
            (&report["ended"], &report["left"]),
            (&json!(so_far), &json!(COUNT as i64 - so_far))
        );
    }
    at_once(4, |_| sweep(&world));
    let database = world.database();
    let once = "SELECT count(DISTINCT subject) FROM event WHERE kind = 'access-expired'";
    let mails = "SELECT count(DISTINCT event) FROM notification WHERE template = 'access-expired'";
    for sql in [count, once, mails] {
        assert_eq!(database.number(sql), COUNT as i64, "{sql}");
    }
    let report = of(&again(&world, &directorate), &cut_off, "report");
    assert_eq!(report["progress"], "complete", "{report:#}");
    let of_each = report["institutions"].as_array().unwrap().iter();
    assert!(of_each.clone().all(|row| row["ended"] == COUNT / 3));
    assert_eq!(of_each.count(), 3);
}

#[test]
fn exp_4_an_institution_that_joins_later_gets_a_day_of_its_own() {
    let world = World::new();
    world.bring_platforms();
    let directorate = world.national("VND");
    let scope = json!({ "kind": "institutions", "codes": ["TIMUR"] });
    let cut_off = plan(&directorate, &letter("12/2026", "2026-04-30", &scope));
    assert_eq!(cut_off["scope"]["codes"], json!(["TIMUR"]));
    let person = world.person();
    agree(&person);
    let [here, there] = ["TIMUR", "BARAT"]
        .map(|code| world.carry_over(&person, "PPK", &world.work_unit(code), "2026-01-31"));
    // Where the letter holds nothing ends yet; elsewhere the configured day is over.
    assert_eq!(person.status(&here), "Aktif");
    assert_eq!(person.status(&there), "Kedaluwarsa");
    assert!(enters(&person, &here) && !enters(&person, &there));
    assert_eq!(why(&person, &here)["may_enter"], true);
    // The same goes for who verifies there.
    let vai = world.new_verifier("TIMUR", "2026-01-31");
    assert!(vai.queue().is_empty());
    world
        .new_verifier("BARAT", "2026-01-31")
        .get("/api/requests")
        .problem(403, "not-a-verifier");
    assert_eq!(sweep(&world), 2);

    world.host.set_clock("2026-04-30T15:00:00Z");
    let person = again(&world, &person);
    assert_eq!(person.status(&here), "Kedaluwarsa");
    assert!(!enters(&person, &here));
    assert_eq!(why(&person, &here)["cause"], "cut-off");
    assert_eq!(why(&person, &there)["cause"], "ended");
    again(&world, &vai)
        .get("/api/requests")
        .problem(403, "not-a-verifier");
    assert_eq!(sweep(&world), 2);
    let report = of(&again(&world, &directorate), &cut_off, "report");
    assert_eq!(report["ended"], 2, "{report:#}");
}

#[test]
fn exp_4_a_plan_is_the_directorates_and_is_checked_changed_and_withdrawn() {
    let world = World::new();
    let directorate = world.national("VND");
    let others = [
        world.person(),
        world.verifier("BARAT"),
        world.national("VNT"),
    ];
    let body = letter("1/2026", "2026-05-31", &everyone());
    for other in &others {
        let refused = other.post("/api/cut-offs/plan", &body);
        refused.problem(403, "not-the-directorate");
    }
    let wrong = |field: &str, value: Value, kind: &str| {
        let mut body = body.clone();
        body[field] = value;
        directorate
            .post("/api/cut-offs/plan", &body)
            .problem(422, kind);
    };
    wrong("letter_number", json!(" "), "letter-number");
    wrong("letter_date", json!("2026-03-29"), "letter-date");
    wrong("last_day", json!("2026-03-26"), "last-day-over");
    wrong("last_day", json!("2027-12-31"), "last-day-too-far");
    let kinds = |kinds: &[&str]| json!({ "kind": "kinds", "kinds": kinds });
    wrong("scope", kinds(&[]), "scope-size");
    wrong("scope", kinds(&["Desa"]), "unknown-kind");
    let codes = json!({ "kind": "institutions", "codes": ["TIADA"] });
    wrong("scope", codes, "unknown-institution");

    // Sent twice it is one plan.
    let send = || {
        let call = directorate.call("POST", "/api/cut-offs/plan");
        call.header("idempotency-key", "satu").json(&body).send()
    };
    let cut_off = send().expect(201).json();
    assert_eq!(send().expect(201).json(), cut_off);
    let same_letter = directorate.post("/api/cut-offs/plan", &body);
    same_letter.problem(409, "letter-planned");
    let id = cut_off["id"].as_str().unwrap();
    for what in ["preview", "report"] {
        let refused = others[0].get(&format!("/api/cut-offs/{id}/{what}"));
        refused.problem(403, "not-the-directorate");
    }

    // Eight who read the same version: one changes it.
    let change = format!("/api/cut-offs/{id}/change");
    let answers = at_once(8, |number| {
        let body = letter("1/2026", &format!("2026-06-{:02}", number + 1), &everyone());
        let call = directorate.call("POST", &change);
        call.header("if-match", "\"1\"").json(&body).send()
    });
    let changed: Vec<_> = answers
        .iter()
        .filter(|answer| answer.status == 200)
        .collect();
    assert_eq!(changed.len(), 1);
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        answer.problem(412, "cut-off-changed");
    }
    let listed = directorate.get("/api/cut-offs").expect(200).json();
    assert_eq!(listed["cut_offs"], json!([changed[0].json()]));

    // While it is planned the past due stay; withdrawn, the configured day holds again.
    let person = world.person();
    let access = world.carry_over(&person, "PPK", &world.work_unit("BARAT"), "2026-02-28");
    assert_eq!(person.status(&access), "Aktif");
    let withdrawal = format!("/api/cut-offs/{id}/withdrawal");
    let no_reason = directorate.post(&withdrawal, &json!({ "reason": " " }));
    no_reason.problem(422, "reason-missing");
    let body = json!({ "reason": "Surat ditarik" });
    let withdrawn = directorate.post(&withdrawal, &body).expect(200).json();
    assert_eq!(withdrawn["withdrawn"], true);
    assert_eq!(person.status(&access), "Kedaluwarsa");
    assert_eq!(sweep(&world), 1);
    directorate
        .post(&withdrawal, &body)
        .problem(409, "cut-off-withdrawn");
    let kinds = ["cut-off-planned", "cut-off-changed", "cut-off-withdrawn"];
    assert_eq!(world.database().kinds(id), kinds);
    assert_eq!(
        of(&directorate, &cut_off, "report")["progress"],
        "withdrawn"
    );
}
