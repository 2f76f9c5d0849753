//! The question before tasks change: what it touches, and the choices.

use super::desk::{Desk, Question};
use super::give;
use super::list::priority_name;
use super::waves;
use crate::ui::button::{Button, ButtonKind};
use crate::ui::dialog::Dialog;
use crate::ui::field::labelled;
use chrono::NaiveDateTime;
use domain::task::{Assignee, Priority};
use domain::task_list::TaskAct;
use leptos::prelude::*;

/// How browsers write a time to the minute.
const MINUTES: &str = "%Y-%m-%dT%H:%M";

/// Asks what is to be done with the tasks.
#[component]
pub(super) fn AskDialog(desk: Desk) -> impl IntoView {
    let title = Signal::derive(move || {
        match desk.question.get() {
            Some(Question::Holder | Question::Suggestion) => t!("Who works on it?"),
            Some(Question::Give(Assignee::Nobody, _)) => t!("Take back?"),
            Some(Question::Give(..)) => t!("Give?"),
            Some(Question::Priority) => t!("How urgent is it?"),
            Some(Question::Due) => t!("When is it due?"),
            Some(Question::Wave) => t!("Into which wave?"),
            Some(Question::CutOff) => t!("Hold back all of a cut-off?"),
            None => "",
        }
        .to_owned()
    });
    view! {
        <Dialog open=desk.open title testid="assign-dialog">
            <div class="flex flex-col gap-4">
                <p class="text-sm" data-testid="scope">{move || desk.scope()}</p>
                {move || desk.question.get().map(|question| choices(desk, question))}
            </div>
        </Dialog>
    }
}

fn choices(desk: Desk, question: Question) -> AnyView {
    match question {
        Question::Holder => give::everybody(desk, Vec::new()),
        Question::Suggestion => give::suggested(desk),
        Question::Give(to, name) => confirm(desk, to, &name),
        Question::Priority => priorities(desk),
        Question::Due => due(desk),
        Question::Wave => waves::choices(desk),
        Question::CutOff => waves::of_cut_off(desk),
    }
}

fn confirm(desk: Desk, to: Assignee, name: &str) -> AnyView {
    let label = match to {
        Assignee::Nobody => t!("Take back").to_owned(),
        _ => t!("Give to {name}", name),
    };
    view! {
        <div class="flex justify-end gap-2">
            <Button label=t!("Cancel") on_press=move |()| desk.open.set(false) />
            <Button
                label
                kind=ButtonKind::Primary
                pending=desk.act.pending()
                on_press=move |()| desk.change(TaskAct::Give(to), Vec::new())
                testid="ask-yes"
            />
        </div>
    }
    .into_any()
}

fn priorities(desk: Desk) -> AnyView {
    let buttons = Priority::ALL
        .into_iter()
        .map(|priority| {
            view! {
                <Button
                    label=priority_name(priority)
                    pending=desk.act.pending()
                    on_press=move |()| desk.change(TaskAct::SetPriority(priority), Vec::new())
                    testid=format!("priority-{}", priority.as_str())
                />
            }
            .into_any()
        })
        .collect::<Vec<_>>();
    view! { <div class="flex flex-wrap gap-2">{buttons}</div> }.into_any()
}

fn due(desk: Desk) -> AnyView {
    let text = RwSignal::new(String::new());
    let parsed = move || NaiveDateTime::parse_from_str(&text.get(), MINUTES).ok();
    let set = move |()| {
        if let Ok(at) = NaiveDateTime::parse_from_str(&text.get_untracked(), MINUTES) {
            desk.change(TaskAct::SetDue(Some(at)), Vec::new());
        }
    };
    let input = view! {
        <input
            class="input input-sm h-9 w-56"
            type="datetime-local"
            data-testid="due-at"
            prop:value=move || text.get()
            on:input=move |event| text.set(event_target_value(&event))
        />
    };
    view! {
        {labelled(t!("To be done by"), t!("On the clock of the warehouse."), input.into_any())}
        <div class="flex justify-end gap-2">
            <Button
                label=t!("No due time")
                kind=ButtonKind::Quiet
                pending=desk.act.pending()
                on_press=move |()| desk.change(TaskAct::SetDue(None), Vec::new())
                testid="due-none"
            />
            <Button
                label=t!("Set")
                kind=ButtonKind::Primary
                disabled=Signal::derive(move || parsed().is_none())
                pending=desk.act.pending()
                on_press=set
                testid="due-set"
            />
        </div>
    }
    .into_any()
}
