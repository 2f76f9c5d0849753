//! Accounts and cursors.

use super::milliseconds;
use crate::routes;
use crate::site_time::{SiteTime, duration};
use crate::ui::badge::{Tone, badge, health};
use crate::ui::empty::empty;
use crate::ui::icon::Icon;
use crate::ui::number::count;
use crate::ui::table::{Row, figures, fixed, link, maybe, plain, table, text};
use chrono::{DateTime, Utc};
use domain::connection::Health;
use domain::monitoring::{AccountFigures, CursorAge};
use leptos::prelude::*;

/// Each account with its calls within the window.
pub(super) fn accounts(accounts: &[AccountFigures]) -> AnyView {
    if accounts.is_empty() {
        return none();
    }
    let columns = [
        text("Connection"),
        text("Health"),
        text("Breaker"),
        figures("Calls"),
        figures("Failed"),
        figures("95 % within"),
    ];
    let rows = accounts.iter().map(|account| {
        let percent = account.traffic.error_percent();
        let cells = vec![
            link(routes::connection(account.id), account.name.as_str()),
            health(account.health),
            breaker(account.health),
            plain(count(account.traffic.requests)),
            maybe(percent.map(|percent| format!("{percent:.1} %"))),
            plain(milliseconds(account.traffic.p95_ms)),
        ];
        Row::new("account-row", account.name.as_str(), cells)
    });
    table("Upstream systems", &columns, rows.collect())
}

fn breaker(health: Health) -> AnyView {
    if health == Health::Paused {
        badge(Tone::Warning, "Open: calls pause")
    } else {
        badge(Tone::Good, "Closed")
    }
}

/// Each cursor with its age.
pub(super) fn cursors(cursors: &[CursorAge], now: DateTime<Utc>, site: &SiteTime) -> AnyView {
    if cursors.is_empty() {
        return none();
    }
    let columns = [
        text("Connection"),
        text("What"),
        fixed("Newest change read"),
        fixed("Last complete"),
        figures("Age"),
        text("By itself"),
    ];
    let rows = cursors.iter().map(|cursor| {
        let age = cursor
            .completed_at
            .map(|at| duration((now - at).num_seconds().max(0)));
        let scheduled = if cursor.scheduled {
            "scheduled"
        } else {
            "by hand"
        };
        let cells = vec![
            link(
                routes::connection(cursor.connection_id),
                cursor.connection.as_str(),
            ),
            plain(cursor.entity.label()),
            maybe(cursor.cursor_at.map(|at| site.date_time(at))),
            maybe(cursor.completed_at.map(|at| site.date_time(at))),
            maybe(age),
            plain(scheduled),
        ];
        let key = format!("{} {}", cursor.connection, cursor.entity.as_str());
        Row::new("cursor-row", key, cells)
    });
    table("Cursors", &columns, rows.collect())
}

fn none() -> AnyView {
    empty(
        Icon::Plug,
        "No connections",
        "Figures appear here once a system is connected.",
        None,
    )
}
