//! The sign-in page. Works before scripts run, as a plain form.

use crate::AppError;
use crate::api;
use crate::api::session::SignInForm;
use crate::routes;
use crate::session::{must_choose_password, viewer};
use crate::ui::error::error_line;
use crate::words::picker_of_next;
use leptos::ev;
use leptos::html::Input;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos::task::spawn_local;
use leptos_meta::Title;
use leptos_router::components::Redirect;
use leptos_router::hooks::use_query_map;

/// Asks for login and password, then sends the person to the page asked for.
#[component]
pub fn SignIn() -> impl IntoView {
    if must_choose_password() {
        return view! { <Redirect path=routes::PASSWORD /> }.into_any();
    }
    if let Some(viewer) = viewer() {
        return view! { <Redirect path=viewer.home() /> }.into_any();
    }
    let next = use_query_map().with_untracked(|query| query.get("next"));
    let failed = RwSignal::new(None::<AppError>);
    let pending = RwSignal::new(false);
    let (login, password) = (NodeRef::<Input>::new(), NodeRef::<Input>::new());
    let wanted = next.clone();
    let send = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let typed = |field: NodeRef<Input>| field.get_untracked().map(|input| input.value());
        let (Some(login), Some(password)) = (typed(login), typed(password)) else {
            return;
        };
        let wanted = wanted.clone();
        pending.set(true);
        spawn_local(async move {
            match api::session::sign_in(login, password).await {
                // A whole new page: nothing of the stranger's session stays in memory.
                Ok(arrival) => go(&arrival.leads_to(wanted.as_deref())),
                Err(error) => {
                    failed.set(Some(error));
                    pending.set(false);
                }
            }
        });
    };
    let failure = move || failed.get().map(|error| error_line(&error));
    view! {
        <main class="grid min-h-screen bg-base-100 lg:grid-cols-[minmax(0,1fr)_minmax(0,34rem)]">
            <Title text=t!("Sign in") />
            {cover()}
            <div class="grid place-items-center p-6">
                <div class="flex w-full max-w-sm flex-col gap-6">
                    <div>
                        <h1 class="text-2xl font-semibold">{t!("Sign in")}</h1>
                        <p class="mt-1 text-sm text-muted">{t!("Use the login your administrator gave you.")}</p>
                    </div>
                    <form class="flex flex-col gap-4" method="post" action=SignInForm::PATH on:submit=send>
                        {next.map(|next| view! { <input type="hidden" name="next" value=next /> })}
                        {field(t!("Login"), "login", "text", "username", login)}
                        {field(t!("Password"), "password", "password", "current-password", password)}
                        {failure}
                        <button
                            type="submit"
                            class="btn btn-primary h-11 text-base"
                            disabled=move || pending.get()
                            data-testid="sign-in"
                        >
                            {t!("Sign in")}
                        </button>
                    </form>
                    {picker_of_next("select select-sm w-40 self-start")}
                </div>
            </div>
        </main>
    }
    .into_any()
}

fn go(target: &str) {
    let _ = window().location().set_href(target);
}

fn field(
    label: &'static str,
    name: &'static str,
    kind: &'static str,
    autocomplete: &'static str,
    node: NodeRef<Input>,
) -> AnyView {
    view! {
        <label class="flex flex-col gap-1">
            <span class="text-sm font-medium">{label}</span>
            <input
                class="input h-11 w-full text-base"
                node_ref=node
                type=kind
                name=name
                autocomplete=autocomplete
                autocapitalize="none"
                spellcheck="false"
                required=true
                data-testid=name
            />
        </label>
    }
    .into_any()
}

fn cover() -> AnyView {
    view! {
        <div class="hidden flex-col justify-between bg-side p-12 text-side-content lg:flex">
            <div class="flex items-center gap-3">
                <img src="/favicon.svg" alt="" class="size-9" />
                <span class="text-lg font-semibold">"Crossdock"</span>
            </div>
            <div class="max-w-md">
                <p class="text-3xl leading-tight font-semibold">
                    {t!("From the ERP to the shelf, and back.")}
                </p>
                <p class="mt-4 text-base text-side-muted">
                    {t!("Documents arrive as picks on the handheld. Every pick is on the board within a second.")}
                </p>
            </div>
            <span class="text-xs text-side-muted">{t!("Warehouse floor · ERP connections · live boards")}</span>
        </div>
    }
    .into_any()
}
