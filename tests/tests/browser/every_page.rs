//! Every page of static/, as it looks to somebody of the demo who may see it: at a
//! desk and on a small phone, light and dark.

use akses_tests::browser::Browser;
use akses_tests::world::{LATER, Person, World, text};
use akses_tests::{pages, pdf};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::thread;

/// A first view with all that it fetches, as it comes over the wire.
const FIRST_VIEW_BYTES_MAX: u64 = 60_000;

/// What every title ends with; the start page is called just so.
const TITLE_END: &str = "Akses INAPROC";

/// Browsers that walk at once: as many as a small machine has cores.
const WALKERS: usize = 2;

/// The demo with something on each page.
struct Scene {
    world: World,
    ids: BTreeMap<&'static str, String>,
}

impl Scene {
    fn new() -> Self {
        let world = World::demo();
        let ids = [
            ("pending", pending(&world)),
            ("meeting", meeting(&world)),
            ("collective", collective(&world)),
            ("cut-off", cut_off(&world)),
            ("reset", reset(&world)),
            ("ends-soon", access_of(&official(&world, "ppk2.kemenkeu"))),
        ];
        Self {
            world,
            ids: ids.into(),
        }
    }

    /// Who looks at the page of a file of static/, and at which address; nobody
    /// when it is open to all.
    fn visit(&self, file: &str) -> Option<(Option<&'static str>, String)> {
        let id = |name: &str| &self.ids[name];
        let (who, query) = match file {
            "404.html"
            | "index.html"
            | "masuk.html"
            | "kata-sandi-baru.html"
            | "kode-ambil.html" => (None, String::new()),
            "akses.html"
            | "pengaturan/informasi-instansi.html"
            | "pengaturan/profil.html"
            | "pesan.html"
            | "platform.html" => (Some("ppk.kemenkeu"), String::new()),
            "daftar-akses.html" => (Some("pegawai.baru"), String::new()),
            "dasbor.html" | "pengganti.html" | "verifikasi.html" | "rapat/antrean.html" => {
                (Some("vai.kemenkeu"), String::new())
            }
            "kenapa.html" => (Some("ppk.papua"), String::new()),
            "kolektif.html" | "reset.html" | "reset/laporan.html" => {
                (Some("ukpbj.kemenkeu"), String::new())
            }
            "kolektif/lihat.html" => (Some("ukpbj.kemenkeu"), format!("?id={}", id("collective"))),
            "nonaktifkan.html" | "perbaikan-data.html" | "riwayat.html" => {
                (Some("ppk2.kemenkeu"), format!("?akses={}", id("ends-soon")))
            }
            "pemutusan.html" | "pemutusan/surat.html" => (Some("direktorat"), String::new()),
            "pemutusan/lihat.html" => (Some("direktorat"), format!("?id={}", id("cut-off"))),
            "rapat.html" => (Some("penyedia"), format!("?id={}", id("meeting"))),
            "reset/baru.html" => (Some("kasatker.kemenkeu"), String::new()),
            "reset/tiket.html" => (Some("ukpbj.kemenkeu"), format!("?id={}", id("reset"))),
            "serah-terima.html" => (Some("kpa2.kemenkeu"), String::new()),
            "verifikasi/pengajuan.html" => (Some("vai.kemenkeu"), format!("?id={}", id("pending"))),
            _ => return None,
        };
        let path = file.trim_end_matches(".html");
        let path = if path == "index" { "" } else { path };
        Some((who, format!("/{path}{query}")))
    }
}

fn official(world: &World, name: &str) -> Person {
    world.sign_in(&format!("{name}@contoh.example"))
}

fn access_of(person: &Person) -> String {
    let page = person.get("/api/accesses").expect(200).json();
    text(&page["accesses"][0]["id"])
}

/// A request that waits for the VAI.
fn pending(world: &World) -> String {
    let person = official(world, "pegawai.baru");
    let unit = world.work_unit("KEMENKEU");
    person.register("PPK", &unit, LATER).request()
}

/// A supplier's request, which has a meeting.
fn meeting(world: &World) -> String {
    let person = official(world, "penyedia");
    let unit = world.work_unit("KEMENKEU");
    person.register("PPK", &unit, LATER).request()
}

