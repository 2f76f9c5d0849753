use super::*;
use crate::connecting::fields::form;
use chrono::NaiveTime;
use domain::connection::{ConnectionSummary, Health};
use domain::connection_form::FieldKind;
use domain::delivery::{FeatureSettings, MaintenanceWindow, RetryPolicy};
use domain::{ConnectionId, WarehouseId};
use serde_json::json;

fn kind(name: &str) -> &'static ConnectorKind {
    let mut kinds = registry::kinds().iter();
    kinds.find(|known| known.kind == name).unwrap()
}

/// An Odoo that is treated so.
fn treated(delivery: Result<DeliverySettings, String>) -> ConnectionDetail {
    ConnectionDetail {
        connection: ConnectionSummary {
            id: ConnectionId(1),
            name: "Odoo".to_owned(),
            kind: "odoo".to_owned(),
            base_url: "https://odoo.example.invalid".to_owned(),
            warehouse_id: WarehouseId(1),
            health: Health::Healthy,
            last_ok_at: None,
            last_error: None,
            last_error_at: None,
            last_latency_ms: None,
            check_pending: false,
            undelivered: None,
            test_system: false,
        },
        settings: json!({}),
        secrets_set: Vec::new(),
        brake_percent: 10,
        push_kinds: Vec::new(),
        delivery,
        entities: Vec::new(),
        schedules: Vec::new(),
    }
}

/// Not by default: a policy, a limit of its own, a switch that the form does not ask for, a window.
fn own() -> DeliverySettings {
    let at = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
    DeliverySettings {
        retry_policy: RetryPolicy {
            strategy: RetryStrategy::Fixed,
            delays_seconds: Vec::new(),
            ..RetryPolicy::default()
        },
        features: FeatureSettings {
            batch_size: 4,
            validation: false,
            ..FeatureSettings::default()
        },
        maintenance: vec![MaintenanceWindow {
            from: at(22),
            until: at(1),
        }],
        ..DeliverySettings::default()
    }
}

/// What the form shows, with these entered over it.
fn saved(
    present: Option<&ConnectionDetail>,
    entered: &[(&str, &str)],
) -> Result<Map<String, Value>, Misfit> {
    let form = form(kind("odoo"), present);
    let shown = form.fields.iter();
    let shown = shown.filter_map(|field| Some((field.name.clone(), field.value.clone()?)));
    let mut values: BTreeMap<String, String> = shown.collect();
    let entered = entered.iter();
    values.extend(entered.map(|(name, text)| ((*name).to_owned(), (*text).to_owned())));
    changed(&form, &values, present)
}

#[test]
fn the_folded_fields_are_what_the_schema_of_a_connection_says_of_them() {
    let form = form(kind("odoo"), None);
    let of = |name: &str| form.fields.iter().find(|field| field.name == name).unwrap();
    for (name, _) in ASKED {
        let field = of(name);
        assert!(field.folded && !field.required, "{name}");
        assert!(field.label != name && !field.help.is_empty(), "{name}");
        assert_eq!(field.value, None, "{name}");
    }
    let attempts = of("retry_policy.max_attempts");
    let (least, most) = (Some("1".to_owned()), Some("10".to_owned()));
    assert_eq!(attempts.kind, FieldKind::Number { least, most });
    assert_eq!(attempts.default.as_deref(), Some("5"));
    let strategy = of("retry_policy.strategy");
    let FieldKind::Choice(words) = &strategy.kind else {
        panic!("{strategy:?}")
    };
    assert_eq!(words.len(), 4);
    assert_eq!(strategy.default.as_deref(), Some("custom"));
    let waits = of("retry_policy.delays_seconds");
    assert_eq!(waits.kind, FieldKind::Numbers { most: Some(10) });
    assert_eq!(waits.default.as_deref(), Some("30, 120, 600, 1800, 3600"));
    assert_eq!(of("features.batch_size").default.as_deref(), Some("8"));
    let rests = of("maintenance");
    assert_eq!(rests.kind, FieldKind::Windows { most: Some(10) });
    assert_eq!(rests.default, None);
}

#[test]
fn a_system_that_is_only_read_is_asked_for_what_concerns_calls() {
    let fields = fields(kind("pantheon"), None);
    let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
    let wanted = [
        "features.circuit_breaker_failures",
        "features.circuit_breaker_pause_seconds",
    ];
    assert_eq!(names, wanted);
}

