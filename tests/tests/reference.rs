//! `GET /api/reference/:kind`: institutions, work units and roles, searched as
//! you type.

use akses_tests::world::{Person, World};
use serde_json::Value;
use std::sync::LazyLock;

static WORLD: LazyLock<World> = LazyLock::new(World::new);
static PERSON: LazyLock<Person> = LazyLock::new(|| WORLD.person());

fn items(path: &str) -> Vec<Value> {
    let page = PERSON
        .get(&format!("/api/reference/{path}"))
        .expect(200)
        .json();
    page["items"].as_array().unwrap().clone()
}

fn names(path: &str) -> Vec<String> {
    items(path)
        .iter()
        .map(|item| item["name"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn institutions_are_found_by_how_words_begin() {
    assert_eq!(
        names("institutions?q=kem%20ut"),
        ["Kementerian Contoh Utara"]
    );
    assert_eq!(
        names("institutions?q=TENG"),
        ["Pemerintah Kota Contoh Tengah"]
    );
    assert_eq!(names("institutions?q=contoh").len(), 5);
    assert_eq!(names("institutions").len(), 5);
    assert_eq!(names("institutions?q=engah"), [""; 0]);
    assert_eq!(names("institutions?q=contoh&kind=Kementerian").len(), 2);
    let timur = &items("institutions?q=timur")[0];
    assert_eq!(
        (&timur["zone"], &timur["code"]),
        (&"WIT".into(), &"TIMUR".into())
    );
}

#[test]
fn what_means_something_to_a_search_engine_is_just_text_here() {
    for text in [
        "%22",
        "*",
        "kem*%20NOT",
        "AND",
        "name:kem",
        "(",
        "%27%3B--",
        "%F0%9F%99%82",
        "-",
        "^a",
    ] {
        let answer = PERSON.get(&format!("/api/reference/institutions?q={text}"));
        assert_eq!(answer.status, 200, "{text}\n{}", answer.shown());
    }
    let long = "a".repeat(101);
    PERSON
        .get(&format!("/api/reference/institutions?q={long}"))
        .names_field(422, "too-long", "q");
}

#[test]
fn work_units_are_those_of_one_institution() {
    let world = World::new();
    let person = world.person();
    let unit = world.work_unit_without_address("TIMUR");
    world.work_unit("TIMUR");
    world.work_unit("BARAT");
    let list = |query: &str| {
        let path = format!(
            "/api/reference/work-units?institution={}{query}",
            unit.institution
        );
        person.get(&path).expect(200).json()["items"]
            .as_array()
            .unwrap()
            .clone()
    };
    assert_eq!(list("").len(), 2);
    let number = unit.code.rsplit('-').next().unwrap();
    let found = list(&format!("&q={number}"));
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0]["code"], unit.code.as_str());
    assert_eq!(
        (&found[0]["id"], &found[0]["needs_address"]),
        (&unit.id.as_str().into(), &true.into())
    );
    for query in ["", "?institution=", "?institution=x"] {
        person
            .get(&format!("/api/reference/work-units{query}"))
            .names_field(422, "unknown-institution", "institution");
    }
}

#[test]
fn roles_are_those_that_people_can_ask_for() {
    let codes: Vec<_> = items("roles")
        .iter()
        .map(|role| role["code"].clone())
        .collect();
    let expected = [
        "BENDAHARA",
        "KASATKER",
        "KLPSE",
        "KPA",
        "KUKPBJ",
        "PA",
        "PP",
        "PPK",
        "TIMLPSE",
        "VAI",
    ];
    assert_eq!(codes, expected);
    assert_eq!(items("roles")[5]["decree"], "surat-tanda-jabatan");
}

#[test]
fn lists_come_in_pages_without_gaps_or_repeats() {
    let mut seen = Vec::new();
    let mut path = "/api/reference/institutions?limit=2".to_owned();
    loop {
        let page = PERSON.get(&path).expect(200).json();
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= 2);
        seen.extend(
            items
                .iter()
                .map(|item| item["name"].as_str().unwrap().to_owned()),
        );
        let Some(next) = page["next"].as_str() else {
            break;
        };
        path = format!("/api/reference/institutions?limit=2&after={next}");
    }
    assert_eq!(seen, names("institutions"));
}

#[test]
fn a_kind_that_is_none_is_not_found() {
    for kind in ["accounts", "x", "..", "roles%20"] {
        PERSON
            .get(&format!("/api/reference/{kind}"))
            .problem(404, "not-found");
    }
}
