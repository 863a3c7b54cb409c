//! /reset, /pesan, /kode-ambil and /kata-sandi-baru: the eleven steps of a password
//! reset, each on its page by its actor (PWD-1, PWD-2), and what only the owner of the
//! account ever opens (PWD-3). Steps are those of the SOP.

use akses_tests::browser::Browser;
use akses_tests::host::Options;
use akses_tests::mailbox::Mailbox;
use akses_tests::pdf;
use akses_tests::reset::{Cast, LETTER_DATE};
use akses_tests::world::{PASSWORD, Person, World, text};
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

const HOLIDAYS: &str = include_str!("../../../crates/host/demo/holidays.csv");

/// Everybody's next one.
const NEW_PASSWORD: &str = "kuda-terbang-di-atas-awan";

const SIGNS_IN: &str = "Apakah orang ini masih dapat masuk?";
const SIGNS_IN_YES: &str = "Ya, pesannya dibuka di Kotak Pesan";
const SIGNS_IN_NO: &str = "Tidak, pesannya diambil dengan kode ambil";

/// What of a page may come over the wire before it is ready, in bytes.
const FIRST_VIEW_BYTES_MAX: u64 = 60_000;

fn world_with(options: Options) -> World {
    let world = World::with(options);
    world.import("holidays", HOLIDAYS);
    world
}

/// Step 1 through the API, about the PPK who can still sign in; answers the ticket.
#[track_caller]
fn asks(cast: &Cast, letter: &str) -> String {
    cast.ask(&cast.request_about(letter, &cast.ppk_alone()))
}

/// A step through the API.
#[track_caller]
fn does(cast: &Cast, ticket: &str, step: u64) {
    let people = cast.ppk_alone();
    let answer = cast.attempt_about(cast.actor(step), ticket, step, &people);
    let _ = answer.expect(200);
}

/// Steps 2 to this one through the API.
#[track_caller]
fn does_to(cast: &Cast, ticket: &str, last: u64) {
    for step in 2..=last {
        does(cast, ticket, step);
    }
}

fn page_of(ticket: &str) -> String {
    format!("/reset/tiket?id={ticket}")
}

fn browser_of(world: &World, person: &Person) -> Browser {
    let browser = Browser::new(world);
    browser.as_person(person);
    browser
}

/// The signed request letter, as a file to choose.
fn letter_in(folder: &TempDir) -> PathBuf {
    let path = folder.path().join("surat permohonan.pdf");
    fs::write(&path, pdf::decree("Surat Permohonan")).expect("a file");
    path
}

/// A code and its number, from the page that made them.
fn code_and_number(browser: &Browser) -> (String, String) {
    let script = "return [...document.querySelectorAll('.secret')].map((it) => it.textContent)";
    let shown: Value = browser.ask_page(script);
    (text(&shown[0]), text(&shown[1]))
}

/// How step 4 asks about a person: by name and role.
fn asked_about(browser: &Browser, name: &str) -> String {
    let script = format!(
        "return [...document.querySelectorAll('legend')].map((it) => it.textContent) \
         .find((it) => it.startsWith('{name},'))"
    );
    text(&browser.ask_page(&script))
}

