//! The vendor's names: requests, rows and refusals exactly as they travel.

use super::client::Query;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error as _, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

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

/// A value as text without padding: strings as they are, numbers digit by digit as sent, flags as
/// `T` and `F`, nothing as "". Never holds U+0000, which PostgreSQL cannot keep.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Text<'a>(Cow<'a, str>);

impl Text<'_> {
    /// The text, unless it is empty.
    pub fn given(&self) -> Option<String> {
        (!self.0.is_empty()).then(|| self.0.to_string())
    }
}

impl Deref for Text<'_> {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyScalar;
        impl<'de> Visitor<'de> for AnyScalar {
            type Value = Cow<'de, str>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or a number")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Cow::Borrowed(text.trim()))
            }
            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Cow::Owned(text.replace('\0', "").trim().to_owned()))
            }
            fn visit_bool<E>(self, set: bool) -> Result<Self::Value, E> {
                Ok(Cow::Borrowed(if set { "T" } else { "F" }))
            }
            fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
                Ok(Cow::Owned(number.to_string()))
            }
            fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
                Ok(Cow::Owned(number.to_string()))
            }
            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(Cow::Borrowed(""))
            }
            /// How serde_json hands over numbers with all their digits.
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                let number = serde_json::Number::deserialize(MapAccessDeserializer::new(map))
                    .map_err(|_| A::Error::custom("an object stands where a text belongs"))?;
                Ok(Cow::Owned(number.as_str().to_owned()))
            }
        }
        deserializer.deserialize_any(AnyScalar).map(Self)
    }
}

/// A list; nothing and "" are an empty one.
#[derive(Debug)]
pub(super) struct List<T>(pub Vec<T>);

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyList<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for AnyList<T> {
            type Value = Vec<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }
            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(Vec::new())
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
                match text.trim() {
                    "" => Ok(Vec::new()),
                    _ => Err(E::custom("a text stands where a list belongs")),
                }
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut all = Vec::new();
                while let Some(one) = list.next_element()? {
                    all.push(one);
                }
                Ok(all)
            }
        }
        deserializer.deserialize_any(AnyList(PhantomData)).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_of_every_kind_become_text_digit_by_digit() {
        let texts: Vec<Text<'_>> = serde_json::from_str(
            r#"["00013 ", 13, 4.0, 0.30000000000000004, -2, true, null, "a\u0000b ", "", 1e3]"#,
        )
        .unwrap();
        let texts: Vec<&str> = texts.iter().map(|text| &**text).collect();
        assert_eq!(
            texts,
            [
                "00013",
                "13",
                "4.0",
                "0.30000000000000004",
                "-2",
                "T",
                "",
                "ab",
                "",
                "1e+3"
            ]
        );
        assert!(serde_json::from_str::<Text<'_>>(r#"{"a":1}"#).is_err());
    }

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
