//! How a list is sorted: each list names its columns once, for the URL, the API and the SQL.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The columns a list can be sorted by. [`crate::sort_keys!`] writes the implementation.
pub trait SortKey: Copy + PartialEq + Default + 'static {
    /// All of them.
    const ALL: &'static [Self];
    /// The stable word in URLs.
    fn as_str(self) -> &'static str;
    /// Whether the list runs downwards when nobody says which way: newest or most first.
    fn falls(self) -> bool;
}

/// A column and a direction; as text `number`, or `-number` for downwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    into = "String",
    try_from = "String",
    bound(serialize = "K: SortKey", deserialize = "K: SortKey")
)]
pub struct Sort<K> {
    /// Which column.
    pub by: K,
    /// From the largest to the smallest.
    pub descending: bool,
}

/// A text that names no column of the list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown sort '{0}': name a column, with '-' before it for downwards")]
pub struct UnknownSort(pub String);

impl<K: SortKey> Default for Sort<K> {
    fn default() -> Self {
        let by = K::default();
        Self {
            by,
            descending: by.falls(),
        }
    }
}

impl<K: SortKey> fmt::Display for Sort<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.descending { "-" } else { "" };
        write!(f, "{sign}{}", self.by.as_str())
    }
}

impl<K: SortKey> FromStr for Sort<K> {
    type Err = UnknownSort;

    fn from_str(text: &str) -> Result<Self, UnknownSort> {
        let (word, descending) = match text.strip_prefix('-') {
            Some(word) => (word, true),
            None => (text, false),
        };
        K::ALL
            .iter()
            .find(|key| key.as_str() == word)
            .map(|by| Self {
                by: *by,
                descending,
            })
            .ok_or_else(|| UnknownSort(text.to_owned()))
    }
}

impl<K: SortKey> From<Sort<K>> for String {
    fn from(sort: Sort<K>) -> Self {
        sort.to_string()
    }
}

impl<K: SortKey> TryFrom<String> for Sort<K> {
    type Error = UnknownSort;

    fn try_from(text: String) -> Result<Self, UnknownSort> {
        text.parse()
    }
}

/// Declares the columns a list can be sorted by. The first is the default; `falling` marks those
/// that run downwards by themselves.
#[macro_export]
macro_rules! sort_keys {
    (
        $(#[$doc:meta])* $name:ident {
            $(#[$first_doc:meta])* $first:ident = $first_word:literal $($first_falls:ident)?
            $(, $(#[$key_doc:meta])* $key:ident = $word:literal $($falls:ident)?)* $(,)?
        }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
        pub enum $name {
            $(#[$first_doc])* #[default] $first,
            $($(#[$key_doc])* $key,)*
        }

        impl $crate::sort::SortKey for $name {
            const ALL: &'static [Self] = &[Self::$first, $(Self::$key,)*];

            fn as_str(self) -> &'static str {
                match self {
                    Self::$first => $first_word,
                    $(Self::$key => $word,)*
                }
            }

            fn falls(self) -> bool {
                match self {
                    Self::$first => $crate::sort_keys!(@falls $($first_falls)?),
                    $(Self::$key => $crate::sort_keys!(@falls $($falls)?),)*
                }
            }
        }
    };
    (@falls) => { false };
    (@falls falling) => { true };
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::sort_keys! {
        /// A list.
        Sample {
            /// When.
            At = "at" falling,
            /// Name.
            Name = "name",
        }
    }

    #[test]
    fn a_sort_reads_back_what_it_writes() {
        for by in Sample::ALL {
            for descending in [false, true] {
                let sort = Sort {
                    by: *by,
                    descending,
                };
                assert_eq!(sort.to_string().parse(), Ok(sort));
            }
        }
        assert_eq!(Sort::<Sample>::default().to_string(), "-at");
    }

    #[test]
    fn a_column_the_list_does_not_have_is_refused() {
        assert!("password_hash".parse::<Sort<Sample>>().is_err());
        assert!("--at".parse::<Sort<Sample>>().is_err());
        assert!(serde_json::from_str::<Sort<Sample>>("\"name; drop\"").is_err());
    }
}
