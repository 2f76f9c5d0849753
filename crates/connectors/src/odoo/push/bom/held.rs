//! The bills that Odoo holds: which of them is meant, and what it is like.

use super::make::uom as unit_of;
use super::wanted::{Resolved, Wanted};
use super::{LINES, MODEL};
use crate::Error;
use crate::odoo::orm::Wanted as Rows;
use crate::odoo::push::{Writing, rejected};
use crate::odoo::wire::{Row, number};
use serde_json::{Value, json};

const FIELDS: &[&str] = &[
    "code",
    "product_qty",
    "product_uom_id",
    "product_id",
    "company_id",
    "type",
    "active",
];

/// What is there of the bill.
pub(super) struct Held {
    /// The bill that is to be changed.
    pub bill: Option<Row>,
    /// The record that has our external id; it may be another product's by now.
    pub named: Option<i64>,
}

/// The bill with our external id; else, and before one of ours that was archived, the one that is what the command
/// means, which people or an earlier version made.
pub(super) async fn existing(
    writing: Writing<'_>,
    wanted: &Wanted<'_>,
    resolved: &Resolved,
) -> Result<Held, Error> {
    let external_id = wanted.external_id(&resolved.product, resolved.company);
    let named = external_id.find(writing).await?;
    let ours = match named {
        Some(id) => of_product(writing, resolved, id).await?,
        None => None,
    };
    let bill = match ours {
        Some(bill) if bill.flag("active") => Some(bill),
        archived => alike(writing, wanted, resolved).await?.or(archived),
    };
    Ok(Held { bill, named })
}

/// This bill, archived or not, unless it is another product's.
async fn of_product(
    writing: Writing<'_>,
    resolved: &Resolved,
    id: i64,
) -> Result<Option<Row>, Error> {
    let mut terms = terms(resolved);
    terms.push(json!(["id", "=", id]));
    let rows = with_archived(writing, Value::Array(terms)).await?;
    Ok(rows.into_iter().next())
}

/// A recipe's bill is found by its reference; a plain bill is the only one the product has beside its recipes, or the
/// only one among several without a reference.
async fn alike(
    writing: Writing<'_>,
    wanted: &Wanted<'_>,
    resolved: &Resolved,
) -> Result<Option<Row>, Error> {
    let mut terms = terms(resolved);
    terms.push(json!(["type", "=", "normal"]));
    terms.push(json!(["company_id", "in", [false, resolved.company]]));
    let rows = Rows::all(MODEL, Value::Array(terms), FIELDS);
    let mut bills = writing.orm.search_read(&rows).await?;
    match &wanted.code {
        Some(code) => bills.retain(|bill| bill.text("code").as_deref() == Some(code.as_str())),
        None => {
            let recipe = format!("{}/", wanted.product);
            bills.retain(|bill| {
                bill.text("code")
                    .is_none_or(|code| !code.starts_with(&recipe))
            });
            if bills.len() > 1 {
                bills.retain(|bill| bill.text("code").is_none());
            }
        }
    }
    match bills.len() {
        0 if wanted.code.is_some() => Ok(None),
        0 | 1 => Ok(bills.pop()),
        count => Err(rejected(format!(
            "Odoo has {count} bills of materials for {} that could be meant. Nothing was written: \
             archive those that are not used, or give them a reference.",
            wanted.product
        ))),
    }
}

/// A bill that names no variant is the bill of all of them.
fn terms(resolved: &Resolved) -> Vec<Value> {
    let product = &resolved.product;
    vec![
        json!(["product_tmpl_id", "=", product.template]),
        match resolved.variant {
            Some(variant) => json!(["product_id", "=", variant]),
            None => json!(["product_id", "in", [false, product.id]]),
        },
    ]
}

/// All bills of the product's template, archived or not.
pub(super) async fn of_template(
    writing: Writing<'_>,
    resolved: &Resolved,
) -> Result<Vec<Row>, Error> {
    let template = resolved.product.template;
    with_archived(writing, json!([["product_tmpl_id", "=", template]])).await
}

