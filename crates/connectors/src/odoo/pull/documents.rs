//! Transfers that are ready or wait: deliveries as dispatches, receipts as receipts. Of those that ended,
//! the state is told.

use super::{Page, Reading, each};
use crate::odoo::mark::{unmarked, without_reasons};
use crate::odoo::orm::Wanted;
use crate::odoo::wire::{Row, time, without_tags};
use crate::{Error, Records};
use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
use domain::document::{DocumentKind, DocumentRecord, EndedDocument, LineRecord};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use std::collections::HashMap;

const MODEL: &str = "stock.picking";
const FIELDS: &[&str] = &[
    "name",
    "state",
    "picking_type_id",
    "partner_id",
    "origin",
    "scheduled_date",
    "create_date",
    "user_id",
    "note",
    "write_date",
];
const LINE_FIELDS: &[&str] = &[
    "picking_id",
    "product_id",
    "product_uom",
    "product_uom_qty",
    "state",
    "write_date",
];
/// Nobody may work on the others: drafts are not confirmed, the rest is over.
const OPEN: [&str; 3] = ["waiting", "confirmed", "assigned"];
const ENDED: [&str; 2] = ["done", "cancel"];

/// What a page of transfers refers to.
struct Around {
    lines: HashMap<i64, Vec<Row>>,
    /// Internal reference and title by product.
    products: HashMap<i64, (Option<String>, String)>,
    types: HashMap<i64, Operation>,
    zone: Tz,
    kind: DocumentKind,
}

/// A type of operation, for example a warehouse's deliveries.
#[derive(Debug, Clone)]
struct Operation {
    code: String,
    warehouse: String,
}

/// What tells the way of the goods.
fn direction(kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::Dispatch => "outgoing",
        DocumentKind::Receipt => "incoming",
    }
}

/// Those of the way that are the connection's, in whatever state.
fn ours(reading: &Reading<'_>, kind: DocumentKind) -> Vec<Value> {
    let mut terms = vec![json!(["picking_type_id.code", "=", direction(kind)])];
    if let Some(company) = reading.settings.company_id {
        terms.push(json!(["company_id", "=", company]));
    }
    if let Some(day) = reading.settings.documents_from {
        let zone = reading.settings.time_zone;
        let midnight = zone.from_local_datetime(&day.and_time(NaiveTime::MIN));
        if let Some(midnight) = midnight.earliest() {
            terms.push(json!(["create_date", ">=", time(midnight.to_utc())]));
        }
    }
    terms
}

fn open_or_ended() -> Value {
    let states: Vec<&str> = OPEN.into_iter().chain(ENDED).collect();
    json!(["state", "in", states])
}

fn is_over(row: &Row) -> bool {
    row.text("state")
        .is_some_and(|state| ENDED.contains(&state.as_str()))
}

/// The newest change of a transfer or of one of its lines.
pub(super) async fn newest(
    reading: &Reading<'_>,
    kind: DocumentKind,
) -> Result<Option<DateTime<Utc>>, Error> {
    let mut transfers = ours(reading, kind);
    transfers.push(open_or_ended());
    let transfers = Value::Array(transfers);
    let lines = json!([
        ["picking_id.picking_type_id.code", "=", direction(kind)],
        ["picking_id.state", "in", OPEN]
    ]);
    let transfers = reading.newest(MODEL, transfers).await?;
    let lines = reading.newest("stock.move", lines).await?;
    Ok(transfers.max(lines))
}

