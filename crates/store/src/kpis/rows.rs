//! The rows a figure is made of, each with what it adds.

use super::report::{allowed, ranges, site};
use super::{Wanted, counts, place};
use crate::error::word;
use crate::paging::before_instant;
use crate::{Result, Scope, Store, Tx};
use chrono::{DateTime, Utc};
use domain::DocumentId;
use domain::kpi::{Kpi, KpiFilter, KpiRow, RowKind};
use domain::page::{Cursor, Page};
use domain::user::Caller;
use rust_decimal::Decimal;

pub(super) struct Row {
    pub at: DateTime<Utc>,
    pub id: i64,
    pub document_id: Option<i64>,
    pub kind: Option<String>,
    pub number: String,
    pub detail: String,
    pub worker: Option<String>,
    pub numerator: Decimal,
    pub denominator: Option<Decimal>,
}

impl TryFrom<Row> for KpiRow {
    type Error = crate::Error;
    fn try_from(row: Row) -> Result<Self> {
        let kind = row.kind.map(|kind| word("documents", "kind", &kind));
        Ok(Self {
            id: row.id,
            at: row.at,
            document_id: row.document_id.map(DocumentId),
            kind: kind.transpose()?,
            number: row.number,
            detail: row.detail,
            worker: row.worker,
            numerator: row.numerator.normalize(),
            denominator: row.denominator.map(|below| below.normalize()),
        })
    }
}

/// A page of the rows behind a figure, newest first. Together they add up to it.
pub async fn rows(
    store: &Store,
    caller: &Caller,
    kpi: Kpi,
    filter: &KpiFilter,
    cursor: Option<&Cursor>,
    limit: i64,
    now: DateTime<Utc>,
) -> Result<Page<KpiRow>> {
    let mut wanted = allowed(caller, filter)?;
    let before = before_instant(cursor)?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    let site = site(&mut tx, wanted.warehouse, now).await?;
    wanted.span = ranges(filter, site.today).span;
    let rows = match kpi.definition().rows {
        RowKind::Acts => acts(&mut tx, &wanted, kpi, before, limit + 1).await?,
        RowKind::Finished => finished(&mut tx, &wanted, kpi, before, limit + 1).await?,
        RowKind::Due => due(&mut tx, &wanted, kpi, before, limit + 1).await?,
        RowKind::Counts => counts::settled(&mut tx, &wanted, before, limit + 1).await?,
    };
    let rows = rows
        .into_iter()
        .map(KpiRow::try_from)
        .collect::<Result<Vec<_>>>()?;
    Ok(Page::cut(rows, limit, |row| {
        format!("{}~{}", row.at.to_rfc3339(), row.id)
    }))
}

/// Facts `f` with what each adds to the figures, `v`; `$personal` says whether those of one shift, team or
/// person are asked for.
macro_rules! select_rows {
    ($facts:literal, $personal:literal, $rest:literal $(, $argument:expr)* $(,)?) => {
        sqlx::query_as!(
            Row,
            $facts + "
           cross join lateral (
               select (f.lines, f.worker_lines, f.quantity, f.picks, f.undone, f.short_not_in_stock,
                       f.short_damaged, f.short_not_found, f.short_wrong_item, f.short_other, f.documents,
                       f.documents_partial, f.lines_ordered, f.lines_complete, f.quantity_requested,
                       f.quantity_filled, f.tasks_timed,
                       f.worked_seconds, f.idle_seconds, f.cycle_seconds, f.lines_erp, f.lines_known, f.due,
                       f.on_time)::kpi_measures as measures
               offset 0
           ) m
           cross join lateral (select kpi_fractions(m.measures, " + $personal + ") as fractions offset 0) v" + $rest
            $(, $argument)*
        )
    };
}

