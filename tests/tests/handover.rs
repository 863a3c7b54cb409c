//! Who carries on when an access ends, and what officials learn where nobody does
//! (EXP-6).

use akses_tests::crowd::at_once;
use akses_tests::world::{LATER, Person, WorkUnit, World, text};
use serde_json::{Value, json};
use std::sync::LazyLock;

static WORLD: LazyLock<World> = LazyLock::new(World::new);

const SWEEP: &str = "expire-accesses";
const TIMER: &str = "report-unassigned";

/// Tests begin on 2026-03-27; what is imported until then is over on the next day.
const TODAY: &str = "2026-03-27";
const NEXT_DAY: &str = "2026-03-28T01:00:00Z";
const BEFORE_THREE_DAYS: &str = "2026-03-31T00:59:00Z";
const AFTER_THREE_DAYS: &str = "2026-03-31T01:01:00Z";

fn to(person: &Person) -> Value {
    json!({ "handover": { "kind": "successor", "successor": person.account } })
}

fn none_open() -> Value {
    json!({ "handover": { "kind": "none-open" } })
}

fn packages() -> Value {
    json!([
        { "title": "Pengadaan server", "code": "50123456", "handed_over": true },
        { "title": "Jasa kebersihan" },
    ])
}

fn holder(world: &World, role: &str, unit: &WorkUnit) -> (Person, String) {
    let person = world.person();
    let access = world.carry_over(&person, role, unit, LATER);
    (person, access)
}

fn successors(person: &Person, access: &str) -> Vec<String> {
    let path = format!("/api/accesses/{access}/successors");
    let list = person.get(&path).expect(200).json();
    let names = list["successors"].as_array().unwrap().iter();
    let mut accounts: Vec<_> = names.map(|it| text(&it["account"])).collect();
    accounts.sort();
    accounts
}

fn accounts(people: &[&Person]) -> Vec<String> {
    let mut accounts: Vec<_> = people.iter().map(|it| it.account.clone()).collect();
    accounts.sort();
    accounts
}

/// Who gets a mail of this kind, about accesses of the world so far.
fn told(world: &World, template: &str, person: &Person) -> i64 {
    world.database().number(&format!(
        "SELECT count(*) FROM notification WHERE template = '{template}' AND recipient = '{}'",
        person.account
    ))
}

fn open(person: &Person) -> Vec<Value> {
    let page = person.get("/api/handovers?limit=100").expect(200).json();
    page["handovers"].as_array().unwrap().clone()
}

fn lists(person: &Person, access: &str) -> bool {
    open(person).iter().any(|item| item["access"] == access)
}

#[test]
fn exp_6_who_could_carry_on_has_the_same_role_or_duty_at_the_unit_now() {
    let unit = WORLD.work_unit("BARAT");
    let (pa, access) = holder(&WORLD, "PA", &unit);
    let (kpa, _) = holder(&WORLD, "KPA", &unit);
    let (other_pa, _) = holder(&WORLD, "PA", &unit);
    holder(&WORLD, "PPK", &unit);
    holder(&WORLD, "PA", &WORLD.work_unit("BARAT"));
    let gone = WORLD.person();
    WORLD.carry_over(&gone, "PA", &unit, "2026-03-26");
    assert_eq!(successors(&pa, &access), accounts(&[&kpa, &other_pa]));
    // Only the owner looks while the access works.
    let path = format!("/api/accesses/{access}/successors");
    for other in [&kpa, &gone] {
        other.get(&path).problem(404, "not-found");
    }
    let deactivation = format!("/api/accesses/{access}/deactivation");
    pa.post(&deactivation, &to(&gone))
        .names_field(422, "unknown-successor", "handover.successor");
    pa.post(&deactivation, &to(&pa))
        .problem(422, "successor-is-owner");
    let neither = json!({ "handover": { "kind": "successor" } });
    pa.post(&deactivation, &neither)
        .names_field(422, "invalid-field", "handover.successor");
    let done = pa.post(&deactivation, &to(&kpa)).expect(200).json();
    assert_eq!(done["status_text"], "Tidak Aktif");
    assert_eq!(done["reminder"], Value::Null);
    assert_eq!(told(&WORLD, "handover-received", &kpa), 1);
    // A PA is told of it, the successor is not told twice.
    assert_eq!(told(&WORLD, "handover-noted", &other_pa), 1);
    assert_eq!(told(&WORLD, "handover-noted", &kpa), 0);
}

