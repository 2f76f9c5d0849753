//! What is decided about a screen: when it is paired, and later.

use crate::api;
use crate::session::use_session;
use crate::ui::act::{Act, use_act};
use crate::ui::button::{Button, ButtonKind};
use crate::ui::dialog::Dialog;
use crate::ui::field::{SelectField, TextField};
use crate::words::tr;
use domain::company::Warehouse;
use domain::screen::{BoardKind, Colours, Naming, ScreenPlan};
use domain::{ScreenId, WarehouseId};
use leptos::prelude::*;

/// The form of the page; `version` grows when something was saved.
#[derive(Clone, Copy)]
pub(super) struct Form {
    open: RwSignal<bool>,
    id: RwSignal<Option<ScreenId>>,
    code: RwSignal<String>,
    name: RwSignal<String>,
    site: RwSignal<String>,
    seconds: RwSignal<String>,
    names: RwSignal<String>,
    colours: RwSignal<String>,
    boards: RwSignal<Vec<BoardKind>>,
    wrong: RwSignal<Option<String>>,
    version: RwSignal<u32>,
}

/// Of the page that calls it.
pub(super) fn use_screen_form(version: RwSignal<u32>) -> Form {
    let text = || RwSignal::new(String::new());
    Form {
        open: RwSignal::new(false),
        id: RwSignal::new(None),
        code: text(),
        name: text(),
        site: text(),
        seconds: text(),
        names: text(),
        colours: text(),
        boards: RwSignal::new(Vec::new()),
        wrong: RwSignal::new(None),
        version,
    }
}

impl Form {
    /// For a screen that shows a code.
    pub(super) fn open_new(self) {
        let plan = ScreenPlan {
            name: String::new(),
            warehouse_id: WarehouseId(0),
            boards: BoardKind::ALL.to_vec(),
            rotate_seconds: 20,
            names: Naming::Full,
            colours: Colours::Dark,
        };
        self.fill(None, &plan);
        self.site.set(String::new());
    }

    /// For a screen that is paired.
    pub(super) fn open_change(self, id: ScreenId, plan: &ScreenPlan) {
        self.fill(Some(id), plan);
    }

    fn fill(self, id: Option<ScreenId>, plan: &ScreenPlan) {
        self.id.set(id);
        self.code.set(String::new());
        self.name.set(plan.name.clone());
        self.site.set(plan.warehouse_id.to_string());
        self.seconds.set(plan.rotate_seconds.to_string());
        self.names.set(plan.names.as_str().to_owned());
        self.colours.set(plan.colours.as_str().to_owned());
        self.boards.set(plan.boards.clone());
        self.wrong.set(None);
        self.open.set(true);
    }

    fn plan(self, first: Option<WarehouseId>) -> Result<ScreenPlan, String> {
        let site = self.site.get_untracked().parse().ok().or(first);
        let plan = ScreenPlan {
            name: self.name.get_untracked().trim().to_owned(),
            warehouse_id: site.ok_or(t!("Choose a warehouse."))?,
            boards: self.boards.get_untracked(),
            rotate_seconds: self.seconds.get_untracked().trim().parse().unwrap_or(0),
            names: self.names.get_untracked().parse().unwrap_or_default(),
            colours: self.colours.get_untracked().parse().unwrap_or_default(),
        };
        plan.check().map_err(str::to_owned)?;
        Ok(plan)
    }

    fn save(self, act: Act, first: Option<WarehouseId>) {
        let plan = match self.plan(first) {
            Ok(plan) => plan,
            Err(sentence) => return self.wrong.set(Some(sentence)),
        };
        self.wrong.set(None);
        let saved = move |()| {
            self.open.set(false);
            self.version.update(|version| *version += 1);
        };
        let refused = move |sentence| {
            let _ = self.wrong.try_set(Some(sentence));
        };
        match self.id.get_untracked() {
            Some(id) => {
                let call = api::screens::change(id, plan);
                act.submit(call, t!("Saved."), saved, refused);
            }
            None => {
                let call = api::screens::pair(self.code.get_untracked(), plan);
                act.submit(call, t!("Paired."), move |_| saved(()), refused);
            }
        }
    }
}

