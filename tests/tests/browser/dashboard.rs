//! /dasbor and /pemutusan: what waits and what will end, the appeal to apply early,
//! and the national cut-off from its letter to its report.

use akses_tests::browser::Browser;
use akses_tests::host::Options;
use akses_tests::mailbox::Mailbox;
use akses_tests::world::{LATER, Person, World};
use serde_json::{Value, json};
use std::sync::LazyLock;

static WORLD: LazyLock<World> = LazyLock::new(World::new);

/// Monday 28 July 2025, 09.00 WIB.
const JULY: &str = "2025-07-28T02:00:00Z";

/// Nothing expires by itself but by a letter.
const NEVER: &str = "2099-12-31";

const LETTER: &str = "0815/D.2.3/07/2025";

fn official(world: &World, role: &str, institution: &str) -> Person {
    let person = world.person();
    world.carry_over(&person, role, &world.work_unit(institution), LATER);
    person
}

fn ends(world: &World, institution: &str, day: &str) -> (Person, String) {
    let person = world.person();
    let access = world.carry_over(&person, "PPK", &world.work_unit(institution), day);
    (person, access)
}

/// Chooses an institution by keys, once the list is that of what was typed: a press could
/// meet the list of before.
fn offered(browser: &Browser, label: &str, typed: &str) {
    browser
        .fill(label, typed)
        .see("1 pilihan.")
        .keys(&["ArrowDown", "Enter"]);
}

/// The numbers of the first chart that is drawn in columns: of its columns, as its
/// tips say them, and of its table.
fn chart_and_table(browser: &Browser) -> (Value, Value) {
    let drawn = browser.ask_page(
        "return [...document.querySelectorAll('.plot .column title')].map((it) => it.textContent.split(': ')[1].split(',')[0])",
    );
    let written = browser.ask_page(
        "return [...document.querySelectorAll('.figures tbody tr')].map((it) => it.cells[1].textContent)",
    );
    (drawn, written)
}

/// Deactivation letter, point 4: "agar Kepala UKPBJ dan VAI dapat menghimbau Pengguna
/// pada masing-masing instansi untuk mengajukan permintaan reaktivasi sedini mungkin".
#[test]
fn exp_7_the_wave_is_a_chart_and_a_table_and_the_appeal_goes_out_once() {
    let mailbox = Mailbox::start();
    let world = World::with(Options::default().variable("smtp_relay", &mailbox.smtp));
    let vai = official(&world, "VAI", "BARAT");
    let head = official(&world, "KUKPBJ", "BARAT");
    let (concerned, _) = ends(&world, "BARAT", "2026-03-31");
    ends(&world, "BARAT", "2026-04-20");
    ends(&world, "BARAT", "2026-04-26");
    let (diligent, access) = ends(&world, "BARAT", "2026-04-22");
    diligent.extend(&access, LATER);

    let browser = Browser::new(&world);
    browser
        .as_person(&vai)
        .open("/dasbor")
        .heading("Antrean verifikasi")
        .see("1 pengajuan menunggu. Tidak ada yang lewat tenggat.")
        .heading("Akses yang akan berakhir: Kementerian Contoh Barat")
        .see("4 akses berakhir sampai dengan Minggu, 21 Juni 2026. 1 sudah mengajukan perpanjangan, 3 belum.")
        .axe("dasbor: VAI");
    let (drawn, written) = chart_and_table(&browser);
    assert_eq!(drawn, written, "the chart says what its table says");
    assert_eq!(written.as_array().map(Vec::len), Some(13));

    browser
        .choose("Jangka", "26 minggu (6 bulan)")
        .at("/dasbor?minggu=26")
        .see("Angka dalam tabel (26 baris)")
        .focus_is("Jangka")
        .phone()
        .dark()
        .fits_the_width()
        .axe("dasbor: 26 minggu")
        .desk()
        .light();

    let appeal = "Kirim imbauan untuk Kementerian Contoh Barat?";
    browser
        .offline(true)
        .click_button("Kirim Imbauan")
        .dialog(appeal)
        .see("Sebanyak-banyaknya 3 orang mendapat satu surel")
        .axe("dasbor: imbauan")
        .click_button("Kirim Imbauan")
        .see("Sambungan terputus")
        .offline(false)
        .double_click_button("Kirim Imbauan")
        .no_dialog()
        .see("Imbauan terkirim pada")
        .see("kepada 3 orang yang aksesnya berakhir sampai dengan 3 Mei 2026")
        .see("Yang berikutnya dapat dikirim mulai Senin, 30 Maret 2026.")
        .axe("dasbor: imbauan terkirim")
        .reload()
        .see("Imbauan terkirim pada");
    world.host.run_timer("deliver-notifications");
    let letters = mailbox.wait_for(&concerned.email, 1);
    assert!(letters[0].words().contains("Kementerian Contoh Barat"));
    assert_eq!(
        letters.len(),
        1,
        "pressed twice, and again after the line was back"
    );

    // The head of the UKPBJ is told that a colleague was first; by the keyboard alone.
    let browser = Browser::new(&world);
    browser
        .as_person(&head)
        .open("/dasbor")
        .see("Instansi Anda mempunyai VAI aktif")
        .tab_to("Kirim Imbauan")
        .keys(&["Enter"])
        .dialog(appeal)
        .tab_to("Kirim Imbauan")
        .keys(&["Enter"])
        .no_dialog()
        .see("Satu minggu (Senin sampai Minggu) cukup satu imbauan")
        .axe("dasbor: imbauan orang lain");
}

