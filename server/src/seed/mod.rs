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

/// The company with its site, units and shifts: the site of the code that is given, else the first there is.
pub async fn given_site(store: &Store, company: &str, given: &Pantheon) -> Result<Site, Error> {
    if given.warehouse_code.is_none()
        && let Some(id) = store::companies::find_by_name(store, company).await?
        && let Some(first) = store::installation::sites(store, id).await?.first()
    {
        return furnish(store, id, *first).await;
    }
    site(store, company, given.warehouse()).await
}

/// The company with its site, units and shifts.
pub async fn site(store: &Store, company: &str, warehouse_code: &str) -> Result<Site, Error> {
    use operations::companies;
    let company = companies::ensure(store, company).await?;
    let (name, zone) = WAREHOUSE;
    let warehouse = companies::ensure_warehouse(store, company, warehouse_code, name, zone).await?;
    furnish(store, company, warehouse).await
}

/// Units and shifts of a site.
async fn furnish(store: &Store, company: CompanyId, warehouse: WarehouseId) -> Result<Site, Error> {
    use operations::companies;
    companies::put_uoms(store, company, UOMS).await?;
    let shifts = [
        ("A", (time(8, 0), time(15, 0)), (time(10, 0), time(10, 30))),
        ("B", (time(12, 0), time(19, 0)), (time(14, 0), time(14, 30))),
    ];
    for (name, hours, pause) in shifts {
        companies::put_shift(store, company, warehouse, name, hours, Some(pause)).await?;
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
        None => match store::companies::list_ids(store).await?.as_slice() {
            [only] => Some(*only),
            [] => None,
            _ => {
                let hint = "there are several companies; say which with --company";
                return Err(Error::Incomplete(hint.to_owned()));
            }
        },
    };
    let company = company.ok_or_else(|| {
        Error::Incomplete("there is no such company; run 'crossdock seed' first".to_owned())
    })?;
    let sites = store::installation::sites(store, company).await?;
    Ok((company, sites))
}

fn time(hour: u32, minute: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or_default()
}
