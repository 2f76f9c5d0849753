//! The schema that a connection's file is checked with.

use super::{read, writing};
use serde_json::{Value, json};

#[tokio::test]
async fn the_schema_of_a_connection_is_sound_and_takes_its_examples_and_no_others() {
    let (server, _) = writing().await;
    let schema = read(&server, "/api/v1/schemas/connection").await;
    assert_eq!(
        schema["$schema"],
        "https://json-schema.org/draft/2020-12/schema"
    );
    assert!(jsonschema::meta::is_valid(&schema));
    let validator = jsonschema::validator_for(&schema).unwrap();
    let examples = schema["examples"].as_array().unwrap();
    for kind in connectors::registry::kinds() {
        let of_kind = |example: &Value| example["adapter_type"] == kind.kind;
        assert!(examples.iter().any(of_kind), "{}", kind.kind);
    }
    for example in examples {
        let faults: Vec<String> = validator
            .iter_errors(example)
            .map(|fault| format!("{}: {fault}", fault.instance_path()))
            .collect();
        assert!(faults.is_empty(), "{faults:?} in {example}");
    }
    let good = &examples[0];
    let mut placed = good.clone();
    placed["name"] = json!("Pantheon of the hall");
    placed["company"] = json!("Cungu");
    placed["warehouse"] = json!("VP-9");
    assert!(validator.is_valid(&placed));
    for (pointer, wrong) in [
        ("/adapter_type", json!("unheard of")),
        ("/retry_policy/max_attempts", json!(11)),
        ("/retry_policy/strategy", json!("sometimes")),
        ("/connection/base_url", json!(7)),
        ("/monitoring", json!({ "unknown": true })),
        ("/timeout_settings/idle_timeout_seconds", json!(0)),
        ("/timeout_settings/connection_timeout_seconds", json!(121)),
        ("/features", json!({ "breaker": false })),
        ("/features/batching", json!("no")),
        ("/warehouse", json!(1)),
        ("/features/batch_size", json!(101)),
        ("/features/circuit_breaker_failures", json!(0)),
        ("/features/circuit_breaker_pause_seconds", json!(3_601)),
    ] {
        let mut broken = placed.clone();
        *broken.pointer_mut(pointer).unwrap() = wrong;
        assert!(!validator.is_valid(&broken), "{pointer}");
    }
    // What is needed may stand under its older name, and not under both.
    let older = |example: &&Value| example["connection"]["url"].is_string();
    let odoo = examples.iter().find(older).unwrap();
    let mut both = odoo.clone();
    both["connection"]["base_url"] = both["connection"]["url"].clone();
    let mut neither = odoo.clone();
    neither["connection"].as_object_mut().unwrap().remove("url");
    assert!(!validator.is_valid(&both) && !validator.is_valid(&neither));
}
