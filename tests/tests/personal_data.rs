//! ALL-2: no NIP, no e-mail address, no password and no token in a log or in an
//! address, whatever goes wrong.

use akses_tests::host::{OPERATOR_TOKEN, Options};
use akses_tests::mailbox::Mailbox;
use akses_tests::world::{LATER, PASSWORD, World};
use serde_json::json;
use std::thread;
use std::time::{Duration, Instant};

/// How long a mail that the relay refuses may take until it is dead.
const REFUSAL_TIME_MAX: Duration = Duration::from_secs(30);

#[test]
fn all_2_logs_name_nobody() {
    let mailbox = Mailbox::start_with("127.0.0.1:0", &["--reject", "orang-1@contoh.example"]);
    let relay_password = "sandi-relay-rahasia";
    let options = Options {
        // Everything that the host and the components say of themselves.
        log: "info,akses=trace".to_owned(),
        ..Options::default()
            .awake()
            .variable("smtp_relay", &mailbox.smtp)
            .variable("smtp_password", relay_password)
    };
    let world = World::with(options);
    let person = world.person();
    assert_eq!(
        person.email, "orang-1@contoh.example",
        "the one whose mails are refused"
    );
    let unit = world.work_unit("BARAT");
    let access = person.register("PPK", &unit, "2026-03-27");
    let reason = "Nama pada SK berbeda.";
    world.verifier("BARAT").reject(&access.request(), reason);
    let access = person.register("PPK", &unit, "2026-03-27");
    world.verifier("BARAT").approve(&access.request());
    // What goes wrong.
    let wrong_password = "tebakan-yang-salah";
    world
        .try_sign_in(&person.email, wrong_password)
        .problem(401, "wrong-credentials");
    world
        .try_sign_in("tidak-ada@contoh.example", PASSWORD)
        .problem(401, "wrong-credentials");
    person
        .post(
            "/api/accesses/registration",
            &json!({ "email": person.email }),
        )
        .expect(422)
        .json();
    let path = format!("/api/accesses/{}/deactivation", access.id());
    let successor =
        json!({ "handover": { "kind": "successor", "successor_email": "penerus@contoh.example" } });
    person.post(&path, &successor).names_field(
        422,
        "unknown-successor",
        "handover.successor_email",
    );
    let rows = "email,name,password,nip\nbukan-alamat,Nama Rahasia,sandi-impor-1,123\n";
    let _ = world
        .operator("/internal/import/accounts")
        .body(rows)
        .send()
        .expect(422);
    let _ = world
        .operator("/internal/import/accounts")
        .body("email\n\"")
        .send();
    let _ = world
        .client()
        .get("/api/me")
        .bearer(&"ab".repeat(32))
        .send()
        .expect(401);
    let _ = person
        .call("POST", "/api/accesses/registration")
        .body("{\"role\":")
        .send()
        .expect(400);
    world.host.set_clock("2026-03-27T17:00:00Z");
    world.host.run_timer("expire-accesses");
    world.host.run_timer("deliver-notifications");
    // The timers are awake: a tick of their own may hold the mails just now.
    let dead = "SELECT count(*) FROM notification WHERE state = 'dead'";
    let deadline = Instant::now() + REFUSAL_TIME_MAX;
    while world.database().number(dead) == 0 {
        assert!(Instant::now() < deadline, "mails were refused");
        thread::sleep(Duration::from_millis(20));
    }
    world.host.stop();
    let logged = world.host.logged();
    assert!(
        logged.lines().count() > 20,
        "something was logged: {logged}"
    );
    for secret in [
        "contoh.example",
        "19900101",
        PASSWORD,
        wrong_password,
        relay_password,
        "sandi-impor-1",
        "Orang Contoh",
        "Nama Rahasia",
        reason,
        OPERATOR_TOKEN,
        &person.token,
        &person.csrf,
        &"ab".repeat(32),
    ] {
        let line = logged.lines().find(|line| line.contains(secret));
        assert!(
            line.is_none(),
            "`{secret}` is in the log: {}",
            line.unwrap_or_default()
        );
    }
}

#[test]
fn all_2_addresses_name_nobody() {
    let world = World::new();
    let person = world.person();
    let mut form = person.form("PPK", &world.work_unit("BARAT"), LATER);
    let created = person.try_register(&form).expect(201);
    form["work_unit"] = world.work_unit("BARAT").id.into();
    let _ = person.try_register(&form).expect(201);
    let mut addresses = vec![created.text("location").to_owned()];
    let verifier = world.verifier("BARAT");
    for (person, path) in [
        (&person, "/api/accesses?limit=1"),
        (&verifier, "/api/requests?limit=1"),
    ] {
        let next = person.get(path).expect(200).json()["next"].clone();
        addresses.push(next.as_str().expect("there are two").to_owned());
    }
    let id = person
        .upload("sk.pdf", &akses_tests::pdf::decree("x"))
        .expect(201);
    addresses.push(id.text("location").to_owned());
    for address in addresses {
        assert!(!address.is_empty());
        for personal in [&person.email, "orang-", "19900101", "Orang"] {
            assert!(!address.contains(personal), "{personal}: {address}");
        }
    }
}

#[test]
fn all_2_lists_of_verifiers_have_no_number_and_no_address() {
    let world = World::new();
    let person = world.person();
    person.register("PPK", &world.work_unit("BARAT"), LATER);
    let queue = serde_json::to_string(&world.verifier("BARAT").queue()).unwrap();
    assert!(queue.contains(&person.name), "{queue}");
    for personal in [&person.email, "19900101"] {
        assert!(!queue.contains(personal), "{personal}: {queue}");
    }
}
