//! Teams of the day, and whether the work will be done.

use super::figures::{minute_text, site_of};
use crate::ui::number;
use crate::words::part_name;
use domain::board::{ShiftLines, ShiftView, TeamRow};
use domain::forecast::{Outlook, Verdict};
use leptos::prelude::*;

/// As many as stay readable from eight metres.
const SHOWN: usize = 3;

/// When the site's work will be done at the pace of the last hours.
#[component]
pub(super) fn Outlooks(screen: Signal<ShiftView>) -> impl IntoView {
    let words = Memo::new(move |_| {
        screen.with(|screen| {
            let outlook = screen.outlooks.iter().find(|one| one.team_id.is_none())?;
            Some(said(outlook, screen))
        })
    });
    view! {
        <section class="flex shrink-0 items-baseline gap-[1vw] rounded-[1vw] bg-neutral-900 px-[1.4vw] py-[1.2vh]" data-testid="board-outlook">
            <h2 class="text-[1.7vw] font-semibold text-neutral-300">{t!("Finished by")}</h2>
            {move || words.get().map(|(time, tone, rest)| view! {
                <span class=format!("text-[3.4vw] font-black leading-none {tone}")>{time}</span>
                <span class="ml-auto truncate text-[1.6vw] font-semibold text-neutral-300">{rest}</span>
            })}
        </section>
    }
}

fn said(outlook: &Outlook, screen: &ShiftView) -> (String, &'static str, String) {
    let site = site_of(&screen.board);
    let time = outlook
        .eta_at
        .map_or_else(|| "–".to_owned(), |at| minute_text(&site, at));
    let left = tn!(
        "{count} line left",
        "{count} lines left",
        count = number::count(outlook.remaining)
    );
    match outlook.verdict {
        Verdict::Nothing => (t!("Done").to_owned(), "text-emerald-300", String::new()),
        Verdict::InTime(_) => (time, "text-emerald-300", left),
        Verdict::Late(_) => (time, "text-amber-300", left),
        Verdict::NoPace => ("–".to_owned(), "text-white", left),
    }
}

/// Teams by lines.
#[component]
pub(super) fn Teams(screen: Signal<ShiftView>) -> impl IntoView {
    let rows = Memo::new(move |_| {
        screen.with(|screen| {
            let mut rows = screen.teams.clone();
            rows.truncate(SHOWN);
            rows
        })
    });
    let any = move || rows.with(|rows| !rows.is_empty());
    view! {
        <Show when=any>
            <section class="shrink-0 rounded-[1vw] bg-neutral-900 px-[1.4vw] py-[1vh]" data-testid="board-teams">
                <h2 class="text-[1.7vw] font-semibold text-neutral-300">{t!("Teams today")}</h2>
                <ol>{move || rows.get().into_iter().map(team).collect_view()}</ol>
            </section>
        </Show>
    }
}

fn team(row: TeamRow) -> AnyView {
    let shift = |one: &ShiftLines| {
        let name = part_name(&one.shift);
        format!("{name} {}", number::count(one.lines))
    };
    let shifts: Vec<String> = row.shifts.iter().map(shift).collect();
    view! {
        <li class="flex items-center gap-[1vw] py-[0.4vh] text-[2vw] font-bold" data-testid="team-row">
            <span class="min-w-0 flex-1 truncate">{part_name(&row.name)}</span>
            <span class="max-w-[11vw] truncate text-[1.4vw] font-semibold text-neutral-300" data-testid="team-shifts">
                {shifts.join(" · ")}
            </span>
            <span class="text-[1.6vw] font-semibold text-neutral-300">{number::quantity(row.quantity)}</span>
            <span class="w-[6vw] text-right text-[2.4vw] font-black leading-none">{number::count(row.lines)}</span>
        </li>
    }
    .into_any()
}
