//! `GET /api/registration-form` and what `POST /api/accesses/registration` makes
//! of the same data: REG-2, REG-3, REG-8.

use akses_tests::client::Answer;
use akses_tests::program::project;
use akses_tests::world::{Access, LATER, Person, WorkUnit, World, text};
use serde_json::{Value, json};
use std::fs;
use std::sync::LazyLock;

static WORLD: LazyLock<World> = LazyLock::new(World::new);

const COLUMNS: &str = "profile,role,field,position,label,help,kind,need,source,chars_max\n";

#[track_caller]
fn form(person: &Person, role: &str, unit: Option<&WorkUnit>) -> Vec<Value> {
    let unit = unit.map_or(String::new(), |unit| format!("&work_unit={}", unit.id));
    let path = format!("/api/registration-form?role={role}{unit}");
    let form = person.get(&path).expect(200).json();
    assert_eq!(form["role"]["id"], role);
    form["fields"].as_array().expect("fields").clone()
}

fn names(fields: &[Value]) -> Vec<&str> {
    fields
        .iter()
        .map(|field| field["name"].as_str().unwrap())
        .collect()
}

#[track_caller]
fn one<'a>(fields: &'a [Value], name: &str) -> &'a Value {
    fields
        .iter()
        .find(|field| field["name"] == name)
        .unwrap_or_else(|| panic!("{name} is not asked: {fields:#?}"))
}

/// The fields that a problem names, in its order.
#[track_caller]
fn named(answer: &Answer) -> Vec<String> {
    let errors = answer.json()["errors"].as_array().unwrap().clone();
    errors.iter().map(|error| text(&error["field"])).collect()
}

fn asked(world: &World, access: &Access) -> Value {
    world.database().history(&access.id()).remove(0).data["form"].clone()
}

#[test]
fn reg_2_the_forms_are_those_of_the_guides() {
    let person = WORLD.person();
    let common = [
        "role",
        "previous_user_name",
        "institution_kind",
        "institution",
        "work_unit",
        "valid_until",
        "address",
        "document",
    ];
    for (role, decree) in [
        ("PA", "Unggah Surat Tanda Jabatan sebagai PA"),
        ("KPA", "Unggah Surat Pengangkatan sebagai KPA"),
        ("PPK", "Unggah Surat Keputusan/Surat Tugas"),
        ("VAI", "Unggah Surat Keputusan/Surat Tugas"),
    ] {
        let fields = form(&person, role, None);
        assert_eq!(names(&fields), common, "{role}");
        assert_eq!(one(&fields, "document")["label"], decree);
        assert_eq!(one(&fields, "role")["value"], role);
        assert_eq!(one(&fields, "role")["need"], "prefilled");
        // Nothing is linked, so nothing is prefilled.
        assert_eq!(one(&fields, "previous_user_name")["need"], "optional");
        assert_eq!(
            one(&fields, "previous_user_name")["source"],
            "sirup-user-name"
        );
        for required in [
            "institution_kind",
            "institution",
            "work_unit",
            "valid_until",
        ] {
            assert_eq!(
                one(&fields, required)["need"],
                "required",
                "{role} {required}"
            );
        }
    }
    let supplier = WORLD.supplier();
    let fields = form(&supplier, "PPK", None);
    let needs: Vec<_> = fields
        .iter()
        .map(|field| (text(&field["name"]), text(&field["need"])))
        .collect();
    let needs: Vec<_> = needs
        .iter()
        .map(|(name, need)| (&**name, &**need))
        .collect();
    assert_eq!(
        needs,
        [
            ("role", "prefilled"),
            ("previous_user_name", "optional"),
            ("golongan", "required"),
            ("institution_kind", "required"),
            ("institution", "required"),
            ("work_unit", "required"),
            ("valid_until", "required"),
            ("npwp", "required"),
            ("division", "optional"),
            ("address", "first-registrant"),
            ("document", "required"),
        ]
    );
    let golongan = one(&fields, "golongan")["choices"].as_array().unwrap();
    assert_eq!(golongan.len(), 17 + 17 + 5);
    assert_eq!(one(&fields, "division")["chars_max"], 200);
    let document = &one(&fields, "document")["label"];
    assert_eq!(*document, "Unggah Surat Keterangan Kerja/Surat Tugas");
}

