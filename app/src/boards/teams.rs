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
        <section class="flex shrink-0 items-center justify-between gap-[1vw] rounded-[1vw] bg-neutral-900 px-[1.4vw] py-[0.8vh] font-semibold text-neutral-300" data-testid="board-outlook">
            <div class="min-w-0 whitespace-nowrap">
                <h2 class="text-[1.7vw] leading-[2.3vw]" data-testid="whole">{t!("Finished by")}</h2>
                <p class="text-[1.5vw] leading-[2vw]" data-testid="whole">
                    {move || words.get().map(|(_, _, rest)| rest)}
                </p>
            </div>
            {move || words.get().map(|(time, tone, _)| view! {
                <span class=format!("shrink-0 text-[3.4vw] font-black leading-none {tone}")>{time}</span>
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
                <div class=ROW>
                    <h2 class="min-w-0 flex-1 truncate text-[1.4vw] font-semibold text-neutral-300" data-testid="whole">{t!("Teams today")}</h2>
                    {headings()}
                </div>
                <ol>{move || rows.get().into_iter().map(team).collect_view()}</ol>
            </section>
        </Show>
    }
}

const ROW: &str = "flex items-center gap-[0.8vw] py-[0.4vh] text-[2vw] font-bold";
const SHIFTS: &str = "max-w-[11vw] truncate text-[1.4vw] font-semibold text-neutral-300";
const QUANTITY: &str = "min-w-[6.5vw] text-right text-[1.6vw] font-semibold text-neutral-300";
const LINES: &str = "min-w-[5.5vw] text-right text-[2.4vw] font-black leading-none";

/// What the figures are, above them.
fn headings() -> AnyView {
    let small = "text-right text-[1.1vw] font-semibold text-neutral-300";
    view! {
        <span class=small data-testid="whole">{t!("Shift")}</span>
        <span class=format!("min-w-[6.5vw] {small}") data-testid="whole">{t!("Quantity")}</span>
        <span class=format!("min-w-[5.5vw] {small}") data-testid="whole">{t!("Lines")}</span>
    }
    .into_any()
}

fn team(row: TeamRow) -> AnyView {
    let shift = |one: &ShiftLines| {
        let name = part_name(&one.shift);
        format!("{name} {}", number::count(one.lines))
    };
    let shifts: Vec<String> = row.shifts.iter().map(shift).collect();
    view! {
        <li class=ROW data-testid="team-row">
            <span class="min-w-0 flex-1 truncate">{part_name(&row.name)}</span>
            <span class=SHIFTS data-testid="team-shifts">
                {shifts.join(" · ")}
            </span>
            <span class=QUANTITY>{number::quantity(row.quantity)}</span>
            <span class=LINES>{number::count(row.lines)}</span>
        </li>
    }
    .into_any()
}
