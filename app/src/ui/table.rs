//! Tables: a sticky header, tabular figures, rows built from cells of one type. A [`ListTable`] adds
//! what a list of many rows has: sorting, selection, keys.

use super::icon::{Icon, icon};
use super::selection::Selection;
use super::url_state::UrlState;
use leptos::html;
use leptos::prelude::*;

/// A column: its heading and the classes of its cells.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    heading: &'static str,
    class: &'static str,
    sort: Option<&'static str>,
}

impl Column {
    const fn new(heading: &'static str, class: &'static str) -> Self {
        Self {
            heading,
            class,
            sort: None,
        }
    }

    /// A column whose heading sorts a [`ListTable`] by this key (a word of the list's
    /// `domain::sort::SortKey`).
    pub const fn by(mut self, key: &'static str) -> Self {
        self.sort = Some(key);
        self
    }
}

/// Text, from the left.
pub const fn text(heading: &'static str) -> Column {
    Column::new(heading, "")
}

/// Text that may be cut off when the table is narrow.
pub const fn long(heading: &'static str) -> Column {
    Column::new(heading, "max-w-80 truncate")
}

/// Text that takes the room the other columns leave, cut off where that is little: one a table, with
/// [`cut`] cells.
pub const fn wide(heading: &'static str) -> Column {
    Column::new(heading, "w-full max-w-0 min-w-40 truncate")
}

/// Text that takes the room the other columns leave, on as many lines as it needs: one a table.
pub const fn wrapped(heading: &'static str) -> Column {
    Column::new(heading, "w-full max-w-0 min-w-24 break-words")
}

/// Text that is cut off early, with [`cut`] cells.
pub const fn narrow(heading: &'static str) -> Column {
    Column::new(heading, "max-w-40 truncate")
}

/// A name of a few words, cut off earlier still, with [`cut`] cells.
pub const fn short(heading: &'static str) -> Column {
    Column::new(heading, "max-w-32 truncate")
}

/// Text that stays on one line.
pub const fn fixed(heading: &'static str) -> Column {
    Column::new(heading, "whitespace-nowrap")
}

/// Figures, from the right.
pub const fn figures(heading: &'static str) -> Column {
    Column::new(heading, "text-right tabular-nums whitespace-nowrap")
}

/// Buttons, from the right, without a heading.
pub const fn actions() -> Column {
    Column::new("", "text-right whitespace-nowrap")
}

/// A row: cells in the order of the columns.
pub struct Row {
    cells: Vec<AnyView>,
    testid: &'static str,
    key: String,
    muted: bool,
    id: Option<i64>,
}

impl Row {
    /// A row with a stable name for tests; `key` tells rows of one name apart (`data-key`).
    pub fn new(testid: &'static str, key: impl Into<String>, cells: Vec<AnyView>) -> Self {
        Self {
            cells,
            testid,
            key: key.into(),
            muted: false,
            id: None,
        }
    }

    /// Can be selected, under this id.
    pub fn id(mut self, id: i64) -> Self {
        self.id = Some(id);
        self
    }

    /// Shown as something that does not count any more.
    pub fn muted(mut self, muted: bool) -> Self {
        self.muted = muted;
        self
    }
}

/// A table; `label` names it for screen readers.
pub fn table(label: &'static str, columns: &[Column], rows: Vec<Row>) -> AnyView {
    let headings = columns.iter().map(heading).collect::<Vec<_>>();
    let rows = rows
        .into_iter()
        .map(|row| tr(columns, row, None))
        .collect::<Vec<_>>();
    framed(label, headings, rows)
}

/// A table of a list page: its headings sort, its rows take the keyboard's focus and may be selected.
#[derive(Clone, Copy)]
pub struct ListTable {
    /// Names it for screen readers.
    pub label: &'static str,
    /// Where the sort is kept.
    pub url: UrlState,
    /// How it is sorted while the URL does not say: a column's key, with `-` before it for downwards.
    pub sort: &'static str,
    /// What is selected; none where there is nothing to do with several rows.
    pub selection: Option<Selection>,
}

impl ListTable {
    /// The table; only columns with [`Column::by`] sort.
    pub fn show(self, columns: &[Column], rows: Vec<Row>) -> AnyView {
        let mut headings = Vec::with_capacity(columns.len() + 1);
        if let Some(selection) = self.selection {
            let ids = rows.iter().filter_map(|row| row.id).collect();
            headings.push(selection.heading(ids));
        }
        headings.extend(columns.iter().map(|column| match column.sort {
            Some(key) => self.sorter(column, key),
            None => heading(column),
        }));
        let rows = rows
            .into_iter()
            .map(|row| tr(columns, row, self.selection))
            .collect::<Vec<_>>();
        framed(self.label, headings, rows)
    }

