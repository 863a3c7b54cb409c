//! Every route of spin.toml, met by everybody who has no business there. The
//! list of routes is the manifest's; one that this file does not know is a
//! failing test.

use akses_tests::client::{Answer, Call, Client};
use akses_tests::host::{OPERATOR_TOKEN, Options, manifest_text};
use akses_tests::world::{Person, World};
use std::collections::BTreeSet;
use std::sync::LazyLock;
use toml::Table;

/// Who may use a route.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum For {
    /// Everybody.
    Anybody,
    /// Whoever is signed in.
    People,
    /// Whoever has a verifier's access that is in force.
    Verifiers,
    /// Whoever looks after an institution's accesses, in its own way: its VAI, its
    /// Kepala UKPBJ, the directorate.
    Officials,
    /// Whoever speaks for the directorate.
    Directorate,
    /// Whoever is a Kepala UKPBJ now.
    UkpbjHeads,
    /// Whoever has the operator's token.
    Operators,
}

/// A route, its one method, and whom it is for.
const ROUTES: &[(&str, &str, For)] = &[
    ("/api/sign-in", "POST", For::Anybody),
    ("/api/sign-out", "POST", For::People),
    ("/api/me", "GET", For::People),
    ("/api/me/service-number", "PUT", For::People),
    ("/api/sirup-link", "POST", For::People),
    ("/api/documents", "POST", For::People),
    ("/api/documents/:id", "GET", For::People),
    ("/api/registration-form", "GET", For::People),
    ("/api/drafts", "GET", For::People),
    ("/api/drafts/:role", "PUT", For::People),
    ("/api/drafts/:role/discard", "POST", For::People),
    ("/api/accesses/registration", "POST", For::People),
    ("/api/accesses", "GET", For::People),
    ("/api/accesses/:id/deactivation", "POST", For::People),
    ("/api/accesses/:id/reactivation", "POST", For::People),
    ("/api/accesses/:id/extension", "POST", For::People),
    ("/api/coming-wave", "GET", For::Officials),
    ("/api/appeals", "POST", For::Officials),
    ("/api/accesses/:id/successors", "GET", For::People),
    ("/api/accesses/:id/history", "GET", For::People),
    ("/api/accesses/:id/handover", "POST", For::People),
    ("/api/handovers", "GET", For::Officials),
    ("/api/handovers/:id/successor", "POST", For::People),
    ("/api/requests", "GET", For::Verifiers),
    ("/api/requests/:id/decision", "POST", For::Verifiers),
    ("/api/collective-template", "GET", For::People),
    ("/api/collective", "POST", For::UkpbjHeads),
    ("/api/collective/:id", "GET", For::People),
    ("/api/collective/:id/strike", "POST", For::People),
    ("/api/collective/:id/filing", "POST", For::People),
    ("/api/collective/:id/decision", "POST", For::Verifiers),
    ("/api/requests/:id/meeting", "GET", For::People),
    ("/api/requests/:id/meeting/reschedule", "POST", For::People),
    ("/api/requests/:id/meeting/join", "POST", For::People),
    ("/api/requests/:id/meeting/absence", "POST", For::Verifiers),
    ("/api/requests/:id/waiting-room", "GET", For::People),
    ("/api/meetings", "GET", For::Verifiers),
    ("/api/meetings/call-next", "POST", For::Verifiers),
    ("/api/substitutes/naming", "POST", For::Verifiers),
    ("/api/substitutes", "GET", For::People),
    ("/api/substitutes/:id/ending", "POST", For::People),
    ("/api/verifier-gaps", "GET", For::Officials),
    ("/api/cut-offs/plan", "POST", For::Directorate),
    ("/api/cut-offs/:id/change", "POST", For::Directorate),
    ("/api/cut-offs/:id/withdrawal", "POST", For::Directorate),
    ("/api/cut-offs", "GET", For::Directorate),
    ("/api/cut-offs/:id/preview", "GET", For::Directorate),
    ("/api/cut-offs/:id/report", "GET", For::Directorate),
    ("/api/why", "GET", For::People),
    ("/api/reference/:kind", "GET", For::People),
    ("/api/platforms", "GET", For::People),
    ("/api/platforms/:code/terms", "GET", For::People),
    ("/api/platforms/:code/acceptance", "POST", For::People),
    ("/api/platforms/:code/entry", "POST", For::People),
    ("/api/reset-procedure", "GET", For::People),
    ("/api/password-resets", "POST", For::People),
    ("/api/password-resets/:id", "GET", For::People),
    ("/api/password-resets/:id/advance", "POST", For::People),
    ("/api/password-resets/:id/preparation", "POST", For::People),
    ("/api/password-resets/:id/delivery", "POST", For::People),
    ("/api/password-resets/:id/letter", "POST", For::People),
    ("/api/password-resets/:id/signature", "POST", For::People),
    ("/api/password-resets/:id/dispatch", "POST", For::People),
    ("/api/password-resets/:id/return", "POST", For::People),
    ("/api/reset-board", "GET", For::People),
    ("/api/reset-report", "GET", For::People),
    ("/api/messages", "GET", For::People),
    ("/api/messages/:id/open", "POST", For::People),
    ("/api/message-pickups", "POST", For::Anybody),
    ("/api/pickup-codes", "POST", For::Anybody),
    ("/api/password", "POST", For::Anybody),
    ("/.well-known/jwks.json", "GET", For::Anybody),
    ("/api/seals/latest", "GET", For::Anybody),
    ("/api/openapi.json", "GET", For::Anybody),
    ("/api/documentation", "GET", For::Anybody),
    ("/internal/import/:kind", "POST", For::Operators),
    ("/internal/timers/expire-accesses", "POST", For::Operators),
    (
        "/internal/timers/deliver-notifications",
        "POST",
        For::Operators,
    ),
    ("/internal/timers/seal-record", "POST", For::Operators),
    ("/internal/timers/close-meetings", "POST", For::Operators),
    ("/internal/timers/remind-verifiers", "POST", For::Operators),
    ("/internal/timers/watch-verifiers", "POST", For::Operators),
    ("/internal/timers/remind-ends", "POST", For::Operators),
    ("/internal/timers/report-unassigned", "POST", For::Operators),
    ("/health", "GET", For::Anybody),
    ("/...", "GET", For::Anybody),
];

