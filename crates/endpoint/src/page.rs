//! Pages of lists.

/// Cuts a page out of rows that were asked for with one row more than `limit`,
/// to know whether there is another page; `end` says where that one begins.
pub fn cut<Row>(
    mut rows: Vec<Row>,
    limit: u32,
    end: impl Fn(&Row) -> String,
) -> (Vec<Row>, Option<String>) {
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let next = rows.last().filter(|_| more).map(end);
    (rows, next)
}

/// Cuts a page out of rows that are there altogether: behind the one named
/// `after`, or from the first when nothing is said. What is not there has nothing
/// behind it.
pub fn after<Row>(
    rows: Vec<Row>,
    after: Option<String>,
    limit: u32,
    name: impl Fn(&Row) -> &String,
) -> (Vec<Row>, Option<String>) {
    let rows = match after {
        None => rows,
        Some(after) => {
            let behind = rows.into_iter().skip_while(|row| *name(row) != after);
            behind.skip(1).collect()
        }
    };
    cut(rows, limit, |row| name(row).clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_what_is_there_have_no_gaps() {
        let rows = || ["a", "b", "c"].map(str::to_owned).to_vec();
        let page = |name: Option<&str>| after(rows(), name.map(str::to_owned), 2, |row| row);
        let texts = |names: &[&str]| names.iter().map(|&n| n.to_owned()).collect::<Vec<_>>();
        assert_eq!(page(None), (texts(&["a", "b"]), Some("b".to_owned())));
        assert_eq!(page(Some("b")), (texts(&["c"]), None));
        assert_eq!(page(Some("x")), (texts(&[]), None));
    }

    #[test]
    fn only_a_page_with_another_behind_it_has_a_next() {
        let cut = |rows| cut(rows, 2, i32::to_string);
        assert_eq!(cut(vec![]), (vec![], None));
        assert_eq!(cut(vec![1, 2]), (vec![1, 2], None));
        assert_eq!(cut(vec![1, 2, 3]), (vec![1, 2], Some("2".to_owned())));
    }
}
