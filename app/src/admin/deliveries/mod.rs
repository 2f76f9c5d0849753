//! What goes to other systems: the queue, what is dead and why, and every message.

mod dead;

use crate::AppError;
use crate::admin::operations::systems;
use crate::admin::webhooks::deliveries::deliveries;
use crate::api;
use crate::live::use_live;
use crate::load::load;
use crate::session::viewer_may;
use crate::site_time::{SiteTime, duration};
use crate::ui::badge::Tone;
use crate::ui::error::error_panel;
use crate::ui::header::page_header;
use crate::ui::load::loaded;
use crate::ui::number::count;
use crate::ui::panel::panel;
use crate::ui::tile::{tile, tiles};
use dead::{RetryDialog, Retrying, groups, use_retrying};
use domain::live::Topic;
use domain::monitoring::{DeliveriesView, QueueFigures};
use domain::permission::Permission;
use leptos::prelude::*;

/// The Deliveries page.
#[component]
pub fn Page() -> impl IntoView {
    if !viewer_may(Permission::ManageConnections) {
        return error_panel(&AppError::forbidden());
    }
    let topics = vec![Topic::Webhooks, Topic::Operations, Topic::Connections];
    let live = use_live(Signal::stored(topics));
    let view = load(move || live.get(), |_| api::deliveries::view());
    let retrying = use_retrying();
    view! {
        {page_header(
            t!("Deliveries"),
            t!("Results and messages on their way to ERPs and other programs: once in effect, in order per document."),
            None,
        )}
        {loaded(view, move |view: DeliveriesView, site| dead_first(&view, &site, retrying))}
        {panel(t!("All messages"), None, deliveries(None, live))}
        {loaded(view, |view: DeliveriesView, _| by_system(&view))}
        <RetryDialog retrying />
    }
    .into_any()
}

fn dead_first(view: &DeliveriesView, site: &SiteTime, retrying: Retrying) -> AnyView {
    view! {
        <div class="flex flex-col gap-4">
            {figures(view)}
            {groups(&view.groups, site, retrying)}
        </div>
    }
    .into_any()
}

fn by_system(view: &DeliveriesView) -> AnyView {
    view! {
        <div class="flex flex-col gap-4">
            {panel(t!("What waits for each system, and the last hour"), None, systems::backlogs(&view.backlogs, view.at))}
            {panel(t!("Connections"), None, systems::accounts(&view.accounts, view.at))}
        </div>
    }
    .into_any()
}

fn figures(view: &DeliveriesView) -> AnyView {
    let queue = &view.queue;
    let age = queue.oldest_at.map_or_else(
        || "–".to_owned(),
        |oldest| duration((view.at - oldest).num_seconds().max(0)),
    );
    let dead = match queue.dead {
        0 => Tone::Neutral,
        _ => Tone::Bad,
    };
    let held: i64 = view.groups.iter().map(|group| group.held).sum();
    let held = t!("{held} wait behind them", held = count(held));
    let (left, hint, tone) = forecast(queue);
    tiles(vec![
        tile(
            t!("Waiting"),
            count(queue.pending),
            t!("not due yet, or held"),
            Tone::Neutral,
            "deliveries-pending",
        ),
        tile(
            t!("Under way"),
            count(queue.in_progress),
            t!("being sent now"),
            Tone::Neutral,
            "deliveries-in-progress",
        ),
        tile(
            t!("Oldest"),
            age,
            t!("since it was queued"),
            Tone::Neutral,
            "deliveries-oldest",
        ),
        tile(
            t!("Came and went"),
            format!(
                "{} / {}",
                count(queue.arrived_last_hour),
                count(queue.delivered_last_hour)
            ),
            t!("queued and accepted in the last hour"),
            Tone::Neutral,
            "deliveries-rates",
        ),
        tile(t!("Empty in"), left, hint, tone, "deliveries-forecast"),
        tile(
            t!("Dead"),
            count(queue.dead),
            &held,
            dead,
            "deliveries-dead",
        ),
    ])
}

/// When nothing will wait, what that is reckoned from, and how it looks.
fn forecast(queue: &QueueFigures) -> (String, &'static str, Tone) {
    if queue.pending + queue.in_progress == 0 {
        return ("–".to_owned(), t!("nothing waits"), Tone::Good);
    }
    let hint = t!("if all goes on as in the last hour");
    match queue.seconds_left() {
        Some(seconds) => (duration(seconds), hint, Tone::Neutral),
        None => (t!("not as it is").to_owned(), hint, Tone::Warning),
    }
}
