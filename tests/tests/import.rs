//! `POST /internal/import/:kind`: what an operator brings along.

use akses_tests::world::{LATER, PASSWORD, World};
use serde_json::json;
use std::sync::LazyLock;

static WORLD: LazyLock<World> = LazyLock::new(World::new);

#[test]
fn the_same_rows_again_change_nothing() {
    let rows = "code,name,kind,zone\nULANG,Lembaga Berulang,Lembaga,WIB\n";
    assert_eq!(
        WORLD.import("institutions", rows),
        json!({ "added": 1, "changed": 0, "unchanged": 0 })
    );
    assert_eq!(
        WORLD.import("institutions", rows),
        json!({ "added": 0, "changed": 0, "unchanged": 1 })
    );
    let renamed = rows.replace("Berulang", "Bernama Baru");
    assert_eq!(
        WORLD.import("institutions", &renamed),
        json!({ "added": 0, "changed": 1, "unchanged": 0 })
    );
    let units = "code,institution,name,address\nULANG-1,ULANG,Satuan Kerja Berulang,\n";
    assert_eq!(WORLD.import("work-units", units)["added"], 1);
    assert_eq!(WORLD.import("work-units", units)["unchanged"], 1);
    let person = WORLD.person();
    let unit = WORLD.work_unit("BARAT");
    WORLD.carry_over(&person, "PPK", &unit, LATER);
    let row = format!(
        "email,role,work_unit,valid_until\n{},PPK,{},2026-12-31\n",
        person.email, unit.code
    );
    assert_eq!(WORLD.import("accesses", &row)["unchanged"], 1);
    let kept = format!(
        "SELECT valid_until FROM access WHERE account = '{}'",
        person.account
    );
    assert_eq!(
        WORLD.database().text(&kept).as_deref(),
        Some(LATER),
        "it lives by its own events"
    );
}

#[test]
fn a_part_with_a_wrong_row_is_refused_whole_with_line_and_field() {
    for (kind, rows, line, field) in [
        (
            "roles",
            "code,name,authority,verified_by,decree,registrable\nX,Peran X,raja,institution,sk-st,true\n",
            2,
            "authority",
        ),
        (
            "institutions",
            "code,name,kind,zone\nA1,Satu,Kota,WIB\nA2,Dua,Kerajaan,WIB\n",
            3,
            "kind",
        ),
        (
            "institutions",
            "code,name,kind,zone\nA1,Satu,Kota,GMT\n",
            2,
            "zone",
        ),
        (
            "institutions",
            "code,name,kind,zone\nA1,,Kota,WIB\n",
            2,
            "name",
        ),
        (
            "work-units",
            "code,institution,name,address\nA1,TIADA,Unit,\n",
            2,
            "institution",
        ),
        (
            "accounts",
            "email,name,password,nip\nbukan-alamat,Nama,sandi-panjang,\n",
            2,
            "email",
        ),
        (
            "accounts",
            "email,name,password,nip\na@b.example,Nama,sandi-panjang,12\n",
            2,
            "nip",
        ),
        (
            "accesses",
            "email,role,work_unit,valid_until\nx@y.example,PPK,Z,2026-01-01\n",
            2,
            "email",
        ),
        (
            "accesses",
            "email,role,work_unit,valid_until\nx@y.example,PPK,Z,2026-02-30\n",
            2,
            "valid_until",
        ),
        (
            "accesses",
            "email,role,work_unit,valid_until\nx@y.example,PPK\n",
            2,
            "row",
        ),
        ("institutions", "code,name\nA1,Satu\n", 2, "row"),
    ] {
        let before = WORLD
            .database()
            .number("SELECT count(*) FROM institution WHERE code LIKE 'A_'");
        let answer = WORLD
            .operator(&format!("/internal/import/{kind}"))
            .body(rows)
            .send();
        let problem = answer.problem(422, "wrong-rows");
        assert_eq!(
            problem["errors"][0]["line"],
            line,
            "{rows}{}",
            answer.shown()
        );
        assert_eq!(
            problem["errors"][0]["field"],
            field,
            "{rows}{}",
            answer.shown()
        );
        let after = WORLD
            .database()
            .number("SELECT count(*) FROM institution WHERE code LIKE 'A_'");
        assert_eq!(after, before, "{rows}");
    }
}

#[test]
fn parts_are_bounded() {
    let mut rows = "code,name,kind,zone\n".to_owned();
    for number in 0..501 {
        rows += &format!("B{number},Lembaga {number},Lembaga,WIB\n");
    }
    let call = |rows: String| {
        WORLD
            .operator("/internal/import/institutions")
            .body(rows)
            .send()
    };
    call(rows).problem(413, "too-many-rows");
    call("x".repeat(1024 * 1024 + 1)).problem(413, "too-large");
    assert_eq!(
        WORLD
            .database()
            .number("SELECT count(*) FROM institution WHERE code LIKE 'B_%' AND code <> 'BARAT'"),
        0
    );
}

