//! What counts found, read from their rows. Counts are few, belong to no kind of document and to no
//! shift or team, and never change once settled: sums kept on the side would hold a part for each of
//! them and save nothing.

use super::Wanted;
use super::rows::Row;
use crate::{Result, Tx};
use chrono::{DateTime, Utc};
use domain::kpi::{Fraction, Scope};

/// Counts that found what was on record among those settled in the span, and the newest of them. Asked
/// for a part of the site it is unknown.
pub(super) async fn accuracy(
    tx: &mut Tx,
    wanted: &Wanted,
) -> Result<(Fraction, Option<DateTime<Utc>>)> {
    if wanted.scope != Scope::default() {
        return Ok((Fraction::default(), None));
    }
    let row = sqlx::query!(
        r#"select coalesce(sum(f.accurate), 0)::bigint as "accurate!", count(f.id) as "settled!",
                  max(f.settled_at) as newest
           from warehouses w
           join kpi_count_facts f on f.warehouse_id = w.id
            and f.settled_at >= $2::date::timestamp at time zone w.time_zone
            and f.settled_at < $3::date::timestamp at time zone w.time_zone
           where w.id = $1"#,
        wanted.warehouse.0,
        wanted.span.from,
        wanted.span.to,
    )
    .fetch_one(tx.conn())
    .await?;
    let fraction = Fraction {
        numerator: row.accurate.into(),
        denominator: Some(row.settled.into()),
    };
    Ok((fraction, row.newest))
}

/// Counts by when they were settled; the number is the location's code.
pub(super) async fn settled(
    tx: &mut Tx,
    wanted: &Wanted,
    before: (DateTime<Utc>, i64),
    limit: i64,
) -> Result<Vec<Row>> {
    if wanted.scope != Scope::default() {
        return Ok(Vec::new());
    }
    let rows = sqlx::query_as!(
        Row,
        r#"select f.settled_at as "at!", f.id as "id!", null::bigint as "document_id?", null::text as "kind?",
                  c.code as "number!", i.code || ' ' || i.name as "detail!", u.name as "worker?",
                  f.accurate::numeric as "numerator!", 1::numeric as denominator
           from warehouses w
           join kpi_count_facts f on f.warehouse_id = w.id
            and f.settled_at >= $2::date::timestamp at time zone w.time_zone
            and f.settled_at < $3::date::timestamp at time zone w.time_zone
           join locations c on c.id = f.location_id
           join items i on i.id = f.item_id
           left join users u on u.id = f.worker_id
           where w.id = $1 and (f.settled_at, f.id) < ($4, $5)
           order by f.settled_at desc, f.id desc
           limit $6"#,
        wanted.warehouse.0,
        wanted.span.from,
        wanted.span.to,
        before.0,
        before.1,
        limit,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}
