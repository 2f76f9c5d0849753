//! Pages: at most 200 rows, and a cursor that clients pass on without reading it.

use super::Problem;
use super::extract::Json;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::page::{Cursor, LARGEST_PAGE, Page};
use serde::Deserialize;
use utoipa::IntoParams;

/// Rows of a page when nobody says how many.
const USUAL: i64 = 50;

/// Where a list goes on and how much of it is wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Position {
    /// The `next` of the page before.
    pub after: Option<String>,
    /// Rows of the page.
    #[param(minimum = 1, maximum = 200, default = 50, example = 20)]
    pub limit: Option<i64>,
}

impl Position {
    /// The place in the store's words.
    pub fn cursor(&self) -> Result<Option<Cursor>, Problem> {
        cursor(self.after.as_deref())
    }

    /// Rows asked for.
    pub fn rows(&self) -> Result<i64, Problem> {
        limit(self.limit)
    }
}

/// What lists answer.
pub type Answer<T> = Result<Json<Page<T>>, Problem>;

/// A cursor of a query, if it was given.
pub fn cursor(after: Option<&str>) -> Result<Option<Cursor>, Problem> {
    let Some(text) = after.filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| unknown())?;
    let text = String::from_utf8(bytes).map_err(|_| unknown())?;
    if text.contains('\0') {
        return Err(unknown());
    }
    Ok(Some(Cursor(text)))
}

/// Rows of a page.
pub fn limit(asked: Option<i64>) -> Result<i64, Problem> {
    match asked.unwrap_or(USUAL) {
        rows @ 1..=LARGEST_PAGE => Ok(rows),
        _ => Err(Problem::invalid(format!(
            "The limit is a number from 1 to {LARGEST_PAGE}."
        ))),
    }
}

/// The page with its cursor closed.
pub fn page<T>(page: Page<T>) -> Answer<T> {
    Ok(Json(Page {
        rows: page.rows,
        next: page.next.map(closed),
    }))
}

/// The cursor as clients pass it on.
pub fn closed(Cursor(text): Cursor) -> Cursor {
    Cursor(URL_SAFE_NO_PAD.encode(text))
}

fn unknown() -> Problem {
    store::Error::BadCursor.into()
}
