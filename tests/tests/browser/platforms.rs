//! /platform: from "Pilih Platform" through the terms into the platform itself
//! (PLA-1 to PLA-3). Steps are those of the guide for PA and KPA.

use akses_tests::browser::Browser;
use akses_tests::platform::{DemoPlatform, TERMS_HEADING};
use akses_tests::world::{LATER, Person, World};
use serde_json::{Value, json};
use std::sync::LazyLock;

struct Platforms {
    world: World,
    _doors: DemoPlatform,
}

/// Daftar Hitam admits PPK and PP, Katalog Elektronik only PP.
static PLATFORMS: LazyLock<Platforms> = LazyLock::new(with_platforms);

/// A world with platforms that open their doors on this machine.
fn with_platforms() -> Platforms {
    let world = World::new();
    let doors = DemoPlatform::start(&world, &world.host.clock());
    world.bring_platforms();
    let rows =
        [("HITAM", "Daftar Hitam"), ("KATALOG", "Katalog Elektronik")].map(|(code, name)| {
            let host = code.to_lowercase();
            format!(
                "{code},{name},Platform contoh,{},https://{host}.example,true\n",
                doors.entry(code)
            )
        });
    let heading = "code,name,description,entry_url,audience,active\n";
    world.import("platforms", &format!("{heading}{}", rows.concat()));
    Platforms {
        world,
        _doors: doors,
    }
}

fn holder(world: &World, roles: &[&str]) -> Person {
    let person = world.person();
    let unit = world.work_unit("BARAT");
    for role in roles {
        world.carry_over(&person, role, &unit, LATER);
    }
    person
}

fn browser_of(world: &World, person: &Person) -> Browser {
    let browser = Browser::new(world);
    browser.as_person(person);
    browser
}

/// How often this person entered a platform.
fn entries(world: &World, person: &Person) -> i64 {
    world.database().number(&format!(
        "SELECT count(*) FROM event WHERE kind = 'platform-entered' AND actor = '{}'",
        person.account
    ))
}

#[track_caller]
fn holds_no_assertion(browser: &Browser) {
    let kept = "document.documentElement.outerHTML + JSON.stringify({ ...localStorage, ...sessionStorage, ...history.state })";
    let found = browser.ask_page(&format!("return ({kept}).includes('eyJ')"));
    assert_eq!(found, false, "a signed assertion stayed in the browser");
}

#[test]
fn pla_1_to_3_with_one_access_the_way_leads_through_the_terms_straight_into_the_platform() {
    let world = &PLATFORMS.world;
    let person = holder(world, &["PP"]);
    let browser = Browser::new(world);
    // 16. "... dengan mengklik kolom Pilih Platform. ... halaman pop up untuk
    //     menampilkan pilihan dari platform."
    browser
        .sign_in(&person.email)
        .open("/platform")
        .dialog("Pilih Platform")
        .axe("platform: pilihan")
        .click_button("Pilih")
        .see("Pilih satu platform.")
        .axe("platform: belum dipilih")
        .keys(&["Escape"])
        .no_dialog()
        .axe("platform: kolom")
        .click_button("Pilih Platform")
        .dialog("Pilih Platform");
    // 17. "... memilih platform ..., lalu klik tombol Pilih."
    browser
        .choose("Platform yang ingin Anda masuki", "Katalog Elektronik")
        .click_button("Pilih");
    // 18. The list of accesses is left out where there is but one.
    // 19. "... mengkonfirmasi Syarat dan Ketentuan serta Kebijakan Privasi platform
    //     yang dipilih, lalu klik tombol Setuju."
    browser
        .heading("Syarat dan Ketentuan serta Kebijakan Privasi")
        .see("Teks terms KATALOG")
        .see("Teks privacy KATALOG")
        .see("Versi 1.0, berlaku sejak Kamis, 1 Agustus 2024 pukul 00.00 WIB")
        .axe("platform: syarat")
        .double_click_button("Setuju")
        .see("Selamat datang di KATALOG")
        .see(&person.name);
    assert_eq!(entries(world, &person), 1);
    // Back shows the door, open and without a trace of what was handed over.
    browser
        .back()
        .heading("Masuk ke Katalog Elektronik")
        .dont_see("Anda sedang diarahkan")
        .axe("platform: pintu");
    holds_no_assertion(&browser);
    browser
        .offline(true)
        .click_button("Masuk")
        .see("Sambungan terputus")
        .axe("platform: tanpa sambungan")
        .offline(false)
        .dont_see("Anda sedang luring")
        .double_click_button("Masuk")
        .see("Selamat datang di KATALOG");
    // The second time, the terms are known: choosing is entering.
    browser
        .open("/platform")
        .choose("Platform yang ingin Anda masuki", "Katalog Elektronik")
        .click_button("Pilih")
        .see("Selamat datang di KATALOG");
}

