//! Each check at its limits.

use super::super::linter::Linter;
use super::super::linter_letters::LINTER_LETTERS;

fn linter(name: &str) -> Linter {
    let letter = LINTER_LETTERS
        .iter()
        .find(|(known, _)| *known == name)
        .unwrap()
        .1;
    Linter::of(letter).unwrap()
}

fn holds(name: &str, values: &[&str]) {
    for value in values {
        assert_eq!(linter(name).check(value), Ok(()), "{name} {value}");
    }
}

fn fails(name: &str, values: &[&str]) {
    for value in values {
        assert!(linter(name).check(value).is_err(), "{name} {value}");
    }
}

#[test]
fn check_digits() {
    holds(
        "csum",
        &[
            "12345678901231",
            "123456789012345675",
            "24012345678905",
            "2112233789657",
            "416000336108",
            "02345680",
            "0",
        ],
    );
    fails(
        "csum",
        &[
            "12345678901234",
            "123456789012345670",
            "24012345678909",
            "2112233789658",
            "416000336107",
            "1",
            "",
            "A",
        ],
    );
}

#[test]
fn check_characters() {
    holds(
        "csumalpha",
        &[
            "22",
            "!22",
            "!!22",
            "1987654Ad4X4bL5ttr2310c2K",
            "12345678901234567890123NT",
            "12345_ABCDEFGHIJKLMCP",
            "12345_NOPQRSTUVWXYZDN",
            "12345_abcdefghijklmN3",
            "12345_nopqrstuvwxyzP2",
            "12345_!\"%&'()*+,-./LC",
            "12345_0123456789:;<=>?62",
            "23956qk1&dB!23",
            "794394895ic045",
            "57453Uq3qA<H67",
            "00000!HV",
            "99999zzzzzzzzzzzzzzzzzzT2",
        ],
    );
    fails(
        "csumalpha",
        &[
            "",
            "2",
            "33",
            "1987654Ad4X4bL5ttr2310cXK",
            "1987654Ad4X4bL5ttr2310c2X",
            " 2345678901234567890123NT",
            "12345678901234567890123 T",
            "12345678901234567890123N ",
            "12345678901234567890123nt",
        ],
    );
}

#[test]
fn company_prefixes_have_four_digits_at_least() {
    holds("gcppos1", &["0123", "01234", "0123A", "1234567890"]);
    fails("gcppos1", &["", "0", "012", "012A", "A123", "01A3"]);
    holds("gcppos2", &["I0123", "I0123A", "01234"]);
    fails("gcppos2", &["", "I", "I012", "I012A", "IA123"]);
}

#[test]
fn dates_exist() {
    holds(
        "yymmdd",
        &[
            "000606", "990606", "200131", "200229", "240229", "000229", "960229", "201231",
        ],
    );
    fails(
        "yymmdd",
        &[
            "200600", "200010", "201310", "200132", "200230", "200431", "210229", "x00131", "2001",
            "",
        ],
    );
    holds("yymmd0", &["200600", "200229", "991231"]);
    fails("yymmd0", &["200000", "201300", "210229", "200632"]);
    holds(
        "yyyymmdd",
        &["20000229", "20240229", "19960229", "20251231"],
    );
    fails(
        "yyyymmdd",
        &[
            "21000229",
            "19000229",
            "20210229",
            "20200600",
            "20201310",
            "2020063",
            "202006311",
            "2x200131",
        ],
    );
}

#[test]
fn times_exist() {
    holds("hh", &["00", "23"]);
    fails("hh", &["24", "99"]);
    holds("mi", &["00", "59"]);
    fails("mi", &["60"]);
    holds("ss", &["59"]);
    fails("ss", &["60"]);
    holds("hhmi", &["0000", "2359"]);
    fails("hhmi", &["2400", "2360", "123", "12345"]);
}

#[test]
fn numbers_have_limits() {
    holds("latitude", &["0000000000", "1800000000", "0279085848"]);
    fails("latitude", &["1800000001"]);
    holds("longitude", &["3600000000", "0000000000"]);
    fails("longitude", &["3600000001"]);
    holds("nonzero", &["1", "01", "10", "0009"]);
    fails("nonzero", &["0", "000"]);
    holds("nozeroprefix", &["1", "10", "1234567890"]);
    fails("nozeroprefix", &["0", "01"]);
    holds("zero", &["0", "00"]);
    fails("zero", &["1", "01", ""]);
    holds("hasnondigit", &["A", "1A", "/1"]);
    fails("hasnondigit", &["0", "123", ""]);
}

#[test]
fn pieces_and_positions_are_within_their_total() {
    holds(
        "pieceoftotal",
        &["11", "23", "0101", "0203", "9899", "001003"],
    );
    fails(
        "pieceoftotal",
        &[
            "", "1", "111", "01", "10", "0001", "0100", "21", "0908", "1009",
        ],
    );
    holds("posinseqslash", &["1/1", "1/3", "9/10", "10/10", "99/100"]);
    fails(
        "posinseqslash",
        &[
            "", "/", "1", "1/", "/1", "1//2", "x/y", "0/1", "1/0", "01/2", "1/02", "2/1", "10/9",
            "100/99",
        ],
    );
}

