//! How a site's upstream systems are, without what only the office may know.

use super::site;
use crate::connections::undelivered;
use crate::error::word;
use crate::{Result, Scope, Store};
use chrono::{DateTime, Utc};
use domain::board::{ConnectionLight, ConnectionsBoard};
use domain::connection::Health;
use domain::user::Caller;
use domain::{ConnectionId, WarehouseId};

/// Systems shown.
const MOST: i64 = 12;

/// The connections board of one of the caller's sites.
pub async fn connections(
    store: &Store,
    caller: &Caller,
    warehouse: WarehouseId,
    now: DateTime<Utc>,
) -> Result<ConnectionsBoard> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    let site = site(&mut tx, caller, warehouse, now).await?;
    let rows = sqlx::query!(
        r#"select c.id, c.name, c.health, c.last_ok_at,
                  (select r.finished_at from sync_runs r
                   where r.connection_id = c.id and r.state = 'done' and not r.dry
                     and r.entity in ('dispatches', 'receipts')
                   order by r.id desc limit 1) as documents_at,
                  (select r.finished_at from sync_runs r
                   where r.connection_id = c.id and r.state = 'done' and not r.dry and r.entity = 'items'
                   order by r.id desc limit 1) as items_at,
                  coalesce((select r.state = 'failed' from sync_runs r
                            where r.connection_id = c.id and r.state in ('done', 'failed') and not r.dry
                            order by r.id desc limit 1), false) as "failed!"
           from connections c
           where c.warehouse_id = $1
           order by natural_order(c.name), c.name, c.id
           limit $2"#,
        warehouse.0,
        MOST,
    )
    .fetch_all(tx.conn())
    .await?;
    let ids: Vec<ConnectionId> = rows.iter().map(|row| ConnectionId(row.id)).collect();
    let mut known = undelivered(&mut tx, caller.company_id, &ids).await?;
    let connections = rows
        .into_iter()
        .map(|row| {
            let undelivered = known.remove(&ConnectionId(row.id));
            let called: Health = word("connections", "health", &row.health)?;
            Ok(ConnectionLight {
                name: row.name,
                health: called.with(undelivered.as_ref()),
                undelivered,
                last_ok_at: row.last_ok_at,
                documents_at: row.documents_at,
                items_at: row.items_at,
                failed: row.failed,
            })
        })
        .collect::<Result<_>>()?;
    Ok(ConnectionsBoard { site, connections })
}
