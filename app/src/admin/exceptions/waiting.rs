//! How many wait, beside the navigation's entry.

use crate::api;
use crate::live::use_live;
use crate::load::load;
use domain::exception::ExceptionCounts;
use domain::live::Topic;
use leptos::prelude::*;

/// The count; nothing while none waits.
pub(crate) fn waiting() -> AnyView {
    let live = use_live(Signal::stored(vec![Topic::Exceptions]));
    let counts = load(move || live.get(), |_| api::exceptions::count());
    let shown = move || {
        Suspend::new(async move {
            let ExceptionCounts { open, .. } = counts.read().await.unwrap_or_default();
            (open > 0).then(|| {
                let text = if open > 999 { "999+".to_owned() } else { open.to_string() };
                view! {
                    <span
                        class="ml-auto rounded-full bg-error px-1.5 text-xs font-semibold text-error-content tabular-nums"
                        data-testid="exceptions-waiting"
                        aria-label=t!("{open} wait", open)
                    >
                        {text}
                    </span>
                }
            })
        })
    };
    view! { <Transition>{shown}</Transition> }.into_any()
}
