//! Trading parties.

use crate::PartnerId;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A partner as an upstream system describes it, in our words. One may be several things at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartnerRecord {
    /// The upstream's identity.
    pub code: String,
    /// Name.
    pub name: String,
    /// Second name line.
    pub name2: Option<String>,
    /// Tax number.
    pub tax_id: Option<String>,
    /// Street.
    pub address: Option<String>,
    /// Town.
    pub city: Option<String>,
    /// As written upstream.
    pub country: Option<String>,
    /// First number given.
    pub phone: Option<String>,
    /// Sells to us.
    pub is_supplier: bool,
    /// Buys from us.
    pub is_customer: bool,
    /// One of our own sites.
    pub is_warehouse: bool,
    /// Last change upstream, where the upstream says.
    pub changed_at: Option<DateTime<Utc>>,
}

/// A row of the partners list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartnerSummary {
    /// Identity.
    pub id: PartnerId,
    /// The upstream's identity.
    pub code: String,
    /// Name.
    pub name: String,
    /// Town.
    pub city: Option<String>,
    /// Country.
    pub country: Option<String>,
    /// Tax number.
    pub tax_id: Option<String>,
    /// Sells to us.
    pub is_supplier: bool,
    /// Buys from us.
    pub is_customer: bool,
    /// One of our own sites.
    pub is_warehouse: bool,
    /// Still traded with.
    pub active: bool,
    /// When we last wrote it.
    pub synced_at: DateTime<Utc>,
}

/// What a partner is to us, as a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartnerType {
    /// Sells to us.
    Supplier,
    /// Buys from us.
    Customer,
    /// One of our own sites.
    Warehouse,
}

impl PartnerType {
    /// The stable word used in URLs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Supplier => "supplier",
            Self::Customer => "customer",
            Self::Warehouse => "warehouse",
        }
    }
}
