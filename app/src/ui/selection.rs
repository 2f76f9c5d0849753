//! Choosing several rows of a list, and the bar that says what will happen to them.

use super::button::{Button, ButtonKind};
use leptos::prelude::*;
use std::collections::BTreeSet;

/// The ids of the rows that are chosen; they stay chosen while pages are turned.
#[derive(Clone, Copy)]
pub struct Selection(RwSignal<BTreeSet<i64>>);

/// A list's selection; to be called once per page, outside of what is reloaded.
pub fn use_selection() -> Selection {
    Selection(RwSignal::new(BTreeSet::new()))
}

impl Selection {
    /// The chosen ids.
    pub fn ids(self) -> Vec<i64> {
        self.0
            .try_with_untracked(|ids| ids.iter().copied().collect())
            .unwrap_or_default()
    }

    /// How many are chosen.
    pub fn count(self) -> Signal<usize> {
        Signal::derive(move || self.0.with(BTreeSet::len))
    }

    /// Chooses nothing.
    pub fn clear(self) {
        let _ = self.0.try_update(BTreeSet::clear);
    }

    fn put(self, ids: &[i64], chosen: bool) {
        let _ = self.0.try_update(|all| {
            for id in ids {
                if chosen {
                    all.insert(*id);
                } else {
                    all.remove(id);
                }
            }
        });
    }

    fn holds(self, ids: &[i64]) -> bool {
        !ids.is_empty()
            && self
                .0
                .try_with(|all| ids.iter().all(|id| all.contains(id)))
                .unwrap_or(false)
    }

    /// The heading that chooses every row of the page.
    pub(super) fn heading(self, ids: Vec<i64>) -> AnyView {
        let body = checkbox(
            self,
            ids,
            t!("Select all rows of this page").to_owned(),
            "select-all",
        );
        view! { <th scope="col" class="w-8">{body}</th> }.into_any()
    }

    /// The cell that chooses its row; empty where the row cannot be chosen.
    pub(super) fn cell(self, id: Option<i64>, name: &str) -> AnyView {
        let body = id.map(|id| checkbox(self, vec![id], t!("Select {name}", name), "select-row"));
        view! { <td class="w-8">{body}</td> }.into_any()
    }
}

fn checkbox(selection: Selection, ids: Vec<i64>, label: String, testid: &'static str) -> AnyView {
    let shown = ids.clone();
    view! {
        <input
            type="checkbox"
            class="checkbox checkbox-xs"
            aria-label=label
            data-testid=testid
            prop:checked=move || selection.holds(&shown)
            on:change=move |event| selection.put(&ids, event_target_checked(&event))
        />
    }
    .into_any()
}

/// What can be done with the chosen rows, at the top of the page wherever that is scrolled to. It says
/// how many it will touch and shows only while something is chosen; `counted` names a number of them,
/// such as "3 users".
pub fn bulk_bar(
    selection: Selection,
    counted: fn(usize) -> String,
    actions: impl Fn() -> Vec<AnyView> + Send + Sync + 'static,
) -> AnyView {
    let count = selection.count();
    let any = Memo::new(move |_| count.get() > 0);
    let body = move || {
        any.get().then(|| {
            view! {
                <div
                    class="flex flex-wrap items-center gap-3 rounded-md border border-primary bg-base-100 px-4 py-2 shadow-md"
                    role="region"
                    aria-label=t!("Selected rows")
                    data-testid="bulk-bar"
                >
                    <span class="text-sm font-medium" aria-live="polite">
                        {move || t!("This will touch {rows}", rows = counted(count.get()))}
                    </span>
                    {actions()}
                    <Button
                        label=t!("Clear selection")
                        kind=ButtonKind::Quiet
                        small=true
                        on_press=move |()| selection.clear()
                        testid="bulk-clear"
                    />
                </div>
            }
        })
    };
    view! { <div class="sticky top-2 z-20 empty:hidden">{body}</div> }.into_any()
}
