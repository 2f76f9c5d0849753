//! A panel over the page, at the bottom where the thumb is.

use super::varying::{press, whenever};
use leptos::prelude::*;

/// Gives a field the focus, if it is still there.
pub(super) fn focus(field: NodeRef<leptos::html::Input>) {
    if let Some(Some(field)) = field.try_get_untracked() {
        let _ = field.focus();
    }
}

/// Gives a field the focus once it is on the screen, with what stands in it selected: before, there is
/// nothing to focus or to select.
pub(super) fn focus_when_drawn(field: NodeRef<leptos::html::Input>) {
    whenever(move || {
        field.track();
        request_animation_frame(move || {
            focus(field);
            if let Some(Some(field)) = field.try_get_untracked() {
                field.select();
            }
        });
    });
}

/// The panel. Touching beside it closes it.
#[component]
pub(super) fn BottomSheet(
    /// What it is for.
    #[prop(into)]
    title: String,
    /// Closes it.
    on_close: Callback<()>,
    children: Children,
) -> impl IntoView {
    let label = title.clone();
    view! {
        <div class="fixed inset-0 z-30 mx-auto flex max-w-2xl flex-col justify-end">
            <div class="absolute inset-0 bg-black/60" on:click=press(move || on_close.run(()))></div>
            <section
                class="relative flex max-h-[94dvh] flex-col gap-3 rounded-t-3xl bg-base-100 p-4 shadow-2xl"
                role="dialog"
                aria-modal="true"
                aria-label=label
            >
                <header class="flex items-center gap-3">
                    <h2 class="min-w-0 flex-1 text-2xl font-bold leading-tight text-balance">{title}</h2>
                    <button
                        type="button"
                        class="btn btn-ghost h-14 px-4 text-xl"
                        data-testid="close-sheet"
                        on:click=press(move || on_close.run(()))
                    >
                        {t!("Close")}
                    </button>
                </header>
                {children()}
            </section>
        </div>
    }
}
