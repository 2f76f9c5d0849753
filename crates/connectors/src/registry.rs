//! Every kind of system Crossdock can talk to. A new connector is one line here.

mod examples;

use crate::{Capability, Connector, Error, ErrorKind, Secrets, Services};
use domain::sync::Entity;
use reqwest::Url;
use serde_json::json;

/// How a connector is made from its settings.
pub(crate) type Build =
    fn(&serde_json::Value, &Secrets, Services) -> Result<Box<dyn Connector>, Error>;

/// One kind of system.
#[derive(Debug, Clone, Copy)]
pub struct ConnectorKind {
    /// The stable word kept with a connection.
    pub kind: &'static str,
    /// What people read.
    pub label: &'static str,
    /// What such a system can do at most; what an account can is a matter of its settings.
    pub capabilities: &'static [Capability],
    /// Names of the secrets, in the order the form asks for them.
    pub secrets: &'static [&'static str],
    /// Names that older settings give to settings and secrets, each with today's.
    pub older_names: &'static [(&'static str, &'static str)],
    /// Where an account with these settings is reached.
    pub(crate) address: fn(&serde_json::Value) -> Result<Url, Error>,
    /// The settings that tell, beside the address, whose account it is and what of it is worked for.
    pub(crate) account: &'static [&'static str],
    pub(crate) capable: fn(&serde_json::Value) -> &'static [Capability],
    pub(crate) schema: fn() -> schemars::Schema,
    pub(crate) build: Build,
}

impl ConnectorKind {
    /// JSON Schema of the settings; the form is drawn from it.
    pub fn settings_schema(&self) -> serde_json::Value {
        (self.schema)().to_value()
    }
}

static KINDS: &[ConnectorKind] = &[crate::pantheon::KIND, crate::odoo::KIND, crate::sap::KIND];

/// All kinds.
pub fn kinds() -> &'static [ConnectorKind] {
    KINDS
}

/// What an account of this kind and with these settings can be asked for; nothing where the kind is unknown.
pub fn pulled(kind: &str, settings: &serde_json::Value) -> Vec<Entity> {
    let Some(known) = kinds().iter().find(|known| known.kind == kind) else {
        return Vec::new();
    };
    let capabilities = (known.capable)(settings);
    let mut entities = Entity::ALL.to_vec();
    entities.retain(|entity| capabilities.contains(&Capability::to_pull(*entity)));
    entities
}

/// Whether two accounts of this kind are one at the ERP, as far as their settings tell, in whatever words these say where
/// it is. How either is called and how fast, and what is read of it again, makes no difference.
pub fn same_account(kind: &str, one: &serde_json::Value, other: &serde_json::Value) -> bool {
    let Some(known) = kinds().iter().find(|known| known.kind == kind) else {
        return false;
    };
    let same = |names: &[&str]| {
        let mut names = names.iter();
        names.all(|name| filled(one, name) == filled(other, name))
    };
    let at_one_address = match ((known.address)(one), (known.address)(other)) {
        (Ok(one), Ok(other)) => one == other,
        // What cannot be read is compared as it is written.
        _ => same(ADDRESS),
    };
    at_one_address && same(known.account)
}

/// The settings that tell where an account is.
const ADDRESS: &[&str] = &["base_url", "port", "ashost", "sysnr"];

/// A setting; none that is empty.
fn filled<'a>(settings: &'a serde_json::Value, name: &str) -> Option<&'a serde_json::Value> {
    let value = settings.get(name)?;
    (!value.is_null() && value.as_str() != Some("")).then_some(value)
}

/// What a file may say beside: which connection of which site it is about.
const PLACE: &[(&str, &str)] = &[
    (
        "name",
        "Its name; in a file that has none, that of the file without its ending.",
    ),
    (
        "warehouse",
        "In a file: the code of the site whose lines become floor work.",
    ),
    ("company", "In a file: the name of the company."),
];

/// JSON Schema (2020-12) of a whole connection: the kind of system, its settings and secrets, and how
/// messages go to it.
pub fn connection_schema() -> serde_json::Value {
    let mut whole = schemars::schema_for!(domain::delivery::DeliverySettings).to_value();
    let names: Vec<&str> = kinds().iter().map(|known| known.kind).collect();
    whole["title"] = "Connection".into();
    whole["description"] = "An account at an upstream system.".into();
    whole["properties"]["adapter_type"] = json!({
        "type": "string", "enum": names, "description": "Which kind of system it is.",
    });
    whole["properties"]["connection"] = json!({
        "type": "object", "description": "Its settings and secrets.",
    });
    for (name, what) in PLACE {
        whole["properties"][*name] =
            json!({ "type": "string", "minLength": 1, "description": what });
    }
    whole["required"] = json!(["adapter_type", "connection"]);
    whole["oneOf"] = kinds().iter().map(of_kind).collect();
    whole["examples"] = examples::all().into();
    whole
}

/// The settings of one kind as a schema of its own, so that its references stay in it.
fn of_kind(known: &ConnectorKind) -> serde_json::Value {
    let mut settings = known.settings_schema();
    settings["$id"] = format!("urn:crossdock:connection:{}", known.kind).into();
    settings["title"] = known.label.into();
    for secret in known.secrets {
        settings["properties"][*secret] = json!({
            "type": "string", "writeOnly": true, "description": "Kept sealed; never shown again.",
        });
    }
    for (older, name) in known.older_names {
        allow(&mut settings, older, name);
    }
    json!({ "properties": { "adapter_type": { "const": known.kind }, "connection": settings } })
}

