//! Where a page's rows come from: the system's name, how fresh they are, and the button to read again.

use crate::api;
use crate::live::use_live;
use crate::load::load;
use crate::routes;
use crate::session::{use_session, viewer_may};
use crate::site_time::SiteTime;
use crate::ui::act::{Act, use_act};
use crate::ui::badge::{Tone, badge, run_state};
use crate::ui::button::{Button, ButtonKind, link_button};
use crate::ui::icon::Icon;
use domain::connection::Source;
use domain::live::Topic;
use domain::permission::Permission;
use domain::sync::{Entity, SyncMode};
use leptos::prelude::*;

/// Systems at the head of a page.
const SHOWN: usize = 3;

/// What a source is called on badges.
pub(crate) fn source_name(connection: &str) -> String {
    t!("ERP ({connection})", connection)
}

/// The way from an empty page to where its rows are asked for, for whoever may go there.
pub(crate) fn to_connections() -> Option<AnyView> {
    viewer_may(Permission::ReadConnections).then(|| {
        link_button(
            ButtonKind::Plain,
            false,
            Some(Icon::Plug),
            t!("Connections"),
            routes::CONNECTIONS.to_owned(),
            "to-connections",
        )
    })
}

/// For the head of a page whose rows an ERP brings.
pub(crate) fn sources(entity: Entity) -> AnyView {
    let live = use_live(Signal::stored(vec![Topic::Connections]));
    let rows = load(move || live.get(), move |_| api::sources::list(entity));
    let act = use_act();
    let session = use_session();
    // Nothing stands in for it while it is read: a page's head has no room for a grey shape.
    let body = move || {
        Suspend::new(async move {
            let (Ok(rows), Ok(info)) = (rows.read().await, session.read().await) else {
                return ().into_any();
            };
            let more = rows.len().saturating_sub(SHOWN);
            let rows = rows
                .iter()
                .take(SHOWN)
                .map(|row| source(entity, row, &info.site, act));
            (rows.collect::<Vec<_>>(), (more > 0).then(|| others(more))).into_any()
        })
    };
    view! { <Transition>{body}</Transition> }.into_any()
}

/// The systems that have no room at the head stand on their own page.
fn others(count: usize) -> AnyView {
    let text = tn!("{count} more system", "{count} more systems", count);
    match viewer_may(Permission::ReadConnections) {
        true => view! { <a class="text-xs font-medium text-primary hover:underline" href=routes::CONNECTIONS>{text}</a> }.into_any(),
        false => view! { <span class="text-xs text-muted">{text}</span> }.into_any(),
    }
}

fn source(entity: Entity, source: &Source, site: &SiteTime, act: Act) -> AnyView {
    let fresh = match source.completed_at {
        Some(at) => t!("Last sync {at}", at = site.date_time(at)),
        None => t!("Never synchronised").to_owned(),
    };
    let busy = source.run_state.is_some_and(|state| !state.is_final());
    let link = source
        .run_id
        .filter(|_| viewer_may(Permission::ReadConnections));
    let state = source
        .run_state
        .filter(|state| *state != domain::sync::RunState::Done);
    let state = state.map(run_state).map(|state| match link {
        Some(id) => {
            view! { <a href=routes::sync_run(id) data-testid="source-run">{state}</a> }.into_any()
        }
        None => state,
    });
    let connection = source.connection_id;
    let press = move |()| {
        act.run(
            api::sync_runs::request(connection, entity, SyncMode::Delta),
            t!("Sync requested. It starts within a second."),
            |_| (),
        );
    };
    let button = viewer_may(Permission::ManageConnections).then(|| {
        view! {
            <Button
                label=t!("Sync now")
                before=Icon::Refresh
                disabled=Signal::stored(busy)
                pending=act.pending()
                on_press=press
                testid=format!("sync-now-{entity}")
            />
        }
    });
    view! {
        <span class="inline-flex items-center gap-2" data-testid=format!("source-{entity}")>
            {badge(Tone::Neutral, t!("Source: {connection}", connection = source_name(&source.connection)))}
            <span class="text-xs text-muted" data-testid="last-sync">{fresh}</span>
            {state}
            {button}
        </span>
    }
    .into_any()
}
