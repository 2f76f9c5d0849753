//! The inbox: what is longest over its limit stands first.

use super::look_after::{LookAfter, ResolveDialog, use_look_after};
use crate::api;
use crate::live::use_live;
use crate::load::{load, use_minutes};
use crate::routes;
use crate::session::viewer_may;
use crate::site_time::{SiteTime, age_of_minutes};
use crate::ui::badge::{Tone, badge};
use crate::ui::empty::empty;
use crate::ui::filter;
use crate::ui::header::page_header;
use crate::ui::icon::Icon;
use crate::ui::load::loaded;
use crate::ui::number::count;
use crate::ui::pager::{Passed, pager, use_passed};
use crate::ui::panel::frame;
use crate::ui::table::{Row, actions, fixed, link, plain, table, text, two_lines, wide};
use crate::ui::tabs::tabs;
use crate::ui::url_state::{UrlState, use_url_state};
use crate::words::{tell, tr};
use domain::UserId;
use domain::exception::{Exception, ExceptionCounts, ExceptionKind, ExceptionView, Severity};
use domain::live::Topic;
use domain::page::{Cursor, Page};
use domain::permission::Permission;
use leptos::prelude::*;

type Answer = (Page<Exception>, ExceptionCounts, Vec<(UserId, String)>);

/// The exceptions page.
#[component]
pub fn List() -> impl IntoView {
    let (url, passed) = (use_url_state(), use_passed());
    let live = use_live(Signal::stored(vec![Topic::Exceptions]));
    let minutes = use_minutes();
    let rows = load(
        move || {
            (
                view_of(url),
                url.parsed::<ExceptionKind>("kind"),
                url.get("after"),
                live.get(),
                minutes.get(),
            )
        },
        |(view, kind, after, _, _)| async move {
            let page = api::exceptions::list(view, kind, after.map(Cursor)).await?;
            let counts = api::exceptions::count().await?;
            Ok((page, counts, api::exceptions::owners().await?))
        },
    );
    let after = use_look_after();
    let views = vec![
        ("", t!("Waiting")),
        ("mine", t!("Mine")),
        ("closed", t!("Closed")),
    ];
    view! {
        {page_header(t!("Exceptions"), t!("What needs a lead's eye. Each is raised once and closes by itself when its cause is gone."), None)}
        {filter::list_bar(url, vec![tabs(url, "view", t!("Which exceptions"), views)], None)}
        {loaded(rows, move |(page, counts, owners): Answer, site| {
            view! {
                <div class="flex flex-col gap-4">
                    {kinds(url, &counts)}
                    {frame(show(page, &owners, &site, url, passed, after))}
                </div>
            }
            .into_any()
        })}
        <ResolveDialog after />
    }
}

fn view_of(url: UrlState) -> ExceptionView {
    url.parsed("view").unwrap_or_default()
}

fn kinds(url: UrlState, counts: &ExceptionCounts) -> AnyView {
    // Only what waits is counted, so only that view says how many.
    let waiting = view_of(url) == ExceptionView::Open;
    let all = match waiting {
        true => t!("All kinds ({open})", open = count(counts.open)),
        false => t!("All kinds").to_owned(),
    };
    let mut options = vec![(String::new(), all)];
    options.extend(ExceptionKind::ALL.map(|kind| {
        let found = counts.kinds.iter().find(|(known, _)| *known == kind);
        let open = count(found.map_or(0, |(_, open)| *open));
        let name = tr(kind.label());
        let shown = match waiting {
            true => format!("{name} ({open})"),
            false => name.to_owned(),
        };
        (kind.as_str().to_owned(), shown)
    }));
    filter::bar(vec![filter::select(url, "kind", t!("Kind"), options)])
}

fn show(
    page: Page<Exception>,
    owners: &[(UserId, String)],
    site: &SiteTime,
    url: UrlState,
    passed: Passed,
    after: LookAfter,
) -> AnyView {
    if page.rows.is_empty() {
        return nothing(url);
    }
    let columns = [
        fixed(t!("Severity")),
        text(t!("Kind")),
        wide(t!("What")),
        fixed(t!("Since")),
        fixed(t!("Age")),
        text(t!("Looked after by")),
        actions(),
    ];
    let shown = page.rows.len();
    let rows = page
        .rows
        .into_iter()
        .map(|row| line(row, owners, site, after))
        .collect();
    view! {
        <div>
            {table(t!("Exceptions"), &columns, rows)}
            {pager(url, passed, shown, page.next)}
        </div>
    }
    .into_any()
}

