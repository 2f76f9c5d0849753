//! Rows and cells before they are written in a format.

use chrono::NaiveDate;
use domain::document::{DocumentKind, DocumentStatus, LineStatus};
use domain::export::ExportLine;
use domain::shortage::ShortageReason;
use domain::shortage_report::ShortageRow;
use rust_decimal::Decimal;

/// A table with a name.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// What it is: the file's name.
    pub name: String,
    /// Headings.
    pub columns: Vec<&'static str>,
    /// Cells in the order of the headings.
    pub rows: Vec<Vec<Cell>>,
}

/// A value with its type: numbers stay numbers, text is never a formula.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Text.
    Text(String),
    /// A number.
    Number(Decimal),
    /// A day.
    Day(NaiveDate),
}

fn text(value: impl Into<String>) -> Cell {
    Cell::Text(value.into())
}

fn maybe(value: Option<String>) -> Cell {
    Cell::Text(value.unwrap_or_default())
}

fn reason(value: Option<ShortageReason>) -> Cell {
    text(value.map_or("", ShortageReason::label))
}

pub(super) fn lines(name: &str, lines: Vec<ExportLine>) -> Sheet {
    let columns = vec![
        "Document",
        "Kind",
        "Date",
        "Type",
        "Document status",
        "Partner",
        "Warehouse",
        "Line",
        "Item",
        "Title",
        "Unit",
        "Requested",
        "Done",
        "Status",
        "Reason",
        "Reason in words",
    ];
    Sheet {
        name: name.to_owned(),
        columns,
        rows: lines.into_iter().map(line).collect(),
    }
}

fn line(line: ExportLine) -> Vec<Cell> {
    vec![
        text(line.number),
        text(kind(line.kind)),
        Cell::Day(line.dated_on),
        text(line.doc_type),
        text(document_status(line.document_status)),
        maybe(line.partner_name),
        text(line.warehouse_name),
        text(line.line_key),
        text(line.item_code),
        text(line.item_name),
        text(line.uom),
        Cell::Number(line.requested),
        Cell::Number(line.done),
        text(line_status(line.status)),
        reason(line.reason),
        maybe(line.reason_text),
    ]
}

pub(super) fn shortages(rows: Vec<ShortageRow>) -> Sheet {
    let columns = vec![
        "Reported (UTC)",
        "Document",
        "Kind",
        "Item",
        "Title",
        "Unit",
        "Requested",
        "Done",
        "Missing",
        "Reason",
        "Reason in words",
        "Worker",
        "Location",
    ];
    Sheet {
        name: "shortages".to_owned(),
        columns,
        rows: rows.into_iter().map(shortage).collect(),
    }
}

fn shortage(row: ShortageRow) -> Vec<Cell> {
    let missing = Cell::Number(row.missing());
    vec![
        text(row.at.format("%Y-%m-%d %H:%M:%S").to_string()),
        text(row.number),
        text(kind(row.document_kind)),
        text(row.item_code),
        text(row.item_name),
        text(row.uom),
        Cell::Number(row.requested),
        Cell::Number(row.done),
        missing,
        text(row.reason.label()),
        maybe(row.reason_text),
        text(row.worker),
        maybe(row.location),
    ]
}

fn kind(kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::Dispatch => "Dispatch",
        DocumentKind::Receipt => "Receipt",
    }
}

fn document_status(status: DocumentStatus) -> &'static str {
    match status {
        DocumentStatus::New => "New",
        DocumentStatus::InProgress => "In progress",
        DocumentStatus::Partial => "Partial",
        DocumentStatus::Done => "Done",
        DocumentStatus::Cancelled => "Cancelled",
    }
}

fn line_status(status: LineStatus) -> &'static str {
    match status {
        LineStatus::New => "New",
        LineStatus::Partial => "Partial",
        LineStatus::Done => "Done",
    }
}
