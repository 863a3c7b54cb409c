//! /akses, /pengaturan/..., /perbaikan-data, /nonaktifkan, /riwayat, /serah-terima and
//! /kenapa: what somebody has, how it is renewed and given up, and who carries on.

use akses_tests::browser::Browser;
use akses_tests::host::Options;
use akses_tests::mailbox::Mailbox;
use akses_tests::pdf;
use akses_tests::world::{LATER, Person, WorkUnit, World};
use serde_json::json;
use std::path::PathBuf;
use std::sync::LazyLock;
use tempfile::TempDir;

/// Shared by tests that leave its clock alone; each makes its own people.
static WORLD: LazyLock<World> = LazyLock::new(|| {
    let world = World::new();
    world.bring_platforms();
    world
});

/// Tests begin on 2026-03-27; what is imported until then is over on the next day.
const TODAY: &str = "2026-03-27";
const NEXT_DAY: &str = "2026-03-28T01:00:00Z";
const AFTER_THE_DEADLINE: &str = "2026-03-31T02:00:00Z";

/// Before that deadline.
const ENDS_WAITING: &str = "2026-03-30";

/// Less than 90 days after today: an access until then can be extended.
const SOON: &str = "2026-05-31";

const LIST: &str = "/pengaturan/informasi-instansi";

/// A line on which there is time to press keys before an answer.
const SLOW_MS: u32 = 3_000;

fn with_mail() -> (Mailbox, World) {
    let mailbox = Mailbox::start();
    let world = World::with(Options::default().variable("smtp_relay", &mailbox.smtp));
    (mailbox, world)
}

/// Whether one of the mails to a person says all of this.
fn is_told(world: &World, mailbox: &Mailbox, person: &Person, words: &[&str]) -> bool {
    let _ = world.drive("deliver-notifications").send().expect(200);
    let letters = mailbox.letters_to(&person.email);
    letters
        .iter()
        .any(|letter| words.iter().all(|word| letter.words().contains(word)))
}

fn file(folder: &TempDir, name: &str, content: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, content).expect("a file");
    path
}

fn holder(world: &World, role: &str, unit: &WorkUnit) -> (Person, String) {
    let person = world.person();
    let access = world.carry_over(&person, role, unit, LATER);
    (person, access)
}

