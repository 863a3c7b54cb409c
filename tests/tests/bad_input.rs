//! What people and programs send by mistake or on purpose. Each time: the right
//! status, a problem in Indonesian that names the field, and nothing stored.

use akses_tests::client::Answer;
use akses_tests::pdf;
use akses_tests::world::{LATER, Person, WorkUnit, World, text};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

const DECREE_BYTES_MAX: usize = 2_097_152;
const JSON_BYTES_MAX: usize = 16 * 1024;
const SOCKET_TIMEOUT: Duration = Duration::from_secs(45);

/// Whoever counts what is stored is alone while counting.
static ROOM: LazyLock<Mutex<Room>> = LazyLock::new(|| Mutex::new(Room::furnish()));

struct Room {
    world: World,
    person: Person,
    unit: WorkUnit,
    /// Active, and its owner's.
    active: String,
    /// Given up, and its owner's.
    inactive: String,
    /// Of somebody else, at the same unit.
    request: String,
    verifier: Person,
    document: String,
}

impl Room {
    fn furnish() -> Self {
        let world = World::new();
        let person = world.person();
        let unit = world.work_unit("BARAT");
        let verifier = world.verifier("BARAT");
        let active = verifier
            .approve(&person.register("PP", &unit, LATER).request())
            .id();
        let inactive = verifier
            .approve(&person.register("PA", &unit, LATER).request())
            .id();
        person.deactivate(&inactive);
        let request = world.person().register("PPK", &unit, LATER).request();
        let document = person.upload_decree();
        Self {
            person,
            unit,
            active,
            inactive,
            request,
            verifier,
            document,
            world,
        }
    }

    fn enter() -> MutexGuard<'static, Self> {
        ROOM.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something that must leave everything as it was.
    #[track_caller]
    fn unchanged<T>(&self, act: impl FnOnce() -> T) -> T {
        let before = self.world.database().everything();
        let answer = act();
        assert_eq!(
            self.world.database().everything(),
            before,
            "something was stored"
        );
        answer
    }

    fn registration(&self) -> Value {
        json!({
            "role": "PPK",
            "institution": self.unit.institution,
            "work_unit": self.unit.id,
            "valid_until": LATER,
            "document": self.document,
            "confirmed": true,
        })
    }

    fn reactivation(&self) -> Value {
        json!({ "valid_until": LATER, "document": self.document })
    }

    /// Every form that people send, as it would be accepted.
    fn forms(&self) -> Vec<(&Person, String, Value)> {
        vec![
            (
                &self.person,
                "/api/accesses/registration".to_owned(),
                self.registration(),
            ),
            (
                &self.person,
                format!("/api/accesses/{}/deactivation", self.active),
                json!({ "handover": { "kind": "none-open" } }),
            ),
            (
                &self.person,
                format!("/api/accesses/{}/reactivation", self.inactive),
                self.reactivation(),
            ),
            (
                &self.verifier,
                format!("/api/requests/{}/decision", self.request),
                json!({ "decision": "reject", "reason": "SK tidak terbaca." }),
            ),
        ]
    }
}

fn png() -> Vec<u8> {
    let mut png =
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89".to_vec();
    png.extend([0; 64]);
    png
}

#[test]
fn reg_4_what_is_no_decree_is_refused_by_its_content() {
    let room = Room::enter();
    let whole = pdf::decree_of(60_000);
    let mut patched = pdf::decree("x");
    let at = patched
        .windows(9)
        .position(|window| window == b"startxref")
        .unwrap();
    patched.truncate(at);
    for (content, kind) in [
        (Vec::new(), "empty-document"),
        (png(), "not-a-pdf"),
        (b"PK\x03\x04 surat.docx".to_vec(), "not-a-pdf"),
        (b"%PDF-1.4\n".to_vec(), "damaged-pdf"),
        (whole[..whole.len() / 2].to_vec(), "damaged-pdf"),
        (whole[..whole.len() - 40].to_vec(), "damaged-pdf"),
        (patched, "damaged-pdf"),
        (vec![0; 5_000], "not-a-pdf"),
    ] {
        let answer = room.unchanged(|| room.person.upload("sk.pdf", &content));
        answer.names_field(422, kind, "document");
    }
}

