//! The sweep (EXP-3, EXP-4): exactly one event and one mail for each end,
//! however often, late, interrupted or many at once it runs.

use crate::book::{Book, Folder, Order, carried_over, statement};
use akses_domain::access::{AccessEvent, Handover, Recorded, Submitted};
use akses_domain::authority::Capacity;
use akses_domain::ids::{AccessId, AccountId, DocumentId, InstitutionId, RequestId, WorkUnitId};
use akses_domain::reference::VerifiedBy;
use akses_domain::time::{CutOff, Date, Instant, Zone};
use std::sync::Barrier;
use uuid::Uuid;

const INSTITUTION: InstitutionId = InstitutionId::new(Uuid::from_u128(5));

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn cut_off() -> CutOff {
    CutOff {
        last_day: day("2025-08-22"),
    }
}

fn before(at: Instant) -> Instant {
    Instant::from_ms(at.ms() - 1)
}

fn access(number: u32) -> AccessId {
    AccessId::new(Uuid::from_u128(u128::from(number)))
}

fn append(book: &Book, number: u32, version: u32, at: Instant, event: AccessEvent) {
    let recorded = Recorded {
        version,
        actor: "test".to_owned(),
        at,
        event,
    };
    let seq = book.append(access(number), INSTITUTION, &recorded).unwrap();
    assert!(seq.is_some());
}

/// An active access with this last day.
fn active(book: &Book, number: u32, zone: Zone, valid_until: Date) {
    let name = Uuid::from_u128(u128::from(number));
    let (account, unit) = (AccountId::new(name), WorkUnitId::new(name));
    let event = carried_over(account, unit, INSTITUTION, zone, valid_until);
    append(book, number, 1, Instant::from_ms(0), event);
}

/// One that was given up, with a reactivation that waits since `submitted_at`.
fn reactivating(book: &Book, number: u32, zone: Zone, valid_until: Date, submitted_at: Instant) {
    active(book, number, zone, valid_until);
    let handover = Handover::NoneOpen;
    let given_up = AccessEvent::AccessDeactivated { handover };
    append(book, number, 2, Instant::from_ms(1), given_up);
    let name = Uuid::from_u128(u128::from(number));
    let (request, decree) = (RequestId::new(name), DocumentId::new(name));
    let event = AccessEvent::ReactivationRequested {
        request: Submitted::new(request, day("2026-12-31"), decree, submitted_at),
        verified_by: VerifiedBy::Institution,
    };
    append(book, number, 3, submitted_at, event);
}

fn standing(book: &Book, number: u32) -> String {
    let sql = "SELECT standing FROM access WHERE id = ?1";
    let id = access(number).to_string();
    book.connection
        .query_row(sql, [id], |row| row.get(0))
        .unwrap()
}

/// So many ends, each recorded once and mailed once.
fn assert_once_each(book: &Book, ends: i64) {
    for sql in [
        "SELECT count(*) FROM access WHERE standing = 'expired'",
        "SELECT count(*) FROM event WHERE kind = 'access-expired'",
        "SELECT count(DISTINCT subject) FROM event WHERE kind = 'access-expired'",
        "SELECT count(*) FROM notification WHERE template = 'access-expired'",
        "SELECT count(DISTINCT n.event) FROM notification AS n
         JOIN event AS e ON e.seq = n.event
         JOIN access AS a ON a.id = e.subject AND a.account = n.recipient
         WHERE n.template = 'access-expired' AND e.kind = 'access-expired'",
    ] {
        assert_eq!(book.number(sql), ends, "{sql}");
    }
}

#[test]
fn exp_2_an_access_expires_from_the_first_moment_of_the_next_day_of_its_zone() {
    for (number, zone) in (1..).zip(Zone::ALL) {
        let book = Book::in_memory();
        active(&book, number, zone, day("2026-03-30"));
        let end = zone.end_of(day("2026-03-30"));
        assert_eq!(
            book.sweep_all(Order::ByEnd, before(end), cut_off(), 10),
            0,
            "{zone}"
        );
        assert_eq!(
            book.sweep_all(Order::ByEnd, end, cut_off(), 10),
            1,
            "{zone}"
        );
        assert_eq!(standing(&book, number), "expired");
        assert_once_each(&book, 1);
    }
}

