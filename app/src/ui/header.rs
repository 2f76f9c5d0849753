//! The head of a page: where one is, what it is, what can be done.

use super::icon::{Icon, icon};
use leptos::prelude::*;
use leptos_meta::Title;

/// A page's title, a sentence below it, and its actions.
pub fn page_header(title: &str, text: &str, actions: Option<AnyView>) -> AnyView {
    head(title.to_owned(), None, text.to_owned().into_any(), actions)
}

/// A page below a list: a way back above the title.
pub fn detail_header(
    back: (&'static str, &'static str),
    title: &str,
    facts: AnyView,
    actions: Option<AnyView>,
) -> AnyView {
    let (href, label) = back;
    let back = view! {
        <a class="inline-flex items-center gap-1 text-xs text-muted hover:underline" href=href>
            {icon(Icon::Left, "size-3.5")}
            {label}
        </a>
    };
    head(title.to_owned(), Some(back.into_any()), facts, actions)
}

fn head(title: String, back: Option<AnyView>, below: AnyView, actions: Option<AnyView>) -> AnyView {
    view! {
        <header class="flex flex-wrap items-end justify-between gap-4">
            <Title text=title.clone() />
            <div class="min-w-0 grow basis-96">
                {back}
                <h1 class="text-xl font-semibold">{title}</h1>
                <div class="text-sm text-muted">{below}</div>
            </div>
            {actions.map(|actions| view! { <div class="flex flex-wrap items-center gap-2">{actions}</div> })}
        </header>
    }
    .into_any()
}
