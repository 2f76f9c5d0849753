//! Received goods that lie on no location yet, and where they belong.

use crate::error::word;
use crate::{Result, Store, Tx, floor};
use chrono::{DateTime, TimeDelta, Utc};
use domain::document::LineStatus;
use domain::picking::TaskLine;
use domain::put_away::{PutAway, PutAwayPlace};
use domain::user::Caller;
use domain::{DocumentId, LineId, TaskId};
use rust_decimal::Decimal;

/// What a list holds at most; the rest follows once these are away.
const AT_ONCE: i64 = 100;
/// Receipts that ended longer ago were put away before there were locations, or never will be.
const DAYS: i64 = 14;

/// What waits at the caller's sites, oldest receipt first, each with the location where it belongs:
/// one that holds the item, else its last one, else an empty one, in the zone where things of its
/// kind lie most. One that was found full is none of them until something left it.
pub async fn waiting(store: &Store, caller: &Caller, now: DateTime<Utc>) -> Result<Vec<PutAway>> {
    let mut reading = store.read(caller).await?;
    let rows = reading.all(sqlx::query!(
        r#"with waits as materialized (
               select t.id as task_id, t.warehouse_id, d.number, l.id, l.item_id, l.item_code, l.item_name,
                      k.uom,
                      l.done, p.quantity as put, i.class, coalesce(u.decimals, 0) as decimals
               from tasks t
               join documents d on d.id = t.document_id
               join document_lines l on l.document_id = d.id and l.wms_flag and l.done > 0
               cross join lateral our_unit(l.uom, l.company_id, d.connection_id) k
               join items i on i.id = l.item_id
               left join uoms u on u.company_id = i.company_id and u.code = i.uom
               cross join lateral (
                   select coalesce(sum(o.quantity), 0) as quantity from operations o
                   where o.task_id = t.id and o.line_id = l.id and o.kind = 'put_away' and o.accepted
                     and not exists (select from operations r where r.reverses = o.id and r.accepted)
               ) p
               where t.company_id = $1 and t.warehouse_id = any($2) and t.kind = 'receive'
                 and (t.finished_at is null or t.finished_at > $3)
                 and l.done > p.quantity
                 and t.started_at >= (select min(c.created_at) from locations c where c.warehouse_id = t.warehouse_id)
               order by t.started_at, t.id, l.position, l.id
               limit $4
           ), found_full as materialized (
               select f.location_id as id from locations_found_full($5) f
               where f.company_id = $1 and f.warehouse_id = any($2)
           ), empty as materialized (
               select c.id, c.warehouse_id, c.zone, c.code, c.position
               from locations c
               where c.company_id = $1 and c.warehouse_id = any($2) and c.active
                 and c.id not in (select f.id from found_full f)
                 and not exists (select from stock_moves m where m.location_id = c.id
                                 group by m.item_id having sum(m.quantity) > 0)
           )
           select w.task_id as "task_id!", w.number as "number!", w.id as "id!", w.item_code as "item_code!",
                  w.item_name as "item_name!", w.uom as "uom!", w.done as "done!", w.put as "put!",
                  w.decimals as "decimals!", s.code as "location?", s.reason as "reason?",
                  array(select b.key from item_barcodes b where b.item_id = w.item_id order by b.key) as "barcodes!"
           from waits w
           left join lateral (
               select x.code, x.reason
               from (
                   (select c.code, 'holds_item' as reason, 1 as rank
                    from stock_moves m join locations c on c.id = m.location_id and c.active
                    where m.item_id = w.item_id and m.warehouse_id = w.warehouse_id
                      and c.id not in (select f.id from found_full f)
                    group by c.id having sum(m.quantity) > 0
                    order by c.position, c.id limit 1)
                   union all
                   (select c.code, 'last_held', 2
                    from stock_moves m join locations c on c.id = m.location_id and c.active
                    where m.item_id = w.item_id and m.warehouse_id = w.warehouse_id
                      and c.id not in (select f.id from found_full f)
                    order by m.seq desc limit 1)
                   union all
                   (select e.code, 'empty', 3
                    from empty e
                    where e.warehouse_id = w.warehouse_id
                    order by e.zone is not distinct from (
                                 select c.zone
                                 from items o
                                 join stock_moves m on m.item_id = o.id and m.warehouse_id = w.warehouse_id
                                 join locations c on c.id = m.location_id
                                 where o.company_id = $1 and o.class = w.class
                                 group by c.zone order by sum(m.quantity) desc, c.zone limit 1) desc,
                             e.position, e.id
                    limit 1)
               ) x
               order by x.rank limit 1
           ) s on true"#,
        caller.company_id.0,
        &caller.warehouse_ids(),
        now - TimeDelta::days(DAYS),
        AT_ONCE,
        now,
    )).await?;
    rows.into_iter()
        .map(|row| {
            let reason = row.reason.as_deref();
            let reason = reason.map(|reason| word("locations", "reason", reason));
            let place = row.location.zip(reason.transpose()?);
            Ok(PutAway {
                task_id: TaskId(row.task_id),
                number: row.number,
                line: TaskLine {
                    id: LineId(row.id),
                    item_code: row.item_code,
                    item_name: row.item_name,
                    uom: row.uom,
                    decimals: u8::try_from(row.decimals).unwrap_or(0),
                    requested: row.done.normalize(),
                    done: row.put.normalize(),
                    status: LineStatus::of(row.done, row.put, None),
                    reason: None,
                    reason_text: None,
                    conflict: None,
                    last_worker: None,
                    barcodes: row.barcodes,
                    packs: Vec::new(),
                    location: None,
                },
                suggested: place.map(|(location, reason)| PutAwayPlace { location, reason }),
            })
        })
        .collect()
}

/// A line of a locked receipt as it waits to be put away; none when it is no line of the document.
pub async fn line(tx: &mut Tx, document: DocumentId, id: LineId) -> Result<Option<TaskLine>> {
    let Some(line) = floor::any_line(tx, document, id).await? else {
        return Ok(None);
    };
    let put: Decimal = sqlx::query_scalar!(
        r#"select coalesce(sum(o.quantity), 0) as "put!"
           from tasks t
           join operations o on o.task_id = t.id and o.line_id = $2 and o.kind = 'put_away' and o.accepted
           where t.document_id = $1
             and not exists (select from operations r where r.reverses = o.id and r.accepted)"#,
        document.0,
        id.0,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(Some(TaskLine {
        requested: line.done,
        done: put.normalize(),
        status: LineStatus::of(line.done, put, None),
        reason: None,
        conflict: None,
        ..line
    }))
}
