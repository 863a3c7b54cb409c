//! /verifikasi, /verifikasi/pengajuan, /pengganti, /kolektif and /kolektif/lihat: who
//! verifies, who stands in, and who files for many (VER-1 to VER-4).

use akses_tests::browser::Browser;
use akses_tests::host::Options;
use akses_tests::mailbox::Mailbox;
use akses_tests::pdf;
use akses_tests::world::{Access, LATER, Person, World};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::LazyLock;
use tempfile::TempDir;

/// Each test that shares it has an institution's queue to itself.
static WORLD: LazyLock<World> = LazyLock::new(World::new);

const ATTESTED: &str =
    "Saya sudah mencocokkan: masa berlaku sampai 31 Desember 2027 sesuai dengan SK/ST.";

fn with_mail() -> (Mailbox, World) {
    let mailbox = Mailbox::start();
    let world = World::with(Options::default().variable("smtp_relay", &mailbox.smtp));
    (mailbox, world)
}

/// The mails to a person, once there are so many.
fn mails(world: &World, mailbox: &Mailbox, person: &Person, count: usize) -> Vec<String> {
    let _ = world.drive("deliver-notifications").send().expect(200);
    let letters = mailbox.wait_for(&person.email, count);
    letters.iter().map(|letter| letter.words()).collect()
}

fn asks(world: &World, institution: &str) -> (Person, Access) {
    let person = world.person();
    let access = person.register("PPK", &world.work_unit(institution), LATER);
    (person, access)
}

fn page_of(access: &Access) -> String {
    format!("/verifikasi/pengajuan?id={}", access.request())
}

/// The steps of registration-pa-kpa.txt and reactivation-guide.txt in which somebody
/// waits for a verifier, from the verifier's side.
#[test]
fn ver_2_the_decree_lies_beside_the_data_one_press_decides_and_the_mail_says_so() {
    let (mailbox, world) = with_mail();
    let verifier = world.verifier("BARAT");
    let (first, approved) = asks(&world, "BARAT");
    let (second, shortened) = asks(&world, "BARAT");
    let (third, rejected) = asks(&world, "BARAT");

    // Registration, 13: "... pengajuan akses ... akan diverifikasi." From nothing to an
    // approval in five presses.
    let browser = Browser::new(&world);
    browser
        .sign_in(&verifier.email)
        .click_link("Verifikasi")
        .heading("Antrean Verifikasi")
        .see("3 pengajuan menunggu.")
        .see("2 hari 23 jam lagi")
        .axe("verifikasi: antrean")
        .click_link(&first.name)
        .at("/verifikasi/pengajuan")
        .heading(&first.name)
        .see("Jumat, 31 Desember 2027 pukul 24.00 WIB")
        .see("Bagaimana tenggat ini dihitung")
        .axe("pengajuan: di samping SK/ST");
    let frame = browser.ask_page("return document.querySelector('iframe').src");
    assert!(
        frame.as_str().unwrap_or_default().starts_with("blob:"),
        "{frame}"
    );
    // 14: "Jika ... telah berhasil, maka Pengguna akan mendapatkan email notifikasi."
    browser.tick(ATTESTED).double_click_button("Setujui");
    browser
        .see(&format!(
            "Disetujui: {} sebagai Pejabat Pembuat Komitmen",
            first.name
        ))
        .focus_is(&second.name)
        .axe("pengajuan: berikutnya");
    assert!(
        browser.clicks() <= 6,
        "{} presses, one of them twice",
        browser.clicks()
    );
    assert_eq!(first.status(&approved.id()), "Aktif");
    assert_eq!(
        world.database().kinds(&approved.id()),
        ["access-requested", "request-approved"]
    );

    // "... agar VAI memastikan kesesuaian masa berlaku": an earlier date, never a later one.
    browser
        .click_button("Setujui")
        .see("Centang pernyataan bahwa masa berlaku sesuai dengan SK/ST.")
        .axe("pengajuan: belum dicentang")
        .click_button("SK/ST menyebut tanggal yang lebih awal")
        .fill("Berlaku sampai", "2028-01-31")
        .tick("Saya sudah mencocokkan: masa berlaku sampai 31 Januari 2028 sesuai dengan SK/ST.")
        .click_button("Setujui")
        .see("Masa berlaku tidak boleh melewati 31 Desember 2027.")
        .axe("pengajuan: terlalu lama")
        .fill("Berlaku sampai", "2027-06-30")
        .tick("Saya sudah mencocokkan: masa berlaku sampai 30 Juni 2027 sesuai dengan SK/ST.")
        .click_button("Setujui")
        .focus_is(&third.name);
    assert_eq!(second.listed(&shortened.id())["valid_until"], "2027-06-30");

    // 15, and reactivation, 7: "... email penolakan ... dan alasan".
    browser
        .click_button("Tolak pengajuan ini")
        .click_button("Tolak")
        .see("Isi Alasan penolakan.")
        .fill("Alasan penolakan", &"x".repeat(1001))
        .see("Kelebihan 1 huruf")
        .click_button("Tolak")
        .see("Alasan paling panjang 1000 huruf.")
        .axe("pengajuan: alasan terlalu panjang")
        .fill("Alasan penolakan", "SK/ST tidak menyebut satuan kerja ini.")
        .choose("Bagian yang perlu diperbaiki", "Berkas SK/ST")
        .axe("pengajuan: menolak")
        .click_button("Tolak")
        .at("/verifikasi")
        .see(&format!("Ditolak: {}", third.name))
        .see("Tidak ada pengajuan yang menunggu.")
        .axe("verifikasi: kosong");
    assert_eq!(third.listed(&rejected.id())["rejection_field"], "document");

    assert!(mails(&world, &mailbox, &first, 2)[1].contains("disetujui"));
    assert!(mails(&world, &mailbox, &second, 2)[1].contains("30 Juni 2027"));
    assert!(
        mails(&world, &mailbox, &third, 2)[1].contains("SK/ST tidak menyebut satuan kerja ini.")
    );
}

