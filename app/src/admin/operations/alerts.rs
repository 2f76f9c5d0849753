//! What operators were told.

use crate::site_time::{SiteTime, duration};
use crate::ui::badge::{Tone, badge};
use crate::ui::empty::empty;
use crate::ui::icon::Icon;
use crate::ui::table::{Row, fixed, long, plain, table, text, two_lines};
use domain::alert::Alert;
use leptos::prelude::*;

/// Open ones first.
pub(super) fn alerts(alerts: &[Alert], site: &SiteTime) -> AnyView {
    if alerts.is_empty() {
        return empty(
            Icon::Check,
            "No alerts",
            "When a connection is down, messages pile up, a sync is overdue or too many calls fail, it is said here, to webhooks and by e-mail.",
            None,
        );
    }
    let columns = [
        text("Alert"),
        long("What"),
        text("State"),
        fixed("Since"),
        fixed("Lasted"),
    ];
    let rows = alerts.iter().map(|alert| row(alert, site)).collect();
    table("Alerts", &columns, rows)
}

fn row(alert: &Alert, site: &SiteTime) -> Row {
    let (state, lasted) = match alert.cleared_at {
        None => (badge(Tone::Bad, "Open"), String::new()),
        Some(at) => (
            badge(Tone::Good, "Over"),
            duration((at - alert.seen_at).num_seconds()),
        ),
    };
    let cells = vec![
        plain(alert.kind.label()),
        two_lines(plain(alert.subject.as_str()), alert.detail.as_str()),
        state,
        plain(site.date_time(alert.seen_at)),
        plain(lasted),
    ];
    Row::new("alert-row", alert.kind.as_str(), cells)
}
