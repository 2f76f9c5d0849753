//! The figures: the only definition of each, read as rollups and what is not folded into them yet.
//!
//! What an act or a document contributes stands in the database (`kpi_operation_facts`,
//! `kpi_document_facts`), and so does how figures follow from sums (`kpi_figures`). TV, office and
//! API read nothing else.

mod fold;
mod names;
mod reconcile;
mod report;
mod rows;

pub use fold::fold;
pub(crate) use names::{name_of, names};
pub use reconcile::{differences, rebuild};
pub(crate) use report::figures;
pub use report::report;
pub use rows::rows;

use crate::{Result, Tx};
use chrono::{DateTime, NaiveDate, Utc};
use domain::WarehouseId;
use domain::kpi::{By, Fraction, Kpi, Scope, Span, Spans};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// Which sums.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted {
    /// Site.
    pub warehouse: WarehouseId,
    /// Days.
    pub span: Span,
    /// Whose.
    pub scope: Scope,
    /// Broken down by.
    pub by: Option<By>,
    /// And that by.
    pub split: Option<By>,
}

impl Wanted {
    /// A whole site on one day.
    pub fn day(warehouse: WarehouseId, day: NaiveDate) -> Self {
        Self {
            warehouse,
            span: Span::ending(day, 1),
            scope: Scope::default(),
            by: None,
            split: None,
        }
    }
}

/// Figures by part, and within it by its own parts; the keys are empty when nothing was asked for.
#[derive(Debug, Default)]
pub(crate) struct Sums {
    /// By key and split.
    pub parts: BTreeMap<(String, String), BTreeMap<Kpi, Fraction>>,
    /// The newest change in them.
    pub changed_at: Option<DateTime<Utc>>,
}

impl Sums {
    /// A figure of the part of that key; nothing of it counts as zero.
    pub fn get(&self, key: &str, kpi: Kpi) -> Fraction {
        let part = self.parts.get(&(key.to_owned(), String::new()));
        part.and_then(|figures| figures.get(&kpi))
            .copied()
            .unwrap_or_default()
    }

    /// A count of the part of that key.
    pub fn count(&self, key: &str, kpi: Kpi) -> i64 {
        whole(self.get(key, kpi).numerator)
    }
}

/// A sum of whole numbers as one.
pub(crate) fn whole(sum: Decimal) -> i64 {
    i64::try_from(sum).unwrap_or(i64::MAX)
}

/// Reads figures: numerator and denominator of each.
pub(crate) async fn sums(tx: &mut Tx, wanted: &Wanted) -> Result<Sums> {
    let Wanted {
        warehouse,
        span,
        scope,
        by,
        split,
    } = wanted;
    let asked: Vec<By> = by.iter().chain(split).copied().collect();
    let spans = Spans::of(*span, &asked);
    let personal = scope.is_personal() || asked.iter().any(|by| by.is_personal());
    let rows = sqlx::query!(
        r#"with spanned as materialized (
               select * from kpi_rollups where warehouse_id = $1 and grain = 'month' and day >= $2 and day < $3
               union all
               select * from kpi_rollups where warehouse_id = $1 and grain = 'day' and day >= $4 and day < $5
               union all
               select * from kpi_rollups where warehouse_id = $1 and grain = 'day' and day >= $6 and day < $7
               union all
               select * from kpi_rollups where warehouse_id = $1 and grain = 'hour' and day >= $8 and day < $9
               union all
               select 'delta', company_id, warehouse_id, day, hour, kind, shift_id, team_id, worker_id,
                      lines, worker_lines, quantity, picks, undone, short_not_in_stock, short_damaged,
                      short_not_found, short_wrong_item, short_other, documents, documents_partial,
                      lines_ordered, lines_complete, tasks_timed, worked_seconds, idle_seconds,
                      cycle_seconds, lines_erp, lines_known, due, on_time, last_at
               from kpi_deltas where warehouse_id = $1 and day >= $10 and day < $11
           ), keyed as (
               select *, case $12
                         when 'hour' then hour::text
                         when 'day' then day::text
                         when 'week' then (day - (extract(isodow from day)::int - 1))::text
                         when 'month' then (day - (extract(day from day)::int - 1))::text
                         when 'kind' then kind
                         when 'shift' then shift_id::text
                         when 'team' then team_id::text
                         when 'worker' then worker_id::text
                         else '' end as key,
                      case $13
                      when 'shift' then shift_id::text
                      when 'team' then team_id::text
                      when 'kind' then kind
                      else '' end as split
               from spanned
               where ($14::text is null or kind = $14) and ($15::bigint is null or shift_id = $15)
                 and ($16::bigint is null or team_id = $16) and ($17::bigint is null or worker_id = $17)
           ), summed as (
               select key, split, max(last_at) as last_at,
                      row(sum(lines), sum(worker_lines), sum(quantity), sum(picks), sum(undone),
                          sum(short_not_in_stock), sum(short_damaged), sum(short_not_found),
                          sum(short_wrong_item), sum(short_other), sum(documents), sum(documents_partial),
                          sum(lines_ordered), sum(lines_complete), sum(tasks_timed), sum(worked_seconds),
                          sum(idle_seconds), sum(cycle_seconds), sum(lines_erp), sum(lines_known), sum(due),
                          sum(on_time))::kpi_measures as measures
               from keyed
               group by key, split
           )
           select s.key as "key!", s.split as "split!", s.last_at as "last_at!", f.kpi as "kpi!",
                  f.numerator as "numerator!", f.denominator
           from summed s
           cross join lateral kpi_figures(s.measures, $18) f"#,
        warehouse.0,
        spans.months.from,
        spans.months.to,
        spans.head.from,
        spans.head.to,
        spans.tail.from,
        spans.tail.to,
        spans.hours.from,
        spans.hours.to,
        span.from,
        span.to,
        by.map(By::as_str),
        split.map(By::as_str),
        scope.kind.map(|kind| kind.as_str()),
        scope.shift.map(|id| id.0),
        scope.team.map(|id| id.0),
        scope.worker.map(|id| id.0),
        personal,
    )
    .fetch_all(tx.conn())
    .await?;
    let mut sums = Sums::default();
    for row in rows {
        let kpi: Kpi = crate::error::word("kpi_rollups", "figure", &row.kpi)?;
        let fraction = Fraction {
            numerator: row.numerator.normalize(),
            denominator: row.denominator.map(|below| below.normalize()),
        };
        sums.changed_at = sums.changed_at.max(Some(row.last_at));
        let part = sums.parts.entry((row.key, row.split)).or_default();
        part.insert(kpi, fraction);
    }
    Ok(sums)
}
