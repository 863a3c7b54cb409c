//! /masuk, and what happens when a session ends or the line drops.

use akses_tests::browser::Browser;
use akses_tests::world::{PASSWORD, World};
use std::sync::LazyLock;

static WORLD: LazyLock<World> = LazyLock::new(World::new);

#[test]
fn a_wrong_password_is_told_and_the_right_one_leads_where_the_person_wanted_to_go() {
    let person = WORLD.person();
    let browser = Browser::new(&WORLD);
    browser
        .open("/akses?x=1")
        .at("/masuk")
        .heading("Masuk")
        .axe("masuk");
    browser
        .sign_in_here(&person.email, "bukan-kata-sandi-saya")
        .see("Surel atau kata sandi salah")
        .axe("masuk: kata sandi salah");
    assert_eq!(browser.value("Surel"), person.email);
    browser
        .fill("Kata sandi", PASSWORD)
        .click_button("Masuk")
        .at("/akses?x=1");
}
