//! Every mail as it arrives, and what hostile input cannot do to one.
//!
//! `UPDATE_SNAPSHOTS=1 cargo test -p akses-mail` writes the snapshots anew.

use akses_domain::time::{Instant, Zone};
use akses_mail::{Message, Notification, Office, Unsendable, compose};
use mail_parser::{MessageParser, MimeHeaders, PartType};
use std::path::Path;

/// 2026-03-30T07:10:00Z, a Monday.
const MONDAY_MS: i64 = 1_774_854_600_000;
const THREE_DAYS_MS: i64 = 3 * 24 * 60 * 60 * 1000;

const UNASSIGNED: &str = r#"{"handover":{"kind":"unassigned","packages":[
    {"title":"Pengadaan server <b>","code":"50123456","handed_over":true},
    {"title":"Jasa kebersihan","handed_over":false}]}}"#;

const NAMED: &str = r#"{"handover":{"kind":"successor","account":"01960000-0000-7000-8000-000000000009",
    "packages":[{"title":"Pengadaan server","handed_over":true}]},"named_as":"budget-user"}"#;

const REGISTRATION: &str = r#"{"account":"01960000-0000-7000-8000-000000000001","role":"ppk",
    "work_unit":"01960000-0000-7000-8000-000000000002",
    "institution":"01960000-0000-7000-8000-000000000003","zone":"WITA","verified_by":"institution",
    "request":{"id":"01960000-0000-7000-8000-000000000004","valid_until":"2026-12-31",
    "document":"01960000-0000-7000-8000-000000000005","deadline_at":DEADLINE},
    "form":{"address":"Jalan Contoh 1"}}"#;

const REACTIVATION: &str = r#"{"request":{"id":"01960000-0000-7000-8000-000000000004",
    "valid_until":"2027-06-30","document":"01960000-0000-7000-8000-000000000005",
    "deadline_at":DEADLINE},"verified_by":"national"}"#;

const APPROVED: &str = r#"{"request":"01960000-0000-7000-8000-000000000004","decided_as":"vai",
    "valid_until":"2026-12-31"}"#;

const REJECTED: &str = r#"{"request":"01960000-0000-7000-8000-000000000004","decided_as":"vai",
    "reason":"SK tidak terbaca.\nPindai ulang halaman 2 & 3."}"#;

fn notification(template: &str, event: &str) -> Notification {
    let deadline = (MONDAY_MS + THREE_DAYS_MS).to_string();
    Notification {
        id: 42,
        subject: "01960000-0000-7000-8000-000000000000".to_owned(),
        version: 3,
        template: template.to_owned(),
        recipient_email: "ppk.demo@contoh.example".to_owned(),
        recipient_name: "Demo PPK".to_owned(),
        event: event.replace("DEADLINE", &deadline),
        at: Instant::from_ms(MONDAY_MS),
        role_name: "Pejabat Pembuat Komitmen (PPK)".to_owned(),
        work_unit_name: "Dinas Pekerjaan Umum".to_owned(),
        institution_name: "Provinsi Bali".to_owned(),
        zone: Zone::Wita,
    }
}

fn office() -> Office {
    Office::new(
        "Akses INAPROC <tidak-dibalas@akses.example>",
        "https://akses.example/",
    )
    .unwrap()
}

fn mail(notification: &Notification) -> Message {
    compose(
        notification,
        &office(),
        Instant::from_ms(MONDAY_MS + 60_000),
    )
    .unwrap()
}

/// Header fields, plain text and HTML, as a mail program reads them.
struct Read {
    headers: String,
    plain: String,
    html: String,
}

fn read(message: &Message) -> Read {
    let bytes = message.formatted();
    assert!(bytes.is_ascii(), "no relay has to know 8BITMIME");
    let head_end = bytes.windows(4).position(|w| w == b"\r\n\r\n").unwrap();
    let parsed = MessageParser::new().parse(&bytes).unwrap();
    let text = |part: &PartType<'_>| match part {
        PartType::Text(text) | PartType::Html(text) => text.replace("\r\n", "\n"),
        other => panic!("an unexpected part: {other:?}"),
    };
    // The message itself and its two alternatives: nobody added a part.
    assert_eq!(parsed.parts.len(), 3);
    assert!(matches!(parsed.parts[1].body, PartType::Text(_)));
    assert!(matches!(parsed.parts[2].body, PartType::Html(_)));
    Read {
        headers: String::from_utf8_lossy(&bytes[..head_end]).replace("\r\n", "\n"),
        plain: text(&parsed.parts[1].body),
        html: text(&parsed.parts[2].body),
    }
}

