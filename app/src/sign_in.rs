//! The sign-in page. Works before scripts run, as a plain form.

use crate::api::session::SignIn as SignInAction;
use crate::routes;
use crate::session::viewer;
use crate::ui::error::error_line;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Redirect;
use leptos_router::hooks::use_query_map;

/// Asks for login and password, then sends the person to the page asked for.
#[component]
pub fn SignIn() -> impl IntoView {
    if let Some(viewer) = viewer() {
        return view! { <Redirect path=viewer.home() /> }.into_any();
    }
    let action = ServerAction::<SignInAction>::new();
    let next = use_query_map().with_untracked(|query| query.get("next"));
    let wanted = next.clone();
    Effect::new(move || {
        if let Some(Ok(caller)) = action.value().get() {
            let target = routes::after_sign_in(&caller, wanted.as_deref());
            // A whole new page: nothing of the stranger's session stays in memory.
            let _ = window().location().set_href(target);
        }
    });
    let failure = move || match action.value().get() {
        Some(Err(error)) => error_line(&error),
        _ => ().into_any(),
    };
    let busy = move || action.pending().get() || matches!(action.value().get(), Some(Ok(_)));
    view! {
        <main class="grid min-h-screen bg-base-100 lg:grid-cols-[minmax(0,1fr)_minmax(0,34rem)]">
            <Title text="Sign in" />
            {cover()}
            <div class="grid place-items-center p-6">
                <div class="flex w-full max-w-sm flex-col gap-6">
                    <div>
                        <h1 class="text-2xl font-semibold">"Sign in"</h1>
                        <p class="mt-1 text-sm text-muted">"Use the login your administrator gave you."</p>
                    </div>
                    <ActionForm action=action attr:class="flex flex-col gap-4">
                        {next.map(|next| view! { <input type="hidden" name="next" value=next /> })}
                        {field("Login", "login", "text", "username")}
                        {field("Password", "password", "password", "current-password")}
                        {failure}
                        <button
                            type="submit"
                            class="btn btn-primary h-11 text-base"
                            disabled=busy
                            data-testid="sign-in"
                        >
                            "Sign in"
                        </button>
                    </ActionForm>
                </div>
            </div>
        </main>
    }
    .into_any()
}

fn field(
    label: &'static str,
    name: &'static str,
    kind: &'static str,
    autocomplete: &'static str,
) -> AnyView {
    view! {
        <label class="flex flex-col gap-1">
            <span class="text-sm font-medium">{label}</span>
            <input
                class="input h-11 w-full text-base"
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
                    "From the ERP to the shelf, and back."
                </p>
                <p class="mt-4 text-base text-side-muted">
                    "Documents arrive as picks on the handheld. Every pick is on the board within a second."
                </p>
            </div>
            <span class="text-xs text-side-muted">"Warehouse floor · ERP connections · live boards"</span>
        </div>
    }
    .into_any()
}