#[test]
fn a_verifier_walks_through_the_queue_by_keys_alone_and_can_switch_them_off() {
    let verifier = WORLD.verifier("TENGAH");
    let people = [
        asks(&WORLD, "TENGAH"),
        asks(&WORLD, "TENGAH"),
        asks(&WORLD, "TENGAH"),
    ];
    let names = people.each_ref().map(|(person, _)| person.name.as_str());
    let browser = Browser::new(&WORLD);
    browser
        .as_person(&verifier)
        .open("/verifikasi")
        .keys(&["j"])
        .focus_is(names[0])
        .keys(&["j", "j", "j"])
        .focus_is(names[2])
        .keys(&["k", "ArrowUp"])
        .focus_is(names[0])
        .keys(&["?"])
        .see("Pakai pintasan satu tombol")
        .axe("verifikasi: pintasan")
        .keys(&["j", "Enter"])
        .heading(names[0])
        .keys(&["s"])
        .focus_is(ATTESTED)
        .keys(&["Space"])
        .tab_to("Setujui")
        .keys(&["Enter"])
        .focus_is(names[1])
        .keys(&["t"])
        .type_text("jkst? bukan pintasan di sini.")
        .holds_value("Alasan penolakan", "jkst? bukan pintasan di sini.")
        .tab_to("Tolak")
        .keys(&["Enter"])
        .focus_is(names[2]);
    assert_eq!(people[0].0.status(&people[0].1.id()), "Aktif");
    assert_eq!(people[1].0.status(&people[1].1.id()), "Ditolak");
    // WCAG 2.1.4: off means off, also tomorrow.
    browser
        .keys(&["?", "Tab", "Space", "u"])
        .heading(names[2])
        .reload()
        .keys(&["u", "j", "?"])
        .heading(names[2])
        .dont_see("Pakai pintasan satu tombol");
}

