//! Every state meets every command, and each outcome is written down here by
//! hand. A new state or command without its expectations fails [`check`].

use super::*;
use crate::authority::{Authorities, Authority};
use crate::conflict::{Clash, Held, Scope};
use crate::handover::Package;
use crate::person::Profile;
use crate::reference::{Role, WorkUnit};
use uuid::Uuid;

const OWNER: AccountId = AccountId::new(Uuid::from_u128(0xa1));
const SOMEBODY: AccountId = AccountId::new(Uuid::from_u128(0xa2));
const VERIFIER: AccountId = AccountId::new(Uuid::from_u128(0xa3));
const ACCESS: AccessId = AccessId::new(Uuid::from_u128(0xacc));
const HERE: InstitutionId = InstitutionId::new(Uuid::from_u128(0x11));
const ELSEWHERE: InstitutionId = InstitutionId::new(Uuid::from_u128(0x12));
const UNIT: WorkUnitId = WorkUnitId::new(Uuid::from_u128(0x21));
const OTHER_UNIT: WorkUnitId = WorkUnitId::new(Uuid::from_u128(0x22));
const DECREE: DocumentId = DocumentId::new(Uuid::from_u128(0xd1));

const FIRST: RequestId = request(0xe1);
const SECOND: RequestId = request(0xe2);
const UNSEEN: RequestId = request(0xe9);

