//! Scanning from anywhere on the page: a field that is kept ready, and the whole window's keys.

use domain::scan::{Heard, Wedge};
use leptos::ev;
use leptos::prelude::*;
use leptos::web_sys;
use std::time::Duration;

use crate::live::device_now;

/// How soon the field has the focus again when nothing has it.
const KEEP_READY: Duration = Duration::from_millis(500);

/// Collects what a scanner types and hands over whole codes. Shows that the page is ready for one,
/// and a button for typing a code by hand.
#[component]
pub fn ScanField(
    /// Called with each code.
    on_scan: Callback<String>,
    /// Called when the person wants to type a code; without it there is no button.
    #[prop(optional)]
    on_type: Option<Callback<()>>,
    /// What to scan, for example "Scan the item".
    #[prop(into)]
    hint: Signal<String>,
) -> impl IntoView {
    let field = NodeRef::<leptos::html::Input>::new();
    let scanner = Scanner {
        wedge: StoredValue::new(Wedge::default()),
        on_scan,
    };
    listen_to_window(scanner, field);
    view! {
        <div class="flex items-stretch gap-2">
            <div class="relative flex-1 rounded-xl border-2 border-dashed border-base-content/50 bg-base-100 focus-within:border-solid focus-within:border-success">
                <div class="absolute inset-0 flex items-center gap-3 px-4 text-xl leading-tight font-semibold pointer-events-none">
                    <Bars />
                    {crate::floor::varying::text(move || hint.get())}
                </div>
                <input
                    node_ref=field
                    class="h-14 w-full bg-transparent text-transparent caret-transparent outline-none"
                    type="text"
                    inputmode="none"
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    aria-label=t!("Scan")
                    data-testid="scan-input"
                    data-scan="true"
                    on:input=move |event| scanner.input(&event)
                    on:compositionend=move |event| scanner.composed(&event)
                />
            </div>
            {on_type.map(type_button)}
        </div>
    }
}

fn type_button(on_type: Callback<()>) -> AnyView {
    view! {
        <button
            type="button"
            class="btn btn-outline h-14 px-4 text-lg"
            data-testid="type-code"
            on:click=crate::floor::varying::press(move || on_type.run(()))
        >
            {t!("Type code")}
        </button>
    }
    .into_any()
}

#[component]
fn Bars() -> impl IntoView {
    view! {
        <svg class="size-8 shrink-0" viewBox="0 0 32 24" fill="currentColor" aria-hidden="true">
            <path d="M1 2h3v20H1zM6 2h1v20H6zM10 2h4v20h-4zM17 2h1v20h-1zM20 2h3v20h-3zM26 2h1v20h-1zM29 2h2v20h-2z" />
        </svg>
    }
}

#[derive(Clone, Copy)]
struct Scanner {
    wedge: StoredValue<Wedge>,
    on_scan: Callback<String>,
}

impl Scanner {
    /// Answers whether the key was taken.
    fn key(self, event: &web_sys::KeyboardEvent) -> bool {
        let command = event.ctrl_key() || event.meta_key();
        self.take(|wedge, now| wedge.key(&event.key(), command, now))
    }

    fn input(self, event: &web_sys::Event) {
        let field = event_target::<web_sys::HtmlInputElement>(event);
        let text = field.value();
        // `InputEvent::is_composing` without another browser binding: the field is not emptied
        // while the input method still shows what it may insert.
        if composing(event) {
            self.wedge
                .update_value(|wedge| wedge.compose(&text, millis()));
            self.wait_for_silence();
        } else {
            field.set_value("");
            self.take(|wedge, now| wedge.insert(&text, now));
        }
    }

    fn composed(self, event: &web_sys::CompositionEvent) {
        let field = event_target::<web_sys::HtmlInputElement>(event);
        let text = field.value();
        field.set_value("");
        self.take(|wedge, now| wedge.insert(&text, now));
    }

    fn take(self, hear: impl FnOnce(&mut Wedge, u64) -> Heard) -> bool {
        let heard = self
            .wedge
            .try_update_value(|wedge| hear(wedge, millis()))
            .unwrap_or(Heard::Nothing);
        match heard {
            Heard::Nothing => false,
            Heard::Kept => {
                self.wait_for_silence();
                true
            }
            Heard::Code(code) => {
                self.on_scan.run(code);
                true
            }
        }
    }

    fn wait_for_silence(self) {
        let Some(wait) = self.wedge.try_with_value(Wedge::wait_ms) else {
            return;
        };
        set_timeout(
            move || {
                let code = self.wedge.try_update_value(|wedge| wedge.silence(millis()));
                if let Some(Some(code)) = code {
                    self.on_scan.run(code);
                }
            },
            // A little later than needed: timers may come early by a millisecond.
            Duration::from_millis(wait + 5),
        );
    }
}

/// Keys reach the scanner wherever the focus is, except in another text field; touching anything
/// gives the focus back to the field, where input methods insert.
fn listen_to_window(scanner: Scanner, field: NodeRef<leptos::html::Input>) {
    let focus = move || {
        if !is_typing()
            && let Some(Some(field)) = field.try_get_untracked()
        {
            let _ = field.focus();
        }
    };
    crate::floor::varying::whenever(move || {
        let keys = window_event_listener(ev::keydown, move |event| {
            if !is_typing() && scanner.key(&event) {
                event.prevent_default();
            }
        });
        let touches = window_event_listener(ev::pointerup, move |_| {
            set_timeout(focus, Duration::from_millis(100));
        });
        let back = window_event_listener(ev::focus, move |_| focus());
        // Where a panel with the focus went away, nobody has it.
        let alone = move || {
            let body = document().body();
            if document().active_element().as_ref() == body.as_deref() {
                focus();
            }
        };
        let timer = set_interval_with_handle(alone, KEEP_READY).ok();
        focus();
        on_cleanup(move || {
            keys.remove();
            touches.remove();
            back.remove();
            if let Some(timer) = timer {
                timer.clear();
            }
        });
    });
}

/// Whether the focus is in a text field other than ours.
fn is_typing() -> bool {
    document().active_element().is_some_and(|element| {
        matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
            && !element.has_attribute("data-scan")
    })
}

fn composing(event: &web_sys::Event) -> bool {
    use leptos::wasm_bindgen::JsCast;
    event
        .dyn_ref::<web_sys::InputEvent>()
        .is_some_and(web_sys::InputEvent::is_composing)
}

fn millis() -> u64 {
    device_now().timestamp_millis().unsigned_abs()
}
