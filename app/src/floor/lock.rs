//! A PIN or a badge for devices that lie around: locks the handheld without signing anybody out, also without a
//! network. It keeps colleagues from working under another one's name; it is no password.

use super::bridge::{self, PinCheck};
use super::outgoing::sign_in_button;
use super::sheet::{BottomSheet, focus_when_drawn};
use super::varying::{option, part, press, text, whenever};
use super::who::{Session, Worker};
use crate::live::device_now;
use leptos::html::Input;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

/// Left alone for so long, the device locks itself.
const IDLE_SECONDS: i64 = 300;
/// How often that is looked at.
const LOOK: Duration = Duration::from_secs(10);
/// Fewer digits are guessed too easily.
const SHORTEST: usize = 4;

/// The lock of a worker's handheld.
#[derive(Clone, Copy)]
pub(super) struct Lock {
    worker: StoredValue<Worker>,
    /// None until the device's database was asked.
    pub locked: RwSignal<Option<bool>>,
    has_pin: RwSignal<bool>,
    setting: RwSignal<bool>,
    touched: StoredValue<i64>,
}

/// Shares the lock with everything below.
pub(super) fn provide_lock(worker: Worker) -> Lock {
    let lock = Lock {
        worker: StoredValue::new(worker),
        locked: RwSignal::new(None),
        has_pin: RwSignal::new(false),
        setting: RwSignal::new(false),
        touched: StoredValue::new(now()),
    };
    provide_context(lock);
    let user = lock.user();
    lock.watch();
    let today = expect_context::<Session>().today;
    whenever(move || {
        // A badge comes with what the server says of the person.
        today.track();
        spawn_local(async move {
            let kept = bridge::pin_state(user).await;
            lock.has_pin.try_set(kept.is_some());
            if lock.locked.try_get_untracked() == Some(None) {
                lock.locked.try_set(Some(kept == Some(true)));
            }
        });
    });
    lock
}

fn now() -> i64 {
    device_now().timestamp()
}

impl Lock {
    fn user(self) -> i64 {
        self.worker.with_value(|worker| worker.id.0)
    }

    fn watch(self) {
        let touch = move || {
            self.touched.try_set_value(now());
        };
        let touches = window_event_listener(leptos::ev::pointerdown, move |_| touch());
        let keys = window_event_listener(leptos::ev::keydown, move |_| touch());
        let look = move || {
            let idle = self
                .touched
                .try_get_value()
                .is_some_and(|at| now() - at > IDLE_SECONDS);
            if idle && self.has_pin.try_get_untracked() == Some(true) {
                self.lock();
            }
        };
        let timer = set_interval_with_handle(look, LOOK).ok();
        on_cleanup(move || {
            touches.remove();
            keys.remove();
            if let Some(timer) = timer {
                timer.clear();
            }
        });
    }

    fn lock(self) {
        if self.locked.try_get_untracked() == Some(Some(true)) {
            return;
        }
        self.locked.try_set(Some(true));
        let user = self.user();
        spawn_local(bridge::pin_lock(user));
    }
}

/// Buttons under the task list.
#[component]
pub(super) fn LockButtons() -> impl IntoView {
    let lock = expect_context::<Lock>();
    let words = move || match lock.has_pin.get() {
        true => t!("Lock"),
        false => t!("Set a PIN"),
    };
    let act = move || match lock.has_pin.get_untracked() {
        true => lock.lock(),
        false => lock.setting.set(true),
    };
    view! {
        <button type="button" class="btn btn-outline h-14 w-full text-xl" data-testid="lock" on:click=press(act)>
            {text(move || words().to_owned())}
        </button>
        {part(move || option(lock.setting.get().then(|| view! { <SetPin lock /> }.into_any())))}
    }
}

#[component]
fn SetPin(lock: Lock) -> impl IntoView {
    let close = Callback::new(move |()| lock.setting.set(false));
    let problem = RwSignal::new(String::new());
    let set = Callback::new(move |pin: String| {
        if pin.len() < SHORTEST || !pin.bytes().all(|digit| digit.is_ascii_digit()) {
            return problem.set(t!("Take at least {count} digits.", count = SHORTEST));
        }
        let user = lock.user();
        spawn_local(async move {
            if bridge::pin_set(user, &pin).await {
                lock.has_pin.try_set(true);
                lock.setting.try_set(false);
            } else {
                problem.try_set(t!("This device cannot keep a PIN.").to_owned());
            }
        });
    });
    view! {
        <BottomSheet title=t!("A PIN for this device") on_close=close>
            <p class="text-xl">{t!("It locks the device when you leave it. Your password stays as it is.")}</p>
            <Pin on_enter=set problem action=t!("Set") />
        </BottomSheet>
    }
}

/// What is seen of a locked device.
#[component]
pub(super) fn Locked(lock: Lock) -> impl IntoView {
    let problem = RwSignal::new(String::new());
    let too_often = RwSignal::new(false);
    let name = lock.worker.with_value(|worker| worker.name.clone());
    let enter = Callback::new(move |pin: String| {
        let user = lock.user();
        spawn_local(async move {
            match bridge::pin_check(user, &pin).await {
                PinCheck::Right => {
                    lock.locked.try_set(Some(false));
                }
                PinCheck::Wrong => {
                    problem.try_set(t!("This is not the PIN.").to_owned());
                }
                PinCheck::TooOften => {
                    problem.try_set(t!("Too many tries. Sign in with the password.").to_owned());
                    too_often.try_set(true);
                }
            }
        });
    });
    view! {
        <main class="flex h-full flex-col justify-center gap-5 p-6" data-testid="locked">
            <h1 class="text-4xl font-black leading-tight">{t!("Locked by {name}", name)}</h1>
            <p class="text-xl">{t!("What was done is kept, and sent as soon as it can be.")}</p>
            <Pin on_enter=enter problem action=t!("Unlock") />
            {part(move || option(too_often.get().then(sign_in_button)))}
        </main>
    }
}

#[component]
fn Pin(
    on_enter: Callback<String>,
    problem: RwSignal<String>,
    action: &'static str,
) -> impl IntoView {
    let field = NodeRef::<Input>::new();
    focus_when_drawn(field);
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if let Some(input) = field.get_untracked() {
            let pin = input.value();
            input.set_value("");
            on_enter.run(pin);
        }
    };
    view! {
        <form class="flex flex-col gap-3" on:submit=send>
            <input
                node_ref=field
                class="input h-20 w-full text-center text-4xl font-black tracking-widest"
                type="password"
                inputmode="numeric"
                autocomplete="off"
                maxlength="64"
                aria-label=t!("PIN")
                data-testid="pin"
            />
            <p class="min-h-7 text-xl font-semibold text-error" role="alert" data-testid="pin-problem">
                {text(move || problem.get())}
            </p>
            <button class="btn btn-primary h-20 text-3xl font-bold" data-testid="pin-enter">
                {action}
            </button>
        </form>
    }
}