const fn request(number: u128) -> RequestId {
    RequestId::new(Uuid::from_u128(number))
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn at(text: &str) -> Instant {
    let moment = chrono::DateTime::parse_from_rfc3339(text).unwrap();
    Instant::from_ms(moment.timestamp_millis())
}

/// The moment at which every command of the tables arrives.
fn now() -> Instant {
    at("2026-03-30T14:10:00+07:00")
}

/// The real one, in force long ago.
fn in_force() -> CutOff {
    CutOff {
        last_day: day("2025-08-22"),
    }
}

/// One that comes into force tonight.
fn not_yet() -> CutOff {
    CutOff {
        last_day: day("2026-03-30"),
    }
}

/// One that came into force this midnight.
fn since_midnight() -> CutOff {
    CutOff {
        last_day: day("2026-03-29"),
    }
}

// States, made of events ------------------------------------------------------

fn subject(verified_by: VerifiedBy) -> Subject {
    Subject {
        account: OWNER,
        role: "PPK".to_owned(),
        work_unit: UNIT,
        institution: HERE,
        zone: Zone::Wib,
        verified_by,
    }
}

fn submitted(id: RequestId, valid_until: &str, at: Instant) -> Submitted {
    Submitted::new(id, day(valid_until), DECREE, at)
}

/// A history under construction.
#[derive(Clone)]
struct History {
    verified_by: VerifiedBy,
    events: Vec<Recorded>,
}

impl History {
    fn new(verified_by: VerifiedBy) -> Self {
        Self {
            verified_by,
            events: vec![],
        }
    }

    fn then(mut self, moment: &str, actor: impl ToString, event: AccessEvent) -> Self {
        self.events.push(Recorded {
            version: u32::try_from(self.events.len()).unwrap() + 1,
            actor: actor.to_string(),
            at: at(moment),
            event,
        });
        self
    }

    fn requested(self, moment: &str, id: RequestId) -> Self {
        let event = AccessEvent::AccessRequested {
            subject: subject(self.verified_by),
            request: submitted(id, "2026-12-31", at(moment)),
            form: Form::default(),
        };
        self.then(moment, OWNER, event)
    }

    fn carried_over(self, moment: &str, valid_until: &str) -> Self {
        let event = AccessEvent::AccessCarriedOver {
            subject: subject(self.verified_by),
            valid_until: day(valid_until),
        };
        self.then(moment, "operator:import", event)
    }

    fn reactivation(self, moment: &str, id: RequestId) -> Self {
        let event = AccessEvent::ReactivationRequested {
            request: submitted(id, "2027-06-30", at(moment)),
            verified_by: self.verified_by,
        };
        self.then(moment, OWNER, event)
    }

    fn extension(self, moment: &str, id: RequestId) -> Self {
        let event = AccessEvent::ExtensionRequested {
            request: submitted(id, "2027-06-30", at(moment)),
            verified_by: self.verified_by,
        };
        self.then(moment, OWNER, event)
    }

    fn approved(self, moment: &str, request: RequestId, valid_until: &str) -> Self {
        let event = AccessEvent::RequestApproved {
            request,
            decided_as: Capacity::Vai,
            in_place_of: None,
            valid_until: day(valid_until),
        };
        self.then(moment, VERIFIER, event)
    }

    fn rejected(self, moment: &str, request: RequestId) -> Self {
        let event = AccessEvent::RequestRejected {
            request,
            decided_as: Capacity::Vai,
            in_place_of: None,
            reason: "SK tidak terbaca".to_owned(),
            field: None,
        };
        self.then(moment, VERIFIER, event)
    }

    fn deactivated(self, moment: &str) -> Self {
        let event = AccessEvent::AccessDeactivated {
            handover: Handover::NoneOpen,
        };
        self.then(moment, OWNER, event)
    }

    fn expired(self, moment: &str, valid_until: &str, overtook_request: bool) -> Self {
        let event = AccessEvent::AccessExpired {
            account: OWNER,
            valid_until: Some(day(valid_until)),
            overtook_request,
        };
        self.then(moment, "timer:expiry", event)
    }

    fn access(&self) -> Option<Access> {
        Access::replay(ACCESS, &self.events).unwrap()
    }
}

const STATES: [&str; 18] = [
    // Nobody asked for it.
    "none",
    // Menunggu Verifikasi, the first time.
    "new",
    // Ditolak.
    "rejected",
    // Menunggu Verifikasi, after a rejection.
    "again",
    // Aktif, with the end ahead.
    "active",
    // Aktif by import, with no request ever.
    "carried",
    // Aktif by the record, past its end.
    "past",
    // Tidak Aktif, with the end ahead.
    "inactive",
    // Tidak Aktif, past its end.
    "inactive-past",
    // Tidak Aktif, with a reactivation that waits.
    "inactive-waiting",
    // The same, past its end.
    "inactive-past-waiting",
    // Kedaluwarsa.
    "expired",
    // Kedaluwarsa, with a reactivation that waits.
    "expired-waiting",
    // Kedaluwarsa by the cut-off, while a reactivation waited.
    "overtaken",
    // Aktif, with the end near enough to be extended.
    "ending",
    // The same, with an extension that waits.
    "extending",
    // Aktif by the record, past its end, with an extension that waits.
    "past-extending",
    // Kedaluwarsa by the sweep, while an extension waited.
    "lapsed-extending",
];

fn history(state: &str, verified_by: VerifiedBy) -> History {
    let none = || History::new(verified_by);
    let new = || none().requested("2026-01-05T09:00:00+07:00", FIRST);
    let active_until = |day| new().approved("2026-01-06T09:00:00+07:00", FIRST, day);
    let inactive_until = |day| active_until(day).deactivated("2026-03-01T09:00:00+07:00");
    let expired = || {
        let moment = "2026-03-11T00:00:02+07:00";
        active_until("2026-03-10").expired(moment, "2026-03-10", false)
    };
    let waits = |history: History| history.reactivation("2026-03-15T09:00:00+07:00", SECOND);
    let extends = |history: History| history.extension("2026-03-15T09:00:00+07:00", SECOND);
    match state {
        "none" => none(),
        "ending" => active_until("2026-05-31"),
        "extending" => extends(active_until("2026-05-31")),
        "past-extending" => extends(active_until("2026-03-29")),
        "lapsed-extending" => extends(active_until("2026-03-29")).expired(
            "2026-03-30T00:00:02+07:00",
            "2026-03-29",
            true,
        ),
        "new" => new(),
        "rejected" => new().rejected("2026-01-06T09:00:00+07:00", FIRST),
        "again" => new()
            .rejected("2026-01-06T09:00:00+07:00", FIRST)
            .requested("2026-03-29T09:00:00+07:00", SECOND),
        "active" => active_until("2026-12-31"),
        "carried" => none().carried_over("2026-01-02T09:00:00+07:00", "2026-12-31"),
        "past" => active_until("2026-03-29"),
        "inactive" => inactive_until("2026-12-31"),
        "inactive-past" => inactive_until("2026-03-10"),
        "inactive-waiting" => waits(inactive_until("2026-12-31")),
        "inactive-past-waiting" => waits(inactive_until("2026-03-10")),
        "expired" => expired(),
        "expired-waiting" => waits(expired()),
        "overtaken" => waits(inactive_until("2026-03-10")).expired(
            "2026-03-30T00:00:01+07:00",
            "2026-03-10",
            true,
        ),
        other => panic!("no such state: {other}"),
    }
}

// The table's machinery -------------------------------------------------------

/// What `decide` said: the kinds of its events, or the name of the refusal with
/// its small facts.
fn outcome(result: &Result<Vec<AccessEvent>, Refusal>) -> String {
    match result {
        Ok(events) => {
            let kinds: Vec<_> = events.iter().map(AccessEvent::kind).collect();
            kinds.join(" + ")
        }
        Err(Refusal::AlreadyDecided(_)) => "AlreadyDecided".to_owned(),
        Err(Refusal::RoleConflict(clash)) => format!("RoleConflict {}", clash.rule),
        Err(refusal) => format!("{refusal:?}"),
    }
}

/// Holds a command against all states; `expected` names an outcome and the
/// states that it stands for, every state exactly once.
fn check(command: impl Fn(Option<&Access>) -> Command, expected: &[(&str, &str)]) {
    check_as(VerifiedBy::Institution, command, expected);
}

fn check_as(
    verified_by: VerifiedBy,
    command: impl Fn(Option<&Access>) -> Command,
    expected: &[(&str, &str)],
) {
    let mut named: Vec<&str> = expected
        .iter()
        .flat_map(|(_, states)| states.split_whitespace())
        .collect();
    named.sort_unstable();
    let mut all = STATES.to_vec();
    all.sort_unstable();
    assert_eq!(named, all, "every state needs exactly one expectation");
    for (wanted, states) in expected {
        for state in states.split_whitespace() {
            let access = history(state, verified_by).access();
            let result = decide(access.as_ref(), command(access.as_ref()), now());
            assert_eq!(outcome(&result), *wanted, "in state {state}");
        }
    }
}

/// The one result of a command in a state.
fn decided(state: &str, command: Command) -> Result<Vec<AccessEvent>, Refusal> {
    let access = history(state, VerifiedBy::Institution).access();
    decide(access.as_ref(), command, now())
}

// Commands --------------------------------------------------------------------

fn registration() -> Registration {
    Registration {
        account: OWNER,
        role: Role {
            code: "PPK".to_owned(),
            verified_by: VerifiedBy::Institution,
            registrable: true,
        },
        work_unit: WorkUnit {
            id: UNIT,
            institution: HERE,
            zone: Zone::Wib,
            has_address: true,
        },
        request: submitted(UNSEEN, "2026-12-31", now()),
        form: Form::default(),
        confirmed: true,
        conflict: None,
    }
}

fn register(change: impl Fn(&mut Registration)) -> impl Fn(Option<&Access>) -> Command {
    move |_| {
        let mut registration = registration();
        change(&mut registration);
        Command::Register(registration)
    }
}

fn verifier(account: AccountId, capacity: Capacity, institution: InstitutionId) -> Verifier {
    let authority = Authority {
        capacity,
        institution,
        zone: Zone::Wib,
        ends_at: now().plus_hours(1),
        stands_in: None,
    };
    Verifier {
        account,
        authorities: Authorities::in_force(vec![authority], now(), in_force()),
    }
}

fn vai() -> Verifier {
    verifier(VERIFIER, Capacity::Vai, HERE)
}

/// The request that a verifier has on the screen: the one that waits, or the
/// one that waited when the page was loaded.
fn on_screen(access: Option<&Access>) -> RequestId {
    let pending = access.and_then(|a| a.pending.as_ref().map(|p| p.request));
    let decided = access.and_then(|a| a.decided.as_ref().map(|d| d.request));
    pending.or(decided).unwrap_or(UNSEEN)
}

fn approval(request: RequestId) -> Approval {
    Approval {
        request,
        verifier: vai(),
        attested: true,
        valid_until: None,
        conflict: None,
    }
}

fn approve(change: impl Fn(&mut Approval)) -> impl Fn(Option<&Access>) -> Command {
    move |access| {
        let mut approval = approval(on_screen(access));
        change(&mut approval);
        Command::Approve(approval)
    }
}

fn reject(by: Verifier, reason: &str) -> impl Fn(Option<&Access>) -> Command {
    move |access| Command::Reject {
        request: on_screen(access),
        verifier: by.clone(),
        reason: reason.to_owned(),
        field: None,
    }
}

fn deactivate(change: impl Fn(&mut Deactivation)) -> impl Fn(Option<&Access>) -> Command {
    move |_| {
        let mut deactivation = Deactivation {
            account: OWNER,
            handover: Handover::NoneOpen,
            cut_off: in_force(),
        };
        change(&mut deactivation);
        Command::Deactivate(deactivation)
    }
}

fn hand_over(change: impl Fn(&mut Naming)) -> impl Fn(Option<&Access>) -> Command {
    move |_| {
        let mut naming = Naming {
            account: OWNER,
            named_as: NamedAs::Owner,
            handover: Handover::to(SOMEBODY),
            cut_off: in_force(),
        };
        change(&mut naming);
        Command::HandOver(naming)
    }
}

fn unassigned() -> Handover {
    Handover::Unassigned {
        packages: vec![Package {
            title: "Pengadaan server".to_owned(),
            code: None,
            handed_over: true,
        }],
    }
}

fn reactivate(change: impl Fn(&mut Renewal)) -> impl Fn(Option<&Access>) -> Command {
    move |_| {
        let mut reactivation = Renewal {
            account: OWNER,
            request: submitted(UNSEEN, "2027-06-30", now()),
            verified_by: VerifiedBy::Institution,
            conflict: None,
            cut_off: in_force(),
        };
        change(&mut reactivation);
        Command::Reactivate(reactivation)
    }
}

fn extend(change: impl Fn(&mut Renewal)) -> impl Fn(Option<&Access>) -> Command {
    move |_| {
        let mut extension = Renewal {
            account: OWNER,
            request: submitted(UNSEEN, "2027-06-30", now()),
            verified_by: VerifiedBy::Institution,
            conflict: None,
            cut_off: in_force(),
        };
        change(&mut extension);
        Command::Extend(extension)
    }
}

fn expire(cut_off: CutOff) -> impl Fn(Option<&Access>) -> Command {
    move |_| Command::Expire { cut_off }
}

// What the states are ---------------------------------------------------------

#[test]
fn the_status_of_every_state_follows_from_standing_request_and_dates() {
    use NextStep::{Deactivate, Enter, Extend, Reactivate, RegisterAgain, Wait};
    type Expected = (
        &'static str,
        Standing,
        Option<bool>,
        Status,
        &'static [NextStep],
    );
    // State, standing, whether a request waits (and was overtaken), status, steps.
    #[rustfmt::skip]
    let expected: [Expected; 17] = [
        ("new", Standing::Unverified, Some(false), Status::Pending, &[Wait]),
        ("rejected", Standing::Rejected, None, Status::Rejected, &[RegisterAgain]),
        ("again", Standing::Rejected, Some(false), Status::Pending, &[Wait]),
        ("active", Standing::Active, None, Status::Active, &[Enter, Deactivate]),
        ("carried", Standing::Active, None, Status::Active, &[Enter, Deactivate]),
        ("past", Standing::Active, None, Status::Expired, &[Reactivate]),
        ("inactive", Standing::Inactive, None, Status::Inactive, &[Reactivate]),
        ("inactive-past", Standing::Inactive, None, Status::Inactive, &[Reactivate]),
        ("inactive-waiting", Standing::Inactive, Some(false), Status::Pending, &[Wait]),
        ("inactive-past-waiting", Standing::Inactive, Some(false), Status::Pending, &[Wait]),
        ("expired", Standing::Expired, None, Status::Expired, &[Reactivate]),
        ("expired-waiting", Standing::Expired, Some(false), Status::Pending, &[Wait]),
        ("overtaken", Standing::Expired, Some(true), Status::Expired, &[Wait]),
        ("ending", Standing::Active, None, Status::Active, &[Enter, Extend, Deactivate]),
        ("extending", Standing::Active, Some(false), Status::Active, &[Enter, Deactivate]),
        ("past-extending", Standing::Active, Some(false), Status::Expired, &[Wait]),
        ("lapsed-extending", Standing::Expired, Some(true), Status::Expired, &[Wait]),
    ];
    assert_eq!(
        expected.map(|row| row.0),
        STATES[1..],
        "every state but none"
    );
    for (state, standing, waits, status, steps) in expected {
        let access = history(state, VerifiedBy::Institution).access().unwrap();
        assert_eq!(access.standing, standing, "{state}");
        assert_eq!(access.pending.as_ref().map(|p| p.cut_off), waits, "{state}");
        assert_eq!(access.status(now(), in_force()), status, "{state}");
        assert_eq!(
            access.gives_entry(now(), in_force()),
            status == Status::Active,
            "{state}"
        );
        assert_eq!(access.next_steps(now(), in_force()), steps, "{state}");
    }
}

#[test]
fn mtg_1_who_is_verified_in_a_meeting_is_told_to_come() {
    let mut registration = registration();
    registration.form.profile = Profile::Supplier;
    let events = decided("none", Command::Register(registration)).unwrap();
    let recorded = Recorded {
        version: 1,
        actor: OWNER.to_string(),
        at: now(),
        event: events[0].clone(),
    };
    let access = Access::apply(ACCESS, None, &recorded).unwrap();
    let waits_for = WaitsFor::new(access.pending.map(|pending| pending.by_meeting));
    assert_eq!(waits_for, WaitsFor::Meeting);
    assert_eq!(
        next_steps(Status::Pending, waits_for, true),
        [NextStep::Meet]
    );
}

#[test]
fn exp_2_entry_ends_with_the_day_whether_or_not_a_timer_has_run() {
    for (zone, last_moment) in [
        (Zone::Wib, "2026-03-29T23:59:59.999+07:00"),
        (Zone::Wita, "2026-03-29T23:59:59.999+08:00"),
        (Zone::Wit, "2026-03-29T23:59:59.999+09:00"),
    ] {
        let mut access = history("past", VerifiedBy::Institution).access().unwrap();
        access.zone = zone;
        let last = at(last_moment);
        let first_after = Instant::from_ms(last.ms() + 1);
        assert!(access.gives_entry(last, in_force()), "{zone}");
        assert!(!access.gives_entry(first_after, in_force()), "{zone}");
        assert_eq!(
            access.status(first_after, in_force()),
            Status::Expired,
            "{zone}"
        );
        assert_eq!(
            decide(
                Some(&access),
                Command::Expire {
                    cut_off: in_force()
                },
                last
            ),
            Err(Refusal::NotDue)
        );
        assert!(
            decide(
                Some(&access),
                Command::Expire {
                    cut_off: in_force()
                },
                first_after
            )
            .is_ok()
        );
    }
}

#[test]
fn exp_4_past_due_accesses_stay_as_they_are_until_the_cut_off() {
    let past = history("past", VerifiedBy::Institution).access().unwrap();
    assert_eq!(past.status(now(), not_yet()), Status::Active);
    assert!(past.gives_entry(now(), not_yet()));
    let midnight = at("2026-03-31T00:00:00+07:00");
    assert!(past.gives_entry(Instant::from_ms(midnight.ms() - 1), not_yet()));
    assert!(!past.gives_entry(midnight, not_yet()));
}

// Register --------------------------------------------------------------------

#[test]
fn reg_7_one_access_per_account_role_and_work_unit() {
    check(
        register(|_| {}),
        &[
            ("access-requested", "none rejected"),
            (
                "AlreadyWaiting",
                "new again inactive-waiting inactive-past-waiting expired-waiting overtaken extending past-extending lapsed-extending",
            ),
            (
                "AccessExists",
                "active carried ending past inactive inactive-past expired",
            ),
        ],
    );
}

#[test]
fn a_registration_never_lands_on_an_access_it_does_not_speak_of() {
    let changes: [fn(&mut Registration); 3] = [
        |r| r.account = SOMEBODY,
        |r| r.role.code = "PA".to_owned(),
        |r| r.work_unit.id = OTHER_UNIT,
    ];
    for change in changes {
        check(
            register(change),
            &[
                ("access-requested", "none"),
                (
                    "UnknownAccess",
                    "new rejected again active carried past inactive inactive-past \
                     inactive-waiting inactive-past-waiting expired expired-waiting overtaken ending extending past-extending lapsed-extending",
                ),
            ],
        );
    }
}

/// What is wrong with the form matters only where a form is welcome.
fn check_bad_form(change: impl Fn(&mut Registration), refusal: &str) {
    check(
        register(change),
        &[
            (refusal, "none rejected"),
            (
                "AlreadyWaiting",
                "new again inactive-waiting inactive-past-waiting expired-waiting overtaken extending past-extending lapsed-extending",
            ),
            (
                "AccessExists",
                "active carried ending past inactive inactive-past expired",
            ),
        ],
    );
}

#[test]
fn reg_1_some_roles_are_not_asked_for() {
    check_bad_form(|r| r.role.registrable = false, "RoleNotRegistrable");
}

#[test]
fn reg_5_the_review_page_has_a_confirmation_tick() {
    check_bad_form(|r| r.confirmed = false, "NotConfirmed");
}

#[test]
fn reg_3_the_first_registrant_of_a_work_unit_gives_its_address() {
    check_bad_form(|r| r.work_unit.has_address = false, "AddressMissing");
    check_bad_form(
        |r| {
            r.work_unit.has_address = false;
            r.form.address = Some(" \n".to_owned());
        },
        "AddressMissing",
    );
    check_bad_form(
        |r| {
            r.work_unit.has_address = false;
            r.form.address = Some("Jalan Contoh 1".to_owned());
        },
        "access-requested",
    );
}

#[test]
fn reg_2_the_end_date_lies_between_today_and_ten_years_ahead() {
    check_bad_form(|r| r.request.valid_until = day("2026-03-29"), "EndDatePast");
    check_bad_form(
        |r| r.request.valid_until = day("2026-03-30"),
        "access-requested",
    );
    check_bad_form(
        |r| r.request.valid_until = day("2036-03-30"),
        "access-requested",
    );
    check_bad_form(
        |r| r.request.valid_until = day("2036-03-31"),
        "EndDateTooFar",
    );
}

#[test]
fn a_registration_is_recorded_as_it_was_sent() {
    let form = Form {
        profile: Profile::Supplier,
        previous_user_name: Some("ppk.contoh".to_owned()),
        address: Some("Jalan Contoh 1".to_owned()),
        golongan: "III/a".parse().ok(),
        npwp: "0012345678901000".parse().ok(),
        division: Some("Subbagian Contoh".to_owned()),
        ..Form::default()
    };
    let mut registration = registration();
    registration.form = form.clone();
    for state in ["none", "rejected"] {
        assert_eq!(
            decided(state, Command::Register(registration.clone())),
            Ok(vec![AccessEvent::AccessRequested {
                subject: subject(VerifiedBy::Institution),
                request: submitted(UNSEEN, "2026-12-31", now()),
                form: form.clone(),
            }])
        );
    }
}

#[test]
fn a_field_with_nothing_but_space_was_not_filled_in() {
    let mut registration = registration();
    registration.form = Form {
        profile: Profile::NonSupplier,
        previous_user_name: Some("  ".to_owned()),
        address: Some("\tJalan Contoh 1\n".to_owned()),
        ..Form::default()
    };
    let events = decided("none", Command::Register(registration)).unwrap();
    let [AccessEvent::AccessRequested { form, .. }] = &events[..] else {
        panic!("one event: {events:?}");
    };
    assert_eq!(form.previous_user_name, None);
    assert_eq!(form.address.as_deref(), Some("Jalan Contoh 1"));
}

// Role conflicts --------------------------------------------------------------

fn clash(scope: Scope) -> Option<Clash> {
    Some(Clash {
        rule: "PPK-BENDAHARA".to_owned(),
        source: "Peraturan contoh".to_owned(),
        scope,
        valid_from: day("2018-06-08"),
        valid_until: None,
        held: Held {
            role_name: "Bendahara".to_owned(),
            work_unit: OTHER_UNIT,
            work_unit_name: "Satuan kerja lain".to_owned(),
            zone: Zone::Wib,
            standing: Standing::Active,
            ends_at: None,
        },
    })
}

#[test]
fn all_4_a_role_that_is_excluded_is_neither_registered_nor_approved_nor_reactivated() {
    for scope in [Scope::Account, Scope::WorkUnit] {
        check_bad_form(|r| r.conflict = clash(scope), "RoleConflict PPK-BENDAHARA");
        check_bad_decision(
            approve(|a| a.conflict = clash(scope)),
            "RoleConflict PPK-BENDAHARA",
        );
        check(
            reactivate(|r| r.conflict = clash(scope)),
            &[
                ("UnknownAccess", "none"),
                (
                    "RoleConflict PPK-BENDAHARA",
                    "past inactive inactive-past expired",
                ),
                (
                    "AlreadyWaiting",
                    "new again inactive-waiting inactive-past-waiting expired-waiting overtaken extending past-extending lapsed-extending",
                ),
                ("NotReactivatable { status: Rejected }", "rejected"),
                (
                    "NotReactivatable { status: Active }",
                    "active carried ending",
                ),
            ],
        );
    }
}

#[test]
fn all_4_what_only_one_package_excludes_is_the_verifiers_to_weigh() {
    let mut registration = registration();
    registration.conflict = clash(Scope::Package);
    assert!(decided("none", Command::Register(registration)).is_ok());
    let mut approval = approval(FIRST);
    approval.conflict = clash(Scope::Package);
    assert!(decided("new", Command::Approve(approval)).is_ok());
}

// Carry over ------------------------------------------------------------------

#[test]
fn an_access_is_carried_over_once_also_past_its_end() {
    for (valid_until, fresh) in [
        ("2026-12-31", "access-carried-over"),
        ("2024-12-31", "access-carried-over"),
        ("2036-03-31", "EndDateTooFar"),
        ("9999-12-31", "EndDateTooFar"),
    ] {
        check(
            |_| Command::CarryOver {
                subject: subject(VerifiedBy::Institution),
                valid_until: day(valid_until),
            },
            &[
                (fresh, "none"),
                (
                    "AccessExists",
                    "new rejected again active carried past inactive inactive-past \
                     inactive-waiting inactive-past-waiting expired expired-waiting overtaken ending extending past-extending lapsed-extending",
                ),
            ],
        );
    }
}

// Approve and reject ----------------------------------------------------------

/// A decision by `verifier` on what is on the screen, both ways.
fn check_decisions(verifier: &Verifier, approved: &[(&str, &str)], rejected: &[(&str, &str)]) {
    check(approve(|a| a.verifier = verifier.clone()), approved);
    check(reject(verifier.clone(), "SK tidak terbaca"), rejected);
}

#[test]
fn ver_1_the_vai_of_the_institution_decides() {
    check_decisions(
        &vai(),
        &[
            ("UnknownAccess", "none"),
            (
                "request-approved",
                "new again inactive-waiting inactive-past-waiting expired-waiting overtaken extending past-extending lapsed-extending",
            ),
            (
                "AlreadyDecided",
                "rejected active ending past inactive inactive-past expired",
            ),
            ("NoLongerWaiting", "carried"),
        ],
        &[
            ("UnknownAccess", "none"),
            (
                "request-rejected",
                "new again inactive-waiting inactive-past-waiting expired-waiting overtaken extending past-extending lapsed-extending",
            ),
            (
                "AlreadyDecided",
                "rejected active ending past inactive inactive-past expired",
            ),
            ("NoLongerWaiting", "carried"),
        ],
    );
}

fn check_nobody_decides(verifier: &Verifier, refusal: &str) {
    let expected = [
        ("UnknownAccess", "none"),
        (
            refusal,
            "new rejected again active carried past inactive inactive-past inactive-waiting \
             inactive-past-waiting expired expired-waiting overtaken ending extending past-extending lapsed-extending",
        ),
    ];
    check_decisions(verifier, &expected, &expected);
}

#[test]
fn ver_1_without_authority_nobody_decides() {
    check_nobody_decides(
        &Verifier {
            account: SOMEBODY,
            authorities: Authorities::default(),
        },
        "NotAVerifier",
    );
}

#[test]
fn ver_1_a_vai_whose_own_access_has_ended_decides_nothing() {
    let ended = Authority {
        capacity: Capacity::Vai,
        institution: HERE,
        zone: Zone::Wib,
        ends_at: now(),
        stands_in: None,
    };
    check_nobody_decides(
        &Verifier {
            account: VERIFIER,
            authorities: Authorities::in_force(vec![ended], now(), in_force()),
        },
        "NotAVerifier",
    );
}

#[test]
fn ver_1_requests_of_another_institution_look_like_none() {
    check_nobody_decides(
        &verifier(VERIFIER, Capacity::Vai, ELSEWHERE),
        "UnknownRequest",
    );
}

#[test]
fn ver_1_national_verifiers_leave_the_institutions_requests_alone() {
    for capacity in [Capacity::Directorate, Capacity::Operator] {
        check_nobody_decides(&verifier(VERIFIER, capacity, HERE), "UnknownRequest");
    }
}

#[test]
fn ver_1_nobody_decides_their_own_request() {
    check_nobody_decides(&verifier(OWNER, Capacity::Vai, HERE), "OwnRequest");
}

#[test]
fn ver_1_requests_for_the_vai_role_are_decided_nationally_only() {
    let settled = "rejected active ending past inactive inactive-past expired";
    let waiting = "new again inactive-waiting inactive-past-waiting expired-waiting overtaken extending past-extending lapsed-extending";
    for capacity in [Capacity::Directorate, Capacity::Operator] {
        let national = verifier(VERIFIER, capacity, ELSEWHERE);
        check_as(
            VerifiedBy::National,
            approve(|a| a.verifier = national.clone()),
            &[
                ("UnknownAccess", "none"),
                ("request-approved", waiting),
                ("AlreadyDecided", settled),
                ("NoLongerWaiting", "carried"),
            ],
        );
        check_as(
            VerifiedBy::National,
            reject(national.clone(), "SK tidak terbaca"),
            &[
                ("UnknownAccess", "none"),
                ("request-rejected", waiting),
                ("AlreadyDecided", settled),
                ("NoLongerWaiting", "carried"),
            ],
        );
    }
    check_as(
        VerifiedBy::National,
        approve(|_| {}),
        &[
            ("UnknownAccess", "none"),
            (
                "UnknownRequest",
                "new rejected again active carried past inactive inactive-past inactive-waiting \
                 inactive-past-waiting expired expired-waiting overtaken ending extending past-extending lapsed-extending",
            ),
        ],
    );
}

#[test]
fn ver_1_the_record_names_the_capacity() {
    for capacity in [Capacity::Directorate, Capacity::Operator] {
        let access = history("new", VerifiedBy::National).access().unwrap();
        let approval = Approval {
            verifier: verifier(VERIFIER, capacity, ELSEWHERE),
            ..approval(FIRST)
        };
        assert_eq!(
            decide(Some(&access), Command::Approve(approval), now()),
            Ok(vec![AccessEvent::RequestApproved {
                request: FIRST,
                decided_as: capacity,
                in_place_of: None,
                valid_until: day("2026-12-31"),
            }])
        );
    }
}

#[test]
fn ver_4_a_request_that_does_not_wait_cannot_be_decided() {
    let expected = [
        ("UnknownAccess", "none"),
        (
            "NoLongerWaiting",
            "new rejected again active carried past inactive inactive-past inactive-waiting \
             inactive-past-waiting expired expired-waiting overtaken ending extending past-extending lapsed-extending",
        ),
    ];
    check(approve(|a| a.request = UNSEEN), &expected);
    check(
        |_| Command::Reject {
            request: UNSEEN,
            verifier: vai(),
            reason: "SK tidak terbaca".to_owned(),
            field: None,
        },
        &expected,
    );
}

#[test]
fn ver_4_the_second_verifier_is_told_what_was_decided() {
    let told = |state, approved| {
        assert_eq!(
            decided(state, Command::Approve(approval(FIRST))),
            Err(Refusal::AlreadyDecided(Decision {
                request: FIRST,
                approved,
                by: VERIFIER.to_string(),
                decided_as: Capacity::Vai,
                at: at("2026-01-06T09:00:00+07:00"),
            }))
        );
    };
    told("active", true);
    told("rejected", false);
    // Also when its owner has asked again meanwhile.
    told("again", false);
}

/// What is wrong with a decision matters only where one is possible.
fn check_bad_decision(command: impl Fn(Option<&Access>) -> Command, refusal: &str) {
    check(
        command,
        &[
            ("UnknownAccess", "none"),
            (
                refusal,
                "new again inactive-waiting inactive-past-waiting expired-waiting overtaken extending past-extending lapsed-extending",
            ),
            (
                "AlreadyDecided",
                "rejected active ending past inactive inactive-past expired",
            ),
            ("NoLongerWaiting", "carried"),
        ],
    );
}

#[test]
fn ver_2_a_rejection_needs_a_reason() {
    for reason in ["", " \n\t "] {
        check_bad_decision(reject(vai(), reason), "ReasonMissing");
    }
    check_bad_decision(reject(vai(), "."), "request-rejected");
}

#[test]
fn ver_2_a_reason_is_bounded_in_characters() {
    check_bad_decision(reject(vai(), &"é".repeat(1_000)), "request-rejected");
    check_bad_decision(reject(vai(), &"é".repeat(1_001)), "ReasonTooLong");
}

#[test]
fn ver_2_the_reason_is_recorded_without_the_space_around_it() {
    let command = Command::Reject {
        request: FIRST,
        verifier: vai(),
        reason: " SK tidak terbaca \n".to_owned(),
        field: Some("document".parse().unwrap()),
    };
    assert_eq!(
        decided("new", command),
        Ok(vec![AccessEvent::RequestRejected {
            request: FIRST,
            decided_as: Capacity::Vai,
            in_place_of: None,
            reason: "SK tidak terbaca".to_owned(),
            field: Some("document".parse().unwrap()),
        }])
    );
}

#[test]
fn ver_2_an_approval_needs_the_attestation() {
    check_bad_decision(approve(|a| a.attested = false), "NotAttested");
}

#[test]
fn ver_2_the_end_date_may_be_earlier_than_the_decrees_never_later() {
    // Registrations here ask for 31 December 2026, reactivations for 30 June 2027.
    let until = |date: &'static str| approve(move |a| a.valid_until = Some(day(date)));
    let settled = "rejected active ending past inactive inactive-past expired";
    check(
        until("2027-01-01"),
        &[
            ("UnknownAccess", "none"),
            ("LaterThanDecree { decree: 2026-12-31 }", "new again"),
            (
                "request-approved",
                "inactive-waiting inactive-past-waiting expired-waiting overtaken extending past-extending lapsed-extending",
            ),
            ("AlreadyDecided", settled),
            ("NoLongerWaiting", "carried"),
        ],
    );
    check(
        until("2027-07-01"),
        &[
            ("UnknownAccess", "none"),
            ("LaterThanDecree { decree: 2026-12-31 }", "new again"),
            (
                "LaterThanDecree { decree: 2027-06-30 }",
                "inactive-waiting inactive-past-waiting expired-waiting overtaken extending past-extending lapsed-extending",
            ),
            ("AlreadyDecided", settled),
            ("NoLongerWaiting", "carried"),
        ],
    );
    check_bad_decision(until("2026-12-31"), "request-approved");
    check_bad_decision(until("2026-12-30"), "request-approved");
    let waiting = "new again inactive-waiting inactive-past-waiting expired-waiting overtaken";
    check(
        until("2026-03-30"),
        &[
            ("UnknownAccess", "none"),
            (
                "request-approved",
                &format!("{waiting} past-extending lapsed-extending"),
            ),
            // An earlier end than it has already is no extension.
            ("NotLater { current: 2026-05-31 }", "extending"),
            ("AlreadyDecided", settled),
            ("NoLongerWaiting", "carried"),
        ],
    );
    check_bad_decision(until("2026-03-29"), "EndDatePast");
}

#[test]
fn ver_2_the_earlier_end_date_is_the_one_that_counts() {
    let earlier = Approval {
        valid_until: Some(day("2026-06-30")),
        ..approval(FIRST)
    };
    for (approval, expected) in [(approval(FIRST), "2026-12-31"), (earlier, "2026-06-30")] {
        assert_eq!(
            decided("new", Command::Approve(approval)),
            Ok(vec![AccessEvent::RequestApproved {
                request: FIRST,
                decided_as: Capacity::Vai,
                in_place_of: None,
                valid_until: day(expected),
            }])
        );
    }
}

#[test]
fn a_decree_that_ended_while_its_request_waited_cannot_be_approved() {
    let access = history("new", VerifiedBy::Institution).access();
    let last_day = at("2026-12-31T23:59:59+07:00");
    let next_day = at("2027-01-01T00:00:00+07:00");
    let approve = |moment| {
        let command = Command::Approve(approval(FIRST));
        outcome(&decide(access.as_ref(), command, moment))
    };
    assert_eq!(approve(last_day), "request-approved");
    assert_eq!(approve(next_day), "EndDatePast");
}

#[test]
fn ver_3_a_request_carries_its_deadline_and_no_clock_decides_it() {
    let access = history("new", VerifiedBy::Institution).access().unwrap();
    let deadline = at("2026-01-08T09:00:00+07:00");
    assert_eq!(access.pending.as_ref().unwrap().deadline_at(), deadline);
    assert_eq!(
        access.status(deadline.plus_hours(1000), in_force()),
        Status::Pending
    );
    let command = Command::Expire {
        cut_off: in_force(),
    };
    assert_eq!(
        decide(Some(&access), command, deadline.plus_hours(1000)),
        Err(Refusal::NotDue)
    );
}

// Deactivate ------------------------------------------------------------------

#[test]
fn exp_1_an_active_access_is_given_up_at_once() {
    check(
        deactivate(|_| {}),
        &[
            ("UnknownAccess", "none"),
            ("access-deactivated", "active carried ending extending"),
            ("NotActive { status: Rejected }", "rejected"),
            ("NotActive { status: Inactive }", "inactive inactive-past"),
            (
                "NotActive { status: Pending }",
                "new again inactive-waiting inactive-past-waiting expired-waiting",
            ),
            (
                "NotActive { status: Expired }",
                "past past-extending expired overtaken lapsed-extending",
            ),
        ],
    );
}

#[test]
fn exp_4_before_the_cut_off_a_past_due_access_can_be_given_up() {
    check(
        deactivate(|d| d.cut_off = not_yet()),
        &[
            ("UnknownAccess", "none"),
            (
                "access-deactivated",
                "active carried ending extending past past-extending",
            ),
            ("NotActive { status: Rejected }", "rejected"),
            ("NotActive { status: Inactive }", "inactive inactive-past"),
            (
                "NotActive { status: Pending }",
                "new again inactive-waiting inactive-past-waiting expired-waiting",
            ),
            (
                "NotActive { status: Expired }",
                "expired overtaken lapsed-extending",
            ),
        ],
    );
}

#[test]
fn exp_1_only_the_owner_gives_it_up() {
    check(
        deactivate(|d| d.account = SOMEBODY),
        &[(
            "UnknownAccess",
            "none new rejected again active carried past inactive inactive-past inactive-waiting \
             inactive-past-waiting expired expired-waiting overtaken ending extending past-extending lapsed-extending",
        )],
    );
}

#[test]
fn exp_6_somebody_else_carries_on() {
    let successor = Handover::to;
    check(
        deactivate(|d| d.handover = successor(OWNER)),
        &[
            ("UnknownAccess", "none"),
            ("SuccessorIsOwner", "active carried ending extending"),
            ("NotActive { status: Rejected }", "rejected"),
            ("NotActive { status: Inactive }", "inactive inactive-past"),
            (
                "NotActive { status: Pending }",
                "new again inactive-waiting inactive-past-waiting expired-waiting",
            ),
            (
                "NotActive { status: Expired }",
                "past past-extending expired overtaken lapsed-extending",
            ),
        ],
    );
    let command = deactivate(|d| d.handover = successor(SOMEBODY));
    assert_eq!(
        decided("active", command(None)),
        Ok(vec![AccessEvent::AccessDeactivated {
            handover: successor(SOMEBODY)
        }])
    );
}

const NOT_ENDED: [(&str, &str); 3] = [
    ("UnknownAccess", "none"),
    ("NotEnded { status: Pending }", "new again"),
    ("NotEnded { status: Rejected }", "rejected"),
];

/// The tables' states were given up with nothing open, or ran out with nobody asked.
const HANDED_OVER: &str = "inactive inactive-past inactive-waiting inactive-past-waiting overtaken";

#[test]
fn exp_6_who_carries_on_is_named_after_the_end_and_once() {
    for named_as in [NamedAs::Owner, NamedAs::BudgetUser, NamedAs::UkpbjHead] {
        for handover in [Handover::to(SOMEBODY), Handover::NoneOpen, unassigned()] {
            let mut expected = NOT_ENDED.to_vec();
            expected.extend([
                (
                    "NotEnded { status: Active }",
                    "active carried ending extending",
                ),
                ("HandoverNamed", HANDED_OVER),
                ("access-expired + handover-named", "past past-extending"),
                ("handover-named", "expired expired-waiting lapsed-extending"),
            ]);
            let command = hand_over(|naming| {
                naming.named_as = named_as;
                naming.handover = handover.clone();
            });
            check(command, &expected);
        }
    }
}

#[test]
fn exp_4_before_the_cut_off_what_is_past_due_has_no_successor() {
    let mut expected = NOT_ENDED.to_vec();
    expected.extend([
        (
            "NotEnded { status: Active }",
            "active carried past ending extending past-extending",
        ),
        ("HandoverNamed", HANDED_OVER),
        ("handover-named", "expired expired-waiting lapsed-extending"),
    ]);
    check(hand_over(|naming| naming.cut_off = not_yet()), &expected);
}

#[test]
fn exp_6_nobody_names_a_successor_as_the_owner_of_what_is_another_s() {
    check(
        hand_over(|naming| naming.account = SOMEBODY),
        &[(
            "UnknownAccess",
            "none new rejected again active carried past ending extending past-extending \
             inactive inactive-past inactive-waiting inactive-past-waiting expired \
             expired-waiting lapsed-extending overtaken",
        )],
    );
    let own = hand_over(|naming| {
        naming.account = SOMEBODY;
        naming.named_as = NamedAs::BudgetUser;
        naming.handover = Handover::to(OWNER);
    });
    assert_eq!(
        decided("expired", own(None)),
        Err(Refusal::SuccessorIsOwner)
    );
}

#[test]
fn exp_6_who_left_it_to_others_may_still_name_somebody_until_the_next_life() {
    let left = |history: History| {
        let event = AccessEvent::AccessDeactivated {
            handover: unassigned(),
        };
        history.then("2026-03-01T09:00:00+07:00", OWNER, event)
    };
    let history = left(history("active", VerifiedBy::Institution));
    let access = history.access();
    let again = hand_over(|naming| naming.handover = unassigned())(None);
    assert_eq!(
        decide(access.as_ref(), again, now()),
        Err(Refusal::HandoverNamed)
    );
    let named = decide(access.as_ref(), hand_over(|_| {})(None), now()).unwrap();
    // Naming somebody loses nothing of what was listed as open.
    let heir = Handover::Successor {
        account: SOMEBODY,
        packages: unassigned().packages().to_vec(),
    };
    assert_eq!(
        named,
        [AccessEvent::HandoverNamed {
            handover: heir.clone(),
            named_as: NamedAs::Owner
        }]
    );
    let history = history.then("2026-03-02T09:00:00+07:00", OWNER, named[0].clone());
    assert_eq!(history.access().unwrap().handover, Some(heir));
    let alive = history
        .reactivation("2026-03-15T09:00:00+07:00", SECOND)
        .approved("2026-03-16T09:00:00+07:00", SECOND, "2026-12-31");
    assert_eq!(alive.access().unwrap().handover, None);
}

// Reactivate ------------------------------------------------------------------

#[test]
fn exp_5_reactivation_starts_from_tidak_aktif_and_kedaluwarsa() {
    check(
        reactivate(|_| {}),
        &[
            ("UnknownAccess", "none"),
            ("reactivation-requested", "inactive inactive-past expired"),
            // No sweep has met it yet: the record tells its end first.
            ("access-expired + reactivation-requested", "past"),
            (
                "AlreadyWaiting",
                "new again inactive-waiting inactive-past-waiting expired-waiting overtaken extending past-extending lapsed-extending",
            ),
            ("NotReactivatable { status: Rejected }", "rejected"),
            (
                "NotReactivatable { status: Active }",
                "active carried ending",
            ),
        ],
    );
}

#[test]
fn exp_4_before_the_cut_off_a_past_due_access_is_active_and_needs_no_reactivation() {
    check(
        reactivate(|r| r.cut_off = not_yet()),
        &[
            ("UnknownAccess", "none"),
            ("reactivation-requested", "inactive inactive-past expired"),
            (
                "AlreadyWaiting",
                "new again inactive-waiting inactive-past-waiting expired-waiting overtaken extending past-extending lapsed-extending",
            ),
            ("NotReactivatable { status: Rejected }", "rejected"),
            (
                "NotReactivatable { status: Active }",
                "active carried ending past",
            ),
        ],
    );
}

#[test]
fn exp_5_only_the_owner_asks_for_reactivation() {
    check(
        reactivate(|r| r.account = SOMEBODY),
        &[(
            "UnknownAccess",
            "none new rejected again active carried past inactive inactive-past inactive-waiting \
             inactive-past-waiting expired expired-waiting overtaken ending extending past-extending lapsed-extending",
        )],
    );
}

#[test]
fn exp_5_a_reactivation_has_a_new_end_date() {
    for (valid_until, ended, overdue) in [
        ("2026-03-29", "EndDatePast", "EndDatePast"),
        ("2036-03-31", "EndDateTooFar", "EndDateTooFar"),
        (
            "2026-03-30",
            "reactivation-requested",
            "access-expired + reactivation-requested",
        ),
        (
            "2036-03-30",
            "reactivation-requested",
            "access-expired + reactivation-requested",
        ),
    ] {
        check(
            reactivate(|r| r.request.valid_until = day(valid_until)),
            &[
                ("UnknownAccess", "none"),
                (ended, "inactive inactive-past expired"),
                (overdue, "past"),
                (
                    "AlreadyWaiting",
                    "new again inactive-waiting inactive-past-waiting expired-waiting overtaken extending past-extending lapsed-extending",
                ),
                ("NotReactivatable { status: Rejected }", "rejected"),
                (
                    "NotReactivatable { status: Active }",
                    "active carried ending",
                ),
            ],
        );
    }
}

#[test]
fn exp_5_the_status_before_a_rejected_reactivation_comes_back() {
    for (before, waiting, status) in [
        ("inactive", "inactive-waiting", Status::Inactive),
        ("inactive-past", "inactive-past-waiting", Status::Inactive),
        ("expired", "expired-waiting", Status::Expired),
        ("expired", "overtaken", Status::Expired),
    ] {
        let earlier = history(before, VerifiedBy::Institution).access().unwrap();
        let later = history(waiting, VerifiedBy::Institution)
            .rejected("2026-03-30T14:10:00+07:00", SECOND)
            .access()
            .unwrap();
        assert_eq!(earlier.status(now(), in_force()), status, "{before}");
        assert_eq!(later.status(now(), in_force()), status, "{waiting}");
        assert_eq!(later.rejection.as_deref(), Some("SK tidak terbaca"));
        let again = reactivate(|_| {})(None);
        assert_eq!(
            outcome(&decide(Some(&later), again, now())),
            "reactivation-requested",
            "it may be submitted again"
        );
    }
}

// Extend ----------------------------------------------------------------------

const WAITING: &str = "new again inactive-waiting inactive-past-waiting expired-waiting \
    overtaken extending past-extending lapsed-extending";

/// What stands against an extension matters only where one is possible.
fn check_extension(command: impl Fn(Option<&Access>) -> Command, outcome: &str) {
    check(
        command,
        &[
            ("UnknownAccess", "none"),
            (outcome, "ending"),
            ("ExtensionTooEarly { from: 2026-10-02 }", "active carried"),
            ("AlreadyWaiting", WAITING),
            ("NotExtendable { status: Rejected }", "rejected"),
            (
                "NotExtendable { status: Inactive }",
                "inactive inactive-past",
            ),
            ("NotExtendable { status: Expired }", "past expired"),
        ],
    );
}

#[test]
fn exp_7_an_access_is_extended_while_it_is_active_and_near_its_end() {
    check_extension(extend(|_| {}), "extension-requested");
    // EXP-4: past its end and still active, it can be extended too.
    let command = extend(|e| e.cut_off = not_yet())(None);
    assert_eq!(outcome(&decided("past", command)), "extension-requested");
}

#[test]
fn exp_7_only_the_owner_extends() {
    let all = STATES.join(" ");
    check(extend(|e| e.account = SOMEBODY), &[("UnknownAccess", &all)]);
}

#[test]
fn exp_7_an_extension_opens_ninety_calendar_days_before_the_last() {
    let access = history("active", VerifiedBy::Institution).access();
    for (moment, expected) in [
        (
            "2026-10-01T23:59:59+07:00",
            "ExtensionTooEarly { from: 2026-10-02 }",
        ),
        ("2026-10-02T00:00:00+07:00", "extension-requested"),
        ("2026-12-31T23:59:59+07:00", "extension-requested"),
        (
            "2027-01-01T00:00:00+07:00",
            "NotExtendable { status: Expired }",
        ),
    ] {
        let result = decide(access.as_ref(), extend(|_| {})(None), at(moment));
        assert_eq!(outcome(&result), expected, "{moment}");
    }
}

#[test]
fn exp_7_an_extension_ends_later_than_the_access() {
    for (valid_until, expected) in [
        ("2026-03-29", "EndDatePast"),
        ("2026-05-30", "NotLater { current: 2026-05-31 }"),
        ("2026-05-31", "NotLater { current: 2026-05-31 }"),
        ("2026-06-01", "extension-requested"),
        ("2036-03-30", "extension-requested"),
        ("2036-03-31", "EndDateTooFar"),
    ] {
        check_extension(
            extend(|e| e.request.valid_until = day(valid_until)),
            expected,
        );
    }
}

#[test]
fn all_4_a_role_that_is_excluded_is_not_extended() {
    check_extension(
        extend(|e| e.conflict = clash(Scope::Account)),
        "RoleConflict PPK-BENDAHARA",
    );
}

#[test]
fn exp_7_what_waits_changes_nothing_until_it_is_decided() {
    let waiting = history("extending", VerifiedBy::Institution);
    let access = waiting.clone().access().unwrap();
    assert!(access.gives_entry(now(), in_force()));
    assert_eq!(access.valid_until, Some(day("2026-05-31")));
    assert_eq!(access.pending.unwrap().kind, RequestKind::Extension);
    let moment = "2026-03-30T14:10:00+07:00";
    let approved = waiting.clone().approved(moment, SECOND, "2027-01-31");
    let approved = approved.access().unwrap();
    assert_eq!(approved.valid_until, Some(day("2027-01-31")));
    assert_eq!(approved.pending, None);
    let rejected = waiting.rejected(moment, SECOND).access().unwrap();
    assert!(rejected.gives_entry(now(), in_force()));
    assert_eq!(rejected.valid_until, Some(day("2026-05-31")));
    assert_eq!(rejected.rejection.as_deref(), Some("SK tidak terbaca"));
    let again = extend(|_| {})(None);
    assert_eq!(
        outcome(&decide(Some(&rejected), again, now())),
        "extension-requested"
    );
}

#[test]
fn exp_7_the_old_date_passes_while_it_waits_and_it_can_still_be_approved() {
    for state in ["past-extending", "lapsed-extending"] {
        let history = history(state, VerifiedBy::Institution);
        let access = history.clone().access().unwrap();
        assert!(!access.gives_entry(now(), in_force()), "{state}");
        let approved = history.approved("2026-03-30T14:10:00+07:00", SECOND, "2027-06-30");
        assert!(approved.access().unwrap().gives_entry(now(), in_force()));
    }
}

#[test]
fn exp_1_who_gives_an_access_up_takes_its_extension_back() {
    let history = history("extending", VerifiedBy::Institution);
    let given_up = history.deactivated("2026-03-30T14:10:00+07:00");
    let access = given_up.access().unwrap();
    assert_eq!(access.status(now(), in_force()), Status::Inactive);
    assert_eq!(access.pending, None);
    // Its verifier is told who was first.
    let result = decide(Some(&access), Command::Approve(approval(SECOND)), now());
    let Err(Refusal::AlreadyDecided(decision)) = result else {
        panic!("{result:?}");
    };
    assert_eq!(decision.decided_as, Capacity::Owner);
    assert!(!decision.approved);
}

// Expire ----------------------------------------------------------------------

#[test]
fn exp_3_what_is_past_its_end_expires() {
    check(
        expire(in_force()),
        &[
            ("UnknownAccess", "none"),
            ("access-expired", "past past-extending"),
            (
                "NotDue",
                "new rejected again active carried inactive inactive-past inactive-waiting \
                 inactive-past-waiting expired expired-waiting overtaken ending extending lapsed-extending",
            ),
        ],
    );
}

#[test]
fn exp_4_before_the_cut_off_nothing_expires() {
    check(
        expire(not_yet()),
        &[
            ("UnknownAccess", "none"),
            (
                "NotDue",
                "new rejected again active carried past inactive inactive-past inactive-waiting \
                 inactive-past-waiting expired expired-waiting overtaken ending extending past-extending lapsed-extending",
            ),
        ],
    );
}

#[test]
fn exp_4_the_cut_off_takes_along_whose_reactivation_waits() {
    check(
        expire(since_midnight()),
        &[
            ("UnknownAccess", "none"),
            (
                "access-expired",
                "past past-extending inactive-past-waiting",
            ),
            (
                "NotDue",
                "new rejected again active carried inactive inactive-past inactive-waiting \
                 expired expired-waiting overtaken ending extending lapsed-extending",
            ),
        ],
    );
}

#[test]
fn exp_4_an_overtaken_request_stays_and_can_be_approved() {
    let waiting = history("inactive-past-waiting", VerifiedBy::Institution);
    let cut_off = since_midnight();
    assert_eq!(
        decided("inactive-past-waiting", Command::Expire { cut_off }),
        Ok(vec![AccessEvent::AccessExpired {
            account: OWNER,
            valid_until: Some(day("2026-03-10")),
            overtook_request: true,
        }])
    );
    let approved = waiting
        .expired("2026-03-30T00:00:01+07:00", "2026-03-10", true)
        .approved("2026-03-30T14:10:00+07:00", SECOND, "2027-06-30")
        .access()
        .unwrap();
    assert_eq!(approved.status(now(), cut_off), Status::Active);
    assert_eq!(approved.valid_until, Some(day("2027-06-30")));
}

#[test]
fn exp_4_the_cut_off_spares_what_was_submitted_after_it_or_ends_after_it() {
    let in_force_from = |day_before: &str| CutOff {
        last_day: day(day_before),
    };
    // The end is 10 March, the reactivation was submitted on 15 March at 09:00.
    for (last_day, expected) in [
        ("2026-03-09", "NotDue"),
        ("2026-03-10", "NotDue"),
        ("2026-03-14", "NotDue"),
        ("2026-03-15", "access-expired"),
    ] {
        let command = Command::Expire {
            cut_off: in_force_from(last_day),
        };
        assert_eq!(
            outcome(&decided("inactive-past-waiting", command)),
            expected,
            "{last_day}"
        );
    }
    // Here the end lies ahead, so the cut-off has nothing to say.
    let command = Command::Expire {
        cut_off: since_midnight(),
    };
    assert_eq!(outcome(&decided("inactive-waiting", command)), "NotDue");
}

#[test]
fn exp_4_the_cut_off_is_exact_to_the_millisecond() {
    let midnight = at("2026-03-30T00:00:00+07:00");
    let just_before = Instant::from_ms(midnight.ms() - 1);
    let waiting = |valid_until, submitted_at| {
        let mut history = history("inactive", VerifiedBy::Institution);
        let AccessEvent::RequestApproved {
            valid_until: end, ..
        } = &mut history.events[1].event
        else {
            panic!("the second event approves");
        };
        *end = day(valid_until);
        history = history.reactivation("2026-03-29T09:00:00+07:00", SECOND);
        history.events[3].at = submitted_at;
        history.access().unwrap()
    };
    for (valid_until, submitted_at, now, expected) in [
        ("2026-03-29", just_before, midnight, "access-expired"),
        ("2026-03-29", just_before, just_before, "NotDue"),
        ("2026-03-29", midnight, midnight, "NotDue"),
        ("2026-03-30", just_before, midnight, "NotDue"),
    ] {
        let access = waiting(valid_until, submitted_at);
        let command = Command::Expire {
            cut_off: since_midnight(),
        };
        let result = decide(Some(&access), command, now);
        assert_eq!(
            outcome(&result),
            expected,
            "{valid_until} {submitted_at:?} {now:?}"
        );
    }
}

// Evolve ----------------------------------------------------------------------

#[test]
fn every_event_follows_only_the_states_it_can() {
    let moment = "2026-03-30T14:10:00+07:00";
    type Append = fn(History, &str) -> History;
    const SECOND_WAITS: &str = "again inactive-waiting inactive-past-waiting expired-waiting overtaken extending past-extending lapsed-extending";
    #[rustfmt::skip]
    let next: [(&str, Append, &str); 10] = [
        ("requested", |h, m| h.requested(m, UNSEEN), "none rejected"),
        ("carried over", |h, m| h.carried_over(m, "2026-12-31"), "none"),
        ("reactivation", |h, m| h.reactivation(m, UNSEEN), "inactive inactive-past expired"),
        ("extension", |h, m| h.extension(m, UNSEEN), "active carried ending past"),
        ("approved first", |h, m| h.approved(m, FIRST, "2026-12-31"), "new"),
        ("approved second", |h, m| h.approved(m, SECOND, "2026-12-31"), SECOND_WAITS),
        ("rejected second", |h, m| h.rejected(m, SECOND), SECOND_WAITS),
        ("deactivated", |h, m| h.deactivated(m),
            "active carried ending extending past past-extending"),
        ("handed over", |h, m| h.then(m, OWNER, AccessEvent::HandoverNamed {
            handover: Handover::NoneOpen, named_as: NamedAs::Owner,
        }), "expired expired-waiting lapsed-extending"),
        ("expired", |h, m| h.expired(m, "2026-12-31", false),
            "active carried ending extending past past-extending inactive-waiting \
             inactive-past-waiting"),
    ];
    for (event, append, allowed) in next {
        for state in STATES {
            let history = append(history(state, VerifiedBy::Institution), moment);
            let replayed = Access::replay(ACCESS, &history.events);
            let follows = allowed.split_whitespace().any(|allowed| allowed == state);
            assert_eq!(
                replayed.is_ok(),
                follows,
                "{event} after {state}: {replayed:?}"
            );
        }
    }
}

#[test]
fn a_history_has_no_gaps_and_no_repetitions() {
    let complete = history("expired-waiting", VerifiedBy::Institution).events;
    for (index, wrong) in [
        (0, 0),
        (0, 2),
        (1, 1),
        (1, 3),
        (3, 3),
        (3, 5),
        (3, u32::MAX),
    ] {
        let mut history = complete.clone();
        history[index].version = wrong;
        assert!(
            Access::replay(ACCESS, &history).is_err(),
            "{wrong} at {index}"
        );
    }
    for missing in 0..complete.len() - 1 {
        let mut history = complete.clone();
        history.remove(missing);
        assert!(
            Access::replay(ACCESS, &history).is_err(),
            "without {missing}"
        );
    }
    assert_eq!(Access::replay(ACCESS, &[]), Ok(None));
}

#[test]
fn a_history_speaks_of_one_access() {
    let changes: [fn(&mut Subject); 3] = [
        |s| s.account = SOMEBODY,
        |s| s.role = "PA".to_owned(),
        |s| s.work_unit = OTHER_UNIT,
    ];
    for change in changes {
        let mut history = history("again", VerifiedBy::Institution);
        let AccessEvent::AccessRequested { subject, .. } = &mut history.events[2].event else {
            panic!("the third event asks again");
        };
        change(subject);
        assert!(Access::replay(ACCESS, &history.events).is_err());
    }
}

#[test]
fn asking_again_follows_the_reference_data_of_its_day() {
    let mut history = history("again", VerifiedBy::Institution);
    let AccessEvent::AccessRequested { subject, .. } = &mut history.events[2].event else {
        panic!("the third event asks again");
    };
    subject.verified_by = VerifiedBy::National;
    subject.zone = Zone::Wit;
    let access = history.access().unwrap();
    assert_eq!(access.verified_by, VerifiedBy::National);
    assert_eq!(access.zone, Zone::Wit);
}

#[test]
fn what_is_broken_names_no_personal_text() {
    let broken =
        history("active", VerifiedBy::Institution).rejected("2026-03-30T14:10:00+07:00", FIRST);
    let error = Access::replay(ACCESS, &broken.events).unwrap_err();
    assert_eq!(
        error.to_string(),
        "request-rejected cannot follow version 2, standing Active, request waiting: false"
    );
    assert_eq!(
        Access::replay(ACCESS, &broken.events[2..])
            .unwrap_err()
            .to_string(),
        "a history cannot begin with request-rejected"
    );
}

// The storage format ----------------------------------------------------------

/// Every kind as the record has it. Old events keep their form for ever: add
/// lines here, never change one.
fn stored_forms() -> Vec<(AccessEvent, &'static str, &'static str)> {
    let request = || Submitted {
        id: FIRST,
        valid_until: day("2026-12-31"),
        document: DECREE,
        deadline_at: Instant::from_ms(1_767_837_600_000),
    };
    let asked = |form| AccessEvent::AccessRequested {
        subject: subject(VerifiedBy::Institution),
        request: request(),
        form,
    };
    vec![
        (
            asked(Form::default()),
            "access-requested",
            r#"{"account":"00000000-0000-0000-0000-0000000000a1","role":"PPK",
                "work_unit":"00000000-0000-0000-0000-000000000021",
                "institution":"00000000-0000-0000-0000-000000000011","zone":"WIB",
                "verified_by":"institution",
                "request":{"id":"00000000-0000-0000-0000-0000000000e1",
                    "valid_until":"2026-12-31",
                    "document":"00000000-0000-0000-0000-0000000000d1",
                    "deadline_at":1767837600000},
                "form":{}}"#,
        ),
        (
            asked(Form {
                profile: Profile::Supplier,
                previous_user_name: Some("ppk.contoh".to_owned()),
                address: Some("Jalan \"Contoh\" 1".to_owned()),
                ..Form::default()
            }),
            "access-requested",
            r#"{"account":"00000000-0000-0000-0000-0000000000a1","role":"PPK",
                "work_unit":"00000000-0000-0000-0000-000000000021",
                "institution":"00000000-0000-0000-0000-000000000011","zone":"WIB",
                "verified_by":"institution",
                "request":{"id":"00000000-0000-0000-0000-0000000000e1",
                    "valid_until":"2026-12-31",
                    "document":"00000000-0000-0000-0000-0000000000d1",
                    "deadline_at":1767837600000},
                "form":{"profile":"supplier","previous_user_name":"ppk.contoh","address":"Jalan \"Contoh\" 1"}}"#,
        ),
        (
            asked(Form {
                golongan: "III/a".parse().ok(),
                npwp: "0012345678901000".parse().ok(),
                division: Some("Subbagian Contoh".to_owned()),
                other: [("room".to_owned(), "12".to_owned())].into(),
                ..Form::default()
            }),
            "access-requested",
            r#"{"account":"00000000-0000-0000-0000-0000000000a1","role":"PPK",
                "work_unit":"00000000-0000-0000-0000-000000000021",
                "institution":"00000000-0000-0000-0000-000000000011","zone":"WIB",
                "verified_by":"institution",
                "request":{"id":"00000000-0000-0000-0000-0000000000e1",
                    "valid_until":"2026-12-31",
                    "document":"00000000-0000-0000-0000-0000000000d1",
                    "deadline_at":1767837600000},
                "form":{"golongan":"III/a","npwp":"0012345678901000",
                    "division":"Subbagian Contoh","other":{"room":"12"}}}"#,
        ),
        (
            AccessEvent::AccessCarriedOver {
                subject: Subject {
                    zone: Zone::Wita,
                    ..subject(VerifiedBy::National)
                },
                valid_until: day("2024-02-29"),
            },
            "access-carried-over",
            r#"{"account":"00000000-0000-0000-0000-0000000000a1","role":"PPK",
                "work_unit":"00000000-0000-0000-0000-000000000021",
                "institution":"00000000-0000-0000-0000-000000000011","zone":"WITA",
                "verified_by":"national","valid_until":"2024-02-29"}"#,
        ),
        (
            AccessEvent::ReactivationRequested {
                request: request(),
                verified_by: VerifiedBy::National,
            },
            "reactivation-requested",
            r#"{"request":{"id":"00000000-0000-0000-0000-0000000000e1",
                    "valid_until":"2026-12-31",
                    "document":"00000000-0000-0000-0000-0000000000d1",
                    "deadline_at":1767837600000},
                "verified_by":"national"}"#,
        ),
        (
            AccessEvent::ExtensionRequested {
                request: request(),
                verified_by: VerifiedBy::Institution,
            },
            "extension-requested",
            r#"{"request":{"id":"00000000-0000-0000-0000-0000000000e1",
                    "valid_until":"2026-12-31",
                    "document":"00000000-0000-0000-0000-0000000000d1",
                    "deadline_at":1767837600000},
                "verified_by":"institution"}"#,
        ),
        (
            AccessEvent::RequestApproved {
                request: FIRST,
                decided_as: Capacity::Directorate,
                in_place_of: None,
                valid_until: day("2026-12-31"),
            },
            "request-approved",
            r#"{"request":"00000000-0000-0000-0000-0000000000e1","decided_as":"directorate",
                "valid_until":"2026-12-31"}"#,
        ),
        (
            AccessEvent::RequestRejected {
                request: FIRST,
                decided_as: Capacity::Operator,
                in_place_of: None,
                reason: "SK tidak terbaca".to_owned(),
                field: None,
            },
            "request-rejected",
            r#"{"request":"00000000-0000-0000-0000-0000000000e1","decided_as":"operator",
                "reason":"SK tidak terbaca"}"#,
        ),
        (
            AccessEvent::RequestRejected {
                request: FIRST,
                decided_as: Capacity::Vai,
                in_place_of: None,
                reason: "NPWP salah".to_owned(),
                field: Some("npwp".parse().unwrap()),
            },
            "request-rejected",
            r#"{"request":"00000000-0000-0000-0000-0000000000e1","decided_as":"vai",
                "reason":"NPWP salah","field":"npwp"}"#,
        ),
        (
            AccessEvent::AccessDeactivated {
                handover: Handover::NoneOpen,
            },
            "access-deactivated",
            r#"{"handover":{"kind":"none-open"}}"#,
        ),
        (
            AccessEvent::AccessDeactivated {
                handover: Handover::to(SOMEBODY),
            },
            "access-deactivated",
            r#"{"handover":{"kind":"successor",
                "account":"00000000-0000-0000-0000-0000000000a2"}}"#,
        ),
        (
            AccessEvent::HandoverNamed {
                handover: Handover::Successor {
                    account: SOMEBODY,
                    packages: vec![Package {
                        title: "Pengadaan server".to_owned(),
                        code: Some("50123456".to_owned()),
                        handed_over: true,
                    }],
                },
                named_as: NamedAs::BudgetUser,
            },
            "handover-named",
            r#"{"handover":{"kind":"successor",
                "account":"00000000-0000-0000-0000-0000000000a2",
                "packages":[{"title":"Pengadaan server","code":"50123456","handed_over":true}]},
                "named_as":"budget-user"}"#,
        ),
        (
            AccessEvent::HandoverNamed {
                handover: unassigned(),
                named_as: NamedAs::Owner,
            },
            "handover-named",
            r#"{"handover":{"kind":"unassigned",
                "packages":[{"title":"Pengadaan server","handed_over":true}]},
                "named_as":"owner"}"#,
        ),
        (
            AccessEvent::AccessExpired {
                account: OWNER,
                valid_until: Some(day("2026-03-29")),
                overtook_request: false,
            },
            "access-expired",
            r#"{"account":"00000000-0000-0000-0000-0000000000a1","valid_until":"2026-03-29",
                "overtook_request":false}"#,
        ),
        (
            AccessEvent::AccessExpired {
                account: OWNER,
                valid_until: None,
                overtook_request: true,
            },
            "access-expired",
            r#"{"account":"00000000-0000-0000-0000-0000000000a1","valid_until":null,
                "overtook_request":true}"#,
        ),
    ]
}

