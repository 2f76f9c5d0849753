//! Where an entity comes from and how fresh it is.

use crate::error::word;
use crate::{Result, Store};
use domain::connection::Source;
use domain::sync::Entity;
use domain::user::Caller;
use domain::{ConnectionId, SyncRunId};

/// The accounts of the caller's sites with where an entity of them stands.
pub async fn list(store: &Store, caller: &Caller, entity: Entity) -> Result<Vec<Source>> {
    let mut reading = store.read(caller).await?;
    let rows = reading.all(sqlx::query!(
        r#"select c.id, c.name, k.completed_at as "completed_at?", r.id as "run_id?", r.state as "run_state?"
           from connections c
           left join sync_cursors k on k.connection_id = c.id and k.entity = $3
           left join lateral (
               select r.id, r.state from sync_runs r
               where r.connection_id = c.id and r.entity = $3
               order by r.id desc
               limit 1
           ) r on true
           where c.company_id = $1 and c.warehouse_id = any($2)
           order by natural_order(c.name), c.name, c.id
           limit 50"#,
        caller.company_id.0,
        &caller.warehouse_ids(),
        entity.as_str(),
    )).await?;
    rows.into_iter()
        .map(|row| {
            let state = row.run_state.as_deref();
            Ok(Source {
                connection_id: ConnectionId(row.id),
                connection: row.name,
                completed_at: row.completed_at,
                run_id: row.run_id.map(SyncRunId),
                run_state: state
                    .map(|state| word("sync_runs", "state", state))
                    .transpose()?,
            })
        })
        .collect()
}