#[test]
fn a_kind_that_is_none_is_not_found() {
    WORLD
        .operator("/internal/import/secrets")
        .body("a\n1\n")
        .send()
        .problem(404, "not-found");
}

#[test]
fn an_account_that_is_imported_again_keeps_its_password() {
    let row = |password: &str| {
        format!("email,name,password,nip\nimpor@contoh.example,Orang Impor,{password},\n")
    };
    WORLD.import("accounts", &row(PASSWORD));
    assert_eq!(
        WORLD.import("accounts", &row("sandi-lain-2026"))["unchanged"],
        1
    );
    let _ = WORLD
        .try_sign_in("impor@contoh.example", PASSWORD)
        .expect(200);
    WORLD
        .try_sign_in("impor@contoh.example", "sandi-lain-2026")
        .problem(401, "wrong-credentials");
}

#[test]
fn ver_1_authority_is_given_nationally_and_never_changed_by_a_file() {
    const HEADER: &str = "code,name,authority,verified_by,decree,registrable\n";
    for (row, field) in [
        ("X1,Peran,vai,institution,sk-st,true", "verified_by"),
        (
            "X2,Peran,directorate,institution,sk-st,false",
            "verified_by",
        ),
        ("X3,Peran,operator,national,sk-st,true", "registrable"),
        ("PPK,Pejabat,vai,national,sk-st,true", "authority"),
    ] {
        let answer = WORLD
            .operator("/internal/import/roles")
            .body(format!("{HEADER}{row}\n"))
            .send();
        assert_eq!(answer.status, 422, "{}", answer.shown());
        assert!(
            answer.json()["errors"][0]["field"]
                .as_str()
                .unwrap()
                .contains(field),
            "{}",
            answer.shown()
        );
    }
}

#[test]
fn a_role_has_the_duty_that_a_file_gives_it_and_those_who_verify_have_no_other() {
    const HEADER: &str = "code,name,authority,verified_by,decree,registrable,duty\n";
    let send = |row: &str| {
        let call = WORLD.operator("/internal/import/roles");
        call.body(format!("{HEADER}{row}\n")).send()
    };
    for row in [
        "T1,Peran,none,institution,sk-st,true,juru-masak",
        "T1,Peran,none,institution,sk-st,true,vai",
        "VAI,Verifikator,vai,national,sk-st,true,ukpbj-head",
    ] {
        let answer = send(row);
        assert_eq!(answer.status, 422, "{row}: {}", answer.shown());
        assert_eq!(answer.json()["errors"][0]["field"], "duty");
    }
    let duty = || {
        let sql = "SELECT duty FROM role_duty WHERE role = 'T2'";
        WORLD.database().text(sql)
    };
    for (row, expected) in [
        (
            "T2,Peran,none,institution,sk-st,true,lpse-head",
            Some("lpse-head"),
        ),
        (
            "T2,Peran,none,institution,sk-st,true,lpse-team",
            Some("lpse-team"),
        ),
        ("T2,Peran,none,institution,sk-st,true,", None),
    ] {
        let _ = send(row).expect(200);
        assert_eq!(duty().as_deref(), expected);
        assert_eq!(send(row).expect(200).json()["unchanged"], 1, "{row}");
    }
}

#[test]
fn exp_2_the_zone_of_an_institution_with_accesses_stays() {
    let rows = "code,name,kind,zone\nZONA,Kota Zona,Kota,WIB\n";
    WORLD.import("institutions", rows);
    // Nobody is there yet: a typing mistake can be mended.
    let corrected = rows.replace("WIB", "WITA");
    assert_eq!(WORLD.import("institutions", &corrected)["changed"], 1);
    WORLD.import(
        "work-units",
        "code,institution,name,address\nZONA-1,ZONA,Dinas Zona,Jalan Zona 1\n",
    );
    let person = WORLD.person();
    WORLD.import(
        "accesses",
        &format!(
            "email,role,work_unit,valid_until\n{},PPK,ZONA-1,{LATER}\n",
            person.email
        ),
    );
    let answer = WORLD
        .operator("/internal/import/institutions")
        .body(corrected.replace("WITA", "WIT"))
        .send();
    answer.problem(409, "contradicts-the-record");
    let zone = "SELECT zone FROM institution WHERE code = 'ZONA'";
    assert_eq!(WORLD.database().text(zone).as_deref(), Some("WITA"));
}

#[test]
fn a_code_that_comes_twice_in_one_part_is_told() {
    let rows = "code,name,kind,zone\nDUA,Kota Dua,Kota,WIB\nDUA,Kota Dua Lagi,Kota,WIB\n";
    let answer = WORLD
        .operator("/internal/import/institutions")
        .body(rows)
        .send();
    answer.problem(409, "contradicts-the-record");
}
