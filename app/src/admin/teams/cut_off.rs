//! The cut-offs of a site: until when dispatches have to be done.

use super::roster::DAYS;
use super::shift::clock;
use crate::api;
use crate::ui::act::use_act;
use crate::ui::button::{Button, ButtonKind};
use crate::ui::dialog::Dialog;
use crate::ui::empty::empty;
use crate::ui::field::TextField;
use crate::ui::icon::Icon;
use crate::ui::panel::panel as framed;
use crate::words::tr;
use chrono::NaiveTime;
use domain::WarehouseId;
use domain::cut_off::CutOff;
use leptos::prelude::*;

/// Which cut-off is being edited.
#[derive(Clone, Copy)]
pub(super) struct CutOffForm {
    open: RwSignal<bool>,
    cut_off: RwSignal<Option<CutOff>>,
}

/// Of the page that calls it.
pub(super) fn use_cut_off_form() -> CutOffForm {
    CutOffForm {
        open: RwSignal::new(false),
        cut_off: RwSignal::new(None),
    }
}

impl CutOffForm {
    fn edit(self, cut_off: CutOff) {
        self.cut_off.set(Some(cut_off));
        self.open.set(true);
    }
}

/// The cut-offs.
pub(super) fn panel(cut_offs: &[CutOff], site: WarehouseId, form: CutOffForm) -> AnyView {
    let fresh = CutOff {
        id: None,
        warehouse_id: site,
        name: String::new(),
        closes: NaiveTime::from_hms_opt(12, 0, 0).unwrap_or_default(),
        days: vec![1, 2, 3, 4, 5],
    };
    let add = view! {
        <Button label=t!("Add cut-off") small=true before=Icon::Plus on_press=move |()| form.edit(fresh.clone()) testid="cut-off-add" />
    };
    let rows = cut_offs
        .iter()
        .filter(|cut_off| cut_off.warehouse_id == site)
        .map(|cut_off| row(cut_off, form))
        .collect::<Vec<_>>();
    let body = if rows.is_empty() {
        empty(
            Icon::Truck,
            t!("No cut-offs yet"),
            t!(
                "Add the times at which goods leave: dispatches that nobody gave a due time are due at the next one."
            ),
            None,
        )
    } else {
        view! { <ul class="flex flex-col divide-y divide-base-300">{rows}</ul> }.into_any()
    };
    framed(t!("Cut-offs"), Some(add.into_any()), body)
}

fn row(cut_off: &CutOff, form: CutOffForm) -> AnyView {
    let edited = cut_off.clone();
    view! {
        <li class="flex items-center gap-3 px-4 py-2.5" data-testid="cut-off-row" data-key=cut_off.name.clone()>
            <span class="w-16 text-sm font-semibold tabular-nums">{clock(cut_off.closes)}</span>
            <span class="min-w-0 flex-1 truncate text-sm">{cut_off.name.clone()}</span>
            <span class="text-xs text-muted">{weekdays(&cut_off.days)}</span>
            <Button label=t!("Change") small=true before=Icon::Pencil on_press=move |()| form.edit(edited.clone()) testid="cut-off-edit" />
        </li>
    }
    .into_any()
}

/// The days by their short names.
fn weekdays(days: &[i16]) -> String {
    if days.len() == DAYS.len() {
        return t!("every day").to_owned();
    }
    let names = (1..).zip(DAYS).filter(|(day, _)| days.contains(day));
    let names: Vec<&str> = names.map(|(_, name)| tr(name)).collect();
    names.join(", ")
}

/// Asks for a cut-off's name, time and days.
#[component]
pub(super) fn CutOffDialog(form: CutOffForm) -> impl IntoView {
    view! {
        <Dialog open=form.open title=t!("Cut-off") testid="cut-off-dialog">
            {move || form.cut_off.get().map(|cut_off| fields(form, &cut_off))}
        </Dialog>
    }
}

fn fields(form: CutOffForm, cut_off: &CutOff) -> AnyView {
    let name = RwSignal::new(cut_off.name.clone());
    let closes = RwSignal::new(clock(cut_off.closes));
    let days = RwSignal::new(cut_off.days.clone());
    let before = cut_off.clone();
    let plan = Memo::new(move |_| -> Result<CutOff, &'static str> {
        let time = NaiveTime::parse_from_str(&closes.get(), "%H:%M");
        let plan = CutOff {
            name: name.get(),
            closes: time.map_err(|_| t!("Enter the time."))?,
            days: days.get(),
            ..before.clone()
        };
        plan.check().map_err(tr)?;
        Ok(plan)
    });
    let act = use_act();
    let save = move |()| {
        if let Ok(plan) = plan.get_untracked() {
            act.run(api::cut_offs::save(plan), t!("Saved."), move |_| {
                let _ = form.open.try_set(false);
            });
        }
    };
    let remove = cut_off.id.map(|id| {
        let remove = move |()| {
            act.run(api::cut_offs::remove(id), t!("Removed."), move |()| {
                let _ = form.open.try_set(false);
            });
        };
        view! { <Button label=t!("Remove") kind=ButtonKind::Danger pending=act.pending() on_press=remove testid="cut-off-remove" /> }
    });
    view! {
        <div class="flex flex-col gap-3">
            <TextField label=t!("Name") value=name hint=t!("Such as the courier that leaves then.") testid="cut-off-name" />
            <TextField label=t!("Time") value=closes kind="time" hint=t!("On the clock of the warehouse.") testid="cut-off-closes" />
            <fieldset class="flex flex-col gap-1">
                <legend class="text-sm font-medium">{t!("Days")}</legend>
                <div class="flex flex-wrap gap-3">{(1..).zip(DAYS).map(|(day, name)| check(day, tr(name), days)).collect::<Vec<_>>()}</div>
            </fieldset>
            <p class="min-h-5 text-sm text-error" role="alert" data-testid="cut-off-fault">{move || plan.get().err()}</p>
            <div class="flex justify-end gap-2">
                {remove}
                <Button label=t!("Cancel") on_press=move |()| form.open.set(false) />
                <Button
                    label=t!("Save")
                    kind=ButtonKind::Primary
                    disabled=Signal::derive(move || plan.with(Result::is_err))
                    pending=act.pending()
                    on_press=save
                    testid="cut-off-save"
                />
            </div>
        </div>
    }
    .into_any()
}

fn check(day: i16, name: &'static str, days: RwSignal<Vec<i16>>) -> AnyView {
    view! {
        <label class="flex cursor-pointer items-center gap-1.5 text-sm">
            <input
                class="checkbox checkbox-sm"
                type="checkbox"
                data-testid=format!("cut-off-day-{day}")
                prop:checked=move || days.with(|days| days.contains(&day))
                on:change=move |event| {
                    let chosen = event_target_checked(&event);
                    days.update(|days| {
                        days.retain(|known| *known != day);
                        if chosen {
                            days.push(day);
                            days.sort_unstable();
                        }
                    });
                }
            />
            <span>{name}</span>
        </label>
    }
    .into_any()
}