#[test]
fn ver_3_what_is_overdue_leads_the_queue_in_words_and_bars() {
    let world = World::new();
    let vai = official(&world, "VAI", "TIMUR");
    let unit = world.work_unit("TIMUR");
    world.person().register("PPK", &unit, LATER);
    world.host.set_clock("2026-03-30T07:00:00Z");
    world.person().register("PP", &unit, LATER);
    world.host.set_clock("2026-03-30T08:00:00Z");
    let browser = Browser::new(&world);
    browser
        .as_person(&world.sign_in(&vai.email))
        .open("/dasbor")
        .see("2 pengajuan menunggu. 1 di antaranya lewat tenggat.")
        .see("Pendaftaran Pejabat Pembuat Komitmen (PPK) oleh")
        .see("Keadaan Senin, 30 Maret 2026 pukul 17.00 WIT.")
        .axe("dasbor: lewat tenggat");
    let bars = browser.ask_page(
        "return [...document.querySelectorAll('.bars tbody tr')].map((it) => [it.querySelector('.bar-value').textContent, it.querySelectorAll('.bar-fill').length])",
    );
    let expected = json!([["1", 1], ["0", 0], ["0", 0], ["0", 0], ["1", 1]]);
    assert_eq!(bars, expected, "a bar for each number that is not nought");
}

#[test]
fn each_sees_their_part_of_the_dashboard_and_others_are_told_whose_it_is() {
    let directorate = WORLD.national("VND");
    ends(&WORLD, "TENGAH", "2026-04-20");
    let head = official(&WORLD, "KUKPBJ", "UTARA");
    let browser = Browser::new(&WORLD);
    browser
        .as_person(&directorate)
        .open("/dasbor")
        .heading("Akses yang akan berakhir")
        .heading("Per instansi")
        .heading("Instansi tanpa VAI");
    browser.ask_page("scrollTo(0, document.body.scrollHeight)");
    browser
        .see("Tanpa VAI Aktif")
        .axe("dasbor: Direktorat")
        .click_button("Tampilkan Instansi")
        .focus_is("Cari instansi (tidak wajib)")
        .see("Pemerintah Kota Contoh Tengah")
        .keys(&["Tab"])
        .focus_is("Kementerian Contoh Barat")
        .axe("dasbor: instansi");
    offered(&browser, "Cari instansi", "tengah");
    browser
        .heading("Akses yang akan berakhir: Pemerintah Kota Contoh Tengah")
        .see("Imbauan dikirim VAI atau Kepala UKPBJ instansi itu.")
        .axe("dasbor: satu instansi")
        .click_link("Kembali ke seluruh Indonesia")
        .heading("Per instansi")
        .open("/dasbor?instansi=tidak-ada")
        .see("Instansi ini tidak ada, atau bukan bagian Anda.");
    browser
        .as_person(&head)
        .open("/dasbor")
        .heading("VAI instansi Anda")
        .see("Instansi Anda tidak mempunyai VAI aktif.")
        .heading("Waktu reset kata sandi");
    browser.ask_page("scrollTo(0, document.body.scrollHeight)");
    browser
        .see("Belum ada permohonan reset kata sandi")
        .axe("dasbor: Kepala UKPBJ");
    let person = WORLD.person();
    browser.as_person(&person);
    for (page, told) in [
        (
            "/dasbor",
            "Dasbor ini untuk VAI, Kepala UKPBJ, dan Direktorat",
        ),
        ("/pemutusan", "direncanakan dan dilihat Direktorat"),
        ("/pemutusan/surat", "direncanakan dan dilihat Direktorat"),
        (
            "/pemutusan/lihat?id=x",
            "direncanakan dan dilihat Direktorat",
        ),
    ] {
        browser
            .open(page)
            .see(told)
            .axe(&format!("{page}: bukan miliknya"));
    }
}

