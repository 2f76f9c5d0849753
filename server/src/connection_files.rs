//! Connections that are kept in files: `crossdock connect` applies one, a process that calls upstreams those of a
//! directory each time it starts, and the doctor says what such a start would come to.

use crate::connecting;
use crate::connection_file::ConnectionFile;
use crate::secret_key::SecretKey;
use crate::seed::{self, company_and_sites};
use crate::settings::Settings;
use crate::telemetry::chain;
use chrono::{DateTime, Utc};
use connectors::registry;
use domain::{CompanyId, WarehouseId};
use operations::connections::{Applied, Filed, Occasion, Sealing};
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use store::connections::NewConnection;
use store::{Scope, Store};

/// How the name of a file in the directory ends.
const ENDING: &str = "json";

/// Why a file was not applied. Nothing of it was kept.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The system does not give it.
    #[error("it cannot be read")]
    Unreadable(#[source] io::Error),
    /// What is written cannot be used; the sentence names the field.
    #[error("{0}")]
    Misfit(String),
    /// It is not known whose it is.
    #[error(transparent)]
    Company(#[from] seed::Error),
    /// The account that is there cannot become what is written.
    #[error(transparent)]
    Operation(#[from] operations::Error),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// What a file did to its connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// The connection's name.
    pub name: String,
    /// What became of it.
    pub applied: Applied,
}

impl fmt::Display for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.name;
        match &self.applied {
            Applied::Created => write!(f, "{name} is set up"),
            Applied::Changed(names) => write!(f, "{name} is changed ({})", names.join(", ")),
            Applied::Unchanged => write!(f, "{name} is as the file says"),
        }
    }
}

/// A file of a directory, and what came of it.
#[derive(Debug)]
pub struct Outcome {
    /// The file.
    pub file: PathBuf,
    /// What it did.
    pub done: Result<Done, Refusal>,
}

impl Outcome {
    fn log(&self) {
        let file = self.file.display();
        match &self.done {
            Ok(done) if done.applied == Applied::Unchanged => tracing::debug!("{file}: {done}"),
            Ok(done) => tracing::info!("{file}: the connection {done}"),
            Err(refusal) => {
                let why = chain(refusal);
                tracing::error!(
                    "{file} is not applied, its connection stays as it was: {why}; correct it and start again"
                );
            }
        }
    }
}

/// An environment variable of this process.
pub fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Reads a file. One that says no name is about the connection that is called as the file is, without its ending.
///
/// # Errors
/// `Unreadable`, or `Misfit` with the field.
pub fn read(
    path: &Path,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<ConnectionFile, Refusal> {
    let text = std::fs::read_to_string(path).map_err(Refusal::Unreadable)?;
    let mut file = ConnectionFile::read(&text, variable).map_err(Refusal::Misfit)?;
    if file.place.name.is_none() {
        let stem = path.file_stem().and_then(OsStr::to_str);
        file.place.name = stem.map(str::to_owned);
    }
    Ok(file)
}

/// Applies the files of the directory that the settings name, as a process starts that calls upstreams. The log tells
/// which cannot be applied and why; they keep neither the others nor the process from going on.
pub async fn at_start(settings: &Settings, store: &Store, secret: &SecretKey, now: DateTime<Utc>) {
    let Some(folder) = of_node(settings) else {
        return;
    };
    let applier = Applier {
        store,
        secret,
        occasion: Occasion::Start,
        now,
    };
    match applier.folder(folder, environment).await {
        Ok(outcomes) => outcomes.iter().for_each(Outcome::log),
        Err(error) => tracing::error!(
            "{} cannot be read, all connections stay as they were: {error}; correct CROSSDOCK_CONNECTIONS_DIR or the \
             rights of the directory and start again",
            folder.display()
        ),
    }
}

/// The directory of a process that calls upstreams; the others need neither files nor passwords.
pub fn of_node(settings: &Settings) -> Option<&Path> {
    let folder = settings.connections_dir.as_deref();
    folder.filter(|_| settings.role.works())
}

/// Applies files.
#[derive(Debug, Clone, Copy)]
pub struct Applier<'a> {
    /// Where connections are kept.
    pub store: &'a Store,
    /// What seals their secrets.
    pub secret: &'a SecretKey,
    /// When it is done.
    pub occasion: Occasion,
    /// The time.
    pub now: DateTime<Utc>,
}

/// A file whose company is known.
struct Owned {
    company: CompanyId,
    sites: Vec<WarehouseId>,
    name: String,
    file: ConnectionFile,
}

impl Owned {
    /// Which connection it is about.
    fn key(&self) -> (CompanyId, String) {
        (self.company, self.name.clone())
    }
}

