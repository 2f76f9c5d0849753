//! The connections board: whether the systems around the site answer.

use super::figures::{minute_text, site_time};
use super::frame::Panel;
use super::reading::{Pace, keep_reading};
use crate::api;
use crate::site_time::date;
use crate::ui::badge::undelivered;
use chrono::{DateTime, Utc};
use domain::WarehouseId;
use domain::board::{BoardSite, ConnectionLight, ConnectionsBoard};
use domain::connection::Health;
use leptos::prelude::*;

/// Read every few seconds while shown.
pub(super) fn panel(site: WarehouseId, shown: Signal<bool>) -> Panel {
    let reading = keep_reading(site, shown, Pace::Slow, |site| {
        Box::pin(api::boards::connections(site))
    });
    reading.panel(|board| board.site.clone(), body)
}

fn body(board: &ConnectionsBoard) -> AnyView {
    if board.connections.is_empty() {
        return view! { <p class="m-auto text-[3vw] font-bold text-neutral-300">{t!("No connection at this warehouse")}</p> }
            .into_any();
    }
    let size = if board.connections.len() == 1 {
        &ALONE
    } else {
        &BESIDE
    };
    let cards = board
        .connections
        .iter()
        .map(|light| card(light, &board.site, size))
        .collect_view();
    view! { <div class=format!("grid min-h-0 flex-1 auto-rows-min gap-[1.2vw] {}", size.columns)>{cards}</div> }
        .into_any()
}

/// How large connections are written.
struct Size {
    columns: &'static str,
    name: &'static str,
    text: &'static str,
}

/// One has the board to itself, and is read from the far end of the hall.
const ALONE: Size = Size {
    columns: "grid-cols-1",
    name: "text-[5vw]",
    text: "text-[3.4vw]",
};
const BESIDE: Size = Size {
    columns: "grid-cols-2",
    name: "text-[2.6vw]",
    text: "text-[1.7vw]",
};

fn card(light: &ConnectionLight, site: &BoardSite, size: &Size) -> AnyView {
    let (name, written) = (size.name, size.text);
    let (word, tone) = match (light.health, light.failed) {
        (Health::Healthy, false) => (t!("Up"), "bg-emerald-500 text-black"),
        (Health::Healthy, true) => (t!("Last sync failed"), "bg-amber-400 text-black"),
        (Health::Unknown, _) => (t!("Not asked yet"), "bg-neutral-600 text-white"),
        (Health::Failing, _) => (t!("Failing"), "bg-amber-400 text-black"),
        (Health::Paused, _) => (t!("Down"), "bg-red-600 text-white"),
    };
    let stuck = light.undelivered.map(|stuck| {
        let text = undelivered(stuck.waiting, when(stuck.since, site));
        view! { <p class=format!("rounded-[0.5vw] bg-amber-400 px-[0.8vw] font-bold text-black {written}") data-testid="undelivered">{text}</p> }
    });
    let fact = |label: &'static str, at: Option<DateTime<Utc>>| {
        view! {
            <div class=format!("flex justify-between gap-[1vw] font-semibold {written}")>
                <span class="text-neutral-300">{label}</span>
                <span>{at.map_or_else(|| t!("never").to_owned(), |at| when(at, site))}</span>
            </div>
        }
    };
    view! {
        <article class="flex flex-col gap-[1vh] rounded-[1vw] bg-neutral-900 px-[1.6vw] py-[1.8vh]" data-testid="board-connection">
            <div class="flex items-center gap-[1vw]">
                <h2 class=format!("min-w-0 flex-1 truncate font-black {name}")>{light.name.clone()}</h2>
                <span class=format!("rounded-full px-[1.2vw] py-[0.6vh] font-bold {tone} {written}")>{word}</span>
            </div>
            {stuck}
            {fact(t!("Last answer"), light.last_ok_at)}
            {fact(t!("Documents read"), light.documents_at)}
            {fact(t!("Catalogue read"), light.items_at)}
        </article>
    }
    .into_any()
}

/// The time of day, with the date when it was another day.
fn when(at: DateTime<Utc>, site: &BoardSite) -> String {
    let times = site_time(site);
    let time = minute_text(&times, at);
    let day = times.local(at).date();
    if day == site.day {
        time
    } else {
        format!("{} {time}", date(day))
    }
}
