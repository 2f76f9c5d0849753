//! Keyset cursors: the last row's sort key, written with a separator no key contains.

use crate::{Error, Result};
use chrono::{DateTime, NaiveDate, Utc};
use domain::page::Cursor;

const SEPARATOR: char = '\u{1f}';

/// The id below which a list sorted by id, newest first, goes on.
pub(crate) fn before_id(cursor: Option<&Cursor>) -> Result<i64> {
    match cursor {
        None => Ok(i64::MAX),
        Some(Cursor(text)) => text.parse().map_err(|_| Error::BadCursor),
    }
}

/// The id above which a list sorted by id, oldest first, goes on.
pub(crate) fn after_id(cursor: Option<&Cursor>) -> Result<i64> {
    match cursor {
        None => Ok(i64::MIN),
        Some(Cursor(text)) => text.parse().map_err(|_| Error::BadCursor),
    }
}

/// The key after which a list sorted by a text and an id goes on.
pub(crate) fn after_text(cursor: Option<&Cursor>) -> Result<(String, i64)> {
    let Some(Cursor(text)) = cursor else {
        return Ok((String::new(), 0));
    };
    let (key, id) = text.rsplit_once(SEPARATOR).ok_or(Error::BadCursor)?;
    Ok((key.to_owned(), id.parse().map_err(|_| Error::BadCursor)?))
}

/// The cursor of a row in a list sorted by a text and an id.
pub(crate) fn text_cursor(key: &str, id: i64) -> String {
    format!("{key}{SEPARATOR}{id}")
}

/// The key before which a list sorted by date and id, newest first, goes on.
pub(crate) fn before_date(cursor: Option<&Cursor>) -> Result<(NaiveDate, i64)> {
    let Some(Cursor(text)) = cursor else {
        // The last day PostgreSQL and chrono both know is far beyond any document.
        let end = NaiveDate::from_ymd_opt(9999, 12, 31).ok_or(Error::BadCursor)?;
        return Ok((end, i64::MAX));
    };
    let (date, id) = text.split_once('~').ok_or(Error::BadCursor)?;
    let date = date.parse().map_err(|_| Error::BadCursor)?;
    Ok((date, id.parse().map_err(|_| Error::BadCursor)?))
}

/// The key before which a list sorted by instant and id, newest first, goes on.
pub(crate) fn before_instant(cursor: Option<&Cursor>) -> Result<(DateTime<Utc>, i64)> {
    let Some(Cursor(text)) = cursor else {
        let (end, id) = before_date(None)?;
        let end = end.and_hms_opt(0, 0, 0).ok_or(Error::BadCursor)?;
        return Ok((end.and_utc(), id));
    };
    let (at, id) = text.split_once('~').ok_or(Error::BadCursor)?;
    let at = DateTime::parse_from_rfc3339(at).map_err(|_| Error::BadCursor)?;
    Ok((at.to_utc(), id.parse().map_err(|_| Error::BadCursor)?))
}

/// A pattern for `ilike` that finds the text anywhere; wildcards in it are ordinary characters.
pub(crate) fn contains(q: Option<&str>) -> Option<String> {
    let q = q.map(str::trim).filter(|q| !q.is_empty())?;
    let escaped = q
        .replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_");
    Some(format!("%{escaped}%"))
}
