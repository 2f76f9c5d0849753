//! Connections as people write them, in the form of the schema at `/api/v1/schemas/connection`. `${NAME}` in
//! a setting or secret of a file stands for an environment variable, so that a file holds no password; what
//! comes over the web reaches no variable.

use connectors::registry::ConnectorKind;
use connectors::{Secrets, Services, registry};
use domain::connection_form::{Misfit, NAME};
use domain::delivery::DeliverySettings;
use domain::word;
use secrecy::SecretString;
use serde_json::{Map, Value};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// A connection as it was written, with its variables filled in.
#[derive(Debug)]
pub struct ConnectionFile {
    /// Which kind of system.
    pub kind: String,
    /// Where it points.
    pub base_url: String,
    /// Settings without secrets.
    pub settings: Value,
    /// Secrets by name.
    pub secrets: BTreeMap<String, String>,
    /// How messages go to it.
    pub delivery: DeliverySettings,
    /// What is written of that, a key within a part as `features.batch_size`; all else is as usual.
    pub treated: Vec<String>,
    /// Where it belongs; what comes over the web says that in another way.
    pub place: Place,
}

/// Which connection of which site a file is about, as far as it says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// The connection's name.
    pub name: Option<String>,
    /// Code of the site whose lines become floor work.
    pub warehouse: Option<String>,
    /// Name of the company.
    pub company: Option<String>,
}

impl Place {
    fn take(written: &mut Map<String, Value>) -> Result<Self, Misfit> {
        let mut text = |key: &str| match written.remove(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(Misfit::at(key, format!("{key} is a text"))),
        };
        Ok(Self {
            name: text(NAME)?,
            warehouse: text("warehouse")?,
            company: text("company")?,
        })
    }
}

impl ConnectionFile {
    /// Reads a file; `variable` looks an environment variable up.
    ///
    /// # Errors
    /// A sentence that names the field and what is missing or not allowed, without what variables hold.
    pub fn read(text: &str, variable: impl Fn(&str) -> Option<String>) -> Result<Self, String> {
        let written: Value = serde_json::from_str(text)
            .map_err(|error| format!("the file does not fit: {error}"))?;
        let Value::Object(mut written) = written else {
            return Err("the file does not fit: it is no object".to_owned());
        };
        let filled = RefCell::new(BTreeMap::new());
        let noting = |name: &str| {
            let value = variable(name)?;
            filled.borrow_mut().insert(name.to_owned(), value.clone());
            Some(value)
        };
        let read = Place::take(&mut written).and_then(|place| {
            let file = Self::of(written, &noting, &[])?;
            Ok(Self { place, ..file })
        });
        read.map_err(|misfit| told(misfit, &filled.borrow()))
    }

    /// Reads what came over the web. Secrets of these names are set already and need not be given.
    ///
    /// # Errors
    /// A sentence, and which setting it is about.
    pub fn entered(written: Map<String, Value>, kept: &[String]) -> Result<Self, Misfit> {
        if let Some(Value::Object(settings)) = written.get("connection") {
            for (name, value) in settings {
                refuse_variable(name, value)?;
            }
        }
        Self::of(written, &|_: &str| None, kept)
    }

    fn of(
        mut written: Map<String, Value>,
        variable: &impl Fn(&str) -> Option<String>,
        kept: &[String],
    ) -> Result<Self, Misfit> {
        let Some(Value::String(named)) = written.remove("adapter_type") else {
            return Err(Misfit::at("adapter_type", "it names no adapter_type"));
        };
        let Some(Value::Object(mut settings)) = written.remove("connection") else {
            return Err(Misfit::at(
                "connection",
                "it has no object named connection",
            ));
        };
        let known = registry::kinds().iter().find(|kind| kind.kind == named);
        let kind = known.ok_or_else(|| Misfit::at("adapter_type", unknown(&named)))?;
        let treated = said(&written);
        let delivery = treatment(written)?;
        for (name, value) in &mut settings {
            fill(value, variable).map_err(|sentence| Misfit::at(name, sentence))?;
        }
        rename(&mut settings, kind.older_names)?;
        let file = Self {
            kind: named,
            base_url: address(&settings),
            secrets: take_secrets(&mut settings, kind)?,
            settings: Value::Object(settings),
            delivery,
            treated,
            place: Place::default(),
        };
        file.check(kept)?;
        Ok(file)
    }

    /// Whether a connector can be made of it. Nothing is called.
    fn check(&self, kept: &[String]) -> Result<(), Misfit> {
        let stands_in = kept.iter().map(|name| (name, "kept"));
        let given = self.secrets.iter();
        let given = given.map(|(name, secret)| (name, secret.as_str()));
        let secrets = stands_in.chain(given);
        let secrets = secrets.map(|(name, secret)| (name.clone(), SecretString::from(secret)));
        let services = Services::local(|| chrono::DateTime::UNIX_EPOCH, String::new);
        let secrets = Secrets(secrets.collect());
        registry::build(&self.kind, &self.settings, &secrets, services)
            .map(drop)
            .map_err(|error| Misfit {
                field: error.setting().map(str::to_owned),
                sentence: error.to_string(),
            })
    }
}

