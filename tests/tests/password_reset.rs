//! The password-reset procedure over HTTP (PWD-1..3): eleven steps by their actors in
//! order, the board and the report, and a new password that nobody but its owner ever
//! had.

use akses_tests::client::Answer;
use akses_tests::crowd::at_once;
use akses_tests::host::Options;
use akses_tests::mailbox::Mailbox;
use akses_tests::pdf;
use akses_tests::reset::Cast;
use akses_tests::world::{LATER, PASSWORD, Person, World, text};
use serde_json::{Value, json};
use std::fs;
use std::sync::LazyLock;

const HOLIDAYS: &str = include_str!("../../crates/host/demo/holidays.csv");

const STEPS: u64 = 11;

/// Everybody's next one.
const NEW_PASSWORD: &str = "kuda-terbang-di-atas-awan";

/// Nobody's ticket.
const NO_TICKET: &str = "019d2e33-0000-7000-8000-000000000000";

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let world = World::new();
    world.import("holidays", HOLIDAYS);
    world
});

fn pickup_code(world: &World) -> (String, String) {
    let answer = world.client().post("/api/pickup-codes").body("{}").send();
    let pickup = answer.expect(200).json();
    (text(&pickup["code"]), text(&pickup["number"]))
}

fn pick_up(world: &World, code: &str) -> Answer {
    let call = world.client().post("/api/message-pickups");
    call.json(&json!({ "code": code })).send()
}

fn set_password(world: &World, token: &str, password: &str) -> Answer {
    let call = world.client().post("/api/password");
    call.json(&json!({ "token": token, "password": password }))
        .send()
}

/// The newest message of a person; answers its id.
#[track_caller]
fn newest_message(person: &Person) -> Value {
    let page = person.get("/api/messages").expect(200).json();
    page["messages"][0].clone()
}

fn at_step(ticket: &Value, step: usize) -> &Value {
    &ticket["steps"][step - 1]
}

#[test]
fn pwd_1_the_eleven_steps_are_data() {
    let steps = WORLD.person().get("/api/reset-procedure").expect(200);
    let steps = steps.json()["steps"].as_array().unwrap().clone();
    assert_eq!(steps.len() as u64, STEPS);
    let times: Vec<_> = steps.iter().map(|s| text(&s["standard_time"])).collect();
    let of = |minutes: u32| format!("{minutes} menit jam kerja");
    let day = || "1 hari kerja".to_owned();
    let thirty = || of(30);
    assert_eq!(
        times,
        [
            day(),
            day(),
            of(60),
            thirty(),
            thirty(),
            thirty(),
            thirty(),
            thirty(),
            thirty(),
            of(10),
            thirty()
        ]
    );
    let actors: Vec<_> = steps.iter().map(|s| text(&s["actor"])).collect();
    let team = "lpse-team";
    assert_eq!(
        actors,
        [
            "work-unit-head",
            "ukpbj-head",
            "lpse-head",
            team,
            team,
            team,
            team,
            "lpse-head",
            "ukpbj-head",
            team,
            team
        ]
    );
    for step in [8, 9] {
        assert_eq!(steps[step - 1]["remark"], "Pelaku disimpulkan");
    }
}