#[test]
fn ver_4_who_comes_second_is_told_what_stands_and_nothing_typed_is_lost() {
    let verifier = WORLD.verifier("UTARA");
    let (person, access) = asks(&WORLD, "UTARA");
    let (other, _) = asks(&WORLD, "UTARA");
    let (third, kept) = asks(&WORLD, "UTARA");
    let browser = Browser::new(&WORLD);
    browser
        .as_person(&verifier)
        .open(&page_of(&access))
        .heading(&person.name);
    let colleague = WORLD.new_verifier("UTARA", LATER);
    let _ = colleague.approve(&access.request());
    browser
        .tick(ATTESTED)
        .click_button("Setujui")
        .see("Sudah diputus")
        .see("Oleh: VAI Kementerian Contoh Utara.")
        .axe("pengajuan: sudah diputus")
        .click_button("Lanjut ke Pengajuan Berikutnya")
        .focus_is(&other.name);
    assert_eq!(
        WORLD.database().kinds(&access.id()),
        ["access-requested", "request-approved"]
    );

    // A reason survives a closed tab, a dropped line and a session that ends.
    browser
        .open(&page_of(&kept))
        .click_button("Tolak pengajuan ini")
        .fill("Alasan penolakan", "Unggah SK/ST yang terbaru.")
        .reload()
        .holds_value("Alasan penolakan", "Unggah SK/ST yang terbaru.")
        .offline(true)
        .click_button("Tolak")
        .see("Sambungan terputus. Isian Anda masih ada")
        .axe("pengajuan: tanpa sambungan")
        .offline(false)
        .lose_session()
        .click_button("Tolak")
        .dialog("Sesi Anda berakhir")
        .fill("Kata sandi", WORLD.password())
        .click_button("Masuk")
        .see(&format!("Ditolak: {}", third.name));
    assert_eq!(
        WORLD.database().kinds(&kept.id()),
        ["access-requested", "request-rejected"]
    );
    browser
        .open(&page_of(&kept))
        .see("Pengajuan ini tidak ada dalam antrean Anda.")
        .axe("pengajuan: tidak ada");
}

#[test]
fn ver_3_overdue_requests_lead_and_new_ones_are_told_quietly() {
    let world = World::new();
    let verifier = world.verifier("BARAT");
    let (late, _) = asks(&world, "BARAT");
    world.host.set_clock("2026-03-30T08:10:00Z");
    let verifier = world.sign_in(&verifier.email);
    let _ = world.drive("remind-verifiers").send().expect(200);
    let others: Vec<Person> = (0..5).map(|_| asks(&world, "BARAT").0).collect();
    let browser = Browser::new(&world);
    browser
        .as_person(&verifier)
        .open("/verifikasi")
        .heading("Lewat tenggat (1)")
        .heading("Dalam tenggat (5)")
        .see("lewat 1 jam")
        .see("Lewat batas waktu")
        .axe("verifikasi: lewat tenggat")
        .keys(&["j"])
        .focus_is(&late.name)
        .fill("Cari nama, peran, atau satuan kerja", &others[3].name)
        .see("Menampilkan 1 dari 6 pengajuan.")
        .reload()
        .see("Menampilkan 1 dari 6 pengajuan.")
        .choose("Jenis pengajuan", "Reaktivasi")
        .see("Tidak ada yang cocok dengan saringan ini.")
        .axe("verifikasi: tidak ada yang cocok")
        .click_button("Hapus Saringan")
        .focus_is(&late.name);
    // Nothing moves under a hand: what came and went is said, and shown when asked.
    let (new, _) = asks(&world, "BARAT");
    let _ = verifier.reject(&request_of(&verifier, &others[0]), "Sudah tidak bertugas.");
    browser
        .offline(true)
        .offline(false)
        .see("1 pengajuan baru masuk. 1 pengajuan di daftar ini sudah diputus atau ditarik.")
        .dont_see(&new.name)
        .axe("verifikasi: ada yang baru")
        .click_button("Perbarui Daftar")
        .see(&new.name)
        .dont_see(&others[0].name);
    browser
        .phone()
        .dark()
        .reload()
        .heading("Lewat tenggat (1)")
        .fits_the_width()
        .axe("verifikasi: ponsel, gelap")
        .click_link(&late.name)
        .heading(&late.name)
        .fits_the_width()
        .axe("pengajuan: ponsel, gelap")
        .click_button("Tampilkan SK/ST")
        .see("Unduh SK/ST")
        .fits_the_width()
        .axe("pengajuan: SK/ST di ponsel");
}

fn request_of(verifier: &Person, person: &Person) -> String {
    let queue = verifier.queue();
    let row = queue
        .iter()
        .find(|row| row["person"]["id"] == person.account.as_str());
    row.and_then(|row| row["id"].as_str())
        .expect("it waits")
        .to_owned()
}

