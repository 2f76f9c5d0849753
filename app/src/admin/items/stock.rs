//! What is on hand of an item, per ERP warehouse.

use crate::routes;
use crate::session::viewer_may;
use crate::site_time::SiteTime;
use crate::ui::badge::{Tone, badge};
use crate::ui::empty::empty;
use crate::ui::icon::Icon;
use crate::ui::number::quantity;
use crate::ui::table::{Row, figures, fixed, link, plain, table, text};
use domain::item::ItemDetail;
use domain::permission::Permission;
use leptos::prelude::*;

/// The table, our sites first.
pub(super) fn stock(detail: &ItemDetail, site: &SiteTime) -> AnyView {
    if detail.stock.is_empty() {
        let text = match detail.stock_checked_at {
            Some(_) => t!("The ERP names no warehouse that holds this item."),
            None => t!("Open the connection and press Sync now on stock."),
        };
        return empty(Icon::Box, t!("Nothing on hand"), text, None);
    }
    let columns = [
        text(t!("Warehouse upstream")),
        text(t!("Means here")),
        figures(t!("On hand")),
        fixed(t!("So since")),
    ];
    let rows = detail
        .stock
        .iter()
        .map(|level| {
            let here = match &level.warehouse_code {
                Some(code) => badge(Tone::Good, code.as_str()),
                None if level.unanswered => unanswered(),
                None => badge(Tone::Neutral, t!("None of our sites")),
            };
            let cells = vec![
                plain(level.warehouse_name.as_str()),
                here,
                plain(format!("{} {}", quantity(level.quantity), detail.item.uom)),
                plain(site.date_time(level.as_of)),
            ];
            Row::new("stock-row", level.warehouse_name.as_str(), cells)
        })
        .collect();
    table(t!("Stock"), &columns, rows)
}

/// Nobody said yet what the name means, with the way there for whoever may.
fn unanswered() -> AnyView {
    if viewer_may(Permission::AnswerMappings) {
        let href = format!("{}?kind=warehouse", routes::MAPPINGS);
        link(href, t!("Not answered"))
    } else {
        badge(Tone::Warning, t!("Not answered"))
    }
}
