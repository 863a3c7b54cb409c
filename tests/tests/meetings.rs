//! Meetings of suppliers' requests: MTG-1 to MTG-4 and ALL-5, with the clock
//! moved.

use akses_domain::meeting::OPEN_MAX;
use akses_tests::client::Answer;
use akses_tests::crowd::at_once;
use akses_tests::host::Options;
use akses_tests::mailbox::Mailbox;
use akses_tests::world::{Access, LATER, Person, World};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::thread;
use std::time::{Duration, Instant};

const HOLIDAYS: &str = include_str!("../../crates/host/demo/holidays.csv");

const TIMER: &str = "close-meetings";

/// Monday 30 March 2026, 07.30 WIB.
const MONDAY: &str = "2026-03-30T00:30:00Z";

/// Begins on a Friday, 14.10 WIB.
fn world() -> World {
    world_with(Options::default())
}

fn world_with(options: Options) -> World {
    let world = World::with(options);
    world.import("holidays", HOLIDAYS);
    world
}

fn run_timer(world: &World) -> Value {
    world.drive(TIMER).send().expect(200).json()
}

/// A session lasts hours, a meeting is days away.
fn again(world: &World, person: &Person) -> Person {
    world.sign_in(&person.email)
}

trait Meets {
    fn meeting(&self, request: &str) -> Value;
    fn reschedule(&self, request: &str) -> Answer;
    fn join(&self, request: &str) -> Answer;
    fn waiting_room(&self, request: &str) -> Value;
    fn call_next(&self) -> Value;
    fn meetings(&self) -> Vec<Value>;
}

impl Meets for Person {
    #[track_caller]
    fn meeting(&self, request: &str) -> Value {
        let path = format!("/api/requests/{request}/meeting");
        self.get(&path).expect(200).json()
    }

    fn reschedule(&self, request: &str) -> Answer {
        let path = format!("/api/requests/{request}/meeting/reschedule");
        self.post(&path, &json!({}))
    }

    fn join(&self, request: &str) -> Answer {
        let path = format!("/api/requests/{request}/meeting/join");
        self.post(&path, &json!({}))
    }

    #[track_caller]
    fn waiting_room(&self, request: &str) -> Value {
        let path = format!("/api/requests/{request}/waiting-room");
        self.get(&path).expect(200).json()
    }

    #[track_caller]
    fn call_next(&self) -> Value {
        let answer = self.post("/api/meetings/call-next", &json!({}));
        answer.expect(200).json()["meeting"].clone()
    }

    #[track_caller]
    fn meetings(&self) -> Vec<Value> {
        let page = self.get("/api/meetings?limit=100").expect(200).json();
        page["meetings"].as_array().unwrap().clone()
    }
}

fn starts(meeting: &Value) -> &str {
    meeting["starts"]["at"].as_str().unwrap_or("none")
}

/// No slot is held twice, and none of these requests is without one.
fn assert_each_has_a_slot_of_its_own(world: &World, requests: &[String]) {
    let standing = "SELECT count(*) FROM meeting WHERE holds = 1";
    let slots = "SELECT count(*) FROM (SELECT DISTINCT desk, starts_at, place FROM meeting
                                       WHERE holds = 1)";
    let database = world.database();
    assert_eq!(database.number(standing), requests.len() as i64);
    assert_eq!(database.number(slots), requests.len() as i64);
    for request in requests {
        let state = format!("SELECT state FROM meeting WHERE request = '{request}'");
        assert_eq!(database.text(&state).as_deref(), Some("scheduled"));
    }
}

/// Suppliers' people whose requests all wait at one institution, each with its
/// request, registered at the same moment.
fn crowd(world: &World, people: usize) -> Vec<(Person, String)> {
    let unit = world.work_unit("BARAT");
    let people: Vec<_> = (0..people).map(|_| world.supplier()).collect();
    let forms: Vec<_> = people
        .iter()
        .map(|person| (person, person.form("PPK", &unit, LATER)))
        .collect();
    at_once(forms.len(), |number| {
        let (person, form) = &forms[number];
        let access = Access(person.try_register(form).expect(201).json());
        (Person::clone(person), access.request())
    })
}

