use super::*;
use serde_json::json;

fn file(password: &str) -> String {
    json!({
        "adapter_type": "pantheon",
        "connection": {
            "base_url": "http://pantheon.example.invalid:3003", "username": "crossdock",
            "password": password,
        },
        "retry_policy": { "max_attempts": 3 },
    })
    .to_string()
}

fn read(text: &str) -> Result<ConnectionFile, String> {
    // What a process does once.
    let _ = rustls::crypto::ring::default_provider().install_default();
    ConnectionFile::read(text, |name| {
        (name == "ERP_PASSWORD").then(|| "hush".to_owned())
    })
}

#[test]
fn variables_are_filled_in_and_secrets_kept_apart_from_settings() {
    let read = read(&file("${ERP_PASSWORD}")).unwrap();
    assert_eq!(read.secrets["password"], "hush");
    assert!(!read.settings.to_string().contains("hush"));
    assert_eq!(read.base_url, "http://pantheon.example.invalid:3003");
    assert_eq!(read.delivery.retry_policy.max_attempts, 3);
}

#[test]
fn every_example_of_the_schema_becomes_a_connection_without_a_secret_in_its_settings() {
    // What a process does once.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let schema = registry::connection_schema();
    let examples = schema["examples"].as_array().unwrap();
    for kind in registry::kinds() {
        let of_kind = |example: &Value| example["adapter_type"] == kind.kind;
        assert!(examples.iter().any(of_kind), "{}", kind.kind);
    }
    for example in examples {
        let variable = |name: &str| Some(format!("secret of {name}"));
        let read = ConnectionFile::read(&example.to_string(), variable)
            .map_err(|refusal| format!("{refusal}: {example}"))
            .unwrap();
        assert!(!read.base_url.is_empty(), "{example}");
        assert_eq!(read.secrets.len(), 1, "{example}");
        assert!(!read.settings.to_string().contains("secret of"));
    }
}

#[test]
fn a_connection_in_the_keys_of_older_settings_is_read_under_todays() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let text = json!({
        "adapter_type": "odoo",
        "connection": {
            "url": "https://mycompany.odoo.com", "database": "production",
            "username": "integration", "password": "${ODOO_API_KEY}", "port": 8069,
            "protocol": "jsonrpc+ssl",
        },
    })
    .to_string();
    let key = |_: &str| Some("hush".to_owned());
    let read = ConnectionFile::read(&text, key).unwrap();
    assert_eq!(read.base_url, "https://mycompany.odoo.com");
    assert_eq!(read.settings["base_url"], "https://mycompany.odoo.com");
    assert_eq!(read.secrets["api_key"], "hush");
    let both = text.replace("\"database\"", "\"api_key\":\"x\",\"database\"");
    let refused = ConnectionFile::read(&both, key).unwrap_err();
    assert!(refused.contains("api_key") && refused.contains("password"));
}

#[test]
fn an_address_that_is_left_empty_gives_way_to_the_application_server() {
    let text = json!({
        "adapter_type": "sap",
        "connection": {
            "base_url": "", "ashost": "sap.example.invalid", "sysnr": "00", "client": "100",
            "user": "CROSSDOCK", "passwd": "x",
        },
    });
    let read = read(&text.to_string()).unwrap();
    assert_eq!(read.base_url, "sap.example.invalid");
}

