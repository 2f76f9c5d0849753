//! Dead messages by cause, and sending all of a cause again.

use crate::admin::webhooks::about::{name_of, target};
use crate::api;
use crate::routes;
use crate::site_time::SiteTime;
use crate::ui::act::use_act;
use crate::ui::button::{Button, ButtonKind, Press};
use crate::ui::dialog::Dialog;
use crate::ui::field::TextField;
use crate::ui::icon::{Icon, icon};
use crate::ui::number::count;
use crate::ui::panel::{frame, panel};
use crate::ui::table::{
    Row, actions, figures, fixed, link, long, maybe, plain, table, text, two_lines,
};
use crate::words::{tell, tr};
use domain::outbox::{DeadFilter, DeadGroup};
use leptos::prelude::*;

/// The group that a person is asked about.
#[derive(Clone, Copy)]
pub(super) struct Retrying {
    open: RwSignal<bool>,
    group: RwSignal<Option<DeadGroup>>,
    reason: RwSignal<String>,
}

/// The question of the page that calls it.
pub(super) fn use_retrying() -> Retrying {
    Retrying {
        open: RwSignal::new(false),
        group: RwSignal::new(None),
        reason: RwSignal::new(String::new()),
    }
}

/// The table; one line when there is nothing to decide.
pub(super) fn groups(groups: &[DeadGroup], site: &SiteTime, retrying: Retrying) -> AnyView {
    if groups.is_empty() {
        return frame(nothing());
    }
    let columns = [
        text(t!("Cause")),
        text(t!("System")),
        figures(t!("Messages")),
        text(t!("Holds")),
        fixed(t!("Oldest")),
        long(t!("Last failure")),
        actions(),
    ];
    let rows = groups.iter().map(|group| line(group, site, retrying));
    let table = table(t!("Dead messages by cause"), &columns, rows.collect());
    panel(t!("Dead, by cause"), None, table)
}

fn nothing() -> AnyView {
    view! {
        <p class="flex items-center gap-2 px-4 py-2.5 text-sm" data-testid="nothing-dead">
            {icon(Icon::Check, "size-4 shrink-0 text-success")}
            <span class="font-medium">{t!("Nothing is dead")}</span>
            <span class="text-muted">
                {t!("Messages that were given up appear here by cause, until somebody decides.")}
            </span>
        </p>
    }
    .into_any()
}

fn line(group: &DeadGroup, site: &SiteTime, retrying: Retrying) -> Row {
    let asked = group.clone();
    let ask = move |()| {
        retrying.group.set(Some(asked.clone()));
        retrying.reason.set(String::new());
        retrying.open.set(true);
    };
    let acts = view! {
        <span class="inline-flex items-center gap-2">
            <span data-testid="dead-messages">{link(routes::dead_group(group), t!("Show"))}</span>
            <Button label=t!("Retry all…") small=true kind=ButtonKind::Quiet on_press=ask testid="dead-retry" />
        </span>
    };
    let cells = vec![
        plain(cause(group)),
        two_lines(plain(target(&group.target)), event(group)),
        plain(count(group.messages)),
        plain(holds(group)),
        plain(site.short(group.oldest_at)),
        maybe(group.last_error.as_deref().map(tell)),
        acts.into_any(),
    ];
    Row::new("dead-group", cause(group), cells)
}

fn event(group: &DeadGroup) -> String {
    let name = name_of(&group.event_type, None);
    name.map_or_else(|| group.event_type.clone(), str::to_owned)
}

fn cause(group: &DeadGroup) -> &'static str {
    group.cause.map_or(t!("Unknown"), |cause| tr(cause.label()))
}

fn messages(number: i64) -> String {
    match number {
        1 => t!("1 message").to_owned(),
        many => t!("{many} messages", many = count(many)),
    }
}

/// What the floor's work waits for because of them.
fn holds(group: &DeadGroup) -> String {
    let documents = match group.documents {
        1 => t!("1 document").to_owned(),
        many => t!("{many} documents", many = count(many)),
    };
    let documents = match group.tasks {
        0 => documents,
        1 => t!("1 task, {documents}", documents),
        many => t!("{many} tasks, {documents}", many = count(many), documents),
    };
    match group.held {
        0 => documents,
        1 => t!("{documents}, 1 message behind", documents),
        many => t!(
            "{documents}, {many} messages behind",
            documents,
            many = count(many)
        ),
    }
}

/// Says how many are sent again, and asks why.
#[component]
pub(super) fn RetryDialog(retrying: Retrying) -> impl IntoView {
    let act = use_act();
    let Retrying {
        open,
        group,
        reason,
    } = retrying;
    let missing = Signal::derive(move || reason.get().trim().chars().count() < 3);
    let press = Press::from(move |()| {
        let Some(asked) = group.get_untracked() else {
            return;
        };
        let filter = DeadFilter {
            cause: asked.cause,
            lane: Some(asked.lane),
            event_type: Some(asked.event_type),
        };
        let call = api::deliveries::retry_all(filter, asked.messages, reason.get_untracked());
        act.run(call, t!("Back in the queue, in their order."), move |_| {
            let _ = open.try_set(false);
        });
    });
    let said = move || {
        group.with(|asked| {
            asked.as_ref().map(|asked| {
                view! {
                    <p class="text-sm" data-testid="dead-count">
                        {t!("{messages} to {target} back into the queue, in their order.", messages = messages(asked.messages), target = target(&asked.target))}
                        " "
                        {t!("They failed with: {cause}. They hold {held}.", cause = cause(asked), held = holds(asked))}
                    </p>
                    <p class="text-xs text-muted">{event(asked)}</p>
                }
            })
        })
    };
    view! {
        <Dialog open title=t!("Retry all") testid="dead-dialog">
            <div class="flex flex-col gap-3">
                {said}
                <TextField label=t!("Reason") value=reason hint=t!("Needed before they go, 3 characters or more. Kept with the messages and in the audit.") testid="dead-reason" />
                <div class="flex justify-end gap-2 pt-2">
                    <Button label=t!("Cancel") on_press=move |()| open.set(false) />
                    <Button label=t!("Retry all") kind=ButtonKind::Primary disabled=missing pending=act.pending() on_press=press.clone() testid="dead-confirm" />
                </div>
            </div>
        </Dialog>
    }
}