/// A collective letter that was checked: a row that is right, and one that is not.
fn collective(world: &World) -> String {
    let head = official(world, "ukpbj.kemenkeu");
    let document = head.upload_decree();
    let unit = world.work_unit("KEMENKEU").code;
    let rows = format!(
        "email,role,work_unit,valid_until\npegawai.baru@contoh.example,PP,{unit},{LATER}\ntidak-ada@contoh.example,PP,{unit},{LATER}\n"
    );
    let checked = head
        .call("POST", &format!("/api/collective?document={document}"))
        .header("content-type", "text/csv")
        .body(rows)
        .send()
        .expect(201);
    text(&checked.json()["id"])
}

/// A national cut-off that was planned.
fn cut_off(world: &World) -> String {
    let letter = json!({
        "letter_number": "0815/D.2.3/03/2026", "letter_date": "2026-03-27", "last_day": "2026-06-30",
        "scope": { "kind": "everyone" },
    });
    let planned = official(world, "direktorat").post("/api/cut-offs/plan", &letter);
    text(&planned.expect(201).json()["id"])
}

/// A request for a password reset, which the Kepala UKPBJ has to pass on.
fn reset(world: &World) -> String {
    let head = official(world, "kasatker.kemenkeu");
    let unit = world
        .database()
        .text("SELECT id FROM work_unit WHERE code = 'KEMENKEU-DJP'");
    let letter = head.upload("surat.pdf", &pdf::decree("Permohonan reset"));
    let request = json!({
        "work_unit": unit, "document": text(&letter.expect(201).json()["id"]),
        "letter_number": "B-7/SATKER/2026", "letter_date": "2026-03-27",
        "people": [{ "access": access_of(&official(world, "ppk.kemenkeu")), "pickup": Value::Null }],
    });
    let opened = head.post("/api/password-resets", &request).expect(201);
    text(&opened.json()["id"])
}

fn look_at(browser: &Browser, file: &str, address: &str) {
    let state = format!("halaman {}", file.trim_end_matches(".html"));
    let bytes = browser.desk().light().bytes_over_the_wire(address);
    assert!(
        browser.address().starts_with(address),
        "{address} leads to {}: its person may not see it",
        browser.address()
    );
    let facts = browser.ask_page(
        "return { headings: document.querySelectorAll('h1').length, title: document.title }",
    );
    assert_eq!(facts["headings"], 1, "{address}: one h1");
    let title = text(&facts["title"]);
    let is_start = address == "/" && title == TITLE_END;
    assert!(
        is_start || title.ends_with(&format!(" · {TITLE_END}")),
        "{address}: {title}"
    );
    browser
        .axe(&state)
        .dark()
        .axe_colours(&format!("{state}, dark"))
        .phone()
        .fits_the_width()
        .axe(&state)
        .light()
        .axe_colours(&format!("{state}, phone"))
        .console_clean();
    assert!(
        bytes <= FIRST_VIEW_BYTES_MAX,
        "{address} takes {bytes} bytes, {FIRST_VIEW_BYTES_MAX} at most"
    );
}

/// Looks at pages until none is left; answers which were not as they should be.
fn walk(scene: &Scene, left: &Mutex<Vec<String>>) -> Vec<String> {
    let browser = Browser::new(&scene.world);
    let mut people = BTreeMap::new();
    let mut bad = Vec::new();
    loop {
        let Some(file) = left.lock().expect("no panic while it is held").pop() else {
            return bad;
        };
        let looked = catch_unwind(AssertUnwindSafe(|| {
            let visit = scene.visit(&file);
            let (who, address) =
                visit.unwrap_or_else(|| panic!("who sees static/{file}? say it in every_page.rs"));
            browser.lose_session();
            if let Some(who) = who {
                browser.as_person(
                    people
                        .entry(who)
                        .or_insert_with(|| official(&scene.world, who)),
                );
            }
            look_at(&browser, &file, &address);
        }));
        if looked.is_err() {
            browser.forget_complaints();
            bad.push(file);
        }
    }
}

#[test]
fn every_page_is_for_everybody_on_every_screen_and_light_on_the_line() {
    let scene = Scene::new();
    let left = Mutex::new(pages::files("html"));
    let bad: Vec<String> = thread::scope(|scope| {
        let walkers: Vec<_> = (0..WALKERS)
            .map(|_| scope.spawn(|| walk(&scene, &left)))
            .collect();
        let walked = walkers
            .into_iter()
            .flat_map(|walker| walker.join().expect("it catches its pages"));
        walked.collect()
    });
    assert!(
        bad.is_empty(),
        "not as they should be (why is above): {bad:#?}"
    );
}
