//! Lists that other standards keep, and small alphabets.

use super::super::linter::Problem;
use super::super::table::is_cset64;

/// ISO 3166-1 numeric codes.
static COUNTRIES: [u64; 16] = set(&[
    4, 8, 10, 12, 16, 20, 24, 28, 31, 32, 36, 40, 44, 48, 50, 51, 52, 56, 60, 64, 68, 70, 72, 74,
    76, 84, 86, 90, 92, 96, 100, 104, 108, 112, 116, 120, 124, 132, 136, 140, 144, 148, 152, 156,
    158, 162, 166, 170, 174, 175, 178, 180, 184, 188, 191, 192, 196, 203, 204, 208, 212, 214, 218,
    222, 226, 231, 232, 233, 234, 238, 239, 242, 246, 248, 250, 254, 258, 260, 262, 266, 268, 270,
    275, 276, 288, 292, 296, 300, 304, 308, 312, 316, 320, 324, 328, 332, 334, 336, 340, 344, 348,
    352, 356, 360, 364, 368, 372, 376, 380, 384, 388, 392, 398, 400, 404, 408, 410, 414, 417, 418,
    422, 426, 428, 430, 434, 438, 440, 442, 446, 450, 454, 458, 462, 466, 470, 474, 478, 480, 484,
    492, 496, 498, 499, 500, 504, 508, 512, 516, 520, 524, 528, 531, 533, 534, 535, 540, 548, 554,
    558, 562, 566, 570, 574, 578, 580, 581, 583, 584, 585, 586, 591, 598, 600, 604, 608, 612, 616,
    620, 624, 626, 630, 634, 638, 642, 643, 646, 652, 654, 659, 660, 662, 663, 666, 670, 674, 678,
    682, 686, 688, 690, 694, 702, 703, 704, 705, 706, 710, 716, 724, 728, 729, 732, 740, 744, 748,
    752, 756, 760, 762, 764, 768, 772, 776, 780, 784, 788, 792, 795, 796, 798, 800, 804, 807, 818,
    826, 831, 832, 833, 834, 840, 850, 854, 858, 860, 862, 876, 882, 887, 894,
]);

/// ISO 4217 numeric codes.
static CURRENCIES: [u64; 16] = set(&[
    8, 12, 32, 36, 44, 48, 50, 51, 52, 60, 64, 68, 72, 84, 90, 96, 104, 108, 116, 124, 132, 136,
    144, 152, 156, 170, 174, 188, 191, 192, 203, 208, 214, 222, 230, 232, 238, 242, 262, 270, 292,
    320, 324, 328, 332, 340, 344, 348, 352, 356, 360, 364, 368, 376, 388, 392, 398, 400, 404, 408,
    410, 414, 417, 418, 422, 426, 430, 434, 446, 454, 458, 462, 480, 484, 496, 498, 504, 512, 516,
    524, 532, 533, 548, 554, 558, 566, 578, 586, 590, 598, 600, 604, 608, 634, 643, 646, 654, 682,
    690, 694, 702, 704, 706, 710, 728, 748, 752, 756, 760, 764, 776, 780, 784, 788, 800, 807, 818,
    826, 834, 840, 858, 860, 882, 886, 901, 924, 925, 927, 928, 929, 930, 931, 932, 933, 934, 936,
    938, 940, 941, 943, 944, 946, 947, 948, 949, 950, 951, 952, 953, 955, 956, 957, 958, 959, 960,
    961, 962, 963, 964, 965, 967, 968, 969, 970, 971, 972, 973, 975, 976, 977, 978, 979, 980, 981,
    984, 985, 986, 990, 994, 997, 999,
]);

/// ISO 3166-1 alpha-2 codes: a first letter, then every second one.
const ALPHA2: &str = "ADEFGILMOQRSTUWXZ BABDEFGHIJLMNOQRSTVWYZ CACDFGHIKLMNORUVWXYZ DEJKMOZ ECEGHRST FIJKMOR \
    GABDEFGHILMNPQRSTUWY HKMNRTU IDELMNOQRST JEMOP KEGHIMNPRWYZ LABCIKRSTUVY MACDEFGHKLMNOPQRSTUVWXYZ NACEFGILOPRUZ \
    OM PAEFGHKLMNRSTWY QA REOSUW SABCDEGHIJKLMNORSTVXYZ TCDFGHJKLMNORTVWZ UAGMSYZ VACEGINU WFS YET ZAMW";

