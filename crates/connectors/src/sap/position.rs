//! Where a pass over the products goes on.

use crate::{Error, ErrorKind};
use std::fmt;

/// Where a pass goes on.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Position {
    /// At the first product.
    Start,
    /// Behind this product.
    After(String),
    /// Where the server said: path below the address, and query.
    Link(String, String),
}

impl Position {
    /// Reads what was written as text.
    pub fn parse(text: Option<&str>) -> Result<Self, Error> {
        let Some(text) = text else {
            return Ok(Self::Start);
        };
        if let Some(code) = text.strip_prefix("after:") {
            return Ok(Self::After(code.to_owned()));
        }
        let link = text
            .strip_prefix("link:")
            .and_then(|link| link.split_once('?'));
        // Only paths below our own address: a position must not lead anywhere else.
        match link.filter(|(path, _)| path.starts_with("sap/opu/")) {
            Some((path, query)) => Ok(Self::Link(path.to_owned(), query.to_owned())),
            None => {
                let message = format!(
                    "The place to go on from, \"{text}\", is not one of SAP's. Start a new run."
                );
                Err(Error::new(ErrorKind::Rejected, "items", message))
            }
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start => Ok(()),
            Self::After(code) => write!(f, "after:{code}"),
            Self::Link(path, query) => write!(f, "link:{path}?{query}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_read_back_and_others_are_refused() {
        for position in [
            Position::After("FG 1?:x".into()),
            Position::Link(
                "sap/opu/odata/sap/S/A_Product".into(),
                "$skiptoken=A?b".into(),
            ),
        ] {
            let text = position.to_string();
            assert_eq!(Position::parse(Some(&text)).unwrap(), position);
        }
        assert_eq!(Position::parse(None).unwrap(), Position::Start);
        for text in [
            "elsewhere",
            "link:https://x?y",
            "link:sap/opu/x",
            "link:sap/bc?x",
        ] {
            assert!(Position::parse(Some(text)).is_err(), "{text}");
        }
    }
}
