//! All logins of the company.

use super::create::CreateDialog;
use crate::admin::filters::warehouses;
use crate::admin::shell::role_name;
use crate::api;
use crate::live::use_live;
use crate::load::load;
use crate::routes;
use crate::session::viewer_may;
use crate::site_time::SiteTime;
use crate::ui::act::{Act, use_act};
use crate::ui::badge::{Tone, badge};
use crate::ui::button::{Button, ButtonKind, link_button};
use crate::ui::confirm::{Confirm, use_confirm};
use crate::ui::empty::empty;
use crate::ui::filter;
use crate::ui::header::page_header;
use crate::ui::icon::Icon;
use crate::ui::load::loaded;
use crate::ui::pager::{Passed, paged, use_passed};
use crate::ui::panel::frame;
use crate::ui::selection::{Selection, bulk_bar, use_selection};
use crate::ui::table::{
    ListTable, Row, code, figures, fixed, link, long, maybe, plain, text, two_lines,
};
use crate::ui::url_state::{UrlState, use_url_state};
use domain::UserId;
use domain::live::Topic;
use domain::page::{Cursor, Page};
use domain::permission::{Permission, Role};
use domain::user::{UserFilter, UserRow};
use leptos::prelude::*;

#[derive(Clone, Copy)]
struct List {
    url: UrlState,
    passed: Passed,
    selection: Selection,
    confirm: Confirm,
    act: Act,
    /// Grows when users changed.
    version: RwSignal<u32>,
}

/// The users page.
#[component]
pub fn List() -> impl IntoView {
    let list = List {
        url: use_url_state(),
        passed: use_passed(),
        selection: use_selection(),
        confirm: use_confirm(),
        act: use_act(),
        version: RwSignal::new(0),
    };
    let url = list.url;
    let live = use_live(Signal::stored(vec![Topic::Users, Topic::Teams]));
    let rows = load(
        move || {
            let versions = (list.version.get(), live.get());
            (filter_of(url), url.get("after"), versions)
        },
        |(filter, after, _)| api::users::list(filter, after.map(Cursor)),
    );
    let creating = RwSignal::new(false);
    view! {
        {page_header(t!("Users"), t!("Who can sign in, and what each may do."), Some(head(creating)))}
        {filters(url)}
        {list.bulk()}
        {frame(loaded(rows, move |page: Page<UserRow>, site| list.show(page, &site)))}
        {list.confirm.dialog()}
        <CreateDialog open=creating version=list.version />
    }
}

fn head(creating: RwSignal<bool>) -> AnyView {
    let create = viewer_may(Permission::ManageUsers).then(|| {
        view! {
            <Button
                label=t!("New user")
                kind=ButtonKind::Primary
                before=Icon::Plus
                on_press=move |()| creating.set(true)
                shortcut="n"
                testid="user-new"
            />
        }
        .into_any()
    });
    let roles = routes::USER_ROLES.to_owned();
    view! {
        {link_button(ButtonKind::Plain, false, Some(Icon::Shield), t!("What roles may do"), roles, "roles")}
        {create}
    }
    .into_any()
}

fn filter_of(url: UrlState) -> UserFilter {
    UserFilter {
        q: url.get("q"),
        role: url.parsed("role"),
        team: url.parsed("team"),
        warehouse: url.parsed("warehouse"),
        active: url.get("state").map(|state| state == "active"),
        sort: url.parsed("sort").unwrap_or_default(),
    }
}

fn filters(url: UrlState) -> AnyView {
    let any = |text: &str| vec![(String::new(), text.to_owned())];
    let mut roles = any(t!("Any role"));
    roles.extend(Role::ALL.map(|role| (role.as_str().to_owned(), role_name(role).to_owned())));
    let mut states = any(t!("Any state"));
    states.extend([
        ("active".to_owned(), t!("Active").to_owned()),
        ("disabled".to_owned(), t!("Disabled").to_owned()),
    ]);
    let inputs = vec![
        filter::search(url, t!("Name or login")),
        filter::select(url, "role", t!("Role"), roles),
        teams(url),
        warehouses(url),
        filter::select(url, "state", t!("State"), states),
    ];
    filter::list_bar(url, inputs, None)
}

