//! Lines per hour as bars.

use super::figures::site_of;
use chrono::{DateTime, Timelike, Utc};
use domain::board::{HourRow, ShiftBoard};
use leptos::prelude::*;

/// At least this many hours are shown, so that a young day is no single fat bar.
const FEWEST: i32 = 8;
const WIDTH: i32 = 1_500;
const HEIGHT: i32 = 250;
const FOOT: i32 = 46;
const HEAD: i32 = 44;

/// The bar chart; the current hour stands out.
#[component]
pub(super) fn Hours(board: Signal<ShiftBoard>, now: Signal<DateTime<Utc>>) -> impl IntoView {
    let hour = Memo::new(move |_| {
        board.with(|board| i32::try_from(site_of(board).local(now.get()).hour()).unwrap_or(0))
    });
    let bars = Memo::new(move |_| board.with(|board| all_hours(&board.hours, hour.get())));
    view! {
        <section class="flex min-h-0 flex-1 flex-col rounded-[1vw] bg-neutral-900 px-[1.4vw] pb-[1vh] pt-[1.2vh]" data-testid="board-hours">
            <h2 class="text-[1.7vw] font-semibold text-neutral-300">{t!("Lines per hour")}</h2>
            {move || chart(&bars.get(), hour.get())}
        </section>
    }
}

/// Every hour from the first with work to now, hours without work included.
fn all_hours(rows: &[HourRow], now: i32) -> Vec<(i32, i64)> {
    let last = rows
        .iter()
        .map(|row| row.hour)
        .max()
        .unwrap_or(now)
        .max(now);
    let first = rows.iter().map(|row| row.hour).min().unwrap_or(last);
    let first = first.min(last - FEWEST + 1).max(0);
    let last = last.max(first + FEWEST - 1).min(23);
    (first..=last)
        .map(|hour| {
            let lines = rows.iter().find(|row| row.hour == hour);
            (hour, lines.map_or(0, |row| row.lines))
        })
        .collect()
}

fn chart(bars: &[(i32, i64)], now: i32) -> AnyView {
    let most = bars
        .iter()
        .map(|(_, lines)| *lines)
        .max()
        .unwrap_or(0)
        .max(1);
    let count = i32::try_from(bars.len()).unwrap_or(1).max(1);
    let step = WIDTH / count;
    let drawn = bars
        .iter()
        .zip(0..)
        .map(|((hour, lines), place)| bar(*hour, *lines, place * step, step, most, *hour == now))
        .collect_view();
    let label = bars
        .iter()
        .map(|(hour, lines)| format!("{hour}:00 {lines}"))
        .collect::<Vec<_>>()
        .join(", ");
    view! {
        <svg class="min-h-0 w-full flex-1" viewBox=format!("0 0 {WIDTH} {HEIGHT}") role="img" aria-label=label>
            {drawn}
        </svg>
    }
    .into_any()
}

fn bar(hour: i32, lines: i64, left: i32, step: i32, most: i64, is_now: bool) -> AnyView {
    let room = i64::from(HEIGHT - FOOT - HEAD);
    let height = i32::try_from(lines * room / most).unwrap_or(0);
    let top = HEIGHT - FOOT - height;
    let middle = left + step / 2;
    let (fill, text) = if is_now {
        ("fill-emerald-400", "fill-white")
    } else {
        ("fill-emerald-700", "fill-neutral-300")
    };
    view! {
        <rect class=fill x=left + step / 8 y=top width=step * 3 / 4 height=height.max(3) rx="4" />
        <text class="fill-white" x=middle y=top - 9 text-anchor="middle" font-size="34" font-weight="800">
            {(lines > 0).then(|| lines.to_string())}
        </text>
        <text class=text x=middle y=HEIGHT - 9 text-anchor="middle" font-size="32" font-weight="700">
            {format!("{hour:02}")}
        </text>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_without_work_are_shown_empty() {
        let rows = [HourRow { hour: 6, lines: 4 }, HourRow { hour: 8, lines: 2 }];
        let hours = all_hours(&rows, 14);
        assert_eq!(hours.first(), Some(&(6, 4)));
        assert_eq!(hours.get(1), Some(&(7, 0)));
        assert_eq!(hours.last(), Some(&(14, 0)));
    }

    #[test]
    fn a_day_that_just_began_stays_within_the_day() {
        assert_eq!(all_hours(&[], 2).len(), 8);
        assert_eq!(all_hours(&[], 23).last(), Some(&(23, 0)));
    }
}
