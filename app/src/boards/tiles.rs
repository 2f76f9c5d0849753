//! The figures of the day.

use crate::ui::number;
use domain::board::{BoardFigures, ShiftBoard};
use leptos::prelude::*;

/// Two large figures and four smaller ones.
#[component]
pub(super) fn Tiles(board: Signal<ShiftBoard>, urgent: Signal<i64>) -> impl IntoView {
    let figures = Memo::new(move |_| board.with(|board| board.figures));
    let text = move |read: fn(&BoardFigures) -> String| Signal::derive(move || figures.with(read));
    let urgent = Signal::derive(move || match urgent.get() {
        0 => String::new(),
        count => t!("{count} urgent", count = number::count(count)),
    });
    let week = Signal::derive(|| t!("7 days").to_owned());
    let large = "text-[8.4vw]";
    let small = "text-[5vw]";
    view! {
        <section class="grid grid-cols-4 gap-[1.2vw]">
            <Tile wide=true name="board-lines" label=t!("Lines picked today") size=large value=text(|f| number::count(f.lines_picked)) />
            <Tile wide=true name="board-quantity" label=t!("Quantity picked today") size=large value=text(|f| number::quantity(f.quantity_picked)) />
            <Tile name="board-open" label=t!("Open") size=small value=text(|f| number::count(f.documents_open)) colour="text-sky-300" note=urgent note_colour="text-amber-300" />
            <Tile name="board-partial" label=t!("Partial today") size=small value=text(|f| number::count(f.documents_partial)) colour="text-amber-300" />
            <Tile name="board-done" label=t!("Done today") size=small value=text(|f| number::count(f.documents_done)) colour="text-emerald-300" />
            <Tile name="board-coverage" label=t!("WMS / ERP") size=small value=text(coverage) note=week />
        </section>
    }
}

fn coverage(figures: &BoardFigures) -> String {
    figures
        .coverage_per_mille()
        .map_or_else(|| "–".to_owned(), number::per_mille)
}

/// Long figures are set smaller, so that they stay inside.
fn fitting(size: &'static str, value: &str) -> &'static str {
    match (size, value.chars().count()) {
        ("text-[8.4vw]", 6) => "text-[7.4vw]",
        ("text-[8.4vw]", 7..=8) => "text-[6.2vw]",
        ("text-[8.4vw]", 9..=10) => "text-[5vw]",
        ("text-[8.4vw]", 11..) => "text-[3.8vw]",
        ("text-[5vw]", 5) => "text-[3.6vw]",
        ("text-[5vw]", 6) => "text-[3.2vw]",
        ("text-[5vw]", 7..) => "text-[2.7vw]",
        _ => size,
    }
}

/// The same for what a figure is called: languages say it at different lengths.
fn label_size(wide: bool, label: &str) -> &'static str {
    match (wide, label.chars().count()) {
        (true, _) | (false, ..=12) => "text-[1.7vw] whitespace-nowrap",
        (false, 13) => "text-[1.6vw] whitespace-nowrap",
        // On two lines, so that they need not be small.
        (false, _) => "text-[1.5vw] leading-tight whitespace-normal",
    }
}

#[component]
fn Tile(
    #[prop(optional)] wide: bool,
    name: &'static str,
    label: &'static str,
    size: &'static str,
    #[prop(default = "text-white")] colour: &'static str,
    value: Signal<String>,
    /// Beside the name, or below it where a language has no room.
    #[prop(optional, into)]
    note: Signal<String>,
    #[prop(default = "text-neutral-300")] note_colour: &'static str,
) -> impl IntoView {
    let span = if wide { "col-span-2" } else { "" };
    let heading = label_size(wide, label);
    view! {
        <article class=format!("flex min-w-0 flex-col justify-between rounded-[1vw] bg-neutral-900 px-[1.4vw] pb-[1.6vh] pt-[1.2vh] {span}")>
            <div class="flex flex-wrap items-baseline justify-between gap-x-[0.4vw]">
                <h2 class=format!("max-w-full shrink-0 font-semibold text-neutral-300 {heading}") data-testid="tile-label">{label}</h2>
                <span class=format!("whitespace-nowrap text-[1.1vw] font-semibold {note_colour}") data-testid=format!("{name}-note")>{move || note.get()}</span>
            </div>
            <p
                class=move || format!("mt-[0.6vh] whitespace-nowrap font-black leading-none {colour} {}", fitting(size, &value.read()))
                data-testid=name
            >
                {move || value.get()}
            </p>
        </article>
    }
}
