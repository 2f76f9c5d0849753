//! Waves: what is held back, what was released and is not done, and the questions about them.

use super::desk::{Desk, counted};
use super::list::brief;
use super::sites::Sites;
use crate::api;
use crate::api::waves::Releases;
use crate::load::load;
use crate::site_time::SiteTime;
use crate::ui::badge::{Tone, badge};
use crate::ui::button::{Button, ButtonKind};
use crate::ui::field::{SelectField, TextField};
use crate::ui::icon::Icon;
use crate::ui::load::loaded;
use crate::ui::panel::panel as framed;
use crate::ui::progress::progress;
use crate::ui::url_state::UrlState;
use domain::company::Warehouse;
use domain::cut_off::CutOff;
use domain::wave::{Wave, WaveState};
use domain::{CutOffId, WaveId};
use leptos::prelude::*;

/// The panel; nothing where nobody plans with waves or cut-offs.
pub(super) fn panel(releases: &Releases, site: &SiteTime, url: UrlState, desk: Desk) -> AnyView {
    let Releases {
        waves, cut_offs, ..
    } = releases;
    if waves.is_empty() && cut_offs.is_empty() {
        return ().into_any();
    }
    let tools = (!cut_offs.is_empty()).then(|| {
        view! { <Button label=t!("Wave of a cut-off…") small=true before=Icon::Plus on_press=move |()| desk.ask_cut_off() testid="wave-of-cut-off" /> }
            .into_any()
    });
    let body = if waves.is_empty() {
        let text = t!("No tasks are held back. Choose some and press Wave… to hold them back.");
        view! { <p class="px-4 py-3 text-sm text-muted">{text}</p> }.into_any()
    } else {
        let sites = sites_of(releases);
        let rows = waves
            .iter()
            .map(|wave| row(wave, &sites, site, url, desk))
            .collect::<Vec<_>>();
        view! { <ul class="flex max-h-72 flex-col divide-y divide-base-300 overflow-y-auto" tabindex="0">{rows}</ul> }
            .into_any()
    };
    framed(t!("Waves"), tools, body)
}

/// The sites, where waves of several are listed.
fn sites_of(releases: &Releases) -> Sites {
    let rows = releases.waves.iter().map(|wave| wave.warehouse_id);
    Sites::of(&releases.sites, rows)
}

fn row(wave: &Wave, sites: &Sites, site: &SiteTime, url: UrlState, desk: Desk) -> AnyView {
    let id = wave.id;
    let due = wave
        .due_at
        .map(|at| t!("due {at}", at = brief(at, site)))
        .unwrap_or_default();
    let key = wave.number.to_string();
    view! {
        <li class="flex items-center gap-3 px-4 py-2 text-sm" data-testid="wave-row" data-key=key>
            <button
                type="button"
                class="min-w-0 flex-1 truncate text-left font-medium hover:underline"
                title=t!("Show only these tasks")
                data-testid="wave-show"
                on:click=move |_| url.replace(&only(id))
            >
                {title(wave, sites)}
            </button>
            <span class="text-xs text-muted tabular-nums">{due}</span>
            <span class="w-20 text-xs text-muted tabular-nums">{counted(wave.tasks)}</span>
            {state(wave)}
            {next(wave, desk)}
        </li>
    }
    .into_any()
}

/// All tasks of a wave, however they stand; other filters would hide some of them.
fn only(wave: WaveId) -> String {
    format!("view=all&wave={wave}")
}

/// Its number, and what it is for.
fn title(wave: &Wave, sites: &Sites) -> String {
    let number = t!("Wave {number}", number = wave.number);
    let text = match wave.name.as_str() {
        "" => number,
        name => format!("{number} · {name}"),
    };
    sites.name(text, wave.warehouse_id)
}

fn state(wave: &Wave) -> AnyView {
    match wave.state {
        WaveState::Planned => badge(Tone::Warning, t!("Not released")),
        WaveState::Released | WaveState::Closed => progress(wave.tasks - wave.open, wave.tasks),
    }
}

