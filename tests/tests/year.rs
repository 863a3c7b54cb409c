//! A year of the whole country with timers that are missed, run twice at once and
//! killed at random: every end, reminder, escalation and report is there exactly once
//! (EXP-3, EXP-6, EXP-7, VER-3).
//!
//! What has to be there is worked out from the moments at which timers came to their
//! end, by the rules of akses-domain and not by what the store says.

use akses_domain::ending::{REMINDER_DAYS, window};
use akses_domain::escalation::{Path, Step};
use akses_domain::handover::NAMING_HOURS;
use akses_domain::time::{Date, Instant, Zone};
use akses_tests::database::{Database, Filler};
use akses_tests::host::Options;
use akses_tests::random::Random;
use akses_tests::world::World;
use chrono::{DateTime, Days, NaiveDate};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::thread;
use std::time::Duration;

const INSTITUTIONS: usize = 650;
const WORK_UNITS: usize = 30_000;
const ACCESSES: usize = 100_000;
/// Requests that nobody ever decides, sent all over the year.
const REQUESTS: usize = 4_000;
/// Short of a New Year, when the schedule that tests never meet would come.
const DAYS: u64 = 360;
/// The longest time without a timer.
const MISSED_DAYS_MAX: u64 = 5;
/// Accesses end within twice the year, so half of them end in it.
const ENDS_WITHIN_DAYS: u64 = 2 * DAYS;

/// In the order in which a scheduler would not care about.
const TIMERS: [&str; 5] = [
    "expire-accesses",
    "remind-ends",
    "remind-verifiers",
    "watch-verifiers",
    "report-unassigned",
];

/// Half past these hours of UTC: no zone's midnight is near, so all of one round
/// lies within one day of each zone. Nor is a request's deadline, all of which are on
/// the hour: the clock runs on while a round lasts, and what came due meanwhile would
/// be told a round before it is looked for.
const HOURS: [u32; 8] = [0, 2, 4, 6, 8, 10, 18, 21];

/// The day before the year.
const EVE: &str = "2026-01-02";

/// The hash of a password that nobody types.
const PASSWORD_HASH: &str = "$argon2id$v=19$m=7168,t=5,p=1$c2FsdHNhbHRzYWx0c2FsdA$\
     KqgRzqW2dBKN1cbyPMSKvHV6m9zIb5Xg3Gm1F2tB0V8";

struct Access {
    id: String,
    zone: Zone,
    ends_at: Instant,
}

struct Waiting {
    id: String,
    /// Whether the institution has a Kepala UKPBJ throughout.
    has_head: bool,
    submitted_at: Instant,
}

