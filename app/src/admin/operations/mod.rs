//! How the installation runs: now, and within a window.

mod alerts;
mod charts;
pub(in crate::admin) mod systems;

use crate::api;
use crate::live::use_live;
use crate::load::load;
use crate::site_time::{SiteTime, duration};
use crate::ui::badge::Tone;
use crate::ui::header::page_header;
use crate::ui::load::loaded;
use crate::ui::number::{count, tenths};
use crate::ui::panel::panel;
use crate::ui::tabs::tabs;
use crate::ui::tile::{tile, tiles};
use crate::ui::url_state::use_url_state;
use domain::live::Topic;
use domain::monitoring::{OperationsView, Traffic, Window};
use leptos::prelude::*;

/// The Operations page.
#[component]
pub fn Page() -> impl IntoView {
    let url = use_url_state();
    let live = use_live(Signal::stored(vec![Topic::Operations, Topic::Connections]));
    let window = move || Window::of(&url.get("window").unwrap_or_default());
    let view = load(
        move || (window(), live.get()),
        move |(window, _)| api::monitoring::view(window),
    );
    let choices = vec![
        ("", t!("1 hour")),
        ("6h", t!("6 hours")),
        ("24h", t!("24 hours")),
        ("7d", t!("7 days")),
    ];
    let tools = tabs(url, "window", t!("Window"), choices);
    view! {
        {page_header(t!("Operations"), t!("How Crossdock and the systems around it run, over all its processes."), Some(tools))}
        {loaded(view, move |view: OperationsView, site| show(&view, window(), &site))}
    }
}

fn show(view: &OperationsView, window: Window, site: &SiteTime) -> AnyView {
    view! {
        <div class="flex flex-col gap-4">
            {figures(view)}
            {panel(t!("Alerts"), None, alerts::alerts(&view.alerts, site))}
            {charts::charts(view, window, site)}
            {panel(t!("Upstream systems"), None, systems::accounts(&view.accounts, view.at))}
            {panel(t!("What waits for each system"), None, systems::backlogs(&view.backlogs, view.at))}
            {panel(t!("How far each system was read"), None, systems::cursors(&view.cursors, view.at, site))}
        </div>
    }
    .into_any()
}

fn figures(view: &OperationsView) -> AnyView {
    let open = view
        .alerts
        .iter()
        .filter(|alert| alert.cleared_at.is_none())
        .count();
    let open = i64::try_from(open).unwrap_or(0);
    let queue = &view.queue;
    let age = queue.oldest_at.map_or_else(
        || t!("nothing waits").to_owned(),
        |oldest| {
            t!(
                "oldest {age}",
                age = duration((view.at - oldest).num_seconds().max(0))
            )
        },
    );
    let dead = if queue.dead > 0 {
        Tone::Bad
    } else {
        Tone::Neutral
    };
    let delivered = t!(
        "{count} delivered in the last hour",
        count = count(queue.delivered_last_hour)
    );
    let processes = tn!("{count} process", "{count} processes", count = view.nodes);
    tiles(vec![
        tile(
            t!("API, 95 %"),
            milliseconds(view.api.p95_ms),
            &said(&view.api),
            slow(view.api.p95_ms),
            "ops-api-p95",
        ),
        tile(
            t!("Upstream, 95 %"),
            milliseconds(view.upstream.p95_ms),
            &said(&view.upstream),
            failing(&view.upstream),
            "ops-upstream-p95",
        ),
        tile(
            t!("Open alerts"),
            count(open),
            t!("see below"),
            if open > 0 { Tone::Bad } else { Tone::Good },
            "ops-alerts",
        ),
        tile(
            t!("Waiting messages"),
            count(queue.pending + queue.in_progress),
            &age,
            Tone::Neutral,
            "ops-waiting",
        ),
        tile(
            t!("Dead messages"),
            count(queue.dead),
            &delivered,
            dead,
            "ops-dead",
        ),
        tile(
            t!("Live links"),
            count(view.sockets),
            &processes,
            Tone::Neutral,
            "ops-sockets",
        ),
    ])
}

/// Requests and their failures, in words.
fn said(traffic: &Traffic) -> String {
    match traffic.error_percent() {
        None => t!("no requests").to_owned(),
        Some(percent) => tn!(
            "{count} request, {percent} % failed",
            "{count} requests, {percent} % failed",
            count = count(traffic.requests),
            percent = tenths(percent)
        ),
    }
}

pub(super) fn milliseconds(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), charts::ms)
}

fn slow(p95: Option<f64>) -> Tone {
    match p95 {
        Some(ms) if ms > 300.0 => Tone::Warning,
        _ => Tone::Neutral,
    }
}

fn failing(traffic: &Traffic) -> Tone {
    match traffic.error_percent() {
        Some(percent) if percent >= 20.0 => Tone::Bad,
        Some(percent) if percent >= 5.0 => Tone::Warning,
        _ => Tone::Neutral,
    }
}