#[test]
fn pwd_2_the_steps_are_followed_in_order_over_a_weekend() {
    let world = World::new();
    world.import("holidays", HOLIDAYS);
    let mut cast = Cast::new(&world, "BARAT");
    // Friday, 27 March, 14.10 WIB.
    let ticket = cast.open(None);
    let seen = cast.read(&ticket);
    let first = at_step(&seen, 1);
    assert_eq!(first["met"], true);
    assert_eq!(
        at_step(&seen, 2)["derivation"],
        "langkah 1 selesai Jumat, 27 Maret 2026 pukul 14.10 WIB + 1 hari kerja = Senin, 30 Maret \
         2026 pukul 16.00 WIB"
    );
    assert_eq!(at_step(&seen, 3)["deadline"], Value::Null);
    cast.step(&ticket, 2, None);
    // Friday 15.30: half of the order's hour is left for Monday morning.
    world.host.set_clock("2026-03-27T08:30:00Z");
    let mut second = Cast::new(&world, "BARAT");
    let waiting = second.open(None);
    second.step(&waiting, 2, None);
    let order = second.read(&waiting);
    let order = at_step(&order, 3);
    assert!(
        text(&order["derivation"]).ends_with("= Senin, 30 Maret 2026 pukul 08.30 WIB"),
        "{order}"
    );
    // Monday, 08.20 WIB: the first is late, the second is not.
    world.host.set_clock("2026-03-30T01:20:00Z");
    cast.sign_in(&world);
    second.sign_in(&world);
    let board = cast.lpse.get("/api/reset-board").expect(200).json();
    let tickets = board["tickets"].as_array().unwrap();
    assert_eq!(tickets.len(), 2);
    assert_eq!(
        [&tickets[0]["late"], &tickets[1]["late"]],
        [&json!(true), &json!(false)],
        "{board:#}"
    );
    assert!(tickets.iter().all(|item| item["your_turn"] == true));
    // The head of a unit sees that unit's alone, and it is not their turn.
    let own = second.head.get("/api/reset-board").expect(200).json();
    assert_eq!(own["tickets"].as_array().unwrap().len(), 1);
    assert_eq!(own["tickets"][0]["your_turn"], false);
    assert_eq!(own["tickets"][0]["id"], waiting.as_str());
    let stranger = world.person().get("/api/reset-board").expect(200).json();
    assert_eq!(stranger["tickets"], json!([]));

    for step in 3..=STEPS {
        let seen = cast.step(&ticket, step, None);
        assert_eq!(at_step(&seen, step as usize)["met"], step != 3, "{step}");
        assert_eq!(
            seen["next_step"].as_u64(),
            (step < STEPS).then_some(step + 1)
        );
    }
    let seen = cast.read(&ticket);
    for step in 1..=STEPS as usize {
        assert_eq!(at_step(&seen, step)["state"], "done");
        let by = cast.actor(step as u64);
        assert_eq!(at_step(&seen, step)["by"], by.name.as_str(), "{step}");
    }
    assert_eq!(seen["letters"].as_array().unwrap().len(), 2);
    let letter = text(&seen["letters"][0]["text"]);
    assert!(letter.contains("B-7/SATKER/2026") && letter.contains(&cast.ppk.name));

    // The letter is a PDF that its parties read, and nobody else.
    let path = format!("/api/documents/{}", text(&seen["letter"]));
    for reader in [&cast.head, &cast.team] {
        let pdf = reader.get(&path).expect(200);
        assert!(pdf.body.starts_with(b"%PDF-"));
        let found = |needle: &str| {
            pdf.body
                .windows(needle.len())
                .any(|w| w == needle.as_bytes())
        };
        assert!(found("S-7/LPSE/2026") && found(&cast.ukpbj.name));
    }
    let ppk = world.sign_in(&cast.ppk.email);
    let _ = ppk.get(&path).expect(200);
    for stranger in [&second.head, &world.sign_in(&second.ppk.email)] {
        stranger.get(&path).problem(404, "not-found");
    }
    let told = newest_message(&ppk);
    assert_eq!(told["kind"], "reset-letter");
    assert_eq!(told["letter"], seen["letter"]);
    let opened = format!("/api/messages/{}/open", text(&told["id"]));
    let opened = ppk.post(&opened, &json!({})).expect(200).json();
    assert_eq!(opened["link"], Value::Null);
    assert_eq!(newest_message(&cast.head)["kind"], "reset-letter");

    let report = cast.ukpbj.get("/api/reset-report").expect(200).json();
    let steps = report["institutions"][0]["steps"]
        .as_array()
        .unwrap()
        .clone();
    assert_eq!(report["institutions"][0]["tickets"], 2);
    // 110 minutes of Friday until 16.00, and 20 of Monday.
    let order = &steps[2];
    assert_eq!(
        [
            &order["count"],
            &order["max_minutes"],
            &order["met_percent"]
        ],
        [&json!(1), &json!(130), &json!(0)],
        "{order}"
    );
    let disposition = &steps[1];
    assert_eq!(disposition["count"], 2);
    assert_eq!(disposition["met_percent"], 100);
    let nobody = cast.head.get("/api/reset-report").expect(200).json();
    assert_eq!(nobody["institutions"], json!([]));
}

#[test]
fn pwd_2_of_all_121_pairs_only_the_next_step_passes() {
    let cast = Cast::new(&WORLD, "BARAT");
    let mut pairs = 0;
    for step in 2..=STEPS {
        let answer = cast.attempt(cast.actor(step), NO_TICKET, step, None);
        answer.problem(404, "not-found");
        pairs += 1;
    }
    let ticket = cast.open(None);
    pairs += 1;
    for done in 1..STEPS {
        let others = (1..=STEPS).filter(|step| *step != done + 1);
        for step in others {
            let kind = if step <= done {
                "step-already-done"
            } else {
                "step-out-of-order"
            };
            let answer = cast.attempt(cast.actor(step), &ticket, step, None);
            let problem = answer.problem(409, kind);
            if step > done {
                assert_eq!(problem["next_step"], done + 1);
            }
            pairs += 1;
        }
        cast.step(&ticket, done + 1, None);
        pairs += 1;
    }
    assert_eq!(pairs, 121);
    for step in 1..=STEPS {
        let answer = cast.attempt(cast.actor(step), &ticket, step, None);
        answer.problem(409, "step-already-done");
    }
    let events = WORLD.database().kinds(&ticket);
    assert_eq!(events.len() as u64, STEPS);
}

#[test]
fn pwd_2_each_step_is_refused_to_all_others() {
    let cast = Cast::new(&WORLD, "BARAT");
    let elsewhere = Cast::new(&WORLD, "UTARA");
    let neighbour = Cast::new(&WORLD, "BARAT");
    let stranger = WORLD.person();
    let body = cast.request(None);
    for other in [
        &cast.ukpbj,
        &cast.team,
        &cast.ppk,
        &neighbour.head,
        &stranger,
    ] {
        let answer = other.post("/api/password-resets", &body);
        answer.problem(403, "not-your-step");
    }
    let ticket = cast.open(None);
    for step in 2..=STEPS {
        let before = WORLD.database().everything();
        let actor = cast.actor(step);
        let colleagues = cast.officials().into_iter().chain([&cast.ppk]);
        for other in colleagues.filter(|other| other.account != actor.account) {
            let answer = cast.attempt(other, &ticket, step, None);
            answer.problem(403, "not-your-step");
        }
        let outsiders = [elsewhere.actor(step), &neighbour.head, &stranger];
        for other in outsiders {
            let answer = cast.attempt(other, &ticket, step, None);
            answer.problem(404, "not-found");
        }
        assert_eq!(WORLD.database().everything(), before, "step {step}");
        cast.step(&ticket, step, None);
    }
    let path = format!("/api/password-resets/{ticket}");
    for other in [&elsewhere.ukpbj, &neighbour.head, &stranger] {
        other.get(&path).problem(404, "not-found");
    }
    for party in [&cast.ppk, &cast.buyer, &cast.head, &neighbour.lpse] {
        let _ = party.get(&path).expect(200);
    }
}

