//! One partner.

use crate::{Error, Result, Store};
use domain::PartnerId;
use domain::partner::{PartnerDetail, PartnerSummary};
use domain::user::Caller;

/// One partner with address and numbers.
pub async fn get(store: &Store, caller: &Caller, id: PartnerId) -> Result<PartnerDetail> {
    let mut reading = store.read(caller).await?;
    let row = reading.optional(sqlx::query!(
        "select p.id, p.code, p.name, p.name2, p.tax_id, p.address, p.city, p.country, p.phone, p.phone2,
                p.is_supplier, p.is_customer, p.is_warehouse, p.active, p.changed_at, p.synced_at, c.name as source
         from partners p
         join connections c on c.id = p.connection_id
         where p.company_id = $1 and p.id = $2",
        caller.company_id.0,
        id.0,
    )).await?
    .ok_or(Error::NotFound { what: "partner" })?;
    Ok(PartnerDetail {
        partner: PartnerSummary {
            id: PartnerId(row.id),
            code: row.code,
            name: row.name,
            city: row.city,
            country: row.country,
            tax_id: row.tax_id,
            is_supplier: row.is_supplier,
            is_customer: row.is_customer,
            is_warehouse: row.is_warehouse,
            active: row.active,
            source: row.source,
            synced_at: row.synced_at,
        },
        name2: row.name2,
        address: row.address,
        phone: row.phone,
        phone2: row.phone2,
        changed_at: row.changed_at,
    })
}