#[test]
fn countries_and_currencies_are_in_their_lists() {
    let numbers = |name: &str| {
        (0..1000)
            .filter(|n| linter(name).check(&format!("{n:03}")).is_ok())
            .count()
    };
    assert_eq!(
        (
            numbers("iso3166"),
            numbers("iso3166999"),
            numbers("iso4217")
        ),
        (249, 250, 181)
    );
    holds("iso3166", &["004", "688", "894"]);
    fails("iso3166", &["000", "999", "987", "04", "0688", "x04"]);
    holds("iso3166999", &["999", "688"]);
    holds("iso4217", &["941", "978", "840"]);
    fails("iso4217", &["000", "987", "280"]);
    let letters = || (b'A'..=b'Z').map(char::from);
    let pairs = letters().flat_map(|a| letters().map(move |b| format!("{a}{b}")));
    assert_eq!(
        pairs
            .filter(|pair| linter("iso3166alpha2").check(pair).is_ok())
            .count(),
        249
    );
    holds("iso3166alpha2", &["RS", "PL", "ZW", "AD"]);
    fails("iso3166alpha2", &["AA", "rs", "R", "SRB", "XX", "YU", ""]);
}

#[test]
fn small_alphabets() {
    holds("iso5218", &["0", "1", "2", "9"]);
    fails("iso5218", &["3", "", "01"]);
    holds("winding", &["0", "1", "9"]);
    fails("winding", &["2", "8", ""]);
    holds("yesno", &["0", "1"]);
    fails("yesno", &["2"]);
    holds("hyphen", &["-"]);
    fails("hyphen", &["X", ""]);
    holds("importeridx", &["-", "_", "0", "Z", "a"]);
    fails("importeridx", &["=", "", "AA", " "]);
    holds("mediatype", &["01", "10", "80", "99"]);
    fails("mediatype", &["00", "11", "79", "AA"]);
}

#[test]
fn package_types_are_in_their_list() {
    holds(
        "packagetype",
        &[
            "1A", "200", "212", "8", "9", "43", "PLP", "X20", "X3", "ZZ", "APE", "YA",
        ],
    );
    fails(
        "packagetype",
        &["", "0", "00", "0000", "_9", "1A_", "2", "213", "ZO", "X1"],
    );
}

#[test]
fn percent_signs_lead_two_hexadecimal_digits() {
    holds("pcenc", &["", "ABC", "%00", "ABC%20XYZ", "%fF"]);
    fails("pcenc", &["%", "%g", "%2", "ABC%gfXYZ", "%%20", "A%2"]);
}

#[test]
fn account_numbers_have_their_check_digits() {
    holds(
        "iban",
        &[
            "FR7630006000011234567890189",
            "GB98MIDL07009312345678",
            "BE71096123456769",
            "CH5604835012345678009",
        ],
    );
    fails(
        "iban",
        &[
            "BE71096123456760",
            "BE71",
            "XX361234567890",
            "LC14BOSLxx3456789012345678901230",
            "FR12_45678901234",
        ],
    );
}

#[test]
fn coupons_follow_the_north_american_guideline() {
    let base = "012345612345611110123";
    for fields in [
        "",
        "101101230123456",
        "101101239",
        "21101239",
        "3201231",
        "4201231",
        "32012314201231",
        "50123456",
        "611234567",
        "90000",
        "10110123921101239320123142012315012345661123456790000",
    ] {
        holds("couponcode", &[format!("{base}{fields}").as_str()]);
    }
    for fields in [
        "7",
        "69",
        "10",
        "2",
        "3201232",
        "501234",
        "9000",
        "900002",
        "42012313201231",
    ] {
        fails("couponcode", &[format!("{base}{fields}").as_str()]);
    }
    fails(
        "couponcode",
        &[
            "a12345612345611110123",
            "",
            "71234567890123",
            "012345",
            "0123456123456",
            "01234561234560",
            "01234561234561",
            "012345612345611",
            "0123456123456116123456",
            "0123456123456111",
            "01234561234561111",
            "012345612345611115",
            "012345612345611119",
            "0123456123456111101231",
            "01234561234561111012314",
            "01234561234561111012310",
            "012345612345611110123101101237",
            "0123456123456111101232",
            "0123456123456111101233",
            "0123456123456111101233200010",
            "0123456123456111101234200010",
            "01234561234561111012335006064500607",
            "01234561234561111012360",
            "01234561234561111012361",
            "01234561234561111012393",
            "012345612345611110123903",
            "0123456123456111101239000",
            "01234561234561111012390002",
            "012345612345611110123900000",
        ],
    );
    holds(
        "couponposoffer",
        &[
            "001234561234560123456",
            "101234561234560123456",
            "061234567890121234569123456789012345",
        ],
    );
    fails(
        "couponposoffer",
        &[
            "",
            "201234561234560123456",
            "0",
            "07",
            "01123456",
            "00123456",
            "00123456123456",
            "001234561234560",
            "0012345612345601234567",
            "a01234561234560123456",
        ],
    );
}
