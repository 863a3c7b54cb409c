//! The two guides, followed over HTTP from their first step to their last: each
//! numbered step is one call, in the guide's order and under its words. What a
//! failing test printed last is the step that does not work.

use akses_tests::client::Answer;
use akses_tests::host::Options;
use akses_tests::mailbox::Mailbox;
use akses_tests::platform::DemoPlatform;
use akses_tests::sirup::Sirup;
use akses_tests::world::{Access, LATER, Person, WorkUnit, World, text};
use serde_json::{Value, json};

/// The days off that the demo brings.
const HOLIDAYS: &str = include_str!("../../crates/host/demo/holidays.csv");

#[test]
fn the_guide_for_pa_and_kpa_step_by_step() {
    let mailbox = Mailbox::start();
    let sirup = Sirup::start(&[
        "pa.lama:sandi-sirup-1:2021-03-01",
        "kpa.lama:sandi-sirup-2:2020-06-15",
        "pa.baru:sandi-sirup-3:2024-08-01",
    ]);
    let options = Options::default()
        .variable("smtp_relay", &mailbox.smtp)
        .variable("sirup_origin", &sirup.origin);
    let world = World::with(options);
    world.bring_platforms();
    world.import("platform-roles", "platform,role,admitted\nHITAM,PA,true\n");
    let verifier = world.verifier("BARAT");
    let person = world.person();
    let unit = world.work_unit_without_address("BARAT");

    step(
        1,
        "Pada halaman Manajemen Akses, klik tombol “Hubungkan atau Buat Akses”.",
    );
    let accesses = person.get("/api/accesses").expect(200).json();
    assert_eq!(accesses["accesses"], json!([]));

    step(
        2,
        "Tipe Profil “Non Penyedia”, dan selanjutnya memasukkan Role.",
    );
    let roles = person.get("/api/reference/roles").expect(200).json();
    let codes: Vec<_> = items(&roles).map(|role| text(&role["code"])).collect();
    assert!(
        codes.contains(&"PA".to_owned()) && codes.contains(&"KPA".to_owned()),
        "{codes:?}"
    );

    step(
        3,
        "Username dan Kata Sandi pada Platform SiRUP, lalu klik tombol “Hubungkan Akses”.",
    );
    let linked = link(&person, "pa.lama", "sandi-sirup-1").expect(200).json();

    step(
        4,
        "Sistem akan melakukan pengecekan data akses Pengguna pada SiRUP.",
    );
    assert_eq!(sirup.questions(), 1, "SiRUP was asked, once");

    step(
        5,
        "Jika berhasil dihubungkan, diarahkan untuk melanjutkan registrasi pada tahapan 10.",
    );
    assert_eq!(linked["previous_user_name"], "pa.lama");
    assert_eq!(prefilled(&person, "PA", &unit), "pa.lama");

    step(
        6,
        "Jika gagal, pop up menginformasikan; “Daftar Akses Baru” atau Pusat Bantuan.",
    );
    let other = world.person();
    let problem = link(&other, "kpa.lama", "sandi-yang-keliru");
    says(
        &problem.problem(422, "sirup-wrong-credentials"),
        &["Daftar Akses Baru", "Pusat Bantuan"],
    );

    step(
        7,
        "Jika Akses SiRUP sudah pernah dihubungkan, pop up; hubungi Pusat Bantuan.",
    );
    let problem = link(&other, "pa.lama", "sandi-sirup-1");
    says(
        &problem.problem(409, "sirup-already-linked"),
        &["Pusat Bantuan"],
    );

    step(
        8,
        "Jika tidak terdaftar di SiRUP sebelum 1 Agustus 2024, klik “Daftar Akses Baru”.",
    );
    let problem = link(&other, "pa.baru", "sandi-sirup-3");
    says(
        &problem.problem(403, "sirup-registered-too-late"),
        &["Daftar Akses Baru"],
    );

    step(
        9,
        "Klik “Ya, Lanjutkan”, dan proses akan berlanjut ke tahapan nomor 10.",
    );
    assert_eq!(
        need(&fields(&other, "KPA", &unit), "previous_user_name"),
        Some("optional")
    );

    step(
        10,
        "Mengisikan formulir: daftar kolom informasi berdasarkan peran.",
    );
    for role in ["PA", "KPA"] {
        let fields = fields(&person, role, &unit);
        for (field, expected) in [
            ("role", "prefilled"),
            ("previous_user_name", "prefilled"),
            ("institution_kind", "required"),
            ("institution", "required"),
            ("work_unit", "required"),
            ("valid_until", "required"),
            ("address", "required"),
            ("document", "required"),
        ] {
            assert_eq!(need(&fields, field), Some(expected), "{role}: {fields:?}");
        }
    }
    let titles = ["PA", "KPA"].map(|role| label(&person, role, &unit, "document"));
    assert!(titles[0].contains("Surat Tanda Jabatan"), "{titles:?}");
    assert!(titles[1].contains("Surat Pengangkatan"), "{titles:?}");
    let mut form = person.form("PA", &unit, LATER);
    form["institution_kind"] = "Kementerian".into();
    form["previous_user_name"] = "pa.lama".into();
    form["address"] = "Jalan Contoh Nomor 10, Jakarta".into();

    step(11, "Jika semua telah terisi, klik tombol “Ajukan Akses”.");
    let typed = keep_complete_draft(&person, "PA", &form);

    step(
        12,
        "Meninjau ulang, mencentang bagian konfirmasi, lalu klik tombol “Kirim”.",
    );
    let drafts = person.get("/api/drafts?role=PA").expect(200).json();
    assert_eq!(drafts["drafts"][0]["values"], typed);
    let mut unticked = form.clone();
    unticked["confirmed"] = false.into();
    person
        .try_register(&unticked)
        .names_field(422, "not-confirmed", "confirmed");
    let access = Access(person.try_register(&form).expect(201).json());

    step(
        13,
        "Pengguna akan diminta untuk menunggu selama proses verifikasi.",
    );
    assert_eq!(person.status(&access.id()), "Menunggu Verifikasi");
    assert_eq!(
        person.get("/api/drafts").expect(200).json()["drafts"],
        json!([])
    );

    step(
        15,
        "Jika ditolak, email; status menjadi Rejected; kembali ke tahapan nomor 1.",
    );
    verifier.reject(&access.request(), "Nama pada SK berbeda.");
    mailed(&world, &mailbox, &person, &["Nama pada SK berbeda."]);
    assert_eq!(person.status(&access.id()), "Ditolak");
    let again = person.get("/api/drafts?role=PA").expect(200).json();
    assert_eq!(
        again["drafts"][0]["rejection"]["reason"],
        "Nama pada SK berbeda."
    );
    let access = Access(person.try_register(&form).expect(201).json());

    step(
        14,
        "Jika berhasil, email menginformasikan bahwa akses telah disetujui.",
    );
    verifier.approve(&access.request());
    mailed(&world, &mailbox, &person, &["disetujui"]);
    assert_eq!(person.status(&access.id()), "Aktif");

    enters(&world, &person, "HITAM", 16);
}

