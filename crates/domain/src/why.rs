//! "Mengapa saya tidak bisa masuk?": what stands between an access and a platform at
//! a moment, since when, through whom, by which rule, and what leads in again. Read
//! from the access, its history and the dates; entering judges by the same
//! ([`Access::gives_entry`], PLA-1, PLA-2), and a test holds the two together.

use crate::access::{
    Access, AccessEvent, Decision, RequestKind, Standing, Status, verification_deadline,
};
use crate::access::{Pending, Recorded};
use crate::authority::Capacity;
use crate::deadline::Deadline;
use crate::reference::VerifiedBy;
use crate::time::{CutOff, Instant};
use serde::Serialize;

/// What stands in the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// The person has no access that could let them in.
    NoAccess,
    /// The platform does not admit this role.
    RoleNotAdmitted,
    /// The first request waits for its verifier.
    RegistrationWaits,
    /// A reactivation waits for its verifier.
    ReactivationWaits,
    /// The request is verified in a meeting, which is still to be held.
    MeetingAhead,
    /// The cut-off came while the reactivation waited; it can still be approved.
    CutOffWhileWaiting,
    /// Its last day was over while an extension waited; it can still be approved.
    EndedWhileExtending,
    /// The registration was rejected.
    Rejected,
    /// Its owner gave it up.
    Deactivated,
    /// Its last day is over.
    Ended,
    /// Its last day was over when the cut-off came.
    CutOff,
    /// The platform's texts in the versions in force are not accepted.
    TermsNotAccepted,
    /// The platform has no texts that could be accepted.
    PlatformNotReady,
}

impl Cause {
    /// The rule that says so.
    pub const fn rule(self) -> &'static str {
        match self {
            Self::NoAccess => "REG-1",
            Self::RoleNotAdmitted => "PLA-1",
            Self::RegistrationWaits => "VER-3",
            Self::ReactivationWaits => "EXP-5",
            Self::MeetingAhead => "MTG-1",
            Self::CutOffWhileWaiting | Self::CutOff => "EXP-4",
            Self::EndedWhileExtending => "EXP-7",
            Self::Rejected => "REG-6",
            Self::Deactivated => "EXP-1",
            Self::Ended => "EXP-2",
            Self::TermsNotAccepted | Self::PlatformNotReady => "PLA-2",
        }
    }
}

/// Through whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The person.
    Oneself,
    /// A verifier, in this capacity.
    Verifier(Capacity),
    /// Nobody yet: these verifiers have not decided.
    Awaited(VerifiedBy),
    /// A date that passed.
    Calendar,
    /// Whoever runs the platform.
    Platform,
}

/// What leads in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Next {
    /// Wait for the verifier.
    Wait,
    /// Ask the verifier: the time for a decision is over.
    AskVerifier,
    /// Come to the meeting, or choose another time.
    Meet,
    /// Register the same access again.
    RegisterAgain,
    /// Ask for the access again.
    Reactivate,
    /// Register an access with a role that fits.
    Register,
    /// Accept the platform's texts.
    AcceptTerms,
    /// Ask the help desk.
    AskHelp,
}

/// What a platform asks for besides the access.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Terms {
    /// No platform was named.
    NotAsked,
    /// Accepted in the versions in force.
    Accepted,
    /// To be accepted.
    Open,
    /// It has none in force, so that nobody enters.
    Missing,
}

/// What is known about one access.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The access.
    pub access: &'a Access,
    /// Its events, oldest first.
    pub history: &'a [Recorded],
    /// The moment of asking.
    pub now: Instant,
    /// The cut-off that holds for its institution.
    pub cut_off: CutOff,
    /// Whether the platform, or any platform, admits its role.
    pub admitted: bool,
    /// What the platform asks for besides.
    pub terms: Terms,
}

/// Why an access does not let its owner in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Why {
    /// What stands in the way.
    pub cause: Cause,
    /// Since when.
    pub since: Option<Instant>,
    /// Through whom.
    pub by: By,
    /// What leads in.
    pub next: Next,
    /// By when somebody else has to act.
    pub until: Option<Deadline>,
    /// The request for a reactivation that was rejected last.
    pub rejected: Option<Decision>,
}

