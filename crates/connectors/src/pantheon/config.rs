//! Settings of a Pantheon connection.

use crate::settings::{self, Address, refused, within};
use crate::{Error, Secrets};
use chrono::NaiveDate;
use chrono_tz::Tz;
use reqwest::Url;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::str::FromStr;
use std::time::Duration;

/// The secret's name.
pub(crate) const PASSWORD: &str = "password";

/// How an account at a Pantheon gateway is reached. The password is kept apart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Address of the gateway, for example `http://pantheon.example.invalid:3003`.
    #[schemars(title = "Address", url)]
    pub base_url: String,
    /// User name of the account.
    #[schemars(title = "User name", length(min = 1))]
    pub username: String,
    /// The ERP's code of the warehouse whose lines become floor work.
    #[serde(default)]
    #[schemars(title = "Warehouse code")]
    pub warehouse_code: String,
    /// Which of the gateway's two forms is spoken.
    #[serde(default)]
    #[schemars(title = "Dialect")]
    pub dialect: Dialect,
    /// Requests per second the account may make.
    #[serde(default = "one_per_second")]
    #[schemars(title = "Requests per second", range(min = 0.01, max = 1000))]
    pub rate_per_second: f64,
    /// Tries per call, the first included.
    #[serde(default = "three")]
    #[schemars(title = "Tries per call", range(min = 1, max = 10))]
    pub retry_max: u32,
    /// Rows per page.
    #[serde(default = "thousand")]
    #[schemars(title = "Rows per page", range(min = 1, max = 1000))]
    pub page_size: u32,
    /// Seconds a call may take as a whole.
    #[serde(default = "ten")]
    #[schemars(title = "Time limit (s)", range(min = 1, max = 600))]
    pub timeout_seconds: u32,
    /// Seconds of silence after which a call is given up; the time limit when empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(title = "Silence limit (s)", range(min = 1, max = 600))]
    pub read_timeout_seconds: Option<u32>,
    /// Largest answer that is read, in megabytes, unpacked.
    #[serde(default = "thirty_two")]
    #[schemars(title = "Largest answer (MB)", range(min = 1, max = 1024))]
    pub max_body_mb: u32,
    /// Days before the last document date that are read again, because late edits do not move it.
    #[serde(default = "seven")]
    #[schemars(title = "Days read again", range(min = 1, max = 366))]
    pub rescan_days: u32,
    /// Documents dated before this day are not read: what was done before Crossdock came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(title = "Documents from", with = "Option<String>", extend("format" = "date"))]
    pub documents_from: Option<NaiveDate>,
    /// The zone of the gateway's times.
    #[serde(default = "belgrade")]
    #[schemars(title = "Time zone", with = "String")]
    pub time_zone: Tz,
}

/// The gateway's two forms.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Dialect {
    /// `POST /get` with the method in the body: what gateways speak today.
    #[default]
    PostGet,
    /// `GET /<method>`: the older form.
    LegacyGet,
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

    /// Reads settings and password from the environment names `CUNGUWMS_BASE_URL`,
    /// `CUNGUWMS_USERNAME`, `CUNGUWMS_PASSWORD`, `CUNGUWMS_RATE_LIMIT_RPS`, `CUNGUWMS_RETRY_MAX`
    /// and `WMS_MAGACIN_CODE`; everything else is as by default.
    ///
    /// # Errors
    /// `rejected`, naming the variable, its value and what is allowed.
    pub fn from_env(variable: impl Fn(&str) -> Option<String>) -> Result<(Self, Secrets), Error> {
        let given = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
        let needed = |name: &str| {
            given(name).ok_or_else(|| refused(format!("The variable {name} is not set.")))
        };
        let settings = Self {
            base_url: needed("CUNGUWMS_BASE_URL")?,
            username: needed("CUNGUWMS_USERNAME")?,
            warehouse_code: given("WMS_MAGACIN_CODE").unwrap_or_default(),
            dialect: Dialect::default(),
            rate_per_second: number(given, "CUNGUWMS_RATE_LIMIT_RPS")?
                .unwrap_or_else(one_per_second),
            retry_max: number(given, "CUNGUWMS_RETRY_MAX")?.unwrap_or_else(three),
            page_size: thousand(),
            timeout_seconds: ten(),
            read_timeout_seconds: None,
            max_body_mb: thirty_two(),
            rescan_days: seven(),
            documents_from: None,
            time_zone: belgrade(),
        };
        settings.validate()?;
        let secrets = Secrets::default().with(PASSWORD, needed("CUNGUWMS_PASSWORD")?);
        Ok((settings, secrets))
    }

    /// Checks what types cannot say.
    pub(crate) fn validate(&self) -> Result<(), Error> {
        self.address()?;
        if self.username.trim().is_empty() {
            return Err(
                refused("The setting username is empty: enter the account's user name.")
                    .about("username"),
            );
        }
        settings::rate(self.rate_per_second)?;
        let silence = self.read_timeout_seconds.unwrap_or(self.timeout_seconds);
        within("retry_max", self.retry_max, 1, 10)?;
        within("page_size", self.page_size, 1, 1000)?;
        within("timeout_seconds", self.timeout_seconds, 1, 600)?;
        within("read_timeout_seconds", silence, 1, 600)?;
        within("max_body_mb", self.max_body_mb, 1, 1024)?;
        within("rescan_days", self.rescan_days, 1, 366)
    }

    /// The checked address, ending in a slash so that routes can be joined to it.
    pub(crate) fn address(&self) -> Result<Url, Error> {
        let given = self.base_url.trim();
        let address = Address {
            key: "base_url",
            given,
            secret: "password",
            example: "http://pantheon.example.invalid:3003",
        };
        address.read(given)
    }

    /// Least time between two requests: two hundredths more than the rate says, so that two requests
    /// do not arrive too close because the first was slower on its way.
    pub(crate) fn interval(&self) -> Duration {
        Duration::from_secs_f64(1.02 / self.rate_per_second)
    }
}