/// reactivation-guide.txt, step by step, from an access that is over to the mail, approved
/// and rejected.
#[test]
fn exp_5_the_reactivation_guide_step_by_step() {
    let (mailbox, world) = with_mail();
    let person = world.person();
    let access = world.carry_over(&person, "PPK", &world.work_unit("TIMUR"), TODAY);
    world.host.set_clock(NEXT_DAY);
    let _ = world.drive("expire-accesses").send().expect(200);
    let folder = TempDir::new().expect("a folder");
    let decree = file(&folder, "Surat Tugas.pdf", &pdf::decree("Surat Tugas"));

    // 1: "pengguna perlu mengakses halaman pengaturan pada manajemen Akun Terpusat". The
    // first page already says what has happened and leads on.
    let browser = Browser::new(&world);
    browser
        .sign_in(&person.email)
        .heading("Manajemen Akses")
        .see("Akses Pejabat Pembuat Komitmen (PPK) sudah berakhir")
        .axe("akses: kedaluwarsa")
        // 2: "klik tombol “Pengaturan”".
        .click_link("Pengaturan")
        // 3: "klik bagian “Informasi Instansi/Perusahaan” ... pada akses dengan status
        // kedaluwarsa, klik “Aktifkan Kembali”".
        .heading("Informasi Instansi/Perusahaan")
        .see("Kedaluwarsa Masa berlaku akses ini sudah lewat.")
        .see("akhir hari 27 Maret 2026 (WIT)")
        .axe("informasi instansi: kedaluwarsa")
        .click_link("Aktifkan Kembali")
        // 4: "diarahkan ke halaman Unggah Perbaikan Data ... wajib melengkapi".
        .at("/perbaikan-data")
        .heading("Unggah Perbaikan Data")
        .click_button("Kirim")
        .see("2 isian perlu diperbaiki")
        .axe("perbaikan data: kosong")
        .fill("Masa berlaku peran", "2026-03-27")
        .click_button("Kirim")
        .see("Tanggal ini sudah lewat.")
        // "... yang dapat diunggah maksimal 2MB".
        .attach(
            "Surat Keterangan Kerja / Surat Tugas",
            &file(&folder, "besar.pdf", &pdf::decree_of(2_097_153)),
        )
        .see("Paling besar 2 MB")
        .axe("perbaikan data: terlalu besar")
        .attach("Surat Keterangan Kerja / Surat Tugas", &decree)
        .see("Surat Tugas.pdf (1 kB) terunggah.")
        .fill("Masa berlaku peran", "2026-12-31");

    // Who closes the page finds it as it was; who loses the line sends it once.
    browser
        .open(LIST)
        .click_link("Aktifkan Kembali")
        .see("Isian Anda dari kunjungan sebelumnya dipulihkan.")
        .see("Surat Tugas.pdf (1 kB) terunggah.")
        .holds_value("Masa berlaku peran", "2026-12-31")
        .axe("perbaikan data: dipulihkan")
        .offline(true)
        .click_button("Kirim")
        .see("Sambungan terputus.")
        .axe("perbaikan data: luring")
        .offline(false)
        // "Apabila sudah sesuai, maka pengguna dapat klik kirim."
        .double_click_button("Kirim")
        // 5: "notifikasi bahwa Dokumen pembaharuan berhasil terkirim ... dalam kurun waktu
        // 3x24 jam ... status akses pengguna akan berubah menjadi “Menunggu Verifikasi”".
        .heading("Dokumen pembaharuan berhasil terkirim")
        .focus_is("Dokumen pembaharuan berhasil terkirim")
        .see("dalam 3x24 jam")
        .see("Menunggu Verifikasi")
        .see("Selasa, 31 Maret 2026 pukul")
        .click_button("Bagaimana tenggat ini dihitung")
        .see("+ 3x24 jam =")
        .axe("perbaikan data: terkirim");
    // Whole three days in the second that it was sent in, less from then on.
    let left = browser.ask_page("return document.querySelector('akses-countdown').textContent");
    assert!(
        left == "3 hari lagi" || left == "2 hari 23 jam lagi",
        "{left}"
    );
    assert_eq!(
        world.database().kinds(&access),
        [
            "access-carried-over",
            "access-expired",
            "reactivation-requested"
        ]
    );

    // 6: "maka pada halaman Pengaturan Akun, status akses akan kembali “Aktif”".
    let verifier = world.sign_in(&world.verifier("TIMUR").email);
    let request = person_again(&world, &person).listed(&access)["request"]["id"].clone();
    verifier.approve(request.as_str().expect("it waits"));
    browser
        .click_link("Lihat Semua Akses")
        .at(LIST)
        .see("Aktif Akses ini dapat dipakai untuk masuk ke platform")
        .see("akhir hari 31 Desember 2026 (WIT)");
    assert!(is_told(&world, &mailbox, &person, &["disetujui"]));

    // 7: "Jika VAI menolak ... email penolakan reaktivasi dan alasan ... diminta untuk
    // melengkapi dokumen sesuai dengan alasan penolakan".
    let reason = "Surat Tugas belum ditandatangani.";
    let again = person_again(&world, &person);
    again.deactivate(&access);
    let request = again.reactivate(&access, "2026-12-31").request();
    verifier.reject(&request, reason);
    browser
        .reload()
        .see("Tidak Aktif")
        .see(reason)
        .axe("informasi instansi: ditolak")
        .click_link("Aktifkan Kembali")
        .see(reason)
        .axe("perbaikan data: ditolak");
    assert!(is_told(&world, &mailbox, &person, &["ditolak", reason]));
}

/// Its session ended while time was moved.
fn person_again(world: &World, person: &Person) -> Person {
    world.sign_in(&person.email)
}

