//! Random lives of a few accesses, for the property test here and for the test
//! that holds SQL and Rust together. Steps are raw choices; [`World::command`]
//! turns one into a command that fits the state often enough to get far.

use akses_domain::access::{
    Access, AccessEvent, Approval, Command, Deactivation, Form, Handover, Recorded, Registration,
    Renewal, Submitted, Verifier,
};
use akses_domain::authority::{Authorities, Authority, Capacity};
use akses_domain::handover::{NamedAs, Naming, Package};
use akses_domain::ids::{AccessId, AccountId, DocumentId, InstitutionId, RequestId, WorkUnitId};
use akses_domain::reference::{Role, VerifiedBy, WorkUnit};
use akses_domain::time::{CutOff, Date, Instant, Zone};
use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use uuid::Uuid;

const MINUTE_MS: i64 = 60 * 1000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// 2025-08-01T00:00:00Z: three weeks before the cut-off.
const START: Instant = Instant::from_ms(1_754_006_400_000);

/// The national one (EXP-4).
pub const CUT_OFF: CutOff = CutOff {
    last_day: NaiveDate::from_ymd_opt(2025, 8, 22).unwrap(),
};

/// How far the clock goes on before a command.
#[derive(Debug, Clone)]
pub enum Wait {
    /// By so many milliseconds.
    For(i64),
    /// To the first moment without the access of this slot, or near it.
    UntilEnd(i64),
    /// To the first moment after the cut-off day in the slot's zone, or near it.
    UntilCutOff(i64),
}

/// Which request somebody speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// The one that waits, else the one decided last.
    Latest,
    /// The access's first one.
    First,
    /// One that does not exist.
    Unknown,
}

/// Who decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Whoever the request is for.
    Right,
    /// A VAI of another institution.
    Elsewhere,
    /// Whoever decides the other kind of role.
    Wrong,
    /// The owner, with the right authority.
    Owner,
    /// Somebody without any.
    Nobody,
}

/// What is tried.
#[derive(Debug, Clone)]
pub enum Deed {
    Register {
        by_owner: bool,
        end_days: i64,
        address: Option<String>,
        confirmed: bool,
        registrable: bool,
    },
    CarryOver {
        end_days: i64,
    },
    Approve {
        which: Which,
        by: By,
        attested: bool,
        /// Days after the end that was asked for.
        end_shift_days: Option<i64>,
    },
    Reject {
        which: Which,
        by: By,
        reason: String,
    },
    Deactivate {
        by_owner: bool,
        successor: Option<bool>,
    },
    HandOver {
        by_owner: bool,
        as_official: bool,
        /// Nobody, the owner, or somebody else; or it is left to others.
        successor: Option<bool>,
        leaves: bool,
    },
    Reactivate {
        by_owner: bool,
        end_days: i64,
    },
    Extend {
        by_owner: bool,
        end_days: i64,
    },
    Expire,
    RejectUnmet {
        which: Which,
    },
}

/// One step of a history.
#[derive(Debug, Clone)]
pub struct Step {
    pub slot: usize,
    pub wait: Wait,
    pub deed: Deed,
}

/// Up to `most` random steps over so many accesses, of which some begin with a
/// reactivation or an extension that waits at the cut-off (EXP-4): chance alone
/// seldom gets there in time.
pub fn steps(slots: usize, most: usize) -> impl Strategy<Value = Vec<Step>> {
    let step = (0..slots, wait(), deed()).prop_map(|(slot, wait, deed)| Step { slot, wait, deed });
    let openings = prop::collection::vec(
        prop::option::weighted(0.5, (-40_i64..30, any::<bool>())),
        slots,
    );
    (openings, prop::collection::vec(step, 1..=most)).prop_map(|(openings, steps)| {
        let openings = openings.into_iter().enumerate();
        let waiting = openings.filter_map(|(slot, opened)| Some(opening(slot, opened?)));
        waiting.flatten().chain(steps).collect()
    })
}

