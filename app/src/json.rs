//! Reading and writing JavaScript objects by hand. Generated readers of the same types were a fifth
//! of what a handheld downloaded; this one asks for a field by its name.

use chrono::{DateTime, Utc};
use js_sys::{Array, Date, Object, Reflect};
use rust_decimal::Decimal;
use std::str::FromStr;
use wasm_bindgen::{JsCast, JsValue};

/// A value from the server or from the device's database.
#[derive(Debug, Clone)]
pub(crate) struct Json(pub JsValue);

impl Json {
    /// An empty object.
    pub fn object() -> Self {
        Self(Object::new().into())
    }

    /// Reads a text; none when it is no JSON.
    pub fn parse(text: &str) -> Option<Self> {
        js_sys::JSON::parse(text).ok().map(Self)
    }

    /// Itself as JSON.
    pub fn to_text(&self) -> Option<String> {
        js_sys::JSON::stringify(&self.0).ok().map(String::from)
    }

    /// A field; undefined where there is none.
    pub fn get(&self, name: &str) -> Self {
        Self(Reflect::get(&self.0, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED))
    }

    /// The elements, or nothing.
    pub fn list(&self) -> Vec<Self> {
        match self.0.dyn_ref::<Array>() {
            Some(array) => array.iter().map(Self).collect(),
            None => Vec::new(),
        }
    }

    /// Itself as a text.
    pub fn as_text(&self) -> Option<String> {
        self.0.as_string()
    }

    pub fn text(&self, name: &str) -> Option<String> {
        self.get(name).as_text()
    }

    /// Numbers up to 2^53, which ids stay below.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "whole numbers; a fraction would be a mistake of the server"
    )]
    pub fn int(&self, name: &str) -> Option<i64> {
        self.get(name).0.as_f64().map(|number| number as i64)
    }

    pub fn flag(&self, name: &str) -> bool {
        self.get(name).0.is_truthy()
    }

    /// A word of a closed set.
    pub fn word<T: FromStr>(&self, name: &str) -> Option<T> {
        self.text(name)?.parse().ok()
    }

    /// A decimal, which travels as text.
    pub fn decimal(&self, name: &str) -> Option<Decimal> {
        self.word(name)
    }

    /// An instant, written as RFC 3339.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "whole milliseconds of our age fit an i64"
    )]
    pub fn instant(&self, name: &str) -> Option<DateTime<Utc>> {
        let millis = Date::parse(&self.text(name)?);
        (!millis.is_nan())
            .then(|| DateTime::from_timestamp_millis(millis as i64))
            .flatten()
    }

    /// Sets a field.
    pub fn put(self, name: &str, value: impl Into<JsValue>) -> Self {
        let _ = Reflect::set(&self.0, &JsValue::from_str(name), &value.into());
        self
    }

    /// Sets a number; ids cross as numbers, not as big integers.
    #[expect(clippy::cast_precision_loss, reason = "ids stay below 2^53")]
    pub fn put_int(self, name: &str, value: i64) -> Self {
        self.put(name, value as f64)
    }

    /// Sets an instant.
    pub fn put_instant(self, name: &str, at: DateTime<Utc>) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "milliseconds of our age")]
        let millis = JsValue::from_f64(at.timestamp_millis() as f64);
        let text = Date::new(&millis).to_iso_string();
        self.put(name, JsValue::from(text))
    }
}

impl From<Json> for JsValue {
    fn from(json: Json) -> Self {
        json.0
    }
}
