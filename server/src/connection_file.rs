//! Connections as files, in the form of the schema at `/api/v1/schemas/connection`. `${NAME}` in a
//! setting or secret stands for an environment variable, so that a file holds no password.

use connectors::{Secrets, Services, registry};
use domain::delivery::DeliverySettings;
use secrecy::SecretString;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A connection as a file says it, with its variables filled in.
#[derive(Debug)]
pub struct ConnectionFile {
    /// Which kind of system.
    pub kind: String,
    /// Where it points.
    pub base_url: String,
    /// Settings without secrets.
    pub settings: Value,
    /// Secrets by name.
    pub secrets: BTreeMap<String, String>,
    /// How messages go to it.
    pub delivery: DeliverySettings,
}

impl ConnectionFile {
    /// Reads a file; `variable` looks an environment variable up.
    ///
    /// # Errors
    /// A sentence that names what is missing or not allowed.
    pub fn read(text: &str, variable: impl Fn(&str) -> Option<String>) -> Result<Self, String> {
        let misfit = |error: serde_json::Error| format!("the file does not fit: {error}");
        let mut written: Map<String, Value> = serde_json::from_str(text).map_err(misfit)?;
        let Some(Value::String(named)) = written.remove("adapter_type") else {
            return Err("the file names no adapter_type".to_owned());
        };
        let Some(Value::Object(mut settings)) = written.remove("connection") else {
            return Err("the file has no object named connection".to_owned());
        };
        let known = registry::kinds().iter().find(|kind| kind.kind == named);
        let kind = known.ok_or_else(|| unknown(&named))?;
        let delivery: DeliverySettings =
            serde_json::from_value(Value::Object(written)).map_err(misfit)?;
        delivery.check()?;
        for value in settings.values_mut() {
            fill(value, &variable)?;
        }
        rename(&mut settings, kind.older_names)?;
        let mut secrets = BTreeMap::new();
        for name in kind.secrets {
            if let Some(Value::String(secret)) = settings.remove(*name) {
                secrets.insert((*name).to_owned(), secret);
            }
        }
        let file = Self {
            kind: named,
            base_url: address(&settings),
            settings: Value::Object(settings),
            secrets,
            delivery,
        };
        file.check()?;
        Ok(file)
    }

    /// Whether a connector can be made of it. Nothing is called.
    fn check(&self) -> Result<(), String> {
        let secrets = self
            .secrets
            .iter()
            .map(|(name, secret)| (name.clone(), SecretString::from(secret.clone())));
        let services = Services::local(|| chrono::DateTime::UNIX_EPOCH, String::new);
        let secrets = Secrets(secrets.collect());
        registry::build(&self.kind, &self.settings, &secrets, services)
            .map(drop)
            .map_err(|error| error.to_string())
    }
}

fn unknown(kind: &str) -> String {
    let known: Vec<&str> = registry::kinds().iter().map(|kind| kind.kind).collect();
    format!(
        "there is no adapter_type '{kind}': use one of {}",
        known.join(", ")
    )
}

/// Puts what stands under older names under today's.
fn rename(settings: &mut Map<String, Value>, names: &[(&str, &str)]) -> Result<(), String> {
    for (older, name) in names {
        let Some(value) = settings.remove(*older) else {
            continue;
        };
        if settings.insert((*name).to_owned(), value).is_some() {
            return Err(format!(
                "the connection has both {name} and its older name {older}: keep one"
            ));
        }
    }
    Ok(())
}

fn address(settings: &Map<String, Value>) -> String {
    let named = ["base_url", "ashost"];
    let found = named.iter().find_map(|name| settings.get(*name)?.as_str());
    found.unwrap_or_default().to_owned()
}

/// Fills the variables of a text in.
fn fill(value: &mut Value, variable: &impl Fn(&str) -> Option<String>) -> Result<(), String> {
    let Value::String(text) = value else {
        return Ok(());
    };
    let (mut filled, mut rest) = (String::new(), text.as_str());
    while let Some((before, after)) = rest.split_once("${") {
        let (name, behind) = after
            .split_once('}')
            .ok_or_else(|| format!("'${{{after}' has no end: write ${{NAME}}"))?;
        let found =
            variable(name).ok_or_else(|| format!("the environment variable {name} is not set"))?;
        filled.push_str(before);
        filled.push_str(&found);
        rest = behind;
    }
    filled.push_str(rest);
    *text = filled;
    Ok(())
}

#[cfg(test)]
mod tests {
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
        ] {
            let refused = read(&text).unwrap_err();
            assert!(refused.contains(named), "{refused}");
        }
    }
}
