//! The partners list.

use crate::keyset::{Column, Keyset, instant, text};
use crate::paging::contains;
use crate::{Result, Store};
use chrono::{DateTime, Utc};
use domain::PartnerId;
use domain::page::{Cursor, Page};
use domain::partner::{PartnerFilter, PartnerSort, PartnerSummary, PartnerType};
use domain::sort::Sort;
use domain::user::Caller;
use sqlx::{FromRow, QueryBuilder};

#[derive(FromRow)]
struct PartnerRow {
    id: i64,
    code: String,
    name: String,
    city: Option<String>,
    country: Option<String>,
    tax_id: Option<String>,
    is_supplier: bool,
    is_customer: bool,
    is_warehouse: bool,
    active: bool,
    source: String,
    synced_at: DateTime<Utc>,
    sort_key: String,
}

impl From<PartnerRow> for PartnerSummary {
    fn from(row: PartnerRow) -> Self {
        Self {
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
        }
    }
}

fn column(sort: Sort<PartnerSort>) -> Column {
    match sort.by {
        PartnerSort::Name => text("p.name"),
        PartnerSort::Code => text("p.code"),
        PartnerSort::City => text("coalesce(p.city, '')"),
        PartnerSort::Country => text("coalesce(p.country, '')"),
        PartnerSort::SyncedAt => instant("p.synced_at"),
    }
}

/// Partners of the company.
pub async fn list(
    store: &Store,
    caller: &Caller,
    filter: &PartnerFilter,
    sort: Sort<PartnerSort>,
    cursor: Option<&Cursor>,
    limit: i64,
) -> Result<Page<PartnerSummary>> {
    let keyset = Keyset::new(sort, column(sort), "p.id", cursor)?;
    let mut query = QueryBuilder::new(
        "select p.id, p.code, p.name, p.city, p.country, p.tax_id, p.is_supplier, p.is_customer,
                p.is_warehouse, p.active, p.synced_at, c.name as source, ",
    );
    query.push(keyset.key());
    query.push(
        " from partners p join connections c on c.id = p.connection_id where p.company_id = ",
    );
    query.push_bind(caller.company_id.0);
    query.push(match filter.of_type {
        None => "",
        Some(PartnerType::Supplier) => " and p.is_supplier",
        Some(PartnerType::Customer) => " and p.is_customer",
        Some(PartnerType::Warehouse) => " and p.is_warehouse",
    });
    if let Some(active) = filter.active {
        query.push(" and p.active = ").push_bind(active);
    }
    if let Some(pattern) = contains(filter.q.as_deref()) {
        query.push(" and (p.name ilike ").push_bind(pattern.clone());
        query.push(" or p.code ilike ").push_bind(pattern.clone());
        query.push(" or p.tax_id ilike ").push_bind(pattern.clone());
        query.push(" or p.city ilike ").push_bind(pattern).push(")");
    }
    keyset.push(&mut query, limit);
    let mut reading = store.read(caller).await?;
    let rows: Vec<PartnerRow> = reading.all(query.build_query_as()).await?;
    let page = Page::cut(rows, limit, |row| keyset.cursor(&row.sort_key, row.id));
    Ok(page.map(PartnerSummary::from))
}
