//! What moved while somebody counted, and counts that acts of before them reached too late.

use crate::{Result, Tx};
use chrono::{DateTime, Utc};
use domain::counting::Meanwhile;
use domain::{CountLineId, OperationId, UserId};
use rust_decimal::Decimal;

/// A count, and the time in which its figure was counted.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    /// The count.
    pub count: CountLineId,
    /// Since when.
    pub began_at: DateTime<Utc>,
    /// When the figure was entered.
    pub counted_at: DateTime<Utc>,
}

/// When a person acted last, by the clock of the device.
pub async fn acted_last(tx: &mut Tx, user: UserId) -> Result<Option<DateTime<Utc>>> {
    Ok(sqlx::query_scalar!(
        r#"select greatest(
               (select o.made_at from operations o where o.user_id = $1 order by o.recorded_at desc limit 1),
               (select e.made_at from count_entries e where e.user_id = $1 order by e.recorded_at desc limit 1)
           ) as acted_at"#,
        user.0,
    )
    .fetch_one(tx.conn())
    .await?)
}

/// What lay where a count is, in its time. What the count itself corrected is left out.
pub async fn meanwhile(tx: &mut Tx, span: Span) -> Result<Meanwhile> {
    let row = sqlx::query!(
        r#"with moves as (
               select m.quantity, m.moved_at, sum(m.quantity) over (order by m.moved_at, m.seq) as lay
               from count_lines n
               join stock_moves m on m.item_id = n.item_id and m.warehouse_id = n.warehouse_id
                                 and m.location_id = n.location_id
               where n.id = $1 and m.moved_at <= $3 and m.count_id is distinct from n.id
           ), beginning as (
               select coalesce(sum(m.quantity), 0) as lay from moves m where m.moved_at <= $2
           )
           select least(b.lay, min(m.lay)) as "least!", greatest(b.lay, max(m.lay)) as "most!",
                  coalesce(-sum(m.quantity) filter (where m.quantity < 0), 0) as "left!",
                  coalesce(sum(m.quantity) filter (where m.quantity > 0), 0) as "came!"
           from beginning b
           left join moves m on m.moved_at > $2
           group by b.lay"#,
        span.count.0,
        span.began_at,
        span.counted_at,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(Meanwhile {
        least: row.least.normalize(),
        most: row.most.normalize(),
        left: row.left.normalize(),
        came: row.came.normalize(),
    })
}

/// What tasks under way still want from where a count is: of its item's locations the one they are shown.
pub async fn open_picks(tx: &mut Tx, count: CountLineId) -> Result<Decimal> {
    Ok(sqlx::query_scalar!(
        r#"select coalesce(sum(l.requested - l.done), 0) as "open!"
           from count_lines n
           join tasks t on t.warehouse_id = n.warehouse_id and t.kind = 'pick' and t.state = 'claimed'
           join document_lines l on l.document_id = t.document_id and l.item_id = n.item_id and l.wms_flag
                                and l.requested > l.done and l.reason is null
           where n.id = $1
             and n.location_id = (
                 select c.id
                 from stock_moves m
                 join locations c on c.id = m.location_id and c.active
                 where m.item_id = n.item_id and m.warehouse_id = n.warehouse_id
                 group by c.id
                 having sum(m.quantity) > 0
                 order by c.position, c.id
                 limit 1
             )"#,
        count.0,
    )
    .fetch_one(tx.conn())
    .await?)
}

/// A settled count that an act of before it reached too late.
#[derive(Debug, Clone, Copy)]
pub struct Reached {
    /// The count and its time.
    pub span: Span,
    /// The figure that decided.
    pub figure: Decimal,
    /// What it was compared with.
    pub on_record: Decimal,
}

/// Locks the settled counts of where an act moved goods, of those that were counted after it was done;
/// oldest first.
pub async fn reached(tx: &mut Tx, operation: OperationId) -> Result<Vec<Reached>> {
    let rows = sqlx::query!(
        r#"select n.id, n.began_at as "began_at!", n.counted_at as "counted_at!",
                  coalesce(n.second, n.first) as "figure!", n.on_record as "on_record!"
           from stock_moves m
           join count_lines n on n.location_id = m.location_id and n.item_id = m.item_id
           where m.operation_id = $1 and n.state = 'settled' and n.began_at is not null
             and n.counted_at >= m.moved_at
           order by n.counted_at, n.id
           for update of n"#,
        operation.0,
    )
    .fetch_all(tx.conn())
    .await?;
    let reached = rows.into_iter().map(|row| Reached {
        span: Span {
            count: CountLineId(row.id),
            began_at: row.began_at,
            counted_at: row.counted_at,
        },
        figure: row.figure,
        on_record: row.on_record,
    });
    Ok(reached.collect())
}

/// Compares a held, settled count with what is known of its time now; what it corrected changes by as much.
pub async fn reckon_again(
    tx: &mut Tx,
    reached: Reached,
    meanwhile: Meanwhile,
    user: UserId,
    at: DateTime<Utc>,
) -> Result<()> {
    let on_record = meanwhile.nearest(reached.figure);
    sqlx::query!(
        "update count_lines
         set on_record = $2, left_meanwhile = $3, came_meanwhile = $4, reckoned_at = $5
         where id = $1",
        reached.span.count.0,
        on_record,
        meanwhile.left,
        meanwhile.came,
        at,
    )
    .execute(tx.conn())
    .await?;
    correct(tx, reached.span, reached.on_record - on_record, user).await
}

/// Corrects what lies where a count is, at the time of its figure.
pub(super) async fn correct(
    tx: &mut Tx,
    span: Span,
    difference: Decimal,
    user: UserId,
) -> Result<()> {
    if difference.is_zero() {
        return Ok(());
    }
    sqlx::query!(
        "insert into stock_moves (company_id, warehouse_id, item_id, location_id, quantity, kind, count_id, user_id,
                                  moved_at)
         select company_id, warehouse_id, item_id, location_id, $2, 'count', id, $3, $4
         from count_lines where id = $1",
        span.count.0,
        difference,
        user.0,
        span.counted_at,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
