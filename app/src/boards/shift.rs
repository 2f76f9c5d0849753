//! The shift board.

use super::frame::Panel;
use super::hours::Hours;
use super::leaders::Leaders;
use super::reading::{Pace, keep_reading};
use super::shifts::Shifts;
use super::teams::{Outlooks, Teams};
use super::tiles::Tiles;
use crate::api;
use domain::WarehouseId;
use domain::board::{BoardSite, ShiftView};
use leptos::prelude::*;

/// Follows every change of the site's figures.
pub(super) fn panel(site: WarehouseId, shown: Signal<bool>) -> Panel {
    let reading = keep_reading(site, shown, Pace::Live, |site| {
        Box::pin(api::boards::shift_screen(site))
    });
    let at = Signal::derive(move || {
        let data = reading.data.get()?;
        Some(data.with(|screen| BoardSite {
            warehouse_id: screen.board.warehouse_id,
            warehouse: screen.board.warehouse.clone(),
            utc_offset_minutes: screen.board.utc_offset_minutes,
            as_of: screen.board.as_of,
            day: screen.board.day,
        }))
    });
    let body = move || {
        let data: RwSignal<ShiftView> = reading.data.get()?.into();
        Some(view! { <Body screen=data.into() /> })
    };
    Panel {
        site: at,
        error: reading.error.into(),
        body: view! { {body} }.into_any(),
    }
}

#[component]
fn Body(screen: Signal<ShiftView>) -> impl IntoView {
    let board = Signal::derive(move || screen.with(|screen| screen.board.clone()));
    let clock = super::clock::use_server_clock(Signal::derive(move || {
        Some(screen.with(|screen| screen.board.as_of))
    }));
    let now = Signal::derive(move || {
        clock
            .get()
            .unwrap_or_else(|| screen.with(|screen| screen.board.as_of))
    });
    let urgent = Signal::derive(move || screen.with(|screen| screen.urgent));
    view! {
        <div class="flex min-h-0 flex-1 flex-col gap-[1.6vh]">
            <Shifts board now />
            <div class="grid min-h-0 flex-1 grid-cols-[minmax(0,1.75fr)_minmax(0,1fr)] gap-[1.2vw]">
                <div class="flex min-h-0 flex-col gap-[1.6vh]">
                    <Tiles board urgent />
                    <Hours board now />
                </div>
                <div class="flex min-h-0 flex-col gap-[1.6vh]">
                    <Outlooks screen />
                    <Teams screen />
                    <Leaders board />
                </div>
            </div>
        </div>
    }
}
