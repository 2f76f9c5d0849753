//! The records, by model and id, and what is derived from them.

use super::fault::Refusal;
use super::schema::{Field, Kind, Model, Schema, schema};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// A record's kept values by field; links are ids.
pub(crate) type Record = Map<String, Value>;

/// Decimals of product units in a new database.
const DECIMALS: i32 = 2;

#[derive(Debug, Default)]
struct Table {
    next: i64,
    rows: BTreeMap<i64, Record>,
}

/// One database of a server of one version.
#[derive(Debug)]
pub(crate) struct Database {
    pub major: u32,
    /// Decimals of product units: the accuracy that quantities are kept with.
    pub decimals: i32,
    schema: Schema,
    tables: BTreeMap<&'static str, Table>,
    /// What has to be put back when the transaction is refused.
    journal: Vec<(&'static str, i64, Option<Record>)>,
    /// The transaction's time, as rows show it.
    pub now: String,
}

impl Database {
    pub fn new(major: u32) -> Self {
        Self {
            major,
            decimals: DECIMALS,
            schema: schema(major),
            tables: BTreeMap::new(),
            journal: Vec::new(),
            now: String::new(),
        }
    }

    /// The model a caller names; how it is refused differs by protocol.
    pub fn model(&self, name: &str) -> Option<&Model> {
        self.schema.get(name)
    }

    /// A field a caller names.
    pub fn field(&self, model: &str, field: &str) -> Result<Field, Refusal> {
        self.model(model)
            .and_then(|known| known.fields.get(field))
            .copied()
            .ok_or_else(|| Refusal::value(format!("Invalid field '{field}' in '{model}'")))
    }

    /// Under which name a model's records are kept.
    pub fn stored(&self, model: &str) -> &'static str {
        self.model(model).map_or("", |model| model.stored)
    }

