//! The ERP's document types: direction, and what people call them.

use crate::api;
use crate::live::use_live;
use crate::load::load;
use crate::session::viewer_may;
use crate::site_time::SiteTime;
use crate::ui::act::{Act, use_act};
use crate::ui::badge::{Tone, badge};
use crate::ui::button::Button;
use crate::ui::empty::empty;
use crate::ui::filter;
use crate::ui::header::page_header;
use crate::ui::icon::Icon;
use crate::ui::load::loaded;
use crate::ui::pager::{Passed, pager, use_passed};
use crate::ui::panel::frame;
use crate::ui::table::{Row, actions, code, fixed, maybe, plain, table, text};
use crate::ui::tabs::tabs;
use crate::ui::url_state::{UrlState, use_url_state};
use crate::words::tr;
use domain::ConnectionId;
use domain::doc_type::{Direction, DocType};
use domain::live::Topic;
use domain::page::{Cursor, Page};
use domain::permission::Permission;
use leptos::prelude::*;
use std::collections::HashMap;

/// Names that somebody is typing, by connection and code: the rows are read again whenever a document
/// changes, and nothing typed may be lost with them.
type Drafts = StoredValue<HashMap<(ConnectionId, String), String>>;

/// The document types page.
#[component]
pub fn List() -> impl IntoView {
    let (url, passed) = (use_url_state(), use_passed());
    let live = use_live(Signal::stored(vec![Topic::Documents]));
    let rows = load(
        move || {
            (
                url.parsed::<Direction>("direction"),
                url.get("show").is_some(),
                url.get("after"),
                live.get(),
            )
        },
        |(direction, unnamed, after, _)| {
            api::doc_types::list(direction, unnamed, after.map(Cursor))
        },
    );
    let (act, drafts) = (use_act(), Drafts::new(HashMap::new()));
    let directions = [Direction::Inbound, Direction::Outbound]
        .map(|one| (one.as_str().to_owned(), tr(one.label()).to_owned()));
    let mut options = vec![(String::new(), t!("Both directions").to_owned())];
    options.extend(directions);
    view! {
        {page_header(t!("Document types"), t!("Codes the ERP gives its documents. A code met for the first time waits here for a name."), None)}
        {filter::list_bar(
            url,
            vec![
                tabs(url, "show", t!("Which types"), vec![("", t!("All")), ("unnamed", t!("Without a name"))]),
                filter::select(url, "direction", t!("Direction"), options),
            ],
            None,
        )}
        {frame(loaded(rows, move |page: Page<DocType>, site| show(page, &site, url, passed, (act, drafts))))}
    }
}

fn show(
    page: Page<DocType>,
    site: &SiteTime,
    url: UrlState,
    passed: Passed,
    naming: (Act, Drafts),
) -> AnyView {
    if page.rows.is_empty() {
        let (title, words) = if url.get("show").is_some() {
            (
                t!("Every type has a name"),
                t!("New codes appear here when a sync meets them."),
            )
        } else {
            (
                t!("No document types yet"),
                t!("They come with the first documents of a connection."),
            )
        };
        return empty(Icon::Clipboard, title, words, None);
    }
    let columns = [
        fixed(t!("Code")),
        text(t!("Direction")),
        text(t!("Connection")),
        text(t!("Name")),
        text(t!("Named by")),
        fixed(t!("First met")),
        actions(),
    ];
    let shown = page.rows.len();
    let rows = page
        .rows
        .into_iter()
        .map(|row| line(row, site, naming))
        .collect();
    view! {
        <div>
            {table(t!("Document types"), &columns, rows)}
            {pager(url, passed, shown, page.next)}
        </div>
    }
    .into_any()
}

fn line(row: DocType, site: &SiteTime, naming: (Act, Drafts)) -> Row {
    let name = match &row.name {
        Some(name) => plain(name.as_str()),
        None => badge(Tone::Warning, t!("No name yet")),
    };
    let key = row.code.clone();
    let cells = vec![
        code(row.code.as_str()),
        plain(tr(row.direction.label())),
        plain(row.connection.as_str()),
        name,
        maybe(row.named_by.clone()),
        plain(site.date_time(row.first_seen_at)),
        rename(row, naming),
    ];
    Row::new("doc-type-row", key, cells)
}

fn rename(row: DocType, (act, drafts): (Act, Drafts)) -> AnyView {
    if !viewer_may(Permission::AnswerMappings) {
        return ().into_any();
    }
    let key = (row.connection_id, row.code.clone());
    let typed = drafts.with_value(|drafts| drafts.get(&key).cloned());
    let name = RwSignal::new(typed.or(row.name).unwrap_or_default());
    let note = {
        let key = key.clone();
        move |text: String| {
            drafts.update_value(|drafts| {
                drafts.insert(key.clone(), text.clone());
            });
            name.set(text);
        }
    };
    let label = t!("Name of {code}", code = row.code);
    let save = move |()| {
        let key = key.clone();
        act.run(
            api::doc_types::name(key.0, key.1.clone(), name.get_untracked()),
            t!("Named."),
            move |()| {
                drafts.try_update_value(|drafts| drafts.remove(&key));
            },
        );
    };
    let nothing = Signal::derive(move || name.with(|name| name.trim().is_empty()));
    view! {
        <span class="inline-flex items-center gap-2">
            <input
                class="input input-xs h-7 w-44"
                aria-label=label
                placeholder=t!("What people call it")
                data-testid="doc-type-name"
                prop:value=move || name.get()
                on:input=move |event| note(event_target_value(&event))
            />
            <Button label=t!("Save") small=true pending=act.pending() disabled=nothing on_press=save testid="doc-type-save" />
        </span>
    }
    .into_any()
}