#[test]
fn the_guide_for_suppliers_step_by_step() {
    let mailbox = Mailbox::start();
    let world = World::with(Options::default().variable("smtp_relay", &mailbox.smtp));
    world.bring_platforms();
    world.import("holidays", HOLIDAYS);
    let verifier = world.verifier("BARAT");
    let supplier = world.supplier();
    let unit = world.work_unit_without_address("BARAT");

    step(
        1,
        "Pada halaman Manajemen Akses, klik tombol “Hubungkan atau Buat Akses”.",
    );
    let accesses = supplier.get("/api/accesses").expect(200).json();
    assert_eq!(accesses["accesses"], json!([]));

    step(
        2,
        "Memilih Tipe Profil “Non Penyedia” dan Role, lalu klik “Hubungkan Akses”.",
    );
    let me = supplier.get("/api/me").expect(200).json();
    assert_eq!(me["profile"], "supplier");

    step(3, "Mengisikan formulir untuk melengkapi detail informasi.");
    let fields = fields(&supplier, "PP", &unit);
    for (field, expected) in [
        ("previous_user_name", "optional"),
        ("golongan", "required"),
        ("institution_kind", "required"),
        ("institution", "required"),
        ("work_unit", "required"),
        ("valid_until", "required"),
        ("npwp", "required"),
        ("division", "optional"),
        ("address", "required"),
        ("document", "required"),
    ] {
        assert_eq!(need(&fields, field), Some(expected), "{fields:?}");
    }
    let mut form = supplier.form("PP", &unit, LATER);
    form["institution_kind"] = "Kementerian".into();
    form["golongan"] = "III/a".into();
    form["npwp"] = "01.234.567.8-901.000".into();
    form["address"] = "Jalan Contoh Nomor 11, Jakarta".into();

    step(4, "Jika semua telah terisi, klik tombol “Ajukan Akses”.");
    keep_complete_draft(&supplier, "PP", &form);

    step(
        5,
        "Meninjau ulang, mencentang bagian konfirmasi, lalu klik tombol “Kirim”.",
    );
    let access = Access(supplier.try_register(&form).expect(201).json());
    let request = access.request();
    assert_eq!(supplier.listed(&access.id())["next_steps"], json!(["meet"]));

    step(
        6,
        "Sistem akan menjadwalkan pertemuan virtual; siapkan Surat Tugas.",
    );
    let path = format!("/api/requests/{request}/meeting");
    let meeting = supplier.get(&path).expect(200).json();
    assert_eq!(meeting["state"], "scheduled");
    mailed(&world, &mailbox, &supplier, &["Surat Tugas"]);
    verifier
        .try_approve(&request)
        .problem(409, "meeting-not-held");
    let seen = verifier.get(&path).expect(200).json();
    assert_eq!(seen["can_move"], false, "the buttons are the supplier's");

    step(
        7,
        "“Cari Jadwal Lain”: waktu baru, dalam rentang waktu 5 hari kerja.",
    );
    let moved = supplier
        .post(&format!("{path}/reschedule"), &json!({}))
        .expect(200)
        .json();
    assert!(
        text(&moved["starts"]["at"]) > text(&meeting["starts"]["at"]),
        "{moved:#}"
    );

    step(
        8,
        "Pada hari yang telah dijadwalkan, klik tombol “Gabung Rapat”.",
    );
    let starts = text(&moved["starts"]["at"]);
    supplier
        .post(&format!("{path}/join"), &json!({}))
        .problem(409, "meeting-not-today");
    world.host.set_clock(&starts);
    let [supplier, verifier] = [&supplier, &verifier].map(|who| world.sign_in(&who.email));

    step(
        9,
        "Jika masih dalam antrian, Pengguna diarahkan ke halaman ruang tunggu.",
    );
    let waiting = supplier
        .post(&format!("{path}/join"), &json!({}))
        .expect(200)
        .json();
    assert_eq!(waiting["place"], 1, "{waiting:#}");
    assert_eq!(waiting["room"], Value::Null);

    step(
        10,
        "Jika verifikator telah siap, Pengguna diarahkan ke halaman video call.",
    );
    let called = verifier
        .post("/api/meetings/call-next", &json!({}))
        .expect(200)
        .json();
    assert_eq!(called["meeting"]["request"], request, "{called:#}");
    let waiting_room = format!("/api/requests/{request}/waiting-room");
    let room = supplier.get(&waiting_room).expect(200).json();
    assert!(
        text(&room["room"]["url"]).starts_with("https://"),
        "{room:#}"
    );

    step(
        11,
        "Jika berhasil, email menginformasikan bahwa akses telah disetujui.",
    );
    verifier.approve(&request);
    mailed(&world, &mailbox, &supplier, &["disetujui"]);
    assert_eq!(supplier.status(&access.id()), "Aktif");

    step(13, "Klik tautan “Daftar Sebagai ASN”.");
    step(14, "Masukkan NIP/NRP, lalu klik tombol “Simpan”.");
    let number = json!({ "kind": "nip", "number": "199001012020129999" });
    let saved = supplier
        .call("PUT", "/api/me/service-number")
        .json(&number)
        .send();
    assert_eq!(saved.expect(200).json()["service_number"], "•••999");

    enters(&world, &supplier, "KATALOG", 15);
}

