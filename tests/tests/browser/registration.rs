//! /daftar-akses: from "Hubungkan atau Buat Akses" to the decision, and nothing that
//! was typed is lost on the way (REG-1 to REG-8, SIR-1). Steps are those of the
//! registration guides, each named beside what is done in the page.

use akses_tests::browser::Browser;
use akses_tests::host::Options;
use akses_tests::mailbox::Mailbox;
use akses_tests::pdf;
use akses_tests::sirup::Sirup;
use akses_tests::world::{LATER, Person, WorkUnit, World};
use serde_json::json;
use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;
use tempfile::TempDir;

/// Each test that shares it makes its own people and units.
static WORLD: LazyLock<World> = LazyLock::new(|| {
    let world = World::new();
    world.import("holidays", HOLIDAYS);
    world
});

/// Meetings are on no day off.
const HOLIDAYS: &str = include_str!("../../../crates/host/demo/holidays.csv");

const WIZARD: &str = "/daftar-akses";
/// The door on /akses: the button's name and what stands under it.
const CONNECT: &str = "Hubungkan atau Buat Akses Daftarkan peran Anda di satuan kerja, atau hubungkan akses SiRUP yang sudah ada.";
const FORM_PPK: &str = "/daftar-akses?role=PPK";
const BARAT: &str = "Kementerian Contoh Barat";
const DECREE: &str = "Unggah Surat Keputusan/Surat Tugas";
const SAVED: &str = "Tersimpan di akun Anda.";
const CONFIRM: &str = "Saya menyatakan seluruh data dan dokumen di atas benar dan sesuai dengan surat penugasan saya.";

/// What of a page may come over the wire before it is ready, in bytes.
const FIRST_VIEW_BYTES_MAX: u64 = 60_000;

/// Presses from the page for signing in to a registration that was sent.
const CLICKS_MAX: u32 = 15;

/// Files to choose, and to throw away afterwards.
struct Files(TempDir);

impl Files {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn file(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, content).expect("a file");
        path
    }

    fn decree(&self) -> PathBuf {
        self.file("SK 2027.pdf", &pdf::decree("Surat Keputusan"))
    }
}

/// A work unit as its list says it.
fn name_of(unit: &WorkUnit) -> String {
    let (_, number) = unit.code.split_once('-').expect("BARAT-7");
    format!("Satuan Kerja {number}")
}

fn browser_of(world: &World, person: &Person) -> Browser {
    let browser = Browser::new(world);
    browser.as_person(person);
    browser
}

/// Fills the form in as far as the decree.
fn fill_in<'a>(browser: &'a Browser, unit: &WorkUnit, files: &Files) -> &'a Browser {
    let name = name_of(unit);
    browser
        .pick("Nama Instansi", "contoh barat", BARAT)
        .holds_value("Jenis Instansi", "Kementerian")
        .pick("Satuan Kerja", &name, &name)
        .fill("Masa Berlaku Peran", LATER)
        .see("Berlaku sampai akhir hari Jumat, 31 Desember 2027 (WIB).")
        .attach(DECREE, &files.decree())
        .see("terunggah")
}

fn mails(world: &World, mailbox: &Mailbox, person: &Person, count: usize) -> Vec<String> {
    let _ = world.drive("deliver-notifications").send().expect(200);
    let letters = mailbox.wait_for(&person.email, count);
    letters.iter().map(|letter| letter.words()).collect()
}