#[test]
fn pwd_1_each_of_the_eleven_steps_is_done_on_its_page_by_its_actor() {
    let mailbox = Mailbox::start();
    let world = world_with(Options::default().variable("smtp_relay", &mailbox.smtp));
    let cast = Cast::new(&world, "BARAT");
    let folder = tempfile::tempdir().expect("a folder");

    // Who cannot sign in makes a code, keeps it, and tells its number.
    let own = Browser::new(&world);
    own.phone()
        .open("/kode-ambil")
        .heading("Lupa kata sandi")
        .axe("kode ambil: awal")
        .click_button("Buat Kode")
        .focus_is("Kode Anda (rahasia)")
        .axe("kode ambil: kode dan nomor");
    assert!(own.asks_before_leaving());
    own.click_button("Salin Kode").see("Tersalin");
    assert!(!own.asks_before_leaving());
    let (code, number) = code_and_number(&own);

    // 1. "Mengirimkan Surat Permohonan Reset Password ..." (Satuan Kerja)
    let browser = browser_of(&world, &cast.head);
    browser
        .open("/reset")
        .see("Tidak ada permohonan yang terbuka.")
        .axe("papan: kosong")
        .click_link("Ajukan Reset")
        .heading("Ajukan reset kata sandi")
        .axe("ajukan: awal")
        .click_button("Kirim Permohonan")
        .see("4 isian perlu diperbaiki:")
        .axe("ajukan: belum lengkap")
        .fill("Nomor surat", "B-7/SATKER/2026")
        .fill("Tanggal surat", LETTER_DATE)
        .attach("Surat permohonan", &letter_in(&folder))
        .see("terunggah")
        .fill("Surel akunnya", &cast.ppk.email)
        .choose(SIGNS_IN, SIGNS_IN_NO)
        .fill("Nomor pengambilan", &code)
        .click_button("Kirim Permohonan")
        .see("Ini kode rahasianya, bukan nomornya.")
        .axe("ajukan: kode, bukan nomor")
        .fill("Nomor pengambilan", &number)
        .click_button("Tambah Orang")
        .focus_is("Surel akunnya")
        .type_text(&cast.buyer.email)
        .beside("Orang 2")
        .choose(SIGNS_IN, SIGNS_IN_YES);
    // What was typed is there after a closed tab.
    browser
        .reload()
        .see("Isian Anda dari kunjungan sebelumnya dipulihkan.")
        .see("surat permohonan.pdf")
        .axe("ajukan: dari draf")
        .double_click_button("Kirim Permohonan")
        .at("/reset/tiket")
        .see("Surat permohonan terkirim. Langkah 1 selesai; sekarang giliran Kepala UKPBJ.")
        .heading("Langkah 2 dari 11: giliran Kepala UKPBJ")
        .axe("tiket: terkirim");
    let address = browser.address();
    let (_, ticket) = address.split_once("id=").expect("the ticket's page");
    let ticket = ticket.to_owned();
    assert_eq!(world.database().kinds(&ticket), ["reset-requested"]);

    // 2. "Menerima Surat Permohonan ... dan mendisposisi kepada Kepala LPSE" (Kepala UKPBJ)
    browser
        .as_person(&cast.ukpbj)
        .open("/reset")
        .heading("Giliran Anda (1)")
        .see("Langkah 2 dari 11")
        .axe("papan: giliran saya")
        .click_link("Kerjakan langkah 2: surat B-7/SATKER/2026")
        .heading("Langkah 2 dari 11: giliran Anda")
        .click_button("Tampilkan Surat Permohonan")
        .see("Unduh Surat Permohonan")
        .fill("Disposisi kepada Kepala LPSE", "Mohon ditindaklanjuti.")
        .axe("tiket: langkah 2")
        .double_click_button("Disposisikan")
        .see("Langkah 2 selesai. Sekarang giliran Kepala LPSE.")
        .focus_is("Langkah 3 dari 11: giliran Kepala LPSE")
        .axe("tiket: langkah 2 selesai");
    // 3. "Menerima disposisi dan memerintahkan Tim LPSE ..." (Kepala LPSE)
    browser
        .as_person(&cast.lpse)
        .open(&page_of(&ticket))
        .see("Mohon ditindaklanjuti.")
        .fill("Perintah kepada Tim LPSE", "Agar dikerjakan hari ini.")
        .axe("tiket: langkah 3")
        .click_button("Perintahkan Tim LPSE")
        .see("Langkah 3 selesai. Sekarang giliran Tim Pengelola LPSE.");
    // 4. "Menerima Permohonan Reset Password ..." (Tim LPSE): the names, and the number
    //    that only its owner can tell.
    let (ppk, buyer) = (&cast.ppk.name, &cast.buyer.name);
    browser
        .as_person(&cast.team)
        .open(&page_of(&ticket))
        .see("Tim LPSE membaca surat permohonan setelah langkah 4")
        .axe("tiket: langkah 4");
    browser
        .choose(&asked_about(&browser, ppk), "Memakai nomor pengambilan")
        .fill(&format!("Nomor pengambilan dari {ppk}"), &"0".repeat(32))
        .choose(
            &asked_about(&browser, buyer),
            "Masih dapat masuk, tanpa nomor pengambilan",
        )
        .click_button("Terima Permohonan")
        .see("Nama atau nomor pengambilan tidak sama")
        .axe("tiket: nomor berbeda")
        .fill(&format!("Nomor pengambilan dari {ppk}"), &number)
        .click_button("Terima Permohonan")
        .see("Langkah 4 selesai. Langkah berikutnya juga giliran Anda.")
        // 5. "Melakukan reset password ..." (Tim LPSE)
        .axe("tiket: langkah 5")
        .double_click_button("Lakukan Reset")
        .see("Langkah 5 selesai.")
        // 6. "Mengirimkan User ID beserta Password ... melalui ... e-Pesan" (Tim LPSE)
        .axe("tiket: langkah 6")
        .click_button("Kirim Pesan")
        .see("Langkah 6 selesai.")
        // 7. "Membuat draft Surat Pemberitahuan ..." (Tim LPSE)
        .axe("tiket: langkah 7")
        .fill("Nomor surat pemberitahuan", "S-7/LPSE/2026")
        .click_button("Simpan Draft")
        .see("Langkah 7 selesai. Sekarang giliran Kepala LPSE.");
    // 8. "Melakukan koreksi draft ..." (Kepala LPSE)
    browser
        .as_person(&cast.lpse)
        .open(&page_of(&ticket))
        .see("Belum ada yang diubah")
        .fill(
            "Isi surat",
            "Permohonan nomor B-7/SATKER/2026 sudah dikerjakan.",
        )
        .see("Yang dihapus dicoret")
        .axe("tiket: langkah 8")
        .click_button("Simpan Koreksi")
        .see("Langkah 8 selesai. Sekarang giliran Kepala UKPBJ.");
    // 9. "Menandatangani draft ... yang telah dikoreksi" (Kepala UKPBJ)
    browser
        .as_person(&cast.ukpbj)
        .open(&page_of(&ticket))
        .see("Perbedaan draft dan koreksi")
        .click_button("Tanda Tangani Surat")
        .see("Centang bahwa Anda sudah membaca naskahnya.")
        .axe("tiket: langkah 9")
        .tick("Saya sudah membaca naskah ini dan menandatanganinya sebagai Kepala UKPBJ.")
        .double_click_button("Tanda Tangani Surat")
        .see("Langkah 9 selesai. Sekarang giliran Tim Pengelola LPSE.");
    // 10. "Menyimpan dan mengarsipkan salinan ..." (Tim LPSE)
    browser
        .as_person(&cast.team)
        .open(&page_of(&ticket))
        .click_button("Tampilkan Surat Pemberitahuan")
        .see("Unduh Surat Pemberitahuan")
        .fill("Nomor arsip", "A-7/2026")
        .axe("tiket: langkah 10")
        .click_button("Arsipkan Surat")
        .see("Langkah 10 selesai.")
        // 11. "Mengirimkan Surat Pemberitahuan ..." (Tim LPSE)
        .axe("tiket: langkah 11")
        .double_click_button("Kirim Surat")
        .see("Langkah 11 selesai. Semua langkah selesai.")
        .axe("tiket: selesai")
        .phone()
        .dark()
        .fits_the_width()
        .axe("tiket: selesai, telepon dan gelap");
    assert_eq!(world.database().kinds(&ticket).len(), 11);

    // The message, by the code alone; its link leads to a new password, once.
    own.fill("Kode ambil", &number)
        .click_button("Ambil Pesan")
        .see("Ini nomor pengambilan, bukan kodenya.")
        .axe("kode ambil: nomor, bukan kode")
        .fill("Kode ambil", &code)
        .double_click_button("Ambil Pesan")
        .focus_is("Tautan kata sandi baru Anda")
        .axe("kode ambil: tautan");
    // The link stands where the button was: the second press of a double click stays.
    let second_press = "const press = new MouseEvent('click', \
                        { bubbles: true, cancelable: true, detail: 2 }); \
                        document.querySelector('main a.button.main').dispatchEvent(press); \
                        return press.defaultPrevented";
    assert_eq!(own.ask_page(second_press), true);
    own.click_link("Buat Kata Sandi Baru")
        .heading("Buat kata sandi baru");
    assert_eq!(
        own.address(),
        "/kata-sandi-baru",
        "the token is in no address"
    );
    own.fill("Kata sandi baru", NEW_PASSWORD)
        .fill("Ketik sekali lagi", NEW_PASSWORD)
        .axe("kata sandi: siap")
        .double_click_button("Simpan")
        .at("/masuk")
        .see("Kata sandi baru tersimpan")
        .sign_in_here(&cast.ppk.email, NEW_PASSWORD)
        .at("/akses");
    browser
        .light()
        .desk()
        .reload()
        .see("sudah membuat kata sandi baru: Jumat, 27 Maret 2026");
    let refused = world.try_sign_in(&cast.ppk.email, PASSWORD);
    refused.problem(401, "wrong-credentials");

    // The mails say what happened, and hold nothing that opens it.
    let _ = world.drive("deliver-notifications").send().expect(200);
    let letters = mailbox.wait_for(&cast.ppk.email, 4);
    let words: Vec<_> = letters.iter().map(|letter| letter.words()).collect();
    for said in [
        "Permohonan reset password untuk akun Anda",
        "Pesan untuk Anda: buat kata sandi baru",
        "Surat Pemberitahuan Reset Password sudah terbit",
        "Kata sandi Anda sudah diganti",
    ] {
        assert!(words.iter().any(|words| words.contains(said)), "{said}");
    }
    assert!(
        !words
            .iter()
            .any(|words| words.contains(&code) || words.contains(&number))
    );
    let told = mailbox.wait_for(&cast.head.email, 1);
    assert!(told[0].words().contains("sudah terbit"));
}

