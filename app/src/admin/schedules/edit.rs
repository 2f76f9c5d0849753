//! Setting when a line comes due, with its next times while one types.

use crate::AppError;
use crate::admin::connections::schedules::mode;
use crate::api;
use crate::load::load;
use crate::ui::act::{Act, use_act};
use crate::ui::button::{Button, ButtonKind};
use crate::ui::dialog::Dialog;
use crate::ui::field::{SelectField, TextField};
use crate::ui::load::loaded;
use crate::words::{say, tell, tr};
use domain::connection::ConnectionSummary;
use domain::schedule::{ScheduleLine, ScheduleRow, Upcoming, in_words};
use domain::sync::{Entity, SyncMode};
use domain::{ConnectionId, ScheduleId};
use leptos::prelude::*;

/// The line being set, and whether the dialog asks.
#[derive(Clone, Copy)]
pub(super) struct Editing {
    open: RwSignal<bool>,
    row: RwSignal<Option<ScheduleRow>>,
}

/// The dialog of the page that calls it.
pub(super) fn use_editing() -> Editing {
    Editing {
        open: RwSignal::new(false),
        row: RwSignal::new(None),
    }
}

impl Editing {
    /// Opens the dialog for a line.
    pub(super) fn ask(&self, row: &ScheduleRow) {
        self.row.set(Some(row.clone()));
        self.open.set(true);
    }

    /// Opens it for a line that does not exist yet.
    pub(super) fn ask_new(&self) {
        self.row.set(None);
        self.open.set(true);
    }
}

/// What the dialog holds.
#[derive(Clone, Copy)]
struct Fields {
    cron: RwSignal<String>,
    zone: RwSignal<String>,
    enabled: RwSignal<bool>,
    valid: RwSignal<bool>,
}

impl Fields {
    fn new(cron: &str, zone: &str, enabled: bool) -> Self {
        Self {
            cron: RwSignal::new(cron.to_owned()),
            zone: RwSignal::new(zone.to_owned()),
            enabled: RwSignal::new(enabled),
            valid: RwSignal::new(true),
        }
    }

    fn line(self) -> ScheduleLine {
        ScheduleLine {
            cron: self.cron.get_untracked().trim().to_owned(),
            time_zone: self.zone.get_untracked().trim().to_owned(),
            enabled: self.enabled.get_untracked(),
        }
    }
}

/// Asks when the line comes due.
#[component]
pub(super) fn EditDialog(editing: Editing) -> impl IntoView {
    let act = use_act();
    let title = Signal::derive(move || match editing.row.get() {
        Some(row) => {
            let schedule = &row.schedule;
            let mode = mode(schedule.mode).to_lowercase();
            t!(
                "{entity} of {connection}, {mode}",
                entity = tr(schedule.entity.label()),
                connection = row.connection,
                mode
            )
        }
        None => t!("New schedule").to_owned(),
    });
    view! {
        <Dialog open=editing.open title testid="schedule-dialog">
            {match editing.row.get_untracked() {
                Some(row) => known(&row, editing, act),
                None => new(editing, act),
            }}
        </Dialog>
    }
}

fn known(row: &ScheduleRow, editing: Editing, act: Act) -> AnyView {
    let schedule = &row.schedule;
    let id = schedule.id;
    let fields = Fields::new(&schedule.cron, &schedule.time_zone, schedule.enabled);
    let save = move |()| {
        act.run(
            api::schedules::change(id, fields.line()),
            t!("Saved. The next run is planned anew."),
            move |()| close(editing),
        );
    };
    view! {
        <div class="flex flex-col gap-3">
            {inputs(fields)}
            <div class="flex justify-between gap-2 pt-2">
                {remove_button(id, editing, act)}
                <Button label=t!("Save") kind=ButtonKind::Primary disabled=invalid(fields) pending=act.pending() on_press=save testid="schedule-save" />
            </div>
        </div>
    }
    .into_any()
}

fn remove_button(id: ScheduleId, editing: Editing, act: Act) -> AnyView {
    let remove = move |()| {
        act.run(
            api::schedules::remove(id),
            t!("Removed. Its runs stay in the history."),
            move |()| close(editing),
        );
    };
    view! { <Button label=t!("Remove") kind=ButtonKind::Danger pending=act.pending() on_press=remove testid="schedule-remove" /> }
    .into_any()
}

fn new(editing: Editing, act: Act) -> AnyView {
    let connections = load(|| (), |()| api::connections::list());
    loaded(connections, move |rows: Vec<ConnectionSummary>, _| {
        new_fields(&rows, editing, act)
    })
}