fn number<T: FromStr>(
    given: impl Fn(&str) -> Option<String>,
    name: &str,
) -> Result<Option<T>, Error> {
    let Some(text) = given(name) else {
        return Ok(None);
    };
    let number = text.trim().parse().map_err(|_| {
        refused(format!(
            "The variable {name} = \"{text}\" is not allowed: it must be a number."
        ))
    })?;
    Ok(Some(number))
}

fn one_per_second() -> f64 {
    1.0
}
fn three() -> u32 {
    3
}
fn seven() -> u32 {
    7
}
fn ten() -> u32 {
    10
}
fn thirty_two() -> u32 {
    32
}
fn thousand() -> u32 {
    1000
}
fn belgrade() -> Tz {
    Tz::Europe__Belgrade
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;
    use serde_json::json;

    fn complaint(settings: serde_json::Value) -> String {
        Settings::parse(&settings).unwrap_err().to_string()
    }

    #[test]
    fn an_address_and_a_user_are_enough() {
        let settings = json!({"base_url": "http://erp.example.invalid:3003", "username": "wms"});
        let settings = Settings::parse(&settings).unwrap();
        assert_eq!(settings.dialect, Dialect::PostGet);
        assert_eq!(settings.interval(), Duration::from_millis(1_020));
        assert_eq!(settings.page_size, 1000);
        assert_eq!(settings.time_zone, Tz::Europe__Belgrade);
    }

    #[test]
    fn a_complaint_names_key_value_and_what_is_allowed() {
        let base = |key: &str, value: serde_json::Value| {
            let mut settings = json!({"base_url": "http://e.example.invalid", "username": "wms"});
            settings[key] = value;
            complaint(settings)
        };
        for (key, value, parts) in [
            ("page_size", json!(5000), ["page_size = 5000", "1 to 1000"]),
            ("page_size", json!("many"), ["page_size = \"many\"", "u32"]),
            (
                "dialect",
                json!("soap"),
                ["dialect = \"soap\"", "`post_get`"],
            ),
            (
                "time_zone",
                json!("Mars/Base"),
                ["time_zone = \"Mars/Base\"", "Mars"],
            ),
            (
                "rate_per_second",
                json!(0),
                ["rate_per_second = 0", "0.01 to 1000"],
            ),
            ("pagesize", json!(5), ["pagesize = 5", "`page_size`"]),
            (
                "base_url",
                json!("erp:3003"),
                ["base_url = \"erp:3003\"", "http://"],
            ),
            ("username", json!(" "), ["username", "enter"]),
        ] {
            let text = base(key, value);
            assert!(parts.iter().all(|part| text.contains(part)), "{text}");
        }
        assert!(complaint(json!({"username": "wms"})).contains("base_url"));
    }

    #[test]
    fn an_address_with_a_password_is_refused_without_repeating_it() {
        let text = complaint(json!({
            "base_url": "http://wms:hunter22@erp.example.invalid", "username": "wms"
        }));
        assert!(!text.contains("hunter22"), "{text}");
    }

    #[test]
    fn the_environment_names_of_the_older_system_are_read() {
        let read = |name: &str| {
            Some(match name {
                "CUNGUWMS_BASE_URL" => "http://pantheon.example.invalid:3003".to_owned(),
                "CUNGUWMS_USERNAME" => "wms_user".to_owned(),
                "CUNGUWMS_PASSWORD" => "change-me".to_owned(),
                "CUNGUWMS_RATE_LIMIT_RPS" => "2".to_owned(),
                "WMS_MAGACIN_CODE" => "VP".to_owned(),
                _ => return None,
            })
        };
        let (settings, secrets) = Settings::from_env(read).unwrap();
        assert_eq!(settings.warehouse_code, "VP");
        assert_eq!(settings.retry_max, 3);
        assert!((settings.rate_per_second - 2.0).abs() < f64::EPSILON);
        let password = secrets.get(PASSWORD).unwrap();
        assert_eq!(password.expose_secret(), "change-me");
        let missing = Settings::from_env(|_| None).unwrap_err().to_string();
        assert!(missing.contains("CUNGUWMS_BASE_URL"), "{missing}");
    }
}
