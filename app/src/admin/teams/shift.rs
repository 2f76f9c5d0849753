//! The shifts of a site on one line of time, so that one sees where they overlap.

use crate::api;
use crate::ui::act::use_act;
use crate::ui::button::{Button, ButtonKind};
use crate::ui::dialog::Dialog;
use crate::ui::empty::empty;
use crate::ui::field::TextField;
use crate::ui::icon::Icon;
use crate::ui::panel::panel as framed;
use chrono::{NaiveTime, Timelike};
use domain::WarehouseId;
use domain::roster::{ShiftPlan, Staff};
use leptos::prelude::*;

/// Which shift is being edited.
#[derive(Clone, Copy)]
pub(super) struct ShiftForm {
    open: RwSignal<bool>,
    shift: RwSignal<Option<ShiftPlan>>,
}

/// Of the page that calls it.
pub(super) fn use_shift_form() -> ShiftForm {
    ShiftForm {
        open: RwSignal::new(false),
        shift: RwSignal::new(None),
    }
}

impl ShiftForm {
    fn edit(self, shift: ShiftPlan) {
        self.shift.set(Some(shift));
        self.open.set(true);
    }
}

/// The shifts.
pub(super) fn panel(staff: &Staff, site: WarehouseId, form: ShiftForm) -> AnyView {
    let fresh = ShiftPlan {
        id: None,
        warehouse_id: site,
        name: String::new(),
        starts: hour(8),
        ends: hour(15),
        pause: None,
    };
    let add = view! {
        <Button label=t!("Add shift") small=true before=Icon::Plus on_press=move |()| form.edit(fresh.clone()) testid="shift-add" />
    };
    let rows = staff
        .shifts
        .iter()
        .filter(|shift| shift.warehouse_id == site)
        .map(|shift| row(shift, form))
        .collect::<Vec<_>>();
    let body = if rows.is_empty() {
        empty(
            Icon::Clock,
            t!("No shifts yet"),
            t!("Add one: the board, the forecast and idle devices follow it."),
            None,
        )
    } else {
        view! { <ul class="flex flex-col divide-y divide-base-300">{rows}</ul> }.into_any()
    };
    framed(t!("Shifts"), Some(add.into_any()), body)
}

fn hour(hour: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default()
}

fn row(shift: &ShiftPlan, form: ShiftForm) -> AnyView {
    let edited = shift.clone();
    let pause = shift.pause.map_or_else(
        || t!("no break").to_owned(),
        |(from, to)| t!("break {from}–{to}", from = clock(from), to = clock(to)),
    );
    view! {
        <li class="flex items-center gap-3 px-4 py-2.5" data-testid="shift-row" data-key=shift.name.clone()>
            <span class="w-16 truncate text-sm font-semibold">{shift.name.clone()}</span>
            <span class="w-40 text-xs text-muted tabular-nums">
                <span class="block text-sm text-base-content">{format!("{}–{}", clock(shift.starts), clock(shift.ends))}</span>
                {pause}
            </span>
            {bar(shift)}
            <Button label=t!("Change") small=true before=Icon::Pencil on_press=move |()| form.edit(edited.clone()) testid="shift-edit" />
        </li>
    }
    .into_any()
}

/// The shift within the day, its break left out.
fn bar(shift: &ShiftPlan) -> AnyView {
    let part = |from: NaiveTime, to: NaiveTime, class: &'static str| {
        let style = format!(
            "left:{:.2}%;width:{:.2}%",
            share(from),
            (share(to) - share(from)).max(0.0)
        );
        view! { <span class=class style=style></span> }.into_any()
    };
    let pause = shift
        .pause
        .map(|(from, to)| part(from, to, "absolute inset-y-0 bg-base-100/80"));
    view! {
        <span class="relative h-3 min-w-24 flex-1 overflow-hidden rounded-sm bg-base-200" aria-hidden="true">
            {part(shift.starts, shift.ends, "absolute inset-y-0 rounded-sm bg-primary")}
            {pause}
        </span>
    }
    .into_any()
}

fn share(time: NaiveTime) -> f64 {
    f64::from(time.num_seconds_from_midnight()) / 864.0
}

/// For example `08:00`.
pub(super) fn clock(time: NaiveTime) -> String {
    time.format("%H:%M").to_string()
}

/// Asks for a shift's name, hours and break.
#[component]
pub(super) fn ShiftDialog(form: ShiftForm) -> impl IntoView {
    view! {
        <Dialog open=form.open title=t!("Shift") testid="shift-dialog">
            {move || form.shift.get().map(|shift| fields(form, shift))}
        </Dialog>
    }
}

fn fields(form: ShiftForm, shift: ShiftPlan) -> AnyView {
    let text = |value: String| RwSignal::new(value);
    let name = text(shift.name.clone());
    let (starts, ends) = (text(clock(shift.starts)), text(clock(shift.ends)));
    let pause = |time: Option<NaiveTime>| text(time.map(clock).unwrap_or_default());
    let (rests, works) = (
        pause(shift.pause.map(|pause| pause.0)),
        pause(shift.pause.map(|pause| pause.1)),
    );
    let plan = move || -> Result<ShiftPlan, String> {
        let time = |text: RwSignal<String>| NaiveTime::parse_from_str(&text.get(), "%H:%M").ok();
        let hours = time(starts).zip(time(ends));
        let (starts, ends) = hours.ok_or_else(|| t!("Enter start and end.").to_owned())?;
        let pause = match (time(rests), time(works)) {
            (None, None) => None,
            (Some(from), Some(to)) => Some((from, to)),
            _ => return Err(t!("A break needs its start and its end.").to_owned()),
        };
        let plan = ShiftPlan {
            name: name.get(),
            starts,
            ends,
            pause,
            ..shift.clone()
        };
        plan.check().map_err(|fault| fault.to_string())?;
        Ok(plan)
    };
    let plan = Memo::new(move |_| plan());
    let act = use_act();
    let save = move |()| {
        if let Ok(plan) = plan.get_untracked() {
            act.run(api::teams::save_shift(plan), t!("Saved."), move |_| {
                let _ = form.open.try_set(false);
            });
        }
    };
    view! {
        <div class="flex flex-col gap-3">
            <TextField label=t!("Name") value=name testid="shift-name" />
            <div class="grid grid-cols-2 gap-3">
                <TextField label=t!("Starts") value=starts kind="time" testid="shift-starts" />
                <TextField label=t!("Ends") value=ends kind="time" testid="shift-ends" />
                <TextField label=t!("Break from") value=rests kind="time" testid="shift-break-from" />
                <TextField label=t!("Break to") value=works kind="time" testid="shift-break-to" />
            </div>
            <p class="min-h-5 text-sm text-error" role="alert" data-testid="shift-fault">{move || plan.get().err()}</p>
            <div class="flex justify-end gap-2">
                <Button label=t!("Cancel") on_press=move |()| form.open.set(false) />
                <Button
                    label=t!("Save")
                    kind=ButtonKind::Primary
                    disabled=Signal::derive(move || plan.with(Result::is_err))
                    pending=act.pending()
                    on_press=save
                    testid="shift-save"
                />
            </div>
        </div>
    }
    .into_any()
}
