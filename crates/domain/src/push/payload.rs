//! What a command carries, one type for each kind. Unknown fields are refused.

use crate::Quantity;
use crate::document::DocumentKind;
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use rust_decimal::Decimal;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

/// What the floor did with one document of an ERP.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DocumentResult {
    /// Dispatch or receipt.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub kind: DocumentKind,
    /// The ERP's number.
    pub number: String,
    /// The ERP's document type.
    pub doc_type: String,
    /// The ERP's document date.
    pub dated_on: NaiveDate,
    /// When the floor finished it.
    pub finished_at: DateTime<Utc>,
    /// Some line was done in part or not at all.
    pub partial: bool,
    /// Every line of the document, the untouched ones with zero done.
    pub lines: Vec<LineResult>,
}

/// What was done of a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LineResult {
    /// The ERP's line key.
    pub key: String,
    /// SKU as the document names it.
    pub item_code: String,
    /// The upstream's unit.
    pub uom: String,
    /// What the ERP asked for.
    #[cfg_attr(feature = "schema", schemars(with = "String", extend("format" = "decimal")))]
    pub requested: Decimal,
    /// What was done.
    #[cfg_attr(feature = "schema", schemars(with = "String", extend("format" = "decimal")))]
    pub done: Quantity,
    /// Why it is less, in the floor's words.
    #[serde(default)]
    pub reason: Option<String>,
    /// What of it carries a lot, a serial or a date; the rest does not.
    #[serde(default)]
    pub lots: Vec<LotResult>,
}

/// What was done of one lot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LotResult {
    /// Lot or serial.
    pub name: String,
    /// Expiry.
    #[serde(default)]
    pub expires_on: Option<NaiveDate>,
    /// How much.
    #[cfg_attr(feature = "schema", schemars(with = "String", extend("format" = "decimal")))]
    pub quantity: Quantity,
}

/// A recipe, as manufacturing systems send it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// Code, unique at the upstream.
    pub recipe_code: String,
    /// Title.
    pub name: String,
    /// Version.
    pub version: String,
    /// Valid from; a time without an offset is UTC.
    #[serde(deserialize_with = "utc_unless_said")]
    pub effective_from: DateTime<Utc>,
    /// What goes in.
    pub materials: Vec<Material>,
}

fn utc_unless_said<'de, D: Deserializer<'de>>(given: D) -> Result<DateTime<Utc>, D::Error> {
    let text = String::deserialize(given)?;
    instant(&text).ok_or_else(|| {
        D::Error::custom(format!(
            "'{text}' is no time, write it as 2026-01-31T10:00:00Z"
        ))
    })
}

/// A time as commands give it; without an offset it is UTC.
pub(super) fn instant(text: &str) -> Option<DateTime<Utc>> {
    let exact = text.parse::<DateTime<Utc>>().ok();
    exact.or_else(|| Some(text.parse::<NaiveDateTime>().ok()?.and_utc()))
}

/// A material of a recipe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Material {
    /// SKU.
    pub material_code: String,
    /// Title.
    #[serde(default)]
    pub description: String,
    /// Customs code.
    #[serde(default)]
    pub hs_code: Option<String>,
    /// How much, above zero.
    #[cfg_attr(feature = "schema", schemars(with = "String", extend("format" = "decimal")))]
    pub quantity: Decimal,
    /// Unit.
    pub unit_of_measure: String,
    /// Cost of one unit.
    #[serde(default)]
    pub unit_cost: Option<Money>,
}

/// An amount of money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// Amount.
    #[cfg_attr(feature = "schema", schemars(with = "String", extend("format" = "decimal")))]
    pub amount: Decimal,
    /// ISO 4217 code.
    pub currency: String,
}

/// A bill of materials.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Bom {
    /// SKU of what is made.
    pub product_code: String,
    /// How much of it one run makes, above zero.
    #[cfg_attr(feature = "schema", schemars(with = "String", extend("format" = "decimal")))]
    pub quantity: Decimal,
    /// Unit of that.
    #[serde(default)]
    pub uom: Option<String>,
    /// Plant at the upstream, for systems that keep one bill per plant.
    #[serde(default)]
    pub plant: Option<String>,
    /// What goes in.
    pub lines: Vec<BomLine>,
}

/// A component of a bill of materials.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BomLine {
    /// SKU.
    pub component: String,
    /// How much, above zero.
    #[cfg_attr(feature = "schema", schemars(with = "String", extend("format" = "decimal")))]
    pub quantity: Decimal,
    /// Unit.
    #[serde(default, alias = "unit")]
    pub uom: Option<String>,
    /// Item category where the upstream has one (SAP: `L` stock item, `N` non-stock).
    #[serde(default)]
    pub item_category: Option<String>,
}

/// What was counted at one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct StockCount {
    /// The place at the upstream: its id or its full name.
    #[serde(deserialize_with = "text_or_number")]
    pub location: String,
    /// What lies there.
    pub items: Vec<CountedItem>,
}

/// One counted item, or one lot of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CountedItem {
    /// SKU.
    pub product_code: String,
    /// How much lies there.
    #[cfg_attr(feature = "schema", schemars(with = "String", extend("format" = "decimal")))]
    pub quantity: Quantity,
    /// Lot or serial.
    #[serde(default)]
    pub lot_number: Option<String>,
}

/// A product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Product {
    /// SKU.
    pub code: String,
    /// Title.
    pub name: String,
    /// Barcode.
    #[serde(default)]
    pub barcode: Option<String>,
    /// Sales price.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>", extend("format" = "decimal")))]
    pub list_price: Option<Decimal>,
    /// Cost.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>", extend("format" = "decimal")))]
    pub standard_price: Option<Decimal>,
    /// What it is: goods, a consumable (goods without stock) or a service. When none, `stocked` decides.
    #[serde(default)]
    pub product_type: Option<ProductType>,
    /// Whether stock of it is kept. What is not stocked is made as a service, and stays what it is when it is
    /// there.
    #[serde(default = "yes")]
    pub stocked: bool,
}

/// What a product is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ProductType {
    /// A thing of which stock is kept.
    #[serde(alias = "product")]
    Goods,
    /// A thing of which none is kept.
    Consumable,
    /// No thing.
    Service,
}

/// An id may be written as the number it is.
fn text_or_number<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "a text or a whole number")]
    enum Given {
        Text(String),
        Number(i64),
    }
    Ok(match Given::deserialize(from)? {
        Given::Text(text) => text,
        Given::Number(id) => id.to_string(),
    })
}

fn yes() -> bool {
    true
}

/// An order to make something by its recipe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ProcessOrder {
    /// SKU of what is made.
    pub product_code: String,
    /// How much of it, above zero.
    #[cfg_attr(feature = "schema", schemars(with = "String", extend("format" = "decimal")))]
    pub quantity: Decimal,
    /// Unit of that; the product's own when none.
    #[serde(default)]
    pub uom: Option<String>,
    /// Plant at the upstream; the connection's when none.
    #[serde(default)]
    pub plant: Option<String>,
    /// Order type at the upstream; its usual one when none.
    #[serde(default)]
    pub order_type: Option<String>,
    /// Which version of the recipe, where the upstream keeps several.
    #[serde(default)]
    pub production_version: Option<String>,
    /// First day; the upstream plans it when none.
    #[serde(default)]
    pub starts_on: Option<NaiveDate>,
}
