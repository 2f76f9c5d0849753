//! A screen that nobody knows: a code and what to do with it, and nothing else.

use crate::api;
use crate::words::picker;
use domain::screen::{Pairing, PairingState};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

/// How often the screen asks whether its code was entered.
const ASK: Duration = Duration::from_secs(2);

/// Shows the code until a lead enters it; then the page begins anew as a screen.
#[component]
pub(super) fn PairingCode() -> impl IntoView {
    let pairing = RwSignal::new(None::<Pairing>);
    let busy = StoredValue::new(false);
    let step = move || {
        if busy.try_get_value() != Some(false) {
            return;
        }
        busy.set_value(true);
        spawn_local(async move {
            go_on(pairing).await;
            let _ = busy.try_update_value(|busy| *busy = false);
        });
    };
    Effect::new(move |_| {
        step();
        if let Ok(timer) = set_interval_with_handle(step, ASK) {
            on_cleanup(move || timer.clear());
        }
    });
    let code = move || {
        pairing.with(|pairing| {
            let code = pairing.as_ref().map(|pairing| pairing.code.as_str())?;
            Some(spaced(code))
        })
    };
    view! {
        <main class="flex h-dvh flex-col items-center justify-center" data-testid="pairing">
            <h1 class="text-[12vw] font-black leading-none tracking-[0.08em] tabular-nums" data-testid="pairing-code">
                {move || code().unwrap_or_else(|| "···".to_owned())}
            </h1>
            <p class="mt-[4vh] max-w-[70vw] text-center text-[1.8vw] leading-snug text-neutral-300" data-testid="pairing-help">
                {t!("A lead enters this code in the office under Boards, with Pair a screen; then this screen shows its board.")}
            </p>
            {picker("select mt-[4vh] h-14 w-64 bg-neutral-900 text-xl text-white")}
        </main>
    }
}

/// Gets a code, or asks what became of it. Without a server it just goes on asking.
async fn go_on(pairing: RwSignal<Option<Pairing>>) {
    let Some(known) = pairing.try_get_untracked() else {
        return;
    };
    let Some(known) = known else {
        if let Ok(fresh) = api::screens::begin().await {
            pairing.try_set(Some(fresh));
        }
        return;
    };
    match api::screens::ask(known.secret).await {
        Ok(PairingState::Paired) => {
            let _ = window().location().reload();
        }
        Ok(PairingState::Over) => {
            pairing.try_set(None);
        }
        Ok(PairingState::Waiting) | Err(_) => {}
    }
}

/// In two halves, as people read it out.
fn spaced(code: &str) -> String {
    match code.split_at_checked(3) {
        Some((first, second)) => format!("{first} {second}"),
        None => code.to_owned(),
    }
}
