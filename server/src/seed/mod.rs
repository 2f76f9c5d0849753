//! What an installation starts with. Everything here can run again: what is there stays.

mod account;
mod connection;
mod odoo;
mod people;
mod sap;
mod work;

pub use connection::{Configured, configured_connection, demo_connection};
pub use odoo::demo_odoo;
pub use people::{DEMO_PASSWORD, DEMO_PEOPLE, Person, demo_people, demo_roster};
pub use sap::demo_sap;
pub use work::{Worked, demo_work};

use crate::settings::Pantheon;
use chrono::NaiveTime;
use domain::{CompanyId, WarehouseId};
use store::Store;

/// The company of a fresh installation.
pub const COMPANY: &str = "Cungu";
/// The site's name and time zone.
const WAREHOUSE: (&str, &str) = ("Veleprodaja", "Europe/Belgrade");

/// Units: code, name, decimals.
const UOMS: &[(&str, &str, i16)] = &[
    ("KOM", "piece", 0),
    ("PAK", "package", 0),
    ("KAR", "carton", 0),
    ("PAL", "pallet", 0),
    ("PAR", "pair", 0),
    ("SET", "set", 0),
    ("KG", "kilogram", 3),
    ("G", "gram", 0),
    ("T", "tonne", 4),
    ("L", "litre", 3),
    ("M", "metre", 2),
    ("M2", "square metre", 3),
    ("M3", "cubic metre", 4),
];

/// Where the rest of a set-up belongs.
#[derive(Debug, Clone, Copy)]
pub struct Site {
    /// Tenant.
    pub company: CompanyId,
    /// Site.
    pub warehouse: WarehouseId,
}

/// Why something could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A change was refused.
    #[error("the set-up was refused")]
    Refused(#[from] operations::Error),
    /// The database failed.
    #[error("the set-up could not be stored")]
    Store(#[from] store::Error),
    /// A password could not be hashed.
    #[error(transparent)]
    Password(#[from] crate::auth::password::HashError),
    /// Something is missing; the sentence says what to do.
    #[error("{0}")]
    Incomplete(String),
}

/// The company, the named one or else the only one there is, with its site, units and shifts. The site is that of the
/// Pantheon connection when there is one, else that of the code that is given, else the first.
///
/// # Errors
/// `Incomplete` when there are several companies and none is named, and when another code is given than that of the
/// connection's site.
pub async fn given_site(
    store: &Store,
    company: Option<&str>,
    given: &Pantheon,
) -> Result<Site, Error> {
    let name = company.unwrap_or(COMPANY);
    let found = match company {
        None => only_company(store).await?,
        Some(name) => store::companies::find_by_name(store, name).await?,
    };
    let Some(id) = found else {
        return site(store, name, given.warehouse()).await;
    };
    let code = given.warehouse_code.as_deref();
    if let Some(warehouse) = connection::site_of(store, id, code).await? {
        return furnish(store, id, warehouse).await;
    }
    match (code, store::installation::sites(store, id).await?.first()) {
        (None, Some(first)) => furnish(store, id, *first).await,
        _ => site_of_code(store, id, given.warehouse()).await,
    }
}

/// The company with its site, units and shifts.
pub async fn site(store: &Store, company: &str, warehouse_code: &str) -> Result<Site, Error> {
    let company = operations::companies::ensure(store, company).await?;
    site_of_code(store, company, warehouse_code).await
}

async fn site_of_code(store: &Store, company: CompanyId, code: &str) -> Result<Site, Error> {
    let (name, zone) = WAREHOUSE;
    let warehouse =
        operations::companies::ensure_warehouse(store, company, code, name, zone).await?;
    furnish(store, company, warehouse).await
}

/// Units, and shifts of a site that has none.
async fn furnish(store: &Store, company: CompanyId, warehouse: WarehouseId) -> Result<Site, Error> {
    use operations::companies;
    companies::put_uoms(store, company, UOMS).await?;
    let shifts = [
        ("A", (time(8, 0), time(15, 0)), (time(10, 0), time(10, 30))),
        ("B", (time(12, 0), time(19, 0)), (time(14, 0), time(14, 30))),
    ];
    if !companies::has_shifts(store, company, warehouse).await? {
        for (name, hours, pause) in shifts {
            companies::put_shift(store, company, warehouse, name, hours, Some(pause)).await?;
        }
    }
    Ok(Site { company, warehouse })
}

/// A company and all its sites: the named one, else the only one.
pub async fn company_and_sites(
    store: &Store,
    name: Option<&str>,
) -> Result<(CompanyId, Vec<WarehouseId>), Error> {
    let company = match name {
        Some(name) => store::companies::find_by_name(store, name).await?,
        None => only_company(store).await?,
    };
    let company = company.ok_or_else(|| {
        Error::Incomplete("there is no such company; run 'crossdock seed' first".to_owned())
    })?;
    let sites = store::installation::sites(store, company).await?;
    Ok((company, sites))
}

/// The only company; none when there is none yet.
async fn only_company(store: &Store) -> Result<Option<CompanyId>, Error> {
    match store::companies::list_ids(store).await?.as_slice() {
        [] => Ok(None),
        [only] => Ok(Some(*only)),
        _ => Err(Error::Incomplete(
            "there are several companies; say which with --company, or in a connection's file as company".to_owned(),
        )),
    }
}

fn time(hour: u32, minute: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or_default()
}