/// What was put into the record before the year.
struct Country {
    accesses: Vec<Access>,
    requests: Vec<Waiting>,
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn eve() -> NaiveDate {
    day(EVE)
}

fn at(text: &str) -> Instant {
    let moment = DateTime::parse_from_rfc3339(text).unwrap();
    Instant::from_ms(moment.timestamp_millis())
}

/// Fills the record of a host that stands still.
fn settle(database: &Database, random: &mut Random) -> Country {
    let filler = Filler::new(database);
    let mut country = Country {
        accesses: Vec::new(),
        requests: Vec::new(),
    };
    let institutions: Vec<(String, Zone, bool)> = (0..INSTITUTIONS)
        .map(|number| {
            let zone = Zone::ALL[number % Zone::ALL.len()];
            let data = json!({
                "code": format!("I{number}"), "name": format!("Instansi {number}"),
                "kind": "Kabupaten", "zone": zone,
            });
            let id = filler.begin("institution-recorded", &data, None, 0);
            // One in ten has no Kepala UKPBJ.
            (id, zone, number % 10 != 0)
        })
        .collect();
    let units: Vec<(String, usize)> = (0..WORK_UNITS)
        .map(|number| {
            let place = number % INSTITUTIONS;
            let data = json!({
                "code": format!("U{number}"), "institution": institutions[place].0,
                "name": format!("Satuan Kerja {number}"), "address": "Jalan Contoh 1",
            });
            (
                filler.begin("work-unit-recorded", &data, Some(&institutions[place].0), 0),
                place,
            )
        })
        .collect();
    let account = |number: usize| {
        let data = json!({
            "email": format!("tahun-{number}@contoh.example"), "name": format!("Orang {number}"),
            "password_hash": PASSWORD_HASH, "service_number": null,
        });
        filler.begin("account-recorded", &data, None, 0)
    };
    let carried_over = |account: &str, role: &str, unit: usize, last_day: Date| {
        let (work_unit, place) = &units[unit];
        let (institution, zone, _) = &institutions[*place];
        let verified_by = if role == "VAI" {
            "national"
        } else {
            "institution"
        };
        let data = json!({
            "account": account, "role": role, "work_unit": work_unit, "institution": institution,
            "zone": zone, "verified_by": verified_by, "valid_until": last_day,
        });
        Access {
            id: filler.begin("access-carried-over", &data, Some(institution), 0),
            zone: *zone,
            ends_at: zone.end_of(last_day),
        }
    };
    let any_end = |random: &mut Random| {
        let days = 1 + random.below(ENDS_WITHIN_DAYS);
        eve().checked_add_days(Days::new(days)).unwrap()
    };
    // Units 0..INSTITUTIONS are one of each institution.
    let for_ever = day("2035-12-31");
    let mut people = 0;
    let mut person = || {
        people += 1;
        account(people)
    };
    for (place, (_, _, has_head)) in institutions.iter().enumerate() {
        if *has_head {
            let head = person();
            country
                .accesses
                .push(carried_over(&head, "KUKPBJ", place, for_ever));
        }
        let verifier = person();
        country
            .accesses
            .push(carried_over(&verifier, "VAI", place, any_end(random)));
    }
    let directorate = person();
    country
        .accesses
        .push(carried_over(&directorate, "VND", 0, for_ever));
    // Each of the others has three, in units that lie apart.
    let roles = ["PPK", "PP", "PA", "KPA", "BENDAHARA"];
    let mut owner = person();
    for number in 0..ACCESSES - country.accesses.len() {
        if number % 3 == 0 {
            owner = person();
        }
        let unit = (number * 7) % WORK_UNITS;
        let role = *random.one_of(&roles);
        country
            .accesses
            .push(carried_over(&owner, role, unit, any_end(random)));
    }
    for number in 0..REQUESTS {
        let (work_unit, place) = &units[(number * 11) % WORK_UNITS];
        let (institution, zone, has_head) = &institutions[*place];
        let after_hours = i64::try_from(random.below(DAYS * 24)).unwrap();
        let submitted_at = at("2026-01-02T12:00:00Z").plus_hours(after_hours).ms();
        let request = uuid::Uuid::now_v7().to_string();
        let data = json!({
            "account": person(), "role": "PPK", "work_unit": work_unit, "institution": institution,
            "zone": zone, "verified_by": "institution",
            "request": {
                "id": request, "valid_until": for_ever, "document": uuid::Uuid::now_v7(),
                "deadline_at": Instant::from_ms(submitted_at).plus_hours(72),
            },
            "form": {},
        });
        filler.begin("access-requested", &data, Some(institution), submitted_at);
        country.requests.push(Waiting {
            id: request,
            has_head: *has_head,
            submitted_at: Instant::from_ms(submitted_at),
        });
    }
    filler.finish();
    country
}

/// Drives a timer as a scheduler does, until it says that nothing is left.
fn to_its_end(world: &World, timer: &str) {
    while world.drive(timer).send().expect(200).json()["done"] != true {}
}

/// Kills the service while a timer runs, and starts it again.
fn kill_in_the_middle(world: &World, timer: &str, now: &str, random: &mut Random) {
    let wait = Duration::from_micros(random.below(40_000));
    thread::scope(|scope| {
        // The answer is lost, or was given before the kill.
        scope.spawn(|| drop(world.drive(timer).try_send()));
        thread::sleep(wait);
        world.host.kill();
    });
    world.host.start_again();
    world.host.set_clock(now);
}

/// The year; answers the moments at which all timers had come to their end.
fn live(world: &World, random: &mut Random) -> Vec<Instant> {
    let mut moments = Vec::new();
    let mut kills = 0;
    let mut number = 0;
    while number < DAYS {
        let step = match random.below(100) {
            0..15 => 1 + random.below(MISSED_DAYS_MAX),
            _ => 1 + random.below(2),
        };
        number = (number + step).min(DAYS);
        let date = eve().checked_add_days(Days::new(number)).unwrap();
        let hour = random.one_of(&HOURS);
        let now = format!("{date}T{hour:02}:30:00Z");
        world.host.set_clock(&now);
        let mut timers = TIMERS;
        random.shuffle(&mut timers);
        for timer in timers {
            match random.below(100) {
                0..4 => {
                    kill_in_the_middle(world, timer, &now, random);
                    kills += 1;
                }
                4..12 => drop(akses_tests::crowd::at_once(3, |_| to_its_end(world, timer))),
                _ => {}
            }
            to_its_end(world, timer);
        }
        moments.push(at(&now));
    }
    assert!(kills > 20, "only {kills} kills");
    moments
}

fn pairs(database: &Database, sql: &str) -> Vec<(String, i64)> {
    let connection = database.read();
    let mut select = connection.prepare(sql).unwrap();
    let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
    rows.and_then(Iterator::collect).unwrap()
}

/// The same things, or a few of those that are missing or too many.
fn same<T: Ord + std::fmt::Debug>(recorded: &BTreeSet<T>, expected: &BTreeSet<T>) {
    let missing: Vec<_> = expected.difference(recorded).take(3).collect();
    let unexpected: Vec<_> = recorded.difference(expected).take(3).collect();
    assert!(
        missing.is_empty() && unexpected.is_empty(),
        "{} recorded, {} expected; missing {missing:?}, unexpected {unexpected:?}",
        recorded.len(),
        expected.len()
    );
}

/// Everybody who is told of something is told once.
fn nobody_is_told_twice(database: &Database) {
    let twice = "SELECT count(*) FROM (SELECT 1 FROM notification
                 GROUP BY event, recipient, template HAVING count(*) > 1)";
    assert_eq!(database.number(twice), 0);
    let told = "SELECT count(*) FROM notification
                WHERE template = 'access-expired' OR template = 'access-ending'";
    let events =
        "SELECT count(*) FROM event WHERE kind = 'access-expired' OR kind = 'access-ending'";
    assert_eq!(database.number(told), database.number(events));
}

