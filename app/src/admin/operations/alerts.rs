//! What operators were told.

use crate::site_time::{SiteTime, duration};
use crate::ui::badge::{Tone, badge};
use crate::ui::icon::{Icon, icon};
use crate::ui::table::{Row, fixed, long, plain, table, text, two_lines};
use crate::words::{tell, tr};
use domain::alert::Alert;
use leptos::prelude::*;

/// Open ones first.
pub(super) fn alerts(alerts: &[Alert], site: &SiteTime) -> AnyView {
    if alerts.is_empty() {
        return none();
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

/// On one line: that all is well needs no room above the charts.
fn none() -> AnyView {
    view! {
        <p class="flex items-center gap-2 px-4 py-2.5 text-sm" data-testid="empty">
            {icon(Icon::Check, "size-4 shrink-0 text-success")}
            <span class="font-medium whitespace-nowrap">{t!("No alerts")}</span>
            <span class="text-muted">
                {t!("When a connection is down, messages pile up, a sync is overdue or too many calls fail, it is said here, to webhooks and by e-mail.")}
            </span>
        </p>
    }
    .into_any()
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
