//! Counts of where goods were not found that are on record there.

use crate::{Result, Store, Tx};
use chrono::{DateTime, Utc};
use domain::user::Caller;
use domain::{CompanyId, OperationId, WarehouseId};

/// Asks for a count of where the goods of a stored shortage should have been, if the site wants that, something
/// of them is on record there, and it is not asked for already.
pub async fn request_after(tx: &mut Tx, shortage: OperationId, at: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "insert into count_lines (company_id, warehouse_id, location_id, item_id, what, requested_by, requested_at,
                                  shortage_id)
         select o.company_id, o.warehouse_id, c.id, l.item_id, c.code, u.name, $2, o.id
         from operations o
         join warehouses w on w.id = o.warehouse_id and w.count_shortages
         join locations c on c.id = o.location_id
         join document_lines l on l.id = o.line_id
         join users u on u.id = o.user_id
         where o.id = $1 and o.accepted and o.kind = 'short' and l.item_id is not null
           and (select sum(m.quantity) from stock_moves m
                where m.location_id = c.id and m.item_id = l.item_id) > 0
         on conflict (location_id, item_id) where state <> 'settled' do nothing",
        shortage.0,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Whether a site of the caller's has what is reported missing counted by itself.
pub async fn wants_after_shortages(
    store: &Store,
    caller: &Caller,
    site: WarehouseId,
) -> Result<bool> {
    let mut reading = store.read(caller).await?;
    let wants = reading.optional(sqlx::query_scalar!(
        "select count_shortages from warehouses where company_id = $1 and id = $2 and id = any($3)",
        caller.company_id.0,
        site.0,
        &caller.warehouse_ids(),
    )).await?;
    Ok(wants.unwrap_or_default())
}

/// Sets that.
pub async fn set_after_shortages(
    tx: &mut Tx,
    company: CompanyId,
    site: WarehouseId,
    wanted: bool,
) -> Result<()> {
    sqlx::query!(
        "update warehouses set count_shortages = $3 where company_id = $1 and id = $2",
        company.0,
        site.0,
        wanted,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
