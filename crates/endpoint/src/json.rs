//! JSON bodies: bounded in depth, strict in fields, and clear about what is wrong.

use crate::problem::Problem;
use akses_domain::time::Date;
use serde::de::{DeserializeOwned, Error as _, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use std::fmt;

/// Our deepest body has three levels.
const DEPTH_MAX: usize = 8;

/// A calendar day as `YYYY-MM-DD`, and in no other spelling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day(pub Date);

const BAD_DAY: &str = "not a calendar day";

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let day = Date::parse_from_str(&text, "%Y-%m-%d").ok();
        // chrono also takes `2027-2-3` and `+2027-02-03`.
        day.filter(|day| day.to_string() == text)
            .map(Self)
            .ok_or_else(|| D::Error::custom(BAD_DAY))
    }
}

/// The members of an object whose names are data, each of them once.
#[derive(Debug, Clone, Default)]
pub struct Fields(pub Map<String, Value>);

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Fields;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Fields, A::Error> {
                let mut fields = Map::new();
                while let Some((name, value)) = members.next_entry::<String, Value>()? {
                    if fields.contains_key(&name) {
                        // In serde's words, for `explain`.
                        let twice = format!("duplicate field `{name}`");
                        return Err(A::Error::custom(twice));
                    }
                    fields.insert(name, value);
                }
                Ok(Fields(fields))
            }
        }

        deserializer.deserialize_map(Members)
    }
}

/// Parses a body whose length is bounded already.
pub(crate) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    if depth(body) > DEPTH_MAX {
        return Err(Problem::bad_request(
            "json-too-deep",
            "Isi permintaan bersusun terlalu dalam.",
        ));
    }
    // serde takes a list for an object, its fields by position; no client of
    // ours means that.
    if body.trim_ascii_start().starts_with(b"[") {
        return Err(Problem::bad_request(
            "not-an-object",
            "Isi permintaan harus berupa objek JSON.",
        ));
    }
    // Whatever is no JSON is found first: further on, serde_json calls a number in
    // place of a choice a syntax error too.
    let body = std::str::from_utf8(body).map_err(|_| not_json())?;
    let _: IgnoredAny = serde_json::from_str(body).map_err(|_| not_json())?;
    let mut deserializer = serde_json::Deserializer::from_str(body);
    serde_path_to_error::deserialize(&mut deserializer)
        .map_err(|error| explain(&error.path().to_string(), error.inner()))
}

fn explain(path: &str, error: &serde_json::Error) -> Problem {
    let message = error.to_string();
    let quoted = message.split('`').nth(1).unwrap_or_default();
    let (field, detail) = if message.starts_with("unknown field") {
        (
            join(path, quoted),
            "Bidang ini tidak dikenal; hapus dari permintaan.",
        )
    } else if message.starts_with("missing field") {
        (join(path, quoted), "Bidang ini wajib diisi.")
    } else if message.starts_with("duplicate field") {
        (
            join(path, quoted),
            "Bidang ini muncul dua kali; kirim satu saja.",
        )
    } else if message.starts_with("unknown variant") {
        (
            path.to_owned(),
            "Nilai bidang ini bukan salah satu pilihan.",
        )
    } else if message.starts_with(BAD_DAY) {
        (
            path.to_owned(),
            "Tanggal ini tidak ada. Tulis tahun-bulan-hari, misalnya 2027-12-31.",
        )
    } else if message.starts_with("invalid type") {
        (path.to_owned(), "Jenis nilai bidang ini salah.")
    } else {
        (path.to_owned(), "Nilai bidang ini tidak dapat dibaca.")
    };
    Problem::field(&field, "invalid-field", detail)
}

/// serde reports the object for unknown and missing fields, or already the
/// field itself.
fn join(path: &str, field: &str) -> String {
    match path {
        "." | "" => field.to_owned(),
        path if path.rsplit('.').next() == Some(field) => path.to_owned(),
        path => format!("{path}.{field}"),
    }
}

fn not_json() -> Problem {
    Problem::bad_request(
        "not-json",
        "Isi permintaan bukan JSON yang utuh. Kirim satu objek JSON; bila tidak ada isian, kirim {}.",
    )
}

/// How deep brackets nest, strings left out.
fn depth(body: &[u8]) -> usize {
    let (mut depth, mut deepest, mut in_string, mut escaped) = (0_usize, 0, false, false);
    for byte in body {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only parsing is looked at")]
    struct Body {
        name: String,
        inner: Option<Inner>,
        choice: Option<Choice>,
    }

    #[derive(Debug, Deserialize)]
    enum Choice {}

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only parsing is looked at")]
    struct Inner {
        count: u32,
    }

    #[test]
    fn what_is_wrong_names_its_field() {
        for (body, kind, field) in [
            (r#"{"name":1}"#, "invalid-field", Some("name")),
            (r#"{}"#, "invalid-field", Some("name")),
            (r#"{"name":"x","name":"y"}"#, "invalid-field", Some("name")),
            (r#"{"name":"x","age":1}"#, "invalid-field", Some("age")),
            (
                r#"{"name":"x","inner":{}}"#,
                "invalid-field",
                Some("inner.count"),
            ),
            (
                r#"{"name":"x","inner":{"count":-1}}"#,
                "invalid-field",
                Some("inner.count"),
            ),
            (
                r#"{"name":"x","inner":{"n":1}}"#,
                "invalid-field",
                Some("inner.n"),
            ),
            (
                r#"{"name":"x","choice":7}"#,
                "invalid-field",
                Some("choice"),
            ),
            (
                r#"{"name":"x","choice":"banish"}"#,
                "invalid-field",
                Some("choice"),
            ),
            (r#"{"name":"x""#, "not-json", None),
            (r#"{"name":"x"} trailing"#, "not-json", None),
            ("", "not-json", None),
            (r#"[[[[[[[[[1]]]]]]]]]"#, "json-too-deep", None),
            (r#" ["x", null]"#, "not-an-object", None),
        ] {
            let problem = parse::<Body>(body.as_bytes()).expect_err(body);
            assert_eq!(problem.kind(), kind, "{body}");
            assert_eq!(problem.first_field(), field, "{body}");
        }
    }

    #[test]
    fn fields_have_names_of_their_own() {
        let Fields(fields) = parse(br#"{"a":1,"b":{"a":null}}"#).unwrap();
        assert_eq!(
            Value::Object(fields),
            serde_json::json!({"a": 1, "b": {"a": null}})
        );
        let twice = parse::<Fields>(br#"{"a":1,"b":2,"a":1}"#).unwrap_err();
        assert_eq!(
            (twice.kind(), twice.first_field()),
            ("invalid-field", Some("a"))
        );
        let text = parse::<Fields>(br#""a""#).unwrap_err();
        assert_eq!(text.kind(), "invalid-field");
    }

    #[test]
    fn a_day_has_one_spelling_and_exists() {
        assert!(parse::<Day>(br#""2028-02-29""#).is_ok());
        for text in [
            "2027-02-29",
            "2027-2-3",
            "+2027-02-03",
            "29-02-2028",
            "2027-13-01",
            "",
            "besok",
        ] {
            let problem = parse::<Day>(format!("\"{text}\"").as_bytes()).expect_err(text);
            assert_eq!(problem.kind(), "invalid-field", "{text}");
        }
    }

    #[test]
    fn brackets_in_strings_are_no_depth() {
        assert_eq!(depth(br#"{"a":"[[[[\"[[[["}"#), 1);
    }
}
