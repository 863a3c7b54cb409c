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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_page_with_another_behind_it_has_a_next() {
        let cut = |rows| cut(rows, 2, i32::to_string);
        assert_eq!(cut(vec![]), (vec![], None));
        assert_eq!(cut(vec![1, 2]), (vec![1, 2], None));
        assert_eq!(cut(vec![1, 2, 3]), (vec![1, 2], Some("2".to_owned())));
    }
}