#[test]
fn what_comes_over_the_web_reaches_no_variable_and_is_refused_by_its_field() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let entered = |pointer: &str, value: Value, kept: &[String]| {
        let mut written: Value = serde_json::from_str(&file("x")).unwrap();
        let (above, name) = pointer.rsplit_once('/').unwrap();
        written.pointer_mut(above).unwrap()[name] = value;
        ConnectionFile::entered(written.as_object().unwrap().clone(), kept)
    };
    let variable = json!("x ${ERP_PASSWORD} y");
    let refused = entered("/connection/password", variable, &[]).unwrap_err();
    assert_eq!(refused.field.as_deref(), Some("password"));
    assert!(refused.sentence.contains("as ${ERP_PASSWORD} count"));
    for (pointer, value, field) in [
        ("/connection/password", json!("}${"), "password"),
        ("/connection/password", json!(7), "password"),
        ("/connection/password", Value::Null, "password"),
        ("/connection/user", json!("x"), "user"),
        ("/connection/username", json!(" "), "username"),
        ("/connection/base_url", json!("ftp://x"), "base_url"),
        ("/connection/page_size", json!(0), "page_size"),
        ("/connection/rate_per_second", json!(0), "rate_per_second"),
        ("/adapter_type", json!("abacus"), "adapter_type"),
        ("/connection", json!({ "password": "x" }), "base_url"),
        ("/connection", json!("x"), "connection"),
        ("/retry_policy", json!({ "attempts": 3 }), "retry_policy"),
        (
            "/retry_policy",
            json!({ "max_attempts": 11 }),
            "retry_policy",
        ),
        ("/monitoring_settings", json!({}), "monitoring_settings"),
    ] {
        let refused = entered(pointer, value, &[]).unwrap_err();
        assert_eq!(refused.field.as_deref(), Some(field), "{refused:?}");
    }
    let kept = ["password".to_owned()];
    let read = entered("/connection/password", Value::Null, &kept).unwrap();
    assert!(read.secrets.is_empty(), "the one that is set stays");
}

#[test]
fn what_does_not_fit_is_refused_by_name() {
    for (text, named) in [
        (file("${OTHER}"), "OTHER"),
        (file("${ERP_PASSWORD"), "no end"),
        (file("x").replace("pantheon\"", "abacus\""), "abacus"),
        (file("x").replace("max_attempts", "attempts"), "attempts"),
        (
            file("x").replace("\"max_attempts\":3", "\"max_attempts\":11"),
            "max_attempts",
        ),
        (file("x").replace("username", "user"), "user"),
        (
            file("x").replacen('{', "{\"write_back\":true,\"test_system\":true,", 1),
            "test system",
        ),
    ] {
        let refused = read(&text).unwrap_err();
        assert!(refused.contains(named), "{refused}");
    }
}

#[test]
fn a_file_may_say_its_name_company_and_site_and_what_it_treats() {
    let mut written: Value = serde_json::from_str(&file("x")).unwrap();
    let plain = read(&written.to_string()).unwrap();
    assert_eq!(plain.place, Place::default());
    assert_eq!(plain.treated, ["retry_policy.max_attempts"]);
    written["features"] = json!({});
    written["maintenance"] = json!([]);
    let more = read(&written.to_string()).unwrap();
    assert_eq!(more.treated, ["maintenance", "retry_policy.max_attempts"]);
    written["name"] = json!("Pantheon of the hall");
    written["company"] = json!("Cungu");
    written["warehouse"] = json!("VP-9");
    let place = Place {
        name: Some("Pantheon of the hall".to_owned()),
        warehouse: Some("VP-9".to_owned()),
        company: Some("Cungu".to_owned()),
    };
    assert_eq!(read(&written.to_string()).unwrap().place, place);
    written["warehouse"] = json!(1);
    let refused = read(&written.to_string()).unwrap_err();
    assert!(refused.contains("warehouse is a text"), "{refused}");
}

#[test]
fn a_refusal_names_the_field_and_repeats_nothing_that_a_variable_holds() {
    let refused = read(&file("${OTHER}")).unwrap_err();
    assert!(refused.starts_with("password: "), "{refused}");
    let mut written: Value = serde_json::from_str(&file("x")).unwrap();
    written["connection"]["retry_max"] = json!("${ERP_PASSWORD}");
    let refused = read(&written.to_string()).unwrap_err();
    assert!(!refused.contains("hush"), "{refused}");
    for part in ["retry_max", "${ERP_PASSWORD}"] {
        assert!(refused.contains(part), "{refused}");
    }
    for text in ["\"hush\"", "[\"hush\"]", "{\"hush", "hush"] {
        assert!(!read(text).unwrap_err().contains("hush"), "{text}");
    }
    let refused = read(&file("hush${")).unwrap_err();
    assert!(!refused.contains("hush"), "{refused}");
}
