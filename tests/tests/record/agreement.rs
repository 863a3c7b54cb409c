//! Thousands of random lives, each folded twice: by `evolve` and by triggers.

use crate::book::{Book, Folder, Order, Row, carried_over};
use crate::histories::{CUT_OFF, Deed, Slot, Step, World, steps};
use akses_domain::access::{
    self, Access, AccessEvent, Command, Decision, Pending, Recorded, RequestKind, Standing, decide,
};
use akses_domain::authority::Capacity;
use akses_domain::handover::Handover;
use akses_domain::ids::{AccessId, AccountId, InstitutionId, RequestId, WorkUnitId};
use akses_domain::reference::VerifiedBy;
use akses_domain::time::{CutOff, Date, Instant, Zone};
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use rusqlite::OptionalExtension;
use serde::de::DeserializeOwned;
use std::cell::Cell;
use std::collections::BTreeMap;
use uuid::Uuid;

const SLOTS: usize = 6;
const STEPS_MAX: usize = 150;

/// Worlds of [`SLOTS`] lives each: 2,400 histories in memory.
const WORLDS: u32 = 400;
const WORLDS_ON_DISK: u32 = 10;

/// Which letters hold in a world (EXP-4), in the order in which they were planned:
/// for the nation, or for the institution of this number; and their last day.
const LETTERS: [&[(Option<usize>, &str)]; 4] = [
    &[],
    &[(Some(0), "2025-09-05"), (Some(2), "2025-08-10")],
    &[(None, "2025-08-15"), (Some(1), "2025-09-01")],
    &[(Some(1), "2025-08-12"), (None, "2025-09-03")],
];

#[test]
fn sql_and_rust_agree() {
    // One database for all worlds: each is a transaction that is taken back.
    let book = Book::in_memory();
    let met = hold_together(WORLDS, |steps| {
        if !book.connection.is_autocommit() {
            // Left by the world before, which failed and is being shrunk.
            book.connection.execute_batch("ROLLBACK").unwrap();
        }
        book.connection.execute_batch("BEGIN").unwrap();
        let lived = live(&book, steps);
        book.connection.execute_batch("ROLLBACK").unwrap();
        lived
    });
    met.assert_enough(WORLDS as usize);
}

#[test]
fn sql_and_rust_agree_on_disk() {
    let met = hold_together(WORLDS_ON_DISK, |steps| {
        let folder = Folder::new();
        let book = folder.open();
        live(&book, steps)
    });
    assert!(
        met.expired > 0,
        "no access ended in {WORLDS_ON_DISK} worlds"
    );
}

/// How much of what matters a world has met. So rare a thing as an extension that is
/// taken back is only sure to be met in hundreds of worlds: ten promise nothing.
#[derive(Clone, Copy, Default)]
struct Met {
    expired: usize,
    overtaken: usize,
    extended: usize,
    taken_back: usize,
}

impl Met {
    fn assert_enough(self, worlds: usize) {
        let Self {
            expired,
            overtaken,
            extended,
            taken_back,
        } = self;
        assert!(
            expired > worlds,
            "the sweep met {expired} ends in {worlds} worlds"
        );
        assert!(
            overtaken > worlds / 20,
            "the cut-off met {overtaken} requests in {worlds} worlds"
        );
        assert!(
            extended > worlds && taken_back >= worlds / 40,
            "{extended} extensions, {taken_back} of them taken back, in {worlds} worlds"
        );
    }
}

