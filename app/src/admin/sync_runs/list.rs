//! Runs of all connections, narrowed by what the URL says.

use super::history::runs_table;
use crate::admin::schedules::list::entities;
use crate::admin::source::to_connections;
use crate::api;
use crate::live::use_live;
use crate::load::load;
use crate::site_time::SiteTime;
use crate::ui::badge::run_state_name;
use crate::ui::empty::empty;
use crate::ui::filter;
use crate::ui::header::page_header;
use crate::ui::icon::Icon;
use crate::ui::load::loaded;
use crate::ui::pager::{Passed, pager, use_passed};
use crate::ui::panel::frame;
use crate::ui::url_state::{UrlState, use_url_state};
use domain::live::Topic;
use domain::page::{Cursor, Page};
use domain::sync::{RunFilter, RunState, SyncRun};
use leptos::prelude::*;

/// The sync runs page.
#[component]
pub fn List() -> impl IntoView {
    let (url, passed) = (use_url_state(), use_passed());
    let live = use_live(Signal::stored(vec![Topic::Connections]));
    let rows = load(
        move || (filter_of(url), url.get("after"), live.get()),
        move |(filter, after, _)| api::sync_runs::list(filter, after.map(Cursor)),
    );
    view! {
        {page_header(t!("Sync runs"), t!("Every time rows were brought here, or looked at in a dry run: what came of it, and what was refused."), None)}
        {filters(url)}
        {frame(loaded(rows, move |page: Page<SyncRun>, site| show(page, &site, url, passed)))}
    }
}

fn filter_of(url: UrlState) -> RunFilter {
    RunFilter {
        connection_id: url.parsed("connection"),
        entity: url.parsed("entity"),
        state: url.parsed("state"),
        dry: url.get("kind").map(|kind| kind == "dry"),
    }
}

fn filters(url: UrlState) -> AnyView {
    let choice = |value: &str, text: &str| (value.to_owned(), text.to_owned());
    let mut states = vec![choice("", t!("Any state"))];
    states.extend(RunState::ALL.map(|state| choice(state.as_str(), run_state_name(state))));
    let kinds = vec![
        choice("", t!("All runs")),
        choice("real", t!("Real ones")),
        choice("dry", t!("Dry runs")),
    ];
    let inputs = vec![
        filter::select(url, "entity", t!("What"), entities()),
        filter::select(url, "state", t!("State"), states),
        filter::select(url, "kind", t!("Kind"), kinds),
    ];
    filter::list_bar(url, inputs, None)
}

fn show(page: Page<SyncRun>, site: &SiteTime, url: UrlState, passed: Passed) -> AnyView {
    if page.rows.is_empty() {
        return if filter_of(url) == RunFilter::default() {
            empty(
                Icon::Refresh,
                t!("Nothing synchronised yet"),
                t!("Open a connection and press Sync now, or wait for its schedule."),
                to_connections(),
            )
        } else {
            empty(
                Icon::Search,
                t!("No run fits"),
                t!("Take a filter away to see more."),
                None,
            )
        };
    }
    let shown = page.rows.len();
    view! {
        <div>
            {runs_table(&page.rows, site, true)}
            {pager(url, passed, shown, page.next)}
        </div>
    }
    .into_any()
}
