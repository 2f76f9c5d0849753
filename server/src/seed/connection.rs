//! The Pantheon connection.

use super::account::{Account, nonce};
use super::{Error, Site};
use crate::secret_key::SecretKey;
use crate::settings::{Pantheon, Settings};
use chrono::{DateTime, Days, Utc};
use domain::doc_type::Direction;
use domain::mapping::MappingKind;
use domain::{CompanyId, ConnectionId, WarehouseId};
use operations::connections::{Given, Sealing};
use secrecy::ExposeSecret as _;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fmt;
use store::Store;
use store::mappings::KnownMapping;

/// The name by which it is found again.
const NAME: &str = "Pantheon";
const KIND: &str = "pantheon";
/// Its secret, and the variable that gives it.
const SECRET: &str = "password";
const PASSWORD: &str = "CUNGUWMS_PASSWORD";
/// Times of the upstream are read in this zone.
const ZONE: &str = "Europe/Belgrade";
/// Types a Pantheon has; others are learnt from the documents that carry them.
const DOC_TYPES: &[(&str, &str, Direction)] = &[
    ("20B0", "Receipt 20B0", Direction::Inbound),
    ("20B1", "Receipt 20B1", Direction::Inbound),
    ("20B2", "Receipt 20B2", Direction::Inbound),
    ("20B3", "Receipt 20B3", Direction::Inbound),
    ("20B4", "Receipt 20B4", Direction::Inbound),
    ("20B5", "Receipt 20B5", Direction::Inbound),
    ("20P0", "Receipt 20P0", Direction::Inbound),
    ("20P1", "Receipt 20P1", Direction::Inbound),
    ("20ET", "Dispatch 20ET", Direction::Outbound),
    ("20CT", "Dispatch 20CT", Direction::Outbound),
    ("209T", "Dispatch 209T", Direction::Outbound),
    ("200R", "Dispatch 200R", Direction::Outbound),
];
/// Where the simulator listens when the settings do not say.
const SIMULATOR_PORT: u16 = 3003;

/// Days up to today whose documents the demo reads.
const DEMO_DAYS: u64 = 10;

/// What became of the connection of the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Configured {
    /// Nothing of it is given.
    NotNamed,
    /// There is none, and these variables are missing to set one up.
    Lacks(Vec<&'static str>),
    /// It was set up.
    SetUp,
    /// It was there: what these variables give was changed, everything else stays as it was.
    Changed(Vec<&'static str>),
}

impl fmt::Display for Configured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotNamed => {
                f.write_str("No setting of a Pantheon connection is given; none was touched.")
            }
            Self::Lacks(variables) => write!(
                f,
                "There is no Pantheon connection yet, and none was set up: {} not given.",
                listed(variables)
            ),
            Self::SetUp => f.write_str("The Pantheon connection of the settings is set up."),
            Self::Changed(variables) if variables.is_empty() => {
                f.write_str("The Pantheon connection has all that is given already.")
            }
            Self::Changed(variables) => write!(
                f,
                "The Pantheon connection was changed: {} new. Everything else stays as it was.",
                listed(variables)
            ),
        }
    }
}

fn listed(variables: &[&str]) -> String {
    let verb = if variables.len() == 1 { "is" } else { "are" };
    format!("{} {verb}", variables.join(", "))
}

/// The connection to the simulator, with the name of its main warehouse answered.
pub async fn demo_connection(
    store: &Store,
    site: Site,
    settings: &Settings,
    secret: &SecretKey,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let simulated = simulators::pantheon::Config::default();
    let port = settings.demo_simulator_port.unwrap_or(SIMULATOR_PORT);
    let base_url = format!("http://127.0.0.1:{port}");
    let demo = Pantheon {
        base_url: Some(base_url.clone()),
        username: Some(simulated.username),
        warehouse_code: Some(settings.pantheon.warehouse().to_owned()),
        documents_from: now.date_naive().checked_sub_days(Days::new(DEMO_DAYS - 1)),
        ..settings.pantheon.clone()
    };
    let password = simulated.password;
    let connection = set_up(store, site, &demo, base_url, password, secret, now).await?;
    let known = KnownMapping {
        kind: MappingKind::Warehouse,
        external: &simulated.main_warehouse,
        target: demo.warehouse(),
        by: "demo",
    };
    operations::mappings::put_known(store, site.company, connection, &known, now).await?;
    Ok(())
}

