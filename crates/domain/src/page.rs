//! Keyset paging: a page says where the next one starts.

use serde::{Deserialize, Serialize};

/// The most rows one page may carry.
pub const LARGEST_PAGE: i64 = 200;

/// Where to go on: opaque to the caller, stable while rows come and go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Cursor(pub String);

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// The cursor of the next page; none on the last.
    pub next: Option<Cursor>,
}

impl<T> Page<T> {
    /// Cuts the row read beyond the limit and makes the cursor from the last row kept.
    pub fn cut(mut rows: Vec<T>, limit: i64, key: impl Fn(&T) -> String) -> Self {
        let limit = usize::try_from(limit).unwrap_or(0);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = if more {
            rows.last().map(|row| Cursor(key(row)))
        } else {
            None
        };
        Self { rows, next }
    }

    /// The same page of other rows.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        Page {
            rows: self.rows.into_iter().map(change).collect(),
            next: self.next,
        }
    }

    /// The same page of other rows, unless one of them cannot be read.
    ///
    /// # Errors
    /// The first row's that cannot.
    pub fn try_map<U, E>(self, change: impl FnMut(T) -> Result<U, E>) -> Result<Page<U>, E> {
        Ok(Page {
            rows: self
                .rows
                .into_iter()
                .map(change)
                .collect::<Result<_, E>>()?,
            next: self.next,
        })
    }
}