#[test]
fn pwd_1_a_letter_is_about_officers_of_that_unit_and_leaves_what_it_has_to() {
    let cast = Cast::new(&WORLD, "BARAT");
    let other = Cast::new(&WORLD, "BARAT");
    for (member, value, kind) in [
        ("people", json!([]), "missing-output"),
        (
            "people",
            json!([{ "access": other.ppk_access }]),
            "not-an-officer",
        ),
        (
            "people",
            json!([{ "access": cast.ppk_access, "pickup": "x" }]),
            "bad-pickup",
        ),
        (
            "people",
            json!([{ "access": cast.ppk_access }, { "access": cast.ppk_access }]),
            "twice",
        ),
        ("letter_number", json!(" "), "missing-output"),
        ("letter_date", json!("2026-03-28"), "date-ahead"),
        (
            "document",
            json!(other.head.upload_decree()),
            "unknown-document",
        ),
    ] {
        let mut body = cast.request(None);
        body[member] = value;
        let answer = cast.head.post("/api/password-resets", &body);
        answer.names_field(422, kind, member);
    }
    let ticket = cast.open(None);
    let path = format!("/api/password-resets/{ticket}/advance");
    let blank = cast.ukpbj.post(&path, &json!({ "step": 2, "note": " " }));
    blank.names_field(422, "missing-output", "note");
    cast.steps_to(&ticket, 7, None);
    let letter = format!("/api/password-resets/{ticket}/letter");
    let emoji = json!({ "step": 8, "text": "Selesai \u{1F600}" });
    cast.lpse
        .post(&letter, &emoji)
        .names_field(422, "unprintable", "text");
    let corrected = json!({ "step": 8, "text": "Sudah selesai.\n\nTerima kasih." });
    let seen = cast.lpse.post(&letter, &corrected).expect(200).json();
    // Who signs has read the newest version.
    let draft = &seen["letters"][1]["sha256"];
    let signature = format!("/api/password-resets/{ticket}/signature");
    cast.ukpbj
        .post(&signature, &json!({ "sha256": draft }))
        .problem(409, "letter-changed");
    // The same request twice is one signature.
    let body = json!({ "sha256": seen["letters"][0]["sha256"] });
    let send = || {
        cast.ukpbj
            .call("POST", &signature)
            .key("tanda-1")
            .json(&body)
            .send()
    };
    let (first, again) = (send().expect(200).json(), send().expect(200).json());
    assert_eq!(first["letter"], again["letter"]);
}

#[test]
fn pwd_2_a_step_is_done_once_by_a_crowd() {
    let cast = Cast::new(&WORLD, "BARAT");
    let ticket = cast.open(None);
    let answers = at_once(16, |_| cast.attempt(&cast.ukpbj, &ticket, 2, None));
    let done = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(done, 1);
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        answer.problem(409, "step-already-done");
    }
}

#[test]
fn pwd_2_without_holidays_there_is_no_date_and_the_steps_go_on() {
    let world = World::new();
    let cast = Cast::new(&world, "TENGAH");
    let ticket = cast.open(None);
    cast.step(&ticket, 2, None);
    let seen = cast.read(&ticket);
    for step in [2, 3] {
        let step = at_step(&seen, step);
        assert_eq!(step["deadline"], Value::Null);
        assert!(
            text(&step["deadline_missing"]).contains("hari libur tahun 2026"),
            "{step}"
        );
        assert_eq!(step["met"], Value::Null);
    }
    assert!(
        world
            .host
            .logged()
            .contains("the holidays of 2026 were not imported")
    );
    // Once they are there, so is the date.
    world.import("holidays", HOLIDAYS);
    assert_ne!(at_step(&cast.read(&ticket), 3)["deadline"], Value::Null);
}