/// The connection of the settings: set up when all that it needs is given, or changed in what is given
/// when it is there.
pub async fn configured_connection(
    store: &Store,
    site: Site,
    settings: &Settings,
    secret: &SecretKey,
    now: DateTime<Utc>,
) -> Result<Configured, Error> {
    let pantheon = &settings.pantheon;
    let (base_url, username) = (&pantheon.base_url, &pantheon.username);
    let password = pantheon.password.as_ref();
    if given(pantheon).is_empty() && password.is_none() {
        return Ok(Configured::NotNamed);
    }
    if let Some(changed) = amend(store, site, pantheon, secret, now).await? {
        return Ok(Configured::Changed(changed));
    }
    let (Some(base_url), Some(_), Some(password)) = (base_url, username, password) else {
        let needed = [
            ("CUNGUWMS_BASE_URL", base_url.is_none()),
            ("CUNGUWMS_USERNAME", username.is_none()),
            (PASSWORD, password.is_none()),
        ];
        let lacks = needed.into_iter().filter(|(_, lacks)| *lacks);
        return Ok(Configured::Lacks(lacks.map(|(name, _)| name).collect()));
    };
    let (base_url, password) = (base_url.clone(), password.expose_secret().to_owned());
    set_up(store, site, pantheon, base_url, password, secret, now).await?;
    Ok(Configured::SetUp)
}

/// The site of the connection that is there. What was read of a site stays there, so no other code may be given.
pub(super) async fn site_of(
    store: &Store,
    company: CompanyId,
    code: Option<&str>,
) -> Result<Option<WarehouseId>, Error> {
    let found = operations::connections::site_by_name(store, company, NAME).await?;
    let Some((warehouse, kept)) = found else {
        return Ok(None);
    };
    match code {
        Some(code) if code != kept => Err(Error::Incomplete(format!(
            "the Pantheon connection is of the warehouse {kept} and stays there: give that as WMS_MAGACIN_CODE or \
             leave it out; for {code}, set up another connection"
        ))),
        _ => Ok(Some(warehouse)),
    }
}

/// Changes what is given of the connection that is there, and names the variables that changed something.
async fn amend(
    store: &Store,
    site: Site,
    pantheon: &Pantheon,
    secret: &SecretKey,
    now: DateTime<Utc>,
) -> Result<Option<Vec<&'static str>>, Error> {
    let given = given(pantheon);
    let named = given.iter();
    let named = named.map(|(_, name, value)| ((*name).to_owned(), value.clone()));
    let password = pantheon.password.iter();
    let secrets = password.map(|text| (SECRET.to_owned(), text.expose_secret().to_owned()));
    let account = Given {
        name: NAME,
        kind: KIND,
        base_url: pantheon.base_url.as_deref(),
        settings: named.collect::<Map<_, _>>(),
    };
    let sealing = Sealing {
        key: secret.sealing(),
        nonce: nonce()?,
        secrets: &secrets.collect::<BTreeMap<_, _>>(),
    };
    let amended =
        operations::connections::amend(store, site.company, account, sealing, now).await?;
    let Some(amended) = amended else {
        return Ok(None);
    };
    put_doc_types(store, site, amended.id, now).await?;
    let names = given.iter().map(|(variable, name, _)| (*variable, *name));
    let changed = names
        .chain([(PASSWORD, SECRET)])
        .filter(|(_, name)| amended.changed.iter().any(|changed| changed == name));
    Ok(Some(changed.map(|(variable, _)| variable).collect()))
}

async fn set_up(
    store: &Store,
    site: Site,
    pantheon: &Pantheon,
    base_url: String,
    password: String,
    secret: &SecretKey,
    now: DateTime<Utc>,
) -> Result<ConnectionId, Error> {
    let mut options = json!({ "time_zone": ZONE });
    for (_, name, value) in given(pantheon) {
        options[name] = value;
    }
    let account = Account {
        name: NAME,
        kind: KIND,
        base_url,
        settings: options,
        secret: (SECRET, password),
    };
    let id = account.put(store, site, secret, now).await?;
    put_doc_types(store, site, id, now).await?;
    Ok(id)
}

/// What is given: the variable, the connector's name for the setting, and its value.
fn given(pantheon: &Pantheon) -> Vec<(&'static str, &'static str, Value)> {
    let Pantheon {
        base_url,
        username,
        password: _,
        rate_limit_rps,
        retry_max,
        warehouse_code,
        documents_from,
    } = pantheon;
    let all = [
        ("CUNGUWMS_BASE_URL", "base_url", json!(base_url)),
        ("CUNGUWMS_USERNAME", "username", json!(username)),
        (
            "CUNGUWMS_RATE_LIMIT_RPS",
            "rate_per_second",
            json!(rate_limit_rps),
        ),
        ("CUNGUWMS_RETRY_MAX", "retry_max", json!(retry_max)),
        ("WMS_MAGACIN_CODE", "warehouse_code", json!(warehouse_code)),
        (
            "CUNGUWMS_DOCUMENTS_FROM",
            "documents_from",
            json!(documents_from),
        ),
    ];
    let all = all.into_iter();
    all.filter(|(_, _, value)| !value.is_null()).collect()
}

async fn put_doc_types(
    store: &Store,
    site: Site,
    connection: ConnectionId,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let (company, by) = (site.company, "set-up");
    operations::doc_types::put_known(store, company, connection, DOC_TYPES, by, now).await?;
    Ok(())
}