/// Without the gate: operators bring their own key, and `/health` has nothing to
/// hide and must answer when sessions cannot be read.
const BESIDE_THE_GATE: [&str; 10] = [
    "/internal/import/:kind",
    "/internal/timers/expire-accesses",
    "/internal/timers/deliver-notifications",
    "/internal/timers/seal-record",
    "/internal/timers/close-meetings",
    "/internal/timers/remind-verifiers",
    "/internal/timers/watch-verifiers",
    "/internal/timers/remind-ends",
    "/internal/timers/report-unassigned",
    "/health",
];

const METHODS: [&str; 6] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/// What only the gate may say.
const IDENTITY_HEADERS: [&str; 3] = ["x-akses-account", "x-akses-session", "x-akses-csrf"];

const SECURITY_HEADERS: [&str; 7] = [
    "x-content-type-options",
    "x-frame-options",
    "referrer-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "permissions-policy",
    "content-security-policy",
];

/// A session lasts twelve hours.
const AFTER_A_SESSION: &str = "2026-03-27T19:10:30Z";

static WORLD: LazyLock<World> = LazyLock::new(World::new);

#[derive(Clone, Copy)]
struct Route {
    route: &'static str,
    method: &'static str,
    whom: For,
}

fn routes() -> impl Iterator<Item = Route> {
    ROUTES.iter().map(|(route, method, whom)| Route {
        route,
        method,
        whom: *whom,
    })
}

impl Route {
    fn path(self) -> String {
        self.route
            .replace(":kind", "roles")
            .replace(":role", "PPK")
            .replace(":code", "TIADA")
            .replace(":id", "019d2e33-0000-7000-8000-000000000000")
            .replace("/...", "/")
    }

    fn call(self, client: &Client) -> Call {
        self.call_by(client, self.method)
    }

