//! A failure, with what can be done about it.

use super::icon::{Icon, icon};
use crate::error::{AppError, ErrorCode};
use crate::routes;
use crate::words::tell;
use leptos::prelude::*;

/// A panel instead of what could not be loaded.
pub fn error_panel(error: &AppError) -> AnyView {
    let (title, link) = match error.code {
        ErrorCode::SignedOut => (
            t!("You are signed out"),
            Some((routes::LOGIN, t!("Sign in"))),
        ),
        ErrorCode::Forbidden => (
            t!("Not for your role"),
            Some((routes::ROOT, t!("Go to your start page"))),
        ),
        ErrorCode::NotFound => (
            t!("Not found"),
            Some((routes::ROOT, t!("Go to your start page"))),
        ),
        ErrorCode::Offline => (t!("No connection to the server"), None),
        ErrorCode::Conflict | ErrorCode::Invalid | ErrorCode::Throttled => {
            (t!("That did not work"), None)
        }
        ErrorCode::Internal => (t!("Something went wrong"), None),
    };
    view! {
        <div class="flex flex-col items-center gap-2 px-6 py-14 text-center" role="alert" data-testid="error">
            <span class="grid size-11 place-items-center rounded-full bg-error/10 text-error">
                {icon(Icon::Warning, "size-5")}
            </span>
            <p class="text-base font-semibold">{title}</p>
            <p class="max-w-md text-sm text-muted">{tell(&error.message)}</p>
            {link.map(|(href, label)| view! { <a class="link mt-1 text-sm" href=href>{label}</a> })}
        </div>
    }
    .into_any()
}

/// One line beside a form.
pub fn error_line(error: &AppError) -> AnyView {
    note("text-error", &tell(&error.message))
}

fn note(class: &'static str, text: &str) -> AnyView {
    view! {
        <p class=format!("flex items-start gap-2 text-sm {class}") role="alert" data-testid="form-error">
            {icon(Icon::Warning, "mt-0.5 size-4 shrink-0")}
            <span>{text.to_owned()}</span>
        </p>
    }
    .into_any()
}