fn nothing(url: UrlState) -> AnyView {
    match (view_of(url), url.get("kind")) {
        (ExceptionView::Open, None) => empty(
            Icon::Check,
            t!("Nothing waits for you"),
            t!(
                "Late work, idle devices, conflicts, offline work, shortages, unknown names and failed syncs appear here within a minute."
            ),
            None,
        ),
        (ExceptionView::Mine, None) => empty(
            Icon::Check,
            t!("Nothing is yours"),
            t!("Acknowledge an exception to look after it."),
            None,
        ),
        _ => empty(
            Icon::Search,
            t!("Nothing fits"),
            t!("Choose another kind or view to see more."),
            None,
        ),
    }
}

fn line(row: Exception, owners: &[(UserId, String)], site: &SiteTime, after: LookAfter) -> Row {
    let over = row.resolved.is_some() || row.ended_at.is_some();
    let what = two_lines(subject(&row), tell(&row.detail));
    let what = view! { <div class="max-w-xl whitespace-normal">{what}</div> }.into_any();
    let owner = if over {
        closed_by(&row)
    } else {
        after.owner(&row, owners)
    };
    let buttons = if over {
        ().into_any()
    } else {
        after.buttons(&row)
    };
    let cells = vec![
        severity(row.severity),
        plain(tr(row.kind.label())),
        what,
        plain(site.date_time(row.since)),
        age(&row),
        owner,
        buttons,
    ];
    Row::new("exception-row", row.subject, cells)
}

fn subject(row: &Exception) -> AnyView {
    let target = match (row.document, row.kind, row.connection_id) {
        (_, ExceptionKind::Unmapped, _) => Some(routes::MAPPINGS.to_owned()),
        (_, ExceptionKind::Undelivered, account) => {
            let may = viewer_may(Permission::ManageConnections);
            may.then(|| routes::dead_deliveries(account))
        }
        (_, ExceptionKind::CountVariance, _) => {
            let site = row.warehouse_id.map(|site| format!("?warehouse={site}"));
            Some(format!("{}{}", routes::COUNTS, site.unwrap_or_default()))
        }
        (Some((kind, id)), ..) => Some(routes::document(kind, id)),
        (None, _, Some(id)) => Some(routes::connection(id)),
        (None, _, None) => None,
    };
    match target {
        Some(href) => link(href, row.subject.as_str()),
        None => plain(row.subject.as_str()),
    }
}

fn severity(severity: Severity) -> AnyView {
    match severity {
        Severity::Low => badge(Tone::Neutral, t!("Low")),
        Severity::Medium => badge(Tone::Info, t!("Medium")),
        Severity::High => badge(Tone::Warning, t!("High")),
        Severity::Critical => badge(Tone::Bad, t!("Critical")),
    }
}

/// The age against what it may be.
fn age(row: &Exception) -> AnyView {
    let limit = i64::from(row.limit_minutes);
    let class = if row.age_minutes > limit {
        "tabular-nums font-medium text-error"
    } else {
        "tabular-nums"
    };
    let words = age_of_minutes(row.age_minutes);
    view! {
        <span class=class>{words}</span>
        <span class="block text-xs text-muted">{t!("limit {limit} min", limit)}</span>
    }
    .into_any()
}

fn closed_by(row: &Exception) -> AnyView {
    match &row.resolved {
        Some((who, note)) => two_lines(plain(t!("Resolved by {who}", who)), note.clone()),
        None => two_lines(
            plain(t!("Closed by itself")),
            row.owner.as_ref().map_or_else(String::new, |(_, name)| {
                t!("was looked after by {name}", name)
            }),
        ),
    }
}

/// Who has seen it, in small.
pub(super) fn seen_by(row: &Exception) -> Option<String> {
    row.acknowledged_by
        .as_ref()
        .map(|name| t!("Seen by {name}", name))
}
