//! A whole screen the worker cannot overlook and has to answer.

use super::desk::{Desk, Notice, plain};
use super::varying::{option, part, press};
use crate::words::say;
use domain::{LineId, word};
use leptos::prelude::*;

/// The notice of the page, if there is one.
#[component]
pub(super) fn NoticeScreen(desk: Desk) -> impl IntoView {
    let close = Callback::new(move |()| desk.notice.set(None));
    part(move || {
        let screen = desk.notice.get().map(|notice| match notice {
            Notice::Wrong {
                title,
                code,
                text,
                belongs_to,
                teach,
                came,
            } => {
                let came = came.map(|code| came_button(desk, code));
                let teach = teach.map(|(line, code)| teach_button(desk, line, code));
                let current = desk.current.get_untracked();
                let belongs_to = belongs_to.filter(|id| Some(*id) != current);
                let go = belongs_to.map(|id| go_button(desk, id));
                view! {
                    <Screen colour="bg-red-700 text-white" title code=code.unwrap_or_default() text name="refusal">
                        {go}
                        {came}
                        {teach}
                        <Answer label=t!("OK").to_owned() name="acknowledge" on_press=close />
                    </Screen>
                }
                .into_any()
            }
            Notice::Over {
                line,
                quantity,
                scanned,
            } => {
                let receives = untrack(|| desk.is_receipt());
                let only = match receives {
                    true => word!("Only {left} {uom} expected"),
                    false => word!("Only {left} {uom} left"),
                };
                let title = match line.remaining() {
                    left if left.is_zero() => t!("Complete already").to_owned(),
                    left => say(only, None, &[("left", plain(left)), ("uom", line.uom.clone())]),
                };
                let text = t!("{item}: {requested} in all.", item = line.item_code, requested = plain(line.requested));
                let anyway = match receives {
                    true => t!("Receive it all the same").to_owned(),
                    false => t!("Take {quantity} anyway", quantity),
                };
                let take = Callback::new(move |()| {
                    desk.pick(&line, quantity, scanned.clone(), true);
                });
                view! {
                    <Screen colour="bg-amber-400 text-black" title text name="over-pick">
                        <Answer label=anyway name="confirm-over" on_press=take />
                        <Answer label=t!("Go back").to_owned() name="cancel-over" on_press=close />
                    </Screen>
                }
                .into_any()
            }
        });
        option(screen)
    })
}

fn go_button(desk: Desk, id: LineId) -> AnyView {
    let go = Callback::new(move |()| desk.go_to(Some(id)));
    view! { <Answer label=t!("Go to that line").to_owned() name="go-to-line" on_press=go /> }
        .into_any()
}

/// A receipt takes in what is not on it.
fn came_button(desk: Desk, code: String) -> AnyView {
    let receive = Callback::new(move |()| desk.ask_unexpected(code.clone()));
    view! { <Answer label=t!("Receive it all the same").to_owned() name="receive-unexpected" on_press=receive /> }
        .into_any()
}

fn teach_button(desk: Desk, line: LineId, code: String) -> AnyView {
    let item = desk.line.get_untracked().map(|line| line.item_code);
    let label = t!("It is {item}: ask my lead", item = item.unwrap_or_default());
    let teach = Callback::new(move |()| desk.teach(line, code.clone()));
    view! { <Answer label name="teach" on_press=teach /> }.into_any()
}

/// The screen itself; answers are at the bottom.
#[component]
pub(super) fn Screen(
    colour: &'static str,
    title: String,
    /// What was scanned, on a line of its own: whole, whatever its length.
    #[prop(optional)]
    code: String,
    text: String,
    name: &'static str,
    children: Children,
) -> impl IntoView {
    view! {
        <div
            class=format!("fixed inset-0 z-40 mx-auto flex max-w-2xl flex-col gap-4 p-6 {colour}")
            role="alertdialog"
            aria-modal="true"
            data-testid=name
        >
            <div class="flex flex-1 flex-col justify-center gap-4">
                <p class="text-5xl font-black leading-tight break-words">{title}</p>
                <p class="font-mono text-5xl font-black leading-tight break-all" class:hidden=code.is_empty() data-testid="scanned-code">
                    {code.clone()}
                </p>
                <p class="text-3xl font-semibold leading-snug break-words">{text}</p>
            </div>
            {children()}
        </div>
    }
}

/// One answer of a [`Screen`].
#[component]
pub(super) fn Answer(label: String, name: &'static str, on_press: Callback<()>) -> impl IntoView {
    view! {
        <button
            type="button"
            class="min-h-20 w-full rounded-2xl bg-white px-4 py-2 text-3xl text-balance font-black text-black active:bg-neutral-300"
            data-testid=name
            on:click=press(move || on_press.run(()))
        >
            {label}
        </button>
    }
}
