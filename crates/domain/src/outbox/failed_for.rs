//! What messages failed for, to narrow a list by.

use super::Cause;
use crate::document::UnknownWord;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// A class of failure, or none that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum FailedFor {
    /// Of this class.
    Known(Cause),
    /// Of none that was noted.
    Unknown,
}

impl FailedFor {
    /// The stable word used in addresses and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Known(cause) => cause.as_str(),
            Self::Unknown => "unknown",
        }
    }
}

impl From<Option<Cause>> for FailedFor {
    fn from(cause: Option<Cause>) -> Self {
        cause.map_or(Self::Unknown, Self::Known)
    }
}

impl FromStr for FailedFor {
    type Err = UnknownWord;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "unknown" => Ok(Self::Unknown),
            word => word.parse().map(Self::Known),
        }
    }
}

impl TryFrom<String> for FailedFor {
    type Error = UnknownWord;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<FailedFor> for String {
    fn from(failed: FailedFor) -> Self {
        failed.as_str().to_owned()
    }
}

/// Messages as dead ones are grouped; a field that is left out fits all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageGroup {
    /// Class of the last failure.
    pub cause: Option<FailedFor>,
    /// What they tell.
    pub event: Option<String>,
    /// The system, as `connection:1`, `webhook:3` or `email`.
    pub lane: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_and_none_are_told_by_their_words() {
        for (failed, word) in [
            (FailedFor::Unknown, "unknown"),
            (FailedFor::Known(Cause::UpstreamError), "upstream_error"),
        ] {
            assert_eq!(failed.as_str(), word);
            assert_eq!(word.parse(), Ok(failed));
            assert_eq!(serde_json::to_value(failed).ok(), Some(word.into()));
        }
        assert!("nonsense".parse::<FailedFor>().is_err());
    }
}