#[test]
fn pwd_2_office_hours_are_data_of_an_institution_or_of_all() {
    let world = World::new();
    world.import("holidays", HOLIDAYS);
    let head = "institution,weekday,from,until,source\n";
    let hours = |rows: &str| world.import("office-hours", &format!("{head}{rows}"));
    // Until 15.00 for all; TIMUR closes at 14.30 on Fridays.
    let all: String = (1..=5)
        .map(|day| format!("*,{day},08:00,15:00,SE 1/2026\n"))
        .collect();
    assert_eq!(hours(&all)["added"], 5);
    assert_eq!(hours(&all)["unchanged"], 5);
    hours("TIMUR,5,07:30,14:30,Perda 2/2026\nTIMUR,1,07:30,16:00,Perda 2/2026\n");
    let due = |institution: &str| {
        let cast = Cast::new(&world, institution);
        let ticket = cast.open(None);
        cast.step(&ticket, 2, None);
        text(&at_step(&cast.read(&ticket), 3)["deadline"]["text"])
    };
    // 14.10 WIB is 16.10 WIT.
    assert_eq!(due("BARAT"), "Senin, 30 Maret 2026 pukul 08.10 WIB");
    assert_eq!(due("TIMUR"), "Senin, 30 Maret 2026 pukul 08.30 WIT");
    // Withdrawn: the hours for all hold again.
    hours("TIMUR,5,07:30,,Perda 3/2026\nTIMUR,1,07:30,,Perda 3/2026\n");
    assert_eq!(due("TIMUR"), "Senin, 30 Maret 2026 pukul 09.00 WIT");
    for (row, field) in [
        ("*,8,08:00,15:00,SE", "weekday"),
        ("*,1,8:00,15:00,SE", "from"),
        ("*,1,16:00,15:00,SE", "until"),
        ("*,1,16:00,24:01,SE", "until"),
        ("TIADA,1,08:00,15:00,SE", "institution"),
        ("*,1,16:00,17:00,", "source"),
    ] {
        let call = world.operator("/internal/import/office-hours");
        let answer = call.body(format!("{head}{row}\n")).send();
        let problem = answer.problem(422, "wrong-rows");
        assert_eq!(problem["errors"][0]["field"], field, "{row}");
    }
    let call = world.operator("/internal/import/office-hours");
    let answer = call.body(format!("{head}*,1,14:00,17:00,SE\n")).send();
    answer.problem(409, "contradicts-the-record");
}

#[test]
fn pwd_3_who_can_still_sign_in_opens_the_message_and_sets_a_password_once() {
    let cast = Cast::new(&WORLD, "BARAT");
    let ticket = cast.open(None);
    cast.steps_to(&ticket, 5, None);
    assert_eq!(
        cast.ppk.get("/api/messages").expect(200).json()["messages"],
        json!([])
    );
    cast.step(&ticket, 6, None);
    let message = newest_message(&cast.ppk);
    assert_eq!(message["read"], false);
    let open = format!("/api/messages/{}/open", text(&message["id"]));
    for other in [&cast.team, &cast.lpse, &cast.head, &cast.buyer] {
        other.post(&open, &json!({})).problem(404, "not-found");
    }
    let first = cast.ppk.post(&open, &json!({})).expect(200).json();
    let second = cast.ppk.post(&open, &json!({})).expect(200).json();
    let token = |opened: &Value| text(&opened["link"]["token"]);
    assert!(text(&second["link"]["url"]).ends_with(&format!("#{}", token(&second))));
    assert_eq!(newest_message(&cast.ppk)["read"], true);
    // The one before is void.
    set_password(&WORLD, &token(&first), NEW_PASSWORD).problem(409, "link-not-valid");
    for (password, kind) in [
        ("pendek", "too-short"),
        ("aaaaaaaaaaaaaaaa", "monotonous"),
        ("\u{7}kuda-terbang-lagi", "control-characters"),
        (PASSWORD, "same-password"),
    ] {
        let answer = set_password(&WORLD, &token(&second), password);
        answer.names_field(422, kind, "password");
    }
    let _ = cast.ppk.get("/api/me").expect(200);
    let other_session = WORLD.sign_in(&cast.ppk.email);
    let _ = set_password(&WORLD, &token(&second), NEW_PASSWORD).expect(204);
    set_password(&WORLD, &token(&second), "kata-sandi-ketiga").problem(409, "link-not-valid");
    // All sessions are over, the old password is wrong, the new one is right.
    for session in [&cast.ppk, &other_session] {
        session.get("/api/me").problem(401, "not-signed-in");
    }
    let old = WORLD.try_sign_in(&cast.ppk.email, PASSWORD);
    old.problem(401, "wrong-credentials");
    let session = WORLD.try_sign_in(&cast.ppk.email, NEW_PASSWORD).expect(200);
    let token = text(&session.json()["token"]);
    let call = WORLD.client().get("/api/me").bearer(&token);
    let _ = call.send().expect(200);
    // Others' sessions go on; the right is spent.
    let _ = cast.buyer.get("/api/me").expect(200);
    let call = WORLD.client().post(&open).bearer(&token).body("{}").send();
    call.problem(409, "link-not-valid");
    let seen = cast.read(&ticket);
    let changed: Vec<_> = seen["people"].as_array().unwrap().iter().collect();
    assert_eq!(
        changed
            .iter()
            .filter(|p| p["changed"] != Value::Null)
            .count(),
        1
    );
}

