//! Sorted pages: the one place that builds SQL from parts, none of which come from outside.
//!
//! A list selects [`Keyset::key`] among its columns, ends with [`Keyset::push`], and makes its
//! cursors with [`Keyset::cursor`]. Sorted expressions are never null (`coalesce` them), and the id
//! settles ties, so that no row is skipped or shown twice when values repeat.

use crate::{Error, Result};
use chrono::{DateTime, Datelike, NaiveDate};
use domain::page::Cursor;
use domain::sort::{Sort, SortKey};
use sqlx::{Postgres, QueryBuilder};

const SEPARATOR: char = '\u{1f}';

/// What a list is sorted by in SQL.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    sql: &'static str,
    kind: Kind,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Text,
    Number,
    Day,
    Instant,
}

/// A text column.
pub(crate) const fn text(sql: &'static str) -> Column {
    let kind = Kind::Text;
    Column { sql, kind }
}

/// A whole number.
pub(crate) const fn number(sql: &'static str) -> Column {
    let kind = Kind::Number;
    Column { sql, kind }
}

/// A day.
pub(crate) const fn day(sql: &'static str) -> Column {
    let kind = Kind::Day;
    Column { sql, kind }
}

/// An instant.
pub(crate) const fn instant(sql: &'static str) -> Column {
    let kind = Kind::Instant;
    Column { sql, kind }
}

impl Kind {
    fn as_sql(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "bigint",
            Self::Day => "date",
            Self::Instant => "timestamptz",
        }
    }

    /// Whether PostgreSQL can read the value back: cursors come from outside.
    fn reads(self, value: &str) -> bool {
        match self {
            Self::Text => !value.contains('\0'),
            Self::Number => value.parse::<i64>().is_ok(),
            Self::Day => value.len() == 10 && value.parse::<NaiveDate>().is_ok(),
            Self::Instant => {
                value.len() < 40
                    && DateTime::parse_from_str(value, "%Y-%m-%d %H:%M:%S%.f%#z")
                        .is_ok_and(|at| (1..=9999).contains(&at.year()))
            }
        }
    }
}

/// Where a sorted list goes on.
#[derive(Debug)]
pub(crate) struct Keyset {
    column: Column,
    id: &'static str,
    sort: String,
    descending: bool,
    after: Option<(String, i64)>,
}

impl Keyset {
    /// The list sorted by `column`, then by `id`, going on after the cursor. A cursor of another
    /// sort is refused.
    pub(crate) fn new<K: SortKey>(
        sort: Sort<K>,
        column: Column,
        id: &'static str,
        cursor: Option<&Cursor>,
    ) -> Result<Self> {
        let word = sort.to_string();
        let after = cursor
            .map(|cursor| read(cursor, &word, column.kind))
            .transpose()?;
        Ok(Self {
            column,
            id,
            sort: word,
            descending: sort.descending,
            after,
        })
    }

    /// The select list's column with the sorted value as text; read it as `sort_key`.
    pub(crate) fn key(&self) -> String {
        format!("({})::text as sort_key", self.column.sql)
    }

    /// Adds the condition, the order and the limit, one row more than asked, so that
    /// [`domain::page::Page::cut`] knows whether there is a next page.
    pub(crate) fn push(&self, query: &mut QueryBuilder<Postgres>, limit: i64) {
        let (column, id) = (self.column.sql, self.id);
        let (sign, way) = if self.descending {
            ("<", "desc")
        } else {
            (">", "asc")
        };
        if let Some((key, last)) = &self.after {
            query.push(format!(" and ({column}, {id}) {sign} ("));
            query.push_bind(key.clone());
            query.push(format!("::text::{}, ", self.column.kind.as_sql()));
            query.push_bind(*last).push(")");
        }
        query.push(format!(" order by {column} {way}, {id} {way} limit "));
        query.push_bind(limit + 1);
    }

    /// The cursor of a row.
    pub(crate) fn cursor(&self, key: &str, id: i64) -> String {
        format!("{}{SEPARATOR}{key}{SEPARATOR}{id}", self.sort)
    }
}

fn read(Cursor(text): &Cursor, sort: &str, kind: Kind) -> Result<(String, i64)> {
    let (word, rest) = text.split_once(SEPARATOR).ok_or(Error::BadCursor)?;
    let (key, id) = rest.rsplit_once(SEPARATOR).ok_or(Error::BadCursor)?;
    if word != sort || !kind.reads(key) {
        return Err(Error::BadCursor);
    }
    Ok((key.to_owned(), id.parse().map_err(|_| Error::BadCursor)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    domain::sort_keys! {
        /// A list.
        Sample {
            /// Name.
            Name = "name",
            /// Age.
            Age = "age",
        }
    }

    fn sort(text: &str) -> Sort<Sample> {
        text.parse().unwrap()
    }

    #[test]
    fn a_cursor_of_another_sort_is_refused() {
        let by_name = Keyset::new(sort("name"), text("u.name"), "u.id", None).unwrap();
        let cursor = Cursor(by_name.cursor("Ana", 7));
        assert!(Keyset::new(sort("name"), text("u.name"), "u.id", Some(&cursor)).is_ok());
        for other in ["-name", "age"] {
            let refused = Keyset::new(sort(other), text("u.name"), "u.id", Some(&cursor));
            assert!(matches!(refused, Err(Error::BadCursor)), "{other}");
        }
    }

    #[test]
    fn the_cursor_travels_as_parameters() {
        let cursor = Cursor(format!("-name{SEPARATOR}41'; drop{SEPARATOR}7"));
        let keyset = Keyset::new(sort("-name"), text("u.name"), "u.id", Some(&cursor)).unwrap();
        let mut query = QueryBuilder::new("select 1 where true");
        keyset.push(&mut query, 50);
        assert_eq!(
            query.into_string(),
            "select 1 where true and (u.name, u.id) < ($1::text::text, $2) order by u.name desc, u.id desc limit $3"
        );
    }

    #[test]
    fn a_cursor_with_a_value_the_database_cannot_read_is_refused() {
        let columns = [
            (number("n"), "41", "forty"),
            (day("d"), "2026-11-21", "2026-13-01"),
            (
                instant("t"),
                "2026-11-21 10:00:00.123456+00",
                "2026-11-21T10",
            ),
            (text("t"), "a'b", "a\0b"),
        ];
        for (column, good, bad) in columns {
            let reads = |value: &str| {
                let cursor = Cursor(format!("age{SEPARATOR}{value}{SEPARATOR}7"));
                Keyset::new(sort("age"), column, "u.id", Some(&cursor)).is_ok()
            };
            assert!(reads(good), "{good}");
            assert!(!reads(bad), "{bad}");
        }
    }
}
