//! Turning the pages of a list that says only where the next one starts.

use super::button::{Button, ButtonKind};
use super::icon::Icon;
use super::table::{Column, ListTable, Row};
use super::url_state::UrlState;
use domain::page::Cursor;
use leptos::prelude::*;

/// The pages passed on the way here, so that one can go back.
#[derive(Clone, Copy)]
pub struct Passed(RwSignal<Vec<String>>);

/// To be called once per list page, outside of what is reloaded.
pub fn use_passed() -> Passed {
    Passed(RwSignal::new(Vec::new()))
}

/// The line below a table.
pub fn pager(url: UrlState, passed: Passed, shown: usize, next: Option<Cursor>) -> AnyView {
    let after = url.get("after");
    let read = after.clone().unwrap_or_default();
    let page = url.parsed::<usize>("page").unwrap_or(1);
    let has_next = next.is_some();
    // Both can be pressed again before the page they ask for is there: the address is another one then, and
    // what comes next after these rows is not what comes next there.
    let on_next = move |()| {
        let here = url.get("after").unwrap_or_default();
        if let Some(Cursor(cursor)) = next.as_ref().filter(|_| here == read) {
            passed.0.update(|passed| passed.push(here));
            url.turn(cursor, page + 1);
        }
    };
    let on_back = move |()| match passed.0.try_update(Vec::pop).flatten() {
        Some(earlier) => {
            let here = url.parsed::<usize>("page").unwrap_or(1);
            url.turn(&earlier, here.saturating_sub(1));
        }
        None => url.turn("", 1),
    };
    if after.is_none() && !has_next {
        return view! { <div class="px-4 py-2.5 text-xs text-muted">{rows(shown)}</div> }
            .into_any();
    }
    view! {
        <div class="flex items-center justify-between gap-4 px-4 py-2">
            <span class="text-xs text-muted">{t!("Page {page} · {shown}", page, shown = rows(shown))}</span>
            <div class="flex gap-2">
                <Button
                    label=t!("Previous")
                    small=true
                    before=Icon::Left
                    on_press=on_back
                    disabled=Signal::stored(after.is_none())
                    testid="page-previous"
                />
                <Button
                    label=t!("Next")
                    kind=ButtonKind::Plain
                    small=true
                    before=Icon::Right
                    on_press=on_next
                    disabled=Signal::stored(!has_next)
                    testid="page-next"
                />
            </div>
        </div>
    }
    .into_any()
}

/// A list's table with the line below it.
pub fn paged(
    table: ListTable,
    columns: &[Column],
    rows: Vec<Row>,
    passed: Passed,
    next: Option<Cursor>,
) -> AnyView {
    let shown = rows.len();
    view! {
        <div>
            {table.show(columns, rows)}
            {pager(table.url, passed, shown, next)}
        </div>
    }
    .into_any()
}

fn rows(shown: usize) -> String {
    tn!("{count} row", "{count} rows", count = shown)
}
