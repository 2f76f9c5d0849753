//! Settings of an SAP connection.

use crate::Error;
use crate::settings::{self, Address, refused, within};
use chrono::NaiveDate;
use reqwest::Url;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The secret's name.
pub(crate) const PASSWORD: &str = "passwd";

/// How an account at an SAP system is reached. The password is kept apart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Address of SAP's HTTP port, for example `https://sap.example.invalid:44300`. Empty when host
    /// and instance number are given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(title = "Address", url)]
    pub base_url: Option<String>,
    /// Application server, in place of the address: HTTPS on port 443 and the instance number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(title = "Application server")]
    pub ashost: Option<String>,
    /// Instance number, two digits; used with the application server.
    #[serde(default = "first_instance")]
    #[schemars(title = "Instance number", regex(pattern = "^[0-9]{2}$"))]
    pub sysnr: String,
    /// Client, three digits. Without it SAP would choose one itself.
    #[schemars(title = "Client", regex(pattern = "^[0-9]{3}$"))]
    pub client: String,
    /// User name of the technical user.
    #[schemars(title = "User name", length(min = 1))]
    pub user: String,
    /// Language of descriptions and messages, two letters.
    #[serde(default = "english")]
    #[schemars(title = "Language", regex(pattern = "^[A-Za-z]{2}$"))]
    pub lang: String,
    /// Writes every call with SAP's own messages to the log.
    #[serde(default)]
    #[schemars(title = "Log every call")]
    pub trace: bool,
    /// What is spoken: OData, or function modules over SOAP for systems without it.
    #[serde(default)]
    #[schemars(title = "Interface")]
    pub mode: Mode,
    /// Which of the product services is read.
    #[serde(default)]
    #[schemars(title = "Product service")]
    pub products: ProductService,
    /// Which field tells that a product changed; older releases have the day only.
    #[serde(default)]
    #[schemars(title = "Changes by")]
    pub changes_by: ChangeField,
    /// Plant of bills of materials that name none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(title = "Plant", length(max = 4))]
    pub plant: Option<String>,
    /// Usage of the bills of materials that are written: 1 is production.
    #[serde(default = "one")]
    #[schemars(title = "BOM usage", length(min = 1, max = 1))]
    pub bom_usage: String,
    /// Alternative of the bills of materials that are written.
    #[serde(default = "one")]
    #[schemars(title = "BOM alternative", regex(pattern = "^[0-9]{1,2}$"))]
    pub alternative: String,
    /// Which text of a bill's header carries Crossdock's reference, by which it is found again.
    #[serde(default)]
    #[schemars(title = "Reference in")]
    pub marker: Marker,
    /// Who commits what function modules wrote.
    #[serde(default)]
    #[schemars(title = "Commit by")]
    pub commit: Commit,
    /// How recipes are written over SOAP: as bills of materials, or by a function module of their own
    /// where the system has one.
    #[serde(default)]
    #[schemars(title = "Recipes as")]
    pub recipes: Recipes,
    /// How the technical user's dates are written; bills of materials are written in it over SOAP.
    #[serde(default)]
    #[schemars(title = "Date format of the user")]
    pub date_format: DateFormat,
    /// Whether the technical user's decimals are written with a comma.
    #[serde(default)]
    #[schemars(title = "Decimal comma")]
    pub decimal_comma: bool,
    /// Requests per second the account may make.
    #[serde(default = "ten_per_second")]
    #[schemars(title = "Requests per second", range(min = 0.01, max = 1000))]
    pub rate_per_second: f64,
    /// Tries per read, the first included. Writes are sent once.
    #[serde(default = "three")]
    #[schemars(title = "Tries per call", range(min = 1, max = 10))]
    pub retry_max: u32,
    /// Products per page.
    #[serde(default = "five_hundred")]
    #[schemars(title = "Rows per page", range(min = 1, max = 5000))]
    pub page_size: u32,
    /// Seconds a call may take as a whole.
    #[serde(default = "two_minutes")]
    #[schemars(title = "Time limit (s)", range(min = 1, max = 600))]
    pub timeout_seconds: u32,
    /// Largest answer that is read, in megabytes, unpacked.
    #[serde(default = "thirty_two")]
    #[schemars(title = "Largest answer (MB)", range(min = 1, max = 1024))]
    pub max_body_mb: u32,
}

/// What is spoken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// `/sap/opu/odata`: S/4HANA.
    #[default]
    Odata,
    /// `/sap/bc/soap/rfc`: ECC, and S/4HANA on premise.
    SoapRfc,
}

impl Mode {
    /// Of settings as they are kept; where they say none, or none that is known, the usual one.
    pub(crate) fn of(settings: &serde_json::Value) -> Self {
        let said = settings.get("mode");
        said.and_then(|mode| Self::deserialize(mode).ok())
            .unwrap_or_default()
    }
}

/// The product services.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProductService {
    /// `API_PRODUCT_SRV`, OData version 2.
    #[default]
    V2,
    /// `api_product`, OData version 4, of newer releases.
    V4,
}

/// What tells that a product changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeField {
    /// `LastChangeDateTime`.
    #[default]
    DateTime,
    /// `LastChangeDate`: whole days are read again.
    Date,
}

/// Where the reference stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Marker {
    /// The bill's text.
    #[default]
    HeaderText,
    /// The alternative's text.
    AlternativeText,
}

/// Who commits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Commit {
    /// The function module itself, before it answers.
    #[default]
    Module,
    /// `BAPI_TRANSACTION_COMMIT` in the same session, for systems that keep one between calls.
    Session,
}

