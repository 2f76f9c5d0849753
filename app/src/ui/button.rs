//! Buttons, and links that look like buttons.

use super::icon::{Icon, icon};
use leptos::prelude::*;
use std::sync::Arc;

/// How much a button asks for attention. One primary button per screen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ButtonKind {
    /// The main thing to do here.
    Primary,
    /// Everything else.
    #[default]
    Plain,
    /// Beside something else, without a frame.
    Quiet,
    /// Cannot be taken back.
    Danger,
}

impl ButtonKind {
    fn class(self, small: bool) -> &'static str {
        match (self, small) {
            (Self::Primary, false) => "btn btn-sm h-9 btn-primary",
            (Self::Plain, false) => "btn btn-sm h-9 btn-outline border-base-300",
            (Self::Quiet, false) => "btn btn-sm h-9 btn-ghost",
            (Self::Danger, false) => "btn btn-sm h-9 btn-outline btn-error",
            (Self::Primary, true) => "btn btn-xs h-7 btn-primary",
            (Self::Plain, true) => "btn btn-xs h-7 btn-outline border-base-300",
            (Self::Quiet, true) => "btn btn-xs h-7 btn-ghost",
            (Self::Danger, true) => "btn btn-xs h-7 btn-outline btn-error",
        }
    }
}

/// What a button does. It lives as long as the button: a `Callback` is gone as soon as the rows around
/// it are read again, and the old ones can still be pressed until the new ones are there. Signals of such a
/// row are gone by then as well: what it does reads them with `try_…`.
#[derive(Clone)]
pub struct Press(Arc<dyn Fn() + Send + Sync>);

impl<F: Fn(()) + Send + Sync + 'static> From<F> for Press {
    fn from(act: F) -> Self {
        Self(Arc::new(move || act(())))
    }
}

impl Press {
    /// Does it.
    pub fn run(&self) {
        (self.0)();
    }
}

/// A button that does something. While `pending` it shows so and cannot be pressed again.
#[component]
pub fn Button(
    /// What it does: a verb.
    #[prop(into)]
    label: String,
    /// What to do.
    #[prop(into)]
    on_press: Press,
    /// Attention.
    #[prop(optional)]
    kind: ButtonKind,
    /// Before the label.
    #[prop(optional)]
    before: Option<Icon>,
    /// In table rows.
    #[prop(optional)]
    small: bool,
    /// Under way.
    #[prop(optional, into)]
    pending: Signal<bool>,
    /// Not possible now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// A stable name for tests.
    #[prop(optional, into)]
    testid: String,
    /// The key that presses it on office pages; listed where `?` is pressed.
    #[prop(optional)]
    shortcut: &'static str,
) -> impl IntoView {
    let shortcut = (!shortcut.is_empty()).then_some(shortcut);
    view! {
        <button
            type="button"
            class=kind.class(small)
            data-shortcut=shortcut
            aria-keyshortcuts=shortcut
            disabled=move || holds(pending) || holds(disabled)
            aria-busy=move || holds(pending).then_some("true")
            data-testid=named(testid)
            on:click=move |_| on_press.run()
        >
            {face(before, label, pending)}
        </button>
    }
}

/// The signals may belong to rows that are being read again, while the button still stands there
/// and the act it started ends: what is gone counts as no.
fn holds(signal: Signal<bool>) -> bool {
    signal.try_get().unwrap_or(false)
}

fn face(before: Option<Icon>, label: String, pending: Signal<bool>) -> AnyView {
    view! {
        <span class="inline-flex items-center gap-1.5">
            {move || match (holds(pending), before) {
                (true, _) => {
                    view! { <span class="loading loading-spinner loading-xs"></span> }.into_any()
                }
                (false, Some(drawing)) => icon(drawing, "size-4"),
                (false, None) => ().into_any(),
            }}
            <span>{label}</span>
        </span>
    }
    .into_any()
}

/// A link that looks like a button.
pub fn link_button(
    kind: ButtonKind,
    small: bool,
    before: Option<Icon>,
    label: &str,
    href: String,
    testid: &'static str,
) -> AnyView {
    view! {
        <a class=kind.class(small) href=href data-testid=named(testid.to_owned())>
            {before.map(|drawing| icon(drawing, "size-4"))}
            <span>{label.to_owned()}</span>
        </a>
    }
    .into_any()
}

/// An attribute that is left out when empty.
pub(crate) fn named(testid: String) -> Option<String> {
    (!testid.is_empty()).then_some(testid)
}