/// Allows the older name of a setting in its place, and not beside it.
fn allow(settings: &mut serde_json::Value, older: &str, name: &str) {
    settings["properties"][older] = settings["properties"][name].clone();
    settings["properties"][older]["deprecated"] = true.into();
    let mut rule = json!({ "not": { "required": [older, name] } });
    let required = settings.get_mut("required");
    if let Some(required) = required.and_then(serde_json::Value::as_array_mut)
        && let Some(at) = required.iter().position(|needed| needed == name)
    {
        required.remove(at);
        rule = json!({ "oneOf": [{ "required": [older] }, { "required": [name] }] });
    }
    match settings["allOf"].as_array_mut() {
        Some(rules) => rules.push(rule),
        None => settings["allOf"] = json!([rule]),
    }
}

/// Makes the connector of a connection. Nothing is called yet.
///
/// # Errors
/// `unsupported` for an unknown kind, `rejected` for settings that are not allowed, naming the
/// key, its value and what is allowed.
pub fn build(
    kind: &str,
    settings: &serde_json::Value,
    secrets: &Secrets,
    services: Services,
) -> Result<Box<dyn Connector>, Error> {
    let Some(known) = kinds().iter().find(|known| known.kind == kind) else {
        let names: Vec<&str> = kinds().iter().map(|known| known.kind).collect();
        return Err(Error::new(
            ErrorKind::Unsupported,
            "settings",
            format!(
                "There is no connector of kind '{kind}'. Choose one of: {}.",
                names.join(", ")
            ),
        ));
    };
    (known.build)(settings, secrets, services)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    #[test]
    fn every_kind_tells_its_settings_and_secrets() {
        for kind in kinds() {
            let schema = kind.settings_schema();
            let fields = schema["properties"].as_object().unwrap();
            assert!(!fields.is_empty(), "{}", kind.kind);
            assert_eq!(schema["additionalProperties"], false, "{}", kind.kind);
            assert!(
                kind.secrets
                    .iter()
                    .all(|secret| !fields.contains_key(*secret))
            );
        }
    }

    #[test]
    fn every_kind_tells_by_its_settings_what_an_account_can_be_asked_for() {
        let of = |kind, settings, expected: &[Entity]| {
            assert_eq!(pulled(kind, &settings), expected, "{kind} {settings}");
        };
        of("pantheon", json!({}), &Entity::ALL);
        of("odoo", json!({}), &Entity::ALL);
        of("sap", json!({}), &[Entity::Items]);
        of("sap", json!({ "mode": "odata" }), &[Entity::Items]);
        of("sap", json!({ "mode": "soap_rfc" }), &[]);
        of("unheard_of", json!({}), &[]);
    }

    #[test]
    fn every_kind_tells_by_its_settings_which_accounts_are_one() {
        let one = |kind, other| {
            let settings = json!({ "username": "wms", "database": "demo", "retry_max": 3 });
            same_account(kind, &settings, &other)
        };
        let slower = json!({ "username": "wms", "database": "demo", "rate_per_second": 1.0 });
        assert!(one("pantheon", slower.clone()) && one("odoo", slower));
        let of_all = json!({ "username": "wms", "warehouse_code": "" });
        assert!(one("pantheon", of_all));
        let another = json!({ "username": "wms", "database": "test" });
        assert!(one("pantheon", another.clone()) && !one("odoo", another));
        let of_a_hall = json!({ "username": "wms", "warehouse_code": "VP-9" });
        assert!(!one("pantheon", of_a_hall));
        assert!(!one("sap", json!({ "client": "100" })));
        assert!(!one("unheard_of", json!({})));
        for kind in kinds() {
            let schema = kind.settings_schema();
            let mut settings = kind.account.iter();
            assert!(settings.all(|name| schema["properties"][*name].is_object()));
        }
    }

    #[test]
    fn accounts_are_one_in_whatever_words_their_settings_say_where_they_are() {
        let odoo = |address: &str, port: Option<u16>| {
            json!({
                "base_url": address, "port": port, "database": "demo", "username": "wms"
            })
        };
        let sap = |address: Option<&str>, number: &str| {
            json!({
                "base_url": address, "ashost": "sap.example.invalid", "sysnr": number,
                "client": "100", "user": "WMS"
            })
        };
        let first = json!({ "ashost": "sap.example.invalid", "client": "100", "user": "WMS" });
        let in_address = odoo("https://odoo.example.invalid:8069", None);
        let beside = odoo("https://odoo.example.invalid/", Some(8069));
        for (kind, one, other, expected) in [
            ("odoo", &in_address, beside, true),
            (
                "odoo",
                &in_address,
                odoo("https://odoo.example.invalid", None),
                false,
            ),
            ("sap", &first, sap(None, "00"), true),
            ("sap", &first, sap(Some(""), "00"), true),
            ("sap", &first, sap(None, "01"), false),
            (
                "sap",
                &first,
                sap(Some("https://other.example.invalid"), "00"),
                false,
            ),
        ] {
            let same = same_account(kind, one, &other);
            assert_eq!(same, expected, "{kind}: {one} {other}");
        }
    }

    #[test]
    fn an_unknown_kind_is_told_which_there_are() {
        let services = Services::local(|| DateTime::UNIX_EPOCH, String::new);
        let settings = serde_json::json!({});
        let error = build("soap", &settings, &Secrets::default(), services)
            .err()
            .unwrap();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.to_string().contains("pantheon"), "{error}");
    }
}