/// Imported with an end so many days ahead, then extended, or given up and asked
/// for again.
fn opening(slot: usize, (end_days, extends): (i64, bool)) -> Vec<Step> {
    let given_up = Deed::Deactivate {
        by_owner: true,
        successor: None,
    };
    let asked_again = Deed::Reactivate {
        by_owner: true,
        end_days: 100,
    };
    let extended = Deed::Extend {
        by_owner: true,
        end_days: 100,
    };
    let then = if extends {
        vec![extended]
    } else {
        vec![given_up, asked_again]
    };
    let deeds = std::iter::once(Deed::CarryOver { end_days }).chain(then);
    let step = |deed| Step {
        slot,
        wait: Wait::For(0),
        deed,
    };
    deeds.map(step).collect()
}

fn wait() -> impl Strategy<Value = Wait> {
    let near = || prop_oneof![Just(-1_i64), Just(0), Just(1), -DAY_MS..DAY_MS];
    prop_oneof![
        2 => Just(Wait::For(0)),
        4 => (0..120 * MINUTE_MS).prop_map(Wait::For),
        3 => (0..10 * DAY_MS).prop_map(Wait::For),
        1 => (0..90 * DAY_MS).prop_map(Wait::For),
        2 => near().prop_map(Wait::UntilEnd),
        2 => near().prop_map(Wait::UntilCutOff),
    ]
}

fn end_days() -> impl Strategy<Value = i64> {
    prop_oneof![8 => 0_i64..40, 2 => 80_i64..140, 1 => -3_i64..1, 1 => 3_600_i64..3_700]
}

fn which() -> impl Strategy<Value = Which> {
    prop_oneof![12 => Just(Which::Latest), 1 => Just(Which::First), 1 => Just(Which::Unknown)]
}

fn by() -> impl Strategy<Value = By> {
    prop_oneof![
        16 => Just(By::Right),
        1 => Just(By::Elsewhere),
        1 => Just(By::Wrong),
        1 => Just(By::Owner),
        1 => Just(By::Nobody),
    ]
}

fn reason() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => "[a-zA-Z 'é\"\\\\{}]{1,40}",
        1 => Just(" ".to_owned()),
        1 => (998_usize..1_003).prop_map(|chars| "x".repeat(chars)),
    ]
}

fn mostly() -> impl Strategy<Value = bool> {
    prop::bool::weighted(0.95)
}

fn deed() -> impl Strategy<Value = Deed> {
    let address = prop::option::weighted(0.8, "[ a-zA-Z0-9.'\"]{1,30}");
    prop_oneof![
        4 => (mostly(), end_days(), address, mostly(), mostly()).prop_map(
            |(by_owner, end_days, address, confirmed, registrable)| Deed::Register {
                by_owner, end_days, address, confirmed, registrable,
            }
        ),
        1 => (-60_i64..40).prop_map(|end_days| Deed::CarryOver { end_days }),
        6 => (which(), by(), mostly(), prop::option::weighted(0.3, -20_i64..3)).prop_map(
            |(which, by, attested, end_shift_days)| Deed::Approve {
                which, by, attested, end_shift_days,
            }
        ),
        3 => (which(), by(), reason()).prop_map(|(which, by, reason)| Deed::Reject {
            which, by, reason,
        }),
        3 => (mostly(), prop::option::of(any::<bool>())).prop_map(|(by_owner, successor)| {
            Deed::Deactivate { by_owner, successor }
        }),
        4 => (mostly(), end_days()).prop_map(|(by_owner, end_days)| Deed::Reactivate {
            by_owner, end_days,
        }),
        5 => (mostly(), 20_i64..200).prop_map(|(by_owner, end_days)| Deed::Extend {
            by_owner, end_days,
        }),
        2 => (mostly(), any::<bool>(), prop::option::of(any::<bool>()), any::<bool>()).prop_map(
            |(by_owner, as_official, successor, leaves)| Deed::HandOver {
                by_owner, as_official, successor, leaves,
            }
        ),
        3 => Just(Deed::Expire),
        1 => which().prop_map(|which| Deed::RejectUnmet { which }),
    ]
}