#[test]
fn exp_6_open_packages_go_to_the_successor_and_payments_to_ppk_and_bendahara() {
    let unit = WORLD.work_unit("BARAT");
    let (pp, access) = holder(&WORLD, "PP", &unit);
    let (heir, _) = holder(&WORLD, "PP", &unit);
    let (kpa, _) = holder(&WORLD, "KPA", &unit);
    let (ppk, _) = holder(&WORLD, "PPK", &unit);
    let mut body = to(&heir);
    body["handover"]["packages"] = packages();
    let path = format!("/api/accesses/{access}/deactivation");
    let done = pp.post(&path, &body).expect(200).json();
    assert!(text(&done["reminder"]).contains("Bendahara"), "{done}");
    let event = WORLD.database().history(&access).pop().unwrap();
    assert_eq!(event.data["handover"]["account"], heir.account.as_str());
    assert_eq!(
        event.data["handover"]["packages"],
        json!([
            { "title": "Pengadaan server", "code": "50123456", "handed_over": true },
            { "title": "Jasa kebersihan", "handed_over": false },
        ])
    );
    assert_eq!(told(&WORLD, "handover-received", &heir), 1);
    assert_eq!(told(&WORLD, "handover-noted", &kpa), 1);
    assert_eq!(told(&WORLD, "payment-reminder", &ppk), 1);
    assert!(!lists(&kpa, &access));
}

#[test]
fn exp_6_what_is_said_of_packages_is_bounded() {
    let unit = WORLD.work_unit("BARAT");
    let (ppk, access) = holder(&WORLD, "PPK", &unit);
    let path = format!("/api/accesses/{access}/deactivation");
    let unassigned =
        |packages: Value| json!({ "handover": { "kind": "unassigned", "packages": packages } });
    for (said, kind, field) in [
        (json!([]), "packages-missing", "handover.packages"),
        (
            json!(vec![json!({ "title": "x" }); 31]),
            "too-many",
            "handover.packages",
        ),
        (
            json!([{ "title": "x" }, { "title": " " }]),
            "invalid-field",
            "handover.packages[1].title",
        ),
        (
            json!([{ "title": "x".repeat(201) }]),
            "too-long",
            "handover.packages[0].title",
        ),
        (
            json!([{ "title": "x", "code": "1".repeat(41) }]),
            "too-long",
            "handover.packages[0].code",
        ),
    ] {
        ppk.post(&path, &unassigned(said))
            .names_field(422, kind, field);
    }
    assert_eq!(ppk.status(&access), "Aktif");
}

#[test]
fn exp_6_who_names_somebody_later_loses_nothing_that_was_listed() {
    let unit = WORLD.work_unit("BARAT");
    let (ppk, access) = holder(&WORLD, "PPK", &unit);
    let (heir, _) = holder(&WORLD, "PPK", &unit);
    let body = json!({ "handover": { "kind": "unassigned", "packages": packages() } });
    let path = format!("/api/accesses/{access}/deactivation");
    let _ = ppk.post(&path, &body).expect(200);
    let own = format!("/api/accesses/{access}/handover");
    let _ = ppk.post(&own, &to(&heir)).expect(200);
    let event = WORLD.database().history(&access).pop().unwrap();
    assert_eq!(event.kind, "handover-named");
    let kept = &event.data["handover"]["packages"];
    assert_eq!(kept[0]["title"], "Pengadaan server");
    assert_eq!(kept[1]["title"], "Jasa kebersihan");
}

#[test]
fn the_id_of_something_else_is_to_accesses_as_one_that_does_not_exist() {
    let person = WORLD.person();
    let document = person.upload_decree();
    for id in [&person.account, &document] {
        for rest in ["history", "successors"] {
            let path = format!("/api/accesses/{id}/{rest}");
            person.get(&path).problem(404, "not-found");
        }
        let path = format!("/api/accesses/{id}/handover");
        person.post(&path, &none_open()).problem(404, "not-found");
    }
}

