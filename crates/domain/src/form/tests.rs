use super::*;
use serde_json::json;

const ID: &str = "0199a0b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b";

fn field(name: &str, kind: FieldKind, need: Need) -> Field {
    Field {
        name: name.parse().unwrap(),
        kind,
        need,
        source: match (kind, need) {
            (FieldKind::Role, _) => Some(Source::Role),
            (_, Need::Prefilled) => Some(Source::SirupUserName),
            _ => None,
        },
        chars_max: (kind == FieldKind::Text).then_some(10),
    }
}

/// Every kind, as a supplier meets it.
fn fields() -> Vec<Field> {
    vec![
        field("role", FieldKind::Role, Need::Prefilled),
        field("previous_user_name", FieldKind::Text, Need::Prefilled),
        field("golongan", FieldKind::Golongan, Need::Required),
        field(
            "institution_kind",
            FieldKind::InstitutionKind,
            Need::Required,
        ),
        field("institution", FieldKind::Institution, Need::Required),
        field("work_unit", FieldKind::WorkUnit, Need::Required),
        field("valid_until", FieldKind::Date, Need::Required),
        field("npwp", FieldKind::Npwp, Need::Required),
        field("division", FieldKind::Text, Need::Optional),
        field("room", FieldKind::Text, Need::Required),
        field("address", FieldKind::Text, Need::FirstRegistrant),
        field("document", FieldKind::Document, Need::Required),
    ]
}

fn facts() -> Facts {
    Facts {
        role: "PPK".to_owned(),
        sirup_user_name: None,
        has_address: Some(true),
    }
}

fn whole() -> Value {
    json!({
        "role": "PPK", "golongan": "iii/a", "institution": ID, "work_unit": ID,
        "valid_until": "2027-12-31", "npwp": "01.234.567.8-901.000", "room": " 12 ",
        "document": ID,
    })
}

fn read_with(facts: &Facts, change: impl FnOnce(&mut Value)) -> (Answers, Vec<(String, Fault)>) {
    let mut given = whole();
    change(&mut given);
    let (answers, wrong) = read(&asked(fields(), facts), given.as_object().unwrap());
    let wrong = wrong.into_iter().map(|w| (w.field, w.fault)).collect();
    (answers, wrong)
}

#[track_caller]
fn check(name: &str, value: Value, expected: Option<Fault>) {
    let (_, wrong) = read_with(&facts(), |given| given[name] = value.clone());
    let expected: Vec<_> = expected
        .map(|fault| (name.to_owned(), fault))
        .into_iter()
        .collect();
    assert_eq!(wrong, expected, "{name} = {value}");
}

#[test]
fn reg_2_a_whole_form_is_read_by_kind() {
    let (answers, wrong) = read_with(&facts(), |_| {});
    assert_eq!(wrong, []);
    assert_eq!(answers.institution, ID.parse().ok());
    assert_eq!(answers.work_unit, ID.parse().ok());
    assert_eq!(answers.document, ID.parse().ok());
    assert_eq!(answers.valid_until.unwrap().to_string(), "2027-12-31");
    assert_eq!(answers.form.golongan.unwrap().as_str(), "III/a");
    assert_eq!(answers.form.npwp.unwrap().as_str(), "0012345678901000");
    // A field that no code knows is kept under its name.
    assert_eq!(answers.form.other["room"], "12");
}

#[test]
fn reg_2_everything_that_is_wrong_is_named_at_once_in_the_order_of_the_form() {
    let (_, wrong) = read_with(&facts(), |given| {
        *given = json!({ "npwp": "12", "is_admin": true, "valid_until": "besok" });
    });
    let named: Vec<_> = wrong
        .iter()
        .map(|(field, fault)| (field.as_str(), *fault))
        .collect();
    assert_eq!(
        named,
        [
            ("golongan", Fault::Missing),
            ("institution", Fault::Missing),
            ("work_unit", Fault::Missing),
            ("valid_until", Fault::NotADay),
            ("npwp", Fault::NotAnNpwp(BadNumber::WrongLength)),
            ("room", Fault::Missing),
            ("document", Fault::Missing),
            ("is_admin", Fault::NotAsked),
        ]
    );
}

#[test]
fn reg_2_each_kind_takes_what_it_says() {
    for (name, value, expected) in [
        ("golongan", json!("XVII"), None),
        ("golongan", json!("III"), None),
        ("golongan", json!("III/e"), Some(Fault::NotAGolongan)),
        ("golongan", json!("  "), Some(Fault::Missing)),
        ("golongan", json!(3), Some(Fault::NotText)),
        ("npwp", json!("3171010101900001"), None),
        (
            "npwp",
            json!("x"),
            Some(Fault::NotAnNpwp(BadNumber::NotDigits)),
        ),
        ("institution", json!("BARAT"), Some(Fault::NotAnId)),
        ("work_unit", json!("1"), Some(Fault::NotAnId)),
        ("document", json!("../etc/passwd"), Some(Fault::NotAnId)),
        ("valid_until", json!("2027-02-29"), Some(Fault::NotADay)),
        ("valid_until", json!("2027-2-3"), Some(Fault::NotADay)),
        ("valid_until", json!(null), Some(Fault::Missing)),
        ("division", json!("0123456789"), None),
        ("division", json!("01234567891"), Some(Fault::TooLong(10))),
        ("division", json!("a\u{7}b"), Some(Fault::ControlCharacters)),
        ("division", json!("a\nb"), None),
        ("division", json!(null), None),
        ("division", json!(["x"]), Some(Fault::NotText)),
        ("room", json!({}), Some(Fault::NotText)),
        ("profile", json!("supplier"), Some(Fault::NotAsked)),
    ] {
        check(name, value, expected);
    }
}

