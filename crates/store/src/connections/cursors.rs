//! How far each entity of an account was read.

use crate::{Result, Tx};
use chrono::{DateTime, Utc};
use domain::sync::Entity;
use domain::{CompanyId, ConnectionId};

/// Highest change time seen of an entity.
pub async fn cursor(
    tx: &mut Tx,
    id: ConnectionId,
    entity: Entity,
) -> Result<Option<DateTime<Utc>>> {
    let cursor = sqlx::query_scalar!(
        "select cursor_at from sync_cursors where connection_id = $1 and entity = $2",
        id.0,
        entity.as_str(),
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(cursor.flatten())
}

/// Moves the cursor forward; it never goes back.
pub async fn move_cursor(
    tx: &mut Tx,
    company: CompanyId,
    id: ConnectionId,
    entity: Entity,
    cursor_at: Option<DateTime<Utc>>,
    at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "insert into sync_cursors (connection_id, entity, company_id, cursor_at, completed_at)
         values ($1, $2, $3, $4, $5)
         on conflict (connection_id, entity) do update
         set cursor_at = greatest(sync_cursors.cursor_at, excluded.cursor_at), completed_at = excluded.completed_at",
        id.0,
        entity.as_str(),
        company.0,
        cursor_at,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