/// What can be done with it.
fn next(wave: &Wave, desk: Desk) -> AnyView {
    let (id, number, tasks) = (wave.id, wave.number, wave.held.len());
    match (wave.state, tasks) {
        (WaveState::Planned, 0) => view! { <Button label=t!("Close") small=true pending=desk.act.pending() on_press=move |()| desk.close_wave(id) testid="wave-close" /> }.into_any(),
        (WaveState::Planned, _) => view! { <Button label=t!("Release") small=true before=Icon::Right pending=desk.act.pending() on_press=move |()| desk.ask_release(id, number, tasks) testid="wave-release" /> }.into_any(),
        _ => ().into_any(),
    }
}

/// Which wave the chosen tasks go into, or out of.
pub(super) fn choices(desk: Desk) -> AnyView {
    let found = load(|| (), |()| api::waves::list());
    loaded(found, move |releases: Releases, _| {
        let sites = sites_of(&releases);
        let planned = releases.waves.into_iter();
        let planned = planned.filter(|wave| wave.state == WaveState::Planned);
        let known = planned
            .map(|wave| {
                let (id, label) = (wave.id, title(&wave, &sites));
                view! { <Button label before=Icon::Right pending=desk.act.pending() on_press=move |()| desk.add_to_wave(id) testid=format!("wave-{}", wave.number) /> }
                    .into_any()
            })
            .collect::<Vec<_>>();
        let name = RwSignal::new(String::new());
        view! {
            <div class="flex flex-wrap gap-2">{known}</div>
            <TextField label=t!("Name of a new wave") value=name hint=t!("May be left empty.") testid="wave-name" />
            <div class="flex justify-end gap-2">
                <Button label=t!("Take out of the wave") kind=ButtonKind::Quiet pending=desk.act.pending() on_press=move |()| desk.take_out_of_wave() testid="wave-take-out" />
                <Button label=t!("Make a wave") kind=ButtonKind::Primary pending=desk.act.pending() on_press=move |()| desk.make_wave(name.get_untracked(), None) testid="wave-make" />
            </div>
        }
        .into_any()
    })
}

/// Which cut-off's tasks become a wave.
pub(super) fn of_cut_off(desk: Desk) -> AnyView {
    let found = load(|| (), |()| api::waves::list());
    loaded(found, move |releases: Releases, _| {
        let first = releases.cut_offs.first().and_then(|one| one.id);
        let chosen = RwSignal::new(first.map(|id| id.to_string()).unwrap_or_default());
        let name = RwSignal::new(String::new());
        let options = options(&releases.cut_offs, &releases.sites);
        let make = move |()| {
            if let Ok(id) = chosen.get_untracked().parse::<CutOffId>() {
                desk.make_wave(name.get_untracked(), Some(id));
            }
        };
        view! {
            <SelectField label=t!("Cut-off") options value=chosen hint=t!("All that nobody began and that is due until its next time.") testid="wave-cut-off" />
            <TextField label=t!("Name of a new wave") value=name hint=t!("May be left empty.") testid="wave-name" />
            <div class="flex justify-end gap-2">
                <Button label=t!("Make a wave") kind=ButtonKind::Primary pending=desk.act.pending() on_press=make testid="wave-make" />
            </div>
        }
        .into_any()
    })
}

/// Cut-offs to choose from, each with its time, and with its site where they are of several.
pub(super) fn options(cut_offs: &[CutOff], sites: &[Warehouse]) -> Vec<(String, String)> {
    let sites = Sites::of(sites, cut_offs.iter().map(|one| one.warehouse_id));
    let option = |one: &CutOff| {
        let text = format!("{} {}", one.closes.format("%H:%M"), one.name);
        Some((one.id?.to_string(), sites.name(text, one.warehouse_id)))
    };
    cut_offs.iter().filter_map(option).collect()
}
