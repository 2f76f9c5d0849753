//! A product, made or brought up to date.
//!
//! Known by an external id of ours, which Odoo keeps unique, so that two that are made at once
//! cannot be two; one that people made there is known by its internal reference.

use super::external::ExternalId;
use super::{Writing, before, rejected};
use crate::odoo::orm::Wanted;
use crate::odoo::wire::{Row, number};
use crate::{Acceptance, Error, ErrorKind};
use domain::push::{Product, ProductType};
use serde_json::{Map, Value, json};

const MODEL: &str = "product.product";
const FIELDS: &[&str] = &[
    "name",
    "default_code",
    "barcode",
    "list_price",
    "standard_price",
    "type",
    "detailed_type",
    "is_storable",
    "tracking",
    "active",
    "product_tmpl_id",
];

/// Whether Odoo holds what the command says. What it held before is not known from that.
pub(super) async fn find(
    writing: Writing<'_>,
    product: &Product,
) -> Result<Option<Acceptance>, Error> {
    let Some(row) = known(writing, product).await? else {
        return Ok(None);
    };
    let wanted = wanted(writing, product, Some(&row));
    let same = wanted
        .iter()
        .all(|(field, value)| holds(&row, field, value));
    Ok(same.then(|| acceptance(product, row.id(), false, before::unseen())))
}

/// Makes the product or changes what differs.
pub(super) async fn write(writing: Writing<'_>, product: &Product) -> Result<Acceptance, Error> {
    if let Some(row) = known(writing, product).await? {
        return change(writing, product, &row).await;
    }
    let wanted = wanted(writing, product, None);
    let last = last(writing).await?;
    match load(writing, product, &wanted).await {
        // One that has the external id may be there, and the account no right to see that.
        Ok(id) => Ok(acceptance(product, id, id > last, before::unseen())),
        // Refused, too, when somebody else made it at this moment; then it is there now.
        Err(error) if error.kind() == ErrorKind::Rejected => match known(writing, product).await? {
            Some(row) => change(writing, product, &row).await,
            None => Err(error),
        },
        Err(error) => Err(error),
    }
}

async fn change(writing: Writing<'_>, product: &Product, row: &Row) -> Result<Acceptance, Error> {
    let changes: Map<String, Value> = wanted(writing, product, Some(row))
        .into_iter()
        .filter(|(field, value)| !holds(row, field, value))
        .collect();
    // Odoo gives up telling lots apart where it gives up the stock.
    let kind = [kind_field(writing.major), "is_storable"];
    let along = kind.iter().any(|field| changes.contains_key(*field));
    let before: Map<String, Value> = changes
        .keys()
        .map(String::as_str)
        .chain(along.then_some("tracking"))
        .filter_map(|field| Some((field.to_owned(), row.0.get(field)?.clone())))
        .collect();
    if !changes.is_empty() {
        writing
            .orm
            .write(MODEL, &[row.id()], Value::Object(changes))
            .await?;
    }
    Ok(acceptance(product, row.id(), false, Value::Object(before)))
}

/// Puts the values of before back; a product that was made is deleted, or archived when it is
/// used already.
pub(super) async fn undo(writing: Writing<'_>, accepted: &Acceptance) -> Result<Acceptance, Error> {
    let id = id_of(accepted)?;
    if accepted.detail["created"] == true {
        writing.orm.take_away(MODEL, id).await?;
        return Ok(accepted.clone());
    }
    let Some(before) = before::seen(accepted) else {
        return Err(rejected(format!(
            "What was there before is not known of the product {}, so that it cannot be put back. \
             Correct it in Odoo.",
            accepted.number
        )));
    };
    if !before.is_empty() {
        let before = Value::Object(before.clone());
        writing.orm.write(MODEL, &[id], before).await?;
    }
    Ok(accepted.clone())
}

/// Whether it was taken back.
pub(super) async fn find_undone(
    writing: Writing<'_>,
    accepted: &Acceptance,
) -> Result<Option<Acceptance>, Error> {
    let id = id_of(accepted)?;
    let row = one(writing, json!([["id", "=", id]])).await?;
    let undone = match (row, before::seen(accepted)) {
        (None, _) => true,
        (Some(row), _) if accepted.detail["created"] == true => !row.flag("active"),
        (Some(row), Some(before)) => before
            .iter()
            .all(|(field, value)| holds(&row, field, value)),
        (Some(_), None) => false,
    };
    Ok(undone.then(|| accepted.clone()))
}

fn id_of(accepted: &Acceptance) -> Result<i64, Error> {
    accepted.detail["id"]
        .as_i64()
        .ok_or_else(|| rejected("Which product of Odoo was written is not known any more."))
}

fn acceptance(product: &Product, id: i64, created: bool, before: Value) -> Acceptance {
    Acceptance {
        number: product.code.clone(),
        warnings: Vec::new(),
        detail: json!({ "id": id, "created": created, "before": before }),
    }
}

