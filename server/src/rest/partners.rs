//! `partners`.

use super::Problem;
use super::extract::{Id, Json, Parameters, RestCaller};
use super::paging::{Answer, cursor, limit, page};
use crate::services::Services;
use axum::extract::State;
use domain::PartnerId;
use domain::page::Page;
use domain::partner::{PartnerDetail, PartnerFilter, PartnerSort, PartnerSummary, PartnerType};
use domain::sort::Sort;
use serde::Deserialize;
use utoipa::IntoParams;

/// Which partners.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// What they are to us; a partner may be several.
    #[param(inline, example = "customer")]
    r#type: Option<PartnerType>,
    /// Only partners that the ERP still has, or only those it has no more.
    #[param(example = true)]
    active: Option<bool>,
    /// Part of the code or name.
    #[param(example = "HEARTS")]
    q: Option<String>,
    /// A column, with '-' before it for downwards.
    #[param(value_type = Option<String>, pattern = "^-?(name|code|city|country|synced_at)$", example = "code")]
    sort: Option<Sort<PartnerSort>>,
    /// The `next` of the page before.
    after: Option<String>,
    /// Rows of the page.
    #[param(minimum = 1, maximum = 200, default = 50, example = 20)]
    limit: Option<i64>,
}

/// Suppliers, customers and warehouses of the ERP.
#[utoipa::path(get, path = "/partners", tag = "Catalogue", params(Wanted),
    responses((status = 200, description = "A page.", body = Page<PartnerSummary>)))]
pub async fn list(
    State(services): State<Services>,
    caller: RestCaller,
    Parameters(wanted): Parameters<Wanted>,
) -> Answer<PartnerSummary> {
    let after = cursor(wanted.after.as_deref())?;
    let rows = limit(wanted.limit)?;
    let sort = wanted.sort.unwrap_or_default();
    let filter = PartnerFilter {
        of_type: wanted.r#type,
        active: wanted.active,
        q: wanted.q,
    };
    let store = &services.store;
    page(store::partners::list(store, &caller, &filter, sort, after.as_ref(), rows).await?)
}

/// One partner.
#[utoipa::path(get, path = "/partners/{id}", tag = "Catalogue", params(("id" = i64, Path, example = 1)),
    responses((status = 200, description = "The partner.", body = PartnerDetail)))]
pub async fn get(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<PartnerId>,
) -> Result<Json<PartnerDetail>, Problem> {
    Ok(Json(
        store::partners::get(&services.store, &caller, id).await?,
    ))
}