#[test]
fn reg_2_a_prefilled_field_is_taken_from_its_source_and_stays_so() {
    let linked = Facts {
        sirup_user_name: Some("ppk.contoh".to_owned()),
        ..facts()
    };
    for typed in [json!(null), json!("ppk.contoh")] {
        let (answers, wrong) = read_with(&linked, |given| given["previous_user_name"] = typed);
        assert_eq!(wrong, []);
        assert_eq!(
            answers.form.previous_user_name.as_deref(),
            Some("ppk.contoh")
        );
    }
    let (_, wrong) = read_with(&linked, |given| given["previous_user_name"] = json!("lain"));
    assert_eq!(
        wrong,
        [("previous_user_name".to_owned(), Fault::NotAsPrefilled)]
    );
    let (_, wrong) = read_with(&facts(), |given| given["role"] = json!("PA"));
    assert_eq!(wrong, [("role".to_owned(), Fault::NotAsPrefilled)]);
    // Without a link it is a field like any other that may stay empty.
    check("previous_user_name", json!("lain"), None);
    check("previous_user_name", json!(""), None);
}

#[test]
fn reg_3_the_address_is_required_taken_or_passed_over() {
    let typed = |has_address, address: Value| {
        let facts = Facts {
            has_address,
            ..facts()
        };
        let (answers, wrong) = read_with(&facts, |given| given["address"] = address);
        (answers.form.address, wrong)
    };
    let missing = vec![("address".to_owned(), Fault::AddressMissing)];
    assert_eq!(typed(Some(false), json!(" ")), (None, missing));
    let jalan = || json!("Jalan 1");
    assert_eq!(
        typed(Some(false), jalan()),
        (Some("Jalan 1".to_owned()), vec![])
    );
    // Somebody else was first a moment ago: no error, and theirs stays.
    assert_eq!(typed(Some(true), jalan()), (None, vec![]));
    // What is too long is wrong whoever was first.
    let too_long = vec![("address".to_owned(), Fault::TooLong(10))];
    assert_eq!(typed(Some(true), json!("x".repeat(11))), (None, too_long));
    // Before a work unit is chosen nobody knows.
    assert_eq!(typed(None, json!(null)), (None, vec![]));
    let needs: Vec<_> = [None, Some(true), Some(false)]
        .map(|has_address| {
            let facts = Facts {
                has_address,
                ..facts()
            };
            asked(
                [field("address", FieldKind::Text, Need::FirstRegistrant)],
                &facts,
            )[0]
            .need
        })
        .into();
    assert_eq!(
        needs,
        [Need::FirstRegistrant, Need::NotAsked, Need::Required]
    );
}

#[test]
fn a_form_keeps_what_a_request_cannot_be_without() {
    for row in fields() {
        assert_eq!(row.check(), Ok(()), "{row:?}");
    }
    let text = |name: &str| field(name, FieldKind::Text, Need::Optional);
    for (row, expected) in [
        (text("confirmed"), BadField::Reserved),
        (text("profile"), BadField::Reserved),
        (text("npwp"), BadField::KindElsewhere),
        (
            field("rank", FieldKind::Golongan, Need::Required),
            BadField::KindElsewhere,
        ),
        (
            field("document", FieldKind::Document, Need::Optional),
            BadField::Essential,
        ),
        (
            field("work_unit", FieldKind::WorkUnit, Need::NotAsked),
            BadField::Essential,
        ),
        (text("address"), BadField::Essential),
        (
            field("room", FieldKind::Text, Need::FirstRegistrant),
            BadField::NeedElsewhere,
        ),
        (
            Field {
                source: None,
                ..field("previous_user_name", FieldKind::Text, Need::Prefilled)
            },
            BadField::Source,
        ),
        (
            Field {
                source: Some(Source::Role),
                ..text("room")
            },
            BadField::Source,
        ),
        (
            Field {
                chars_max: None,
                ..text("room")
            },
            BadField::Bound,
        ),
        (
            Field {
                chars_max: Some(TEXT_CHARS_MAX + 1),
                ..text("room")
            },
            BadField::Bound,
        ),
    ] {
        assert_eq!(row.check(), Err(expected), "{row:?}");
    }
}

#[test]
fn a_field_name_is_a_plain_word() {
    for text in ["npwp", "valid_until", "room2"] {
        assert_eq!(text.parse::<FieldName>().unwrap().as_str(), text);
    }
    for text in [
        "",
        "_x",
        "2x",
        "Npwp",
        "a-b",
        "a b",
        "a.b",
        "é",
        &"x".repeat(41),
    ] {
        assert_eq!(text.parse::<FieldName>(), Err(NotAFieldName), "{text}");
    }
}