#[test]
fn mtg_1_a_suppliers_request_gets_the_next_free_slot() {
    let world = world();
    let (first, second) = (world.supplier(), world.supplier());
    let unit = world.work_unit("BARAT");
    let request = first.register("PPK", &unit, LATER).request();
    let meeting = first.meeting(&request);
    assert_eq!(meeting["state"], "scheduled", "{meeting:#}");
    // At least an hour ahead, in office hours.
    assert_eq!(starts(&meeting), "2026-03-27T15:30:00+07:00");
    assert_eq!(meeting["ends"]["at"], "2026-03-27T16:00:00+07:00");
    assert!(
        meeting["prepare"][0]
            .as_str()
            .unwrap()
            .contains("Surat Tugas")
    );
    // Five working days, over Wafat Yesus Kristus on 3 April.
    assert_eq!(meeting["movable_until"]["at"], "2026-04-07T00:00:00+07:00");
    assert_eq!(
        (&meeting["can_join"], &meeting["can_move"]),
        (&json!(true), &json!(true))
    );
    let theirs = second.register("PPK", &unit, LATER).request();
    assert_eq!(
        starts(&second.meeting(&theirs)),
        "2026-03-30T08:00:00+07:00"
    );
    // 14.10 WIB is after the last slot in WIT: Monday there.
    let east = second.register("PPK", &world.work_unit("TIMUR"), LATER);
    assert_eq!(
        starts(&second.meeting(&east.request())),
        "2026-03-30T08:00:00+09:00"
    );

    assert_eq!(world.database().kinds(&request), ["meeting-scheduled"]);
    // It is the person's and the verifiers' affair.
    let path = format!("/api/requests/{request}/meeting");
    second.get(&path).problem(404, "not-found");
    world
        .verifier("TENGAH")
        .get(&path)
        .problem(404, "not-found");
    let _ = world.verifier("BARAT").get(&path).expect(200);
    // Others have none.
    let person = world.person();
    let request = person.register("PPK", &unit, LATER).request();
    person
        .get(&format!("/api/requests/{request}/meeting"))
        .problem(404, "not-found");
}

#[test]
fn mtg_1_an_institution_with_two_rooms_holds_two_meetings_at_once() {
    let world = world();
    let counts = world.import("meeting-rooms", "institution,rooms\nUTARA,2\n");
    assert_eq!(counts["changed"], 1);
    assert_eq!(
        world.import("meeting-rooms", "institution,rooms\nUTARA,2\n")["unchanged"],
        1
    );
    let supplier = world.supplier();
    let at: Vec<_> = (0..3)
        .map(|_| {
            let request = supplier
                .register("PPK", &world.work_unit("UTARA"), LATER)
                .request();
            starts(&supplier.meeting(&request)).to_owned()
        })
        .collect();
    assert_eq!(at[0], at[1]);
    assert_ne!(at[1], at[2]);
}

#[test]
fn all_5_without_a_calendar_a_request_waits_for_one_and_operators_are_told() {
    let world = World::new();
    let supplier = world.supplier();
    let request = supplier
        .register("PPK", &world.work_unit("BARAT"), LATER)
        .request();
    assert_eq!(supplier.meeting(&request)["state"], "unscheduled");
    assert!(
        world
            .host
            .logged()
            .contains("holidays of 2026 were not imported")
    );
    supplier
        .reschedule(&request)
        .problem(409, "meeting-not-scheduled");
    supplier
        .join(&request)
        .problem(409, "meeting-not-scheduled");
    world.drive(TIMER).send().problem(503, "calendar-missing");
    assert_eq!(supplier.waiting_room(&request)["state"], "unscheduled");

    let counts = world.import("holidays", HOLIDAYS);
    assert_eq!(counts["added"], 50);
    assert_eq!(world.import("holidays", HOLIDAYS)["unchanged"], 50);
    let outcome = run_timer(&world);
    assert_eq!(outcome["scheduled"], 1, "{outcome}");
    assert_eq!(
        starts(&supplier.meeting(&request)),
        "2026-03-27T15:30:00+07:00"
    );
    assert_eq!(run_timer(&world)["scheduled"], 0);
}

