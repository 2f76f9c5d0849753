//! Lines by day and by week, by shift and by team.

use super::site;
use crate::kpis::{Wanted, name_of, names, sums, whole};
use crate::{Result, Scope, Store, Tx};
use chrono::{DateTime, Days, NaiveDate, Utc};
use domain::WarehouseId;
use domain::board::{Series, ThroughputBoard};
use domain::kpi::{By, Kpi, Period, Span};
use domain::user::Caller;
use std::collections::BTreeMap;

/// Days shown.
const DAYS: u64 = 14;
/// Weeks shown, this one included.
const WEEKS: u64 = 8;

/// The throughput board of one of the caller's sites.
pub async fn throughput(
    store: &Store,
    caller: &Caller,
    warehouse: WarehouseId,
    now: DateTime<Utc>,
) -> Result<ThroughputBoard> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    let site = site(&mut tx, caller, warehouse, now).await?;
    let span = Span::ending(site.day, DAYS);
    let days: Vec<NaiveDate> = steps(span.from, DAYS, 1);
    let this_week = Period::Week.around(site.day);
    let first = this_week.from - Days::new(7 * (WEEKS - 1));
    let weeks: Vec<NaiveDate> = steps(first, WEEKS, 7);
    let wanted = Wanted {
        span,
        by: Some(By::Day),
        ..Wanted::day(warehouse, site.day)
    };
    let longer = Wanted {
        span: Span {
            from: first,
            to: span.to,
        },
        by: Some(By::Week),
        ..wanted
    };
    Ok(ThroughputBoard {
        days_by_shift: series(&mut tx, &wanted, By::Shift, &days).await?,
        days_by_team: series(&mut tx, &wanted, By::Team, &days).await?,
        weeks_by_shift: series(&mut tx, &longer, By::Shift, &weeks).await?,
        weeks_by_team: series(&mut tx, &longer, By::Team, &weeks).await?,
        site,
        days,
        weeks,
    })
}

fn steps(from: NaiveDate, count: u64, days: u64) -> Vec<NaiveDate> {
    (0..count).map(|n| from + Days::new(n * days)).collect()
}

/// Lines of each part over the steps, by name; who has no shift or team comes last.
async fn series(
    tx: &mut Tx,
    wanted: &Wanted,
    split: By,
    steps: &[NaiveDate],
) -> Result<Vec<Series>> {
    let wanted = Wanted {
        split: Some(split),
        ..*wanted
    };
    let sums = sums(tx, &wanted).await?;
    let names = names(tx, wanted.warehouse, split).await?;
    let mut parts: BTreeMap<(bool, String), BTreeMap<String, i64>> = BTreeMap::new();
    for ((step, part), figures) in &sums.parts {
        let lines = figures
            .get(&Kpi::Lines)
            .map_or(0, |lines| whole(lines.numerator));
        if lines != 0 {
            let place = (part == "0", name_of(split, part, &names));
            *parts
                .entry(place)
                .or_default()
                .entry(step.clone())
                .or_default() += lines;
        }
    }
    let value = |lines: &BTreeMap<String, i64>, step: &NaiveDate| {
        lines.get(&step.to_string()).copied().unwrap_or(0)
    };
    Ok(parts
        .into_iter()
        .map(|((_, name), lines)| Series {
            name,
            values: steps.iter().map(|step| value(&lines, step)).collect(),
        })
        .collect())
}
