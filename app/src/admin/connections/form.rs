//! A new connection, or the settings of one: a form that is drawn from what the server says of each kind of
//! system.

use super::form_field::{drawn, field_id};
use crate::api;
use crate::load::{Loader, load};
use crate::routes;
use crate::session::use_session;
use crate::ui::button::{Button, ButtonKind, Press};
use crate::ui::dialog::Dialog;
use crate::ui::field::SelectField;
use crate::ui::focus::focus;
use crate::ui::load::loaded;
use crate::ui::toast::use_toasts;
use crate::words::tell;
use domain::company::Warehouse;
use domain::connection_form::{ConnectionForm, EnteredConnection, FormField, Misfit};
use domain::{ConnectionId, WarehouseId, word};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_navigate;
use std::collections::BTreeMap;

/// The forms to choose from, and the sites.
type Choices = (Vec<ConnectionForm>, Vec<Warehouse>);

/// What is said of a field that was left empty.
const NEEDED: &str = word!("This is needed.");

/// What is entered, and what is wrong with it.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    kind: RwSignal<String>,
    site: RwSignal<String>,
    /// By the names of the fields; kinds that share a name share its text.
    pub(super) values: RwSignal<BTreeMap<String, String>>,
    /// Fields that are needed and were left empty.
    missing: RwSignal<Vec<String>>,
    /// As the server judged it last.
    fault: RwSignal<Option<Misfit>>,
    pending: RwSignal<bool>,
}

impl Entry {
    pub(super) fn of(forms: &[ConnectionForm], sites: &[Warehouse]) -> Self {
        let fields = forms.iter().flat_map(|form| &form.fields);
        let values = fields.filter_map(|field| Some((field.name.clone(), field.value.clone()?)));
        let kind = forms.first().map(|form| form.kind.clone());
        let site = sites.first().map(|site| site.id.to_string());
        Self {
            kind: RwSignal::new(kind.unwrap_or_default()),
            site: RwSignal::new(site.unwrap_or_default()),
            values: RwSignal::new(values.collect()),
            missing: RwSignal::new(Vec::new()),
            fault: RwSignal::new(None),
            pending: RwSignal::new(false),
        }
    }

    /// Takes in what is typed; a field that is being filled is not missing any more.
    pub(super) fn fill(self, field: &str, text: String) {
        let marked = |missing: &Vec<String>| missing.iter().any(|name| name == field);
        if self.missing.with_untracked(marked) {
            self.missing
                .update(|missing| missing.retain(|name| name != field));
        }
        self.values.update(|values| {
            values.insert(field.to_owned(), text);
        });
    }

    /// What was wrong in the form of one kind says nothing of another's, although they share names.
    fn unmark_with_kind(self) {
        Effect::new(move |_| {
            self.kind.track();
            self.missing.set(Vec::new());
            self.fault.set(None);
        });
    }

    /// What is wrong with a field, in English.
    pub(super) fn wrong(self, field: &str) -> Option<String> {
        if self
            .missing
            .with(|missing| missing.iter().any(|name| name == field))
        {
            return Some(NEEDED.to_owned());
        }
        let misfit = self.fault.get()?;
        (misfit.field.as_deref() == Some(field)).then_some(misfit.sentence)
    }

    /// What the chosen form holds.
    fn entered(self, form: &ConnectionForm, new: bool) -> EnteredConnection {
        let values = self.values.with_untracked(|values| form.sent(values));
        let site = self.site.get_untracked().parse::<i64>().ok();
        EnteredConnection {
            kind: form.kind.clone(),
            warehouse_id: site.filter(|_| new).map(WarehouseId),
            values,
        }
    }
}

/// Asks for what a connection needs.
#[component]
pub(super) fn FormDialog(
    /// Whether it is shown.
    open: RwSignal<bool>,
    /// The connection to change; none sets a new one up.
    id: Option<ConnectionId>,
) -> impl IntoView {
    let title = match id {
        Some(_) => t!("Settings of the connection"),
        None => t!("New connection"),
    };
    view! {
        <Dialog open title=title testid="connection-dialog">
            {loaded(choices(id), move |choices: Choices, _| form(choices, id, open))}
        </Dialog>
    }
}

fn choices(id: Option<ConnectionId>) -> Loader<Choices> {
    let session = use_session();
    load(
        || (),
        move |()| async move {
            let forms = api::connections::forms(id).await?;
            Ok((forms, session.read().await?.warehouses))
        },
    )
}

fn form((forms, sites): Choices, id: Option<ConnectionId>, open: RwSignal<bool>) -> AnyView {
    let entry = Entry::of(&forms, &sites);
    entry.unmark_with_kind();
    let which = id.is_none().then(|| which(&forms, &sites, entry));
    let forms = StoredValue::new(forms);
    let save = saving(forms, entry, id, open);
    view! {
        <div class="flex flex-col gap-3">
            {which}
            {fields(forms, entry, false)}
            <details class="rounded-md border border-base-300" data-testid="connection-rare">
                <summary class="cursor-pointer px-3 py-2 text-sm font-medium">{t!("Retries, limits and maintenance")}</summary>
                <div class="px-3 pb-3">{fields(forms, entry, true)}</div>
            </details>
            {elsewhere(forms, entry)}
            <div class="flex items-center justify-end gap-2 pt-2">
                {marked(entry)}
                <Button label=t!("Cancel") on_press=move |()| open.set(false) />
                <Button label=t!("Save") kind=ButtonKind::Primary pending=entry.pending on_press=save testid="connection-save" />
            </div>
        </div>
    }
    .into_any()
}

