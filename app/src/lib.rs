//! Pages and server functions: admin, floor and boards.
//!
//! Compiled twice: for the browser (`hydrate`) and for the server (`ssr`). Bodies of server
//! functions exist only on the server, so `store` and `operations` are named only there.
#![recursion_limit = "256"]
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::allow_attributes
    )
)]

#[macro_use]
pub mod words;

pub mod admin;
pub mod api;
pub mod boards;
pub mod error;
pub mod floor;
pub mod home;
#[cfg(feature = "hydrate")]
pub(crate) mod json;
pub mod live;
pub mod load;
pub mod password;
pub mod routes;
#[cfg(feature = "hydrate")]
pub mod scan;
pub mod session;
pub mod sign_in;
pub mod site_time;
pub mod sound;
#[cfg(feature = "ssr")]
pub mod state;
pub mod styleguide;
pub mod ui;

use leptos::prelude::*;
use leptos_meta::{MetaTags, Title, provide_meta_context};

pub use error::{AppError, ErrorCode};
pub use routes::App;

/// The HTML document around the app. Theme and language come from cookies, so that the first paint
/// has them; the language's words are there before the app starts.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let theme = ui::theme::from_request();
    let language = words::language();
    view! {
        <!DOCTYPE html>
        <html lang=language.tag() data-theme=theme>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="theme-color" content="#12262b" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="manifest" href="/manifest.webmanifest" />
                <leptos_meta::HashedStylesheet options=options.clone() />
                <AutoReload options=options.clone() />
                {words_script(language)}
                <HydrationScripts options=options />
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

fn words_script(language: words::Language) -> impl IntoView {
    #[cfg(feature = "ssr")]
    let path = words::script_path(language);
    #[cfg(not(feature = "ssr"))]
    let path = None::<String>.filter(|_| language == words::Language::En);
    path.map(|path| view! { <script src=path></script> })
}

/// What every page has: title, session, toasts, and the mark that scripts run.
pub(crate) fn provide_page_context() -> AnyView {
    provide_meta_context();
    session::provide_viewer();
    ui::toast::provide_toasts();
    live::provide_live();
    Effect::new(|| {
        if let Some(root) = document().document_element() {
            let _ = root.set_attribute("data-hydrated", "true");
        }
    });
    view! { <Title formatter=|page: String| if page.is_empty() { "Crossdock".to_owned() } else { format!("{page} · Crossdock") } /> }
    .into_any()
}