#[test]
fn pwd_3_a_message_is_opened_and_a_password_made_with_the_keyboard_alone() {
    let world = world_with(Options::default());
    let cast = Cast::new(&world, "BARAT");
    let ticket = asks(&cast, "B-8/SATKER/2026");
    let browser = browser_of(&world, &cast.ppk);
    browser
        .phone()
        .dark()
        .open("/pesan")
        .see("Belum ada pesan.")
        .axe("pesan: kosong");
    does_to(&cast, &ticket, 6);
    browser
        .reload()
        .heading("Buat kata sandi baru")
        .see("Belum dibuka")
        .fits_the_width()
        .axe("pesan: belum dibuka")
        .tab_to("Buka Pesan")
        .keys(&["Enter"])
        .focus_is("Tautan kata sandi baru Anda")
        .see("Sudah dibuka")
        .see("hanya dapat dipakai sekali")
        .axe("pesan: tautan");
    let first = "return document.querySelector('.single-use a').getAttribute('href')";
    let first = text(&browser.ask_page(first));
    // The one before is void as soon as there is another.
    browser
        .tab_to("Buat Tautan Baru")
        .keys(&["Enter"])
        .focus_is("Tautan kata sandi baru Anda")
        .open(&first)
        .fill("Kata sandi baru", NEW_PASSWORD)
        .fill("Ketik sekali lagi", NEW_PASSWORD)
        .click_button("Simpan")
        .see("Tautan ini tidak berlaku")
        .axe("kata sandi: tautan lama");
    browser
        .open("/kata-sandi-baru")
        .see("Tautan ini tidak lengkap")
        .axe("kata sandi: tanpa tautan")
        .open("/pesan")
        .tab_to("Buat Tautan Baru")
        .keys(&["Enter"])
        .focus_is("Tautan kata sandi baru Anda")
        .tab_to("Buat Kata Sandi Baru")
        .keys(&["Enter"])
        .heading("Buat kata sandi baru")
        .tab_to("Kata sandi baru")
        .type_text("pendek")
        .keys(&["Enter"])
        .see("2 isian perlu diperbaiki:")
        .axe("kata sandi: terlalu pendek")
        .fits_the_width()
        .tab_to("Kata sandi baru")
        .type_text("pendek-dan-kini-panjang")
        .see("Paling sedikit 12 karakter: terpenuhi")
        .tab_to("Ketik sekali lagi")
        .type_text("pendek-dan-kini-panjang")
        .see("Kedua isian sama: terpenuhi");
    // The line drops before the answer: pressing once more is enough.
    browser
        .offline(true)
        .keys(&["Enter"])
        .see("Sambungan terputus sebelum ada jawaban.")
        .axe("kata sandi: tanpa sambungan")
        .offline(false)
        .tab_to("Simpan")
        .keys(&["Enter"])
        .at("/masuk")
        .see("Kata sandi baru tersimpan");
    let _ = world
        .try_sign_in(&cast.ppk.email, "pendek-dan-kini-panjang")
        .expect(200);
}

