//! The screens of the sites.

use super::form::{Form, ScreenDialog, use_screen_form};
use crate::api;
use crate::api::screens::ScreenList;
use crate::live::use_live;
use crate::load::{load, use_minutes};
use crate::routes;
use crate::site_time::SiteTime;
use crate::ui::act::{Act, use_act};
use crate::ui::badge::{Tone, badge};
use crate::ui::button::{Button, ButtonKind};
use crate::ui::confirm::{Confirm, use_confirm};
use crate::ui::empty::empty;
use crate::ui::header::page_header;
use crate::ui::icon::Icon;
use crate::ui::load::loaded;
use crate::ui::panel::frame;
use crate::ui::table::{Row, actions, fixed, plain, table, text};
use crate::words::tr;
use chrono::{DateTime, Utc};
use domain::live::Topic;
use domain::screen::Screen;
use leptos::prelude::*;

/// The boards page.
#[component]
pub fn List() -> impl IntoView {
    let version = RwSignal::new(0_u32);
    let live = use_live(Signal::stored(vec![Topic::Screens]));
    let minutes = use_minutes();
    let screens = load(
        move || (version.get(), live.get(), minutes.get()),
        |_| api::screens::list(),
    );
    let (act, confirm) = (use_act(), use_confirm());
    let form = use_screen_form(version);
    let pair = move |()| form.open_new();
    let tools = view! {
        <Button label=t!("Pair a screen") kind=ButtonKind::Primary before=Icon::Plus on_press=pair testid="pair-screen" />
    };
    let text = t!(
        "TV screens and what they show. Open {path} on the TV: it shows a code to enter here.",
        path = routes::BOARD
    );
    view! {
        {page_header(t!("Boards"), &text, Some(tools.into_any()))}
        {frame(loaded(screens, move |list: ScreenList, times| show(list, &times, act, confirm, form, version)))}
        <ScreenDialog form />
        {confirm.dialog()}
    }
}

fn show(
    list: ScreenList,
    times: &SiteTime,
    act: Act,
    confirm: Confirm,
    form: Form,
    version: RwSignal<u32>,
) -> AnyView {
    let ScreenList { screens, at } = list;
    if screens.is_empty() {
        return empty(
            Icon::Screen,
            t!("No screen is paired"),
            t!("Open /board on a TV and enter the code it shows here."),
            None,
        );
    }
    let columns = [
        text(t!("Screen")),
        text(t!("Warehouse")),
        text(t!("Shows")),
        fixed(t!("Each")),
        fixed(t!("Names")),
        fixed(t!("Paired")),
        text(t!("By")),
        fixed(t!("Last seen")),
        text(t!("State")),
        actions(),
    ];
    let rows = screens
        .into_iter()
        .map(|screen| line(screen, at, times, act, confirm, form, version))
        .collect();
    table(t!("Boards"), &columns, rows)
}

fn line(
    screen: Screen,
    at: DateTime<Utc>,
    times: &SiteTime,
    act: Act,
    confirm: Confirm,
    form: Form,
    version: RwSignal<u32>,
) -> Row {
    let plan = &screen.plan;
    let boards: Vec<&str> = plan.boards.iter().map(|board| tr(board.label())).collect();
    let state = if screen.revoked_at.is_some() {
        badge(Tone::Neutral, t!("Revoked"))
    } else if screen.is_silent(at) {
        badge(Tone::Warning, t!("Not seen for minutes"))
    } else {
        badge(Tone::Good, t!("Paired"))
    };
    let seen = screen.last_seen_at.map(|at| times.short(at));
    let revoked = screen.revoked_at.is_some();
    let key = plan.name.clone();
    let cells = vec![
        plain(plan.name.as_str()),
        plain(screen.warehouse.as_str()),
        plain(boards.join(", ")),
        plain(t!("{seconds} s", seconds = plan.rotate_seconds)),
        plain(tr(plan.names.label())),
        plain(times.short(screen.paired_at)),
        plain(screen.paired_by.as_str()),
        plain(seen.unwrap_or_default()),
        state,
        tools(screen, act, confirm, form, version),
    ];
    Row::new("screen-row", key, cells).muted(revoked)
}

fn tools(
    screen: Screen,
    act: Act,
    confirm: Confirm,
    form: Form,
    version: RwSignal<u32>,
) -> AnyView {
    if screen.revoked_at.is_some() {
        return ().into_any();
    }
    let (id, name) = (screen.id, screen.plan.name.clone());
    let edit = move |()| form.open_change(id, &screen.plan);
    let revoke = move |()| {
        confirm.warn(
            t!("Revoke {name}?", name),
            t!("It shows nothing from then on, and has to be paired again."),
            t!("Revoke"),
            move || {
                act.run(api::screens::revoke(id), t!("Revoked."), move |()| {
                    version.update(|version| *version += 1);
                });
            },
        );
    };
    view! {
        <span class="flex justify-end gap-2">
            <Button label=t!("Change") small=true on_press=edit testid="screen-change" />
            <Button label=t!("Revoke") small=true kind=ButtonKind::Danger on_press=revoke testid="screen-revoke" />
        </span>
    }
    .into_any()
}
