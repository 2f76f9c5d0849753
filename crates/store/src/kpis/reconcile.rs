//! Figures against the rows they come from.

use super::fold;
use crate::{Result, Scope, Store, Tx};

/// How many acts and deltas one step of a rebuild folds.
const BATCH: i64 = 50_000;

/// How many parts (an hour, a day or a month of a shift, a team, a person) differ from the rows. None
/// ever should; it reads every row.
pub async fn differences(store: &Store) -> Result<i64> {
    let mut tx = store.begin(Scope::System).await?;
    let count = unlike_hours(&mut tx).await? + add_differences(&mut tx).await?;
    tx.rollback().await?;
    Ok(count)
}

/// Makes the figures what the rows say and returns how many parts differed. Work goes on meanwhile:
/// the difference is taken in one statement, of rows and figures of the same instant.
pub async fn rebuild(store: &Store) -> Result<i64> {
    let mut tx = store.begin(Scope::System).await?;
    fold::lock(&mut tx).await?;
    let count = unlike_hours(&mut tx).await? + add_differences(&mut tx).await?;
    while fold::move_waiting(&mut tx, BATCH).await? > 0 {}
    sum_up_hours(&mut tx).await?;
    tx.commit().await?;
    Ok(count)
}

/// Appends what is missing in the figures, or too much, as deltas.
async fn add_differences(tx: &mut Tx) -> Result<i64> {
    let added = sqlx::query!(
        r#"insert into kpi_deltas
               (company_id, warehouse_id, day, hour, kind, shift_id, team_id, worker_id,
                lines, worker_lines, quantity, picks, undone, short_not_in_stock, short_damaged,
                short_not_found, short_wrong_item, short_other, documents, documents_partial, lines_ordered,
                lines_complete, quantity_requested, quantity_filled, tasks_timed, worked_seconds, idle_seconds,
                cycle_seconds, lines_erp,
                lines_known, due, on_time, last_at)
           select company_id, warehouse_id, day, hour, kind, shift_id, team_id, worker_id,
                  sum(sign * lines), sum(sign * worker_lines), sum(sign * quantity), sum(sign * picks),
                  sum(sign * undone), sum(sign * short_not_in_stock), sum(sign * short_damaged),
                  sum(sign * short_not_found), sum(sign * short_wrong_item), sum(sign * short_other),
                  sum(sign * documents), sum(sign * documents_partial), sum(sign * lines_ordered),
                  sum(sign * lines_complete), sum(sign * quantity_requested), sum(sign * quantity_filled),
                  sum(sign * tasks_timed), sum(sign * worked_seconds),
                  sum(sign * idle_seconds), sum(sign * cycle_seconds), sum(sign * lines_erp),
                  sum(sign * lines_known), sum(sign * due), sum(sign * on_time), max(last_at)
           from (
               select 1 as sign, f.* from kpi_facts f
               union all
               select -1, company_id, warehouse_id, day, hour, kind, shift_id, team_id, worker_id,
                      lines, worker_lines, quantity, picks, undone, short_not_in_stock, short_damaged,
                      short_not_found, short_wrong_item, short_other, documents, documents_partial,
                      lines_ordered, lines_complete, quantity_requested, quantity_filled, tasks_timed,
                      worked_seconds, idle_seconds,
                      cycle_seconds, lines_erp, lines_known, due, on_time, last_at
               from kpi_unfolded
               union all
               select -1, company_id, warehouse_id, day, hour, kind, shift_id, team_id, worker_id,
                      lines, worker_lines, quantity, picks, undone, short_not_in_stock, short_damaged,
                      short_not_found, short_wrong_item, short_other, documents, documents_partial,
                      lines_ordered, lines_complete, quantity_requested, quantity_filled, tasks_timed,
                      worked_seconds, idle_seconds,
                      cycle_seconds, lines_erp, lines_known, due, on_time, last_at
               from kpi_rollups where grain = 'hour'
           ) x
           group by company_id, warehouse_id, day, hour, kind, shift_id, team_id, worker_id
           having (sum(sign * lines), sum(sign * worker_lines), sum(sign * quantity), sum(sign * picks),
                   sum(sign * undone), sum(sign * short_not_in_stock), sum(sign * short_damaged),
                   sum(sign * short_not_found), sum(sign * short_wrong_item), sum(sign * short_other),
                   sum(sign * documents), sum(sign * documents_partial), sum(sign * lines_ordered),
                   sum(sign * lines_complete), sum(sign * quantity_requested), sum(sign * quantity_filled),
                   sum(sign * tasks_timed), sum(sign * worked_seconds),
                   sum(sign * idle_seconds), sum(sign * cycle_seconds), sum(sign * lines_erp),
                   sum(sign * lines_known), sum(sign * due), sum(sign * on_time))
                  is distinct from (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)"#
    )
    .execute(tx.conn())
    .await?;
    Ok(i64::try_from(added.rows_affected()).unwrap_or(i64::MAX))
}

