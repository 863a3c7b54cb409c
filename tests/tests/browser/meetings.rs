//! /rapat and /rapat/antrean: a supplier and the verifier meet (MTG-1 to MTG-4).
//! Steps are those of the guide for suppliers.

use akses_tests::browser::Browser;
use akses_tests::host::Options;
use akses_tests::mailbox::Mailbox;
use akses_tests::world::{LATER, Person, World};
use serde_json::json;

const HOLIDAYS: &str = include_str!("../../../crates/host/demo/holidays.csv");

/// Worlds begin on a Friday, 14.10 WIB: the first slot is at 15.30, and the next
/// ones are on Monday, 30 March 2026.
const MONDAY: &str = "2026-03-30T00:10:00Z";

fn world_with(options: Options) -> World {
    let world = World::with(options);
    world.import("holidays", HOLIDAYS);
    world
}

fn asks(world: &World, person: &Person) -> String {
    let unit = world.work_unit("BARAT");
    person.register("PPK", &unit, LATER).request()
}

fn page_of(request: &str) -> String {
    format!("/rapat?id={request}")
}

fn browser_of(world: &World, email: &str) -> Browser {
    let browser = Browser::new(world);
    browser.as_person(&world.sign_in(email));
    browser
}

#[test]
fn mtg_1_to_3_from_the_schedule_through_the_waiting_room_to_the_result() {
    let mailbox = Mailbox::start();
    let options = Options::default()
        .variable("smtp_relay", &mailbox.smtp)
        .variable("jitsi_origin", "http://127.0.0.1:1");
    let world = world_with(options);
    let verifier = world.verifier("BARAT");
    let (first, supplier) = (world.supplier(), world.supplier());
    let request = asks(&world, &supplier);
    let ahead = asks(&world, &first);

    // 6. "Sistem akan menjadwalkan pertemuan virtual ...; mempersiapkan ... Surat
    //    Tugas."
    let browser = Browser::new(&world);
    browser
        .sign_in(&supplier.email)
        .open("/rapat")
        .at(&page_of(&request))
        .heading("Jadwal rapat")
        .see("Jumat, 27 Maret 2026 pukul 15.30–16.00 WIB")
        .see("Rapat dimulai 1 jam")
        .see("Surat Tugas atau Surat Keterangan Kerja asli")
        .axe("rapat: terjadwal");
    // 7. "... dapat mengklik tombol Cari Jadwal Lain ... dalam rentang waktu 5 hari
    //    kerja."
    browser
        .see("dalam 5 hari kerja setelah pendaftaran, paling banyak 11 kali")
        .click_button("Cari Jadwal Lain")
        .dialog("Cari jadwal lain?")
        .axe("rapat: cari jadwal lain")
        .double_click_button("Cari Jadwal Lain")
        .dialog("Jadwal Anda sudah diganti")
        .see("Senin, 30 Maret 2026 pukul 08.30 WIB")
        .axe("rapat: jadwal diganti")
        .click_button("Tutup")
        .no_dialog();
    assert_eq!(
        world.database().kinds(&request),
        ["meeting-scheduled", "meeting-moved"]
    );
    // 8. "... pada hari yang telah dijadwalkan, Pengguna dapat mengklik tombol Gabung
    //    Rapat."
    browser
        .see("Gabung Rapat dapat ditekan pada hari rapat: mulai Senin, 30 Maret 2026 pukul 00.00 WIB")
        .axe("rapat: sebelum harinya");
    world.host.set_clock(MONDAY);
    let _ = world
        .sign_in(&first.email)
        .post(&format!("/api/requests/{ahead}/meeting/join"), &json!({}))
        .expect(200);
    browser
        .as_person(&world.sign_in(&supplier.email))
        .reload()
        .double_click_button("Gabung Rapat");
    // 9. "... akan diarahkan ke halaman ruang tunggu."
    browser
        .focus_is("Ruang tunggu")
        .see("1 orang di depan Anda")
        .axe("rapat: ruang tunggu");
    let desk = browser_of(&world, &verifier.email);
    desk.open("/rapat/antrean")
        .see("2 orang menunggu di ruang tunggu")
        .axe("antrean: menunggu")
        .double_click_button("Panggil Berikutnya")
        .focus_is(&format!(
            "Masuk ruang video dengan {} (tab baru)",
            first.name
        ))
        .see("1 orang menunggu di ruang tunggu")
        .axe("antrean: dipanggil");
    browser.see("Anda berikutnya.");
    // A line that drops costs nobody their turn.
    browser
        .offline(true)
        .see("Sambungan terputus. Menyambung kembali")
        .axe("rapat: tanpa sambungan");
    desk.click_button("Panggil Berikutnya")
        .see("Belum ada yang menunggu di ruang tunggu");
    // 10. "Jika agen verifikator telah siap ..., diarahkan ke halaman video call."
    browser
        .offline(false)
        .heading("Giliran Anda")
        .see("Tersambung.")
        .axe("rapat: dipanggil")
        .phone()
        .dark()
        .fits_the_width()
        .axe("rapat: dipanggil");
    assert!(
        browser
            .ask_page("return document.title")
            .as_str()
            .unwrap()
            .starts_with("Giliran Anda")
    );
    // Nothing of the video service is in this page.
    assert_eq!(
        browser.ask_page("return document.querySelectorAll('iframe, object, embed').length"),
        0
    );
    browser
        .desk()
        .light()
        .forgive("127.0.0.1:1/")
        .click_link("Masuk Ruang Video (tab baru)")
        .newest_tab();
    // 11. "... email notifikasi yang menginformasikan bahwa akses ... disetujui."
    desk.phone()
        .dark()
        .fits_the_width()
        .axe("antrean: dipanggil");
    world.sign_in(&verifier.email).approve(&request);
    browser
        .close_tab()
        .heading("Pengajuan Anda disetujui.")
        .axe("rapat: disetujui")
        .click_link("Pilih Platform")
        .at("/platform");
    let _ = world.drive("deliver-notifications").send().expect(200);
    let letters = mailbox.letters_to(&supplier.email);
    assert!(
        letters.iter().any(|it| it.words().contains("disetujui")),
        "{letters:#?}"
    );

    // 12. "... ditolak, sistem akan mengirimkan email notifikasi."
    world
        .sign_in(&verifier.email)
        .reject(&ahead, "Nama pada Surat Tugas berbeda dengan nama akun.");
    browser
        .as_person(&world.sign_in(&first.email))
        .open(&page_of(&ahead))
        .heading("Pengajuan Anda ditolak.")
        .see("Nama pada Surat Tugas berbeda dengan nama akun.")
        .axe("rapat: ditolak")
        .click_link("Ajukan Lagi")
        .at("/daftar-akses");
}

