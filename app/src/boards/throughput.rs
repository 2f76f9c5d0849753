//! The throughput board: lines by day and by week, by shift and by team.

use super::chart::{card, legend, stacked};
use super::frame::Panel;
use super::reading::{Pace, keep_reading};
use crate::api;
use crate::site_time::day_month;
use crate::words::{Language, language};
use chrono::{Datelike, NaiveDate};
use domain::WarehouseId;
use domain::board::{Series, ThroughputBoard};
use leptos::prelude::*;

/// Read every few seconds while shown.
pub(super) fn panel(site: WarehouseId, shown: Signal<bool>) -> Panel {
    let reading = keep_reading(site, shown, Pace::Slow, |site| {
        Box::pin(api::boards::throughput(site))
    });
    reading.panel(|board| board.site.clone(), body)
}

fn body(board: &ThroughputBoard) -> AnyView {
    let days: Vec<String> = board.days.iter().map(|day| day_label(*day)).collect();
    let weeks: Vec<String> = board
        .weeks
        .iter()
        .map(|monday| week_label(*monday))
        .collect();
    let chart = |title, labels: &[String], series: &[Series]| {
        card(title, legend(series), stacked(labels, series))
    };
    view! {
        <div class="grid min-h-0 flex-1 grid-cols-2 grid-rows-2 gap-[1.2vw]">
            <div class="flex min-h-0">{chart(t!("Lines a day, by shift"), &days, &board.days_by_shift)}</div>
            <div class="flex min-h-0">{chart(t!("Lines a day, by team"), &days, &board.days_by_team)}</div>
            <div class="flex min-h-0">{chart(t!("Lines a week, by shift"), &weeks, &board.weeks_by_shift)}</div>
            <div class="flex min-h-0">{chart(t!("Lines a week, by team"), &weeks, &board.weeks_by_team)}</div>
        </div>
    }
    .into_any()
}

/// For example `W48`. The letter is no text of the catalogue: there it would be taken for a translation
/// of whatever else is called W.
fn week_label(monday: NaiveDate) -> String {
    let letter = match language() {
        Language::En => 'W',
        Language::Sr => 'N',
        Language::Pl => 'T',
        Language::Ru => 'Н',
        Language::Es => 'S',
    };
    format!("{letter}{}", monday.iso_week().week())
}

/// For example `20`; the first of a month with its name.
pub(super) fn day_label(day: NaiveDate) -> String {
    if day.day() == 1 {
        day_month(day)
    } else {
        day.day().to_string()
    }
}
