//! How much of something: a decimal, never a float.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The largest quantity a line may carry; anything above is a mistake upstream or a scanned barcode
/// in the quantity field.
const LARGEST: i64 = 999_999_999;
/// Decimals kept (`numeric(14,4)` in the database).
const SCALE: u32 = 4;

/// A non-negative amount in an item's base unit, at most four decimals, at most 999,999,999.
/// Travels as a JSON string, because a JSON number loses digits in a browser.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Default,
)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(
    feature = "openapi",
    derive(utoipa::ToSchema),
    schema(value_type = String, pattern = r"^[0-9]{1,8}(\.[0-9]{1,4})?$", example = "2")
)]
pub struct Quantity(Decimal);

/// Why a number is not a quantity. The text is shown to people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum QuantityError {
    /// Not a decimal number.
    #[error("enter a number, for example 2 or 1.5")]
    NotANumber,
    /// Below zero.
    #[error("a quantity cannot be negative")]
    Negative,
    /// Above 999,999,999.
    #[error("a quantity above 999,999,999 is not believable")]
    TooLarge,
    /// More than four decimals.
    #[error("a quantity has at most four decimals")]
    TooPrecise,
}

impl Quantity {
    /// Nothing.
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// Checks the limits.
    pub fn new(value: Decimal) -> Result<Self, QuantityError> {
        if value.is_sign_negative() && !value.is_zero() {
            return Err(QuantityError::Negative);
        }
        if value > Decimal::from(LARGEST) {
            return Err(QuantityError::TooLarge);
        }
        let value = value.normalize();
        if value.scale() > SCALE {
            return Err(QuantityError::TooPrecise);
        }
        Ok(Self(value))
    }

    /// The plain number.
    pub fn value(self) -> Decimal {
        self.0
    }

    /// Whether it is nothing.
    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }
}

impl FromStr for Quantity {
    type Err = QuantityError;

    /// Accepts a comma as decimal separator, as keypads of the region have it.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim().replace(',', ".");
        let value = Decimal::from_str(&text).map_err(|_| QuantityError::NotANumber)?;
        Self::new(value)
    }
}

impl TryFrom<String> for Quantity {
    type Error = QuantityError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Quantity> for String {
    fn from(quantity: Quantity) -> Self {
        quantity.to_string()
    }
}

impl From<u32> for Quantity {
    fn from(whole: u32) -> Self {
        Self(Decimal::from(whole.min(LARGEST.unsigned_abs() as u32)))
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.normalize().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_numbers_are_refused_with_their_reason() {
        for (text, reason) in [
            ("-1", QuantityError::Negative),
            ("1000000000", QuantityError::TooLarge),
            ("0.00001", QuantityError::TooPrecise),
            ("3870000000017", QuantityError::TooLarge),
            ("two", QuantityError::NotANumber),
            ("", QuantityError::NotANumber),
            ("1e400", QuantityError::NotANumber),
        ] {
            assert_eq!(text.parse::<Quantity>(), Err(reason), "{text}");
        }
    }

    #[test]
    fn a_comma_is_a_decimal_separator() {
        assert_eq!("1,250".parse::<Quantity>().unwrap().to_string(), "1.25");
    }

    #[test]
    fn json_is_a_string_without_trailing_zeros() {
        let quantity: Quantity = serde_json::from_str("\"2.5000\"").unwrap();
        assert_eq!(serde_json::to_string(&quantity).unwrap(), "\"2.5\"");
    }
}
