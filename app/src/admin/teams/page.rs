//! The page of one site's people.

use super::cut_off::{self, CutOffDialog, use_cut_off_form};
use super::roster;
use super::shift::{self, ShiftDialog, use_shift_form};
use super::team::{self, TeamDialog, use_team_form};
use crate::api;
use crate::live::use_live;
use crate::load::load;
use crate::session::use_session;
use crate::ui::act::use_act;
use crate::ui::filter;
use crate::ui::header::page_header;
use crate::ui::load::loaded;
use crate::ui::url_state::{UrlState, use_url_state};
use chrono::NaiveDate;
use domain::WarehouseId;
use domain::company::Warehouse;
use domain::cut_off::CutOff;
use domain::live::Topic;
use domain::roster::{RosterWeek, Staff};
use leptos::prelude::*;

type Answer = (Staff, RosterWeek, Vec<Warehouse>, Vec<CutOff>);

/// The teams page.
#[component]
pub fn Page() -> impl IntoView {
    let url = use_url_state();
    let live = use_live(Signal::stored(vec![Topic::Teams]));
    let session = use_session();
    let data = load(
        move || {
            (
                url.parsed::<WarehouseId>("site"),
                url.parsed::<NaiveDate>("week"),
                live.get(),
            )
        },
        move |(wanted, day, _)| async move {
            let sites = session.read().await?.warehouses;
            let known = |id: &WarehouseId| sites.iter().any(|site| site.id == *id);
            let first = sites.first().map(|site| site.id);
            let site = wanted.filter(known).or(first);
            let site = site.ok_or_else(|| crate::AppError::not_found("warehouse"))?;
            let week = api::teams::roster(site, day).await?;
            let cut_offs = api::cut_offs::list().await?;
            Ok((api::teams::plans().await?, week, sites, cut_offs))
        },
    );
    let (act, shifts, teams) = (use_act(), use_shift_form(), use_team_form());
    let cut_offs = use_cut_off_form();
    view! {
        {page_header(t!("Teams"), t!("Who belongs together, who works in which shift, and the days that differ."), None)}
        {loaded(data, move |(staff, week, sites, known): Answer, _| {
            let site = week.warehouse_id;
            view! {
                <div class="flex flex-col gap-4">
                    {choice(url, sites)}
                    <div class="grid items-start gap-4 lg:grid-cols-2">
                        {team::panel(&staff, site, teams)}
                        <div class="flex flex-col gap-4">
                            {shift::panel(&staff, site, shifts)}
                            {cut_off::panel(&known, site, cut_offs)}
                        </div>
                    </div>
                    {roster::panel(&staff, &week, url, act)}
                </div>
            }
            .into_any()
        })}
        <ShiftDialog form=shifts />
        <CutOffDialog form=cut_offs />
        <TeamDialog form=teams />
    }
}

fn choice(url: UrlState, sites: Vec<Warehouse>) -> AnyView {
    if sites.len() < 2 {
        return ().into_any();
    }
    let options = sites
        .into_iter()
        .map(|site| (site.id.to_string(), site.name))
        .collect();
    filter::bar(vec![filter::select(url, "site", t!("Warehouse"), options)])
}
