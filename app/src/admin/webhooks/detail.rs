//! One endpoint: what it is told, and what became of it.

use super::deliveries::deliveries;
use super::form::FormDialog;
use super::list::state;
use crate::AppError;
use crate::api;
use crate::live::use_live;
use crate::load::load;
use crate::routes;
use crate::session::viewer_may;
use crate::site_time::SiteTime;
use crate::ui::act::{Act, use_act};
use crate::ui::button::{Button, ButtonKind};
use crate::ui::error::error_panel;
use crate::ui::header::detail_header;
use crate::ui::icon::Icon;
use crate::ui::load::loaded;
use crate::ui::number::count;
use crate::ui::panel::{facts, frame, panel};
use crate::ui::table::{code, maybe, plain};
use domain::WebhookId;
use domain::live::Topic;
use domain::permission::Permission;
use domain::webhook::WebhookEndpoint;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// The page of one endpoint.
#[component]
pub fn Detail() -> impl IntoView {
    if !viewer_may(Permission::ManageConnections) {
        return error_panel(&AppError::forbidden());
    }
    let id = use_params_map()
        .with_untracked(|params| params.get("id"))
        .and_then(|id| id.parse().ok());
    let Some(id) = id.map(WebhookId) else {
        return error_panel(&AppError::not_found(t!("webhook endpoint")));
    };
    let live = use_live(Signal::stored(vec![Topic::Webhooks]));
    let endpoint = load(move || live.get(), move |_| api::webhooks::get(id));
    let act = use_act();
    let editing = RwSignal::new(false);
    let edited = RwSignal::new(None);
    let head = loaded(endpoint, move |endpoint: WebhookEndpoint, site| {
        edited.set(Some(endpoint.clone()));
        show(&endpoint, &site, act, editing)
    });
    view! {
        {head}
        {panel(t!("Deliveries"), None, deliveries(Some(id), live))}
        <FormDialog open=editing endpoint=edited />
    }
    .into_any()
}

fn show(endpoint: &WebhookEndpoint, site: &SiteTime, act: Act, editing: RwSignal<bool>) -> AnyView {
    let id = endpoint.id;
    let below = view! {
        <span class="inline-flex items-center gap-2">
            <span data-testid="webhook-state">{state(endpoint.active)}</span>
            <span class="break-all">{endpoint.url.clone()}</span>
        </span>
    };
    let test = move |()| {
        act.run(
            api::webhooks::test(id),
            t!("Test queued. What comes of it appears below."),
            |()| (),
        );
    };
    let buttons = view! {
        <span class="inline-flex gap-2">
            <Button label=t!("Send a test") before=Icon::Right pending=act.pending() on_press=test testid="webhook-test" />
            <Button label=t!("Edit") kind=ButtonKind::Primary before=Icon::Pencil on_press=move |()| editing.set(true) testid="webhook-edit" />
        </span>
    };
    let events: Vec<&str> = endpoint.events.iter().map(|event| event.as_str()).collect();
    let state = facts(vec![
        (t!("Events"), code(events.join(", "))),
        (t!("Waiting"), plain(count(endpoint.waiting))),
        (t!("Dead"), plain(count(endpoint.dead))),
        (
            t!("Last accepted"),
            maybe(endpoint.delivered_at.map(|at| site.date_time(at))),
        ),
        (
            t!("Set up"),
            plain(t!(
                "{at} by {who}",
                at = site.date_time(endpoint.created_at),
                who = endpoint.created_by
            )),
        ),
        (t!("Signing secret"), plain(t!("set, never shown"))),
    ]);
    view! {
        <div class="flex flex-col gap-4">
            {detail_header((routes::WEBHOOKS, t!("Webhooks")), &endpoint.name, below.into_any(), Some(buttons.into_any()))}
            {frame(state)}
        </div>
    }
    .into_any()
}
