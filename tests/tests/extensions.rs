//! `POST /api/accesses/:id/extension`: more time before the end (EXP-7).

use akses_tests::crowd::at_once;
use akses_tests::world::{LATER, World};
use serde_json::json;
use std::sync::LazyLock;

static WORLD: LazyLock<World> = LazyLock::new(World::new);

/// Near enough to be extended from the virtual today, 27 March 2026.
const NEAR: &str = "2026-04-30";

#[test]
fn exp_7_an_access_stays_active_while_its_extension_waits_and_then_ends_later() {
    let person = WORLD.person();
    let id = person.active(&WORLD, "PPK", "BARAT", NEAR).id();
    let steps = |id: &str| person.listed(id)["next_steps"].clone();
    assert_eq!(steps(&id), json!(["enter", "extend", "deactivate"]));

    let waiting = person.extend(&id, LATER);
    assert_eq!(waiting.status(), "Aktif");
    assert_eq!(waiting.0["valid_until"], NEAR);
    assert_eq!(waiting.0["next_steps"], json!(["enter", "deactivate"]));
    let listed = person.listed(&id);
    assert_eq!(listed["status_text"], "Aktif");
    assert_eq!(listed["request"]["kind"], "extension");
    assert_eq!(listed["request"]["valid_until"], LATER);
    assert_eq!(listed["request"]["overdue"], false);

    let verifier = WORLD.verifier("BARAT");
    let queue = verifier.queue();
    let seen = queue.iter().find(|item| item["id"] == waiting.request());
    let seen = seen.expect("its verifier sees it");
    assert_eq!(seen["kind"], "extension");
    assert_eq!(seen["kind_text"], "Perpanjangan");
    let decree = format!("/api/documents/{}", seen["document"].as_str().unwrap());
    let _ = verifier.get(&decree).expect(200);

    // VER-2: never earlier than it ends already.
    for day in ["2026-04-29", NEAR] {
        let body = json!({ "decision": "approve", "attested": true, "valid_until": day });
        verifier
            .decide(&waiting.request(), &body)
            .names_field(422, "not-later", "valid_until");
    }
    let approved = verifier.approve(&waiting.request());
    assert_eq!(approved.0["valid_until"], LATER);
    let listed = person.listed(&id);
    assert_eq!(listed["request"], json!(null));
    assert_eq!(listed["valid_until"], LATER);
    assert_eq!(listed["next_steps"], json!(["enter", "deactivate"]));
    let kinds = WORLD.database().kinds(&id);
    assert_eq!(kinds[2..], ["extension-requested", "request-approved"]);
    let mails = format!(
        "SELECT group_concat(template, ' ') FROM
         (SELECT template FROM notification WHERE recipient = '{}' ORDER BY id)",
        person.account
    );
    assert_eq!(
        WORLD.database().text(&mails).unwrap(),
        "request-submitted request-approved extension-requested request-approved"
    );
}

#[test]
fn exp_7_a_rejected_extension_leaves_everything_and_may_be_sent_again() {
    let person = WORLD.person();
    let id = person.active(&WORLD, "PPK", "BARAT", NEAR).id();
    let request = person.extend(&id, LATER).request();
    let reason = "SK belum ditandatangani.";
    let rejected = WORLD.verifier("BARAT").reject(&request, reason);
    assert_eq!(rejected.status(), "Aktif");
    let listed = person.listed(&id);
    assert_eq!(listed["valid_until"], NEAR);
    assert_eq!(listed["rejection"], reason);
    let steps = json!(["enter", "extend", "deactivate"]);
    assert_eq!(listed["next_steps"], steps);
    assert_eq!(person.extend(&id, LATER).status(), "Aktif");
    assert_eq!(person.listed(&id)["rejection"], json!(null));
}

#[test]
fn exp_7_what_stands_against_an_extension_is_said_with_what_to_do() {
    let person = WORLD.person();
    let near = person.active(&WORLD, "PPK", "BARAT", NEAR).id();
    let far = person.active(&WORLD, "PPK", "BARAT", LATER).id();
    let refused = person.try_extend(&far, "2028-12-31");
    let problem = refused.problem(409, "extension-too-early");
    assert_eq!(problem["extendable_from"], "2027-10-02");
    for day in [NEAR, "2026-04-01"] {
        person
            .try_extend(&near, day)
            .names_field(422, "not-later", "valid_until");
    }
    person
        .try_extend(&near, "2026-03-01")
        .names_field(422, "end-date-past", "valid_until");
    person
        .try_extend(&near, "2040-01-01")
        .names_field(422, "end-date-too-far", "valid_until");
    let stranger = WORLD.person();
    stranger.try_extend(&near, LATER).problem(404, "not-found");
    let foreign = json!({ "valid_until": LATER, "document": stranger.upload_decree() });
    let foreign = person.post(&format!("/api/accesses/{near}/extension"), &foreign);
    assert_eq!(foreign.status, 422, "{}", foreign.shown());
    person.extend(&near, LATER);
    person
        .try_extend(&near, LATER)
        .problem(409, "already-waiting");
    person.deactivate(&far);
    person
        .try_extend(&far, LATER)
        .problem(409, "not-extendable");
}