#[test]
fn pwd_3_who_is_locked_out_picks_the_message_up_with_their_own_code() {
    let cast = Cast::new(&WORLD, "BARAT");
    for _ in 0..5 {
        WORLD
            .try_sign_in(&cast.ppk.email, "lupa-lupa-lupa")
            .problem(401, "wrong-credentials");
    }
    WORLD
        .try_sign_in(&cast.ppk.email, PASSWORD)
        .problem(429, "too-many-attempts");
    let (code, number) = pickup_code(&WORLD);
    let ticket = cast.open(Some(&number));
    cast.steps_to(&ticket, 3, None);
    // Nobody but the person can tell the number to the team.
    let seen = cast.read(&ticket).to_string();
    assert!(
        !seen.contains(&number),
        "the team is to hear it from the person"
    );
    let (_, another) = pickup_code(&WORLD);
    for wrong in [None, Some(&*another)] {
        let answer = cast.attempt(&cast.team, &ticket, 4, wrong);
        answer.names_field(422, "names-differ", "people");
    }
    cast.step(&ticket, 4, Some(&number));
    pick_up(&WORLD, &code).problem(409, "link-not-valid");
    cast.step(&ticket, 5, None);
    pick_up(&WORLD, &code).problem(409, "link-not-valid");
    cast.step(&ticket, 6, None);
    pick_up(&WORLD, &"0".repeat(64)).problem(409, "link-not-valid");
    pick_up(&WORLD, &number).names_field(422, "bad-code", "code");
    let link = pick_up(&WORLD, &code).expect(200).json();
    let token = text(&link["link"]["token"]);
    let _ = set_password(&WORLD, &token, NEW_PASSWORD).expect(204);
    // The rest after wrong passwords is over too.
    let _ = WORLD.try_sign_in(&cast.ppk.email, NEW_PASSWORD).expect(200);
    pick_up(&WORLD, &code).problem(409, "link-not-valid");
    let mut kinds = WORLD.database().kinds(&cast.ppk.account);
    kinds.retain(|kind| kind.starts_with("reset") || kind.starts_with("password"));
    assert_eq!(kinds, ["reset-link-opened", "password-changed"]);
}

#[test]
fn pwd_3_a_right_and_its_links_end_by_themselves() {
    let world = World::new();
    let cast = Cast::new(&world, "BARAT");
    let (code, number) = pickup_code(&world);
    let ticket = cast.open(Some(&number));
    cast.steps_to(&ticket, 6, Some(&number));
    let token = |answer: Answer| text(&answer.expect(200).json()["link"]["token"]);
    let first = token(pick_up(&world, &code));
    // An hour later the link is over; the right is not, and gives another.
    world.host.set_clock("2026-03-27T08:11:00Z");
    set_password(&world, &first, NEW_PASSWORD).problem(409, "link-not-valid");
    let second = token(pick_up(&world, &code));
    // A newer ticket takes the place of an older one.
    let (newer_code, newer) = pickup_code(&world);
    let other = cast.open(Some(&newer));
    cast.steps_to(&other, 6, Some(&newer));
    set_password(&world, &second, NEW_PASSWORD).problem(409, "link-not-valid");
    pick_up(&world, &code).problem(409, "link-not-valid");
    // Three days after it was sent.
    world.host.set_clock("2026-03-30T08:12:00Z");
    pick_up(&world, &newer_code).problem(409, "link-not-valid");
    let _ = world.try_sign_in(&cast.ppk.email, PASSWORD).expect(200);
}

#[test]
fn pwd_3_of_64_uses_at_the_same_moment_one_wins() {
    let cast = Cast::new(&WORLD, "BARAT");
    let (code, number) = pickup_code(&WORLD);
    let ticket = cast.open(Some(&number));
    cast.steps_to(&ticket, 6, Some(&number));
    let token = text(&pick_up(&WORLD, &code).expect(200).json()["link"]["token"]);
    let password = |number: usize| format!("kata-sandi-nomor-{number:03}");
    let answers = at_once(64, |number| set_password(&WORLD, &token, &password(number)));
    let won: Vec<_> = (0..64).filter(|n| answers[*n].status == 204).collect();
    assert_eq!(won.len(), 1);
    for answer in answers.iter().filter(|answer| answer.status != 204) {
        // So many password hashes at once may be more than the host takes.
        match answer.status {
            503 => _ = answer.problem(503, "busy"),
            _ => _ = answer.problem(409, "link-not-valid"),
        }
    }
    let _ = WORLD
        .try_sign_in(&cast.ppk.email, &password(won[0]))
        .expect(200);
    let lost = (won[0] + 1) % 64;
    let lost = WORLD.try_sign_in(&cast.ppk.email, &password(lost));
    lost.problem(401, "wrong-credentials");
    cast.ppk.get("/api/me").problem(401, "not-signed-in");
    let count = |sql: &str| WORLD.database().number(sql);
    let account = &cast.ppk.account;
    assert_eq!(
        count(&format!(
            "SELECT count(*) FROM event WHERE subject = '{account}' AND kind = 'password-changed'"
        )),
        1
    );
    assert_eq!(
        count(&format!(
            "SELECT count(*) FROM password_proposal WHERE account = '{account}'"
        )),
        0
    );
}

