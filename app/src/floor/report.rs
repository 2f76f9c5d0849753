//! The handheld tells the office that it is there, and what it has not sent yet.

use super::device;
use super::queue::Queue;
use crate::api;
use domain::device::DeviceReport;
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
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let report = DeviceReport {
            name: device::name(),
            app_version: env!("CARGO_PKG_VERSION").to_owned(),
            waiting: number(counts.waiting),
            refused: number(counts.refused),
        };
        // One that is lost is made good by the next.
        spawn_local(async move { drop(api::devices::report(report).await) });
    };
    Effect::new(move |_| {
        send();
        if let Ok(handle) = set_interval_with_handle(send, EVERY) {
            on_cleanup(move || handle.clear());
        }
    });
}
