//! One access through its whole life, over HTTP, with every mail at a real SMTP
//! server; and the moment at which an access ends.

use akses_tests::host::Options;
use akses_tests::mailbox::{Letter, Mailbox};
use akses_tests::pdf;
use akses_tests::world::{Access, Person, World};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::thread;
use std::time::{Duration, Instant};

const SWEEP_MS_MAX: u64 = 30_000;

#[test]
fn an_access_lives_through_everything_with_one_mail_for_each_step() {
    let mut walk = Walk::begin();

    // REG-3, REG-5: the first registrant gives the address.
    let unit = walk.world.work_unit_without_address("BARAT");
    let mut form = walk.person.form("PPK", &unit, "2026-04-30");
    walk.person
        .try_register(&form)
        .names_field(422, "address-missing", "address");
    form["address"] = "Jalan Merdeka Nomor 17, Jakarta".into();
    let access = Access(walk.person.try_register(&form).expect(201).json());
    let id = access.id();
    assert_eq!(access.status(), "Menunggu Verifikasi");
    walk.mail("Diterima", &["Pejabat Pembuat Komitmen", "Satuan Kerja"]);

    // VER-1, VER-3: the verifier of the institution sees it, with its decree
    // and its deadline.
    let verifier = walk.world.verifier("BARAT");
    let request = verifier
        .queue()
        .into_iter()
        .find(|item| item["access"] == *id)
        .unwrap();
    let deadline = format!("2026-03-30T{}+07:00", time_of(&request["submitted"]));
    assert_eq!(request["deadline"]["at"], deadline);
    let document = verifier.get(&format!(
        "/api/documents/{}",
        request["document"].as_str().unwrap()
    ));
    let decree = pdf::decree(&format!("Surat Keputusan {}", walk.person.account));
    assert_eq!(document.expect(200).body, decree);

    // VER-2, REG-6: rejected with a reason; what was typed is kept.
    let reason = "Nomor SK pada berkas tidak terbaca.";
    verifier.reject(&access.request(), reason);
    let listed = walk.person.listed(&id);
    assert_eq!(listed["status_text"], "Ditolak");
    assert_eq!(listed["rejection"], reason);
    assert_eq!(listed["next_steps"], json!(["register-again"]));
    walk.mail("Ditolak", &[reason]);

    // REG-6: what was typed is offered again, and sent again on the same access;
    // the address too, because the rejected request took it along.
    let offered = walk.person.get("/api/drafts").expect(200).json();
    let mut form = offered["drafts"][0]["values"].clone();
    assert_eq!(form["address"], "Jalan Merdeka Nomor 17, Jakarta");
    form["role"] = "PPK".into();
    form["valid_until"] = "2026-04-30".into();
    form["confirmed"] = true.into();
    let again = Access(walk.person.try_register(&form).expect(201).json());
    assert_eq!(again.id(), id);
    walk.mail("Diterima", &[]);
    assert_eq!(verifier.approve(&again.request()).status(), "Aktif");
    assert_eq!(
        walk.person.listed(&id)["next_steps"],
        json!(["enter", "extend", "deactivate"])
    );
    walk.mail("Disetujui", &["30 April 2026"]);

    // EXP-1, EXP-5.
    assert_eq!(walk.person.deactivate(&id).status(), "Tidak Aktif");
    walk.mail("Dinonaktifkan", &[]);
    let reactivation = walk.person.reactivate(&id, "2026-05-15");
    assert_eq!(reactivation.status(), "Menunggu Verifikasi");
    walk.mail("Diterima", &[]);

    // VER-2: an earlier end date, never a later one.
    let later = json!({ "decision": "approve", "attested": true, "valid_until": "2026-05-16" });
    verifier
        .decide(&reactivation.request(), &later)
        .names_field(422, "later-than-decree", "valid_until");
    let earlier = json!({ "decision": "approve", "attested": true, "valid_until": "2026-05-10" });
    let approved = verifier
        .decide(&reactivation.request(), &earlier)
        .expect(200)
        .json();
    assert_eq!(approved["valid_until"], "2026-05-10");
    walk.mail("Disetujui", &["10 Mei 2026"]);

    // EXP-2, EXP-3: the clock comes to the next local day, and the timer runs by
    // itself. Sessions have ended by then.
    walk.world.host.set_clock("2026-05-10T17:00:00Z");
    walk.person = walk.world.sign_in(&walk.person.email);
    assert_eq!(walk.person.status(&id), "Kedaluwarsa");
    walk.await_sweep(&id);
    walk.mail("berakhir", &["Kedaluwarsa", "10 Mei 2026"]);

    // EXP-5 once more.
    let verifier = walk.world.sign_in(&verifier.email);
    let last = walk.person.reactivate(&id, "2026-12-31");
    walk.mail("Diterima", &[]);
    assert_eq!(verifier.approve(&last.request()).status(), "Aktif");
    walk.mail("Disetujui", &["31 Desember 2026"]);

    assert_eq!(
        walk.world.database().kinds(&id),
        [
            "access-requested",
            "request-rejected",
            "access-requested",
            "request-approved",
            "access-deactivated",
            "reactivation-requested",
            "request-approved",
            "access-expired",
            "reactivation-requested",
            "request-approved",
        ]
    );
    the_history_tells_all_of_it(&walk, &verifier, &id, reason);
    walk.end();
}