#[test]
fn pwd_3_the_secrets_are_nowhere() {
    let mailbox = Mailbox::start();
    let options = Options {
        // Everything that anything in the process can say.
        log: "trace".to_owned(),
        ..Options::default().variable("smtp_relay", &mailbox.smtp)
    };
    let world = World::with(options);
    world.import("holidays", HOLIDAYS);
    let cast = Cast::new(&world, "BARAT");
    let (code, number) = pickup_code(&world);
    let ticket = cast.open(Some(&number));
    let mut seen = Vec::new();
    let mut watch = |when: &str| {
        for official in cast.officials() {
            for path in [
                format!("/api/password-resets/{ticket}"),
                "/api/reset-board".to_owned(),
                "/api/reset-report".to_owned(),
                "/api/messages".to_owned(),
                "/api/me".to_owned(),
            ] {
                // The log is looked through once, at the end.
                let answer = official.get(&path);
                let mut shown = format!("{:?}\n", answer.headers).into_bytes();
                shown.extend(&answer.body);
                seen.push((format!("{path} {when}"), shown));
            }
        }
    };
    for step in 2..=6 {
        cast.step(&ticket, step, Some(&number));
        watch(&format!("after step {step}"));
    }
    let picked_up = text(&pick_up(&world, &code).expect(200).json()["link"]["token"]);
    let message = text(&newest_message(&cast.buyer)["id"]);
    let open = format!("/api/messages/{message}/open");
    let opened = cast.buyer.post(&open, &json!({})).expect(200).json();
    let opened = text(&opened["link"]["token"]);
    watch("when the messages were opened");
    // Refused, and with too much in it.
    for token in [&picked_up, &opened] {
        set_password(&world, token, "pendek").names_field(422, "too-short", "password");
        let body = json!({ "token": token, "password": NEW_PASSWORD, "lain": 1 });
        let call = world.client().post("/api/password").json(&body).send();
        call.names_field(422, "invalid-field", "lain");
    }
    let others = ["kuda-laut-di-bawah-ombak", NEW_PASSWORD];
    for (token, password) in [&picked_up, &opened].into_iter().zip(others) {
        let _ = set_password(&world, token, password).expect(204);
        set_password(&world, token, "kata-sandi-ketiga").problem(409, "link-not-valid");
    }
    watch("at the end");
    for step in 7..=STEPS {
        cast.step(&ticket, step, None);
    }
    watch("when all was done");
    world.host.run_timer("deliver-notifications");
    let letters = mailbox.wait_for(&cast.ppk.email, 4);
    for subject in [
        "Permohonan reset",
        "Pesan untuk Anda",
        "Surat Pemberitahuan",
        "sudah diganti",
    ] {
        let found = letters
            .iter()
            .any(|letter| format!("{letter:?}").contains(subject));
        assert!(found, "{subject}: {letters:?}");
    }
    let letters = mailbox.letters();
    world.host.run_timer("seal-record");

    let mut places = seen;
    places.push(("the mails".to_owned(), format!("{letters:?}").into_bytes()));
    let mut look = |when: &str| {
        for entry in fs::read_dir(world.host.folder.state()).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let name = format!("{} {when}", path.display());
                places.push((name, fs::read(path).unwrap()));
            }
        }
    };
    // With the write-ahead log as it is, and once more when it was taken over.
    look("while it runs");
    world.host.stop();
    look("after its end");
    let logged = world.host.logged();
    assert!(logged.contains("\"TRACE\""), "nothing was traced");
    places.push(("the log".to_owned(), logged.into_bytes()));
    for name in ["akses.db ", "akses.db-wal ", "key-value.db "] {
        let found = places.iter().any(|(place, _)| place.contains(name));
        assert!(found, "{name}");
    }
    let found_in =
        |needle: &str, content: &[u8]| memchr::memmem::find(content, needle.as_bytes()).is_some();
    let secrets = [
        &*code,
        &picked_up,
        &opened,
        "kuda-laut-di-bawah-ombak",
        NEW_PASSWORD,
    ];
    for secret in secrets {
        for (place, content) in &places {
            assert!(!found_in(secret, content), "`{secret}` is in {place}");
        }
    }
    // And no hash of a password is in the record, which is kept for ever.
    let read =
        "SELECT count(*) FROM event WHERE kind <> 'account-recorded' AND data LIKE '%argon2%'";
    assert_eq!(world.database().number(read), 0);
    let found = places.iter().any(|(place, content)| {
        place.contains("akses.db") && found_in("password-changed", content)
    });
    assert!(found, "looking finds nothing at all");
}

#[test]
fn pwd_1_the_letters_are_for_the_parties_alone() {
    let cast = Cast::new(&WORLD, "BARAT");
    let elsewhere = Cast::new(&WORLD, "UTARA");
    let document = cast
        .head
        .upload("surat.pdf", &pdf::decree("Surat Permohonan"));
    let document = text(&document.expect(201).json()["id"]);
    let path = format!("/api/documents/{document}");
    cast.ukpbj.get(&path).problem(404, "not-found");
    let mut body = cast.request(None);
    body["document"] = document.into();
    let opened = cast.head.post("/api/password-resets", &body).expect(201);
    let ticket = text(&opened.json()["id"]);
    for party in [&cast.head, &cast.ukpbj, &cast.lpse, &cast.ppk] {
        let _ = party.get(&path).expect(200);
    }
    // PWD-3: the team hears the people first.
    for step in 2..=4 {
        cast.team.get(&path).problem(404, "not-found");
        cast.step(&ticket, step, None);
    }
    let _ = cast.team.get(&path).expect(200);
    for other in [&elsewhere.ukpbj, &elsewhere.head, &WORLD.person()] {
        other.get(&path).problem(404, "not-found");
    }
}

fn unit_of(world: &World, institution: &str, person: &Person, role: &str) {
    world.carry_over(person, role, &world.work_unit(institution), LATER);
}

