//! The frame around every office page: navigation, site, person.

use crate::admin::exceptions;
use crate::api;
use crate::live::{LinkState, use_link};
use crate::routes::{self, NAV, NavEntry};
use crate::session::{CallerView, use_session, viewer};
use crate::ui::act::use_act;
use crate::ui::badge::{Tone, badge};
use crate::ui::button::{Button, ButtonKind};
use crate::ui::focus::focus;
use crate::ui::icon::{Icon, icon};
use crate::ui::keys::page_keys;
use crate::ui::theme::theme_switch;
use crate::ui::toast::toast_area;
use crate::words::{picker, tr};
use domain::permission::{Permission, Role};
use leptos::prelude::*;
use leptos_router::components::{A, Outlet};
use leptos_router::hooks::use_location;

/// What opens the menu where it is folded, and what stands first in it.
const BUTTON: &str = "menu-button";
const HEAD: &str = "menu-head";

/// Shows the page to those whose role has an office; sends others where they belong.
#[component]
pub fn Shell() -> impl IntoView {
    if let Some(away) = routes::sent_away(Permission::ReadDocuments) {
        return away;
    }
    let Some(viewer) = viewer() else {
        return ().into_any();
    };
    let menu = use_menu();
    view! {
        <div
            class="grid h-screen grid-cols-[minmax(0,1fr)] lg:grid-cols-[13.5rem_minmax(0,1fr)]"
            on:keydown=move |event| {
                if event.key() == "Escape" && menu.get_untracked() {
                    fold(menu);
                }
            }
        >
            {side(&viewer, menu)}
            {shade(menu)}
            <div class="flex min-w-0 flex-col overflow-hidden">
                {top(&viewer, menu)}
                <main class="min-h-0 flex-1 overflow-y-auto bg-base-200" id="main" tabindex="0">
                    <div class="mx-auto flex max-w-[90rem] flex-col gap-4 px-6 py-5">
                        <Outlet />
                    </div>
                </main>
            </div>
            {toast_area()}
        </div>
    }
    .into_any()
}

/// Whether the menu is open where it is folded; a page that was gone to closes it.
fn use_menu() -> RwSignal<bool> {
    let menu = RwSignal::new(false);
    let place = use_location().pathname;
    Effect::new(move || {
        place.track();
        menu.set(false);
    });
    menu
}

/// Opens the menu; the keyboard goes on in it once it is drawn.
fn unfold(menu: RwSignal<bool>) {
    menu.set(true);
    request_animation_frame(|| focus(HEAD));
}

/// Closes the menu; the keyboard goes on where it was opened.
fn fold(menu: RwSignal<bool>) {
    menu.set(false);
    focus(BUTTON);
}

/// The menu: beside the page, and over it in windows that are too narrow for both.
fn side(viewer: &CallerView, menu: RwSignal<bool>) -> AnyView {
    let groups = NAV
        .iter()
        .filter_map(|(title, entries)| group(title, entries, viewer))
        .collect::<Vec<_>>();
    let class = move || {
        let base = "flex-col overflow-hidden bg-side text-side-content lg:static lg:flex lg:w-auto";
        match menu.get() {
            true => format!("fixed inset-y-0 left-0 z-40 flex w-56 {base}"),
            false => format!("hidden {base}"),
        }
    };
    view! {
        <nav class=class id="menu" aria-label=t!("Main") on:click=move |_| menu.set(false)>
            <a href=routes::ADMIN class="flex h-14 shrink-0 items-center gap-2.5 px-4" id=HEAD data-testid="nav-head">
                <img src="/favicon.svg" alt="" class="size-7" />
                <span class="text-base font-semibold">"Crossdock"</span>
            </a>
            <div class="flex min-h-0 flex-1 flex-col gap-2 overflow-y-auto px-2 py-1" data-testid="nav-menu">{groups}</div>
            <div class="flex shrink-0 flex-col border-t border-side-line px-2 py-1" data-testid="nav-foot">
                {outside(routes::BOARD, Icon::Screen, t!("TV board"))}
                {outside(routes::STYLEGUIDE, Icon::Pencil, t!("Style guide"))}
            </div>
        </nav>
    }
    .into_any()
}

/// Beside the open menu; a touch of it closes the menu.
fn shade(menu: RwSignal<bool>) -> AnyView {
    let body = move || {
        menu.get().then(|| {
            view! { <div class="fixed inset-0 z-30 bg-black/40 lg:hidden" on:click=move |_| fold(menu)></div> }
        })
    };
    view! { {body} }.into_any()
}

