//! Tables: a sticky header, tabular figures, rows built from cells of one type.

use leptos::html;
use leptos::prelude::*;

/// A column: its heading and the classes of its cells.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    heading: &'static str,
    class: &'static str,
}

/// Text, from the left.
pub const fn text(heading: &'static str) -> Column {
    Column { heading, class: "" }
}

/// Text that may be cut off when the table is narrow.
pub const fn long(heading: &'static str) -> Column {
    Column {
        heading,
        class: "max-w-80 truncate",
    }
}

/// Text that stays on one line.
pub const fn fixed(heading: &'static str) -> Column {
    Column {
        heading,
        class: "whitespace-nowrap",
    }
}

/// Figures, from the right.
pub const fn figures(heading: &'static str) -> Column {
    Column {
        heading,
        class: "text-right tabular-nums whitespace-nowrap",
    }
}

/// Buttons, from the right, without a heading.
pub const fn actions() -> Column {
    Column {
        heading: "",
        class: "text-right whitespace-nowrap",
    }
}

/// A row: cells in the order of the columns.
pub struct Row {
    cells: Vec<AnyView>,
    testid: &'static str,
    key: String,
    muted: bool,
}

impl Row {
    /// A row with a stable name for tests; `key` tells rows of one name apart (`data-key`).
    pub fn new(testid: &'static str, key: impl Into<String>, cells: Vec<AnyView>) -> Self {
        Self {
            cells,
            testid,
            key: key.into(),
            muted: false,
        }
    }

    /// Shown as something that does not count any more.
    pub fn muted(mut self, muted: bool) -> Self {
        self.muted = muted;
        self
    }
}

/// A table; `label` names it for screen readers.
pub fn table(label: &'static str, columns: &[Column], rows: Vec<Row>) -> AnyView {
    let headings = columns
        .iter()
        .map(|column| {
            html::th()
                .scope("col")
                .class(column.class)
                .child(column.heading)
                .into_any()
        })
        .collect::<Vec<_>>();
    let rows = rows
        .into_iter()
        .map(|row| tr(columns, row))
        .collect::<Vec<_>>();
    view! {
        <div class="overflow-x-auto">
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

fn tr(columns: &[Column], row: Row) -> AnyView {
    let cells = row
        .cells
        .into_iter()
        .zip(columns)
        .map(|(cell, column)| html::td().class(column.class).child(cell).into_any())
        .collect::<Vec<_>>();
    let class = if row.muted {
        "text-muted line-through decoration-base-300"
    } else {
        "hover:bg-base-200/60"
    };
    html::tr()
        .class(class)
        .attr("data-testid", row.testid)
        .attr("data-key", row.key)
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
