//! One item: barcodes, stock, and the open documents that ask for it.

use crate::error::word;
use crate::{Error, Result, Scope, Store, Tx, locations, stock};
use domain::item::{ItemDetail, ItemSummary, ItemUse};
use domain::scanning::Scan;
use domain::sync::Entity;
use domain::user::Caller;
use domain::{ConnectionId, DocumentId, ItemId};
use rust_decimal::Decimal;

/// Documents shown that ask for an item.
const USES: i64 = 20;

/// One item with its barcodes, its stock and where it is asked for.
pub async fn get(store: &Store, caller: &Caller, id: ItemId) -> Result<ItemDetail> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    let row = sqlx::query!(
        r#"select i.id, i.connection_id, i.code, i.name, i.uom, i.supplier, i.supplier_code, i.class, i.description,
                  i.active, i.changed_at, i.synced_at, c.name as source,
                  array(select b.barcode from item_barcodes b where b.item_id = i.id order by b.barcode) as "barcodes!",
                  (select sum(s.quantity) from item_stock s
                   where s.connection_id = i.connection_id and s.item_code = i.code and s.warehouse_id = any($3)) as stock,
                  (select k.completed_at from sync_cursors k
                   where k.connection_id = i.connection_id and k.entity = $4) as stock_checked_at
           from items i
           join connections c on c.id = i.connection_id
           where i.company_id = $1 and i.id = $2"#,
        caller.company_id.0,
        id.0,
        &caller.warehouse_ids(),
        Entity::Stock.as_str(),
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or(Error::NotFound { what: "item" })?;
    let connection = ConnectionId(row.connection_id);
    let locations = locations::of_item(&mut tx, caller, id).await?;
    let stock = stock::of_item(&mut tx, caller, connection, &row.code).await?;
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
            stock: row.stock.map(|stock: Decimal| stock.normalize()),
            source: row.source,
            changed_at: row.changed_at,
            synced_at: row.synced_at,
        },
        description: row.description,
        supplier_code: row.supplier_code,
        barcodes: row.barcodes,
        stock,
        locations,
        stock_checked_at: row.stock_checked_at,
        uses: uses(&mut tx, caller, id).await?,
    })
}

/// The item that a scanned or typed text means.
pub async fn look_up(store: &Store, caller: &Caller, text: &str) -> Result<ItemDetail> {
    let scan = Scan::read(text).ok().and_then(|scan| scan.item_text());
    let text = scan.unwrap_or_else(|| text.to_owned());
    let mut tx = store.begin(Scope::from(caller)).await?;
    let found = super::find_by_scan(&mut tx, caller.company_id, &text).await?;
    drop(tx);
    let (id, _) = found.ok_or(Error::NotFound { what: "item" })?;
    get(store, caller, id).await
}

/// Reads the open documents of the caller's sites: an index of lines by item would cost every import.
async fn uses(tx: &mut Tx, caller: &Caller, id: ItemId) -> Result<Vec<ItemUse>> {
    let rows = sqlx::query!(
        r#"select d.id, d.kind, d.number, d.dated_on, d.partner_name, l.requested, l.done
           from documents d
           join document_lines l on l.document_id = d.id and l.item_id = $3 and l.wms_flag
           where d.company_id = $1 and d.warehouse_id = any($2) and d.status in ('new', 'in_progress') and d.lines_wms > 0
           order by d.dated_on desc, d.id desc, l.position
           limit $4"#,
        caller.company_id.0,
        &caller.warehouse_ids(),
        id.0,
        USES,
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(ItemUse {
                document_id: DocumentId(row.id),
                kind: word("documents", "kind", &row.kind)?,
                number: row.number,
                dated_on: row.dated_on,
                partner_name: row.partner_name,
                requested: row.requested.normalize(),
                done: row.done.normalize(),
            })
        })
        .collect()
}
