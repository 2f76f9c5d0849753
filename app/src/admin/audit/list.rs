//! The audit as sentences, newest first.

use super::link::target;
use crate::api;
use crate::live::use_live;
use crate::load::load;
use crate::routes;
use crate::site_time::SiteTime;
use crate::ui::empty::empty;
use crate::ui::filter;
use crate::ui::header::page_header;
use crate::ui::icon::Icon;
use crate::ui::load::loaded;
use crate::ui::pager::{Passed, paged, use_passed};
use crate::ui::panel::frame;
use crate::ui::table::{ListTable, Row, fixed, link, long, maybe, text};
use crate::ui::url_state::{UrlState, use_url_state};
use crate::words::{fill, tell};
use domain::audit::{AuditEntry, AuditFilter};
use domain::audit_words::{changes, facts, sentence, title, words_of};
use domain::live::Topic;
use domain::page::{Cursor, Page};
use domain::user::UserFilter;
use leptos::prelude::*;

/// The audit page.
#[component]
pub fn List() -> impl IntoView {
    let (url, passed) = (use_url_state(), use_passed());
    let live = use_live(Signal::stored(vec![Topic::Audit]));
    let rows = load(
        move || (filter_of(url), url.get("after"), live.get()),
        |(filter, after, _)| api::audit::list(filter, after.map(Cursor)),
    );
    view! {
        {page_header(t!("Audit"), t!("Who did what. Entries are only ever added."), None)}
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
        filter::search(url, t!("Subject, person or fact")),
        people(url),
        actions(url),
        filter::days(url, "from", "until"),
    ];
    filter::list_bar(url, inputs, Some(routes::AUDIT_EXPORT))
}

fn people(url: UrlState) -> AnyView {
    let people = load(|| (), |()| api::users::list(UserFilter::default(), None));
    let shown = move || {
        Suspend::new(async move {
            let mut options = vec![(String::new(), t!("Anybody").to_owned())];
            if let Ok(page) = people.read().await {
                options.extend(
                    page.rows
                        .into_iter()
                        .map(|row| (row.id.to_string(), row.name)),
                );
            }
            filter::select(url, "user", t!("Person"), options)
        })
    };
    view! { <Transition>{shown}</Transition> }.into_any()
}

fn actions(url: UrlState) -> AnyView {
    let occur = load(|| (), |()| api::audit::actions());
    let shown = move || {
        Suspend::new(async move {
            let occur = occur.read().await.unwrap_or_default().into_iter();
            let mut named: Vec<_> = occur.map(|action| (action_name(&action), action)).collect();
            named.sort();
            let mut options = vec![(String::new(), t!("Any action").to_owned())];
            options.extend(named.into_iter().map(|(title, action)| (action, title)));
            filter::select(url, "action", t!("Action"), options)
        })
    };
    view! { <Transition>{shown}</Transition> }.into_any()
}

/// What an action is called in the reader's language: its sentence without the person.
fn action_name(action: &str) -> String {
    let phrase = words_of(action).map(|words| words.phrase.replace("{}", "{subject}"));
    let sentence = phrase.map(|phrase| format!("{{who}} {phrase}"));
    let told = sentence.and_then(|sentence| Some(tell(&sentence)).filter(|told| *told != sentence));
    let Some(told) = told else {
        return title(action);
    };
    let gaps = [("who", String::new()), ("subject", "…".to_owned())];
    let name = fill(&told, &gaps);
    let mut letters = name.trim_start_matches([':', ' ']).chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().collect::<String>() + letters.as_str()
    })
}

fn show(page: Page<AuditEntry>, site: &SiteTime, url: UrlState, passed: Passed) -> AnyView {
    if page.rows.is_empty() {
        return if filter_of(url) == AuditFilter::default() {
            empty(
                Icon::Shield,
                t!("Nothing recorded yet"),
                t!("Sign-ins, changes and look-ups will be listed here."),
                None,
            )
        } else {
            empty(
                Icon::Search,
                t!("No entry fits"),
                t!("Take a filter away to see more."),
                None,
            )
        };
    }
    let table = ListTable {
        label: t!("Audit"),
        url,
        sort: "-at",
        selection: None,
    };
    let columns = [
        fixed(t!("When")).by("at"),
        text(t!("What happened")),
        text(t!("Before → after, facts")),
        long(t!("Where")),
        text(""),
    ];
    let rows = page.rows.into_iter().map(|row| line(row, site)).collect();
    paged(table, &columns, rows, passed, page.next)
}

fn line(row: AuditEntry, site: &SiteTime) -> Row {
    let at = link(routes::audit_entry(row.id), site.short(row.at));
    let there = target(&row).map(|href| link(href, t!("Show")));
    let told = tell(&sentence(&row));
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
