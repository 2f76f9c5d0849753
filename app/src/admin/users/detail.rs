//! One login: what it may do, and where it is signed in.

use super::fields::{Choices, Fields, choices};
use super::list::{role_badge, state};
use super::one_time::{Handover, use_handover};
use crate::api;
use crate::load::load;
use crate::routes;
use crate::session::viewer;
use crate::site_time::SiteTime;
use crate::ui::act::{Act, use_act};
use crate::ui::button::{Button, ButtonKind, link_button};
use crate::ui::confirm::{Confirm, use_confirm};
use crate::ui::empty::empty;
use crate::ui::field::TextField;
use crate::ui::header::detail_header;
use crate::ui::icon::Icon;
use crate::ui::load::loaded;
use crate::ui::number::count;
use crate::ui::panel::{facts, panel};
use crate::ui::table::{Row, actions, code, fixed, maybe, plain, table, text};
use domain::UserId;
use domain::user::{SessionRow, UserChange, UserDetail};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

#[derive(Clone, Copy)]
struct Page {
    id: UserId,
    act: Act,
    confirm: Confirm,
    handover: Handover,
    /// Grows when the user changed.
    version: RwSignal<u32>,
}

/// The page of a user.
#[component]
pub fn Detail() -> impl IntoView {
    let id = use_params_map().with_untracked(|params| params.get("id"));
    let page = Page {
        id: UserId(id.and_then(|id| id.parse().ok()).unwrap_or(0)),
        act: use_act(),
        confirm: use_confirm(),
        handover: use_handover(),
        version: RwSignal::new(0),
    };
    let user = load(
        move || page.version.get(),
        move |_| api::users::get(page.id),
    );
    view! {
        {loaded(user, move |user: UserDetail, site| page.show(user, &site))}
        {page.confirm.dialog()}
        {page.handover.dialog()}
    }
}

impl Page {
    fn show(self, user: UserDetail, site: &SiteTime) -> AnyView {
        let own = viewer().is_some_and(|viewer| viewer.user_id == self.id);
        let sessions = panel(
            t!("Signed in"),
            Some(self.everywhere()),
            self.sessions(&user, site),
        );
        view! {
            <div class="flex flex-col gap-4">
                {detail_header((routes::USERS, t!("Users")), &user.row.name, code(user.row.login.as_str()), Some(self.buttons(&user, own)))}
                {panel(t!("Login"), None, summary(&user, site))}
                <div class="grid items-start gap-4 xl:grid-cols-[minmax(0,24rem)_minmax(0,1fr)]">
                    {panel(t!("Change"), None, self.form(&user))}
                    {sessions}
                    {panel(t!("Badge"), None, self.badge(user.has_badge))}
                </div>
            </div>
        }
        .into_any()
    }

    fn buttons(self, user: &UserDetail, own: bool) -> AnyView {
        let done = format!("{}?user={}", routes::AUDIT, self.id);
        let audit = link_button(
            ButtonKind::Plain,
            false,
            Some(Icon::Shield),
            t!("What they did"),
            done,
            "user-audit",
        );
        if own {
            let change = link_button(
                ButtonKind::Plain,
                false,
                None,
                t!("Change your password"),
                routes::PASSWORD.to_owned(),
                "own-password",
            );
            return view! { {audit} {change} }.into_any();
        }
        let switch = if user.row.active {
            self.button(
                t!("Disable"),
                ButtonKind::Danger,
                "user-disable",
                move || self.disable(),
            )
        } else {
            self.button(
                t!("Enable"),
                ButtonKind::Primary,
                "user-enable",
                move || {
                    self.call(
                        api::users::enable(self.id),
                        t!("Enabled. The old password works again."),
                    );
                },
            )
        };
        let reset = self.button(
            t!("Reset password"),
            ButtonKind::Plain,
            "user-reset",
            move || self.reset(),
        );
        view! { {audit} {reset} {switch} }.into_any()
    }

    fn button(
        self,
        label: &'static str,
        kind: ButtonKind,
        testid: &'static str,
        press: impl Fn() + Send + Sync + 'static,
    ) -> AnyView {
        view! { <Button label kind pending=self.act.pending() on_press=move |()| press() testid /> }
            .into_any()
    }

    fn disable(self) {
        let text = t!(
            "Every browser and program of this login is signed out at once, and it cannot sign in until it is enabled."
        );
        self.confirm
            .warn(t!("Disable this login?"), text, t!("Disable"), move || {
                self.call(
                    api::users::disable(self.id),
                    t!("Disabled and signed out everywhere."),
                );
            });
    }

    fn reset(self) {
        let text = t!(
            "The present password stops working and everything is signed out. You get a password for one sign-in to hand over."
        );
        self.confirm.warn(
            t!("Reset the password?"),
            text,
            t!("Reset password"),
            move || {
                let call = api::users::reset_password(self.id);
                self.act.run(call, "", move |made| {
                    self.changed();
                    self.handover.show(made);
                });
            },
        );
    }

    fn everywhere(self) -> AnyView {
        let press = move || {
            let text = t!("Every browser and program of this login must sign in again.");
            self.confirm.warn(
                t!("Sign out everywhere?"),
                text,
                t!("Sign out"),
                move || {
                    self.call(
                        api::users::revoke_everything(self.id),
                        t!("Signed out everywhere."),
                    );
                },
            );
        };
        view! { <Button label=t!("Sign out everywhere") small=true pending=self.act.pending() on_press=move |()| press() testid="user-revoke-all" /> }
            .into_any()
    }