/// Acts in the order they were recorded. Picks and shortages have an index each.
async fn acts(
    tx: &mut Tx,
    wanted: &Wanted,
    kpi: Kpi,
    before: (DateTime<Utc>, i64),
    limit: i64,
) -> Result<Vec<Row>> {
    let scope = wanted.scope;
    let rows = select_rows!(
        r#"with span as (
               select $2::date::timestamp at time zone time_zone as starts,
                      $3::date::timestamp at time zone time_zone as ends
               from warehouses where id = $1
           ), acts as (
               (select o.* from operations o, span
                where o.warehouse_id = $1 and o.accepted and o.kind in ('pick', 'undo')
                  and o.recorded_at >= span.starts and o.recorded_at < span.ends
                  and (o.recorded_at, o.seq) < ($9, $10))
               union all
               (select o.* from operations o, span
                where o.warehouse_id = $1 and o.accepted and o.kind = 'short'
                  and o.recorded_at >= span.starts and o.recorded_at < span.ends
                  and (o.recorded_at, o.seq) < ($9, $10))
           )
           select a.recorded_at as "at!", a.seq as "id!", t.document_id as "document_id?", d.kind as "kind?",
                  d.number as "number!", coalesce(l.item_code || ' ' || l.item_name, a.kind) as "detail!",
                  u.name as "worker?", v.fractions[$4::int] as "numerator!",
                  v.fractions[$4::int + 1] as denominator
           from acts a
           cross join lateral (select * from kpi_act_facts x where x.operation_id = a.id offset 0) f"#,
        "$11",
        "
           join tasks t on t.id = a.task_id
           join documents d on d.id = t.document_id
           left join document_lines l on l.id = a.line_id
           left join users u on u.id = a.credited_user_id
           where (v.fractions[$4::int] <> 0 or coalesce(v.fractions[$4::int + 1], 0) <> 0)
             and ($5::text is null or f.kind = $5) and ($6::bigint is null or f.shift_id = $6)
             and ($7::bigint is null or f.team_id = $7) and ($8::bigint is null or f.worker_id = $8)
           order by a.recorded_at desc, a.seq desc
           limit $12",
        wanted.warehouse.0,
        wanted.span.from,
        wanted.span.to,
        place(kpi),
        scope.kind.map(|kind| kind.as_str()),
        scope.shift.map(|id| id.0),
        scope.team.map(|id| id.0),
        scope.worker.map(|id| id.0),
        before.0,
        before.1,
        scope.is_personal(),
        limit,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

/// Documents by their end.
async fn finished(
    tx: &mut Tx,
    wanted: &Wanted,
    kpi: Kpi,
    before: (DateTime<Utc>, i64),
    limit: i64,
) -> Result<Vec<Row>> {
    let scope = wanted.scope;
    let rows = select_rows!(
        r#"with span as (
               select $2::date::timestamp at time zone time_zone as starts,
                      $3::date::timestamp at time zone time_zone as ends
               from warehouses where id = $1
           )
           select d.finished_at as "at!", d.id, d.id as "document_id?", d.kind as "kind?", d.number,
                  d.status as "detail!", u.name as "worker?", v.fractions[$4::int] as "numerator!",
                  v.fractions[$4::int + 1] as denominator
           from span
           join documents d on d.warehouse_id = $1 and d.finished_at >= span.starts and d.finished_at < span.ends
           cross join lateral kpi_document_facts(d) f"#,
        "false",
        "
           left join users u on u.id = d.finished_by
           where f.documents > 0
             and (d.finished_at, d.id) < ($9, $10)
             and ($5::text is null or f.kind = $5) and ($6::bigint is null or f.shift_id = $6)
             and ($7::bigint is null or f.team_id = $7) and ($8::bigint is null or f.worker_id = $8)
           order by d.finished_at desc, d.id desc
           limit $11",
        wanted.warehouse.0,
        wanted.span.from,
        wanted.span.to,
        place(kpi),
        scope.kind.map(|kind| kind.as_str()),
        scope.shift.map(|id| id.0),
        scope.team.map(|id| id.0),
        scope.worker.map(|id| id.0),
        before.0,
        before.1,
        limit,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

/// Documents by the day on them, also those that no shift, team or person has: asked for one of
/// these there are none.
async fn due(
    tx: &mut Tx,
    wanted: &Wanted,
    kpi: Kpi,
    before: (DateTime<Utc>, i64),
    limit: i64,
) -> Result<Vec<Row>> {
    if wanted.scope.is_personal() {
        return Ok(Vec::new());
    }
    let rows = select_rows!(
        r#"select d.dated_on::timestamp at time zone w.time_zone as "at!", d.id, d.id as "document_id?",
                  d.kind as "kind?", d.number, d.status as "detail!", u.name as "worker?",
                  v.fractions[$4::int] as "numerator!",
                  v.fractions[$4::int + 1] as denominator
           from connections c
           join warehouses w on w.id = c.warehouse_id
           join documents d on d.connection_id = c.id and d.dated_on >= $2 and d.dated_on < $3
           cross join lateral kpi_document_facts(d) f"#,
        "false",
        "
           left join users u on u.id = d.finished_by
           where c.warehouse_id = $1 and f.lines_erp > 0 and v.fractions[$4::int + 1] > 0
             and (d.dated_on::timestamp at time zone w.time_zone, d.id) < ($6, $7)
             and ($5::text is null or f.kind = $5)
           order by d.dated_on desc, d.id desc
           limit $8",
        wanted.warehouse.0,
        wanted.span.from,
        wanted.span.to,
        place(kpi),
        wanted.scope.kind.map(|kind| kind.as_str()),
        before.0,
        before.1,
        limit,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}
