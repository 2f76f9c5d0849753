//! The tasks, narrowed by what the URL says, beside the people who can do them.

use super::ask::AskDialog;
use super::desk::{Desk, counted, use_desk};
use super::drag::handle;
use super::filters::{filter_of, filters};
use super::{forecast, people, waves};
use crate::api;
use crate::api::tasks::Crew;
use crate::api::waves::Releases;
use crate::live::use_live;
use crate::load::load;
use crate::routes;
use crate::site_time::{SiteTime, date};
use crate::ui::badge::{Tone, badge, task_state};
use crate::ui::button::Button;
use crate::ui::empty::empty;
use crate::ui::filter;
use crate::ui::header::page_header;
use crate::ui::icon::Icon;
use crate::ui::load::loaded;
use crate::ui::pager::{Passed, paged, use_passed};
use crate::ui::panel::frame;
use crate::ui::progress::progress;
use crate::ui::selection::bulk_bar;
use crate::ui::table::{ListTable, Row, fixed, link, maybe, plain, text, two_lines, wrapped};
use crate::ui::tabs::tabs;
use crate::ui::url_state::{UrlState, use_url_state};
use chrono::{DateTime, Utc};
use domain::document::DocumentKind;
use domain::live::Topic;
use domain::page::{Cursor, Page};
use domain::task::{Priority, TaskSummary};
use domain::task_list::TaskFilter;
use domain::word;
use leptos::prelude::*;
use std::collections::HashMap;

const VIEWS: [(&str, &str); 5] = [
    ("", word!("To do")),
    ("open", word!("Open")),
    ("claimed", word!("In work")),
    ("done", word!("Done")),
    ("all", word!("All")),
];

type Read = (Page<TaskSummary>, Crew, Releases);

/// The tasks page.
#[component]
pub fn List() -> impl IntoView {
    let (url, passed, desk) = (use_url_state(), use_passed(), use_desk());
    let live = use_live(Signal::stored(vec![Topic::Tasks, Topic::Teams]));
    let version = desk.while_not_dragging(live);
    let rows = load(
        move || (filter_of(url), url.get("after"), version.get()),
        |(filter, after, _)| async move {
            let page = api::tasks::list(filter, after.map(Cursor)).await?;
            let crew = api::tasks::crew_at_work().await?;
            Ok((page, crew, api::waves::list().await?))
        },
    );
    view! {
        {page_header(t!("Tasks"), t!("Who does what, and whether it will be done in time."), None)}
        <div class="flex flex-wrap items-end justify-between gap-3">
            {tabs(url, "view", t!("Which tasks"), VIEWS.to_vec())}
        </div>
        {filter::list_bar(url, filters(url), None)}
        {bulk_bar(desk.selection, counted, move || desk.actions())}
        {loaded(rows, move |(page, crew, releases): Read, site| {
            show(page, &crew, &releases, &site, url, passed, desk)
        })}
        <AskDialog desk />
        {desk.confirm.dialog()}
    }
}

fn show(
    page: Page<TaskSummary>,
    crew: &Crew,
    releases: &Releases,
    site: &SiteTime,
    url: UrlState,
    passed: Passed,
    desk: Desk,
) -> AnyView {
    desk.see(&page.rows);
    super::drag::keep_focus();
    view! {
        <div class="flex flex-col gap-4">
            {forecast::panel(&crew.forecast, site)}
            {waves::panel(releases, site, url, desk)}
            <div class="grid items-start gap-4 xl:grid-cols-[minmax(0,1fr)_16rem]">
                {frame(tasks(page, &facts(crew, releases), site, url, passed, desk))}
                {people::panel(crew, url, desk)}
            </div>
        </div>
    }
    .into_any()
}

/// What is known of tasks beside their rows.
struct Facts {
    /// When each will be done, and whether that is late.
    expected: HashMap<i64, (Option<DateTime<Utc>>, bool)>,
    /// The number of the wave that holds each back.
    held: HashMap<i64, i32>,
}

fn facts(crew: &Crew, releases: &Releases) -> Facts {
    let documents = crew.forecast.documents.iter();
    let waves = releases.waves.iter();
    Facts {
        expected: documents
            .map(|row| (row.task_id.0, (row.eta_at, row.late)))
            .collect(),
        held: waves
            .flat_map(|wave| wave.held.iter().map(|task| (task.0, wave.number)))
            .collect(),
    }
}