#[test]
fn all_5_a_wrong_day_off_is_named() {
    let world = World::new();
    for (row, field) in [
        ("2026-02-30,Hari,national,SKB", "date"),
        ("1926-01-01,Hari,national,SKB", "date"),
        ("2026-01-01,,national,SKB", "name"),
        ("2026-01-01,Hari,libur,SKB", "kind"),
        ("2026-01-01,Hari,national,", "source"),
    ] {
        let rows = format!("date,name,kind,source\n{row}\n");
        let answer = world
            .operator("/internal/import/holidays")
            .body(rows)
            .send();
        assert_eq!(answer.status, 422, "{}", answer.shown());
        assert_eq!(
            answer.json()["errors"][0]["field"],
            field,
            "{}",
            answer.shown()
        );
    }
    let twice = "date,name,kind,source\n2026-01-01,A,national,SKB\n2026-01-01,B,national,SKB\n";
    let answer = world
        .operator("/internal/import/holidays")
        .body(twice)
        .send();
    answer.problem(409, "contradicts-the-record");
}

#[test]
fn mtg_2_another_time_is_the_next_free_one_and_a_key_moves_once() {
    let world = world();
    let supplier = world.supplier();
    let request = supplier
        .register("PPK", &world.work_unit("BARAT"), LATER)
        .request();
    let moved = supplier.reschedule(&request).expect(200).json();
    assert_eq!(starts(&moved), "2026-03-30T08:00:00+07:00");
    // The slot that was left is free for somebody else.
    let other = world.supplier();
    let theirs = other
        .register("PPK", &world.work_unit("BARAT"), LATER)
        .request();
    assert_eq!(starts(&other.meeting(&theirs)), "2026-03-27T15:30:00+07:00");
    let path = format!("/api/requests/{request}/meeting/reschedule");
    for _ in 0..2 {
        let answer = supplier
            .call("POST", &path)
            .json(&json!({}))
            .key("kunci-1")
            .send();
        assert_eq!(
            starts(&answer.expect(200).json()),
            "2026-03-30T08:30:00+07:00"
        );
    }
    let joined = format!("/api/requests/{request}/meeting/join");
    let reused = supplier
        .call("POST", &joined)
        .json(&json!({}))
        .key("kunci-1")
        .send();
    reused.problem(422, "idempotency-key-reused");
    other.reschedule(&request).problem(404, "not-found");
    supplier
        .post(&path, &json!({ "starts_at": 1 }))
        .names_field(422, "invalid-field", "starts_at");
}

#[test]
fn mtg_3_the_waiting_room_shows_the_place_and_the_verifier_calls_in_order() {
    let world = world();
    let units: Vec<_> = (0..3).map(|_| world.work_unit("BARAT")).collect();
    let people: Vec<_> = (0..3).map(|_| world.supplier()).collect();
    let requests: Vec<_> = people
        .iter()
        .zip(&units)
        .map(|(person, unit)| person.register("PPK", unit, LATER).request())
        .collect();
    // The first has Friday; so that all are on Monday, it moves behind the others.
    let _ = people[0].reschedule(&requests[0]).expect(200);
    people[1]
        .join(&requests[1])
        .problem(409, "meeting-not-today");
    world.host.set_clock(MONDAY);
    let people: Vec<_> = people.iter().map(|person| again(&world, person)).collect();
    let verifier = world.new_verifier("BARAT", LATER);
    assert!(verifier.call_next().is_null(), "nobody waits yet");

    // By slot, not by who came first: 8.00, 8.30, 9.00 are 1, 2, 0.
    for (number, place) in [(0, 1), (2, 1), (1, 1)] {
        let room = people[number].join(&requests[number]).expect(200).json();
        assert_eq!(room["place"], place, "{room:#}");
    }
    let places = || -> Vec<Value> {
        let place = |n: usize| people[n].waiting_room(&requests[n])["place"].clone();
        (0..3).map(place).collect()
    };
    assert_eq!(places(), [json!(3), json!(1), json!(2)]);
    let listed = verifier.meetings();
    let order: Vec<_> = listed.iter().map(|m| m["request"].clone()).collect();
    assert_eq!(order, [1, 2, 0].map(|n| json!(requests[n])));
    assert!(
        listed
            .iter()
            .all(|m| m["state"] == "waiting" && m["room"].is_null())
    );

    // Nobody is approved unseen; anybody can be rejected (below).
    let unseen = verifier.try_approve(&requests[1]);
    unseen.problem(409, "meeting-not-held");
    assert!(people[1].waiting_room(&requests[1])["room"].is_null());
    let called = verifier.call_next();
    assert_eq!(called["request"], requests[1].as_str());
    let address = called["room"]["url"].as_str().unwrap().to_owned();
    assert!(
        address.starts_with("https://meet.jit.si/akses-"),
        "{address}"
    );
    let mine = people[1].waiting_room(&requests[1]);
    assert_eq!(mine["state"], "called");
    assert_eq!(
        mine["room"]["url"],
        address.as_str(),
        "both get the same room"
    );
    assert_eq!(places(), [json!(2), Value::Null, json!(1)]);
    // Only the two get the address.
    let colleague = world.new_verifier("BARAT", LATER);
    let theirs = colleague.meetings();
    assert!(theirs.iter().all(|m| m["room"].is_null()), "{theirs:#?}");
    let back = &verifier.meetings()[0];
    assert_eq!(
        back["room"]["url"],
        address.as_str(),
        "the verifier may come back"
    );
    people[1]
        .reschedule(&requests[1])
        .problem(409, "meeting-called");

    let approved = verifier.approve(&requests[1]);
    assert_eq!(approved.status(), "Aktif");
    assert_eq!(people[1].meeting(&requests[1])["state"], "closed");
    people[1].join(&requests[1]).problem(409, "meeting-over");
    // The one who was next is rejected unseen; the last one is called then.
    verifier.reject(&requests[2], "Surat Tugas tidak terbaca");
    assert_eq!(places(), [json!(1), Value::Null, Value::Null]);
    assert_eq!(colleague.call_next()["request"], requests[0].as_str());
    assert!(verifier.call_next().is_null());
}

