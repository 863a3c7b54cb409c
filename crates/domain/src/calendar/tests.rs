use super::*;
use proptest::prelude::*;

/// The file that imports and the demo bring.
const CSV: &str = include_str!("../../../host/demo/holidays.csv");

pub(crate) fn decreed() -> Holidays {
    Holidays::new(CSV.lines().skip(1).map(|line| {
        let mut fields = line.splitn(4, ',');
        let date = fields.next().unwrap().parse().unwrap();
        let name = fields.next().unwrap().to_owned();
        let kind = serde_json::from_value(fields.next().unwrap().into()).unwrap();
        Holiday { date, name, kind }
    }))
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

#[test]
fn all_5_the_decree_of_2026_has_17_holidays_and_8_days_of_joint_leave() {
    for (year, national, leave) in [(2026, 17, 8), (2027, 17, 8)] {
        let of = |kind| {
            let holidays = decreed().0;
            let wanted = |h: &&Holiday| h.kind == kind && h.date.year() == year;
            holidays.values().filter(wanted).count()
        };
        assert_eq!(of(HolidayKind::National), national, "{year}");
        assert_eq!(of(HolidayKind::JointLeave), leave, "{year}");
    }
}

#[test]
fn all_5_long_weekends_are_no_working_days() {
    let holidays = decreed();
    // (a day, working days to go, where that ends)
    for (from, count, expected) in [
        // Wednesday before Nyepi and Idul Fitri 2026: closed from 18 to 24 March.
        ("2026-03-17", 1, "2026-03-25"),
        ("2026-03-13", 5, "2026-03-27"),
        // Wafat Yesus Kristus on a Friday, Paskah on the Sunday.
        ("2026-03-27", 5, "2026-04-06"),
        ("2026-04-02", 1, "2026-04-06"),
        // Kenaikan on Thursday, joint leave on Friday.
        ("2026-05-13", 1, "2026-05-18"),
        // Idul Adha, joint leave; Waisak on a Sunday, Pancasila on Monday.
        ("2026-05-26", 2, "2026-06-02"),
        // Natal into the new year.
        ("2026-12-23", 5, "2027-01-04"),
        ("2026-08-14", 1, "2026-08-18"),
        ("2026-08-14", 0, "2026-08-14"),
    ] {
        let reached = holidays.plus_working_days(day(from), count);
        assert_eq!(reached, Ok(day(expected)), "{from} + {count}");
    }
}

#[test]
fn all_5_a_year_that_nobody_imported_is_not_a_year_without_holidays() {
    let holidays = decreed();
    assert_eq!(
        holidays.is_working_day(day("2028-08-17")),
        Err(UnknownYear(2028))
    );
    assert_eq!(
        holidays.plus_working_days(day("2027-12-30"), 5),
        Err(UnknownYear(2028))
    );
    // A Saturday is none in any year.
    assert_eq!(holidays.is_working_day(day("2028-01-01")), Ok(false));
    // An import that broke off before Christmas leaves the year unknown.
    let half = Holidays::new(
        decreed()
            .0
            .into_values()
            .filter(|h| h.date < day("2026-12-24")),
    );
    assert!(!half.is_known(2026));
}

#[test]
fn all_5_a_day_off_that_was_taken_back_is_a_working_day() {
    let date = day("2026-05-15");
    let mut holidays = decreed();
    assert_eq!(holidays.is_working_day(date), Ok(false));
    holidays.0.get_mut(&date).unwrap().kind = HolidayKind::Revoked;
    assert_eq!(holidays.is_working_day(date), Ok(true));
    assert_eq!(holidays.on(date), None);
}

#[test]
fn office_hours_leave_out_weekends_and_breaks() {
    let hours = |date: &str| -> Vec<_> {
        let hours = OfficeHours::national();
        let spans = hours.on(day(date)).iter();
        spans.map(|s| (s.from_minute, s.until_minute)).collect()
    };
    assert_eq!(hours("2026-03-30"), [(480, 720), (780, 960)]);
    assert_eq!(hours("2026-03-27"), [(480, 690), (780, 960)]);
    assert_eq!(hours("2026-03-28"), []);
    assert_eq!(hours("2026-03-29"), []);
}

#[test]
fn all_5_hours_that_cannot_be_are_refused() {
    let span = |from_minute, until_minute| Span {
        from_minute,
        until_minute,
    };
    let monday = |spans: &[Span]| {
        let of_monday = spans.iter().map(|span| (Weekday::Mon, *span));
        OfficeHours::new(of_monday.collect::<Vec<_>>())
    };
    assert_eq!(monday(&[]), Err(BadHours::NeverOpen));
    assert_eq!(monday(&[span(600, 600)]), Err(BadHours::NoSpan));
    assert_eq!(monday(&[span(600, 1441)]), Err(BadHours::NoSpan));
    let overlapping = [span(780, 960), span(480, 781)];
    assert_eq!(monday(&overlapping), Err(BadHours::Overlap));
    let hours = monday(&[span(780, 1440), span(480, 780)]).unwrap();
    assert_eq!(
        hours.on(day("2026-03-30")),
        [span(480, 780), span(780, 1440)]
    );
    assert_eq!(hours.on(day("2026-03-31")), []);
}

#[test]
fn a_minute_is_one_of_its_zone() {
    let eight = minute_of(day("2026-03-30"), 480, Zone::Wit);
    assert_eq!(eight.rfc3339(Zone::Wit), "2026-03-30T08:00:00+09:00");
}

proptest! {
    #[test]
    fn working_days_are_counted_one_by_one(offset in 0u64..600, count in 1u32..40) {
        let holidays = decreed();
        let from = day("2026-01-01").checked_add_days(Days::new(offset)).unwrap();
        let reached = holidays.plus_working_days(from, count).unwrap();
        prop_assert_eq!(holidays.is_working_day(reached), Ok(true));
        let between = from.iter_days().skip(1).take_while(|day| *day <= reached);
        let working = between.filter(|day| holidays.is_working_day(*day) == Ok(true)).count();
        prop_assert_eq!(working, count as usize);
        // One more is later, and adding up is the same as adding at once.
        let further = holidays.plus_working_days(reached, 1).unwrap();
        prop_assert!(further > reached);
        prop_assert_eq!(holidays.plus_working_days(from, count + 1), Ok(further));
    }
}