#[test]
fn reg_3_the_form_asks_for_the_address_where_there_is_none() {
    let person = WORLD.person();
    let known = form(&person, "PPK", Some(&WORLD.work_unit("BARAT")));
    assert!(!names(&known).contains(&"address"));
    let unit = WORLD.work_unit_without_address("BARAT");
    let fields = form(&person, "PPK", Some(&unit));
    assert_eq!(one(&fields, "address")["need"], "required");
}

#[test]
fn reg_2_a_form_for_no_role_is_refused() {
    let person = WORLD.person();
    let ask = |query: &str| person.get(&format!("/api/registration-form{query}"));
    ask("").names_field(422, "role-missing", "role");
    ask("?role=RAJA").names_field(422, "unknown-role", "role");
    ask("?role=VND").names_field(422, "role-not-registrable", "role");
    for unit in ["1", "019d2e33-0000-7000-8000-000000000000"] {
        let query = format!("?role=PPK&work_unit={unit}");
        ask(&query).names_field(422, "unknown-work-unit", "work_unit");
    }
}

#[test]
fn reg_2_a_supplier_is_asked_for_golongan_and_npwp_and_a_civil_servant_is_not() {
    let supplier = WORLD.supplier();
    let unit = WORLD.work_unit("BARAT");
    let mut form = supplier.form("PPK", &unit, LATER);
    form["division"] = " Subbagian Pengadaan ".into();
    let access = Access(supplier.try_register(&form).expect(201).json());
    assert_eq!(
        asked(&WORLD, &access),
        json!({
            "profile": "supplier", "golongan": "III/a", "npwp": "0012345678901000",
            "division": "Subbagian Pengadaan",
        })
    );
    for field in ["golongan", "npwp"] {
        let mut form = supplier.form("PP", &unit, LATER);
        form.as_object_mut().unwrap().remove(field);
        let answer = supplier.try_register(&form);
        answer.names_field(422, "invalid-field", field);
    }
    let person = WORLD.person();
    for (field, value) in [
        ("golongan", "III/a"),
        ("npwp", "012345678901000"),
        ("division", "x"),
    ] {
        let mut form = person.form("PP", &unit, LATER);
        form[field] = value.into();
        let answer = person.try_register(&form);
        answer.names_field(422, "invalid-field", field);
    }
}

#[test]
fn reg_8_golongan_and_npwp_are_of_their_families() {
    let supplier = WORLD.supplier();
    let unit = WORLD.work_unit("BARAT");
    for (field, value, kind) in [
        ("golongan", "III/e", "bad-golongan"),
        ("golongan", "XVIII", "bad-golongan"),
        ("golongan", "Jenderal", "bad-golongan"),
        ("npwp", "01.234.567", "bad-npwp"),
        ("npwp", "01234567890100A", "bad-npwp"),
        ("npwp", "01234567890123456", "bad-npwp"),
    ] {
        let mut form = supplier.form("PPK", &unit, LATER);
        form[field] = value.into();
        supplier.try_register(&form).names_field(422, kind, field);
    }
    for (role, golongan, npwp, digits) in [
        ("PA", "iv/e", "3171010101900001", "3171010101900001"),
        ("KPA", "XVII", "01.234.567.8-901.000", "0012345678901000"),
        (
            "PPK",
            "Perwira Tinggi",
            "012345678901000",
            "0012345678901000",
        ),
    ] {
        let mut form = supplier.form(role, &unit, LATER);
        form["golongan"] = golongan.into();
        form["npwp"] = npwp.into();
        let access = Access(supplier.try_register(&form).expect(201).json());
        let asked = asked(&WORLD, &access);
        assert_eq!(asked["npwp"], digits);
        assert_eq!(
            text(&asked["golongan"]).to_lowercase(),
            golongan.to_lowercase()
        );
    }
}