#[test]
fn mtg_3_with_a_secret_each_of_the_two_has_a_token_of_their_own() {
    let options = Options::default()
        .variable("jitsi_origin", "https://rapat.contoh.example/")
        .variable("jitsi_app_id", "akses")
        .variable("jitsi_app_secret", "rahasia-jitsi");
    let world = world_with(options);
    let supplier = world.supplier();
    let request = supplier
        .register("PPK", &world.work_unit("BARAT"), LATER)
        .request();
    let _ = supplier.join(&request).expect(200);
    let verifier = world.verifier("BARAT");
    let theirs = verifier.call_next()["room"]["url"]
        .as_str()
        .unwrap()
        .to_owned();
    let room = supplier.waiting_room(&request)["room"].clone();
    let mine = room["url"].as_str().unwrap();
    let (my_room, my_token) = mine.split_once("?jwt=").unwrap();
    let (their_room, their_token) = theirs.split_once("?jwt=").unwrap();
    assert_eq!(my_room, their_room);
    assert!(my_room.starts_with("https://rapat.contoh.example/akses-"));
    assert_ne!(my_token, their_token);
    assert!(room["until"]["at"].as_str().is_some());
    assert!(!world.host.logged().contains("rahasia-jitsi"));
}

#[test]
fn mtg_3_two_verifiers_at_once_never_call_the_same_person() {
    let world = world();
    world.import("meeting-rooms", "institution,rooms\nBARAT,16\n");
    let waiting = crowd(&world, 16);
    at_once(waiting.len(), |number| {
        let (person, request) = &waiting[number];
        let _ = person.join(request).expect(200);
    });
    let verifiers: Vec<_> = (0..4).map(|_| world.new_verifier("BARAT", LATER)).collect();
    let called = at_once(waiting.len(), |number| {
        let meeting = verifiers[number % verifiers.len()].call_next();
        meeting["request"].as_str().map(str::to_owned)
    });
    let called: BTreeSet<_> = called.into_iter().flatten().collect();
    assert_eq!(called.len(), waiting.len(), "each was called by one");
    assert!(verifiers[0].call_next().is_null());
    let events = "SELECT count(*) FROM event WHERE kind = 'meeting-called'";
    assert_eq!(world.database().number(events), waiting.len() as i64);
}

#[test]
fn mtg_3_an_answer_waits_for_news_when_the_call_is_near() {
    let world = world();
    let supplier = world.supplier();
    let request = supplier
        .register("PPK", &world.work_unit("BARAT"), LATER)
        .request();
    let seen = supplier.join(&request).expect(200).json()["seen"].clone();
    let path = format!(
        "/api/requests/{request}/waiting-room?wait_s=20&seen={}",
        seen.as_str().unwrap()
    );
    let verifier = world.verifier("BARAT");
    let began = Instant::now();
    thread::scope(|scope| {
        let waiting = scope.spawn(|| supplier.get(&path).expect(200).json());
        thread::sleep(Duration::from_millis(1_500));
        assert!(!verifier.call_next().is_null());
        let news = waiting.join().unwrap();
        assert_eq!(news["state"], "called", "{news:#}");
        assert!(news["room"]["url"].is_string());
    });
    let took = began.elapsed();
    assert!(
        took > Duration::from_millis(1_400),
        "it did not wait: {took:?}"
    );
    assert!(took < Duration::from_secs(15), "it did not look: {took:?}");
    // What was not seen is answered at once, and a wait has an end.
    let _ = supplier.get(&path).expect(200);
    let short = path.replace("wait_s=20", "wait_s=21");
    supplier
        .get(&short)
        .names_field(422, "out-of-bounds", "wait_s");
}

