//! Who did most today.

use crate::ui::number;
use domain::board::{LeaderRow, ShiftBoard};
use leptos::prelude::*;

/// As many as stay readable from eight metres.
const SHOWN: usize = 6;

/// The leaderboard by lines.
#[component]
pub(super) fn Leaders(board: Signal<ShiftBoard>) -> impl IntoView {
    let rows = Memo::new(move |_| {
        board.with(|board| {
            let mut rows = board.leaderboard.clone();
            rows.truncate(SHOWN);
            rows
        })
    });
    view! {
        <section class="flex min-h-0 flex-1 flex-col rounded-[1vw] bg-neutral-900 px-[1.4vw] py-[1.2vh]">
            <div class="flex items-baseline justify-between gap-[1vw] text-[1.5vw] font-semibold text-neutral-300">
                <h2 data-testid="whole">{t!("Most lines today")}</h2>
                <span>{t!("Lines")}</span>
            </div>
            {move || {
                let rows = rows.get();
                if rows.is_empty() {
                    view! {
                        <p class="m-auto text-center text-[2vw] font-semibold text-neutral-300">
                            {t!("Nothing picked yet today")}
                        </p>
                    }
                        .into_any()
                } else {
                    view! {
                        <ol class="mt-[0.6vh] flex min-h-0 flex-1 flex-col">
                            {rows
                                .into_iter()
                                .zip(1..)
                                .map(|(row, place)| view! { <Leader row place /> })
                                .collect_view()}
                        </ol>
                    }
                        .into_any()
                }
            }}
        </section>
    }
}

#[component]
fn Leader(row: LeaderRow, place: usize) -> impl IntoView {
    let colour = match place {
        1 => "text-amber-300",
        _ => "text-white",
    };
    view! {
        <li
            class=format!("flex max-h-[9.4vh] flex-1 items-center gap-[1vw] border-t border-neutral-700 first:border-t-0 {colour}")
            data-testid="leader-row"
        >
            <span class="w-[2.6vw] text-[2.4vw] font-bold opacity-70">{place}</span>
            <span class="min-w-0 flex-1 truncate text-[2.4vw] font-bold">{row.name}</span>
            <span class="text-[3vw] font-black leading-none" data-testid="leader-lines">
                {number::count(row.lines)}
            </span>
        </li>
    }
}
