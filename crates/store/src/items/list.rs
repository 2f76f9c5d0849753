//! The items list.

use crate::keyset::{Column, Keyset, instant, text};
use crate::paging::contains;
use crate::{Result, Store};
use chrono::{DateTime, Utc};
use domain::ItemId;
use domain::barcode::barcode_key;
use domain::item::{ItemFilter, ItemSort, ItemSummary};
use domain::page::{Cursor, Page};
use domain::sort::Sort;
use domain::user::Caller;
use rust_decimal::Decimal;
use sqlx::{FromRow, QueryBuilder};

const COLUMNS: &str =
    "select i.id, i.code, i.name, i.uom, i.supplier, i.class, i.active, i.changed_at, i.synced_at,
            c.name as source, (select count(*) from item_barcodes b where b.item_id = i.id) as barcodes,
            (select sum(s.quantity) from item_stock s
             where s.connection_id = i.connection_id and s.item_code = i.code and s.warehouse_id = any(";

#[derive(FromRow)]
struct ItemRow {
    id: i64,
    code: String,
    name: String,
    uom: String,
    supplier: Option<String>,
    class: Option<String>,
    active: bool,
    changed_at: Option<DateTime<Utc>>,
    synced_at: DateTime<Utc>,
    source: String,
    barcodes: i64,
    stock: Option<Decimal>,
    sort_key: String,
}

impl From<ItemRow> for ItemSummary {
    fn from(row: ItemRow) -> Self {
        Self {
            id: ItemId(row.id),
            code: row.code,
            name: row.name,
            uom: row.uom,
            supplier: row.supplier,
            class: row.class,
            active: row.active,
            barcodes: row.barcodes,
            stock: row.stock.map(|stock| stock.normalize()),
            source: row.source,
            changed_at: row.changed_at,
            synced_at: row.synced_at,
        }
    }
}

fn column(sort: Sort<ItemSort>) -> Column {
    match sort.by {
        ItemSort::Code => text("i.code"),
        ItemSort::Name => text("i.name"),
        ItemSort::Supplier => text("coalesce(i.supplier, '')"),
        ItemSort::Class => text("coalesce(i.class, '')"),
        ItemSort::SyncedAt => instant("i.synced_at"),
    }
}

/// Items of the company with what is on hand at the caller's sites.
pub async fn list(
    store: &Store,
    caller: &Caller,
    filter: &ItemFilter,
    sort: Sort<ItemSort>,
    cursor: Option<&Cursor>,
    limit: i64,
) -> Result<Page<ItemSummary>> {
    let keyset = Keyset::new(sort, column(sort), "i.id", cursor)?;
    let mut query = QueryBuilder::new(COLUMNS);
    query
        .push_bind(caller.warehouse_ids())
        .push(")) as stock, ");
    query.push(keyset.key());
    query.push(" from items i join connections c on c.id = i.connection_id where i.company_id = ");
    query.push_bind(caller.company_id.0);
    if let Some(active) = filter.active {
        query.push(" and i.active = ").push_bind(active);
    }
    if let Some(pattern) = contains(filter.q.as_deref()) {
        query.push(" and (i.code ilike ").push_bind(pattern.clone());
        query.push(" or i.name ilike ").push_bind(pattern);
        query.push(" or i.id = (select b.item_id from item_barcodes b where b.company_id = ");
        query.push_bind(caller.company_id.0).push(" and b.key = ");
        query.push_bind(barcode_key(filter.q.as_deref().unwrap_or_default()));
        query.push("))");
    }
    keyset.push(&mut query, limit);
    let mut reading = store.read(caller).await?;
    let rows: Vec<ItemRow> = reading.all(query.build_query_as()).await?;
    let page = Page::cut(rows, limit, |row| keyset.cursor(&row.sort_key, row.id));
    Ok(page.map(ItemSummary::from))
}
