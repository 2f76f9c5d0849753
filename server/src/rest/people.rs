//! `warehouses`, `teams` and `users`.

use super::extract::{Parameters, RestCaller};
use super::paging::{Answer, Position, page};
use crate::services::Services;
use axum::extract::State;
use domain::company::Warehouse;
use domain::page::Page;
use domain::team::Team;
use domain::user::{UserFilter, UserSummary};

/// The sites the caller sees.
#[utoipa::path(get, path = "/warehouses", tag = "People", params(Position),
    responses((status = 200, description = "A page.", body = Page<Warehouse>)))]
pub async fn warehouses(
    State(services): State<Services>,
    caller: RestCaller,
    Parameters(position): Parameters<Position>,
) -> Answer<Warehouse> {
    let rows = store::warehouses::list(&services.store, &caller).await?;
    position.of(rows, |row| row.id.0)
}

/// The teams of the caller's sites.
#[utoipa::path(get, path = "/teams", tag = "People", params(Position),
    responses((status = 200, description = "A page.", body = Page<Team>)))]
pub async fn teams(
    State(services): State<Services>,
    caller: RestCaller,
    Parameters(position): Parameters<Position>,
) -> Answer<Team> {
    let rows = store::teams::list(&services.store, &caller).await?;
    position.of(rows, |row| row.id.0)
}

/// The logins of the caller's sites.
#[utoipa::path(get, path = "/users", tag = "People", params(Position),
    responses((status = 200, description = "A page.", body = Page<UserSummary>)))]
pub async fn users(
    State(services): State<Services>,
    caller: RestCaller,
    Parameters(position): Parameters<Position>,
) -> Answer<UserSummary> {
    let filter = UserFilter {
        active: Some(true),
        ..UserFilter::default()
    };
    let (after, rows) = (position.cursor()?, position.rows()?);
    let store = &services.store;
    let found = store::user_list::page(store, &caller, &filter, after.as_ref(), rows).await?;
    page(found.map(UserSummary::from))
}
