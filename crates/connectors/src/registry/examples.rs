//! Whole connections as people write them: one per kind of system and way to speak to it.

use serde_json::{Value, json};

/// The `examples` of the schema.
pub(super) fn all() -> Vec<Value> {
    vec![
        pantheon(),
        sap_odata(),
        sap_soap_rfc(),
        odoo(),
        odoo_json2(),
    ]
}

/// Everything that can be said about one.
fn pantheon() -> Value {
    json!({
        "adapter_type": "pantheon",
        "connection": {
            "base_url": "http://pantheon.example.invalid:3003",
            "username": "crossdock",
            "password": "${PANTHEON_PASSWORD}",
        },
        "write_back": false,
        "test_system": false,
        "retry_policy": {
            "max_attempts": 5, "strategy": "exponential", "initial_delay_seconds": 30, "base": 4,
            "max_delay_seconds": 3600, "jitter_percent": 10,
        },
        "timeout_settings": {
            "connection_timeout_seconds": 5, "request_timeout_seconds": 30,
            "idle_timeout_seconds": 15, "sync_timeout_seconds": 300,
        },
        "features": {
            "batching": true, "batch_size": 8, "circuit_breaker": true, "circuit_breaker_failures": 3,
            "circuit_breaker_pause_seconds": 120, "validation": true,
        },
        "monitoring": {
            "alert_on_dead": true, "backlog_threshold": 100, "failure_rate_percent": 20, "log_payloads": false,
        },
        "maintenance": [{ "from": "22:00:00", "until": "23:30:00" }],
    })
}

/// S/4HANA over OData, by application server and instance number.
fn sap_odata() -> Value {
    json!({
        "adapter_type": "sap",
        "connection": {
            "ashost": "sap.example.invalid", "sysnr": "00", "client": "800",
            "user": "CROSSDOCK", "passwd": "${SAP_PASSWORD}", "lang": "EN",
            "mode": "odata", "plant": "1000",
        },
        "retry_policy": {
            "strategy": "custom", "delays_seconds": [30, 120, 600, 1800, 3600], "max_attempts": 5,
        },
        "features": { "batch_size": 4, "circuit_breaker_failures": 5, "circuit_breaker_pause_seconds": 300 },
    })
}

/// ECC through function modules over SOAP, with SAP's own messages in the log; one message at a time,
/// because bills of one plant lock each other.
fn sap_soap_rfc() -> Value {
    json!({
        "adapter_type": "sap",
        "connection": {
            "ashost": "ecc.example.invalid", "sysnr": "01", "client": "100",
            "user": "CROSSDOCK", "passwd": "${SAP_PASSWORD}", "lang": "EN", "trace": true,
            "mode": "soap_rfc", "plant": "1000", "date_format": "dmy_dots", "decimal_comma": true,
        },
        "retry_policy": { "strategy": "linear", "initial_delay_seconds": 60 },
        "timeout_settings": { "request_timeout_seconds": 180, "sync_timeout_seconds": 600 },
        "features": { "batching": false },
    })
}

/// Odoo 14 to 18 over JSON-RPC, in the keys of older settings.
fn odoo() -> Value {
    json!({
        "adapter_type": "odoo",
        "connection": {
            "url": "https://mycompany.odoo.com", "database": "production",
            "username": "crossdock", "password": "${ODOO_API_KEY}",
            "port": 8069, "protocol": "jsonrpc+ssl",
        },
        "timeout_settings": { "request_timeout_seconds": 180, "sync_timeout_seconds": 600 },
    })
}

/// Odoo 19 and later.
fn odoo_json2() -> Value {
    json!({
        "adapter_type": "odoo",
        "connection": {
            "base_url": "https://mycompany.odoo.com", "database": "production",
            "api_key": "${ODOO_API_KEY}", "protocol": "json2",
        },
        "write_back": true,
        "retry_policy": { "strategy": "fixed", "initial_delay_seconds": 60, "max_attempts": 10 },
        "monitoring": { "backlog_threshold": 500, "failure_rate_percent": null },
    })
}
