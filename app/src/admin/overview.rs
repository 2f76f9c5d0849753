//! The day at a glance: the board's figures, what runs, what waits for a person.

use crate::api;
use crate::live::use_live;
use crate::load::load;
use crate::routes;
use crate::session::{viewer, viewer_may};
use crate::site_time::{SiteTime, date};
use crate::ui::badge::{Tone, run_state};
use crate::ui::button::{ButtonKind, link_button};
use crate::ui::empty::empty;
use crate::ui::header::page_header;
use crate::ui::icon::Icon;
use crate::ui::load::loaded;
use crate::ui::number::{count, per_mille, quantity};
use crate::ui::panel::panel;
use crate::ui::progress::bar;
use crate::ui::table::{Row, figures, link, maybe, plain, table, text};
use crate::ui::tile::{tile, tiles};
use crate::words::tr;
use domain::board::{BoardFigures, HourRow, LeaderRow, ShiftBoard};
use domain::live::Topic;
use domain::page::Page;
use domain::permission::Permission;
use domain::sync::{RunFilter, SyncRun};
use leptos::prelude::*;

/// The first page of the office.
#[component]
pub fn Overview() -> impl IntoView {
    let warehouse = viewer().and_then(|viewer| viewer.warehouses.first().copied());
    let Some(warehouse) = warehouse else {
        return empty(
            Icon::Building,
            t!("No warehouse"),
            t!("Ask an administrator to give you one."),
            None,
        );
    };
    let live = use_live(Signal::stored(vec![
        Topic::Board(warehouse.0),
        Topic::Tasks,
    ]));
    let board = load(move || live.get(), move |_| api::boards::shift(warehouse));
    view! {
        {page_header(t!("Overview"), t!("The figures of today, as the TV board and the API show them."), None)}
        {loaded(board, |board: ShiftBoard, site| day(&board, &site))}
        <div class="grid gap-4 xl:grid-cols-2">
            {viewer_may(Permission::ReadConnections).then(runs)}
            {viewer_may(Permission::AssignTasks).then(waiting)}
        </div>
    }
    .into_any()
}

fn day(board: &ShiftBoard, site: &SiteTime) -> AnyView {
    let subtitle = format!(
        "{} · {} · {}",
        board.warehouse,
        date(board.day),
        t!("read {time}", time = site.time(board.as_of))
    );
    view! {
        <div class="flex flex-col gap-4">
            <p class="text-xs text-muted" data-testid="as-of">{subtitle}</p>
            {tiles(figure_tiles(&board.figures))}
            <div class="grid gap-4 xl:grid-cols-2">
                {panel(t!("Leaderboard"), None, leaders(&board.leaderboard))}
                {panel(t!("Lines picked by hour"), None, hours(&board.hours))}
            </div>
        </div>
    }
    .into_any()
}

fn figure_tiles(day: &BoardFigures) -> Vec<AnyView> {
    let coverage = day.coverage_per_mille();
    let covered = t!(
        "{part} of {all} lines, 7 days",
        part = count(day.coverage_lines_wms),
        all = count(day.coverage_lines_erp)
    );
    vec![
        tile(
            t!("Lines picked"),
            count(day.lines_picked),
            t!("today"),
            Tone::Neutral,
            "figure-lines",
        ),
        tile(
            t!("Quantity picked"),
            quantity(day.quantity_picked),
            t!("today, all units"),
            Tone::Neutral,
            "figure-quantity",
        ),
        tile(
            t!("Open"),
            count(day.documents_open),
            t!("dispatches with floor work"),
            Tone::Neutral,
            "figure-open",
        ),
        tile(
            t!("Partial"),
            count(day.documents_partial),
            t!("finished short today"),
            tone_of(day.documents_partial),
            "figure-partial",
        ),
        tile(
            t!("Done"),
            count(day.documents_done),
            t!("finished in full today"),
            Tone::Good,
            "figure-done",
        ),
        tile(
            t!("WMS/ERP coverage"),
            coverage.map_or_else(|| "–".to_owned(), per_mille),
            &covered,
            Tone::Neutral,
            "figure-coverage",
        ),
    ]
}

fn tone_of(partial: i64) -> Tone {
    if partial > 0 {
        Tone::Warning
    } else {
        Tone::Neutral
    }
}