/// deactivation-letter.txt, numbers 1 and 2: who no longer holds the office ends the access
/// and says who carries on.
#[test]
fn exp_1_exp_6_an_access_is_given_up_and_its_work_goes_to_somebody() {
    let (mailbox, world) = with_mail();
    let unit = world.work_unit("BARAT");
    let (person, access) = holder(&world, "PPK", &unit);
    let (colleague, _) = holder(&world, "PPK", &unit);

    let browser = Browser::new(&world);
    browser
        .sign_in(&person.email)
        .open(LIST)
        // 2: "mandiri pada bagian pengaturan ... memilih akses yang akan dinonaktifkan".
        .click_link("Nonaktifkan")
        .at("/nonaktifkan")
        .heading("Nonaktifkan dan Serah Terima")
        .click_button("Nonaktifkan")
        .see("Pilih salah satu jawaban")
        .axe("nonaktifkan: belum dijawab")
        // 1: "agar memastikan pelaksanaan pengadaan ... dilanjutkan oleh Pengguna lainnya".
        .choose(
            "Apakah masih ada pengadaan yang belum selesai?",
            "Ada, dan ada yang meneruskan",
        )
        .click_button("Nonaktifkan")
        .see("Pilih siapa yang meneruskan.")
        .choose(
            "Siapa yang meneruskan?",
            &format!("{} – Pejabat Pembuat Komitmen (PPK)", colleague.name),
        )
        .beside("Paket 1")
        .fill("Kode RUP atau kode paket", "50123456")
        .click_button("Nonaktifkan")
        .see("Isi nama Paket 1, atau hapus paket itu.")
        .axe("nonaktifkan: paket tanpa nama")
        .beside("Paket 1")
        .fill("Nama paket", "Pengadaan server")
        .beside("Paket 1")
        .tick("Sudah serah terima; tinggal pembayaran")
        // "... paket yang telah melalui tahap serah terima ... berkoordinasi dengan Bendahara".
        .see("PPK berkoordinasi dengan Bendahara")
        .click_button("Tambah Paket")
        .beside("Paket 2")
        .fill("Nama paket", "Jasa kebersihan")
        .axe("nonaktifkan: diisi");

    // A closed page loses nothing, and thinking better of it ends nothing.
    browser
        .open(&format!("/nonaktifkan?akses={access}"))
        .see("Isian Anda dari kunjungan sebelumnya dipulihkan.")
        .click_button("Nonaktifkan")
        .dialog("Nonaktifkan akses ini?")
        .see(&format!("2 paket diteruskan oleh {}.", colleague.name))
        .axe("nonaktifkan: ditanya")
        .click_button("Batal")
        .no_dialog()
        .focus_is("Nonaktifkan");
    assert_eq!(person.status(&access), "Aktif");
    browser
        .click_button("Nonaktifkan")
        .double_click_button("Ya, Nonaktifkan")
        .heading("Akses sudah dinonaktifkan")
        .focus_is("Akses sudah dinonaktifkan")
        // "... akses akan berstatus Tidak Aktif".
        .see("Tidak Aktif")
        .see("Ada paket yang sudah diserahterimakan")
        .axe("nonaktifkan: selesai");
    assert_eq!(
        world.database().kinds(&access),
        ["access-carried-over", "access-deactivated"]
    );
    assert!(is_told(&world, &mailbox, &person, &["dinonaktifkan"]));
    assert!(is_told(&world, &mailbox, &colleague, &["Pengadaan server"]));

    // What happened stays readable, and what is settled asks no more.
    browser
        .click_link("Riwayat")
        .heading("Riwayat")
        .see(&format!("(2 paket) dilanjutkan oleh {}.", colleague.name))
        .see("Oleh: Anda")
        .axe("riwayat")
        .click_link("Lihat Semua Akses")
        .click_link("Sebutkan Penerus")
        .see("Yang sudah tercatat:")
        .axe("serah terima: sudah tercatat")
        .click_button("Sebutkan Penerus")
        .choose(
            "Apakah masih ada pengadaan yang belum selesai?",
            "Tidak ada",
        )
        .click_button("Simpan Serah Terima")
        .see("Tidak ada lagi yang perlu Anda lakukan.")
        .axe("serah terima: tidak ditanya lagi");
}