    /// The name callers use for a model that is kept under this one.
    pub fn public(&self, stored: &str) -> &'static str {
        self.schema
            .iter()
            .find(|(_, model)| model.stored == stored)
            .map_or("", |(name, _)| *name)
    }

    /// A number as it is kept: quantities are rounded without a word.
    pub fn kept(&self, kind: Kind, number: f64) -> f64 {
        let unit = 10_f64.powi(self.decimals);
        match kind {
            // Halves of decimal numbers are not quite halves of floats.
            Kind::Quantity => ((number * unit) + 1e-9 * number.signum()).round() / unit,
            _ => number,
        }
    }

    /// Begins a transaction.
    pub fn begin(&mut self, now: String) {
        self.journal.clear();
        self.now = now;
    }

    /// Puts everything back as it was when the transaction began.
    pub fn roll_back(&mut self) {
        while let Some((model, id, record)) = self.journal.pop() {
            let rows = &mut self.tables.entry(model).or_default().rows;
            match record {
                Some(record) => rows.insert(id, record),
                None => rows.remove(&id),
            };
        }
    }

    pub fn get(&self, stored: &str, id: i64) -> Option<&Record> {
        self.tables.get(stored)?.rows.get(&id)
    }

    /// Ids in their order.
    pub fn ids(&self, stored: &str) -> Vec<i64> {
        let table = self.tables.get(stored);
        table.map_or_else(Vec::new, |table| table.rows.keys().copied().collect())
    }

    /// Records in the order of their ids.
    pub fn rows(&self, stored: &str) -> impl Iterator<Item = (i64, &Record)> {
        let table = self.tables.get(stored);
        table
            .into_iter()
            .flat_map(|table| &table.rows)
            .map(|(id, record)| (*id, record))
    }

    /// Keeps a record under an id of its own.
    pub fn insert(&mut self, stored: &'static str, record: Record) -> i64 {
        let table = self.tables.entry(stored).or_default();
        table.next += 1;
        let id = table.next;
        self.put(stored, id, record);
        id
    }

    /// Keeps a record under this id; new ids go on behind it.
    pub fn put(&mut self, stored: &'static str, id: i64, mut record: Record) {
        let now = json!(self.now);
        record.entry("create_date").or_insert_with(|| now.clone());
        record.entry("write_date").or_insert(now);
        let table = self.tables.entry(stored).or_default();
        table.next = table.next.max(id);
        let before = table.rows.insert(id, record);
        self.journal.push((stored, id, before));
    }

    /// The id the next record gets is above this one.
    pub fn reserve(&mut self, stored: &'static str, id: i64) {
        let table = self.tables.entry(stored).or_default();
        table.next = table.next.max(id);
    }

    /// Sets values of a record and its change time. False when there is none.
    pub fn set(&mut self, stored: &'static str, id: i64, values: Record) -> bool {
        let Some(record) = self.get(stored, id) else {
            return false;
        };
        let mut record = record.clone();
        record.extend(values);
        record.insert("write_date".into(), json!(self.now));
        self.put(stored, id, record);
        true
    }

    /// Sets one value.
    pub fn set_one(&mut self, stored: &'static str, id: i64, field: &str, value: Value) -> bool {
        self.set(stored, id, Record::from_iter([(field.to_owned(), value)]))
    }

    pub fn remove(&mut self, stored: &'static str, id: i64) -> bool {
        let table = self.tables.entry(stored).or_default();
        let Some(record) = table.rows.remove(&id) else {
            return false;
        };
        self.journal.push((stored, id, Some(record)));
        true
    }

    /// A kept or derived value; links are ids, nothing is `false`.
    pub fn value(&self, stored: &str, id: i64, field: &str) -> Value {
        let Some(record) = self.get(stored, id) else {
            return json!(false);
        };
        if let Some(value) = self.derived(stored, id, record, field) {
            return value;
        }
        record.get(field).cloned().unwrap_or(json!(false))
    }

    /// The id a link points to.
    pub fn link(&self, stored: &str, id: i64, field: &str) -> Option<i64> {
        self.get(stored, id)?.get(field)?.as_i64()
    }

    /// A number; nothing is zero.
    pub fn number(&self, stored: &str, id: i64, field: &str) -> f64 {
        self.value(stored, id, field).as_f64().unwrap_or_default()
    }

    /// A text; nothing is empty.
    pub fn text(&self, stored: &str, id: i64, field: &str) -> String {
        let value = self.value(stored, id, field);
        value.as_str().unwrap_or_default().to_owned()
    }

    /// A yes or no.
    pub fn flag(&self, stored: &str, id: i64, field: &str) -> bool {
        self.value(stored, id, field).as_bool().unwrap_or(false)
    }

    /// Ids of the records that point here.
    pub fn pointing(&self, stored: &str, field: &str, id: i64) -> Vec<i64> {
        let points = |record: &Record| record.get(field).and_then(Value::as_i64) == Some(id);
        self.rows(stored)
            .filter(|(_, record)| points(record))
            .map(|(id, _)| id)
            .collect()
    }

    fn derived(&self, stored: &str, id: i64, record: &Record, field: &str) -> Option<Value> {
        Some(match (stored, field) {
            (_, "id") => json!(id),
            (_, "display_name") => json!(self.display_name(stored, id, true)),
            ("product.product" | "product.template", "qty_available") => {
                json!(self.on_hand(stored, id))
            }
            ("stock.picking", "picking_type_code") => {
                let of = record.get("picking_type_id")?.as_i64()?;
                json!(self.text("stock.picking.type", of, "code"))
            }
            ("stock.picking", "move_ids") => json!(self.pointing("stock.move", "picking_id", id)),
            ("stock.picking", "backorder_ids") => {
                json!(self.pointing("stock.picking", "backorder_id", id))
            }
            ("stock.move", "move_line_ids") => {
                json!(self.pointing("stock.move.line", "move_id", id))
            }
            ("mrp.bom", "bom_line_ids") => json!(self.pointing("mrp.bom.line", "bom_id", id)),
            ("stock.move", "quantity") => json!(self.moved(id)),
            ("stock.move", "picked") => {
                let lines = self.pointing("stock.move.line", "move_id", id);
                let picked = |line: &i64| self.flag("stock.move.line", *line, "picked");
                json!(lines.iter().any(picked))
            }
            ("stock.quant", "reserved_quantity") => json!(self.reserved(record)),
            ("stock.quant", "available_quantity") => {
                json!(round(float(record, "quantity") - self.reserved(record)))
            }
            _ => return None,
        })
    }

    fn moved(&self, id: i64) -> f64 {
        let lines = self.pointing("stock.move.line", "move_id", id);
        let quantities = lines
            .iter()
            .map(|line| self.number("stock.move.line", *line, "quantity"));
        round(quantities.sum())
    }

    fn reserved(&self, quant: &Record) -> f64 {
        let same = |line: &Record, field: &str| line.get(field) == quant.get(field);
        let open = |line: &Record| {
            let state = line.get("state").and_then(Value::as_str);
            !matches!(state, Some("done" | "cancel"))
        };
        let lines = self.rows("stock.move.line").map(|(_, line)| line);
        let quantities = lines
            .filter(|line| open(line))
            .filter(|line| same(line, "product_id") && same(line, "location_id"))
            .filter(|line| lot_of(line) == lot_of(quant))
            .map(|line| float(line, "quantity"));
        round(quantities.sum())
    }

    fn on_hand(&self, stored: &str, id: i64) -> f64 {
        let of = |quant: &Record| {
            let product = quant.get("product_id").and_then(Value::as_i64)?;
            match stored {
                "product.product" => Some(product),
                _ => self.link("product.product", product, "product_tmpl_id"),
            }
        };
        let internal = |quant: &Record| {
            let location = quant.get("location_id").and_then(Value::as_i64);
            location.is_some_and(|id| self.text("stock.location", id, "usage") == "internal")
        };
        let quants = self.rows("stock.quant").map(|(_, quant)| quant);
        let quantities = quants
            .filter(|quant| of(quant) == Some(id) && internal(quant))
            .map(|quant| float(quant, "quantity"));
        round(quantities.sum())
    }

    /// What a record is shown by.
    pub fn display_name(&self, stored: &str, id: i64, with_code: bool) -> String {
        let text = |field: &str| {
            let record = self.get(stored, id);
            let value = record.and_then(|record| record.get(field)?.as_str());
            value.unwrap_or_default().to_owned()
        };
        match stored {
            "product.product" | "product.template" => match text("default_code") {
                code if with_code && !code.is_empty() => format!("[{code}] {}", text("name")),
                _ => text("name"),
            },
            "stock.location" => text("complete_name"),
            "mrp.bom" => text("code"),
            "stock.move" => text("reference"),
            _ => text("name"),
        }
    }

    /// A value as it is sent: links are pairs.
    pub fn shown(&self, stored: &str, id: i64, field: &Field, with_code: bool) -> Value {
        if field.stored == "display_name" {
            return json!(self.display_name(stored, id, with_code));
        }
        let value = self.value(stored, id, field.stored);
        match (field.kind, value.as_i64()) {
            (Kind::Many2one(other), Some(link)) => {
                json!([link, self.display_name(other, link, true)])
            }
            (Kind::One2many(..), _) if !value.is_array() => json!([]),
            (Kind::Float | Kind::Quantity, _) => json!(value.as_f64().unwrap_or_default()),
            (Kind::Integer, None) => json!(0),
            _ => value,
        }
    }
}

/// The lot of a line or quant.
pub(crate) fn lot_of(record: &Record) -> Option<i64> {
    record.get("lot_id").and_then(Value::as_i64)
}

/// A number of a record; nothing is zero.
pub(crate) fn float(record: &Record, field: &str) -> f64 {
    record
        .get(field)
        .and_then(Value::as_f64)
        .unwrap_or_default()
}

/// Without the noise of sums.
pub(crate) fn round(value: f64) -> f64 {
    // Adding zero turns the negative zero of an empty sum into the plain one.
    (value * 1_000_000.0).round() / 1_000_000.0 + 0.0
}