/// How recipes are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Recipes {
    /// As the bill of the material of their code.
    #[default]
    Bill,
    /// By `BAPI_RECIPE_CREATE`, over SOAP.
    Module,
}

/// How a user's dates are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DateFormat {
    /// 31.12.2026
    #[default]
    DmyDots,
    /// 12/31/2026
    MdySlashes,
    /// 12-31-2026
    MdyDashes,
    /// 2026.12.31
    YmdDots,
    /// 2026/12/31
    YmdSlashes,
    /// 2026-12-31
    YmdDashes,
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
        digits("client", &self.client, 3, 3)?;
        digits("sysnr", &self.sysnr, 2, 2)?;
        digits("alternative", &self.alternative, 1, 2)?;
        if self.user.trim().is_empty() {
            return Err(
                refused("The setting user is empty: enter the technical user's name.")
                    .about("user"),
            );
        }
        if self.lang.len() != 2 || !self.lang.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            let lang = &self.lang;
            return Err(refused(format!(
                "The setting lang = \"{lang}\" is not allowed: two letters, for example EN."
            ))
            .about("lang"));
        }
        if self.bom_usage.len() != 1 || !self.bom_usage.is_ascii() {
            let usage = &self.bom_usage;
            return Err(refused(format!(
                "The setting bom_usage = \"{usage}\" is not allowed: one character, for example 1."
            ))
            .about("bom_usage"));
        }
        if self.recipes == Recipes::Module && self.mode != Mode::SoapRfc {
            return Err(refused(
                "The setting recipes = \"module\" is not allowed with mode = \"odata\": function modules \
                 are called over SOAP, mode = \"soap_rfc\".",
            )
            .about("recipes"));
        }
        settings::rate(self.rate_per_second)?;
        within("retry_max", self.retry_max, 1, 10)?;
        within("page_size", self.page_size, 1, 5000)?;
        within("timeout_seconds", self.timeout_seconds, 1, 600)?;
        within("max_body_mb", self.max_body_mb, 1, 1024)
    }

    /// The checked address, ending in a slash.
    pub(crate) fn address(&self) -> Result<Url, Error> {
        let given = |text: &Option<String>| {
            let text = text.as_deref().map(str::trim);
            text.filter(|text| !text.is_empty()).map(str::to_owned)
        };
        match (given(&self.base_url), given(&self.ashost)) {
            (Some(address), _) => address_of(&address, "base_url"),
            (None, Some(host)) => {
                address_of(&format!("https://{host}:443{}", self.sysnr), "ashost")
            }
            (None, None) => Err(refused(
                "The setting base_url is missing: enter SAP's address, for example \
                 https://sap.example.invalid:44300, or the application server as ashost.",
            )
            .about("base_url")),
        }
    }

    /// From one request to the next: 2 % more than the rate says, since one may start late or be slower on its way.
    pub(crate) fn interval(&self) -> Duration {
        Duration::from_secs_f64(1.02 / self.rate_per_second)
    }

    /// A day as the technical user reads it.
    pub(crate) fn user_date(&self, day: NaiveDate) -> String {
        day.format(self.user_format()).to_string()
    }

    /// A day in the technical user's format.
    pub(crate) fn read_date(&self, text: &str) -> Option<NaiveDate> {
        NaiveDate::parse_from_str(text.trim(), self.user_format()).ok()
    }

    fn user_format(&self) -> &'static str {
        match self.date_format {
            DateFormat::DmyDots => "%d.%m.%Y",
            DateFormat::MdySlashes => "%m/%d/%Y",
            DateFormat::MdyDashes => "%m-%d-%Y",
            DateFormat::YmdDots => "%Y.%m.%d",
            DateFormat::YmdSlashes => "%Y/%m/%d",
            DateFormat::YmdDashes => "%Y-%m-%d",
        }
    }

    /// A number as the technical user reads it.
    pub(crate) fn user_number(&self, number: Decimal) -> String {
        let text = number.normalize().to_string();
        match self.decimal_comma {
            true => text.replace('.', ","),
            false => text,
        }
    }

    /// A number the technical user's format holds: `1.234,500`, `1,234.500` or `1 234,500`; what is less than nothing
    /// has its sign behind it.
    pub(crate) fn read_number(&self, text: &str) -> Option<Decimal> {
        let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let text = match text.strip_suffix('-') {
            Some(amount) => format!("-{amount}"),
            None => text,
        };
        let plain = match self.decimal_comma {
            true => text.replace('.', "").replace(',', "."),
            false => text.replace(',', ""),
        };
        plain.parse().ok()
    }
}

fn address_of(text: &str, key: &str) -> Result<Url, Error> {
    let address = Address {
        key,
        given: text,
        secret: "password",
        example: "https://sap.example.invalid:44300",
    };
    address.read(text)
}

fn digits(key: &str, value: &str, least: usize, most: usize) -> Result<(), Error> {
    let right = (least..=most).contains(&value.len());
    if right && value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(());
    }
    let how_many = match least == most {
        true => format!("{least} digits"),
        false => format!("{least} or {most} digits"),
    };
    Err(refused(format!(
        "The setting {key} = \"{value}\" is not allowed: {how_many}."
    ))
    .about(key))
}

fn first_instance() -> String {
    "00".into()
}
fn english() -> String {
    "EN".into()
}
fn one() -> String {
    "1".into()
}
fn ten_per_second() -> f64 {
    10.0
}
fn three() -> u32 {
    3
}
fn five_hundred() -> u32 {
    500
}
fn two_minutes() -> u32 {
    120
}
fn thirty_two() -> u32 {
    32
}

#[cfg(test)]
mod tests;