/// Those fields of the chosen kind that are folded, or those that are not.
fn fields(forms: StoredValue<Vec<ConnectionForm>>, entry: Entry, folded: bool) -> AnyView {
    // By kind too: an input of another kind is another input, whatever was typed into it.
    let of_kind = move || {
        let kind = entry.kind.get();
        forms.with_value(|forms| {
            let fields = forms.iter().filter(|form| form.kind == kind);
            let fields = fields.flat_map(|form| &form.fields);
            let fields = fields.filter(|field| field.folded == folded);
            let keyed = fields.map(|field| (format!("{kind}/{}", field.name), field.clone()));
            keyed.collect::<Vec<(String, FormField)>>()
        })
    };
    view! {
        <div class="grid grid-cols-2 items-start gap-3">
            <For each=of_kind key=|(key, _)| key.clone() children=move |(_, field)| drawn(&field, entry) />
        </div>
    }
    .into_any()
}

/// The kind of system, and the site where there are several.
fn which(forms: &[ConnectionForm], sites: &[Warehouse], entry: Entry) -> AnyView {
    let kinds = forms.iter();
    let kinds = kinds.map(|form| (form.kind.clone(), form.label.clone()));
    let several = (sites.len() > 1).then(|| {
        let options = sites.iter();
        let options = options.map(|site| (site.id.to_string(), site.name.clone()));
        view! { <SelectField label=t!("Warehouse") options=options.collect() value=entry.site testid="connection-site" /> }
            .into_any()
    });
    view! {
        <SelectField label=t!("System") options=kinds.collect() value=entry.kind testid="connection-kind" />
        {several}
    }
    .into_any()
}

/// Beside the button, which may be far below a marked field, that there is one.
fn marked(entry: Entry) -> AnyView {
    let said = move || {
        let empty = entry.missing.with(|missing| !missing.is_empty());
        let wrong = entry
            .fault
            .with(|fault| fault.as_ref().is_some_and(|fault| fault.field.is_some()));
        (empty || wrong).then(|| {
            view! { <p class="min-w-0 flex-1 text-sm text-error" role="alert" data-testid="connection-marked">{t!("Not saved: look at the marked fields.")}</p> }
        })
    };
    said.into_any()
}

/// What is wrong and belongs to no field that is shown.
fn elsewhere(forms: StoredValue<Vec<ConnectionForm>>, entry: Entry) -> AnyView {
    let said = move || {
        let misfit = entry.fault.get()?;
        let kind = entry.kind.get();
        let shown = forms.with_value(|forms| {
            let fields = forms.iter().filter(|form| form.kind == kind);
            let mut fields = fields.flat_map(|form| &form.fields);
            fields.any(|field| misfit.field.as_deref() == Some(field.name.as_str()))
        });
        (!shown).then(|| {
            view! { <p class="text-sm text-error" role="alert" data-testid="connection-fault">{tell(&misfit.sentence)}</p> }
        })
    };
    said.into_any()
}

fn saving(
    forms: StoredValue<Vec<ConnectionForm>>,
    entry: Entry,
    id: Option<ConnectionId>,
    open: RwSignal<bool>,
) -> Press {
    let (toasts, navigate) = (use_toasts(), use_navigate());
    Press::from(move |()| {
        let kind = entry.kind.get_untracked();
        let entered = forms.with_value(|forms| {
            let form = forms.iter().find(|form| form.kind == kind)?;
            let entered = entry.entered(form, id.is_none());
            Some((form.lacking(&entered.values), entered))
        });
        let Some((missing, entered)) = entered else {
            return;
        };
        let navigate = navigate.clone();
        entry.fault.set(None);
        let first = missing.first().cloned();
        entry.missing.set(missing);
        if let Some(first) = first {
            return focus(&field_id(&first));
        }
        entry.pending.set(true);
        spawn_local(async move {
            let answer = api::connections::save(id, entered).await;
            // The page may be gone by now; its signals are too.
            let _ = entry.pending.try_set(false);
            match answer {
                Ok(Ok(saved)) => {
                    toasts.good(t!("Saved. The connection is being tested."));
                    let _ = open.try_set(false);
                    if id.is_none() {
                        navigate(&routes::connection(saved), Default::default());
                    }
                }
                Ok(Err(misfit)) => {
                    let field = misfit.field.clone();
                    drop(entry.fault.try_set(Some(misfit)));
                    field.iter().for_each(|field| focus(&field_id(field)));
                }
                Err(error) => toasts.bad(tell(&error.message)),
            }
        });
    })
}