#[test]
fn exp_4_each_zone_expires_together_when_the_cut_off_comes_to_it() {
    let book = Book::in_memory();
    for (number, zone) in (1..).zip(Zone::ALL) {
        // Two ends long past, the cut-off day itself, and the day after.
        active(&book, number, zone, day("2023-12-31"));
        active(&book, number + 10, zone, day("2025-08-21"));
        active(&book, number + 20, zone, day("2025-08-22"));
        active(&book, number + 30, zone, day("2025-08-23"));
    }
    // Midnight comes from the east.
    let mut ended = 0;
    for zone in [Zone::Wit, Zone::Wita, Zone::Wib] {
        let midnight = cut_off().in_force_from(zone);
        assert_eq!(
            book.sweep_all(Order::ByEnd, before(midnight), cut_off(), 10),
            0,
            "{zone}"
        );
        assert_eq!(
            book.sweep_all(Order::ByEnd, midnight, cut_off(), 10),
            3,
            "{zone}"
        );
        ended += 3;
        assert_once_each(&book, ended);
    }
    let sql =
        "SELECT count(*) FROM access WHERE standing = 'active' AND valid_until = '2025-08-23'";
    assert_eq!(book.number(sql), 3);
}

#[test]
fn exp_4_the_cut_off_takes_along_reactivations_that_wait_and_they_stay_decidable() {
    let zone = Zone::Wita;
    let midnight = cut_off().in_force_from(zone);
    let book = Book::in_memory();
    reactivating(&book, 1, zone, day("2025-03-31"), before(midnight));
    // The last day that the cut-off reaches.
    reactivating(&book, 4, zone, day("2025-08-22"), before(midnight));
    // Its end lies after the cut-off; its reactivation was sent after it.
    reactivating(&book, 2, zone, day("2025-08-23"), before(midnight));
    reactivating(&book, 3, zone, day("2025-03-31"), midnight);
    assert_eq!(
        book.sweep_all(Order::ByEnd, before(midnight), cut_off(), 10),
        0
    );
    assert_eq!(book.sweep_all(Order::ByEnd, midnight, cut_off(), 10), 2);
    assert_once_each(&book, 2);
    let standings = [1, 2, 3, 4].map(|number| standing(&book, number));
    assert_eq!(standings, ["expired", "inactive", "inactive", "expired"]);
    let waiting = "SELECT count(*) FROM request WHERE outcome IS NULL";
    assert_eq!(book.number(waiting), 4, "the request stays in the queue");
    assert_eq!(book.number("SELECT sum(cut_off) FROM access"), 2);
    // Days later nothing more is taken along.
    assert_eq!(
        book.sweep_all(Order::ByEnd, midnight.plus_hours(1_000), cut_off(), 10),
        0
    );
    let approved = AccessEvent::RequestApproved {
        request: RequestId::new(Uuid::from_u128(1)),
        decided_as: Capacity::Vai,
        in_place_of: None,
        valid_until: day("2026-12-31"),
    };
    append(&book, 1, 5, midnight.plus_hours(2), approved);
    assert_eq!(standing(&book, 1), "active");
    assert_eq!(book.number("SELECT sum(cut_off) FROM access"), 1);
}

/// What a letter's dry run and its report count, each in sum.
fn counts(book: &Book, letter: Uuid) -> [i64; 4] {
    let sum = |name: &str, column: &str| {
        let sql = format!(
            "SELECT coalesce(sum({column}), 0) FROM ({})",
            statement(name)
        );
        let parameters = rusqlite::params![letter.to_string(), 1_000];
        book.connection
            .query_row(&sql, parameters, |row| row.get(0))
            .unwrap()
    };
    [
        sum("cut_off_due.sql", "accesses"),
        sum("cut_off_due.sql", "waiting"),
        sum("cut_off_ended.sql", "ended"),
        sum("cut_off_ended.sql", "waiting"),
    ]
}

