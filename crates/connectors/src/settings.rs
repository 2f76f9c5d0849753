//! What the settings of all systems have in common: how they are read, checked and refused.

use crate::{Error, ErrorKind};
use reqwest::Url;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Settings as they are kept with a connection. A refusal names the key, its value and what is allowed.
pub(crate) fn read<T: DeserializeOwned>(value: &Value) -> Result<T, Error> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let key = error.path().to_string();
        let given = match value.get(&key) {
            Some(given) => format!("{key} = {given}"),
            None => key.clone(),
        };
        let inner = error.inner().to_string();
        let setting = missing(&inner).unwrap_or(&key).to_owned();
        refused(format!("The setting {given} is not allowed: {inner}.")).about(setting)
    })
}

/// The field that serde misses; its path ends above it.
fn missing(said: &str) -> Option<&str> {
    let (name, _) = said.strip_prefix("missing field `")?.split_once('`')?;
    Some(name)
}

/// Settings that cannot be used.
pub(crate) fn refused(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Rejected, "settings", message)
}

/// Checks a number against its bounds, both included.
pub(crate) fn within(key: &str, value: u32, least: u32, most: u32) -> Result<(), Error> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(refused(format!(
        "The setting {key} = {value} is not allowed: {least} to {most}."
    ))
    .about(key))
}

/// Checks how many requests a second an account may make.
pub(crate) fn rate(rate: f64) -> Result<(), Error> {
    if (0.01..=1000.0).contains(&rate) {
        return Ok(());
    }
    Err(refused(format!(
        "The setting rate_per_second = {rate} is not allowed: 0.01 to 1000."
    ))
    .about("rate_per_second"))
}

/// An address among the settings, as a refusal speaks of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Address<'a> {
    /// Name of the setting.
    pub key: &'a str,
    /// What was entered.
    pub given: &'a str,
    /// What the secret is called that must not stand in it.
    pub secret: &'a str,
    /// One that is allowed.
    pub example: &'a str,
}

impl Address<'_> {
    /// The address this text stands for, ending in a slash so that routes can be joined to it.
    pub fn read(self, text: &str) -> Result<Url, Error> {
        let url = Url::parse(&format!("{}/", text.trim_end_matches('/'))).map_err(|error| {
            self.refused("it must be a complete address")
                .caused_by(error)
        })?;
        if !url.username().is_empty() || url.password().is_some() {
            // Not shown: it may hold the secret.
            let hidden = Self {
                given: "…", ..self
            };
            let secret = self.secret;
            return Err(hidden.refused(&format!("user name and {secret} have fields of their own")));
        }
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(self.refused("it must begin with http:// or https:// and a host"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(self.refused("it must end with the path"));
        }
        Ok(url)
    }

    /// Why the address cannot be used.
    pub fn refused(self, why: &str) -> Error {
        let (key, given, example) = (self.key, self.given, self.example);
        refused(format!(
            "The setting {key} = \"{given}\" is not allowed: {why}, for example {example}."
        ))
        .about(key)
    }
}
