//! A bill of materials, made or brought up to date, never made anew beside the one that is there.
//!
//! Known by an external id of ours, which is made together with the bill and which Odoo keeps unique; a bill that has
//! none, since people or an earlier version made it, is known by product and reference and is given it. Bills and
//! recipes are states: what Odoo holds says whether one was written, so that a bill whose answer or external id was
//! lost is found as well.

mod held;
mod lines;
mod make;
mod wanted;

pub(super) use wanted::Wanted;

use super::products::Products;
use super::{Writing, before, rejected};
use crate::odoo::wire::number;
use crate::{Acceptance, Error};
use held::{
    Held, as_it_was, by_id, existing, is_half_loaded, lines, same_header, same_lines, snapshot,
};
use lines::Line;
use serde_json::{Value, json};
use wanted::{Resolved, resolve};

const MODEL: &str = "mrp.bom";
const LINES: &str = "mrp.bom.line";

/// Whether Odoo holds exactly this bill. What it held before is not known from that.
pub(super) async fn find(
    writing: Writing<'_>,
    wanted: &Wanted<'_>,
) -> Result<Option<Acceptance>, Error> {
    let resolved = resolve(writing, wanted).await?;
    let held = existing(writing, wanted, &resolved).await?;
    let Some(bill) = held.bill else {
        return Ok(None);
    };
    let lines = lines(writing, bill.id()).await?;
    let same = same_header(&bill, wanted, &resolved) && same_lines(&lines, &resolved);
    Ok(same.then(|| acceptance(wanted, &resolved, bill.id(), false, before::unseen())))
}

/// Gives a bill that is as it should be our external id, where it has none.
pub(super) async fn adopt(
    writing: Writing<'_>,
    wanted: &Wanted<'_>,
    found: &Acceptance,
) -> Result<(), Error> {
    let id = id_of(found)?;
    let products = Products::find(writing, std::iter::once(wanted.product)).await?;
    let product = products.get(wanted.product)?;
    let external_id = wanted.external_id(product, writing.company(product).await?);
    external_id.give(writing, id).await
}

/// Makes the bill, or gives the one that is there these lines.
pub(super) async fn write(writing: Writing<'_>, wanted: &Wanted<'_>) -> Result<Acceptance, Error> {
    let resolved = resolve(writing, wanted).await?;
    let held = existing(writing, wanted, &resolved).await?;
    match (&held.bill, held.named) {
        (Some(_), _) => change(writing, wanted, &resolved, &held).await,
        (None, Some(_)) => make::create(writing, wanted, &resolved).await,
        (None, None) => make::load(writing, wanted, &resolved).await,
    }
}

/// Brings the bill that is there up to date; it has our external id before it has our lines.
async fn change(
    writing: Writing<'_>,
    wanted: &Wanted<'_>,
    resolved: &Resolved,
    held: &Held,
) -> Result<Acceptance, Error> {
    let Some(bill) = &held.bill else {
        return Err(rejected("Odoo has no such bill of materials any more."));
    };
    let external_id = wanted.external_id(&resolved.product, resolved.company);
    if held.named != Some(bill.id()) {
        external_id.give(writing, bill.id()).await?;
    }
    let lines = lines(writing, bill.id()).await?;
    // Who may read names does not load what is there.
    let before = match is_half_loaded(bill, &lines, wanted, resolved)
        && external_id.find(writing).await?.is_none()
    {
        true => before::unseen(),
        false => as_it_was(bill, &lines),
    };
    let mut values = json!({ "product_qty": number(resolved.quantity) });
    if let Some(uom) = make::uom(resolved) {
        values["product_uom_id"] = json!(uom);
    }
    if let Some(code) = &wanted.code {
        values["code"] = json!(code);
    }
    if !bill.flag("active") {
        values["active"] = json!(true);
    }
    lines::write(writing, bill.id(), values, &lines, &as_wanted(resolved)).await?;
    Ok(acceptance(wanted, resolved, bill.id(), false, before))
}

/// Puts the bill of before back; one that was made is deleted, or archived when it is used.
pub(super) async fn undo(writing: Writing<'_>, accepted: &Acceptance) -> Result<Acceptance, Error> {
    let id = id_of(accepted)?;
    if accepted.detail["created"] == true {
        writing.orm.take_away(MODEL, id).await?;
        return Ok(accepted.clone());
    }
    if before::seen(accepted).is_none() {
        return Err(rejected(
            "What the bill of materials was before is not known, so that it cannot be put back. \
             Correct it in Odoo.",
        ));
    }
    let before = &accepted.detail["before"];
    if let Some(was) = before["lines"].as_array() {
        let was: Vec<Line> = was.iter().filter_map(Line::kept).collect();
        let there = lines(writing, id).await?;
        let mut values = json!({
            "product_qty": before["product_qty"],
            "product_uom_id": before["product_uom_id"],
        });
        // What was written before these were kept has none of them.
        for field in ["active", "code", "type", "company_id", "product_id"] {
            if let Some(value) = before.get(field) {
                values[field] = value.clone();
            }
        }
        lines::write(writing, id, values, &there, &was).await?;
    }
    Ok(accepted.clone())
}

/// Whether it was taken back.
pub(super) async fn find_undone(
    writing: Writing<'_>,
    accepted: &Acceptance,
) -> Result<Option<Acceptance>, Error> {
    let id = id_of(accepted)?;
    let undone = match by_id(writing, id).await? {
        None => true,
        Some(bill) if accepted.detail["created"] == true => !bill.flag("active"),
        Some(bill) => match before::seen(accepted) {
            Some(before) => {
                let now = snapshot(writing, &bill).await?;
                before.iter().all(|(field, value)| now[field] == *value)
            }
            None => false,
        },
    };
    Ok(undone.then(|| accepted.clone()))
}

fn id_of(accepted: &Acceptance) -> Result<i64, Error> {
    accepted.detail["id"]
        .as_i64()
        .ok_or_else(|| rejected("Which bill of Odoo was written is not known any more."))
}

fn acceptance(
    wanted: &Wanted<'_>,
    resolved: &Resolved,
    id: i64,
    created: bool,
    before: Value,
) -> Acceptance {
    Acceptance {
        number: wanted
            .code
            .clone()
            .unwrap_or_else(|| format!("BoM {id} of {}", wanted.product)),
        warnings: resolved.warnings.clone(),
        detail: json!({ "id": id, "created": created, "before": before }),
    }
}

/// The lines that the bill should have.
fn as_wanted(resolved: &Resolved) -> Vec<Line> {
    resolved.lines.iter().map(Line::from).collect()
}
