//! The tasks, narrowed by what the URL says, beside the people who can do them.

use super::ask::AskDialog;
use super::desk::{Desk, counted, use_desk};
use super::drag::handle;
use super::{forecast, people};
use crate::api;
use crate::api::tasks::Crew;
use crate::live::use_live;
use crate::load::{Loader, load};
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
use crate::ui::table::{ListTable, Row, cut, fixed, link, maybe, plain, text, two_lines};
use crate::ui::tabs::tabs;
use crate::ui::url_state::{UrlState, use_url_state};
use chrono::{DateTime, Utc};
use domain::document::DocumentKind;
use domain::live::Topic;
use domain::page::{Cursor, Page};
use domain::task::{Priority, TaskSummary};
use domain::task_list::{DueFilter, Holder, TaskFilter};
use domain::team::Team;
use domain::user::UserSummary;
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
            Ok((page, api::tasks::crew_at_work().await?))
        },
    );
    view! {
        {page_header(t!("Tasks"), t!("Who does what, and whether it will be done in time."), None)}
        <div class="flex flex-wrap items-end justify-between gap-3">
            {tabs(url, "view", t!("Which tasks"), VIEWS.to_vec())}
        </div>
        {filter::list_bar(url, filters(url), None)}
        {bulk_bar(desk.selection, counted, move || desk.actions())}
        {loaded(rows, move |(page, crew): (Page<TaskSummary>, Crew), site| {
            show(page, &crew, &site, url, passed, desk)
        })}
        <AskDialog desk />
    }
}

fn filter_of(url: UrlState) -> TaskFilter {
    TaskFilter {
        view: url.parsed("view").unwrap_or_default(),
        holder: url.parsed::<Holder>("holder"),
        priority: url.parsed::<Priority>("priority"),
        due: url.parsed::<DueFilter>("due"),
        q: url.get("q"),
    }
}

fn filters(url: UrlState) -> Vec<AnyView> {
    let mut priorities = vec![(String::new(), t!("Any priority").to_owned())];
    priorities
        .extend(Priority::ALL.map(|one| (one.as_str().to_owned(), priority_name(one).to_owned())));
    let dues = [
        ("", t!("Any time")),
        ("late", t!("Late")),
        ("today", t!("Today")),
        ("unset", t!("Not set")),
    ];
    let dues = dues.map(|(value, text)| (value.to_owned(), text.to_owned()));
    vec![
        filter::search(url, t!("Number or partner")),
        holder_filter(url),
        filter::select(url, "priority", t!("Priority"), priorities),
        filter::select(url, "due", t!("Due"), dues.to_vec()),
    ]
}

fn holder_filter(url: UrlState) -> AnyView {
    let people: Loader<(Vec<UserSummary>, Vec<Team>)> = load(
        || (),
        |()| async { Ok((api::users::workers().await?, api::teams::list().await?)) },
    );
    let choice = move || {
        Suspend::new(async move {
            let known = people.read().await;
            known
                .ok()
                .map(|(workers, teams)| holders(url, workers, teams))
        })
    };
    view! { <Transition>{choice}</Transition> }.into_any()
}

fn holders(url: UrlState, workers: Vec<UserSummary>, teams: Vec<Team>) -> AnyView {
    let mut options = vec![
        (String::new(), t!("Anybody").to_owned()),
        ("nobody".to_owned(), t!("Nobody yet").to_owned()),
    ];
    options.extend(teams.into_iter().map(|team| {
        let value = format!("team:{}", team.id);
        (value, t!("Team {name}", name = team.name))
    }));
    let workers = workers
        .into_iter()
        .map(|worker| (format!("worker:{}", worker.id), worker.name));
    options.extend(workers);
    filter::select(url, "holder", t!("Given to"), options)
}

fn show(
    page: Page<TaskSummary>,
    crew: &Crew,
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
            <div class="grid items-start gap-4 xl:grid-cols-[minmax(0,1fr)_17rem]">
                {frame(tasks(page, crew, site, url, passed, desk))}
                {people::panel(crew, url, desk)}
            </div>
        </div>
    }
    .into_any()
}

fn tasks(
    page: Page<TaskSummary>,
    crew: &Crew,
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
        text(t!("Partner")),
        text(t!("State")),
        text(t!("Lines")),
        fixed(t!("Priority")),
        text(t!("Due")),
        text(t!("Done at")),
        text(t!("Given to")),
    ];
    let expected: HashMap<i64, (Option<DateTime<Utc>>, bool)> = crew
        .forecast
        .documents
        .iter()
        .map(|row| (row.task_id.0, (row.eta_at, row.late)))
        .collect();
    let rows = page
        .rows
        .into_iter()
        .map(|row| {
            let eta = expected.get(&row.id.0).copied();
            line(row, eta, site, desk)
        })
        .collect();
    let list = ListTable {
        label: t!("Tasks"),
        url,
        sort: "",
        selection: Some(desk.selection),
    };
    paged(list, &columns, rows, passed, page.next)
}

fn line(
    row: TaskSummary,
    eta: Option<(Option<DateTime<Utc>>, bool)>,
    site: &SiteTime,
    desk: Desk,
) -> Row {
    let kind = match row.kind {
        DocumentKind::Dispatch => t!("Pick"),
        DocumentKind::Receipt => t!("Receive"),
    };
    let (id, open) = (row.id.0, row.is_open());
    let number = link(
        routes::document(row.kind, row.document_id),
        row.number.as_str(),
    );
    let document = two_lines(number, format!("{kind} · {}", date(row.dated_on)));
    let document = if open {
        handle(desk, row.id, document)
    } else {
        document
    };
    let cells = vec![
        document,
        partner(row.partner_name.clone()),
        task_state(row.state),
        progress(row.lines_done.into(), row.lines_total.into()),
        priority(Priority::of(row.priority)),
        due(&row, site),
        expected(eta, site),
        holder(&row, desk),
    ];
    let line = Row::new("task-row", row.number, cells);
    if open { line.id(id) } else { line }
}

fn partner(name: Option<String>) -> AnyView {
    view! { <span class="block max-w-28 truncate">{cut(name.unwrap_or_default())}</span> }
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

fn priority(priority: Priority) -> AnyView {
    match priority {
        Priority::Urgent => badge(Tone::Bad, t!("Urgent")),
        Priority::High => badge(Tone::Warning, t!("High")),
        Priority::Normal => plain(t!("Normal")),
        Priority::Low => badge(Tone::Neutral, t!("Low")),
    }
}

fn due(row: &TaskSummary, site: &SiteTime) -> AnyView {
    maybe(row.due_at.map(|at| brief(at, site)))
}

/// Day and minute; seconds do not matter for plans.
pub(super) fn brief(at: DateTime<Utc>, site: &SiteTime) -> String {
    let text = site.short(at);
    text.rsplit_once(':')
        .map_or(text.clone(), |(minutes, _)| minutes.to_owned())
}

fn expected(eta: Option<(Option<DateTime<Utc>>, bool)>, site: &SiteTime) -> AnyView {
    match eta {
        Some((Some(at), true)) => badge(Tone::Bad, brief(at, site)),
        Some((Some(at), false)) => plain(brief(at, site)),
        Some((None, true)) => badge(Tone::Bad, t!("Late")),
        _ => plain(""),
    }
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