/// registration-pa-kpa.txt, steps 1 to 15.
#[test]
fn reg_1_to_6_the_guide_for_pa_from_the_first_button_to_both_decisions() {
    let mailbox = Mailbox::start();
    let sirup = Sirup::start(&[
        "pa.lama:sandi-sirup-1:2021-03-01",
        "pa.baru:sandi-sirup-2:2024-08-01",
    ]);
    let options = Options::default()
        .variable("smtp_relay", &mailbox.smtp)
        .variable("sirup_origin", &sirup.origin);
    let world = World::with(options);
    let (person, verifier) = (world.person(), world.verifier("BARAT"));
    let unit = world.work_unit_without_address("BARAT");
    let files = Files::new();

    // 1. "Pada halaman Manajemen Akses, klik tombol Hubungkan atau Buat Akses."
    let browser = Browser::new(&world);
    browser
        .sign_in(&person.email)
        .at("/akses")
        .click_link(CONNECT)
        .at(WIZARD)
        .heading("Pilih profil dan peran")
        .axe("daftar: peran");
    // 2. "... memilih Tipe Profil sebagai Non Penyedia dan ... memasukkan Role."
    browser
        .see("Non Penyedia")
        .click_button("Hubungkan Akses")
        .see("3 isian perlu diperbaiki")
        .axe("daftar: peran kosong")
        .choose("Role", "Pengguna Anggaran (PA)");
    // 3, 4 and 6. "Jika Pengguna gagal menghubungkan akses ..., pop up box ...; Daftar
    //    Akses Baru ..., atau ... Pusat Bantuan."
    link(&browser, "pa.lama", "sandi-yang-keliru");
    browser
        .dialog("Gagal terhubung dengan SiRUP")
        .see("Pusat Bantuan")
        .axe("daftar: SiRUP gagal")
        .click_button("Coba Lagi")
        .focus_is("Kata Sandi pada Platform SiRUP");
    assert_eq!(browser.value("Kata Sandi pada Platform SiRUP"), "");
    // 8 and 9. "... jika Pengguna tidak terdaftar di SiRUP sebelum tanggal 1 Agustus 2024,
    //    klik tautan Daftar Akses Baru. ... klik Ya, Lanjutkan."
    link(&browser, "pa.baru", "sandi-sirup-2");
    browser
        .dialog("Terdaftar di SiRUP sejak 1 Agustus 2024 atau sesudahnya")
        .axe("daftar: SiRUP terlalu baru")
        .click_button("Daftar Akses Baru")
        .dialog("Daftar akses baru?")
        .axe("daftar: akses baru")
        .closes_at_once("Batal");
    // 5 and 10. "Jika Akses SiRUP berhasil dihubungkan ..., melanjutkan ... tahapan nomor
    //    10."
    link(&browser, "PA.LAMA", "sandi-sirup-1");
    browser
        .heading("Isi formulir pendaftaran")
        .see("Terhubung dengan SiRUP sebagai pa.lama")
        .see("Pengguna Anggaran (PA)")
        .axe("daftar: formulir");
    // 11. "Jika semua informasi ... telah terisi, klik tombol Ajukan Akses."
    let name = name_of(&unit);
    browser
        .click_button("Ajukan Akses")
        .see("5 isian perlu diperbaiki")
        .see("Pilih Nama Instansi dari daftar.")
        .axe("daftar: formulir kosong")
        .pick("Nama Instansi", "barat", BARAT)
        .pick("Satuan Kerja", &name, &name)
        .fill("Masa Berlaku Peran", LATER)
        .fill("Alamat Satuan Kerja", "Jalan Contoh Nomor 10, Jakarta")
        .attach("Unggah Surat Tanda Jabatan sebagai PA", &files.decree())
        .see("SK 2027.pdf (1 kB) terunggah.")
        .click_button("Ajukan Akses");
    // 12. "... meninjau ulang ...; mencentang bagian konfirmasi ..., lalu klik tombol Kirim."
    browser
        .heading("Tinjau, lalu kirim")
        .see("Jumat, 31 Desember 2027 (WIB)")
        .see("Jalan Contoh Nomor 10, Jakarta")
        .axe("daftar: tinjau")
        .click_button("Kirim")
        .see("Centang konfirmasi bahwa data sudah benar, lalu kirim.")
        .axe("daftar: belum dicentang")
        .tick(CONFIRM)
        .double_click_button("Kirim");
    // 13. "Pengguna akan diminta untuk menunggu selama proses verifikasi."
    browser
        .heading("Pengajuan terkirim")
        .see("Menunggu Verifikasi")
        .see("Bagaimana tenggat ini dihitung")
        .see(&person.email)
        .axe("daftar: terkirim");
    let list = person.get("/api/accesses").expect(200).json();
    let accesses = list["accesses"].as_array().expect("a list");
    assert_eq!(accesses.len(), 1, "two presses, one request");
    let access = accesses[0]["id"].as_str().expect("an id").to_owned();
    let request = accesses[0]["request"]["id"].as_str().expect("an id");

    // 15. "... jika ... ditolak, ... email notifikasi ... Pengguna dapat melakukan
    //    pendaftaran ulang."
    let decision = json!({ "decision": "reject", "reason": "Tanggal pada SK berbeda.", "field": "valid_until" });
    let _ = verifier.decide(request, &decision).expect(200);
    let letters = mails(&world, &mailbox, &person, 2);
    assert!(
        letters
            .iter()
            .any(|words| words.contains("Tanggal pada SK berbeda.")),
        "{letters:?}"
    );
    browser
        .reload()
        .heading("Pengajuan Anda ditolak")
        .axe("daftar: ditolak")
        .click_link("Perbaiki dan Ajukan Lagi")
        .heading("Isi formulir pendaftaran")
        .see("Alasan penolakan: Tanggal pada SK berbeda.")
        .holds_value("Satuan Kerja", &name)
        .see("SK 2027.pdf (1 kB) terunggah.")
        .axe("daftar: perbaiki")
        .fill("Masa Berlaku Peran", "2027-06-30")
        .click_button("Ajukan Akses")
        .heading("Tinjau, lalu kirim")
        .tick(CONFIRM)
        .click_button("Kirim")
        .heading("Pengajuan terkirim");
    // 14. "Jika ... telah berhasil, ... email notifikasi ... telah disetujui."
    let again = person.listed(&access)["request"]["id"].clone();
    verifier.approve(again.as_str().expect("an id"));
    let letters = mails(&world, &mailbox, &person, 4);
    assert!(
        letters.iter().any(|words| words.contains("disetujui")),
        "{letters:?}"
    );
    browser
        .reload()
        .heading("Akses Anda disetujui")
        .axe("daftar: disetujui");

    // 7. "Jika Akses SiRUP sudah pernah digunakan ..., pop up box ...; Pusat Bantuan."
    let other = world.person();
    let browser = browser_of(&world, &other);
    browser
        .open(WIZARD)
        .choose("Role", "Kuasa Pengguna Anggaran (KPA)");
    link(&browser, "pa.lama", "sandi-sirup-1");
    browser
        .dialog("Akses SiRUP ini sudah pernah dihubungkan")
        .see("Pusat Bantuan")
        .axe("daftar: SiRUP sudah dihubungkan")
        .click_button("Tutup")
        .no_dialog()
        .click_button("Daftar Akses Baru")
        .click_button("Ya, Lanjutkan")
        .heading("Isi formulir pendaftaran")
        .see("Unggah Surat Pengangkatan sebagai KPA");
}

