//! What a scan means for the goods of a task, and what comes next. The handheld asks before it shows
//! anything, the server asks again before anything counts.

mod amount;
mod step;

#[cfg(test)]
mod tests;

pub use step::{Step, Stop, step};

use crate::barcode::barcode_key;
use crate::gs1::{self, ElementString, Gs1Error};
use crate::picking::TaskLine;
use crate::{Quantity, picking::Refusal};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A code that was scanned or typed, and the label it may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scan {
    code: String,
    label: Option<ElementString>,
}

/// What a label says about the very goods in hand.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Goods {
    /// Batch or lot.
    pub lot: Option<String>,
    /// Serial number.
    pub serial: Option<String>,
    /// Last day of use, of sale, or of best quality: the first of them that the label has.
    pub expires_on: Option<NaiveDate>,
}

impl Goods {
    /// Whether the label says anything about them.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl fmt::Display for Goods {
    /// "lot L-7, serial S1, use by 2027-03-31".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lot = self.lot.as_ref().map(|lot| format!("lot {lot}"));
        let serial = self
            .serial
            .as_ref()
            .map(|serial| format!("serial {serial}"));
        let expiry = self.expires_on.map(|day| format!("use by {day}"));
        let parts: Vec<String> = [lot, serial, expiry].into_iter().flatten().collect();
        f.write_str(&parts.join(", "))
    }
}

impl Scan {
    /// Reads a code; one that is a GS1 label by its marks has to be a sound one.
    pub fn read(text: &str) -> Result<Self, Gs1Error> {
        let text = text.trim_matches(['\r', '\n', '\t', ' ']);
        let label = match gs1::is_label(text) {
            true => Some(ElementString::read(text)?),
            false => None,
        };
        let code = gs1::without_symbology(text).to_owned();
        Ok(Self { code, label })
    }

    /// As people know it: the label in brackets, or the bare code.
    pub fn shown(&self) -> String {
        match &self.label {
            Some(label) => label.to_string(),
            None => self.code.clone(),
        }
    }

    /// Whether it is a GS1 label with more than a bare code.
    pub fn is_label(&self) -> bool {
        self.label.is_some()
    }

    /// The key of the barcode that was matched or could be learnt: the trade item of a label, else
    /// the code. None for a label without a trade item.
    pub fn key(&self) -> Option<String> {
        match &self.label {
            Some(label) => label
                .gtin()
                .or_else(|| Some(label.content()?.0))
                .map(str::to_owned),
            None => Some(barcode_key(&self.code)),
        }
    }

    /// What an item is looked up by: its code or the key of one of its barcodes. None for a label
    /// without a trade item.
    pub fn item_text(&self) -> Option<String> {
        let Some(label) = &self.label else {
            return Some(self.code.clone());
        };
        let own_code = label.value("240").or_else(|| label.value("241"));
        self.key().or_else(|| own_code.map(str::to_owned))
    }

    /// Whether it means the item of a line: by code, by a barcode, or by an item code on the label.
    pub fn means(&self, line: &TaskLine) -> bool {
        let own_code = match &self.label {
            Some(label) => label.value("240").or_else(|| label.value("241")),
            None => Some(self.code.as_str()),
        };
        own_code.is_some_and(|code| line.item_code.eq_ignore_ascii_case(code))
            || self.key().is_some_and(|key| line.barcodes.contains(&key))
    }

    /// Lot, serial number and date.
    pub fn goods(&self, today: NaiveDate) -> Goods {
        let Some(label) = &self.label else {
            return Goods::default();
        };
        let expiry = label.expiry(today).or_else(|| label.sell_by(today));
        Goods {
            lot: label.lot().map(str::to_owned),
            serial: label.serial().map(str::to_owned),
            expires_on: expiry.or_else(|| label.best_before(today)),
        }
    }

    /// How much of a line was scanned, in the line's unit; none where a person has to say.
    pub fn quantity_of(&self, line: &TaskLine) -> Option<Quantity> {
        let key = self.key();
        let pack = line
            .packs
            .iter()
            .find(|pack| Some(&pack.key) == key.as_ref());
        let pack = pack.map(|pack| pack.quantity.value());
        let label = self.label.as_ref();
        let amount =
            label.and_then(|label| amount::on_label(label, line, pack.unwrap_or(Decimal::ONE)));
        let plain = || pack.or_else(|| (line.decimals == 0).then_some(Decimal::ONE));
        Quantity::new(amount.or_else(plain)?).ok()
    }
}

/// What a pick's scan says about the goods, or why they cannot be picked: the label is unsound, the
/// goods are out of date, or one serial number stands for several.
pub fn check_goods(scanned: &str, quantity: Quantity, today: NaiveDate) -> Result<Goods, Refusal> {
    let scan = Scan::read(scanned).map_err(|error| Refusal::BadLabel {
        problem: error.to_string(),
    })?;
    let goods = scan.goods(today);
    if let Some(on) = goods.expires_on.filter(|day| *day < today) {
        return Err(Refusal::Expired { on });
    }
    if goods.serial.is_some() && quantity.value() > Decimal::ONE {
        return Err(Refusal::OneSerial);
    }
    Ok(goods)
}

/// Refuses a serial number that is among those taken of the same item already.
pub fn check_serial(goods: &Goods, taken: &[String]) -> Result<(), Refusal> {
    match &goods.serial {
        Some(serial) if taken.contains(serial) => Err(Refusal::SerialTwice {
            serial: serial.clone(),
        }),
        _ => Ok(()),
    }
}
