//! A list's saved views: to pick, keep, rename, delete, and to open first.

use super::act::{Act, use_act};
use super::button::{Button, ButtonKind};
use super::dialog::Dialog;
use super::field::TextField;
use super::icon::{Icon, icon};
use super::url_state::UrlState;
use crate::api;
use crate::load::{Loader, load};
use domain::SavedViewId;
use domain::saved_view::{NewView, SavedView};
use leptos::prelude::*;
use leptos::task::spawn_local;

#[derive(Clone, Copy)]
struct Views {
    url: UrlState,
    /// Grows when they changed.
    version: RwSignal<u32>,
    rows: Loader<Vec<SavedView>>,
    act: Act,
}

/// The choice of view and the button to keep the one on the screen.
pub fn saved_views(url: UrlState) -> AnyView {
    let version = RwSignal::new(0_u32);
    let rows = load(
        move || (url.path(), version.get()),
        |(page, _)| api::saved_views::list(page),
    );
    let views = Views {
        url,
        version,
        rows,
        act: use_act(),
    };
    let open = RwSignal::new(false);
    open_first(views);
    view! {
        {picker(views)}
        <Button
            label=t!("Views")
            kind=ButtonKind::Quiet
            before=Icon::Bookmark
            on_press=move |()| open.set(true)
            shortcut="v"
            testid="views"
        />
        <Dialog open title=t!("Views of this list") testid="views-dialog">
            {form(views, open)}
            {manage(views)}
        </Dialog>
    }
    .into_any()
}

/// A page opened without a query shows the view that its owner wants first, once.
fn open_first(views: Views) {
    Effect::new(move |done: Option<()>| {
        if done.is_some() || !views.url.query().is_empty() {
            return;
        }
        spawn_local(async move {
            let Ok(rows) = views.rows.read().await else {
                return;
            };
            let first = rows.into_iter().find(|view| view.opens_first);
            if let (Some(view), true) = (first, views.url.query().is_empty()) {
                views.url.replace(&view.query);
            }
        });
    });
}

fn picker(views: Views) -> AnyView {
    let shown = move || {
        Suspend::new(async move {
            let rows = views.rows.read().await.unwrap_or_default();
            (!rows.is_empty()).then(|| select(views.url, rows))
        })
    };
    view! { <Transition>{shown}</Transition> }.into_any()
}

fn select(url: UrlState, rows: Vec<SavedView>) -> AnyView {
    let queries = rows.iter().map(|row| row.query.clone()).collect::<Vec<_>>();
    let other = move || {
        let query = url.query();
        !query.is_empty() && !queries.contains(&query)
    };
    let options = rows
        .into_iter()
        .map(|row| {
            let query = row.query.clone();
            let name = if row.opens_first {
                t!("{name} (opens first)", name = row.name)
            } else {
                row.name
            };
            view! { <option value=row.query selected=move || url.query() == query>{name}</option> }
                .into_any()
        })
        .collect::<Vec<_>>();
    view! {
        <label class="flex flex-col gap-1 text-xs font-medium text-muted">
            <span>{t!("View")}</span>
            <select
                class="select select-sm h-9 w-44 text-base-content"
                data-testid="view-select"
                on:change=move |event| url.replace(&event_target_value(&event))
            >
                <option value="" selected=move || url.query().is_empty()>{t!("All rows")}</option>
                {options}
                {move || other().then(|| view! { <option value=url.query() selected=true>{t!("As filtered now")}</option> })}
            </select>
        </label>
    }
    .into_any()
}

fn form(views: Views, open: RwSignal<bool>) -> AnyView {
    let (name, first) = (RwSignal::new(String::new()), RwSignal::new(false));
    let keep = move |()| {
        let view = NewView {
            page: views.url.path(),
            name: name.get_untracked(),
            query: views.url.query(),
            opens_first: first.get_untracked(),
        };
        views.change(api::saved_views::save(view), t!("Kept."), move || {
            let _ = open.try_set(false);
        });
    };
    view! {
        <div class="flex flex-col gap-3">
            <TextField label=t!("Keep the filters and the sort on the screen as") value=name hint=t!("The same name replaces.") testid="view-name" />
            <label class="flex cursor-pointer items-center gap-2 text-sm">
                <input
                    class="checkbox checkbox-sm"
                    type="checkbox"
                    data-testid="view-first"
                    prop:checked=move || first.get()
                    on:change=move |event| first.set(event_target_checked(&event))
                />
                {t!("Open this list with it")}
            </label>
            <div class="flex justify-end">
                <Button
                    label=t!("Keep view")
                    kind=ButtonKind::Primary
                    disabled=Signal::derive(move || name.get().trim().is_empty())
                    pending=views.act.pending()
                    on_press=keep
                    testid="view-save"
                />
            </div>
        </div>
    }
    .into_any()
}

fn manage(views: Views) -> AnyView {
    let list = move || {
        Suspend::new(async move {
            let rows = views.rows.read().await.unwrap_or_default();
            rows.into_iter()
                .map(|row| line(views, row))
                .collect::<Vec<_>>()
        })
    };
    view! {
        <ul class="flex flex-col">
            <Transition>{list}</Transition>
        </ul>
    }
    .into_any()
}

fn line(views: Views, row: SavedView) -> AnyView {
    let SavedView {
        id,
        name,
        opens_first,
        ..
    } = row;
    let text = RwSignal::new(name.clone());
    let rename = move |_| {
        let wanted = text.get_untracked();
        if !wanted.trim().is_empty() {
            views.change(api::saved_views::rename(id, wanted), t!("Renamed."), || ());
        }
    };
    let first = if opens_first {
        t!("Opens first")
    } else {
        t!("Open first")
    };
    view! {
        <li class="flex items-center gap-2 border-t border-base-300 py-2" data-testid="view-row" data-key=name.clone()>
            {icon(Icon::Bookmark, "size-4 shrink-0 text-muted")}
            <input
                class="input input-sm h-8 min-w-0 flex-1"
                aria-label=t!("Name of the view {name}", name)
                prop:value=move || text.get()
                on:input=move |event| text.set(event_target_value(&event))
                on:change=rename
                data-testid="view-rename"
            />
            <Button label=first kind=ButtonKind::Quiet small=true on_press=move |()| views.first(id, !opens_first) testid="view-open-first" />
            <Button label=t!("Delete") kind=ButtonKind::Quiet small=true on_press=move |()| views.delete(id) testid="view-delete" />
        </li>
    }
    .into_any()
}

impl Views {
    fn first(self, id: SavedViewId, first: bool) {
        self.change(api::saved_views::open_first(id, first), "", || ());
    }

    fn delete(self, id: SavedViewId) {
        self.change(api::saved_views::delete(id), t!("Deleted."), || ());
    }

    fn change<T: 'static>(
        self,
        call: impl Future<Output = Result<T, crate::AppError>> + 'static,
        done: &'static str,
        then: impl FnOnce() + 'static,
    ) {
        self.act.run(call, done, move |_| {
            let _ = self.version.try_update(|version| *version += 1);
            then();
        });
    }
}