/// Everything that a letter can meet, in each zone: three past its last day, one of
/// them waiting, and one that ends after it. Answers the letter's midnight there.
fn lettered(last_day: &str, named: bool) -> (Book, Uuid) {
    let book = Book::in_memory();
    let unit = WorkUnitId::new(Uuid::from_u128(77));
    book.know(unit, INSTITUTION, Zone::Wib);
    let letter = book.plan(1, day(last_day), named.then_some(INSTITUTION));
    let midnight = |zone| {
        CutOff {
            last_day: day(last_day),
        }
        .in_force_from(zone)
    };
    for (number, zone) in (1..).zip(Zone::ALL) {
        active(&book, number, zone, day("2025-03-31"));
        active(&book, number + 10, zone, day(last_day));
        reactivating(
            &book,
            number + 20,
            zone,
            day("2025-03-31"),
            before(midnight(zone)),
        );
        active(&book, number + 30, zone, day("2026-12-31"));
    }
    (book, letter)
}

#[test]
fn exp_4_a_letter_holds_in_place_of_the_configured_date_and_is_counted() {
    for (last_day, named) in [
        ("2025-07-31", false),
        ("2025-07-31", true),
        ("2025-09-30", false),
        ("2025-09-30", true),
    ] {
        for order in [Order::ByEnd, Order::ByPlace] {
            let (book, letter) = lettered(last_day, named);
            let own = CutOff {
                last_day: day(last_day),
            };
            let mut ended = 0;
            for zone in [Zone::Wit, Zone::Wita, Zone::Wib] {
                let midnight = own.in_force_from(zone);
                let told = format!("{last_day} {named} {order:?} {zone}");
                assert_eq!(
                    counts(&book, letter),
                    [9 - ended, (9 - ended) / 3, ended, ended / 3]
                );
                // The configured date comes between, or is over: it says nothing here.
                assert_eq!(book.due(before(midnight), cut_off(), 100), 0, "{told}");
                assert_eq!(book.sweep_all(order, before(midnight), cut_off(), 2), 0);
                assert_eq!(book.due(midnight, cut_off(), 100), 2, "{told}");
                assert_eq!(book.sweep_all(order, midnight, cut_off(), 2), 3, "{told}");
                ended += 3;
                assert_once_each(&book, ended);
            }
            assert_eq!(counts(&book, letter), [0, 0, 9, 3]);
            let decidable = "SELECT count(*) FROM request WHERE outcome IS NULL";
            assert_eq!(book.number(decidable), 3);
            // A day on its own, long after: the end of its time, not the letter's.
            let later = Zone::Wib.end_of(day("2026-12-31"));
            assert_eq!(book.sweep_all(order, later, cut_off(), 2), 3);
            assert_eq!(counts(&book, letter), [0, 0, 9, 3]);
        }
    }
}

