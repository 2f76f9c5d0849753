//! Queued acts and deltas become rollups, in the background.

use crate::{Result, Scope, Store};

/// Folds at most so many acts and as many deltas of all companies into their hours, days and months;
/// returns how many it folded of both. One transaction: a reader sees each either as waiting or in its
/// rollup. Another node at it means nothing to do here.
pub async fn fold(store: &Store, most: i64) -> Result<u64> {
    let mut tx = store.begin(Scope::System).await?;
    if !lock_if_free(&mut tx).await? {
        return Ok(0);
    }
    let folded = move_waiting(&mut tx, most).await?;
    tx.commit().await?;
    Ok(folded)
}

async fn lock_if_free(tx: &mut crate::Tx) -> Result<bool> {
    let free = sqlx::query_scalar!(
        r#"select case when exists (select from kpi_acts) or exists (select from kpi_deltas)
                  then pg_try_advisory_xact_lock(hashtextextended('kpis', 0)) else false end as "free!""#
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(free)
}

/// Waits until nobody folds; until the transaction ends nobody else does.
pub(super) async fn lock(tx: &mut crate::Tx) -> Result<()> {
    sqlx::query!(r#"select pg_advisory_xact_lock(hashtextextended('kpis', 0))::text as "held!""#)
        .fetch_one(tx.conn())
        .await?;
    Ok(())
}

/// What [`fold`] does, behind the lock.
pub(super) async fn move_waiting(tx: &mut crate::Tx, most: i64) -> Result<u64> {
    let folded = sqlx::query_scalar!(
        r#"with acts as (
               delete from kpi_acts
               where ctid in (select ctid from kpi_acts limit $1)
               returning operation_id
           ), deltas as (
               delete from kpi_deltas
               where id in (select id from kpi_deltas order by id limit $1)
               returning *
           ), changes as (
               select f.company_id, f.warehouse_id, f.day, f.hour, f.kind, f.shift_id, f.team_id, f.worker_id,
                      f.lines, f.worker_lines, f.quantity, f.picks, f.undone, f.short_not_in_stock,
                      f.short_damaged, f.short_not_found, f.short_wrong_item, f.short_other, f.documents,
                      f.documents_partial, f.lines_ordered, f.lines_complete, f.quantity_requested,
                      f.quantity_filled, f.tasks_timed,
                      f.worked_seconds, f.idle_seconds, f.cycle_seconds, f.lines_erp, f.lines_known, f.due,
                      f.on_time, f.last_at
               from acts a
               cross join lateral (
                   select * from kpi_act_facts x where x.operation_id = a.operation_id offset 0
               ) f
               union all
               select company_id, warehouse_id, day, hour, kind, shift_id, team_id, worker_id,
                      lines, worker_lines, quantity, picks, undone, short_not_in_stock,
                      short_damaged, short_not_found, short_wrong_item, short_other, documents,
                      documents_partial, lines_ordered, lines_complete, quantity_requested, quantity_filled,
                      tasks_timed,
                      worked_seconds, idle_seconds, cycle_seconds, lines_erp, lines_known, due,
                      on_time, last_at
               from deltas
           ), hours as (
               select company_id, warehouse_id, day, hour, kind, shift_id, team_id, worker_id,
                      sum(lines) as lines, sum(worker_lines) as worker_lines, sum(quantity) as quantity,
                      sum(picks) as picks, sum(undone) as undone,
                      sum(short_not_in_stock) as short_not_in_stock, sum(short_damaged) as short_damaged,
                      sum(short_not_found) as short_not_found, sum(short_wrong_item) as short_wrong_item,
                      sum(short_other) as short_other, sum(documents) as documents,
                      sum(documents_partial) as documents_partial, sum(lines_ordered) as lines_ordered,
                      sum(lines_complete) as lines_complete, sum(quantity_requested) as quantity_requested,
                      sum(quantity_filled) as quantity_filled, sum(tasks_timed) as tasks_timed,
                      sum(worked_seconds) as worked_seconds, sum(idle_seconds) as idle_seconds,
                      sum(cycle_seconds) as cycle_seconds, sum(lines_erp) as lines_erp,
                      sum(lines_known) as lines_known, sum(due) as due, sum(on_time) as on_time,
                      max(last_at) as last_at
               from changes
               group by 1, 2, 3, 4, 5, 6, 7, 8
           ), summed as (
               select g.grain, h.company_id, h.warehouse_id,
                      case g.grain when 'month' then h.day - (extract(day from h.day)::int - 1) else h.day end as day,
                      case g.grain when 'hour' then h.hour else 0 end as hour,
                      h.kind, h.shift_id, h.team_id, h.worker_id,
                      sum(lines), sum(worker_lines), sum(quantity), sum(picks), sum(undone),
                      sum(short_not_in_stock), sum(short_damaged), sum(short_not_found),
                      sum(short_wrong_item), sum(short_other), sum(documents), sum(documents_partial),
                      sum(lines_ordered), sum(lines_complete), sum(quantity_requested), sum(quantity_filled),
                      sum(tasks_timed), sum(worked_seconds),
                      sum(idle_seconds), sum(cycle_seconds), sum(lines_erp), sum(lines_known), sum(due),
                      sum(on_time), max(last_at)
               from hours h
               cross join (values ('hour'), ('day'), ('month')) g (grain)
               group by 1, 2, 3, 4, 5, 6, 7, 8, 9
           ), put as (
               insert into kpi_rollups as r
                   (grain, company_id, warehouse_id, day, hour, kind, shift_id, team_id, worker_id,
                    lines, worker_lines, quantity, picks, undone, short_not_in_stock, short_damaged,
                    short_not_found, short_wrong_item, short_other, documents, documents_partial,
                    lines_ordered, lines_complete, quantity_requested, quantity_filled, tasks_timed, worked_seconds,
                    idle_seconds, cycle_seconds,
                    lines_erp, lines_known, due, on_time, last_at)
               select * from summed
               on conflict (warehouse_id, grain, day, hour, kind, shift_id, team_id, worker_id) do update set
                   lines = r.lines + excluded.lines,
                   worker_lines = r.worker_lines + excluded.worker_lines,
                   quantity = r.quantity + excluded.quantity,
                   picks = r.picks + excluded.picks,
                   undone = r.undone + excluded.undone,
                   short_not_in_stock = r.short_not_in_stock + excluded.short_not_in_stock,
                   short_damaged = r.short_damaged + excluded.short_damaged,
                   short_not_found = r.short_not_found + excluded.short_not_found,
                   short_wrong_item = r.short_wrong_item + excluded.short_wrong_item,
                   short_other = r.short_other + excluded.short_other,
                   documents = r.documents + excluded.documents,
                   documents_partial = r.documents_partial + excluded.documents_partial,
                   lines_ordered = r.lines_ordered + excluded.lines_ordered,
                   lines_complete = r.lines_complete + excluded.lines_complete,
                   quantity_requested = r.quantity_requested + excluded.quantity_requested,
                   quantity_filled = r.quantity_filled + excluded.quantity_filled,
                   tasks_timed = r.tasks_timed + excluded.tasks_timed,
                   worked_seconds = r.worked_seconds + excluded.worked_seconds,
                   idle_seconds = r.idle_seconds + excluded.idle_seconds,
                   cycle_seconds = r.cycle_seconds + excluded.cycle_seconds,
                   lines_erp = r.lines_erp + excluded.lines_erp,
                   lines_known = r.lines_known + excluded.lines_known,
                   due = r.due + excluded.due,
                   on_time = r.on_time + excluded.on_time,
                   last_at = greatest(r.last_at, excluded.last_at)
           )
           select (select count(*) from acts) + (select count(*) from deltas) as "folded!""#,
        most,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(u64::try_from(folded).unwrap_or(0))
}
