//! Settings: defaults, then `crossdock.toml`, then the environment. What is unknown or not allowed
//! is refused at the start, with the key, the value and what is allowed.

mod error;
mod keys;
mod monitoring;
mod values;
mod words;

pub use error::Error;
pub use keys::{KEYS, Key};
pub use monitoring::Monitoring;
pub use words::{LogFormat, PublicUrl, Role};

use chrono::{NaiveDate, TimeDelta};
use secrecy::SecretString;
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;
use store::sessions::Limits;
use values::Values;

/// How Crossdock is set up.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where HTTP is served.
    pub bind: SocketAddr,
    /// What people type, without a trailing slash; cookies are `Secure` when it is https.
    pub public_url: Option<PublicUrl>,
    /// Which parts this process runs.
    pub role: Role,
    /// Where the private PostgreSQL and the secret key live.
    pub data_dir: PathBuf,
    /// Built browser files.
    pub site_root: PathBuf,
    /// Files of connections that are applied at each start.
    pub connections_dir: Option<PathBuf>,
    /// An existing PostgreSQL; without it a private one is started.
    pub database_url: Option<SecretString>,
    /// Connections for transactions; at most half as many more are opened for reads.
    pub database_connections: u32,
    /// 64 hexadecimal digits.
    pub secret_key: Option<SecretString>,
    /// File that holds them; made in the data directory when neither is set.
    pub secret_key_file: Option<PathBuf>,
    /// How long a sign-in lasts at most.
    pub session: Duration,
    /// How long it lasts without use.
    pub session_idle: Duration,
    /// When failed sign-ins are answered with a pause.
    pub throttle: Throttle,
    /// Peers whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Opens `/metrics` to other machines.
    pub metrics_token: Option<SecretString>,
    /// A request that takes longer is given up.
    pub request_timeout: Duration,
    /// Largest request body in bytes.
    pub request_body_bytes: usize,
    /// How long open requests and work may take at a stop.
    pub shutdown: Duration,
    /// Sync runs at work at once.
    pub worker_runs: usize,
    /// Log directives.
    pub log: String,
    /// How log lines look.
    pub log_format: LogFormat,
    /// The bundled Odoo simulator runs inside on this port; none when zero.
    pub demo_odoo_port: Option<u16>,
    /// Telling other systems and people how things are.
    pub monitoring: Monitoring,
    /// The bundled Pantheon simulator runs inside on this port; none when zero.
    pub demo_simulator_port: Option<u16>,
    /// The bundled SAP simulator runs inside on this port; none when zero.
    pub demo_sap_port: Option<u16>,
    /// The Pantheon account that `seed` sets up.
    pub pantheon: Pantheon,
}

/// Limits of failed sign-ins.
#[derive(Debug, Clone, Copy)]
pub struct Throttle {
    /// Failures of one account within the window.
    pub per_account: i64,
    /// Failures from one address within the window.
    pub per_source: i64,
    /// How far back failures count.
    pub window: Duration,
}

/// The site's code when nothing says another one.
const USUAL_WAREHOUSE: &str = "VELE_TEST";

/// What is given of the Pantheon account. What is not stays as it is at one that is there.
#[derive(Debug, Clone, Default)]
pub struct Pantheon {
    /// Its service.
    pub base_url: Option<String>,
    /// Its user.
    pub username: Option<String>,
    /// Its password.
    pub password: Option<SecretString>,
    /// Requests per second the account may send.
    pub rate_limit_rps: Option<f64>,
    /// Attempts of one read.
    pub retry_max: Option<u32>,
    /// The warehouse whose lines are floor work.
    pub warehouse_code: Option<String>,
    /// Documents dated earlier are not read.
    pub documents_from: Option<NaiveDate>,
}

impl Pantheon {
    /// The code of the warehouse, for a site that is new.
    pub fn warehouse(&self) -> &str {
        self.warehouse_code.as_deref().unwrap_or(USUAL_WAREHOUSE)
    }
}

impl Settings {
    /// Reads the file (that of the argument, else `CROSSDOCK_CONFIG`, else `crossdock.toml` if it
    /// is there) and this process's environment.
    pub fn load(file: Option<&Path>) -> Result<Self, Error> {
        let environment = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        Self::read(file, &environment)
    }

    /// The same from a given environment.
    pub fn read(file: Option<&Path>, environment: &HashMap<String, String>) -> Result<Self, Error> {
        let named = file.map(Path::to_owned).or_else(|| {
            let name = environment.get("CROSSDOCK_CONFIG")?;
            (!name.is_empty()).then(|| PathBuf::from(name))
        });
        let usual = PathBuf::from("crossdock.toml");
        let file = named.or_else(|| usual.exists().then_some(usual));
        Self::from_values(&Values::read(file.as_deref(), environment)?, environment)
    }

