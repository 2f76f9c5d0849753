//! `partners`.

use super::Problem;
use super::extract::{Json, Parameters, RestCaller, cursor, limit};
use crate::services::Services;
use axum::extract::State;
use domain::page::Page;
use domain::partner::{PartnerSummary, PartnerType};
use serde::Deserialize;

/// Which partners.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    r#type: Option<PartnerType>,
    q: Option<String>,
    after: Option<String>,
    limit: Option<i64>,
}

/// A page of partners.
pub async fn list(
    State(services): State<Services>,
    caller: RestCaller,
    Parameters(wanted): Parameters<Wanted>,
) -> Result<Json<Page<PartnerSummary>>, Problem> {
    let after = cursor(wanted.after);
    let page = store::partners::list(
        &services.store,
        &caller,
        wanted.r#type,
        wanted.q.as_deref(),
        after.as_ref(),
        limit(wanted.limit),
    );
    Ok(Json(page.await?))
}
