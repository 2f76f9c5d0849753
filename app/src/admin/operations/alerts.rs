//! What operators were told.

use crate::site_time::{SiteTime, duration};
use crate::ui::badge::{Tone, badge};
use crate::ui::empty::empty;
use crate::ui::icon::Icon;
use crate::ui::table::{Row, fixed, long, plain, table, text, two_lines};
use crate::words::{tell, tr};
use domain::alert::Alert;
use leptos::prelude::*;

/// Open ones first.
pub(super) fn alerts(alerts: &[Alert], site: &SiteTime) -> AnyView {
    if alerts.is_empty() {
        return empty(
            Icon::Check,
            t!("No alerts"),
            t!(
                "When a connection is down, messages pile up, a sync is overdue or too many calls fail, it is said here, to webhooks and by e-mail."
            ),
            None,
        );
    }
    let columns = [
        text(t!("Alert")),
        long(t!("What")),
        text(t!("State")),
        fixed(t!("Since")),
        fixed(t!("Lasted")),
    ];
    let rows = alerts.iter().map(|alert| row(alert, site)).collect();
    table(t!("Alerts"), &columns, rows)
}

fn row(alert: &Alert, site: &SiteTime) -> Row {
    let (state, lasted) = match alert.cleared_at {
        None => (badge(Tone::Bad, t!("Open")), String::new()),
        Some(at) => (
            badge(Tone::Good, t!("Over")),
            duration((at - alert.seen_at).num_seconds()),
        ),
    };
    let cells = vec![
        plain(tr(alert.kind.label())),
        two_lines(plain(tell(&alert.subject)), tell(&alert.detail)),
        state,
        plain(site.date_time(alert.seen_at)),
        plain(lasted),
    ];
    Row::new("alert-row", alert.kind.as_str(), cells)
}
