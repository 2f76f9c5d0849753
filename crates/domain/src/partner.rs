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
    /// Second number given.
    pub phone2: Option<String>,
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
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
    /// The connection it comes from.
    pub source: String,
    /// When we last wrote it.
    pub synced_at: DateTime<Utc>,
}

/// One partner with its address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PartnerDetail {
    /// The list's columns.
    pub partner: PartnerSummary,
    /// Second name line.
    pub name2: Option<String>,
    /// Street.
    pub address: Option<String>,
    /// First number given.
    pub phone: Option<String>,
    /// Second number given.
    pub phone2: Option<String>,
    /// Last change upstream, where the upstream says.
    pub changed_at: Option<DateTime<Utc>>,
}

/// What a list of partners is narrowed to; empty fields do not narrow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PartnerFilter {
    /// What they are to us.
    pub of_type: Option<PartnerType>,
    /// Still traded with, or not any more.
    pub active: Option<bool>,
    /// Name, code, tax number or town.
    pub q: Option<String>,
}

crate::sort_keys! {
    /// What a list of partners can be sorted by.
    PartnerSort {
        /// Name.
        Name = "name",
        /// The upstream's identity.
        Code = "code",
        /// Town.
        City = "city",
        /// Country.
        Country = "country",
        /// When we last wrote it.
        SyncedAt = "synced_at" falling,
    }
}

/// What a partner is to us, as a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum PartnerType {
    /// Sells to us.
    Supplier,
    /// Buys from us.
    Customer,
    /// One of our own sites.
    Warehouse,
}

impl PartnerType {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Customer, Self::Supplier, Self::Warehouse];

    /// The stable word used in URLs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Supplier => "supplier",
            Self::Customer => "customer",
            Self::Warehouse => "warehouse",
        }
    }
}

impl std::str::FromStr for PartnerType {
    type Err = crate::document::UnknownWord;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|of_type| of_type.as_str() == text)
            .ok_or_else(|| crate::document::UnknownWord(text.to_owned()))
    }
}
