//! The lines of a document, as the ERP wants them and as the floor did them.

use crate::routes;
use crate::ui::badge::{Tone, badge, line_status, match_state, yes_no};
use crate::ui::empty::empty;
use crate::ui::icon::{Icon, icon};
use crate::ui::number::quantity;
use crate::ui::table::{Row, figures, fixed, link, plain, table, text};
use domain::document::DocumentLine;
use leptos::prelude::*;

/// The table.
pub(super) fn lines(lines: &[DocumentLine]) -> AnyView {
    if lines.is_empty() {
        return empty(
            Icon::Clipboard,
            "No lines",
            "The ERP sent this document without lines.",
            None,
        );
    }
    let columns = [
        figures("#"),
        fixed("Item"),
        text("Title"),
        text("Match"),
        text("exists_in_wms"),
        text("wms_flag"),
        figures("Requested"),
        figures("Done"),
        text("Unit"),
        text("Status"),
        text("Reason"),
    ];
    let rows = lines.iter().map(line).collect();
    table("Lines", &columns, rows)
}

fn line(line: &DocumentLine) -> Row {
    let item = match line.item_id {
        Some(id) => link(routes::item(id), line.item_code.as_str()),
        None => plain(line.item_code.as_str()),
    };
    let done = view! { <span data-testid="line-done">{quantity(line.done)}</span> }.into_any();
    let cells = vec![
        plain(line.key.as_str()),
        item,
        title(line),
        match_state(line.match_state),
        yes_no(line.exists_in_wms),
        yes_no(line.wms_flag),
        plain(quantity(line.requested)),
        done,
        plain(line.uom.as_str()),
        if line.removed {
            badge(Tone::Bad, "Removed")
        } else {
            line_status(line.status)
        },
        reason(line),
    ];
    Row::new("line-row", line.item_code.as_str(), cells)
}

fn title(line: &DocumentLine) -> AnyView {
    let conflict = line.conflict.clone().map(|conflict| {
        view! {
            <span class="mt-0.5 flex items-start gap-1 text-xs text-error" data-testid="line-conflict">
                {icon(Icon::Warning, "mt-px size-3.5 shrink-0")}
                {conflict}
            </span>
        }
    });
    view! {
        <div class="max-w-sm">
            <span class:line-through=line.removed>{line.item_name.clone()}</span>
            {conflict}
        </div>
    }
    .into_any()
}

fn reason(line: &DocumentLine) -> AnyView {
    match (line.reason, &line.reason_text) {
        (Some(reason), Some(words)) => plain(format!("{}: {words}", reason.label())),
        (Some(reason), None) => plain(reason.label()),
        (None, _) => plain(""),
    }
}
