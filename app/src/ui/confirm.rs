//! A question before something that is not easily taken back.

use super::button::{Button, ButtonKind};
use super::dialog::Dialog;
use leptos::prelude::*;

/// What is asked, and what happens on yes.
#[derive(Clone)]
struct Question {
    title: String,
    text: String,
    yes: &'static str,
    then: Callback<()>,
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
    /// Asks; `text` says what will be touched, `yes` is the verb on the button.
    pub fn ask(
        self,
        title: impl Into<String>,
        text: impl Into<String>,
        yes: &'static str,
        then: impl Fn() + Send + Sync + 'static,
    ) {
        self.question.set(Some(Question {
            title: title.into(),
            text: text.into(),
            yes,
            then: Callback::new(move |()| then()),
        }));
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
        text, yes, then, ..
    } = asked;
    let agree = move |()| {
        open.set(false);
        then.run(());
    };
    view! {
        <p class="text-sm">{text}</p>
        <div class="flex justify-end gap-2 pt-4">
            <Button label=t!("Cancel") on_press=move |()| open.set(false) testid="confirm-no" />
            <Button label=yes kind=ButtonKind::Danger on_press=agree testid="confirm-yes" />
        </div>
    }
    .into_any()
}
