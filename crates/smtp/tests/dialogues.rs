//! Whole dialogues with a relay that says what the test tells it to.

use akses_smtp::{NotSent, Relay};
use lettre::Message;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::thread::{JoinHandle, spawn};
use std::time::{Duration, Instant};

const EHLO: (&str, &str) = ("EHLO", "250-relay\r\n250 AUTH PLAIN LOGIN\r\n");
const FROM: (&str, &str) = ("MAIL FROM:<a@b.example>", "250 ok\r\n");
const TO: (&str, &str) = ("RCPT TO:<c@d.example>", "250 ok\r\n");
const DATA: (&str, &str) = ("DATA", "354 go on\r\n");
const RSET: (&str, &str) = ("RSET", "250 ok\r\n");
const TAKEN: (&str, &str) = (".", "250 queued\r\n");

/// A relay for one connection: expects each line in its turn (a dot stands for
/// a whole mail) and says its reply, then hangs up. Gives back the mails.
fn relay(greeting: &str, script: &[(&str, &str)]) -> (SocketAddr, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let greeting = greeting.to_owned();
    let script: Vec<_> = script
        .iter()
        .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
        .collect();
    let served = spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        stream.write_all(greeting.as_bytes()).unwrap();
        let mut mails = Vec::new();
        for (expected, reply) in script {
            let mut line = String::new();
            if expected == "." {
                let mut mail = String::new();
                while line != ".\r\n" {
                    mail.push_str(&line);
                    line.clear();
                    reader.read_line(&mut line).unwrap();
                }
                mails.push(mail);
            } else {
                reader.read_line(&mut line).unwrap();
                assert!(
                    line.starts_with(&expected),
                    "expected {expected:?}, got {line:?}"
                );
            }
            stream.write_all(reply.as_bytes()).unwrap();
        }
        mails
    });
    (address, served)
}

fn connect(address: SocketAddr) -> Result<Relay, String> {
    Relay::connect_within(address, "b.example", None, Duration::from_millis(300))
        .map_err(|broken| broken.to_string())
}

fn mail(body: &str) -> Message {
    Message::builder()
        .from("a@b.example".parse().unwrap())
        .to("c@d.example".parse().unwrap())
        .body(body.to_owned())
        .unwrap()
}

#[test]
fn many_mails_go_over_one_connection() {
    let (address, served) = relay(
        "220 relay\r\n",
        &[
            EHLO,
            FROM,
            TO,
            DATA,
            TAKEN,
            FROM,
            TO,
            DATA,
            TAKEN,
            ("QUIT", "221 bye\r\n"),
        ],
    );
    let mut relay = connect(address).unwrap();
    relay.send(&mail("satu")).unwrap();
    relay.send(&mail("dua\r\n.\r\n.tiga")).unwrap();
    relay.quit();
    let mails = served.join().unwrap();
    assert!(mails[0].ends_with("\r\n\r\nsatu\r\n"), "{}", mails[0]);
    assert!(
        mails[1].ends_with("\r\n\r\ndua\r\n..\r\n..tiga\r\n"),
        "{}",
        mails[1]
    );
}

#[test]
fn a_refusal_concerns_one_mail_and_the_next_goes_through() {
    for (script, expected) in [
        (
            vec![
                EHLO,
                FROM,
                ("RCPT", "550 5.1.1 <c@d.example> unknown\r\n"),
                RSET,
            ],
            NotSent::Never("the relay refused the recipient: 550 5.1.1 <...> unknown".to_owned()),
        ),
        (
            vec![EHLO, FROM, ("RCPT", "450 4.2.0 greylisted\r\n"), RSET],
            NotSent::Later("the relay refused the recipient: 450 4.2.0 greylisted".to_owned()),
        ),
        (
            vec![EHLO, FROM, TO, ("DATA", "451 4.3.0 later\r\n"), RSET],
            NotSent::Later("the relay refused DATA: 451 4.3.0 later".to_owned()),
        ),
        (
            vec![EHLO, FROM, TO, DATA, (".", "554 5.6.0 no\r\n"), RSET],
            NotSent::Never("the relay refused the mail: 554 5.6.0 no".to_owned()),
        ),
        (
            vec![EHLO, FROM, TO, DATA, (".", "452 4.3.1 full\r\n"), RSET],
            NotSent::Later("the relay refused the mail: 452 4.3.1 full".to_owned()),
        ),
    ] {
        let script = [script.as_slice(), &[FROM, TO, DATA, TAKEN]].concat();
        let (address, served) = relay("220 relay\r\n", &script);
        let mut relay = connect(address).unwrap();
        assert_eq!(relay.send(&mail("satu")), Err(expected));
        assert_eq!(relay.send(&mail("dua")), Ok(()));
        assert!(served.join().unwrap().last().unwrap().contains("dua"));
    }
}