#[test]
fn reg_4_a_decree_has_at_most_2097152_bytes() {
    let room = Room::enter();
    let larger = pdf::decree_of(DECREE_BYTES_MAX + 1);
    let answer = room.unchanged(|| room.person.upload("sk.pdf", &larger));
    answer.names_field(413, "too-large", "body");
    let answer = room.unchanged(|| {
        raw_upload(
            &room,
            "Transfer-Encoding: chunked\r\n",
            &chunked(&larger),
            Then::Waits,
        )
    });
    assert_eq!(status(&answer), 413, "{answer}");
    // Exactly at the bound it is taken, in parts.
    let before = room.world.database().everything();
    let exact = pdf::decree_of(DECREE_BYTES_MAX);
    let stored = room.person.upload("sk.pdf", &exact).expect(201).json();
    assert_eq!(stored["size_bytes"], DECREE_BYTES_MAX);
    let after = room.world.database().everything();
    assert_eq!(after["event"], before["event"] + 1);
    assert_eq!(after["document"], before["document"] + 1);
    assert_eq!(
        after["key-value document"],
        before["key-value document"] + 3
    );
}

#[test]
fn reg_4_a_name_that_cannot_be_shown_is_refused() {
    let room = Room::enter();
    let content = pdf::decree("x");
    for name in [
        "a".repeat(121),
        "a%00b.pdf".to_owned(),
        "a%0D%0Ab.pdf".to_owned(),
    ] {
        let answer = room.unchanged(|| room.person.upload(&name, &content));
        assert_eq!(answer.status, 422, "{}", answer.shown());
        assert_eq!(
            answer.json()["errors"][0]["field"],
            "name",
            "{}",
            answer.shown()
        );
    }
}

/// Whether the sender says that nothing more comes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Then {
    Waits,
    HangsUp,
}

