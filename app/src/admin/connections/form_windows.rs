//! Daily times of rest in a form that the server describes, one row for each.

use super::form::Entry;
use super::form_field::{Faulty, beneath, field_id};
use crate::ui::button::{Button, ButtonKind};
use crate::ui::focus::focus;
use crate::words::tell;
use domain::connection_form::{FormField, read_windows, written_windows};
use leptos::prelude::*;

/// What is entered of one of them.
#[derive(Clone)]
struct Window {
    key: usize,
    from: String,
    until: String,
}

/// The rows of a field.
#[derive(Clone, Copy)]
struct Windows {
    rows: RwSignal<Vec<Window>>,
    entry: Entry,
    field: StoredValue<String>,
}

impl Windows {
    fn of(field: &FormField, entry: Entry) -> Self {
        let name = field.name.as_str();
        let text = entry.values.with_untracked(|all| all.get(name).cloned());
        let windows = read_windows(&text.unwrap_or_default());
        let rows = windows.into_iter().enumerate();
        let rows = rows.map(|(key, (from, until))| Window { key, from, until });
        Self {
            rows: RwSignal::new(rows.collect()),
            entry,
            field: StoredValue::new(name.to_owned()),
        }
    }

    /// Changes the rows and tells the form; a row without any time counts for nothing.
    fn change(self, change: impl FnOnce(&mut Vec<Window>)) {
        self.rows.update(change);
        let text = self.rows.with_untracked(|rows| {
            let rows = rows.iter();
            let times = rows.map(|row| (row.from.as_str(), row.until.as_str()));
            written_windows(times.filter(|times| *times != ("", "")))
        });
        self.field.with_value(|field| self.entry.fill(field, text));
    }

    fn set(self, key: usize, write: impl FnOnce(&mut Window)) {
        self.change(|rows| {
            if let Some(row) = rows.iter_mut().find(|row| row.key == key) {
                write(row);
            }
        });
    }

    /// Adds an empty row; the keyboard goes on in it once it is drawn.
    fn add(self) {
        let next = |rows: &Vec<Window>| rows.iter().map(|row| row.key + 1).max();
        let key = self.rows.with_untracked(next).unwrap_or_default();
        self.change(|rows| {
            rows.push(Window {
                key,
                from: String::new(),
                until: String::new(),
            });
        });
        let id = self.id(key);
        request_animation_frame(move || focus(&id));
    }

    /// Takes a row out; the keyboard goes on in the field.
    fn remove(self, key: usize) {
        self.change(|rows| rows.retain(|row| row.key != key));
        focus(&self.field.with_value(|field| field_id(field)));
    }

    /// What the first input of a row is called on the page.
    fn id(self, key: usize) -> String {
        self.field
            .with_value(|field| format!("{}-{key}", field_id(field)))
    }
}

/// The rows with the way to another one, at most so many.
pub(super) fn windows(field: &FormField, most: Option<usize>, entry: Entry) -> AnyView {
    let windows = Windows::of(field, entry);
    let id = field_id(&field.name);
    let title = format!("{id}-title");
    let faulty = Faulty::of(&field.name, entry);
    let full = Signal::derive(move || {
        let count = windows.rows.with(Vec::len);
        most.is_some_and(|most| count >= most)
    });
    view! {
        <div
            class="col-span-2 flex flex-col gap-1"
            role="group"
            tabindex="-1"
            aria-labelledby=title.clone()
            aria-describedby=move || faulty.described()
            id=id.clone()
            data-testid=id
        >
            <span class="text-sm font-medium" id=title.clone()>{tell(&field.label)}</span>
            <For each=move || windows.rows.get() key=|row| row.key children=move |row| line(row, windows) />
            <span>
                <Button label=t!("Add a window") small=true disabled=full on_press=move |()| windows.add() testid="window-add" />
            </span>
            {beneath(field, entry)}
        </div>
    }
    .into_any()
}

fn line(row: Window, windows: Windows) -> AnyView {
    let Window { key, from, until } = row;
    view! {
        <div class="flex items-center gap-2" data-testid="window-row">
            <input
                class="input input-sm h-9 w-32"
                type="time"
                aria-label=t!("From")
                id=windows.id(key)
                data-testid="window-from"
                prop:value=from
                on:input=move |event| windows.set(key, |row| row.from = event_target_value(&event))
            />
            <span aria-hidden="true">"–"</span>
            <input
                class="input input-sm h-9 w-32"
                type="time"
                aria-label=t!("To")
                data-testid="window-until"
                prop:value=until
                on:input=move |event| windows.set(key, |row| row.until = event_target_value(&event))
            />
            <Button label=t!("Remove") kind=ButtonKind::Quiet small=true on_press=move |()| windows.remove(key) testid="window-remove" />
        </div>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use domain::connection_form::{ConnectionForm, FieldKind};

    #[test]
    fn rows_are_written_as_the_text_of_their_field_without_empty_ones() {
        let field = FormField {
            name: "maintenance".to_owned(),
            label: "Maintenance windows".to_owned(),
            help: String::new(),
            kind: FieldKind::Windows { most: Some(10) },
            required: false,
            default: None,
            value: Some("22:00-23:30".to_owned()),
            folded: true,
        };
        let form = ConnectionForm {
            kind: "odoo".to_owned(),
            label: "Odoo".to_owned(),
            fields: vec![field.clone()],
        };
        Owner::new().with(|| {
            let entry = Entry::of(&[form], &[]);
            let windows = Windows::of(&field, entry);
            let text = || entry.values.with_untracked(|all| all[&field.name].clone());
            let empty = |key| Window {
                key,
                from: String::new(),
                until: String::new(),
            };
            windows.change(|rows| rows.extend([empty(1), empty(2)]));
            assert_eq!(text(), "22:00-23:30");
            windows.set(2, |row| row.from = "04:00".to_owned());
            assert_eq!(text(), "22:00-23:30, 04:00-");
            windows.set(2, |row| row.until = "05:00".to_owned());
            windows.change(|rows| rows.retain(|row| row.key != 0));
            assert_eq!(text(), "04:00-05:00");
        });
    }
}
