//! A framed part of a page, and lists of facts.

use leptos::prelude::*;

/// A part of a page with a heading; `tools` stand at its right.
pub fn panel(title: &str, tools: Option<AnyView>, body: AnyView) -> AnyView {
    view! {
        <section class="panel">
            <div class="flex min-h-12 items-center justify-between gap-4 border-b border-base-300 px-4 py-2">
                <h2 class="text-sm font-semibold">{title.to_owned()}</h2>
                {tools}
            </div>
            {body}
        </section>
    }
    .into_any()
}

/// A part of a page without a heading, as a table has it.
pub fn frame(body: AnyView) -> AnyView {
    view! { <section class="panel">{body}</section> }.into_any()
}

/// Facts: a term and what is the case.
pub fn facts(facts: Vec<(&'static str, AnyView)>) -> AnyView {
    let rows = facts
        .into_iter()
        .map(|(term, fact)| {
            view! {
                <div class="flex flex-col gap-0.5">
                    <dt class="text-xs text-muted">{term}</dt>
                    <dd class="text-sm break-words">{fact}</dd>
                </div>
            }
            .into_any()
        })
        .collect::<Vec<_>>();
    view! { <dl class="grid grid-cols-[repeat(auto-fill,minmax(9.5rem,1fr))] gap-x-6 gap-y-3 px-4 py-3">{rows}</dl> }
        .into_any()
}
