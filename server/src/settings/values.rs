//! Raw values from defaults, file and environment, and where each came from.

use super::Error;
use super::keys::{KEYS, Key, OTHER_PREFIXES, OTHER_VARIABLES, find};
use config::{Config, File, FileFormat, Map, Source as _, Value, ValueKind};
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::str::FromStr;

/// What was written for each setting, and where.
#[derive(Debug)]
pub(super) struct Values {
    written: BTreeMap<&'static str, Written>,
}

struct Written {
    text: String,
    place: String,
}

impl std::fmt::Debug for Written {
    /// The text may be a secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.place)
    }
}

impl Values {
    /// Defaults, then the file, then the environment.
    pub(super) fn read(
        file: Option<&Path>,
        environment: &HashMap<String, String>,
    ) -> Result<Self, Error> {
        refuse_unknown_variables(environment)?;
        let mut config = Config::builder();
        if let Some(path) = file {
            refuse_unknown_keys(path)?;
            config = config.add_source(File::from(path).format(FileFormat::Toml));
        }
        let from_file = config.build().map_err(|error| unreadable(file, error))?;
        let mut written = BTreeMap::new();
        for key in KEYS {
            if let Some(value) = choose(key, &from_file, file, environment)? {
                written.insert(key.name, value);
            }
        }
        Ok(Self { written })
    }

    /// The value, if there is one.
    pub(super) fn find<T: FromStr>(&self, name: &'static str) -> Result<Option<T>, Error> {
        self.find_if(name, |_| true)
    }

    /// The value, if there is one and it is within its limits.
    pub(super) fn find_if<T: FromStr>(
        &self,
        name: &'static str,
        allowed: impl Fn(&T) -> bool,
    ) -> Result<Option<T>, Error> {
        let Some(written) = self.written.get(name) else {
            return Ok(None);
        };
        match written.text.trim().parse() {
            Ok(value) if allowed(&value) => Ok(Some(value)),
            _ => Err(self.refusal(name)),
        }
    }

    /// The value of a setting that has a default.
    pub(super) fn get<T: FromStr>(&self, name: &'static str) -> Result<T, Error> {
        self.get_if(name, |_| true)
    }

    /// The value of a setting that has a default, within its limits.
    pub(super) fn get_if<T: FromStr>(
        &self,
        name: &'static str,
        allowed: impl Fn(&T) -> bool,
    ) -> Result<T, Error> {
        self.find_if(name, allowed)?
            .ok_or(Error::Missing { key: name })
    }

    /// Says that the value of a setting is not allowed.
    pub(super) fn refusal(&self, name: &'static str) -> Error {
        let written = self.written.get(name);
        Error::Refused {
            place: written.map_or_else(|| name.to_owned(), |written| written.place.clone()),
            value: written.map_or_else(String::new, |written| shown(name, &written.text)),
            allowed: find(name).map_or("", |key| key.allowed),
        }
    }
}

/// A secret stays out of messages.
fn shown(name: &str, text: &str) -> String {
    match name {
        "secret_key" | "database_url" | "metrics_token" | "pantheon.password" => "…".to_owned(),
        _ => text.to_owned(),
    }
}

fn choose(
    key: &'static Key,
    from_file: &Config,
    file: Option<&Path>,
    environment: &HashMap<String, String>,
) -> Result<Option<Written>, Error> {
    for variable in key.variables {
        // An empty variable is how compose files and unit files say "not set".
        if let Some(text) = environment.get(*variable).filter(|text| !text.is_empty()) {
            return Ok(Some(Written {
                text: text.clone(),
                place: (*variable).to_owned(),
            }));
        }
    }
    if let (Some(path), Ok(value)) = (file, from_file.get::<Value>(key.name)) {
        let place = format!("{} in {}", key.name, path.display());
        let text = plain_text(value).ok_or_else(|| Error::Refused {
            place: place.clone(),
            value: "a table or list".to_owned(),
            allowed: key.allowed,
        })?;
        return Ok(Some(Written { text, place }));
    }
    Ok(key.default.map(|text| Written {
        text: text.to_owned(),
        place: key.name.to_owned(),
    }))
}

/// Numbers and words as text; a list becomes words with commas.
fn plain_text(value: Value) -> Option<String> {
    match value.kind {
        ValueKind::Array(values) => {
            let words: Option<Vec<String>> = values.into_iter().map(plain_text).collect();
            words.map(|words| words.join(","))
        }
        ValueKind::Table(_) | ValueKind::Nil => None,
        _ => value.into_string().ok(),
    }
}

fn refuse_unknown_variables(environment: &HashMap<String, String>) -> Result<(), Error> {
    let mut names: Vec<&String> = environment.keys().collect();
    names.sort();
    let unknown = names.into_iter().find(|name| {
        name.starts_with("CROSSDOCK_")
            && !OTHER_VARIABLES.contains(&name.as_str())
            && !OTHER_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
            && !KEYS
                .iter()
                .any(|key| key.variables.contains(&name.as_str()))
    });
    match unknown {
        Some(name) => Err(Error::UnknownVariable {
            name: name.clone(),
            known: known_variables(),
        }),
        None => Ok(()),
    }
}

fn known_variables() -> String {
    let names: Vec<&str> = KEYS
        .iter()
        .flat_map(|key| key.variables.iter().copied())
        .filter(|name| name.starts_with("CROSSDOCK_"))
        .collect();
    names.join(", ")
}

fn refuse_unknown_keys(path: &Path) -> Result<(), Error> {
    let read = File::from(path)
        .format(FileFormat::Toml)
        .collect()
        .map_err(|error| unreadable(Some(path), error))?;
    let mut names = Vec::new();
    collect_names("", &read, &mut names);
    names.sort();
    match names.into_iter().find(|name| find(name).is_none()) {
        Some(name) => Err(Error::UnknownKey {
            name,
            file: path.to_owned(),
            known: KEYS
                .iter()
                .map(|key| key.name)
                .collect::<Vec<_>>()
                .join(", "),
        }),
        None => Ok(()),
    }
}

fn collect_names(prefix: &str, table: &Map<String, Value>, names: &mut Vec<String>) {
    for (name, value) in table {
        let name = format!("{prefix}{name}");
        match &value.kind {
            ValueKind::Table(inner) => collect_names(&format!("{name}."), inner, names),
            _ => names.push(name),
        }
    }
}

fn unreadable(file: Option<&Path>, error: config::ConfigError) -> Error {
    Error::Unreadable {
        file: file.map(Path::to_owned).unwrap_or_default(),
        source: error,
    }
}
