//! One connection: how it is, where each entity stands, what runs, what ran.

use super::brake::{BrakeDialog, Braking, brake, use_braking};
use super::calls::{calls, download};
use super::delivery::{DeliveryDialog, delivery};
use super::delivery_setting::{Setting, use_setting};
use super::entities::cards;
use super::form::FormDialog;
use super::list::check_button;
use super::schedules::schedules;
use super::secrets::{ReplaceDialog, Replacing, secrets, use_replacing};
use crate::AppError;
use crate::admin::sync_runs::history::history;
use crate::api;
use crate::live::use_live;
use crate::load::load;
use crate::routes;
use crate::session::viewer_may;
use crate::site_time::SiteTime;
use crate::ui::act::{Act, use_act};
use crate::ui::badge::{health, test_system, undelivered};
use crate::ui::button::{Button, ButtonKind, link_button};
use crate::ui::error::error_panel;
use crate::ui::header::detail_header;
use crate::ui::load::loaded;
use crate::ui::number::milliseconds;
use crate::ui::panel::{facts, panel};
use crate::ui::table::{code, link, maybe, plain};
use crate::words::tell;
use domain::ConnectionId;
use domain::connection::{ConnectionDetail, Undelivered};
use domain::connection_form::{FieldKind, FieldWords};
use domain::exchange::CapturedExchange;
use domain::live::Topic;
use domain::page::Page;
use domain::permission::Permission;
use domain::sync::{RunFilter, SyncRun};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use serde_json::Value;
use std::collections::BTreeMap;

/// The page of one connection.
#[component]
pub fn Detail() -> impl IntoView {
    let id = use_params_map()
        .with_untracked(|params| params.get("id"))
        .and_then(|id| id.parse().ok());
    let Some(id) = id.map(ConnectionId) else {
        return error_panel(&AppError::not_found("connection"));
    };
    let live = use_live(Signal::stored(vec![Topic::Connections]));
    let state = use_live(Signal::stored(vec![Topic::Connections, Topic::Operations]));
    let detail = load(
        move || state.get(),
        move |_| async move {
            let detail = api::connections::get(id).await?;
            Ok((detail, api::connections::labels(id).await?))
        },
    );
    let runs = load(
        move || live.get(),
        move |_| api::sync_runs::list(RunFilter::of(id), None),
    );
    let sent = load(move || state.get(), move |_| api::connections::calls(id));
    let sent = loaded(sent, |sent: Vec<CapturedExchange>, site| calls(sent, &site));
    let (act, braking, replacing) = (use_act(), use_braking(), use_replacing());
    let (setting, changing) = (use_setting(), RwSignal::new(false));
    let runs = loaded(runs, |page: Page<SyncRun>, site| history(&page.rows, &site));
    view! {
        {loaded(detail, move |(detail, labels): (ConnectionDetail, Labels), site| {
            show(&detail, &labels, &site, act, (braking, replacing, setting, changing))
        })}
        {panel(t!("History"), None, runs)}
        {panel(t!("Latest calls"), Some(download(id)), sent)}
        <BrakeDialog id braking />
        <ReplaceDialog id replacing />
        <DeliveryDialog id setting />
        <FormDialog open=changing id=Some(id) />
    }
    .into_any()
}

/// What people call settings and secrets and their choices, by their names.
pub(super) type Labels = BTreeMap<String, FieldWords>;

