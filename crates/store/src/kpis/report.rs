//! What the KPI page and the API show.

use super::names::{name_of, names};
use super::{Figures, Sums, Wanted, counts, sums};
use crate::{Error, Result, Scope, Store, Tx, screens};
use chrono::{DateTime, NaiveDate, Utc};
use domain::WarehouseId;
use domain::kpi::{
    By, Kpi, KpiFigure, KpiFilter, KpiGroup, KpiReport, MOST_DAYS, Period, Ranges, Span,
};
use domain::permission::Role;
use domain::screen::Naming;
use domain::user::Caller;

/// What a caller may ask: a worker about no one else. `None` when the site is not in scope or cannot
/// be told.
pub(super) fn allowed(caller: &Caller, filter: &KpiFilter) -> Result<Wanted> {
    let warehouse = match (filter.warehouse, caller.warehouses.as_slice()) {
        (Some(id), _) if caller.sees_warehouse(id) => id,
        (None, [only]) => *only,
        _ => return Err(Error::NotFound { what: "warehouse" }),
    };
    let mut scope = filter.scope;
    if caller.role == Role::Worker {
        if scope.worker.is_some_and(|worker| worker != caller.user_id) {
            return Err(Error::NotFound { what: "worker" });
        }
        scope.worker = Some(caller.user_id);
    }
    let span = Span {
        from: NaiveDate::default(),
        to: NaiveDate::default(),
    };
    Ok(Wanted {
        warehouse,
        span,
        today: span.from,
        scope,
        by: filter.by,
        split: None,
    })
}

/// A site at an instant.
pub(super) struct Site {
    /// Its day.
    pub today: NaiveDate,
    /// When documents were last read from any upstream of it.
    synced_at: Option<DateTime<Utc>>,
}

/// Looks at a site; an error when there is none of that number in scope.
pub(super) async fn site(tx: &mut Tx, warehouse: WarehouseId, now: DateTime<Utc>) -> Result<Site> {
    sqlx::query_as!(
        Site,
        r#"select ($2::timestamptz at time zone w.time_zone)::date as "today!",
                  (select max(r.finished_at)
                   from connections c
                   cross join lateral (
                       select finished_at from sync_runs
                       where connection_id = c.id and entity in ('dispatches', 'receipts') and state = 'done'
                         and not dry
                       order by id desc
                       limit 1
                   ) r
                   where c.warehouse_id = w.id) as synced_at
           from warehouses w where w.id = $1"#,
        warehouse.0,
        now,
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or(Error::NotFound { what: "warehouse" })
}

/// The days a filter means, never beyond today, and never more than [`MOST_DAYS`].
pub(super) fn ranges(filter: &KpiFilter, today: NaiveDate) -> Ranges {
    let on = filter.on.unwrap_or(today);
    let mut span = filter.period.unwrap_or(Period::Day).around(on);
    if filter.from.is_some() || filter.to.is_some() {
        let last = filter.to.unwrap_or(today);
        let whole = Span::ending(last, 1);
        let from = filter.from.unwrap_or(whole.from);
        span = Span { from, to: whole.to };
    }
    let tomorrow = Span::ending(today, 1).to;
    span.to = span.to.min(tomorrow);
    span.from = span.from.min(span.to).max(
        Span::ending(
            span.to.pred_opt().unwrap_or(today),
            MOST_DAYS.unsigned_abs(),
        )
        .from,
    );
    Ranges { span, today }
}

/// The figures of one of the caller's sites.
pub async fn report(
    store: &Store,
    caller: &Caller,
    filter: &KpiFilter,
    now: DateTime<Utc>,
) -> Result<KpiReport> {
    let mut wanted = allowed(caller, filter)?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    let site = site(&mut tx, wanted.warehouse, now).await?;
    wanted.today = site.today;
    wanted.span = ranges(filter, site.today).span;
    let mut sums = sums(&mut tx, &wanted).await?;
    let (accuracy, counted_at) = counts::accuracy(&mut tx, &wanted).await?;
    sums.whole.insert(Kpi::CountAccuracy, accuracy);
    let groups = match wanted.by {
        None => Vec::new(),
        Some(by) => groups(&mut tx, caller, &wanted, by, &sums).await?,
    };
    Ok(KpiReport {
        warehouse_id: wanted.warehouse,
        from: wanted.span.from,
        to: wanted.span.to.pred_opt().unwrap_or(wanted.span.from),
        as_of: now,
        changed_at: sums.changed_at.max(counted_at),
        synced_at: site.synced_at,
        own: caller.role == Role::Worker,
        figures: figures(&sums.whole),
        groups,
    })
}

/// All figures of a part, in the order people read them.
pub(crate) fn figures(part: &Figures) -> Vec<KpiFigure> {
    let figure = |kpi| KpiFigure::new(kpi, part.get(&kpi).copied().unwrap_or_default());
    Kpi::ALL.into_iter().map(figure).collect()
}

async fn groups(
    tx: &mut Tx,
    caller: &Caller,
    wanted: &Wanted,
    by: By,
    sums: &Sums,
) -> Result<Vec<KpiGroup>> {
    let mut names = names(tx, wanted.warehouse, by).await?;
    let naming = match by {
        By::Worker => screens::naming(tx, caller).await?,
        _ => Naming::Full,
    };
    if naming == Naming::Initials {
        for name in names.values_mut() {
            *name = naming.shown(name, 0);
        }
    }
    let parts = sums.parts.iter();
    let mut groups: Vec<KpiGroup> = parts
        .map(|((key, _), part)| KpiGroup {
            key: key.clone(),
            name: name_of(by, key, &names),
            figures: figures(part),
        })
        .collect();
    groups.sort_by_cached_key(|group| order(by, group));
    if naming == Naming::Hidden {
        for (group, place) in groups.iter_mut().zip(1..) {
            group.name = naming.shown(&group.name, place);
            group.key.clone_from(&group.name);
        }
    }
    Ok(groups)
}

/// Hours as numbers, times by key, the rest by name.
fn order(by: By, group: &KpiGroup) -> (i64, String) {
    match by {
        By::Hour => (group.key.parse().unwrap_or(0), String::new()),
        By::Day | By::Week | By::Month => (0, group.key.clone()),
        _ => (i64::from(group.key == "0"), group.name.clone()),
    }
}