/// The product of our external id, else the only one with the code.
async fn known(writing: Writing<'_>, product: &Product) -> Result<Option<Row>, Error> {
    if let Some(id) = external_id(product).find(writing).await?
        && let Some(row) = one(writing, json!([["id", "=", id]])).await?
    {
        return Ok(Some(row));
    }
    let mut terms = vec![json!(["default_code", "=", product.code])];
    if let Some(company) = writing.settings.company_id {
        terms.push(json!(["company_id", "in", [false, company]]));
    }
    let rows = many(writing, Value::Array(terms)).await?;
    let active = rows.iter().filter(|row| row.flag("active")).count();
    match (rows.len(), active) {
        (0 | 1, _) => Ok(rows.into_iter().next()),
        (_, 1) => Ok(rows.into_iter().find(|row| row.flag("active"))),
        (count, _) => Err(rejected(format!(
            "Odoo has {count} products with the internal reference {}. Nothing was written: give \
             each its own.",
            product.code
        ))),
    }
}

fn external_id(product: &Product) -> ExternalId {
    ExternalId::new(MODEL, "product", &[product.code.as_str()])
}

/// The id of the product that was made last, archived or not; what is made from now on has a higher one.
async fn last(writing: Writing<'_>) -> Result<i64, Error> {
    let wanted = Wanted {
        order: "id desc",
        context: json!({ "active_test": false }),
        limit: Some(1),
        ..Wanted::all(MODEL, json!([]), &["default_code"])
    };
    let rows = writing.orm.search_read(&wanted).await?;
    Ok(rows.first().map_or(0, Row::id))
}

async fn one(writing: Writing<'_>, domain: Value) -> Result<Option<Row>, Error> {
    Ok(many(writing, domain).await?.into_iter().next())
}

async fn many(writing: Writing<'_>, domain: Value) -> Result<Vec<Row>, Error> {
    let wanted = Wanted {
        context: json!({ "active_test": false }),
        limit: Some(20),
        ..Wanted::all(MODEL, domain, FIELDS)
    };
    writing.orm.search_read(&wanted).await
}

/// The fields the command decides; what it does not say stays as it is.
fn wanted(writing: Writing<'_>, product: &Product, row: Option<&Row>) -> Map<String, Value> {
    let mut fields = Map::new();
    fields.insert("name".into(), json!(product.name));
    fields.insert("default_code".into(), json!(product.code));
    if let Some(barcode) = &product.barcode {
        fields.insert("barcode".into(), json!(barcode));
    }
    if let Some(price) = product.list_price {
        fields.insert("list_price".into(), number(price));
    }
    if let Some(price) = product.standard_price {
        fields.insert("standard_price".into(), number(price));
    }
    if let Some(kind) = kind(writing.major, product, row) {
        fields.insert(
            kind_field(writing.major).into(),
            json!(word(writing.major, kind)),
        );
        if writing.major >= FIRST_WITH_STORABLE {
            fields.insert("is_storable".into(), json!(kind == ProductType::Goods));
        }
    }
    fields
}

/// From this version on stock is kept of what is `is_storable`; before, it was a type.
const FIRST_WITH_STORABLE: u32 = 18;

/// What the command makes of it; none for what has no stock and is to have none.
fn kind(major: u32, product: &Product, row: Option<&Row>) -> Option<ProductType> {
    match (product.product_type, product.stocked, row) {
        (Some(kind), _, _) => Some(kind),
        (None, true, _) => Some(ProductType::Goods),
        (None, false, Some(row)) if !has_stock(major, row) => None,
        (None, false, _) => Some(ProductType::Service),
    }
}

fn has_stock(major: u32, row: &Row) -> bool {
    match major >= FIRST_WITH_STORABLE {
        true => row.flag("is_storable"),
        false => row.text(kind_field(major)).as_deref() == Some("product"),
    }
}

fn kind_field(major: u32) -> &'static str {
    match major {
        15..=17 => "detailed_type",
        _ => "type",
    }
}

fn word(major: u32, kind: ProductType) -> &'static str {
    match kind {
        ProductType::Service => "service",
        ProductType::Goods if major < FIRST_WITH_STORABLE => "product",
        ProductType::Goods | ProductType::Consumable => "consu",
    }
}

/// Whether the record has the value already; numbers are compared as numbers.
fn holds(row: &Row, field: &str, value: &Value) -> bool {
    match value {
        Value::Number(_) => row.number(field) == crate::odoo::wire::decimal(value),
        Value::String(text) => row.text(field).as_deref() == Some(text.trim()),
        other => row.0.get(field) == Some(other),
    }
}

/// Makes the product and its external id in one transaction of Odoo's.
async fn load(
    writing: Writing<'_>,
    product: &Product,
    wanted: &Map<String, Value>,
) -> Result<i64, Error> {
    let fields: Vec<&str> = wanted.keys().map(String::as_str).collect();
    let cells = wanted.values().map(|value| match value {
        Value::String(text) => text.clone(),
        Value::Bool(true) => "1".to_owned(),
        Value::Bool(false) => "0".to_owned(),
        other => other.to_string(),
    });
    let rows: [Vec<String>; 1] = [cells.collect()];
    let what = format!("the product {}", product.code);
    external_id(product)
        .load(writing, &what, &fields, &rows)
        .await
}
