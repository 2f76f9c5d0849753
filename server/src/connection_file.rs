//! Connections as people write them, in the form of the schema at `/api/v1/schemas/connection`. `${NAME}` in
//! a setting or secret of a file stands for an environment variable, so that a file holds no password; what
//! comes over the web reaches no variable.

use connectors::registry::ConnectorKind;
use connectors::{Secrets, Services, registry};
use domain::connection_form::Misfit;
use domain::delivery::DeliverySettings;
use domain::word;
use secrecy::SecretString;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A connection as it was written, with its variables filled in.
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
        let written = serde_json::from_str(text)
            .map_err(|error| format!("the file does not fit: {error}"))?;
        Self::of(written, &variable, &[]).map_err(|misfit| misfit.sentence)
    }

    /// Reads what came over the web. Secrets of these names are set already and need not be given.
    ///
    /// # Errors
    /// A sentence, and which setting it is about.
    pub fn entered(written: Map<String, Value>, kept: &[String]) -> Result<Self, Misfit> {
        if let Some(Value::Object(settings)) = written.get("connection") {
            for (name, value) in settings {
                refuse_variable(name, value)?;
            }
        }
        Self::of(written, &|_: &str| None, kept)
    }

    fn of(
        mut written: Map<String, Value>,
        variable: &impl Fn(&str) -> Option<String>,
        kept: &[String],
    ) -> Result<Self, Misfit> {
        let Some(Value::String(named)) = written.remove("adapter_type") else {
            return Err(Misfit::at("adapter_type", "it names no adapter_type"));
        };
        let Some(Value::Object(mut settings)) = written.remove("connection") else {
            return Err(Misfit::at(
                "connection",
                "it has no object named connection",
            ));
        };
        let known = registry::kinds().iter().find(|kind| kind.kind == named);
        let kind = known.ok_or_else(|| Misfit::at("adapter_type", unknown(&named)))?;
        let delivery = treatment(written)?;
        for (name, value) in &mut settings {
            fill(value, variable).map_err(|sentence| Misfit::at(name, sentence))?;
        }
        rename(&mut settings, kind.older_names)?;
        let file = Self {
            kind: named,
            base_url: address(&settings),
            secrets: take_secrets(&mut settings, kind)?,
            settings: Value::Object(settings),
            delivery,
        };
        file.check(kept)?;
        Ok(file)
    }

    /// Whether a connector can be made of it. Nothing is called.
    fn check(&self, kept: &[String]) -> Result<(), Misfit> {
        let stands_in = kept.iter().map(|name| (name, "kept"));
        let given = self.secrets.iter();
        let given = given.map(|(name, secret)| (name, secret.as_str()));
        let secrets = stands_in.chain(given);
        let secrets = secrets.map(|(name, secret)| (name.clone(), SecretString::from(secret)));
        let services = Services::local(|| chrono::DateTime::UNIX_EPOCH, String::new);
        let secrets = Secrets(secrets.collect());
        registry::build(&self.kind, &self.settings, &secrets, services)
            .map(drop)
            .map_err(|error| Misfit {
                field: error.setting().map(str::to_owned),
                sentence: error.to_string(),
            })
    }
}

/// How messages to it are treated: everything beside its kind and settings.
fn treatment(written: Map<String, Value>) -> Result<DeliverySettings, Misfit> {
    for (name, value) in &written {
        // One by one, so that a refusal names the part it is about.
        let alone = Map::from_iter([(name.clone(), value.clone())]);
        serde_json::from_value::<DeliverySettings>(Value::Object(alone))
            .map_err(|error| format!("{name} does not fit: {error}"))
            .and_then(|part| part.check())
            .map_err(|sentence| Misfit::at(name, sentence))?;
    }
    serde_json::from_value(Value::Object(written))
        .map_err(|error| Misfit::whole(format!("what is written does not fit: {error}")))
}

/// A value that would be looked up where the server runs, if it stood in a file.
fn refuse_variable(name: &str, value: &Value) -> Result<(), Misfit> {
    let Some(text) = value.as_str().filter(|text| text.contains("${")) else {
        return Ok(());
    };
    let end = text.find('}').map_or(text.len(), |at| at + 1);
    let begin = text.find("${").unwrap_or_default().min(end);
    let variable = text.get(begin..end).unwrap_or_default();
    Err(Misfit::at(
        name,
        format!(
            word!("Variables such as {variable} count in files only: enter the value itself."),
            variable = variable
        ),
    ))
}

fn take_secrets(
    settings: &mut Map<String, Value>,
    kind: &ConnectorKind,
) -> Result<BTreeMap<String, String>, Misfit> {
    let mut secrets = BTreeMap::new();
    for name in kind.secrets {
        match settings.remove(*name) {
            Some(Value::String(secret)) => drop(secrets.insert((*name).to_owned(), secret)),
            Some(Value::Null) | None => {}
            Some(_) => return Err(Misfit::at(*name, format!("{name} is a text"))),
        }
    }
    Ok(secrets)
}

fn unknown(kind: &str) -> String {
    let known: Vec<&str> = registry::kinds().iter().map(|kind| kind.kind).collect();
    format!(
        "there is no adapter_type '{kind}': use one of {}",
        known.join(", ")
    )
}

/// Puts what stands under older names under today's.
fn rename(settings: &mut Map<String, Value>, names: &[(&str, &str)]) -> Result<(), Misfit> {
    for (older, name) in names {
        let Some(value) = settings.remove(*older) else {
            continue;
        };
        if settings.insert((*name).to_owned(), value).is_some() {
            let both =
                format!("the connection has both {name} and its older name {older}: keep one");
            return Err(Misfit::at(*name, both));
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
        ] {
            let refused = read(&text).unwrap_err();
            assert!(refused.contains(named), "{refused}");
        }
    }
}
