//! ALL-4: roles that exclude each other, by rules that are data.

use akses_tests::crowd::at_once;
use akses_tests::world::{Access, LATER, Person, WorkUnit, World};
use serde_json::Value;
use std::sync::LazyLock;

const RULES: &str = "\
code,role,other_role,scope,source,valid_from,valid_until
PPK-BENDAHARA,PPK,BENDAHARA,account,Peraturan Contoh pasal 1,2018-06-08,
PP-PA,PP,PA,work-unit,Peraturan Contoh pasal 2,2018-06-08,
PPK-PP,PPK,PP,package,Peraturan Contoh pasal 3,2018-06-08,
PPK-KPA,PPK,KPA,account,Peraturan Contoh pasal 4,2026-04-01,2026-04-30
";

/// What was asked for ends far enough ahead.
const TREASURER: &str = "BENDAHARA";

static WORLD: LazyLock<World> = LazyLock::new(world);

fn world() -> World {
    let world = World::new();
    world.import(
        "roles",
        "code,name,authority,verified_by,decree,registrable\n\
         BENDAHARA,Bendahara,none,institution,sk-st,true\n",
    );
    world.import("role-conflicts", RULES);
    world
}

fn register(person: &Person, role: &str, unit: &WorkUnit) -> Access {
    person.register(role, unit, LATER)
}

#[test]
fn all_4_a_role_is_not_registered_beside_one_that_excludes_it() {
    let person = WORLD.person();
    person.active(&WORLD, TREASURER, "BARAT", LATER);
    let form = person.form("PPK", &WORLD.work_unit("BARAT"), LATER);
    let answer = person.try_register(&form);
    let problem = answer.problem(409, "role-conflict");
    assert_eq!(problem["rule"], "PPK-BENDAHARA");
    assert_eq!(problem["source"], "Peraturan Contoh pasal 1");
    let detail = problem["detail"].as_str().unwrap();
    for word in ["Bendahara", "Peraturan Contoh pasal 1", "dinonaktifkan"] {
        assert!(detail.contains(word), "{word}: {detail}");
    }
    // From either side, and at another institution too.
    let other = WORLD.person();
    other.active(&WORLD, "PPK", "TIMUR", LATER);
    let form = other.form(TREASURER, &WORLD.work_unit("BARAT"), LATER);
    other.try_register(&form).problem(409, "role-conflict");
}

#[test]
fn all_4_what_was_given_up_excludes_nothing_and_does_not_come_back_beside_the_other() {
    let person = WORLD.person();
    let unit = WORLD.work_unit("BARAT");
    let treasurer = person.active(&WORLD, TREASURER, "BARAT", LATER).id();
    person.deactivate(&treasurer);
    let access = register(&person, "PPK", &unit);
    WORLD.verifier("BARAT").approve(&access.request());
    person
        .try_reactivate(&treasurer, LATER)
        .problem(409, "role-conflict");
    person.deactivate(&access.id());
    person.reactivate(&treasurer, LATER);
}

#[test]
fn all_4_an_approval_meets_what_became_active_since_the_request() {
    let person = WORLD.person();
    let unit = WORLD.work_unit("BARAT");
    let [ppk, treasurer] = ["PPK", TREASURER].map(|role| register(&person, role, &unit));
    let verifier = WORLD.verifier("BARAT");
    verifier.approve(&ppk.request());
    let problem = verifier.try_approve(&treasurer.request());
    assert_eq!(
        problem.problem(409, "role-conflict")["rule"],
        "PPK-BENDAHARA"
    );
    let listed = queued(&verifier, &treasurer);
    assert_eq!(listed["conflicts"][0]["blocks"], true, "{listed:#}");
    verifier.reject(&treasurer.request(), "Peran tidak dapat dirangkap.");
}

#[test]
fn all_4_of_two_approvals_at_once_that_exclude_each_other_one_stands() {
    for _ in 0..8 {
        let person = WORLD.person();
        let unit = WORLD.work_unit("BARAT");
        let accesses = ["PPK", TREASURER].map(|role| register(&person, role, &unit));
        let verifiers = [WORLD.verifier("BARAT"), WORLD.new_verifier("BARAT", LATER)];
        let answers = at_once(2, |index| {
            verifiers[index].try_approve(&accesses[index].request())
        });
        let mut statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409]);
        let refused = answers.iter().find(|answer| answer.status == 409).unwrap();
        refused.problem(409, "role-conflict");
        let active = accesses
            .each_ref()
            .map(|access| person.status(&access.id()));
        assert_eq!(active.iter().filter(|status| *status == "Aktif").count(), 1);
    }
}

