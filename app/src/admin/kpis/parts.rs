//! Figures broken down; a part narrows the page to itself.

use crate::ui::figure::value;
use crate::ui::panel::panel;
use crate::ui::table::{Row, figures, plain, table, text};
use crate::ui::url_state::UrlState;
use crate::words::{part_name, tr};
use domain::kpi::{By, Kpi, KpiGroup, KpiReport};
use leptos::prelude::*;

/// Columns of the breakdown.
const SHOWN: [Kpi; 7] = [
    Kpi::Lines,
    Kpi::Quantity,
    Kpi::Documents,
    Kpi::LinesPerHour,
    Kpi::TaskDuration,
    Kpi::PartialRatio,
    Kpi::Shortages,
];

/// The table of parts, when the address asks for one.
pub(super) fn parts(report: &KpiReport, url: UrlState) -> AnyView {
    let Some(by) = url.parsed::<By>("by") else {
        return ().into_any();
    };
    let mut columns = vec![text(t!("Part"))];
    columns.extend(SHOWN.map(|kpi| figures(tr(kpi.definition().label))));
    let rows = report
        .groups
        .iter()
        .map(|group| line(group, by, url))
        .collect();
    let note = by.is_personal().then(|| {
        view! {
            <p class="px-4 pb-3 text-xs text-muted">
                {t!("A line two people worked on counts for each of them, so parts can add up to more than the site.")}
            </p>
        }
    });
    let body = view! { <div>{table(t!("Figures by part"), &columns, rows)}{note}</div> };
    panel(t!("Broken down"), None, body.into_any())
}

fn line(group: &KpiGroup, by: By, url: UrlState) -> Row {
    let mut cells = vec![name(group, by, url)];
    for kpi in SHOWN {
        let figure = group.figures.iter().find(|figure| figure.kpi == kpi);
        cells.push(plain(figure.map(value).unwrap_or_default()));
    }
    Row::new("kpi-part", group.key.clone(), cells)
}

fn name(group: &KpiGroup, by: By, url: UrlState) -> AnyView {
    let narrows = matches!(by, By::Shift | By::Team | By::Worker | By::Kind) && group.key != "0";
    if !narrows {
        return plain(part_name(&group.name));
    }
    let (key, text) = (group.key.clone(), part_name(&group.name));
    view! {
        <button type="button" class="link link-hover text-left" on:click=move |_| url.set(by.as_str(), &key)>
            {text}
        </button>
    }
    .into_any()
}