#[test]
fn exp_6_an_end_is_not_delayed_and_a_kpa_assigns_who_carries_on() {
    let unit = WORLD.work_unit("BARAT");
    let (ppk, access) = holder(&WORLD, "PPK", &unit);
    let (kpa, _) = holder(&WORLD, "KPA", &unit);
    let (heir, _) = holder(&WORLD, "PPK", &unit);
    let (stranger, _) = holder(&WORLD, "KPA", &WORLD.work_unit("BARAT"));
    let (head, _) = holder(&WORLD, "KUKPBJ", &WORLD.work_unit("BARAT"));
    let body = json!({ "handover": { "kind": "unassigned", "packages": packages() } });
    let path = format!("/api/accesses/{access}/deactivation");
    let _ = ppk.post(&path, &body).expect(200);
    assert_eq!(ppk.status(&access), "Tidak Aktif");
    assert_eq!(told(&WORLD, "handover-noted", &kpa), 1);
    assert_eq!(told(&WORLD, "handover-noted", &stranger), 0);
    // Both see it, with what is open; only the unit's own KPA may assign.
    assert!(lists(&kpa, &access) && lists(&head, &access));
    assert!(!lists(&stranger, &access));
    assert_eq!(open(&kpa)[0]["packages"][0]["title"], "Pengadaan server");
    assert_eq!(successors(&kpa, &access), accounts(&[&heir]));
    let assign = format!("/api/handovers/{access}/successor");
    for other in [&stranger, &head, &heir, &ppk] {
        other.post(&assign, &to(&heir)).problem(404, "not-found");
    }
    kpa.post(&assign, &body)
        .names_field(422, "invalid-field", "handover.kind");
    kpa.post(&assign, &to(&kpa))
        .problem(422, "unknown-successor");
    let done = kpa.post(&assign, &to(&heir)).expect(200).json();
    assert!(text(&done["reminder"]).contains("Bendahara"), "{done}");
    let event = WORLD.database().history(&access).pop().unwrap();
    assert_eq!(
        (event.kind.as_str(), &event.actor),
        ("handover-named", &kpa.account)
    );
    assert_eq!(event.data["named_as"], "budget-user");
    assert_eq!(
        event.data["handover"]["packages"][0]["title"],
        "Pengadaan server"
    );
    assert_eq!(told(&WORLD, "handover-named", &ppk), 1);
    assert_eq!(told(&WORLD, "handover-received", &heir), 1);
    assert!(!lists(&kpa, &access));
    kpa.post(&assign, &to(&heir)).problem(409, "handover-named");
    let own = format!("/api/accesses/{access}/handover");
    ppk.post(&own, &none_open()).problem(409, "handover-named");
}

#[test]
fn exp_6_where_there_is_no_pa_or_kpa_the_kepala_ukpbj_assigns() {
    let unit = WORLD.work_unit("UTARA");
    let (ppk, access) = holder(&WORLD, "PPK", &unit);
    let (head, _) = holder(&WORLD, "KUKPBJ", &WORLD.work_unit("UTARA"));
    let (elsewhere, _) = holder(&WORLD, "KUKPBJ", &WORLD.work_unit("TIMUR"));
    let body = json!({ "handover": { "kind": "unassigned", "packages": packages() } });
    let path = format!("/api/accesses/{access}/deactivation");
    let _ = ppk.post(&path, &body).expect(200);
    let assign = format!("/api/handovers/{access}/successor");
    elsewhere
        .post(&assign, &none_open())
        .problem(404, "not-found");
    let _ = head.post(&assign, &none_open()).expect(200);
    let event = WORLD.database().history(&access).pop().unwrap();
    assert_eq!(event.data["named_as"], "ukpbj-head");
}

#[test]
fn exp_6_what_still_works_or_never_did_has_no_handover() {
    let (ppk, access) = holder(&WORLD, "PPK", &WORLD.work_unit("BARAT"));
    let path = format!("/api/accesses/{access}/handover");
    ppk.post(&path, &none_open()).problem(409, "not-ended");
    WORLD
        .person()
        .post(&path, &none_open())
        .problem(404, "not-found");
    let waiting = ppk.register("PP", &WORLD.work_unit("BARAT"), LATER);
    let path = format!("/api/accesses/{}/handover", waiting.id());
    ppk.post(&path, &none_open()).problem(409, "not-ended");
}

