//! The vendor's names: requests, rows and refusals exactly as they travel.

use super::client::Query;
use super::value::{List, Text};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// The vendor's code for "no such rows".
const NO_DATA: &str = "3011";

/// Body of `POST /get`.
#[derive(Debug, Serialize)]
pub(super) struct Ask<'a> {
    method: &'a str,
    offset: u64,
    limit: u32,
    /// Left out when empty: an empty object is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    filters: Option<serde_json::Value>,
}

impl<'a> From<&'a Query> for Ask<'a> {
    fn from(query: &'a Query) -> Self {
        Self {
            method: query.method,
            offset: query.offset,
            limit: query.limit,
            filters: filters(query),
        }
    }
}

/// The `filters` member of a query.
pub(super) fn filters(query: &Query) -> Option<serde_json::Value> {
    let (column, operator, value) = query.filter.as_ref()?;
    Some(serde_json::json!({ *column: { "operator": operator, "value": value } }))
}

/// Answer of `POST /login`, in its three known shapes.
#[derive(Debug, Deserialize)]
pub(super) struct Login<'a> {
    #[serde(borrow, default)]
    token: Text<'a>,
    #[serde(borrow, default)]
    api_token: Text<'a>,
    #[serde(borrow, default)]
    access_token: Text<'a>,
    #[serde(borrow, default)]
    expires_in: Text<'a>,
}

impl Login<'_> {
    pub fn token(&self) -> Option<&str> {
        [&self.token, &self.api_token, &self.access_token]
            .into_iter()
            .map(|token| &**token)
            .find(|token| !token.is_empty())
    }

    /// Seconds.
    pub fn expires_in(&self) -> Option<u64> {
        self.expires_in.parse().ok().filter(|seconds| *seconds > 0)
    }
}

/// An object where rows were expected: rows in a wrapper, or an error.
#[derive(Debug, Deserialize)]
pub(super) struct Envelope<'a> {
    #[serde(borrow, default)]
    pub data: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "errorCode")]
    error_code: Text<'a>,
    #[serde(borrow, default)]
    message: Text<'a>,
    #[serde(borrow, default)]
    error: Option<&'a RawValue>,
}

impl Envelope<'_> {
    pub fn says_no_data(&self) -> bool {
        &*self.error_code == NO_DATA
    }

    /// The error it tells, if it tells one.
    pub fn error(&self) -> Option<String> {
        let code = Some(&*self.error_code).filter(|code| !code.is_empty() && *code != "0");
        let error = self
            .error
            .map(RawValue::get)
            .filter(|error| *error != "null");
        match (code, error) {
            (Some(code), _) if self.message.is_empty() => Some(format!("error {code}")),
            (Some(code), _) => Some(format!("error {code}, {}", &*self.message)),
            (None, Some(error)) => Some(error.to_owned()),
            (None, None) => None,
        }
    }
}

/// Whether the body of a 404 means "no such rows".
pub(super) fn says_no_data(body: &[u8]) -> bool {
    serde_json::from_str::<Envelope<'_>>(&text(body)).is_ok_and(|body| body.says_no_data())
}

/// The vendor's words in a refusal.
pub(super) fn refusal(body: &str) -> Option<String> {
    let body: Envelope<'_> = serde_json::from_str(body).ok()?;
    let message = Some(body.message.to_string()).filter(|message| !message.is_empty());
    body.error().or(message)
}

/// The body as text: UTF-8, else windows-1250, which some gateways send for Slavic letters.
pub(super) fn text(body: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(body) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => {
            encoding_rs::WINDOWS_1250
                .decode_without_bom_handling(body)
                .0
        }
    }
}

/// Row of `getIdentWMS`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default, expecting = "an item")]
pub(super) struct ItemRow<'a> {
    #[serde(borrow)]
    pub ident: Text<'a>,
    #[serde(borrow)]
    pub naziv: Text<'a>,
    #[serde(borrow)]
    pub aktivan: Text<'a>,
    #[serde(borrow)]
    pub dobavljac: Text<'a>,
    #[serde(borrow)]
    pub dob_sifra: Text<'a>,
    #[serde(borrow)]
    pub prim_klasif: Text<'a>,
    #[serde(borrow, rename = "JM")]
    pub jm: Text<'a>,
    #[serde(borrow)]
    pub opis: Text<'a>,
    #[serde(borrow)]
    pub barkodovi: List<BarcodeRow<'a>>,
    #[serde(borrow, rename = "adTimeChg")]
    pub ad_time_chg: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default, expecting = "a barcode")]