/// Why an access does not let its owner in; none when it does.
pub fn why(facts: &Facts<'_>) -> Option<Why> {
    let plain = |cause, by, next| Why {
        cause,
        since: None,
        by,
        next,
        until: None,
        rejected: None,
    };
    if !facts.admitted {
        return Some(plain(Cause::RoleNotAdmitted, By::Platform, Next::Register));
    }
    let access = facts.access;
    let mut why = match access.status(facts.now, facts.cut_off) {
        Status::Active => {
            return match facts.terms {
                Terms::NotAsked | Terms::Accepted => None,
                Terms::Open => Some(plain(
                    Cause::TermsNotAccepted,
                    By::Oneself,
                    Next::AcceptTerms,
                )),
                Terms::Missing => Some(plain(Cause::PlatformNotReady, By::Platform, Next::AskHelp)),
            };
        }
        // What waits is nearest to entry, also past the cut-off (EXP-4).
        _ if access.pending.is_some() => {
            return access.pending.as_ref().map(|it| waiting(facts, it));
        }
        Status::Rejected => Why {
            since: access.decided.as_ref().map(|decision| decision.at),
            ..plain(
                Cause::Rejected,
                access
                    .decided
                    .as_ref()
                    .map_or(By::Calendar, |decision| By::Verifier(decision.decided_as)),
                Next::RegisterAgain,
            )
        },
        Status::Inactive => Why {
            since: last(facts.history, |event| {
                matches!(event, AccessEvent::AccessDeactivated { .. })
            }),
            ..plain(Cause::Deactivated, By::Oneself, Next::Reactivate)
        },
        // Pending without a request that waits is not in any record.
        Status::Expired | Status::Pending => ended(facts),
    };
    why.rejected = access
        .decided
        .clone()
        .filter(|_| why.cause != Cause::Rejected && access.rejection.is_some());
    Some(why)
}

fn waiting(facts: &Facts<'_>, pending: &Pending) -> Why {
    let deadline = verification_deadline(pending.submitted_at);
    let zone = facts.access.zone;
    let ended = || {
        let end = facts.access.ends_at();
        end.map_or(pending.submitted_at, |end| {
            end.max(facts.cut_off.in_force_from(zone))
        })
    };
    let (cause, since) = match pending.kind {
        RequestKind::Extension => (Cause::EndedWhileExtending, ended()),
        _ if pending.cut_off => (Cause::CutOffWhileWaiting, ended()),
        _ if pending.by_meeting => (Cause::MeetingAhead, pending.submitted_at),
        RequestKind::Registration => (Cause::RegistrationWaits, pending.submitted_at),
        _ => (Cause::ReactivationWaits, pending.submitted_at),
    };
    let next = match cause {
        Cause::MeetingAhead => Next::Meet,
        _ if deadline.is_missed(facts.now) => Next::AskVerifier,
        _ => Next::Wait,
    };
    Why {
        cause,
        since: Some(since),
        by: By::Awaited(facts.access.verified_by),
        next,
        until: Some(deadline),
        rejected: None,
    }
}

/// By its own last day, or by the cut-off that came after it.
fn ended(facts: &Facts<'_>) -> Why {
    let access = facts.access;
    let ends_at = access.ends_at();
    let in_force_from = facts.cut_off.in_force_from(access.zone);
    // What expired before this cut-off, another one ended.
    let recorded = last(facts.history, |event| {
        matches!(event, AccessEvent::AccessExpired { .. })
    })
    .filter(|_| access.standing == Standing::Expired)
    .unwrap_or(facts.now);
    let cut_off = ends_at.is_some_and(|end| end <= in_force_from) && recorded >= in_force_from;
    Why {
        cause: if cut_off { Cause::CutOff } else { Cause::Ended },
        since: if cut_off {
            Some(in_force_from)
        } else {
            ends_at
        },
        by: By::Calendar,
        next: Next::Reactivate,
        until: None,
        rejected: None,
    }
}

