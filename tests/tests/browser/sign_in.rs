//! /masuk, and what every page does when a session ends or the line drops.

use akses_tests::browser::Browser;
use akses_tests::world::{PASSWORD, Person, World};
use serde_json::json;
use std::sync::LazyLock;

static WORLD: LazyLock<World> = LazyLock::new(World::new);

/// A page with a form, for somebody who is signed in.
const FORM: &str = "/pengaturan/profil";

fn half_filled(person: &Person) -> Browser {
    let browser = Browser::new(&WORLD);
    browser
        .as_person(person)
        .open(FORM)
        .click_button("Ubah NIP/NRP")
        .fill("Nomor induk", "19900101202012");
    browser
}

#[test]
fn a_wrong_password_is_told_and_the_right_one_leads_where_the_person_wanted_to_go() {
    let person = WORLD.person();
    let browser = Browser::new(&WORLD);
    browser
        .open("/pesan?dari=surel")
        .at("/masuk")
        .heading("Masuk")
        .axe("masuk")
        .click_button("Masuk")
        .see("2 isian perlu diperbaiki")
        .axe("masuk: kosong");
    browser
        .sign_in_here(&person.email, "bukan-kata-sandi-saya")
        .see("Alamat surel atau kata sandi salah")
        .axe("masuk: kata sandi salah");
    assert_eq!(browser.value("Surel"), person.email);
    browser
        .fill("Kata sandi", PASSWORD)
        .click_button("Masuk")
        .at("/pesan?dari=surel")
        .heading("Kotak Pesan");
}

#[test]
fn signing_in_leads_to_no_other_service() {
    let person = WORLD.person();
    let browser = Browser::new(&WORLD);
    browser.as_person(&person);
    for target in [
        "//jahat.example",
        "/\\jahat.example",
        "https://jahat.example/",
        "javascript:alert(1)",
        "jahat",
    ] {
        let target: String = target.bytes().map(|byte| format!("%{byte:02x}")).collect();
        browser
            .open(&format!("/masuk?ke={target}"))
            .see("Anda sudah masuk sebagai")
            .click_link("Lanjutkan")
            .at("/akses");
    }
}

#[test]
fn a_small_dark_phone_and_a_keyboard_are_enough() {
    let person = WORLD.person();
    let browser = Browser::new(&WORLD);
    browser
        .phone()
        .dark()
        .open("/masuk")
        .fits_the_width()
        .axe("masuk")
        .focus_is("Surel")
        .type_text(&person.email)
        .tab_to("Kata sandi")
        .type_text(PASSWORD)
        .tab_to("Tampilkan kata sandi")
        .keys(&["Space"])
        .tab_to("Masuk")
        .keys(&["Enter"])
        .at("/akses")
        .fits_the_width();
    assert_eq!(browser.clicks(), 0);
    browser
        .click_button("Menu")
        .axe("menu")
        .fits_the_width()
        .click_button("Keluar")
        .at("/masuk");
}

#[test]
fn pressing_twice_does_one_thing() {
    let person = WORLD.person();
    let before = WORLD.database().kinds(&person.account).len();
    half_filled(&person)
        .fill("Nomor induk", "199001012020121237")
        .double_click_button("Simpan")
        .see("NIP/NRP tersimpan");
    let after = WORLD.database().kinds(&person.account);
    assert_eq!(after.len(), before + 1, "{after:?}");
}

#[test]
fn a_session_that_ends_asks_in_place_and_loses_nothing() {
    let person = WORLD.person();
    let browser = half_filled(&person);
    let _ = person.post("/api/sign-out", &json!({})).expect(204);
    browser
        .fill("Nomor induk", "199001012020121234")
        .click_button("Simpan")
        .dialog("Sesi Anda berakhir")
        .axe("sesi berakhir");
    assert_eq!(browser.value("Surel"), person.email);
    browser
        .fill("Kata sandi", "bukan-kata-sandi-saya")
        .click_button("Masuk")
        .see("Alamat surel atau kata sandi salah")
        .fill("Kata sandi", PASSWORD)
        .click_button("Masuk")
        .no_dialog()
        .see("NIP/NRP tersimpan");
}

#[test]
fn a_line_that_drops_is_told_and_what_was_typed_stays() {
    let person = WORLD.person();
    let browser = half_filled(&person);
    browser
        .fill("Nomor induk", "199001012020121235")
        .offline(true)
        .see("Anda sedang luring")
        .axe("luring")
        .click_button("Simpan")
        .see("Sambungan terputus")
        .holds_value("Nomor induk", "199001012020121235")
        .offline(false)
        .dont_see("Anda sedang luring")
        .click_button("Simpan")
        .see("NIP/NRP tersimpan");
}

#[test]
fn leaving_with_something_unsaved_asks_first() {
    let person = WORLD.person();
    let browser = half_filled(&person);
    assert!(browser.asks_before_leaving());
    browser
        .fill("Nomor induk", "199001012020121236")
        .click_button("Simpan")
        .see("NIP/NRP tersimpan");
    assert!(!browser.asks_before_leaving());
}