#[test]
fn exp_4_an_end_before_a_letters_day_is_over_is_none_of_the_letters() {
    let (book, letter) = lettered("2025-09-30", false);
    let own = CutOff {
        last_day: day("2025-09-30"),
    };
    let end = |book: &Book, number: u32, at: Instant| {
        let ended = AccessEvent::AccessExpired {
            account: AccountId::new(Uuid::from_u128(u128::from(number))),
            valid_until: Some(day("2025-03-31")),
            overtook_request: false,
        };
        append(book, number, 2, at, ended);
    };
    // WIT is first; the others' day is not over with its midnight.
    let midnight = own.in_force_from(Zone::Wit);
    let number = |zone| (1..).zip(Zone::ALL).find(|(_, it)| *it == zone).unwrap().0;
    end(&book, number(Zone::Wib), midnight);
    assert_eq!(counts(&book, letter)[2..], [0, 0]);
    book.about_cut_off(letter, 2, "cut-off-withdrawn", r#"{"reason":"x"}"#)
        .unwrap();
    let (book, letter) = lettered("2025-09-30", false);
    end(&book, number(Zone::Wit), midnight);
    assert_eq!(counts(&book, letter)[2..], [1, 0]);
}

#[test]
fn exp_4_elsewhere_the_configured_date_holds_and_so_it_does_when_a_letter_is_withdrawn() {
    let now = Zone::Wib.end_of(day("2025-08-25"));
    let elsewhere = InstitutionId::new(Uuid::from_u128(6));
    let swept = |book: &Book| book.sweep_all(Order::ByPlace, now, cut_off(), 5);
    let (book, letter) = lettered("2025-09-30", false);
    assert_eq!(swept(&book), 0);
    book.about_cut_off(letter, 2, "cut-off-withdrawn", r#"{"reason":"x"}"#)
        .unwrap();
    assert_eq!(
        swept(&book),
        3,
        "what is past due; the reactivations were sent after it"
    );
    assert_eq!(counts(&book, letter), [0; 4]);
    // A letter for another institution leaves this one alone.
    let (book, letter) = lettered("2025-09-30", true);
    let unit = WorkUnitId::new(Uuid::from_u128(78));
    book.know(unit, elsewhere, Zone::Wib);
    book.plan(2, day("2025-12-31"), Some(elsewhere));
    assert_eq!(swept(&book), 0);
    // What it says can be changed: the same letter, for the other institution.
    let plan = format!(
        r#"{{"letter_number":"surat-1","letter_date":"2025-08-01","last_day":"2025-09-30",
            "scope":{{"kind":"institutions","institutions":["{elsewhere}"],"codes":["X"]}}}}"#
    );
    book.about_cut_off(letter, 2, "cut-off-changed", &plan)
        .unwrap();
    assert_eq!(swept(&book), 3);
    let places = "SELECT count(*) FROM cut_off_place";
    assert_eq!(
        book.number(places),
        1,
        "the letter planned last holds there"
    );
}

#[test]
fn exp_4_letters_by_kind_reach_institutions_that_join_later_and_the_newest_holds() {
    let book = Book::in_memory();
    let know = |number: u128| {
        let institution = InstitutionId::new(Uuid::from_u128(number));
        book.know(
            WorkUnitId::new(Uuid::from_u128(number + 100)),
            institution,
            Zone::Wita,
        );
        institution
    };
    let last_day = |institution: InstitutionId| -> Option<String> {
        let select = statement("cut_off_last_day.sql");
        let mut select = book.connection.prepare(&select).unwrap();
        let mut rows = select.query([institution.to_string()]).unwrap();
        rows.next().unwrap().map(|row| row.get(0).unwrap())
    };
    let first = know(1);
    assert_eq!(last_day(first), None);
    let national = book.plan(1, day("2026-01-31"), None);
    assert_eq!(last_day(first).as_deref(), Some("2026-01-31"));
    let kinds = r#"{"letter_number":"surat-2","letter_date":"2026-01-01","last_day":"2026-02-28",
                    "scope":{"kind":"kinds","kinds":["Kabupaten","Kota"]}}"#;
    let by_kind = Uuid::from_u128(99);
    book.about_cut_off(by_kind, 1, "cut-off-planned", kinds)
        .unwrap();
    let second = know(2);
    for institution in [first, second] {
        assert_eq!(last_day(institution).as_deref(), Some("2026-02-28"));
    }
    let named = book.plan(3, day("2026-03-31"), Some(first));
    assert_eq!(last_day(first).as_deref(), Some("2026-03-31"));
    assert_eq!(last_day(second).as_deref(), Some("2026-02-28"));
    let withdraw = |id| {
        book.about_cut_off(id, 2, "cut-off-withdrawn", "{}")
            .unwrap()
    };
    withdraw(named);
    assert_eq!(last_day(first).as_deref(), Some("2026-02-28"));
    // A national letter stands in place of all older ones.
    let newest = book.plan(4, day("2026-04-30"), None);
    for institution in [first, second, know(3)] {
        assert_eq!(last_day(institution).as_deref(), Some("2026-04-30"));
    }
    withdraw(newest);
    withdraw(national);
    assert_eq!(last_day(second).as_deref(), Some("2026-02-28"));
    withdraw(by_kind);
    assert_eq!(last_day(second), None);
}