fn show(
    detail: &ConnectionDetail,
    labels: &Labels,
    site: &SiteTime,
    act: Act,
    (braking, replacing, setting, changing): (Braking, Replacing, Setting, RwSignal<bool>),
) -> AnyView {
    let connection = &detail.connection;
    let below = view! {
        <span class="inline-flex items-center gap-2">
            <span data-testid="health">{health(connection.health)}</span>
            {test_system(connection.test_system)}
            {connection.undelivered.map(|stuck| stuck_results(connection.id, stuck, site))}
            <span>{connection.base_url.clone()}</span>
        </span>
    };
    let head = detail_header(
        (routes::CONNECTIONS, t!("Connections")),
        &connection.name,
        below.into_any(),
        Some(check_button(connection.id, connection.check_pending, act)),
    );
    let state = facts(vec![
        (t!("System"), plain(connection.kind.as_str())),
        (
            t!("Last good call"),
            maybe(connection.last_ok_at.map(|at| site.date_time(at))),
        ),
        (
            t!("Answer time"),
            maybe(connection.last_latency_ms.map(milliseconds)),
        ),
        (
            t!("Last failure"),
            maybe(connection.last_error_at.map(|at| site.date_time(at))),
        ),
        (
            t!("What it said"),
            maybe(connection.last_error.as_deref().map(tell)),
        ),
        (
            t!("Secrets"),
            secrets(&detail.secrets_set, labels, replacing),
        ),
        (
            t!("Results"),
            delivery(&detail.push_kinds, &detail.delivery, setting),
        ),
        (
            t!("Brake"),
            brake(connection.id, detail.brake_percent, braking),
        ),
    ]);
    view! {
        <div class="flex flex-col gap-4">
            {head}
            {cards(connection.id, &detail.entities, site, act)}
            <div class="grid gap-4 xl:grid-cols-2">
                {panel(t!("State"), None, state)}
                {panel(t!("Settings"), change(changing), settings(&detail.settings, labels))}
            </div>
            {panel(t!("Schedules"), Some(all_schedules(connection.id)), schedules(&detail.schedules, site))}
        </div>
    }
    .into_any()
}

/// What does not get through, with the way to it for whoever may look.
fn stuck_results(id: ConnectionId, stuck: Undelivered, site: &SiteTime) -> AnyView {
    let text = undelivered(stuck.waiting, site.short(stuck.since));
    let shown = if viewer_may(Permission::ManageConnections) {
        link(format!("{}?connection={id}", routes::DELIVERIES), text)
    } else {
        plain(text)
    };
    view! { <span data-testid="undelivered">{shown}</span> }.into_any()
}

fn all_schedules(id: ConnectionId) -> AnyView {
    let href = format!("{}?connection={id}", routes::SCHEDULES);
    link_button(
        ButtonKind::Quiet,
        true,
        None,
        t!("Change"),
        href,
        "schedules-change",
    )
}

fn change(changing: RwSignal<bool>) -> Option<AnyView> {
    viewer_may(Permission::ManageConnections).then(|| {
        let ask = move |()| changing.set(true);
        view! { <Button label=t!("Change") kind=ButtonKind::Quiet small=true on_press=ask testid="connection-change" /> }
            .into_any()
    })
}

fn settings(settings: &Value, labels: &Labels) -> AnyView {
    let rows = settings
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| {
            let words = labels.get(name);
            let value = called(value, words.map(|words| &words.kind));
            let label = words.map(|words| plain(tell(&words.label)));
            view! {
                <div class="flex items-baseline justify-between gap-6 px-4 py-1.5" data-testid="setting-row" data-key=name.clone()>
                    <dt class="text-sm">{label.unwrap_or_else(|| code(name.as_str()))}</dt>
                    <dd class="truncate text-sm">{value}</dd>
                </div>
            }
            .into_any()
        })
        .collect::<Vec<_>>();
    view! { <dl class="divide-y divide-base-300 py-1">{rows}</dl> }.into_any()
}

/// What a setting is, in the words of the form.
fn called(value: &Value, kind: Option<&FieldKind>) -> String {
    let text = value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned);
    match (kind, value) {
        (Some(FieldKind::Choice(choices)), _) => {
            let found = choices.iter().find(|choice| choice.word == text);
            found.map_or(text, |choice| tell(&choice.label))
        }
        (Some(FieldKind::Boolean), Value::Bool(true)) => t!("On").to_owned(),
        (Some(FieldKind::Boolean), Value::Bool(false)) => t!("Off").to_owned(),
        _ => text,
    }
}
