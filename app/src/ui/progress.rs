//! How far something is.

use leptos::prelude::*;

/// Done of total, as a bar with the figures beside it.
pub fn progress(done: i64, total: i64) -> AnyView {
    let class = if total > 0 && done >= total {
        "progress progress-success h-1.5 w-20"
    } else {
        "progress progress-primary h-1.5 w-20"
    };
    view! {
        <span class="inline-flex items-center gap-2 whitespace-nowrap">
            <progress class=class max=total.max(1) value=done aria-label=t!("Progress")></progress>
            <span class="tabular-nums">{format!("{done}/{total}")}</span>
        </span>
    }
    .into_any()
}

/// Under way, without a known end.
pub fn busy() -> AnyView {
    view! { <progress class="progress progress-primary block h-1 w-full" aria-label=t!("Under way")></progress> }
        .into_any()
}

/// A bar of a small chart; `share` in percent.
pub fn bar(share: i64) -> AnyView {
    view! {
        <span class="block h-2 w-full rounded-sm bg-base-200">
            <span
                class="block h-2 rounded-sm bg-primary"
                style=format!("width:{}%", share.clamp(0, 100))
            ></span>
        </span>
    }
    .into_any()
}
