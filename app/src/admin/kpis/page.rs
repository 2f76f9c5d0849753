//! The figures of a site over a period; a tile opens what it is made of.

use super::{detail, parts};
use crate::api;
use crate::live::use_live;
use crate::load::load;
use crate::session::use_session;
use crate::site_time::{SiteTime, date};
use crate::ui::figure::{fraction, value};
use crate::ui::filter;
use crate::ui::header::page_header;
use crate::ui::load::loaded;
use crate::ui::pager::use_passed;
use crate::ui::tabs::tabs;
use crate::ui::url_state::{UrlState, use_url_state};
use crate::words::tr;
use domain::WarehouseId;
use domain::company::Warehouse;
use domain::document::DocumentKind;
use domain::kpi::{By, Kpi, KpiFigure, KpiFilter, KpiReport, Scope};
use domain::live::Topic;
use leptos::prelude::*;

type Answer = (KpiReport, Vec<Warehouse>);

/// Figures of which the tile is coloured when the value is on its bad side.
const WATCHED: [Kpi; 2] = [Kpi::PartialRatio, Kpi::Shortages];

/// The KPI page.
#[component]
pub fn Page() -> impl IntoView {
    let (url, passed) = (use_url_state(), use_passed());
    let session = use_session();
    let site = RwSignal::new(None::<WarehouseId>);
    let topics = Signal::derive(move || {
        let board = site.get().map(|site| Topic::Board(site.0));
        board.into_iter().collect::<Vec<_>>()
    });
    let live = use_live(topics);
    let data = load(
        // While a figure is open the page stands still, so that its rows add up to it.
        move || {
            let open = url.get("kpi").is_some();
            (filter_of(url), if open { 0 } else { live.get() + 1 })
        },
        move |(mut filter, _)| async move {
            let sites = session.read().await?.warehouses;
            let first = sites.first().map(|site| site.id);
            filter.warehouse = filter.warehouse.or(first);
            Ok((api::kpis::report(filter).await?, sites))
        },
    );
    view! {
        {page_header(t!("KPIs"), t!("The figures of the boards and of the API. Press one to see its formula and the rows it is made of."), None)}
        {periods(url)}
        {loaded(data, move |(report, sites): Answer, times| {
            if site.get_untracked() != Some(report.warehouse_id) {
                site.set(Some(report.warehouse_id));
            }
            let filter = KpiFilter { warehouse: Some(report.warehouse_id), ..filter_of(url) };
            view! {
                <div class="flex flex-col gap-4">
                    {choices(url, sites)}
                    <p class="text-xs text-muted" data-testid="kpi-freshness">{freshness(&report, &times)}</p>
                    {tiles(&report, url)}
                    {detail::detail(&report, filter, url, passed)}
                    {parts::parts(&report, url)}
                </div>
            }
            .into_any()
        })}
    }
}

/// What the address asks for.
pub(super) fn filter_of(url: UrlState) -> KpiFilter {
    KpiFilter {
        warehouse: url.parsed("site"),
        period: url.parsed("period"),
        on: url.parsed("on"),
        from: url.parsed("from"),
        to: url.parsed("to"),
        scope: Scope {
            kind: kind_of(url),
            shift: url.parsed("shift"),
            team: url.parsed("team"),
            worker: url.parsed("worker"),
        },
        by: url.parsed::<By>("by"),
    }
}

fn kind_of(url: UrlState) -> Option<DocumentKind> {
    url.parsed("kind")
}

fn periods(url: UrlState) -> AnyView {
    let periods = vec![
        ("", t!("Day")),
        ("week", t!("Week")),
        ("month", t!("Month")),
        ("year", t!("Year")),
    ];
    tabs(url, "period", t!("Period"), periods)
}

