//! When syncs run by themselves.

use crate::site_time::SiteTime;
use crate::ui::badge::yes_no;
use crate::ui::empty::empty;
use crate::ui::icon::Icon;
use crate::ui::table::{Row, code, fixed, maybe, plain, table, text};
use crate::words::tr;
use domain::schedule::Schedule;
use domain::sync::SyncMode;
use leptos::prelude::*;

/// The cron lines of a connection.
pub(super) fn schedules(rows: &[Schedule], site: &SiteTime) -> AnyView {
    if rows.is_empty() {
        return empty(
            Icon::Clock,
            t!("Nothing runs by itself"),
            t!("Syncs of this connection start only when somebody presses Sync now."),
            None,
        );
    }
    let columns = [
        text(t!("What")),
        text(t!("How much")),
        text(t!("Cron")),
        text(t!("Time zone")),
        text(t!("On")),
        fixed(t!("Last run")),
        fixed(t!("Next run")),
    ];
    let rows = rows.iter().map(|row| line(row, site)).collect();
    table(t!("Schedules"), &columns, rows)
}

fn line(row: &Schedule, site: &SiteTime) -> Row {
    let cells = vec![
        plain(tr(row.entity.label())),
        plain(mode(row.mode)),
        code(row.cron.as_str()),
        plain(row.time_zone.as_str()),
        yes_no(row.enabled),
        maybe(row.last_run_at.map(|at| site.date_time(at))),
        maybe(row.next_run_at.map(|at| site.date_time(at))),
    ];
    Row::new("schedule-row", row.id.to_string(), cells)
}

/// How much a sync reads, as people say it.
pub(crate) fn mode(mode: SyncMode) -> &'static str {
    match mode {
        SyncMode::Full => t!("Everything"),
        SyncMode::Delta => t!("Changes"),
    }
}
