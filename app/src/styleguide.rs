//! Every part of the look in every state, on one page.

use crate::error::{AppError, ErrorCode};
use crate::ui::badge::{
    Tone, badge, document_status, health, match_state, run_state, task_state, yes_no,
};
use crate::ui::button::{Button, ButtonKind, link_button};
use crate::ui::dialog::Dialog;
use crate::ui::empty::empty;
use crate::ui::error::{error_line, error_panel};
use crate::ui::field::{SelectField, TextField};
use crate::ui::filter;
use crate::ui::header::page_header;
use crate::ui::icon::{Icon, icon};
use crate::ui::load::skeleton;
use crate::ui::panel::{facts, panel};
use crate::ui::progress::{bar, busy, progress};
use crate::ui::selection::{bulk_bar, use_selection};
use crate::ui::table::{
    ListTable, Row, actions, code, figures, link, plain, table, text, two_lines,
};
use crate::ui::tabs::tabs;
use crate::ui::tile::{tile, tiles};
use crate::ui::toast::use_toasts;
use crate::ui::url_state::use_url_state;
use domain::connection::Health;
use domain::document::{DocumentStatus, MatchState};
use domain::sync::RunState;
use domain::task::TaskState;
use leptos::prelude::*;

/// The page.
#[component]
pub fn Styleguide() -> impl IntoView {
    view! {
        {page_header("Style guide", "Every part in every state, in light and dark.", None)}
        <div class="grid gap-4 xl:grid-cols-2">
            {panel("Type", None, type_scale())}
            {panel("Colours", None, colours())}
            {panel("Buttons", None, buttons())}
            {panel("Badges", None, badges())}
            {panel("Fields", None, fields())}
            {panel("Progress and tabs", None, progress_states())}
            {panel("Icons", None, icons())}
            {panel("Dialog and toasts", None, dialogs())}
            {panel("Empty", None, empty(Icon::Box, "No items yet", "Open a connection and press Sync now on the catalogue.", None))}
            {panel("Failure", None, error_panel(&failure(ErrorCode::Internal, "Something went wrong on the server.")))}
            {panel("Loading", None, skeleton())}
            {panel("Facts", None, facts(vec![("Term", plain("What is the case")), ("Absent", plain(""))]))}
        </div>
        {tiles(vec![
            tile("Neutral", "1,284".to_owned(), "today", Tone::Neutral, ""),
            tile("Good", "42".to_owned(), "finished in full", Tone::Good, ""),
            tile("Warning", "3".to_owned(), "finished short", Tone::Warning, ""),
            tile("Bad", "1".to_owned(), "refused", Tone::Bad, ""),
        ])}
        {panel("Table", None, sample_table())}
        {panel("List of many rows", None, sample_list())}
    }
}

fn failure(code: ErrorCode, message: &str) -> AppError {
    AppError {
        code,
        message: message.to_owned(),
    }
}

fn row(parts: Vec<AnyView>) -> AnyView {
    view! { <div class="flex flex-wrap items-center gap-2">{parts}</div> }.into_any()
}

fn column(parts: Vec<AnyView>) -> AnyView {
    view! { <div class="flex flex-col gap-3 px-4 py-4">{parts}</div> }.into_any()
}

fn type_scale() -> AnyView {
    column(
        [
            ("text-2xl font-semibold", "2xl · figures 0123456789"),
            ("text-xl font-semibold", "xl · page titles"),
            ("text-base", "base · reading text"),
            ("text-sm", "sm · tables and forms"),
            ("text-xs text-muted", "xs · labels and notes"),
            ("font-mono text-xs", "mono · 04006381333931"),
        ]
        .map(|(class, sample)| view! { <span class=class>{sample}</span> }.into_any())
        .into(),
    )
}

fn colours() -> AnyView {
    let swatches = [
        ("bg-base-100", "Paper"),
        ("bg-base-200", "Ground"),
        ("bg-base-300", "Line"),
        ("bg-base-content", "Ink"),
        ("bg-side", "Side"),
        ("bg-primary", "Primary"),
        ("bg-accent", "Accent"),
        ("bg-info", "Under way"),
        ("bg-success", "Good"),
        ("bg-warning", "Look"),
        ("bg-error", "Wrong"),
    ]
    .map(|(class, name)| {
        view! {
            <div class="flex flex-col gap-1 text-xs">
                <span class=format!("block h-10 rounded-sm border border-base-300 {class}")></span>
                <span>{name}</span>
            </div>
        }
        .into_any()
    });
    view! { <div class="grid grid-cols-4 gap-3 px-4 py-4">{Vec::from(swatches)}</div> }.into_any()
}

fn buttons() -> AnyView {
    let kinds = [
        (ButtonKind::Primary, "Primary"),
        (ButtonKind::Plain, "Plain"),
        (ButtonKind::Quiet, "Quiet"),
        (ButtonKind::Danger, "Danger"),
    ];
    let every = |small: bool, pending: bool, disabled: bool| {
        row(kinds
            .map(|(kind, label)| {
                view! {
                    <Button
                        label=label
                        kind=kind
                        small=small
                        before=Icon::Refresh
                        pending=Signal::stored(pending)
                        disabled=Signal::stored(disabled)
                        on_press=|()| ()
                    />
                }
                .into_any()
            })
            .into())
    };
    column(vec![
        every(false, false, false),
        every(true, false, false),
        every(false, true, false),
        every(false, false, true),
        row(vec![link_button(
            ButtonKind::Plain,
            false,
            Some(Icon::Right),
            "A link",
            "#main".to_owned(),
            "",
        )]),
    ])
}

