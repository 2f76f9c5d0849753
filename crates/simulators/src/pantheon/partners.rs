//! The partners: real customer numbers and countries with invented names, AdventureWorks
//! vendors, shops and warehouses.

use std::io;

use chrono::{Duration, NaiveDateTime};

use super::clock::settled;
use super::records::{Partner, Roles};
use crate::sources;
use crate::spread::{pick, roll};

/// Country of the order lines, its code, and cities to choose from.
const COUNTRIES: [(&str, &str, &[&str]); 36] = [
    (
        "United Kingdom",
        "GB",
        &["LONDON", "LEEDS", "BRISTOL", "GLASGOW", "YORK"],
    ),
    ("Germany", "DE", &["HAMBURG", "BERLIN", "KOELN"]),
    ("France", "FR", &["LYON", "PARIS", "LILLE"]),
    ("EIRE", "IE", &["DUBLIN", "CORK"]),
    ("Spain", "ES", &["MADRID", "SEVILLA"]),
    ("Netherlands", "NL", &["UTRECHT", "ROTTERDAM"]),
    ("Belgium", "BE", &["GENT", "LIEGE"]),
    ("Switzerland", "CH", &["ZUERICH", "BERN"]),
    ("Portugal", "PT", &["PORTO", "LISBOA"]),
    ("Australia", "AU", &["SYDNEY", "PERTH"]),
    ("Norway", "NO", &["BERGEN"]),
    ("Italy", "IT", &["TORINO", "ROMA"]),
    ("Channel Islands", "JE", &["SAINT HELIER"]),
    ("Finland", "FI", &["TURKU"]),
    ("Cyprus", "CY", &["LIMASSOL"]),
    ("Sweden", "SE", &["MALMOE"]),
    ("Austria", "AT", &["GRAZ"]),
    ("Denmark", "DK", &["AARHUS"]),
    ("Japan", "JP", &["OSAKA"]),
    ("Poland", "PL", &["KRAKÓW"]),
    ("USA", "US", &["BOSTON"]),
    ("Israel", "IL", &["HAIFA"]),
    ("Singapore", "SG", &["SINGAPORE"]),
    ("Iceland", "IS", &["REYKJAVIK"]),
    ("Canada", "CA", &["MONTREAL"]),
    ("Greece", "GR", &["PATRAS"]),
    ("Malta", "MT", &["VALLETTA"]),
    ("United Arab Emirates", "AE", &["DUBAI"]),
    ("RSA", "ZA", &["DURBAN"]),
    ("Lebanon", "LB", &["BEIRUT"]),
    ("Lithuania", "LT", &["KAUNAS"]),
    ("Brazil", "BR", &["RECIFE"]),
    ("Czech Republic", "CZ", &["BRNO"]),
    ("Bahrain", "BH", &["MANAMA"]),
    ("Saudi Arabia", "SA", &["JEDDAH"]),
    ("Hong Kong", "HK", &["HONG KONG"]),
];

const FIRST: [&str; 24] = [
    "AMBER", "BIRCH", "CEDAR", "DELTA", "ECHO", "FJORD", "GRANIT", "HORIZON", "INDIGO", "JADRAN",
    "KORAL", "LIPA", "MERIDIAN", "NOVA", "ORION", "PINE", "QUARTZ", "RIVIERA", "SOLARIS", "TERRA",
    "UNION", "VEGA", "WILLOW", "ZENIT",
];
const SECOND: [&str; 20] = [
    "TRADE", "GIFTS", "HOME", "MARKET", "DEKOR", "IMPEX", "STORE", "SUPPLY", "LINE", "HOUSE",
    "PARTNERS", "RETAIL", "GARDEN", "STUDIO", "DEPOT", "WORKS", "SHOPS", "GROUP", "PAPIR",
    "KOMERC",
];
const FORM: [&str; 4] = ["D.O.O.", "LTD", "GMBH", "A.D."];