    fn from_values(values: &Values, environment: &HashMap<String, String>) -> Result<Self, Error> {
        Ok(Self {
            bind: values.get("bind")?,
            public_url: values.find("public_url")?,
            role: values.get("role")?,
            data_dir: data_dir(values, environment)?,
            site_root: values.get("site_root")?,
            connections_dir: values.find("connections_dir")?,
            database_url: secret(values, "database_url", |url| {
                url.starts_with("postgres://") || url.starts_with("postgresql://")
            })?,
            database_connections: values
                .get_if("database_connections", |n| (2..=500).contains(n))?,
            secret_key: secret(values, "secret_key", |text| {
                crate::secret_key::decode(text).is_some()
            })?,
            secret_key_file: values.find("secret_key_file")?,
            session: hours(values.get_if("session_hours", |n| (1..=8760).contains(n))?),
            session_idle: hours(values.get_if("session_idle_hours", |n| (1..=8760).contains(n))?),
            throttle: throttle(values)?,
            trusted_proxies: addresses(values, "trusted_proxies")?,
            metrics_token: secret(values, "metrics_token", |text| text.len() >= 16)?,
            request_timeout: seconds(
                values.get_if("request_timeout_seconds", |n| (1..=600).contains(n))?,
            ),
            request_body_bytes: values.get_if("request_body_kilobytes", |n: &usize| {
                (16..=65536).contains(n)
            })? * 1024,
            shutdown: seconds(values.get_if("shutdown_seconds", |n| (1..=300).contains(n))?),
            worker_runs: values.get_if("worker_runs", |n| (1..=64).contains(n))?,
            log: log(values)?,
            log_format: values.get("log_format")?,
            demo_odoo_port: values.find("demo_odoo_port")?.filter(|port| *port != 0),
            monitoring: monitoring::read(values)?,
            demo_simulator_port: values
                .find("demo_simulator_port")?
                .filter(|port| *port != 0),
            demo_sap_port: values.find("demo_sap_port")?.filter(|port| *port != 0),
            pantheon: pantheon(values)?,
        })
    }

    /// What people type: the public URL, else the bound address.
    pub fn address(&self) -> String {
        match &self.public_url {
            Some(url) => url.as_str().to_owned(),
            None => format!("http://{}", self.bind),
        }
    }

    /// The same for the table of sessions.
    pub fn session_limits(&self) -> Limits {
        let span = |time: Duration| TimeDelta::from_std(time).unwrap_or(TimeDelta::MAX);
        Limits {
            idle: span(self.session_idle),
            longest: span(self.session),
        }
    }
}

fn hours(count: u64) -> Duration {
    Duration::from_secs(count * 3600)
}

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

fn secret(
    values: &Values,
    name: &'static str,
    allowed: impl Fn(&String) -> bool,
) -> Result<Option<SecretString>, Error> {
    Ok(values.find_if(name, allowed)?.map(SecretString::from))
}

fn throttle(values: &Values) -> Result<Throttle, Error> {
    let minutes: u64 = values.get_if("login_window_minutes", |n| (1..=1440).contains(n))?;
    Ok(Throttle {
        per_account: values.get_if("login_failures_per_account", |n| (1..=1000).contains(n))?,
        per_source: values.get_if("login_failures_per_source", |n| (1..=100_000).contains(n))?,
        window: seconds(minutes * 60),
    })
}

fn addresses(values: &Values, name: &'static str) -> Result<Vec<IpAddr>, Error> {
    let text: String = values.get(name)?;
    text.split(',')
        .map(str::trim)
        .filter(|word| !word.is_empty())
        .map(|word| word.parse().map_err(|_| values.refusal(name)))
        .collect()
}

fn log(values: &Values) -> Result<String, Error> {
    values.get_if("log", |text: &String| {
        tracing_subscriber::EnvFilter::try_new(text).is_ok()
    })
}

fn pantheon(values: &Values) -> Result<Pantheon, Error> {
    Ok(Pantheon {
        base_url: values.find_if("pantheon.base_url", |text: &String| {
            text.starts_with("http://") || text.starts_with("https://")
        })?,
        username: values.find("pantheon.username")?,
        password: secret(values, "pantheon.password", |_| true)?,
        rate_limit_rps: values.find_if("pantheon.rate_limit_rps", |rate: &f64| {
            *rate > 0.0 && *rate <= 50.0
        })?,
        retry_max: values.find_if("pantheon.retry_max", |n: &u32| (1..=10).contains(n))?,
        warehouse_code: values
            .find_if("pantheon.warehouse_code", |text: &String| !text.is_empty())?,
        documents_from: values.find("pantheon.documents_from")?,
    })
}

/// `$XDG_DATA_HOME/crossdock`, `~/.local/share/crossdock`, as other programs do.
fn data_dir(values: &Values, environment: &HashMap<String, String>) -> Result<PathBuf, Error> {
    if let Some(written) = values.find("data_dir")? {
        return Ok(written);
    }
    let set = |name: &str| environment.get(name).filter(|text| !text.is_empty());
    let base = set("XDG_DATA_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(Path::new(set("HOME")?).join(".local/share")));
    base.map(|base| base.join("crossdock"))
        .ok_or(Error::Missing { key: "data_dir" })
}

#[cfg(test)]
mod tests;