fn ends(database: &Database, country: &Country, now: Instant) {
    let expected: BTreeSet<_> = country
        .accesses
        .iter()
        .filter(|access| access.ends_at <= now)
        .map(|access| access.id.clone())
        .collect();
    let sql = "SELECT subject, count(*) FROM event WHERE kind = 'access-expired' GROUP BY subject";
    let recorded = pairs(database, sql);
    assert!(recorded.iter().all(|(_, count)| *count == 1));
    let recorded: BTreeSet<_> = recorded.into_iter().map(|(subject, _)| subject).collect();
    assert!(expected.len() > ACCESSES / 3, "the year was too short");
    same(&recorded, &expected);
}

fn reminders(database: &Database, country: &Country, moments: &[Instant]) {
    let mut expected = BTreeSet::new();
    for access in &country.accesses {
        for now in moments {
            let fits = (0..REMINDER_DAYS.len()).find(|stage| {
                let ends = window(*stage, access.zone, *now);
                ends.after < access.ends_at && access.ends_at <= ends.until
            });
            if let Some(stage) = fits {
                expected.insert((access.id.clone(), i64::from(REMINDER_DAYS[stage])));
            }
        }
    }
    let sql = "SELECT data ->> 'access', data ->> 'days' FROM event WHERE kind = 'access-ending'";
    let recorded = pairs(database, sql);
    let once: BTreeSet<_> = recorded.iter().cloned().collect();
    assert_eq!(once.len(), recorded.len(), "somebody was reminded twice");
    assert!(once.len() > ACCESSES, "the year was too short");
    same(&once, &expected);
}

