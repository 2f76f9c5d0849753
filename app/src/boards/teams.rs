//! Teams of the day, and whether the work will be done.

use super::figures::{minute_text, short_day_text, site_of};
use crate::site_time::SiteTime;
use crate::ui::number;
use crate::words::part_name;
use chrono::{DateTime, NaiveDate, Utc};
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
            {move || words.get().map(|(until, tone, _)| large(until, tone))}
        </section>
    }
}

/// When it will be done: the time of day, and the day where it is not today.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Until {
    day: Option<String>,
    time: String,
}

impl Until {
    fn at(at: DateTime<Utc>, site: &SiteTime, today: NaiveDate) -> Self {
        let day = site.local(at).date();
        Self {
            day: (day != today).then(|| short_day_text(day)),
            time: minute_text(site, at),
        }
    }

    fn word(word: &str) -> Self {
        Self {
            day: None,
            time: word.to_owned(),
        }
    }
}

/// The day stands above its time, both together as high as the words beside them.
fn large(until: Until, tone: &'static str) -> AnyView {
    let size = match until.day {
        Some(_) => "text-[2.5vw]",
        None => "text-[3.4vw]",
    };
    let day = until.day.map(|day| {
        view! { <span class="text-[1.5vw] leading-[1.8vw] font-bold" data-testid="outlook-day">{day}</span> }
    });
    view! {
        <div class=format!("flex shrink-0 flex-col items-end whitespace-nowrap {tone}")>
            {day}
            <span class=format!("font-black leading-none {size}")>{until.time}</span>
        </div>
    }
    .into_any()
}

fn said(outlook: &Outlook, screen: &ShiftView) -> (Until, &'static str, String) {
    let site = site_of(&screen.board);
    let time = outlook.eta_at.map_or_else(
        || Until::word("–"),
        |at| Until::at(at, &site, screen.board.day),
    );
    let left = tn!(
        "{count} line left",
        "{count} lines left",
        count = number::count(outlook.remaining)
    );
    match outlook.verdict {
        Verdict::Nothing => (Until::word(t!("Done")), "text-emerald-300", String::new()),
        Verdict::InTime(_) => (time, "text-emerald-300", left),
        Verdict::Late(_) => (time, "text-amber-300", left),
        Verdict::NoPace | Verdict::TeamWithoutPace => (Until::word("–"), "text-white", left),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_day_than_the_sites_today_is_named() {
        let site = SiteTime {
            offsets: vec![(i64::MIN, 60)],
        };
        let until = |text: &str| {
            let at = text.parse().expect("an instant");
            let today = "2026-11-29".parse().expect("a day");
            let until = Until::at(at, &site, today);
            (until.day, until.time)
        };
        assert_eq!(until("2026-11-29T22:59:00Z"), (None, "23:59".to_owned()));
        let named = |day: &str, time: &str| (Some(day.to_owned()), time.to_owned());
        assert_eq!(until("2026-11-29T23:01:00Z"), named("Mon 30 Nov", "00:01"));
        assert_eq!(until("2026-12-02T13:18:00Z"), named("Wed 2 Dec", "14:18"));
    }
}