fn hold_together(worlds: u32, live: impl Fn(&[Step]) -> Met) -> Met {
    let met = Cell::new(Met::default());
    let config = Config {
        cases: worlds,
        failure_persistence: None,
        ..Config::default()
    };
    let result = TestRunner::new(config).run(&steps(SLOTS, STEPS_MAX), |steps| {
        let (so_far, lived) = (met.get(), live(&steps));
        met.set(Met {
            expired: so_far.expired + lived.expired,
            overtaken: so_far.overtaken + lived.overtaken,
            extended: so_far.extended + lived.extended,
            taken_back: so_far.taken_back + lived.taken_back,
        });
        Ok::<(), TestCaseError>(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
    met.get()
}

/// Lives one world through in Rust and in SQL.
fn live(book: &Book, steps: &[Step]) -> Met {
    let mut both = Both::new(book, steps.len() % LETTERS.len());
    for step in steps {
        let (command, actor) = both.world.command(step);
        match step.deed {
            Deed::Expire => both.sweep(),
            _ => both.decide(step.slot, command, &actor),
        }
    }
    both.compare_everything();
    Met {
        expired: both.count("access-expired"),
        overtaken: both.overtaken,
        extended: both.count("extension-requested"),
        taken_back: both.taken_back,
    }
}

/// One world, in Rust and in SQL.
struct Both<'a> {
    world: World,
    book: &'a Book,
    /// Every request as it must lie in the table.
    requests: BTreeMap<String, Request>,
    /// Row numbers of the events, with what is mailed about each.
    mails: Vec<Mail>,
    overtaken: usize,
    taken_back: usize,
}

/// A row of `request`.
#[derive(Debug, Clone, PartialEq)]
struct Request {
    id: String,
    access: String,
    kind: RequestKind,
    institution: String,
    verified_by: VerifiedBy,
    account: String,
    submitted_at: i64,
    deadline_at: i64,
    valid_until: String,
    document: String,
    form: serde_json::Value,
    outcome: Option<String>,
    reason: Option<String>,
    decided_by: Option<String>,
    decided_as: Option<String>,
    decided_at: Option<i64>,
}

/// A row of `notification`: template, recipient, event, when it is due.
type Mail = (String, String, i64, i64);

impl<'a> Both<'a> {
    fn new(book: &'a Book, letters: usize) -> Self {
        let mut world = World::new(SLOTS);
        for slot in &world.slots {
            let known = world.slots.iter().find(|s| s.work_unit == slot.work_unit);
            if known.is_some_and(|first| first.id == slot.id) {
                book.know(slot.work_unit, slot.institution, slot.zone);
            }
        }
        for (number, (named, last_day)) in LETTERS[letters].iter().enumerate() {
            let named = named.map(|number| world.slots[2 * number].institution);
            let cut_off = CutOff {
                last_day: last_day.parse().unwrap(),
            };
            book.plan(number, cut_off.last_day, named);
            for slot in &world.slots {
                if named.is_none_or(|institution| institution == slot.institution) {
                    world
                        .cut_offs
                        .retain(|(known, _)| *known != slot.institution);
                    world.cut_offs.push((slot.institution, cut_off));
                }
            }
        }
        Self {
            world,
            book,
            requests: BTreeMap::new(),
            mails: vec![],
            overtaken: 0,
            taken_back: 0,
        }
    }

    /// A command goes through `decide` and the store's append.
    fn decide(&mut self, slot: usize, command: Command, actor: &str) {
        let access = self.world.slots[slot].access.as_ref();
        for event in decide(access, command, self.world.now).unwrap_or_default() {
            let recorded = self.world.record(slot, event, actor);
            let Slot {
                id, institution, ..
            } = self.world.slots[slot];
            let seq = self.book.append(id, institution, &recorded).unwrap();
            self.expect(slot, seq.expect("the version is free"), &recorded);
            self.compare(slot);
        }
    }

    /// The store's sweep does what `decide` says of each access.
    fn sweep(&mut self) {
        let now = self.world.now;
        let before = self.book.last_seq();
        let overdue = |slot: &&Slot| {
            let cut_off = self.world.cut_off(slot);
            let access = slot.access.as_ref();
            access.is_some_and(|access| access.is_overdue(now, cut_off))
        };
        let due = self.world.slots.iter().filter(overdue).count();
        assert_eq!(self.book.due(now, CUT_OFF, 100) as usize, due);
        let order = match now.ms() % 2 {
            0 => Order::ByEnd,
            _ => Order::ByPlace,
        };
        let swept = self.book.sweep_all(order, now, CUT_OFF, 2);
        let mut rows: BTreeMap<String, Row> = BTreeMap::new();
        for row in self.book.events_after(before) {
            let twice = rows.insert(row.subject.clone(), row);
            assert!(twice.is_none(), "one event for each access");
        }
        assert_eq!(rows.len(), swept);
        for number in 0..SLOTS {
            let slot = self.world.slots[number].clone();
            let cut_off = self.world.cut_off(&slot);
            let command = Command::Expire { cut_off };
            let row = rows.remove(&slot.id.to_string());
            let Ok(events) = decide(slot.access.as_ref(), command, now) else {
                assert!(row.is_none(), "SQL expired what is not due: {slot:?}");
                continue;
            };
            let row = row.unwrap_or_else(|| panic!("SQL left what is due: {slot:?}"));
            assert_eq!(row.institution, Some(slot.institution.to_string()));
            let [event]: [AccessEvent; 1] = events.try_into().unwrap();
            if let AccessEvent::AccessExpired {
                overtook_request: true,
                ..
            } = event
            {
                self.overtaken += 1;
            }
            let recorded = self.world.record(number, event, &row.recorded.actor);
            assert_eq!(row.recorded, recorded);
            self.expect(number, row.seq, &recorded);
        }
        assert!(rows.is_empty(), "SQL expired an access that nobody has");
        (0..SLOTS).for_each(|slot| self.compare(slot));
    }

    /// Notes what the tables of requests and mails must hold after an event.
    fn expect(&mut self, slot: usize, seq: i64, recorded: &Recorded) {
        let Slot {
            access, account, ..
        } = &self.world.slots[slot];
        let access = access.as_ref().unwrap();
        let template = match &recorded.event {
            AccessEvent::AccessRequested { .. } | AccessEvent::ReactivationRequested { .. } => {
                Some("request-submitted")
            }
            AccessEvent::AccessCarriedOver { .. } => None,
            // `extension-requested` among them.
            decided_or_ended => Some(decided_or_ended.kind()),
        };
        if let AccessEvent::AccessDeactivated { handover }
        | AccessEvent::HandoverNamed { handover, .. } = &recorded.event
            && let Some(successor) = handover.successor()
        {
            let template = "handover-received".to_owned();
            let (to, at) = (successor.to_string(), recorded.at.ms());
            self.mails.push((template, to, seq, at));
        }
        if let Some(template) = template {
            self.mails.push((
                template.to_owned(),
                account.to_string(),
                seq,
                recorded.at.ms(),
            ));
        }
        let form = match &recorded.event {
            AccessEvent::AccessRequested { form, .. } => serde_json::to_value(form).unwrap(),
            _ => serde_json::json!({}),
        };
        match (&recorded.event, &access.pending, &access.decided) {
            (
                AccessEvent::AccessRequested { .. }
                | AccessEvent::ReactivationRequested { .. }
                | AccessEvent::ExtensionRequested { .. },
                Some(pending),
                _,
            ) => {
                let request = submitted(access, pending, form);
                self.requests.insert(request.id.clone(), request);
            }
            (
                AccessEvent::RequestApproved { .. } | AccessEvent::RequestRejected { .. },
                None,
                Some(decision),
            ) => settle(
                self.requests
                    .get_mut(&decision.request.to_string())
                    .unwrap(),
                access,
                decision,
            ),
            // An extension that its owner took back with the access.
            (AccessEvent::AccessDeactivated { .. }, None, Some(decision))
                if decision.decided_as == Capacity::Owner && decision.at == recorded.at =>
            {
                let request = self
                    .requests
                    .get_mut(&decision.request.to_string())
                    .unwrap();
                if request.outcome.is_none() {
                    settle(request, access, decision);
                    self.taken_back += 1;
                }
            }
            (
                AccessEvent::AccessRequested { .. }
                | AccessEvent::ReactivationRequested { .. }
                | AccessEvent::ExtensionRequested { .. },
                ..,
            )
            | (AccessEvent::RequestApproved { .. } | AccessEvent::RequestRejected { .. }, ..) => {
                panic!("the state does not show {recorded:?}: {access:?}")
            }
            _ => {}
        }
    }

    /// Every column of `access` against the state in Rust.
    fn compare(&self, slot: usize) {
        let slot = &self.world.slots[slot];
        let row = read_access(self.book, slot.id);
        let Some(access) = &slot.access else {
            assert!(row.is_none());
            return;
        };
        let row = row.expect("there is a row");
        let waits = access.pending.as_ref().is_some_and(|p| !p.cut_off);
        let expected = AccessRow {
            id: access.id.to_string(),
            account: access.account.to_string(),
            role: access.role.clone(),
            work_unit: access.work_unit.to_string(),
            institution: access.institution.to_string(),
            zone: access.zone,
            standing: access.standing,
            valid_until: access.valid_until.map(|day| day.to_string()),
            ends_at: access.ends_at().map(Instant::ms),
            request: access.pending.as_ref().map(|p| p.request.to_string()),
            cut_off: access.pending.as_ref().is_some_and(|p| p.cut_off),
            rejection: access.rejection.clone(),
            version: access.version,
        };
        assert_eq!(row, expected);
        assert_eq!(
            read_handover(self.book, access.id),
            access.handover,
            "EXP-6"
        );
        let ended = access.standing == Standing::Inactive || access.standing == Standing::Expired;
        let settled = access.handover.as_ref().is_some_and(Handover::settles);
        assert_eq!(
            is_handover_open(self.book, access.id),
            ended && !settled,
            "EXP-6"
        );

        // What a list makes of the row is what the access says of itself.
        let (now, ends_at) = (self.world.now, row.ends_at.map(Instant::from_ms));
        let cut_off = self.world.cut_off(slot);
        let overdue = access::is_overdue(row.standing, ends_at, row.zone, now, cut_off);
        let status = access::status(row.standing, row.request.is_some() && !row.cut_off, overdue);
        assert_eq!(status, access.status(now, cut_off));
        assert_eq!(row.request.is_some() && !row.cut_off, waits);
    }

    fn compare_everything(&self) {
        for (number, slot) in self.world.slots.iter().enumerate() {
            self.compare(number);
            assert_eq!(self.book.history(slot.id), slot.history);
            let replayed = Access::replay(slot.id, &self.book.history(slot.id)).unwrap();
            assert_eq!(replayed, slot.access);
            assert_eq!(
                read_address(self.book, slot.work_unit).as_deref(),
                self.world.address(slot.work_unit),
                "REG-3"
            );
        }
        assert_eq!(read_requests(self.book), self.requests);
        let mut mails = self.mails.clone();
        // Of two triggers on one event nobody says which runs first.
        let order = |mail: &Mail| (mail.2, mail.0.clone());
        mails.sort_by_key(order);
        let mut written = read_mails(self.book);
        written.sort_by_key(order);
        assert_eq!(written, mails, "one mail for each event");
    }

    fn count(&self, kind: &str) -> usize {
        let events = self.world.slots.iter().flat_map(|slot| &slot.history);
        events
            .filter(|recorded| recorded.event.kind() == kind)
            .count()
    }
}

fn submitted(access: &Access, pending: &Pending, form: serde_json::Value) -> Request {
    Request {
        id: pending.request.to_string(),
        access: access.id.to_string(),
        kind: pending.kind,
        institution: access.institution.to_string(),
        verified_by: access.verified_by,
        account: access.account.to_string(),
        submitted_at: pending.submitted_at.ms(),
        deadline_at: pending.deadline_at().ms(),
        valid_until: pending.valid_until.to_string(),
        document: pending.document.to_string(),
        form,
        outcome: None,
        reason: None,
        decided_by: None,
        decided_as: None,
        decided_at: None,
    }
}

fn settle(request: &mut Request, access: &Access, decision: &Decision) {
    let outcome = if decision.approved {
        "approved"
    } else {
        "rejected"
    };
    request.outcome = Some(outcome.to_owned());
    request.reason = access.rejection.clone();
    request.decided_by = Some(decision.by.clone());
    let decided_as = serde_json::to_value(decision.decided_as).unwrap();
    request.decided_as = Some(decided_as.as_str().unwrap().to_owned());
    request.decided_at = Some(decision.at.ms());
}

/// A row of `access`, every column of it.
#[derive(Debug, PartialEq)]
struct AccessRow {
    id: String,
    account: String,
    role: String,
    work_unit: String,
    institution: String,
    zone: Zone,
    standing: access::Standing,
    valid_until: Option<String>,
    ends_at: Option<i64>,
    request: Option<String>,
    cut_off: bool,
    rejection: Option<String>,
    version: u32,
}

const ACCESS_COLUMNS: &str = "id, account, role, work_unit, institution, zone, standing, \
    valid_until, ends_at, request, cut_off, rejection, version";

const REQUEST_COLUMNS: &str = "id, access, kind, institution, verified_by, account, submitted_at, \
    deadline_at, valid_until, document, form, outcome, reason, decided_by, decided_as, decided_at";

#[test]
fn every_column_is_compared() {
    let book = Book::in_memory();
    for (table, compared) in [("access", ACCESS_COLUMNS), ("request", REQUEST_COLUMNS)] {
        let sql = format!("SELECT group_concat(name, ', ') FROM pragma_table_info('{table}')");
        let columns: String = book
            .connection
            .query_row(&sql, [], |row| row.get(0))
            .unwrap();
        assert_eq!(columns, compared, "{table}");
    }
}

/// A value of the domain from its stored word.
fn word<T: DeserializeOwned>(text: String) -> T {
    serde_json::from_value(text.into()).unwrap()
}

fn read_access(book: &Book, id: AccessId) -> Option<AccessRow> {
    let sql = format!("SELECT {ACCESS_COLUMNS} FROM access WHERE id = ?1");
    let mut select = book.connection.prepare_cached(&sql).unwrap();
    let row = select.query_row([id.to_string()], |row| {
        Ok(AccessRow {
            id: row.get(0)?,
            account: row.get(1)?,
            role: row.get(2)?,
            work_unit: row.get(3)?,
            institution: row.get(4)?,
            zone: word(row.get(5)?),
            standing: word(row.get(6)?),
            valid_until: row.get(7)?,
            ends_at: row.get(8)?,
            request: row.get(9)?,
            cut_off: row.get(10)?,
            rejection: row.get(11)?,
            version: row.get(12)?,
        })
    });
    row.optional().unwrap()
}

fn read_handover(book: &Book, access: AccessId) -> Option<Handover> {
    let sql = "SELECT kind, successor, packages FROM handover WHERE access = ?1";
    let mut select = book.connection.prepare_cached(sql).unwrap();
    let row = select.query_row([access.to_string()], |row| {
        let packages: serde_json::Value = serde_json::from_str(&row.get::<_, String>(2)?).unwrap();
        let (kind, account) = (row.get::<_, String>(0)?, row.get::<_, Option<String>>(1)?);
        Ok(serde_json::json!({ "kind": kind, "account": account, "packages": packages }))
    });
    let row = row.optional().unwrap()?;
    Some(serde_json::from_value(row).unwrap())
}

fn is_handover_open(book: &Book, access: AccessId) -> bool {
    let sql = "SELECT count(*) FROM handover_open AS o JOIN access AS a ON a.id = o.access \
               WHERE o.access = ?1 AND o.institution = a.institution";
    let mut select = book.connection.prepare_cached(sql).unwrap();
    let found: i64 = select
        .query_row([access.to_string()], |row| row.get(0))
        .unwrap();
    found == 1
}

fn read_requests(book: &Book) -> BTreeMap<String, Request> {
    // An extension lies as `reactivation` beside a row that says what it is.
    let columns = REQUEST_COLUMNS.replace(
        "kind",
        "iif(id IN (SELECT request FROM request_extension), 'extension:' || kind, kind)",
    );
    let sql = format!("SELECT {columns} FROM request");
    let mut select = book.connection.prepare_cached(&sql).unwrap();
    let rows = select.query_map([], |row| {
        Ok(Request {
            id: row.get(0)?,
            access: row.get(1)?,
            kind: match row.get::<_, String>(2)?.as_str() {
                "extension:reactivation" => RequestKind::Extension,
                stored => word(stored.to_owned()),
            },
            institution: row.get(3)?,
            verified_by: word(row.get(4)?),
            account: row.get(5)?,
            submitted_at: row.get(6)?,
            deadline_at: row.get(7)?,
            valid_until: row.get(8)?,
            document: row.get(9)?,
            form: serde_json::from_str(&row.get::<_, String>(10)?).unwrap(),
            outcome: row.get(11)?,
            reason: row.get(12)?,
            decided_by: row.get(13)?,
            decided_as: row.get(14)?,
            decided_at: row.get(15)?,
        })
    });
    let rows = rows.unwrap().map(Result::unwrap);
    rows.map(|request| (request.id.clone(), request)).collect()
}

fn read_mails(book: &Book) -> Vec<Mail> {
    let mut select = book
        .connection
        .prepare_cached(
            "SELECT template, recipient, event, due_at FROM notification
             WHERE state = 'queued' AND attempts = 0 AND worker IS NULL
             ORDER BY event, id",
        )
        .unwrap();
    let rows = select.query_map([], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
    });
    rows.unwrap().map(Result::unwrap).collect()
}

fn read_address(book: &Book, work_unit: WorkUnitId) -> Option<String> {
    let sql = "SELECT address FROM work_unit WHERE id = ?1";
    let mut select = book.connection.prepare_cached(sql).unwrap();
    select
        .query_row([work_unit.to_string()], |row| row.get(0))
        .unwrap()
}

/// EXP-2: SQL counts the end of a day as Rust does, leap days and turns of the
/// year among them.
#[test]
fn sql_and_rust_agree_when_a_day_ends() {
    let book = Book::in_memory();
    let first = "1996-01-01".parse::<Date>().unwrap();
    let days = first.iter_days().step_by(3).take_while(|day| {
        use chrono::Datelike;
        day.year() < 2046
    });
    let more = [
        "2024-02-28",
        "2024-02-29",
        "2025-02-28",
        "2025-12-31",
        "2100-02-28",
    ];
    let days: Vec<Date> = days.chain(more.map(|day| day.parse().unwrap())).collect();
    let mut number = 0;
    for zone in Zone::ALL {
        for &day in &days {
            number += 1;
            let id = Uuid::from_u128(number);
            let event = carried_over(
                AccountId::new(id),
                WorkUnitId::new(id),
                InstitutionId::new(id),
                zone,
                day,
            );
            let recorded = Recorded {
                version: 1,
                actor: "operator:import".to_owned(),
                at: Instant::from_ms(0),
                event,
            };
            book.append(AccessId::new(id), InstitutionId::new(id), &recorded)
                .unwrap();
            let row = read_access(&book, AccessId::new(id)).unwrap();
            assert_eq!(row.ends_at, Some(zone.end_of(day).ms()), "{day} {zone}");
        }
    }
}

/// REG-6: asked again after a rejection, an access follows the reference data of
/// its day, in SQL as in Rust.
#[test]
fn sql_and_rust_agree_when_reference_data_moved_meanwhile() {
    let book = Book::in_memory();
    let mut both = Both::new(&book, 0);
    let registered = |both: &mut Both, request: u128| {
        let slot = both.world.slots[0].clone();
        AccessEvent::AccessRequested {
            subject: access::Subject {
                account: slot.account,
                role: slot.role,
                work_unit: slot.work_unit,
                institution: slot.institution,
                zone: slot.zone,
                verified_by: slot.verified_by,
            },
            request: access::Submitted::new(
                RequestId::new(Uuid::from_u128(request)),
                "2025-12-31".parse().unwrap(),
                akses_domain::ids::DocumentId::new(Uuid::from_u128(9)),
                both.world.now,
            ),
            form: access::Form::default(),
        }
    };
    let rejected = AccessEvent::RequestRejected {
        request: RequestId::new(Uuid::from_u128(1)),
        decided_as: akses_domain::authority::Capacity::Vai,
        in_place_of: None,
        reason: "SK tidak terbaca".to_owned(),
        field: None,
    };
    let first = registered(&mut both, 1);
    both.world.slots[0].zone = Zone::Wit;
    both.world.slots[0].verified_by = VerifiedBy::National;
    let second = registered(&mut both, 2);
    for event in [first, rejected, second] {
        let recorded = both.world.record(0, event, "somebody");
        let Slot {
            id, institution, ..
        } = both.world.slots[0];
        let seq = both
            .book
            .append(id, institution, &recorded)
            .unwrap()
            .unwrap();
        both.expect(0, seq, &recorded);
    }
    both.compare_everything();
    let access = both.world.slots[0].access.as_ref().unwrap();
    assert_eq!(
        (access.zone, access.verified_by),
        (Zone::Wit, VerifiedBy::National)
    );
}