#[test]
fn what_is_no_mails_fault_breaks_the_connection() {
    for script in [
        vec![EHLO, ("MAIL", "530 5.7.0 sign in first\r\n")],
        vec![EHLO, ("MAIL", "421 closing\r\n")],
        vec![EHLO, FROM, ("RCPT", "421 closing\r\n")],
        vec![EHLO, FROM, TO, DATA, (".", "421 closing\r\n")],
        vec![
            EHLO,
            FROM,
            ("RCPT", "550 unknown\r\n"),
            ("RSET", "500 what\r\n"),
        ],
        vec![EHLO, FROM, TO],
        vec![EHLO, FROM, TO, DATA, (".", "")],
        vec![EHLO, FROM, TO, DATA, (".", "yes\r\n")],
    ] {
        let (address, served) = relay("220 relay\r\n", &script);
        let outcome = connect(address).unwrap().send(&mail("satu"));
        assert!(
            matches!(outcome, Err(NotSent::Broken(_))),
            "{script:?}: {outcome:?}"
        );
        served.join().unwrap();
    }
}

#[test]
fn a_relay_that_refuses_us_is_no_relay() {
    for (greeting, script, expected) in [
        (
            "554 go away\r\n",
            vec![],
            "the relay refused the greeting: 554 go away",
        ),
        (
            "220 relay\r\n",
            vec![("EHLO", "502 what\r\n")],
            "the relay refused EHLO: 502 what",
        ),
        (
            "HTTP/1.1 400 Bad Request\r\n",
            vec![],
            "the relay's reply makes no sense",
        ),
        ("", vec![], "the relay hung up"),
    ] {
        let (address, served) = relay(greeting, &script);
        assert_eq!(connect(address).err().as_deref(), Some(expected));
        served.join().unwrap();
    }
}

#[test]
fn nobody_listens() {
    let free = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let error = connect(free).err().unwrap();
    assert!(error.starts_with("no connection to the relay"), "{error}");
}

/// Bounds by the clock: silence, single bytes, and lines without end.
#[test]
fn a_relay_cannot_keep_us() {
    for chatter in ["", "2", "2 ", "220-more\r\n"] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            while stream.write_all(chatter.as_bytes()).is_ok() {
                std::thread::sleep(Duration::from_millis(50));
            }
        });
        let began = Instant::now();
        let error = connect(address).err().unwrap();
        assert_eq!(error, "the relay did not answer in time", "{chatter:?}");
        assert!(began.elapsed() < Duration::from_secs(2), "{chatter:?}");
    }
    let (address, _served) = relay(&"220-x\r\n".repeat(10_000), &[]);
    assert_eq!(
        connect(address).err().as_deref(),
        Some("the relay's reply has no end")
    );
    let (address, _served) = relay(&"220".repeat(100_000), &[]);
    assert_eq!(
        connect(address).err().as_deref(),
        Some("the relay's reply has no end")
    );
}

#[test]
fn signing_in_never_shows_the_password() {
    let credentials = || Some(("akses".to_owned(), "sangat-rahasia".to_owned()));
    // "\0akses\0sangat-rahasia"
    let plain = ("AUTH PLAIN AGFrc2VzAHNhbmdhdC1yYWhhc2lh", "235 welcome\r\n");
    let (address, served) = relay("220 relay\r\n", &[EHLO, plain]);
    let reply_time = Duration::from_millis(300);
    assert!(Relay::connect_within(address, "b.example", credentials(), reply_time).is_ok());
    served.join().unwrap();

    let login = [
        ("EHLO", "250-relay\r\n250 AUTH LOGIN\r\n"),
        ("AUTH LOGIN", "334 VXNlcm5hbWU6\r\n"),
        ("YWtzZXM=", "334 UGFzc3dvcmQ6\r\n"),
        ("c2FuZ2F0LXJhaGFzaWE=", "235 welcome\r\n"),
    ];
    let (address, served) = relay("220 relay\r\n", &login);
    assert!(Relay::connect_within(address, "b.example", credentials(), reply_time).is_ok());
    served.join().unwrap();

    for (script, expected) in [
        (
            vec![
                EHLO,
                ("AUTH PLAIN", "535 5.7.8 akses sangat-rahasia is wrong\r\n"),
            ],
            "the relay refused the sign-in: 535",
        ),
        (
            vec![("EHLO", "250 relay\r\n")],
            "the relay offers neither AUTH PLAIN nor LOGIN",
        ),
    ] {
        let (address, served) = relay("220 relay\r\n", &script);
        let refused = Relay::connect_within(address, "b.example", credentials(), reply_time);
        assert_eq!(refused.err().unwrap().to_string(), expected);
        served.join().unwrap();
    }
}