/// UN/ECE Recommendation 21 codes of two characters with GS1's own, packed alike.
const PACKAGES: &str = "1ABDFGW 2C 3AH 434ABCDFGH 5HLM 6HP 7AB 8ABC AABCDFGHIJLMPTV B4BCDEFGHIJKLMNOPQRSTUVWXYZ \
    CABCDEFGHIJKLMNOPQRSTUVWXYZ DABCGHIJKLMNPRSTUVWXY E123CDEFGHIN FBCDEILOPRTWX GBILRUYZ HABCGNR IABCDEFGHKLNZ \
    JBCGRTY KGI LEGTUVZ MABCERSTWX NAEFGSTUV OABCDEFKTU P2ABCDEFGHIJKLNOPRTUVXYZ QABCDFGHJKLMNPQRS RDGJKLOTZ \
    S1ABCDEHIKLMOPSTUVWXYZ T1BCDEGIKLNORSTUVWYZ UCN VAGIKLNOPQRSY WABCDFGHJKLMNPQRSTUVWXYZ X3ABCDFGHJK \
    YABCDFGHJKLMNPQRSTVWXYZ ZABCDFGHJKLMNPQRSTUVWXYZ";

/// Those of one or three characters.
const OTHER_PACKAGES: &str = "200 201 202 203 204 205 206 210 211 212 8 9 APE BGE BME BRI CBL CCE DPE FOB FPE LAB MPE \
    OPE PAE PLP POP PPE PUE RB1 RB2 RB3 RCB SEC STL TEV THE TRE TTE TWE UUE WRP X11 X12 X15 X16 X17 X18 X19 X20";

const fn set(numbers: &[u16]) -> [u64; 16] {
    let mut words = [0; 16];
    let mut at = 0;
    while at < numbers.len() {
        words[numbers[at] as usize / 64] |= 1 << (numbers[at] % 64);
        at += 1;
    }
    words
}

fn in_set(words: &[u64; 16], value: &str) -> bool {
    let number = value.parse::<usize>().unwrap_or(usize::MAX);
    let word = words.get(number / 64);
    value.len() == 3 && word.is_some_and(|word| word >> (number % 64) & 1 == 1)
}

pub(in super::super) fn country(value: &str) -> bool {
    in_set(&COUNTRIES, value)
}

pub(in super::super) fn currency(value: &str) -> bool {
    in_set(&CURRENCIES, value)
}

pub(in super::super) fn country_alpha2(value: &str) -> bool {
    in_pairs(ALPHA2, value)
}

pub(in super::super) fn package_type(value: &str) -> bool {
    in_pairs(PACKAGES, value) || OTHER_PACKAGES.split(' ').any(|known| known == value)
}

fn in_pairs(packed: &str, value: &str) -> bool {
    let Some((first, second)) = value
        .split_at_checked(1)
        .filter(|(_, second)| second.len() == 1)
    else {
        return false;
    };
    packed.split(' ').any(|group| {
        group
            .strip_prefix(first)
            .is_some_and(|seconds| seconds.contains(second))
    })
}

/// AIDC media types: ICCBBA's 01 to 10, and 80 to 99 for local use.
pub(in super::super) fn media_type(value: &str) -> bool {
    value.len() == 2 && matches!(value.parse(), Ok(1..=10_u8 | 80..=99))
}

pub(in super::super) fn importer_index(value: &str) -> bool {
    value.len() == 1 && value.bytes().all(is_cset64)
}

/// One character out of a few.
pub(in super::super) fn one_of(value: &str, letters: &[u8]) -> bool {
    value.len() == 1 && value.bytes().all(|byte| letters.contains(&byte))
}

/// RFC 3986, 2.1.
pub(in super::super) fn percent_encoding(value: &str) -> bool {
    value
        .split('%')
        .skip(1)
        .all(|after| after.len() >= 2 && after.bytes().take(2).all(|byte| byte.is_ascii_hexdigit()))
}

/// ISO 13616-1: country, two check digits, account.
pub(in super::super) fn iban(value: &str) -> Result<(), Problem> {
    let parts = value.split_at_checked(4).filter(|_| value.len() > 10);
    let (head, account) = parts.ok_or("is too short for an IBAN")?;
    if !country_alpha2(head.get(..2).unwrap_or_default()) {
        return Err("is an IBAN of no country");
    }
    let mut rest = 0;
    for byte in account.bytes().chain(head.bytes()) {
        rest = match byte {
            b'0'..=b'9' => rest * 10 + u32::from(byte - b'0'),
            b'A'..=b'Z' => rest * 100 + u32::from(byte - b'A') + 10,
            _ => return Err("has a character that no IBAN has"),
        } % 97;
    }
    if rest == 1 {
        Ok(())
    } else {
        Err("is an IBAN with wrong check digits")
    }
}