/// Work, and what ended: in a delta as far as it changed since, in a full pass as far as it ended lately.
async fn wanted(reading: &Reading<'_>, kind: DocumentKind) -> Result<Vec<Value>, Error> {
    let mut terms = ours(reading, kind);
    let Some(since) = reading.since else {
        terms.push(json!("|"));
        terms.push(json!(["state", "in", OPEN]));
        terms.push(json!("&"));
        terms.push(json!(["state", "in", ENDED]));
        terms.push(json!(["write_date", ">=", time(reading.ended_since)]));
        return Ok(terms);
    };
    // An edited line does not move its transfer's change time.
    let lines = match reading.orm.has_field(MODEL, "move_ids").await? {
        true => "move_ids.write_date",
        false => "move_lines.write_date",
    };
    terms.push(open_or_ended());
    terms.push(json!("|"));
    terms.push(json!(["write_date", ">=", time(since)]));
    terms.push(json!([lines, ">=", time(since)]));
    Ok(terms)
}

pub(super) async fn page(reading: &Reading<'_>, kind: DocumentKind) -> Result<Page, Error> {
    let terms = wanted(reading, kind).await?;
    let (rows, last) = reading.next_of(MODEL, terms, FIELDS, json!({})).await?;
    let count = rows.len();
    let (over, open): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(is_over);
    let around = Around::read(reading, &open, &over, kind).await?;
    let (documents, refused) = each(
        &open,
        |document: &DocumentRecord| &document.number,
        |row| around.document(row),
    );
    Ok(Page {
        records: Records::Documents(documents),
        ended: over.iter().filter_map(|row| around.ended(row)).collect(),
        refused,
        rows: count,
        last,
    })
}

impl Around {
    async fn read(
        reading: &Reading<'_>,
        open: &[Row],
        over: &[Row],
        kind: DocumentKind,
    ) -> Result<Self, Error> {
        let mut around = Self {
            lines: HashMap::new(),
            products: HashMap::new(),
            types: HashMap::new(),
            zone: reading.settings.time_zone,
            kind,
        };
        if open.is_empty() && over.is_empty() {
            return Ok(around);
        }
        around.read_types(reading, open.iter().chain(over)).await?;
        if !open.is_empty() {
            around.read_lines(reading, open).await?;
            around.read_products(reading).await?;
        }
        Ok(around)
    }

