//! Barcodes: GTINs, in-store codes and whatever else a label carries.

use std::fmt;

/// What was read, trimmed, and its 14-digit form when it is a GTIN.
///
/// Twelve, thirteen and fourteen digit spellings of one GTIN compare equal by [`Barcode::key`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Barcode {
    text: String,
}

/// Why a text is not a barcode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BarcodeError {
    /// Nothing but spaces.
    #[error("the barcode is empty")]
    Empty,
    /// Longer than any label.
    #[error("the barcode is longer than 64 characters")]
    TooLong,
}

impl Barcode {
    /// Trims and checks the length.
    pub fn new(text: &str) -> Result<Self, BarcodeError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(BarcodeError::Empty);
        }
        if text.chars().count() > 64 {
            return Err(BarcodeError::TooLong);
        }
        Ok(Self {
            text: text.to_owned(),
        })
    }

    /// As printed.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What equality and look-ups use: the 14-digit form of a valid GTIN, else the text itself.
    pub fn key(&self) -> String {
        gtin14(&self.text).unwrap_or_else(|| self.text.clone())
    }
}

impl fmt::Display for Barcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The look-up key of a scanned or typed text; see [`Barcode::key`].
pub fn barcode_key(text: &str) -> String {
    gtin14(text.trim()).unwrap_or_else(|| text.trim().to_owned())
}

/// The GTIN-14 form of a GTIN-8, -12, -13 or -14 with a valid check digit (GS1 General
/// Specifications, 7.9).
pub fn gtin14(text: &str) -> Option<String> {
    let valid_length = matches!(text.len(), 8 | 12 | 13 | 14);
    if !valid_length || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let padded = format!("{text:0>14}");
    let (body, check) = padded.split_at(13);
    (check_digit(body) == check.bytes().next()?).then_some(padded)
}

/// The ASCII check digit for the digits before it: weights 3, 1, 3, … from the right.
pub fn check_digit(digits: &str) -> u8 {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(index, byte)| u32::from(byte - b'0') * if index % 2 == 0 { 3 } else { 1 })
        .sum();
    b'0' + u8::try_from((10 - sum % 10) % 10).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_gtin_share_a_key() {
        assert_eq!(barcode_key("036000291452"), barcode_key("0036000291452"));
        assert_eq!(barcode_key(" 4006381333931 "), "04006381333931");
    }

    #[test]
    fn a_wrong_check_digit_stays_a_plain_text() {
        assert_eq!(gtin14("4006381333932"), None);
        assert_eq!(barcode_key("4006381333932"), "4006381333932");
    }
}
