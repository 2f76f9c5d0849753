//! What the floor did with a transfer: quantities done, lots, and the validation.
//!
//! Quantities and our reference are written together, then the transfer is validated. One that is
//! validated and carries our reference is ours; one that is validated without it is not.

use super::lots::{Lots, Named};
use super::products::tracked;
use super::{Writing, rejected};
use crate::odoo::config::Missing;
use crate::odoo::mark::{is_marked, marked, unmarked};
use crate::odoo::orm::Wanted;
use crate::odoo::wire::{Row, number};
use crate::{Acceptance, Error, ErrorKind};
use chrono::NaiveDate;
use domain::document::DocumentKind;
use domain::push::{DocumentResult, LineResult};
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashMap};

const MODEL: &str = "stock.picking";
const FIELDS: &[&str] = &[
    "name",
    "state",
    "origin",
    "picking_type_code",
    "company_id",
    "backorder_ids",
    "location_id",
    "location_dest_id",
];
const MOVE_FIELDS: &[&str] = &[
    "product_id",
    "product_uom",
    "product_uom_qty",
    "state",
    "quantity",
    "quantity_done",
    "move_line_ids",
    "location_id",
    "location_dest_id",
];

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
    let changed = transfer.mark(writing, commands).await;
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

/// A transfer as it is in Odoo.
struct Transfer {
    id: i64,
    name: String,
    state: String,
    origin: Option<String>,
    company: Option<i64>,
    backorders: Vec<i64>,
}

impl Transfer {
    async fn find(writing: Writing<'_>, result: &DocumentResult) -> Result<Self, Error> {
        let mut terms = vec![json!(["name", "=", result.number])];
        if let Some(company) = writing.settings.company_id {
            terms.push(json!(["company_id", "=", company]));
        }
        let wanted = Wanted::all(MODEL, Value::Array(terms), FIELDS);
        let rows = writing.orm.search_read(&wanted).await?;
        let [row] = rows.as_slice() else {
            return Err(rejected(match rows.len() {
                0 => format!("Odoo has no transfer {}.", result.number),
                _ => format!(
                    "Odoo has the transfer {} in more than one company: enter company_id in the \
                     settings.",
                    result.number
                ),
            }));
        };
        let wanted = match result.kind {
            DocumentKind::Dispatch => "outgoing",
            DocumentKind::Receipt => "incoming",
        };
        let code = row.text("picking_type_code");
        if code.is_some_and(|code| code != wanted) {
            return Err(rejected(format!(
                "{} is no {wanted} transfer in Odoo: its type was changed there.",
                result.number
            )));
        }
        Ok(Self {
            id: row.id(),
            name: result.number.clone(),
            state: row.text("state").unwrap_or_default(),
            origin: row.text("origin"),
            company: row.link("company_id").map(|company| company.id),
            backorders: row.ids("backorder_ids"),
        })
    }

    fn is_ours(&self, writing: Writing<'_>) -> bool {
        is_marked(self.origin.as_deref(), writing.reference)
    }

    fn is_over(&self) -> bool {
        matches!(&*self.state, "done" | "cancel")
    }

    /// Whether everything was done that is to be done: nothing has to be validated of a transfer
    /// of which nothing was done and all of it waits.
    fn is_settled(&self, writing: Writing<'_>, result: &DocumentResult) -> bool {
        match (done_at_all(result), writing.settings.missing) {
            (true, _) => self.state == "done",
            (false, Missing::Cancel) => self.is_over(),
            (false, Missing::Backorder) => self.is_ours(writing),
        }
    }

    fn refuse_unless_open(&self) -> Result<(), Error> {
        let what = match &*self.state {
            "done" => "validated",
            "cancel" => "cancelled",
            "draft" => return Err(rejected(format!("{} is a draft in Odoo.", self.name))),
            _ => return Ok(()),
        };
        Err(rejected(format!(
            "{} was {what} in Odoo by somebody else. Compare what the floor did with what is \
             entered there, and discard this message.",
            self.name
        )))
    }

    async fn moves(&self, writing: Writing<'_>) -> Result<Vec<Row>, Error> {
        let domain = json!([["picking_id", "=", self.id]]);
        let wanted = Wanted::all("stock.move", domain, MOVE_FIELDS);
        writing.orm.read_all(wanted).await
    }