    async fn read_types<'r>(
        &mut self,
        reading: &Reading<'_>,
        transfers: impl Iterator<Item = &'r Row>,
    ) -> Result<(), Error> {
        let links = transfers.filter_map(|row| row.link("picking_type_id"));
        let ids: Vec<i64> = links.map(|link| link.id).collect();
        let wanted = Wanted {
            context: json!({ "active_test": false }),
            ..Wanted::all(
                "stock.picking.type",
                json!([["id", "in", ids]]),
                &["name", "sequence_code", "warehouse_id"],
            )
        };
        for row in reading.orm.search_read(&wanted).await? {
            let code = row.text("sequence_code").or_else(|| row.text("name"));
            let warehouse = row.link("warehouse_id").map(|warehouse| warehouse.name);
            let operation = Operation {
                code: code.unwrap_or_default(),
                warehouse: warehouse.unwrap_or_default(),
            };
            self.types.insert(row.id(), operation);
        }
        Ok(())
    }

    async fn read_lines(&mut self, reading: &Reading<'_>, transfers: &[Row]) -> Result<(), Error> {
        let ids: Vec<i64> = transfers.iter().map(Row::id).collect();
        let domain = json!([
            ["picking_id", "in", ids],
            ["state", "not in", ["cancel", "done"]]
        ]);
        let wanted = Wanted::all("stock.move", domain, LINE_FIELDS);
        for row in reading.orm.read_all(wanted).await? {
            if let Some(transfer) = row.link("picking_id") {
                self.lines.entry(transfer.id).or_default().push(row);
            }
        }
        Ok(())
    }

    async fn read_products(&mut self, reading: &Reading<'_>) -> Result<(), Error> {
        let lines = self.lines.values().flatten();
        let links = lines.filter_map(|row| row.link("product_id"));
        let mut ids: Vec<i64> = links.map(|link| link.id).collect();
        ids.sort_unstable();
        ids.dedup();
        let wanted = Wanted {
            context: json!({ "active_test": false, "display_default_code": false }),
            ..Wanted::all(
                "product.product",
                json!([["id", "in", ids]]),
                &["default_code", "display_name"],
            )
        };
        for row in reading.orm.read_all(wanted).await? {
            let title = row.text("display_name").unwrap_or_default();
            self.products
                .insert(row.id(), (row.text("default_code"), title));
        }
        Ok(())
    }

    /// None for one that could not have been read while it was work.
    fn ended(&self, row: &Row) -> Option<EndedDocument> {
        let operation = self.types.get(&row.link("picking_type_id")?.id)?;
        Some(EndedDocument {
            number: row.text("name")?,
            doc_type: operation.code.clone(),
            dated_on: self.day_made(row)?,
            erp_status: row.text("state")?,
        })
    }

    /// Its planned day moves; the day it was made stays.
    fn day_made(&self, row: &Row) -> Option<NaiveDate> {
        let made = row.instant("create_date")?;
        Some(made.with_timezone(&self.zone).date_naive())
    }

    /// One bad line refuses the transfer: half of it would be worked on as if it were all.
    fn document(&self, row: &Row) -> Result<DocumentRecord, String> {
        let number = row.text("name").ok_or("The transfer has no number.")?;
        let dated_on = self
            .day_made(row)
            .ok_or("The transfer does not say when it was made.")?;
        let operation = row.link("picking_type_id");
        let operation = operation.and_then(|link| self.types.get(&link.id));
        let operation = operation.ok_or("The transfer has no type of operation.")?;
        let partner = row.link("partner_id").map(|partner| partner.name);
        let lines = self.lines.get(&row.id()).map(Vec::as_slice);
        let lines = lines.unwrap_or_default().iter().map(|line| self.line(line));
        Ok(DocumentRecord {
            kind: self.kind,
            number,
            doc_type: operation.code.clone(),
            dated_on,
            warehouse_name: operation.warehouse.clone(),
            partner_name: partner.clone(),
            partner2_name: None,
            recipient_name: partner
                .clone()
                .filter(|_| self.kind == DocumentKind::Dispatch),
            sender_name: partner.filter(|_| self.kind == DocumentKind::Receipt),
            responsible: row.link("user_id").map(|user| user.name),
            erp_status: row.text("state"),
            note: self.note(row),
            lines: lines.collect::<Result<_, _>>()?,
        })
    }

    fn line(&self, row: &Row) -> Result<LineRecord, String> {
        let key = row.id().to_string();
        let product = row
            .link("product_id")
            .ok_or_else(|| format!("Line {key} has no product."))?;
        let (code, title) = self.products.get(&product.id).cloned().unwrap_or_default();
        let item_code = code.ok_or_else(|| {
            format!(
                "Line {key}: the product \"{}\" has no internal reference: enter one in Odoo.",
                product.name
            )
        })?;
        let requested = row.number("product_uom_qty").unwrap_or_default();
        if requested.abs() > Decimal::from(999_999_999) {
            return Err(format!(
                "Line {key} (item {item_code}) has the quantity {requested}, which cannot be right."
            ));
        }
        Ok(LineRecord {
            key,
            item_code,
            item_name: title,
            uom: row
                .link("product_uom")
                .map(|uom| uom.name)
                .unwrap_or_default(),
            requested,
        })
    }

    /// The planned day, where the transfer comes from, and what is noted on it.
    fn note(&self, row: &Row) -> Option<String> {
        let planned = row.instant("scheduled_date").map(|at| {
            let day = at.with_timezone(&self.zone).date_naive();
            format!("Planned for {day}.")
        });
        // What we wrote into a transfer stands in the one that was split off it too.
        let origin = unmarked(row.text("origin").as_deref());
        let origin = origin.map(|origin| format!("From {origin}."));
        let noted = row
            .text("note")
            .map(|note| without_tags(&without_reasons(&note)));
        let noted = noted.filter(|text| !text.is_empty());
        let parts = [planned, origin, noted];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    }
}
