//! A question in front of the page: the browser's own dialog, so focus, Escape and screen readers
//! work without help.

use super::icon::{Icon, icon};
use leptos::html;
use leptos::prelude::*;

/// A modal dialog; `open` shows and hides it, and follows Escape.
#[component]
pub fn Dialog(
    /// Whether it is shown.
    open: RwSignal<bool>,
    /// The question.
    #[prop(into)]
    title: Signal<String>,
    /// A stable name for tests.
    testid: &'static str,
    /// For texts that stand side by side.
    #[prop(optional)]
    wide: bool,
    /// Built anew each time it opens.
    children: ChildrenFn,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    Effect::new(move || {
        if let Some(dialog) = node.get() {
            show(&dialog, open.get());
        }
    });
    let box_class = if wide {
        "modal-box max-w-6xl rounded-md p-0"
    } else {
        "modal-box max-w-lg rounded-md p-0"
    };
    let body = move || {
        if open.get() {
            children()
        } else {
            ().into_any()
        }
    };
    view! {
        <dialog
            class="modal"
            node_ref=node
            data-testid=testid
            on:close=move |_| open.set(false)
            aria-label=move || title.get()
        >
            <div class=box_class>
                <div class="flex items-center justify-between gap-4 border-b border-base-300 px-5 py-3">
                    <h2 class="text-base font-semibold">{move || title.get()}</h2>
                    <button
                        type="button"
                        class="btn btn-sm btn-ghost btn-square"
                        aria-label=t!("Close")
                        on:click=move |_| open.set(false)
                    >
                        {icon(Icon::Cross, "size-4")}
                    </button>
                </div>
                <div class="px-5 py-4">{body}</div>
            </div>
        </dialog>
    }
}

#[cfg(feature = "hydrate")]
fn show(dialog: &web_sys::HtmlDialogElement, open: bool) {
    if open && !dialog.open() {
        let _ = dialog.show_modal();
    } else if !open && dialog.open() {
        dialog.close();
    }
}

#[cfg(not(feature = "hydrate"))]
fn show<T>(_dialog: &T, _open: bool) {}