/// Shops of the firm, which receive what no customer ordered, and its warehouses.
const OWN: [(u32, &str, &str); 12] = [
    (2001, "PRODAVNICA 1", "BAR"),
    (2002, "PRODAVNICA 2", "PODGORICA"),
    (2003, "PRODAVNICA 3", "NIKŠIĆ"),
    (2004, "PRODAVNICA 4", "BUDVA"),
    (2005, "PRODAVNICA 5", "KOTOR"),
    (2006, "PRODAVNICA 6", "ULCINJ"),
    (2007, "PRODAVNICA 7", "TIVAT"),
    (2008, "PRODAVNICA 8", "CETINJE"),
    (1, "VELEPRODAJA", "BAR"),
    (2, "MALOPRODAJA 2", "PODGORICA"),
    (3, "MP 3 BAR", "BAR"),
    (4, "MAGACIN POVRATA", "BAR"),
];

/// Every partner, as they stand at the given local time.
pub(crate) fn all(now: NaiveDateTime, shows_change: bool) -> io::Result<Vec<Partner>> {
    let customer = Roles {
        customer: true,
        ..Roles::default()
    };
    let supplier = Roles {
        supplier: true,
        ..Roles::default()
    };
    let mut partners: Vec<Partner> = sources::customers()?
        .iter()
        .map(|row| {
            let (country, cities) = place(&row.country);
            let city = pick(&row.customer.to_string(), cities)
                .copied()
                .unwrap_or("");
            partner(
                row.customer,
                company_name(row.customer),
                country,
                city,
                customer,
                now,
            )
        })
        .collect();
    for (id, name) in sources::vendors()? {
        partners.push(partner(id, name.to_uppercase(), "US", "", supplier, now));
    }
    for (id, name, city) in OWN {
        let roles = Roles {
            warehouse: id < 100,
            customer: id > 100,
            supplier: false,
        };
        partners.push(partner(id, name.to_owned(), "ME", city, roles, now));
    }
    for partner in &mut partners {
        partner.shows_change = shows_change;
    }
    Ok(partners)
}

/// The shop that receives documents without a customer.
pub(crate) fn shop(key: &str) -> &'static str {
    OWN[..8]
        .get(usize::try_from(roll(key, 8)).unwrap_or(0))
        .map_or("", |(_, name, _)| name)
}

fn partner(
    id: u32,
    name: String,
    country: &'static str,
    city: &'static str,
    roles: Roles,
    now: NaiveDateTime,
) -> Partner {
    let key = format!("partner {id}");
    let age = Duration::minutes(1 + i64::try_from(roll(&key, 300 * 24 * 60)).unwrap_or(0));
    let digits = 10_000_000 + roll(&format!("{key} tax"), 80_000_000);
    Partner {
        id,
        name: name.into(),
        country,
        city,
        address: format!("ULICA {}", 1 + roll(&key, 180)),
        // One partner in nine has no tax number on file.
        tax_number: if roll(&key, 9) == 0 {
            String::new()
        } else {
            digits.to_string()
        },
        phone: if roll(&key, 3) == 0 {
            String::new()
        } else {
            format!("+382 20 {:06}", digits % 1_000_000)
        },
        roles,
        changed_at: settled(now) - age,
        shows_change: true,
    }
}

fn place(country: &str) -> (&'static str, &'static [&'static str]) {
    COUNTRIES
        .iter()
        .find(|(name, _, _)| *name == country)
        .map_or(("", &[]), |(_, code, cities)| (*code, *cities))
}

fn company_name(id: u32) -> String {
    let word = |salt: &str, words: &[&'static str]| {
        pick(&format!("{salt}{id}"), words).copied().unwrap_or("")
    };
    // The number keeps names apart where the words repeat.
    format!(
        "{} {} {} {}",
        word("first", &FIRST),
        word("second", &SECOND),
        id % 1000,
        word("form", &FORM)
    )
}
