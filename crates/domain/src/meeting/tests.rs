use super::*;
use crate::calendar::tests::decreed;
use chrono::{Datelike, Days, Timelike, Weekday};
use proptest::prelude::*;

fn at(text: &str) -> Instant {
    let moment = chrono::DateTime::parse_from_rfc3339(text).unwrap();
    Instant::from_ms(moment.timestamp_millis())
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn starts(date: &str) -> Vec<String> {
    let slots = slots_of(day(date), Zone::Wita, &decreed()).unwrap();
    let text = |slot: &Slot| {
        Zone::Wita
            .time_at(slot.starts_at)
            .format("%H:%M")
            .to_string()
    };
    slots.iter().map(text).collect()
}

#[test]
fn mtg_1_slots_fill_the_office_hours_and_no_break() {
    assert_eq!(
        starts("2026-03-30").join(" "),
        "08:00 08:30 09:00 09:30 10:00 10:30 11:00 11:30 13:00 13:30 14:00 14:30 15:00 15:30"
    );
    assert_eq!(
        starts("2026-03-27").join(" "),
        "08:00 08:30 09:00 09:30 10:00 10:30 11:00 13:00 13:30 14:00 14:30 15:00 15:30"
    );
}

#[test]
fn mtg_1_there_is_no_slot_on_weekends_holidays_and_joint_leave() {
    for closed in [
        "2026-03-28",
        "2026-03-29",
        "2026-04-03",
        "2026-05-15",
        "2026-12-24",
    ] {
        assert_eq!(starts(closed), Vec::<String>::new(), "{closed}");
    }
    assert_eq!(
        slots_of(day("2028-01-03"), Zone::Wib, &decreed()),
        Err(UnknownYear(2028))
    );
}

#[test]
fn mtg_2_the_window_is_five_working_days_after_the_day_of_submission() {
    for (sent, zone, end) in [
        // Over Wafat Yesus Kristus.
        (
            "2026-03-27T14:10:00+07:00",
            Zone::Wib,
            "2026-04-07T00:00:00+07:00",
        ),
        // 23.30 WIB on Friday is Saturday in WIT; neither counts.
        (
            "2026-03-27T23:30:00+07:00",
            Zone::Wit,
            "2026-04-07T00:00:00+09:00",
        ),
        (
            "2026-03-30T23:30:00+07:00",
            Zone::Wib,
            "2026-04-08T00:00:00+07:00",
        ),
        (
            "2026-03-30T23:30:00+07:00",
            Zone::Wit,
            "2026-04-09T00:00:00+09:00",
        ),
    ] {
        assert_eq!(
            window_end(at(sent), zone, &decreed()),
            Ok(at(end)),
            "{sent} {zone}"
        );
    }
}

#[test]
fn mtg_1_the_next_free_slot_is_the_first_with_a_free_room() {
    let slots = slots_of(day("2026-03-30"), Zone::Wib, &decreed()).unwrap();
    let earliest = at("2026-03-30T08:10:00+07:00");
    let mut taken = BTreeSet::new();
    let mut given = Vec::new();
    while let Some(booking) = first_free(&slots, &taken, 2, earliest) {
        assert!(taken.insert((booking.slot.starts_at, booking.place)));
        given.push(booking);
    }
    // 13 slots of two rooms; within a slot the rooms in order.
    assert_eq!(given.len(), 26);
    assert_eq!(given[0].slot.starts_at, at("2026-03-30T08:30:00+07:00"));
    assert_eq!((given[0].place, given[1].place), (1, 2));
    assert_eq!(given[1].slot, given[0].slot);
    assert!(
        given
            .windows(2)
            .all(|pair| pair[0].slot.starts_at <= pair[1].slot.starts_at)
    );
}

/// A meeting on Monday 30 March from 9 to 9.30 WIB that can be moved until 3 April.
fn meeting(state: State) -> Meeting {
    Meeting {
        state,
        zone: Zone::Wib,
        starts_at: Some(at("2026-03-30T09:00:00+07:00")),
        ends_at: Some(at("2026-03-30T09:30:00+07:00")),
        closes_at: Some(at("2026-04-03T00:00:00+07:00")),
        called_at: None,
    }
}

#[test]
fn mtg_3_joining_is_for_its_day_and_until_its_end() {
    let starts_at = at("2026-03-30T09:00:00+07:00");
    for (state, now, expected) in [
        (
            State::Scheduled,
            "2026-03-29T23:59:59+07:00",
            Err(Refusal::NotToday { starts_at }),
        ),
        (State::Scheduled, "2026-03-30T00:00:00+07:00", Ok(())),
        (State::Scheduled, "2026-03-30T09:29:59+07:00", Ok(())),
        (
            State::Scheduled,
            "2026-03-30T09:30:00+07:00",
            Err(Refusal::Missed),
        ),
        // Who waits is not late, however long it takes.
        (State::Waiting, "2026-03-30T11:00:00+07:00", Ok(())),
        (State::Called, "2026-03-30T11:00:00+07:00", Ok(())),
        (
            State::Missed,
            "2026-03-30T09:10:00+07:00",
            Err(Refusal::Missed),
        ),
        (
            State::Closed,
            "2026-03-30T09:10:00+07:00",
            Err(Refusal::Closed),
        ),
        (
            State::Unscheduled,
            "2026-03-30T09:10:00+07:00",
            Err(Refusal::NotScheduled),
        ),
    ] {
        assert_eq!(
            meeting(state).may_join(at(now)),
            expected,
            "{state:?} {now}"
        );
    }
}

#[test]
fn mtg_2_moving_is_for_five_working_days_and_not_after_the_call() {
    let (inside, over) = ("2026-04-02T23:59:59+07:00", "2026-04-03T00:00:00+07:00");
    for (state, now, expected) in [
        (State::Scheduled, inside, Ok(())),
        (State::Waiting, inside, Ok(())),
        (State::Missed, inside, Ok(())),
        (State::Scheduled, over, Err(Refusal::WindowOver)),
        (State::Missed, over, Err(Refusal::WindowOver)),
        (State::Called, inside, Err(Refusal::Called)),
        (State::Closed, inside, Err(Refusal::Closed)),
        (State::Unscheduled, inside, Err(Refusal::NotScheduled)),
    ] {
        assert_eq!(
            meeting(state).may_move(at(now)),
            expected,
            "{state:?} {now}"
        );
    }
}

#[test]
fn a_meeting_without_a_time_says_so_unless_it_is_over() {
    let bare = |state| Meeting {
        starts_at: None,
        ends_at: None,
        closes_at: None,
        ..meeting(state)
    };
    let now = at("2026-03-30T09:00:00+07:00");
    for (state, refusal) in [
        (State::Unscheduled, Refusal::NotScheduled),
        (State::Closed, Refusal::Closed),
    ] {
        assert_eq!(bare(state).may_join(now), Err(refusal));
        assert_eq!(bare(state).may_move(now), Err(refusal));
    }
}

proptest! {
    #[test]
    fn every_slot_lies_in_open_hours(offset in 0u64..700, zone in 0usize..3) {
        let (holidays, zone) = (decreed(), Zone::ALL[zone]);
        let day = day("2026-01-01").checked_add_days(Days::new(offset)).unwrap();
        let slots = slots_of(day, zone, &holidays).unwrap();
        for slot in &slots {
            prop_assert_eq!(zone.date_at(slot.starts_at), day);
            prop_assert!(!matches!(day.weekday(), Weekday::Sat | Weekday::Sun));
            prop_assert!(holidays.on(day).is_none());
            let (from, until) = (zone.time_at(slot.starts_at), zone.time_at(slot.ends_at));
            prop_assert!(from.hour() >= 8 && from.hour() != 12 && from.hour() < 16);
            prop_assert!(until.num_seconds_from_midnight() <= 16 * 3600);
            prop_assert_eq!(slot.ends_at.ms() - slot.starts_at.ms(), 30 * 60 * 1000);
        }
        prop_assert!(slots.windows(2).all(|pair| pair[0].ends_at <= pair[1].starts_at));
    }
}

#[test]
fn mtg_4_who_was_called_has_ten_minutes_from_the_call_and_from_the_begin() {
    for (called_at, until) in [
        ("2026-03-30T08:20:00+07:00", "2026-03-30T09:10:00+07:00"),
        ("2026-03-30T09:12:00+07:00", "2026-03-30T09:22:00+07:00"),
    ] {
        let until = at(until);
        let called = Meeting {
            called_at: Some(at(called_at)),
            ..meeting(State::Called)
        };
        assert_eq!(called.absent_from(), Some(until));
        let before = Instant::from_ms(until.ms() - 1);
        let expected = Err(Refusal::StillExpected { until });
        assert_eq!(called.may_be_absent(before), expected);
        assert_eq!(called.may_be_absent(until), Ok(()));
        // Nobody is sent to look for a time that does not exist.
        let closes_at = called.closes_at.unwrap();
        let last = Instant::from_ms(closes_at.ms() - 1);
        assert_eq!(called.may_be_absent(last), Ok(()));
        assert_eq!(called.may_be_absent(closes_at), Err(Refusal::NoOtherTime));
    }
}

#[test]
fn mtg_4_only_who_was_called_is_absent_by_a_verifiers_word() {
    let now = at("2026-03-30T12:00:00+07:00");
    for (state, refusal) in [
        (State::Unscheduled, Refusal::NotCalled),
        (State::Scheduled, Refusal::NotCalled),
        (State::Waiting, Refusal::NotCalled),
        (State::Missed, Refusal::NotCalled),
        (State::Closed, Refusal::Closed),
    ] {
        // A call of a time before says nothing about this one.
        let called_before = Meeting {
            called_at: Some(at("2026-03-30T08:20:00+07:00")),
            ..meeting(state)
        };
        assert_eq!(called_before.absent_from(), None);
        assert_eq!(called_before.may_be_absent(now), Err(refusal), "{state:?}");
    }
}