fn teams(url: UrlState) -> AnyView {
    let teams = load(|| (), |()| api::teams::list());
    let shown = move || {
        Suspend::new(async move {
            let mut options = vec![(String::new(), t!("Any team").to_owned())];
            for team in teams.read().await.unwrap_or_default() {
                options.push((team.id.to_string(), team.name));
            }
            filter::select(url, "team", t!("Team"), options)
        })
    };
    view! { <Transition>{shown}</Transition> }.into_any()
}

impl List {
    fn show(self, page: Page<UserRow>, site: &SiteTime) -> AnyView {
        if page.rows.is_empty() {
            return empty(
                Icon::People,
                t!("No user fits"),
                t!("Take a filter away to see more."),
                None,
            );
        }
        let columns = [
            text(t!("Name")).by("name"),
            text(t!("Login")).by("login"),
            text(t!("Role")).by("role"),
            text(t!("State")),
            text(t!("Team")).by("team"),
            long(t!("Warehouses")),
            figures(t!("Open tasks")).by("open_tasks"),
            fixed(t!("Last seen")).by("last_seen"),
        ];
        let manages = viewer_may(Permission::ManageUsers);
        let table = ListTable {
            label: t!("Users"),
            url: self.url,
            sort: "name",
            selection: manages.then_some(self.selection),
        };
        let rows = page.rows.into_iter().map(|row| line(row, manages, site));
        paged(table, &columns, rows.collect(), self.passed, page.next)
    }

    fn bulk(self) -> AnyView {
        bulk_bar(self.selection, users, move || {
            vec![
                self.bulk_button(t!("Disable"), false),
                self.bulk_button(t!("Enable"), true),
            ]
        })
    }

    fn bulk_button(self, label: &'static str, active: bool) -> AnyView {
        let ask = move |()| {
            let ids = self.selection.ids();
            let who = users(ids.len());
            let text = if active {
                t!("{who} can sign in again with the password they had.", who)
            } else {
                t!(
                    "{who} will be signed out of every browser and program at once, and cannot sign in.",
                    who
                )
            };
            let title = if active {
                t!("Enable {who}?", who)
            } else {
                t!("Disable {who}?", who)
            };
            let set = move || self.set_active(&ids, active);
            if active {
                self.confirm.ask(title, text, label, set);
            } else {
                self.confirm.warn(title, text, label, set);
            }
        };
        let testid = if active {
            "bulk-enable"
        } else {
            "bulk-disable"
        };
        view! {
            <Button label=label small=true pending=self.act.pending() on_press=ask testid=testid />
        }
        .into_any()
    }

    fn set_active(self, ids: &[i64], active: bool) {
        let ids = ids.iter().copied().map(UserId).collect();
        let call = api::users::set_active(ids, active);
        self.act.run(call, t!("Done."), move |()| {
            self.selection.clear();
            let _ = self.version.try_update(|version| *version += 1);
        });
    }
}

fn line(row: UserRow, manages: bool, site: &SiteTime) -> Row {
    let name = if manages {
        link(routes::user(row.id), row.name.as_str())
    } else {
        plain(row.name.as_str())
    };
    let cells = vec![
        name,
        code(row.login.as_str()),
        role_badge(row.role),
        state(&row),
        maybe(row.team_name),
        plain(row.warehouses.join(", ")),
        plain(row.open_tasks.to_string()),
        maybe(row.last_seen_at.map(|at| site.date_time(at))),
    ];
    Row::new("user-row", row.login, cells)
        .id(row.id.0)
        .muted(!row.active)
}

pub(super) fn role_badge(role: Role) -> AnyView {
    let tone = if role == Role::Admin {
        Tone::Info
    } else {
        Tone::Neutral
    };
    badge(tone, role_name(role))
}

pub(super) fn state(row: &UserRow) -> AnyView {
    match (row.active, row.password_temporary) {
        (false, _) => badge(Tone::Bad, t!("Disabled")),
        (true, true) => two_lines(badge(Tone::Good, t!("Active")), t!("one-time password")),
        (true, false) => badge(Tone::Good, t!("Active")),
    }
}

/// A number of users.
fn users(count: usize) -> String {
    tn!("{count} user", "{count} users", count)
}