    fn sorter(self, column: &Column, key: &'static str) -> AnyView {
        let Self { url, sort, .. } = self;
        let current = url.get("sort").unwrap_or_else(|| sort.to_owned());
        let (word, falling) = match current.strip_prefix('-') {
            Some(word) => (word.to_owned(), true),
            None => (current.clone(), false),
        };
        let state = (word == key).then_some(falling);
        // The other way round when it is sorted by this column already.
        let next = match state {
            Some(false) => format!("-{key}"),
            Some(true) => key.to_owned(),
            None if sort.strip_prefix('-') == Some(key) => sort.to_owned(),
            None => key.to_owned(),
        };
        let press = move |_| url.set("sort", if next == sort { "" } else { &next });
        let (order, drawing) = match state {
            Some(true) => (Some("descending"), Some(Icon::Down)),
            Some(false) => (Some("ascending"), Some(Icon::Up)),
            None => (None, None),
        };
        view! {
            <th scope="col" class=column.class aria-sort=order>
                <button
                    type="button"
                    class="-mx-1 inline-flex items-center gap-1 rounded-sm px-1 hover:text-base-content"
                    data-testid=format!("sort-{key}")
                    on:click=press
                >
                    {column.heading}
                    <span class="grid size-3 place-items-center">
                        {drawing.map(|drawing| icon(drawing, "size-3"))}
                    </span>
                </button>
            </th>
        }
        .into_any()
    }
}

fn heading(column: &Column) -> AnyView {
    html::th()
        .scope("col")
        .class(column.class)
        .child(column.heading)
        .into_any()
}

fn framed(label: &'static str, headings: Vec<AnyView>, rows: Vec<AnyView>) -> AnyView {
    view! {
        <div class="overflow-x-auto scroll-edge-right">
            <table class="table table-sm table-pin-rows" aria-label=label>
                <thead>
                    <tr class="bg-base-100 text-xs font-medium text-muted">{headings}</tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn tr(columns: &[Column], row: Row, selection: Option<Selection>) -> AnyView {
    let mut cells = match selection {
        Some(selection) => vec![selection.cell(row.id, &row.key)],
        None => Vec::new(),
    };
    let shown = row
        .cells
        .into_iter()
        .zip(columns)
        .map(|(cell, column)| html::td().class(column.class).child(cell).into_any());
    cells.extend(shown);
    let class = if row.muted {
        "text-muted hover:bg-base-200/60"
    } else {
        "hover:bg-base-200/60"
    };
    html::tr()
        .class(class)
        .attr("data-testid", row.testid)
        .attr("data-key", row.key)
        // The keys j and k move the focus from row to row.
        .tabindex("-1")
        .child(cells)
        .into_any()
}

/// A cell of plain text; an absent one shows as a dash.
pub fn plain(text: impl Into<String>) -> AnyView {
    let text = text.into();
    if text.is_empty() {
        dash()
    } else {
        text.into_any()
    }
}

/// A cell of text that may be absent.
pub fn maybe(text: Option<String>) -> AnyView {
    text.map_or_else(dash, plain)
}

/// A cell of text that may not fit: all of it is told when the pointer rests on it.
pub fn cut(text: impl Into<String>) -> AnyView {
    let text = text.into();
    if text.is_empty() {
        return dash();
    }
    html::span().title(text.clone()).child(text).into_any()
}

/// A cell that leads somewhere.
pub fn link(href: String, text: impl Into<String>) -> AnyView {
    html::a()
        .class("font-medium text-primary hover:underline")
        .href(href)
        .child(text.into())
        .into_any()
}

/// Text with something quieter below it.
pub fn two_lines(first: AnyView, second: impl Into<String>) -> AnyView {
    let second = html::span()
        .class("block truncate text-xs text-muted")
        .child(second.into());
    html::div().child((first, second)).into_any()
}

/// A code in a fixed-width face.
pub fn code(text: impl Into<String>) -> AnyView {
    html::span()
        .class("font-mono text-xs")
        .child(text.into())
        .into_any()
}

fn dash() -> AnyView {
    html::span().class("text-muted").child("–").into_any()
}
