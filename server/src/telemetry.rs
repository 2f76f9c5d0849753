//! Logs and figures of this process.

use crate::settings::{LogFormat, Settings};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use std::error::Error;
use std::fmt::Write as _;
use std::io::IsTerminal as _;
use std::time::Duration;
use tracing_subscriber::EnvFilter;

/// Buckets of everything measured in seconds.
const SECONDS: &[f64] = &[
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
];
/// Buckets of syncs, whose names say that they are measured in milliseconds.
const MILLISECONDS: &[f64] = &[
    100.0,
    500.0,
    1_000.0,
    5_000.0,
    15_000.0,
    60_000.0,
    300_000.0,
    900_000.0,
    3_600_000.0,
];
/// Histograms are folded this often, so that they do not grow between two readings.
const UPKEEP: Duration = Duration::from_secs(5);

/// Starts logging to standard error. A second call changes nothing.
pub fn start_logging(settings: &Settings) {
    let filter = EnvFilter::try_new(&settings.log).unwrap_or_else(|_| EnvFilter::new("info"));
    let filter = quiet(filter, &settings.log);
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    let started = match settings.log_format {
        LogFormat::Text => lines.try_init(),
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
    };
    if let Err(error) = started {
        tracing::debug!(%error, "logging runs already");
    }
}

/// The database's notices ("already exists, skipping") are news to nobody, unless asked for.
fn quiet(filter: EnvFilter, written: &str) -> EnvFilter {
    match "sqlx::postgres::notice=warn".parse() {
        Ok(directive) if !written.contains("sqlx") => filter.add_directive(directive),
        _ => filter,
    }
}

/// Starts counting; the handle renders what `/metrics` shows.
pub fn start_metrics() -> Result<PrometheusHandle, BuildError> {
    let handle = PrometheusBuilder::new()
        .set_buckets(SECONDS)?
        .set_buckets_for_metric(Matcher::Suffix("_duration_ms".to_owned()), MILLISECONDS)?
        .install_recorder()?;
    engine::figures::describe();
    let upkeep = handle.clone();
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(UPKEEP).await;
            upkeep.run_upkeep();
        }
    });
    Ok(handle)
}

/// An error and everything behind it, in one line.
pub fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        // Writing to a string cannot fail.
        let _ = write!(text, ": {inner}");
        cause = inner.source();
    }
    text
}