/// A statement about days and months as the hours add up to them.
macro_rules! of_summed_hours {
    ($query:ident, $before:literal, $after:literal) => {
        sqlx::$query!(
            $before
                + "select g.grain, company_id, warehouse_id,
                          case g.grain when 'month' then day - (extract(day from day)::int - 1) else day end as day,
                          0::smallint as hour, kind, shift_id, team_id, worker_id,
                          sum(lines), sum(worker_lines), sum(quantity), sum(picks), sum(undone),
                          sum(short_not_in_stock), sum(short_damaged), sum(short_not_found), sum(short_wrong_item),
                          sum(short_other), sum(documents), sum(documents_partial), sum(lines_ordered),
                          sum(lines_complete), sum(quantity_requested), sum(quantity_filled), sum(tasks_timed),
                          sum(worked_seconds), sum(idle_seconds), sum(cycle_seconds), sum(lines_erp), sum(lines_known), sum(due), sum(on_time), max(last_at)
                   from kpi_rollups r
                   cross join (values ('day'), ('month')) g (grain)
                   where r.grain = 'hour'
                   group by 1, 2, 3, 4, 6, 7, 8, 9"
                + $after
        )
    };
}

/// How many days and months differ from their hours.
async fn unlike_hours(tx: &mut Tx) -> Result<i64> {
    Ok(of_summed_hours!(
        query_scalar,
        "with kept as (
             select grain, company_id, warehouse_id, day, hour, kind, shift_id, team_id, worker_id,
                lines, worker_lines, quantity, picks, undone, short_not_in_stock, short_damaged,
                short_not_found, short_wrong_item, short_other, documents, documents_partial, lines_ordered,
                lines_complete, quantity_requested, quantity_filled, tasks_timed, worked_seconds, idle_seconds,
                cycle_seconds, lines_erp, lines_known, due, on_time, last_at
             from kpi_rollups where grain <> 'hour'),
         summed as (",
        r#")
         select greatest((select count(*) from (table kept except table summed) a),
                         (select count(*) from (table summed except table kept) b)) as "count!""#
    )
    .fetch_one(tx.conn())
    .await?)
}

/// Days and months anew from the hours.
async fn sum_up_hours(tx: &mut Tx) -> Result<()> {
    sqlx::query!("delete from kpi_rollups where grain <> 'hour'")
        .execute(tx.conn())
        .await?;
    of_summed_hours!(
        query,
        "insert into kpi_rollups
               (grain, company_id, warehouse_id, day, hour, kind, shift_id, team_id, worker_id,
                lines, worker_lines, quantity, picks, undone, short_not_in_stock, short_damaged,
                short_not_found, short_wrong_item, short_other, documents, documents_partial, lines_ordered,
                lines_complete, quantity_requested, quantity_filled, tasks_timed, worked_seconds, idle_seconds,
                cycle_seconds, lines_erp, lines_known, due, on_time, last_at) ",
        ""
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