    /// Quantities and our reference, in one transaction of Odoo's.
    async fn mark(&self, writing: Writing<'_>, commands: Vec<Value>) -> Result<(), Error> {
        let moves = match writing.orm.has_field(MODEL, "move_ids").await? {
            true => "move_ids",
            false => "move_lines",
        };
        let mut values = Map::new();
        let origin = marked(self.origin.as_deref(), writing.reference);
        values.insert("origin".into(), json!(origin));
        if !commands.is_empty() {
            values.insert(moves.into(), Value::Array(commands));
        }
        writing
            .orm
            .write(MODEL, &[self.id], Value::Object(values))
            .await
    }

    /// Validates without the questions a person would be asked.
    async fn validate(&self, writing: Writing<'_>) -> Result<Value, Error> {
        let mut context = json!({
            "skip_backorder": true, "skip_immediate": true, "skip_sms": true
        });
        if writing.settings.missing == Missing::Cancel {
            context["picking_ids_not_to_backorder"] = json!([self.id]);
        }
        writing
            .orm
            .act(MODEL, "button_validate", &[self.id], context)
            .await
    }

    async fn cancel(&self, writing: Writing<'_>) -> Result<Value, Error> {
        writing
            .orm
            .act(MODEL, "action_cancel", &[self.id], Value::Null)
            .await
    }

    fn acceptance(&self, warnings: Vec<String>, backorders: Vec<String>) -> Acceptance {
        Acceptance {
            number: self.name.clone(),
            warnings,
            detail: json!({
                "id": self.id, "state": self.state, "backorders": backorders,
            }),
        }
    }
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
    let backorders = backorders(writing, transfer).await?;
    Ok(transfer.acceptance(warnings, backorders))
}

fn done_quantity(row: &Row) -> Decimal {
    row.number("quantity_done")
        .or_else(|| row.number("quantity"))
        .unwrap_or_default()
}

async fn backorders(writing: Writing<'_>, transfer: &Transfer) -> Result<Vec<String>, Error> {
    if transfer.backorders.is_empty() {
        return Ok(Vec::new());
    }
    let domain = json!([["id", "in", transfer.backorders]]);
    let rows = writing
        .orm
        .search_read(&Wanted::all(MODEL, domain, &["name"]))
        .await?;
    Ok(rows.iter().filter_map(|row| row.text("name")).collect())
}

/// One command per line that is in the transfer, and what has to be told about it.
async fn commands(
    writing: Writing<'_>,
    transfer: &Transfer,
    moves: &[Row],
    result: &DocumentResult,
) -> Result<(Vec<Value>, Vec<String>), Error> {
    let open = |row: &&Row| !matches!(row.text("state").as_deref(), Some("done" | "cancel"));
    let by_key: HashMap<String, &Row> = moves
        .iter()
        .filter(open)
        .map(|row| (row.id().to_string(), row))
        .collect();
    let mut found = Vec::with_capacity(result.lines.len());
    for line in &result.lines {
        match by_key.get(&line.key) {
            Some(row) => found.push((line, *row)),
            None if line.done.is_zero() => {}
            None => {
                return Err(rejected(format!(
                    "Line {} (item {}) is not in {} any more, and {} of it are done. Nothing was \
                     written: add it to the transfer in Odoo, or discard this message.",
                    line.key, line.item_code, transfer.name, line.done
                )));
            }
        }
    }
    let places = Places::read(writing, transfer, result, &found).await?;
    let commands = found.iter().map(|(line, row)| {
        Ok::<_, Error>(json!([
            1,
            row.id(),
            places.values(writing, transfer, line, row)?
        ]))
    });
    Ok((commands.collect::<Result<_, Error>>()?, places.warnings))
}

/// The lots of the lines, in Odoo's ids.
struct Places {
    lots: Lots,
    /// Products whose stock is told apart by lot.
    tracked: HashMap<String, bool>,
    warnings: Vec<String>,
}

