//! `live_feed`: what changed, read by transaction snapshot.
//!
//! A position is a `pg_snapshot` as text. Reading after it returns what is visible now and was not
//! visible then, so a transaction that began early and committed late is never skipped.

use crate::{Error, Result, Store, Tx};
use chrono::{DateTime, Utc};
use domain::live::Topic;
use domain::{CompanyId, WarehouseId};

/// A change to tell.
pub async fn publish(
    tx: &mut Tx,
    company: CompanyId,
    warehouse: Option<WarehouseId>,
    topics: &[Topic],
    what: &str,
) -> Result<()> {
    let topics: Vec<String> = topics.iter().map(Topic::to_string).collect();
    sqlx::query!(
        "insert into live_feed (company_id, warehouse_id, topics, what) values ($1, $2, $3, $4)",
        company.0,
        warehouse.map(|id| id.0),
        &topics,
        what,
    )
    .execute(tx.conn())
    .await?;
    tx.told();
    Ok(())
}

/// An event as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedRow {
    /// Names the event.
    pub id: i64,
    /// Tenant.
    pub company_id: CompanyId,
    /// Site; none concerns the whole company.
    pub warehouse_id: Option<WarehouseId>,
    /// Who is told.
    pub topics: Vec<Topic>,
    /// Stable word.
    pub what: String,
}

/// What became visible after a position.
#[derive(Debug, Clone)]
pub struct LiveBatch {
    /// Where reading goes on.
    pub position: String,
    /// In the order of their ids.
    pub events: Vec<FeedRow>,
    /// Events after the asked position are no longer kept, or too many came: read everything again.
    pub gap: bool,
}

/// Now, as a position.
pub async fn current_position(store: &Store) -> Result<String> {
    let position = sqlx::query_scalar!(r#"select pg_current_snapshot()::text as "position!""#)
        .fetch_one(store.pool())
        .await?;
    Ok(position)
}

/// What became visible after a position, at most `limit` events; more is a gap.
pub async fn read_after(store: &Store, position: &str, limit: i64) -> Result<LiveBatch> {
    if !is_position(position) {
        return Err(Error::BadCursor);
    }
    // One statement has one snapshot: the new position and the rows fit together.
    let rows = sqlx::query!(
        r#"with now as materialized (select pg_current_snapshot() as snapshot)
           select now.snapshot::text as "position!",
                  (select tx from live_feed_floor) >= pg_snapshot_xmin($1::text::pg_snapshot) as "pruned!",
                  f.id as "id?", f.company_id as "company_id?", f.warehouse_id as "warehouse_id?",
                  f.topics as "topics?", f.what as "what?"
           from now
           left join lateral (
               select * from live_feed
               where tx >= pg_snapshot_xmin($1::text::pg_snapshot)
                 and not pg_visible_in_snapshot(tx, $1::text::pg_snapshot)
               order by id
               limit $2
           ) f on true
           order by f.id"#,
        position,
        limit + 1,
    )
    .fetch_all(store.pool())
    .await?;
    let Some(first) = rows.first() else {
        return Err(Error::BadCursor);
    };
    let (position, pruned) = (first.position.clone(), first.pruned);
    let many = rows.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    let events = rows
        .into_iter()
        .filter_map(|row| {
            Some(FeedRow {
                id: row.id?,
                company_id: CompanyId(row.company_id?),
                warehouse_id: row.warehouse_id.map(WarehouseId),
                topics: row
                    .topics?
                    .iter()
                    .filter_map(|topic| topic.parse().ok())
                    .collect(),
                what: row.what?,
            })
        })
        .collect();
    Ok(LiveBatch {
        position,
        events,
        gap: pruned || many,
    })
}

/// `xmin:xmax:xip,xip…`, digits only: it comes from a client.
fn is_position(text: &str) -> bool {
    text.len() <= 8_000
        && text.split(':').count() == 3
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b':' || byte == b',')
}

/// Forgets what is older and remembers how far; returns how many.
pub async fn prune(store: &Store, before: DateTime<Utc>) -> Result<u64> {
    let mut tx = store.begin(crate::Scope::System).await?;
    let pruned = sqlx::query_scalar!(
        r#"with gone as (delete from live_feed where at < $1 returning tx),
           top as (select tx from gone order by tx desc limit 1),
           moved as (update live_feed_floor f set tx = top.tx from top where top.tx > f.tx returning f.tx)
           select count(*) as "count!" from gone"#,
        before,
    )
    .fetch_one(tx.conn())
    .await?;
    tx.commit().await?;
    Ok(u64::try_from(pruned).unwrap_or(0))
}
