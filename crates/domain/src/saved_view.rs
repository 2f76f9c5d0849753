//! Lists as a person keeps them.

use crate::SavedViewId;
use serde::{Deserialize, Serialize};

/// A name for a list with its filters and sort.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedView {
    /// Identity.
    pub id: SavedViewId,
    /// Shown to the person.
    pub name: String,
    /// The page's query string, without `?`.
    pub query: String,
    /// Shown when the page is opened without a query.
    pub opens_first: bool,
}

/// A list to keep; the same name on the same page replaces.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewView {
    /// Path of the list.
    pub page: String,
    /// Shown to the person.
    pub name: String,
    /// The page's query string, without `?`.
    pub query: String,
    /// Shown when the page is opened without a query.
    pub opens_first: bool,
}