#[test]
fn exp_4_a_letter_is_planned_once_and_stays_once_it_has_ended_somebody() {
    let (book, letter) = lettered("2025-07-31", false);
    let again = r#"{"letter_number":"surat-1","letter_date":"2025-07-01","last_day":"2025-12-31",
                    "scope":{"kind":"everyone"}}"#;
    let refused = |id, version, kind, data| {
        let error = book.about_cut_off(id, version, kind, data).unwrap_err();
        error.to_string()
    };
    let other = Uuid::from_u128(98);
    assert!(refused(other, 1, "cut-off-planned", again).contains("akses:letter-planned"));
    let now = Zone::Wit.end_of(day("2025-07-31"));
    assert_eq!(book.sweep_all(Order::ByEnd, now, cut_off(), 10), 3);
    for kind in ["cut-off-changed", "cut-off-withdrawn"] {
        assert!(refused(letter, 2, kind, again).contains("akses:cut-off-begun"));
    }
    assert_eq!(counts(&book, letter), [6, 2, 3, 1]);
}

#[test]
fn exp_3_a_second_sweep_finds_nothing() {
    for (first, second) in [
        (Order::ByEnd, Order::ByEnd),
        (Order::ByEnd, Order::ByPlace),
        (Order::ByPlace, Order::ByEnd),
        (Order::ByPlace, Order::ByPlace),
    ] {
        let book = Book::in_memory();
        (1..=50).for_each(|number| active(&book, number, Zone::Wib, day("2026-03-30")));
        let now = Zone::Wib.end_of(day("2026-03-30"));
        assert_eq!(book.due(before(now), cut_off(), 100), 0);
        assert_eq!(book.due(now, cut_off(), 100), 50);
        assert_eq!(book.due(now, cut_off(), 20), 20, "no further than asked");
        assert_eq!(book.sweep_all(first, now, cut_off(), 7), 50);
        assert_eq!(book.due(now, cut_off(), 100), 0);
        assert_eq!(book.sweep_all(second, now, cut_off(), 7), 0);
        assert_eq!(book.sweep_all(second, now.plus_hours(24), cut_off(), 7), 0);
        assert_once_each(&book, 50);
    }
}

#[test]
fn exp_3_by_place_finds_the_same_as_by_end() {
    let ends = [
        "2023-12-31",
        "2025-08-22",
        "2025-08-23",
        "2026-03-29",
        "2026-03-30",
        "2026-03-31",
    ];
    let midnight = cut_off().in_force_from(Zone::Wita);
    let now = Zone::Wita.end_of(day("2026-03-30"));
    for moment in [
        before(midnight),
        midnight,
        before(now),
        now,
        now.plus_hours(1),
    ] {
        let swept = [Order::ByEnd, Order::ByPlace].map(|order| {
            let book = Book::in_memory();
            let places = Zone::ALL
                .into_iter()
                .flat_map(|zone| ends.map(|end| (zone, end)));
            for (number, (zone, end)) in (1..).zip(places) {
                active(&book, number, zone, day(end));
            }
            reactivating(&book, 90, Zone::Wita, day("2025-08-22"), before(midnight));
            book.sweep_all(order, moment, cut_off(), 4);
            let mut expired: Vec<_> = book.events_after(0);
            expired.retain(|row| row.recorded.event.kind() == "access-expired");
            expired.sort_by(|one, other| one.subject.cmp(&other.subject));
            let described = expired
                .into_iter()
                .map(|row| (row.subject, row.institution, row.recorded));
            described.collect::<Vec<_>>()
        });
        assert_eq!(swept[0], swept[1], "{moment:?}");
    }
}

