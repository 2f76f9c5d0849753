//! Symbology identifiers of ISO/IEC 15424, which a scanner may put in front: `]C1` for GS1-128.

/// What a kind of barcode carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Carrier {
    /// The scanner did not say.
    Unknown,
    /// GS1 element strings.
    Gs1,
    /// A GTIN-8 or GTIN-14.
    Gtin,
    /// A GTIN-13, UPC among them, perhaps with an add-on.
    Ean13,
    /// Anything; no element strings.
    Other,
}

/// The identifier in front, what such a barcode carries, and the data after it.
pub(super) fn carrier(text: &str) -> (&str, Carrier, &str) {
    let Some((identifier, data)) = split(text) else {
        return ("", Carrier::Unknown, text);
    };
    let carrier = match identifier {
        "]C1" | "]e0" | "]e1" | "]e2" | "]d2" | "]Q3" | "]J1" => Carrier::Gs1,
        "]E0" | "]E3" => Carrier::Ean13,
        "]E4" | "]I0" | "]I1" => Carrier::Gtin,
        _ => Carrier::Other,
    };
    (identifier, carrier, data)
}

fn split(text: &str) -> Option<(&str, &str)> {
    let (identifier, data) = text.split_at_checked(3)?;
    let mut letters = identifier.strip_prefix(']')?.chars();
    let (code, modifier) = (letters.next()?, letters.next()?);
    let known = code.is_ascii_alphabetic() && modifier.is_ascii_alphanumeric();
    known.then_some((identifier, data))
}

/// The symbology identifier in front of a scan and the name of the barcode, for people.
pub fn symbology(text: &str) -> Option<(&str, &'static str)> {
    let (identifier, _) = split(text)?;
    let name = match identifier {
        "]C1" => "GS1-128",
        "]e0" | "]e1" | "]e2" => "GS1 DataBar",
        "]d2" => "GS1 DataMatrix",
        "]Q3" => "GS1 QR Code",
        "]J1" => "GS1 DotCode",
        "]E4" => "EAN-8",
        _ => match identifier.as_bytes().get(1) {
            Some(b'A') => "Code 39",
            Some(b'C') => "Code 128",
            Some(b'E') => "EAN/UPC",
            Some(b'F') => "Codabar",
            Some(b'G') => "Code 93",
            Some(b'I') => "ITF",
            Some(b'J') => "DotCode",
            Some(b'L') => "PDF417",
            Some(b'Q') => "QR Code",
            Some(b'd') => "DataMatrix",
            Some(b'z') => "Aztec",
            _ => "another kind of barcode",
        },
    };
    Some((identifier, name))
}

/// A scan without the symbology identifier in front.
pub fn without_symbology(text: &str) -> &str {
    split(text).map_or(text, |(_, data)| data)
}
