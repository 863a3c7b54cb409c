//! `/...`: the pages, and what is at no other route.

use akses_tests::pages;
use akses_tests::world::{World, text};
use flate2::read::GzDecoder;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;
use std::sync::LazyLock;

static WORLD: LazyLock<World> = LazyLock::new(World::new);

/// Said on every page, so that nobody is fooled by a mail.
const FOOTER: &str = "<p>Semua tanggal dan jam menyebut zonanya: WIB, WITA, atau WIT. \
                      Akses tidak pernah meminta kata sandi Anda lewat surel.</p>";

/// What turns text into markup or code, and what a policy against it forbids anyway.
const NOT_IN_SCRIPTS: [&str; 9] = [
    "innerHTML",
    "outerHTML",
    "insertAdjacentHTML",
    "document.write",
    "eval(",
    "new Function",
    "cssText",
    ".style.",
    "setAttribute(\"style\"",
];

fn file(name: &str) -> Vec<u8> {
    fs::read(pages::path(name)).unwrap()
}

/// What stands between `before` and `after`, everywhere.
fn all_between<'a>(text: &'a str, before: &str, after: &str) -> Vec<&'a str> {
    let parts = text.split(before).skip(1);
    parts
        .filter_map(|part| part.split_once(after))
        .map(|(found, _)| found)
        .collect()
}

/// The one thing between `before` and `after`.
#[track_caller]
fn between<'a>(name: &str, text: &'a str, before: &str, after: &str) -> &'a str {
    let found = all_between(text, before, after);
    assert_eq!(found.len(), 1, "{name}: one `{before}`");
    found[0]
}

/// The tags of a page, without their angle brackets.
fn tags(html: &str) -> Vec<&str> {
    all_between(html, "<", ">")
}

/// The modules that a script names in `import ... from "..."`, and theirs; with
/// `later`, also those that it fetches when somebody wants them.
fn imports(script: &str, later: bool, found: &mut BTreeSet<String>) {
    let content = pages::content(script);
    let mut modules = all_between(&content, " from \"/", "\";\n");
    modules.extend(all_between(&content, "\nimport \"/", "\""));
    if later {
        modules.extend(all_between(&content, "import(\"/", "\""));
    }
    for module in modules {
        if found.insert(module.to_owned()) {
            imports(module, later, found);
        }
    }
}

#[test]
fn every_page_has_what_people_and_their_tools_look_for() {
    let mut descriptions = BTreeMap::new();
    for name in pages::files("html") {
        let html = pages::content(&name);
        assert!(
            html.starts_with("<!doctype html>\n<html lang=\"id\">\n"),
            "{name}"
        );
        let title = between(&name, &html, "<title>", "</title>");
        let is_titled = title.ends_with(" · Akses INAPROC") || title == "Akses INAPROC";
        assert!(is_titled, "{name}: {title}");
        let description = between(&name, &html, "<meta name=\"description\" content=\"", "\">");
        assert!(description.ends_with('.'), "{name}: {description}");
        if let Some(other) = descriptions.insert(description.to_owned(), name.clone()) {
            panic!("{name} and {other} are described by the same words");
        }
        between(&name, &html, "<h1", "</h1>");
        for needed in [
            "<meta charset=\"utf-8\">",
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">",
            "<body>\n  <a class=\"skip\" href=\"#isi\">Langsung ke isi</a>\n",
            "<main id=\"isi\"",
            "<a class=\"brand\" href=\"/\">",
            "<footer ",
            FOOTER,
        ] {
            assert_eq!(html.matches(needed).count(), 1, "{name}: {needed}");
        }
        let needs_script = html.contains("<script");
        assert_eq!(
            html.contains("<noscript>"),
            needs_script,
            "{name}: noscript"
        );
        assert_eq!(
            html.contains("<div id=\"konten\"></div>"),
            needs_script,
            "{name}: konten"
        );
        assert_eq!(
            html.contains("<nav id=\"menu\" aria-label=\"Menu utama\">"),
            needs_script,
            "{name}: menu"
        );
    }
}