#[test]
fn pwd_2_late_ones_lead_the_board_and_the_report_says_which_step_was_slow() {
    let world = world_with(Options::default());
    let cast = Cast::new(&world, "BARAT");
    let late = asks(&cast, "B-1/SATKER/2026");
    does(&cast, &late, 2);
    // Friday 15.30: half of the order's hour is left for Monday morning.
    world.host.set_clock("2026-03-27T08:30:00Z");
    let cast = signed_in(&world, cast);
    let other = asks(&cast, "B-2/SATKER/2026");
    does(&cast, &other, 2);
    // Monday, 08.20 WIB: the first is late, the second is not.
    world.host.set_clock("2026-03-30T01:20:00Z");
    let cast = signed_in(&world, cast);
    let browser = browser_of(&world, &cast.lpse);
    browser
        .open("/reset")
        .heading("Giliran Anda (2)")
        .axe("papan: terlambat");
    let titles = "return [...document.querySelectorAll('.rows h3')].map((it) => it.textContent)";
    assert_eq!(
        browser.ask_page(titles),
        json!(["Surat B-1/SATKER/2026", "Surat B-2/SATKER/2026"])
    );
    browser
        .phone()
        .dark()
        .fits_the_width()
        .click_button("Sebelas langkah menurut SOP")
        .see("Surat Permohonan ditandatangani oleh Kepala Satuan Kerja")
        .fits_the_width()
        .axe("papan: prosedur, telepon dan gelap")
        .open(&page_of(&late))
        .see("Terlambat")
        .fits_the_width()
        .axe("tiket: terlambat");
    does(&cast, &late, 3);
    browser
        .desk()
        .light()
        .open("/reset")
        .click_link("Laporan Waktu")
        .heading("Laporan waktu reset kata sandi")
        .see("2 permohonan.")
        .see("Paling sering terlambat: langkah 3 (0% tepat waktu).")
        .see("2 jam 1")
        .axe("laporan: satu terlambat")
        .fill("Permohonan sejak", "2026-03-29")
        .click_button("Tampilkan")
        .see("Tidak ada permohonan pada rentang ini.")
        .axe("laporan: kosong")
        .fill("Sampai", "2026-03-01")
        .click_button("Tampilkan")
        .see("Tanggal akhir mendahului tanggal awal.")
        .axe("laporan: tanggal terbalik");
    // The head of the unit sees theirs, and that others do the next step.
    browser
        .as_person(&cast.head)
        .open("/reset")
        .see("Tidak ada langkah yang menunggu Anda sekarang.")
        .heading("Menunggu pihak lain (2)")
        .axe("papan: kepala satuan kerja")
        .open("/reset/laporan")
        .see("Laporan ini untuk Kepala UKPBJ, Kepala LPSE, dan Tim Pengelola LPSE")
        .axe("laporan: bukan untuknya");
    browser
        .as_person(&cast.ppk)
        .open("/reset")
        .see("Papan ini untuk Kepala Satuan Kerja")
        .axe("papan: bukan untuknya")
        .open("/reset/baru")
        .see("Permohonan reset diajukan oleh Kepala Satuan Kerja")
        .axe("ajukan: bukan untuknya");
}