#[test]
fn all_3_each_mail_says_what_happened_what_to_do_and_by_when() {
    for (name, template, event) in [
        ("registration-submitted", "request-submitted", REGISTRATION),
        ("reactivation-submitted", "request-submitted", REACTIVATION),
        ("extension-requested", "extension-requested", REACTIVATION),
        (
            "access-ending-30",
            "access-ending",
            r#"{"access":"01960000-0000-7000-8000-000000000002","account":"01960000-0000-7000-8000-000000000001","days":30,"ends_at":0,"valid_until":"2026-04-29"}"#,
        ),
        (
            "access-ending-7-late",
            "access-ending",
            r#"{"access":"01960000-0000-7000-8000-000000000002","account":"01960000-0000-7000-8000-000000000001","days":7,"ends_at":0,"valid_until":"2026-04-02"}"#,
        ),
        (
            "access-ending-1",
            "access-ending",
            r#"{"access":"01960000-0000-7000-8000-000000000002","account":"01960000-0000-7000-8000-000000000001","days":1,"ends_at":0,"valid_until":"2026-03-31"}"#,
        ),
        (
            "appeal-sent",
            "appeal-sent",
            r#"{"within_days":60,"until":"2026-05-29","until_ms":0,"week":"2026-W14","duty":"ukpbj-head"}"#,
        ),
        ("request-approved", "request-approved", APPROVED),
        ("request-rejected", "request-rejected", REJECTED),
        (
            "deactivated-none-open",
            "access-deactivated",
            r#"{"handover":{"kind":"none-open"}}"#,
        ),
        (
            "deactivated-successor",
            "access-deactivated",
            r#"{"handover":{"kind":"successor","account":"01960000-0000-7000-8000-000000000009"}}"#,
        ),
        ("reset-requested", "reset-requested", "{}"),
        (
            "reset-delivered",
            "reset-delivered",
            r#"{"kind":"delivered","expires_at":1774854600000,"messages":[]}"#,
        ),
        ("reset-letter-sent", "reset-letter-sent", "{}"),
        ("password-changed", "password-changed", "{}"),
        ("deactivated-unassigned", "access-deactivated", UNASSIGNED),
        ("handover-noted-unassigned", "handover-noted", UNASSIGNED),
        ("payment-reminder", "payment-reminder", UNASSIGNED),
        ("handover-received", "handover-received", NAMED),
        ("handover-noted", "handover-noted", NAMED),
        ("handover-named", "handover-named", NAMED),
        (
            "unassigned-reported",
            "unassigned-reported",
            r#"{"audience":"budget-user","work_unit":"x","ends":[
                {"access":"x","role_name":"Pejabat Pembuat Komitmen (PPK)","work_unit_name":"Dinas Contoh",
                 "valid_until":"2026-03-27","zone":"WITA","at":1774630800000},
                {"access":"y","role_name":"Pokja Pemilihan","work_unit_name":"Dinas Lain",
                 "valid_until":null,"zone":"WIB","at":1774630800000}]}"#,
        ),
        (
            "unassigned-reported-directorate",
            "unassigned-reported",
            r#"{"audience":"directorate","work_unit":null,"recipients":[],"ends":[
                {"access":"x","role_name":"Pejabat Pembuat Komitmen (PPK)","work_unit_name":"Dinas Contoh",
                 "valid_until":"2026-03-27","zone":"WITA","at":1774630800000}]}"#,
        ),
        (
            "request-filed-for-you",
            "request-filed-for-you",
            REGISTRATION,
        ),
        (
            "access-expired",
            "access-expired",
            r#"{"account":"01960000-0000-7000-8000-000000000001","valid_until":"2026-03-29","overtook_request":false}"#,
        ),
        (
            "access-expired-request-waits",
            "access-expired",
            r#"{"account":"01960000-0000-7000-8000-000000000001","valid_until":"2025-08-22","overtook_request":true}"#,
        ),
    ] {
        let Read {
            headers,
            plain,
            html,
        } = read(&mail(&notification(template, event)));
        check_snapshot(name, &format!("{headers}\n\n{plain}\n{html}"));
    }
}

