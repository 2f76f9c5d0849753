//! The handheld tells the office that it is there, and what it has not sent yet.

use super::queue::Queue;
use super::varying::whenever;
use super::{bridge, device};
use crate::json::Json;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

const EVERY: Duration = Duration::from_secs(60);

/// Reports now and every minute while the floor's pages are open.
pub(super) fn report_device(queue: Queue) {
    let counts = queue.counts();
    let send = move || {
        let Some(counts) = counts.try_get_untracked() else {
            return;
        };
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let report = Json::object()
            .put("name", device::name())
            .put("app_version", env!("CARGO_PKG_VERSION"))
            .put_int("waiting", number(counts.waiting))
            .put_int("refused", number(counts.refused));
        let report = Json::object().put("report", report);
        // One that is lost is made good by the next.
        let path = "/api/fn/devices/report";
        spawn_local(async move { drop(bridge::call("POST", path, Some(report)).await) });
    };
    whenever(move || {
        send();
        if let Ok(handle) = set_interval_with_handle(send, EVERY) {
            on_cleanup(move || handle.clear());
        }
    });
}