/// Sends an upload byte by byte as given and answers what comes back, which may
/// be nothing.
fn raw_upload(room: &Room, length_headers: &str, body: &[u8], then: Then) -> String {
    let authority = room.world.client().authority();
    let mut socket = TcpStream::connect(&authority).unwrap();
    socket.set_read_timeout(Some(SOCKET_TIMEOUT)).unwrap();
    let head = format!(
        "POST /api/documents?name=sk.pdf HTTP/1.1\r\nHost: {authority}\r\n\
         Authorization: Bearer {}\r\nConnection: close\r\n{length_headers}\r\n",
        room.person.token
    );
    socket.write_all(head.as_bytes()).unwrap();
    // A server that has refused already may have closed its side.
    let _ = socket.write_all(body);
    if then == Then::HangsUp {
        let _ = socket.shutdown(Shutdown::Write);
    }
    let mut answer = Vec::new();
    let _ = socket.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

fn status(answer: &str) -> u16 {
    answer
        .split(' ')
        .nth(1)
        .and_then(|code| code.parse().ok())
        .unwrap_or(0)
}

fn chunked(body: &[u8]) -> Vec<u8> {
    let mut chunks: Vec<u8> = body
        .chunks(50_000)
        .flat_map(|chunk| [format!("{:x}\r\n", chunk.len()).as_bytes(), chunk, b"\r\n"].concat())
        .collect();
    chunks.extend(b"0\r\n\r\n");
    chunks
}

#[test]
fn a_declared_length_that_lies_stores_nothing() {
    let room = Room::enter();
    let whole = pdf::decree("Panjang yang benar");
    let half = &whole[..whole.len() / 2];
    let length_of = |text: &str| format!("Content-Length: {text}\r\n");
    let length = |bytes: usize| length_of(&bytes.to_string());
    let length_of_chunks = || "Transfer-Encoding: chunked\r\n".to_owned();
    let unfinished = &chunked(&whole)[..300];
    for (what, headers, body, then) in [
        (
            "fewer bytes than declared",
            length(whole.len()),
            half,
            Then::HangsUp,
        ),
        ("far fewer", length(DECREE_BYTES_MAX), half, Then::HangsUp),
        ("none", length(100), &[][..], Then::HangsUp),
        (
            "more bytes than declared",
            length(half.len()),
            &whole,
            Then::Waits,
        ),
        (
            "more than is ever read",
            length(3_000_000_000),
            half,
            Then::Waits,
        ),
        (
            "more than a number holds",
            length_of("99999999999999999999999"),
            half,
            Then::Waits,
        ),
        ("a negative number", length_of("-5"), half, Then::Waits),
        (
            "two lengths",
            length(100) + &length(whole.len()),
            &whole,
            Then::Waits,
        ),
        (
            "chunks without their end",
            length_of_chunks(),
            unfinished,
            Then::HangsUp,
        ),
        (
            "chunks that are none",
            length_of_chunks(),
            &whole,
            Then::Waits,
        ),
        (
            "neither length nor chunks",
            String::new(),
            &whole,
            Then::Waits,
        ),
    ] {
        let answer = room.unchanged(|| raw_upload(&room, &headers, body, then));
        // Nothing at all, when the sender has hung up; never a success.
        let code = status(&answer);
        let hung_up = code == 0 && then == Then::HangsUp;
        assert!(hung_up || (400..500).contains(&code), "{what}: {answer}");
    }
    // A length with chunks is how requests are smuggled: chunks count, or neither.
    let both = length(5) + &length_of_chunks();
    let answer = raw_upload(&room, &both, &chunked(&whole), Then::Waits);
    assert!([201, 400].contains(&status(&answer)), "{answer}");
    assert_eq!(
        answer.matches("HTTP/1.1 ").count(),
        1,
        "one request, one answer: {answer}"
    );
}

#[test]
fn json_that_is_none_is_refused() {
    let room = Room::enter();
    for (person, path, form) in room.forms() {
        let whole = form.to_string();
        let send = |body: &[u8]| room.unchanged(|| person.call("POST", &path).body(body).send());
        send(b"").problem(400, "not-json");
        send(b"{").problem(400, "not-json");
        send(&whole.as_bytes()[..whole.len() - 1]).problem(400, "not-json");
        send(format!("{whole}{whole}").as_bytes()).problem(400, "not-json");
        send(b"valid_until=2027-12-31").problem(400, "not-json");
        send(b"\xff\xfe{}").problem(400, "not-json");
        send(&[0; 100]).problem(400, "not-json");
        let deep = format!("{}1{}", "[".repeat(9), "]".repeat(9));
        send(deep.as_bytes()).problem(400, "json-too-deep");
        let deeper = "{\"a\":".repeat(JSON_BYTES_MAX / 5);
        send(deeper.as_bytes()).problem(400, "json-too-deep");
        let long = format!("{whole}{}", " ".repeat(JSON_BYTES_MAX));
        send(long.as_bytes()).names_field(413, "too-large", "body");
        for other in ["[]", "\"x\"", "1", "null", "true"] {
            let answer = send(other.as_bytes());
            assert!(
                [400, 422].contains(&answer.status),
                "{other}\n{}",
                answer.shown()
            );
        }
        // The values in their order, without their names: serde would take them.
        let values: Vec<_> = form.as_object().unwrap().values().collect();
        let list = json!(values).to_string();
        let answer = send(list.as_bytes());
        assert!(
            [400, 422].contains(&answer.status),
            "{list}\n{}",
            answer.shown()
        );
    }
}

#[test]
fn a_field_that_is_unknown_missing_twice_or_of_another_type_is_named() {
    let room = Room::enter();
    for (person, path, form) in room.forms() {
        let send = |body: &str| room.unchanged(|| person.call("POST", &path).body(body).send());
        let fields: Vec<_> = form.as_object().unwrap().keys().cloned().collect();
        let mut unknown = form.clone();
        unknown["is_admin"] = true.into();
        send(&unknown.to_string()).names_field(422, "invalid-field", "is_admin");
        for field in &fields {
            for wrong in [json!(7), json!({ "a": 1 }), json!(["x"]), Value::Null] {
                let mut body = form.clone();
                body[field] = wrong.clone();
                let answer = send(&body.to_string());
                assert_eq!(answer.status, 422, "{field} = {wrong}\n{}", answer.shown());
                let named = answer.json()["errors"][0]["field"]
                    .as_str()
                    .unwrap()
                    .to_owned();
                assert!(
                    named.starts_with(field.as_str()),
                    "{field} = {wrong}\n{}",
                    answer.shown()
                );
            }
            // What has a default may be missing, and is then refused by its rule.
            let mut body = form.clone();
            body.as_object_mut().unwrap().remove(field);
            let answer = send(&body.to_string());
            assert_eq!(answer.status, 422, "{field}\n{}", answer.shown());
            assert_eq!(
                answer.json()["errors"][0]["field"],
                *field,
                "{}",
                answer.shown()
            );
            let twice =
                form.to_string()
                    .replacen('{', &format!("{{\"{field}\":{},", form[field]), 1);
            let answer = send(&twice);
            assert_eq!(answer.status, 422, "{field} twice\n{}", answer.shown());
            assert_eq!(
                answer.json()["errors"][0]["field"],
                *field,
                "{}",
                answer.shown()
            );
        }
    }
}

#[test]
fn dates_exist_and_lie_between_today_and_ten_years_ahead() {
    let room = Room::enter();
    let forms = [
        ("/api/accesses/registration".to_owned(), room.registration()),
        (
            format!("/api/accesses/{}/reactivation", room.inactive),
            room.reactivation(),
        ),
    ];
    for (path, form) in forms {
        for (date, kind) in [
            ("2027-02-29", "invalid-field"),
            ("2027-04-31", "invalid-field"),
            ("2027-13-01", "invalid-field"),
            ("2027-00-10", "invalid-field"),
            ("2027-3-1", "invalid-field"),
            ("+2027-03-01", "invalid-field"),
            ("-2027-03-01", "end-date-past"),
            ("20270301", "invalid-field"),
            ("2027-03-01T00:00:00Z", "invalid-field"),
            ("31-12-2027", "invalid-field"),
            ("12027-03-01", "invalid-field"),
            ("", "invalid-field"),
            ("besok", "invalid-field"),
            ("2026-03-26", "end-date-past"),
            ("1900-01-01", "end-date-past"),
            ("0001-01-01", "end-date-past"),
            ("2036-03-28", "end-date-too-far"),
            ("9999-12-31", "end-date-too-far"),
        ] {
            let mut form = form.clone();
            form["valid_until"] = date.into();
            let answer = room.unchanged(|| room.person.post(&path, &form));
            answer.names_field(422, kind, "valid_until");
        }
    }
}

#[test]
fn today_and_ten_years_ahead_are_taken() {
    let room = Room::enter();
    for date in ["2026-03-27", "2036-03-27"] {
        let unit = room.world.work_unit("BARAT");
        room.person.register("PPK", &unit, date);
    }
}

#[test]
fn what_a_registration_points_at_exists_and_belongs_together() {
    let room = Room::enter();
    let elsewhere = room.world.work_unit("TIMUR");
    let nowhere = uuid::Uuid::now_v7().to_string();
    for (field, value, kind, named) in [
        ("role", "RAJA", "unknown-role", "role"),
        ("role", "", "unknown-role", "role"),
        ("role", "ppk", "unknown-role", "role"),
        ("role", "PPK\u{0}", "unknown-role", "role"),
        ("role", "' OR 1=1 --", "unknown-role", "role"),
        ("work_unit", &elsewhere.id, "unknown-work-unit", "work_unit"),
        ("work_unit", &nowhere, "unknown-work-unit", "work_unit"),
        ("work_unit", "1", "invalid-field", "work_unit"),
        (
            "institution",
            room.world.institution("TIMUR"),
            "unknown-work-unit",
            "work_unit",
        ),
        ("institution", &nowhere, "unknown-work-unit", "work_unit"),
        ("institution", "BARAT", "invalid-field", "institution"),
        ("document", &nowhere, "unknown-document", "document"),
        ("document", "../../etc/passwd", "invalid-field", "document"),
        (
            "previous_user_name",
            &"a".repeat(101),
            "too-long",
            "previous_user_name",
        ),
        (
            "previous_user_name",
            "a\u{7}b",
            "control-characters",
            "previous_user_name",
        ),
        ("address", &"a".repeat(501), "too-long", "address"),
        ("address", "a\u{0}b", "control-characters", "address"),
    ] {
        let mut form = room.registration();
        form[field] = value.into();
        let answer = room.unchanged(|| room.person.try_register(&form));
        answer.names_field(422, kind, named);
    }
}

#[test]
fn ver_2_a_decision_without_what_it_needs_stores_nothing() {
    let room = Room::enter();
    for (decision, kind, field) in [
        (json!({ "decision": "reject" }), "reason-missing", "reason"),
        (
            json!({ "decision": "reject", "reason": "" }),
            "reason-missing",
            "reason",
        ),
        (
            json!({ "decision": "reject", "reason": "   " }),
            "reason-missing",
            "reason",
        ),
        (json!({ "decision": "approve" }), "not-attested", "attested"),
        (json!({ "decision": "banish" }), "invalid-field", "decision"),
        (
            json!({ "decision": "approve", "attested": true, "reason": "x" }),
            "invalid-field",
            "reason",
        ),
    ] {
        let answer = room.unchanged(|| room.verifier.decide(&room.request, &decision));
        answer.names_field(422, kind, field);
    }
}

/// Status, headers and body of an answer, without what differs between any two.
fn looks(answer: &Answer) -> String {
    let id = answer.text("x-request-id").to_owned();
    let mut headers: Vec<_> = answer
        .headers
        .iter()
        .filter(|(name, _)| *name != "date")
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
        .collect();
    headers.sort();
    let body = String::from_utf8(answer.body.clone()).unwrap();
    format!("{}\n{}\n\n{body}", answer.status, headers.join("\n")).replace(&id, "ID")
}

#[test]
fn somebody_elses_things_look_like_none() {
    let room = Room::enter();
    let stranger = room.world.person();
    let nowhere = uuid::Uuid::now_v7().to_string();
    let reactivation = json!({ "valid_until": LATER, "document": stranger.upload_decree() });
    let deactivation = json!({ "handover": { "kind": "none-open" } });
    for (method, path, body) in [
        ("POST", "/api/accesses/ID/deactivation", Some(&deactivation)),
        ("POST", "/api/accesses/ID/reactivation", Some(&reactivation)),
        ("POST", "/api/accesses/ID/extension", Some(&reactivation)),
        ("GET", "/api/documents/ID", None),
    ] {
        let theirs = if body.is_some() {
            &room.active
        } else {
            &room.document
        };
        let [real, none, shapeless] = [theirs, &nowhere, &"tidak-ada".to_owned()].map(|id| {
            let call = stranger.call(method, &path.replace("ID", id));
            let call = body.map_or(call.clone(), |body| call.json(body));
            room.unchanged(|| call.send())
        });
        real.problem(404, "not-found");
        assert_eq!(looks(&real), looks(&none), "{path}");
        assert_eq!(looks(&real), looks(&shapeless), "{path}");
    }
}

#[test]
fn questions_out_of_bounds_are_refused() {
    let room = Room::enter();
    for list in ["/api/accesses", "/api/reference/institutions"] {
        for limit in ["0", "101", "-1", "1e3", "banyak", "99999999999999999999"] {
            let answer = room.unchanged(|| room.person.get(&format!("{list}?limit={limit}")));
            answer.names_field(422, "out-of-bounds", "limit");
        }
    }
    room.person
        .get("/api/accesses?after=x")
        .problem(404, "not-found");
    for after in ["x", "1.x", "x.019d2e33-0000-7000-8000-000000000000", "%00"] {
        let answer = room.verifier.get(&format!("/api/requests?after={after}"));
        answer.names_field(422, "unknown-page", "after");
    }
    let _ = room.verifier.get("/api/requests?limit=100").expect(200);
}

#[test]
fn a_reason_with_odd_characters_is_kept_as_it_is() {
    let room = Room::enter();
    for reason in [
        "baris satu\nbaris dua",
        "\u{202e}terbalik",
        "emoji 🙂",
        "<script>alert(1)</script>",
        "a\u{0}b",
    ] {
        let unit = room.world.work_unit("BARAT");
        let access = room.person.register("PPK", &unit, LATER);
        let decision = json!({ "decision": "reject", "reason": reason });
        let answer = room.verifier.decide(&access.request(), &decision);
        assert_eq!(text(&answer.expect(200).json()["rejection"]), reason);
        assert_eq!(room.person.listed(&access.id())["rejection"], reason);
    }
}