#[test]
fn reg_2_everything_that_is_wrong_is_answered_at_once() {
    let supplier = WORLD.supplier();
    let unit = WORLD.work_unit_without_address("BARAT");
    let mut form = supplier.form("PPK", &unit, LATER);
    form.as_object_mut().unwrap().remove("golongan");
    form["npwp"] = "12".into();
    form["valid_until"] = "besok".into();
    form["document"] = WORLD.person().upload_decree().into();
    form["is_admin"] = true.into();
    form["confirmed"] = "ya".into();
    let answer = supplier.try_register(&form);
    answer.problem(422, "invalid-form");
    assert_eq!(
        named(&answer),
        [
            "golongan",
            "valid_until",
            "npwp",
            "address",
            "is_admin",
            "document",
            "confirmed"
        ]
    );
}

#[test]
fn reg_2_the_kind_of_an_institution_is_the_institutions() {
    let person = WORLD.person();
    let mut form = person.form("PPK", &WORLD.work_unit("BARAT"), LATER);
    form["institution_kind"] = "Kota".into();
    let answer = person.try_register(&form);
    answer.names_field(422, "other-institution-kind", "institution_kind");
    form["institution_kind"] = "Kementerian".into();
    let access = Access(person.try_register(&form).expect(201).json());
    assert_eq!(asked(&WORLD, &access), json!({}));
}

#[test]
fn reg_3_a_rejected_registration_takes_its_address_along() {
    let unit = WORLD.work_unit_without_address("TENGAH");
    let verifier = WORLD.verifier("TENGAH");
    let (first, second) = (WORLD.person(), WORLD.person());
    let mut form = first.form("PPK", &unit, LATER);
    form["address"] = "Jalan Salah 1".into();
    let access = Access(first.try_register(&form).expect(201).json());
    assert!(!names(&self::form(&second, "PPK", Some(&unit))).contains(&"address"));
    verifier.reject(&access.request(), "Alamat salah.");
    assert!(names(&self::form(&second, "PPK", Some(&unit))).contains(&"address"));
    let mut form = second.form("PPK", &unit, LATER);
    second
        .try_register(&form)
        .names_field(422, "address-missing", "address");
    form["address"] = "Jalan Benar 2".into();
    let access = Access(second.try_register(&form).expect(201).json());
    verifier.approve(&access.request());
    // From now on it stays.
    let again = Access(
        first
            .try_register(&first.form("PPK", &unit, LATER))
            .expect(201)
            .json(),
    );
    verifier.reject(&again.request(), "SK tidak terbaca.");
    let address = format!("SELECT address FROM work_unit WHERE id = '{}'", unit.id);
    assert_eq!(
        WORLD.database().text(&address).as_deref(),
        Some("Jalan Benar 2")
    );
}

#[test]
fn all_2_the_verifiers_queue_shows_the_form_with_its_numbers_masked() {
    let supplier = WORLD.supplier();
    let unit = WORLD.work_unit("UTARA");
    let request = supplier.register("PPK", &unit, LATER).request();
    let queue = WORLD.verifier("UTARA").queue();
    let item = queue
        .iter()
        .find(|item| item["id"] == request)
        .expect("it waits");
    assert_eq!(
        item["form"],
        json!({ "profile": "supplier", "golongan": "III/a", "npwp": "•••000" })
    );
}

#[test]
fn reg_2_the_demos_forms_are_the_ones_that_hold_without_any_import() {
    let world = World::new();
    let csv = fs::read_to_string(project().join("crates/host/demo/form-fields.csv")).unwrap();
    let rows = csv.lines().count() - 1;
    assert!(csv.starts_with(COLUMNS));
    assert_eq!(
        world.import("form-fields", &csv),
        json!({ "added": 0, "changed": 0, "unchanged": rows })
    );
}

