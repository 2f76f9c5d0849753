//! The lines of a document, as the ERP wants them and as the floor did them.

use crate::admin::conflicts::{Asked, Deciding, decide_button, kind_badge};
use crate::routes;
use crate::session::viewer_may;
use crate::ui::badge::{Tone, badge, line_status, match_state, yes_no};
use crate::ui::empty::empty;
use crate::ui::icon::{Icon, icon};
use crate::ui::number::quantity;
use crate::ui::table::{Row, figures, fixed, link, plain, table, text};
use crate::words::{tell, tr};
use domain::document::{DocumentLine, PickedGoods, SeenConflict};
use domain::permission::Permission;
use domain::scanning::Goods;
use leptos::prelude::*;
use rust_decimal::Decimal;

/// The table.
pub(super) fn lines(lines: &[DocumentLine], deciding: Deciding) -> AnyView {
    if lines.is_empty() {
        return empty(
            Icon::Clipboard,
            t!("No lines"),
            t!("The ERP sent this document without lines."),
            None,
        );
    }
    let columns = [
        figures("#"),
        fixed(t!("Item")),
        text(t!("Title")),
        text(t!("Match")),
        text(t!("Exists in WMS")),
        text(t!("WMS flag")),
        figures(t!("Requested")),
        figures(t!("Done")),
        text(t!("Unit")),
        text(t!("Status")),
        text(t!("Reason")),
    ];
    let keys: Vec<&str> = lines.iter().map(|line| line.key.as_str()).collect();
    let numbers = numbers(&keys).into_iter();
    let rows = lines
        .iter()
        .zip(numbers)
        .map(|(row, number)| line(row, number, deciding))
        .collect();
    table(t!("Lines"), &columns, rows)
}

/// What the lines are called: the ERP's own numbers, or their places where its keys are ids of its database.
/// Numbers of lines begin low and leave at most room between them, as 10, 20, 30 do.
fn numbers(keys: &[&str]) -> Vec<String> {
    let highest = keys.len().saturating_mul(10);
    let counts = |key: &&str| key.parse::<usize>().is_ok_and(|key| key <= highest);
    if keys.iter().all(counts) {
        return keys.iter().map(|key| (*key).to_owned()).collect();
    }
    (1..=keys.len()).map(|place| place.to_string()).collect()
}

fn line(line: &DocumentLine, number: String, deciding: Deciding) -> Row {
    let item = match line.item_id {
        Some(id) => link(routes::item(id), line.item_code.as_str()),
        None => plain(line.item_code.as_str()),
    };
    let done = view! { <span data-testid="line-done">{quantity(line.done)}</span> }.into_any();
    let cells = vec![
        plain(number),
        item,
        title(line, deciding),
        match_state(line.match_state),
        yes_no(line.exists_in_wms),
        yes_no(line.wms_flag),
        plain(quantity(line.requested)),
        done,
        plain(line.uom.as_str()),
        if line.removed {
            badge(Tone::Bad, t!("Removed"))
        } else {
            line_status(line.status)
        },
        reason(line),
    ];
    Row::new("line-row", line.item_code.as_str(), cells)
}

fn title(line: &DocumentLine, deciding: Deciding) -> AnyView {
    view! {
        <div class="max-w-sm">
            <span class:line-through=line.removed>{line.item_name.clone()}</span>
            {goods(line)}
            {conflict(line, deciding)}
        </div>
    }
    .into_any()
}

/// What labels said about what was picked.
fn goods(line: &DocumentLine) -> Vec<AnyView> {
    let part = |picked: &PickedGoods| {
        let text = format!(
            "{} {}: {}",
            quantity(picked.quantity),
            line.uom,
            told(&picked.goods())
        );
        view! { <span class="block text-xs text-muted" data-testid="line-goods">{text}</span> }
            .into_any()
    };
    line.goods.iter().map(part).collect()
}

/// What a label says, in words.
fn told(goods: &Goods) -> String {
    let lot = goods.lot.as_ref().map(|lot| t!("lot {lot}", lot));
    let serial = goods
        .serial
        .as_ref()
        .map(|serial| t!("serial {serial}", serial));
    let expiry = goods.expires_on.map(|day| t!("use by {day}", day));
    let parts: Vec<String> = [lot, serial, expiry].into_iter().flatten().collect();
    parts.join(", ")
}

/// What waits on the line, with what the ERP wanted before, and the way to decide it.
fn conflict(line: &DocumentLine, deciding: Deciding) -> Option<AnyView> {
    let (text, kind) = (line.conflict.clone()?, line.conflict_kind?);
    let after = if line.removed {
        Decimal::ZERO
    } else {
        line.requested
    };
    let before = line.conflict_was.map(quantity).unwrap_or_default();
    let figures = t!(
        "Before {before}, now {after}.",
        before,
        after = quantity(after)
    );
    let asked = Asked {
        line: line.id,
        item_code: line.item_code.clone(),
        uom: line.uom.clone(),
        text: text.clone(),
        seen: SeenConflict {
            after,
            done: line.done,
        },
    };
    let decide = viewer_may(Permission::AssignTasks).then(|| decide_button(deciding, asked));
    let shown = view! {
        <span class="mt-1 flex flex-wrap items-center gap-2 text-xs text-error" data-testid="line-conflict">
            {icon(Icon::Warning, "size-3.5 shrink-0")}
            {kind_badge(kind)}
            <span>{tell(&text)} " " {figures}</span>
            {decide}
        </span>
    };
    Some(shown.into_any())
}

fn reason(line: &DocumentLine) -> AnyView {
    match (line.reason, &line.reason_text) {
        (Some(reason), Some(words)) => plain(format!("{}: {words}", tr(reason.label()))),
        (Some(reason), None) => plain(tr(reason.label())),
        (None, _) => plain(""),
    }
}

#[cfg(test)]
mod tests {
    use super::numbers;

    #[test]
    fn lines_keep_the_erps_numbers_and_ids_of_a_database_become_places() {
        assert_eq!(numbers(&["1", "2", "4"]), ["1", "2", "4"]);
        assert_eq!(numbers(&["10", "20", "30"]), ["10", "20", "30"]);
        assert_eq!(numbers(&["18981700", "18981701"]), ["1", "2"]);
        assert_eq!(numbers(&["a8f", "2"]), ["1", "2"]);
        assert_eq!(numbers(&["99999999999999999999999"]), ["1"]);
        assert!(numbers(&[]).is_empty());
    }
}
