//! Which documents: for lists and for files.

use super::Problem;
use super::paging::Position;
use chrono::{Datelike as _, NaiveDate};
use domain::WarehouseId;
use domain::document::{DocumentFilter, DocumentSort, DocumentSource, DocumentStatus};
use domain::sort::Sort;
use serde::Deserialize;
use utoipa::IntoParams;

// One struct cannot lie flat within another in a query string, so the fields that lists and files
// share are written here once.
macro_rules! selection {
    ($(#[$about:meta])* $name:ident { $($more:tt)* }) => {
        $(#[$about])*
        #[derive(Debug, Deserialize, IntoParams)]
        #[serde(deny_unknown_fields)]
        #[into_params(parameter_in = Query)]
        pub struct $name {
            /// Dated on this day or later.
            #[param(example = "2020-01-01")]
            date_from: Option<NaiveDate>,
            /// Dated on this day or earlier.
            #[param(example = "2099-12-31")]
            date_to: Option<NaiveDate>,
            /// The ERP's document type.
            #[param(example = "3000")]
            doc_type: Option<String>,
            /// Where it stands.
            #[param(inline, example = "new")]
            status: Option<DocumentStatus>,
            /// Of this site.
            #[param(value_type = Option<i64>, example = 1)]
            warehouse: Option<WarehouseId>,
            /// Only documents with lines that are floor work.
            #[serde(default)]
            #[param(default = false, example = true)]
            only_wms: bool,
            /// Only documents where the ERP and the floor disagree.
            #[serde(default)]
            #[param(default = false, example = false)]
            only_conflicts: bool,
            /// Only documents whose result a person has to enter in the ERP.
            #[serde(default)]
            #[param(default = false, example = false)]
            only_unentered: bool,
            /// From the ERP, or made to try things out.
            #[param(inline, example = "erp")]
            source: Option<DocumentSource>,
            /// Part of the number or of the partner's name.
            #[param(example = "26-3000")]
            q: Option<String>,
            /// A column, with '-' before it for downwards.
            #[param(value_type = Option<String>,
                pattern = "^-?(dated_on|number|doc_type|status|partner|warehouse|lines_wms|updated_at)$", example = "-dated_on")]
            sort: Option<Sort<DocumentSort>>,
            $($more)*
        }

        impl $name {
            /// In the store's words.
            pub fn filter(self) -> Result<DocumentFilter, Problem> {
                believable(self.date_from)?;
                believable(self.date_to)?;
                Ok(DocumentFilter {
                    date_from: self.date_from,
                    date_to: self.date_to,
                    doc_type: self.doc_type,
                    status: self.status,
                    warehouse: self.warehouse,
                    only_wms: self.only_wms,
                    only_conflicts: self.only_conflicts,
                    only_unentered: self.only_unentered,
                    source: self.source,
                    q: self.q,
                    sort: self.sort.unwrap_or_default(),
                })
            }
        }
    };
}

selection! {
    /// Which documents' lines a file holds.
    Selection {}
}

selection! {
    /// Which documents, and which page of them.
    Wanted {
        /// The `next` of the page before.
        after: Option<String>,
        /// Rows of the page.
        #[param(minimum = 1, maximum = 200, default = 50, example = 20)]
        limit: Option<i64>,
    }
}

impl Wanted {
    /// Where the list goes on, and what is in it.
    pub fn parts(mut self) -> Result<(Position, DocumentFilter), Problem> {
        let position = Position {
            after: self.after.take(),
            limit: self.limit,
        };
        Ok((position, self.filter()?))
    }
}

/// Days outside of four-digit years are slips.
pub fn believable(day: Option<NaiveDate>) -> Result<(), Problem> {
    match day {
        Some(day) if !(1..=9999).contains(&day.year()) => {
            Err(Problem::invalid("A year has four digits."))
        }
        _ => Ok(()),
    }
}
