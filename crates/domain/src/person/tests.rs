use super::*;

/// A fictitious NIP: born 1 January 1990, appointed January 2015.
const NIP: &str = "199001012015011001";

#[test]
fn reg_8_a_nip_has_18_digits_with_or_without_separators() {
    for text in [
        NIP,
        "19900101 201501 1 001",
        " 19900101-201501-1-001 ",
        "19900101\u{a0}201501\u{a0}1\u{a0}001",
    ] {
        let number = ServiceNumber::parse_as(ServiceNumberKind::Nip, text);
        assert_eq!(number.unwrap().as_str(), NIP, "{text}");
    }
}

#[test]
fn reg_8_digits_13_and_14_of_an_ni_pppk_are_not_a_month() {
    for text in [
        "199001012022211001",
        "199001012024991001",
        "199001012024001001",
    ] {
        assert!(
            ServiceNumber::parse_as(ServiceNumberKind::Nip, text).is_ok(),
            "{text}"
        );
    }
}

#[test]
fn reg_8_an_odd_birth_date_locks_nobody_out() {
    for text in ["196500002015011001", "199002302015012001"] {
        assert!(
            ServiceNumber::parse_as(ServiceNumberKind::Nip, text).is_ok(),
            "{text}"
        );
    }
}

#[test]
fn reg_8_what_is_no_nip() {
    for (text, expected) in [
        ("", BadNumber::Empty),
        (" - ", BadNumber::Empty),
        ("19900101201501100", BadNumber::WrongLength),
        ("1990010120150110011", BadNumber::WrongLength),
        ("131110468", BadNumber::WrongLength),
        ("19900101201501100O", BadNumber::NotDigits),
        ("19900101/201501/1/001", BadNumber::NotDigits),
        ("19900101\n201501\n1\n001", BadNumber::NotDigits),
        // Arabic-Indic and full-width digits are not digits here.
        ("٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠", BadNumber::NotDigits),
        ("１99001012015011001", BadNumber::NotDigits),
        (
            "1 9 9 0 0 1 0 1 2 0 1 5 0 1 1 0 0 1          ",
            BadNumber::WrongLength,
        ),
    ] {
        let number = ServiceNumber::parse_as(ServiceNumberKind::Nip, text);
        assert_eq!(number, Err(expected), "{text}");
    }
}

#[test]
fn reg_8_an_nrp_has_5_to_20_digits() {
    for (text, expected) in [
        ("1234", Err(BadNumber::WrongLength)),
        ("12345", Ok("12345")),
        ("87010001", Ok("87010001")),
        ("11900001010190", Ok("11900001010190")),
        ("12345678901234567890", Ok("12345678901234567890")),
        ("123456789012345678901", Err(BadNumber::WrongLength)),
        ("12345/P", Err(BadNumber::NotDigits)),
        ("", Err(BadNumber::Empty)),
    ] {
        let number = ServiceNumber::parse_as(ServiceNumberKind::Nrp, text);
        assert_eq!(
            number.as_ref().map(ServiceNumber::as_str),
            expected.as_ref().map(|s| *s)
        );
        assert_eq!(text.parse(), number, "{text}");
    }
    assert_eq!(NIP.parse::<ServiceNumber>().unwrap().as_str(), NIP);
}

#[test]
fn reg_8_an_npwp_becomes_16_digits() {
    for (text, expected) in [
        ("012345678901000", Ok("0012345678901000")),
        ("01.234.567.8-901.000", Ok("0012345678901000")),
        ("0012345678901000", Ok("0012345678901000")),
        ("0012 3456 7890 1000", Ok("0012345678901000")),
        ("3171010101900001", Ok("3171010101900001")),
        ("", Err(BadNumber::Empty)),
        ("01234567890100", Err(BadNumber::WrongLength)),
        ("00123456789010001", Err(BadNumber::WrongLength)),
        ("01.234.567.8-901.00A", Err(BadNumber::NotDigits)),
        ("01,234,567,8-901,000", Err(BadNumber::NotDigits)),
    ] {
        let npwp = text.parse::<Npwp>();
        assert_eq!(
            npwp.as_ref().map(Npwp::as_str),
            expected.as_ref().map(|s| *s),
            "{text}"
        );
    }
    let old: Npwp = "012345678901000".parse().unwrap();
    assert_eq!(old, "0012345678901000".parse().unwrap());
}

#[test]
fn reg_8_golongan_of_the_three_services() {
    for (text, name, family) in [
        ("I/a", "I/a", GolonganFamily::Pns),
        ("I/d", "I/d", GolonganFamily::Pns),
        ("III/D", "III/d", GolonganFamily::Pns),
        (" iv/e ", "IV/e", GolonganFamily::Pns),
        ("I", "I", GolonganFamily::Pppk),
        ("ix", "IX", GolonganFamily::Pppk),
        ("XVII", "XVII", GolonganFamily::Pppk),
        ("Tamtama", "Tamtama", GolonganFamily::TniPolri),
        (
            "perwira menengah",
            "Perwira Menengah",
            GolonganFamily::TniPolri,
        ),
    ] {
        let golongan: Golongan = text.parse().unwrap();
        assert_eq!(
            (golongan.as_str(), golongan.family()),
            (name, family),
            "{text}"
        );
    }
    for text in [
        "", "I/e", "III/e", "IV/f", "V/a", "0", "3/d", "XVIII", "IIII", "IIX", "III / d", "III-d",
        "Perwira", "Jenderal",
    ] {
        assert_eq!(text.parse::<Golongan>(), Err(NotAGolongan), "{text}");
    }
    assert_eq!(Golongan::all().count(), 17 + 17 + 5);
}

