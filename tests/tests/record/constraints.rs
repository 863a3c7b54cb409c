//! What the record refuses by itself, whoever writes to it.

use crate::book::{Book, Folder, carried_over, migrations};
use akses_domain::access::{AccessEvent, Form, Handover, Recorded, Subject, Submitted};
use akses_domain::authority::Capacity;
use akses_domain::ids::{AccessId, AccountId, DocumentId, InstitutionId, RequestId, WorkUnitId};
use akses_domain::reference::VerifiedBy;
use akses_domain::time::{Instant, Zone};
use rusqlite::ErrorCode;
use std::sync::Barrier;
use uuid::Uuid;

const ACCESS: AccessId = AccessId::new(Uuid::from_u128(1));
const OTHER: AccessId = AccessId::new(Uuid::from_u128(2));
const ACCOUNT: AccountId = AccountId::new(Uuid::from_u128(3));
const UNIT: WorkUnitId = WorkUnitId::new(Uuid::from_u128(4));
const INSTITUTION: InstitutionId = InstitutionId::new(Uuid::from_u128(5));

fn recorded(version: u32, event: AccessEvent) -> Recorded {
    Recorded {
        version,
        actor: "test".to_owned(),
        at: Instant::from_ms(1_800_000_000_000),
        event,
    }
}

fn registration(account: u128, request: u128, address: Option<&str>) -> AccessEvent {
    AccessEvent::AccessRequested {
        subject: Subject {
            account: AccountId::new(Uuid::from_u128(account)),
            role: "PPK".to_owned(),
            work_unit: UNIT,
            institution: INSTITUTION,
            zone: Zone::Wib,
            verified_by: VerifiedBy::Institution,
        },
        request: Submitted::new(
            RequestId::new(Uuid::from_u128(request)),
            "2027-12-31".parse().unwrap(),
            DocumentId::new(Uuid::from_u128(6)),
            Instant::from_ms(1_800_000_000_000),
        ),
        form: Form {
            address: address.map(str::to_owned),
            ..Form::default()
        },
    }
}

fn carried() -> AccessEvent {
    carried_over(
        ACCOUNT,
        UNIT,
        INSTITUTION,
        Zone::Wib,
        "2027-12-31".parse().unwrap(),
    )
}

fn deactivated() -> AccessEvent {
    AccessEvent::AccessDeactivated {
        handover: Handover::NoneOpen,
    }
}

fn book_with_one_access() -> Book {
    let book = Book::in_memory();
    book.know(UNIT, INSTITUTION, Zone::Wib);
    let seq = book.append(ACCESS, INSTITUTION, &recorded(1, carried()));
    assert!(seq.unwrap().is_some());
    book
}

/// The refusal of a statement, and that it left no trace.
fn refused<T: std::fmt::Debug>(
    book: &Book,
    attempt: impl FnOnce(&Book) -> rusqlite::Result<T>,
) -> String {
    let before = book.fingerprint();
    let error = attempt(book).expect_err("it must be refused");
    assert_eq!(book.fingerprint(), before, "{error}");
    assert_eq!(
        error.sqlite_error_code(),
        Some(ErrorCode::ConstraintViolation),
        "{error}"
    );
    error.to_string()
}

#[test]
fn all_1_events_are_never_changed_or_removed() {
    let book = book_with_one_access();
    for sql in [
        "UPDATE event SET actor = 'somebody else'",
        "UPDATE event SET data = data WHERE seq = 1",
        "DELETE FROM event",
        "DELETE FROM event WHERE kind = 'access-carried-over'",
    ] {
        let error = refused(&book, |book| book.connection.execute(sql, []));
        assert!(error.contains("akses:append-only"), "{sql}: {error}");
    }
}

#[test]
fn versions_have_no_gaps() {
    let book = book_with_one_access();
    for (subject, version) in [(ACCESS, 3), (ACCESS, u32::MAX), (OTHER, 2)] {
        let error = refused(&book, |book| {
            book.append(subject, INSTITUTION, &recorded(version, deactivated()))
        });
        assert!(error.contains("akses:version-gap"), "{error}");
    }
    refused(&book, |book| {
        book.append(OTHER, INSTITUTION, &recorded(0, deactivated()))
    });
}