fn check_snapshot(name: &str, actual: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/snapshots/{name}.txt"));
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&path, actual).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(actual, expected, "{} differs", path.display());
}

#[test]
fn the_text_and_the_html_say_the_same() {
    let Read { plain, html, .. } = read(&mail(&notification("request-rejected", REJECTED)));
    for word in [
        "SK tidak terbaca.",
        "ditolak pada",
        "Dinas Pekerjaan Umum",
        "https://akses.example/",
    ] {
        assert!(plain.contains(word) && html.contains(word), "{word}");
    }
}

#[test]
fn a_mail_keeps_its_message_id_with_every_try() {
    let notification = notification("request-approved", APPROVED);
    let id = "Message-ID: <01960000-0000-7000-8000-000000000000.3.42@akses.example>";
    for minutes in [0, 5, 60] {
        let at = Instant::from_ms(MONDAY_MS + minutes * 60_000);
        let message = compose(&notification, &office(), at).unwrap();
        assert!(read(&message).headers.contains(id));
    }
}

#[test]
fn nothing_typed_becomes_a_header() {
    let mut hostile = notification("request-rejected", REJECTED);
    hostile.recipient_name = "Demo\r\nBcc: korban@contoh.example\r\n\r\n<script>".to_owned();
    hostile.role_name = "PPK\r\nX-Evil: 1\n\n--=_akses_42_3\n".to_owned();
    hostile.subject = "1@x>\r\nX-Evil: 2".to_owned();
    let message = mail(&hostile);
    let headers = read(&message).headers;
    let names: Vec<_> = headers
        .lines()
        .filter(|line| !line.starts_with(' '))
        .map(|line| line.split(':').next().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "From",
            "To",
            "Subject",
            "Date",
            "Message-ID",
            "Auto-Submitted",
            "X-Auto-Response-Suppress",
            "Content-Language",
            "MIME-Version",
            "Content-Type"
        ]
    );
    let to: Vec<_> = message
        .envelope()
        .to()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(to, ["ppk.demo@contoh.example"]);
}

#[test]
fn nothing_typed_ends_a_part_or_becomes_markup() {
    let reason = "--=_akses_42_3--\n--=_akses_42_3\nContent-Type: text/html\n\n\
                  <img src=x onerror=alert(1)> \"'&</blockquote><script>alert(1)</script>\n.\n.\n\
                  \u{202E}terbalik\u{0}";
    let event = serde_json::json!({ "reason": reason }).to_string();
    let mut hostile = notification("request-rejected", &event);
    hostile.recipient_name = "<b onmouseover=alert(1)>Demo</b>".to_owned();
    hostile.work_unit_name = "</td><script>alert(1)</script>".to_owned();
    let Read { plain, html, .. } = read(&mail(&hostile));
    assert!(!html.contains("<script") && !html.contains("<img") && !html.contains("<b "));
    assert!(
        html.contains("&lt;img src=x onerror=alert(1)&gt; &quot;&#39;&amp;&lt;/blockquote&gt;")
    );
    assert!(plain.contains("> --=_akses_42_3--\n> --=_akses_42_3\n> Content-Type: text/html\n"));
    assert!(plain.contains("> terbalik\n"));
}

#[test]
fn a_reason_without_end_is_cut() {
    let event = serde_json::json!({ "reason": "x".repeat(1_000_000) }).to_string();
    let message = mail(&notification("request-rejected", &event));
    assert!(message.formatted().len() < 32 * 1024);
}

