//! Answering one mapping.

use crate::api;
use crate::ui::act::Act;
use crate::ui::button::Button;
use crate::ui::field::choices as options;
use domain::MappingId;
use domain::mapping::{Mapping, MappingAnswer, MappingKind};
use leptos::prelude::*;

/// Kind, code and name of what a value can mean.
pub(super) type Choices = Vec<(MappingKind, String, String)>;

fn send(id: MappingId, answer: MappingAnswer, act: Act) {
    act.run(
        api::mappings::answer(id, answer),
        t!("Answered. The documents that waited were recalculated."),
        |_| (),
    );
}

/// What it probably means, with a button that says yes.
pub(super) fn suggested(row: &Mapping, act: Act) -> Option<AnyView> {
    let suggestion = row.suggestion.clone()?;
    let id = row.id;
    let text = format!("{} · {} %", suggestion.target, suggestion.percent);
    let name = suggestion.name;
    let target = suggestion.target;
    let shown = view! {
        <span class="inline-flex items-center gap-2 whitespace-nowrap" data-testid="mapping-suggestion">
            <span title=name>{text}</span>
            <Button
                label=t!("Accept")
                small=true
                pending=act.pending()
                on_press=move |()| send(id, MappingAnswer::Means(target.clone()), act)
                testid="mapping-accept"
            />
        </span>
    };
    Some(shown.into_any())
}

/// The answer as a choice or a code, and "none of ours"; an answer that stands can be changed.
pub(super) fn answer(row: &Mapping, choices: &Choices, act: Act) -> AnyView {
    let (id, before) = (row.id, row.target.clone().unwrap_or_default());
    let chosen = RwSignal::new(before.clone());
    let save = move |()| {
        let code = chosen.get_untracked().trim().to_owned();
        send(id, MappingAnswer::Means(code), act);
    };
    let same =
        Signal::derive(move || chosen.with(|code| code.trim().is_empty() || code.trim() == before));
    let ignored = Signal::stored(row.ignored);
    view! {
        <span class="inline-flex items-center gap-2">
            {code_input(row, choices, chosen)}
            <Button label=t!("Save") small=true pending=act.pending() disabled=same on_press=save testid="mapping-save" />
            <Button
                label=t!("None of ours")
                small=true
                pending=act.pending()
                disabled=ignored
                on_press=move |()| send(id, MappingAnswer::Ignore, act)
                testid="mapping-ignore"
            />
        </span>
    }
    .into_any()
}

fn code_input(row: &Mapping, choices: &Choices, chosen: RwSignal<String>) -> AnyView {
    let set = move |event| chosen.set(event_target_value(&event));
    let label = t!("What {external} means here", external = row.external);
    if row.kind == MappingKind::Item {
        return view! {
            <input class="input input-xs h-7 w-32" placeholder=t!("Our item's code") aria-label=label data-testid="mapping-code"
                prop:value=move || chosen.get() on:input=set />
        }
        .into_any();
    }
    let mut known = vec![(String::new(), t!("Choose what it means").to_owned())];
    let of_kind = choices.iter().filter(|choice| choice.0 == row.kind);
    known.extend(of_kind.map(|(_, code, name)| (code.clone(), format!("{code} · {name}"))));
    view! {
        <select class="select select-xs h-7 w-32" aria-label=label data-testid="mapping-code"
            prop:value=move || chosen.get() on:change=set>
            {options(known, chosen.get_untracked())}
        </select>
    }
    .into_any()
}