fn leaders(rows: &[LeaderRow]) -> AnyView {
    if rows.is_empty() {
        return empty(
            Icon::People,
            t!("Nobody picked yet today"),
            t!("Picks appear here within a second."),
            None,
        );
    }
    let columns = [
        text(t!("Worker")),
        text(t!("Team")),
        figures(t!("Lines")),
        figures(t!("Quantity")),
    ];
    let rows = rows
        .iter()
        .map(|row| {
            let cells = vec![
                plain(row.name.as_str()),
                maybe(row.team.clone()),
                plain(count(row.lines)),
                plain(quantity(row.quantity)),
            ];
            Row::new("leader-row", row.name.as_str(), cells)
        })
        .collect();
    table(t!("Leaderboard"), &columns, rows)
}

fn hours(rows: &[HourRow]) -> AnyView {
    if rows.is_empty() {
        return empty(
            Icon::Clock,
            t!("No work yet today"),
            t!("The first pick starts the chart."),
            None,
        );
    }
    let most = rows.iter().map(|row| row.lines).max().unwrap_or(1).max(1);
    let rows = rows
        .iter()
        .map(|row| {
            view! {
                <div class="grid grid-cols-[3.5rem_1fr_3rem] items-center gap-3 text-sm">
                    <span class="text-muted tabular-nums">{format!("{:02}:00", row.hour)}</span>
                    {bar(row.lines * 100 / most)}
                    <span class="text-right tabular-nums">{count(row.lines)}</span>
                </div>
            }
            .into_any()
        })
        .collect::<Vec<_>>();
    view! { <div class="flex flex-col gap-2.5 px-4 py-4">{rows}</div> }.into_any()
}

fn runs() -> AnyView {
    let live = use_live(Signal::stored(vec![Topic::Connections]));
    let runs = load(
        move || live.get(),
        |_| api::sync_runs::list(RunFilter::default(), None),
    );
    let more = link_button(
        ButtonKind::Quiet,
        true,
        None,
        t!("Connections"),
        routes::CONNECTIONS.to_owned(),
        "",
    );
    panel(
        t!("Latest syncs"),
        Some(more),
        loaded(runs, |page: Page<SyncRun>, site| run_rows(page, &site)),
    )
}

fn run_rows(page: Page<SyncRun>, site: &SiteTime) -> AnyView {
    if page.rows.is_empty() {
        return empty(
            Icon::Refresh,
            t!("Nothing synchronised yet"),
            t!("Open a connection and press Sync now."),
            None,
        );
    }
    let columns = [
        text(t!("What")),
        text(t!("State")),
        figures(t!("Rows")),
        text(t!("When")),
    ];
    let rows = page
        .rows
        .iter()
        .take(6)
        .map(|run| {
            let cells = vec![
                link(routes::sync_run(run.id), tr(run.entity.label())),
                run_state(run.state),
                plain(count(run.counts.rows)),
                plain(site.short(run.requested_at)),
            ];
            Row::new("run-row", run.id.to_string(), cells)
        })
        .collect();
    table(t!("Latest syncs"), &columns, rows)
}

fn waiting() -> AnyView {
    let topics = vec![Topic::Mappings, Topic::Tasks, Topic::Exceptions];
    let live = use_live(Signal::stored(topics));
    let counts = load(
        move || live.get(),
        |_| async move {
            let exceptions = api::exceptions::count().await?.open;
            let mappings = api::mappings::count().await?;
            Ok((exceptions, mappings, api::tasks::nobodys().await?))
        },
    );
    let body = loaded(counts, |(exceptions, mappings, free): Waiting, _| {
        let nobodys = format!("{}?holder=nobody", routes::TASKS);
        view! {
            <div class="flex flex-col divide-y divide-base-300">
                {waits(count(exceptions), t!("exceptions"), routes::EXCEPTIONS.to_owned(), "waiting-exceptions")}
                {waits(count(free), t!("tasks not given to anybody"), nobodys, "waiting-tasks")}
                {waits(count(mappings), t!("upstream names to map"), routes::MAPPINGS.to_owned(), "waiting-mappings")}
            </div>
        }
        .into_any()
    });
    panel(t!("Waiting for you"), None, body)
}

/// Exceptions, names, tasks of nobody.
type Waiting = (i64, i64, i64);

fn waits(number: String, what: &'static str, href: String, testid: &'static str) -> AnyView {
    view! {
        <a href=href class="flex items-center gap-4 px-4 py-3 hover:bg-base-200/60" data-testid=testid>
            <span class="w-14 text-right text-xl font-semibold tabular-nums">{number}</span>
            <span class="text-sm">{what}</span>
        </a>
    }
    .into_any()
}
