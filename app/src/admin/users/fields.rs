//! What can be set about a login, for the new one and the existing one.

use crate::admin::shell::role_name;
use crate::api;
use crate::load::{Loader, load};
use crate::session::use_session;
use crate::ui::field::{SelectField, TextField};
use domain::company::Warehouse;
use domain::permission::Role;
use domain::team::Team;
use domain::user::UserChange;
use domain::{TeamId, WarehouseId};
use leptos::prelude::*;
use std::collections::BTreeSet;

/// What can be chosen.
pub(super) type Choices = (Vec<Team>, Vec<Warehouse>);

/// The teams and sites to choose from.
pub(super) fn choices() -> Loader<Choices> {
    let session = use_session();
    load(
        || (),
        move |()| async move { Ok((api::teams::list().await?, session.read().await?.warehouses)) },
    )
}

/// The inputs' values.
#[derive(Clone, Copy)]
pub(super) struct Fields {
    name: RwSignal<String>,
    role: RwSignal<String>,
    team: RwSignal<String>,
    sites: RwSignal<BTreeSet<i64>>,
}

impl Fields {
    /// As they are now.
    pub(super) fn of(now: &UserChange) -> Self {
        let team = now.team_id.map(|id| id.to_string()).unwrap_or_default();
        Self {
            name: RwSignal::new(now.name.clone()),
            role: RwSignal::new(now.role.as_str().to_owned()),
            team: RwSignal::new(team),
            sites: RwSignal::new(now.warehouses.iter().map(|id| id.0).collect()),
        }
    }

    /// What is entered.
    pub(super) fn entered(self) -> UserChange {
        UserChange {
            name: self.name.get().trim().to_owned(),
            role: self.role.get().parse().unwrap_or(Role::Viewer),
            team_id: self.team.get().parse::<TeamId>().ok(),
            warehouses: self.sites.get().into_iter().map(WarehouseId).collect(),
        }
    }

    /// Whether nothing is missing.
    pub(super) fn complete(self) -> bool {
        !self.name.get().trim().is_empty() && !self.sites.get().is_empty()
    }

    /// The inputs.
    pub(super) fn show(self, (teams, sites): Choices) -> AnyView {
        let roles = Role::ALL
            .map(|role| (role.as_str().to_owned(), role_name(role).to_owned()))
            .to_vec();
        let mut options = vec![(String::new(), t!("No team").to_owned())];
        options.extend(
            teams
                .into_iter()
                .map(|team| (team.id.to_string(), team.name)),
        );
        let boxes = sites
            .into_iter()
            .map(|site| self.site(site.id.0, site.name))
            .collect::<Vec<_>>();
        view! {
            <div class="flex flex-col gap-3">
                <TextField label=t!("Name") value=self.name hint=t!("As colleagues read it.") testid="user-name" />
                <SelectField label=t!("Role") options=roles value=self.role testid="user-role" />
                <SelectField label=t!("Team") options value=self.team hint=t!("For workers.") testid="user-team" />
                <fieldset class="flex flex-col gap-1">
                    <legend class="text-sm font-medium">{t!("Warehouses")}</legend>
                    {boxes}
                </fieldset>
            </div>
        }
        .into_any()
    }

    fn site(self, id: i64, name: String) -> AnyView {
        let sites = self.sites;
        let put = move |chosen: bool| {
            sites.update(|sites| {
                if chosen {
                    sites.insert(id);
                } else {
                    sites.remove(&id);
                }
            });
        };
        view! {
            <label class="flex cursor-pointer items-center gap-2 text-sm">
                <input
                    class="checkbox checkbox-sm"
                    type="checkbox"
                    data-testid="user-site"
                    prop:checked=move || sites.with(|sites| sites.contains(&id))
                    on:change=move |event| put(event_target_checked(&event))
                />
                {name}
            </label>
        }
        .into_any()
    }
}
