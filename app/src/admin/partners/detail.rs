//! One partner.

use super::roles;
use crate::AppError;
use crate::admin::items::list::active;
use crate::admin::source::source_name;
use crate::api;
use crate::live::use_live;
use crate::load::load;
use crate::routes;
use crate::site_time::SiteTime;
use crate::ui::badge::{Tone, badge};
use crate::ui::error::error_panel;
use crate::ui::header::detail_header;
use crate::ui::load::loaded;
use crate::ui::panel::{facts, panel};
use crate::ui::table::{maybe, plain};
use domain::PartnerId;
use domain::live::Topic;
use domain::partner::PartnerDetail;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// The page of one partner.
#[component]
pub fn Detail() -> impl IntoView {
    let id = use_params_map()
        .with_untracked(|params| params.get("id"))
        .and_then(|id| id.parse().ok());
    let Some(id) = id.map(PartnerId) else {
        return error_panel(&AppError::not_found("partner"));
    };
    let live = use_live(Signal::stored(vec![Topic::Partners]));
    let partner = load(move || live.get(), move |_| api::partners::get(id));
    loaded(partner, |detail: PartnerDetail, site| show(detail, &site))
}

fn show(detail: PartnerDetail, site: &SiteTime) -> AnyView {
    let partner = detail.partner;
    let below = view! {
        <span class="inline-flex items-center gap-2">
            {active(partner.active)}
            {roles(&partner)}
            {badge(Tone::Neutral, t!("Source: {source}", source = source_name(&partner.source)))}
        </span>
    };
    let changed = detail.changed_at.map(|at| site.date_time(at));
    let who = facts(vec![
        (t!("Code"), plain(partner.code)),
        (t!("Second name"), maybe(detail.name2)),
        (t!("Tax number"), maybe(partner.tax_id)),
        (t!("Changed upstream"), maybe(changed)),
        (t!("Changed here"), plain(site.date_time(partner.synced_at))),
    ]);
    let place = facts(vec![
        (t!("Street"), maybe(detail.address)),
        (t!("Town"), maybe(partner.city)),
        (t!("Country"), maybe(partner.country)),
        (t!("Telephone"), maybe(detail.phone)),
        (t!("Second telephone"), maybe(detail.phone2)),
    ]);
    view! {
        <div class="flex flex-col gap-4">
            {detail_header((routes::PARTNERS, t!("Partners")), &partner.name, below.into_any(), None)}
            {panel(t!("Partner"), None, who)}
            {panel(t!("Address and numbers"), None, place)}
        </div>
    }
    .into_any()
}