fn choices(url: UrlState, sites: Vec<Warehouse>) -> AnyView {
    let option = |value: &str, text: &str| (value.to_owned(), text.to_owned());
    let kinds = vec![
        option("", t!("All documents")),
        option("dispatch", t!("Dispatches")),
        option("receipt", t!("Receipts")),
    ];
    let parts = vec![
        option("", t!("Nothing")),
        option("hour", t!("Hour")),
        option("day", t!("Day")),
        option("week", t!("Week")),
        option("month", t!("Month")),
        option("shift", t!("Shift")),
        option("team", t!("Team")),
        option("worker", t!("Worker")),
        option("kind", t!("Kind")),
    ];
    let mut inputs = Vec::new();
    if sites.len() > 1 {
        let sites = sites
            .into_iter()
            .map(|site| (site.id.to_string(), site.name));
        inputs.push(filter::select(
            url,
            "site",
            t!("Warehouse"),
            sites.collect(),
        ));
    }
    inputs.push(filter::input(url, "on", t!("Around"), "date"));
    inputs.push(filter::days(url, "from", "to"));
    inputs.push(filter::select(url, "kind", t!("Documents"), kinds));
    inputs.push(filter::select(url, "by", t!("Break down by"), parts));
    for (key, label) in [
        ("shift", t!("One shift: show all")),
        ("team", t!("One team: show all")),
        ("worker", t!("One worker: show all")),
    ] {
        inputs.push(narrowed(url, key, label));
    }
    filter::bar(inputs)
}

/// Set from the parts below; here it can only be taken away.
fn narrowed(url: UrlState, key: &'static str, label: &'static str) -> AnyView {
    let set = move || url.get(key).is_some();
    view! {
        <Show when=set>
            <button class="btn btn-sm h-9 btn-ghost" type="button" data-testid=format!("any-{key}") on:click=move |_| url.set(key, "")>
                {label}
            </button>
        </Show>
    }
    .into_any()
}

fn freshness(report: &KpiReport, times: &SiteTime) -> String {
    let days = if report.from == report.to {
        date(report.from)
    } else {
        format!("{} – {}", date(report.from), date(report.to))
    };
    let changed = report.changed_at.map_or_else(
        || t!("nothing happened").to_owned(),
        |at| t!("last change {at}", at = times.date_time(at)),
    );
    let synced = report.synced_at.map_or_else(
        || t!("ERP never read").to_owned(),
        |at| t!("ERP read {at}", at = times.date_time(at)),
    );
    t!(
        "{days} · exact at {as_of} · {changed} · {synced}",
        days,
        as_of = times.time(report.as_of),
        changed,
        synced
    )
}

fn tiles(report: &KpiReport, url: UrlState) -> AnyView {
    let tiles = report
        .figures
        .iter()
        .map(|figure| tile(figure, url))
        .collect_view();
    view! {
        <div class="grid grid-cols-2 gap-3 md:grid-cols-4 xl:grid-cols-6" data-testid="kpi-tiles">{tiles}</div>
    }
    .into_any()
}

fn tile(figure: &KpiFigure, url: UrlState) -> AnyView {
    let kpi = figure.kpi;
    let about = kpi.definition();
    let watched = WATCHED.contains(&kpi) && !figure.numerator.is_zero();
    let tone = if watched { "text-warning" } else { "" };
    let chosen = move || url.get("kpi").as_deref() == Some(kpi.as_str());
    view! {
        <button
            type="button"
            class="panel flex cursor-pointer flex-col gap-1 px-4 py-3 text-left hover:border-primary focus-visible:outline-2"
            class:border-primary=chosen
            aria-pressed=move || if chosen() { "true" } else { "false" }
            data-testid=format!("kpi-{}", kpi.as_str())
            on:click=move |_| url.set("kpi", if chosen() { "" } else { kpi.as_str() })
        >
            <span class="text-xs font-medium text-muted">{tr(about.label)}</span>
            <span class=format!("text-2xl font-semibold tabular-nums {tone}") data-testid=format!("value-{}", kpi.as_str())>
                {value(figure)}
            </span>
            <span class="truncate text-xs text-muted tabular-nums">
                {figure.denominator.map(|_| fraction(figure))}
            </span>
        </button>
    }
    .into_any()
}
