use super::*;
use serde_json::json;

#[test]
fn the_keys_of_an_rfc_connection_are_enough() {
    let settings = json!({
        "ashost": "sap.example.invalid", "sysnr": "01", "client": "800", "user": "SAP_USER",
        "lang": "EN", "trace": false
    });
    let settings = Settings::parse(&settings).unwrap();
    let address = settings.address().unwrap();
    assert_eq!(address.as_str(), "https://sap.example.invalid:44301/");
    assert_eq!(settings.mode, Mode::Odata);
}

#[test]
fn a_complaint_names_key_value_and_what_is_allowed() {
    for (key, value, parts) in [
        ("client", json!("80"), ["client = \"80\"", "3 digits"]),
        (
            "lang",
            json!("english"),
            ["lang = \"english\"", "two letters"],
        ),
        ("mode", json!("rfc"), ["mode = \"rfc\"", "`soap_rfc`"]),
        ("page_size", json!(0), ["page_size = 0", "1 to 5000"]),
        (
            "recipes",
            json!("module"),
            ["recipes = \"module\"", "soap_rfc"],
        ),
        ("plants", json!("1000"), ["plants = \"1000\"", "`plant`"]),
        (
            "base_url",
            json!("sap:443"),
            ["base_url = \"sap:443\"", "http://"],
        ),
        (
            "alternative",
            json!("A"),
            ["alternative = \"A\"", "1 or 2 digits"],
        ),
    ] {
        let mut settings =
            json!({"base_url": "https://s.example.invalid", "client": "100", "user": "U"});
        settings[key] = value;
        let text = Settings::parse(&settings).unwrap_err().to_string();
        assert!(parts.iter().all(|part| text.contains(part)), "{text}");
    }
    let nowhere = json!({"client": "100", "user": "U"});
    let text = Settings::parse(&nowhere).unwrap_err().to_string();
    assert!(
        text.contains("base_url") && text.contains("ashost"),
        "{text}"
    );
}

#[test]
fn dates_and_numbers_are_written_as_the_technical_user_reads_them() {
    let base = json!({"base_url": "https://s.example.invalid", "client": "100", "user": "U"});
    let mut settings = Settings::parse(&base).unwrap();
    let day = NaiveDate::from_ymd_opt(2026, 12, 31).unwrap();
    assert_eq!(settings.user_date(day), "31.12.2026");
    settings.date_format = DateFormat::MdySlashes;
    assert_eq!(settings.user_date(day), "12/31/2026");
    let number: Decimal = "1234.500".parse().unwrap();
    assert_eq!(settings.user_number(number), "1234.5");
    assert_eq!(settings.read_number(" 1,234.500 "), Some(number));
    settings.decimal_comma = true;
    assert_eq!(settings.user_number(number), "1234,5");
    assert_eq!(settings.read_number("1.234,500"), Some(number));
    assert_eq!(settings.read_number("1 234,500"), Some(number));
    assert_eq!(settings.read_number("1.234,500-"), Some(-number));
    assert_eq!(settings.read_number("many"), None);
}