fn new_fields(connections: &[ConnectionSummary], editing: Editing, act: Act) -> AnyView {
    let first = connections
        .first()
        .map(|connection| connection.id.to_string())
        .unwrap_or_default();
    let connection = RwSignal::new(first);
    let entity = RwSignal::new(String::new());
    let reads = RwSignal::new(SyncMode::Full.as_str().to_owned());
    let fields = Fields::new("0 3 * * 0", "Europe/Belgrade", true);
    let accounts = connections
        .iter()
        .map(|connection| (connection.id.to_string(), connection.name.clone()))
        .collect();
    let incomplete = Signal::derive(move || !fields.valid.get() || entity.with(String::is_empty));
    let modes = [SyncMode::Full, SyncMode::Delta]
        .map(|reads| (reads.as_str().to_owned(), mode(reads).to_owned()))
        .to_vec();
    let create = move |()| {
        let (Ok(connection), Ok(entity), Ok(reads)) = (
            connection.get_untracked().parse::<ConnectionId>(),
            entity.get_untracked().parse::<Entity>(),
            reads.get_untracked().parse::<SyncMode>(),
        ) else {
            return;
        };
        act.run(
            api::schedules::create(connection, entity, reads, fields.line()),
            t!("Added."),
            move |_| close(editing),
        );
    };
    view! {
        <div class="flex flex-col gap-3">
            <SelectField label=t!("Connection") options=accounts value=connection testid="schedule-connection" />
            {what(connection, entity)}
            <SelectField label=t!("Reads") options=modes value=reads hint=t!("Only reading everything can mark rows inactive.") testid="schedule-mode" />
            {inputs(fields)}
            <div class="flex justify-end pt-2">
                <Button label=t!("Add schedule") kind=ButtonKind::Primary disabled=incomplete pending=act.pending() on_press=create testid="schedule-save" />
            </div>
        </div>
    }
    .into_any()
}

/// What the chosen connection can be asked for, as its own page offers it.
fn what(connection: RwSignal<String>, entity: RwSignal<String>) -> AnyView {
    let offered = load(
        move || connection.get().parse::<ConnectionId>().ok(),
        offered,
    );
    loaded(offered, move |entities: Vec<Entity>, _| {
        let words = entities.iter().map(|entity| entity.as_str());
        let words: Vec<&str> = words.collect();
        let chosen = entity.get_untracked();
        if !words.contains(&chosen.as_str()) {
            entity.set(words.first().copied().unwrap_or_default().to_owned());
        }
        if entities.is_empty() {
            let text = t!("Nothing is read from this system.");
            return view! { <p class="text-sm text-muted" data-testid="schedule-nothing">{text}</p> }
                .into_any();
        }
        let options = entities.iter();
        let options = options.map(|entity| {
            let label = tr(entity.label()).to_owned();
            (entity.as_str().to_owned(), label)
        });
        view! { <SelectField label=t!("What") options=options.collect() value=entity testid="schedule-entity" /> }
            .into_any()
    })
}

async fn offered(id: Option<ConnectionId>) -> Result<Vec<Entity>, AppError> {
    let Some(id) = id else {
        return Ok(Vec::new());
    };
    let entities = api::connections::get(id).await?.entities.into_iter();
    Ok(entities.map(|status| status.entity).collect())
}

fn close(editing: Editing) {
    let _ = editing.open.try_set(false);
}

fn invalid(fields: Fields) -> Signal<bool> {
    Signal::derive(move || !fields.valid.get())
}

fn inputs(fields: Fields) -> AnyView {
    let enabled = fields.enabled;
    view! {
        <TextField label=t!("Cron") value=fields.cron hint=t!("Minute, hour, day, month, weekday (0 is Sunday).") testid="schedule-cron" />
        <TextField label=t!("Time zone") value=fields.zone hint=t!("The fields above are read in it.") testid="schedule-zone" />
        <label class="flex cursor-pointer items-center gap-2 text-sm">
            <input
                class="checkbox checkbox-sm"
                type="checkbox"
                data-testid="schedule-enabled"
                prop:checked=move || enabled.get()
                on:change=move |event| enabled.set(event_target_checked(&event))
            />
            <span>{t!("Runs by itself")}</span>
        </label>
        {preview(fields)}
    }
    .into_any()
}

/// The line in words with its next times, or what is wrong with it.
fn preview(fields: Fields) -> AnyView {
    let meaning = load(
        move || (fields.cron.get(), fields.zone.get()),
        move |(cron, zone)| async move {
            let meaning = api::schedules::preview(cron, zone.trim().to_owned()).await?;
            let _ = fields.valid.try_set(meaning.is_ok());
            Ok(meaning)
        },
    );
    let shown = loaded(meaning, move |meaning: Result<Upcoming, String>, site| {
        match meaning {
        Ok(upcoming) => {
            let times = upcoming
                .at
                .iter()
                .map(|at| view! { <li class="tabular-nums">{site.date_time(*at)}</li> }.into_any())
                .collect::<Vec<_>>();
            view! {
                <p class="text-sm font-medium" data-testid="schedule-words">{in_words(&fields.cron.get_untracked(), say)}</p>
                <ol class="mt-1 text-sm text-muted" data-testid="schedule-next" aria-label=t!("Next times")>{times}</ol>
            }
            .into_any()
        }
        Err(sentence) => {
            view! { <p class="text-sm text-error" role="alert" data-testid="schedule-wrong">{tell(&sentence)}</p> }
                .into_any()
        }
    }
    });
    view! { <div class="rounded-md border border-base-300 px-3 py-2">{shown}</div> }.into_any()
}