#[test]
fn exp_7_of_many_at_the_same_moment_one_waits() {
    let person = WORLD.person();
    let id = person.active(&WORLD, "PPK", "BARAT", NEAR).id();
    let document = person.upload_decree();
    let path = format!("/api/accesses/{id}/extension");
    let body = json!({ "valid_until": LATER, "document": document });
    let answers = at_once(8, |_| person.post(&path, &body).status);
    let taken = answers.iter().filter(|status| **status == 200).count();
    assert_eq!(taken, 1, "{answers:?}");
    assert!(answers.iter().all(|status| [200, 409].contains(status)));
    // VER-4, and the same key is the same request (REG-5).
    let request = person.listed(&id)["request"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let verifiers = [WORLD.verifier("BARAT"), WORLD.new_verifier("BARAT", LATER)];
    let decided = at_once(2, |number| verifiers[number].try_approve(&request).status);
    assert_eq!(decided.iter().sum::<u16>(), 200 + 409, "{decided:?}");
    let other = person.active(&WORLD, "PPK", "BARAT", NEAR).id();
    let send = || {
        let path = format!("/api/accesses/{other}/extension");
        person.call("POST", &path).json(&body).key("kunci-satu")
    };
    let twice = at_once(4, |_| {
        send().send().expect(200).json()["request"]["id"].clone()
    });
    assert!(
        twice.iter().all(|request| *request == twice[0]),
        "{twice:?}"
    );
}

#[test]
fn exp_1_giving_the_access_up_takes_the_extension_back_at_once() {
    let person = WORLD.person();
    let id = person.active(&WORLD, "PPK", "BARAT", NEAR).id();
    let request = person.extend(&id, LATER).request();
    let verifier = WORLD.verifier("BARAT");
    assert!(verifier.sees(&request));
    assert_eq!(person.deactivate(&id).status(), "Tidak Aktif");
    assert!(!verifier.sees(&request));
    let problem = verifier
        .try_approve(&request)
        .problem(409, "already-decided");
    assert_eq!(problem["decided_as"], "owner");
    let listed = person.listed(&id);
    assert_eq!(listed["request"], json!(null));
    assert_eq!(listed["next_steps"], json!(["reactivate"]));
    let again = person.reactivate(&id, LATER);
    assert_eq!(again.0["request"]["kind"], "reactivation");
}

#[test]
fn exp_1_of_a_deactivation_and_an_approval_at_the_same_moment_the_end_is_told() {
    let person = WORLD.person();
    for _ in 0..4 {
        let id = person.active(&WORLD, "PPK", "BARAT", NEAR).id();
        let request = person.extend(&id, LATER).request();
        let verifier = WORLD.verifier("BARAT");
        let handover = json!({ "handover": { "kind": "none-open" } });
        let answers = at_once(2, |number| match number {
            0 => person.post(&format!("/api/accesses/{id}/deactivation"), &handover),
            _ => verifier.try_approve(&request),
        });
        // Whoever is first: given up stays given up.
        assert_eq!(answers[0].status, 200, "{}", answers[0].shown());
        assert!([200, 409].contains(&answers[1].status));
        assert_eq!(person.status(&id), "Tidak Aktif");
        assert_eq!(person.listed(&id)["request"], json!(null));
    }
}

#[test]
fn ver_1_an_extension_of_a_vai_is_decided_nationally() {
    let person = WORLD.person();
    let unit = WORLD.work_unit("BARAT");
    let id = WORLD.carry_over(&person, "VAI", &unit, NEAR);
    let request = person.extend(&id, LATER).request();
    assert!(!WORLD.verifier("BARAT").sees(&request));
    // Until its old date the access verifies.
    let _ = person.get("/api/requests").expect(200);
    let national = WORLD.national("VND");
    assert!(national.sees(&request));
    assert_eq!(national.approve(&request).0["valid_until"], LATER);
}

#[test]
fn exp_7_the_old_date_passes_while_it_waits_and_it_can_still_be_approved() {
    let world = World::new();
    let person = world.person();
    let id = person.active(&world, "PPK", "BARAT", "2026-03-28").id();
    let request = person.extend(&id, "2026-12-31").request();
    world.host.set_clock("2026-03-28T16:59:50Z");
    let person = world.sign_in(&person.email);
    assert_eq!(person.status(&id), "Aktif");
    world.host.set_clock("2026-03-28T17:00:00Z");
    let listed = person.listed(&id);
    assert_eq!(listed["status_text"], "Kedaluwarsa", "EXP-2");
    assert_eq!(listed["next_steps"], json!(["wait"]));
    person
        .try_reactivate(&id, "2026-12-31")
        .problem(409, "already-waiting");
    let swept = world.drive("expire-accesses").send().expect(200).json();
    assert_eq!(swept["expired"], 1);
    let listed = person.listed(&id);
    assert_eq!(listed["status_text"], "Kedaluwarsa");
    assert_eq!(listed["request"]["kind"], "extension");
    let event = world.database().history(&id).pop().unwrap();
    assert_eq!(event.data["overtook_request"], true);
    let verifier = world.sign_in(&world.verifier("BARAT").email);
    assert!(verifier.sees(&request));
    assert_eq!(verifier.approve(&request).status(), "Aktif");
    assert_eq!(person.listed(&id)["valid_until"], "2026-12-31");
    let swept = world.drive("expire-accesses").send().expect(200).json();
    assert_eq!(swept["expired"], 0);
}
