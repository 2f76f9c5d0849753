//! Answering one mapping.

use crate::api;
use crate::ui::act::Act;
use crate::ui::badge::{Tone, badge};
use crate::ui::button::Button;
use crate::ui::confirm::Confirm;
use crate::ui::field::choices as options;
use crate::ui::table::two_lines;
use domain::MappingId;
use domain::mapping::{Mapping, MappingAnswer, MappingKind, Suggestion};
use leptos::prelude::*;

/// Kind, code and name of what a value can mean.
pub(super) type Choices = Vec<(MappingKind, String, String)>;

/// The page's act and its question.
#[derive(Clone, Copy)]
pub(super) struct Asking {
    pub act: Act,
    pub confirm: Confirm,
}

/// What an answer is asked about.
#[derive(Clone)]
struct Asked {
    id: MappingId,
    kind: MappingKind,
    external: String,
    /// Unfinished documents that an answer moves.
    documents: i64,
    /// It means something of ours until now.
    means: bool,
}

impl Asked {
    fn of(row: &Mapping) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            external: row.external.clone(),
            documents: row.documents,
            means: row.target.is_some(),
        }
    }

    /// Sends the answer. What brings documents to the floor, or takes them from it, is asked first; a
    /// unit's answer touches none: the sync that it asks for brings items.
    fn put(&self, answer: MappingAnswer, yes: &'static str, asking: Asking) {
        let (id, act) = (self.id, asking.act);
        match self.question(&answer) {
            None => send(id, answer, act),
            Some((title, text)) => {
                let then = move || send(id, answer.clone(), act);
                asking.confirm.ask(title, later(&text), yes, then);
            }
        }
    }

    fn question(&self, answer: &MappingAnswer) -> Option<(String, String)> {
        let (external, count) = (self.external.as_str(), self.documents);
        if count == 0 {
            return None;
        }
        match answer {
            MappingAnswer::Means(target) => {
                let title = t!("Does {external} mean {target}?", external, target);
                Some((title, self.frees(target)))
            }
            MappingAnswer::Ignore if self.means => {
                let title = t!("Is {external} none of ours?", external);
                Some((title, self.takes()))
            }
            MappingAnswer::Ignore => None,
        }
    }

    /// Takes the answer back. What that takes from the floor is asked first.
    fn ask_again(&self, asking: Asking) {
        let (id, act) = (self.id, asking.act);
        let send = move || {
            act.run(
                api::mappings::ask_again(id),
                t!("It waits for an answer again."),
                |_| (),
            );
        };
        if self.means && self.documents > 0 {
            let external = self.external.as_str();
            let title = t!("Ask again what {external} means?", external);
            asking
                .confirm
                .ask(title, self.takes(), t!("Ask again"), send);
        } else {
            send();
        }
    }

    fn takes(&self) -> String {
        let count = self.documents;
        tn!(
            "{count} unfinished document has it: what nobody began of it is no work of the floor any more.",
            "{count} unfinished documents have it: what nobody began of them is no work of the floor any more.",
            count
        )
    }

    fn frees(&self, target: &str) -> String {
        let count = self.documents;
        if self.kind == MappingKind::Item {
            return tn!(
                "{count} unfinished document asks for it: its lines that nobody began become work on {target}.",
                "{count} unfinished documents ask for it: their lines that nobody began become work on {target}.",
                count,
                target
            );
        }
        tn!(
            "{count} unfinished document goes to {target}: known items become work at the connection's own warehouse.",
            "{count} unfinished documents go to {target}: known items become work at the connection's own warehouse.",
            count,
            target
        )
    }
}

/// A question's text, with the way back.
pub(super) fn later(text: &str) -> String {
    let change = t!("The answer stays under 'With answered', where it can be changed.");
    format!("{text} {change}")
}

fn send(id: MappingId, answer: MappingAnswer, act: Act) {
    act.run(
        api::mappings::answer(id, answer),
        t!(
            "Answered. The documents that waited were recalculated; under 'With answered' it can be changed."
        ),
        |_| (),
    );
}

/// What it probably means: with a button that says yes, or as a hint where that would be a guess.
pub(super) fn suggested(row: &Mapping, asking: Asking) -> Option<AnyView> {
    let suggestion = row.suggestion.clone()?;
    if !suggestion.acceptable() {
        return Some(hint(&suggestion));
    }
    let asked = Asked::of(row);
    let text = format!("{} · {} %", suggestion.target, suggestion.percent);
    let name = suggestion.name;
    let target = suggestion.target;
    let press = move |()| asked.put(MappingAnswer::Means(target.clone()), t!("Accept"), asking);
    let shown = view! {
        <span class="inline-flex items-center gap-2 whitespace-nowrap" data-testid="mapping-suggestion">
            <span title=name>{text}</span>
            <Button
                label=t!("Accept")
                small=true
                pending=asking.act.pending()
                on_press=press
                testid="mapping-accept"
            />
        </span>
    };
    Some(shown.into_any())
}

fn hint(suggestion: &Suggestion) -> AnyView {
    let perhaps = t!(
        "perhaps {target}, {percent} % alike",
        target = suggestion.target,
        percent = suggestion.percent
    );
    two_lines(badge(Tone::Warning, t!("Not answered")), perhaps)
}

/// The answer as a choice or a code, and "none of ours"; an answer that stands can be changed and taken
/// back.
pub(super) fn answer(row: &Mapping, choices: &Choices, asking: Asking) -> AnyView {
    let before = row.target.clone().unwrap_or_default();
    let chosen = RwSignal::new(before.clone());
    let (asked, act) = (Asked::of(row), asking.act);
    let (ignoring, answered) = (asked.clone(), row.target.is_some() || row.ignored);
    let again = answered.then(|| again(asked.clone(), asking));
    let save = move |()| {
        if let Some(code) = chosen.try_get_untracked() {
            let answer = MappingAnswer::Means(code.trim().to_owned());
            asked.put(answer, t!("Save"), asking);
        }
    };
    let ignore = move |()| ignoring.put(MappingAnswer::Ignore, t!("None of ours"), asking);
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
                on_press=ignore
                testid="mapping-ignore"
            />
            {again}
        </span>
    }
    .into_any()
}

fn again(asked: Asked, asking: Asking) -> AnyView {
    let press = move |()| asked.ask_again(asking);
    view! {
        <Button
            label=t!("Ask again")
            small=true
            pending=asking.act.pending()
            on_press=press
            testid="mapping-again"
        />
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
    // As wide as what it shows: text longer than the box would run under the arrow.
    view! {
        <select class="select select-xs h-7 w-auto max-w-64 min-w-32" aria-label=label data-testid="mapping-code"
            prop:value=move || chosen.get() on:change=set>
            {options(known, chosen.get_untracked())}
        </select>
    }
    .into_any()
}