#[test]
fn pla_1_among_several_accesses_one_chooses_on_a_phone_in_the_dark_with_a_keyboard() {
    let world = &PLATFORMS.world;
    let person = holder(world, &["PPK", "PP"]);
    let browser = browser_of(world, &person);
    browser
        .phone()
        .dark()
        .open("/platform")
        .dialog("Pilih Platform")
        .fits_the_width()
        .axe("platform: pilihan")
        .keys(&["Space"])
        .tab_to("Pilih")
        .keys(&["Enter"])
        .heading("Daftar akses Anda")
        .fits_the_width()
        .axe("platform: akses")
        .tab_to("Selanjutnya")
        .keys(&["Enter"])
        .see("Pilih satu akses.")
        .axe("platform: akses belum dipilih")
        .keys(&["ArrowDown"])
        .tab_to("Selanjutnya")
        .keys(&["Enter"])
        .heading("Syarat dan Ketentuan serta Kebijakan Privasi")
        .tab_to("Setuju")
        .keys(&["Enter"])
        .focus_is("Masuk ke Daftar Hitam")
        .fits_the_width()
        .axe("platform: pintu")
        .tab_to("Masuk")
        .keys(&["Enter"])
        .see("Selamat datang di HITAM")
        .back()
        .heading("Masuk ke Daftar Hitam")
        .back()
        .heading("Daftar akses Anda");
    assert_eq!((browser.clicks(), entries(world, &person)), (0, 1));
}

#[test]
fn pla_2_a_version_that_came_meanwhile_is_read_and_agreed_to_before_entering() {
    let Platforms { world, _doors } = with_platforms();
    let person = holder(&world, &["PPK"]);
    let browser = browser_of(&world, &person);
    browser
        .open("/platform?platform=HITAM")
        .see("Teks terms HITAM");
    let renew = |version: &str| {
        let row = format!("HITAM,terms,{version},2026-03-01,Teks {version},,\n");
        world.import("platform-terms", &format!("{TERMS_HEADING}{row}"));
    };
    renew("2.0");
    browser
        .click_button("Setuju")
        .see("Baca versi yang berlaku, lalu setujui.")
        .see("Teks 2.0")
        .axe("platform: syarat berganti")
        .click_button("Setuju")
        .see("Selamat datang di HITAM")
        .back()
        .heading("Masuk ke Daftar Hitam");
    renew("3.0");
    browser
        .click_button("Masuk")
        .see("Baca dan setujui")
        .see("Teks 3.0")
        .click_button("Setuju")
        .see("Selamat datang di HITAM");
}

#[test]
fn pla_1_what_cannot_be_entered_says_why_and_what_to_do() {
    let world = &PLATFORMS.world;
    let (nobody, person) = (world.person(), holder(world, &["PPK"]));
    let browser = browser_of(world, &nobody);
    browser
        .open("/platform")
        .see("Belum ada platform yang dapat Anda masuki.")
        .see("Tidak ada akses Anda yang dapat masuk ke Daftar Hitam.")
        .axe("platform: tidak ada")
        .click_link("Mengapa saya tidak bisa masuk ke Daftar Hitam?")
        .at("/kenapa?platform=HITAM");
    browser
        .as_person(&person)
        .open("/platform")
        .dialog("Pilih Platform")
        .click_button("Katalog Elektronik")
        .see("Tidak ada akses Anda yang dapat masuk ke Katalog Elektronik.")
        .axe("platform: alasan")
        .click_button("Batal")
        .open("/platform?platform=NIHIL")
        .see("Platform ini tidak ada.")
        .axe("platform: tidak dikenal")
        .open("/platform?platform=HITAM")
        .see("Teks terms HITAM")
        .click_button("Setuju")
        .see("Selamat datang di HITAM")
        .back()
        .heading("Masuk ke Daftar Hitam");
    // It ends while its owner stands at the door.
    let list = person.get("/api/accesses").expect(200).json();
    let _ = person.deactivate(list["accesses"][0]["id"].as_str().unwrap());
    browser
        .click_button("Masuk")
        .see("Mengapa saya tidak bisa masuk?")
        .dont_see("Masuk ke Daftar Hitam")
        .axe("platform: akses berakhir di depan pintu");
    assert_eq!(entries(world, &person), 1);
}

#[test]
fn pla_3_a_session_that_ended_at_the_door_is_begun_anew_in_place() {
    let world = &PLATFORMS.world;
    let person = holder(world, &["PPK"]);
    let browser = browser_of(world, &person);
    browser
        .open("/platform?platform=HITAM")
        .see("Teks terms HITAM");
    let _ = person.post("/api/sign-out", &json!({})).expect(204);
    browser
        .click_button("Setuju")
        .dialog("Sesi Anda berakhir")
        .fill("Kata sandi", world.password())
        .click_button("Masuk")
        .see("Selamat datang di HITAM");
    let url: Value = browser.ask_page("return location.search");
    assert_eq!(
        url, "",
        "the assertion travels in a form, not in an address"
    );
}