fn link(browser: &Browser, user_name: &str, password: &str) {
    browser
        .fill("Username pada Platform SiRUP", user_name)
        .fill("Kata Sandi pada Platform SiRUP", password)
        .click_button("Hubungkan Akses");
}

/// registration-supplier-as-non-supplier.txt, steps 1 to 6.
#[test]
fn mtg_1_the_guide_for_suppliers_ends_in_a_meeting() {
    let supplier = WORLD.supplier();
    let unit = WORLD.work_unit_without_address("BARAT");
    let (files, name) = (Files::new(), name_of(&unit));
    let browser = browser_of(&WORLD, &supplier);
    // 1 and 2. "... memilih Tipe Profil sebagai Non Penyedia dan ... Role ..., lalu klik
    //    tombol Hubungkan Akses."
    browser
        .open(WIZARD)
        .see("diverifikasi lewat rapat video")
        .axe("daftar penyedia: peran")
        .choose("Role", "Pejabat Pengadaan")
        .click_button("Hubungkan Akses")
        .heading("Isi formulir pendaftaran")
        .axe("daftar penyedia: formulir");
    // 3 and 4. "... mengisikan formulir ..., klik tombol Ajukan Akses."
    browser
        .choose("Golongan", "III/a")
        .choose("Jenis Instansi", "Kementerian")
        .pick("Nama Instansi", "barat", BARAT)
        .pick("Satuan Kerja", &name, &name)
        .fill("Masa Berlaku Jabatan", "2026-03-26")
        .fill("NPWP Satuan Kerja", "12345")
        .fill("Alamat Satuan Kerja", "Jalan Contoh Nomor 11")
        .attach("Unggah Surat Keterangan Kerja/Surat Tugas", &files.decree())
        .see("terunggah")
        .click_button("Ajukan Akses")
        .see("Tanggal ini sudah lewat.")
        .fill("Masa Berlaku Jabatan", LATER)
        .click_button("Ajukan Akses")
        .see("NPWP terdiri dari 15 atau 16 angka.")
        .axe("daftar penyedia: NPWP salah")
        .fill("NPWP Satuan Kerja", "01.234.567.8-901.000")
        .click_button("Ajukan Akses");
    // 5. "... mencentang bagian konfirmasi data ..., lalu klik tombol Kirim."
    browser
        .heading("Tinjau, lalu kirim")
        .tick(CONFIRM)
        .click_button("Kirim");
    // 6. "... sistem akan menjadwalkan pertemuan virtual; ... mempersiapkan ... Surat Tugas."
    browser
        .heading("Pengajuan terkirim")
        .see("Rapat video verifikasi dijadwalkan")
        .see("Surat Tugas atau Surat Keterangan Kerja asli")
        .axe("daftar penyedia: terkirim")
        .click_link("Lihat Jadwal Rapat")
        .at("/rapat");
}

