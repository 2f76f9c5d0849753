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
        let text = "No open dispatch or receipt at your sites has a floor line with this item.";
        return empty(Icon::Truck, "Nobody asks for it", text, None);
    }
    let columns = [
        fixed("Number"),
        fixed("Kind"),
        fixed("Date"),
        long("Partner"),
        figures("Requested"),
        figures("Done"),
    ];
    let rows = uses
        .iter()
        .map(|line| {
            let kind = match line.kind {
                DocumentKind::Dispatch => "Dispatch",
                DocumentKind::Receipt => "Receipt",
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
    table("Open documents", &columns, rows)
}
