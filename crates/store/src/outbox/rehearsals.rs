//! Copies of messages that are tried at test systems.

use crate::{Result, Store, Tx};
use domain::ConnectionId;
use domain::outbox::TestSystem;
use domain::user::Caller;
use serde_json::Value;
use uuid::Uuid;

/// Marks a message that was just queued as a copy; with what the original says, if the copy says something else. Its
/// correlation id becomes its own, so that nobody takes its calls for those of another copy.
pub async fn mark_rehearsal(
    tx: &mut Tx,
    copy: Uuid,
    original: Uuid,
    edited_from: Option<&Value>,
) -> Result<()> {
    sqlx::query!(
        "update erp_outbox set rehearsal_of = $2, original_payload = $3, correlation_id = id::text where id = $1",
        copy,
        original,
        edited_from as Option<&Value>,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The caller's test systems of the kind that a message goes to, by name; none for what is no single command to
/// an account. At most 50.
pub async fn test_systems(
    store: &Store,
    caller: &Caller,
    message: Uuid,
) -> Result<Vec<TestSystem>> {
    let mut reading = store.read(caller).await?;
    let rows = reading
        .all(sqlx::query!(
            r#"select t.id, t.name from erp_outbox o
               join connections c on c.id = o.connection_id
               join connections t on t.company_id = o.company_id and t.kind = c.kind
               where o.company_id = $1 and o.id = $2 and o.event_type <> 'saga'
                 and c.warehouse_id = any($3) and t.warehouse_id = any($3)
                 and t.delivery @> '{"test_system": true}'
               order by natural_order(t.name), t.name, t.id
               limit 50"#,
            caller.company_id.0,
            message,
            &caller.warehouse_ids(),
        ))
        .await?;
    let systems = rows.into_iter().map(|row| TestSystem {
        id: ConnectionId(row.id),
        name: row.name,
    });
    Ok(systems.collect())
}
