//! Values of settings that are more than a number or a text.

use std::str::FromStr;

/// Which parts a process runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Role {
    /// Both.
    All,
    /// Pages, API and live link.
    Web,
    /// Syncs and schedules.
    Worker,
}

impl Role {
    /// Whether pages, API and live link are served.
    pub fn serves(self) -> bool {
        self != Self::Worker
    }

    /// Whether syncs and schedules run here.
    pub fn works(self) -> bool {
        self != Self::Web
    }
}

impl FromStr for Role {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        clap::ValueEnum::from_str(text, false)
    }
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl FromStr for LogFormat {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err(()),
        }
    }
}

/// Scheme and host as a browser writes them in `Origin`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(String);

impl PublicUrl {
    /// The text, without a trailing slash.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether cookies must not travel in the clear.
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }
}

impl FromStr for PublicUrl {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim_end_matches('/').to_ascii_lowercase();
        let uri: axum::http::Uri = text.parse().map_err(|_| ())?;
        let known = matches!(uri.scheme_str(), Some("http" | "https"));
        let bare = matches!(uri.path(), "" | "/") && uri.query().is_none();
        let host = uri
            .authority()
            .is_some_and(|host| !host.as_str().contains('@'));
        if known && bare && host {
            Ok(Self(text))
        } else {
            Err(())
        }
    }
}