pub(super) struct BarcodeRow<'a> {
    #[serde(borrow)]
    pub barkod: Text<'a>,
}

/// Row of `GetSubjectWMS`; older gateways name the first two differently.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default, expecting = "a partner")]
pub(super) struct PartnerRow<'a> {
    #[serde(borrow, alias = "Sifra")]
    pub id_subjekta: Text<'a>,
    #[serde(borrow, alias = "Naziv")]
    pub naziv_subjekta: Text<'a>,
    #[serde(borrow)]
    pub naziv2_subjekta: Text<'a>,
    #[serde(borrow)]
    pub drzava: Text<'a>,
    #[serde(borrow)]
    pub grad: Text<'a>,
    #[serde(borrow)]
    pub adresa: Text<'a>,
    #[serde(borrow, rename = "PIB")]
    pub pib: Text<'a>,
    #[serde(borrow)]
    pub telefon1: Text<'a>,
    #[serde(borrow)]
    pub telefon2: Text<'a>,
    #[serde(borrow)]
    pub skladiste: Text<'a>,
    #[serde(borrow)]
    pub kupac: Text<'a>,
    #[serde(borrow)]
    pub dobavljac: Text<'a>,
    #[serde(borrow, rename = "adTimeChg")]
    pub ad_time_chg: Text<'a>,
}

/// Row of `GetIssueDocWMS` and `GetReceiptDocWMS`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default, expecting = "a document")]
pub(super) struct DocumentRow<'a> {
    #[serde(borrow)]
    pub broj_dokumenta: Text<'a>,
    #[serde(borrow)]
    pub tip_dokumenta: Text<'a>,
    #[serde(borrow)]
    pub datum_dokumenta: Text<'a>,
    #[serde(borrow)]
    pub nas_objekat: Text<'a>,
    #[serde(borrow)]
    pub primalac1: Text<'a>,
    #[serde(borrow)]
    pub primalac2: Text<'a>,
    #[serde(borrow)]
    pub posiljalac: Text<'a>,
    #[serde(borrow)]
    pub odgovorna_osoba: Text<'a>,
    #[serde(borrow)]
    pub status_dokumenta: Text<'a>,
    #[serde(borrow)]
    pub napomena: Text<'a>,
    #[serde(borrow)]
    pub objekti: List<LineRow<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default, expecting = "a line")]
pub(super) struct LineRow<'a> {
    #[serde(borrow)]
    pub poz: Text<'a>,
    #[serde(borrow)]
    pub ident: Text<'a>,
    #[serde(borrow)]
    pub naziv: Text<'a>,
    #[serde(borrow)]
    pub kolicina: Text<'a>,
    #[serde(borrow, rename = "JM")]
    pub jm: Text<'a>,
}

/// Row of `getStock`. Its array has the name of a document's, and another meaning.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default, expecting = "an item's stock")]
pub(super) struct StockRow<'a> {
    #[serde(borrow)]
    pub ident: Text<'a>,
    #[serde(borrow)]
    pub objekti: List<LevelRow<'a>>,
    /// Not on every gateway.
    #[serde(borrow, rename = "adTimeChg")]
    pub ad_time_chg: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default, expecting = "a warehouse's stock")]
pub(super) struct LevelRow<'a> {
    #[serde(borrow)]
    pub objekat: Text<'a>,
    #[serde(borrow)]
    pub zaliha: Text<'a>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_is_not_utf_8_is_windows_1250() {
        assert_eq!(text(b"\x8aE\xc6ER"), "ŠEĆER");
        assert_eq!(text("ŠEĆER".as_bytes()), "ŠEĆER");
    }

    #[test]
    fn the_three_shapes_of_a_login_are_read() {
        for body in [
            r#"{"message":"Login successful","token":"t"}"#,
            r#"{"status":0,"token":"t"}"#,
            r#"{"api_token":"t","expires_in":3600}"#,
            r#"{"access_token":"t"}"#,
        ] {
            let login: Login<'_> = serde_json::from_str(body).unwrap();
            assert_eq!(login.token(), Some("t"), "{body}");
        }
    }
}