/// One access and everything about it that a command needs.
#[derive(Debug, Clone)]
pub struct Slot {
    pub id: AccessId,
    /// Its owner.
    pub account: AccountId,
    /// Somebody who is not.
    pub somebody: AccountId,
    pub role: String,
    pub verified_by: VerifiedBy,
    pub work_unit: WorkUnitId,
    pub institution: InstitutionId,
    pub zone: Zone,
    /// The state, evolved event by event.
    pub access: Option<Access>,
    /// What led there.
    pub history: Vec<Recorded>,
}

/// The accesses, their work units and the clock.
#[derive(Debug, Clone)]
pub struct World {
    pub now: Instant,
    pub slots: Vec<Slot>,
    /// The address that each work unit got first, and from which request.
    pub addresses: Vec<(WorkUnitId, String, RequestId)>,
    /// Institutions for which another cut-off holds than [`CUT_OFF`].
    pub cut_offs: Vec<(InstitutionId, CutOff)>,
    names: u128,
}

const VERIFIER: AccountId = AccountId::new(Uuid::from_u128(0xb1));
const ELSEWHERE: InstitutionId = InstitutionId::new(Uuid::from_u128(0xb2));

impl World {
    /// So many accesses nobody asked for yet: of different people, two at a
    /// work unit, over the three zones; every third is verified nationally.
    pub fn new(slots: usize) -> Self {
        let id = |kind: u128, number: usize| Uuid::from_u128((kind << 64) | number as u128);
        let slot = |number: usize| Slot {
            id: AccessId::new(id(1, number)),
            account: AccountId::new(id(2, number)),
            somebody: AccountId::new(id(6, number)),
            role: if number % 3 == 2 { "VAI" } else { "PPK" }.to_owned(),
            verified_by: match number % 3 {
                2 => VerifiedBy::National,
                _ => VerifiedBy::Institution,
            },
            work_unit: WorkUnitId::new(id(3, number / 2)),
            institution: InstitutionId::new(id(4, number / 2)),
            zone: Zone::ALL[number / 2 % 3],
            access: None,
            history: vec![],
        };
        Self {
            now: START,
            slots: (0..slots).map(slot).collect(),
            addresses: vec![],
            cut_offs: vec![],
            names: 0,
        }
    }

    /// Lets the time pass, and says what is asked then and by whom.
    pub fn command(&mut self, step: &Step) -> (Command, String) {
        self.wait(step.slot, &step.wait);
        let slot = self.slots[step.slot].clone();
        let command = match &step.deed {
            Deed::Register {
                by_owner,
                end_days,
                address,
                confirmed,
                registrable,
            } => Command::Register(Registration {
                account: owner_or_somebody(&slot, *by_owner),
                role: Role {
                    code: slot.role.clone(),
                    verified_by: slot.verified_by,
                    registrable: *registrable,
                },
                work_unit: WorkUnit {
                    id: slot.work_unit,
                    institution: slot.institution,
                    zone: slot.zone,
                    has_address: self.address(slot.work_unit).is_some(),
                },
                request: self.submitted(&slot, *end_days),
                form: Form {
                    address: address.clone(),
                    ..Form::default()
                },
                confirmed: *confirmed,
                conflict: None,
            }),
            Deed::CarryOver { end_days } => Command::CarryOver {
                subject: akses_domain::access::Subject {
                    account: slot.account,
                    role: slot.role.clone(),
                    work_unit: slot.work_unit,
                    institution: slot.institution,
                    zone: slot.zone,
                    verified_by: slot.verified_by,
                },
                valid_until: self.day(&slot, *end_days),
            },
            Deed::Approve {
                which,
                by,
                attested,
                end_shift_days,
            } => Command::Approve(Approval {
                request: self.request(&slot, *which),
                verifier: self.verifier(&slot, *by),
                attested: *attested,
                valid_until: end_shift_days.and_then(|days| {
                    let asked = slot.access.as_ref()?.pending.as_ref()?.valid_until;
                    Some(shift(asked, days))
                }),
                conflict: None,
            }),
            Deed::Reject { which, by, reason } => Command::Reject {
                request: self.request(&slot, *which),
                verifier: self.verifier(&slot, *by),
                reason: reason.clone(),
                field: None,
            },
            Deed::RejectUnmet { which } => Command::RejectUnmet {
                request: self.request(&slot, *which),
                reason: "Tidak hadir".to_owned(),
            },
            Deed::Deactivate {
                by_owner,
                successor,
            } => Command::Deactivate(Deactivation {
                account: owner_or_somebody(&slot, *by_owner),
                handover: handover(&slot, *successor, successor.is_none() && slot.role == "VAI"),
                cut_off: self.cut_off(&slot),
            }),
            Deed::HandOver {
                by_owner,
                as_official,
                successor,
                leaves,
            } => Command::HandOver(Naming {
                account: owner_or_somebody(&slot, *by_owner),
                named_as: match as_official {
                    true => NamedAs::BudgetUser,
                    false => NamedAs::Owner,
                },
                handover: handover(&slot, *successor, *leaves),
                cut_off: self.cut_off(&slot),
            }),
            Deed::Reactivate { by_owner, end_days } => Command::Reactivate(Renewal {
                account: owner_or_somebody(&slot, *by_owner),
                request: self.submitted(&slot, *end_days),
                verified_by: slot.verified_by,
                conflict: None,
                cut_off: self.cut_off(&slot),
            }),
            Deed::Extend { by_owner, end_days } => Command::Extend(Renewal {
                account: owner_or_somebody(&slot, *by_owner),
                request: self.submitted(&slot, *end_days),
                verified_by: slot.verified_by,
                conflict: None,
                cut_off: self.cut_off(&slot),
            }),
            Deed::Expire => Command::Expire {
                cut_off: self.cut_off(&slot),
            },
        };
        let actor = match &step.deed {
            Deed::Register { .. }
            | Deed::Deactivate { .. }
            | Deed::HandOver { .. }
            | Deed::Reactivate { .. }
            | Deed::Extend { .. } => slot.account.to_string(),
            Deed::Approve { .. } | Deed::Reject { .. } => VERIFIER.to_string(),
            Deed::CarryOver { .. } => "operator:import".to_owned(),
            Deed::Expire => "timer:expiry".to_owned(),
            Deed::RejectUnmet { .. } => "timer:close-meetings".to_owned(),
        };
        (command, actor)
    }

