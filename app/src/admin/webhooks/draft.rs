//! What somebody typed about a message: apart from what is drawn anew with every answer, so that it stays.

use leptos::prelude::*;
use leptos::web_sys::Element;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;

/// What was typed, by the step whose payload it takes the place of; none is the command itself.
type Texts = HashMap<Option<i16>, Typed>;

struct Typed {
    text: String,
    /// What was said when somebody began to type.
    over: Arc<str>,
}

/// What was chosen and typed in a form so far. It is made with the dialog of a message and gone with it: another
/// message, or the same one opened again, begins with what it says itself.
#[derive(Clone, Copy)]
pub(super) struct Draft {
    typed: RwSignal<Texts>,
    /// Whether the form is folded out.
    pub(super) shown: RwSignal<bool>,
}

impl Draft {
    pub(super) fn new() -> Self {
        Self {
            typed: RwSignal::new(Texts::new()),
            shown: RwSignal::new(false),
        }
    }

    /// The text of a payload, of the command or of a step; `told` is what that says by now.
    pub(super) fn text(self, step: Option<i16>, told: Memo<Arc<str>>) -> Text {
        Text {
            typed: self.typed,
            step,
            told,
        }
    }

    /// The form, folded in or out as it was left.
    pub(super) fn folded(self, title: String, form: AnyView, testid: &'static str) -> AnyView {
        let shown = self.shown;
        // However it was folded: by hand, by *Edit and retry*, or because something was looked for in the page.
        let turned = move |event| {
            let _ = shown.try_set(event_target::<Element>(&event).has_attribute("open"));
        };
        view! {
            <details class="px-4" open=move || shown.get() data-testid=testid on:toggle=turned>
                <summary class="cursor-pointer text-sm font-medium">{title}</summary>
                <div class="flex flex-col gap-2 pt-2">{form}</div>
            </details>
        }
        .into_any()
    }
}

/// A payload as it is shown, and as it is typed over.
pub(super) fn told(payload: &Value) -> Arc<str> {
    let text = serde_json::to_string_pretty(payload).unwrap_or_default();
    text.into()
}

/// What stands in a form: what was typed, else what the message says.
#[derive(Clone, Copy)]
pub(super) struct Text {
    typed: RwSignal<Texts>,
    step: Option<i16>,
    told: Memo<Arc<str>>,
}

impl Text {
    pub(super) fn get(self) -> String {
        let typed = self.typed.with(|typed| self.of(typed));
        typed.unwrap_or_else(|| self.told.get().to_string())
    }

    pub(super) fn get_untracked(self) -> String {
        let typed = self.typed.with_untracked(|typed| self.of(typed));
        typed.unwrap_or_else(|| self.told.get_untracked().to_string())
    }

    fn of(self, typed: &Texts) -> Option<String> {
        typed.get(&self.step).map(|typed| typed.text.clone())
    }

    fn set(self, text: String) {
        let told = self.told.get_untracked();
        self.typed.update(|typed| {
            let begun = typed.entry(self.step).or_insert_with(|| Typed {
                text: String::new(),
                over: told,
            });
            begun.text = text;
        });
    }

    /// Whether something else is told since somebody began to type.
    fn is_overtaken(self) -> bool {
        let told = self.told.get();
        self.typed.with(|typed| {
            let typed = typed.get(&self.step);
            typed.is_some_and(|typed| typed.over != told)
        })
    }

    /// Where it is typed.
    pub(super) fn area(self, testid: &'static str) -> AnyView {
        view! {
            <textarea
                class="textarea h-48 w-full font-mono text-xs"
                spellcheck="false"
                data-testid=testid
                prop:value=move || self.get()
                on:input=move |event| self.set(event_target_value(&event))
            />
        }
        .into_any()
    }

    /// Says so when what is typed was overtaken.
    pub(super) fn overtaken(self) -> AnyView {
        let note = move || {
            self.is_overtaken().then(|| {
                let note = t!(
                    "Somebody changed this payload meanwhile; what you typed stays until you close the message."
                );
                view! { <p class="text-sm" data-testid="payload-overtaken">{note}</p> }
            })
        };
        view! { {note} }.into_any()
    }
}
