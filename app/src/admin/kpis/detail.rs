//! One figure opened: formula, what is left out, how fresh, and its rows.

use crate::api;
use crate::load::load;
use crate::routes;
use crate::site_time::SiteTime;
use crate::ui::button::{Button, ButtonKind};
use crate::ui::empty::empty;
use crate::ui::figure::{fraction, value};
use crate::ui::icon::Icon;
use crate::ui::load::loaded;
use crate::ui::number::quantity;
use crate::ui::pager::{Passed, pager};
use crate::ui::panel::{facts, panel};
use crate::ui::table::{Row, figures, fixed, link, maybe, plain, table, text};
use crate::ui::url_state::UrlState;
use crate::words::tr;
use domain::kpi::{Kpi, KpiFilter, KpiReport, KpiRow};
use domain::page::{Cursor, Page};
use leptos::prelude::*;

/// The figure named in the address.
pub(super) fn detail(
    report: &KpiReport,
    filter: KpiFilter,
    url: UrlState,
    passed: Passed,
) -> AnyView {
    let figures = report.figures.clone();
    let opened = move || {
        let kpi = url.parsed::<Kpi>("kpi")?;
        let figure = figures.iter().find(|figure| figure.kpi == kpi)?;
        let about = kpi.definition();
        let close = move |()| url.set("kpi", "");
        let tools = view! { <Button label=t!("Close") kind=ButtonKind::Quiet small=true on_press=close testid="kpi-close" /> };
        let explained = facts(vec![
            (t!("Value"), plain(value(figure))),
            (t!("Computed"), plain(fraction(figure))),
            (t!("Formula"), plain(tr(about.formula))),
            (t!("Left out"), plain(tr(about.exclusions))),
            (
                t!("Freshness"),
                plain(t!(
                    "Exact: what is committed before the page was read is in it."
                )),
            ),
        ]);
        let body = view! {
            <div class="flex flex-col gap-4" data-testid="kpi-detail">
                <div class="px-4 pt-3">{explained}</div>
                {rows(kpi, filter, url, passed)}
            </div>
        };
        Some(panel(
            tr(about.label),
            Some(tools.into_any()),
            body.into_any(),
        ))
    };
    view! { {opened} }.into_any()
}

fn rows(kpi: Kpi, filter: KpiFilter, url: UrlState, passed: Passed) -> AnyView {
    let rows = load(
        move || url.get("after"),
        move |after| api::kpis::rows(kpi, filter, after.map(Cursor)),
    );
    loaded(rows, move |page: Page<KpiRow>, times| {
        show(page, kpi, &times, url, passed)
    })
    .into_any()
}

fn show(page: Page<KpiRow>, kpi: Kpi, times: &SiteTime, url: UrlState, passed: Passed) -> AnyView {
    if page.rows.is_empty() {
        return empty(
            Icon::Search,
            t!("Nothing is behind this figure"),
            t!("Choose another period, or take a filter away."),
            None,
        );
    }
    let place = match kpi {
        Kpi::CountAccuracy => t!("Location"),
        _ => t!("Document"),
    };
    let columns = [
        fixed(t!("When")),
        text(place),
        text(t!("What")),
        text(t!("Worker")),
        figures(t!("Adds above")),
        figures(t!("Adds below")),
    ];
    let shown = page.rows.len();
    let lines = page
        .rows
        .into_iter()
        .map(|row| {
            let below = row.denominator.map(quantity);
            let place = match (row.kind, row.document_id) {
                (Some(kind), Some(id)) => link(routes::document(kind, id), row.number),
                _ => plain(row.number),
            };
            let cells = vec![
                plain(times.date_time(row.at)),
                place,
                plain(row.detail),
                maybe(row.worker),
                plain(quantity(row.numerator)),
                maybe(below),
            ];
            Row::new("kpi-row", row.id.to_string(), cells)
        })
        .collect();
    view! {
        <div>
            {table(t!("Rows behind the figure"), &columns, lines)}
            {pager(url, passed, shown, page.next)}
        </div>
    }
    .into_any()
}
