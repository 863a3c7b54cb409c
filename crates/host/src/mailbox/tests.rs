//! The mailbox over real sockets: SMTP conversations by hand, and the page as a
//! browser would ask for it. (The end-to-end tests deliver with the real sender.)

use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use super::*;

const LOOPBACK: &str = "127.0.0.1:0";

/// A line that starts with a dot must survive the wire, where it has two.
const LETTER: &str = "From: Akses <akses@contoh.example>\r\n\
    To: Demo <demo@contoh.example>\r\n\
    Subject: =?utf-8?B?UGVuZ2FqdWFuIGRpdGVyaW1hIOKckw==?=\r\n\
    Message-ID: <surat-1@contoh.example>\r\n\
    MIME-Version: 1.0\r\n\
    Content-Type: multipart/alternative; boundary=b\r\n\r\n\
    --b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHalo\r\n..titik\r\n\
    --b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n\
    <p>Halo</p><script>alert(1)</script>\r\n--b--";

async fn start(misfortunes: Misfortunes) -> Mailbox {
    Mailbox::start(MailboxOptions {
        listen_smtp: LOOPBACK.parse().unwrap(),
        listen_http: LOOPBACK.parse().unwrap(),
        folder: None,
        misfortunes,
    })
    .await
    .unwrap()
}

/// Delivers the letter in a conversation of its own and returns the final answer.
async fn send(mailbox: &Mailbox) -> String {
    let mut talk = Talk::open(mailbox).await;
    talk.ask("MAIL FROM:<akses@contoh.example>", "250").await;
    talk.ask("RCPT TO:<demo@contoh.example>", "250").await;
    talk.ask("DATA", "354").await;
    talk.say(LETTER).await;
    talk.say(".").await;
    let answer = talk.hear().await;
    talk.ask("QUIT", "221").await;
    answer
}