/// What does not fit, with its field. A refusal may repeat what was given, and that may be a secret that stands in the
/// wrong place: for what variables hold, their names are told.
fn told(misfit: Misfit, filled: &BTreeMap<String, String>) -> String {
    let mut sentence = misfit.sentence;
    for (name, value) in filled.iter().filter(|(_, value)| !value.is_empty()) {
        let quoted = Value::from(value.as_str()).to_string();
        for held in [quoted.trim_matches('"'), value.as_str()] {
            sentence = sentence.replace(held, &format!("${{{name}}}"));
        }
    }
    match misfit.field {
        Some(field) if !sentence.contains(&field) => format!("{field}: {sentence}"),
        _ => sentence,
    }
}

/// Names of what is written, of a part that is an object those within it.
fn said(written: &Map<String, Value>) -> Vec<String> {
    let mut names = Vec::new();
    for (part, value) in written {
        match value {
            Value::Object(keys) => names.extend(keys.keys().map(|key| format!("{part}.{key}"))),
            _ => names.push(part.clone()),
        }
    }
    names
}

/// How messages to it are treated: everything beside its kind and settings.
fn treatment(written: Map<String, Value>) -> Result<DeliverySettings, Misfit> {
    for (name, value) in &written {
        // One by one, so that a refusal names the part it is about.
        let alone = Map::from_iter([(name.clone(), value.clone())]);
        serde_json::from_value::<DeliverySettings>(Value::Object(alone))
            .map_err(|error| format!("{name} does not fit: {error}"))
            .and_then(|part| part.check())
            .map_err(|sentence| Misfit::at(name, sentence))?;
    }
    let whole: DeliverySettings = serde_json::from_value(Value::Object(written))
        .map_err(|error| Misfit::whole(format!("what is written does not fit: {error}")))?;
    // Each part is allowed; not all of them go together.
    whole.check().map_err(Misfit::whole)?;
    Ok(whole)
}

/// A value that would be looked up where the server runs, if it stood in a file.
fn refuse_variable(name: &str, value: &Value) -> Result<(), Misfit> {
    let Some(text) = value.as_str().filter(|text| text.contains("${")) else {
        return Ok(());
    };
    let end = text.find('}').map_or(text.len(), |at| at + 1);
    let begin = text.find("${").unwrap_or_default().min(end);
    let variable = text.get(begin..end).unwrap_or_default();
    Err(Misfit::at(
        name,
        format!(
            word!("Variables such as {variable} count in files only: enter the value itself."),
            variable = variable
        ),
    ))
}

fn take_secrets(
    settings: &mut Map<String, Value>,
    kind: &ConnectorKind,
) -> Result<BTreeMap<String, String>, Misfit> {
    let mut secrets = BTreeMap::new();
    for name in kind.secrets {
        match settings.remove(*name) {
            Some(Value::String(secret)) => drop(secrets.insert((*name).to_owned(), secret)),
            Some(Value::Null) | None => {}
            Some(_) => return Err(Misfit::at(*name, format!("{name} is a text"))),
        }
    }
    Ok(secrets)
}

fn unknown(kind: &str) -> String {
    let known: Vec<&str> = registry::kinds().iter().map(|kind| kind.kind).collect();
    format!(
        "there is no adapter_type '{kind}': use one of {}",
        known.join(", ")
    )
}

/// Puts what stands under older names under today's.
fn rename(settings: &mut Map<String, Value>, names: &[(&str, &str)]) -> Result<(), Misfit> {
    for (older, name) in names {
        let Some(value) = settings.remove(*older) else {
            continue;
        };
        if settings.insert((*name).to_owned(), value).is_some() {
            let both =
                format!("the connection has both {name} and its older name {older}: keep one");
            return Err(Misfit::at(*name, both));
        }
    }
    Ok(())
}

fn address(settings: &Map<String, Value>) -> String {
    let named = ["base_url", "ashost"];
    let given = |name: &&str| settings.get(*name)?.as_str();
    let mut given = named.iter().filter_map(given);
    let found = given.find(|address| !address.trim().is_empty());
    found.unwrap_or_default().to_owned()
}

/// Fills the variables of a text in.
fn fill(value: &mut Value, variable: &impl Fn(&str) -> Option<String>) -> Result<(), String> {
    let Value::String(text) = value else {
        return Ok(());
    };
    let (mut filled, mut rest) = (String::new(), text.as_str());
    while let Some((before, after)) = rest.split_once("${") {
        let (name, behind) = after
            .split_once('}')
            .ok_or_else(|| "a '${' in it has no end: write ${NAME}".to_owned())?;
        let found =
            variable(name).ok_or_else(|| format!("the environment variable {name} is not set"))?;
        filled.push_str(before);
        filled.push_str(&found);
        rest = behind;
    }
    filled.push_str(rest);
    *text = filled;
    Ok(())
}

#[cfg(test)]
mod tests;