#[test]
fn all_4_what_cannot_be_approved_says_why_and_suppliers_meet_first() {
    let verifier = WORLD.verifier("TIMUR");
    let rule = "code,role,other_role,scope,source,valid_from,valid_until\n\
                PPK-BENDAHARA,PPK,BENDAHARA,account,Peraturan Contoh,2018-06-08,\n";
    let _ = WORLD.import("role-conflicts", rule);
    let person = WORLD.person();
    let held = person.register("PPK", &WORLD.work_unit("TIMUR"), LATER);
    let asked = person.register("BENDAHARA", &WORLD.work_unit("TIMUR"), LATER);
    let _ = verifier.approve(&held.request());
    let supplier = WORLD.supplier();
    let meets = supplier.register("PPK", &WORLD.work_unit("TIMUR"), LATER);
    let browser = Browser::new(&WORLD);
    browser
        .as_person(&verifier)
        .open("/verifikasi")
        .see("Rangkap terlarang")
        .axe("verifikasi: rangkap")
        .open(&page_of(&asked))
        .see("Belum dapat disetujui")
        .see("Persetujuan belum tersedia karena peran lain orang ini.")
        .axe("pengajuan: rangkap terlarang")
        .open(&page_of(&meets))
        .see("Pemohon adalah penyedia.")
        .tick(ATTESTED)
        .click_button("Setujui")
        .see("dapat disetujui setelah rapatnya")
        .axe("pengajuan: penyedia sebelum rapat");
    assert_eq!(supplier.status(&meets.id()), "Menunggu Verifikasi");
    // Everybody else is told who can.
    let nobody = Browser::new(&WORLD);
    nobody.as_person(&supplier).phone();
    for (page, told) in [
        (
            "/verifikasi",
            "Hanya verifikator (VAI) dengan akses yang masih aktif",
        ),
        (
            "/verifikasi/pengajuan?id=1",
            "Hanya verifikator (VAI) dengan akses yang masih aktif",
        ),
        ("/pengganti", "Pengganti ditunjuk oleh VAI"),
        ("/kolektif", "Surat kolektif diajukan oleh Kepala UKPBJ"),
        (
            "/kolektif/lihat?id=1",
            "Surat ini tidak ada, atau bukan bagian Anda.",
        ),
    ] {
        nobody
            .open(page)
            .see(told)
            .fits_the_width()
            .axe(&format!("bukan untuknya: {page}"));
    }
}

#[test]
fn ver_1_a_colleague_stands_in_for_at_most_thirty_days_and_until_it_is_ended() {
    let (mailbox, world) = with_mail();
    let absent = world.new_verifier("BARAT", LATER);
    let colleague = world.person();
    let _ = colleague.active(&world, "PPK", "BARAT", LATER);
    let (waits, _) = asks(&world, "BARAT");
    let browser = Browser::new(&world);
    browser
        .as_person(&absent)
        .open("/pengganti")
        .see("Belum ada. Tunjuk rekan di atas")
        .axe("pengganti: belum ada")
        .fill("Surel pengganti", "tidak.ada@contoh.example")
        .fill("Hari pertama", "2026-03-27")
        .fill("Hari terakhir", "2026-04-27")
        .click_button("Tunjuk Pengganti")
        .see("Penggantian paling lama 30 hari.")
        .fill("Hari terakhir", "2026-04-10")
        .click_button("Tunjuk Pengganti")
        .see("Tidak ada rekan dengan alamat ini")
        .axe("pengganti: tidak dikenal")
        .fill("Surel pengganti", &colleague.email)
        .double_click_button("Tunjuk Pengganti")
        .see(&format!(
            "{} ditunjuk sebagai pengganti Anda.",
            colleague.name
        ))
        .see("Berlangsung")
        .axe("pengganti: berlangsung");
    assert_eq!(
        world.database().number("SELECT count(*) FROM substitution"),
        1
    );
    assert!(mails(&world, &mailbox, &absent, 1)[0].contains(&colleague.name));

    let substitute = Browser::new(&world);
    substitute
        .as_person(&colleague)
        .open("/pengganti")
        .see(&format!("Anda menggantikan {}", absent.name))
        .axe("pengganti: menggantikan")
        .click_link("Buka Antrean Verifikasi")
        .see(&waits.name);

    browser
        .click_button(&format!("Akhiri penggantian oleh {}", colleague.name))
        .dialog("Akhiri penggantian?")
        .axe("pengganti: mengakhiri")
        .double_click_button("Akhiri Penggantian")
        .no_dialog()
        .see("diakhiri.")
        .see("Diakhiri lebih awal.")
        .axe("pengganti: diakhiri");
    substitute.reload().see("Hanya verifikator (VAI)");
    assert!(mails(&world, &mailbox, &absent, 2)[1].contains("diakhiri"));
}

/// A file that a spreadsheet saved.
fn csv(folder: &TempDir, rows: &[String]) -> PathBuf {
    let path = folder.path().join("orang.csv");
    let head = "email,role,work_unit,valid_until".to_owned();
    let lines: Vec<_> = std::iter::once(&head)
        .chain(rows)
        .map(String::as_str)
        .collect();
    std::fs::write(&path, lines.join("\r\n")).expect("a file");
    path
}