    /// Adds an accepted event to the history of a slot, and answers it as the
    /// record has it.
    pub fn record(&mut self, slot: usize, event: AccessEvent, actor: &str) -> Recorded {
        let version = self.slots[slot].history.len() + 1;
        let recorded = Recorded {
            version: u32::try_from(version).expect("histories are short"),
            actor: actor.to_owned(),
            at: self.now,
            event,
        };
        self.keep_address(&recorded.event);
        let slot = &mut self.slots[slot];
        slot.history.push(recorded.clone());
        slot.access = Some(match slot.access.take() {
            Some(access) => access.evolve(&recorded).expect("decide's event follows"),
            None => Access::replay(slot.id, &slot.history)
                .expect("decide's event begins")
                .expect("there is one"),
        });
        // Whoever registered first owns it.
        if slot
            .access
            .as_ref()
            .is_some_and(|access| access.account == slot.somebody)
        {
            std::mem::swap(&mut slot.account, &mut slot.somebody);
        }
        recorded
    }

    /// The cut-off that holds for a slot's institution.
    pub fn cut_off(&self, slot: &Slot) -> CutOff {
        let mut own = self.cut_offs.iter();
        own.find(|(institution, _)| *institution == slot.institution)
            .map_or(CUT_OFF, |(_, cut_off)| *cut_off)
    }

    /// The address of a work unit, from the first who gave one (REG-3).
    pub fn address(&self, work_unit: WorkUnitId) -> Option<&str> {
        let mut addresses = self.addresses.iter();
        let (_, address, _) = addresses.find(|(unit, _, _)| *unit == work_unit)?;
        Some(address)
    }

    fn keep_address(&mut self, event: &AccessEvent) {
        match event {
            AccessEvent::AccessRequested {
                subject,
                form,
                request,
            } => {
                if let (Some(address), None) = (&form.address, self.address(subject.work_unit)) {
                    let given = (subject.work_unit, address.clone(), request.id);
                    self.addresses.push(given);
                }
            }
            // Rejected, a request takes its address along.
            AccessEvent::RequestRejected { request, .. } => {
                self.addresses.retain(|(_, _, given)| given != request);
            }
            _ => {}
        }
    }