#[test]
fn nothing_typed_is_lost_by_a_reload_a_session_a_line_or_a_lost_answer() {
    let person = WORLD.person();
    let unit = WORLD.work_unit("BARAT");
    let (files, name) = (Files::new(), name_of(&unit));
    let browser = browser_of(&WORLD, &person);
    browser.open(FORM_PPK);
    fill_in(&browser, &unit, &files).see(SAVED);
    browser
        .reload()
        .holds_value("Satuan Kerja", &name)
        .holds_value("Masa Berlaku Peran", LATER)
        .see("SK 2027.pdf (1 kB) terunggah.");
    // The line drops: this browser keeps it, and says so.
    browser
        .offline(true)
        .fill("Username pada Platform Sebelumnya", "lama")
        .see("ada di peramban ini")
        .axe("daftar: luring");
    assert!(browser.asks_before_leaving());
    browser.offline(false).see(SAVED);
    assert_eq!(draft_of(&person)["previous_user_name"], "lama");
    // The session ends: in place, and what was typed goes on.
    let _ = person.post("/api/sign-out", &json!({})).expect(204);
    browser
        .fill("Username pada Platform Sebelumnya", "lama.sekali")
        .dialog("Sesi Anda berakhir")
        .axe("daftar: sesi berakhir")
        .fill("Kata sandi", WORLD.password())
        .keys(&["Enter"])
        .no_dialog()
        .see(SAVED);
    let person = WORLD.sign_in(&person.email);
    assert_eq!(draft_of(&person)["previous_user_name"], "lama.sekali");
    // Back and forth between the steps, and a review that is loaded anew.
    browser
        .click_button("Ajukan Akses")
        .heading("Tinjau, lalu kirim")
        .back()
        .heading("Isi formulir pendaftaran")
        .holds_value("Satuan Kerja", &name)
        .click_button("Ajukan Akses")
        .heading("Tinjau, lalu kirim")
        .reload()
        .heading("Tinjau, lalu kirim")
        .see(&name);
    // "Kirim" without a line: nothing is sent twice when it is back.
    browser
        .tick(CONFIRM)
        .offline(true)
        .click_button("Kirim")
        .see("Sambungan terputus")
        .axe("daftar: kirim luring")
        .offline(false)
        .click_button("Kirim")
        .heading("Pengajuan terkirim");
    let list = person.get("/api/accesses").expect(200).json();
    assert_eq!(list["accesses"].as_array().map(Vec::len), Some(1));
    // The browser's Back leads to no second form of what waits.
    browser
        .back()
        .see(&format!(
            "Pengajuan Anda untuk peran ini di {name} masih menunggu verifikasi."
        ))
        .axe("daftar: sudah menunggu");
}

fn draft_of(person: &Person) -> serde_json::Value {
    let drafts = person.get("/api/drafts?role=PPK").expect(200).json();
    drafts["drafts"][0]["values"].clone()
}

#[test]
fn a_tab_that_dies_before_the_service_has_it_loses_nothing() {
    const NO_DRAFT_ARRIVES: &str = "const real = window.fetch; window.fetch = (path, how) => \
        how?.method === 'PUT' ? Promise.reject(new TypeError('no line')) : real(path, how); return true";
    let person = WORLD.person();
    let browser = browser_of(&WORLD, &person);
    browser
        .open(FORM_PPK)
        .fill("Username pada Platform Sebelumnya", "satu")
        .see(SAVED)
        .ask_page(NO_DRAFT_ARRIVES);
    browser
        .fill("Username pada Platform Sebelumnya", "dua")
        .see("ada di peramban ini")
        .open(FORM_PPK)
        .holds_value("Username pada Platform Sebelumnya", "dua")
        .see(SAVED);
    until_draft(&person, |draft| draft["previous_user_name"] == "dua");
}

