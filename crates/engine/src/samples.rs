//! Counting requests by the minute, and writing the minutes into the database.

use crate::Clock;
use chrono::{DateTime, TimeDelta, Timelike, Utc};
use domain::monitoring::{BOUNDS_MS, bucket_of};
use domain::{CompanyId, ConnectionId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use store::Store;
use store::samples::{Sample, Series};
use tokio_util::sync::CancellationToken;

/// Counts what this process does; clones count together.
#[derive(Debug, Clone, Default)]
pub struct Meter(Arc<Mutex<HashMap<Place, Counted>>>);

/// Series, and the two ids it belongs to.
type Place = (Series, i64, i64);

#[derive(Debug, Default)]
struct Counted {
    requests: i64,
    errors: i64,
    buckets: Vec<i64>,
}

impl Meter {
    /// A request to Crossdock was answered.
    pub fn answered(&self, took: Duration, failed: bool) {
        self.count((Series::Api, 0, 0), took, failed);
    }

    /// A call to an upstream account ended.
    pub fn called(
        &self,
        company: CompanyId,
        connection: ConnectionId,
        took: Duration,
        failed: bool,
    ) {
        self.count((Series::Upstream, company.0, connection.0), took, failed);
    }

    fn count(&self, key: (Series, i64, i64), took: Duration, failed: bool) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let counted = all.entry(key).or_default();
        counted.requests += 1;
        counted.errors += i64::from(failed);
        counted.buckets.resize(BOUNDS_MS.len() + 1, 0);
        if let Some(bucket) = counted
            .buckets
            .get_mut(bucket_of(took.as_secs_f64() * 1_000.0))
        {
            *bucket += 1;
        }
    }

    /// What was counted since the last call.
    pub fn take(&self) -> Vec<Sample> {
        let counted = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let sample =
            |((series, company_id, connection_id), counted): ((Series, i64, i64), Counted)| {
                Sample {
                    series,
                    company_id,
                    connection_id,
                    requests: counted.requests,
                    errors: counted.errors,
                    buckets: counted.buckets,
                    value: 0.0,
                }
            };
        counted.into_iter().map(sample).collect()
    }
}

/// Writes each minute when it is over, the last one at the stop. `sockets` says how many live links
/// are open.
pub async fn keep(
    store: Store,
    meter: Meter,
    clock: Clock,
    node: String,
    sockets: impl Fn() -> usize + Send,
    stop: CancellationToken,
) {
    loop {
        let minute = beginning(clock());
        let rest = (minute + TimeDelta::minutes(1) - clock()).to_std();
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(rest.unwrap_or(Duration::from_secs(1))) => {}
        }
        write(&store, &meter, &node, sockets(), minute, clock()).await;
        if stop.is_cancelled() {
            return;
        }
    }
}

/// Writes what was counted as one minute.
pub async fn write(
    store: &Store,
    meter: &Meter,
    node: &str,
    sockets: usize,
    minute: DateTime<Utc>,
    now: DateTime<Utc>,
) {
    let mut samples = meter.take();
    samples.push(Sample {
        series: Series::Sockets,
        company_id: 0,
        connection_id: 0,
        requests: 0,
        errors: 0,
        buckets: Vec::new(),
        value: u32::try_from(sockets).map_or(f64::MAX, f64::from),
    });
    if let Err(error) = operations::samples::keep(store, node, minute, &samples, now).await {
        tracing::warn!(%error, "the figures of a minute could not be kept");
    }
}

fn beginning(at: DateTime<Utc>) -> DateTime<Utc> {
    at.with_second(0)
        .and_then(|at| at.with_nanosecond(0))
        .unwrap_or(at)
}
