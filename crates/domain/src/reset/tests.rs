use super::*;
use crate::calendar::{Holidays, OfficeHours};
use crate::duty::Holding;
use crate::time::CutOff;
use uuid::Uuid;

const NOW: Instant = Instant::from_ms(1_774_595_400_000); // Friday 2026-03-27T14:10+07:00

fn account(number: u128) -> AccountId {
    AccountId::new(Uuid::from_u128(number))
}

fn place(number: u128) -> Place {
    Place {
        institution: InstitutionId::new(Uuid::from_u128(number)),
        work_unit: WorkUnitId::new(Uuid::from_u128(number + 1)),
    }
}

const HERE: u128 = 100;
const ELSEWHERE: u128 = 200;
const PPK: u128 = 1;
const ACTOR: u128 = 9;
const HEAD: u128 = 8;

/// Who asked is another than who does the rest.
fn by(step: u8) -> u128 {
    if step == 1 { HEAD } else { ACTOR }
}

fn duties(held: &[(Duty, Place)]) -> Duties {
    let held = held
        .iter()
        .map(|(duty, place)| Holding {
            duty: *duty,
            role: String::new(),
            institution: place.institution,
            work_unit: place.work_unit,
            zone: Zone::Wib,
            ends_at: Instant::from_ms(i64::MAX),
        })
        .collect();
    let cut_off = CutOff {
        last_day: "2025-08-22".parse().unwrap(),
    };
    Duties::in_force(held, NOW, cut_off)
}

fn procedure() -> Procedure {
    use Duty::{LpseHead, LpseTeam, UkpbjHead, WorkUnitHead};
    use StandardTime::{OfficeMinutes, WorkingDays};
    let steps = [
        (WorkUnitHead, WorkingDays(1)),
        (UkpbjHead, WorkingDays(1)),
        (LpseHead, OfficeMinutes(60)),
        (LpseTeam, OfficeMinutes(30)),
        (LpseTeam, OfficeMinutes(30)),
        (LpseTeam, OfficeMinutes(30)),
        (LpseTeam, OfficeMinutes(30)),
        (LpseHead, OfficeMinutes(30)),
        (UkpbjHead, OfficeMinutes(30)),
        (LpseTeam, OfficeMinutes(10)),
        (LpseTeam, OfficeMinutes(30)),
    ];
    let steps = (1..).zip(steps).map(|(number, (actor, time))| Step {
        number,
        actor,
        time,
    });
    Procedure::new(steps.collect()).unwrap()
}

fn person() -> Person {
    Person {
        access: AccessId::new(Uuid::from_u128(50)),
        account: account(PPK),
        pickup: Some("ab".repeat(PICKUP_CHARS / 2)),
    }
}

fn request() -> Request {
    Request {
        institution: place(HERE).institution,
        work_unit: place(HERE).work_unit,
        zone: Zone::Wib,
        people: vec![person()],
        document: DocumentId::new(Uuid::from_u128(60)),
        letter_number: "B-1/2026".to_owned(),
        letter_date: "2026-03-27".parse().unwrap(),
    }
}

fn message() -> Message {
    Message {
        id: MessageId::new(Uuid::from_u128(70)),
        account: account(PPK),
    }
}

fn letter() -> Letter {
    Letter {
        number: "S-1/2026".to_owned(),
        text: "Dengan hormat".to_owned(),
        sha256: "c0ffee".to_owned(),
    }
}

fn command(step: u8) -> Command {
    Command::Do(match step {
        1 => return Command::Request(request()),
        2 => Output::Disposition {
            note: "Teruskan".to_owned(),
        },
        3 => Output::Order {
            note: "Kerjakan".to_owned(),
        },
        4 => {
            return Command::Confirm(vec![Confirmed {
                access: person().access,
                pickup: person().pickup,
            }]);
        }
        5 => Output::Prepared {
            accounts: vec![account(PPK)],
        },
        6 => Output::Delivered {
            expires_at: NOW.plus_hours(RIGHT_HOURS),
            messages: vec![message()],
        },
        7 => Output::Draft { letter: letter() },
        8 => Output::Correction { letter: letter() },
        9 => Output::Signature {
            letter_sha256: letter().sha256,
            document: DocumentId::new(Uuid::from_u128(61)),
            document_sha256: "beef".to_owned(),
        },
        10 => Output::Archive {
            archive_number: "A-1".to_owned(),
            document_sha256: "beef".to_owned(),
        },
        11 => Output::Dispatch {
            messages: vec![message()],
        },
        other => panic!("{other} is no step"),
    })
}

/// What somebody with every duty there tries.
fn attempt(ticket: Option<&Ticket>, step: u8) -> Result<Event, Refusal> {
    let all: Vec<_> = Duty::ALL.map(|duty| (duty, place(HERE))).into();
    try_as(ticket, command(step), by(step), &duties(&all))
}

