//! `partners`.

mod get;
mod list;

pub use get::get;
pub use list::list;

use crate::{Result, Tx};
use chrono::{DateTime, Utc};
use domain::partner::PartnerRecord;
use domain::{CompanyId, ConnectionId};

/// Writes the rows of a page that are new or differ; returns how many were created and updated.
/// Codes must be unique within the page.
pub async fn upsert(
    tx: &mut Tx,
    company: CompanyId,
    connection: ConnectionId,
    records: &[PartnerRecord],
    at: DateTime<Utc>,
) -> Result<(i64, i64)> {
    let text = |field: fn(&PartnerRecord) -> &Option<String>| -> Vec<Option<String>> {
        records.iter().map(|record| field(record).clone()).collect()
    };
    let flag =
        |field: fn(&PartnerRecord) -> bool| -> Vec<bool> { records.iter().map(field).collect() };
    let codes: Vec<String> = records.iter().map(|record| record.code.clone()).collect();
    let names: Vec<String> = records.iter().map(|record| record.name.clone()).collect();
    let changed: Vec<Option<DateTime<Utc>>> =
        records.iter().map(|record| record.changed_at).collect();
    let rows = sqlx::query!(
        r#"with incoming as (
               select * from unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
                                    $10::text[], $11::text[], $12::bool[], $13::bool[], $14::bool[], $15::timestamptz[],
                                    $16::text[])
                   as i (code, name, name2, tax_id, address, city, country, phone,
                         is_supplier, is_customer, is_warehouse, changed_at, phone2)
           ), differing as (
               select i.* from incoming i
               left join lateral (select * from partners t where t.company_id = $1 and t.connection_id = $2 and t.code = i.code limit 1) t on true
               where t.id is null
                  or (t.name, t.name2, t.tax_id, t.address, t.city, t.country, t.phone, t.phone2, t.is_supplier, t.is_customer, t.is_warehouse, t.active, t.changed_at)
                     is distinct from
                     (i.name, i.name2, i.tax_id, i.address, i.city, i.country, i.phone, i.phone2, i.is_supplier, i.is_customer, i.is_warehouse, true, i.changed_at)
           )
           insert into partners as t (company_id, connection_id, code, name, name2, tax_id, address, city, country,
                                      phone, phone2, is_supplier, is_customer, is_warehouse, active, changed_at, synced_at)
           select $1, $2, code, name, name2, tax_id, address, city, country, phone, phone2,
                  is_supplier, is_customer, is_warehouse, true, changed_at, $3
           from differing
           on conflict (company_id, connection_id, code) do update
           set name = excluded.name, name2 = excluded.name2, tax_id = excluded.tax_id, address = excluded.address,
               city = excluded.city, country = excluded.country, phone = excluded.phone, phone2 = excluded.phone2,
               is_supplier = excluded.is_supplier, is_customer = excluded.is_customer,
               is_warehouse = excluded.is_warehouse, active = true, changed_at = excluded.changed_at,
               synced_at = excluded.synced_at
           returning (xmax = 0) as "created!""#,
        company.0,
        connection.0,
        at,
        &codes,
        &names,
        &text(|record| &record.name2) as &[Option<String>],
        &text(|record| &record.tax_id) as &[Option<String>],
        &text(|record| &record.address) as &[Option<String>],
        &text(|record| &record.city) as &[Option<String>],
        &text(|record| &record.country) as &[Option<String>],
        &text(|record| &record.phone) as &[Option<String>],
        &flag(|record| record.is_supplier),
        &flag(|record| record.is_customer),
        &flag(|record| record.is_warehouse),
        &changed as &[Option<DateTime<Utc>>],
        &text(|record| &record.phone2) as &[Option<String>],
    )
    .fetch_all(tx.conn())
    .await?;
    let created = rows.iter().filter(|row| row.created).count();
    let count = |rows: usize| i64::try_from(rows).unwrap_or(i64::MAX);
    Ok((count(created), count(rows.len() - created)))
}
