//! Which site's board.

use super::shift_page::SiteBoard;
use crate::load::load;
use crate::ui::error::error_panel;
use crate::{api, routes};
use domain::company::Warehouse;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::A;

/// The sites in scope; with only one, its board at once.
#[component]
pub fn Choose() -> impl IntoView {
    let sites = load(|| (), |()| api::boards::warehouses());
    view! {
        <Title text="Boards" />
        <div data-theme="dark" class="min-h-dvh bg-neutral-950 text-white">
            <Suspense fallback=|| view! { <div class="h-dvh" aria-busy="true"></div> }>
                {move || Suspend::new(async move {
                    match sites.read().await {
                        Ok(sites) => choice(&sites),
                        Err(error) => error_panel(&error),
                    }
                })}
            </Suspense>
        </div>
    }
}

fn choice(sites: &[Warehouse]) -> AnyView {
    if let [only] = sites {
        return view! { <SiteBoard site=Signal::stored(Some(only.id)) /> }.into_any();
    }
    let title = if sites.is_empty() {
        "No warehouse is set up for you yet"
    } else {
        "Which board?"
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
        </main>
    }
    .into_any()
}
