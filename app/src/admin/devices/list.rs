//! The handhelds that reported, by name.

use crate::api;
use crate::live::use_live;
use crate::load::load;
use crate::session::viewer_may;
use crate::site_time::SiteTime;
use crate::ui::act::{Act, use_act};
use crate::ui::badge::{Tone, badge};
use crate::ui::button::Button;
use crate::ui::confirm::{Confirm, use_confirm};
use crate::ui::empty::empty;
use crate::ui::filter;
use crate::ui::header::page_header;
use crate::ui::icon::Icon;
use crate::ui::load::loaded;
use crate::ui::pager::{Passed, pager, use_passed};
use crate::ui::panel::frame;
use crate::ui::table::{Row, actions, code, figures, fixed, plain, table, text};
use crate::ui::url_state::{UrlState, use_url_state};
use domain::device::Device;
use domain::live::Topic;
use domain::page::{Cursor, Page};
use domain::permission::Permission;
use leptos::prelude::*;

/// The devices page.
#[component]
pub fn List() -> impl IntoView {
    let (url, passed) = (use_url_state(), use_passed());
    let live = use_live(Signal::stored(vec![Topic::Devices]));
    let rows = load(
        move || (url.get("q"), url.get("after"), live.get()),
        |(q, after, _)| api::devices::list(q, after.map(Cursor)),
    );
    let (act, confirm) = (use_act(), use_confirm());
    view! {
        {page_header(t!("Devices"), t!("Handhelds as they last reported themselves, with what they have not sent yet."), None)}
        {filter::list_bar(url, vec![filter::search(url, t!("Device or person"))], None)}
        {frame(loaded(rows, move |page: Page<Device>, site| show(page, &site, url, passed, act, confirm)))}
        {confirm.dialog()}
    }
}

fn show(
    page: Page<Device>,
    site: &SiteTime,
    url: UrlState,
    passed: Passed,
    act: Act,
    confirm: Confirm,
) -> AnyView {
    if page.rows.is_empty() {
        return if url.get("q").is_none() {
            empty(
                Icon::Scanner,
                t!("No handheld reported yet"),
                t!("A handheld appears here when somebody signs in on it."),
                None,
            )
        } else {
            empty(
                Icon::Search,
                t!("No device fits"),
                t!("Search for something else."),
                None,
            )
        };
    }
    let columns = [
        fixed(t!("Device")),
        text(t!("Person")),
        fixed(t!("Last seen")),
        text(t!("Session")),
        figures(t!("Not sent")),
        figures(t!("Refused")),
        fixed(t!("App")),
        fixed(t!("First seen")),
        actions(),
    ];
    let shown = page.rows.len();
    let rows = page
        .rows
        .into_iter()
        .map(|row| line(row, site, act, confirm))
        .collect();
    view! {
        <div>
            {table(t!("Devices"), &columns, rows)}
            {pager(url, passed, shown, page.next)}
        </div>
    }
    .into_any()
}

fn line(row: Device, site: &SiteTime, act: Act, confirm: Confirm) -> Row {
    let session = if row.signed_in {
        badge(Tone::Good, t!("Signed in"))
    } else {
        badge(Tone::Neutral, t!("Signed out"))
    };
    let cells = vec![
        code(row.name.as_str()),
        plain(row.user_name.as_str()),
        plain(site.short(row.last_seen_at)),
        session,
        count(row.waiting, Tone::Warning),
        count(row.refused, Tone::Bad),
        plain(row.app_version.clone().unwrap_or_default()),
        plain(site.date_time(row.first_seen_at)),
        sign_out(&row, act, confirm),
    ];
    Row::new("device-row", row.name, cells)
}

fn count(number: i32, tone: Tone) -> AnyView {
    if number > 0 {
        badge(tone, number.to_string())
    } else {
        plain("0")
    }
}

fn sign_out(row: &Device, act: Act, confirm: Confirm) -> AnyView {
    if !row.signed_in || !viewer_may(Permission::ManageUsers) {
        return ().into_any();
    }
    let (name, person, waiting) = (row.name.clone(), row.user_name.clone(), row.waiting);
    let ask = move |()| {
        let target = name.clone();
        let unsent = match waiting {
            0 => String::new(),
            count => tn!(
                "{count} act on it is not sent yet; it stays on it.",
                "{count} acts on it are not sent yet; they stay on it.",
                count
            ),
        };
        confirm.warn(
            t!("Sign {name} out?", name),
            format!(
                "{} {unsent}",
                t!("{person} has to sign in on it again.", person)
            ),
            t!("Sign out"),
            move || {
                act.run(
                    api::devices::revoke(target.clone()),
                    t!("Signed out."),
                    |()| (),
                )
            },
        );
    };
    view! { <Button label=t!("Sign out") small=true before=Icon::Exit pending=act.pending() on_press=ask testid="device-sign-out" /> }
        .into_any()
}
