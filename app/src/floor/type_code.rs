//! Typing a code that the scanner cannot read.

use super::sheet::{BottomSheet, focus_when_drawn};
use super::varying::press;
use leptos::prelude::*;

/// A field and a button; what is typed counts as scanned. Whoever takes the code closes the sheet.
#[component]
pub(super) fn TypeCodeSheet(on_close: Callback<()>, on_code: Callback<String>) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let field = NodeRef::<leptos::html::Input>::new();
    focus_when_drawn(field);
    let camera = move || {
        super::bridge::look(move |code| {
            if !code.is_empty() {
                on_code.run(code);
            }
        });
    };
    view! {
        <BottomSheet title=t!("Type the code") on_close>
            <button
                type="button"
                class="btn btn-outline h-16 text-2xl"
                class:hidden=!super::bridge::can_look()
                data-testid="use-camera"
                on:click=press(camera)
            >
                {t!("Read with the camera")}
            </button>
            <form
                class="flex flex-col gap-3"
                on:submit=move |event| {
                    event.prevent_default();
                    let code = text.get_untracked().trim().to_owned();
                    if !code.is_empty() {
                        on_code.run(code);
                    }
                }
            >
                <input
                    node_ref=field
                    class="input h-20 w-full font-mono text-3xl font-bold placeholder:text-xl"
                    type="text"
                    autocomplete="off"
                    autocapitalize="characters"
                    spellcheck="false"
                    aria-label=t!("Item code or barcode")
                    placeholder=t!("Item code or barcode")
                    data-testid="code-input"
                    prop:value=text
                    on:input=move |event| text.set(event_target_value(&event))
                />
                <button class="btn btn-primary h-20 text-3xl font-bold" data-testid="confirm-code">
                    {t!("OK")}
                </button>
            </form>
        </BottomSheet>
    }
}
