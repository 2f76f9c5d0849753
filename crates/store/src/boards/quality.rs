//! How well the work was done.

use super::site;
use crate::kpis::{Sums, Wanted, figures, sums};
use crate::{Result, Scope, Store};
use chrono::{DateTime, Days, NaiveDate, Utc};
use domain::WarehouseId;
use domain::board::QualityBoard;
use domain::kpi::{By, Fraction, Kpi, Span};
use domain::user::Caller;
use rust_decimal::{Decimal, RoundingStrategy};

/// Days shown.
const DAYS: u64 = 14;
/// Days summed up.
const WEEK: u64 = 7;

/// The quality board of one of the caller's sites.
pub async fn quality(
    store: &Store,
    caller: &Caller,
    warehouse: WarehouseId,
    now: DateTime<Utc>,
) -> Result<QualityBoard> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    let site = site(&mut tx, caller, warehouse, now).await?;
    let today = Wanted::day(warehouse, site.day);
    let week = Wanted {
        span: Span::ending(site.day, WEEK),
        ..today
    };
    let by_day = Wanted {
        span: Span::ending(site.day, DAYS),
        by: Some(By::Day),
        ..today
    };
    let span = by_day.span;
    let days: Vec<NaiveDate> = (0..DAYS).map(|n| span.from + Days::new(n)).collect();
    let trend = sums(&mut tx, &by_day).await?;
    Ok(QualityBoard {
        today: figures(&sums(&mut tx, &today).await?.whole),
        week: figures(&sums(&mut tx, &week).await?.whole),
        partial: each(&trend, &days, Kpi::PartialRatio, 1_000),
        duration: each(&trend, &days, Kpi::TaskDuration, 1),
        site,
        days,
    })
}

/// A ratio of each day, so many times over; none where nothing was measured.
fn each(sums: &Sums, days: &[NaiveDate], kpi: Kpi, times: i64) -> Vec<Option<i64>> {
    let of_day = |day: &NaiveDate| {
        let Fraction {
            numerator,
            denominator,
        } = sums.get(&day.to_string(), kpi);
        let below = denominator.filter(|below| !below.is_zero())?;
        let value = numerator
            .checked_mul(Decimal::from(times))?
            .checked_div(below)?;
        i64::try_from(value.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero)).ok()
    };
    days.iter().map(of_day).collect()
}
