//! Messages and where they stand.

use super::about::{about, name_of as event_name, target};
use super::message::{MESSAGE, MessageDialog};
use crate::api;
use crate::load::load;
use crate::site_time::SiteTime;
use crate::ui::badge::{Tone, badge};
use crate::ui::button::{Button, ButtonKind};
use crate::ui::empty::empty;
use crate::ui::filter;
use crate::ui::icon::Icon;
use crate::ui::load::loaded;
use crate::ui::pager::{Passed, pager, use_passed};
use crate::ui::table::{Row, actions, figures, fixed, long, maybe, plain, table, text, two_lines};
use crate::ui::url_state::{UrlState, use_url_state};
use crate::words::{tell, tr};
use domain::outbox::{Cause, FailedFor, MessageGroup, MessageState, MessageSummary, SAGA};
use domain::page::{Cursor, Page};
use domain::push::PushKind;
use domain::webhook::{TEST_EVENT, WebhookEvent};
use domain::{ConnectionId, WebhookId};
use leptos::prelude::*;

/// The list, narrowed by the URL.
pub(in crate::admin) fn deliveries(endpoint: Option<WebhookId>, live: Signal<u64>) -> AnyView {
    let (url, passed) = (use_url_state(), use_passed());
    let page = load(
        move || {
            (
                url.parsed::<MessageState>("state"),
                url.parsed::<ConnectionId>("connection"),
                url.get("q"),
                group(url),
                url.get("after"),
                live.get(),
            )
        },
        move |(state, connection, number, group, after, _)| {
            let after = after.map(Cursor);
            api::webhooks::deliveries(endpoint, connection, state, number, Some(group), after)
        },
    );
    let mut states = vec![(String::new(), t!("Any state").to_owned())];
    states.extend(
        MessageState::ALL
            .iter()
            .map(|state| (state.as_str().to_owned(), name_of(*state).1.to_owned())),
    );
    let inputs = vec![
        filter::search(url, t!("Document number, item code or key")),
        filter::select(url, "state", t!("State"), states),
        filter::select(url, "cause", t!("Cause"), causes()),
        filter::select(url, "event", t!("Event"), events()),
        one_system(url),
    ];
    view! {
        <div class="flex flex-col">
            <div class="px-4 py-3">{filter::list_bar(url, inputs, None)}</div>
            {loaded(page, move |page: Page<MessageSummary>, site| show(page, &site, url, passed))}
            <MessageDialog url live />
        </div>
    }
    .into_any()
}

/// The group that the address names.
fn group(url: UrlState) -> MessageGroup {
    MessageGroup {
        cause: url.parsed::<FailedFor>("cause"),
        event: url.get("event"),
        lane: url.get("lane"),
    }
}

fn causes() -> Vec<(String, String)> {
    let mut causes = vec![(String::new(), t!("Any cause").to_owned())];
    causes.extend(
        Cause::ALL
            .iter()
            .map(|cause| (cause.as_str().to_owned(), tr(cause.label()).to_owned())),
    );
    let unknown = FailedFor::Unknown.as_str();
    causes.push((unknown.to_owned(), t!("Unknown").to_owned()));
    causes
}

fn events() -> Vec<(String, String)> {
    let commands = PushKind::ALL.iter().map(|kind| kind.as_str());
    let news = WebhookEvent::ALL.iter().map(|event| event.as_str());
    let all = commands.chain([SAGA, TEST_EVENT]).chain(news);
    let named = all.filter_map(|event| {
        let name = event_name(event, None)?;
        Some((event.to_owned(), name.to_owned()))
    });
    let any = (String::new(), t!("Any event").to_owned());
    std::iter::once(any).chain(named).collect()
}

/// A group or a connection leads to the messages of its system; this leads to those of all.
fn one_system(url: UrlState) -> AnyView {
    let narrowed = move |key: &'static str| url.get(key).map(|_| key);
    let all = move || {
        narrowed("lane").or_else(|| narrowed("connection")).map(|key| {
            view! {
                <Button label=t!("All systems") kind=ButtonKind::Quiet on_press=move |()| url.set(key, "") testid="all-systems" />
            }
        })
    };
    view! { {all} }.into_any()
}

