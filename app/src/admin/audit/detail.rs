//! One audit entry whole.

use super::link::target;
use crate::api;
use crate::load::load;
use crate::routes;
use crate::site_time::SiteTime;
use crate::ui::button::{ButtonKind, link_button};
use crate::ui::header::detail_header;
use crate::ui::load::loaded;
use crate::ui::panel::panel;
use crate::ui::table::{Row, code, plain, table, text};
use crate::words::tell;
use domain::audit::AuditEntry;
use domain::audit_words::{changes, facts, sentence, subject};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// The page of an entry.
#[component]
pub fn Detail() -> impl IntoView {
    let id = use_params_map().with_untracked(|params| params.get("id"));
    let id = id.and_then(|id| id.parse().ok()).unwrap_or(0);
    let entry = load(|| (), move |()| api::audit::get(id));
    loaded(entry, |entry: AuditEntry, site| show(&entry, &site))
}

fn show(entry: &AuditEntry, site: &SiteTime) -> AnyView {
    let when = plain(site.date_time(entry.at));
    let there = target(entry).map(|href| {
        link_button(
            ButtonKind::Plain,
            false,
            None,
            t!("Show it"),
            href,
            "audit-target",
        )
    });
    view! {
        <div class="flex flex-col gap-4">
            {detail_header((routes::AUDIT, t!("Audit")), &tell(&sentence(entry)), when, there)}
            {panel(t!("Entry"), None, entry_facts(entry, site))}
            {changed(entry)}
        </div>
    }
    .into_any()
}

fn entry_facts(entry: &AuditEntry, site: &SiteTime) -> AnyView {
    let mut known = vec![
        (t!("When").to_owned(), site.short(entry.at)),
        (t!("Who").to_owned(), entry.actor.clone()),
        (
            t!("Where").to_owned(),
            entry.device.clone().unwrap_or_default(),
        ),
        (t!("To what").to_owned(), subject(entry).to_owned()),
    ];
    known.extend(facts(&entry.details));
    let rows = known
        .into_iter()
        .map(|(name, text)| {
            view! {
                <div class="grid grid-cols-[10rem_1fr] gap-4">
                    <dt class="text-muted first-letter:uppercase">{name}</dt>
                    <dd class="break-words">{plain(text)}</dd>
                </div>
            }
        })
        .collect::<Vec<_>>();
    view! {
        <dl class="flex flex-col gap-2 px-4 py-4 text-sm">
            {rows}
            <div class="grid grid-cols-[10rem_1fr] gap-4">
                <dt class="text-muted">{t!("Action")}</dt>
                <dd>{code(entry.action.as_str())}</dd>
            </div>
        </dl>
    }
    .into_any()
}

fn changed(entry: &AuditEntry) -> AnyView {
    let changes = changes(&entry.details);
    if changes.is_empty() {
        return ().into_any();
    }
    let rows = changes
        .into_iter()
        .map(|change| {
            let key = change.what.clone();
            let cells = vec![
                plain(change.what),
                plain(change.before),
                plain(change.after),
            ];
            Row::new("audit-change", key, cells)
        })
        .collect();
    let columns = [text(t!("What")), text(t!("Before")), text(t!("After"))];
    panel(
        t!("What changed"),
        None,
        table(t!("What changed"), &columns, rows),
    )
}
