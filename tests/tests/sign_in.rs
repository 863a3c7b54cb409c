//! `/api/sign-in`, `/api/sign-out`, `/api/me`.

use akses_tests::client::Answer;
use akses_tests::crowd::at_once;
use akses_tests::host::{Host, Options, START};
use akses_tests::world::{PASSWORD, World, text};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

static WORLD: LazyLock<World> = LazyLock::new(World::new);

/// Failures in a row before an account rests.
const FAILURES_MAX: usize = 5;

/// A rest of 15 minutes, and a little.
const AFTER_THE_REST: &str = "2026-03-27T07:26:00Z";

/// Sessions last twelve hours.
const A_DAY_LATER: &str = "2026-03-28T07:10:00Z";

const TWO_DAYS_LATER: &str = "2026-03-29T07:10:00Z";

/// Everything of an answer that a stranger can tell two of them apart by.
fn looks(answer: &Answer) -> (u16, BTreeMap<String, String>, Value) {
    let mut headers: BTreeMap<_, _> = answer
        .headers
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    headers.remove("x-request-id");
    headers.remove("date");
    let mut body = answer.json();
    body.as_object_mut().unwrap().remove("instance");
    (answer.status, headers, body)
}

/// The same, when it may say how many seconds are left, which pass meanwhile.
fn looks_at_rest(answer: &Answer) -> (u16, BTreeMap<String, String>, Value) {
    let (status, mut headers, body) = looks(answer);
    let _ = headers.remove("retry-after");
    (status, headers, body)
}

#[test]
fn a_wrong_password_and_an_unknown_address_look_the_same() {
    let person = WORLD.person();
    let wrong = WORLD.try_sign_in(&person.email, "bukan-kata-sandi-saya");
    wrong.problem(401, "wrong-credentials");
    for (email, password) in [
        ("tidak-ada@contoh.example", PASSWORD),
        ("tidak-ada@contoh.example", "bukan-kata-sandi-saya"),
        ("bukan alamat", PASSWORD),
        ("", ""),
        (&person.email, ""),
        (&person.email, &"x".repeat(300)),
    ] {
        let answer = WORLD.try_sign_in(email, password);
        assert_eq!(looks(&answer), looks(&wrong), "{email}");
    }
}

#[test]
fn an_address_is_known_in_any_case_and_a_password_only_as_it_is() {
    let person = WORLD.person();
    let _ = WORLD
        .try_sign_in(&person.email.to_uppercase(), PASSWORD)
        .expect(200);
    let _ = WORLD
        .try_sign_in(&format!("  {} ", person.email), PASSWORD)
        .expect(200);
    WORLD
        .try_sign_in(&person.email, &PASSWORD.to_uppercase())
        .problem(401, "wrong-credentials");
}

#[test]
fn after_five_failures_an_account_rests_and_works_again_after_the_rest() {
    let world = World::new();
    let person = world.person();
    for _ in 0..FAILURES_MAX {
        world
            .try_sign_in(&person.email, "salah")
            .problem(401, "wrong-credentials");
    }
    for password in ["salah", PASSWORD] {
        let answer = world.try_sign_in(&person.email, password);
        answer.problem(429, "too-many-attempts");
        let seconds: u32 = answer.text("retry-after").parse().unwrap();
        assert!((1..=901).contains(&seconds), "{}", answer.shown());
    }
    // Whoever is signed in stays it.
    let _ = person.get("/api/me").expect(200);
    world.host.set_clock(AFTER_THE_REST);
    // One slip after the rest does not begin the next.
    world
        .try_sign_in(&person.email, "salah")
        .problem(401, "wrong-credentials");
    let _ = world.try_sign_in(&person.email, PASSWORD).expect(200);
    // A success ends the row of failures.
    for _ in 0..FAILURES_MAX - 1 {
        world
            .try_sign_in(&person.email, "salah")
            .problem(401, "wrong-credentials");
    }
    let _ = world.try_sign_in(&person.email, PASSWORD).expect(200);
}