fn name_of(state: MessageState) -> (Tone, &'static str) {
    match state {
        MessageState::Pending => (Tone::Info, t!("Waiting")),
        MessageState::InProgress => (Tone::Info, t!("Under way")),
        MessageState::Completed => (Tone::Good, t!("Delivered")),
        MessageState::Dead => (Tone::Bad, t!("Dead")),
        MessageState::Discarded => (Tone::Neutral, t!("Discarded")),
    }
}

/// Where a message stands. Nobody decides about a copy that was tried and that a test system did not take, or took
/// without saying so.
pub(super) fn state_badge(message: &MessageSummary) -> AnyView {
    let over = message.state == MessageState::Discarded && message.attempts > 0;
    let (tone, text) = match message.rehearsal_of.filter(|_| over) {
        Some(_) if may_be_taken(message.cause) => (Tone::Warning, t!("Not known")),
        Some(_) => (Tone::Warning, t!("Not taken")),
        None => name_of(message.state),
    };
    badge(tone, text)
}

/// Whether what failed for it may be written all the same.
fn may_be_taken(cause: Option<Cause>) -> bool {
    matches!(
        cause,
        Some(Cause::Timeout | Cause::Lost | Cause::UpstreamError)
    )
}

/// When a message is tried next, if it is by itself.
pub(super) fn next_attempt(row: &MessageSummary, site: &SiteTime) -> Option<String> {
    match (row.state, row.held) {
        (MessageState::Pending, true) => Some(t!("after an earlier one").to_owned()),
        (MessageState::Pending, false) => Some(site.short(row.next_run_at)),
        _ => None,
    }
}

fn show(page: Page<MessageSummary>, site: &SiteTime, url: UrlState, passed: Passed) -> AnyView {
    if page.rows.is_empty() {
        let narrowing = ["q", "state", "cause", "event", "lane", "connection"];
        if narrowing.iter().any(|key| url.get(key).is_some()) {
            return empty(
                Icon::Search,
                t!("No delivery fits"),
                t!("Take a filter away to see more."),
                None,
            );
        }
        return empty(
            Icon::Inbox,
            t!("No deliveries"),
            t!("What is told appears here, with every attempt and answer."),
            None,
        );
    }
    let columns = [
        fixed(t!("Queued")),
        text(t!("About")),
        text(t!("State")),
        figures(t!("Failed")),
        long(t!("Last failure")),
        fixed(t!("Next attempt")),
        actions(),
    ];
    let shown = page.rows.len();
    let rows = page
        .rows
        .into_iter()
        .map(|row| line(row, site, url))
        .collect();
    view! {
        <div>
            {table(t!("Deliveries"), &columns, rows)}
            {pager(url, passed, shown, page.next)}
        </div>
    }
    .into_any()
}

fn line(row: MessageSummary, site: &SiteTime, url: UrlState) -> Row {
    let id = row.id;
    let next = next_attempt(&row, site);
    let open = view! {
        <Button label=t!("Show") small=true kind=ButtonKind::Quiet on_press=move |()| url.open_over(MESSAGE, &id.to_string()) testid="delivery-open" />
    };
    let (what, state) = (about(&row), state_badge(&row));
    let error = row.last_error.map(|error| tell(&error));
    let failure = match (row.cause, error) {
        (Some(cause), Some(error)) => two_lines(plain(tr(cause.label())), error),
        (_, error) => maybe(error),
    };
    let cells = vec![
        plain(site.short(row.created_at)),
        two_lines(what, target(&row.target)),
        state,
        plain(t!(
            "{count} of {most}",
            count = row.attempts,
            most = row.max_attempts
        )),
        failure,
        maybe(next),
        open.into_any(),
    ];
    Row::new("delivery-row", row.state.as_str(), cells)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_broke_off_on_its_way_may_be_taken() {
        let open: Vec<&str> = (Cause::ALL.iter())
            .filter(|cause| may_be_taken(Some(**cause)))
            .map(|cause| cause.as_str())
            .collect();
        assert_eq!(open, ["timeout", "upstream_error", "lost"]);
        assert!(!may_be_taken(None));
    }
}
