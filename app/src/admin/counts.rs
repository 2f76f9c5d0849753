//! Blind counts: what was asked for, what people found, and by how much it differs.

use crate::api;
use crate::live::use_live;
use crate::load::load;
use crate::site_time::SiteTime;
use crate::ui::act::{Act, use_act};
use crate::ui::badge::{Tone, badge};
use crate::ui::button::{Button, ButtonKind};
use crate::ui::empty::empty;
use crate::ui::field::TextField;
use crate::ui::filter;
use crate::ui::header::page_header;
use crate::ui::icon::Icon;
use crate::ui::load::loaded;
use crate::ui::number::quantity;
use crate::ui::panel::{frame, panel};
use crate::ui::table::{Row, code, figures, fixed, maybe, plain, table, text, two_lines};
use crate::ui::url_state::{UrlState, use_url_state};
use domain::WarehouseId;
use domain::counting::{CountRow, CountState, SiteCounts, Tolerance};
use domain::live::Topic;
use leptos::prelude::*;
use rust_decimal::Decimal;

/// The counts page.
#[component]
pub fn List() -> impl IntoView {
    let url = use_url_state();
    let version = RwSignal::new(0_u32);
    let live = use_live(Signal::stored(vec![Topic::Tasks]));
    let found = load(
        move || {
            let site = url.parsed::<WarehouseId>("warehouse");
            (site, version.get(), live.get())
        },
        |(site, ..)| api::counts::list(site),
    );
    let act = use_act();
    // Said over the reading anew that it causes.
    let said = RwSignal::new(None::<u64>);
    let change = Change { act, version, said };
    view! {
        {page_header(t!("Counts"), t!("People count without seeing what should be there. What differs by too much is counted again by somebody else, whose figure decides."), None)}
        {loaded(found, move |found: SiteCounts, site| show(found, &site, url, change))}
    }
}

/// What a change of the page needs.
#[derive(Clone, Copy)]
struct Change {
    act: Act,
    version: RwSignal<u32>,
    /// Counts that were asked for last.
    said: RwSignal<Option<u64>>,
}

fn show(found: SiteCounts, times: &SiteTime, url: UrlState, change: Change) -> AnyView {
    let Change { act, version, .. } = change;
    let options: Vec<_> = found
        .sites
        .iter()
        .map(|site| (site.id.to_string(), site.name.clone()))
        .collect();
    let choose = (options.len() > 1).then(|| {
        filter::bar(vec![filter::select(
            url,
            "warehouse",
            t!("Warehouse"),
            options,
        )])
    });
    let forms = found.site.map(|site| {
        let limits = found
            .tolerance
            .map(|tolerance| limits(site, tolerance, act, version));
        let after = after_shortages(site, found.after_shortages, act, version);
        view! {
            <div class="grid items-start gap-4 xl:grid-cols-3">
                {panel(t!("Ask for a count"), None, ask(site, change))}
                {limits.map(|limits| panel(t!("Tolerance"), None, limits))}
                {panel(t!("What is not found is counted"), None, after)}
            </div>
        }
    });
    view! {
        <div class="flex flex-col gap-4">
            {choose}
            {forms}
            {frame(rows(found.rows, times))}
        </div>
    }
    .into_any()
}

fn ask(site: WarehouseId, change: Change) -> AnyView {
    let Change { act, version, said } = change;
    let of = RwSignal::new(String::new());
    let nothing = Signal::derive(move || of.with(|of| of.trim().is_empty()));
    let send = move |()| {
        let Some(of) = of.try_get_untracked() else {
            return;
        };
        let call = api::counts::request(site, of);
        act.run(call, "", move |made| {
            said.set(Some(made));
            version.update(|version| *version += 1);
        });
    };
    let words = move || match said.get() {
        None => String::new(),
        Some(0) => t!(
            "Nothing to ask for: no goods are on record there, or they are to be counted already."
        )
        .to_owned(),
        Some(made) => tn!(
            "{made} count is asked for.",
            "{made} counts are asked for.",
            made
        ),
    };
    view! {
        <div class="flex flex-col gap-3 px-4 py-4">
            <TextField label=t!("Location or item") value=of hint=t!("A location's code, or an item's code or barcode.") testid="count-of" />
            <p class="text-sm" role="status" data-testid="count-said">{words}</p>
            <div class="flex justify-end">
                <Button label=t!("Count it") kind=ButtonKind::Primary disabled=nothing pending=act.pending() on_press=send testid="count-ask" />
            </div>
        </div>
    }
    .into_any()
}