#[test]
fn what_cannot_be_sent_says_so_without_naming_anybody() {
    let broken = |change: fn(&mut Notification)| {
        let mut broken = notification("request-approved", APPROVED);
        change(&mut broken);
        compose(&broken, &office(), Instant::from_ms(0)).unwrap_err()
    };
    for address in [
        "",
        "bukan-alamat",
        "a@b@c",
        "a@b.example\r\nRCPT TO:<c@d.example>",
        "<a@b.example>",
    ] {
        let mut no_address = notification("request-approved", APPROVED);
        no_address.recipient_email = address.to_owned();
        let refused = compose(&no_address, &office(), Instant::from_ms(0)).map(|_| ());
        assert_eq!(refused, Err(Unsendable::BadRecipient), "{address}");
    }
    assert_eq!(
        broken(|n| n.template = "no-such-text".to_owned()),
        Unsendable::UnknownTemplate("no-such-text".to_owned())
    );
    for event in ["", "{}", "[]", r#"{"valid_until":"2026-02-30"}"#] {
        let mut no_event = notification("request-approved", event);
        no_event.event = event.to_owned();
        let refused = compose(&no_event, &office(), Instant::from_ms(0)).unwrap_err();
        assert!(
            matches!(refused, Unsendable::BadEvent(_)),
            "{event}: {refused}"
        );
        assert!(!refused.to_string().contains("2026-02-30"));
    }
}

#[test]
fn the_office_needs_an_address_and_an_origin() {
    let from = "Akses <a@b.example>";
    for (mail_from, origin, is_good) in [
        (from, "http://127.0.0.1:3000", true),
        (from, "https://akses.example/", true),
        ("", "https://akses.example", false),
        ("Akses", "https://akses.example", false),
        (from, "", false),
        (from, "akses.example", false),
        (from, "javascript://x", false),
        (from, "https://akses.example/\"><script>", false),
    ] {
        assert_eq!(
            Office::new(mail_from, origin).is_ok(),
            is_good,
            "{mail_from} {origin}"
        );
    }
}

/// For officials: about no access.
fn official(template: &str, event: &str) -> Notification {
    Notification {
        role_name: String::new(),
        work_unit_name: String::new(),
        ..notification(template, event)
    }
}

#[test]
fn ver_3_digests_say_what_to_do_by_whom_it_is_for() {
    let digest = |step: &str| {
        let submitted = MONDAY_MS - THREE_DAYS_MS / 2;
        format!(
            r#"{{"step":"{step}","rank":1,"count":12,"requests":[],"recipients":[],
                "nearest":{{"submitted_at":{submitted},"deadline_at":{}}}}}"#,
            submitted + THREE_DAYS_MS
        )
    };
    for (template, step) in [
        ("verification-reminded", "half-time"),
        ("verification-reminded", "near-end"),
        ("verification-escalated", "ukpbj-head"),
        ("verification-escalated", "directorate"),
    ] {
        let Read { plain, .. } = read(&mail(&official(template, &digest(step))));
        check_snapshot(&format!("{template}-{step}"), &plain);
    }
    // What is verified nationally is about no institution.
    let national = Notification {
        institution_name: String::new(),
        ..official("verification-escalated", &digest("directorate"))
    };
    let Read { plain, .. } = read(&mail(&national));
    assert!(plain.contains("diverifikasi secara nasional"), "{plain}");
}

#[test]
fn ver_1_both_are_told_who_stands_in_and_until_when() {
    const SUBSTITUTION: &str = r#"{"absent":"01960000-0000-7000-8000-000000000001",
        "substitute":"01960000-0000-7000-8000-000000000002","first_day":"2026-04-01",
        "last_day":"2026-04-10","absent_name":"Demo VAI","substitute_name":"Demo Pengganti"}"#;
    const ENDED: &str = r#"{"absent":"01960000-0000-7000-8000-000000000001",
        "substitute":"01960000-0000-7000-8000-000000000002","last_day":"2026-04-10",
        "absent_name":"Demo VAI","substitute_name":"Demo Pengganti"}"#;
    for (template, event) in [
        ("substitute-named", SUBSTITUTION),
        ("absence-recorded", SUBSTITUTION),
        ("substitution-ended", ENDED),
    ] {
        let Read { plain, .. } = read(&mail(&official(template, event)));
        check_snapshot(template, &plain);
    }
}