#[test]
fn pwd_3_no_institution_resets_an_account_that_reaches_further() {
    for (institution, role) in [("UTARA", "PPK"), ("BARAT", "VAI"), ("PUSAT", "VND")] {
        let cast = Cast::new(&WORLD, "BARAT");
        // What came in between is met at each step that gives something away.
        let (first, second) = (cast.open(None), cast.open(None));
        cast.steps_to(&first, 4, None);
        cast.steps_to(&second, 5, None);
        unit_of(&WORLD, institution, &cast.ppk, role);
        let answer = cast.head.post("/api/password-resets", &cast.request(None));
        answer.names_field(422, "account-reaches-further", "people");
        for (ticket, step) in [(&first, 5), (&second, 6)] {
            let answer = cast.attempt(&cast.team, ticket, step, None);
            let problem = answer.problem(409, "reset-not-possible");
            assert_eq!(problem["obstacle"], "account-reaches-further");
            assert_eq!(problem["access"], cast.ppk_access.as_str());
        }
        assert_eq!(
            newest_message(&cast.ppk),
            Value::Null,
            "{role} at {institution}"
        );
    }
    // More of the same institution is no obstacle.
    let cast = Cast::new(&WORLD, "BARAT");
    unit_of(&WORLD, "BARAT", &cast.ppk, "PA");
    let ticket = cast.open(None);
    cast.steps_to(&ticket, 6, None);
}

#[test]
fn pwd_3_an_access_that_ended_in_between_gives_no_right() {
    let cast = Cast::new(&WORLD, "BARAT");
    let (first, second) = (cast.open(None), cast.open(None));
    cast.steps_to(&first, 4, None);
    cast.steps_to(&second, 5, None);
    cast.ppk.deactivate(&cast.ppk_access);
    for (ticket, step) in [(&first, 5), (&second, 6)] {
        let answer = cast.attempt(&cast.team, ticket, step, None);
        let problem = answer.problem(409, "reset-not-possible");
        assert_eq!(problem["obstacle"], "not-an-officer");
    }
    let answer = cast.head.post("/api/password-resets", &cast.request(None));
    answer.names_field(422, "not-an-officer", "people");
}

#[test]
fn pwd_3_an_access_that_somebody_else_filed_opens_no_account_that_nobody_used() {
    let world = World::new();
    let cast = Cast::new(&world, "BARAT");
    // Has an account and never signed in.
    let email = "belum-masuk@contoh.example";
    world.import(
        "accounts",
        &format!(
            "email,name,password,nip,profile\n{email},Belum Masuk,{PASSWORD},199001012020121999,non-supplier\n"
        ),
    );
    let letter = cast
        .ukpbj
        .upload("surat.pdf", &pdf::decree("Surat kolektif"));
    let letter = text(&letter.expect(201).json()["id"]);
    let file = format!(
        "email,role,work_unit,valid_until\n{email},PPK,{},{LATER}\n",
        cast.unit.code
    );
    let call = cast
        .ukpbj
        .call("POST", &format!("/api/collective?document={letter}"));
    let call = call.header("content-type", "text/csv").body(file);
    let checked = call.send().expect(201).json();
    let at = |step: &str| format!("/api/collective/{}{step}", text(&checked["id"]));
    let _ = cast
        .ukpbj
        .post(&at("/filing"), &json!({ "confirmed": true }))
        .expect(200);
    let decided = json!({ "decision": "approve", "attested": true });
    let verifier = world.verifier("BARAT");
    let _ = verifier.post(&at("/decision"), &decided).expect(200);
    let (_, number) = pickup_code(&world);
    let ask = |pickup: Option<&str>| {
        let mut body = cast.request(None);
        body["people"] = json!([{ "email": email, "pickup": pickup }]);
        cast.head.post("/api/password-resets", &body)
    };
    ask(Some(&number)).names_field(422, "never-signed-in", "people");
    // Without a number only who signs in opens the message.
    let _ = ask(None).expect(201);
    let _ = world.sign_in(email);
    let _ = ask(Some(&number)).expect(201);
}

#[test]
fn pwd_3_who_is_head_and_team_does_not_do_both() {
    let cast = Cast::new(&WORLD, "BARAT");
    unit_of(&WORLD, "BARAT", &cast.head, "TIMLPSE");
    let ticket = cast.open(None);
    for step in 2..=6 {
        if step > 3 {
            let answer = cast.attempt(&cast.head, &ticket, step, None);
            answer.problem(403, "own-request");
            let path = format!("/api/password-resets/{ticket}");
            let seen = cast.head.get(&path).expect(200).json();
            assert_eq!(seen["your_turn"], false, "{step}");
        }
        cast.step(&ticket, step, None);
    }
}

#[test]
fn pwd_1_a_person_is_named_by_access_or_by_email() {
    let cast = Cast::new(&WORLD, "BARAT");
    let ask = |people: Value| {
        let mut body = cast.request(None);
        body["people"] = people;
        cast.head.post("/api/password-resets", &body)
    };
    let seen = ask(json!([{ "email": cast.ppk.email }])).expect(201).json();
    assert_eq!(seen["people"][0]["access"], cast.ppk_access.as_str());
    for people in [
        json!([{ "pickup": null }]),
        json!([{ "email": cast.ppk.email, "access": cast.ppk_access }]),
    ] {
        ask(people).names_field(422, "one-of-access-email", "people");
    }
    let stranger = WORLD.person();
    for email in ["tiada@contoh.example", &*stranger.email] {
        ask(json!([{ "email": email }])).names_field(422, "not-an-officer", "people");
    }
    WORLD.carry_over(&cast.ppk, "PP", &cast.unit, LATER);
    ask(json!([{ "email": cast.ppk.email }])).names_field(422, "several-accesses", "people");
}

