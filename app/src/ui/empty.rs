//! Nothing to show, said in words that tell what to do.

use super::icon::{Icon, icon};
use leptos::prelude::*;

/// An empty list or panel; `next` is a way forward, if there is one.
pub fn empty(drawing: Icon, title: &str, text: &str, next: Option<AnyView>) -> AnyView {
    view! {
        <div class="flex flex-col items-center gap-2 px-6 py-14 text-center" data-testid="empty">
            <span class="grid size-11 place-items-center rounded-full bg-base-200 text-base-content/60">
                {icon(drawing, "size-5")}
            </span>
            <p class="text-base font-semibold">{title.to_owned()}</p>
            <p class="max-w-md text-sm text-muted">{text.to_owned()}</p>
            {next.map(|next| view! { <div class="mt-2">{next}</div> })}
        </div>
    }
    .into_any()
}