#[test]
fn two_windows_never_write_over_each_other_unasked() {
    let person = WORLD.person();
    let unit = WORLD.work_unit("BARAT");
    let (here, there) = (browser_of(&WORLD, &person), browser_of(&WORLD, &person));
    let files = Files::new();
    here.open(FORM_PPK);
    fill_in(&here, &unit, &files).see(SAVED);
    there
        .open(WIZARD)
        .see("Semua isian wajib sudah terisi.")
        .axe("daftar: draf ditawarkan")
        .click_button("Lanjutkan draf Pejabat Pembuat Komitmen (PPK)")
        .fill("Masa Berlaku Peran", "2027-06-30")
        .see(SAVED);
    until_draft(&person, |draft| draft["valid_until"] == "2027-06-30");
    here.fill("Username pada Platform Sebelumnya", "di.sini")
        .dialog("Draf ini berubah di jendela lain")
        .see("Rabu, 30 Juni 2027 (WIB)")
        .see("Jumat, 31 Desember 2027 (WIB)")
        .axe("daftar: dua jendela")
        .click_button("Putuskan Nanti")
        .see("Draf ini berubah di jendela lain.")
        .fill("Username pada Platform Sebelumnya", "di.sini.juga")
        .click_button("Pilih Isian")
        .click_button("Pertahankan Isian Saya")
        .see(SAVED);
    // Typed while it was undecided, and kept.
    assert_eq!(draft_of(&person)["previous_user_name"], "di.sini.juga");
    assert_eq!(draft_of(&person)["valid_until"], LATER);
    there
        .fill("Username pada Platform Sebelumnya", "di.sana")
        .dialog("Draf ini berubah di jendela lain")
        .click_button("Pakai yang Terbaru")
        .no_dialog()
        .holds_value("Username pada Platform Sebelumnya", "di.sini.juga")
        .holds_value("Masa Berlaku Peran", LATER);
    // One window gives the draft up; the other one still has what it shows.
    here.open(WIZARD)
        .click_button("Buang draf Pejabat Pembuat Komitmen (PPK)")
        .dialog("Buang draf ini?")
        .axe("daftar: buang draf")
        .click_button("Buang Draf")
        .see("Draf dibuang.")
        .dont_see("Lanjutkan yang sudah ada");
    there
        .fill("Username pada Platform Sebelumnya", "masih.ada")
        .dialog("Draf ini sudah dikirim atau dibuang di jendela lain")
        .axe("daftar: draf sudah tidak ada")
        .click_button("Simpan sebagai Draf Baru")
        .see(SAVED);
    assert_eq!(draft_of(&person)["previous_user_name"], "masih.ada");
}

