//! The window as small charts.

use crate::site_time::{SiteTime, duration};
use crate::ui::number::tenths;
use crate::ui::spark::spark;
use chrono::TimeDelta;
use domain::monitoring::{OperationsView, Point, Window};
use leptos::prelude::*;

/// Six figures over the window.
pub(super) fn charts(view: &OperationsView, window: Window, site: &SiteTime) -> AnyView {
    let (minutes, step) = window.minutes();
    let begin = view.at - TimeDelta::minutes(minutes);
    let from = if minutes > 1_440 {
        site.date_time(begin)
    } else {
        site.time(begin)
    };
    let length = TimeDelta::minutes(minutes).as_seconds_f64();
    let step = TimeDelta::minutes(step).as_seconds_f64() / length;
    let one = |label: &str, pick: fn(&Point) -> Option<f64>, write, testid| {
        let points: Vec<(f64, Option<f64>)> = view
            .history
            .iter()
            .map(|point| {
                let along = (point.at - begin).as_seconds_f64() / length;
                (along.clamp(0.0, 1.0), pick(point))
            })
            .collect();
        spark(label, &points, step, write, from.clone(), testid)
    };
    let api_errors = |point: &Point| point.api.error_percent();
    let upstream_errors = |point: &Point| point.upstream.error_percent();
    let charts = vec![
        one(
            t!("API, 95 % within"),
            |p| p.api.p95_ms,
            ms,
            "chart-api-p95",
        ),
        one(t!("API, failed"), api_errors, percent, "chart-api-errors"),
        one(
            t!("Upstream, 95 % within"),
            |p| p.upstream.p95_ms,
            ms,
            "chart-upstream-p95",
        ),
        one(
            t!("Upstream, failed"),
            upstream_errors,
            percent,
            "chart-upstream-errors",
        ),
        one(
            t!("Waiting messages"),
            |p| Some(p.queue),
            whole,
            "chart-queue",
        ),
        one(
            t!("Oldest waiting message"),
            |p| Some(p.queue_age),
            seconds,
            "chart-queue-age",
        ),
        one(
            t!("Live links"),
            |p| Some(p.sockets),
            whole,
            "chart-sockets",
        ),
    ];
    view! { <div class="grid gap-3 md:grid-cols-2 xl:grid-cols-4">{charts}</div> }.into_any()
}

/// Milliseconds, or seconds where that reads better.
pub(super) fn ms(value: f64) -> String {
    if value >= 10_000.0 {
        let seconds = format!("{:.0}", value / 1_000.0);
        t!("{seconds} s", seconds)
    } else if value >= 10.0 {
        t!("{figure} ms", figure = format!("{value:.0}"))
    } else {
        t!("{figure} ms", figure = tenths(value))
    }
}

fn percent(value: f64) -> String {
    format!("{} %", tenths(value))
}

fn whole(value: f64) -> String {
    format!("{value:.0}")
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "ages in seconds fit an i64"
)]
fn seconds(value: f64) -> String {
    duration(value as i64)
}