/// "Pilih Platform" to the platform itself: the last steps of both guides.
fn enters(world: &World, person: &Person, code: &str, first: u32) {
    step(
        first,
        "Memilih platform dengan mengklik kolom “Pilih Platform”.",
    );
    let platforms = person.get("/api/platforms").expect(200).json();
    let list = platforms["platforms"].as_array().unwrap();
    let platform = list
        .iter()
        .find(|platform| platform["code"] == code)
        .unwrap();

    step(
        first + 1,
        "Memilih platform yang ingin diakses, lalu klik tombol “Pilih”.",
    );
    step(
        first + 2,
        "Melihat daftar akses yang dimiliki, lalu klik tombol “Selanjutnya”.",
    );
    assert_eq!(platform["can_enter"], true, "{platform:#}");
    assert_eq!(platform["accesses"].as_array().unwrap().len(), 1);

    step(
        first + 3,
        "Mengkonfirmasi Syarat dan Ketentuan serta Kebijakan Privasi, klik “Setuju”.",
    );
    let terms = person
        .get(&format!("/api/platforms/{code}/terms"))
        .expect(200)
        .json();
    let agreed = json!({
        "terms_version": terms["terms"]["version"],
        "privacy_version": terms["privacy"]["version"],
    });
    let _ = person
        .post(&format!("/api/platforms/{code}/acceptance"), &agreed)
        .expect(200);

    step(
        first + 4,
        "Hanya satu akses: langsung diarahkan ke sistem pengadaan barang dan jasa.",
    );
    let entry = person
        .post(&format!("/api/platforms/{code}/entry"), &json!({}))
        .expect(200)
        .json();
    let platform = DemoPlatform::start(world, &world.host.clock());
    let claims = platform.entered(code, entry["assertion"].as_str().unwrap());
    assert_eq!(claims["sub"], person.account);
}

