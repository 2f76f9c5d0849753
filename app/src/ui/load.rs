//! Showing what a server function answers: a grey shape first, the old rows while it is read again,
//! a sentence when it fails.

use super::error::error_panel;
use crate::AppError;
use crate::load::{Answer, Loader};
use crate::session::use_session;
use crate::site_time::SiteTime;
use leptos::prelude::*;
use serde::de::DeserializeOwned;
use std::pin::Pin;
use std::sync::Arc;

type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;
type Read = Box<dyn Fn() -> Boxed<Answer> + Send>;
type Show = Arc<dyn Fn(Answer, SiteTime) -> Result<AnyView, AppError> + Send + Sync>;
type Body = Box<dyn FnMut() -> Suspend<AnyView> + Send>;

/// Shows an answer once it is there. Rows stay while newer ones are fetched, and when these are the same.
pub fn loaded<T>(
    data: Loader<T>,
    show: impl Fn(T, SiteTime) -> AnyView + Send + Sync + 'static,
) -> AnyView
where
    T: DeserializeOwned + Clone + Send + Sync + 'static,
{
    erased(
        Box::new(move || data.erased()),
        Arc::new(move |answer, site| Ok(show(answer.take()?, site))),
    )
}

// Compiled once for all answers.
fn erased(read: Read, show: Show) -> AnyView {
    let session = use_session();
    let body: Body = Box::new(move || {
        let (answer, show) = (read(), show.clone());
        Suspend::new(async move {
            let answer = answer.await;
            let shown = match session.read().await {
                Ok(info) => show(answer, info.site),
                Err(error) => Err(error),
            };
            shown.unwrap_or_else(|error| error_panel(&error))
        })
    });
    view! { <Transition fallback=skeleton>{body}</Transition> }.into_any()
}

/// Grey bars where a table will be.
pub fn skeleton() -> AnyView {
    let bars = (0..6)
        .map(|_| view! { <div class="skeleton h-5 w-full rounded-sm"></div> }.into_any())
        .collect::<Vec<_>>();
    view! { <div class="flex flex-col gap-3 p-4" aria-busy="true">{bars}</div> }.into_any()
}