fn escalations(database: &Database, country: &Country, moments: &[Instant]) {
    let mut expected = BTreeSet::new();
    for request in &country.requests {
        let path = if request.has_head {
            Path::ThroughHead
        } else {
            Path::Direct
        };
        let deadline_at = request.submitted_at.plus_hours(72);
        let mut rank = 0;
        for now in moments {
            let reached = Step::reached(deadline_at, *now, path).map_or(0, |step| step.rank());
            if reached > rank {
                rank = reached;
                expected.insert((request.id.clone(), i64::from(rank)));
            }
        }
    }
    let sql = "SELECT listed.value, e.data ->> 'rank' FROM event AS e, json_each(e.data, '$.requests') AS listed
               WHERE e.kind = 'verification-reminded' OR e.kind = 'verification-escalated'";
    let recorded = pairs(database, sql);
    let once: BTreeSet<_> = recorded.iter().cloned().collect();
    assert_eq!(once.len(), recorded.len(), "a request came to a step twice");
    same(&once, &expected);
    let decided = "SELECT count(*) FROM request WHERE outcome IS NOT NULL";
    assert_eq!(
        database.number(decided),
        0,
        "VER-3: a clock decides nothing"
    );
}

/// EXP-6: who ended without a successor was reported once, after the days in which one
/// can be named.
fn unassigned(database: &Database, country: &Country, moments: &[Instant]) {
    let last = *moments.last().unwrap();
    let first_seen: BTreeMap<_, _> = country
        .accesses
        .iter()
        .filter_map(|access| {
            let swept = moments.iter().find(|now| **now >= access.ends_at)?;
            Some((&access.id, *swept))
        })
        .collect();
    let sql = "SELECT listed.value ->> 'access', count(*)
               FROM event AS e, json_each(e.data, '$.ends') AS listed
               WHERE e.kind = 'unassigned-reported' GROUP BY 1";
    let recorded = pairs(database, sql);
    assert!(recorded.iter().all(|(_, count)| *count == 1));
    // A run comes some milliseconds after its moment: what would be due at the very last
    // one may be told or not.
    let due = |swept: &Instant| swept.plus_hours(NAMING_HOURS);
    let edge = |access: &String| first_seen.get(access).is_some_and(|it| due(it) == last);
    let recorded: BTreeSet<_> = recorded
        .into_iter()
        .map(|(access, _)| access)
        .filter(|access| !edge(access))
        .collect();
    let roles = "SELECT id, role = 'VAI' OR role = 'BENDAHARA' OR role = 'KUKPBJ' OR role = 'VND'
                 FROM access";
    let idle: BTreeSet<_> = pairs(database, roles)
        .into_iter()
        .filter(|(_, idle)| *idle == 1)
        .map(|(access, _)| access)
        .collect();
    let expected: BTreeSet<_> = first_seen
        .iter()
        .filter(|(id, swept)| !idle.contains(**id) && due(swept) < last)
        .map(|(id, _)| (*id).clone())
        .collect();
    same(&recorded, &expected);
}

#[test]
fn a_year_of_the_country_leaves_every_end_reminder_and_escalation_once() {
    let seed = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
    println!("seed {seed}");
    let mut random = Random::new(seed);
    let world = World::with(Options::default().clock("2026-01-02T07:10:00Z"));
    world.host.stop();
    let country = settle(&world.database(), &mut random);
    world.host.start_again();
    let moments = live(&world, &mut random);
    world.host.stop();
    let database = world.database();
    database.is_sound();
    ends(&database, &country, *moments.last().unwrap());
    reminders(&database, &country, &moments);
    escalations(&database, &country, &moments);
    unassigned(&database, &country, &moments);
    nobody_is_told_twice(&database);
}