/// Opens the menu where it is folded.
fn menu_button(menu: RwSignal<bool>) -> AnyView {
    view! {
        <button
            type="button"
            class="btn btn-sm btn-ghost btn-square lg:hidden"
            aria-label=t!("Menu")
            aria-controls="menu"
            aria-expanded=move || if menu.get() { "true" } else { "false" }
            id=BUTTON
            data-testid="menu"
            on:click=move |_| unfold(menu)
        >
            {icon(Icon::Menu, "size-5")}
        </button>
    }
    .into_any()
}

fn group(
    title: &'static str,
    entries: &'static [NavEntry],
    viewer: &CallerView,
) -> Option<AnyView> {
    let links = entries
        .iter()
        .filter(|entry| viewer.may(entry.permission))
        .map(nav_link)
        .collect::<Vec<_>>();
    (!links.is_empty()).then(|| {
        view! {
            <div class="flex shrink-0 flex-col">
                <span class="px-2.5 pb-0.5 text-xs text-side-muted">{tr(title)}</span>
                {links}
            </div>
        }
        .into_any()
    })
}

fn nav_link(entry: &'static NavEntry) -> AnyView {
    view! {
        <A href=entry.path exact=entry.path == routes::ADMIN attr:class="side-link" attr:data-testid=format!("nav-{}", entry.label.to_lowercase())>
            {icon(entry.icon, "size-4 shrink-0")}
            <span>{tr(entry.label)}</span>
            {(entry.path == routes::EXCEPTIONS).then(exceptions::waiting)}
        </A>
    }
    .into_any()
}

fn outside(href: &'static str, drawing: Icon, label: &'static str) -> AnyView {
    view! {
        <A href=href attr:class="side-link">
            {icon(drawing, "size-4 shrink-0")}
            <span>{label}</span>
        </A>
    }
    .into_any()
}

fn top(viewer: &CallerView, menu: RwSignal<bool>) -> AnyView {
    let session = use_session();
    let site = move || {
        Suspend::new(async move {
            let text = session.read().await.map_or_else(
                |_| String::new(),
                |info| {
                    info.warehouses
                        .into_iter()
                        .map(|site| site.name)
                        .collect::<Vec<_>>()
                        .join(" · ")
                },
            );
            view! { <span class="truncate" data-testid="warehouse">{text}</span> }
        })
    };
    view! {
        <header class="flex h-14 shrink-0 items-center justify-between gap-4 border-b border-base-300 bg-base-100 px-6 max-sm:h-auto max-sm:flex-wrap max-sm:gap-2 max-sm:px-3 max-sm:py-2">
            <div class="flex min-w-0 items-center gap-2 text-sm font-medium">
                {menu_button(menu)}
                {icon(Icon::Building, "size-4 shrink-0 text-muted")}
                <Transition>{site}</Transition>
            </div>
            <div class="flex shrink-0 items-center gap-3 max-sm:shrink max-sm:flex-wrap max-sm:gap-2">
                {link_state()}
                {page_keys()}
                {picker("select select-sm w-28")}
                {theme_switch()}
                <a class="flex items-center gap-2 text-sm hover:underline" href=routes::PASSWORD title=t!("Change your password") data-testid="own-account">
                    {icon(Icon::Person, "size-4 text-muted")}
                    <span class="whitespace-nowrap max-md:hidden" data-testid="viewer">{viewer.name.clone()}</span>
                    {badge(Tone::Neutral, role_name(viewer.role))}
                </a>
                {sign_out()}
            </div>
        </header>
    }
    .into_any()
}

/// Whether what the page shows follows what happens.
fn link_state() -> AnyView {
    let link = use_link();
    let shown = move || match link.get() {
        LinkState::Connecting => ().into_any(),
        LinkState::Live => badge(Tone::Good, t!("Live")),
        LinkState::Stale { .. } => badge(Tone::Warning, t!("No live link: figures may be old")),
    };
    view! { <span data-testid="link-state">{shown}</span> }.into_any()
}

fn sign_out() -> AnyView {
    let act = use_act();
    let leave = move |()| {
        act.run(api::session::sign_out(), "", |()| {
            let _ = window().location().set_href(routes::LOGIN);
        });
    };
    view! {
        <Button
            label=t!("Sign out")
            kind=ButtonKind::Quiet
            before=Icon::Exit
            pending=act.pending()
            on_press=leave
            testid="sign-out"
        />
    }
    .into_any()
}

/// A role as people read it.
pub(crate) fn role_name(role: Role) -> &'static str {
    match role {
        Role::Admin => t!("Admin"),
        Role::Lead => t!("Lead"),
        Role::Worker => t!("Worker"),
        Role::Viewer => t!("Viewer"),
    }
}