#[test]
fn ver_4_a_stale_version_writes_nothing() {
    let book = book_with_one_access();
    let first = book.append(ACCESS, INSTITUTION, &recorded(2, deactivated()));
    assert!(first.unwrap().is_some());
    let before = book.fingerprint();
    for version in [1, 2] {
        let second = book.append(ACCESS, INSTITUTION, &recorded(version, deactivated()));
        assert_eq!(
            second.unwrap(),
            None,
            "no row: somebody else's event stands"
        );
    }
    assert_eq!(book.fingerprint(), before);
    // Also for a writer that does not ask first.
    let error = refused(&book, |book| {
        book.connection.execute(
            "INSERT INTO event (subject, version, kind, data, actor, at, origin, request_id)
             SELECT subject, version, kind, data, 'late', at, origin, request_id FROM event
             WHERE version = 2",
            [],
        )
    });
    assert!(error.contains("UNIQUE"), "{error}");
}

#[test]
fn ver_4_of_two_connections_at_once_one_decides() {
    const ROUNDS: u32 = 50;
    let folder = Folder::new();
    let book = folder.open();
    book.know(UNIT, INSTITUTION, Zone::Wib);
    book.append(ACCESS, INSTITUTION, &recorded(1, carried()))
        .unwrap();
    let barrier = Barrier::new(2);
    // Nobody panics between two barriers: the other would wait for ever.
    let decide = |book: Book| {
        let barrier = &barrier;
        move || -> Vec<_> {
            let appended = (2..2 + ROUNDS).map(|version| {
                barrier.wait();
                book.append(ACCESS, INSTITUTION, &recorded(version, deactivated()))
            });
            appended.collect()
        }
    };
    let deciders = [decide(folder.open()), decide(folder.open())];
    let [one, other] = std::thread::scope(|scope| {
        let deciders = deciders.map(|decide| scope.spawn(decide));
        deciders.map(|decider| decider.join().unwrap())
    });
    let written = |appended: Vec<rusqlite::Result<Option<i64>>>| {
        appended.into_iter().filter_map(Result::unwrap).count()
    };
    let (one, other) = (written(one), written(other));
    assert_eq!(
        one + other,
        ROUNDS as usize,
        "each version was written once: {one} + {other}"
    );
    assert_eq!(
        book.number("SELECT version FROM access"),
        i64::from(ROUNDS) + 1
    );
    assert_eq!(
        book.number("SELECT count(*) FROM notification"),
        i64::from(ROUNDS)
    );
}

#[test]
fn reg_7_a_second_access_for_account_role_and_work_unit_is_refused() {
    let book = book_with_one_access();
    for event in [carried(), registration(3, 7, None)] {
        let error = refused(&book, |book| {
            book.append(OTHER, INSTITUTION, &recorded(1, event.clone()))
        });
        assert!(error.contains("akses:access-exists"), "{error}");
    }
    let somebody_else = registration(33, 7, None);
    let seq = book.append(OTHER, INSTITUTION, &recorded(1, somebody_else));
    assert!(seq.unwrap().is_some());
}

#[test]
fn reg_3_the_first_address_of_a_work_unit_stays() {
    let book = Book::in_memory();
    book.know(UNIT, INSTITUTION, Zone::Wib);
    let address = || -> Option<String> {
        let sql = "SELECT address FROM work_unit";
        book.connection
            .query_row(sql, [], |row| row.get(0))
            .unwrap()
    };
    let register = |number: u128, text: Option<&str>| {
        let event = recorded(1, registration(number, number + 100, text));
        let id = AccessId::new(Uuid::from_u128(number));
        assert!(book.append(id, INSTITUTION, &event).unwrap().is_some());
    };
    register(11, None);
    assert_eq!(address(), None);
    register(12, Some("Jalan Contoh 1"));
    register(13, Some("Jalan Lain 2"));
    register(14, None);
    assert_eq!(address().as_deref(), Some("Jalan Contoh 1"));
    assert_eq!(book.number("SELECT count(*) FROM request"), 4);
}

#[test]
fn reg_3_a_rejected_request_takes_its_address_along_and_only_its_own() {
    let book = Book::in_memory();
    book.know(UNIT, INSTITUTION, Zone::Wib);
    let address = || -> Option<String> {
        let sql = "SELECT address FROM work_unit";
        book.connection
            .query_row(sql, [], |row| row.get(0))
            .unwrap()
    };
    let append = |number: u128, version: u32, event: AccessEvent| {
        let id = AccessId::new(Uuid::from_u128(number));
        let event = recorded(version, event);
        assert!(book.append(id, INSTITUTION, &event).unwrap().is_some());
    };
    let rejected = |number: u128| AccessEvent::RequestRejected {
        request: RequestId::new(Uuid::from_u128(number + 100)),
        decided_as: Capacity::Vai,
        in_place_of: None,
        reason: "Alamat salah".to_owned(),
        field: Some("address".parse().unwrap()),
    };
    append(11, 1, registration(11, 111, Some("Jalan Salah 1")));
    append(12, 1, registration(12, 112, Some("Jalan Lain 2")));
    append(12, 2, rejected(12));
    assert_eq!(
        address().as_deref(),
        Some("Jalan Salah 1"),
        "it was not the first"
    );
    append(11, 2, rejected(11));
    assert_eq!(address(), None, "the next one is asked again");
    append(13, 1, registration(13, 113, Some("Jalan Benar 3")));
    let approved = AccessEvent::RequestApproved {
        request: RequestId::new(Uuid::from_u128(113)),
        decided_as: Capacity::Vai,
        in_place_of: None,
        valid_until: "2027-12-31".parse().unwrap(),
    };
    append(13, 2, approved);
    append(14, 1, registration(14, 114, Some("Jalan Lain 4")));
    append(14, 2, rejected(14));
    assert_eq!(address().as_deref(), Some("Jalan Benar 3"));
}

