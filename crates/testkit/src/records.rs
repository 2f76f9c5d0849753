//! Rows as an upstream would send them, in our words.

use chrono::{DateTime, NaiveDate, Utc};
use domain::document::{DocumentKind, DocumentRecord, LineRecord};
use domain::item::ItemRecord;
use rust_decimal::Decimal;

/// An active item counted in pieces, without barcodes.
#[must_use]
pub fn item(code: &str) -> ItemRecord {
    ItemRecord {
        code: code.to_owned(),
        name: format!("ITEM {code}"),
        uom: "KOM".to_owned(),
        supplier: None,
        supplier_code: None,
        class: None,
        description: None,
        active: true,
        barcodes: Vec::new(),
        packs: Vec::new(),
        changed_at: DateTime::<Utc>::from_timestamp(1_795_000_000, 0),
    }
}

/// The same with other barcodes.
#[must_use]
pub fn item_with(code: &str, barcodes: &[&str]) -> ItemRecord {
    ItemRecord {
        barcodes: barcodes
            .iter()
            .map(|barcode| (*barcode).to_owned())
            .collect(),
        ..item(code)
    }
}

/// A dispatch of the site called `VELE_TEST` upstream, dated on the day of [`crate::clock::start`],
/// with a line per pair of item code and quantity.
#[must_use]
pub fn dispatch(number: &str, lines: &[(&str, i64)]) -> DocumentRecord {
    DocumentRecord {
        kind: DocumentKind::Dispatch,
        number: number.to_owned(),
        doc_type: "20ET".to_owned(),
        dated_on: NaiveDate::from_ymd_opt(2026, 11, 20).unwrap_or_default(),
        warehouse_name: "VELE_TEST".to_owned(),
        partner_name: Some("Kafana Tri lista".to_owned()),
        partner2_name: None,
        recipient_name: Some("Kafana Tri lista".to_owned()),
        sender_name: None,
        responsible: None,
        erp_status: Some("N".to_owned()),
        note: None,
        lines: (1..)
            .zip(lines)
            .map(|(key, line)| self::line(key, line))
            .collect(),
    }
}

fn line(key: u32, (code, quantity): &(&str, i64)) -> LineRecord {
    LineRecord {
        key: key.to_string(),
        item_code: (*code).to_owned(),
        item_name: format!("ITEM {code}"),
        uom: "KOM".to_owned(),
        requested: Decimal::from(*quantity),
    }
}