#[test]
fn mtg_3_the_button_opens_on_its_day_in_a_page_that_was_open_before() {
    let world = world_with(Options::default());
    let supplier = world.supplier();
    let (_, request) = (asks(&world, &supplier), asks(&world, &supplier));
    // Sunday, 23.00 WIB, and an hour later.
    world.host.set_clock("2026-03-29T16:00:00Z");
    let browser = browser_of(&world, &supplier.email);
    browser
        .open(&page_of(&request))
        .see("mulai Senin, 30 Maret 2026 pukul 00.00 WIB")
        .tab_to("Gabung Rapat")
        .keys(&["Enter"])
        .heading("Jadwal rapat");
    world.host.set_clock("2026-03-29T17:00:01Z");
    browser
        .offline(true)
        .see("Anda sedang luring")
        .offline(false)
        .see("Gabung Rapat membuka ruang tunggu")
        .focus_is("Gabung Rapat")
        .keys(&["Enter"])
        .heading("Ruang tunggu")
        .see("Anda berikutnya.");
}

#[test]
fn mtg_4_who_missed_it_finds_another_time_by_keyboard_while_the_days_last() {
    let world = world_with(Options::default());
    let supplier = world.supplier();
    let request = asks(&world, &supplier);
    let never_attended = asks(&world, &supplier);
    world.host.set_clock(MONDAY);
    let browser = browser_of(&world, &supplier.email);
    browser
        .phone()
        .dark()
        .open(&page_of(&request))
        .see("Terlewat")
        .fits_the_width()
        .axe("rapat: terlewat")
        .tab_to("Cari Jadwal Lain")
        .keys(&["Enter"])
        .dialog("Cari jadwal lain?")
        .tab_to("Cari Jadwal Lain")
        .keys(&["Enter"])
        .dialog("Jadwal Anda sudah diganti")
        .keys(&["Escape"])
        .no_dialog()
        .focus_is("Jadwal rapat")
        .see("Senin, 30 Maret 2026 pukul 08.30–09.00 WIB")
        .tab_to("Gabung Rapat")
        .keys(&["Enter"])
        .focus_is("Ruang tunggu")
        .axe("rapat: ruang tunggu");
    assert_eq!(browser.clicks(), 0);
    // Who leaves the waiting room for another time is told so.
    browser
        .desk()
        .light()
        .click_button("Cari Jadwal Lain")
        .see("Anda juga keluar dari ruang tunggu.")
        .click_button("Batal")
        .see("Anda berikutnya.");
    world.host.set_clock("2026-04-08T00:00:00Z");
    let _ = world.drive("close-meetings").send().expect(200);
    browser
        .as_person(&world.sign_in(&supplier.email))
        .open(&page_of(&never_attended))
        .heading("Pengajuan Anda ditolak.")
        .see("batas 5 hari kerja");
}