/// Twice as many guesses as there are, then a right one, then all over after the rest.
#[test]
fn an_unknown_address_rests_as_an_account_does_and_looks_the_same_all_the_way() {
    let world = World::new();
    let person = world.person();
    let unknown = format!("bukan-{}", person.email);
    let walk = |spellings: [&str; 3]| -> Vec<_> {
        let tries = (0..2 * FAILURES_MAX).map(|number| (spellings[number % 3], "salah"));
        let tries = tries.chain([(spellings[0], PASSWORD)]);
        let at_first: Vec<_> = tries
            .map(|(email, password)| looks_at_rest(&world.try_sign_in(email, password)))
            .collect();
        world.host.set_clock(AFTER_THE_REST);
        let afterwards = looks_at_rest(&world.try_sign_in(spellings[0], "salah"));
        at_first.into_iter().chain([afterwards]).collect()
    };
    let upper = (person.email.to_uppercase(), unknown.to_uppercase());
    let blank = (format!(" {} ", person.email), format!(" {unknown} "));
    let known = walk([&person.email, &upper.0, &blank.0]);
    world.host.set_clock(START);
    let strange = walk([&unknown, &upper.1, &blank.1]);
    let statuses: Vec<_> = known.iter().map(|(status, ..)| *status).collect();
    assert_eq!(
        statuses,
        [401, 401, 401, 401, 401, 429, 429, 429, 429, 429, 429, 401]
    );
    assert_eq!(known, strange);
    // What was typed is not kept.
    let kept = "SELECT count(*) FROM attempt WHERE holder LIKE '%@%'";
    assert_eq!(world.database().number(kept), 0);
    assert_eq!(world.database().number("SELECT count(*) FROM attempt"), 1);
}

/// Many guesses at this address at once, of which as many are judged as of one after
/// the other.
fn guess_in_a_crowd(email: &str) {
    let answers = at_once(16, |number| {
        WORLD.try_sign_in(email, &format!("tebakan-{number}"))
    });
    let judged = answers.iter().filter(|answer| answer.status == 401).count();
    assert_eq!(judged, FAILURES_MAX);
    for answer in answers.iter().filter(|answer| answer.status != 401) {
        answer.problem(429, "too-many-attempts");
    }
}

#[test]
fn a_crowd_that_guesses_an_unknown_address_is_answered_as_one_of_a_known() {
    guess_in_a_crowd("kerumunan@contoh.example");
}

#[test]
fn a_crowd_of_guesses_gets_no_further_than_a_single_one() {
    let person = WORLD.person();
    guess_in_a_crowd(&person.email);
    let failures = WORLD.database().kinds(&person.account);
    assert_eq!(
        failures
            .iter()
            .filter(|kind| *kind == "sign-in-failed")
            .count(),
        FAILURES_MAX
    );
}

#[test]
fn signing_in_anew_ends_the_session_before() {
    let person = WORLD.person();
    let body = json!({ "email": person.email, "password": PASSWORD });
    let answer = WORLD
        .client()
        .post("/api/sign-in")
        .cookie(&person.token)
        .json(&body)
        .send()
        .expect(200);
    person.get("/api/me").problem(401, "not-signed-in");
    let token = text(&answer.json()["token"]);
    let _ = WORLD
        .client()
        .get("/api/me")
        .bearer(&token)
        .send()
        .expect(200);
}

#[test]
fn a_planted_second_cookie_makes_nobody_of_somebody() {
    let (person, attacker) = (WORLD.person(), WORLD.person());
    let [mine, planted] = [&person, &attacker].map(|p| format!("akses_session={}", p.token));
    for cookies in [format!("{planted}; {mine}"), format!("{mine}; {planted}")] {
        WORLD
            .client()
            .get("/api/me")
            .header("cookie", &cookies)
            .send()
            .problem(401, "not-signed-in");
    }
}

/// What one password hash takes, and the instance around it.
const HASH_KIB: u64 = 9 * 1024;

