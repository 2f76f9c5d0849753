//! Where missing goods could come from, as a cell that leads there.

use crate::routes;
use crate::site_time::{SiteTime, date};
use crate::ui::number::quantity;
use crate::ui::table::{link, plain, two_lines};
use domain::ItemId;
use domain::document::DocumentKind;
use domain::restock::{Place, Proposal, Source};
use domain::shortage_report::ShortageGroup;
use leptos::prelude::*;

/// The proposal of a sum, or a dash.
pub(super) fn proposal(group: &ShortageGroup, site: &SiteTime) -> AnyView {
    let (Some(item), Some(proposal)) = (group.item_id, &group.proposal) else {
        return plain("");
    };
    let uom = group.uom.as_deref().unwrap_or_default();
    match proposal {
        Proposal::All(source) => place(source, item, uom, site),
        Proposal::Part(source) => two_lines(place(source, item, uom, site), t!("Not all of it")),
        Proposal::Order { supplier } => two_lines(
            link(routes::item(item), t!("Order from {supplier}", supplier)),
            t!("No place has all of it"),
        ),
    }
}

fn place(source: &Source, item: ItemId, uom: &str, site: &SiteTime) -> AnyView {
    let quantity = quantity(source.quantity);
    match &source.place {
        Place::Location { code } => {
            let text = t!("Location {code}: {quantity} {uom}", code, quantity, uom);
            link(routes::item(item), text)
        }
        Place::Receipt {
            id,
            number,
            dated_on,
        } => {
            let text = t!(
                "Receipt {number}: {quantity} {uom} to come",
                number,
                quantity,
                uom
            );
            let receipt = link(routes::document(DocumentKind::Receipt, *id), text);
            two_lines(receipt, date(*dated_on))
        }
        Place::Warehouse { name, as_of } => {
            let text = t!("Warehouse {name}: {quantity} {uom}", name, quantity, uom);
            two_lines(link(routes::item(item), text), site.date_time(*as_of))
        }
    }
}