#[test]
fn exp_6_whose_access_ran_out_names_somebody_after_it_and_of_many_at_once_one_stands() {
    let world = World::new();
    let unit = world.work_unit("BARAT");
    let ppk = world.person();
    let access = world.carry_over(&ppk, "PPK", &unit, TODAY);
    let (heir, _) = holder(&world, "PPK", &unit);
    world.host.set_clock(NEXT_DAY);
    let ppk = world.sign_in(&ppk.email);
    // No sweep has run: the dates say it, and the record tells it in order.
    let path = format!("/api/accesses/{access}/handover");
    let answers = at_once(8, |_| ppk.post(&path, &to(&heir)).status);
    assert_eq!(answers.iter().filter(|status| **status == 200).count(), 1);
    assert_eq!(answers.iter().filter(|status| **status == 409).count(), 7);
    assert_eq!(
        world.database().kinds(&access),
        ["access-carried-over", "access-expired", "handover-named"]
    );
    assert_eq!(told(&world, "handover-received", &heir), 1);
    // The next life asks anew.
    let again = ppk.reactivate(&access, LATER);
    world
        .sign_in(&world.verifier("BARAT").email)
        .approve(&again.request());
    let rows = format!("SELECT count(*) FROM handover WHERE access = '{access}'");
    assert_eq!(world.database().number(&rows), 0);
}

/// A unit whose PPK ends today, with these officials.
struct Orphaned {
    access: String,
    ppk: Person,
}

impl Orphaned {
    fn at(world: &World, unit: &WorkUnit) -> Self {
        let ppk = world.person();
        Self {
            access: world.carry_over(&ppk, "PPK", unit, TODAY),
            ppk,
        }
    }
}

fn report(world: &World) -> Value {
    world.drive(TIMER).send().expect(200).json()
}

#[test]
fn exp_6_where_nobody_is_named_in_three_days_the_officials_get_the_list_once() {
    let world = World::new();
    let with_kpa = world.work_unit("BARAT");
    let (kpa, _) = holder(&world, "KPA", &with_kpa);
    let (head, _) = holder(&world, "KUKPBJ", &world.work_unit("UTARA"));
    let directorate = world.national("VND");
    let named = Orphaned::at(&world, &with_kpa);
    let (heir, _) = holder(&world, "PPK", &with_kpa);
    let mut orphaned: Vec<_> = (0..3).map(|_| Orphaned::at(&world, &with_kpa)).collect();
    orphaned.push(Orphaned::at(&world, &world.work_unit("UTARA")));
    orphaned.push(Orphaned::at(&world, &world.work_unit("UTARA")));
    orphaned.push(Orphaned::at(&world, &world.work_unit("TIMUR")));
    // No procurement hangs on a treasurer or a verifier.
    for role in ["BENDAHARA", "VAI"] {
        let person = world.person();
        world.carry_over(&person, role, &with_kpa, TODAY);
    }
    world.host.set_clock(NEXT_DAY);
    let _ = world.drive(SWEEP).send().expect(200);
    let path = format!("/api/accesses/{}/handover", named.access);
    let owner = world.sign_in(&named.ppk.email);
    let _ = owner.post(&path, &to(&heir)).expect(200);
    world.host.set_clock(BEFORE_THREE_DAYS);
    assert_eq!(report(&world)["told"], 0);
    world.host.set_clock(AFTER_THREE_DAYS);
    let told_by_runs: Vec<Value> = at_once(6, |_| report(&world));
    let sum = |name: &str| {
        told_by_runs
            .iter()
            .map(|it| it[name].as_u64().unwrap())
            .sum::<u64>()
    };
    assert_eq!((sum("told"), sum("digests")), (6, 3), "{told_by_runs:?}");
    for official in [&kpa, &head, &directorate] {
        assert_eq!(told(&world, "unassigned-reported", official), 1);
    }
    let reported = "SELECT count(*) FROM unassigned_report";
    assert_eq!(world.database().number(reported), 6);
    for _ in 0..2 {
        let again = report(&world);
        assert_eq!((&again["told"], &again["done"]), (&json!(0), &json!(true)));
    }
    let mails = "SELECT count(*) FROM notification WHERE template = 'unassigned-reported'";
    assert_eq!(world.database().number(mails), 3);
    // The record names accesses, roles and places, and nobody.
    let data = "SELECT group_concat(data) FROM event WHERE kind = 'unassigned-reported'";
    let data = world.database().text(data).unwrap();
    for person in &orphaned {
        assert!(data.contains(&person.access));
        assert!(!data.contains(&person.ppk.name) && !data.contains(&person.ppk.email));
    }
    // Renewed and ended again, it is told again.
    let first = &orphaned[0];
    let ppk = world.sign_in(&first.ppk.email);
    let request = ppk.reactivate(&first.access, "2026-04-02").request();
    world
        .sign_in(&world.verifier("BARAT").email)
        .approve(&request);
    world.host.set_clock("2026-04-03T01:00:00Z");
    let _ = world.drive(SWEEP).send().expect(200);
    world.host.set_clock("2026-04-06T01:01:00Z");
    assert_eq!(report(&world)["told"], 1);
    assert_eq!(told(&world, "unassigned-reported", &kpa), 2);
}