#[test]
fn exp_6_what_nobody_carries_on_is_assigned_by_the_kpa() {
    let unit = WORLD.work_unit("UTARA");
    let (owner, access) = holder(&WORLD, "PPK", &unit);
    let (kpa, _) = holder(&WORLD, "KPA", &unit);

    // Nobody is there to carry on: what is open goes to the KPA.
    let browser = Browser::new(&WORLD);
    browser
        .as_person(&owner)
        .open(&format!("/nonaktifkan?akses={access}"))
        .see("Saat ini tidak ada orang lain di satuan kerja ini")
        .choose(
            "Apakah masih ada pengadaan yang belum selesai?",
            "Ada, tetapi belum ada yang meneruskan",
        )
        .click_button("Nonaktifkan")
        .see("Sebutkan paling sedikit satu paket.")
        .fill("Nama paket", "Sewa gedung arsip")
        .click_button("Nonaktifkan")
        // What is on its way cannot be called back, however often Escape is pressed.
        .slow(SLOW_MS)
        .click_button("Ya, Nonaktifkan")
        .keys(&["Escape"])
        .keys(&["Escape"])
        .dialog("Nonaktifkan akses ini?")
        .slow(0)
        .heading("Akses sudah dinonaktifkan")
        .no_dialog();

    let (newcomer, _) = holder(&WORLD, "PPK", &unit);
    let official = Browser::new(&WORLD);
    official
        .sign_in(&kpa.email)
        .click_link("Serah Terima")
        .heading(&owner.name)
        .see("Sewa gedung arsip")
        .axe("serah terima: daftar")
        .click_button("Tunjuk Penerus")
        .dialog(&format!("Penerus untuk {}", owner.name))
        .click_button("Tunjuk")
        .see("Pilih siapa yang meneruskan")
        .axe("serah terima: belum dipilih")
        .choose("Siapa yang meneruskan?", &newcomer.name)
        .double_click_button("Tunjuk")
        .no_dialog()
        .see(&format!(
            "{} meneruskan pekerjaan {}.",
            newcomer.name, owner.name
        ))
        .axe("serah terima: ditunjuk")
        .reload()
        .see("Tidak ada pekerjaan yang menunggu penerus.")
        .axe("serah terima: kosong");

    // Who has no say learns who has.
    browser
        .open("/serah-terima")
        .heading("Halaman ini untuk PA, KPA, dan Kepala UKPBJ")
        .axe("serah terima: bukan untuk Anda");
}

#[test]
fn the_last_verifier_of_an_institution_is_warned_and_not_stopped() {
    let verifier = WORLD.new_verifier("TENGAH", LATER);
    let list = verifier.get("/api/accesses").expect(200).json();
    let access = list["accesses"][0]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let browser = Browser::new(&WORLD);
    browser
        .as_person(&verifier)
        .open(&format!("/nonaktifkan?akses={access}"))
        .choose(
            "Apakah masih ada pengadaan yang belum selesai?",
            "Tidak ada",
        )
        .click_button("Nonaktifkan")
        .click_button("Ya, Nonaktifkan")
        .dialog("Anda VAI aktif terakhir di instansi ini")
        .see("minta Kepala UKPBJ menunjuk VAI baru")
        .axe("nonaktifkan: VAI terakhir")
        .click_button("Batal, Tunggu VAI Baru")
        .no_dialog();
    assert_eq!(verifier.status(&access), "Aktif");
    browser
        .click_button("Nonaktifkan")
        .click_button("Ya, Nonaktifkan")
        .click_button("Tetap Nonaktifkan")
        .heading("Akses sudah dinonaktifkan");
    assert_eq!(verifier.status(&access), "Tidak Aktif");
}

/// On a phone, in the dark, and without touching the screen once.
#[test]
fn exp_7_an_extension_by_keyboard_alone() {
    let person = WORLD.person();
    let access = WORLD.carry_over(&person, "PPK", &WORLD.work_unit("BARAT"), SOON);
    let folder = TempDir::new().expect("a folder");
    let decree = file(&folder, "st.pdf", &pdf::decree("Surat Tugas"));
    let browser = Browser::new(&WORLD);
    browser
        .phone()
        .dark()
        .as_person(&person)
        .open("/akses")
        .see("segera berakhir")
        .fits_the_width()
        .axe("akses: segera berakhir")
        .tab_to("Perpanjang")
        .keys(&["Enter"])
        .at("/perbaikan-data")
        .see("akses tetap dapat dipakai sampai hari terakhirnya")
        .fits_the_width()
        .tab_to("Masa berlaku peran")
        .fill("Masa berlaku peran", "2026-05-31")
        .tab_to("Kirim")
        .keys(&["Enter"])
        .see("Isi tanggal sesudah masa berlaku yang sekarang, 31 Mei 2026.")
        .axe("perpanjangan: terlalu awal")
        .fill("Masa berlaku peran", "2026-12-31")
        .attach("Surat Keterangan Kerja / Surat Tugas", &decree)
        .see("terunggah")
        .tab_to("Kirim")
        .keys(&["Enter"])
        .heading("Dokumen pembaharuan berhasil terkirim")
        .fits_the_width()
        .axe("perpanjangan: terkirim")
        .tab_to("Lihat Semua Akses")
        .keys(&["Enter"])
        .see("Perpanjangan menunggu keputusan")
        .fits_the_width()
        .axe("informasi instansi: perpanjangan")
        .tab_to("Riwayat")
        .keys(&["Enter"])
        .heading("Riwayat")
        .see("Perpanjangan diajukan")
        .fits_the_width()
        .axe("riwayat: perpanjangan");
    assert_eq!(browser.clicks(), 0);
    assert_eq!(person.status(&access), "Aktif");
}

