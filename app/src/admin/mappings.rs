//! The mapping inbox: what an upstream name means here.

use crate::api;
use crate::live::use_live;
use crate::load::load;
use crate::session::use_session;
use crate::site_time::SiteTime;
use crate::ui::act::{Act, use_act};
use crate::ui::badge::{Tone, badge};
use crate::ui::button::Button;
use crate::ui::empty::empty;
use crate::ui::field::choices;
use crate::ui::header::page_header;
use crate::ui::icon::Icon;
use crate::ui::load::loaded;
use crate::ui::number::count;
use crate::ui::panel::frame;
use crate::ui::table::{Row, actions, figures, fixed, maybe, plain, table, text};
use crate::ui::tabs::tabs;
use crate::ui::url_state::use_url_state;
use domain::MappingId;
use domain::live::Topic;
use domain::mapping::{Mapping, MappingAnswer, MappingKind};
use leptos::prelude::*;

/// The mappings page.
#[component]
pub fn Inbox() -> impl IntoView {
    let url = use_url_state();
    let live = use_live(Signal::stored(vec![Topic::Mappings]));
    let session = use_session();
    let rows = load(
        move || (url.get("show").is_none(), live.get()),
        move |(unanswered, _)| async move {
            let sites = session.read().await?.warehouses;
            let codes = sites
                .into_iter()
                .map(|site| (site.code, site.name))
                .collect();
            Ok((api::mappings::list(unanswered).await?, codes))
        },
    );
    let act = use_act();
    view! {
        {page_header("Mappings", "Names met upstream that a person has to translate. Answering recalculates the documents that wait.", None)}
        {tabs(url, "show", "Which mappings", vec![("", "Waiting"), ("answered", "All")])}
        {frame(loaded(rows, move |(rows, codes): (Vec<Mapping>, Vec<(String, String)>), site| {
            show(rows, &codes, &site, act)
        }))}
    }
}

fn show(rows: Vec<Mapping>, codes: &[(String, String)], site: &SiteTime, act: Act) -> AnyView {
    if rows.is_empty() {
        return empty(
            Icon::Check,
            "Nothing waits for you",
            "Unknown warehouse names and units appear here when a sync meets them.",
            None,
        );
    }
    let columns = [
        text("Upstream"),
        text("Kind"),
        text("Connection"),
        figures("Documents"),
        fixed("First met"),
        text("Means here"),
        text("Answered by"),
        actions(),
    ];
    let rows = rows
        .into_iter()
        .map(|row| line(row, codes, site, act))
        .collect();
    table("Mappings", &columns, rows)
}

fn line(row: Mapping, codes: &[(String, String)], site: &SiteTime, act: Act) -> Row {
    let (id, kind) = (row.id, row.kind);
    let known = match kind {
        MappingKind::Warehouse => codes,
        MappingKind::Uom => &[],
    };
    let chosen = RwSignal::new(row.target.clone().unwrap_or_default());
    let means = match (&row.target, row.ignored) {
        (Some(target), _) => badge(Tone::Good, target.as_str()),
        (None, true) => badge(Tone::Neutral, "None of ours"),
        (None, false) => badge(Tone::Warning, "Not answered"),
    };
    let cells = vec![
        plain(row.external.as_str()),
        plain(kind_name(kind)),
        plain(row.connection),
        plain(count(row.uses)),
        plain(site.date_time(row.first_seen_at)),
        means,
        maybe(row.answered_by),
        answer(id, known, chosen, act),
    ];
    Row::new("mapping-row", row.external, cells)
}

fn kind_name(kind: MappingKind) -> &'static str {
    match kind {
        MappingKind::Warehouse => "Warehouse",
        MappingKind::Uom => "Unit",
    }
}

fn answer(
    id: MappingId,
    known: &[(String, String)],
    chosen: RwSignal<String>,
    act: Act,
) -> AnyView {
    let send = move |answer| {
        act.run(
            api::mappings::answer(id, answer),
            "Answered. The documents that waited were recalculated.",
            |_| (),
        );
    };
    let save = move |()| {
        send(MappingAnswer::Means(
            chosen.get_untracked().trim().to_owned(),
        ))
    };
    let nothing = Signal::derive(move || chosen.with(|code| code.trim().is_empty()));
    view! {
        <span class="inline-flex items-center gap-2">
            {code_input(known, chosen)}
            <Button label="Save" small=true pending=act.pending() disabled=nothing on_press=save testid="mapping-save" />
            <Button
                label="None of ours"
                small=true
                pending=act.pending()
                on_press=move |()| send(MappingAnswer::Ignore)
                testid="mapping-ignore"
            />
        </span>
    }
    .into_any()
}

fn code_input(known: &[(String, String)], chosen: RwSignal<String>) -> AnyView {
    let set = move |event| chosen.set(event_target_value(&event));
    if known.is_empty() {
        return view! {
            <input class="input input-xs h-7 w-28" placeholder="Our code" aria-label="Our code" data-testid="mapping-code"
                prop:value=move || chosen.get() on:input=set />
        }
        .into_any();
    }
    let mut options = vec![(String::new(), "Choose what it means".to_owned())];
    options.extend(
        known
            .iter()
            .map(|(code, name)| (code.clone(), format!("{code} · {name}"))),
    );
    view! {
        <select class="select select-xs h-7 w-52" aria-label="Our code" data-testid="mapping-code" on:change=set>
            {choices(options, chosen.get_untracked())}
        </select>
    }
    .into_any()
}
