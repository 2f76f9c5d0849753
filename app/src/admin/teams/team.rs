//! The teams of a site, their usual shift and their people.

use crate::api;
use crate::ui::act::use_act;
use crate::ui::button::{Button, ButtonKind};
use crate::ui::dialog::Dialog;
use crate::ui::empty::empty;
use crate::ui::field::{SelectField, TextField};
use crate::ui::icon::Icon;
use crate::ui::panel::panel as framed;
use crate::ui::table::{Row, actions, fixed, maybe, plain, table, text};
use domain::roster::{Member, Staff, TeamPlan};
use domain::{ShiftId, UserId, WarehouseId};
use leptos::prelude::*;
use std::collections::BTreeSet;

/// Names of a team that are shown.
const NAMED: usize = 8;

/// Which team is being edited.
#[derive(Clone, Copy)]
pub(super) struct TeamForm {
    open: RwSignal<bool>,
    team: RwSignal<Option<(TeamPlan, Staff)>>,
}

/// Of the page that calls it.
pub(super) fn use_team_form() -> TeamForm {
    TeamForm {
        open: RwSignal::new(false),
        team: RwSignal::new(None),
    }
}

impl TeamForm {
    fn edit(self, team: TeamPlan, staff: Staff) {
        self.team.set(Some((team, staff)));
        self.open.set(true);
    }
}

/// The teams.
pub(super) fn panel(staff: &Staff, site: WarehouseId, form: TeamForm) -> AnyView {
    let fresh = TeamPlan {
        id: None,
        warehouse_id: site,
        name: String::new(),
        shift_id: None,
        members: Vec::new(),
    };
    let people = staff.clone();
    let add = view! {
        <Button label=t!("Add team") small=true before=Icon::Plus on_press=move |()| form.edit(fresh.clone(), people.clone()) testid="team-add" />
    };
    let teams: Vec<&TeamPlan> = staff
        .teams
        .iter()
        .filter(|team| team.warehouse_id == site)
        .collect();
    let body = if teams.is_empty() {
        empty(
            Icon::People,
            t!("No teams yet"),
            t!("A team shares tasks: any member can work on what is given to it."),
            None,
        )
    } else {
        let columns = [
            fixed(t!("Team")),
            text(t!("Shift")),
            text(t!("Members")),
            actions(),
        ];
        let rows = teams
            .into_iter()
            .map(|team| row(team, staff, form))
            .collect();
        table(t!("Teams"), &columns, rows)
    };
    framed(t!("Teams"), Some(add.into_any()), body)
}

/// The first names, and how many more there are; all of them when the pointer rests on it.
fn some(names: &[&str]) -> AnyView {
    let Some((first, more)) = names
        .split_at_checked(NAMED)
        .filter(|(_, more)| !more.is_empty())
    else {
        return plain(names.join(", "));
    };
    let count = more.len();
    let text = t!("{names} and {count} more", names = first.join(", "), count);
    view! { <span title=names.join(", ")>{text}</span> }.into_any()
}

fn row(team: &TeamPlan, staff: &Staff, form: TeamForm) -> Row {
    let shift = staff
        .shifts
        .iter()
        .find(|shift| shift.id.is_some() && shift.id == team.shift_id);
    let names: Vec<&str> = staff
        .workers
        .iter()
        .filter(|worker| team.members.contains(&worker.user_id))
        .map(|worker| worker.name.as_str())
        .collect();
    let (edited, people) = (team.clone(), staff.clone());
    let edit = view! {
        <Button label=t!("Change") small=true before=Icon::Pencil on_press=move |()| form.edit(edited.clone(), people.clone()) testid="team-edit" />
    };
    let cells = vec![
        plain(team.name.as_str()),
        maybe(shift.map(|shift| shift.name.clone())),
        some(&names),
        edit.into_any(),
    ];
    Row::new("team-row", team.name.as_str(), cells)
}

/// Asks for a team's name, shift and people.
#[component]
pub(super) fn TeamDialog(form: TeamForm) -> impl IntoView {
    view! {
        <Dialog open=form.open title=t!("Team") testid="team-dialog">
            {move || form.team.get().map(|(team, staff)| fields(form, team, &staff))}
        </Dialog>
    }
}

fn fields(form: TeamForm, team: TeamPlan, staff: &Staff) -> AnyView {
    let name = RwSignal::new(team.name.clone());
    let shift = RwSignal::new(team.shift_id.map_or_else(String::new, |id| id.to_string()));
    let members = RwSignal::new(team.members.iter().copied().collect::<BTreeSet<UserId>>());
    let mut shifts = vec![(String::new(), t!("No usual shift").to_owned())];
    shifts.extend(
        staff
            .shifts
            .iter()
            .filter(|shift| shift.warehouse_id == team.warehouse_id)
            .filter_map(|shift| Some((shift.id?.to_string(), shift.name.clone()))),
    );
    let people = staff
        .workers
        .iter()
        .map(|worker| person(worker, &team, staff, members))
        .collect::<Vec<_>>();
    let act = use_act();
    let save = move |()| {
        let plan = TeamPlan {
            name: name.get_untracked(),
            shift_id: shift.get_untracked().parse::<ShiftId>().ok(),
            members: members.get_untracked().into_iter().collect(),
            ..team.clone()
        };
        act.run(api::teams::save(plan), t!("Saved."), move |_| {
            let _ = form.open.try_set(false);
        });
    };
    view! {
        <div class="flex flex-col gap-3">
            <TextField label=t!("Name") value=name testid="team-name" />
            <SelectField label=t!("Usual shift") options=shifts value=shift hint=t!("Single days can differ in the roster.") testid="team-shift" />
            <fieldset class="flex flex-col gap-1">
                <legend class="text-sm font-medium">{t!("Members")}</legend>
                <div class="flex max-h-60 flex-col divide-y divide-base-300 overflow-y-auto rounded-md border border-base-300">{people}</div>
            </fieldset>
            <div class="flex justify-end gap-2">
                <Button label=t!("Cancel") on_press=move |()| form.open.set(false) />
                <Button
                    label=t!("Save")
                    kind=ButtonKind::Primary
                    disabled=Signal::derive(move || name.with(|name| name.trim().is_empty()))
                    pending=act.pending()
                    on_press=save
                    testid="team-save"
                />
            </div>
        </div>
    }
    .into_any()
}

fn person(
    worker: &Member,
    team: &TeamPlan,
    staff: &Staff,
    members: RwSignal<BTreeSet<UserId>>,
) -> AnyView {
    let id = worker.user_id;
    let other = staff
        .teams
        .iter()
        .find(|known| known.id.is_some() && known.id == worker.team_id && known.id != team.id);
    let hint = other.map(|other| t!("now in {name}", name = other.name));
    view! {
        <label class="flex cursor-pointer items-center gap-3 px-3 py-2 text-sm">
            <input
                class="checkbox checkbox-sm"
                type="checkbox"
                data-testid=format!("member-{}", worker.login)
                prop:checked=move || members.with(|members| members.contains(&id))
                on:change=move |event| {
                    let chosen = event_target_checked(&event);
                    members.update(|members| {
                        if chosen {
                            members.insert(id);
                        } else {
                            members.remove(&id);
                        }
                    });
                }
            />
            <span class="flex-1">{worker.name.clone()}</span>
            <span class="text-xs text-muted">{hint}</span>
        </label>
    }
    .into_any()
}
