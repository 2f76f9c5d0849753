//! What `/board` is: a code to pair by, a paired screen, or a person's choice of sites.

use super::frame::{Boards, face};
use super::pairing::PairingCode;
use crate::load::load;
use crate::session::viewer;
use crate::ui::error::error_panel;
use crate::words::picker;
use crate::{AppError, api, routes};
use domain::company::Warehouse;
use domain::screen::{BoardKind, Colours, Screen};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::A;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How often a paired screen asks what it is to show; that also keeps it signed in.
const ASK: Duration = Duration::from_secs(10);

/// Who looks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Looking {
    Screen(Screen),
    Person(Vec<Warehouse>),
}

/// The page.
#[component]
pub fn Choose() -> impl IntoView {
    let body = match viewer() {
        None => view! { <PairingCode /> }.into_any(),
        Some(_) => view! { <Known /> }.into_any(),
    };
    view! {
        <Title text=t!("Boards") />
        {face(Colours::Dark, body)}
    }
}

#[component]
fn Known() -> impl IntoView {
    let looking = load(|| (), |()| look());
    view! {
        <Suspense fallback=|| view! { <div class="h-dvh" aria-busy="true"></div> }>
            {move || Suspend::new(async move {
                match looking.read().await {
                    Ok(Looking::Screen(screen)) => view! { <Paired screen /> }.into_any(),
                    Ok(Looking::Person(sites)) => choice(&sites),
                    Err(error) => view! { <Again /> {error_panel(&error)} }.into_any(),
                }
            })}
        </Suspense>
    }
}

/// Nobody touches a screen: it begins anew by itself.
#[component]
fn Again() -> impl IntoView {
    Effect::new(|_| {
        let anew = || {
            let _ = window().location().reload();
        };
        set_timeout(anew, ASK);
    });
}

async fn look() -> Result<Looking, AppError> {
    match api::screens::own().await? {
        Some(screen) => Ok(Looking::Screen(screen)),
        None => Ok(Looking::Person(api::boards::warehouses().await?)),
    }
}

/// A paired screen; begins anew when something else is decided for it.
#[component]
fn Paired(screen: Screen) -> impl IntoView {
    let plan = screen.plan;
    let known = StoredValue::new(plan.clone());
    Effect::new(move |_| {
        let ask = move || {
            leptos::task::spawn_local(async move {
                let answer = api::screens::own().await;
                let changed = match &answer {
                    Ok(Some(screen)) => known
                        .try_get_value()
                        .is_some_and(|plan| plan != screen.plan),
                    Ok(None) => true,
                    Err(error) => error.code == crate::ErrorCode::SignedOut,
                };
                if changed {
                    let _ = window().location().reload();
                }
            });
        };
        if let Ok(timer) = set_interval_with_handle(ask, ASK) {
            on_cleanup(move || timer.clear());
        }
    });
    let boards =
        view! { <Boards site=plan.warehouse_id boards=plan.boards seconds=plan.rotate_seconds /> };
    face(plan.colours, boards.into_any())
}

fn choice(sites: &[Warehouse]) -> AnyView {
    if let [only] = sites {
        return view! { <Boards site=only.id boards=vec![BoardKind::Shift] /> }.into_any();
    }
    let title = if sites.is_empty() {
        t!("No warehouse is set up for you yet")
    } else {
        t!("Which board?")
    };
    let links = sites
        .iter()
        .map(|site| {
            let name = site.name.clone();
            let href = format!("{}/{}", routes::BOARD, site.id);
            view! {
                <A
                    href
                    attr:class="btn btn-primary h-24 min-w-96 text-3xl"
                    attr:data-testid="board-choice"
                >
                    {name}
                </A>
            }
        })
        .collect_view();
    view! {
        <main class="flex h-dvh flex-col items-center justify-center gap-6 p-8">
            <h1 class="text-4xl font-bold">{title}</h1>
            {links}
            {picker("select h-14 w-64 bg-neutral-900 text-xl text-white")}
        </main>
    }
    .into_any()
}
