//! `items`, `item_barcodes`.

mod upsert;

pub use upsert::{Written, upsert};

use crate::paging::{after_text, contains, text_cursor};
use crate::{Error, Result, Scope, Store, Tx};
use domain::barcode::barcode_key;
use domain::item::{ItemDetail, ItemSummary};
use domain::page::{Cursor, Page};
use domain::user::Caller;
use domain::{CompanyId, ItemId};

/// By code; `q` finds code, name or a whole barcode.
pub async fn list(
    store: &Store,
    caller: &Caller,
    q: Option<&str>,
    cursor: Option<&Cursor>,
    limit: i64,
) -> Result<Page<ItemSummary>> {
    let (after, _) = after_text(cursor)?;
    let key = q.map(barcode_key);
    let mut tx = store.begin(Scope::from(caller)).await?;
    let rows = sqlx::query!(
        r#"select i.id, i.code, i.name, i.uom, i.supplier, i.class, i.active, i.changed_at, i.synced_at,
                  c.name as source,
                  (select count(*) from item_barcodes b where b.item_id = i.id) as "barcodes!"
           from items i
           join connections c on c.id = i.connection_id
           where i.company_id = $1 and i.code > $2
             and ($3::text is null or i.code ilike $3 or i.name ilike $3
                  or i.id = (select b.item_id from item_barcodes b where b.company_id = $1 and b.key = $4))
           order by i.code
           limit $5"#,
        caller.company_id.0,
        after,
        contains(q),
        key,
        limit + 1,
    )
    .fetch_all(tx.conn())
    .await?;
    let rows = rows
        .into_iter()
        .map(|row| ItemSummary {
            id: ItemId(row.id),
            code: row.code,
            name: row.name,
            uom: row.uom,
            supplier: row.supplier,
            class: row.class,
            active: row.active,
            barcodes: row.barcodes,
            source: row.source,
            changed_at: row.changed_at,
            synced_at: row.synced_at,
        })
        .collect();
    Ok(Page::cut(rows, limit, |row| {
        text_cursor(&row.code, row.id.0)
    }))
}

/// One item with its barcodes.
pub async fn get(store: &Store, caller: &Caller, id: ItemId) -> Result<ItemDetail> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    let row = sqlx::query!(
        r#"select i.id, i.code, i.name, i.uom, i.supplier, i.supplier_code, i.class, i.description,
                  i.active, i.changed_at, i.synced_at, c.name as source,
                  array(select b.barcode from item_barcodes b where b.item_id = i.id order by b.barcode) as "barcodes!"
           from items i
           join connections c on c.id = i.connection_id
           where i.company_id = $1 and i.id = $2"#,
        caller.company_id.0,
        id.0,
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or(Error::NotFound { what: "item" })?;
    Ok(ItemDetail {
        item: ItemSummary {
            id: ItemId(row.id),
            code: row.code,
            name: row.name,
            uom: row.uom,
            supplier: row.supplier,
            class: row.class,
            active: row.active,
            barcodes: i64::try_from(row.barcodes.len()).unwrap_or(i64::MAX),
            source: row.source,
            changed_at: row.changed_at,
            synced_at: row.synced_at,
        },
        description: row.description,
        supplier_code: row.supplier_code,
        barcodes: row.barcodes,
    })
}

/// The item a code or a barcode means.
pub async fn find_by_scan(
    tx: &mut Tx,
    company: CompanyId,
    text: &str,
) -> Result<Option<(ItemId, String)>> {
    let row = sqlx::query!(
        "select i.id, i.code from items i
         where i.company_id = $1
           and (i.code = $2 or i.id = (select b.item_id from item_barcodes b where b.company_id = $1 and b.key = $3))
         order by i.code = $2 desc
         limit 1",
        company.0,
        text.trim(),
        barcode_key(text),
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|row| (ItemId(row.id), row.code)))
}
