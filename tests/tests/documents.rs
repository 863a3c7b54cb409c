//! `POST /api/documents` and `GET /api/documents/:id`: REG-4, and who may read
//! a decree.

use akses_tests::pdf;
use akses_tests::world::{LATER, World, text};
use sha2::{Digest, Sha256};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::LazyLock;
use std::time::Duration;

/// REG-4: 2 MB.
const DECREE_BYTES_MAX: usize = 2_097_152;

static WORLD: LazyLock<World> = LazyLock::new(World::new);

#[test]
fn a_decree_comes_back_as_it_went_in() {
    let person = WORLD.person();
    for content in [
        pdf::decree("Surat Tugas"),
        pdf::decree_of(1_000_001),
        pdf::decree_of(DECREE_BYTES_MAX),
    ] {
        let stored = person.upload("sk%20ppk%202026.pdf", &content).expect(201);
        let body = stored.json();
        let id = text(&body["id"]);
        assert_eq!(stored.text("location"), format!("/api/documents/{id}"));
        assert_eq!(body["name"], "sk ppk 2026.pdf");
        assert_eq!(body["size_bytes"], content.len());
        let sha256: String = Sha256::digest(&content)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(body["sha256"], sha256);
        let read = person.get(&format!("/api/documents/{id}")).expect(200);
        assert!(read.body == content, "{} bytes came back", read.body.len());
        assert_eq!(read.text("content-type"), "application/pdf");
        assert_eq!(
            read.text("content-security-policy"),
            "sandbox; default-src 'none'"
        );
        assert_eq!(
            read.text("content-disposition"),
            "inline; filename*=UTF-8''sk%20ppk%202026.pdf"
        );
        assert_eq!(read.text("x-content-type-options"), "nosniff");
    }
}

#[test]
fn a_decree_is_read_by_its_owner_and_by_who_verifies_it() {
    let person = WORLD.person();
    let form = person.form("PPK", &WORLD.work_unit("BARAT"), LATER);
    let path = format!("/api/documents/{}", text(&form["document"]));
    let _ = person.get(&path).expect(200);
    // Before it is cited by a request it is nobody else's business.
    WORLD.verifier("BARAT").get(&path).problem(404, "not-found");
    let _ = person.try_register(&form).expect(201);
    let _ = WORLD.verifier("BARAT").get(&path).expect(200);
    for stranger in [
        WORLD.person(),
        WORLD.verifier("TENGAH"),
        WORLD.national("VND"),
    ] {
        stranger.get(&path).problem(404, "not-found");
    }
    WORLD
        .client()
        .get(&path)
        .send()
        .problem(401, "not-signed-in");
}

#[test]
fn a_verifiers_own_decree_is_read_by_national_verifiers() {
    let person = WORLD.person();
    let form = person.form("VAI", &WORLD.work_unit("BARAT"), LATER);
    let path = format!("/api/documents/{}", text(&form["document"]));
    let _ = person.try_register(&form).expect(201);
    let _ = WORLD.national("VND").get(&path).expect(200);
    WORLD.verifier("BARAT").get(&path).problem(404, "not-found");
}

#[test]
fn the_same_content_twice_is_two_documents_and_stored_once() {
    let (person, neighbour) = (WORLD.person(), WORLD.person());
    let content = pdf::decree("Isi yang sama persis");
    let first = person.upload("a.pdf", &content).expect(201).json();
    let second = neighbour.upload("b.pdf", &content).expect(201).json();
    assert_ne!(first["id"], second["id"]);
    let sha256 = text(&first["sha256"]);
    assert_eq!(second["sha256"], sha256);
    let keys = WORLD.database().keys();
    assert_eq!(keys.iter().filter(|key| key.contains(&sha256)).count(), 1);
    neighbour
        .get(&format!("/api/documents/{}", text(&first["id"])))
        .problem(404, "not-found");
}

#[test]
fn a_name_is_for_showing_only() {
    let person = WORLD.person();
    let content = pdf::decree("Nama berkas");
    for (name, shown) in [
        ("", "dokumen.pdf"),
        ("surat", "surat"),
        ("..%2F..%2Fetc%2Fpasswd", "../../etc/passwd"),
        ("%22%3B%20filename%3D%22x.exe", "\"; filename=\"x.exe"),
    ] {
        let stored = person.upload(name, &content).expect(201).json();
        assert_eq!(stored["name"], shown);
        let read = person
            .get(&format!("/api/documents/{}", text(&stored["id"])))
            .expect(200);
        let disposition = read.text("content-disposition");
        let encoded = disposition
            .strip_prefix("inline; filename*=UTF-8''")
            .unwrap();
        let plain = |c: char| c.is_ascii_alphanumeric() || "%.-_".contains(c);
        assert!(encoded.chars().all(plain), "{disposition}");
    }
}

/// The host lets go of a client that takes nothing for 30 s.
const LONGER_THAN_A_STALL: Duration = Duration::from_secs(35);

#[test]
fn whoever_takes_nothing_of_an_answer_is_let_go() {
    // More than the buffers of both ends hold.
    const ANSWERS: usize = 12;
    let person = WORLD.person();
    let content = pdf::decree_of(DECREE_BYTES_MAX);
    let id = text(&person.upload("sk.pdf", &content).expect(201).json()["id"]);
    let authority = WORLD.client().authority();
    let mut socket = TcpStream::connect(&authority).unwrap();
    let request = format!(
        "GET /api/documents/{id} HTTP/1.1\r\nhost: {authority}\r\nauthorization: Bearer {}\r\n\r\n",
        person.token
    );
    socket
        .write_all(request.repeat(ANSWERS).as_bytes())
        .unwrap();
    std::thread::sleep(LONGER_THAN_A_STALL);
    socket.set_read_timeout(Some(LONGER_THAN_A_STALL)).unwrap();
    // What had left before it was let go arrives; an error is an end too.
    let mut received = Vec::new();
    let ended = socket.read_to_end(&mut received);
    let timed_out = ended.is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock);
    assert!(!timed_out, "the connection is still open");
    assert!(received.len() < ANSWERS * DECREE_BYTES_MAX);
}