/// registration-supplier-as-non-supplier.txt: "Klik tautan "Daftar Sebagai ASN". Masukkan
/// NIP/NRP, lalu klik tombol "Simpan"".
#[test]
fn pro_1_the_service_number_is_saved_in_the_profile() {
    let world = World::demo();
    let browser = Browser::new(&world);
    browser
        .sign_in("pegawai.baru@contoh.example")
        .heading("Anda belum mempunyai akses")
        .axe("akses: belum ada")
        .open("/pengaturan/profil")
        .heading("Identitas Digital dan Profil")
        .see("Belum tercatat")
        .axe("profil: tanpa NIP")
        .click_button("Daftar Sebagai ASN")
        .click_button("Simpan")
        .see("Isi Nomor induk.")
        .fill("Nomor induk", "1990 0101 2020")
        .click_button("Simpan")
        .see("NIP dan NI PPPK berisi 18 angka; yang diketik 12.")
        .axe("profil: NIP terlalu pendek")
        .fill("Nomor induk", "190001012020121003")
        .click_button("Simpan")
        .see("NIP ini sudah tercatat pada akun lain.")
        .axe("profil: NIP orang lain")
        .choose("Jenis nomor", "NRP")
        .fill("Nomor induk", "12345678")
        .double_click_button("Simpan")
        .see("NIP/NRP tersimpan: •••678.")
        .axe("profil: tersimpan")
        // Who has nothing is told how to get something.
        .open("/kenapa")
        .see("Anda belum mempunyai akses, jadi belum ada platform yang dapat dimasuki.")
        .axe("kenapa: belum ada akses");
    for (page, says) in [
        (
            "/perbaikan-data",
            "Tidak ada akses yang dapat diaktifkan kembali",
        ),
        (
            "/nonaktifkan",
            "Tidak ada akses Aktif yang dapat dinonaktifkan.",
        ),
        ("/riwayat", "Anda belum mempunyai akses."),
        (LIST, "Anda belum mempunyai akses. Setelah mendaftar"),
    ] {
        browser.open(page).see(says).axe(&format!("kosong: {page}"));
    }
}

#[test]
fn the_first_page_says_what_needs_doing_and_each_status_what_it_means() {
    let world = World::new();
    world.bring_platforms();
    let person = world.person();
    let verifier = world.verifier("BARAT");
    let unit = world.work_unit("BARAT");
    let browser = Browser::new(&world);
    world.carry_over(&person, "KASATKER", &unit, LATER);
    browser
        .as_person(&person)
        .open("/akses")
        .see("Tidak ada untuk akses Anda sendiri; semuanya dapat dipakai.")
        .axe("akses: semua baik");

    let extended = world.carry_over(&person, "BENDAHARA", &unit, ENDS_WAITING);
    person.extend(&extended, LATER);
    browser
        .reload()
        .see("Tidak ada. Pengajuan Anda sedang diperiksa; hasilnya dikirim lewat surel.");
    let rejected = person.register("PP", &unit, LATER);
    let _ = verifier.decide(
        &rejected.request(),
        &json!({ "decision": "reject", "reason": "Surat Tugas tidak terbaca.", "field": "document" }),
    )
    .expect(200);
    person.register("PPK", &unit, LATER);
    let _ = person
        .call("PUT", "/api/drafts/TIMLPSE")
        .json(&json!({ "institution": unit.institution }))
        .send()
        .expect(200);
    browser
        .reload()
        .see("Pengajuan Pejabat Pengadaan ditolak")
        .see("“Surat Tugas tidak terbaca.”")
        .see("Pendaftaran Tim Pengelola LPSE belum dikirim")
        .see("Diputus paling lambat Senin, 30 Maret 2026 pukul")
        .axe("akses: tugas")
        .open(LIST)
        .see("Yang perlu diperbaiki: surat yang diunggah.")
        .see("Pendaftaran menunggu keputusan")
        .axe("informasi instansi: semua status");
    assert!(
        browser
            .ask_page("return [...document.querySelectorAll('a')].find((it) => it.textContent === 'Ajukan Lagi').search")
            .as_str()
            .is_some_and(|asked| asked.contains("role=PP&") && asked.contains(&rejected.id()))
    );

    world.host.set_clock(AFTER_THE_DEADLINE);
    browser
        .sign_in(&person.email)
        .see("Pengajuan Pejabat Pembuat Komitmen (PPK) lewat tenggat")
        .axe("akses: lewat tenggat")
        .beside("Pengajuan Pejabat Pembuat Komitmen (PPK) lewat tenggat")
        .click_link("Lihat Pengajuan")
        .at(LIST)
        .focus_is("Pejabat Pembuat Komitmen (PPK)")
        .see("Tenggat ini sudah lewat. Anda tidak perlu mengirim ulang")
        // EXP-7: what ended while its extension waited is over, and the request is not.
        .see("Pengajuan Anda tidak hilang dan tetap dapat disetujui.")
        .axe("informasi instansi: lewat tenggat")
        .open("/kenapa")
        .see("Seharusnya sudah diputus VAI Kementerian Contoh Barat")
        .axe("kenapa: lewat tenggat");
}