impl Applier<'_> {
    /// Applies one file.
    ///
    /// # Errors
    /// Where it belongs is not known, or the connection that is there cannot become what is written.
    pub async fn apply(&self, file: ConnectionFile) -> Result<Done, Refusal> {
        let owned = self.owned(file).await?;
        self.put(owned, &BTreeSet::new()).await
    }

    /// Applies the files of a directory in the order of their names, each for itself.
    ///
    /// # Errors
    /// When the directory cannot be listed.
    pub async fn folder(
        &self,
        folder: &Path,
        variable: impl Fn(&str) -> Option<String>,
    ) -> io::Result<Vec<Outcome>> {
        let mut files = Vec::new();
        for file in listed(folder)? {
            let owned = match read(&file, &variable) {
                Ok(read) => self.owned(read).await,
                Err(refusal) => Err(refusal),
            };
            files.push((file, owned));
        }
        let owned = files.iter().filter_map(|(_, owned)| owned.as_ref().ok());
        let about: BTreeSet<_> = owned.map(Owned::key).collect();
        let (mut outcomes, mut taken) = (Vec::new(), BTreeSet::new());
        for (file, owned) in files {
            let done = match owned {
                Ok(owned) => self.put_once(owned, &about, &mut taken).await,
                Err(refusal) => Err(refusal),
            };
            outcomes.push(Outcome { file, done });
        }
        Ok(outcomes)
    }

    /// Two files of one connection would undo one another at each start.
    async fn put_once(
        &self,
        owned: Owned,
        about: &BTreeSet<(CompanyId, String)>,
        taken: &mut BTreeSet<(CompanyId, String)>,
    ) -> Result<Done, Refusal> {
        if !taken.insert(owned.key()) {
            let name = &owned.name;
            return Err(Refusal::Misfit(format!(
                "name: another file of the directory is about the connection {name} already"
            )));
        }
        self.put(owned, about).await
    }

    async fn owned(&self, file: ConnectionFile) -> Result<Owned, Refusal> {
        let name = file.place.name.clone().unwrap_or_default();
        let name = connecting::name(name.into())
            .map_err(|misfit| Refusal::Misfit(format!("name: {}", misfit.sentence)))?;
        let company = file.place.company.as_deref();
        let (company, sites) = company_and_sites(self.store, company).await?;
        Ok(Owned {
            company,
            sites,
            name,
            file,
        })
    }

    /// Applies a file; others are about the connections of these names.
    async fn put(
        &self,
        owned: Owned,
        about: &BTreeSet<(CompanyId, String)>,
    ) -> Result<Done, Refusal> {
        let warehouse_id = self.site(&owned).await?;
        let Owned {
            company,
            name,
            file,
            ..
        } = owned;
        let connection = NewConnection {
            name,
            kind: file.kind,
            warehouse_id,
            base_url: file.base_url,
            settings: file.settings,
            secret_names: file.secrets.keys().cloned().collect(),
        };
        let filed = Filed {
            connection: &connection,
            delivery: &file.delivery,
            treated: &file.treated,
            pulled: registry::pulled,
            same_account: registry::same_account,
            about,
            occasion: self.occasion,
        };
        let sealing = Sealing {
            key: self.secret.sealing(),
            nonce: rand::random(),
            secrets: &file.secrets,
        };
        let (store, now) = (self.store, self.now);
        let applied = operations::connections::apply(store, company, filed, sealing, now).await?;
        Ok(Done {
            name: connection.name,
            applied,
        })
    }

    /// The site of the connection that is there, where what was read stays; else the one that is named, or the only one.
    async fn site(&self, owned: &Owned) -> Result<WarehouseId, Refusal> {
        let (store, company, name) = (self.store, owned.company, &owned.name);
        let kept = operations::connections::site_by_name(store, company, name).await?;
        match (owned.file.place.warehouse.as_deref(), kept) {
            (Some(code), Some((_, kept))) if code != kept => Err(Refusal::Misfit(format!(
                "warehouse: the connection {name} is of the warehouse {kept} and stays there; for {code}, set up \
                 another connection"
            ))),
            (_, Some((id, _))) => Ok(id),
            (Some(code), None) => {
                let mut tx = store.begin(Scope::Company(company)).await?;
                let found = store::warehouses::find_by_code(&mut tx, company, code).await?;
                found.ok_or_else(|| {
                    let sentence = format!("warehouse: there is none with the code {code}");
                    Refusal::Misfit(sentence)
                })
            }
            (None, None) => match owned.sites.as_slice() {
                [only] => Ok(*only),
                _ => Err(Refusal::Misfit(
                    "warehouse: the company has several sites, or none; give the code of one in the file, or with \
                     --warehouse"
                        .to_owned(),
                )),
            },
        }
    }
}

/// The files of a directory, sorted. Hidden ones are none: editors and orchestrators leave such.
fn listed(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let (path, name) = (entry.path(), entry.file_name());
        let hidden = name.as_encoded_bytes().starts_with(b".");
        let ends = path.extension().is_some_and(|ending| ending == ENDING);
        if ends && !hidden && !path.is_dir() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