/// The most memory that the service had resident since the mark was taken back.
fn peak_kib(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[test]
fn a_crowd_that_signs_in_takes_memory_for_as_many_as_are_served_at_once() {
    let world = World::with(Options::default());
    let process = world.host.process_id();
    // Everything that one sign-in leaves behind is there before the mark.
    let stranger = |number: usize| format!("tidak-ada-{number}@contoh.example");
    let _ = world.try_sign_in(&stranger(0), PASSWORD);
    std::fs::write(format!("/proc/{process}/clear_refs"), "5").unwrap();
    let before = peak_kib(process);
    let cores = std::thread::available_parallelism().unwrap().get();
    let crowd = 16 * cores;
    for answer in at_once(crowd, |number| {
        world.try_sign_in(&stranger(number), PASSWORD)
    }) {
        answer.problem(401, "wrong-credentials");
    }
    let grown = peak_kib(process).saturating_sub(before);
    // One hash on each core, and of each one that begins before memory is given back.
    let bound = 4 * cores as u64 * HASH_KIB;
    assert!(
        grown < bound,
        "{crowd} people took {grown} KiB, more than {bound}"
    );
}

#[test]
fn signing_out_ends_that_session_at_once_and_no_other() {
    let person = WORLD.person();
    let elsewhere = WORLD.sign_in(&person.email);
    let answer = person.call("POST", "/api/sign-out").send().expect(204);
    assert!(
        answer.text("set-cookie").contains("Max-Age=0"),
        "{}",
        answer.shown()
    );
    person.get("/api/me").problem(401, "not-signed-in");
    WORLD
        .client()
        .get("/api/me")
        .cookie(&person.token)
        .send()
        .problem(401, "not-signed-in");
    person
        .call("POST", "/api/sign-out")
        .send()
        .problem(401, "not-signed-in");
    let _ = elsewhere.get("/api/me").expect(200);
}

#[test]
fn a_browser_gets_a_cookie_that_no_script_reads() {
    let person = WORLD.person();
    let answer = WORLD.try_sign_in(&person.email, PASSWORD).expect(200);
    let token = text(&answer.json()["token"]);
    let cookie = answer.text("set-cookie").to_owned();
    let attributes: Vec<_> = cookie.split("; ").collect();
    assert_eq!(attributes[0], format!("akses_session={token}"));
    for attribute in ["Path=/", "HttpOnly", "SameSite=Lax", "Max-Age=43200"] {
        assert!(attributes.contains(&attribute), "{cookie}");
    }
    let me = WORLD
        .client()
        .get("/api/me")
        .cookie(&token)
        .send()
        .expect(200)
        .json();
    assert_eq!(me["id"], person.account);
    assert_eq!(me["csrf_token"], answer.json()["csrf_token"]);
    assert_eq!(me["is_verifier"], false);
    assert_eq!(
        WORLD.verifier("BARAT").get("/api/me").expect(200).json()["is_verifier"],
        true
    );
}

#[test]
fn over_tls_the_cookie_is_for_tls_only() {
    let options = Options::default().variable("public_origin", "https://akses.example");
    let world = World::empty(Host::start(options));
    let row = format!("email,name,password,nip\nsatu@contoh.example,Orang Contoh,{PASSWORD},\n");
    world.import("accounts", &row);
    let answer = world
        .try_sign_in("satu@contoh.example", PASSWORD)
        .expect(200);
    assert!(
        answer
            .text("set-cookie")
            .split("; ")
            .any(|attribute| attribute == "Secure")
    );
}

#[test]
fn no_token_and_no_password_is_stored() {
    let person = WORLD.person();
    let database = WORLD.database();
    assert!(
        database
            .keys()
            .iter()
            .all(|key| !key.contains(&person.token))
    );
    for table in ["event", "account"] {
        let column = if table == "event" {
            "data"
        } else {
            "password_hash"
        };
        for secret in [PASSWORD, &person.token] {
            let found =
                format!("SELECT count(*) FROM {table} WHERE instr({column}, '{secret}') > 0");
            assert_eq!(database.number(&found), 0, "{table}");
        }
    }
    let hash = database.text(&format!(
        "SELECT password_hash FROM account WHERE id = '{}'",
        person.account
    ));
    assert!(hash.unwrap().starts_with("$argon2id$v=19$m=7168,t=5,p=1$"));
}

/// Sessions in key-value storage.
fn sessions(world: &World) -> BTreeSet<String> {
    let keys = world.database().keys().into_iter();
    keys.filter(|key| key.starts_with("session/")).collect()
}

#[test]
fn who_signs_in_takes_away_sessions_that_ended() {
    let world = World::new();
    let person = world.person();
    for _ in 0..4 {
        let _ = world.sign_in(&person.email);
    }
    let ended = sessions(&world);
    assert!(ended.len() > 4, "{ended:?}");
    world.host.set_clock(A_DAY_LATER);
    // Each takes away two, so that their number falls.
    for signed_in in 1..=ended.len().div_ceil(2) {
        let left = sessions(&world).len();
        let _ = world.sign_in(&person.email);
        let gone = left + 1 - sessions(&world).len();
        assert_eq!(gone, 2.min(left + 1 - signed_in), "{signed_in}");
    }
    let now = sessions(&world);
    assert!(ended.is_disjoint(&now), "{ended:?} {now:?}");
    // Of many at the same moment each takes others.
    world.host.set_clock(TWO_DAYS_LATER);
    let _ = at_once(now.len(), |_| world.sign_in(&person.email));
    let ended = now;
    let now = sessions(&world);
    assert!(ended.is_disjoint(&now), "{ended:?} {now:?}");
    let ends = "SELECT count(*) FROM session_end";
    assert_eq!(world.database().number(ends), now.len() as i64);
    let _ = world.sign_in(&person.email).get("/api/me").expect(200);
}

#[test]
fn every_attempt_is_recorded() {
    let person = WORLD.person();
    WORLD
        .try_sign_in(&person.email, "salah")
        .problem(401, "wrong-credentials");
    let _ = WORLD.try_sign_in(&person.email, PASSWORD).expect(200);
    assert_eq!(
        WORLD.database().kinds(&person.account),
        [
            "account-recorded",
            "signed-in",
            "sign-in-failed",
            "signed-in"
        ]
    );
    let body = json!({ "email": person.email, "password": PASSWORD, "remember": true });
    WORLD
        .client()
        .post("/api/sign-in")
        .json(&body)
        .send()
        .names_field(422, "invalid-field", "remember");
}