#[test]
fn mtg_1_one_person_waits_for_few_meetings() {
    let world = world();
    let supplier = world.supplier();
    let form = |person: &Person| person.form("PPK", &world.work_unit("BARAT"), LATER);
    let forms: Vec<_> = (0..8).map(|_| form(&supplier)).collect();
    let answers = at_once(forms.len(), |index| supplier.try_register(&forms[index]));
    let (asked, refused): (Vec<_>, Vec<_>) =
        answers.into_iter().partition(|answer| answer.status == 201);
    assert_eq!(asked.len(), OPEN_MAX as usize);
    for answer in refused {
        let problem = answer.problem(409, "too-many-meetings");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains(&format!("{OPEN_MAX} rapat")), "{detail}");
    }
    // Others are not concerned, and a decision makes room for one.
    let other = world.supplier();
    let _ = other.try_register(&form(&other)).expect(201);
    let request = Access(asked[0].clone().expect(201).json()).request();
    world
        .verifier("BARAT")
        .reject(&request, "Surat Tugas tidak terbaca.");
    let _ = supplier.try_register(&form(&supplier)).expect(201);
    supplier
        .try_register(&form(&supplier))
        .problem(409, "too-many-meetings");
}

#[test]
fn mtg_2_a_meeting_is_not_moved_for_ever() {
    let world = world();
    let supplier = world.supplier();
    let unit = world.work_unit("BARAT");
    let request = supplier.register("PPK", &unit, LATER).request();
    let mut moves = (0..20).map(|_| supplier.reschedule(&request));
    let refused = moves.find(|answer| answer.status != 200);
    let refused = refused.expect("there is an end");
    refused.problem(409, "moved-too-often");
    let meeting = supplier.meeting(&request);
    assert_eq!(meeting["state"], "scheduled");
    assert_eq!(meeting["moves_left"], 0);
    assert_eq!(meeting["can_move"], false, "the button says so beforehand");
    // Whoever missed it has to have another time, as long as the days last.
    let ends = meeting["ends"]["at"].as_str().unwrap().to_owned();
    world.host.set_clock(&ends);
    let supplier = again(&world, &supplier);
    assert_eq!(supplier.meeting(&request)["state"], "missed");
    assert_eq!(supplier.meeting(&request)["moves_left"], 1);
    let moved = supplier.reschedule(&request).expect(200).json();
    assert_eq!(
        (&moved["state"], &moved["moves_left"]),
        (&json!("scheduled"), &json!(0))
    );
}

#[test]
fn mtg_2_64_people_get_64_slots_and_one_of_them_the_last_one() {
    let world = world();
    let waiting = crowd(&world, 64);
    let requests: Vec<_> = waiting.iter().map(|(_, request)| request.clone()).collect();
    assert_each_has_a_slot_of_its_own(&world, &requests);
    // All look for another time at once, among 71 slots.
    let moved = at_once(waiting.len(), |number| {
        let (person, request) = &waiting[number];
        person.reschedule(request)
    });
    for answer in moved {
        if answer.status != 200 {
            answer.problem(409, "no-slot-left");
        }
    }
    assert_each_has_a_slot_of_its_own(&world, &requests);

    // Monday 6 April, 14.10 WIB, is the last day; 15.30 is what is left of it.
    world.host.set_clock("2026-04-06T07:10:00Z");
    run_timer(&world);
    let waiting: Vec<_> = {
        let mut people = std::collections::BTreeMap::new();
        let mut again = |person: &Person| -> Person {
            let known = people.entry(person.email.clone());
            known
                .or_insert_with(|| world.sign_in(&person.email))
                .clone()
        };
        waiting.iter().map(|(p, r)| (again(p), r.clone())).collect()
    };
    // Whoever holds one of the last slots gives it back.
    let verifier = world.new_verifier("BARAT", LATER);
    let mut left = Vec::new();
    for (person, request) in waiting {
        if person.meeting(&request)["state"] == "scheduled" {
            verifier.reject(&request, "Bukan penyedia");
        } else {
            left.push((person, request));
        }
    }
    assert!(left.len() > 55, "{}", left.len());
    let answers = at_once(left.len(), |number| {
        let (person, request) = &left[number];
        person.reschedule(request)
    });
    let mut winners = 0;
    for answer in answers {
        if answer.status == 200 {
            assert_eq!(starts(&answer.json()), "2026-04-06T15:30:00+07:00");
            winners += 1;
        } else {
            answer.problem(409, "no-slot-left");
        }
    }
    assert_eq!(winners, 1, "one slot was left");
}