fn limits(site: WarehouseId, now: Tolerance, act: Act, version: RwSignal<u32>) -> AnyView {
    let percent = RwSignal::new(now.percent.to_string());
    let units = RwSignal::new(now.units.to_string());
    let entered = move || {
        let read = |text: RwSignal<String>| {
            text.with(|text| text.trim().replace(',', ".").parse::<Decimal>().ok())
        };
        Some(Tolerance {
            percent: read(percent)?,
            units: read(units)?,
        })
    };
    let unfit = Signal::derive(move || entered().is_none_or(|entered| entered.check().is_err()));
    let save = move |()| {
        if let Some(tolerance) = untrack(entered) {
            let call = api::counts::set_tolerance(site, tolerance);
            act.run(call, t!("Saved."), move |()| {
                version.update(|version| *version += 1);
            });
        }
    };
    view! {
        <div class="flex flex-col gap-3 px-4 py-4">
            <TextField label=t!("Percent of what is on record") value=percent testid="tolerance-percent" />
            <TextField label=t!("Or units, whichever is more") value=units testid="tolerance-units" />
            <div class="flex justify-end">
                <Button label=t!("Save") kind=ButtonKind::Primary disabled=unfit pending=act.pending() on_press=save testid="tolerance-save" />
            </div>
        </div>
    }
    .into_any()
}

fn after_shortages(
    site: WarehouseId,
    by_itself: bool,
    act: Act,
    version: RwSignal<u32>,
) -> AnyView {
    let (state, label) = match by_itself {
        true => (t!("By itself"), t!("Leave it to leads")),
        false => (t!("By a lead's word"), t!("Let it happen by itself")),
    };
    let set = move |()| {
        let call = api::counts::set_after_shortages(site, !by_itself);
        act.run(call, t!("Saved."), move |()| {
            version.update(|version| *version += 1);
        });
    };
    view! {
        <div class="flex flex-col gap-3 px-4 py-4">
            <p class="text-sm text-muted">
                {t!("When goods are reported not in stock or not found on a location where they are on record, somebody is asked to count them there.")}
            </p>
            <div class="flex items-center gap-3">
                <span class="min-w-0 flex-1 text-sm font-medium" data-testid="after-shortages">{state}</span>
                <Button label small=true pending=act.pending() on_press=set testid="after-shortages-change" />
            </div>
        </div>
    }
    .into_any()
}

fn rows(rows: Vec<CountRow>, times: &SiteTime) -> AnyView {
    if rows.is_empty() {
        let hint = t!("Ask for one above: of a location, or of an item wherever it lies.");
        return empty(Icon::Clipboard, t!("No counts yet"), hint, None);
    }
    let columns = [
        fixed(t!("Location")),
        text(t!("Item")),
        text(t!("State")),
        figures(t!("On record")),
        figures(t!("Found")),
        figures(t!("Difference")),
        text(t!("Counted by")),
        fixed(t!("Asked for")),
    ];
    let rows = rows.into_iter().map(|row| line(row, times)).collect();
    table(t!("Counts"), &columns, rows)
}

fn line(row: CountRow, times: &SiteTime) -> Row {
    let amount = |figure: Option<Decimal>| maybe(figure.map(quantity));
    let state = match (row.state, row.difference()) {
        (CountState::Open, _) => badge(Tone::Neutral, t!("To be counted")),
        (CountState::Again, _) => badge(Tone::Warning, t!("Somebody else counts again")),
        (CountState::Settled, Some(found)) if !found.is_zero() => {
            badge(Tone::Warning, t!("Differs"))
        }
        (CountState::Settled, _) => badge(Tone::Good, t!("As on record")),
    };
    let found = match row.second {
        Some(second) => {
            let first = row.first.map(quantity).unwrap_or_default();
            two_lines(plain(quantity(second)), t!("first {first}", first))
        }
        None => amount(row.first),
    };
    let state = match notes(&row) {
        notes if notes.is_empty() => state,
        notes => view! {
            <div>
                {state}
                <p class="max-w-64 pt-1 text-xs text-muted" data-testid="count-notes">{notes}</p>
            </div>
        }
        .into_any(),
    };
    let people: Vec<String> = row.first_by.iter().chain(&row.second_by).cloned().collect();
    let asked = plain(format!(
        "{} · {}",
        times.date_time(row.requested_at),
        row.requested_by
    ));
    let asked = match &row.cause {
        None => asked,
        Some(cause) => {
            let reason = crate::words::tr(cause.reason.label());
            let document = &cause.number;
            two_lines(
                asked,
                t!("Missing for {document}: {reason}", document, reason),
            )
        }
    };
    let cells = vec![
        code(row.location.as_str()),
        two_lines(code(row.item_code.as_str()), row.item_name.as_str()),
        state,
        amount(row.on_record),
        found,
        amount(row.difference()),
        plain(people.join(", ")),
        asked,
    ];
    Row::new("count-row", row.id.to_string(), cells)
}

/// What a lead has to know to judge the difference.
fn notes(row: &CountRow) -> String {
    let mut notes = Vec::new();
    let said = |amount: Decimal| (!amount.is_zero()).then(|| quantity(amount));
    if let Some(quantity) = said(row.left_meanwhile) {
        notes.push(t!("{quantity} left while it was counted.", quantity));
    }
    if let Some(quantity) = said(row.came_meanwhile) {
        notes.push(t!("{quantity} came while it was counted.", quantity));
    }
    if let Some(quantity) = said(row.open_picks) {
        notes.push(t!(
            "Picks of {quantity} from here were under way.",
            quantity
        ));
    }
    if row.reckoned_at.is_some() {
        let text = t!("Compared again: what was done before it came in after it was settled.");
        notes.push(text.to_owned());
    }
    notes.join(" ")
}