#[test]
fn all_4_a_rule_of_one_work_unit_leaves_others_alone() {
    let person = WORLD.person();
    let unit = WORLD.work_unit("BARAT");
    let access = register(&person, "PA", &unit);
    WORLD.verifier("BARAT").approve(&access.request());
    let form = person.form("PP", &unit, LATER);
    person.try_register(&form).problem(409, "role-conflict");
    register(&person, "PP", &WORLD.work_unit("BARAT"));
}

#[test]
fn all_4_roles_that_only_one_package_keeps_apart_warn_the_verifier() {
    let person = WORLD.person();
    person.active(&WORLD, "PPK", "BARAT", LATER);
    // Who holds one role meets nothing, before and behind one who does.
    let before = register(&WORLD.person(), "PP", &WORLD.work_unit("BARAT"));
    let access = register(&person, "PP", &WORLD.work_unit("BARAT"));
    let behind = register(&WORLD.person(), "PP", &WORLD.work_unit("BARAT"));
    let verifier = WORLD.verifier("BARAT");
    for single in [before, behind] {
        let nothing = Value::Array(vec![]);
        assert_eq!(queued(&verifier, &single)["conflicts"], nothing);
    }
    let listed = queued(&verifier, &access);
    let conflict = &listed["conflicts"][0];
    assert_eq!(conflict["rule"], "PPK-PP", "{listed:#}");
    assert_eq!(conflict["blocks"], false);
    assert_eq!(conflict["source"], "Peraturan Contoh pasal 3");
    let text = conflict["text"].as_str().unwrap();
    assert!(text.contains("paket"), "{text}");
    verifier.approve(&access.request());
}

#[test]
fn all_4_a_rule_holds_on_its_days() {
    let world = world();
    let person = world.person();
    person.active(&world, "KPA", "BARAT", LATER);
    let unit = world.work_unit("BARAT");
    let form = person.form("PPK", &unit, LATER);
    // Midnight in Jakarta, at both ends of April.
    for (moment, refused) in [
        ("2026-03-31T16:59:50Z", false),
        ("2026-03-31T17:00:00Z", true),
        ("2026-04-30T16:59:50Z", true),
        ("2026-04-30T17:00:00Z", false),
    ] {
        world.host.set_clock(moment);
        let person = world.sign_in(&person.email);
        let answer = person.try_register(&form);
        let conflicts = answer.status == 409
            && answer.json()["type"] == "urn:inaproc:akses:problem:role-conflict";
        assert_eq!(conflicts, refused, "{moment}: {}", answer.shown());
        if answer.status == 201 {
            let request = Access(answer.json()).request();
            let verifier = world.sign_in(&world.verifier("BARAT").email);
            verifier.reject(&request, "Diajukan lagi untuk uji.");
        }
    }
}

#[test]
fn all_4_a_rule_is_data_that_can_be_changed_but_not_turned_on_other_roles() {
    let world = world();
    let counts = world.import("role-conflicts", RULES);
    assert_eq!(counts["unchanged"], 4, "{counts}");
    let ended = RULES.replace("pasal 1,2018-06-08,", "pasal 1,2018-06-08,2026-01-31");
    assert_eq!(world.import("role-conflicts", &ended)["changed"], 1);
    let person = world.person();
    person.active(&world, TREASURER, "BARAT", LATER);
    register(&person, "PPK", &world.work_unit("BARAT"));
    let heading = RULES.lines().next().unwrap();
    for (row, field) in [
        ("PPK-PP,PPK,KPA,package,Sumber,2018-06-08,", "code"),
        ("BARU,PPK,PPK,account,Sumber,2018-06-08,", "other_role"),
        ("BARU,PPK,RAJA,account,Sumber,2018-06-08,", "other_role"),
        ("BARU,PPK,PA,dunia,Sumber,2018-06-08,", "scope"),
        ("BARU,PPK,PA,account,,2018-06-08,", "source"),
        ("BARU,PPK,PA,account,Sumber,8 Juni,", "valid_from"),
        (
            "BARU,PPK,PA,account,Sumber,2018-06-08,2018-06-07",
            "valid_until",
        ),
    ] {
        let answer = world
            .operator("/internal/import/role-conflicts")
            .body(format!("{heading}\n{row}\n").as_str())
            .send();
        let problem = answer.problem(422, "wrong-rows");
        assert_eq!(problem["errors"][0]["field"], field, "{row}: {problem:#}");
    }
}

/// A request as the verifier's queue shows it.
#[track_caller]
fn queued(verifier: &Person, access: &Access) -> Value {
    let request = access.request();
    let mut queue = verifier.queue().into_iter();
    queue
        .find(|item| item["id"] == request)
        .expect("it waits in the queue")
}
