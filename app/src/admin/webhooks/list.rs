//! All endpoints.

use super::form::FormDialog;
use crate::AppError;
use crate::api;
use crate::live::use_live;
use crate::load::load;
use crate::routes;
use crate::session::viewer_may;
use crate::site_time::SiteTime;
use crate::ui::badge::{Tone, badge};
use crate::ui::button::{Button, ButtonKind, link_button};
use crate::ui::empty::empty;
use crate::ui::error::error_panel;
use crate::ui::header::page_header;
use crate::ui::icon::Icon;
use crate::ui::load::loaded;
use crate::ui::number::count;
use crate::ui::panel::frame;
use crate::ui::table::{Row, figures, fixed, link, long, maybe, plain, table, text, two_lines};
use crate::words::tr;
use domain::live::Topic;
use domain::permission::Permission;
use domain::webhook::WebhookEndpoint;
use leptos::prelude::*;

/// The webhooks page.
#[component]
pub fn List() -> impl IntoView {
    if !viewer_may(Permission::ManageConnections) {
        return error_panel(&AppError::forbidden());
    }
    let live = use_live(Signal::stored(vec![Topic::Webhooks]));
    let rows = load(move || live.get(), |_| api::webhooks::list());
    let creating = RwSignal::new(false);
    let new = view! {
        <Button
            label=t!("New endpoint")
            kind=ButtonKind::Primary
            before=Icon::Plus
            on_press=move |()| creating.set(true)
            testid="webhook-new"
        />
    };
    // Their messages stand with each of them; those of all systems have a page of their own.
    let all = link_button(
        ButtonKind::Quiet,
        false,
        None,
        t!("Deliveries"),
        routes::DELIVERIES.to_owned(),
        "webhooks-deliveries",
    );
    let acts = view! { <span class="inline-flex gap-2">{all} {new}</span> };
    view! {
        {page_header(
            t!("Webhooks"),
            t!("Other programs are told what happens here: signed, in order, and until they have it."),
            Some(acts.into_any()),
        )}
        {frame(loaded(rows, |rows: Vec<WebhookEndpoint>, site| show(rows, &site)))}
        <FormDialog open=creating endpoint=RwSignal::new(None) />
    }
    .into_any()
}

fn show(rows: Vec<WebhookEndpoint>, site: &SiteTime) -> AnyView {
    if rows.is_empty() {
        return empty(
            Icon::Right,
            t!("Nobody is told yet"),
            t!(
                "Add the address of a program that wants to know of finished documents, shortages, conflicts or alerts."
            ),
            None,
        );
    }
    let columns = [
        text(t!("Name")),
        long(t!("Events")),
        text(t!("State")),
        figures(t!("Waiting")),
        figures(t!("Dead")),
        fixed(t!("Last accepted")),
    ];
    let rows = rows.into_iter().map(|row| line(row, site)).collect();
    table(t!("Webhook endpoints"), &columns, rows)
}

fn line(row: WebhookEndpoint, site: &SiteTime) -> Row {
    let events: Vec<&str> = row.events.iter().map(|event| tr(event.label())).collect();
    let dead = if row.dead > 0 {
        badge(Tone::Bad, count(row.dead))
    } else {
        plain("0")
    };
    let cells = vec![
        two_lines(link(routes::webhook(row.id), row.name.as_str()), row.url),
        plain(events.join(", ")),
        state(row.active),
        plain(count(row.waiting)),
        dead,
        maybe(row.delivered_at.map(|at| site.date_time(at))),
    ];
    Row::new("webhook-row", row.name, cells)
}

/// On or off.
pub(super) fn state(active: bool) -> AnyView {
    if active {
        badge(Tone::Good, t!("On"))
    } else {
        badge(Tone::Neutral, t!("Off"))
    }
}
