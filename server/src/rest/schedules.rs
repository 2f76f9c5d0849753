//! `schedules`: when syncs run by themselves.

use super::extract::{Parameters, RestCaller};
use super::paging::{Answer, cursor, limit, page};
use crate::services::Services;
use axum::extract::State;
use domain::ConnectionId;
use domain::page::Page;
use domain::schedule::{ScheduleFilter, ScheduleRow};
use domain::sync::Entity;
use serde::Deserialize;
use utoipa::IntoParams;

/// Which cron lines.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// Of this connection.
    #[param(value_type = Option<i64>, example = 1)]
    connection_id: Option<ConnectionId>,
    /// Of this kind of row.
    #[param(inline, example = "items")]
    entity: Option<Entity>,
    /// The `next` of the page before.
    after: Option<String>,
    /// Rows of the page.
    #[param(minimum = 1, maximum = 200, default = 50, example = 20)]
    limit: Option<i64>,
}

/// Cron lines with their last and next run.
#[utoipa::path(get, path = "/schedules", tag = "Syncs", params(Wanted),
    responses((status = 200, description = "A page.", body = Page<ScheduleRow>)))]
pub async fn list(
    State(services): State<Services>,
    caller: RestCaller,
    Parameters(wanted): Parameters<Wanted>,
) -> Answer<ScheduleRow> {
    let after = cursor(wanted.after.as_deref())?;
    let rows = limit(wanted.limit)?;
    let filter = ScheduleFilter {
        connection_id: wanted.connection_id,
        entity: wanted.entity,
    };
    let store = &services.store;
    page(store::schedules::list(store, &caller, &filter, after.as_ref(), rows).await?)
}