fn try_as(
    ticket: Option<&Ticket>,
    command: Command,
    who: u128,
    duties: &Duties,
) -> Result<Event, Refusal> {
    decide(&procedure(), ticket, command, account(who), duties, NOW)
}

fn after(step: u8) -> Option<Ticket> {
    (1..=step).fold(None, |ticket, step| {
        let event = attempt(ticket.as_ref(), step).unwrap();
        let done = Done {
            by: account(by(step)),
            at: NOW,
        };
        let ticket = Ticket::evolve(TicketId::new(Uuid::nil()), ticket, event, done);
        Some(ticket.expect("it follows"))
    })
}

#[test]
fn pwd_2_of_all_121_pairs_only_the_next_step_passes() {
    let mut pairs = 0;
    for done in 0..STEPS {
        let ticket = after(done);
        for step in 1..=STEPS {
            let outcome = attempt(ticket.as_ref(), step);
            let expected = match step {
                step if step == done + 1 => Ok(()),
                step if step <= done => Err(Refusal::AlreadyDone { step, at: NOW }),
                _ if done == 0 => Err(Refusal::UnknownTicket),
                _ => Err(Refusal::NotYet { next: done + 1 }),
            };
            assert_eq!(outcome.map(|_| ()), expected, "{step} after {done}");
            pairs += 1;
        }
    }
    assert_eq!(pairs, 121);
    let closed = after(STEPS).unwrap();
    assert!(closed.is_closed());
    for step in 1..=STEPS {
        let refused = Err(Refusal::AlreadyDone { step, at: NOW });
        assert_eq!(attempt(Some(&closed), step), refused);
    }
}

#[test]
fn pwd_2_each_step_is_its_actors_of_that_institution_alone() {
    let procedure = procedure();
    for step in 1..=STEPS {
        let ticket = after(step - 1);
        let actor = procedure.step(step).unwrap().actor;
        for duty in Duty::ALL {
            let here = duties(&[(duty, place(HERE))]);
            let outcome = try_as(ticket.as_ref(), command(step), ACTOR, &here);
            let party = procedure.steps().iter().any(|step| step.actor == duty);
            let expected = match duty {
                duty if duty == actor => Ok(()),
                _ if !party && step > 1 => Err(Refusal::UnknownTicket),
                _ => Err(Refusal::NotTheActor { step, actor }),
            };
            assert_eq!(outcome.map(|_| ()), expected, "{step} by {duty:?}");
            let elsewhere = duties(&[(duty, place(ELSEWHERE))]);
            let outcome = try_as(ticket.as_ref(), command(step), ACTOR, &elsewhere);
            let refused = if step == 1 {
                Refusal::NotTheActor { step, actor }
            } else {
                Refusal::UnknownTicket
            };
            assert_eq!(outcome, Err(refused), "{step} by {duty:?} elsewhere");
        }
    }
}

#[test]
fn the_head_of_another_work_unit_of_the_institution_has_no_part_in_it() {
    let neighbour = Place {
        work_unit: place(ELSEWHERE).work_unit,
        ..place(HERE)
    };
    let head = duties(&[(Duty::WorkUnitHead, neighbour)]);
    assert!(matches!(
        try_as(None, command(1), ACTOR, &head),
        Err(Refusal::NotTheActor { step: 1, .. })
    ));
    let ticket = after(1).unwrap();
    assert!(!ticket.is_party(&procedure(), account(ACTOR), &head));
    assert!(ticket.is_party(&procedure(), account(PPK), &Duties::default()));
}

#[test]
fn nobody_handles_the_reset_of_their_own_password() {
    let all: Vec<_> = Duty::ALL.map(|duty| (duty, place(HERE))).into();
    let duties = duties(&all);
    // A head who is PPK too may ask; the others then do the rest.
    assert!(try_as(None, command(1), PPK, &duties).is_ok());
    for step in 2..=STEPS {
        let outcome = try_as(after(step - 1).as_ref(), command(step), PPK, &duties);
        assert_eq!(outcome, Err(Refusal::OwnReset), "{step}");
    }
}

#[test]
fn pwd_3_who_asked_does_not_confirm_prepare_and_send_as_well() {
    let both = duties(&[
        (Duty::WorkUnitHead, place(HERE)),
        (Duty::LpseTeam, place(HERE)),
    ]);
    for done in 1..STEPS {
        let ticket = after(done);
        for step in 4..=6 {
            let outcome = try_as(ticket.as_ref(), command(step), HEAD, &both);
            assert_eq!(outcome, Err(Refusal::OwnRequest { step }), "after {done}");
        }
    }
    // The rest of the team's steps gives nobody a right.
    for step in [7, 10, 11] {
        assert!(try_as(after(step - 1).as_ref(), command(step), HEAD, &both).is_ok());
    }
    // A colleague of the team does them.
    assert!(try_as(after(3).as_ref(), command(4), ACTOR, &both).is_ok());
}

