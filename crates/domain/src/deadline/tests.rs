use super::*;
use crate::calendar::tests::decreed;
use chrono::DateTime;
use proptest::prelude::*;

fn at(text: &str) -> Instant {
    let moment = DateTime::parse_from_rfc3339(text).unwrap();
    Instant::from_ms(moment.timestamp_millis())
}

/// `2026-03-27 14:10` there.
fn local(text: &str, zone: Zone) -> Instant {
    let (day, time) = text.split_once(' ').unwrap();
    at(&format!("{day}T{time}:00+{:02}:00", zone.offset_hours()))
}

fn with_office<T>(zone: Zone, then: impl FnOnce(&Office<'_>) -> T) -> T {
    then(&Office {
        holidays: &decreed(),
        hours: &OfficeHours::national(),
        zone,
    })
}

#[test]
fn ver_3_hours_elapse_through_nights_and_weekends() {
    let submitted = local("2026-03-27 14:10", Zone::Wib);
    let deadline = Deadline::elapsed(submitted, 72);
    assert_eq!(deadline.at, local("2026-03-30 14:10", Zone::Wib));
    assert_eq!(
        deadline.derivation("diajukan", Zone::Wib),
        "diajukan Jumat, 27 Maret 2026 pukul 14.10 WIB + 3x24 jam \
         = Senin, 30 Maret 2026 pukul 14.10 WIB"
    );
    assert!(!deadline.is_missed(deadline.at));
    assert!(deadline.is_missed(Instant::from_ms(deadline.at.ms() + 1)));
}

#[test]
fn pwd_2_days_end_when_offices_close_on_a_working_day() {
    for (from, days, expected) in [
        ("2026-03-30 09:00", 1, "2026-03-31 16:00"),
        // The hour of the day does not matter, nor does a Sunday.
        ("2026-03-27 15:59", 1, "2026-03-30 16:00"),
        ("2026-03-27 23:00", 1, "2026-03-30 16:00"),
        ("2026-03-29 10:00", 1, "2026-03-30 16:00"),
        // Nyepi and Idul Fitri 2026: closed from 18 to 24 March.
        ("2026-03-17 10:00", 1, "2026-03-25 16:00"),
        ("2026-03-20 10:00", 2, "2026-03-26 16:00"),
        // Natal with joint leave, the weekend, the new year: 25 December is a
        // Friday, 24 December joint leave, 1 January a Friday.
        ("2026-12-23 10:00", 1, "2026-12-28 16:00"),
        ("2026-12-23 10:00", 5, "2027-01-04 16:00"),
        ("2026-12-31 10:00", 1, "2027-01-04 16:00"),
        // 2027: Nyepi and Idul Fitri, 8 to 12 and 15 March; Idul Adha and Waisak, 17
        // to 20 May; Natal on a Saturday, joint leave before it.
        ("2027-03-05 10:00", 1, "2027-03-16 16:00"),
        ("2027-05-14 10:00", 1, "2027-05-21 16:00"),
        ("2027-12-23 10:00", 3, "2027-12-29 16:00"),
    ] {
        let from = local(from, Zone::Wib);
        let deadline = with_office(Zone::Wib, |office| {
            office.deadline(from, StandardTime::WorkingDays(days))
        });
        let reached = deadline.unwrap().at;
        assert_eq!(
            words::moment(reached, Zone::Wib),
            words::moment(local(expected, Zone::Wib), Zone::Wib)
        );
    }
}

#[test]
fn pwd_2_minutes_count_while_offices_are_open() {
    for (from, minutes, expected) in [
        ("2026-03-30 09:00", 30, "2026-03-30 09:30"),
        // Lunch.
        ("2026-03-30 11:45", 30, "2026-03-30 13:15"),
        ("2026-03-30 11:30", 30, "2026-03-30 12:00"),
        ("2026-03-30 12:20", 30, "2026-03-30 13:30"),
        // Friday prayer, then the weekend.
        ("2026-03-27 11:15", 30, "2026-03-27 13:15"),
        ("2026-03-27 15:50", 30, "2026-03-30 08:20"),
        ("2026-03-28 10:00", 10, "2026-03-30 08:10"),
        // Before opening, after closing.
        ("2026-03-30 05:00", 10, "2026-03-30 08:10"),
        ("2026-03-30 20:00", 60, "2026-03-31 09:00"),
        // Idul Fitri 2026.
        ("2026-03-17 15:45", 60, "2026-03-25 08:45"),
        // More than a day of 420 minutes.
        ("2026-03-30 08:00", 421, "2026-03-31 08:01"),
        // Into the new year.
        ("2026-12-31 15:30", 60, "2027-01-04 08:30"),
        ("2026-03-30 12:30", 0, "2026-03-30 13:00"),
    ] {
        for zone in Zone::ALL {
            let begin = local(from, zone);
            let time = StandardTime::OfficeMinutes(minutes);
            let deadline = with_office(zone, |office| office.deadline(begin, time)).unwrap();
            assert_eq!(
                words::moment(deadline.at, zone),
                words::moment(local(expected, zone), zone),
                "{from} + {minutes}"
            );
        }
    }
}

#[test]
fn all_5_a_derivation_names_the_days_off_that_it_went_around() {
    let from = local("2026-05-13 15:50", Zone::Wita);
    let deadline = with_office(Zone::Wita, |office| {
        office.deadline(from, StandardTime::OfficeMinutes(30))
    });
    assert_eq!(
        deadline.unwrap().derivation("diterima", Zone::Wita),
        "diterima Rabu, 13 Mei 2026 pukul 15.50 WITA + 30 menit jam kerja (tanpa Kenaikan \
         Yesus Kristus, Cuti Bersama Kenaikan Yesus Kristus) = Senin, 18 Mei 2026 pukul \
         08.20 WITA"
    );
}

#[test]
fn all_5_a_deadline_in_an_unknown_year_is_none() {
    let from = local("2027-12-31 15:00", Zone::Wib);
    with_office(Zone::Wib, |office| {
        for time in [
            StandardTime::WorkingDays(1),
            StandardTime::OfficeMinutes(61),
        ] {
            assert_eq!(office.deadline(from, time), Err(UnknownYear(2028)));
        }
        assert!(office.deadline(from, StandardTime::Hours(72)).is_ok());
    });
}

fn any_moment() -> impl Strategy<Value = Instant> {
    let year = at("2026-01-01T00:00:00+07:00").ms();
    (0..600 * 24 * 60 * 60 * 1000_i64).prop_map(move |ms| Instant::from_ms(year + ms))
}

fn any_zone() -> impl Strategy<Value = Zone> {
    prop::sample::select(&Zone::ALL[..])
}

fn any_time(of: u32, share: u32) -> [(StandardTime, StandardTime, StandardTime); 3] {
    let (a, b) = (share.min(of), of - share.min(of));
    let days = |n| StandardTime::WorkingDays(n % 40);
    [
        (
            StandardTime::Hours(of),
            StandardTime::Hours(a),
            StandardTime::Hours(b),
        ),
        (StandardTime::WorkingDays(a % 40 + b % 40), days(a), days(b)),
        (
            StandardTime::OfficeMinutes(of),
            StandardTime::OfficeMinutes(a),
            StandardTime::OfficeMinutes(b),
        ),
    ]
}

proptest! {
    /// Whoever begins later, or has more time, is never due earlier.
    #[test]
    fn pwd_2_deadlines_are_monotone(
        zone in any_zone(), from in any_moment(), later in 0i64..400_000_000, n in 0u32..2_000,
    ) {
        with_office(zone, |office| {
            for (whole, part, _) in any_time(n, n / 3) {
                let due = |begin, time| office.deadline(begin, time).unwrap().at;
                prop_assert!(due(from, whole) >= from);
                prop_assert!(due(from, whole) >= due(from, part));
                let begun_later = Instant::from_ms(from.ms() + later);
                prop_assert!(due(begun_later, whole) >= due(from, whole));
            }
            Ok(())
        })?;
    }

    /// Nothing is due while offices are closed.
    #[test]
    fn pwd_2_nothing_is_due_in_a_closed_period(
        zone in any_zone(), from in any_moment(), n in 1u32..2_000,
    ) {
        with_office(zone, |office| {
            for time in [StandardTime::WorkingDays(n % 40 + 1), StandardTime::OfficeMinutes(n)] {
                let due = office.deadline(from, time).unwrap().at;
                let day = zone.date_at(due);
                prop_assert_eq!(office.holidays.is_working_day(day), Ok(true));
                let open = office.spans(day).unwrap();
                prop_assert!(open.iter().any(|(begins, ends)| *begins <= due && due <= *ends));
            }
            Ok(())
        })?;
    }

    /// A span in two parts ends where the whole does.
    #[test]
    fn pwd_2_splitting_a_span_changes_nothing(
        zone in any_zone(), from in any_moment(), n in 0u32..2_000, share in 0u32..2_000,
    ) {
        with_office(zone, |office| {
            for (whole, first, second) in any_time(n, share) {
                let due = |begin, time| office.deadline(begin, time).unwrap().at;
                prop_assert_eq!(due(due(from, first), second), due(from, whole));
            }
            Ok(())
        })?;
    }

    /// What was given can be measured again.
    #[test]
    fn pwd_2_as_many_open_minutes_lie_before_the_deadline_as_were_given(
        zone in any_zone(), from in any_moment(), n in 0u32..2_000,
    ) {
        with_office(zone, |office| {
            let due = office.deadline(from, StandardTime::OfficeMinutes(n)).unwrap().at;
            let open = office.open_ms_between(from, due).unwrap();
            prop_assert_eq!(open, i64::from(n) * MINUTE_MS);
            prop_assert_eq!(office.open_ms_between(due, from).unwrap(), 0);
            Ok(())
        })?;
    }
}