    fn wait(&mut self, slot: usize, wait: &Wait) {
        let slot = &self.slots[slot];
        let then = match wait {
            Wait::For(ms) => self.now.ms() + ms,
            Wait::UntilEnd(ms) => {
                let end = slot.access.as_ref().and_then(Access::ends_at);
                end.unwrap_or(self.now).ms() + ms
            }
            Wait::UntilCutOff(ms) => self.cut_off(slot).in_force_from(slot.zone).ms() + ms,
        };
        self.now = self.now.max(Instant::from_ms(then));
    }

    fn day(&self, slot: &Slot, days: i64) -> Date {
        shift(slot.zone.date_at(self.now), days)
    }

    fn submitted(&mut self, slot: &Slot, end_days: i64) -> Submitted {
        let id = RequestId::new(self.name());
        let document = DocumentId::new(self.name());
        Submitted::new(id, self.day(slot, end_days), document, self.now)
    }

    fn request(&mut self, slot: &Slot, which: Which) -> RequestId {
        let latest = || {
            let access = slot.access.as_ref()?;
            let pending = access.pending.as_ref().map(|p| p.request);
            pending.or(access.decided.as_ref().map(|d| d.request))
        };
        let first = || slot.history.iter().find_map(|r| requested(&r.event));
        match which {
            Which::Latest => latest(),
            Which::First => first(),
            Which::Unknown => None,
        }
        .unwrap_or_else(|| RequestId::new(self.name()))
    }

    fn verifier(&self, slot: &Slot, by: By) -> Verifier {
        let right = match slot.verified_by {
            VerifiedBy::Institution => (Capacity::Vai, slot.institution),
            VerifiedBy::National if self.names.is_multiple_of(2) => {
                (Capacity::Directorate, ELSEWHERE)
            }
            VerifiedBy::National => (Capacity::Operator, ELSEWHERE),
        };
        let wrong = match slot.verified_by {
            VerifiedBy::Institution => (Capacity::Directorate, slot.institution),
            VerifiedBy::National => (Capacity::Vai, slot.institution),
        };
        let (account, held) = match by {
            By::Right => (VERIFIER, Some(right)),
            By::Elsewhere => (VERIFIER, Some((Capacity::Vai, ELSEWHERE))),
            By::Wrong => (VERIFIER, Some(wrong)),
            By::Owner => (slot.account, Some(right)),
            By::Nobody => (slot.somebody, None),
        };
        let held = held.map(|(capacity, institution)| Authority {
            capacity,
            institution,
            zone: slot.zone,
            ends_at: self.now.plus_hours(1),
            stands_in: None,
        });
        Verifier {
            account,
            authorities: Authorities::in_force(held.into_iter().collect(), self.now, CUT_OFF),
        }
    }

    fn name(&mut self) -> Uuid {
        self.names += 1;
        Uuid::from_u128((5 << 64) | self.names)
    }
}

/// The request that an event submits.
pub fn requested(event: &AccessEvent) -> Option<RequestId> {
    match event {
        AccessEvent::AccessRequested { request, .. }
        | AccessEvent::ReactivationRequested { request, .. }
        | AccessEvent::ExtensionRequested { request, .. } => Some(request.id),
        _ => None,
    }
}

fn handover(slot: &Slot, successor: Option<bool>, leaves: bool) -> Handover {
    let packages = || {
        vec![Package {
            title: "Pengadaan \"contoh\"".to_owned(),
            code: successor.map(|_| "501".to_owned()),
            handed_over: leaves,
        }]
    };
    match successor {
        None if leaves => Handover::Unassigned {
            packages: packages(),
        },
        None => Handover::NoneOpen,
        Some(somebody) => Handover::Successor {
            account: owner_or_somebody(slot, !somebody),
            packages: if leaves { packages() } else { vec![] },
        },
    }
}

fn owner_or_somebody(slot: &Slot, owner: bool) -> AccountId {
    if owner { slot.account } else { slot.somebody }
}

fn shift(day: Date, days: i64) -> Date {
    let by = Days::new(days.unsigned_abs());
    if days < 0 { day - by } else { day + by }
}