#[test]
fn reg_2_a_role_and_a_field_are_added_by_data_alone() {
    let world = World::new();
    let person = world.person();
    let unit = world.work_unit("BARAT");
    world.import(
        "roles",
        "code,name,authority,verified_by,decree,registrable\nJURI,Juri Katalog,none,institution,sk-st,true\n",
    );
    assert_eq!(names(&form(&person, "JURI", Some(&unit))).len(), 7);
    let _ = person
        .try_register(&person.form("JURI", &unit, LATER))
        .expect(201);
    // One more field for this role, required; and the user name for nobody.
    let rows = format!(
        "{COLUMNS}non-supplier,JURI,room,75,Nomor Ruang,Lantai dan ruang.,text,required,,20\n\
         non-supplier,*,previous_user_name,20,Username,,text,not-asked,,100\n"
    );
    assert_eq!(
        world.import("form-fields", &rows),
        json!({ "added": 2, "changed": 0, "unchanged": 0 })
    );
    assert_eq!(world.import("form-fields", &rows)["unchanged"], 2);
    let shorter = rows.replace(",20\n", ",10\n");
    assert_eq!(
        world.import("form-fields", &shorter),
        json!({ "added": 0, "changed": 1, "unchanged": 1 })
    );
    let other = world.work_unit("BARAT");
    let fields = form(&person, "JURI", Some(&other));
    assert_eq!(
        names(&fields),
        [
            "role",
            "institution_kind",
            "institution",
            "work_unit",
            "valid_until",
            "room",
            "document"
        ]
    );
    assert_eq!(one(&fields, "room")["label"], "Nomor Ruang");
    let mut form = person.form("JURI", &other, LATER);
    person
        .try_register(&form)
        .names_field(422, "invalid-field", "room");
    form["room"] = "lantai dua belas".into();
    person
        .try_register(&form)
        .names_field(422, "too-long", "room");
    form["room"] = "12.3".into();
    form["previous_user_name"] = "lama".into();
    let answer = person.try_register(&form);
    answer.names_field(422, "invalid-field", "previous_user_name");
    form.as_object_mut().unwrap().remove("previous_user_name");
    let access = Access(person.try_register(&form).expect(201).json());
    assert_eq!(
        asked(&world, &access),
        json!({ "other": { "room": "12.3" } })
    );
    // Other roles are not asked for it.
    person.register("PPK", &other, LATER);
}

#[test]
fn a_row_that_would_leave_a_form_unusable_is_refused() {
    let world = World::new();
    let before = world.database().everything();
    for (row, field) in [
        ("pelanggan,*,room,1,L,H,text,optional,,10", "profile"),
        ("non-supplier,RAJA,room,1,L,H,text,optional,,10", "role"),
        ("non-supplier,*,Room,1,L,H,text,optional,,10", "field"),
        ("non-supplier,*,confirmed,1,L,H,text,optional,,10", "field"),
        ("non-supplier,*,room,1,,H,text,optional,,10", "label"),
        ("non-supplier,*,room,1,L,H,angka,optional,,10", "kind"),
        ("non-supplier,*,room,1,L,H,npwp,optional,,", "kind"),
        ("non-supplier,*,npwp,1,L,H,text,optional,,10", "kind"),
        ("non-supplier,*,room,1,L,H,text,kadang,,10", "need"),
        (
            "non-supplier,*,room,1,L,H,text,first-registrant,,10",
            "need",
        ),
        ("non-supplier,*,document,1,L,H,document,optional,,", "need"),
        (
            "non-supplier,PPK,work_unit,1,L,H,work-unit,not-asked,,",
            "need",
        ),
        ("non-supplier,*,address,1,L,H,text,not-asked,,100", "need"),
        ("non-supplier,*,room,1,L,H,text,prefilled,,10", "source"),
        ("non-supplier,*,room,1,L,H,text,optional,role,10", "source"),
        ("non-supplier,*,room,1,L,H,text,optional,,", "chars_max"),
        ("non-supplier,*,room,1,L,H,text,optional,,1001", "chars_max"),
    ] {
        let answer = world
            .operator("/internal/import/form-fields")
            .body(format!("{COLUMNS}{row}\n"))
            .send();
        let problem = answer.problem(422, "wrong-rows");
        assert_eq!(
            problem["errors"][0]["field"],
            field,
            "{row}\n{}",
            answer.shown()
        );
    }
    assert_eq!(world.database().everything(), before);
}