/// Waits until the service has a draft like this.
fn until_draft(person: &Person, is_so: impl Fn(&serde_json::Value) -> bool) {
    for _ in 0..250 {
        if is_so(&draft_of(person)) {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    panic!("another draft was saved: {}", draft_of(person));
}

#[test]
fn reg_4_a_decree_is_checked_at_once_and_goes_on_after_a_session_and_a_line() {
    let person = WORLD.person();
    let files = Files::new();
    let browser = browser_of(&WORLD, &person);
    browser.open(FORM_PPK);
    for (name, content, says) in [
        ("kosong.pdf", Vec::new(), "Berkas ini kosong."),
        ("foto.pdf", b"JFIF".to_vec(), "Berkas ini bukan PDF."),
        (
            "rusak.pdf",
            b"%PDF-1.4 rusak".to_vec(),
            "Berkas PDF rusak atau terpotong",
        ),
        (
            "besar.pdf",
            pdf::decree_of(2_097_153),
            "Berkas ini 2,01 MB. Paling besar 2 MB",
        ),
    ] {
        browser
            .attach(DECREE, &files.file(name, &content))
            .see(says);
    }
    browser.axe("daftar: berkas ditolak");
    let largest = files.file("tepat.pdf", &pdf::decree_of(2_097_152));
    browser
        .attach(DECREE, &largest)
        .see("tepat.pdf (2 MB) terunggah.");
    // The session ends before the upload: sign in, and it goes on.
    until_draft(&person, |draft| draft["document"].is_string());
    let _ = person.post("/api/sign-out", &json!({})).expect(204);
    browser
        .attach(DECREE, &files.file("sesi.pdf", &pdf::decree("sesi")))
        .dialog("Sesi Anda berakhir")
        .fill("Kata sandi", WORLD.password())
        .click_button("Masuk")
        .no_dialog()
        .see("sesi.pdf (1 kB) terunggah.");
    // The line drops: it goes on by itself.
    browser
        .offline(true)
        .attach(DECREE, &files.file("luring.pdf", &pdf::decree("luring")))
        .see("Unggahan terputus.")
        .axe("daftar: unggahan terputus")
        .offline(false)
        .see("luring.pdf (1 kB) terunggah.");
}

#[test]
fn a_small_dark_phone_and_a_keyboard_are_enough_to_register() {
    let person = WORLD.person();
    let unit = WORLD.work_unit("BARAT");
    let (files, name) = (Files::new(), name_of(&unit));
    let browser = browser_of(&WORLD, &person);
    browser
        .phone()
        .dark()
        .open(WIZARD)
        .fits_the_width()
        .axe("daftar: ponsel, peran")
        .tab_to("Bendahara")
        .keys(&["Space"])
        .tab_to("Daftar Akses Baru")
        .keys(&["Enter"])
        .dialog("Daftar akses baru?")
        .tab_to("Ya, Lanjutkan")
        .keys(&["Enter"])
        .focus_is("Isi formulir pendaftaran")
        .fits_the_width();
    browser
        .tab_to("Nama Instansi")
        .type_text("contoh barat")
        .see(BARAT)
        .axe("daftar: ponsel, daftar pilihan")
        .keys(&["ArrowDown", "Enter"])
        .holds_value("Nama Instansi", BARAT)
        .tab_to("Satuan Kerja")
        .type_text(&name)
        .see(&name);
    // Who goes on from an option has chosen it.
    browser
        .keys(&["ArrowDown", "Tab"])
        .holds_value("Satuan Kerja", &name)
        .focus_is("Masa Berlaku Peran")
        .fill("Masa Berlaku Peran", LATER)
        .attach(DECREE, &files.decree())
        .see("terunggah")
        .fits_the_width()
        .axe("daftar: ponsel, terisi")
        .tab_to("Ajukan Akses")
        .keys(&["Enter"])
        .focus_is("Tinjau, lalu kirim")
        .fits_the_width()
        .axe("daftar: ponsel, tinjau")
        .tab_to(CONFIRM)
        .keys(&["Space"])
        .tab_to("Kirim")
        .keys(&["Enter"])
        .focus_is("Pengajuan terkirim")
        .fits_the_width()
        .axe("daftar: ponsel, terkirim");
    assert_eq!(browser.clicks(), 0);
}

#[test]
fn the_first_view_is_small_and_the_way_to_kirim_is_short() {
    let person = WORLD.person();
    let unit = WORLD.work_unit_without_address("BARAT");
    let files = Files::new();
    let browser = Browser::new(&WORLD);
    browser
        .sign_in(&person.email)
        .click_link(CONNECT)
        .choose("Role", "Pejabat Pembuat Komitmen (PPK)")
        .click_button("Daftar Akses Baru")
        .click_button("Ya, Lanjutkan");
    fill_in(&browser, &unit, &files)
        .fill("Alamat Satuan Kerja", "Jalan Contoh Nomor 12")
        .click_button("Ajukan Akses")
        .tick(CONFIRM)
        .click_button("Kirim")
        .heading("Pengajuan terkirim");
    // A mouse also presses into the date, the address and the file's button, and into the
    // two fields that offer choices.
    let presses = browser.clicks() + 5;
    assert!(presses <= CLICKS_MAX, "{presses} presses");
    for path in [WIZARD, "/daftar-akses?role=KPA"] {
        let bytes = browser.bytes_over_the_wire(path);
        assert!(bytes <= FIRST_VIEW_BYTES_MAX, "{path}: {bytes} bytes");
    }
}