#[test]
fn pwd_1_an_open_ticket_is_returned_by_its_actor_its_head_and_whom_it_concerns() {
    let give_back = |ticket: Option<&Ticket>, who, duties: &Duties| {
        let reason = "Bukan permintaan saya".to_owned();
        try_as(ticket, Command::Return(reason), who, duties)
    };
    let head = duties(&[(Duty::WorkUnitHead, place(HERE))]);
    for done in 1..STEPS {
        let ticket = after(done);
        let actor = procedure().step(done + 1).unwrap().actor;
        for duty in Duty::ALL {
            let held = duties(&[(duty, place(HERE))]);
            let party = procedure().steps().iter().any(|step| step.actor == duty);
            let expected = match duty {
                duty if duty == actor => Ok(()),
                _ if party => Err(Refusal::NotTheirsToReturn),
                _ => Err(Refusal::UnknownTicket),
            };
            let outcome = give_back(ticket.as_ref(), ACTOR, &held);
            assert_eq!(outcome.map(|_| ()), expected, "{duty:?} after {done}");
        }
        assert!(give_back(ticket.as_ref(), HEAD, &head).is_ok());
        assert!(give_back(ticket.as_ref(), PPK, &Duties::default()).is_ok());
    }
    let blank = Command::Return(" ".to_owned());
    let outcome = try_as(after(1).as_ref(), blank, HEAD, &head);
    assert_eq!(outcome, Err(Refusal::MissingOutput("reason")));
    let outcome = give_back(after(STEPS).as_ref(), HEAD, &head);
    assert!(matches!(
        outcome,
        Err(Refusal::AlreadyDone { step: STEPS, .. })
    ));
    assert_eq!(give_back(None, HEAD, &head), Err(Refusal::UnknownTicket));
}

#[test]
fn pwd_1_a_returned_ticket_goes_nowhere() {
    let all: Vec<_> = Duty::ALL.map(|duty| (duty, place(HERE))).into();
    for done in 1..STEPS {
        let ticket = after(done).unwrap();
        let before = ticket.version();
        assert_eq!(before, done);
        let event = Event::Returned {
            reason: "Salah nama".to_owned(),
        };
        let at = Done {
            by: account(HEAD),
            at: NOW,
        };
        let id = ticket.id;
        let ticket = Ticket::evolve(id, Some(ticket), event.clone(), at).unwrap();
        assert!(ticket.is_closed());
        assert_eq!(ticket.version(), done + 1);
        for step in 1..=STEPS {
            let outcome = try_as(Some(&ticket), command(step), ACTOR, &duties(&all));
            assert_eq!(outcome, Err(Refusal::Returned { at: NOW }), "{step}");
        }
        let again = Command::Return("Lagi".to_owned());
        let outcome = try_as(Some(&ticket), again, ACTOR, &duties(&all));
        assert_eq!(outcome, Err(Refusal::Returned { at: NOW }));
        assert_eq!(Ticket::evolve(id, Some(ticket), event, at), None);
    }
}

#[test]
fn pwd_3_the_team_does_not_see_the_letter_before_it_heard_the_people() {
    let team = duties(&[(Duty::LpseTeam, place(HERE))]);
    let lpse = duties(&[(Duty::LpseHead, place(HERE))]);
    for done in 1..=STEPS {
        let ticket = after(done).unwrap();
        let withheld = |who, duties| ticket.withholds_letter(&procedure(), account(who), duties);
        assert_eq!(withheld(ACTOR, &team), done < 4, "{done}");
        assert!(!withheld(ACTOR, &lpse) && !withheld(HEAD, &team) && !withheld(PPK, &team));
    }
}

#[test]
fn pwd_1_a_step_without_its_output_is_not_done() {
    let all: Vec<_> = Duty::ALL.map(|duty| (duty, place(HERE))).into();
    let duties = duties(&all);
    let blank = || " ".to_owned();
    let unnumbered = Letter {
        number: blank(),
        ..letter()
    };
    let untold = Letter {
        text: blank(),
        ..letter()
    };
    let nobody = Command::Request(Request {
        people: Vec::new(),
        ..request()
    });
    assert_eq!(try_as(None, nobody, ACTOR, &duties), Err(Refusal::NoPeople));
    for (command, field) in [
        (Command::Do(Output::Disposition { note: blank() }), "note"),
        (Command::Do(Output::Order { note: blank() }), "note"),
        (Command::Confirm(Vec::new()), "people"),
        (Command::Do(Output::Draft { letter: unnumbered }), "number"),
        (Command::Do(Output::Correction { letter: untold }), "text"),
        (
            Command::Do(Output::Archive {
                archive_number: blank(),
                document_sha256: "beef".to_owned(),
            }),
            "archive_number",
        ),
    ] {
        let step = command.step().unwrap();
        let outcome = try_as(after(step - 1).as_ref(), command, ACTOR, &duties);
        assert_eq!(outcome, Err(Refusal::MissingOutput(field)), "{step}");
    }
}