/// Sends one request and returns the whole answer, head and body.
async fn http(mailbox: &Mailbox, head: &str) -> String {
    let mut stream = TcpStream::connect(mailbox.http).await.unwrap();
    let request = format!("{head}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

async fn get(mailbox: &Mailbox, path: &str) -> String {
    http(
        mailbox,
        &format!("GET {path} HTTP/1.1\r\nhost: {}", mailbox.http),
    )
    .await
}

fn json_body(answer: &str) -> serde_json::Value {
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    serde_json::from_str(body).unwrap()
}

/// A conversation by hand: sends a line, expects a code.
struct Talk {
    stream: BufReader<TcpStream>,
}

impl Talk {
    async fn open(mailbox: &Mailbox) -> Talk {
        let stream = TcpStream::connect(mailbox.smtp).await.unwrap();
        let mut talk = Talk {
            stream: BufReader::new(stream),
        };
        talk.expect("220").await;
        talk.say("EHLO uji").await;
        while talk.hear().await.starts_with("250-") {}
        talk
    }

    async fn say(&mut self, line: &str) {
        let line = format!("{line}\r\n");
        self.stream.write_all(line.as_bytes()).await.unwrap();
    }

    async fn hear(&mut self) -> String {
        let mut line = String::new();
        let read = self.stream.read_line(&mut line);
        tokio::time::timeout(Duration::from_secs(5), read)
            .await
            .expect("the server answers")
            .unwrap();
        line
    }

    async fn expect(&mut self, code: &str) {
        let line = self.hear().await;
        assert!(line.starts_with(code), "expected {code}, got {line:?}");
    }

    async fn ask(&mut self, line: &str, code: &str) {
        self.say(line).await;
        self.expect(code).await;
    }

    async fn envelope(&mut self) {
        self.ask("MAIL FROM:<a@contoh.example>", "250").await;
        self.ask("RCPT TO:<b@contoh.example>", "250").await;
        self.ask("DATA", "354").await;
    }
}

#[tokio::test]
async fn a_letter_is_listed() {
    let mailbox = start(Misfortunes::default()).await;
    assert!(send(&mailbox).await.starts_with("250"));

    let list = json_body(&get(&mailbox, "/messages").await);
    let letter = &list[0];
    assert_eq!(letter["id"], 1);
    assert_eq!(letter["from"], "akses@contoh.example");
    assert_eq!(letter["to"], serde_json::json!(["demo@contoh.example"]));
    assert_eq!(letter["subject"], "Pengajuan diterima ✓");
    assert_eq!(letter["message_id"], "surat-1@contoh.example");
    assert_eq!(
        letter["text"].as_str().unwrap().trim_end(),
        "Halo\r\n.titik"
    );
    assert!(letter["html"].as_str().unwrap().contains("<p>Halo</p>"));
    assert_eq!(list.as_array().unwrap().len(), 1);
    mailbox.stop().await;
}

#[tokio::test]
async fn delete_empties_it() {
    let mailbox = start(Misfortunes::default()).await;
    assert!(send(&mailbox).await.starts_with("250"));
    let host = format!("host: {}", mailbox.http);
    let answer = http(&mailbox, &format!("DELETE /messages HTTP/1.1\r\n{host}")).await;
    assert!(answer.starts_with("HTTP/1.1 204"), "{answer}");
    assert_eq!(
        json_body(&get(&mailbox, "/messages").await),
        serde_json::json!([])
    );
}

#[tokio::test]
async fn the_page_shows_a_letter_without_running_it() {
    let mailbox = start(Misfortunes::default()).await;
    assert!(get(&mailbox, "/").await.contains("Belum ada surat"));
    assert!(send(&mailbox).await.starts_with("250"));

    let list = get(&mailbox, "/").await;
    assert!(list.contains("Kotak surat demo"));
    assert!(list.contains("href=\"/surat/1\""));

    let page = get(&mailbox, "/surat/1").await;
    assert!(
        page.contains("content-security-policy: default-src 'none'"),
        "{page}"
    );
    assert!(page.contains("sandbox=\"allow-popups allow-popups-to-escape-sandbox\""));
    assert!(
        page.contains("&lt;script&gt;"),
        "the HTML part is escaped into srcdoc"
    );
    assert!(!page.contains("<script"));

    assert!(
        get(&mailbox, "/surat/1.eml")
            .await
            .contains("Message-ID: <surat-1@")
    );
    assert!(get(&mailbox, "/surat/2").await.starts_with("HTTP/1.1 404"));
    assert!(get(&mailbox, "/surat/x").await.starts_with("HTTP/1.1 404"));
}

#[tokio::test]
async fn other_sites_and_other_names_are_refused() {
    let mailbox = start(Misfortunes::default()).await;
    assert!(send(&mailbox).await.starts_with("250"));
    let renamed = http(&mailbox, "GET /messages HTTP/1.1\r\nhost: jahat.example").await;
    assert!(renamed.starts_with("HTTP/1.1 421"), "{renamed}");
    let host = format!("host: localhost:{}", mailbox.http.port());
    let cross = format!("POST /kosongkan HTTP/1.1\r\n{host}\r\nsec-fetch-site: cross-site");
    assert!(http(&mailbox, &cross).await.starts_with("HTTP/1.1 403"));
    assert_eq!(mailbox.letters.all().len(), 1);

    let own = format!("POST /kosongkan HTTP/1.1\r\n{host}\r\nsec-fetch-site: same-origin");
    assert!(http(&mailbox, &own).await.starts_with("HTTP/1.1 303"));
    assert!(mailbox.letters.all().is_empty());
}

#[tokio::test]
async fn fails_as_often_as_asked_and_then_works() {
    let mailbox = start(Misfortunes {
        fail_first: 2,
        ..Misfortunes::default()
    })
    .await;
    for _ in 0..2 {
        assert!(send(&mailbox).await.starts_with("451"));
    }
    assert!(mailbox.letters.all().is_empty());
    assert!(send(&mailbox).await.starts_with("250"));
    assert_eq!(mailbox.letters.all().len(), 1);
}

#[tokio::test]
async fn a_refused_letter_does_not_end_the_conversation() {
    let mailbox = start(Misfortunes {
        fail_first: 1,
        ..Misfortunes::default()
    })
    .await;
    let mut talk = Talk::open(&mailbox).await;
    talk.envelope().await;
    talk.say("Subject: satu").await;
    talk.ask(".", "451").await;
    talk.ask("RSET", "250").await;
    talk.envelope().await;
    talk.say("Subject: dua").await;
    talk.ask(".", "250").await;
    talk.ask("QUIT", "221").await;
    let letters = mailbox.letters.all();
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].subject, "dua");
}

