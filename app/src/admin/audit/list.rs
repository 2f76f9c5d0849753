//! The audit as sentences, newest first.

use super::link::target;
use crate::api;
use crate::load::load;
use crate::routes;
use crate::site_time::SiteTime;
use crate::ui::empty::empty;
use crate::ui::filter;
use crate::ui::header::page_header;
use crate::ui::icon::Icon;
use crate::ui::load::loaded;
use crate::ui::pager::{Passed, pager, use_passed};
use crate::ui::panel::frame;
use crate::ui::table::{ListTable, Row, fixed, link, long, maybe, text};
use crate::ui::url_state::{UrlState, use_url_state};
use domain::audit::{AuditEntry, AuditFilter};
use domain::audit_words::{changes, facts, sentence, title};
use domain::page::{Cursor, Page};
use domain::user::UserFilter;
use leptos::prelude::*;

/// The audit page.
#[component]
pub fn List() -> impl IntoView {
    let (url, passed) = (use_url_state(), use_passed());
    let rows = load(
        move || (filter_of(url), url.get("after")),
        |(filter, after)| api::audit::list(filter, after.map(Cursor)),
    );
    view! {
        {page_header("Audit", "Who did what. Entries are only ever added.", None)}
        {filters(url)}
        {frame(loaded(rows, move |page: Page<AuditEntry>, site| show(page, &site, url, passed)))}
    }
}

fn filter_of(url: UrlState) -> AuditFilter {
    AuditFilter {
        user: url.parsed("user"),
        action: url.get("action"),
        from: url.parsed("from"),
        until: url.parsed("until"),
        q: url.get("q"),
        sort: url.parsed("sort").unwrap_or_default(),
    }
}

fn filters(url: UrlState) -> AnyView {
    let inputs = vec![
        filter::search(url, "Subject, person or fact"),
        people(url),
        actions(url),
        filter::input(url, "from", "From", "date"),
        filter::input(url, "until", "To", "date"),
    ];
    filter::list_bar(url, inputs, Some(routes::AUDIT_EXPORT))
}

fn people(url: UrlState) -> AnyView {
    let people = load(|| (), |()| api::users::list(UserFilter::default(), None));
    let shown = move || {
        Suspend::new(async move {
            let mut options = vec![(String::new(), "Anybody".to_owned())];
            if let Ok(page) = people.read().await {
                options.extend(
                    page.rows
                        .into_iter()
                        .map(|row| (row.id.to_string(), row.name)),
                );
            }
            filter::select(url, "user", "Person", options)
        })
    };
    view! { <Transition>{shown}</Transition> }.into_any()
}

fn actions(url: UrlState) -> AnyView {
    let occur = load(|| (), |()| api::audit::actions());
    let shown = move || {
        Suspend::new(async move {
            let occur = occur.read().await.unwrap_or_default().into_iter();
            let mut named: Vec<_> = occur.map(|action| (title(&action), action)).collect();
            named.sort();
            let mut options = vec![(String::new(), "Any action".to_owned())];
            options.extend(named.into_iter().map(|(title, action)| (action, title)));
            filter::select(url, "action", "Action", options)
        })
    };
    view! { <Transition>{shown}</Transition> }.into_any()
}

fn show(page: Page<AuditEntry>, site: &SiteTime, url: UrlState, passed: Passed) -> AnyView {
    if page.rows.is_empty() {
        return if filter_of(url) == AuditFilter::default() {
            empty(
                Icon::Shield,
                "Nothing recorded yet",
                "Sign-ins, changes and look-ups will be listed here.",
                None,
            )
        } else {
            empty(
                Icon::Search,
                "No entry fits",
                "Take a filter away to see more.",
                None,
            )
        };
    }
    let table = ListTable {
        label: "Audit",
        url,
        sort: "-at",
        selection: None,
    };
    let columns = [
        fixed("When").by("at"),
        text("What happened"),
        text("Before → after, facts"),
        long("Where"),
        text(""),
    ];
    let shown = page.rows.len();
    let rows = page.rows.into_iter().map(|row| line(row, site)).collect();
    view! {
        <div>
            {table.show(&columns, rows)}
            {pager(url, passed, shown, page.next)}
        </div>
    }
    .into_any()
}

fn line(row: AuditEntry, site: &SiteTime) -> Row {
    let at = link(routes::audit_entry(row.id), site.short(row.at));
    let there = target(&row).map(|href| link(href, "Show"));
    let told = sentence(&row);
    let cells = vec![
        at,
        view! { <span data-testid="audit-sentence">{told}</span> }.into_any(),
        summary(&row),
        maybe(row.device),
        there.into_any(),
    ];
    Row::new("audit-row", row.action, cells)
}

fn summary(row: &AuditEntry) -> AnyView {
    let changed = changes(&row.details)
        .into_iter()
        .map(|change| change.to_string());
    let known = facts(&row.details)
        .into_iter()
        .map(|(name, text)| format!("{name}: {text}"));
    let text = changed.chain(known).collect::<Vec<_>>().join(" · ");
    view! { <span class="block max-w-sm truncate text-xs text-muted" title=text.clone()>{text.clone()}</span> }
        .into_any()
}