#[test]
fn gaps_among_verifiers_name_institutions_and_days() {
    for (state, event) in [
        ("ending", r#"{"state":"ending","last_end":1777046400000}"#),
        ("missing", r#"{"state":"missing","last_end":null}"#),
    ] {
        let Read { plain, .. } = read(&mail(&official("verifier-gap-found", event)));
        check_snapshot(&format!("verifier-gap-found-{state}"), &plain);
    }
    const GAPS: &str = r#"{"gaps":[
        {"institution":"01960000-0000-7000-8000-000000000001","version":1,"name":"Kota <b>A</b>",
         "zone":"WIT","state":"ending","last_end":1777042800000},
        {"institution":"01960000-0000-7000-8000-000000000002","version":3,"name":"Kota B",
         "zone":"WIB","state":"missing","last_end":null}],"recipients":[]}"#;
    let Read { plain, html, .. } = read(&mail(&Notification {
        institution_name: String::new(),
        ..official("verifier-gaps-reported", GAPS)
    }));
    check_snapshot("verifier-gaps-reported", &plain);
    assert!(!html.contains("<b>A"), "{html}");
}

const MEETING: &str = r#"{"access":"01960000-0000-7000-8000-000000000004",
    "starts_at":1774918800000,"ends_at":1774920600000,"day_ends_at":1774972800000,"place":1,
    "closes_at":1775491200000}"#;

const MISSED: &str = r#"{"access":"01960000-0000-7000-8000-000000000004","absent":"applicant",
    "starts_at":1774918800000,"closes_at":1775491200000}"#;

/// The invitation of a mail, as a mail program saves it.
fn attached(message: &Message) -> (String, String) {
    let bytes = message.formatted();
    assert!(bytes.is_ascii(), "no relay has to know 8BITMIME");
    let parsed = MessageParser::new().parse(&bytes).unwrap();
    let part = parsed.attachment(0).expect("an attachment");
    assert_eq!(parsed.attachment_count(), 1);
    let kind = part.content_type().unwrap();
    assert_eq!(kind.c_type, "text");
    assert_eq!(kind.subtype().unwrap(), "calendar");
    assert_eq!(kind.attribute("method").unwrap(), "REQUEST");
    let invitation = part.text_contents().unwrap().to_owned();
    let plain = parsed.body_text(0).unwrap().replace("\r\n", "\n");
    (plain, invitation)
}

#[test]
fn mtg_1_the_mail_says_when_and_what_to_have_ready_and_invites() {
    for (name, template) in [
        ("meeting-scheduled", "meeting-scheduled"),
        ("meeting-moved", "meeting-moved"),
    ] {
        let (plain, invitation) = attached(&mail(&notification(template, MEETING)));
        assert!(plain.contains("Surat Tugas"), "{plain}");
        let invitation = invitation.replace("\r\n", "\n");
        check_snapshot(name, &format!("{plain}\n{invitation}"));
    }
    let Read { plain, .. } = read(&mail(&notification("meeting-missed", MISSED)));
    check_snapshot("meeting-missed", &plain);
}

#[test]
fn mtg_2_a_calendar_moves_the_entry_it_has() {
    let line = |message: &Message, name: &str| {
        let (_, invitation) = attached(message);
        let found = invitation.lines().find(|line| line.starts_with(name));
        found
            .unwrap_or_else(|| panic!("{name}\n{invitation}"))
            .to_owned()
    };
    let mut moved = notification("meeting-moved", MEETING);
    moved.version = 4;
    let first = mail(&notification("meeting-scheduled", MEETING));
    let second = mail(&moved);
    assert_eq!(line(&first, "UID:"), line(&second, "UID:"));
    assert_eq!(line(&first, "SEQUENCE:"), "SEQUENCE:2");
    assert_eq!(line(&second, "SEQUENCE:"), "SEQUENCE:3");
    assert_eq!(line(&first, "DTSTART"), "DTSTART:20260331T010000Z");
}

#[test]
fn nothing_typed_adds_a_line_to_an_invitation() {
    let mut hostile = notification("meeting-scheduled", MEETING);
    hostile.work_unit_name = "Dinas\r\nATTACH:https://penipu.example/;X,Y\\".to_owned();
    let (_, invitation) = attached(&mail(&hostile));
    assert!(
        !invitation.lines().any(|line| line.starts_with("ATTACH")),
        "{invitation}"
    );
    assert!(invitation.contains("\\;X\\,Y"), "{invitation}");
}