fn badges() -> AnyView {
    column(vec![
        row(Tone::ALL
            .map(|tone| badge(tone, format!("{tone:?}")))
            .into()),
        row(DocumentStatus::ALL.map(document_status).into()),
        row(RunState::ALL.map(run_state).into()),
        row([
            Health::Unknown,
            Health::Healthy,
            Health::Failing,
            Health::Paused,
        ]
        .map(health)
        .into()),
        row([
            MatchState::Code,
            MatchState::Barcode,
            MatchState::Lookup,
            MatchState::Mapping,
            MatchState::Unmatched,
        ]
        .map(match_state)
        .into()),
        row([
            TaskState::Open,
            TaskState::Claimed,
            TaskState::Done,
            TaskState::Cancelled,
        ]
        .map(task_state)
        .into()),
        row(vec![yes_no(true), yes_no(false)]),
    ])
}

fn fields() -> AnyView {
    let text = RwSignal::new("Lantern".to_owned());
    let choice = RwSignal::new("b".to_owned());
    let options = vec![
        ("a".to_owned(), "First".to_owned()),
        ("b".to_owned(), "Second".to_owned()),
    ];
    column(vec![
        view! { <TextField label="Text" value=text hint="How to fill it in." /> }.into_any(),
        view! { <TextField label="Password" value=text kind="password" /> }.into_any(),
        view! { <SelectField label="Choice" options value=choice /> }.into_any(),
        error_line(&failure(ErrorCode::Invalid, "This name is already taken.")),
    ])
}

fn progress_states() -> AnyView {
    let url = use_url_state();
    column(vec![
        progress(0, 8),
        progress(3, 8),
        progress(8, 8),
        busy(),
        bar(64),
        tabs(
            url,
            "tab",
            "Sample",
            vec![("", "First"), ("second", "Second"), ("third", "Third")],
        ),
    ])
}

fn icons() -> AnyView {
    let icons = Icon::ALL.map(|drawing| {
        view! {
            <span class="flex flex-col items-center gap-1 text-xs text-muted">
                {icon(drawing, "size-5 text-base-content")}
                {format!("{drawing:?}")}
            </span>
        }
        .into_any()
    });
    view! { <div class="grid grid-cols-7 gap-4 px-4 py-4">{Vec::from(icons)}</div> }.into_any()
}

fn dialogs() -> AnyView {
    let (open, toasts) = (RwSignal::new(false), use_toasts());
    view! {
        <div class="flex gap-2 px-4 py-4">
            <Button label="Open a dialog" on_press=move |()| open.set(true) testid="sample-dialog-open" />
            <Button label="Good toast" on_press=move |()| toasts.good("Saved.") />
            <Button label="Bad toast" on_press=move |()| toasts.bad("That did not work.") />
            <Dialog open title="A question" testid="sample-dialog">
                <p class="text-sm">"Escape, the cross and the buttons close it; the focus stays inside."</p>
            </Dialog>
        </div>
    }
    .into_any()
}

fn sample_table() -> AnyView {
    let columns = [
        text("Item"),
        text("Title"),
        figures("Requested"),
        figures("Done"),
        text("Status"),
        actions(),
    ];
    let rows = [
        ("85123A", "White hanging heart T-light holder", "6", "6"),
        ("71053", "White metal lantern", "1,250.5", "3"),
    ]
    .into_iter()
    .map(|(item, title, requested, done)| {
        let cells = vec![
            link("#main".to_owned(), item),
            two_lines(plain(title), "second line"),
            plain(requested),
            plain(done),
            document_status(DocumentStatus::InProgress),
            code("code"),
        ];
        Row::new("sample-row", item, cells)
    })
    .collect();
    table("Sample", &columns, rows)
}

fn sample_list() -> AnyView {
    let (url, selection) = (use_url_state(), use_selection());
    let inputs = vec![
        filter::search(url, "Number or partner"),
        filter::input(url, "date_from", "From", "date"),
        filter::input(url, "doc_type", "Type", "text"),
        filter::check(url, "only_wms", "Only with floor work"),
    ];
    let list = move || {
        let table = ListTable {
            label: "Sample list",
            url,
            sort: "number",
            selection: Some(selection),
        };
        let rows = (1..=3).map(|id| {
            let number = format!("26-3000-00000{id}");
            let cells = vec![link("#main".to_owned(), number.as_str()), plain("2.5")];
            Row::new("sample-list-row", number, cells).id(id)
        });
        let columns = [
            text("Number").by("number"),
            figures("Quantity").by("quantity"),
        ];
        table.show(&columns, rows.collect())
    };
    let bar = bulk_bar(
        selection,
        |count| format!("{count} rows"),
        move || {
            let clear = move |()| selection.clear();
            vec![view! { <Button label="Do something" small=true on_press=clear /> }.into_any()]
        },
    );
    view! {
        <div class="flex flex-col gap-3 px-4 py-4">
            {filter::list_bar(url, inputs, None)}
            {bar}
            {list}
        </div>
    }
    .into_any()
}
