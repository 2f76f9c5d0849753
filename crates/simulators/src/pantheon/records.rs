//! What the simulated server holds, in our words; `rows` turns it into the vendor's rows.

use std::sync::Arc;

use chrono::{NaiveDate, NaiveDateTime};
use rust_decimal::Decimal;

use super::filter::{Column, Value};
use super::rows;
use super::shelf::Record;

/// A thing in the ERP's catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Code; leading zeros count.
    pub code: Arc<str>,
    /// Title, sent padded to a fixed width.
    pub title: Arc<str>,
    /// Whether the item is still in use.
    pub active: bool,
    /// Supplier's display name.
    pub supplier: Arc<str>,
    /// The supplier's own code.
    pub supplier_code: String,
    /// Primary classification.
    pub class: &'static str,
    /// Unit of measure.
    pub unit: &'static str,
    /// Free text.
    pub description: Option<String>,
    /// Barcodes, in-store code first.
    pub barcodes: Vec<String>,
    /// Last change, local time of the server.
    pub changed_at: NaiveDateTime,
    /// Secondary classification and weight, sent only when present.
    pub extra: Option<(&'static str, Decimal)>,
}

/// A trading party or a warehouse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partner {
    /// Number.
    pub id: u32,
    /// Display name.
    pub name: Arc<str>,
    /// Country, two letters, empty when unknown.
    pub country: &'static str,
    /// City.
    pub city: &'static str,
    /// Street and number.
    pub address: String,
    /// Tax number, may be empty.
    pub tax_number: String,
    /// Telephone, may be empty.
    pub phone: String,
    /// What the partner is to us.
    pub roles: Roles,
    /// Last change, local time of the server.
    pub changed_at: NaiveDateTime,
    /// Whether the row shows its change time.
    pub shows_change: bool,
}

/// The three flags of a partner.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Roles {
    /// Is a warehouse of ours.
    pub warehouse: bool,
    /// Buys.
    pub customer: bool,
    /// Supplies.
    pub supplier: bool,
}

/// Which way a document's goods go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DocumentKind {
    /// Out of the warehouse.
    Dispatch,
    /// Into the warehouse.
    Receipt,
}

/// A dispatch or a receipt with its lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Number as printed, `26-20ET-536365`.
    pub number: Arc<str>,
    /// Type code, `20ET`.
    pub doc_type: &'static str,
    /// Document date; the server knows no change time for documents.
    pub on: NaiveDate,
    /// Display name of the warehouse, spelled as the clerk did.
    pub warehouse: Arc<str>,
    /// Who receives the goods.
    pub recipient: Arc<str>,
    /// Who sends them; receipts only.
    pub sender: Option<Arc<str>>,
    /// Initials of the person in charge.
    pub person: &'static str,
    /// `F` finished or `N` new, as the ERP sees it.
    pub status: &'static str,
    /// Note.
    pub note: Option<String>,
    /// Lines in order of their position.
    pub lines: Vec<Line>,
}

/// One line of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The ERP's line key.
    pub position: u32,
    /// Item code; need not be in the catalogue.
    pub code: Arc<str>,
    /// Title at the time of writing.
    pub title: Arc<str>,
    /// Quantity.
    pub quantity: Decimal,
    /// Unit of measure.
    pub unit: &'static str,
}

impl Document {
    /// Appends a line after the last position.
    pub fn push(&mut self, code: Arc<str>, title: Arc<str>, quantity: Decimal, unit: &'static str) {
        let position = self.lines.last().map_or(1, |line| line.position + 1);
        self.lines.push(Line {
            position,
            code,
            title,
            quantity,
            unit,
        });
    }
}

impl Record for Item {
    type Key = Arc<str>;

    fn key(&self) -> Arc<str> {
        self.code.clone()
    }

    fn write(&self, out: &mut Vec<u8>) {
        rows::write_item(self, out);
    }

    fn value(&self, column: Column) -> Value<'_> {
        match column {
            Column::Changed => Value::Time(self.changed_at),
            _ => Value::Text(&self.code),
        }
    }
}

impl Record for Partner {
    type Key = u32;

    fn key(&self) -> u32 {
        self.id
    }

    fn write(&self, out: &mut Vec<u8>) {
        rows::write_partner(self, out);
    }

    fn value(&self, column: Column) -> Value<'_> {
        match column {
            Column::Changed => Value::Time(self.changed_at),
            _ => Value::Text(&self.name),
        }
    }
}

impl Record for Document {
    type Key = (NaiveDate, Arc<str>, &'static str);

    fn key(&self) -> Self::Key {
        (self.on, self.number.clone(), self.doc_type)
    }

    fn write(&self, out: &mut Vec<u8>) {
        rows::write_document(self, out);
    }

    fn value(&self, column: Column) -> Value<'_> {
        match column {
            Column::Date => Value::Time(self.on.and_time(chrono::NaiveTime::MIN)),
            Column::DocumentType => Value::Text(self.doc_type),
            Column::Status => Value::Text(self.status),
            _ => Value::Text(&self.number),
        }
    }
}