#[test]
fn every_golongan_reads_back() {
    for golongan in Golongan::all() {
        assert_eq!(golongan.to_string().parse(), Ok(golongan));
    }
}

#[test]
fn an_email_address_is_a_name_at_a_domain() {
    for text in [
        "vai@akses.example",
        "ppk.satu+inaproc@dinas.kota.example",
        "o'brien_1@sub-unit.example",
        "a@b.id",
        &format!("{}@akses.example", "n".repeat(64)),
    ] {
        assert_eq!(text.parse::<EmailAddress>().unwrap().as_str(), text);
    }
    assert_eq!(
        " a@b.id ".parse::<EmailAddress>().unwrap().as_str(),
        "a@b.id"
    );
    let label = "d".repeat(63);
    for (text, expected) in [
        ("", BadEmail::Empty),
        ("   ", BadEmail::Empty),
        ("ppk", BadEmail::Malformed),
        ("@akses.example", BadEmail::Malformed),
        ("ppk@", BadEmail::Malformed),
        ("ppk@localhost", BadEmail::Malformed),
        ("ppk@10.0.0.1", BadEmail::Malformed),
        ("ppk@[10.0.0.1]", BadEmail::Malformed),
        ("ppk@akses..example", BadEmail::Malformed),
        ("ppk@.akses.example", BadEmail::Malformed),
        ("ppk@akses.example.", BadEmail::Malformed),
        ("ppk@-akses.example", BadEmail::Malformed),
        ("ppk@akses-.example", BadEmail::Malformed),
        ("ppk@akses_.example", BadEmail::Malformed),
        (".ppk@akses.example", BadEmail::Malformed),
        ("ppk.@akses.example", BadEmail::Malformed),
        ("p..pk@akses.example", BadEmail::Malformed),
        ("p pk@akses.example", BadEmail::Malformed),
        ("ppk@vai@akses.example", BadEmail::Malformed),
        ("PPK <ppk@akses.example>", BadEmail::Malformed),
        ("\"p pk\"@akses.example", BadEmail::Malformed),
        ("ppk@akses.example\r\nBcc: x@y.example", BadEmail::Malformed),
        ("ppk@aksés.example", BadEmail::Malformed),
        ("pök@akses.example", BadEmail::Malformed),
        (&format!("ppk@{}d.example", label), BadEmail::Malformed),
        (
            &format!("{}@akses.example", "n".repeat(65)),
            BadEmail::TooLong,
        ),
        (
            &format!("ppk@{label}.{label}.{label}.{label}.example"),
            BadEmail::TooLong,
        ),
    ] {
        assert_eq!(text.parse::<EmailAddress>(), Err(expected), "{text:?}");
    }
}

#[test]
fn only_the_domain_is_compared_without_case() {
    let email = |text: &str| text.parse::<EmailAddress>().unwrap();
    assert_eq!(email("Ppk@Akses.Example"), email("Ppk@akses.example"));
    assert_ne!(email("Ppk@akses.example"), email("ppk@akses.example"));
    assert_eq!(email("Ppk@Akses.Example").to_string(), "Ppk@Akses.Example");
    assert_eq!(email("Ppk@Akses.Example").comparable(), "Ppk@akses.example");
}

#[test]
fn all_2_lists_and_debug_output_mask() {
    let number: ServiceNumber = NIP.parse().unwrap();
    let npwp: Npwp = "012345678901000".parse().unwrap();
    let email: EmailAddress = "ppk.satu@akses.example".parse().unwrap();
    assert_eq!(number.masked(), "•••001");
    assert_eq!(npwp.masked(), "•••000");
    assert_eq!(email.masked(), "p•••@akses.example");
    assert_eq!("12345".parse::<ServiceNumber>().unwrap().masked(), "•••45");
    let debug = format!("{number:?} {npwp:?} {email:?} {:?}", Some(&number));
    for secret in [NIP, "19900101", "2345678901", "ppk.satu"] {
        assert!(!debug.contains(secret), "{debug}");
    }
}

#[test]
fn serde_writes_and_parses_text() {
    let number: ServiceNumber = serde_json::from_str("\"19900101 201501 1 001\"").unwrap();
    assert_eq!(
        serde_json::to_string(&number).unwrap(),
        format!("\"{NIP}\"")
    );
    let npwp: Npwp = serde_json::from_str("\"01.234.567.8-901.000\"").unwrap();
    assert_eq!(
        serde_json::to_string(&npwp).unwrap(),
        "\"0012345678901000\""
    );
    let golongan: Golongan = serde_json::from_str("\"iii/a\"").unwrap();
    assert_eq!(serde_json::to_string(&golongan).unwrap(), "\"III/a\"");
    let email: EmailAddress = serde_json::from_str("\"a@B.id\"").unwrap();
    assert_eq!(serde_json::to_string(&email).unwrap(), "\"a@B.id\"");
    assert!(serde_json::from_str::<ServiceNumber>("199001012015011001").is_err());
    let error = serde_json::from_str::<Npwp>("\"01.234.567\"").unwrap_err();
    assert!(!error.to_string().contains("234"), "{error}");
}