impl Places {
    async fn read(
        writing: Writing<'_>,
        transfer: &Transfer,
        result: &DocumentResult,
        lines: &[(&LineResult, &Row)],
    ) -> Result<Self, Error> {
        let mut places = Self {
            lots: Lots::default(),
            tracked: HashMap::new(),
            warnings: Vec::new(),
        };
        let with_lots: Vec<_> = lines
            .iter()
            .filter(|(line, _)| !line.lots.is_empty())
            .collect();
        if with_lots.is_empty() {
            return Ok(places);
        }
        let product = |row: &Row| row.link("product_id").map_or(0, |product| product.id);
        let ids: Vec<i64> = with_lots.iter().map(|(_, row)| product(row)).collect();
        let by_lot = tracked(writing, &ids).await?;
        let mut named: BTreeMap<Named, Option<NaiveDate>> = BTreeMap::new();
        for (line, row) in with_lots {
            let tracked = by_lot.contains(&product(row));
            places.tracked.insert(line.key.clone(), tracked);
            if !tracked {
                places.warnings.push(format!(
                    "Odoo does not keep lots of {}: they were left out.",
                    line.item_code
                ));
                continue;
            }
            for lot in &line.lots {
                named.insert(name(row, &lot.name), lot.expires_on);
            }
        }
        let wanted: Vec<Named> = named.keys().cloned().collect();
        places.lots = Lots::find(writing, &wanted).await?;
        if result.kind == DocumentKind::Receipt {
            places.lots.make(writing, &named, transfer.company).await?;
        }
        Ok(places)
    }

    /// What is written to a line.
    fn values(
        &self,
        writing: Writing<'_>,
        transfer: &Transfer,
        line: &LineResult,
        row: &Row,
    ) -> Result<Value, Error> {
        let done = line.done.value();
        let new = row.0.contains_key("quantity");
        let by_lot = self.tracked.get(&line.key).copied().unwrap_or(false);
        if by_lot && !line.done.is_zero() {
            return self.by_lot(writing, transfer, line, row);
        }
        Ok(match (new, line.done.is_zero()) {
            // What is not picked is left for the backorder, reserved as it is.
            (true, true) => json!({ "picked": false }),
            (true, false) => json!({ "quantity": number(done), "picked": true }),
            (false, _) => json!({ "quantity_done": number(done) }),
        })
    }

    /// The detailed lines are replaced by one per lot, and one for what carries none.
    fn by_lot(
        &self,
        writing: Writing<'_>,
        transfer: &Transfer,
        line: &LineResult,
        row: &Row,
    ) -> Result<Value, Error> {
        let mut commands: Vec<Value> = row
            .ids("move_line_ids")
            .into_iter()
            .map(|id| json!([2, id, 0]))
            .collect();
        let mut rest = line.done.value();
        for lot in &line.lots {
            let id = self.lots.get(&name(row, &lot.name)).map_err(|_| {
                rejected(format!(
                    "Odoo has no lot {} of {}. Nothing was written to {}: check the lot.",
                    lot.name, line.item_code, transfer.name
                ))
            })?;
            let amount = lot.quantity.value();
            rest -= amount;
            commands.push(detail(writing, transfer, row, amount, Some(id)));
        }
        if rest.is_sign_negative() && !rest.is_zero() {
            return Err(rejected(format!(
                "The lots of line {} (item {}) are more than what was done.",
                line.key, line.item_code
            )));
        }
        if !rest.is_zero() {
            commands.push(detail(writing, transfer, row, rest, None));
        }
        Ok(json!({ "move_line_ids": commands }))
    }
}

fn name(row: &Row, lot: &str) -> Named {
    Named {
        product: row.link("product_id").map_or(0, |product| product.id),
        name: lot.trim().to_owned(),
    }
}

/// A detailed line of a move. Its fields were renamed in 17.
fn detail(
    writing: Writing<'_>,
    transfer: &Transfer,
    row: &Row,
    amount: Decimal,
    lot: Option<i64>,
) -> Value {
    let link = |field: &str| row.link(field).map(|link| link.id);
    let mut values = json!({
        "picking_id": transfer.id,
        "product_id": link("product_id"),
        "product_uom_id": link("product_uom"),
        "location_id": link("location_id"),
        "location_dest_id": link("location_dest_id"),
    });
    match writing.major {
        0..=16 => values["qty_done"] = number(amount),
        _ => {
            values["quantity"] = number(amount);
            values["picked"] = json!(true);
        }
    }
    if let Some(lot) = lot {
        values["lot_id"] = json!(lot);
    }
    json!([0, 0, values])
}
