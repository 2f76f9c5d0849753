//! Choosing one's own password: by will, or because an administrator gave a temporary one.

use crate::AppError;
use crate::api;
use crate::routes;
use crate::session::{must_choose_password, viewer};
use crate::ui::error::error_line;
use crate::ui::field::TextField;
use crate::ui::header::page_header;
use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::Redirect;

/// The shortest password accepted, characters.
const SHORTEST: usize = 8;

/// The page.
#[component]
pub fn ChoosePassword() -> impl IntoView {
    let must = must_choose_password();
    if viewer().is_none() && !must {
        let target = format!("{}?next={}", routes::LOGIN, routes::PASSWORD);
        return view! { <Redirect path=target /> }.into_any();
    }
    let text = if must {
        t!("Your administrator gave you a password for one sign-in. Choose one that only you know.")
    } else {
        t!("Every other session and program that uses the present password is signed out.")
    };
    view! {
        <main class="grid min-h-screen place-items-center bg-base-200 p-6">
            <div class="panel flex w-full max-w-md flex-col gap-5 p-6">
                {page_header(t!("Choose your password"), text, None)}
                {form()}
            </div>
        </main>
    }
    .into_any()
}

fn form() -> AnyView {
    let field = || RwSignal::new(String::new());
    let (old, new, again) = (field(), field(), field());
    let failed = RwSignal::new(None::<AppError>);
    let pending = RwSignal::new(false);
    let fits = Memo::new(move |_| {
        !old.get().is_empty() && new.get().chars().count() >= SHORTEST && new.get() == again.get()
    });
    let differ = move || !again.get().is_empty() && new.get() != again.get();
    let send = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if !fits.get_untracked() {
            return;
        }
        pending.set(true);
        spawn_local(async move {
            let call = api::session::change_password(old.get_untracked(), new.get_untracked());
            match call.await {
                Ok(()) => {
                    let _ = window().location().set_href(routes::ROOT);
                }
                Err(error) => {
                    failed.set(Some(error));
                    pending.set(false);
                }
            }
        });
    };
    view! {
        <form class="flex flex-col gap-4" on:submit=send>
            <TextField label=t!("Present password") value=old kind="password" autocomplete="current-password" testid="password-old" />
            <TextField label=t!("New password") value=new kind="password" autocomplete="new-password" hint=t!("At least 8 characters.") testid="password-new" />
            <TextField label=t!("New password again") value=again kind="password" autocomplete="new-password" testid="password-again" />
            {move || differ().then(|| view! { <p class="text-sm text-error" role="alert">{t!("The two new passwords differ.")}</p> })}
            {move || failed.get().map(|error| error_line(&error))}
            <div class="flex justify-end gap-2">
                <a class="btn btn-sm h-9 btn-ghost" href=routes::ROOT>{t!("Back")}</a>
                <button
                    type="submit"
                    class="btn btn-sm h-9 btn-primary"
                    disabled=move || pending.get() || !fits.get()
                    data-testid="password-save"
                >
                    {t!("Save password")}
                </button>
            </div>
        </form>
    }
    .into_any()
}