#[test]
fn ver_1_each_page_says_whom_it_is_for_and_what_others_do() {
    let world = world_with(Options::default());
    let (supplier, other) = (world.supplier(), world.person());
    let requests = [asks(&world, &supplier), asks(&world, &supplier)];
    let browser = browser_of(&world, &other.email);
    browser
        .open("/rapat/antrean")
        .see("Antrean ini hanya untuk verifikator")
        .axe("antrean: bukan verifikator")
        .click_link("Lihat Rapat Saya")
        .at("/rapat")
        .see("Anda tidak memiliki rapat verifikasi")
        .axe("rapat: tidak ada")
        .open(&page_of(&requests[0]))
        .see("Rapat ini tidak ada, atau bukan rapat Anda")
        .axe("rapat: bukan milik sendiri");
    browser
        .as_person(&supplier)
        .phone()
        .open("/rapat")
        .see("Buka Rapat")
        .fits_the_width()
        .axe("rapat: daftar")
        .desk();
    let verifier = world.verifier("BARAT");
    browser
        .as_person(&verifier)
        .open(&page_of(&requests[0]))
        .see("Panggil dari antrean rapat")
        .axe("rapat: bagi verifikator")
        .click_link("Antrean Rapat")
        .at("/rapat/antrean");
    // Two verifiers: the one who called has the room.
    let _ = supplier
        .post(
            &format!("/api/requests/{}/meeting/join", requests[0]),
            &json!({}),
        )
        .expect(200);
    let _ = verifier
        .post("/api/meetings/call-next", &json!({}))
        .expect(200);
    let second = world.new_verifier("BARAT", LATER);
    browser
        .as_person(&second)
        .open("/rapat/antrean")
        .see("Dipanggil verifikator lain")
        .click_button("Panggil Berikutnya")
        .see("Tidak ada yang menunggu di ruang tunggu.")
        .axe("antrean: tidak ada yang menunggu");
    // Whoever does not come in time is told so, and is nobody's turn any more.
    browser
        .as_person(&verifier)
        .open("/rapat/antrean")
        .click_button(&format!("{} tidak hadir", supplier.name))
        .see("dapat mencari jadwal lain sampai batasnya")
        .axe("antrean: tidak hadir?")
        .click_button("Nyatakan Tidak Hadir")
        .see("dapat dinyatakan tidak hadir mulai")
        .click_button("Batal");
    world.host.set_clock("2026-03-27T09:30:00Z");
    browser
        .open("/rapat/antrean")
        .click_button(&format!("{} tidak hadir", supplier.name))
        .click_button("Nyatakan Tidak Hadir")
        .see("dinyatakan tidak hadir.")
        .see("Belum ada. Tekan “Panggil Berikutnya”")
        .see("Terlewat");
    let national = world.national("VNT");
    browser
        .as_person(&national)
        .open("/rapat/antrean")
        .see("Tidak ada rapat hari ini.")
        .axe("antrean: kosong");
}
