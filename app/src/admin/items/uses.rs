//! Open documents that ask for an item.

use crate::routes;
use crate::site_time::date;
use crate::ui::empty::empty;
use crate::ui::icon::Icon;
use crate::ui::number::quantity;
use crate::ui::table::{Row, figures, fixed, link, long, maybe, plain, table};
use domain::document::DocumentKind;
use domain::item::ItemUse;
use leptos::prelude::*;

/// The table, newest first.
pub(super) fn uses(uses: &[ItemUse]) -> AnyView {
    if uses.is_empty() {
        let text = t!("No open dispatch or receipt at your sites has a floor line with this item.");
        return empty(Icon::Truck, t!("Nobody asks for it"), text, None);
    }
    let columns = [
        fixed(t!("Number")),
        fixed(t!("Kind")),
        fixed(t!("Date")),
        long(t!("Partner")),
        figures(t!("Requested")),
        figures(t!("Done")),
    ];
    let rows = uses
        .iter()
        .map(|line| {
            let kind = match line.kind {
                DocumentKind::Dispatch => t!("Dispatch"),
                DocumentKind::Receipt => t!("Receipt"),
            };
            let cells = vec![
                link(
                    routes::document(line.kind, line.document_id),
                    line.number.as_str(),
                ),
                plain(kind),
                plain(date(line.dated_on)),
                maybe(line.partner_name.clone()),
                plain(quantity(line.requested)),
                plain(quantity(line.done)),
            ];
            Row::new("use-row", line.number.as_str(), cells)
        })
        .collect();
    table(t!("Open documents"), &columns, rows)
}