/// ALL-1, ALL-2: to the owner and to the verifier, by office and not by name; a
/// stranger does not learn that there is anything.
fn the_history_tells_all_of_it(walk: &Walk, verifier: &Person, id: &str, reason: &str) {
    let path = format!("/api/accesses/{id}/history");
    let told = walk.person.get(&path).expect(200).json();
    let events = told["events"].as_array().unwrap();
    let kinds: Vec<_> = events
        .iter()
        .map(|it| it["kind"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds,
        [
            "requested",
            "rejected",
            "requested",
            "approved",
            "deactivated",
            "reactivation-requested",
            "approved",
            "expired",
            "reactivation-requested",
            "approved",
        ]
    );
    assert!(events[1]["text"].as_str().unwrap().contains(reason));
    assert!(events[1]["by"].as_str().unwrap().starts_with("VAI "));
    assert!(events[6]["text"].as_str().unwrap().contains("10 Mei 2026"));
    assert_eq!(events[0]["by"], "Anda");
    assert_eq!(told["access"]["status_text"], "Aktif");

    let as_verifier = verifier.get(&path).expect(200).json();
    assert_eq!(as_verifier["events"][0]["by"], "Pemilik akses");
    walk.world.person().get(&path).problem(404, "not-found");
}

/// The time of day of a moment that the service answered.
fn time_of(moment: &Value) -> String {
    moment["at"].as_str().unwrap()[11..19].to_owned()
}

/// A person, a service with its timers awake, and the mails that came.
struct Walk {
    world: World,
    mailbox: Mailbox,
    person: Person,
    letters: usize,
}

impl Walk {
    fn begin() -> Self {
        let mailbox = Mailbox::start();
        let options = Options::default()
            .awake()
            .variable("smtp_relay", &mailbox.smtp);
        let world = World::with(options);
        let person = world.person();
        Self {
            world,
            mailbox,
            person,
            letters: 0,
        }
    }

    /// Exactly one more letter came to the person, and it says this.
    #[track_caller]
    fn mail(&mut self, kind: &str, says: &[&str]) {
        self.world.host.run_timer("deliver-notifications");
        self.letters += 1;
        let letters = self.mailbox.wait_for(&self.person.email, self.letters);
        let letter = letters.last().unwrap();
        let words = letter.words();
        assert!(
            letter.subject.to_lowercase().contains(&kind.to_lowercase()),
            "{kind}: {letter:#?}"
        );
        for phrase in says {
            assert!(words.contains(phrase), "{phrase}: {letter:#?}");
        }
        assert!(words.contains(&self.person.name), "{letter:#?}");
        for part in [&letter.text, &letter.html] {
            assert!(
                part.as_ref().is_some_and(|part| !part.trim().is_empty()),
                "{letter:#?}"
            );
        }
    }

    fn await_sweep(&self, access: &str) {
        let deadline = Instant::now() + Duration::from_millis(SWEEP_MS_MAX);
        let standing = format!("SELECT standing FROM access WHERE id = '{access}'");
        while self.world.database().text(&standing).as_deref() != Some("expired") {
            assert!(Instant::now() < deadline, "the timer did not run by itself");
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// Nothing more comes, and nobody else got anything.
    fn end(self) {
        self.world.host.run_timer("deliver-notifications");
        self.world.host.run_timer("expire-accesses");
        self.world.host.run_timer("deliver-notifications");
        let letters = self.mailbox.letters();
        let ids: BTreeSet<_> = letters
            .iter()
            .map(|letter| letter.message_id.clone())
            .collect();
        assert_eq!(letters.len(), self.letters, "{letters:#?}");
        assert_eq!(ids.len(), letters.len(), "Message-IDs repeat");
        assert!(
            letters
                .iter()
                .all(|letter| letter.to == [self.person.email.clone()])
        );
        assert!(letters.iter().all(names_nobody_else), "{letters:#?}");
        let queued = "SELECT count(*) FROM notification WHERE state <> 'sent'";
        assert_eq!(self.world.database().number(queued), 0);
        self.world.host.stop();
    }
}

/// ALL-2: a mail has no number that names a person.
fn names_nobody_else(letter: &Letter) -> bool {
    !letter.words().contains("19900101202012")
}

#[test]
fn exp_2_entry_ends_with_the_first_second_of_the_next_local_day_before_any_timer_ran() {
    let world = World::new();
    let accesses = ["TIMUR", "TENGAH", "BARAT"].map(|institution| {
        let person = world.person();
        let id = person.active(&world, "PPK", institution, "2026-04-30").id();
        (person, id)
    });
    // Midnight comes from the east: WIT, WITA, WIB.
    let hours = [15, 16, 17];
    world.host.set_clock("2026-04-30T14:59:00Z");
    let accesses = accesses.map(|(person, id)| (world.sign_in(&person.email), id));
    for (ended, hour) in hours.into_iter().enumerate() {
        // Some seconds for the questions, before the day is over.
        world
            .host
            .set_clock(&format!("2026-04-30T{}:59:50Z", hour - 1));
        expect_ended(&accesses, ended);
        world.host.set_clock(&format!("2026-04-30T{hour}:00:00Z"));
        expect_ended(&accesses, ended + 1);
    }
    let swept = "SELECT count(*) FROM event WHERE kind = 'access-expired'";
    assert_eq!(world.database().number(swept), 0, "no timer ran");
}

/// The first `ended` accesses give no entry any more, the others do.
#[track_caller]
fn expect_ended(accesses: &[(Person, String)], ended: usize) {
    for (index, (person, id)) in accesses.iter().enumerate() {
        let listed = person.listed(id);
        let (status, steps) = if index < ended {
            ("Kedaluwarsa", json!(["reactivate"]))
        } else {
            ("Aktif", json!(["enter", "extend", "deactivate"]))
        };
        assert_eq!(listed["status_text"], status, "{listed:#}");
        assert_eq!(listed["next_steps"], steps, "{listed:#}");
    }
}