    fn call_by(self, client: &Client, method: &str) -> Call {
        let call = client.call(method, &self.path());
        if matches!(method, "POST" | "PUT" | "PATCH") {
            call.body("{}")
        } else {
            call
        }
    }

    fn is_gated(self) -> bool {
        !BESIDE_THE_GATE.contains(&self.route)
    }

    /// A person without an office is refused.
    fn is_of_officials(self) -> bool {
        matches!(
            self.whom,
            For::Verifiers | For::Officials | For::Directorate | For::UkpbjHeads
        )
    }

    fn changes(self) -> bool {
        self.method != "GET"
    }

    /// How it turns somebody away who is nobody.
    #[track_caller]
    fn refuses_nobody(self, answer: &Answer) {
        match self.whom {
            For::Anybody => self.is_not_refused(answer),
            For::People | For::Verifiers | For::Officials | For::Directorate | For::UkpbjHeads => {
                answer.problem(401, "not-signed-in");
                assert_eq!(
                    answer.text("www-authenticate"),
                    "Bearer",
                    "{}",
                    answer.shown()
                );
            }
            For::Operators => {
                answer.problem(401, "not-an-operator");
            }
        }
    }

    /// It may be about something else, but not about who asks.
    #[track_caller]
    fn is_not_refused(self, answer: &Answer) {
        assert!(
            ![401, 403, 500].contains(&answer.status),
            "{}",
            answer.shown()
        );
    }
}

fn a_person() -> Person {
    WORLD.person()
}

#[test]
fn every_route_of_the_manifest_is_in_this_test() {
    let manifest: Table = manifest_text().parse().unwrap();
    let triggers = manifest["trigger"]["http"].as_array().unwrap();
    let listed: BTreeSet<_> = triggers
        .iter()
        .map(|trigger| trigger["route"].as_str().unwrap())
        .collect();
    let known: BTreeSet<_> = routes().map(|route| route.route).collect();
    assert_eq!(
        listed, known,
        "a route of spin.toml and this file's table differ"
    );
    assert_eq!(listed.len(), triggers.len(), "a route is listed twice");
}

#[test]
fn every_route_stands_behind_the_gate_or_is_named_here() {
    let manifest: Table = manifest_text().parse().unwrap();
    for trigger in manifest["trigger"]["http"].as_array().unwrap() {
        let route = trigger["route"].as_str().unwrap();
        let outermost = trigger
            .get("dependencies")
            .and_then(|dependencies| dependencies["middleware"][0]["component"].as_str());
        let expected = if BESIDE_THE_GATE.contains(&route) {
            None
        } else {
            Some("gate")
        };
        assert_eq!(outermost, expected, "{route}");
    }
}

#[test]
fn nobody_gets_past_a_route_for_people() {
    for route in routes() {
        route.refuses_nobody(&route.call(WORLD.client()).send());
    }
}

#[test]
fn a_wrong_role_is_refused() {
    let person = a_person();
    // Signing out comes last, because it ends the session that the others need.
    let (last, others): (Vec<_>, Vec<_>) =
        routes().partition(|route| route.route == "/api/sign-out");
    for route in others.into_iter().chain(last) {
        let answer = route.call(WORLD.client()).bearer(&person.token).send();
        match route.whom {
            For::Verifiers => _ = answer.problem(403, "not-a-verifier"),
            For::Officials => _ = answer.problem(403, "not-an-official"),
            For::Directorate => _ = answer.problem(403, "not-the-directorate"),
            For::UkpbjHeads => _ = answer.problem(403, "not-a-ukpbj-head"),
            For::Operators => _ = answer.problem(401, "not-an-operator"),
            For::People | For::Anybody => route.is_not_refused(&answer),
        }
    }
}

#[test]
fn a_wrong_method_is_refused_and_told_the_right_one() {
    let person = a_person();
    for route in routes() {
        let token = if route.whom == For::Operators {
            OPERATOR_TOKEN
        } else {
            &person.token
        };
        let fits =
            |method: &str| method == route.method || (method == "HEAD" && route.method == "GET");
        for method in METHODS.into_iter().filter(|method| !fits(method)) {
            let answer = route.call_by(WORLD.client(), method).bearer(token).send();
            assert_eq!(
                answer.status,
                405,
                "{method} {}\n{}",
                route.route,
                answer.shown()
            );
            let allowed = if route.method == "GET" {
                "GET, HEAD"
            } else {
                route.method
            };
            assert_eq!(answer.text("allow"), allowed, "{method} {}", route.route);
            if method != "HEAD" {
                answer.problem(405, "method-not-allowed");
            }
        }
    }
}