#[test]
fn a_letter_for_many_is_checked_struck_filed_and_decided_one_by_one_and_whole() {
    let (mailbox, world) = with_mail();
    let verifier = world.verifier("TIMUR");
    let head = world.person();
    let _ = world.carry_over(&head, "KUKPBJ", &world.work_unit("TIMUR"), LATER);
    let unit = world.work_unit("TIMUR");
    let people: Vec<Person> = (0..3).map(|_| world.person()).collect();
    let row = |email: &str| format!("{email},PPK,{},{LATER}", unit.code);
    let mut rows: Vec<String> = people.iter().map(|person| row(&person.email)).collect();
    rows.push(row("tidak.ada@contoh.example"));
    let folder = TempDir::new().expect("a folder");
    let letter = folder.path().join("surat.pdf");
    std::fs::write(&letter, pdf::decree("Surat kolektif")).expect("a file");
    let excel = folder.path().join("orang.xlsx.csv");
    std::fs::write(&excel, b"PK\x03\x04\xff").expect("a file");

    let browser = Browser::new(&world);
    browser
        .as_person(&head)
        .open("/kolektif")
        .heading("1. Isi templat")
        .axe("kolektif: kosong")
        .click_button("Cari kode peran dan satuan kerja")
        .see("Kode peran")
        .axe("kolektif: kode")
        .attach("Berkas CSV", &excel)
        .see("Ini berkas Excel.")
        .click_button("Periksa Berkas")
        .see("2 isian perlu diperbaiki")
        .axe("kolektif: belum lengkap")
        .attach("Surat yang sudah ditandatangani", &letter)
        .see("terunggah")
        .attach("Berkas CSV", &csv(&folder, &rows))
        .see("orang.csv: 4 baris.")
        .click_button("Periksa Berkas")
        .at("/kolektif/lihat")
        .see("3 siap diajukan")
        .see("Tidak ada pengguna dengan alamat ini")
        .axe("surat: ada yang keliru")
        .click_button("Coret 1 Baris yang Keliru")
        .see("1 baris dicoret.")
        .tick("Surat itu memuat semua orang ini dengan peran dan masa berlakunya.")
        .axe("surat: siap")
        .double_click_button("Ajukan 3 Orang")
        .see("3 pengajuan terkirim.")
        .axe("surat: diajukan")
        .open("/kolektif")
        .see("Surat yang diperiksa Jumat, 27 Maret 2026");
    assert_eq!(
        world
            .database()
            .number("SELECT count(*) FROM access WHERE role = 'PPK'"),
        3
    );

    let desk = Browser::new(&world);
    desk.as_person(&verifier)
        .open("/verifikasi")
        .see("3 pengajuan menunggu")
        .axe("verifikasi: surat kolektif")
        .click_link(&format!("Surat kolektif dari {}", head.name))
        .at("/kolektif/lihat")
        .see("3 menunggu")
        .axe("surat: bagi verifikator")
        .click_link(&format!("Periksa {}", people[1].name))
        .heading(&people[1].name)
        .click_button("Tolak pengajuan ini")
        .fill("Alasan penolakan", "Tidak tertulis dalam surat.")
        .click_button("Tolak")
        .see(&format!("Ditolak: {}", people[1].name))
        .click_link(&format!("Surat kolektif dari {}", head.name))
        .see("1 ditolak")
        .tick("Saya sudah mencocokkan: masa berlaku semua orang ini sesuai dengan surat.")
        .double_click_button("Setujui Semua (2)")
        .see("2 pengajuan diputus.")
        .axe("surat: diputus")
        .phone()
        .dark()
        .reload()
        .see("2 disetujui")
        .fits_the_width()
        .axe("surat: ponsel, gelap");
    let states: Vec<Value> = people.iter().map(status_of).collect();
    assert_eq!(
        states,
        [json!("active"), json!("rejected"), json!("active")]
    );
    assert!(mails(&world, &mailbox, &people[0], 3)[2].contains("disetujui"));
    assert!(mails(&world, &mailbox, &people[1], 3)[2].contains("Tidak tertulis dalam surat."));
}

fn status_of(person: &Person) -> Value {
    person.get("/api/accesses").expect(200).json()["accesses"][0]["status"].clone()
}