#[test]
fn reg_3_two_registrants_at_the_same_moment_leave_one_address_and_no_error() {
    const ROUNDS: u128 = 20;
    let folder = Folder::new();
    let book = folder.open();
    let barrier = Barrier::new(2);
    for round in 0..ROUNDS {
        let unit = WorkUnitId::new(Uuid::from_u128(1_000 + round));
        let institution = InstitutionId::new(Uuid::from_u128(2_000 + round));
        book.know(unit, institution, Zone::Wib);
        let register = |number: u128| {
            let (book, barrier) = (folder.open(), &barrier);
            move || {
                let text = format!("Jalan Contoh {number}");
                let number = round * 10 + number;
                let mut event = registration(3_000 + number, 4_000 + number, Some(&text));
                if let AccessEvent::AccessRequested { subject, .. } = &mut event {
                    subject.work_unit = unit;
                }
                let id = AccessId::new(Uuid::from_u128(5_000 + number));
                barrier.wait();
                assert!(
                    book.append(id, institution, &recorded(1, event))
                        .unwrap()
                        .is_some()
                );
            }
        };
        std::thread::scope(|scope| {
            scope.spawn(register(1));
            scope.spawn(register(2));
        });
        let sql = "SELECT w.address = (SELECT q.form ->> 'address' FROM request AS q
                          JOIN event AS e ON e.subject = q.access
                          WHERE e.data ->> 'work_unit' = w.id ORDER BY e.seq LIMIT 1)
                   FROM work_unit AS w WHERE w.id = ?1";
        let first_stays: bool = book
            .connection
            .query_row(sql, [unit.to_string()], |row| row.get(0))
            .unwrap();
        assert!(first_stays);
    }
    assert_eq!(
        book.number("SELECT count(*) FROM access"),
        2 * ROUNDS as i64
    );
}

#[test]
fn an_event_whose_fold_fails_is_not_recorded_either() {
    let book = book_with_one_access();
    let first = recorded(1, registration(21, 7, None));
    book.append(OTHER, INSTITUTION, &first).unwrap();
    // The same request id again: the fold into `request` breaks its key.
    let error = refused(&book, |book| {
        let id = AccessId::new(Uuid::from_u128(22));
        book.append(id, INSTITUTION, &recorded(1, registration(22, 7, None)))
    });
    assert!(error.contains("request.id"), "{error}");
    // A day that does not exist has no end.
    let error = refused(&book, |book| {
        book.connection.execute(
            "INSERT INTO event (subject, version, kind, data, actor, at, origin, request_id)
             VALUES ('x', 1, 'access-carried-over', '{\"account\":\"a\",\"role\":\"PPK\",
                     \"work_unit\":\"w\",\"institution\":\"i\",\"zone\":\"WIB\",
                     \"valid_until\":\"2026-13-01\"}', 'test', 0, '', '')",
            [],
        )
    });
    assert!(error.contains("CHECK"), "{error}");
}

#[test]
fn migrations_can_be_repeated_on_a_database_with_data() {
    let folder = Folder::new();
    let book = folder.open();
    book.know(UNIT, INSTITUTION, Zone::Wib);
    book.append(ACCESS, INSTITUTION, &recorded(1, carried()))
        .unwrap();
    let before = book.fingerprint();
    let again = folder.open();
    assert_eq!(again.fingerprint(), before);
    // Half a run, as a kill leaves it, then a whole one.
    let statements = migrations();
    assert!(
        statements.len() > 20,
        "the script was taken apart: {}",
        statements.len()
    );
    for statement in &statements[..statements.len() / 2] {
        again.connection.execute_batch(statement).unwrap();
    }
    assert_eq!(folder.open().fingerprint(), before);
}
