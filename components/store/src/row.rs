//! Rows, read column by column in the order of the SELECT.

use crate::bindings::exports::inaproc::akses::types::Error;
use spin_sdk::sqlite::{RowResult, Value};

/// One row that is being read.
pub(crate) struct Row(std::vec::IntoIter<Value>);

impl Row {
    /// The next column.
    ///
    /// # Errors
    /// `corrupt` when the column is not of the type asked for.
    pub(crate) fn take<T: FromValue>(&mut self) -> Result<T, Error> {
        let value = self
            .0
            .next()
            .ok_or_else(|| corrupt("a column is missing"))?;
        T::from_value(value)
    }
}

impl From<RowResult> for Row {
    fn from(row: RowResult) -> Self {
        Self(row.values.into_iter())
    }
}

/// What a column can be read as.
pub(crate) trait FromValue: Sized {
    /// The value, if it is of this type.
    fn from_value(value: Value) -> Result<Self, Error>;
}

impl FromValue for String {
    fn from_value(value: Value) -> Result<Self, Error> {
        match value {
            Value::Text(text) => Ok(text),
            _ => Err(corrupt("a column that holds text has something else")),
        }
    }
}

impl FromValue for i64 {
    fn from_value(value: Value) -> Result<Self, Error> {
        match value {
            Value::Integer(integer) => Ok(integer),
            _ => Err(corrupt("a column that holds integers has something else")),
        }
    }
}

impl FromValue for u32 {
    fn from_value(value: Value) -> Result<Self, Error> {
        let integer = i64::from_value(value)?;
        integer
            .try_into()
            .map_err(|_| corrupt("an integer is out of its range"))
    }
}

impl FromValue for bool {
    fn from_value(value: Value) -> Result<Self, Error> {
        match i64::from_value(value)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(corrupt("a truth value is neither 0 nor 1")),
        }
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: Value) -> Result<Self, Error> {
        match value {
            Value::Null => Ok(None),
            value => T::from_value(value).map(Some),
        }
    }
}

fn corrupt(what: &str) -> Error {
    Error::Corrupt(what.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(values: Vec<Value>) -> Row {
        Row::from(RowResult { values })
    }

    #[test]
    fn columns_are_read_in_order() {
        let mut row = row(vec![
            Value::text("a"),
            Value::Integer(7),
            Value::Null,
            Value::Integer(1),
        ]);
        assert_eq!(row.take::<String>().unwrap(), "a");
        assert_eq!(row.take::<u32>().unwrap(), 7);
        assert_eq!(row.take::<Option<String>>().unwrap(), None);
        assert!(row.take::<bool>().unwrap());
    }

    #[test]
    fn a_value_of_another_type_is_corrupt() {
        let refused = |value: Value| row(vec![value]).take::<u32>().is_err();
        assert!(refused(Value::text("7")));
        assert!(refused(Value::Null));
        assert!(refused(Value::Integer(-1)));
        assert!(row(vec![]).take::<String>().is_err());
        assert!(row(vec![Value::Integer(2)]).take::<bool>().is_err());
    }
}