#[test]
fn the_stored_form_of_every_event_stays_as_it_is() {
    let json = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    for (event, kind, data) in stored_forms() {
        let (written_kind, written_data) = event.to_parts();
        assert_eq!((written_kind.as_str(), event.kind()), (kind, kind));
        assert_eq!(json(&written_data), json(data), "{kind}");
        assert_eq!(AccessEvent::from_parts(kind, data).unwrap(), event);
        assert_eq!(AccessEvent::from_parts(kind, &written_data).unwrap(), event);
    }
}

#[test]
fn every_kind_has_a_stored_form_in_this_test() {
    let mut kinds: Vec<_> = stored_forms().iter().map(|form| form.1).collect();
    kinds.dedup();
    assert_eq!(
        kinds,
        [
            "access-requested",
            "access-carried-over",
            "reactivation-requested",
            "extension-requested",
            "request-approved",
            "request-rejected",
            "access-deactivated",
            "handover-named",
            "access-expired",
        ]
    );
}

#[test]
fn what_the_record_cannot_mean_is_an_error() {
    for (kind, data) in [
        ("access-renamed", "{}"),
        ("access-expired", "{}"),
        ("access-expired", "not json"),
        (
            "request-approved",
            r#"{"request":"x","decided_as":"vai","valid_until":"2026-12-31"}"#,
        ),
        (
            "request-approved",
            r#"{"request":"00000000-0000-0000-0000-0000000000e1","decided_as":"vai",
                "valid_until":"2026-02-30"}"#,
        ),
        (
            "request-approved",
            r#"{"request":"00000000-0000-0000-0000-0000000000e1","decided_as":"chief",
                "valid_until":"2026-12-31"}"#,
        ),
    ] {
        let error = AccessEvent::from_parts(kind, data).unwrap_err();
        assert!(error.to_string().contains(kind), "{error}");
    }
}

#[test]
fn mtg_4_time_rejects_the_registration_that_waits_and_nothing_else() {
    let reject = |state: &str, request| {
        let access = history(state, VerifiedBy::Institution).access();
        let reason = "Tidak hadir".to_owned();
        decide(
            access.as_ref(),
            Command::RejectUnmet { request, reason },
            now(),
        )
    };
    for state in STATES {
        let access = history(state, VerifiedBy::Institution).access();
        let pending = access.as_ref().and_then(|a| a.pending.clone());
        let request = pending.as_ref().map_or(FIRST, |p| p.request);
        let expected = match pending {
            _ if access.is_none() => Err(Refusal::UnknownAccess),
            Some(pending) if pending.kind == RequestKind::Registration => {
                Ok(vec![AccessEvent::RequestRejected {
                    request,
                    decided_as: Capacity::Clock,
                    in_place_of: None,
                    reason: "Tidak hadir".to_owned(),
                    field: None,
                }])
            }
            _ => Err(Refusal::NoLongerWaiting),
        };
        assert_eq!(reject(state, request), expected, "{state}");
    }
    // Another request than the one whose meeting it was.
    assert_eq!(reject("new", UNSEEN), Err(Refusal::NoLongerWaiting));
}