/// The bill of this id, archived or not, whosever it is.
pub(super) async fn by_id(writing: Writing<'_>, id: i64) -> Result<Option<Row>, Error> {
    let rows = with_archived(writing, json!([["id", "=", id]])).await?;
    Ok(rows.into_iter().next())
}

async fn with_archived(writing: Writing<'_>, domain: Value) -> Result<Vec<Row>, Error> {
    let rows = Rows {
        context: json!({ "active_test": false }),
        ..Rows::all(MODEL, domain, FIELDS)
    };
    writing.orm.read_all(rows).await
}

/// The lines of a bill.
pub(super) async fn lines(writing: Writing<'_>, bill: i64) -> Result<Vec<Row>, Error> {
    let fields = ["product_id", "product_qty", "product_uom_id"];
    let domain = json!([["bom_id", "=", bill]]);
    writing
        .orm
        .read_all(Rows::all(LINES, domain, &fields))
        .await
}

/// The bill as it is, for putting it back.
pub(super) async fn snapshot(writing: Writing<'_>, bill: &Row) -> Result<Value, Error> {
    let lines = lines(writing, bill.id()).await?;
    Ok(as_it_was(bill, &lines))
}

/// The bill with these lines, for putting it back.
pub(super) fn as_it_was(bill: &Row, lines: &[Row]) -> Value {
    let lines = lines.iter().map(|line| {
        json!({
            "product_id": line.link("product_id").map(|product| product.id),
            "product_qty": number(line.number("product_qty").unwrap_or_default()),
            "product_uom_id": line.link("product_uom_id").map(|uom| uom.id),
        })
    });
    json!({
        "active": bill.flag("active"),
        "code": bill.text("code"),
        "type": bill.text("type"),
        "company_id": bill.link("company_id").map(|company| company.id),
        "product_id": bill.link("product_id").map(|product| product.id),
        "product_qty": number(bill.number("product_qty").unwrap_or_default()),
        "product_uom_id": bill.link("product_uom_id").map(|uom| uom.id),
        "lines": lines.collect::<Value>(),
    })
}

/// Whether the bill is in use and what it should be, its lines apart.
pub(super) fn same_header(bill: &Row, wanted: &Wanted<'_>, resolved: &Resolved) -> bool {
    let uom = bill.link("product_uom_id").map(|uom| uom.id);
    bill.flag("active")
        && bill.number("product_qty") == Some(resolved.quantity.round_dp(4).normalize())
        && unit_of(resolved).is_none_or(|wanted| uom == Some(wanted))
        && wanted
            .code
            .as_ref()
            .is_none_or(|code| bill.text("code").as_ref() == Some(code))
}

/// Whether the bill looks as a `load` leaves it that found it and was broken off: as it should be, but with the lines it
/// had before those it should have.
pub(super) fn is_half_loaded(
    bill: &Row,
    lines: &[Row],
    wanted: &Wanted<'_>,
    resolved: &Resolved,
) -> bool {
    let old = lines.len().saturating_sub(resolved.lines.len());
    old > 0
        && !resolved.lines.is_empty()
        && same_header(bill, wanted, resolved)
        && same_lines(&lines[old..], resolved)
}

/// Whether these are the lines it should have.
pub(super) fn same_lines(lines: &[Row], resolved: &Resolved) -> bool {
    lines.len() == resolved.lines.len()
        && lines.iter().zip(&resolved.lines).all(|(line, part)| {
            let unit = line.link("product_uom_id").map(|uom| uom.id);
            line.link("product_id")
                .is_some_and(|link| link.id == part.component)
                && line.number("product_qty") == Some(part.quantity.round_dp(4).normalize())
                && part
                    .uom
                    .or(part.own_uom)
                    .is_none_or(|wanted| unit == Some(wanted))
        })
}
