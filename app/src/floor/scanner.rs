//! The scanner doctor: what the scanner types, what Crossdock made of it, and what to change.

use super::page;
use super::varying::{option, part, whenever};
use crate::live::device_now;
use crate::scan::ScanField;
use crate::words;
use domain::scanner_check::{Findings, Stroke, examine, printable};
use leptos::ev;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys;
use std::time::Duration;

/// Strokes shown; a long label has fewer.
const SHOWN: usize = 200;
/// When all strokes of a code are noted.
const SETTLED: Duration = Duration::from_millis(30);

/// The page; needs no server.
#[component]
pub(super) fn Scanner() -> impl IntoView {
    let heard = StoredValue::new(Vec::<Stroke>::new());
    let found = RwSignal::new(None::<(Findings, Vec<Stroke>)>);
    listen(heard);
    let scanned = Callback::new(move |code: String| {
        // The stroke that ended the code is noted after this call.
        let look = move || {
            let strokes = heard.try_update_value(std::mem::take).unwrap_or_default();
            let _ = found.try_set(Some((examine(&code, &strokes), strokes)));
        };
        set_timeout(look, SETTLED);
    });
    view! {
        <div class="flex h-full flex-col">
            {page::bar(t!("Scanner check"), ().into_any())}
            <main class="flex min-h-0 flex-1 flex-col gap-3 overflow-y-auto p-3" tabindex="0">
                {part(move || match found.get() {
                    None => view! { <p class="p-3 text-2xl">{t!("Scan any barcode. Nothing is booked.")}</p> }.into_any(),
                    Some((findings, strokes)) => shown(findings, &strokes),
                })}
            </main>
            <footer class="flex shrink-0 flex-col gap-2 border-t-2 border-base-300 bg-base-100 p-3">
                <ScanField hint=t!("Scan any barcode") on_scan=scanned />
            </footer>
        </div>
    }
}

fn shown(findings: Findings, strokes: &[Stroke]) -> AnyView {
    let fine = findings.advice.is_empty() && findings.problem.is_none();
    let advice = findings.advice.iter().map(words::message);
    let advice: Vec<String> = findings
        .problem
        .iter()
        .map(|problem| words::tell(problem))
        .chain(advice)
        .collect();
    let facts = findings
        .facts
        .into_iter()
        .map(|(name, fact)| (words::tr(name).to_owned(), words::tell(&fact)));
    let keys = strokes
        .iter()
        .take(SHOWN)
        .map(key)
        .collect::<Vec<_>>()
        .join(" ");
    let understood = match findings.entries.is_empty() {
        true => vec![(t!("Plain code").to_owned(), findings.code.clone())],
        false => findings.entries,
    };
    view! {
        <p class="rounded-2xl bg-base-100 p-3 font-mono text-2xl font-bold break-all" data-testid="heard-code">{findings.code}</p>
        {option(fine.then(|| view! { <p class="rounded-2xl bg-success p-3 text-2xl font-bold text-success-content" data-testid="scanner-fine">{t!("This scanner is set up well.")}</p> }.into_any()))}
        {advice.into_iter().map(|text| view! { <p class="rounded-2xl bg-warning p-3 text-xl font-semibold text-warning-content" data-testid="scanner-advice">{text}</p> }.into_any()).collect::<Vec<_>>()}
        {list(t!("Crossdock understood"), understood, "understood")}
        {list(t!("How it came"), facts.collect(), "scanner-facts")}
        {list(t!("Keys"), vec![(String::new(), keys)], "scanner-keys")}
    }
    .into_any()
}

pub(super) fn list(
    title: &'static str,
    rows: Vec<(String, String)>,
    name: &'static str,
) -> AnyView {
    let rows = rows
        .into_iter()
        .map(|(name, value)| {
            view! {
                <div class="flex flex-wrap gap-x-4 py-1 text-xl">
                    <dt class="opacity-80">{name}</dt>
                    <dd class="ml-auto font-bold break-all">{value}</dd>
                </div>
            }
            .into_any()
        })
        .collect::<Vec<_>>();
    view! {
        <section class="rounded-2xl bg-base-100 p-3" data-testid=name>
            <h2 class="text-lg font-bold">{title}</h2>
            <dl>{rows}</dl>
        </section>
    }
    .into_any()
}

/// A key as the list shows it.
fn key(stroke: &Stroke) -> String {
    let name = printable(&stroke.key);
    if stroke.command {
        format!("Ctrl+{name}")
    } else {
        name
    }
}

/// Hears what the scan field hears; its own taking of a key changes nothing here.
fn listen(heard: StoredValue<Vec<Stroke>>) {
    let note = move |key: String, command: bool, inserted: bool| {
        let at = device_now().timestamp_millis().unsigned_abs();
        let stroke = Stroke {
            key,
            command,
            inserted,
            at,
        };
        heard.try_update_value(|heard| heard.push(stroke));
    };
    whenever(move || {
        let keys = window_event_listener(ev::keydown, move |event| {
            note(event.key(), event.ctrl_key() || event.meta_key(), false);
        });
        let texts = window_event_listener(ev::input, move |event| {
            let data = event
                .dyn_ref::<web_sys::InputEvent>()
                .and_then(web_sys::InputEvent::data);
            if let Some(text) = data {
                note(text, false, true);
            }
        });
        on_cleanup(move || {
            keys.remove();
            texts.remove();
        });
    });
}