#[test]
fn what_is_as_by_default_stays_unwritten() {
    assert_eq!(saved(None, &[]), Ok(Map::new()));
    let usual = [
        ("retry_policy.strategy", "custom"),
        ("retry_policy.max_attempts", "5"),
        ("maintenance", ""),
    ];
    assert_eq!(saved(None, &usual), Ok(Map::new()));
    let entered = [
        ("retry_policy.strategy", "custom"),
        ("retry_policy.delays_seconds", "10, 60"),
        ("features.circuit_breaker_pause_seconds", " 300 "),
        ("maintenance", "22:00-23:30"),
    ];
    let wanted = json!({
        "retry_policy": { "delays_seconds": [10, 60] },
        "features": { "circuit_breaker_pause_seconds": 300 },
        "maintenance": [{ "from": "22:00:00", "until": "23:30:00" }],
    });
    assert_eq!(saved(None, &entered).map(Value::Object), Ok(wanted));
}

#[test]
fn what_nobody_touched_stays_as_it_is() {
    let present = treated(Ok(own()));
    assert_eq!(saved(Some(&present), &[]), Ok(Map::new()));
    let changed = saved(Some(&present), &[("features.batch_size", "6")]).unwrap();
    assert_eq!(changed.keys().collect::<Vec<_>>(), ["features"]);
    let features: FeatureSettings = serde_json::from_value(changed["features"].clone()).unwrap();
    let wanted = FeatureSettings {
        batch_size: 6,
        ..own().features
    };
    assert_eq!(features, wanted);
    let unread = treated(Err("it does not fit".to_owned()));
    assert_eq!(saved(Some(&unread), &[]), Ok(Map::new()));
}

#[test]
fn what_a_form_does_not_bring_stays_as_a_colleague_set_it_meanwhile() {
    let opened = form(kind("odoo"), None);
    let present = treated(Ok(own()));
    let reopened = form(kind("odoo"), Some(&present));
    let nothing = BTreeMap::new();
    for form in [&opened, &reopened] {
        assert_eq!(changed(form, &nothing, Some(&present)), Ok(Map::new()));
    }
    let one = BTreeMap::from([(
        "features.circuit_breaker_failures".to_owned(),
        "5".to_owned(),
    )]);
    let changed = changed(&reopened, &one, Some(&present)).unwrap();
    assert_eq!(changed.keys().collect::<Vec<_>>(), ["features"]);
    assert_eq!(changed["features"]["batch_size"], 4);
    assert_eq!(changed["features"]["circuit_breaker_failures"], 5);
}

#[test]
fn waits_as_listed_are_the_usual_ones_where_none_are_listed() {
    let present = treated(Ok(own()));
    let usual = RetryPolicy::default().delays_seconds;
    for (entered, wanted) in [
        (None, usual.clone()),
        (Some(""), usual.clone()),
        (Some("30, 120, 600, 1800, 3600"), usual),
        (Some("7"), vec![7]),
    ] {
        let mut fields = vec![("retry_policy.strategy", "custom")];
        fields.extend(entered.map(|text| ("retry_policy.delays_seconds", text)));
        let changed = saved(Some(&present), &fields).unwrap();
        let read: DeliverySettings = serde_json::from_value(Value::Object(changed)).unwrap();
        assert_eq!(read.check(), Ok(()));
        assert_eq!(read.retry_policy.strategy, RetryStrategy::Custom);
        assert_eq!(read.retry_policy.delays_seconds, wanted, "{entered:?}");
    }
    let attempts = saved(Some(&present), &[("retry_policy.max_attempts", "7")]).unwrap();
    assert_eq!(attempts["retry_policy"]["delays_seconds"], json!([]));
}

#[test]
fn what_is_emptied_is_as_by_default_again() {
    let present = treated(Ok(own()));
    let emptied = [
        ("retry_policy.strategy", "custom"),
        ("features.batch_size", ""),
        ("maintenance", ""),
    ];
    let changed = saved(Some(&present), &emptied).unwrap();
    let read: DeliverySettings = serde_json::from_value(Value::Object(changed)).unwrap();
    assert_eq!(read.retry_policy.strategy, RetryStrategy::Custom);
    assert_eq!(read.features.batch_size, 8);
    assert!(!read.features.validation && read.maintenance.is_empty());
}

#[test]
fn what_cannot_be_read_is_told_at_its_field() {
    for (name, text, sentence) in [
        ("retry_policy.max_attempts", "11", "Allowed is 1 to 10."),
        ("retry_policy.max_attempts", "2.5", "Enter a whole number."),
        ("retry_policy.strategy", "sometimes", "Choose one."),
        (
            "retry_policy.delays_seconds",
            "soon",
            "Enter whole numbers with commas between them.",
        ),
        ("features.batch_size", "0", "Allowed is 1 to 100."),
        (
            "features.circuit_breaker_pause_seconds",
            "3601",
            "Allowed is 1 to 3600.",
        ),
        ("maintenance", "22:00-", "Enter both times of every window."),
    ] {
        let refused = saved(None, &[(name, text)]).unwrap_err();
        assert_eq!(refused, Misfit::at(name, sentence));
    }
}
