//! A new login.

use crate::admin::shell::role_name;
use crate::api;
use crate::api::users::{NewLogin, SHORTEST_PASSWORD};
use crate::load::load;
use crate::session::use_session;
use crate::ui::act::use_act;
use crate::ui::button::{Button, ButtonKind};
use crate::ui::dialog::Dialog;
use crate::ui::field::{SelectField, TextField};
use crate::ui::load::loaded;
use domain::permission::Role;
use domain::team::Team;
use domain::{TeamId, WarehouseId};
use leptos::prelude::*;

/// Asks for what a login needs.
#[component]
pub(super) fn CreateDialog(
    /// Whether it is shown.
    open: RwSignal<bool>,
    /// Grows when a login was created.
    version: RwSignal<u32>,
) -> impl IntoView {
    view! {
        <Dialog open title="New user" testid="user-dialog">
            {form(open, version)}
        </Dialog>
    }
}

fn form(open: RwSignal<bool>, version: RwSignal<u32>) -> AnyView {
    let session = use_session();
    let choices = load(
        || (),
        move |()| async move {
            let sites = session
                .read()
                .await?
                .warehouses
                .into_iter()
                .map(|site| site.id)
                .collect();
            Ok((api::teams::list().await?, sites))
        },
    );
    loaded(
        choices,
        move |(teams, sites): (Vec<Team>, Vec<WarehouseId>), _| {
            fields(&teams, sites, open, version)
        },
    )
}

fn fields(
    teams: &[Team],
    sites: Vec<WarehouseId>,
    open: RwSignal<bool>,
    version: RwSignal<u32>,
) -> AnyView {
    let text = || RwSignal::new(String::new());
    let (name, login, password, team) = (text(), text(), text(), text());
    let role = RwSignal::new(Role::Worker.as_str().to_owned());
    let act = use_act();
    let roles = Role::ALL
        .map(|role| (role.as_str().to_owned(), role_name(role).to_owned()))
        .to_vec();
    let mut team_choices = vec![(String::new(), "No team".to_owned())];
    team_choices.extend(
        teams
            .iter()
            .map(|team| (team.id.to_string(), team.name.clone())),
    );
    let create = move |()| {
        let new = NewLogin {
            login: login.get_untracked().trim().to_owned(),
            name: name.get_untracked().trim().to_owned(),
            role: role.get_untracked().parse().unwrap_or(Role::Viewer),
            password: password.get_untracked(),
            team_id: team.get_untracked().parse::<TeamId>().ok(),
            warehouses: sites.clone(),
        };
        act.run(api::users::create(new), "Created.", move |_| {
            let _ = open.try_set(false);
            let _ = version.try_update(|version| *version += 1);
        });
    };
    let incomplete = Signal::derive(move || {
        name.get().trim().is_empty()
            || login.get().trim().is_empty()
            || password.get().chars().count() < SHORTEST_PASSWORD
    });
    view! {
        <div class="flex flex-col gap-3">
            <TextField label="Name" value=name hint="As colleagues read it." testid="user-name" />
            <TextField label="Login" value=login hint="What is typed to sign in." testid="user-login" />
            <TextField label="Password" value=password kind="password" autocomplete="new-password" hint="At least 8 characters." testid="user-password" />
            <SelectField label="Role" options=roles value=role testid="user-role" />
            <SelectField label="Team" options=team_choices value=team hint="For workers." testid="user-team" />
            <div class="flex justify-end gap-2 pt-2">
                <Button label="Cancel" on_press=move |()| open.set(false) />
                <Button label="Create user" kind=ButtonKind::Primary disabled=incomplete pending=act.pending() on_press=create testid="user-create" />
            </div>
        </div>
    }
    .into_any()
}