#[test]
fn pwd_1_a_ticket_is_returned_and_opens_nothing() {
    let world = World::new();
    let cast = Cast::new(&world, "BARAT");
    let give_back = |who: &Person, ticket: &str, reason: &str| {
        let path = format!("/api/password-resets/{ticket}/return");
        who.post(&path, &json!({ "reason": reason }))
    };
    let (code, number) = pickup_code(&world);
    let ticket = cast.open(Some(&number));
    cast.steps_to(&ticket, 6, Some(&number));
    let token = text(&pick_up(&world, &code).expect(200).json()["link"]["token"]);
    let stranger = world.person();
    give_back(&stranger, &ticket, "Salah").problem(404, "not-found");
    give_back(&cast.ukpbj, &ticket, "Salah").problem(403, "not-yours-to-return");
    give_back(&cast.ppk, &ticket, " ").names_field(422, "missing-output", "reason");
    let seen = give_back(&cast.ppk, &ticket, "Ini bukan permintaan saya").expect(200);
    let seen = seen.json();
    assert_eq!(seen["returned"]["reason"], "Ini bukan permintaan saya");
    assert_eq!(seen["returned"]["by"], cast.ppk.name.as_str());
    assert_eq!(
        [&seen["next_step"], &seen["may_return"]],
        [&Value::Null, &json!(false)]
    );
    // What was given opens nothing: not the link, not the number, not the message.
    set_password(&world, &token, NEW_PASSWORD).problem(409, "link-not-valid");
    pick_up(&world, &code).problem(409, "link-not-valid");
    let open = format!(
        "/api/messages/{}/open",
        text(&newest_message(&cast.buyer)["id"])
    );
    cast.buyer
        .post(&open, &json!({}))
        .problem(409, "link-not-valid");
    cast.attempt(&cast.team, &ticket, 7, None)
        .problem(409, "reset-returned");
    give_back(&cast.head, &ticket, "Lagi").problem(409, "reset-returned");
    // By the head, and by whose turn it is; one of many at once.
    let others = [
        (&cast.head, cast.open(None)),
        (&cast.ukpbj, cast.open(None)),
    ];
    for (who, ticket) in &others {
        let answers = at_once(8, |_| give_back(who, ticket, "Surat salah"));
        let done = answers.iter().filter(|answer| answer.status == 200).count();
        assert_eq!(done, 1);
    }
    let open = cast.open(None);
    let board = cast.lpse.get("/api/reset-board").expect(200).json();
    let listed: Vec<_> = board["tickets"].as_array().unwrap().iter().collect();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0]["id"], open.as_str());
    let report = cast.ukpbj.get("/api/reset-report").expect(200).json();
    let counted = &report["institutions"][0];
    assert_eq!(
        [&counted["tickets"], &counted["returned"]],
        [&json!(4), &json!(3)]
    );
}

#[test]
fn pwd_3_a_new_password_voids_what_was_not_sent_yet() {
    let cast = Cast::new(&WORLD, "BARAT");
    let (first, later) = (cast.open(None), cast.open(None));
    cast.steps_to(&later, 5, None);
    cast.steps_to(&first, 6, None);
    let open = format!(
        "/api/messages/{}/open",
        text(&newest_message(&cast.ppk)["id"])
    );
    let opened = cast.ppk.post(&open, &json!({})).expect(200).json();
    let token = text(&opened["link"]["token"]);
    // As many bytes as a password can have; whoever chose it signs in with it.
    let long = "\u{1F40E}\u{1F985}".repeat(64);
    let _ = set_password(&WORLD, &token, &long).expect(204);
    let session = WORLD.try_sign_in(&cast.ppk.email, &long).expect(200);
    let token = text(&session.json()["token"]);
    cast.step(&later, 6, None);
    let call = WORLD.client().get("/api/messages").bearer(&token);
    let boxed = call.send().expect(200).json();
    assert_eq!(boxed["messages"].as_array().unwrap().len(), 1);
    let sent = format!(
        "SELECT count(*) FROM reset_right WHERE account = '{}' AND ticket = '{later}'
         AND sent_at IS NULL AND void_at IS NOT NULL",
        cast.ppk.account
    );
    assert_eq!(WORLD.database().number(&sent), 1);
    // The other person of that letter has their right.
    assert_eq!(newest_message(&cast.buyer)["ticket"], later.as_str());
}

#[test]
fn pwd_1_a_letter_has_what_fits_its_pages() {
    let cast = Cast::new(&WORLD, "BARAT");
    let ticket = cast.open(None);
    cast.steps_to(&ticket, 6, None);
    let letter = format!("/api/password-resets/{ticket}/letter");
    let write = |number: &str, text: &str| {
        let body = json!({ "step": 7, "number": number, "text": text });
        cast.team.post(&letter, &body)
    };
    write("S-\u{1F600}", "Selesai").names_field(422, "unprintable", "number");
    write("S-1", &format!("A{}B", "\n".repeat(500))).names_field(422, "too-many-lines", "text");
    let _ = write("S-1", &format!("A{}B", "\n".repeat(499))).expect(200);
}
