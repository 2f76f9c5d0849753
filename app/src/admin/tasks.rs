//! The lead's list of work.

use crate::admin::documents::{AssignDialog, Assigning, use_assigning};
use crate::api;
use crate::live::use_live;
use crate::load::load;
use crate::routes;
use crate::site_time::{SiteTime, date};
use crate::ui::badge::task_state;
use crate::ui::button::Button;
use crate::ui::empty::empty;
use crate::ui::header::page_header;
use crate::ui::icon::Icon;
use crate::ui::load::loaded;
use crate::ui::pager::{Passed, pager, use_passed};
use crate::ui::panel::frame;
use crate::ui::progress::progress;
use crate::ui::table::{Row, actions, figures, fixed, link, long, maybe, plain, table, text};
use crate::ui::tabs::tabs;
use crate::ui::url_state::{UrlState, use_url_state};
use domain::document::DocumentKind;
use domain::live::Topic;
use domain::page::{Cursor, Page};
use domain::task::{TaskState, TaskSummary};
use leptos::prelude::*;

const STATES: [(&str, &str); 4] = [
    ("", "All"),
    ("open", "Open"),
    ("claimed", "In work"),
    ("done", "Done"),
];

/// The tasks page.
#[component]
pub fn List() -> impl IntoView {
    let (url, passed) = (use_url_state(), use_passed());
    let live = use_live(Signal::stored(vec![Topic::Tasks]));
    let rows = load(
        move || {
            (
                url.parsed::<TaskState>("state"),
                url.get("after"),
                live.get(),
            )
        },
        |(state, after, _)| api::tasks::list(state, after.map(Cursor)),
    );
    let assigning = use_assigning();
    view! {
        {page_header("Tasks", "Work for the floor: who has it, and how far it is.", None)}
        {tabs(url, "state", "State of the task", STATES.to_vec())}
        {frame(loaded(rows, move |page: Page<TaskSummary>, site| show(page, &site, url, passed, assigning)))}
        <AssignDialog assigning />
    }
}

fn show(
    page: Page<TaskSummary>,
    site: &SiteTime,
    url: UrlState,
    passed: Passed,
    assigning: Assigning,
) -> AnyView {
    if page.rows.is_empty() {
        return empty(
            Icon::Clipboard,
            "No tasks here",
            "Tasks come from documents with lines of this warehouse.",
            None,
        );
    }
    let columns = [
        fixed("Document"),
        text("Kind"),
        fixed("Date"),
        long("Partner"),
        text("State"),
        text("Lines done"),
        figures("Short"),
        text("Given to"),
        fixed("Started"),
        actions(),
    ];
    let shown = page.rows.len();
    let rows = page
        .rows
        .into_iter()
        .map(|row| line(row, site, assigning))
        .collect();
    view! {
        <div>
            {table("Tasks", &columns, rows)}
            {pager(url, passed, shown, page.next)}
        </div>
    }
    .into_any()
}

fn line(row: TaskSummary, site: &SiteTime, assigning: Assigning) -> Row {
    let kind = match row.kind {
        DocumentKind::Dispatch => "Pick",
        DocumentKind::Receipt => "Receive",
    };
    let holder = row.worker_name.clone().or_else(|| row.team_name.clone());
    let cells = vec![
        link(
            routes::document(row.kind, row.document_id),
            row.number.as_str(),
        ),
        plain(kind),
        plain(date(row.dated_on)),
        maybe(row.partner_name.clone()),
        task_state(row.state),
        progress(row.lines_done.into(), row.lines_total.into()),
        plain(row.lines_short.to_string()),
        maybe(holder),
        maybe(row.started_at.map(|at| site.short(at))),
        assign_button(&row, assigning),
    ];
    Row::new("task-row", row.number, cells)
}

fn assign_button(row: &TaskSummary, assigning: Assigning) -> AnyView {
    if matches!(row.state, TaskState::Done | TaskState::Cancelled) {
        return ().into_any();
    }
    let task = row.clone();
    view! {
        <Button
            label="Assign"
            small=true
            before=Icon::Person
            on_press=move |()| assigning.ask(&task)
            testid="assign"
        />
    }
    .into_any()
}
