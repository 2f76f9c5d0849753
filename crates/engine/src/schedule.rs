//! Starts syncs when their cron lines come due.

use crate::Engine;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use croner::Cron;
use std::str::FromStr;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often due lines are looked for; a minute is the finest a line can say.
const TICK: Duration = Duration::from_secs(5);

/// The next instant after `now` at which a five-field cron line comes due in a time zone; `None`
/// when the text is no cron line, the zone is unknown, or the line never comes due. A time that
/// the clocks skip comes due right after the gap; one that happens twice, the first time.
pub fn next_due(cron: &str, time_zone: &str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let cron = Cron::from_str(cron).ok()?;
    let zone = Tz::from_str(time_zone).ok()?;
    let next = cron
        .find_next_occurrence(&now.with_timezone(&zone), false)
        .ok()?;
    Some(next.with_timezone(&Utc))
}

impl Engine {
    pub(crate) async fn keep_schedules(self, stop: CancellationToken) {
        loop {
            self.start_due().await;
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(TICK) => {}
            }
        }
    }

    /// Starts what is due now. Times missed while nothing ran collapse into one run.
    pub async fn start_due(&self) {
        let now = self.now();
        let next =
            |line: &store::schedules::DueSchedule| next_due(&line.cron, &line.time_zone, now);
        if let Err(error) = operations::schedules::run_due(&self.store, next, now).await {
            tracing::error!(%error, "schedules could not be started");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(cron: &str, now: &str) -> String {
        next_due(cron, "Europe/Belgrade", now.parse().unwrap())
            .unwrap()
            .to_rfc3339()
    }

    #[test]
    fn fields_are_read_in_the_site_s_time_zone() {
        assert_eq!(
            next("0 2 * * *", "2026-11-21T00:30:00Z"),
            "2026-11-21T01:00:00+00:00"
        );
        assert_eq!(
            next("30 */2 * * *", "2026-07-01T10:45:00Z"),
            "2026-07-01T12:30:00+00:00"
        );
    }

    #[test]
    fn a_day_without_two_o_clock_still_has_its_run() {
        // 2026-03-29: clocks go from 02:00 to 03:00 in Belgrade.
        assert!(next("0 2 * * *", "2026-03-29T00:00:00Z").starts_with("2026-03-29T01:"));
    }

    #[test]
    fn a_text_that_is_no_cron_line_never_comes_due() {
        let now = "2026-11-21T00:30:00Z".parse().unwrap();
        assert_eq!(next_due("every day", "Europe/Belgrade", now), None);
        assert_eq!(next_due("0 2 * * *", "Europe/Nowhere", now), None);
    }
}
