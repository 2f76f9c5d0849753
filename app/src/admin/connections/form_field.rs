//! One field of a form that the server describes.

use super::form::Entry;
use super::form_windows::windows;
use crate::ui::field::choices;
use crate::words::tell;
use domain::connection_form::{FieldKind, FormField};
use leptos::prelude::*;

type Set = Box<dyn Fn(String)>;

/// What a field's input is called on the page.
pub(super) fn field_id(name: &str) -> String {
    format!("setting-{name}")
}

/// What is called wrong with a field, for who does not see the page.
#[derive(Clone, Copy)]
pub(super) struct Faulty {
    now: Signal<bool>,
    said_in: StoredValue<String>,
}

impl Faulty {
    pub(super) fn of(name: &str, entry: Entry) -> Self {
        let field = name.to_owned();
        Self {
            now: Signal::derive(move || entry.wrong(&field).is_some()),
            said_in: StoredValue::new(fault_id(name)),
        }
    }

    fn invalid(self) -> Option<&'static str> {
        self.now.get().then_some("true")
    }

    pub(super) fn described(self) -> Option<String> {
        self.now.get().then(|| self.said_in.get_value())
    }
}

/// What the sentence about a field's fault is called on the page.
fn fault_id(name: &str) -> String {
    format!("fault-{name}")
}

/// The field with its label, its help, and what is wrong with it.
pub(super) fn drawn(field: &FormField, entry: Entry) -> AnyView {
    if let FieldKind::Windows { most } = field.kind {
        return windows(field, most, entry);
    }
    let now = entry
        .values
        .with_untracked(|values| values.get(&field.name).cloned());
    let name = field.name.clone();
    let set: Set = Box::new(move |text| entry.fill(&name, text));
    let testid = field_id(&field.name);
    let faulty = Faulty::of(&field.name, entry);
    let control = match &field.kind {
        FieldKind::Choice(words) => {
            let words = words.iter();
            let words = words.map(|choice| (choice.word.clone(), tell(&choice.label)));
            let now = now.or(field.default.clone());
            select(words.collect(), now, set, testid, faulty)
        }
        FieldKind::Boolean => {
            let now = now.or(field.default.clone());
            select(on_off(), now, set, testid, faulty)
        }
        kind => input(kind, field.default.clone(), now, set, testid, faulty),
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
    faulty: Faulty,
) -> AnyView {
    view! {
        <select
            aria-invalid=move || faulty.invalid()
            aria-describedby=move || faulty.described()
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
    faulty: Faulty,
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
            aria-invalid=move || faulty.invalid()
            aria-describedby=move || faulty.described()
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
    view! {
        <label class="flex flex-col gap-1">
            <span class="text-sm font-medium">{label}</span>
            {control}
            {beneath(field, entry)}
        </label>
    }
    .into_any()
}

/// What stands below an input: what is wrong with it, and how to fill it in.
pub(super) fn beneath(field: &FormField, entry: Entry) -> AnyView {
    let help = tell(&field.help);
    let (name, id) = (field.name.clone(), fault_id(&field.name));
    let fault = move || {
        let sentence = entry.wrong(&name)?;
        Some(
            view! { <span class="text-xs text-error" role="alert" id=id.clone() data-testid=id.clone()>{tell(&sentence)}</span> },
        )
    };
    view! {
        {fault}
        {(!help.is_empty()).then(|| view! { <span class="text-xs text-muted">{help}</span> })}
    }
    .into_any()
}
