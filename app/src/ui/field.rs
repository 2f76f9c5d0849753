//! Labelled inputs bound to signals.

use super::button::named;
use leptos::prelude::*;

/// One line of text.
#[component]
pub fn TextField(
    /// What to enter.
    label: &'static str,
    /// The text.
    value: RwSignal<String>,
    /// `text`, `password`, `number`, …
    #[prop(default = "text")]
    kind: &'static str,
    /// How to enter it.
    #[prop(optional)]
    hint: &'static str,
    /// A stable name for tests.
    #[prop(optional)]
    testid: &'static str,
    /// What browsers may fill in.
    #[prop(default = "off")]
    autocomplete: &'static str,
) -> impl IntoView {
    let input = view! {
        <input
            class="input input-sm h-9 w-full"
            type=kind
            autocomplete=autocomplete
            data-testid=named(testid.to_owned())
            prop:value=move || value.get()
            on:input=move |event| value.set(event_target_value(&event))
        />
    };
    labelled(label, hint, input.into_any())
}

/// One of a few.
#[component]
pub fn SelectField(
    /// What to choose.
    label: &'static str,
    /// Value and text of each choice.
    options: Vec<(String, String)>,
    /// The chosen value.
    value: RwSignal<String>,
    /// How to choose.
    #[prop(optional)]
    hint: &'static str,
    /// A stable name for tests.
    #[prop(optional)]
    testid: &'static str,
) -> impl IntoView {
    let select = view! {
        <select
            class="select select-sm h-9 w-full"
            data-testid=named(testid.to_owned())
            on:change=move |event| value.set(event_target_value(&event))
            prop:value=move || value.get()
        >
            {choices(options, value.get_untracked())}
        </select>
    };
    labelled(label, hint, select.into_any())
}

/// The `option` elements of a select.
pub fn choices(options: Vec<(String, String)>, chosen: String) -> Vec<AnyView> {
    options
        .into_iter()
        .map(|(value, text)| {
            let selected = value == chosen;
            view! { <option value=value selected=selected>{text}</option> }.into_any()
        })
        .collect()
}

/// A label above an input and a hint below it.
pub fn labelled(label: &'static str, hint: &'static str, input: AnyView) -> AnyView {
    view! {
        <label class="flex flex-col gap-1">
            <span class="text-sm font-medium">{label}</span>
            {input}
            {(!hint.is_empty()).then(|| view! { <span class="text-xs text-muted">{hint}</span> })}
        </label>
    }
    .into_any()
}
