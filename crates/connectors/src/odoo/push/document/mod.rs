//! What the floor did with a transfer: quantities done, lots, and the validation.
//!
//! Quantities, reasons and our reference are written together, then the transfer is validated. One that is
//! validated and carries our reference is ours; one that is validated without it is not.

mod lines;
mod lying;
mod reasons;
mod transfer;

use super::{Writing, rejected};
use crate::odoo::config::Missing;
use crate::odoo::mark::unmarked;
use crate::odoo::wire::Row;
use crate::{Acceptance, Error, ErrorKind};
use domain::push::DocumentResult;
use lines::commands;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use std::collections::HashMap;
use transfer::Transfer;

const MODEL: &str = "stock.picking";

/// Whether the transfer was validated under our reference.
pub(super) async fn find(
    writing: Writing<'_>,
    result: &DocumentResult,
) -> Result<Option<Acceptance>, Error> {
    let transfer = Transfer::find(writing, result).await?;
    if !transfer.is_ours(writing) || !transfer.is_settled(writing, result) {
        return Ok(None);
    }
    accepted(writing, &transfer, result).await.map(Some)
}

/// Writes what was done, and validates.
pub(super) async fn write(
    writing: Writing<'_>,
    result: &DocumentResult,
) -> Result<Acceptance, Error> {
    let transfer = Transfer::find(writing, result).await?;
    transfer.refuse_unless_open()?;
    let moves = transfer.moves(writing).await?;
    let (commands, warnings) = commands(writing, &transfer, &moves, result).await?;
    let changed = transfer.mark(writing, commands, result).await;
    if let Err(error) = changed {
        return settled_anyway(writing, result, error).await;
    }
    let finished = match (done_at_all(result), writing.settings.missing) {
        (true, _) => transfer.validate(writing).await,
        (false, Missing::Cancel) => transfer.cancel(writing).await,
        (false, Missing::Backorder) => Ok(Value::Null),
    };
    let answer = match finished {
        Ok(answer) => answer,
        Err(error) => return settled_anyway(writing, result, error).await,
    };
    let transfer = Transfer::find(writing, result).await?;
    if !transfer.is_settled(writing, result) {
        return Err(not_validated(&transfer, &answer));
    }
    let mut acceptance = accepted(writing, &transfer, result).await?;
    let mut all = warnings;
    all.append(&mut acceptance.warnings);
    acceptance.warnings = all;
    Ok(acceptance)
}

/// A validated transfer stays; one that is not loses our reference.
pub(super) async fn undo(
    writing: Writing<'_>,
    result: &DocumentResult,
) -> Result<Acceptance, Error> {
    let transfer = Transfer::find(writing, result).await?;
    if transfer.is_ours(writing) && transfer.is_over() {
        return Err(rejected(format!(
            "Odoo does not take a validated transfer back. Make a return for {} in Odoo.",
            transfer.name
        )));
    }
    if transfer.is_ours(writing) {
        let origin = unmarked(transfer.origin.as_deref());
        let origin = origin.map_or(Value::Bool(false), Value::String);
        let values = json!({ "origin": origin });
        writing.orm.write(MODEL, &[transfer.id], values).await?;
    }
    Ok(transfer.acceptance(Vec::new(), Vec::new()))
}

/// Whether our reference is off it.
pub(super) async fn find_undone(
    writing: Writing<'_>,
    result: &DocumentResult,
) -> Result<Option<Acceptance>, Error> {
    let transfer = Transfer::find(writing, result).await?;
    let undone = !transfer.is_ours(writing);
    Ok(undone.then(|| transfer.acceptance(Vec::new(), Vec::new())))
}

fn done_at_all(result: &DocumentResult) -> bool {
    result.lines.iter().any(|line| !line.done.is_zero())
}

/// An earlier attempt may have been carried out after we stopped waiting for it: then its success
/// counts, not the refusal of this one.
async fn settled_anyway(
    writing: Writing<'_>,
    result: &DocumentResult,
    error: Error,
) -> Result<Acceptance, Error> {
    let refused = matches!(error.kind(), ErrorKind::Rejected | ErrorKind::NotFound);
    match refused {
        true => find(writing, result).await?.ok_or(error),
        false => Err(error),
    }
}

fn not_validated(transfer: &Transfer, answer: &Value) -> Error {
    let asks = match answer["res_model"].as_str() {
        Some(model) => format!(" It asks something first ({model})."),
        None => String::new(),
    };
    rejected(format!(
        "Odoo did not validate {}: it is still {}.{asks} The quantities are entered: open the \
         transfer in Odoo and validate it there.",
        transfer.name, transfer.state
    ))
}

/// What Odoo holds, with a warning for each line of which it holds something else.
async fn accepted(
    writing: Writing<'_>,
    transfer: &Transfer,
    result: &DocumentResult,
) -> Result<Acceptance, Error> {
    let mut warnings = Vec::new();
    if transfer.state == "done" {
        let moves = transfer.moves(writing).await?;
        let mut held: HashMap<i64, Decimal> = HashMap::new();
        for row in moves
            .iter()
            .filter(|row| row.text("state").as_deref() == Some("done"))
        {
            held.insert(row.id(), done_quantity(row));
        }
        for line in &result.lines {
            let held = line.key.parse().ok().and_then(|id: i64| held.get(&id));
            let held = held.copied().unwrap_or_default();
            if held != line.done.value().round_dp(4).normalize() {
                warnings.push(format!(
                    "Odoo holds {held} of {} on line {}, the floor did {}.",
                    line.item_code, line.key, line.done
                ));
            }
        }
    }
    let backorders = transfer.backorders(writing).await?;
    let short = result
        .lines
        .iter()
        .any(|line| line.done.value() < line.requested);
    if transfer.state == "done" && short {
        let backorder = writing.settings.missing == Missing::Backorder;
        warnings.extend(match (backorder, backorders.is_empty()) {
            (true, true) => Some(format!(
                "What is missing of {} waits in no backorder: its operation type makes none, or less was wanted in \
                 Odoo by then.",
                transfer.name
            )),
            (false, false) => Some(format!(
                "What is missing waits in {}: the operation type of {} makes backorders in any case.",
                backorders.join(", "),
                transfer.name
            )),
            _ => None,
        });
    }
    Ok(transfer.acceptance(warnings, backorders))
}

fn done_quantity(row: &Row) -> Decimal {
    row.number("quantity_done")
        .or_else(|| row.number("quantity"))
        .unwrap_or_default()
}
