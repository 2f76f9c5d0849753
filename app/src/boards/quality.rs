//! The quality board: ratios, shortages by reason, and how they went over the days.

use super::chart::{WIDE, bars, card};
use super::frame::Panel;
use super::reading::{Pace, keep_reading};
use super::throughput::day_label;
use crate::api;
use crate::ui::figure::value;
use crate::ui::number;
use crate::words::tr;
use domain::WarehouseId;
use domain::board::QualityBoard;
use domain::kpi::{Kpi, KpiFigure};
use leptos::prelude::*;

/// Large figures: today, and the last seven days beside it.
const LARGE: [Kpi; 4] = [
    Kpi::PartialRatio,
    Kpi::LineFill,
    Kpi::Coverage,
    Kpi::TaskDuration,
];
const REASONS: [Kpi; 5] = [
    Kpi::ShortNotInStock,
    Kpi::ShortDamaged,
    Kpi::ShortNotFound,
    Kpi::ShortWrongItem,
    Kpi::ShortOther,
];

/// Read every few seconds while shown.
pub(super) fn panel(site: WarehouseId, shown: Signal<bool>) -> Panel {
    let reading = keep_reading(site, shown, Pace::Slow, |site| {
        Box::pin(api::boards::quality(site))
    });
    reading.panel(|board| board.site.clone(), body)
}

fn body(board: &QualityBoard) -> AnyView {
    let days: Vec<String> = board.days.iter().map(|day| day_label(*day)).collect();
    let tiles = LARGE
        .map(|kpi| large(kpi, board))
        .into_iter()
        .collect_view();
    let percent = |per_mille: i64| number::per_mille(per_mille).replace(" %", "");
    let minutes = |seconds: i64| number::count(seconds / 60);
    view! {
        <div class="flex min-h-0 flex-1 flex-col gap-[1.6vh]">
            <div class="grid grid-cols-4 gap-[1.2vw]">{tiles}</div>
            <div class="grid min-h-0 flex-1 grid-cols-3 gap-[1.2vw]">
                <div class="flex min-h-0">{reasons(board)}</div>
                <div class="col-span-2 flex min-h-0 flex-col gap-[1.2vw]">
                    {card(t!("Finished short a day, %"), ().into_any(), bars(WIDE, &days, &board.partial, percent, "fill-amber-400"))}
                    {card(t!("Minutes per task a day"), ().into_any(), bars(WIDE, &days, &board.duration, minutes, "fill-sky-400"))}
                </div>
            </div>
        </div>
    }
    .into_any()
}

fn written(figures: &[KpiFigure], kpi: Kpi) -> String {
    let found = figures.iter().find(|figure| figure.kpi == kpi);
    found.map_or_else(|| "–".to_owned(), value)
}

/// Languages say it at different lengths; the longest are set smaller, so that they stay inside.
fn label_size(label: &str) -> &'static str {
    match label.chars().count() {
        ..=17 => "text-[1.7vw]",
        18..=22 => "text-[1.45vw]",
        _ => "text-[1.2vw]",
    }
}

fn large(kpi: Kpi, board: &QualityBoard) -> AnyView {
    let label = tr(kpi.definition().label);
    let heading = label_size(label);
    view! {
        <article class="min-w-0 rounded-[1vw] bg-neutral-900 px-[1.4vw] pb-[1.6vh] pt-[1.2vh]">
            <h2 class=format!("truncate leading-[2.5vw] font-semibold text-neutral-300 {heading}") data-testid="whole">{label}</h2>
            <p class="mt-[0.6vh] whitespace-nowrap text-[4.4vw] font-black leading-none" data-testid=format!("quality-{}", kpi.as_str())>
                {written(&board.today, kpi)}
            </p>
            <p class="mt-[1vh] truncate text-[1.5vw] font-semibold text-neutral-300">
                {t!("7 days")} " " <span data-testid=format!("quality-week-{}", kpi.as_str())>{written(&board.week, kpi)}</span>
            </p>
        </article>
    }
    .into_any()
}

/// Shortages of the last seven days, the most frequent reason widest.
fn reasons(board: &QualityBoard) -> AnyView {
    let number_of = |kpi: Kpi| {
        let found = board.week.iter().find(|figure| figure.kpi == kpi);
        found.map_or(0, |figure| i64::try_from(figure.numerator).unwrap_or(0))
    };
    let most = REASONS.map(number_of).into_iter().max().unwrap_or(0).max(1);
    let rows = REASONS.map(|kpi| {
        let count = number_of(kpi);
        let width = format!("width:{}%", count.max(0) * 100 / most);
        view! {
            <li class="flex flex-1 flex-col justify-center" data-testid="quality-reason">
                <span class="flex justify-between text-[1.7vw] font-bold">
                    <span>{tr(kpi.definition().label)}</span>
                    <span>{number::count(count)}</span>
                </span>
                <span class="mt-[0.6vh] block h-[1.2vh] rounded-full bg-neutral-700">
                    <span class="block h-full rounded-full bg-amber-400" style=width></span>
                </span>
            </li>
        }
    });
    let list = view! { <ul class="mt-[1vh] flex min-h-0 flex-1 flex-col">{rows.into_iter().collect_view()}</ul> };
    card(t!("Shortages, 7 days"), ().into_any(), list.into_any())
}