#[test]
fn mtg_4_missed_moved_missed_again_and_rejected_once() {
    let mailbox = Mailbox::start();
    let world = world_with(Options::default().variable("smtp_relay", &mailbox.smtp));
    let supplier = world.supplier();
    let access = supplier.register("PPK", &world.work_unit("BARAT"), LATER);
    let request = access.request();
    // Friday 16.00: over, whether or not a timer has run.
    world.host.set_clock("2026-03-27T09:00:00Z");
    assert_eq!(supplier.meeting(&request)["state"], "missed");
    supplier.join(&request).problem(409, "meeting-missed");
    let outcomes = at_once(4, |_| run_timer(&world)["missed"].as_u64().unwrap());
    assert_eq!(outcomes.iter().sum::<u64>(), 1, "once, however many run");
    let moved = supplier.reschedule(&request).expect(200).json();
    assert_eq!(starts(&moved), "2026-03-30T08:00:00+07:00");

    world.host.set_clock("2026-03-30T01:30:00Z");
    assert_eq!(run_timer(&world)["missed"], 1);
    // Nothing is rejected before the days are over.
    world.host.set_clock("2026-04-06T16:59:30Z");
    assert_eq!(run_timer(&world)["rejected"], 0);
    let supplier = again(&world, &supplier);
    assert_eq!(supplier.status(&access.id()), "Menunggu Verifikasi");
    world.host.set_clock("2026-04-06T17:00:00Z");
    supplier
        .reschedule(&request)
        .problem(409, "meeting-window-over");
    let rejected = at_once(4, |_| run_timer(&world)["rejected"].as_u64().unwrap());
    assert_eq!(rejected.iter().sum::<u64>(), 1, "once, however many run");
    let listed = supplier.listed(&access.id());
    assert_eq!(listed["status_text"], "Ditolak");
    let reason = listed["rejection"].as_str().unwrap();
    assert!(reason.contains("tidak hadir pada rapat"), "{reason}");
    let last = world.database().history(&access.id()).pop().unwrap();
    assert_eq!(
        (last.kind.as_str(), last.actor.as_str()),
        ("request-rejected", "timer:close-meetings")
    );
    assert_eq!(last.data["decided_as"], "clock");
    assert_eq!(
        world.database().kinds(&request),
        [
            "meeting-scheduled",
            "meeting-missed",
            "meeting-moved",
            "meeting-missed"
        ]
    );
    // The same access may be asked for again, with a meeting of its own.
    let unit = access.0["work_unit"].as_str().unwrap();
    let mut form = supplier.form("PPK", &world.work_unit("BARAT"), LATER);
    form["work_unit"] = unit.into();
    let again = Access(supplier.try_register(&form).expect(201).json());
    assert_eq!(again.id(), access.id());
    assert_eq!(supplier.meeting(&again.request())["state"], "scheduled");

    let _ = world.drive("deliver-notifications").send().expect(200);
    let letters = mailbox.letters_to(&supplier.email);
    let subjects: Vec<_> = letters
        .iter()
        .map(|letter| letter.subject.as_str())
        .collect();
    for (subject, count) in [
        ("Jadwal rapat verifikasi Anda", 2),
        ("Jadwal rapat verifikasi Anda berubah", 1),
        ("Rapat verifikasi Anda terlewat", 2),
        ("Pengajuan Anda ditolak: lihat alasannya", 1),
    ] {
        let found = subjects.iter().filter(|s| **s == subject).count();
        assert_eq!(found, count, "{subject}: {subjects:#?}");
    }
    let first = letters
        .iter()
        .find(|l| l.subject == "Jadwal rapat verifikasi Anda")
        .unwrap();
    let words = first.words();
    assert!(
        words.contains("Jumat, 27 Maret 2026 pukul 15.30 WIB"),
        "{words}"
    );
    assert!(words.contains("Surat Tugas"), "{words}");
}

