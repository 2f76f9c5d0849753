//! Trading parties.

pub mod detail;
pub mod list;

use crate::ui::badge::{Tone, badge};
use domain::partner::PartnerSummary;
use leptos::prelude::*;

/// What a partner is to us; it may be several things at once.
fn roles(partner: &PartnerSummary) -> AnyView {
    let badges = [
        (partner.is_customer, t!("Customer")),
        (partner.is_supplier, t!("Supplier")),
        (partner.is_warehouse, t!("Warehouse")),
    ]
    .into_iter()
    .filter(|(is, _)| *is)
    .map(|(_, name)| badge(Tone::Neutral, name))
    .collect::<Vec<_>>();
    view! { <span class="inline-flex gap-1">{badges}</span> }.into_any()
}
