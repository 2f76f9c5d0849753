//! How a list of documents is narrowed and sorted.

use super::{DocumentSource, DocumentStatus};
use crate::WarehouseId;
use crate::sort::Sort;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

crate::sort_keys! {
    /// Columns a list of documents can be sorted by.
    DocumentSort {
        /// The ERP's date.
        DatedOn = "dated_on" falling,
        /// The ERP's number.
        Number = "number",
        /// The ERP's type.
        DocType = "doc_type",
        /// Where it stands.
        Status = "status",
        /// Recipient or sender.
        Partner = "partner",
        /// Display name upstream.
        Warehouse = "warehouse",
        /// Lines that are floor work here.
        LinesWms = "lines_wms" falling,
        /// Last change of any kind.
        UpdatedAt = "updated_at" falling,
    }
}

/// What a list of documents is narrowed to; empty fields do not narrow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DocumentFilter {
    /// Not before.
    pub date_from: Option<NaiveDate>,
    /// Not after.
    pub date_to: Option<NaiveDate>,
    /// The ERP's type.
    pub doc_type: Option<String>,
    /// Where it stands.
    pub status: Option<DocumentStatus>,
    /// One of our sites.
    pub warehouse: Option<WarehouseId>,
    /// Only documents with floor work here.
    pub only_wms: bool,
    /// Only documents with a decision waiting.
    pub only_conflicts: bool,
    /// Only documents whose result a person has to enter in the ERP.
    #[serde(default)]
    pub only_unentered: bool,
    /// From the ERP, or made here.
    pub source: Option<DocumentSource>,
    /// Number or partner contains.
    pub q: Option<String>,
    /// The order.
    pub sort: Sort<DocumentSort>,
}
