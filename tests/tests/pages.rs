//! `/...`: the pages, and what is at no other route.

use akses_tests::program::project;
use akses_tests::world::World;
use std::fs;
use std::sync::LazyLock;

static WORLD: LazyLock<World> = LazyLock::new(World::new);

fn file(name: &str) -> Vec<u8> {
    fs::read(project().join("static").join(name)).unwrap()
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
        assert!(
            page.text("content-security-policy")
                .starts_with("default-src 'none';")
        );
        assert!(
            !page.text("content-security-policy").contains("unsafe"),
            "{path}"
        );
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
