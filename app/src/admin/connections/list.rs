//! All connections and how they are.

use super::form::FormDialog;
use crate::api;
use crate::live::use_live;
use crate::load::load;
use crate::routes;
use crate::session::viewer_may;
use crate::site_time::SiteTime;
use crate::ui::act::{Act, use_act};
use crate::ui::badge::{health, test_system, undelivered};
use crate::ui::button::{Button, ButtonKind};
use crate::ui::empty::empty;
use crate::ui::header::page_header;
use crate::ui::icon::Icon;
use crate::ui::load::loaded;
use crate::ui::number::milliseconds;
use crate::ui::panel::frame;
use crate::ui::table::{
    Row, actions, figures, fixed, link, long, maybe, plain, table, text, two_lines,
};
use crate::words::tell;
use domain::connection::ConnectionSummary;
use domain::live::Topic;
use domain::permission::Permission;
use leptos::prelude::*;

/// The connections page.
#[component]
pub fn List() -> impl IntoView {
    let live = use_live(Signal::stored(vec![Topic::Connections, Topic::Operations]));
    let rows = load(move || live.get(), |_| api::connections::list());
    let act = use_act();
    let creating = RwSignal::new(false);
    let new = viewer_may(Permission::ManageConnections).then(|| {
        view! {
            <Button
                label=t!("New connection")
                kind=ButtonKind::Primary
                before=Icon::Plus
                on_press=move |()| creating.set(true)
                testid="connection-new"
            />
        }
        .into_any()
    });
    view! {
        {page_header(
            t!("Connections"),
            t!("Accounts at upstream systems, and whether they can be relied on now."),
            new,
        )}
        {frame(loaded(rows, move |rows: Vec<ConnectionSummary>, site| show(rows, &site, act)))}
        <FormDialog open=creating id=None />
    }
}

fn show(rows: Vec<ConnectionSummary>, site: &SiteTime, act: Act) -> AnyView {
    if rows.is_empty() {
        return empty(
            Icon::Plug,
            t!("No connections"),
            t!("An admin presses New connection and gives the address and the login of the ERP."),
            None,
        );
    }
    let columns = [
        text(t!("Name")),
        text(t!("System")),
        text(t!("Health")),
        fixed(t!("Last good call")),
        figures(t!("Answer time")),
        long(t!("Last failure")),
        actions(),
    ];
    let rows = rows.into_iter().map(|row| line(row, site, act)).collect();
    table(t!("Connections"), &columns, rows)
}

fn line(row: ConnectionSummary, site: &SiteTime, act: Act) -> Row {
    let failure = match (row.last_error, row.last_error_at) {
        (Some(error), Some(at)) => two_lines(plain(tell(&error)), site.date_time(at)),
        (error, _) => maybe(error.as_deref().map(tell)),
    };
    let state = match row.undelivered {
        Some(stuck) => two_lines(
            health(row.health),
            undelivered(stuck.waiting, site.short(stuck.since)),
        ),
        None => health(row.health),
    };
    let name = link(routes::connection(row.id), row.name.as_str());
    let name = view! { <span class="inline-flex items-center gap-2">{name} {test_system(row.test_system)}</span> };
    let cells = vec![
        two_lines(name.into_any(), row.base_url),
        plain(row.kind),
        state,
        maybe(row.last_ok_at.map(|at| site.date_time(at))),
        maybe(row.last_latency_ms.map(milliseconds)),
        failure,
        check_button(row.id, row.check_pending, act),
    ];
    Row::new("connection-row", row.name, cells)
}

/// Asks the worker to test the connection; the answer arrives as its health.
pub(super) fn check_button(id: domain::ConnectionId, waiting: bool, act: Act) -> AnyView {
    if !viewer_may(Permission::ManageConnections) {
        return ().into_any();
    }
    let press = move |()| {
        act.run(
            api::connections::request_check(id),
            t!("Test requested. The answer appears here."),
            |()| (),
        );
    };
    let pending = act.pending();
    view! {
        <Button
            label=t!("Test")
            small=true
            on_press=press
            pending=Signal::derive(move || waiting || pending.get())
            testid="connection-test"
        />
    }
    .into_any()
}