#[test]
fn a_page_has_no_code_no_style_and_nothing_from_elsewhere_in_it() {
    for name in pages::files("html") {
        let html = pages::content(&name);
        for tag in tags(&html) {
            let (element, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
            assert_ne!(element, "style", "{name}: {tag}");
            let is_module =
                element != "script" || attributes.starts_with("type=\"module\" src=\"/");
            assert!(is_module, "{name}: {tag}");
            let quoted = all_between(&format!(" {attributes}"), " ", "=")
                .iter()
                .any(|attribute| {
                    *attribute == "style"
                        || (attribute.starts_with("on")
                            && attribute.chars().all(char::is_alphanumeric))
                });
            assert!(!quoted, "{name}: {tag}");
        }
        for script in all_between(&html, "<script ", "</script>") {
            assert!(script.ends_with('>'), "{name}: {script}");
        }
    }
}

#[test]
fn every_address_in_a_page_leads_somewhere_here() {
    for name in pages::files("html") {
        let html = pages::content(&name);
        let links = all_between(&html, " href=\"", "\"");
        for address in links.into_iter().chain(all_between(&html, " src=\"", "\"")) {
            if address == "#isi" {
                continue;
            }
            assert!(
                address.starts_with('/') && !address.starts_with("//"),
                "{name}: {address}"
            );
            let status = WORLD.client().get(address).send().status;
            assert_eq!(status, 200, "{name}: {address}");
        }
    }
}

/// Otherwise the browser finds one module after the other, a round trip each.
#[test]
fn a_page_announces_each_module_that_its_scripts_need_and_none_for_nothing() {
    let mut wrong = Vec::new();
    for name in pages::files("html") {
        let html = pages::content(&name);
        let scripts = all_between(&html, "<script type=\"module\" src=\"/", "\"");
        let path = name.trim_end_matches(".html").replace('/', "-");
        if let Some(last) = scripts.last() {
            assert_eq!(*last, format!("js/pages/{path}.js"), "{name}");
        }
        let (mut needed, mut useful) = (BTreeSet::new(), BTreeSet::new());
        for script in &scripts {
            imports(script, false, &mut needed);
            imports(script, true, &mut useful);
        }
        let announced = all_between(&html, "<link rel=\"modulepreload\" href=\"/", "\"");
        let is_known = |module: &String| {
            let module = module.as_str();
            announced.contains(&module) || scripts.contains(&module)
        };
        needed.retain(|module| !is_known(module));
        wrong.extend(needed.iter().map(|it| format!("{name} needs {it}")));
        let idle = announced.iter().filter(|&&it| !useful.contains(it));
        wrong.extend(idle.map(|it| format!("{name} has no use for {it}")));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn no_script_makes_markup_of_text_or_fetches_from_elsewhere() {
    for name in pages::files("js") {
        let script = pages::content(&name);
        for forbidden in NOT_IN_SCRIPTS {
            assert!(!script.contains(forbidden), "{name}: {forbidden}");
        }
        for address in all_between(&script, "import(\"", "\"")
            .into_iter()
            .chain(all_between(&script, " from \"", "\""))
        {
            assert!(
                pages::path(address.trim_start_matches('/')).is_file(),
                "{name}: {address}"
            );
        }
        let starts_with_why = script.starts_with("// ");
        assert!(
            starts_with_why,
            "{name}: a comment at the top says why it is there"
        );
    }
}

#[test]
fn what_comes_as_gzip_is_the_same_page_under_another_tag() {
    for name in pages::files("html")
        .into_iter()
        .chain(pages::files("js"))
        .chain(pages::files("css"))
    {
        let path = format!("/{name}");
        let plain = WORLD.client().get(&path).send().expect(200);
        let asked = WORLD
            .client()
            .get(&path)
            .header("accept-encoding", "gzip, deflate, br");
        let packed = asked.clone().send().expect(200);
        assert_eq!(packed.text("content-encoding"), "gzip", "{name}");
        assert_eq!(packed.text("vary"), "accept-encoding", "{name}");
        assert_eq!(
            packed.text("content-type"),
            plain.text("content-type"),
            "{name}"
        );
        assert!(packed.body.len() <= plain.body.len(), "{name}");
        let mut unpacked = Vec::new();
        GzDecoder::new(&packed.body[..])
            .read_to_end(&mut unpacked)
            .unwrap();
        assert_eq!(unpacked, file(&name), "{name}");
        let (plain, packed) = (plain.text("etag"), packed.text("etag"));
        assert_ne!(plain, packed, "{name}");
        let _ = asked
            .clone()
            .header("if-none-match", packed)
            .send()
            .expect(304);
        let _ = asked.header("if-none-match", plain).send().expect(200);
    }
}

#[test]
fn the_version_is_the_same_for_as_long_as_the_files_are() {
    let ask = || WORLD.client().get("/versi.json").send().expect(200);
    let (first, second) = (ask(), ask());
    assert_eq!(first.text("cache-control"), "no-cache");
    let version = text(&first.json()["version"]);
    assert!(version.len() >= 16, "{version}");
    assert_eq!(text(&second.json()["version"]), version);
    let known = WORLD
        .client()
        .get("/versi.json")
        .header("if-none-match", first.text("etag"));
    let _ = known.send().expect(304);
}

#[test]
fn the_start_page_and_its_files_are_those_of_the_static_folder() {
    for (path, name, content_type) in [
        ("/", "index.html", "text/html; charset=utf-8"),
        ("/index.html", "index.html", "text/html; charset=utf-8"),
        (
            "/kata-sandi-baru",
            "kata-sandi-baru.html",
            "text/html; charset=utf-8",
        ),
        ("/style.css", "style.css", "text/css; charset=utf-8"),
    ] {
        let page = WORLD.client().get(path).send().expect(200);
        assert_eq!(page.body, file(name), "{path}");
        assert_eq!(page.text("content-type"), content_type, "{path}");
        assert_eq!(page.text("x-content-type-options"), "nosniff", "{path}");
        let policy = Some(page.text("content-security-policy")).filter(|it| !it.is_empty());
        match name.ends_with(".html") {
            true => {
                let policy = policy.expect("a page has a policy");
                assert!(policy.starts_with("default-src 'none';"), "{policy}");
                assert!(!policy.contains("unsafe"), "{policy}");
            }
            // A part of a page is loaded twenty times by each, and never shown.
            false => assert_eq!(policy, None, "{path}"),
        }
        let known = WORLD
            .client()
            .get(path)
            .header("if-none-match", page.text("etag"));
        let known = known.send().expect(304);
        assert!(known.body.is_empty(), "{path}");
    }
}

#[test]
fn what_is_nowhere_is_a_page_for_people_and_a_problem_for_programs() {
    for path in ["/tidak-ada", "/index.php", "/a/b/c.html", "/healthz"] {
        let page = WORLD.client().get(path).send().expect(404);
        assert_eq!(page.body, file("404.html"), "{path}");
        assert_eq!(
            page.text("content-type"),
            "text/html; charset=utf-8",
            "{path}"
        );
    }
    for path in [
        "/api",
        "/api/",
        "/api/tidak-ada",
        "/api/accesses/1",
        "/internal",
        "/internal/x",
    ] {
        WORLD.client().get(path).send().problem(404, "not-found");
        WORLD
            .client()
            .post(path)
            .body("{}")
            .send()
            .problem(404, "not-found");
    }
}

#[test]
fn a_page_that_says_there_is_none_has_the_headers_of_a_page_whatever_was_asked_for() {
    for path in [
        "/tidak-ada",
        "/tidak-ada.js",
        "/tidak-ada.css",
        "//js/api.js",
    ] {
        let page = WORLD.client().get(path).send().expect(404);
        assert_eq!(page.text("x-frame-options"), "DENY", "{path}");
        assert!(!page.text("content-security-policy").is_empty(), "{path}");
    }
    let part = WORLD.client().get("/js/api.js").send().expect(200);
    assert_eq!(part.text("x-frame-options"), "", "it is never shown");
}

#[test]
fn no_path_leads_out_of_the_static_folder() {
    for path in [
        "/../spin.toml",
        "/..%2fspin.toml",
        "/%2e%2e/spin.toml",
        "/static/../../spin.toml",
        "//etc/passwd",
        "/.git/config",
        "/index.html%00.css",
        "/etc/passwd",
        "/akses.db",
    ] {
        let answer = WORLD.client().get(path).send();
        assert_eq!(answer.status, 404, "{}", answer.shown());
        assert_eq!(answer.body, file("404.html"), "{path}");
    }
}
