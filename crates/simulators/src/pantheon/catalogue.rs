//! The items: real codes and titles of the order lines, dressed with what an ERP adds.

use std::io;
use std::sync::Arc;

use chrono::{Duration, NaiveDateTime};
use rust_decimal::Decimal;

use super::barcode::in_store;
use super::clock::settled;
use super::records::Item;
use crate::sources::{self, CatalogueLine};
use crate::spread::{pick, roll};

/// Items that are listed, and those that only a request by code finds.
pub(crate) struct Catalogue {
    pub listed: Vec<Item>,
    pub delisted: Vec<Item>,
}

/// Packaging of the warehouse itself: short codes with leading zeros, titles with diacritics.
const PACKAGING: [(&str, &str, &str); 8] = [
    ("00001", "PALETA EUR 1200X800", "KOM"),
    ("00002", "STREČ FOLIJA 500MM", "KOM"),
    ("00003", "TRAKA LJEPLJIVA SMEĐA", "M"),
    ("00004", "KARTONSKA KUTIJA 400X300", "KOM"),
    ("00005", "VREĆA ŽIVOPISNA MALA", "PAK"),
    ("00006", "GRANULAT ZA PUNJENJE", "KG"),
    ("00013", "ETIKETA ADRESNA ŠIROKA", "PAK"),
    ("00021", "KANAP ZA VEZIVANJE", "M"),
];

/// Title words that decide the unit of measure.
const UNITS: [(&str, &[&str]); 3] = [
    ("M", &["RIBBON", "RIBBONS", "TAPE", "LACE", "TRIM", "WRAP,"]),
    ("KG", &["PEBBLES", "POTPOURRI", "SAND", "CONFETTI"]),
    ("PAK", &["PACK", "PK", "ASSTD"]),
];

/// Title words that decide the primary classification.
const CLASSES: [(&str, &[&str]); 6] = [
    ("BOZ", &["CHRISTMAS", "EASTER", "ADVENT"]),
    (
        "NAK",
        &["NECKLACE", "EARRINGS", "BRACELET", "RING", "CHARM"],
    ),
    (
        "KUH",
        &[
            "CAKE", "MUG", "BOWL", "KITCHEN", "TEA", "PLATE", "JAR", "LUNCH", "CUTLERY",
        ],
    ),
    (
        "PAP",
        &["CARD", "CARDS", "PAPER", "WRAP", "NOTEBOOK", "GIFT"],
    ),
    (
        "RAS",
        &["CANDLE", "CANDLES", "T-LIGHT", "LIGHTS", "LANTERN"],
    ),
    ("TOR", &["BAG", "BOX", "PURSE", "CASES"]),
];

/// The demo's catalogue, as it stands at the given local time.
pub(crate) fn demo(now: NaiveDateTime) -> io::Result<Catalogue> {
    let suppliers: Vec<Arc<str>> = sources::vendors()?
        .into_iter()
        .map(|(_, name)| name.to_uppercase().into())
        .collect();
    let gtins = sources::gtins()?;
    let mut catalogue = Catalogue {
        listed: Vec::new(),
        delisted: Vec::new(),
    };
    for (index, (code, title, unit)) in PACKAGING.iter().enumerate() {
        let mut item = item(code, title, index, &suppliers, now);
        item.unit = unit;
        item.class = "AMB";
        catalogue.listed.push(item);
    }
    for (place, line) in sources::items()?.into_iter().enumerate() {
        let CatalogueLine { code, title, lines } = line;
        let mut item = item(&code, &title, PACKAGING.len() + place, &suppliers, now);
        item.active = place % 97 != 96;
        item.description = (lines > 1000).then(|| "Artikal sa velikim prometom".to_owned());
        if place % 3 == 0
            && let Some(gtin) = gtins.get(place / 3)
        {
            item.barcodes.push(gtin.clone());
        }
        // Delisted: gone from every list, still known to whoever asks by code.
        let shelf = if place % 151 == 150 {
            &mut catalogue.delisted
        } else {
            &mut catalogue.listed
        };
        shelf.push(item);
    }
    Ok(catalogue)
}

/// Generated items of twelve fields, for benches.
pub(crate) fn synthetic(count: usize, now: NaiveDateTime) -> Catalogue {
    let suppliers: Vec<Arc<str>> = (0..50)
        .map(|n| format!("DOBAVLJAC {n:02} D.O.O.").into())
        .collect();
    let listed = (0..count)
        .map(|index| {
            let code = format!("{index:08}");
            let mut item = item(
                &code,
                &format!("SYNTHETIC ITEM {index}"),
                index,
                &suppliers,
                now,
            );
            item.description = Some(format!("Generisani artikal broj {index}"));
            item.extra = Some(("SEK", Decimal::new(i64::from(index as u32 % 5000) + 1, 3)));
            item
        })
        .collect();
    Catalogue {
        listed,
        delisted: Vec::new(),
    }
}

fn item(code: &str, title: &str, index: usize, suppliers: &[Arc<str>], now: NaiveDateTime) -> Item {
    let supplier = pick(code, suppliers).cloned().unwrap_or_else(|| "".into());
    // Whole batches were saved in one second, so that change times tie.
    let batch = format!("batch {}", index / 40);
    let age = Duration::minutes(1 + i64::try_from(roll(&batch, 400 * 24 * 60)).unwrap_or(0));
    Item {
        code: code.into(),
        title: title.into(),
        active: true,
        supplier,
        supplier_code: format!("D-{}", 100 + roll(title, 9000)),
        class: by_word(title, &CLASSES).unwrap_or("DEK"),
        unit: by_word(title, &UNITS).unwrap_or("KOM"),
        description: None,
        barcodes: vec![in_store(index)],
        changed_at: settled(now) - age,
        extra: None,
    }
}

fn by_word(title: &str, table: &[(&'static str, &[&str])]) -> Option<&'static str> {
    let words: Vec<&str> = title.split_whitespace().collect();
    table
        .iter()
        .find(|(_, keys)| words.iter().any(|word| keys.contains(word)))
        .map(|(value, _)| *value)
}
