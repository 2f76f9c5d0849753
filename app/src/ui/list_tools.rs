//! What every list page offers beside its filters: saved views, its link, its rows as CSV.

use super::button::{Button, ButtonKind};
use super::clipboard;
use super::icon::{Icon, icon};
use super::saved_views::saved_views;
use super::toast::use_toasts;
use super::url_state::UrlState;
use leptos::prelude::*;

/// The tools. `export` is the path that answers this list as CSV to the same query string.
pub fn list_tools(url: UrlState, export: Option<&'static str>) -> AnyView {
    view! {
        <div class="flex shrink-0 items-end gap-1">
            {saved_views(url)}
            {copy_link()}
            {export.map(|path| export_link(url, path))}
        </div>
    }
    .into_any()
}

fn copy_link() -> AnyView {
    let toasts = use_toasts();
    let copy = move |()| {
        let address = window().location().href();
        if address.is_ok_and(|address| clipboard::copy(&address)) {
            toasts.good(t!("Link copied. It opens this list as you see it."));
        } else {
            toasts.bad(t!(
                "This browser does not copy here. Take the address from the address bar."
            ));
        }
    };
    view! {
        <Button
            label=t!("Copy link")
            kind=ButtonKind::Quiet
            before=Icon::Link
            on_press=copy
            testid="copy-link"
        />
    }
    .into_any()
}

fn export_link(url: UrlState, path: &'static str) -> AnyView {
    let href = move || format!("{path}?{}", url.query());
    view! {
        <a
            class="btn btn-sm h-9 btn-ghost"
            href=move || href().trim_end_matches('?').to_owned()
            // A file, not a page of the app.
            rel="external"
            download=""
            data-testid="export-csv"
        >
            {icon(Icon::Download, "size-4")}
            <span>"CSV"</span>
        </a>
    }
    .into_any()
}
