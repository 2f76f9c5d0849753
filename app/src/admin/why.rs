//! Where a row from upstream went: one search over everything that may have kept it.

use crate::api;
use crate::load::load;
use crate::routes;
use crate::site_time::SiteTime;
use crate::ui::badge::{Tone, badge};
use crate::ui::button::{ButtonKind, link_button};
use crate::ui::empty::empty;
use crate::ui::filter;
use crate::ui::header::page_header;
use crate::ui::icon::Icon;
use crate::ui::load::loaded;
use crate::ui::panel::frame;
use crate::ui::table::link;
use crate::ui::url_state::use_url_state;
use crate::words::{tell, tr};
use domain::why::{Finding, Lead, Place, Verdict};
use leptos::prelude::*;

/// The page.
#[component]
pub fn Why() -> impl IntoView {
    let url = use_url_state();
    let findings = load(
        move || url.get("q").unwrap_or_default(),
        |key| async move {
            match key.trim() {
                "" => Ok(None),
                _ => api::why::look_up(key).await.map(Some),
            }
        },
    );
    view! {
        {page_header(
            t!("Missing rows"),
            t!("Why is it not here? Write an item code, a barcode, a partner code or a document number as the ERP has it."),
            None,
        )}
        {filter::bar(vec![filter::search(url, t!("Code, barcode or number"))])}
        {frame(loaded(findings, |findings: Option<Vec<Finding>>, site| match findings {
            Some(findings) => list(findings, &site),
            None => nothing_asked(),
        }))}
    }
}

fn nothing_asked() -> AnyView {
    empty(
        Icon::Search,
        t!("What are you looking for?"),
        t!(
            "Items, partners, documents, refused rows, waiting questions and look-ups are searched at once."
        ),
        None,
    )
}

fn list(findings: Vec<Finding>, site: &SiteTime) -> AnyView {
    let rows = findings
        .into_iter()
        .map(|finding| row(finding, site))
        .collect::<Vec<_>>();
    view! { <ol class="divide-y divide-base-300" data-testid="findings">{rows}</ol> }.into_any()
}

fn row(finding: Finding, site: &SiteTime) -> AnyView {
    let (tone, word) = match finding.verdict {
        Verdict::Here => (Tone::Good, t!("Here")),
        Verdict::Waits => (Tone::Warning, t!("Waits")),
        Verdict::Missing => (Tone::Bad, t!("Kept out")),
        Verdict::Note => (Tone::Neutral, t!("Note")),
    };
    let todo = finding
        .todo
        .map(|todo| view! { <p class="text-sm text-muted">{tell(&todo)}</p> });
    let at = finding.at.map(|at| site.date_time(at));
    view! {
        <li class="grid grid-cols-[5.5rem_1fr_auto] items-start gap-3 px-4 py-3" data-testid="finding">
            <span>{badge(tone, word)}</span>
            <div class="flex flex-col gap-0.5">
                <p class="text-sm font-medium">{tell(&finding.text)}</p>
                {places(&finding.places)}
                {todo}
            </div>
            <span class="flex items-center gap-3 text-xs text-muted tabular-nums">
                {at}
                {finding.lead.as_ref().map(lead)}
            </span>
        </li>
    }
    .into_any()
}

/// The accounts, each with what of it is meant.
fn places(places: &[Place]) -> Option<AnyView> {
    let place = |place: &Place| {
        let kinds: Vec<&str> = place.kinds.iter().map(|kind| tr(kind.label())).collect();
        let kinds = (!kinds.is_empty()).then(|| format!(" ({})", kinds.join(", ")));
        let name = link(
            routes::connection(place.connection_id),
            place.connection.as_str(),
        );
        view! { <li data-testid="finding-place">{name} {kinds}</li> }
    };
    let rows = places.iter().map(place).collect::<Vec<_>>();
    let list = || view! { <ul class="flex flex-wrap gap-x-4 text-sm">{rows}</ul> }.into_any();
    (!places.is_empty()).then(list)
}

fn lead(lead: &Lead) -> AnyView {
    let (label, href) = match lead {
        Lead::Item(id) => (t!("Open item"), routes::item(*id)),
        Lead::Partner(code) => (
            t!("Open partners"),
            format!("{}?q={}", routes::PARTNERS, routes::escape(code)),
        ),
        Lead::Document(kind, id) => (t!("Open document"), routes::document(*kind, *id)),
        Lead::Run(id) => (t!("Open run"), routes::sync_run(*id)),
        Lead::Mappings => (t!("Open mappings"), routes::MAPPINGS.to_owned()),
        Lead::Connection(id) => (t!("Open connection"), routes::connection(*id)),
    };
    link_button(ButtonKind::Plain, true, None, label, href, "finding-open")
}
