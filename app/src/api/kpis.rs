//! Figures, and the rows behind them.

use super::text::Answered;
use crate::AppError;
use domain::kpi::{Kpi, KpiFilter, KpiReport, KpiRow};
use domain::page::{Cursor, Page};
use leptos::prelude::*;
use server_fn::codec::Json;
#[cfg(feature = "ssr")]
use {
    super::PAGE, crate::session::caller_with, crate::state::store_and_now,
    domain::permission::Permission,
};

/// The figures of a site; the same query as the boards and the REST API.
#[server(prefix = "/api/fn", endpoint = "kpis/report", input = Json, output = Answered)]
pub async fn report(filter: KpiFilter) -> Result<KpiReport, AppError> {
    let caller = caller_with(Permission::ReadBoards).await?;
    let (store, now) = store_and_now()?;
    Ok(store::kpis::report(&store, &caller, &filter, now).await?)
}

/// The rows a figure is made of.
#[server(prefix = "/api/fn", endpoint = "kpis/rows", input = Json, output = Answered)]
pub async fn rows(
    kpi: Kpi,
    filter: KpiFilter,
    after: Option<Cursor>,
) -> Result<Page<KpiRow>, AppError> {
    let caller = caller_with(Permission::ReadDocuments).await?;
    let (store, now) = store_and_now()?;
    Ok(store::kpis::rows(&store, &caller, kpi, &filter, after.as_ref(), PAGE, now).await?)
}
