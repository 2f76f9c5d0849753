//! What the entries mean: goods, dates, counts, measures, prices.

use super::linters::dates::days;
use super::{Element, ElementString};
use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;

/// A measure of the goods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measure {
    /// The first three digits of its identifier: "310" is the net weight in kilograms.
    pub ai: String,
    /// How much.
    pub value: Decimal,
    /// GS1's spelling of the unit, for example "kg" or "m²".
    pub uom: &'static str,
}

/// What the goods cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Price {
    /// How much.
    pub amount: Decimal,
    /// ISO 4217 number, for example "978"; none where the site's own currency is meant.
    pub currency: Option<String>,
}

impl ElementString {
    /// The trade item: (01), one made to order (03), or a piece of one (8006). Fourteen digits.
    pub fn gtin(&self) -> Option<&str> {
        let item = self.value("01").or_else(|| self.value("03"));
        item.or_else(|| self.value("8006").and_then(|piece| piece.get(..14)))
    }

    /// The trade items inside a logistic unit (02), and how many (37).
    pub fn content(&self) -> Option<(&str, Option<u32>)> {
        Some((self.value("02")?, self.number("37")))
    }

    /// The logistic unit (00): eighteen digits.
    pub fn sscc(&self) -> Option<&str> {
        self.value("00")
    }

    /// Batch or lot (10).
    pub fn lot(&self) -> Option<&str> {
        self.value("10")
    }

    /// Serial number (21).
    pub fn serial(&self) -> Option<&str> {
        self.value("21")
    }

    /// How many: (30) of a variable item, else (37) inside a logistic unit.
    pub fn count(&self) -> Option<u32> {
        self.number("30").or_else(|| self.number("37"))
    }

    fn number(&self, ai: &str) -> Option<u32> {
        self.value(ai)?.parse().ok()
    }

    /// Last day of safe use (17), also where it comes with a time (7003).
    pub fn expiry(&self, today: NaiveDate) -> Option<NaiveDate> {
        self.date("17", today).or_else(|| self.date("7003", today))
    }

    /// Last day of best quality (15).
    pub fn best_before(&self, today: NaiveDate) -> Option<NaiveDate> {
        self.date("15", today)
    }

    /// Last day of sale (16).
    pub fn sell_by(&self, today: NaiveDate) -> Option<NaiveDate> {
        self.date("16", today)
    }

    /// Day of production (11).
    pub fn production(&self, today: NaiveDate) -> Option<NaiveDate> {
        self.date("11", today)
    }

    /// Day of packing (13).
    pub fn packing(&self, today: NaiveDate) -> Option<NaiveDate> {
        self.date("13", today)
    }

    fn date(&self, ai: &str, today: NaiveDate) -> Option<NaiveDate> {
        date(self.value(ai)?.get(..6)?, today)
    }

    /// Every measure on the label, each in its own unit.
    pub fn measures(&self) -> impl Iterator<Item = Measure> {
        self.elements().iter().filter_map(measure)
    }

    /// The price (392n, 393n).
    pub fn price(&self) -> Option<Price> {
        self.elements().iter().find_map(|element| {
            let (kind, decimals) = element.ai.split_at_checked(3)?;
            let (currency, amount) = match kind {
                "392" => (None, element.value.as_str()),
                "393" => {
                    let (currency, amount) = element.value.split_at_checked(3)?;
                    (Some(currency.to_owned()), amount)
                }
                _ => return None,
            };
            let amount = shifted(amount, decimals)?;
            Some(Price { amount, currency })
        })
    }
}

/// YYMMDD in the century that brings it closest to today: 51 years back is the next century, 50 years
/// ahead is this one (General Specifications, 7.12). Day 00 is the last one of its month.
pub(super) fn date(value: &str, today: NaiveDate) -> Option<NaiveDate> {
    let number = |at: usize| value.get(at..at + 2)?.parse::<u32>().ok();
    let (year, month, day) = (number(0)?, number(2)?, number(4)?);
    let this_year = u32::try_from(today.year()).ok()?;
    let century = this_year - this_year % 100;
    let ahead = i64::from(year) - i64::from(this_year % 100);
    let year = year
        + match ahead {
            51.. => century.checked_sub(100)?,
            ..=-50 => century + 100,
            _ => century,
        };
    let day = if day == 0 { days(year, month)? } else { day };
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)
}

fn measure(element: &Element) -> Option<Measure> {
    let (kind, decimals) = element
        .ai
        .split_at_checked(3)
        .filter(|(kind, _)| matches!(kind.as_bytes(), [b'3', b'1'..=b'6', _]))?;
    let title = element.title();
    let uom = title
        .split_once('(')
        .and_then(|(_, rest)| Some(rest.rsplit_once(')')?.0));
    Some(Measure {
        ai: kind.to_owned(),
        value: shifted(&element.value, decimals)?,
        uom: uom.unwrap_or("kg/m²"),
    })
}

/// Digits with as many decimals as the identifier's last digit says.
fn shifted(digits: &str, decimals: &str) -> Option<Decimal> {
    let number = digits.parse::<i64>().ok()?;
    Decimal::try_new(number, decimals.parse().ok()?).ok()
}
