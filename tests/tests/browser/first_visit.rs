//! Somebody who has never seen it, alone with `akses up --demo`.

use akses_tests::browser::Browser;
use akses_tests::pdf;
use akses_tests::world::{LATER, World};
use std::fs;

/// From the start page to an approved access, both sides played, beside typing.
const PRESSES_MAX: u32 = 25;

/// Presses of a mouse that the browser of a test does without: into both passwords,
/// two fields that offer choices, and the date; on the file's button, and in the
/// window where the file is chosen. (The first field of signing in has the focus.)
const PRESSES_TO_TYPE: u32 = 7;

const CONNECT: &str = "Hubungkan atau Buat Akses Daftarkan peran Anda di satuan kerja, atau hubungkan akses SiRUP yang sudah ada.";
const CONFIRMED: &str = "Saya menyatakan seluruh data dan dokumen di atas benar dan sesuai dengan surat penugasan saya.";
const ATTESTED: &str =
    "Saya sudah mencocokkan: masa berlaku sampai 31 Desember 2027 sesuai dengan SK/ST.";

#[test]
fn both_sides_of_an_approved_access_are_few_presses_apart() {
    let world = World::demo();
    let folder = tempfile::tempdir().expect("a folder");
    let decree = folder.path().join("SK.pdf");
    fs::write(&decree, pdf::decree("Surat Keputusan")).expect("a file");
    let browser = Browser::new(&world);
    browser
        .open("/")
        .click_link("Masuk ke Manajemen Akses")
        .sign_in_here("pegawai.baru@contoh.example", world.password())
        .at("/akses")
        .axe("kunjungan pertama: belum ada akses")
        .click_link(CONNECT)
        .choose("Role", "Pejabat Pembuat Komitmen (PPK)")
        .click_button("Daftar Akses Baru")
        .click_button("Ya, Lanjutkan")
        .pick("Nama Instansi", "keuang", "Kementerian Keuangan")
        .pick("Satuan Kerja", "sekre", "Sekretariat Jenderal")
        .fill("Masa Berlaku Peran", LATER)
        .attach("Unggah Surat Keputusan/Surat Tugas", &decree)
        .see("terunggah")
        .click_button("Ajukan Akses")
        .tick(CONFIRMED)
        .click_button("Kirim")
        .heading("Pengajuan terkirim")
        .axe("kunjungan pertama: terkirim")
        .click_button("Keluar")
        .at("/masuk")
        .sign_in_here("vai.kemenkeu@contoh.example", world.password())
        .at("/akses")
        .click_link("Verifikasi")
        .click_link("Demo Pegawai Baru")
        .at("/verifikasi/pengajuan")
        .tick(ATTESTED)
        .click_button("Setujui")
        .see("Disetujui: Demo Pegawai Baru sebagai Pejabat Pembuat Komitmen");
    let presses = browser.clicks() + PRESSES_TO_TYPE;
    assert!(presses <= PRESSES_MAX, "{presses} presses");

    let newcomer = world.sign_in("pegawai.baru@contoh.example");
    let page = newcomer.get("/api/accesses").expect(200).json();
    assert_eq!(page["accesses"][0]["status_text"], "Aktif");
}