/// The same people after time passed: sessions last half a day.
fn signed_in(world: &World, mut cast: Cast) -> Cast {
    cast.sign_in(world);
    cast.ppk = world.sign_in(&cast.ppk.email);
    cast
}

#[test]
fn pwd_2_a_step_survives_lines_sessions_and_colleagues_and_a_ticket_can_be_returned() {
    // Nobody imported the holidays: no step waits for a date.
    let world = World::new();
    let cast = Cast::new(&world, "TENGAH");
    let ticket = asks(&cast, "B-9/SATKER/2026");
    let browser = browser_of(&world, &cast.ukpbj);
    browser
        .open(&page_of(&ticket))
        .see("Batas waktu belum dapat dihitung karena hari libur tahun 2026 belum diimpor.")
        .fill("Disposisi kepada Kepala LPSE", "Mohon dikerjakan.")
        .offline(true)
        .click_button("Disposisikan")
        .see("Sambungan terputus.")
        .axe("tiket: tanpa sambungan")
        .offline(false)
        .double_click_button("Disposisikan")
        .see("Langkah 2 selesai.");
    let session = world.sign_in(&cast.lpse.email);
    browser
        .as_person(&session)
        .open(&page_of(&ticket))
        .fill("Perintah kepada Tim LPSE", "Kerjakan.");
    let _ = session.post("/api/sign-out", &json!({})).expect(204);
    browser
        .click_button("Perintahkan Tim LPSE")
        .dialog("Sesi Anda berakhir")
        .fill("Kata sandi", PASSWORD)
        .click_button("Masuk")
        .no_dialog()
        .see("Langkah 3 selesai.");
    // A colleague was first: what is true now is shown, and nothing is done twice.
    does(&cast, &ticket, 4);
    browser.as_person(&cast.team).open(&page_of(&ticket));
    does(&cast, &ticket, 5);
    browser
        .click_button("Lakukan Reset")
        .see("Langkah 5 sudah selesai.")
        .heading("Langkah 6 dari 11: giliran Anda")
        .axe("tiket: didahului");
    assert_eq!(world.database().kinds(&ticket).len(), 5);
    // Whom it concerns never asked for it.
    browser
        .as_person(&cast.ppk)
        .open(&page_of(&ticket))
        .heading("Langkah 6 dari 11: giliran Tim Pengelola LPSE")
        .click_button("Permohonan ini tidak dapat dilanjutkan?")
        .click_button("Kembalikan Permohonan")
        .see("Isi Alasan pengembalian.")
        .axe("tiket: mengembalikan")
        .fill("Alasan pengembalian", "Saya tidak pernah memintanya.")
        .double_click_button("Kembalikan Permohonan")
        .see("Permohonan dikembalikan.")
        .focus_is("Dikembalikan")
        .axe("tiket: dikembalikan");
    browser
        .as_person(&cast.head)
        .open(&page_of(&ticket))
        .see("Saya tidak pernah memintanya.")
        .click_link("Ajukan Permohonan Baru")
        .heading("Ajukan reset kata sandi");
    browser
        .as_person(&world.person())
        .open(&page_of(&ticket))
        .see("Permohonan ini tidak ada, atau Anda bukan salah satu pihaknya.")
        .axe("tiket: bukan pihaknya");
    // On a slow line.
    let second = asks(&cast, "B-10/SATKER/2026");
    for (person, path) in [
        (&cast.team, "/reset"),
        (&cast.head, "/reset/baru"),
        (&cast.ukpbj, &page_of(&second)),
        (&cast.ukpbj, "/reset/laporan"),
        (&cast.buyer, "/pesan"),
        (&cast.buyer, "/kode-ambil"),
        (&cast.buyer, "/kata-sandi-baru"),
    ] {
        let bytes = browser.as_person(person).bytes_over_the_wire(path);
        assert!(bytes <= FIRST_VIEW_BYTES_MAX, "{path}: {bytes}");
    }
}