fn tasks(
    page: Page<TaskSummary>,
    facts: &Facts,
    site: &SiteTime,
    url: UrlState,
    passed: Passed,
    desk: Desk,
) -> AnyView {
    if page.rows.is_empty() {
        return if filter_of(url) == TaskFilter::default() {
            empty(
                Icon::Clipboard,
                t!("Nothing to do"),
                t!("Tasks come from documents with lines of this warehouse."),
                None,
            )
        } else {
            empty(
                Icon::Search,
                t!("No task fits"),
                t!("Take a filter away to see more."),
                None,
            )
        };
    }
    let columns = [
        text(t!("Document")),
        wrapped(t!("Partner")),
        text(t!("State")),
        text(t!("Lines")),
        fixed(t!("Due, done at")),
        fixed(t!("Given to")),
    ];
    let rows = page
        .rows
        .into_iter()
        .map(|row| line(row, facts, site, desk))
        .collect();
    let list = ListTable {
        label: t!("Tasks"),
        url,
        sort: "",
        selection: Some(desk.selection),
    };
    paged(list, &columns, rows, passed, page.next)
}

fn line(row: TaskSummary, facts: &Facts, site: &SiteTime, desk: Desk) -> Row {
    let eta = facts.expected.get(&row.id.0).copied();
    let held = facts.held.get(&row.id.0).copied();
    let kind = match row.kind {
        DocumentKind::Dispatch => t!("Pick"),
        DocumentKind::Receipt => t!("Receive"),
    };
    let (id, open) = (row.id.0, row.is_open());
    let number = link(
        routes::document(row.kind, row.document_id),
        row.number.as_str(),
    );
    let number = view! { <span class="whitespace-nowrap">{number}</span> }.into_any();
    let document = two_lines(number, format!("{kind} · {}", date(row.dated_on)));
    let document = if open {
        handle(desk, row.id, document)
    } else {
        document
    };
    let cells = vec![
        document,
        maybe(row.partner_name.clone()),
        state(&row, held),
        progress(row.lines_done.into(), row.lines_total.into()),
        due(&row, eta, site),
        holder(&row, desk),
    ];
    let line = Row::new("task-row", row.number, cells);
    if open { line.id(id) } else { line }
}

/// How it stands, how urgent it is where that is not as usual, and which wave holds it back.
fn state(row: &TaskSummary, held: Option<i32>) -> AnyView {
    let waits = held.map(|number| {
        let words = t!("Wave {number}, not released", number);
        view! { <span data-testid="task-held">{badge(Tone::Warning, words)}</span> }
    });
    view! {
        <span class="flex flex-col items-start gap-1">
            <span class="whitespace-nowrap">{task_state(row.state)}</span>
            {priority(Priority::of(row.priority))}
            {waits}
        </span>
    }
    .into_any()
}

/// What a priority is called.
pub(super) fn priority_name(priority: Priority) -> &'static str {
    match priority {
        Priority::Urgent => t!("Urgent"),
        Priority::High => t!("High"),
        Priority::Normal => t!("Normal"),
        Priority::Low => t!("Low"),
    }
}

fn priority(priority: Priority) -> Option<AnyView> {
    let tone = match priority {
        Priority::Urgent => Tone::Bad,
        Priority::High => Tone::Warning,
        Priority::Normal => return None,
        Priority::Low => Tone::Neutral,
    };
    Some(badge(tone, priority_name(priority)))
}

/// When it is due, and below it when it will be done at the pace of now.
fn due(row: &TaskSummary, eta: Option<(Option<DateTime<Utc>>, bool)>, site: &SiteTime) -> AnyView {
    let due = maybe(row.due_at.map(|at| brief(at, site)));
    let expected = match eta {
        Some((Some(at), true)) => badge(Tone::Bad, brief(at, site)),
        Some((Some(at), false)) => plain(brief(at, site)),
        Some((None, true)) => badge(Tone::Bad, t!("Late")),
        _ => return due,
    };
    view! {
        {due}
        <span class="block text-xs text-muted">{expected}</span>
    }
    .into_any()
}

/// Day and minute; seconds do not matter for plans.
pub(super) fn brief(at: DateTime<Utc>, site: &SiteTime) -> String {
    let text = site.short(at);
    text.rsplit_once(':')
        .map_or(text.clone(), |(minutes, _)| minutes.to_owned())
}

fn holder(row: &TaskSummary, desk: Desk) -> AnyView {
    let name = row.holder().unwrap_or_default().to_owned();
    if !row.is_open() {
        return plain(name);
    }
    let id = row.id;
    let label = if name.is_empty() {
        t!("Give…").to_owned()
    } else {
        name
    };
    view! { <Button label small=true before=Icon::Person on_press=move |()| desk.ask_holder(vec![id]) testid="assign" /> }
        .into_any()
}
