//! Showing what a server function answers: a grey shape first, the old rows while it is read again,
//! a sentence when it fails.

use super::error::error_panel;
use crate::AppError;
use crate::session::use_session;
use crate::site_time::SiteTime;
use leptos::prelude::*;

/// Shows a resource once it is there. Rows stay while newer ones are fetched.
pub fn loaded<T>(
    data: Resource<Result<T, AppError>>,
    show: impl Fn(T, SiteTime) -> AnyView + Clone + Send + Sync + 'static,
) -> AnyView
where
    T: Clone + Send + Sync + 'static,
{
    let session = use_session();
    let body = move || {
        let show = show.clone();
        Suspend::new(async move {
            let answer = data.await;
            let site = session.await.map(|info| info.site);
            match (answer, site) {
                (Ok(value), Ok(site)) => show(value, site),
                (Err(error), _) | (_, Err(error)) => error_panel(&error),
            }
        })
    };
    view! { <Transition fallback=skeleton>{body}</Transition> }.into_any()
}

/// Grey bars where a table will be.
pub fn skeleton() -> AnyView {
    let bars = (0..6)
        .map(|_| view! { <div class="skeleton h-5 w-full rounded-sm"></div> }.into_any())
        .collect::<Vec<_>>();
    view! { <div class="flex flex-col gap-3 p-4" aria-busy="true">{bars}</div> }.into_any()
}