/// Asks for the code, and for what the screen shows.
#[component]
pub(super) fn ScreenDialog(form: Form) -> impl IntoView {
    let act = use_act();
    let session = use_session();
    let title = Signal::derive(move || match form.id.get() {
        Some(_) => t!("Change the screen").to_owned(),
        None => t!("Pair a screen").to_owned(),
    });
    view! {
        <Dialog open=form.open title testid="screen-dialog">
            <Transition>
                {move || Suspend::new(async move {
                    let sites = session.read().await.map(|info| info.warehouses);
                    fields(form, act, sites.unwrap_or_default())
                })}
            </Transition>
        </Dialog>
    }
}

fn fields(form: Form, act: Act, sites: Vec<Warehouse>) -> AnyView {
    let fresh = form.id.get_untracked().is_none();
    let first = sites.first().map(|site| site.id);
    let known = form.site.get_untracked();
    if !sites.iter().any(|site| site.id.to_string() == known) {
        form.site
            .set(first.map(|id| id.to_string()).unwrap_or_default());
    }
    let sites: Vec<(String, String)> = sites
        .into_iter()
        .map(|site| (site.id.to_string(), site.name))
        .collect();
    let names = Naming::ALL
        .map(|naming| (naming.as_str().to_owned(), tr(naming.label()).to_owned()))
        .to_vec();
    let colours = Colours::ALL
        .map(|colours| (colours.as_str().to_owned(), tr(colours.label()).to_owned()))
        .to_vec();
    let save = move |()| form.save(act, first);
    view! {
        <div class="flex flex-col gap-4">
            {fresh.then(|| view! {
                <TextField label=t!("Code") value=form.code hint=t!("As the screen shows it.") testid="screen-code" />
            })}
            <TextField label=t!("Name") value=form.name hint=t!("Where it hangs.") testid="screen-name" />
            {fresh.then(|| view! {
                <SelectField label=t!("Warehouse") options=sites value=form.site hint=t!("The only one it shows.") testid="screen-site" />
            })}
            {boards(form)}
            <TextField label=t!("Seconds per board") value=form.seconds kind="number" testid="screen-seconds" />
            <SelectField label=t!("People") options=names value=form.names testid="screen-names" />
            <SelectField label=t!("Colours") options=colours value=form.colours hint=t!("Light reads better in the sun.") testid="screen-colours" />
            {move || form.wrong.get().map(|sentence| view! { <p class="text-sm text-error" role="alert" data-testid="screen-wrong">{sentence}</p> })}
            <div class="flex justify-end gap-2">
                <Button label=t!("Cancel") on_press=move |()| form.open.set(false) />
                <Button label=t!("Save") kind=ButtonKind::Primary pending=act.pending() on_press=save testid="screen-save" />
            </div>
        </div>
    }
    .into_any()
}

fn boards(form: Form) -> AnyView {
    let each = |board: BoardKind| {
        let chosen = move || form.boards.with(|boards| boards.contains(&board));
        let flip = move |on: bool| {
            form.boards.update(|boards| {
                boards.retain(|known| *known != board);
                if on {
                    boards.push(board);
                }
            });
        };
        view! {
            <label class="flex cursor-pointer items-center gap-2 text-sm">
                <input
                    class="checkbox checkbox-sm"
                    type="checkbox"
                    data-testid=format!("screen-board-{}", board.as_str())
                    prop:checked=chosen
                    on:change=move |event| flip(event_target_checked(&event))
                />
                <span>{tr(board.label())}</span>
            </label>
        }
        .into_any()
    };
    view! {
        <fieldset class="flex flex-col gap-2">
            <legend class="mb-1 text-sm font-medium">{t!("Boards, in turn")}</legend>
            {BoardKind::ALL.map(each).into_iter().collect_view()}
        </fieldset>
    }
    .into_any()
}
