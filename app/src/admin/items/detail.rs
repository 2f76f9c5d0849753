//! One item: what it is, what leads to it, how much there is, who asks for it.

use super::list::active;
use super::stock::stock;
use super::uses::uses;
use crate::AppError;
use crate::admin::source::source_name;
use crate::api;
use crate::live::use_live;
use crate::load::load;
use crate::routes;
use crate::site_time::SiteTime;
use crate::ui::badge::{Tone, badge};
use crate::ui::empty::empty;
use crate::ui::error::error_panel;
use crate::ui::header::detail_header;
use crate::ui::icon::Icon;
use crate::ui::load::loaded;
use crate::ui::panel::{facts, panel};
use crate::ui::table::{Row, code, maybe, plain, table, text};
use domain::ItemId;
use domain::barcode::gtin14;
use domain::item::ItemDetail;
use domain::live::Topic;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// The page of one item.
#[component]
pub fn Detail() -> impl IntoView {
    let id = use_params_map()
        .with_untracked(|params| params.get("id"))
        .and_then(|id| id.parse().ok());
    let Some(id) = id.map(ItemId) else {
        return error_panel(&AppError::not_found("item"));
    };
    let live = use_live(Signal::stored(vec![Topic::Items, Topic::Documents]));
    let item = load(move || live.get(), move |_| api::items::get(id));
    loaded(item, |detail: ItemDetail, site| show(&detail, &site))
}

fn show(detail: &ItemDetail, site: &SiteTime) -> AnyView {
    let item = &detail.item;
    let below = view! {
        <span class="inline-flex items-center gap-2">
            {active(item.active)}
            {badge(Tone::Neutral, t!("Source: {source}", source = source_name(&item.source)))}
            <span>{item.name.clone()}</span>
        </span>
    };
    let changed = item.changed_at.map(|at| site.date_time(at));
    let facts = facts(vec![
        (t!("Unit"), plain(item.uom.as_str())),
        (t!("Class"), maybe(item.class.clone())),
        (t!("Supplier"), maybe(item.supplier.clone())),
        (t!("Supplier's code"), maybe(detail.supplier_code.clone())),
        (t!("Changed upstream"), maybe(changed)),
        (t!("Changed here"), plain(site.date_time(item.synced_at))),
        (t!("Description"), maybe(detail.description.clone())),
    ]);
    let checked = detail.stock_checked_at.map_or_else(
        || t!("Stock was never read").to_owned(),
        |at| t!("Checked {at}", at = site.date_time(at)),
    );
    let checked =
        view! { <span class="text-xs text-muted" data-testid="stock-checked">{checked}</span> };
    view! {
        <div class="flex flex-col gap-4">
            {detail_header((routes::ITEMS, t!("Items")), &item.code, below.into_any(), None)}
            {panel(t!("Item"), None, facts)}
            <div class="grid items-start gap-4 xl:grid-cols-2">
                {panel(t!("On hand"), Some(checked.into_any()), stock(detail, site))}
                {panel(t!("Barcodes"), None, barcodes(&detail.barcodes))}
            </div>
            {panel(t!("Open documents that ask for it"), None, uses(&detail.uses))}
        </div>
    }
    .into_any()
}

fn barcodes(barcodes: &[String]) -> AnyView {
    if barcodes.is_empty() {
        return empty(
            Icon::Scanner,
            t!("No barcodes"),
            t!("The item can be picked by its code only."),
            None,
        );
    }
    let columns = [text(t!("Barcode")), text(t!("Kind"))];
    let rows = barcodes
        .iter()
        .map(|barcode| {
            let kind = if gtin14(barcode).is_some() {
                t!("GTIN, check digit valid")
            } else {
                t!("Internal")
            };
            let cells = vec![code(barcode.as_str()), plain(kind)];
            Row::new("barcode-row", barcode.as_str(), cells)
        })
        .collect();
    table(t!("Barcodes"), &columns, rows)
}