fn last(history: &[Recorded], is: impl Fn(&AccessEvent) -> bool) -> Option<Instant> {
    let found = history.iter().rev().find(|recorded| is(&recorded.event));
    found.map(|recorded| recorded.at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::{Form, Handover, Subject, Submitted};
    use crate::ids::{AccessId, AccountId, DocumentId, InstitutionId, RequestId, WorkUnitId};
    use crate::person::Profile;
    use crate::time::{Date, Zone};
    use uuid::Uuid;

    const ID: AccessId = AccessId::new(Uuid::from_u128(1));
    const ACCOUNT: AccountId = AccountId::new(Uuid::from_u128(2));
    const REQUEST: RequestId = RequestId::new(Uuid::from_u128(3));

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    /// Noon in the west.
    fn noon(text: &str) -> Instant {
        Instant::from_ms(Zone::Wib.start_of(day(text)).ms() + 12 * 60 * 60 * 1000)
    }

    fn subject() -> Subject {
        Subject {
            account: ACCOUNT,
            role: "PPK".to_owned(),
            work_unit: WorkUnitId::new(Uuid::from_u128(4)),
            institution: InstitutionId::new(Uuid::from_u128(5)),
            zone: Zone::Wib,
            verified_by: VerifiedBy::Institution,
        }
    }

    fn submitted(at: Instant) -> Submitted {
        Submitted::new(
            REQUEST,
            day("2026-12-31"),
            DocumentId::new(Uuid::from_u128(6)),
            at,
        )
    }

    fn register(on: &str, profile: Profile) -> (Instant, AccessEvent) {
        let event = AccessEvent::AccessRequested {
            subject: subject(),
            request: submitted(noon(on)),
            form: Form {
                profile,
                ..Form::default()
            },
        };
        (noon(on), event)
    }

    fn imported(valid_until: &str) -> (Instant, AccessEvent) {
        let event = AccessEvent::AccessCarriedOver {
            subject: subject(),
            valid_until: day(valid_until),
        };
        (noon("2025-01-01"), event)
    }

    fn given_up(on: &str) -> (Instant, AccessEvent) {
        let handover = Handover::NoneOpen;
        (noon(on), AccessEvent::AccessDeactivated { handover })
    }

    fn asked_again(on: &str) -> (Instant, AccessEvent) {
        let event = AccessEvent::ReactivationRequested {
            request: submitted(noon(on)),
            verified_by: VerifiedBy::Institution,
        };
        (noon(on), event)
    }

    fn extended(on: &str) -> (Instant, AccessEvent) {
        let event = AccessEvent::ExtensionRequested {
            request: submitted(noon(on)),
            verified_by: VerifiedBy::Institution,
        };
        (noon(on), event)
    }

    fn expired(at: Instant, overtook_request: bool) -> (Instant, AccessEvent) {
        let event = AccessEvent::AccessExpired {
            account: ACCOUNT,
            valid_until: None,
            overtook_request,
        };
        (at, event)
    }

    fn rejected(on: &str, decided_as: Capacity) -> (Instant, AccessEvent) {
        let event = AccessEvent::RequestRejected {
            request: REQUEST,
            decided_as,
            reason: "SK tidak terbaca".to_owned(),
            field: None,
            in_place_of: None,
        };
        (noon(on), event)
    }

    fn asked(events: Vec<(Instant, AccessEvent)>, now: Instant) -> Option<Why> {
        asked_of(events, now, true, Terms::NotAsked)
    }

    fn asked_of(
        events: Vec<(Instant, AccessEvent)>,
        now: Instant,
        admitted: bool,
        terms: Terms,
    ) -> Option<Why> {
        let history: Vec<_> = (1..)
            .zip(events)
            .map(|(version, (at, event))| Recorded {
                version,
                actor: "test".to_owned(),
                at,
                event,
            })
            .collect();
        let access = Access::replay(ID, &history).unwrap().unwrap();
        let cut_off = CutOff {
            last_day: day("2025-08-22"),
        };
        let answer = why(&Facts {
            access: &access,
            history: &history,
            now,
            cut_off,
            admitted,
            terms,
        });
        let enters = admitted
            && access.gives_entry(now, cut_off)
            && matches!(terms, Terms::NotAsked | Terms::Accepted);
        assert_eq!(answer.is_none(), enters, "{answer:?}");
        answer
    }

    #[test]
    fn each_state_has_its_cause_its_moment_its_hand_and_its_way_in() {
        let midnight = Zone::Wib.end_of(day("2025-08-22"));
        let awaited = By::Awaited(VerifiedBy::Institution);
        let vai = By::Verifier(Capacity::Vai);
        let non = Profile::NonSupplier;
        let now = noon("2026-03-30");
        for (events, now, cause, since, by, next) in [
            (
                vec![register("2026-03-28", non)],
                now,
                Cause::RegistrationWaits,
                noon("2026-03-28"),
                awaited,
                Next::Wait,
            ),
            (
                vec![register("2026-03-20", non)],
                now,
                Cause::RegistrationWaits,
                noon("2026-03-20"),
                awaited,
                Next::AskVerifier,
            ),
            (
                vec![register("2026-03-20", Profile::Supplier)],
                now,
                Cause::MeetingAhead,
                noon("2026-03-20"),
                awaited,
                Next::Meet,
            ),
            (
                vec![
                    register("2026-03-20", non),
                    rejected("2026-03-21", Capacity::Vai),
                ],
                now,
                Cause::Rejected,
                noon("2026-03-21"),
                vai,
                Next::RegisterAgain,
            ),
            (
                vec![
                    register("2026-03-20", Profile::Supplier),
                    rejected("2026-03-27", Capacity::Clock),
                ],
                now,
                Cause::Rejected,
                noon("2026-03-27"),
                By::Verifier(Capacity::Clock),
                Next::RegisterAgain,
            ),
            (
                vec![imported("2026-12-31"), given_up("2026-03-01")],
                now,
                Cause::Deactivated,
                noon("2026-03-01"),
                By::Oneself,
                Next::Reactivate,
            ),
            (
                vec![
                    imported("2026-12-31"),
                    given_up("2026-03-01"),
                    asked_again("2026-03-29"),
                ],
                now,
                Cause::ReactivationWaits,
                noon("2026-03-29"),
                awaited,
                Next::Wait,
            ),
            // EXP-2: from the dates, swept or not.
            (
                vec![imported("2026-03-29")],
                now,
                Cause::Ended,
                Zone::Wib.end_of(day("2026-03-29")),
                By::Calendar,
                Next::Reactivate,
            ),
            (
                vec![imported("2026-03-29"), expired(now, false)],
                now,
                Cause::Ended,
                Zone::Wib.end_of(day("2026-03-29")),
                By::Calendar,
                Next::Reactivate,
            ),
            // EXP-4, swept or not; the last day that the cut-off reaches and the next.
            (
                vec![imported("2025-06-30")],
                now,
                Cause::CutOff,
                midnight,
                By::Calendar,
                Next::Reactivate,
            ),
            (
                vec![imported("2025-08-22"), expired(midnight, false)],
                now,
                Cause::CutOff,
                midnight,
                By::Calendar,
                Next::Reactivate,
            ),
            (
                vec![imported("2025-08-23")],
                now,
                Cause::Ended,
                Zone::Wib.end_of(day("2025-08-23")),
                By::Calendar,
                Next::Reactivate,
            ),
            // What an earlier cut-off ended, this one did not.
            (
                vec![imported("2025-06-30"), expired(noon("2025-07-02"), false)],
                now,
                Cause::Ended,
                Zone::Wib.end_of(day("2025-06-30")),
                By::Calendar,
                Next::Reactivate,
            ),
            (
                vec![
                    imported("2025-06-30"),
                    given_up("2025-08-20"),
                    asked_again("2025-08-21"),
                    expired(midnight, true),
                ],
                noon("2025-08-23"),
                Cause::CutOffWhileWaiting,
                midnight,
                awaited,
                Next::Wait,
            ),
            // The last day came before the decision on an extension.
            (
                vec![imported("2026-03-29"), extended("2026-03-28")],
                noon("2026-03-30"),
                Cause::EndedWhileExtending,
                Zone::Wib.end_of(day("2026-03-29")),
                awaited,
                Next::Wait,
            ),
        ] {
            let answer = asked(events.clone(), now).expect("it gives no entry");
            assert_eq!(answer.cause, cause, "{events:?}");
            assert_eq!(answer.since, Some(since), "{events:?}");
            assert_eq!((answer.by, answer.next), (by, next), "{events:?}");
            let waits = matches!(by, By::Awaited(_));
            assert_eq!(answer.until.is_some(), waits, "{events:?}");
            assert_eq!(answer.rejected, None, "{events:?}");
        }
    }

    #[test]
    fn a_rejected_reactivation_is_told_beside_what_ended_the_access() {
        let answer = asked(
            vec![
                imported("2026-12-31"),
                given_up("2026-03-01"),
                asked_again("2026-03-02"),
                rejected("2026-03-03", Capacity::Directorate),
            ],
            noon("2026-03-30"),
        )
        .unwrap();
        assert_eq!(answer.cause, Cause::Deactivated);
        assert_eq!(answer.since, Some(noon("2026-03-01")));
        let decision = answer.rejected.unwrap();
        assert_eq!(decision.decided_as, Capacity::Directorate);
        assert_eq!(decision.at, noon("2026-03-03"));
    }

    #[test]
    fn pla_1_pla_2_the_platform_has_a_say_in_it_too() {
        let now = noon("2026-03-30");
        let works = || vec![imported("2026-12-31")];
        let of = |admitted, terms| asked_of(works(), now, admitted, terms);
        let cause = |answer: Option<Why>| answer.map(|why| (why.cause, why.next));
        assert_eq!(cause(of(true, Terms::Accepted)), None);
        assert_eq!(
            cause(of(true, Terms::Open)),
            Some((Cause::TermsNotAccepted, Next::AcceptTerms))
        );
        assert_eq!(
            cause(of(true, Terms::Missing)),
            Some((Cause::PlatformNotReady, Next::AskHelp))
        );
        assert_eq!(
            cause(of(false, Terms::Accepted)),
            Some((Cause::RoleNotAdmitted, Next::Register))
        );
        // An access that has ended is told about before texts are.
        let ended = asked_of(vec![imported("2026-03-01")], now, true, Terms::Open);
        assert_eq!(cause(ended), Some((Cause::Ended, Next::Reactivate)));
    }

    #[test]
    fn ver_3_the_deadline_says_how_it_came_about() {
        let asked = asked(
            vec![register("2026-03-27", Profile::NonSupplier)],
            noon("2026-03-28"),
        );
        let until = asked.unwrap().until.unwrap();
        assert_eq!(
            until.derivation("diajukan", Zone::Wib),
            "diajukan Jumat, 27 Maret 2026 pukul 12.00 WIB + 3x24 jam = \
             Senin, 30 Maret 2026 pukul 12.00 WIB"
        );
    }
}
