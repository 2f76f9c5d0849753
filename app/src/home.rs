//! `/`, and pages that are not there.

use crate::routes;
use crate::session::viewer;
use crate::ui::icon::{Icon, icon};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Redirect;

/// Sends a person to the start page of the role, a stranger to the sign-in page.
#[component]
pub fn Home() -> impl IntoView {
    let target = viewer().map_or(routes::LOGIN, |viewer| viewer.home());
    view! { <Redirect path=target /> }
}

/// A URL that leads nowhere.
pub fn not_found() -> AnyView {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(axum::http::StatusCode::NOT_FOUND);
    }
    view! {
        <main class="grid min-h-screen place-items-center bg-base-200 p-6">
            <Title text=t!("Page not found") />
            <div class="flex max-w-sm flex-col items-center gap-3 text-center">
                {icon(Icon::Search, "size-8 text-muted")}
                <h1 class="text-xl font-semibold">{t!("There is no such page")}</h1>
                <p class="text-sm text-muted">
                    {t!("The address may be mistyped, or what it led to is gone.")}
                </p>
                <a class="btn btn-primary btn-sm h-9" href=routes::ROOT rel="external">
                    {t!("Go to your start page")}
                </a>
            </div>
        </main>
    }
    .into_any()
}
