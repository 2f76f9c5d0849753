//! Accounts, what waits for each system, and cursors.

use super::milliseconds;
use crate::routes;
use crate::site_time::{SiteTime, duration};
use crate::ui::badge::{Tone, badge, health};
use crate::ui::empty::empty;
use crate::ui::icon::Icon;
use crate::ui::number::{count, tenths};
use crate::ui::table::{Row, figures, fixed, link, maybe, plain, table, text, two_lines};
use crate::words::tr;
use chrono::{DateTime, Utc};
use domain::connection::Health;
use domain::monitoring::{AccountFigures, Backlog, CursorAge, SystemBacklog, SystemKind};
use leptos::prelude::*;

/// Each account with its calls within the window.
pub(in crate::admin) fn accounts(accounts: &[AccountFigures], now: DateTime<Utc>) -> AnyView {
    if accounts.is_empty() {
        return none();
    }
    let columns = [
        text(t!("Connection")),
        text(t!("Health")),
        text(t!("Breaker")),
        figures(t!("Last good call")),
        figures(t!("Calls")),
        figures(t!("Failed")),
        figures(t!("95 % within")),
    ];
    let rows = accounts.iter().map(|account| {
        let percent = account.traffic.error_percent();
        let cells = vec![
            link(routes::connection(account.id), account.name.as_str()),
            state(account, now),
            breaker(account.health),
            maybe(account.last_ok_at.map(|at| ago(at, now))),
            plain(count(account.traffic.requests)),
            maybe(percent.map(|percent| format!("{} %", tenths(percent)))),
            plain(milliseconds(account.traffic.p95_ms)),
        ];
        Row::new("account-row", account.name.as_str(), cells)
    });
    table(t!("Upstream systems"), &columns, rows.collect())
}

fn state(account: &AccountFigures, now: DateTime<Utc>) -> AnyView {
    match account.undelivered {
        Some(stuck) => two_lines(
            health(account.health),
            tn!(
                "{waiting} result waits, the first failed {age} ago",
                "{waiting} results wait, the first failed {age} ago",
                waiting = stuck.waiting,
                age = since(stuck.since, now)
            ),
        ),
        None => health(account.health),
    }
}

fn breaker(health: Health) -> AnyView {
    if health == Health::Paused {
        badge(Tone::Warning, t!("Open: calls pause"))
    } else {
        badge(Tone::Good, t!("Closed"))
    }
}

/// Each cursor with its age.
pub(super) fn cursors(cursors: &[CursorAge], now: DateTime<Utc>, site: &SiteTime) -> AnyView {
    if cursors.is_empty() {
        return none();
    }
    let columns = [
        text(t!("Connection")),
        text(t!("What")),
        fixed(t!("Newest change read")),
        fixed(t!("Last complete")),
        figures(t!("Age")),
        text(t!("By itself")),
    ];
    let rows = cursors.iter().map(|cursor| {
        let age = cursor.completed_at.map(|at| since(at, now));
        let scheduled = if cursor.scheduled {
            t!("scheduled")
        } else {
            t!("by hand")
        };
        let cells = vec![
            link(
                routes::connection(cursor.connection_id),
                cursor.connection.as_str(),
            ),
            plain(tr(cursor.entity.label())),
            maybe(cursor.cursor_at.map(|at| site.date_time(at))),
            maybe(cursor.completed_at.map(|at| site.date_time(at))),
            maybe(age),
            plain(scheduled),
        ];
        let key = format!("{} {}", cursor.connection, cursor.entity.as_str());
        Row::new("cursor-row", key, cells)
    });
    table(t!("Cursors"), &columns, rows.collect())
}

/// What waits for each system, and whether more comes than goes.
pub(in crate::admin) fn backlogs(systems: &[SystemBacklog], now: DateTime<Utc>) -> AnyView {
    if systems.is_empty() {
        return none();
    }
    let columns = [
        text(t!("System")),
        text(t!("Kind")),
        figures(t!("Waiting")),
        figures(t!("Oldest")),
        figures(t!("Dead")),
        figures(t!("Came")),
        figures(t!("Ended")),
        text(t!("Trend")),
    ];
    let rows = systems.iter().map(|system| {
        let backlog = &system.backlog;
        // Mail is no system that somebody named.
        let name = match system.kind {
            SystemKind::Email => t!("E-mail"),
            SystemKind::Connection | SystemKind::Webhook => system.name.as_str(),
        };
        let cells = vec![
            plain(name),
            plain(kind(system.kind)),
            plain(count(backlog.waiting)),
            maybe(backlog.oldest_at.map(|at| since(at, now))),
            plain(count(backlog.dead)),
            plain(count(backlog.arrived)),
            plain(count(backlog.drained)),
            trend(backlog),
        ];
        Row::new("backlog-row", system.lane.as_str(), cells)
    });
    table(t!("What waits for each system"), &columns, rows.collect())
}

fn kind(kind: SystemKind) -> &'static str {
    match kind {
        SystemKind::Connection => t!("Connection: syncs and messages"),
        SystemKind::Webhook => t!("Webhook: messages"),
        SystemKind::Email => t!("E-mail: messages"),
    }
}

fn trend(backlog: &Backlog) -> AnyView {
    match backlog {
        backlog if backlog.grows() => badge(Tone::Warning, t!("Grows")),
        backlog if backlog.waiting > 0 => badge(Tone::Good, t!("Shrinks")),
        _ => badge(Tone::Neutral, t!("Empty")),
    }
}

fn since(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    duration((now - at).num_seconds().max(0))
}

fn ago(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    t!("{age} ago", age = since(at, now))
}

fn none() -> AnyView {
    empty(
        Icon::Plug,
        t!("No connections"),
        t!("Figures appear here once a system is connected."),
        None,
    )
}