#[test]
fn mtg_4_who_was_called_and_does_not_come_may_look_for_another_time() {
    let world = world();
    let supplier = world.supplier();
    let access = supplier.register("PPK", &world.work_unit("BARAT"), LATER);
    let request = access.request();
    let path = format!("/api/requests/{request}/meeting/absence");
    let absence = |person: &Person| person.post(&path, &json!({}));
    let (verifier, colleague) = (world.verifier("BARAT"), world.new_verifier("BARAT", LATER));
    absence(&verifier).problem(409, "meeting-not-called");
    let _ = supplier.join(&request).expect(200);
    let called = verifier.call_next();
    // Called early; the meeting begins at 15.30.
    assert_eq!(called["absent_from"]["at"], "2026-03-27T15:40:00+07:00");
    world.host.set_clock("2026-03-27T08:39:30Z");
    let early = absence(&verifier).problem(409, "still-expected");
    assert_eq!(early["until"], "2026-03-27T15:40:00+07:00");
    // It is for those who verify it.
    absence(&supplier).problem(403, "not-a-verifier");
    absence(&world.verifier("TIMUR")).problem(404, "not-found");
    let unknown = format!("/api/requests/{}/meeting/absence", uuid::Uuid::now_v7());
    verifier
        .post(&unknown, &json!({}))
        .problem(404, "not-found");

    world.host.set_clock("2026-03-27T08:40:00Z");
    let marked = at_once(4, |number| {
        let who = [&verifier, &colleague][number % 2];
        absence(who).expect(200).json()
    });
    for meeting in marked {
        assert_eq!(meeting["state"], "missed", "{meeting:#}");
        for of_the_call in ["called", "room", "absent_from"] {
            assert!(meeting[of_the_call].is_null(), "{of_the_call}: {meeting:#}");
        }
    }
    let kinds = [
        "meeting-scheduled",
        "meeting-joined",
        "meeting-called",
        "meeting-missed",
    ];
    assert_eq!(world.database().kinds(&request), kinds);
    let mails = "SELECT count(*) FROM notification WHERE template = 'meeting-missed'";
    assert_eq!(world.database().number(mails), 1);
    // Nobody spoke with them, so nobody approves.
    verifier
        .try_approve(&request)
        .problem(409, "meeting-not-held");
    let moved = supplier.reschedule(&request).expect(200).json();
    assert_eq!(starts(&moved), "2026-03-30T08:00:00+07:00");
    absence(&verifier).problem(409, "meeting-not-called");
    verifier.reject(&request, "Surat Tugas tidak terbaca.");
    absence(&verifier).problem(409, "meeting-over");
}

#[test]
fn mtg_4_who_waited_in_vain_gets_another_time_and_is_not_rejected() {
    let world = world();
    let supplier = world.supplier();
    let access = supplier.register("PPK", &world.work_unit("BARAT"), LATER);
    let request = access.request();
    let _ = supplier.join(&request).expect(200);
    // Past its end they wait on; the verifiers still have the day.
    world.host.set_clock("2026-03-27T10:00:00Z");
    run_timer(&world);
    assert_eq!(supplier.waiting_room(&request)["place"], 1);
    // Midnight: it was the verifiers who did not come.
    world.host.set_clock("2026-03-27T17:00:00Z");
    let outcome = run_timer(&world);
    assert_eq!(
        (&outcome["postponed"], &outcome["scheduled"]),
        (&json!(1), &json!(1)),
        "{outcome}"
    );
    let supplier = again(&world, &supplier);
    let meeting = supplier.meeting(&request);
    assert_eq!(starts(&meeting), "2026-03-30T08:00:00+07:00");
    // Saturday is no day of the five; they are counted from then.
    assert_eq!(meeting["movable_until"]["at"], "2026-04-07T00:00:00+07:00");
    assert_eq!(
        world.database().kinds(&request),
        [
            "meeting-scheduled",
            "meeting-joined",
            "meeting-missed",
            "meeting-moved"
        ]
    );
}