#[test]
fn head_is_get_without_the_body() {
    let person = a_person();
    for route in routes().filter(|route| route.method == "GET" && !route.is_of_officials()) {
        let get = route.call(WORLD.client()).bearer(&person.token).send();
        let head = route
            .call_by(WORLD.client(), "HEAD")
            .bearer(&person.token)
            .send();
        assert_eq!(head.status, get.status, "{}", head.shown());
        assert!(head.body.is_empty(), "{}", head.shown());
        assert_eq!(
            head.text("content-type"),
            get.text("content-type"),
            "{}",
            route.route
        );
    }
}

#[test]
fn a_bearer_token_that_is_none_is_refused_at_once() {
    let tokens = [
        "x".to_owned(),
        "0".repeat(64),
        "f".repeat(65),
        "'; DROP TABLE event".to_owned(),
    ];
    for route in routes() {
        for token in &tokens {
            let answer = route.call(WORLD.client()).bearer(token).send();
            match route.whom {
                For::Operators => _ = answer.problem(401, "not-an-operator"),
                _ if route.is_gated() => _ = answer.problem(401, "not-signed-in"),
                _ => route.is_not_refused(&answer),
            }
        }
    }
}

#[test]
fn a_cookie_that_is_none_counts_as_nobody() {
    for route in routes() {
        for token in ["x".to_owned(), "0".repeat(64)] {
            route.refuses_nobody(&route.call(WORLD.client()).cookie(&token).send());
        }
    }
}

#[test]
fn an_expired_session_is_nobody() {
    let world = World::with(Options::default());
    let person = world.person();
    let _ = person.get("/api/me").expect(200);
    world.host.set_clock(AFTER_A_SESSION);
    for route in routes() {
        let by_cookie = route.call(world.client()).cookie(&person.token).send();
        route.refuses_nobody(&by_cookie);
        let by_token = route.call(world.client()).bearer(&person.token).send();
        if route.is_gated() {
            by_token.problem(401, "not-signed-in");
        } else {
            route.refuses_nobody(&by_token);
        }
    }
}

#[test]
fn identity_headers_from_outside_say_nothing() {
    let verifier = WORLD.verifier("BARAT");
    let person = a_person();
    for route in routes() {
        let mut call = route.call(WORLD.client());
        for name in IDENTITY_HEADERS {
            call = call
                .header(name, &verifier.account)
                .header(&name.to_uppercase(), &verifier.account);
        }
        route.refuses_nobody(&call.clone().send());
        if route.whom == For::Verifiers {
            call.bearer(&person.token)
                .send()
                .problem(403, "not-a-verifier");
        }
    }
    let me = person
        .call("GET", "/api/me")
        .header("x-akses-account", &verifier.account);
    let me = me.header("x-akses-csrf", "mine").send().expect(200).json();
    assert_eq!(me["id"], person.account);
    assert_eq!(me["csrf_token"], person.csrf);
}

#[test]
fn a_change_by_cookie_needs_the_token_of_our_own_page() {
    let verifier = WORLD.new_verifier("BARAT", "2027-12-31");
    WORLD.carry_over(&verifier, "KUKPBJ", &WORLD.work_unit("BARAT"), "2027-12-31");
    for route in routes().filter(|route| route.changes() && route.is_gated()) {
        let by_cookie = || route.call(WORLD.client()).cookie(&verifier.token);
        if route.route == "/api/sign-in" {
            // Signing in needs no session, so a stale one does not hinder it.
            route.is_not_refused(&by_cookie().send());
            continue;
        }
        by_cookie().send().problem(403, "csrf-token");
        by_cookie()
            .header("x-csrf-token", "")
            .send()
            .problem(403, "csrf-token");
        by_cookie()
            .header("x-csrf-token", &"0".repeat(64))
            .send()
            .problem(403, "csrf-token");
        let own = || by_cookie().header("x-csrf-token", &verifier.csrf).send();
        if route.whom == For::Directorate {
            own().problem(403, "not-the-directorate");
        } else if route.route != "/api/sign-out" {
            route.is_not_refused(&own());
        }
    }
    let sign_out = WORLD.client().post("/api/sign-out").cookie(&verifier.token);
    let _ = sign_out
        .header("x-csrf-token", &verifier.csrf)
        .send()
        .expect(204);
}

