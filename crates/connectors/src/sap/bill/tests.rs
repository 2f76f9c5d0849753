use super::*;
use serde_json::json;

fn settings() -> Settings {
    let settings = json!({
        "base_url": "https://s.example.invalid", "client": "100", "user": "U", "plant": "1000"
    });
    Settings::parse(&settings).unwrap()
}

fn bill(lines: serde_json::Value) -> Result<Bill, Error> {
    let payload = json!({ "product_code": "FG-1", "quantity": "1", "lines": lines });
    let push = Push::parse("inventory.bom.upsert", &payload).unwrap();
    Bill::of(&push, &settings(), DateTime::UNIX_EPOCH)
}

fn item(number: &str, component: &str, quantity: i64) -> Item {
    Item {
        number: number.into(),
        component: component.into(),
        category: "L".into(),
        quantity: quantity.into(),
        unit: "EA".into(),
    }
}

#[test]
fn items_keep_their_numbers_and_only_differences_are_written() {
    let wanted = bill(json!([
        {"component": "RM-2", "quantity": "5"}, {"component": "RM-1", "quantity": "2"},
        {"component": "000123", "quantity": "1", "uom": "KG"}, {"component": "RM-9", "quantity": "1"}
    ]))
    .unwrap();
    let there = [
        item("0010", "RM-1", 2),
        item("0020", "RM-2", 4),
        item("0035", "123", 1),
        item("0040", "RM-7", 1),
    ];
    let steps = wanted.steps(&there, |_| "EA".into());
    assert_eq!(
        steps,
        [
            Step::Change(1, &wanted.lines[0]),
            Step::Change(2, &wanted.lines[2]),
            Step::Add("0050".into(), &wanted.lines[3]),
            Step::Remove(3),
        ]
    );
}

#[test]
fn what_sap_has_no_room_for_is_refused_by_name() {
    for (lines, part) in [
        (
            json!([{"component": "RM-1", "quantity": "0.0005"}]),
            "0.0005 of RM-1",
        ),
        (
            json!([{"component": "R".repeat(41), "quantity": "1"}]),
            "no material",
        ),
        (
            json!([{"component": "RM-1", "quantity": "1", "item_category": "LL"}]),
            "component RM-1",
        ),
        (
            json!([{"component": "RM-1", "quantity": "99999999999"}]),
            "larger",
        ),
    ] {
        let error = bill(lines).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Rejected);
        assert!(error.to_string().contains(part), "{error}");
    }
    let without = Settings {
        plant: None,
        ..settings()
    };
    let payload = json!({"product_code": "F", "quantity": "1",
        "lines": [{"component": "R", "quantity": "1"}]});
    let push = Push::parse("inventory.bom.upsert", &payload).unwrap();
    let error = Bill::of(&push, &without, DateTime::UNIX_EPOCH).unwrap_err();
    assert!(error.to_string().contains("names no plant"), "{error}");
}
