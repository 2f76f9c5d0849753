//! Looking an item up: what it is, where it lies, and where it is asked for.

use super::bridge;
use super::desk::plain;
use super::page;
use super::scanner::list;
use super::type_code::TypeCodeSheet;
use super::varying::{option, part};
use crate::json::Json;
use crate::scan::ScanField;
use crate::sound::{Cue, Feedback};
use crate::{AppError, ErrorCode};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The page; asks the server for each code.
#[component]
pub(super) fn LookUp() -> impl IntoView {
    let feedback = expect_context::<Feedback>();
    // The answer as text, so that no signal is compiled for it alone.
    let found = RwSignal::new(None::<String>);
    let problem = RwSignal::new(None::<String>);
    let typing = RwSignal::new(false);
    let ask = Callback::new(move |code: String| {
        typing.set(false);
        spawn_local(async move {
            let code = js_sys::encode_uri_component(&code);
            let path = format!("/api/v1/items/lookup?code={}", String::from(code));
            let answer = bridge::call("GET", &path, None).await;
            feedback.give(if answer.is_ok() { Cue::Ok } else { Cue::Wrong });
            let (told, wrong) = match answer {
                Ok(detail) => (detail.to_text(), None),
                Err(error) => (None, Some(said(error))),
            };
            found.try_set(told);
            problem.try_set(wrong);
        });
    });
    let close = Callback::new(move |()| typing.set(false));
    view! {
        <div class="flex h-full flex-col">
            {page::bar(t!("Look up an item"), ().into_any())}
            <main class="flex min-h-0 flex-1 flex-col gap-3 overflow-y-auto p-3" tabindex="0">
                {part(move || match (problem.get(), found.get().as_deref().and_then(Json::parse)) {
                    (Some(message), _) => view! { <p class="rounded-2xl bg-red-700 p-4 text-2xl font-semibold text-white" role="alert" data-testid="look-up-problem">{message}</p> }.into_any(),
                    (None, Some(detail)) => shown(&detail),
                    (None, None) => view! { <p class="p-3 text-2xl">{t!("Scan an item, or type its code. Nothing is booked.")}</p> }.into_any(),
                })}
            </main>
            <footer class="shrink-0 border-t-2 border-base-300 bg-base-100 p-3">
                <ScanField hint=t!("Scan an item") on_scan=ask on_type=Callback::new(move |()| typing.set(true)) />
            </footer>
            {part(move || option(typing.get().then(|| view! { <TypeCodeSheet on_close=close on_code=ask /> }.into_any())))}
        </div>
    }
}

fn said(error: AppError) -> String {
    match error.code {
        ErrorCode::NotFound => t!("No item is known under this code.").to_owned(),
        ErrorCode::Offline => t!("Looking up needs the network.").to_owned(),
        _ => error.message,
    }
}

fn shown(detail: &Json) -> AnyView {
    let item = detail.get("item");
    let uom = item.text("uom").unwrap_or_default();
    let amount = |row: &Json, name: &str| {
        let amount = row.decimal(name).unwrap_or_default();
        format!("{} {uom}", plain(amount))
    };
    let rows = |name: &str, row: &dyn Fn(&Json) -> (String, String)| -> Vec<(String, String)> {
        detail.get(name).list().iter().map(row).collect()
    };
    let named = |row: &Json, name: &str| row.text(name).unwrap_or_default();
    let codes = detail.get("barcodes").list();
    let codes = codes.iter().filter_map(Json::as_text);
    let codes = codes.map(|code| (String::new(), code)).collect();
    let lies = rows("locations", &|row| {
        (named(row, "location"), amount(row, "quantity"))
    });
    let stock = rows("stock", &|row| {
        (named(row, "warehouse_name"), amount(row, "quantity"))
    });
    let uses = rows("uses", &|row| {
        let number = format!("{} {}", named(row, "number"), named(row, "partner_name"));
        let asked = plain(row.decimal("requested").unwrap_or_default());
        (
            number,
            format!(
                "{} / {asked}",
                plain(row.decimal("done").unwrap_or_default())
            ),
        )
    });
    let part = |title: &'static str, rows: Vec<(String, String)>, name: &'static str| {
        option((!rows.is_empty()).then(|| list(title, rows, name)))
    };
    view! {
        <section class="rounded-2xl bg-base-100 p-3" data-testid="looked-up">
            <div class="font-mono text-4xl font-black break-all">{item.text("code").unwrap_or_default()}</div>
            <div class="text-2xl leading-tight">{item.text("name").unwrap_or_default()}</div>
        </section>
        {part(t!("Lies on"), lies, "item-locations")}
        {part(t!("On hand, says the ERP"), stock, "item-stock")}
        {part(t!("Asked for"), uses, "item-uses")}
        {part(t!("Barcodes"), codes, "item-barcodes")}
    }
    .into_any()
}