#[test]
fn no_change_comes_from_another_site() {
    let person = WORLD.new_verifier("TENGAH", "2027-12-31");
    WORLD.carry_over(&person, "KUKPBJ", &WORLD.work_unit("TENGAH"), "2027-12-31");
    let here = WORLD.client().base();
    for route in routes().filter(|route| route.changes() && route.is_gated()) {
        for (header, value) in [
            ("origin", "https://penipu.example"),
            ("origin", "null"),
            ("origin", "http://127.0.0.1:1"),
            ("sec-fetch-site", "cross-site"),
        ] {
            let call = || route.call(WORLD.client()).header(header, value);
            call().send().problem(403, "foreign-site");
            call()
                .bearer(&person.token)
                .send()
                .problem(403, "foreign-site");
            let own = call()
                .cookie(&person.token)
                .header("x-csrf-token", &person.csrf)
                .send();
            own.problem(403, "foreign-site");
        }
        if route.route != "/api/sign-out" && route.whom != For::Directorate {
            let own = route.call(WORLD.client()).bearer(&person.token);
            let own = own
                .header("origin", &here)
                .header("sec-fetch-site", "same-origin")
                .send();
            assert_ne!(own.status, 403, "{}", own.shown());
        }
    }
    // Reading shows nothing to another site, so a link may lead here.
    let link = WORLD.client().get("/api/me").cookie(&person.token);
    let _ = link
        .header("sec-fetch-site", "cross-site")
        .send()
        .expect(200);
}

#[test]
fn every_answer_is_hardened_and_has_an_id_of_its_own() {
    let person = a_person();
    let mut ids = BTreeSet::new();
    for route in routes().filter(|route| route.is_gated()) {
        let answers = [
            route.call(WORLD.client()).send(),
            route.call(WORLD.client()).bearer("nobody").send(),
            route.call_by(WORLD.client(), "PATCH").send(),
            route
                .call(WORLD.client())
                .header("origin", "https://penipu.example")
                .send(),
            route
                .call(WORLD.client())
                .header("x-request-id", "mine")
                .bearer(&person.token)
                .send(),
        ];
        for answer in answers {
            for header in SECURITY_HEADERS {
                assert!(
                    !answer.text(header).is_empty(),
                    "{header} is missing\n{}",
                    answer.shown()
                );
            }
            if route.path().starts_with("/api/") {
                assert_eq!(
                    answer.text("cache-control"),
                    "no-store",
                    "{}",
                    answer.shown()
                );
            }
            let id = answer.text("x-request-id").to_owned();
            assert_eq!(id.len(), 36, "{}", answer.shown());
            assert!(ids.insert(id), "an id repeats\n{}", answer.shown());
        }
    }
}

#[test]
fn problems_name_the_request_they_are_about() {
    let answer = WORLD.client().get("/api/me").send();
    let problem = answer.problem(401, "not-signed-in");
    assert_eq!(
        problem["instance"],
        format!("urn:uuid:{}", answer.text("x-request-id"))
    );
}

#[test]
fn without_an_operators_token_the_internal_routes_are_not_there() {
    let world = World::empty(akses_tests::host::Host::start(
        Options::default().variable("operator_token", ""),
    ));
    for route in routes().filter(|route| route.whom == For::Operators) {
        for token in ["", OPERATOR_TOKEN] {
            route
                .call(world.client())
                .bearer(token)
                .send()
                .problem(404, "not-found");
        }
        route.call(world.client()).send().problem(404, "not-found");
    }
}
