//! From a path to the name of a file, or to none.

/// Folders and file together; `static/` has no deeper tree.
const SEGMENTS_MAX: usize = 4;

/// One folder or file name, in characters.
const SEGMENT_CHARS_MAX: usize = 64;

pub(crate) const TYPE_HTML: &str = "text/html; charset=utf-8";

/// What is served, by extension. Anything else in `static/` is not.
const TYPES: [(&str, &str); 8] = [
    ("html", TYPE_HTML),
    ("css", "text/css; charset=utf-8"),
    ("js", "text/javascript; charset=utf-8"),
    ("json", "application/json; charset=utf-8"),
    ("svg", "image/svg+xml"),
    ("png", "image/png"),
    ("ico", "image/x-icon"),
    ("txt", "text/plain; charset=utf-8"),
];

/// The name of a file of `static/` that can be asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct FileName {
    name: String,
    content_type: &'static str,
}

impl FileName {
    /// Only letters, digits, `-`, `_` and `.` between slashes, no segment that
    /// begins with a dot, nothing decoded: so no path leads out of `static/`,
    /// and no hidden file shows. A folder means its `index.html`; an address without
    /// an ending means a page.
    pub(crate) fn from_path(path: &str) -> Option<Self> {
        let path = path.strip_prefix('/')?;
        let name = match path.is_empty() || path.ends_with('/') {
            true => format!("{path}index.html"),
            false => path.to_owned(),
        };
        let segments: Vec<_> = name.split('/').collect();
        if segments.len() > SEGMENTS_MAX || !segments.into_iter().all(is_plain) {
            return None;
        }
        let name = match segments_end(&name).contains('.') {
            true => name,
            false => format!("{name}.html"),
        };
        let (_, extension) = name.rsplit_once('.')?;
        let (_, content_type) = TYPES.into_iter().find(|(known, _)| *known == extension)?;
        Some(Self { name, content_type })
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.name
    }

    pub(crate) const fn content_type(&self) -> &'static str {
        self.content_type
    }
}

fn segments_end(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

fn is_plain(segment: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    (1..=SEGMENT_CHARS_MAX).contains(&segment.len())
        && !segment.starts_with('.')
        && segment.chars().all(is_plain)
}

/// Whether programs ask there: they get a problem and no page.
pub(crate) fn is_for_programs(path: &str) -> bool {
    ["/api", "/internal"]
        .into_iter()
        .filter_map(|prefix| path.strip_prefix(prefix))
        .any(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_a_file_or_nothing() {
        for (path, expected) in [
            ("/", Some("index.html")),
            ("/index.html", Some("index.html")),
            ("/style.css", Some("style.css")),
            ("/gambar/logo-2.svg", Some("gambar/logo-2.svg")),
            ("/bantuan/", Some("bantuan/index.html")),
            ("", None),
            ("//", None),
            ("//etc/passwd.txt", None),
            ("/..", None),
            ("/../static/index.html", None),
            ("/a/../index.html", None),
            ("/./index.html", None),
            ("/%2e%2e/index.html", None),
            ("/..%2findex.html", None),
            ("/..\\index.html", None),
            ("/index.html\0.css", None),
            ("/.git/config.txt", None),
            ("/.env", None),
            ("/masuk", Some("masuk.html")),
            ("/bantuan/masuk", Some("bantuan/masuk.html")),
            ("/index.php", None),
            ("/a/b/c/d/e.html", None),
        ] {
            let name = FileName::from_path(path);
            assert_eq!(name.as_ref().map(FileName::as_str), expected, "{path:?}");
        }
        assert_eq!(
            FileName::from_path(&format!("/{}.html", "x".repeat(64))),
            None
        );
    }

    #[test]
    fn programs_get_problems() {
        for (path, expected) in [
            ("/api", true),
            ("/api/x", true),
            ("/internal/y", true),
            ("/apir", false),
            ("/", false),
        ] {
            assert_eq!(is_for_programs(path), expected, "{path}");
        }
    }
}
