//! The cron lines of all connections: what, when, and how the last run went.

use super::edit::{EditDialog, Editing, use_editing};
use crate::admin::connections::schedules::mode;
use crate::api;
use crate::live::use_live;
use crate::load::load;
use crate::routes;
use crate::session::viewer_may;
use crate::site_time::SiteTime;
use crate::ui::act::{Act, use_act};
use crate::ui::badge::{Tone, badge, run_state};
use crate::ui::button::{Button, ButtonKind};
use crate::ui::empty::empty;
use crate::ui::filter;
use crate::ui::header::page_header;
use crate::ui::icon::Icon;
use crate::ui::load::loaded;
use crate::ui::pager::{Passed, pager, use_passed};
use crate::ui::panel::frame;
use crate::ui::table::{Row, actions, code, fixed, link, maybe, plain, table, text, two_lines};
use crate::ui::url_state::{UrlState, use_url_state};
use crate::words::{say, tr};
use domain::live::Topic;
use domain::page::{Cursor, Page};
use domain::permission::Permission;
use domain::schedule::{LastRun, ScheduleFilter, ScheduleRow, in_words};
use domain::sync::Entity;
use domain::word;
use leptos::prelude::*;

const TEXT: &str = word!(
    "When syncs run by themselves. Times that passed while Crossdock was not running collapse into one run at its next start; a time the clocks skip runs right after the gap, one that happens twice runs once."
);

/// The schedules page.
#[component]
pub fn List() -> impl IntoView {
    let (url, passed) = (use_url_state(), use_passed());
    let live = use_live(Signal::stored(vec![Topic::Connections]));
    let rows = load(
        move || (filter_of(url), url.get("after"), live.get()),
        move |(filter, after, _)| api::schedules::list(filter, after.map(Cursor)),
    );
    let (act, editing) = (use_act(), use_editing());
    let add = viewer_may(Permission::ManageConnections).then(|| {
        view! {
            <Button
                label=t!("New schedule")
                kind=ButtonKind::Primary
                before=Icon::Plus
                on_press=move |()| editing.ask_new()
                testid="schedule-new"
            />
        }
        .into_any()
    });
    view! {
        {page_header(t!("Schedules"), tr(TEXT), add)}
        {filter::list_bar(url, vec![filter::select(url, "entity", t!("What"), entities())], None)}
        {frame(loaded(rows, move |page: Page<ScheduleRow>, site| {
            show(page, &site, (url, passed), act, editing)
        }))}
        <EditDialog editing />
    }
}

/// Every entity as a choice of a filter, after "all".
pub(crate) fn entities() -> Vec<(String, String)> {
    let mut choices = vec![(String::new(), t!("Everything").to_owned())];
    choices.extend(
        Entity::ALL.map(|entity| (entity.as_str().to_owned(), tr(entity.label()).to_owned())),
    );
    choices
}

fn filter_of(url: UrlState) -> ScheduleFilter {
    ScheduleFilter {
        connection_id: url.parsed("connection"),
        entity: url.parsed("entity"),
    }
}

fn show(
    page: Page<ScheduleRow>,
    site: &SiteTime,
    (url, passed): (UrlState, Passed),
    act: Act,
    editing: Editing,
) -> AnyView {
    if page.rows.is_empty() {
        return empty(
            Icon::Clock,
            t!("Nothing runs by itself"),
            t!("Syncs start only when somebody presses Sync now on a connection."),
            None,
        );
    }
    let columns = [
        text(t!("What")),
        text(t!("When")),
        fixed(t!("Time zone")),
        text(t!("On")),
        text(t!("Last run")),
        fixed(t!("Next run")),
        actions(),
    ];
    let shown = page.rows.len();
    let rows = page
        .rows
        .into_iter()
        .map(|row| line(row, site, act, editing))
        .collect();
    view! {
        <div>
            {table(t!("Schedules"), &columns, rows)}
            {pager(url, passed, shown, page.next)}
        </div>
    }
    .into_any()
}

fn line(row: ScheduleRow, site: &SiteTime, act: Act, editing: Editing) -> Row {
    let schedule = &row.schedule;
    let what = two_lines(
        plain(format!(
            "{} · {}",
            tr(schedule.entity.label()),
            mode(schedule.mode).to_lowercase()
        )),
        row.connection.as_str(),
    );
    let when = view! {
        <span class="block">{in_words(&schedule.cron, say)}</span>
        {code(schedule.cron.as_str())}
    };
    let on = match schedule.enabled {
        true => badge(Tone::Good, t!("On")),
        false => badge(Tone::Neutral, t!("Off")),
    };
    let key = format!("{}-{}", schedule.entity, schedule.mode.as_str());
    let cells = vec![
        what,
        when.into_any(),
        plain(schedule.time_zone.as_str()),
        on,
        last_run(
            row.last_run.as_ref(),
            schedule.last_run_at.map(|at| site.date_time(at)),
        ),
        maybe(schedule.next_run_at.map(|at| site.date_time(at))),
        buttons(row, act, editing),
    ];
    Row::new("schedule-row", key, cells)
}

fn last_run(run: Option<&LastRun>, at: Option<String>) -> AnyView {
    let Some(run) = run else {
        return maybe(at);
    };
    let at = at.unwrap_or_else(|| t!("Show it").to_owned());
    let message = run.message.clone().map(|message| {
        view! { <span class="line-clamp-2 max-w-80 text-xs text-muted">{message}</span> }
    });
    view! {
        <span class="flex items-center gap-2 whitespace-nowrap">
            {link(routes::sync_run(run.id), at)}
            {run_state(run.state)}
        </span>
        {message}
    }
    .into_any()
}

fn buttons(row: ScheduleRow, act: Act, editing: Editing) -> AnyView {
    if !viewer_may(Permission::ManageConnections) {
        return ().into_any();
    }
    let id = row.schedule.id;
    let run = move |()| {
        act.run(
            api::schedules::run_now(id),
            t!("Sync requested. It starts within a second."),
            |_| (),
        );
    };
    view! {
        <span class="inline-flex gap-2">
            <Button label=t!("Run now") small=true pending=act.pending() on_press=run testid="schedule-run" />
            <Button
                label=t!("Edit")
                small=true
                before=Icon::Pencil
                on_press=move |()| editing.ask(&row)
                testid="schedule-edit"
            />
        </span>
    }
    .into_any()
}
