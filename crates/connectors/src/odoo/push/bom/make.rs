//! A bill that is not there yet, made together with its external id.

use super::held::{as_it_was, existing, lines, of_template};
use super::lines::{self as bill_lines, Line};
use super::wanted::{Resolved, Wanted};
use super::{MODEL, acceptance, as_wanted, change};
use crate::odoo::push::{Writing, before};
use crate::odoo::wire::number;
use crate::{Acceptance, Error, ErrorKind};
use serde_json::{Value, json};

/// Columns of a line when a bill is loaded.
const LINE_COLUMNS: [&str; 3] = [
    "bom_line_ids/product_id/.id",
    "bom_line_ids/product_qty",
    "bom_line_ids/product_uom_id/.id",
];

/// Makes the bill and its external id in one transaction of Odoo's, so that neither is there without the other, and two
/// that are made at once are one.
pub(super) async fn load(
    writing: Writing<'_>,
    wanted: &Wanted<'_>,
    resolved: &Resolved,
) -> Result<Acceptance, Error> {
    let (fields, rows) = table(wanted, resolved);
    let what = format!("the bill of materials of {}", wanted.product);
    // One of these may have the external id, and the account no right to see that.
    let bills = of_template(writing, resolved).await?;
    let external_id = wanted.external_id(&resolved.product, resolved.company);
    let id = match external_id.load(writing, &what, &fields, &rows).await {
        Ok(id) => id,
        // Refused, too, when somebody else makes it at this moment; then it is there now.
        Err(error) if error.kind() == ErrorKind::Rejected => {
            let held = existing(writing, wanted, resolved).await?;
            return match held.bill {
                Some(_) => change(writing, wanted, resolved, &held).await,
                None => Err(error),
            };
        }
        Err(error) => return Err(error),
    };
    // One that somebody else just made, or that this account could not find, has its old lines beside the new ones.
    let lines = lines(writing, id).await?;
    let old = lines.len().saturating_sub(resolved.lines.len());
    let before = match bills.iter().find(|bill| bill.id() == id) {
        Some(bill) => as_it_was(bill, &lines[..old]),
        None if old == 0 => return Ok(acceptance(wanted, resolved, id, true, Value::Null)),
        None => before::unseen(),
    };
    if old > 0 {
        bill_lines::write(writing, id, json!({}), &lines, &as_wanted(resolved)).await?;
    }
    Ok(acceptance(wanted, resolved, id, false, before))
}

/// Makes the bill, and takes its external id from the record that has it: another product's bill by now.
pub(super) async fn create(
    writing: Writing<'_>,
    wanted: &Wanted<'_>,
    resolved: &Resolved,
) -> Result<Acceptance, Error> {
    let mut values = json!({
        "product_tmpl_id": resolved.product.template,
        "type": "normal",
        "company_id": resolved.company,
        "product_qty": number(resolved.quantity),
        "bom_line_ids": as_wanted(resolved).iter().map(Line::made).collect::<Value>(),
    });
    if let Some(uom) = uom(resolved) {
        values["product_uom_id"] = json!(uom);
    }
    if let Some(code) = &wanted.code {
        values["code"] = json!(code);
    }
    if let Some(variant) = resolved.variant {
        values["product_id"] = json!(variant);
    }
    let ids = writing.orm.create(MODEL, vec![values], Value::Null).await?;
    let id = ids.first().copied().unwrap_or_default();
    let external_id = wanted.external_id(&resolved.product, resolved.company);
    external_id.give(writing, id).await?;
    Ok(acceptance(wanted, resolved, id, true, Value::Null))
}

/// Odoo would take its first unit where none is said.
pub(super) fn uom(resolved: &Resolved) -> Option<i64> {
    let own = resolved.product.uom.as_ref().map(|own| own.id);
    resolved.uom.or(own)
}

/// Columns, and a row for each line; what is said of the bill stands in the first.
fn table(wanted: &Wanted<'_>, resolved: &Resolved) -> (Vec<&'static str>, Vec<Vec<String>>) {
    let mut header = vec![
        ("product_tmpl_id/.id", resolved.product.template.to_string()),
        ("type", "normal".to_owned()),
        ("active", "1".to_owned()),
        ("company_id/.id", resolved.company.to_string()),
        ("product_qty", resolved.quantity.normalize().to_string()),
    ];
    let variant = resolved.variant;
    header.extend(variant.map(|id| ("product_id/.id", id.to_string())));
    header.extend(uom(resolved).map(|id| ("product_uom_id/.id", id.to_string())));
    header.extend(wanted.code.clone().map(|code| ("code", code)));
    let (mut fields, first): (Vec<&'static str>, Vec<String>) = header.into_iter().unzip();
    fields.extend(LINE_COLUMNS);
    let blank = vec![String::new(); first.len()];
    let heads = std::iter::once(first).chain(std::iter::repeat(blank));
    let rows = resolved.lines.iter().zip(heads).map(|(part, mut row)| {
        let uom = part.uom.or(part.own_uom);
        row.push(part.component.to_string());
        row.push(part.quantity.normalize().to_string());
        row.push(uom.map(|id| id.to_string()).unwrap_or_default());
        row
    });
    (fields, rows.collect())
}
