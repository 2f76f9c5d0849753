//! `partners`.

use crate::paging::{after_text, contains, text_cursor};
use crate::{Result, Scope, Store, Tx};
use chrono::{DateTime, Utc};
use domain::page::{Cursor, Page};
use domain::partner::{PartnerRecord, PartnerSummary, PartnerType};
use domain::user::Caller;
use domain::{CompanyId, ConnectionId, PartnerId};

/// By name; `q` finds name, code, tax number or town.
pub async fn list(
    store: &Store,
    caller: &Caller,
    kind: Option<PartnerType>,
    q: Option<&str>,
    cursor: Option<&Cursor>,
    limit: i64,
) -> Result<Page<PartnerSummary>> {
    let (after, after_id) = after_text(cursor)?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    let rows = sqlx::query!(
        "select id, code, name, city, country, tax_id, is_supplier, is_customer, is_warehouse, active, synced_at
         from partners
         where company_id = $1 and (name, id) > ($2, $3)
           and ($4::text is null
                or ($4 = 'supplier' and is_supplier)
                or ($4 = 'customer' and is_customer)
                or ($4 = 'warehouse' and is_warehouse))
           and ($5::text is null or name ilike $5 or code ilike $5 or tax_id ilike $5 or city ilike $5)
         order by name, id
         limit $6",
        caller.company_id.0,
        after,
        after_id,
        kind.map(PartnerType::as_str),
        contains(q),
        limit + 1,
    )
    .fetch_all(tx.conn())
    .await?;
    let rows = rows
        .into_iter()
        .map(|row| PartnerSummary {
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
            synced_at: row.synced_at,
        })
        .collect();
    Ok(Page::cut(rows, limit, |row| {
        text_cursor(&row.name, row.id.0)
    }))
}

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
                                    $10::text[], $11::text[], $12::bool[], $13::bool[], $14::bool[], $15::timestamptz[])
                   as i (code, name, name2, tax_id, address, city, country, phone,
                         is_supplier, is_customer, is_warehouse, changed_at)
           ), differing as (
               select i.* from incoming i
               left join lateral (select * from partners t where t.company_id = $1 and t.connection_id = $2 and t.code = i.code limit 1) t on true
               where t.id is null
                  or (t.name, t.name2, t.tax_id, t.address, t.city, t.country, t.phone, t.is_supplier, t.is_customer, t.is_warehouse, t.active, t.changed_at)
                     is distinct from
                     (i.name, i.name2, i.tax_id, i.address, i.city, i.country, i.phone, i.is_supplier, i.is_customer, i.is_warehouse, true, i.changed_at)
           )
           insert into partners as t (company_id, connection_id, code, name, name2, tax_id, address, city, country,
                                      phone, is_supplier, is_customer, is_warehouse, active, changed_at, synced_at)
           select $1, $2, code, name, name2, tax_id, address, city, country, phone,
                  is_supplier, is_customer, is_warehouse, true, changed_at, $3
           from differing
           on conflict (company_id, connection_id, code) do update
           set name = excluded.name, name2 = excluded.name2, tax_id = excluded.tax_id, address = excluded.address,
               city = excluded.city, country = excluded.country, phone = excluded.phone,
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
    )
    .fetch_all(tx.conn())
    .await?;
    let created = rows.iter().filter(|row| row.created).count();
    let count = |rows: usize| i64::try_from(rows).unwrap_or(i64::MAX);
    Ok((count(created), count(rows.len() - created)))
}