/// Sweeps until nothing is left.
fn sweep(world: &World) {
    while world.drive("expire-accesses").send().expect(200).json()["done"] != true {}
}

/// Deactivation letter, points 6 and 7, on its pages: "… sampai dengan tanggal 22 Agustus
/// 2025, maka akses Pengguna dimaksud akan berstatus Kedaluwarsa".
#[test]
fn exp_4_a_cut_off_is_planned_tried_changed_by_two_followed_and_reported() {
    let mailbox = Mailbox::start();
    let options = Options::default().clock(JULY);
    let options = options.variable("cut_off_date", NEVER);
    let world = World::with(options.variable("smtp_relay", &mailbox.smtp));
    let directorate = world.national("VND");
    let (idle, _) = ends(&world, "BARAT", "2025-06-30");
    ends(&world, "TIMUR", "2025-06-30");
    let (waiting, access) = ends(&world, "BARAT", "2025-06-30");
    waiting.deactivate(&access);
    waiting.reactivate(&access, LATER);

    let browser = Browser::new(&world);
    browser
        .sign_in(&directorate.email)
        .open("/pemutusan")
        .see("Belum ada pemutusan nasional.")
        .axe("pemutusan: kosong")
        .click_link("Rencanakan Pemutusan")
        .click_button("Rencanakan")
        .see("4 isian perlu diperbaiki")
        .axe("surat pemutusan: kosong")
        .fill("Nomor surat", LETTER)
        .fill("Tanggal surat", "2025-07-28")
        .fill("Hari terakhir sebelum pemutusan", "2025-08-21")
        .choose("Untuk siapa", "Beberapa instansi");
    offered(&browser, "Tambahkan instansi", "timur");
    browser
        .see("1 instansi dipilih, paling banyak 200.")
        .axe("surat pemutusan: instansi")
        .reload()
        .holds_value("Nomor surat", LETTER)
        .see("Pemerintah Provinsi Contoh Timur")
        .choose("Untuk siapa", "Semua instansi")
        .phone()
        .dark()
        .fits_the_width()
        .axe("surat pemutusan: terisi")
        .click_button("Rencanakan")
        .dialog("Rencanakan pemutusan nasional?")
        .see("Kamis, 21 Agustus 2025")
        .axe("surat pemutusan: konfirmasi")
        .double_click_button("Rencanakan")
        .at("/pemutusan/lihat")
        .see("Rencana tercatat.")
        .see("3 akses akan menjadi Kedaluwarsa. 1 di antaranya punya pengajuan yang menunggu")
        .fits_the_width()
        .axe("pemutusan: direncanakan")
        .desk()
        .light();
    let address = browser.address();
    let id = address.rsplit_once('=').unwrap().1.to_owned();
    let all = directorate.get("/api/cut-offs").expect(200).json();
    assert_eq!(all["cut_offs"].as_array().map(Vec::len), Some(1));

    // Two change it at once: the second sees what is recorded, and loses nothing.
    browser
        .click_link("Ubah Rencana")
        .heading("Ubah Rencana")
        .fill("Hari terakhir sebelum pemutusan", "2025-08-22");
    let other = json!({
        "letter_number": LETTER, "letter_date": "2025-07-28", "last_day": "2025-08-29",
        "scope": { "kind": "everyone" },
    });
    let path = format!("/api/cut-offs/{id}/change");
    let _ = directorate.post(&path, &other).expect(200);
    browser
        .click_button("Simpan Perubahan")
        .dialog("Simpan perubahan rencana?")
        .click_button("Simpan Perubahan")
        .no_dialog()
        .heading("Rencana ini diubah orang lain sementara Anda mengisi")
        .see("Jumat, 29 Agustus 2025")
        .holds_value("Hari terakhir sebelum pemutusan", "2025-08-22")
        .axe("surat pemutusan: diubah orang lain")
        .click_button("Pakai Isian Saya")
        .click_button("Simpan Perubahan")
        .dialog("Simpan perubahan rencana?")
        .click_button("Simpan Perubahan")
        .at("/pemutusan/lihat")
        .see("Perubahan tercatat.")
        .see("Jumat, 22 Agustus 2025");

    // The night comes from the east; the page follows by itself.
    world.host.set_clock("2025-08-22T15:00:00Z");
    browser
        .as_person(&world.sign_in(&directorate.email))
        .open(&address)
        .see("Sedang berjalan: 0 akses selesai, 3 lagi.")
        .axe("pemutusan: berjalan");
    sweep(&world);
    browser.see("Sedang berjalan: 1 akses selesai, 2 lagi.");
    world.host.set_clock("2025-08-22T17:00:00Z");
    sweep(&world);
    browser
        .see("Selesai: 3 akses menjadi Kedaluwarsa.")
        .see("Pengajuan yang menunggu saat pemutusan")
        .see("1 masih menunggu")
        .axe("pemutusan: laporan")
        .open(&address.replace("lihat", "surat"))
        .see("Rencana ini tidak dapat diubah lagi.")
        .click_link("Lihat Laporan")
        .see("3 akses menjadi Kedaluwarsa karena surat ini.");
    world.host.run_timer("deliver-notifications");
    let letters = mailbox.wait_for(&idle.email, 1);
    assert!(letters[0].words().contains("Kedaluwarsa"));
}

