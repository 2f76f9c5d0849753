//! Why settings are refused.

use std::path::PathBuf;

/// Why the settings are refused. The text says which key, which value and what is allowed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The value is not allowed.
    #[error("{place}: '{value}' is not allowed; write {allowed}")]
    Refused {
        /// Variable, or key and file.
        place: String,
        /// As written; secrets are left out.
        value: String,
        /// What may be written.
        allowed: &'static str,
    },
    /// A variable with our prefix that is no setting.
    #[error(
        "{name} is no setting of Crossdock; remove it or correct its name. Allowed are {known}"
    )]
    UnknownVariable {
        /// The variable.
        name: String,
        /// All there are.
        known: String,
    },
    /// A key of the file that is no setting.
    #[error("'{name}' in {} is no setting of Crossdock; remove it or correct its name. Allowed are {known}", file.display())]
    UnknownKey {
        /// The key.
        name: String,
        /// The file.
        file: PathBuf,
        /// All there are.
        known: String,
    },
    /// The file cannot be read or is no TOML.
    #[error("{} cannot be read as TOML; correct it or start without it", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the reader says.
        source: config::ConfigError,
    },
    /// A setting that cannot be worked out on this machine.
    #[error("{key} is not set and cannot be guessed here; set it")]
    Missing {
        /// The key.
        key: &'static str,
    },
}