#[test]
fn pwd_3_a_number_that_the_person_did_not_give_stops_at_the_team() {
    let all: Vec<_> = Duty::ALL.map(|duty| (duty, place(HERE))).into();
    let duties = duties(&all);
    let ticket = after(3);
    let said = |access: u128, pickup: Option<&str>| Confirmed {
        access: AccessId::new(Uuid::from_u128(access)),
        pickup: pickup.map(str::to_owned),
    };
    let right = person().pickup.unwrap();
    for people in [
        vec![said(50, Some("another"))],
        vec![said(50, None)],
        vec![said(51, Some(&right))],
        vec![said(50, Some(&right)), said(51, None)],
    ] {
        let outcome = try_as(ticket.as_ref(), Command::Confirm(people), ACTOR, &duties);
        assert_eq!(outcome, Err(Refusal::NamesDiffer));
    }
}

#[test]
fn only_the_corrected_text_is_signed_and_only_the_signed_letter_is_kept() {
    let all: Vec<_> = Duty::ALL.map(|duty| (duty, place(HERE))).into();
    let duties = duties(&all);
    let Command::Do(Output::Signature {
        document,
        document_sha256,
        ..
    }) = command(9)
    else {
        panic!("step 9 is a signature")
    };
    let other = Command::Do(Output::Signature {
        letter_sha256: "another".to_owned(),
        document,
        document_sha256,
    });
    let outcome = try_as(after(8).as_ref(), other, ACTOR, &duties);
    assert_eq!(outcome, Err(Refusal::LetterChanged));
    let other = Command::Do(Output::Archive {
        archive_number: "A-1".to_owned(),
        document_sha256: "another".to_owned(),
    });
    let outcome = try_as(after(9).as_ref(), other, ACTOR, &duties);
    assert_eq!(outcome, Err(Refusal::LetterChanged));
}

#[test]
fn a_request_names_each_person_once_and_has_a_date_that_came() {
    let all: Vec<_> = Duty::ALL.map(|duty| (duty, place(HERE))).into();
    let duties = duties(&all);
    let ask = |request| try_as(None, Command::Request(request), ACTOR, &duties);
    let twice = Request {
        people: vec![person(), person()],
        ..request()
    };
    assert_eq!(ask(twice), Err(Refusal::TwicePerson));
    let many = (0..=PEOPLE_MAX as u128).map(|number| Person {
        account: account(1000 + number),
        pickup: None,
        ..person()
    });
    let many = Request {
        people: many.collect(),
        ..request()
    };
    assert_eq!(ask(many), Err(Refusal::TooManyPeople));
    let ahead = Request {
        letter_date: "2026-03-28".parse().unwrap(),
        ..request()
    };
    assert_eq!(ask(ahead), Err(Refusal::LetterDateAhead));
}

#[test]
fn pwd_2_without_the_years_holidays_there_is_no_date_rather_than_a_wrong_one() {
    let office = Office {
        holidays: &Holidays::default(),
        hours: &OfficeHours::national(),
        zone: Zone::Wib,
    };
    let ticket = after(1).unwrap();
    let procedure = procedure();
    for (step, known) in [(1, false), (2, false), (3, true)] {
        let deadline = ticket.deadline(procedure.step(step).unwrap(), &office);
        assert_eq!(deadline.is_ok(), known, "{step}");
        assert_eq!(deadline.unwrap_or(None), None, "{step}");
    }
}

#[test]
fn an_output_reads_back_from_what_the_record_keeps() {
    for step in 2..=STEPS {
        let output = after(step).unwrap().output(step).cloned().unwrap();
        let text = serde_json::to_string(&output).unwrap();
        assert_eq!(serde_json::from_str::<Output>(&text).unwrap(), output);
    }
}

#[test]
fn a_new_password_is_long_enough_and_can_be_typed() {
    for (password, expected) in [
        ("kuda-terbang", Ok(())),
        ("kudaterbang", Err(BadPassword::TooShort)),
        ("kuda\u{0}terbang!", Err(BadPassword::Unprintable)),
        ("aaaaaaaaaaaaaa", Err(BadPassword::Monotonous)),
        (&*"ab".repeat(64), Ok(())),
        (&*"ab".repeat(65), Err(BadPassword::TooLong)),
        (&*"\u{1F40E}\u{1F985}".repeat(64), Ok(())),
    ] {
        assert_eq!(check_password(password), expected, "{password}");
        // Whoever chose it can sign in with it.
        assert!(expected.is_err() || password.len() <= PASSWORD_BYTES_MAX);
    }
}