#[test]
fn exp_4_a_plan_is_withdrawn_with_a_reason_by_the_keyboard_alone() {
    let directorate = WORLD.national("VND");
    let plan = json!({
        "letter_number": "99/D.2.3/03/2026", "letter_date": "2026-03-27",
        "last_day": "2026-04-30", "scope": { "kind": "kinds", "kinds": ["Kota", "Lembaga"] },
    });
    let planned = directorate
        .post("/api/cut-offs/plan", &plan)
        .expect(201)
        .json();
    let id = planned["id"].as_str().unwrap();
    let title = "Tarik rencana surat 99/D.2.3/03/2026?";
    let browser = Browser::new(&WORLD);
    browser
        .as_person(&directorate)
        .open(&format!("/pemutusan/lihat?id={id}"))
        .see("Semua Kota, Lembaga")
        .tab_to("Tarik Rencana")
        .keys(&["Enter"])
        .dialog(title)
        .focus_is("Alasan")
        .tab_to("Tarik Rencana")
        .keys(&["Enter"])
        .see("Tulis alasannya; alasan ini tercatat.")
        .axe("pemutusan: alasan")
        .focus_is("Alasan")
        .type_text("Dicabut dengan surat 12/2026.")
        .see("Tersisa 971 dari 1000 huruf.")
        .tab_to("Tarik Rencana")
        .keys(&["Enter"])
        .no_dialog()
        .see("Rencana ditarik. Tidak ada akses yang dinonaktifkan karenanya.")
        .axe("pemutusan: ditarik")
        .open("/pemutusan")
        .beside("Surat 99/D.2.3/03/2026")
        .click_link("Surat 99/D.2.3/03/2026")
        .see("Rencana ini tidak dijalankan; yang berlaku sebelumnya berlaku lagi.")
        .open("/pemutusan/lihat?id=tidak-ada")
        .see("Pemutusan nasional ini tidak ada.");
}
