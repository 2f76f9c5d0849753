//! The secret half of a connection's settings.

use secrecy::SecretString;
use std::collections::BTreeMap;

/// Secrets by field name. Prints names only.
#[derive(Debug, Clone, Default)]
pub struct Secrets(pub BTreeMap<String, SecretString>);

impl Secrets {
    /// The secret of this name, unless it is missing or empty.
    pub fn get(&self, name: &str) -> Option<&SecretString> {
        use secrecy::ExposeSecret;
        self.0
            .get(name)
            .filter(|secret| !secret.expose_secret().is_empty())
    }

    /// The same with one more secret.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.0
            .insert(name.to_owned(), SecretString::from(value.into()));
        self
    }
}
