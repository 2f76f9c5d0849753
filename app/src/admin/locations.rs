//! The places of a warehouse, in walking order.

use crate::api;
use crate::load::load;
use crate::session::viewer_may;
use crate::site_time::SiteTime;
use crate::ui::act::{Act, use_act};
use crate::ui::button::{Button, ButtonKind};
use crate::ui::empty::empty;
use crate::ui::filter;
use crate::ui::header::page_header;
use crate::ui::icon::Icon;
use crate::ui::load::loaded;
use crate::ui::number::{count, quantity};
use crate::ui::panel::{frame, panel};
use crate::ui::table::{Row, code, figures, fixed, plain, table, text, two_lines};
use crate::ui::url_state::{UrlState, use_url_state};
use domain::location::{Location, SiteLocations, write};
use domain::permission::Permission;
use domain::{WarehouseId, company::Warehouse};
use leptos::prelude::*;

/// The locations page.
#[component]
pub fn List() -> impl IntoView {
    let url = use_url_state();
    let version = RwSignal::new(0_u32);
    let found = load(
        move || (url.parsed::<WarehouseId>("warehouse"), version.get()),
        |(site, _)| api::locations::list(site),
    );
    let act = use_act();
    view! {
        {page_header(t!("Locations"), t!("Where goods lie, in the order people walk past. Received goods are brought there, and picks follow this order."), None)}
        {loaded(found, move |found: SiteLocations, times| show(found, &times, url, act, version))}
    }
}

fn show(
    found: SiteLocations,
    times: &SiteTime,
    url: UrlState,
    act: Act,
    version: RwSignal<u32>,
) -> AnyView {
    let edit = found
        .site
        .filter(|_| viewer_may(Permission::AssignTasks))
        .map(|site| edit(site, write(&found.rows), act, version));
    view! {
        <div class="flex flex-col gap-4">
            {sites(&found.sites, url)}
            {frame(rows(found.rows, times))}
            {edit}
        </div>
    }
    .into_any()
}

fn sites(sites: &[Warehouse], url: UrlState) -> Option<AnyView> {
    let options: Vec<_> = sites
        .iter()
        .map(|site| (site.id.to_string(), site.name.clone()))
        .collect();
    (options.len() > 1).then(|| {
        filter::bar(vec![filter::select(
            url,
            "warehouse",
            t!("Warehouse"),
            options,
        )])
    })
}

fn rows(locations: Vec<Location>, times: &SiteTime) -> AnyView {
    if locations.is_empty() {
        let hint = t!("Write the codes of their labels below. Until then, nothing is put away.");
        return empty(Icon::Box, t!("No locations yet"), hint, None);
    }
    let columns = [
        fixed(t!("Location")),
        text(t!("Zone")),
        figures(t!("Items")),
        figures(t!("Quantity")),
    ];
    let rows = locations
        .into_iter()
        .map(|location| {
            let name = code(location.code.as_str());
            let name = match location.full_since {
                None => name,
                Some(since) => {
                    let time = times.date_time(since);
                    two_lines(
                        name,
                        t!(
                            "Found full: {time}. Not suggested until something left.",
                            time
                        ),
                    )
                }
            };
            let cells = vec![
                name,
                plain(location.zone.as_str()),
                plain(count(location.items)),
                plain(quantity(location.quantity)),
            ];
            Row::new("location-row", location.code, cells)
        })
        .collect();
    table(t!("Locations"), &columns, rows)
}

fn edit(site: WarehouseId, text: String, act: Act, version: RwSignal<u32>) -> AnyView {
    let text = RwSignal::new(text);
    let save = move |()| {
        let Some(text) = text.try_get_untracked() else {
            return;
        };
        let call = api::locations::save(site, text);
        act.run(call, t!("Saved."), move |()| {
            version.update(|version| *version += 1)
        });
    };
    let body = view! {
        <div class="flex flex-col gap-3 p-3">
            <p class="text-sm text-muted">
                {t!("One location a line, in walking order; its zone behind a semicolon: A-01-01;A. A location that is taken out gets no goods any more; what lies there stays on record.")}
            </p>
            <textarea
                class="textarea textarea-sm h-64 w-full font-mono"
                aria-label=t!("Locations, one a line")
                data-testid="locations-text"
                prop:value=move || text.get()
                on:input=move |event| text.set(event_target_value(&event))
            ></textarea>
            <div class="flex justify-end">
                <Button label=t!("Save") kind=ButtonKind::Primary pending=act.pending() on_press=save testid="locations-save" />
            </div>
        </div>
    };
    panel(t!("Change"), None, body.into_any())
}
