//! A question before something that touches much, or cannot be taken back.

use super::button::{Button, ButtonKind, Press};
use super::dialog::Dialog;
use leptos::prelude::*;

/// What is asked, and what happens on yes.
#[derive(Clone)]
struct Question {
    title: String,
    text: String,
    yes: &'static str,
    /// How the button that agrees looks.
    kind: ButtonKind,
    then: Press,
}

/// Asks; one per page.
#[derive(Clone, Copy)]
pub struct Confirm {
    open: RwSignal<bool>,
    question: RwSignal<Option<Question>>,
}

/// A page's question; show [`Confirm::dialog`] once.
pub fn use_confirm() -> Confirm {
    Confirm {
        open: RwSignal::new(false),
        question: RwSignal::new(None),
    }
}

impl Confirm {
    /// Asks before what can be changed again; `text` says what will be touched, `yes` is the verb on the
    /// button.
    pub fn ask(
        self,
        title: impl Into<String>,
        text: impl Into<String>,
        yes: &'static str,
        then: impl Fn() + Send + Sync + 'static,
    ) {
        self.put(Question {
            title: title.into(),
            text: text.into(),
            yes,
            kind: ButtonKind::Primary,
            then: Press::from(move |()| then()),
        });
    }

    /// Asks before what cannot be taken back, in red; `text` says what is lost.
    pub fn warn(
        self,
        title: impl Into<String>,
        text: impl Into<String>,
        yes: &'static str,
        then: impl Fn() + Send + Sync + 'static,
    ) {
        self.put(Question {
            title: title.into(),
            text: text.into(),
            yes,
            kind: ButtonKind::Danger,
            then: Press::from(move |()| then()),
        });
    }

    fn put(self, question: Question) {
        self.question.set(Some(question));
        self.open.set(true);
    }

    /// Where it appears.
    pub fn dialog(self) -> AnyView {
        let Self { open, question } = self;
        let title = Signal::derive(move || {
            question.with(|asked| asked.as_ref().map_or_else(String::new, |q| q.title.clone()))
        });
        view! {
            <Dialog open title testid="confirm">
                {move || question.get().map(|asked| answers(asked, open))}
            </Dialog>
        }
        .into_any()
    }
}

fn answers(asked: Question, open: RwSignal<bool>) -> AnyView {
    let Question {
        text,
        yes,
        kind,
        then,
        ..
    } = asked;
    let agree = move |()| {
        open.set(false);
        then.run();
    };
    view! {
        <p class="text-sm">{text}</p>
        <div class="flex justify-end gap-2 pt-4">
            <Button label=t!("Cancel") on_press=move |()| open.set(false) testid="confirm-no" />
            <Button label=yes kind on_press=agree testid="confirm-yes" />
        </div>
    }
    .into_any()
}
