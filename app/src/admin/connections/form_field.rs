//! One field of a form that the server describes.

use super::form::Entry;
use crate::ui::field::choices;
use crate::words::tell;
use domain::connection_form::{FieldKind, FormField};
use leptos::prelude::*;

type Set = Box<dyn Fn(String)>;

/// What a field's input is called on the page.
pub(super) fn field_id(name: &str) -> String {
    format!("setting-{name}")
}

/// The field with its label, its help, and what is wrong with it.
pub(super) fn drawn(field: &FormField, entry: Entry) -> AnyView {
    let now = entry
        .values
        .with_untracked(|values| values.get(&field.name).cloned());
    let name = field.name.clone();
    let set: Set = Box::new(move |text| entry.fill(&name, text));
    let testid = field_id(&field.name);
    let control = match &field.kind {
        FieldKind::Choice(words) => {
            let words = words.iter();
            let words = words.map(|choice| (choice.word.clone(), tell(&choice.label)));
            select(words.collect(), now.or(field.default.clone()), set, testid)
        }
        FieldKind::Boolean => {
            let now = now.or(field.default.clone());
            select(on_off(), now, set, testid)
        }
        kind => input(kind, field.default.clone(), now, set, testid),
    };
    framed(field, control, entry)
}

fn on_off() -> Vec<(String, String)> {
    vec![
        ("true".to_owned(), t!("On").to_owned()),
        ("false".to_owned(), t!("Off").to_owned()),
    ]
}

fn select(
    options: Vec<(String, String)>,
    chosen: Option<String>,
    set: Set,
    testid: String,
) -> AnyView {
    view! {
        <select
            class="select select-sm h-9 w-full"
            id=testid.clone()
            data-testid=testid
            on:change=move |event| set(event_target_value(&event))
        >
            {choices(options, chosen.unwrap_or_default())}
        </select>
    }
    .into_any()
}

fn input(
    kind: &FieldKind,
    default: Option<String>,
    now: Option<String>,
    set: Set,
    testid: String,
) -> AnyView {
    let (shape, complete) = match kind {
        FieldKind::Secret { .. } => ("password", "new-password"),
        FieldKind::Day => ("date", "off"),
        _ => ("text", "off"),
    };
    let empty = match kind {
        FieldKind::Secret { set: true } => t!("Set; empty keeps it").to_owned(),
        _ => default.unwrap_or_default(),
    };
    let digits = matches!(kind, FieldKind::Number { .. }).then_some("decimal");
    view! {
        <input
            class="input input-sm h-9 w-full"
            type=shape
            inputmode=digits
            autocomplete=complete
            placeholder=empty
            id=testid.clone()
            data-testid=testid
            prop:value=now.unwrap_or_default()
            on:input=move |event| set(event_target_value(&event))
        />
    }
    .into_any()
}

fn framed(field: &FormField, control: AnyView, entry: Entry) -> AnyView {
    let label = match field.required {
        true => format!("{} *", tell(&field.label)),
        false => tell(&field.label),
    };
    let help = tell(&field.help);
    let (name, testid) = (field.name.clone(), format!("fault-{}", field.name));
    let fault = move || {
        let sentence = entry.wrong(&name)?;
        Some(
            view! { <span class="text-xs text-error" role="alert" data-testid=testid.clone()>{tell(&sentence)}</span> },
        )
    };
    view! {
        <label class="flex flex-col gap-1">
            <span class="text-sm font-medium">{label}</span>
            {control}
            {fault}
            {(!help.is_empty()).then(|| view! { <span class="text-xs text-muted">{help}</span> })}
        </label>
    }
    .into_any()
}
