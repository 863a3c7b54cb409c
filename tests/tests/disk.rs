//! A disk that is full, and one that fails: clear answers, nothing half written,
//! and service again when there is room.

use akses_tests::client::Answer;
use akses_tests::database::Database;
use akses_tests::host::{Folder, Host, Options};
use akses_tests::pdf;
use akses_tests::world::{Person, World};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// More than fits into any of the disks here.
const TRIES_MAX: usize = 100;

/// Set by whoever knows that this machine cannot mount a disk.
const LEAVE_OUT: &str = "AKSES_NO_MOUNT";

const DECREE_BYTES: usize = 1_900_000;

/// Each its own, because equal content is stored once.
fn decree(number: usize) -> Vec<u8> {
    pdf::decree_of_saying(DECREE_BYTES, &format!("Surat Keputusan {number}"))
}

/// Files may grow to 8 MB (in blocks of 512 bytes); whoever writes beyond gets an
/// error, not a signal.
const FAILING_DISK: [&str; 4] = [
    "sh",
    "-c",
    "trap '' XFSZ; ulimit -f 16384; exec \"$@\"",
    "sh",
];

/// Does something until the disk does not take it any more; answers how often it
/// worked, and how it was refused.
fn until_refused(act: impl Fn(usize) -> Answer) -> (usize, Answer) {
    for number in 0..TRIES_MAX {
        let answer = act(number);
        if answer.status >= 400 {
            return (number, answer);
        }
    }
    panic!("the disk took everything");
}

/// What counts as stored.
fn stored(database: &Database) -> BTreeMap<String, i64> {
    let mut everything = database.everything();
    // Content without a record is harmless, and some parts may have been taken.
    everything.remove("key-value document");
    everything
}

#[track_caller]
fn is_told(answer: &Answer) {
    let kind = answer.json()["type"]
        .as_str()
        .unwrap()
        .rsplit(':')
        .next()
        .unwrap()
        .to_owned();
    match kind.as_str() {
        "store-full" => _ = answer.problem(507, "store-full"),
        _ => _ = answer.problem(503, "store-unavailable"),
    }
    assert!(!answer.text("retry-after").is_empty(), "{}", answer.shown());
}

fn units(part: usize) -> String {
    let rows =
        (0..500).map(|row| format!("P{part}-{row},BARAT,Satuan Kerja Massal {part} {row},\n"));
    format!(
        "code,institution,name,address\n{}",
        rows.collect::<String>()
    )
}

#[test]
fn a_failing_disk_is_told_and_leaves_nothing_half_written() {
    let options = Options::default();
    let mut world = World::with(options.clone().under(&FAILING_DISK));
    let person = world.person();

    // Key-value storage first: decrees.
    let mut before = stored(&world.database());
    let (uploads, refused) = until_refused(|number| person.upload("sk.pdf", &decree(number)));
    is_told(&refused);
    let more = i64::try_from(uploads).unwrap();
    for table in ["event", "document"] {
        *before.get_mut(table).unwrap() += more;
    }
    assert_eq!(stored(&world.database()), before);
    let _ = person.get("/api/me").expect(200);

    // Then the record.
    let import = |part| {
        world
            .operator("/internal/import/work-units")
            .body(units(part))
            .send()
    };
    let (parts, refused) = until_refused(import);
    is_told(&refused);
    is_told(&import(parts + 1));
    let count = "SELECT count(*) FROM work_unit";
    let folded = world.database().number(count);
    assert!(folded >= i64::try_from(parts * 500).unwrap());
    let recorded = "SELECT count(*) FROM event WHERE kind = 'work-unit-recorded'";
    assert_eq!(world.database().number(recorded), folded);
    let _ = person.get("/api/accesses").expect(200);
    let health = world.client().get("/health").send();
    assert!([200, 503].contains(&health.status), "{}", health.shown());

    // There is room again.
    world.host.kill();
    world.host.set_options(options);
    world.host.start_again();
    world.database().is_sound();
    assert_eq!(world.database().number(count), folded);
    let again = world.import("work-units", &units(parts));
    let some = world.database().number(count);
    assert_eq!(some, folded + again["added"].as_i64().unwrap());
    assert_eq!(
        again["added"].as_i64().unwrap() + again["unchanged"].as_i64().unwrap(),
        500
    );
    let _ = person.upload("sk.pdf", &decree(uploads)).expect(201);
}

/// A disk of its own for the state folder, with a file on it that can make room.
///
/// # Panics
/// Where the machine lets nobody mount one; see [`LEAVE_OUT`].
fn small_disk() -> Host {
    const MOUNT: &str = "mount -t tmpfs -o size=12m tmpfs \"$0\" \
        && head -c 4000000 /dev/zero > \"$0/ballast\" && exec \"$@\"";
    let may_mount = Command::new("unshare")
        .args(["-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"])
        .status();
    assert!(
        may_mount.is_ok_and(|status| status.success()),
        "this machine lets nobody mount a disk; to leave this test out, type
  {LEAVE_OUT}=1 cargo akses test"
    );
    let folder = Folder::new();
    let state = folder.state();
    fs::create_dir_all(&state).unwrap();
    let under = ["unshare", "-rm", "sh", "-c", MOUNT, state.to_str().unwrap()];
    Host::start_on(folder, Options::default().under(&under))
}

/// How many documents the record on that disk has. Counted in a copy, because
/// SQLite takes the way into another process's disk for a plain link; nobody
/// writes meanwhile.
fn documents(inside: &Path) -> i64 {
    let copy = Folder::new();
    fs::create_dir_all(copy.state()).unwrap();
    for entry in fs::read_dir(inside).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name();
        if name.to_string_lossy().contains(".db") {
            fs::copy(entry.path(), copy.state().join(name)).unwrap();
        }
    }
    let database = copy.database();
    database.is_sound();
    database.number("SELECT count(*) FROM document")
}

/// The state folder as the host sees it.
fn inside(host: &Host) -> PathBuf {
    let state = host.folder.state();
    let state = state.strip_prefix("/").unwrap();
    Path::new("/proc")
        .join(host.process_id().to_string())
        .join("root")
        .join(state)
}

#[test]
fn a_full_disk_is_told_and_served_from_again_when_there_is_room() {
    if std::env::var_os(LEAVE_OUT).is_some() {
        return;
    }
    let host = small_disk();
    let inside = inside(&host);
    let world = World::empty(host);
    let row = format!(
        "email,name,password,nip\nsatu@contoh.example,Orang Contoh,{},\n",
        akses_tests::world::PASSWORD
    );
    world.import("accounts", &row);
    let person: Person = world.sign_in("satu@contoh.example");
    let before = documents(&inside);
    let (uploads, refused) = until_refused(|number| person.upload("sk.pdf", &decree(number)));
    refused.problem(507, "store-full");
    assert!(
        !refused.text("retry-after").is_empty(),
        "{}",
        refused.shown()
    );
    assert_eq!(documents(&inside), before + uploads as i64);
    // It goes on reading, and refusing, for as long as it lasts.
    let _ = person.get("/api/me").expect(200);
    let content = decree(uploads);
    person.upload("sk.pdf", &content).problem(507, "store-full");
    fs::remove_file(inside.join("ballast")).unwrap();
    let _ = person.upload("sk.pdf", &content).expect(201);
    assert_eq!(documents(&inside), before + uploads as i64 + 1);
}
