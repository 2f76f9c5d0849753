//! Settings of an Odoo connection.

use crate::Error;
use crate::settings::{self, Address, refused, within};
use chrono::{NaiveDate, TimeDelta};
use chrono_tz::Tz;
use reqwest::Url;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The secret's name.
pub(crate) const API_KEY: &str = "api_key";
/// The name older settings give it; a password works over JSON-RPC only.
pub(crate) const PASSWORD: &str = "password";

/// How a database of an Odoo server is reached. The key is kept apart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Address of the server, for example `https://mycompany.odoo.com`.
    #[serde(alias = "url")]
    #[schemars(title = "Address", length(min = 1))]
    pub base_url: String,
    /// Name of the database.
    #[schemars(title = "Database", length(min = 1))]
    pub database: String,
    /// Login of the user whose key it is. JSON-RPC needs it (Odoo 14 to 18); JSON-2 does not.
    #[serde(default)]
    #[schemars(title = "User name")]
    pub username: String,
    /// Port, when the address does not carry one: 8069 for a server without a proxy in front.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(title = "Port", range(min = 1, max = 65535))]
    pub port: Option<u16>,
    /// How the server is spoken to. By its version means JSON-2 from Odoo 19 on and JSON-RPC before.
    #[serde(default)]
    #[schemars(title = "Protocol")]
    pub protocol: Protocol,
    /// Id of the company that is worked for; without it, all companies of the user are read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(title = "Company id", range(min = 1))]
    pub company_id: Option<i64>,
    /// Language of names, as Odoo writes it; it has to be installed there.
    #[serde(default = "english")]
    #[schemars(title = "Language", length(min = 2))]
    pub language: String,
    /// What becomes of that which was not done of a transfer.
    #[serde(default)]
    #[schemars(title = "What is missing")]
    pub missing: Missing,
    /// Requests per second the account may make.
    #[serde(default = "ten_per_second")]
    #[schemars(title = "Requests per second", range(min = 0.01, max = 1000))]
    pub rate_per_second: f64,
    /// Tries per read, the first included. A write is sent once and looked up afterwards.
    #[serde(default = "three")]
    #[schemars(title = "Tries per read", range(min = 1, max = 10))]
    pub retry_max: u32,
    /// Rows per page.
    #[serde(default = "two_hundred")]
    #[schemars(title = "Rows per page", range(min = 1, max = 1000))]
    pub page_size: u32,
    /// Seconds a call may take as a whole. Validating a large transfer takes Odoo a while.
    #[serde(default = "sixty")]
    #[schemars(title = "Time limit (s)", range(min = 1, max = 600))]
    pub timeout_seconds: u32,
    /// Largest answer that is read, in megabytes, unpacked.
    #[serde(default = "thirty_two")]
    #[schemars(title = "Largest answer (MB)", range(min = 1, max = 1024))]
    pub max_body_mb: u32,
    /// Seconds before the last change seen that are read again: a change carries the time its
    /// transaction began, and shows only at its end.
    #[serde(default = "sixty")]
    #[schemars(title = "Seconds read again", range(min = 1, max = 3600))]
    pub overlap_seconds: u32,
    /// Transfers made before this day are not read: what was done before Crossdock came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(title = "Documents from", with = "Option<String>", extend("format" = "date"))]
    pub documents_from: Option<NaiveDate>,
    /// The zone whose days date the transfers.
    #[serde(default = "utc")]
    #[schemars(title = "Time zone", with = "String")]
    pub time_zone: Tz,
}

/// How a server is spoken to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Protocol {
    /// By its version.
    #[default]
    Auto,
    /// `POST /json/2/<model>/<method>` with the key as bearer.
    Json2,
    /// `POST /jsonrpc`.
    Jsonrpc,
    /// `POST /jsonrpc` over TLS.
    #[serde(rename = "jsonrpc+ssl")]
    JsonrpcSsl,
}

/// What becomes of that which was not done of a transfer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// It waits in a backorder.
    #[default]
    Backorder,
    /// It is cancelled.
    Cancel,
}

impl Settings {
    /// Reads and checks settings as they are kept with a connection.
    ///
    /// # Errors
    /// `rejected`, naming the key, its value and what is allowed.
    pub fn parse(value: &serde_json::Value) -> Result<Self, Error> {
        let settings: Self = settings::read(value)?;
        settings.validate()?;
        Ok(settings)
    }

