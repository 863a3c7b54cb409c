//! What people type into a search box, as an FTS5 query.

/// What is read of a search; nobody types more.
const SEARCH_CHARS_MAX: usize = 200;

/// How many words of it count.
const SEARCH_WORDS_MAX: usize = 8;

/// An FTS5 query for entries with words that begin like those of `search`, in
/// name or code. None when it has no words: then everything matches.
///
/// Words are letters and digits and are quoted, so that nothing that is typed
/// can be an operator of the query language.
pub(crate) fn prefix_query(search: &str) -> Option<String> {
    let search: String = search.chars().take(SEARCH_CHARS_MAX).collect();
    let words: Vec<_> = search
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(SEARCH_WORDS_MAX)
        .map(|word| format!("\"{word}\"*"))
        .collect();
    (!words.is_empty()).then(|| format!("{{name code}} : ({})", words.join(" AND ")))
}

/// The same within one scope: an id, which is indexed as one word.
pub(crate) fn prefix_query_in(scope: &str, search: &str) -> Option<String> {
    let scope: String = scope.chars().filter(char::is_ascii_alphanumeric).collect();
    let query = prefix_query(search)?;
    Some(format!("scope : \"{scope}\" AND {query}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(search: &str, expected: Option<&str>) {
        assert_eq!(prefix_query(search).as_deref(), expected);
    }

    #[test]
    fn words_become_quoted_prefixes() {
        check("din pen", Some(r#"{name code} : ("din"* AND "pen"*)"#));
        check(
            "Ka'bupaten",
            Some(r#"{name code} : ("Ka"* AND "bupaten"*)"#),
        );
    }

    #[test]
    fn nothing_typed_is_an_operator() {
        check("a OR b", Some(r#"{name code} : ("a"* AND "OR"* AND "b"*)"#));
        check(
            "\"x\" NEAR(y)",
            Some(r#"{name code} : ("x"* AND "NEAR"* AND "y"*)"#),
        );
        check(
            "name:z* -q ^p",
            Some(r#"{name code} : ("name"* AND "z"* AND "q"* AND "p"*)"#),
        );
    }

    #[test]
    fn no_words_match_everything() {
        for search in ["", "   ", "\"*^()", "--"] {
            check(search, None);
        }
    }

    #[test]
    fn a_search_is_bounded() {
        let query = prefix_query(&"a ".repeat(1_000)).unwrap();
        assert_eq!(query.matches("\"a\"*").count(), SEARCH_WORDS_MAX);
        let query = prefix_query(&"b".repeat(1_000)).unwrap();
        assert_eq!(query.matches('b').count(), SEARCH_CHARS_MAX);
    }

    #[test]
    fn a_scope_is_one_word() {
        assert_eq!(
            prefix_query_in("0190-ab\" OR \"", "x").as_deref(),
            Some(r#"scope : "0190abOR" AND {name code} : ("x"*)"#)
        );
    }
}
