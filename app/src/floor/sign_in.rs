//! Signing in on the handheld, also over the page when a session ran out meanwhile.

use super::page;
use super::varying::{flag, press, text};
use super::who::{Session, Who};
use crate::words::picker_of_next;
use leptos::html::Input;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Asks for login and password. Who worked here is proposed and can go on without the network.
#[component]
pub(super) fn SignIn() -> impl IntoView {
    let session = expect_context::<Session>();
    page::name(t!("Sign in"));
    let known = match session.who.get_untracked() {
        Who::Here(worker) => Some(worker),
        _ => None,
    };
    let again = known.is_some();
    let title = known.as_ref().map_or_else(
        || t!("Sign in").to_owned(),
        |worker| t!("Sign in again, {name}", name = worker.name),
    );
    let (login, password) = (NodeRef::<Input>::new(), NodeRef::<Input>::new());
    let failed = RwSignal::new(String::new());
    let pending = RwSignal::new(false);
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let typed = |field: NodeRef<Input>| field.get_untracked().map(|input| input.value());
        let (Some(login), Some(password)) = (typed(login), typed(password)) else {
            return;
        };
        pending.set(true);
        spawn_local(async move {
            let done = session.sign_in(login.trim(), &password).await;
            failed.try_set(done.err().map(|error| error.message).unwrap_or_default());
            pending.try_set(false);
        });
    };
    view! {
        <main class="fixed inset-0 z-30 mx-auto flex max-w-2xl flex-col justify-center gap-5 bg-base-200 p-6" data-testid="floor-sign-in">
            <h1 class="text-4xl font-black leading-tight">{title}</h1>
            <form class="flex flex-col gap-4" on:submit=send>
                <Field label=t!("Login") name="login" kind="text" node=login value=known.map(|worker| worker.login).unwrap_or_default() />
                <Field label=t!("Password") name="password" kind="password" node=password value=String::new() />
                <p class="text-xl font-semibold text-error" role="alert" data-testid="sign-in-problem">
                    {text(move || failed.get())}
                </p>
                <button class="btn btn-primary h-20 text-3xl font-bold" data-testid="sign-in" disabled=flag(move || pending.get())>
                    {t!("Sign in")}
                </button>
            </form>
            <button
                type="button"
                class="btn btn-outline h-16 text-2xl"
                class:hidden=!again
                data-testid="work-on"
                on:click=press(move || session.asks.set(false))
            >
                {t!("Go on without signing in")}
            </button>
            {picker_of_next("select h-16 w-full text-xl")}
        </main>
    }
}

#[component]
fn Field(
    label: &'static str,
    name: &'static str,
    kind: &'static str,
    node: NodeRef<Input>,
    value: String,
) -> impl IntoView {
    view! {
        <label class="flex flex-col gap-1 text-xl font-semibold">
            {label}
            <input
                class="input h-16 w-full text-2xl"
                node_ref=node
                type=kind
                name=name
                value=value
                autocomplete=if name == "login" { "username" } else { "current-password" }
                autocapitalize="none"
                spellcheck="false"
                required=true
                data-testid=name
            />
        </label>
    }
}