    fn form(self, user: &UserDetail) -> AnyView {
        let now = UserChange {
            name: user.row.name.clone(),
            role: user.row.role,
            team_id: user.team_id,
            warehouses: user.warehouse_ids.clone(),
        };
        let fields = Fields::of(&now);
        let same = Signal::derive(move || fields.entered() == now || !fields.complete());
        let save = move |()| {
            let change = untrack(move || fields.entered());
            self.call(
                api::users::update(self.id, change),
                t!("Saved. Its sessions have ended."),
            );
        };
        view! {
            <div class="flex flex-col gap-4 px-4 py-4">
                {loaded(choices(), move |choices: Choices, _| fields.show(choices))}
                <p class="text-xs text-muted">{t!("A change signs the person out, so that no session keeps the old rights.")}</p>
                <div class="flex justify-end">
                    <Button label=t!("Save") kind=ButtonKind::Primary disabled=same pending=self.act.pending() on_press=save testid="user-save" />
                </div>
            </div>
        }
        .into_any()
    }

    fn badge(self, has: bool) -> AnyView {
        let code = RwSignal::new(String::new());
        let nothing = Signal::derive(move || code.with(|code| code.trim().is_empty()));
        let give = move |()| {
            let call = api::users::set_badge(self.id, Some(code.get_untracked()));
            self.act
                .run(call, t!("The badge unlocks their handheld."), move |()| {
                    let _ = code.try_set(String::new());
                    self.changed();
                });
        };
        let take = move || {
            let call = api::users::set_badge(self.id, None);
            self.call(call, t!("The badge unlocks nothing any more."));
        };
        let words = match has {
            true => t!("A badge is given. Scanning another one here replaces it."),
            false => t!("Scan a badge: it unlocks the handheld of this person as the PIN does."),
        };
        view! {
            <div class="flex flex-col gap-3 px-4 py-4">
                <p class="text-sm text-muted" data-testid="badge-state">{words}</p>
                <TextField label=t!("Code of the badge") value=code testid="badge-code" />
                <div class="flex justify-end gap-2">
                    {has.then(|| self.button(t!("Take it away"), ButtonKind::Plain, "badge-take", take))}
                    <Button label=t!("Save") kind=ButtonKind::Primary disabled=nothing pending=self.act.pending() on_press=give testid="badge-save" />
                </div>
            </div>
        }
        .into_any()
    }

    fn sessions(self, user: &UserDetail, site: &SiteTime) -> AnyView {
        let programs = (user.tokens > 0).then(|| {
            let text = tn!(
                "{count} program is signed in through the API.",
                "{count} programs are signed in through the API.",
                count = user.tokens
            );
            view! { <p class="border-t border-base-300 px-4 py-2.5 text-xs text-muted">{text}</p> }
        });
        if user.sessions.is_empty() && user.tokens == 0 {
            return empty(
                Icon::Screen,
                t!("Not signed in anywhere"),
                t!("Open browsers will be listed here."),
                None,
            );
        }
        let columns = [
            text(t!("Browser")),
            text(t!("Address")),
            fixed(t!("Signed in")),
            fixed(t!("Last used")),
            fixed(t!("Ends")),
            actions(),
        ];
        let rows = user
            .sessions
            .iter()
            .map(|row| self.session(row, site))
            .collect();
        view! { <div>{table(t!("Sessions"), &columns, rows)} {programs}</div> }.into_any()
    }

    fn session(self, row: &SessionRow, site: &SiteTime) -> Row {
        let id = row.id;
        let revoke = move |()| {
            self.call(
                api::users::revoke_session(self.id, id),
                t!("Signed out there."),
            );
        };
        let button = view! {
            <Button label=t!("Sign out") kind=ButtonKind::Quiet small=true pending=self.act.pending() on_press=revoke testid="session-revoke" />
        };
        let cells = vec![
            maybe(row.device.clone()),
            maybe(row.source.clone()),
            plain(site.date_time(row.created_at)),
            plain(site.date_time(row.last_seen_at)),
            plain(site.date_time(row.expires_at)),
            button.into_any(),
        ];
        Row::new("session-row", id.to_string(), cells)
    }

    fn call(
        self,
        call: impl Future<Output = Result<(), crate::AppError>> + 'static,
        done: &'static str,
    ) {
        self.act.run(call, done, move |()| self.changed());
    }

    fn changed(self) {
        let _ = self.version.try_update(|version| *version += 1);
    }
}

fn summary(user: &UserDetail, site: &SiteTime) -> AnyView {
    let seen = user.row.last_seen_at.map(|at| site.date_time(at));
    facts(vec![
        (t!("Role"), role_badge(user.row.role)),
        (t!("State"), state(&user.row)),
        (t!("Team"), maybe(user.row.team_name.clone())),
        (t!("Warehouses"), plain(user.row.warehouses.join(", "))),
        (t!("Open tasks"), plain(count(user.row.open_tasks))),
        (t!("Last seen"), maybe(seen)),
        (t!("Created"), plain(site.date_time(user.created_at))),
    ])
}