/// A step in the guide's own words.
fn step(number: u32, words: &str) {
    println!("{number}. {words}");
}

/// Keeps the form as a draft that lacks nothing; answers what was typed.
#[track_caller]
fn keep_complete_draft(person: &Person, role: &str, form: &Value) -> Value {
    let mut typed = form.clone();
    for beside in ["role", "confirmed"] {
        typed.as_object_mut().unwrap().remove(beside);
    }
    let path = format!("/api/drafts/{role}");
    let kept = person.call("PUT", &path).json(&typed).send();
    let kept = kept.expect(200).json();
    assert_eq!(
        (&kept["missing"], &kept["problems"]),
        (&json!([]), &json!([]))
    );
    typed
}

fn items(page: &Value) -> impl Iterator<Item = &Value> {
    page["items"].as_array().expect("a list").iter()
}

fn link(person: &Person, user_name: &str, password: &str) -> Answer {
    let body = json!({ "user_name": user_name, "password": password });
    person.post("/api/sirup-link", &body)
}

/// The form that this person gets.
#[track_caller]
fn form(person: &Person, role: &str, unit: &WorkUnit) -> Vec<Value> {
    let path = format!("/api/registration-form?role={role}&work_unit={}", unit.id);
    let form = person.get(&path).expect(200).json();
    form["fields"].as_array().expect("fields").clone()
}

/// The need of each of its fields.
#[track_caller]
fn fields(person: &Person, role: &str, unit: &WorkUnit) -> Vec<(String, String)> {
    let fields = form(person, role, unit).into_iter();
    fields
        .map(|field| (text(&field["name"]), text(&field["need"])))
        .collect()
}

fn need<'a>(fields: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let mut fields = fields.iter();
    fields
        .find(|(field, _)| field == name)
        .map(|(_, need)| need.as_str())
}

#[track_caller]
fn field(person: &Person, role: &str, unit: &WorkUnit, name: &str) -> Value {
    let mut fields = form(person, role, unit).into_iter();
    fields
        .find(|field| field["name"] == name)
        .expect("the field is asked")
}

#[track_caller]
fn label(person: &Person, role: &str, unit: &WorkUnit, name: &str) -> String {
    text(&field(person, role, unit, name)["label"])
}

#[track_caller]
fn prefilled(person: &Person, role: &str, unit: &WorkUnit) -> String {
    text(&field(person, role, unit, "previous_user_name")["value"])
}

#[track_caller]
fn says(problem: &Value, phrases: &[&str]) {
    let detail = text(&problem["detail"]);
    for phrase in phrases {
        assert!(detail.contains(phrase), "{phrase}: {detail}");
    }
}

/// The newest mail to this person says this.
#[track_caller]
fn mailed(world: &World, mailbox: &Mailbox, person: &Person, phrases: &[&str]) {
    world.host.run_timer("deliver-notifications");
    let letters = mailbox.letters();
    let letter = letters
        .iter()
        .rev()
        .find(|letter| letter.to == [person.email.clone()]);
    let words = letter.expect("a mail").words();
    for phrase in phrases {
        assert!(words.contains(phrase), "{phrase}: {words}");
    }
}
