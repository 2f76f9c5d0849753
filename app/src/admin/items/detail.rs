//! One item with its barcodes.

use super::list::active;
use crate::AppError;
use crate::api;
use crate::live::use_live;
use crate::load::load;
use crate::routes;
use crate::site_time::SiteTime;
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
    let live = use_live(Signal::stored(vec![Topic::Items]));
    let item = load(move || live.get(), move |_| api::items::get(id));
    loaded(item, |detail: ItemDetail, site| show(detail, &site))
}

fn show(detail: ItemDetail, site: &SiteTime) -> AnyView {
    let item = detail.item;
    let below = view! {
        <span class="inline-flex items-center gap-2">
            {active(item.active)}
            <span>{item.name.clone()}</span>
        </span>
    };
    let facts = facts(vec![
        ("Unit", plain(item.uom)),
        ("Class", maybe(item.class)),
        ("Supplier", maybe(item.supplier)),
        ("Supplier's code", maybe(detail.supplier_code)),
        ("Source", plain(item.source)),
        (
            "Changed upstream",
            maybe(item.changed_at.map(|at| site.date_time(at))),
        ),
        ("Last sync", plain(site.date_time(item.synced_at))),
        ("Description", maybe(detail.description)),
    ]);
    view! {
        <div class="flex flex-col gap-4">
            {detail_header((routes::ITEMS, "Items"), &item.code, below.into_any(), None)}
            {panel("Item", None, facts)}
            {panel("Barcodes", None, barcodes(detail.barcodes))}
        </div>
    }
    .into_any()
}

fn barcodes(barcodes: Vec<String>) -> AnyView {
    if barcodes.is_empty() {
        return empty(
            Icon::Scanner,
            "No barcodes",
            "The item can be picked by its code only.",
            None,
        );
    }
    let columns = [text("Barcode"), text("Kind")];
    let rows = barcodes
        .into_iter()
        .map(|barcode| {
            let kind = if gtin14(&barcode).is_some() {
                "GTIN, check digit valid"
            } else {
                "Internal"
            };
            Row::new(
                "barcode-row",
                barcode.clone(),
                vec![code(barcode), plain(kind)],
            )
        })
        .collect();
    table("Barcodes", &columns, rows)
}