#[test]
fn why_somebody_cannot_enter_is_told_with_what_opens_the_door() {
    let person = WORLD.person();
    let access = WORLD.carry_over(&person, "PPK", &WORLD.work_unit("BARAT"), LATER);
    let browser = Browser::new(&WORLD);
    browser
        .as_person(&person)
        .open("/kenapa")
        .see("Anda mempunyai akses yang dapat dipakai masuk sekarang.")
        .axe("kenapa: dapat masuk");
    person.deactivate(&access);
    browser
        .reload()
        .see("Belum dapat masuk")
        .see("dinonaktifkan oleh Anda sendiri")
        .see("Oleh Anda sendiri")
        .see("Menurut aturan")
        .axe("kenapa: dinonaktifkan")
        .choose("Ke platform mana?", "Katalog Elektronik")
        .at("/kenapa?platform=KATALOG")
        .axe("kenapa: satu platform")
        .open(&format!("/kenapa?akses={access}"))
        .click_link("Aktifkan Kembali")
        .at("/perbaikan-data")
        .heading("Unggah Perbaikan Data");
}

/// ALL-2: somebody else's access looks like none at all.
#[test]
fn an_access_of_somebody_else_is_not_there() {
    let (_, access) = holder(&WORLD, "PPK", &WORLD.work_unit("BARAT"));
    let (person, _) = holder(&WORLD, "PPK", &WORLD.work_unit("BARAT"));
    let browser = Browser::new(&WORLD);
    browser.as_person(&person);
    for page in ["/perbaikan-data", "/nonaktifkan", "/riwayat", "/kenapa"] {
        browser
            .open(&format!("{page}?akses={access}"))
            .see("Akses ini tidak ada pada akun Anda")
            .axe(&format!("bukan milik Anda: {page}"));
    }
}

#[test]
fn a_long_list_is_read_page_by_page() {
    let person = WORLD.person();
    for _ in 0..22 {
        WORLD.carry_over(&person, "PPK", &WORLD.work_unit("BARAT"), LATER);
    }
    let browser = Browser::new(&WORLD);
    browser
        .as_person(&person)
        .open("/akses")
        .see("Aktif (22)")
        .click_link("Lihat 17 lainnya")
        .at(LIST)
        .click_button("Muat Lebih Banyak")
        .dont_see("Muat Lebih Banyak");
    let cards = browser.ask_page("return document.querySelectorAll('.access').length");
    assert_eq!(cards, 22);
    browser.axe("informasi instansi: halaman kedua");
}

#[test]
fn the_start_page_and_a_wrong_address_lead_on() {
    let browser = Browser::new(&WORLD);
    browser
        .phone()
        .open("/")
        .fits_the_width()
        .axe("halaman depan")
        .dark()
        .axe("halaman depan")
        .click_link("Masuk ke Manajemen Akses")
        .at("/masuk");
    browser
        .forgive("404")
        .open("/tidak/ada")
        .heading("Halaman ini tidak ada")
        .fits_the_width()
        .axe("halaman tidak ada")
        .click_link("Halaman Depan")
        .at("/");
}
