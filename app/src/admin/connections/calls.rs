//! The newest calls to the upstream system, as they went over the wire.

use crate::routes;
use crate::site_time::SiteTime;
use crate::ui::badge::{Tone, badge};
use crate::ui::empty::empty;
use crate::ui::icon::{Icon, icon};
use crate::ui::number::milliseconds;
use crate::ui::table::{Row, code, figures, fixed, long, maybe, plain, table, text};
use domain::ConnectionId;
use domain::exchange::CapturedExchange;
use leptos::prelude::*;

/// The table.
pub(super) fn calls(calls: Vec<CapturedExchange>, site: &SiteTime) -> AnyView {
    if calls.is_empty() {
        return empty(
            Icon::Plug,
            t!("No calls yet"),
            t!("Press Test or Sync now; each call is listed here with its answer."),
            None,
        );
    }
    let columns = [
        fixed(t!("When")),
        text(t!("What for")),
        long(t!("Request")),
        text(t!("Answer")),
        figures(t!("Took")),
        text(t!("What went wrong")),
        fixed(t!("Correlation id")),
    ];
    let rows = calls.into_iter().map(|call| line(call, site)).collect();
    table(t!("Latest calls"), &columns, rows)
}

fn line(call: CapturedExchange, site: &SiteTime) -> Row {
    let answer = match call.status {
        Some(status @ 200..=299) => badge(Tone::Good, status.to_string()),
        Some(status) => badge(Tone::Warning, status.to_string()),
        None => badge(Tone::Bad, t!("None")),
    };
    let cells = vec![
        plain(site.short(call.at)),
        plain(call.operation),
        code(format!("{} {}", call.method, call.url)),
        answer,
        plain(milliseconds(call.latency_ms)),
        maybe(call.error),
        code(call.correlation_id.as_str()),
    ];
    Row::new("call-row", call.correlation_id, cells)
}

/// All calls that are kept, with what was sent and answered.
pub(super) fn download(id: ConnectionId) -> AnyView {
    view! {
        <a class="btn btn-sm h-9 btn-ghost" href=routes::calls_file(id) rel="external" download=""
            data-testid="calls-download" title=t!("Every kept call with request and answer, one JSON object a line")>
            {icon(Icon::Download, "size-4")}
            <span>{t!("Download")}</span>
        </a>
    }
    .into_any()
}