#[test]
fn exp_3_missed_days_and_back_dated_rows_are_found() {
    let book = Book::in_memory();
    for (number, last_day) in (1..).zip(["2026-03-01", "2026-03-02", "2026-03-10", "2026-03-29"]) {
        active(&book, number, Zone::Wit, day(last_day));
    }
    let now = Zone::Wit.end_of(day("2026-03-30"));
    assert_eq!(
        book.sweep_all(Order::ByEnd, now, cut_off(), 100),
        4,
        "one sweep after a month"
    );
    // Imported today, ended long ago.
    active(&book, 9, Zone::Wit, day("2024-06-30"));
    assert_eq!(book.sweep_all(Order::ByEnd, now, cut_off(), 100), 1);
    assert_once_each(&book, 5);
}

#[test]
fn exp_3_batches_of_two_connections_in_turn() {
    let folder = Folder::new();
    let (one, other) = (folder.open(), folder.open());
    (1..=40).for_each(|number| active(&one, number, Zone::Wib, day("2026-03-30")));
    let now = Zone::Wib.end_of(day("2026-03-30"));
    let mut swept = 0;
    for _ in 0..10 {
        swept += one.sweep(now, cut_off(), 3).unwrap();
        swept += other.sweep(now, cut_off(), 5).unwrap();
    }
    assert_eq!(swept, 40);
    assert_once_each(&one, 40);
}

#[test]
fn exp_3_four_sweepers_at_once() {
    const ENDS: u32 = 400;
    let folder = Folder::new();
    let book = folder.open();
    book.connection.execute_batch("BEGIN").unwrap();
    (1..=ENDS).for_each(|number| active(&book, number, Zone::Wita, day("2026-03-30")));
    book.connection.execute_batch("COMMIT").unwrap();
    let now = Zone::Wita.end_of(day("2026-03-30"));
    let barrier = Barrier::new(4);
    let sweeper = |book: Book, order| {
        let barrier = &barrier;
        move || {
            barrier.wait();
            book.sweep_all(order, now, cut_off(), 10)
        }
    };
    let orders = [Order::ByEnd, Order::ByPlace, Order::ByEnd, Order::ByPlace];
    let sweepers = orders.map(|order| sweeper(folder.open(), order));
    let swept: Vec<usize> = std::thread::scope(|scope| {
        let sweepers = sweepers.map(|sweep| scope.spawn(sweep));
        sweepers.map(|sweeper| sweeper.join().unwrap()).into()
    });
    assert_eq!(swept.iter().sum::<usize>(), ENDS as usize, "{swept:?}");
    assert_once_each(&book, i64::from(ENDS));
}

#[test]
fn exp_3_a_sweep_that_is_stopped_half_way_leaves_nothing_and_the_next_does_all() {
    const ENDS: u32 = 200;
    let mut stopped = 0;
    for operations in [1, 500, 2_000, 8_000] {
        let mut book = Book::in_memory();
        (1..=ENDS).for_each(|number| active(&book, number, Zone::Wib, day("2026-03-30")));
        let now = Zone::Wib.end_of(day("2026-03-30"));
        // SQLite asks after so many of its operations; the answer is "stop".
        let stop = Some(|| true);
        book.connection.progress_handler(operations, stop).unwrap();
        let halted = book.sweep(now, cut_off(), ENDS).is_err();
        book = without_handler(book);
        stopped += u32::from(halted);
        assert_once_each(&book, if halted { 0 } else { i64::from(ENDS) });
        book.sweep_all(Order::ByEnd, now, cut_off(), ENDS);
        assert_once_each(&book, i64::from(ENDS));
    }
    assert!(stopped >= 2, "only {stopped} sweeps were stopped");
}

fn without_handler(mut book: Book) -> Book {
    book.connection
        .progress_handler(0, None::<fn() -> bool>)
        .unwrap();
    book
}
