//! `sync_seen`: what a full pass has met, and what of ours it has not.

use crate::{Result, Tx};
use chrono::{DateTime, Utc};
use domain::sync::Entity;
use domain::{ConnectionId, SyncRunId};

/// Remembers the keys of a page; returns how many.
pub async fn record(tx: &mut Tx, run: SyncRunId, keys: &[String]) -> Result<i64> {
    if keys.is_empty() {
        return Ok(0);
    }
    sqlx::query!(
        "insert into sync_seen (run_id, keys) values ($1, $2)",
        run.0,
        keys
    )
    .execute(tx.conn())
    .await?;
    Ok(i64::try_from(keys.len()).unwrap_or(i64::MAX))
}

/// How many keys the pass remembers.
pub async fn count(tx: &mut Tx, run: SyncRunId) -> Result<i64> {
    let count = sqlx::query_scalar!(
        r#"select coalesce(sum(cardinality(keys)), 0)::bigint as "count!" from sync_seen where run_id = $1"#,
        run.0
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(count)
}

/// Forgets the keys of a pass.
pub async fn forget(tx: &mut Tx, run: SyncRunId) -> Result<()> {
    sqlx::query!("delete from sync_seen where run_id = $1", run.0)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Active rows of an account, and how many of them a pass did not meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unseen {
    /// Active rows.
    pub active: i64,
    /// Those not met.
    pub unseen: i64,
}

macro_rules! count_unseen {
    ($table:literal, $tx:expr, $connection:expr, $run:expr) => {{
        let row = sqlx::query!(
            r#"with seen as materialized (
                   select distinct unnest(keys) as key from sync_seen where run_id = $2
               )
               select count(*) as "active!", count(*) filter (where s.key is null) as "unseen!"
               from "#
                + $table
                + r#" t
               left join seen s on s.key = t.code
               where t.connection_id = $1 and t.active"#,
            $connection.0,
            $run.0,
        )
        .fetch_one($tx.conn())
        .await?;
        Unseen {
            active: row.active,
            unseen: row.unseen,
        }
    }};
}

/// Counts the active items or partners of an account that the pass did not meet.
pub async fn count_unseen(
    tx: &mut Tx,
    entity: Entity,
    connection: ConnectionId,
    run: SyncRunId,
) -> Result<Unseen> {
    compare_in_bulk(tx).await?;
    Ok(match entity {
        Entity::Partners => count_unseen!("partners", tx, connection, run),
        _ => count_unseen!("items", tx, connection, run),
    })
}

macro_rules! deactivate_unseen {
    ($table:literal, $tx:expr, $connection:expr, $run:expr, $at:expr) => {
        sqlx::query!(
            r#"with seen as materialized (
                   select distinct unnest(keys) as key from sync_seen where run_id = $2
               )
               update "#
                + $table
                + r#" t set active = false, synced_at = $3
               where t.connection_id = $1 and t.active
                 and not exists (select from seen s where s.key = t.code)"#,
            $connection.0,
            $run.0,
            $at,
        )
        .execute($tx.conn())
        .await?
    };
}

/// Marks what the pass did not meet as inactive; returns how many.
pub async fn deactivate_unseen(
    tx: &mut Tx,
    entity: Entity,
    connection: ConnectionId,
    run: SyncRunId,
    at: DateTime<Utc>,
) -> Result<i64> {
    compare_in_bulk(tx).await?;
    let done = match entity {
        Entity::Partners => deactivate_unseen!("partners", tx, connection, run, at),
        _ => deactivate_unseen!("items", tx, connection, run, at),
    };
    Ok(i64::try_from(done.rows_affected()).unwrap_or(i64::MAX))
}

/// Keeps the planner from comparing every row with every key: right after a first load it takes both
/// sides for nearly empty, and 200,000 rows would take hours.
pub(crate) async fn compare_in_bulk(tx: &mut Tx) -> Result<()> {
    sqlx::query!("set local enable_nestloop = off")
        .execute(tx.conn())
        .await?;
    Ok(())
}
