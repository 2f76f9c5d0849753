//! Values as the gateway types them: loosely.

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error as _, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

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
}
