//! `session`: who calls, as a handheld keeps it.

use super::Problem;
use super::extract::{Json, RestCaller};
use crate::services::Services;
use axum::extract::State;
use chrono::{DateTime, Utc};
use domain::permission::Role;
use domain::shift::ShiftDay;
use domain::user::Badge;
use domain::{TeamId, UserId, WarehouseId};
use serde::Serialize;
use store::Scope;
use utoipa::ToSchema;

/// Who is signed in, and the day's shifts at their site.
#[derive(Debug, Serialize, ToSchema)]
pub struct Session {
    /// The login.
    user_id: UserId,
    /// What is typed at the sign-in.
    login: String,
    /// Shown to people.
    name: String,
    /// What the person may do.
    role: Role,
    /// The team of a worker.
    team_id: Option<TeamId>,
    /// The first of the caller's sites.
    warehouse_id: Option<WarehouseId>,
    /// When this was true.
    as_of: DateTime<Utc>,
    /// Today's shifts of the first of the caller's sites, by start.
    shifts: Vec<ShiftDay>,
    /// The name of the caller's own of them: as the roster says, else as usual for their team. None on a
    /// day without work, and for who is no worker.
    own_shift: Option<String>,
    /// What the caller's badge is compared with on the device.
    badge: Option<Badge>,
}

/// Who calls, and the day's shifts.
#[utoipa::path(get, path = "/session", tag = "Floor",
    responses((status = 200, description = "The caller.", body = Session)))]
pub async fn get(
    State(services): State<Services>,
    caller: RestCaller,
) -> Result<Json<Session>, Problem> {
    let now = services.clock.now();
    let (shifts, own_shift) = match caller.warehouses.first() {
        Some(site) => {
            let mut tx = services.store.begin(Scope::from(&*caller)).await?;
            let days = store::shifts::of_day_by_id(&mut tx, *site, now).await?;
            // A lead of a team is on no roster: all shifts are theirs.
            let own = match caller.role {
                Role::Worker => {
                    store::shifts::of_person(&mut tx, *site, caller.user_id, now).await?
                }
                _ => None,
            };
            let named = days.iter().find(|(id, _)| Some(*id) == own);
            let name = named.map(|(_, day)| day.name.clone());
            (days.into_iter().map(|(_, day)| day).collect(), name)
        }
        None => (Vec::new(), None),
    };
    Ok(Json(Session {
        user_id: caller.user_id,
        login: caller.login.clone(),
        name: caller.name.clone(),
        role: caller.role,
        team_id: caller.team_id,
        warehouse_id: caller.warehouses.first().copied(),
        as_of: now,
        shifts,
        own_shift,
        badge: store::users::badge(&services.store, &caller).await?,
    }))
}