#[tokio::test]
async fn rejects_one_recipient_and_delivers_to_the_other() {
    let mailbox = start(Misfortunes {
        reject: vec!["tidak-ada@contoh.example".to_owned()],
        ..Misfortunes::default()
    })
    .await;
    let mut talk = Talk::open(&mailbox).await;
    talk.ask("MAIL FROM:<a@contoh.example>", "250").await;
    talk.ask("RCPT TO:<Tidak-Ada@contoh.example>", "550").await;
    talk.ask("DATA", "503").await;
    talk.ask("RCPT TO:<b@contoh.example>", "250").await;
    talk.ask("DATA", "354").await;
    talk.ask(".", "250").await;
    assert_eq!(mailbox.letters.all()[0].to, ["b@contoh.example"]);
}

#[tokio::test]
async fn takes_nothing_without_the_required_password() {
    let mailbox = start(Misfortunes {
        require_auth: Some(("akses".to_owned(), "benar".to_owned())),
        ..Misfortunes::default()
    })
    .await;
    let mut talk = Talk::open(&mailbox).await;
    talk.ask("MAIL FROM:<a@contoh.example>", "503").await;
    // In base64: NUL akses NUL salah, then NUL akses NUL benar.
    talk.ask("AUTH PLAIN AGFrc2VzAHNhbGFo", "535").await;
    talk.ask("MAIL FROM:<a@contoh.example>", "503").await;
    talk.ask("AUTH PLAIN AGFrc2VzAGJlbmFy", "235").await;
    talk.envelope().await;
    talk.ask(".", "250").await;

    let mut talk = Talk::open(&mailbox).await;
    talk.ask("AUTH LOGIN", "334").await;
    talk.ask("YWtzZXM=", "334").await;
    talk.ask("YmVuYXI=", "235").await;
    assert_eq!(mailbox.letters.all().len(), 1);
}

#[tokio::test]
async fn a_late_acknowledgement_comes_after_the_letter_is_kept() {
    let delay = Duration::from_millis(300);
    let mailbox = start(Misfortunes {
        delay,
        ..Misfortunes::default()
    })
    .await;
    let started = Instant::now();
    assert!(send(&mailbox).await.starts_with("250"));
    assert!(started.elapsed() >= delay);
    assert_eq!(mailbox.letters.all().len(), 1);
}

#[tokio::test]
async fn bounds_lines_letters_and_recipients() {
    let mailbox = start(Misfortunes::default()).await;
    let mut talk = Talk::open(&mailbox).await;
    talk.ask("MAIL FROM:<a@contoh.example>", "250").await;
    for _ in 0..100 {
        talk.ask("RCPT TO:<b@contoh.example>", "250").await;
    }
    talk.ask("RCPT TO:<b@contoh.example>", "452").await;
    talk.ask("DATA", "354").await;
    let line = "x".repeat(60_000);
    for _ in 0..180 {
        talk.say(&line).await;
    }
    talk.ask(".", "552").await;
    talk.envelope().await;
    talk.ask(".", "250").await;
    assert_eq!(mailbox.letters.all().len(), 1);

    let too_long = "x".repeat(70_000);
    talk.ask(&too_long, "500").await;
}

#[tokio::test]
async fn says_which_address_is_taken() {
    let mailbox = start(Misfortunes::default()).await;
    let second = Mailbox::start(MailboxOptions {
        listen_smtp: mailbox.smtp,
        listen_http: LOOPBACK.parse().unwrap(),
        folder: None,
        misfortunes: Misfortunes::default(),
    })
    .await;
    let Err(error) = second else {
        panic!("two servers on one port");
    };
    assert!(error.to_string().contains(&mailbox.smtp.to_string()));
}
