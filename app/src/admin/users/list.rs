//! All logins of the company.

use super::create::CreateDialog;
use crate::admin::shell::role_name;
use crate::api;
use crate::load::load;
use crate::session::{viewer, viewer_may};
use crate::ui::act::{Act, use_act};
use crate::ui::badge::{Tone, badge};
use crate::ui::button::{Button, ButtonKind};
use crate::ui::header::page_header;
use crate::ui::icon::Icon;
use crate::ui::load::loaded;
use crate::ui::panel::frame;
use crate::ui::table::{Row, actions, code, figures, maybe, plain, table, text};
use domain::UserId;
use domain::permission::{Permission, Role};
use domain::user::UserSummary;
use leptos::prelude::*;

/// The users page.
#[component]
pub fn List() -> impl IntoView {
    let version = RwSignal::new(0_u32);
    let rows = load(move || version.get(), |_| api::users::list());
    let (act, creating) = (use_act(), RwSignal::new(false));
    let create = viewer_may(Permission::ManageUsers).then(|| {
        view! {
            <Button
                label="New user"
                kind=ButtonKind::Primary
                before=Icon::Plus
                on_press=move |()| creating.set(true)
                testid="user-new"
            />
        }
        .into_any()
    });
    view! {
        {page_header("Users", "Who can sign in, and what each may do.", create)}
        {frame(loaded(rows, move |rows: Vec<UserSummary>, _| show(rows, act, version)))}
        <CreateDialog open=creating version />
    }
}

fn show(rows: Vec<UserSummary>, act: Act, version: RwSignal<u32>) -> AnyView {
    let columns = [
        text("Name"),
        text("Login"),
        text("Role"),
        text("Team"),
        figures("Open tasks"),
        actions(),
    ];
    let own = viewer().map(|viewer| viewer.user_id);
    let rows = rows
        .into_iter()
        .map(|row| line(row, own, act, version))
        .collect();
    table("Users", &columns, rows)
}

fn line(row: UserSummary, own: Option<UserId>, act: Act, version: RwSignal<u32>) -> Row {
    let tone = if row.role == Role::Admin {
        Tone::Info
    } else {
        Tone::Neutral
    };
    let cells = vec![
        plain(row.name),
        code(row.login.as_str()),
        badge(tone, role_name(row.role)),
        maybe(row.team_name),
        plain(row.open_tasks.to_string()),
        disable_button(row.id, own, act, version),
    ];
    Row::new("user-row", row.login, cells)
}

fn disable_button(id: UserId, own: Option<UserId>, act: Act, version: RwSignal<u32>) -> AnyView {
    if own == Some(id) || !viewer_may(Permission::ManageUsers) {
        return ().into_any();
    }
    // The first press asks, the second does it.
    let asked = RwSignal::new(false);
    let disable = move |()| {
        act.run(
            api::users::disable(id),
            "Disabled. Open sessions have ended.",
            move |()| {
                let _ = version.try_update(|version| *version += 1);
            },
        );
    };
    let button = move || {
        if asked.get() {
            view! {
                <Button label="Disable for good" kind=ButtonKind::Danger small=true pending=act.pending() on_press=disable testid="user-disable-confirm" />
            }
            .into_any()
        } else {
            view! { <Button label="Disable" kind=ButtonKind::Quiet small=true on_press=move |()| asked.set(true) testid="user-disable" /> }
                .into_any()
        }
    };
    view! { <span>{button}</span> }.into_any()
}
