//! The checks that the Syntax Dictionary names, after the GS1 General Specifications.

use super::linters::{codes, coupon, dates, keys, numbers};
use crate::word;

/// Why a value fails a check: words that follow "(01)", for example "has a wrong check digit".
pub(super) type Problem = &'static str;

/// A check of one component of a value. The number is the letter in the packed table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Linter {
    CouponCode = b'A',
    CouponPosOffer = b'B',
    Csum = b'C',
    CsumAlpha = b'D',
    GcpPos1 = b'E',
    GcpPos2 = b'F',
    HasNonDigit = b'G',
    Hh = b'H',
    HhMi = b'I',
    Hyphen = b'J',
    Iban = b'K',
    ImporterIdx = b'L',
    Iso3166 = b'M',
    Iso3166Or999 = b'N',
    Iso3166Alpha2 = b'O',
    Iso4217 = b'P',
    Iso5218 = b'Q',
    Latitude = b'R',
    Longitude = b'S',
    MediaType = b'T',
    Mi = b'U',
    NonZero = b'V',
    NoZeroPrefix = b'W',
    PackageType = b'X',
    PcEnc = b'Y',
    PieceOfTotal = b'Z',
    PosInSeqSlash = b'a',
    Ss = b'b',
    Winding = b'c',
    YesNo = b'd',
    YyMmD0 = b'e',
    YyMmDd = b'f',
    YyyyMmDd = b'g',
    Zero = b'h',
}

const ALL: [Linter; 34] = {
    use Linter::*;
    [
        CouponCode,
        CouponPosOffer,
        Csum,
        CsumAlpha,
        GcpPos1,
        GcpPos2,
        HasNonDigit,
        Hh,
        HhMi,
        Hyphen,
        Iban,
        ImporterIdx,
        Iso3166,
        Iso3166Or999,
        Iso3166Alpha2,
        Iso4217,
        Iso5218,
        Latitude,
        Longitude,
        MediaType,
        Mi,
        NonZero,
        NoZeroPrefix,
        PackageType,
        PcEnc,
        PieceOfTotal,
        PosInSeqSlash,
        Ss,
        Winding,
        YesNo,
        YyMmD0,
        YyMmDd,
        YyyyMmDd,
        Zero,
    ]
};

impl Linter {
    /// The check of a letter of the table.
    pub fn of(letter: u8) -> Option<Self> {
        ALL.into_iter().find(|linter| *linter as u8 == letter)
    }

    /// Checks a component whose characters and length are right already.
    pub fn check(self, value: &str) -> Result<(), Problem> {
        let (holds, problem) = match self {
            Self::CouponCode => return coupon::code(value),
            Self::CouponPosOffer => return coupon::positive_offer(value),
            Self::Iban => return codes::iban(value),
            Self::PieceOfTotal => return numbers::piece_of_total(value),
            Self::PosInSeqSlash => return numbers::position_in_sequence(value),
            Self::YyMmD0 => return dates::yymmdd(value, true),
            Self::YyMmDd => return dates::yymmdd(value, false),
            Self::YyyyMmDd => return dates::yyyymmdd(value),
            Self::Csum => (keys::check_digit(value), word!("has a wrong check digit")),
            Self::CsumAlpha => (
                keys::check_pair(value),
                word!("has wrong check characters at its end"),
            ),
            Self::GcpPos1 => (
                keys::company_prefix(value),
                word!("does not start with a GS1 company prefix"),
            ),
            Self::GcpPos2 => (
                keys::company_prefix(value.get(1..).unwrap_or_default()),
                word!("has no GS1 company prefix after its first digit"),
            ),
            Self::HasNonDigit => (
                !super::table::is_digits(value),
                word!("needs a character that is no digit"),
            ),
            Self::Hh => (numbers::up_to(value, 23), word!("has an hour above 23")),
            Self::HhMi => (dates::hhmi(value), word!("is no time of day")),
            Self::Mi => (numbers::up_to(value, 59), word!("has a minute above 59")),
            Self::Ss => (numbers::up_to(value, 59), word!("has a second above 59")),
            Self::Hyphen => (all(value, b'-'), word!("may end with a hyphen only")),
            Self::ImporterIdx => (
                codes::importer_index(value),
                word!("has an impossible importer index"),
            ),
            Self::Iso3166 => (codes::country(value), word!("names no country (ISO 3166)")),
            Self::Iso3166Or999 => (
                value == "999" || codes::country(value),
                word!("names no country (ISO 3166)"),
            ),
            Self::Iso3166Alpha2 => (
                codes::country_alpha2(value),
                word!("names no country (ISO 3166)"),
            ),
            Self::Iso4217 => (
                codes::currency(value),
                word!("names no currency (ISO 4217)"),
            ),
            Self::Iso5218 => (codes::one_of(value, b"0129"), word!("must be 0, 1, 2 or 9")),
            Self::Latitude => (
                numbers::up_to(value, 1_800_000_000),
                word!("has a latitude out of range"),
            ),
            Self::Longitude => (
                numbers::up_to(value, 3_600_000_000),
                word!("has a longitude out of range"),
            ),
            Self::MediaType => (codes::media_type(value), word!("names no medium")),
            Self::NonZero => (!all(value, b'0'), word!("has a part that may not be zero")),
            Self::NoZeroPrefix => (!value.starts_with('0'), word!("may not start with zero")),
            Self::PackageType => (codes::package_type(value), word!("names no package type")),
            Self::PcEnc => (
                codes::percent_encoding(value),
                word!("has a % without two hexadecimal digits"),
            ),
            Self::Winding => (
                codes::one_of(value, b"019"),
                word!("has a winding direction other than 0, 1 or 9"),
            ),
            Self::YesNo => (codes::one_of(value, b"01"), word!("must be 0 or 1")),
            Self::Zero => (all(value, b'0'), word!("must start with 0")),
        };
        if holds { Ok(()) } else { Err(problem) }
    }
}

fn all(value: &str, wanted: u8) -> bool {
    !value.is_empty() && value.bytes().all(|byte| byte == wanted)
}

#[cfg(test)]
mod tests {
    use super::super::linter_letters::LINTER_LETTERS;
    use super::*;

    #[test]
    fn letters_and_checks_agree() {
        let letters: Vec<u8> = LINTER_LETTERS.iter().map(|(_, letter)| *letter).collect();
        let checks: Vec<u8> = ALL.iter().map(|linter| *linter as u8).collect();
        assert_eq!(letters, checks);
    }
}