#[test]
fn exp_6_a_timer_that_is_killed_tells_each_end_once() {
    let world = World::new();
    let units: Vec<_> = (0..12).map(|_| world.work_unit("BARAT")).collect();
    for unit in &units {
        holder(&world, "KPA", unit);
        Orphaned::at(&world, unit);
    }
    world.host.set_clock(NEXT_DAY);
    let _ = world.drive(SWEEP).send().expect(200);
    world.host.set_clock(AFTER_THREE_DAYS);
    for pause_ms in [1, 3, 6, 10] {
        std::thread::scope(|scope| {
            let run = world.drive(TIMER);
            scope.spawn(move || run.try_send());
            std::thread::sleep(std::time::Duration::from_millis(pause_ms));
            world.host.kill();
        });
        world.host.start_again();
        world.host.set_clock(AFTER_THREE_DAYS);
    }
    assert_eq!(report(&world)["done"], true);
    let mails = "SELECT count(*) FROM notification WHERE template = 'unassigned-reported'";
    assert_eq!(world.database().number(mails), 12);
    let recipients =
        "SELECT count(DISTINCT recipient) FROM notification WHERE template = 'unassigned-reported'";
    assert_eq!(world.database().number(recipients), 12);
}

#[test]
fn exp_6_whom_a_planned_cut_off_lets_live_is_told_and_names() {
    let world = World::new();
    let unit = world.work_unit("BARAT");
    let kpa = world.person();
    world.carry_over(&kpa, "KPA", &unit, TODAY);
    let (head, _) = holder(&world, "KUKPBJ", &world.work_unit("BARAT"));
    let (ppk, access) = holder(&world, "PPK", &unit);
    let plan = json!({
        "letter_number": "0001/D.2.3/03/2026", "letter_date": TODAY,
        "last_day": "2026-04-30", "scope": { "kind": "everyone" },
    });
    let directorate = world.national("VND");
    let _ = directorate.post("/api/cut-offs/plan", &plan).expect(201);
    let body = json!({ "handover": { "kind": "unassigned", "packages": packages() } });
    let deactivation = format!("/api/accesses/{access}/deactivation");
    let _ = ppk.post(&deactivation, &body).expect(200);
    world.host.set_clock(AFTER_THREE_DAYS);
    assert_eq!(report(&world)["told"], 1);
    assert_eq!(told(&world, "unassigned-reported", &kpa), 1);
    assert_eq!(told(&world, "unassigned-reported", &head), 0);
    let assign = format!("/api/handovers/{access}/successor");
    let (head, kpa) = (world.sign_in(&head.email), world.sign_in(&kpa.email));
    head.post(&assign, &none_open()).problem(404, "not-found");
    let _ = kpa.post(&assign, &none_open()).expect(200);
}
