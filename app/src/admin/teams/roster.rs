//! The roster of a week: everybody's days, usual or decided.

use crate::api;
use crate::site_time::date;
use crate::ui::act::Act;
use crate::ui::button::{Button, ButtonKind};
use crate::ui::empty::empty;
use crate::ui::field::choices;
use crate::ui::icon::Icon;
use crate::ui::panel::panel as framed;
use crate::ui::table::{Row, fixed, plain, table, text, two_lines};
use crate::ui::url_state::UrlState;
use crate::words::tr;
use chrono::{Days, NaiveDate};
use domain::roster::{RosterChoice, RosterDay, RosterRow, RosterWeek, Staff};
use domain::word;
use domain::{ShiftId, WarehouseId};
use leptos::prelude::*;

/// The days of a week, from Monday.
pub(super) const DAYS: [&str; 7] = [
    word!("Mon"),
    word!("Tue"),
    word!("Wed"),
    word!("Thu"),
    word!("Fri"),
    word!("Sat"),
    word!("Sun"),
];
const OFF: &str = "off";

/// The week.
pub(super) fn panel(staff: &Staff, week: &RosterWeek, url: UrlState, act: Act) -> AnyView {
    let title = t!(
        "Roster of the week from {monday}",
        monday = date(week.monday)
    );
    let body = if week.people.is_empty() {
        empty(
            Icon::People,
            t!("No workers at this warehouse"),
            t!("Create users with the role worker first."),
            None,
        )
    } else {
        let mut columns = vec![text(t!("Person"))];
        columns.extend(DAYS.map(|day| fixed(tr(day))));
        let rows = week
            .people
            .iter()
            .map(|row| line(staff, week, row, act))
            .collect();
        table(t!("Roster"), &columns, rows)
    };
    framed(&title, Some(turn(week, url)), body)
}

fn turn(week: &RosterWeek, url: UrlState) -> AnyView {
    let go = move |to: Option<NaiveDate>| {
        move |()| url.set("week", &to.map(|day| day.to_string()).unwrap_or_default())
    };
    let (before, after) = (
        week.monday.checked_sub_days(Days::new(7)),
        week.monday.checked_add_days(Days::new(7)),
    );
    view! {
        <span class="flex gap-2">
            <Button label=t!("Week before") small=true before=Icon::Left on_press=go(before) testid="week-before" />
            <Button label=t!("This week") kind=ButtonKind::Quiet small=true on_press=go(None) testid="week-now" />
            <Button label=t!("Next week") small=true before=Icon::Right on_press=go(after) testid="week-after" />
        </span>
    }
    .into_any()
}

fn line(staff: &Staff, week: &RosterWeek, row: &RosterRow, act: Act) -> Row {
    let team = row
        .team_name
        .clone()
        .unwrap_or_else(|| t!("no team").to_owned());
    let mut cells = vec![two_lines(plain(row.name.as_str()), team)];
    for (offset, day) in (0_u64..).zip(&row.days) {
        let on = week.monday.checked_add_days(Days::new(offset));
        cells.push(match on {
            Some(on) => cell(staff, week, row, on, *day, act),
            None => plain(""),
        });
    }
    Row::new("roster-row", row.name.as_str(), cells)
}

fn cell(
    staff: &Staff,
    week: &RosterWeek,
    row: &RosterRow,
    on: NaiveDate,
    day: RosterDay,
    act: Act,
) -> AnyView {
    let name = |id: ShiftId| {
        let mut shifts = staff.shifts.iter();
        let found = shifts.find(|shift| shift.id == Some(id));
        found.map_or_else(String::new, |shift| shift.name.clone())
    };
    let usual = match day {
        RosterDay { decided: true, .. } => t!("As usual").to_owned(),
        RosterDay {
            shift_id: Some(id), ..
        } => t!("{shift} (usual)", shift = name(id)),
        RosterDay { shift_id: None, .. } => t!("Not planned").to_owned(),
    };
    let mut options = vec![
        (String::new(), usual),
        (OFF.to_owned(), t!("Off").to_owned()),
    ];
    options.extend(
        staff
            .shifts
            .iter()
            .filter(|shift| shift.warehouse_id == week.warehouse_id)
            .filter_map(|shift| Some((shift.id?.to_string(), shift.name.clone()))),
    );
    let chosen = match (day.decided, day.shift_id) {
        (false, _) => String::new(),
        (true, None) => OFF.to_owned(),
        (true, Some(id)) => id.to_string(),
    };
    let (site, user): (WarehouseId, _) = (week.warehouse_id, row.user_id);
    let shown = RwSignal::new(chosen.clone());
    let choose = move |event| {
        let value = event_target_value(&event);
        let choice = match value.parse::<ShiftId>() {
            Ok(shift) => RosterChoice::Shift(shift),
            Err(_) if value == OFF => RosterChoice::Off,
            Err(_) => RosterChoice::Usual,
        };
        act.choose(
            shown,
            value,
            api::teams::set_day(site, user, on, choice),
            "",
        );
    };
    let class = match (day.decided, on == week.today) {
        (true, _) => "select select-xs h-7 w-28 border-primary font-semibold",
        (false, true) => "select select-xs h-7 w-28 bg-base-200",
        (false, false) => "select select-xs h-7 w-28 text-muted",
    };
    view! {
        <select
            class=class
            aria-label=format!("{}, {}", row.name, date(on))
            data-testid="roster-day"
            data-key=on.to_string()
            prop:value=move || shown.get()
            on:change=choose
        >
            {choices(options, chosen)}
        </select>
    }
    .into_any()
}
