//! What holds in every life of an access, whatever is tried on it and when.

mod histories;

use akses_domain::access::{
    Access, AccessEvent, Command, Recorded, Refusal, RequestKind, Standing, Status, decide,
};
use akses_domain::authority::Capacity;
use akses_domain::time::Instant;
use histories::{CUT_OFF, Deed, Slot, World, requested, steps};
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use std::cell::RefCell;
use std::collections::BTreeSet;

const HISTORIES: u32 = 1_000;
const STEPS_MAX: usize = 40;

#[test]
fn what_holds_in_every_life() {
    let met = RefCell::new(BTreeSet::new());
    let config = Config {
        cases: HISTORIES,
        failure_persistence: None,
        ..Config::default()
    };
    let result = TestRunner::new(config).run(&steps(1, STEPS_MAX), |steps| {
        let mut world = World::new(1);
        for step in &steps {
            let (command, actor) = world.command(step);
            let before = world.slots[0].clone();
            let decided = decide(before.access.as_ref(), command.clone(), world.now);
            met.borrow_mut().insert(name(&decided));
            let Ok(events) = decided else { continue };
            assert!(!events.is_empty(), "an accepted command changes something");
            for event in events {
                let earlier = world.slots[0].clone();
                let recorded = world.record(0, event, &actor);
                check_event(&earlier, &recorded, &world.slots[0]);
            }
            check_state(&world.slots[0], world.now);
            check_command(&before, &command, &world);
        }
        Ok::<(), TestCaseError>(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
    check_reach(&met.into_inner());
}

fn name(decided: &Result<Vec<AccessEvent>, Refusal>) -> String {
    match decided {
        Ok(events) => {
            let kinds: Vec<_> = events.iter().map(AccessEvent::kind).collect();
            kinds.join(" + ")
        }
        Err(refusal) => {
            let debug = format!("{refusal:?}");
            let end = debug.find([' ', '(']).unwrap_or(debug.len());
            debug[..end].to_owned()
        }
    }
}

/// A property over histories that never get anywhere would hold as well.
fn check_reach(met: &BTreeSet<String>) {
    for outcome in [
        "access-requested",
        "access-carried-over",
        "request-approved",
        "request-rejected",
        "access-deactivated",
        "reactivation-requested",
        "extension-requested",
        "access-expired + reactivation-requested",
        "access-expired",
        "handover-named",
        "access-expired + handover-named",
        "NotEnded",
        "HandoverNamed",
        "UnknownAccess",
        "UnknownRequest",
        "AccessExists",
        "AlreadyWaiting",
        "RoleNotRegistrable",
        "NotConfirmed",
        "AddressMissing",
        "EndDatePast",
        "EndDateTooFar",
        "NotAVerifier",
        "OwnRequest",
        "AlreadyDecided",
        "NoLongerWaiting",
        "ReasonMissing",
        "ReasonTooLong",
        "NotAttested",
        "LaterThanDecree",
        "NotActive",
        "SuccessorIsOwner",
        "NotReactivatable",
        "NotExtendable",
        "ExtensionTooEarly",
        "NotLater",
        "NotDue",
    ] {
        assert!(met.contains(outcome), "no history met {outcome}");
    }
}

fn check_event(earlier: &Slot, recorded: &Recorded, later: &Slot) {
    let (kind, data) = recorded.event.to_parts();
    let read = AccessEvent::from_parts(&kind, &data).expect("the record reads what it wrote");
    assert_eq!(read, recorded.event);
    let waited = earlier.access.as_ref().and_then(|a| a.pending.as_ref());
    match &recorded.event {
        AccessEvent::AccessRequested { .. }
        | AccessEvent::ReactivationRequested { .. }
        | AccessEvent::ExtensionRequested { .. } => {
            assert_eq!(waited, None, "at most one request waits");
        }
        AccessEvent::RequestApproved { valid_until, .. } => {
            let earlier = earlier.access.as_ref().unwrap();
            if waited.unwrap().kind == RequestKind::Extension {
                assert!(Some(*valid_until) > earlier.valid_until, "EXP-7");
            }
            assert!(
                *valid_until <= waited.unwrap().valid_until,
                "never later than asked"
            );
            let access = later.access.as_ref().unwrap();
            assert!(
                access.gives_entry(recorded.at, CUT_OFF),
                "approved means Aktif"
            );
        }
        AccessEvent::RequestRejected { reason, .. } => {
            assert!(!reason.trim().is_empty(), "VER-2");
            check_rejected(earlier, later);
        }
        AccessEvent::AccessExpired {
            overtook_request,
            valid_until,
            ..
        } => {
            assert!(recorded.at >= CUT_OFF.in_force_from(later.zone), "EXP-4");
            assert!(
                recorded.at >= later.zone.end_of(valid_until.unwrap()),
                "EXP-2"
            );
            assert_eq!(*overtook_request, waited.is_some());
        }
        AccessEvent::HandoverNamed { handover, .. } => {
            let access = later.access.as_ref().unwrap();
            assert!(!access.gives_entry(recorded.at, CUT_OFF), "EXP-6");
            assert_ne!(handover.successor(), Some(access.account), "EXP-6");
        }
        AccessEvent::AccessCarriedOver { .. } | AccessEvent::AccessDeactivated { .. } => {}
    }
}

/// A rejected registration is Ditolak; a rejected reactivation leaves what was
/// before it was submitted, unless the cut-off came between (EXP-4).
fn check_rejected(earlier: &Slot, later: &Slot) {
    let waited = earlier.access.as_ref().unwrap().pending.clone().unwrap();
    let submission = later
        .history
        .iter()
        .position(|r| requested(&r.event) == Some(waited.request))
        .unwrap();
    let before = Access::replay(later.id, &later.history[..submission]).unwrap();
    let expected = match (waited.kind, waited.cut_off) {
        (RequestKind::Registration, _) => Standing::Rejected,
        (RequestKind::Reactivation | RequestKind::Extension, true) => Standing::Expired,
        (RequestKind::Reactivation | RequestKind::Extension, false) => before.unwrap().standing,
    };
    assert_eq!(later.access.as_ref().unwrap().standing, expected);
}

fn check_state(slot: &Slot, now: Instant) {
    let access = slot.access.as_ref().expect("something happened");
    let replayed = Access::replay(slot.id, &slot.history).unwrap();
    assert_eq!(
        replayed.as_ref(),
        Some(access),
        "replayed and evolved are the same"
    );
    let versions: Vec<u32> = slot.history.iter().map(|r| r.version).collect();
    assert_eq!(
        versions,
        (1..=access.version).collect::<Vec<_>>(),
        "no gaps"
    );

    let status = access.status(now, CUT_OFF);
    assert_eq!(access.gives_entry(now, CUT_OFF), status == Status::Active);
    if access.standing == Standing::Active {
        assert!(access.valid_until.is_some(), "Aktif has an end");
        let kind = access.pending.as_ref().map(|pending| pending.kind);
        assert!(
            matches!(kind, None | Some(RequestKind::Extension)),
            "only an extension waits while it is active"
        );
    }
    if status == Status::Active && now >= CUT_OFF.in_force_from(slot.zone) {
        assert!(now < access.ends_at().unwrap(), "EXP-2");
    }
    if let Some(pending) = &access.pending {
        assert!(
            status != Status::Active || pending.kind == RequestKind::Extension,
            "only what waits to be extended gives entry"
        );
        assert!(!pending.cut_off || access.standing == Standing::Expired);
    }
    assert_eq!(
        access.rejection.is_some(),
        access.pending.is_none()
            && access
                .decided
                .as_ref()
                .is_some_and(|d| !d.approved && d.decided_as != Capacity::Owner),
        "a reason shows until the next request"
    );
}

/// What an accepted command says about the moment it was accepted in.
fn check_command(before: &Slot, command: &Command, world: &World) {
    let after = world.slots[0].access.as_ref().unwrap();
    match command {
        Command::Deactivate(_) => {
            let access = before.access.as_ref().unwrap();
            assert!(
                access.gives_entry(world.now, CUT_OFF),
                "EXP-1: from Aktif only"
            );
            assert!(!after.gives_entry(world.now, CUT_OFF), "EXP-1: at once");
        }
        Command::Expire { .. } => {
            let again = decide(Some(after), command.clone(), world.now);
            assert_eq!(again, Err(Refusal::NotDue), "EXP-3: once");
        }
        Command::Reactivate(_) => {
            assert_eq!(after.status(world.now, CUT_OFF), Status::Pending, "EXP-5");
        }
        Command::Extend(_) => {
            let earlier = before.access.as_ref().unwrap();
            assert_eq!(
                after.status(world.now, CUT_OFF),
                earlier.status(world.now, CUT_OFF),
                "EXP-7: nothing changes while it waits"
            );
            assert_eq!(after.valid_until, earlier.valid_until);
        }
        Command::HandOver(_) => {
            let again = decide(Some(after), command.clone(), world.now);
            assert_eq!(again, Err(Refusal::HandoverNamed), "EXP-6: once");
        }
        Command::RejectUnmet { .. } => {
            let again = decide(Some(after), command.clone(), world.now);
            assert_eq!(again, Err(Refusal::NoLongerWaiting), "MTG-4: once");
        }
        Command::Register(_) | Command::CarryOver { .. } => {}
        Command::Approve(_) | Command::Reject { .. } => {
            assert_eq!(after.pending, None);
            let again = decide(Some(after), command.clone(), world.now);
            assert!(
                matches!(again, Err(Refusal::AlreadyDecided(_))),
                "VER-4: {again:?}"
            );
        }
    }
}

/// A clock alone never approves anything (VER-3), and changes nothing in what
/// was decided: two looks at the same state differ only by dates.
#[test]
fn time_alone_only_ends() {
    let config = Config {
        cases: 300,
        failure_persistence: None,
        ..Config::default()
    };
    let strategy = (steps(1, STEPS_MAX), 0..4_000_i64);
    let result = TestRunner::new(config).run(&strategy, |(steps, hours)| {
        let mut world = World::new(1);
        for step in steps
            .iter()
            .filter(|step| !matches!(step.deed, Deed::Expire))
        {
            let (command, actor) = world.command(step);
            let access = world.slots[0].access.clone();
            for event in decide(access.as_ref(), command, world.now).unwrap_or_default() {
                world.record(0, event, &actor);
            }
        }
        let Some(access) = &world.slots[0].access else {
            return Ok(());
        };
        let now = access.status(world.now, CUT_OFF);
        let later = access.status(world.now.plus_hours(hours), CUT_OFF);
        assert!(now == later || (now, later) == (Status::Active, Status::Expired));
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
}