    /// Checks what types cannot say.
    pub(crate) fn validate(&self) -> Result<(), Error> {
        self.address()?;
        if self.database.trim().is_empty() {
            return Err(refused(
                "The setting database is empty: enter the name of the Odoo database.",
            )
            .about("database"));
        }
        if !language_is_well_formed(&self.language) {
            return Err(refused(format!(
                "The setting language = \"{}\" is not allowed: write it as Odoo does, for example \
                 en_US or sr@latin.",
                self.language
            ))
            .about("language"));
        }
        settings::rate(self.rate_per_second)?;
        if self.company_id.is_some_and(|id| id < 1) {
            let refusal = refused("The setting company_id is not allowed: 1 or more.");
            return Err(refusal.about("company_id"));
        }
        if self.port == Some(0) {
            let refusal = refused("The setting port = 0 is not allowed: 1 to 65535.");
            return Err(refusal.about("port"));
        }
        within("retry_max", self.retry_max, 1, 10)?;
        within("page_size", self.page_size, 1, 1000)?;
        within("timeout_seconds", self.timeout_seconds, 1, 600)?;
        within("max_body_mb", self.max_body_mb, 1, 1024)?;
        within("overlap_seconds", self.overlap_seconds, 1, 3600)
    }

    /// The checked address, ending in a slash so that routes can be joined to it.
    pub(crate) fn address(&self) -> Result<Url, Error> {
        let text = self.base_url.trim();
        let with_scheme = match (text.contains("://"), self.protocol) {
            (true, _) => text.to_owned(),
            (false, Protocol::Jsonrpc) => format!("http://{text}"),
            (false, _) => format!("https://{text}"),
        };
        let address = Address {
            key: "base_url",
            given: text,
            secret: "key",
            example: "https://mycompany.odoo.com",
        };
        let mut url = address.read(&with_scheme)?;
        if self.protocol == Protocol::JsonrpcSsl && url.scheme() != "https" {
            return Err(address.refused("with protocol jsonrpc+ssl it must be https://"));
        }
        if let (None, Some(port)) = (url.port(), self.port) {
            url.set_port(Some(port))
                .map_err(|()| address.refused("no port can be added to it"))?;
        }
        Ok(url)
    }

    /// Least time between two requests: two hundredths more than the rate says.
    pub(crate) fn interval(&self) -> Duration {
        Duration::from_secs_f64(1.02 / self.rate_per_second)
    }

    /// How much earlier than the cursor a delta begins.
    pub(crate) fn overlap(&self) -> TimeDelta {
        TimeDelta::seconds(self.overlap_seconds.into())
    }
}

fn language_is_well_formed(language: &str) -> bool {
    (2..=16).contains(&language.len())
        && language
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '@'))
}

fn english() -> String {
    "en_US".into()
}
fn ten_per_second() -> f64 {
    10.0
}
fn three() -> u32 {
    3
}
fn two_hundred() -> u32 {
    200
}
fn sixty() -> u32 {
    60
}
fn thirty_two() -> u32 {
    32
}
fn utc() -> Tz {
    Tz::UTC
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_keys_of_older_settings_are_understood() {
        let settings = Settings::parse(&json!({
            "url": "https://mycompany.odoo.com", "database": "production",
            "username": "integration", "port": 8069, "protocol": "jsonrpc+ssl"
        }))
        .unwrap();
        assert_eq!(settings.protocol, Protocol::JsonrpcSsl);
        assert_eq!(
            settings.address().unwrap().as_str(),
            "https://mycompany.odoo.com:8069/"
        );
        let host = Settings::parse(&json!({
            "url": "odoo.lan", "database": "production", "port": 8069, "protocol": "jsonrpc"
        }))
        .unwrap();
        assert_eq!(host.address().unwrap().as_str(), "http://odoo.lan:8069/");
    }

    #[test]
    fn what_is_not_allowed_is_named_with_its_value() {
        for (settings, part) in [
            (json!({ "base_url": "ftp://x", "database": "a" }), "ftp://x"),
            (
                json!({ "base_url": "http://x", "database": " " }),
                "database",
            ),
            (
                json!({ "base_url": "http://x", "database": "a", "page_size": 0 }),
                "page_size = 0",
            ),
            (
                json!({ "base_url": "http://x", "database": "a", "protocol": "soap" }),
                "protocol",
            ),
            (
                json!({ "base_url": "http://u:secret@x", "database": "a" }),
                "fields of their own",
            ),
        ] {
            let error = Settings::parse(&settings).unwrap_err().to_string();
            assert!(error.contains(part), "{error}");
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
