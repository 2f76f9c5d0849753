//! "Will we finish?": each team against its pace and the end of its shift.

use super::list::brief;
use crate::routes;
use crate::site_time::{SiteTime, duration_of_minutes};
use crate::ui::badge::{Tone, badge};
use crate::ui::number::count;
use crate::ui::panel::panel as framed;
use crate::ui::table::{link, maybe, plain};
use domain::forecast::{DocumentOutlook, Forecast, MOST_DOCUMENTS, Outlook, Verdict, without_team};
use leptos::prelude::*;

/// Late documents named beside the teams; the list below has them all.
const NAMED: usize = 5;

/// The panel.
pub(super) fn panel(forecast: &Forecast, site: &SiteTime) -> AnyView {
    let late: Vec<&DocumentOutlook> = forecast.documents.iter().filter(|row| row.late).collect();
    let rows = forecast
        .sites()
        .flat_map(|place| {
            let mut rows: Vec<AnyView> = place.iter().map(|outlook| row(outlook, site)).collect();
            rows.extend(rest(place));
            rows
        })
        .collect::<Vec<_>>();
    let body = view! {
        <div class="grid xl:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
            {teams(rows)}
            <div class="flex flex-col gap-1 border-t border-base-300 px-4 py-2 xl:border-t-0 xl:border-l" data-testid="late-documents">
                <h3 class="text-xs font-medium text-muted">{title(late.len())}</h3>
                {late.into_iter().take(NAMED).map(|row| document(row, site)).collect::<Vec<_>>()}
            </div>
        </div>
    };
    framed(t!("Will we finish?"), None, body.into_any())
}

/// Rows without a key: j and k walk the tasks, not these.
fn teams(rows: Vec<AnyView>) -> AnyView {
    let figures = "text-right tabular-nums whitespace-nowrap";
    view! {
        <div class="max-h-80 overflow-auto" tabindex="0">
            <table class="table table-sm" aria-label=t!("Forecast")>
                <thead>
                    <tr class="text-xs font-medium text-muted">
                        <th scope="col">{t!("Team")}</th>
                        <th scope="col" class=figures>{t!("Lines left")}</th>
                        <th scope="col" class=figures>{t!("Lines an hour")}</th>
                        <th scope="col" class=figures>{t!("Time left")}</th>
                        <th scope="col">{t!("Done at")}</th>
                        <th scope="col">{t!("In time")}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn title(late: usize) -> String {
    match late {
        0 => t!("No document will be late.").to_owned(),
        more if more >= MOST_DOCUMENTS => tn!(
            "At least {count} document will be late, the first of them",
            "At least {count} documents will be late, the first of them",
            count = more
        ),
        more if more > NAMED => tn!(
            "{count} document will be late, the first of them",
            "{count} documents will be late, the first of them",
            count = more
        ),
        count => tn!(
            "{count} document will be late",
            "{count} documents will be late",
            count
        ),
    }
}

fn row(outlook: &Outlook, site: &SiteTime) -> AnyView {
    let name = match outlook.team_id {
        Some(_) => plain(outlook.name.clone()),
        None => view! { <span class="font-semibold">{outlook.name.clone()}</span> }.into_any(),
    };
    let pace = outlook.pace.per_hour().map(|lines| lines.to_string());
    let left = outlook.ends_at.map(|at| {
        t!(
            "{left} until {at}",
            left = duration_of_minutes(outlook.minutes_left),
            at = site.time(at)
        )
    });
    let done = outlook.eta_at.filter(|_| outlook.remaining > 0);
    view! {
        <tr data-testid="forecast-row">
            <td>{name}</td>
            <td class="text-right tabular-nums">{count(outlook.remaining)}</td>
            <td class="text-right tabular-nums">{maybe(pace)}</td>
            <td class="text-right whitespace-nowrap tabular-nums">{maybe(left)}</td>
            <td class="whitespace-nowrap">{maybe(done.map(|at| brief(at, site)))}</td>
            <td class="whitespace-nowrap">{verdict(outlook.verdict)}</td>
        </tr>
    }
    .into_any()
}

/// The lines of one site that no team has, where there are teams.
fn rest(place: &[Outlook]) -> Option<AnyView> {
    let left = without_team(place);
    if place.len() < 2 || left == 0 {
        return None;
    }
    let row = view! {
        <tr class="text-muted" data-testid="forecast-rest">
            <td>{t!("No team")}</td>
            <td class="text-right tabular-nums">{count(left)}</td>
            <td colspan="4"></td>
        </tr>
    };
    Some(row.into_any())
}

fn verdict(verdict: Verdict) -> AnyView {
    match verdict {
        Verdict::Nothing => badge(Tone::Good, t!("All done")),
        Verdict::InTime(spare) => badge(
            Tone::Good,
            t!("Yes, {spare} to spare", spare = duration_of_minutes(spare)),
        ),
        Verdict::Late(over) => badge(
            Tone::Bad,
            t!("No, {over} too much", over = duration_of_minutes(over)),
        ),
        Verdict::NoPace => badge(Tone::Neutral, t!("No pace yet")),
        Verdict::TeamWithoutPace => badge(Tone::Neutral, t!("A team has no pace yet")),
    }
}

fn document(row: &DocumentOutlook, site: &SiteTime) -> AnyView {
    let at = |at: Option<chrono::DateTime<chrono::Utc>>| at.map(|at| brief(at, site));
    let words = match (at(row.eta_at), at(row.wanted_at)) {
        (Some(eta), Some(wanted)) => t!("{eta}, wanted {wanted}", eta, wanted),
        (None, Some(wanted)) => t!("wanted {wanted}", wanted),
        _ => String::new(),
    };
    let holder = row
        .holder
        .clone()
        .unwrap_or_else(|| t!("nobody").to_owned());
    view! {
        <div class="flex flex-wrap items-baseline justify-between gap-x-3 text-sm" data-testid="late-document">
            <span class="max-w-full truncate">
                {link(routes::document(row.kind, row.document_id), row.number.as_str())}
                <span class="text-muted">{format!(" · {holder}")}</span>
            </span>
            <span class="shrink-0 text-xs text-muted tabular-nums">{words}</span>
        </div>
    }
    .into_any()
}
