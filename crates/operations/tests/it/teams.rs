//! Teams, shifts and rosters: who works when.

use crate::support::Site;
use chrono::{DateTime, Utc};
use domain::ShiftId;
use domain::roster::{RosterChoice, RosterWeek, ShiftPlan, Staff, TeamPlan};
use domain::shift::ShiftDay;
use operations::Error;
use operations::teams::{save_shift, save_team, set_day, staff};

async fn known(site: &Site) -> Staff {
    staff(&site.store, &site.people.luka).await.unwrap()
}

async fn week(site: &Site) -> RosterWeek {
    let (store, people) = (&site.store, &site.people);
    let week = store::rosters::week(store, &people.luka, people.warehouse, None, site.now()).await;
    week.unwrap()
}

fn shift(staff: &Staff, name: &str) -> ShiftPlan {
    let mut shifts = staff.shifts.iter().filter(|shift| shift.name == name);
    shifts.next().unwrap().clone()
}

fn days(week: &RosterWeek, name: &str) -> Vec<(Option<ShiftId>, bool)> {
    let row = week.people.iter().find(|row| row.name == name).unwrap();
    row.days
        .iter()
        .map(|day| (day.shift_id, day.decided))
        .collect()
}

#[tokio::test]
async fn a_week_follows_the_team_s_shift_and_a_single_day_can_differ() {
    let site = Site::open().await;
    let (store, luka, people) = (&site.store, &site.people.luka, &site.people);
    let before = known(&site).await;
    let (a, b) = (shift(&before, "A").id, shift(&before, "B").id);
    let alfa = TeamPlan {
        shift_id: a,
        ..before.teams[0].clone()
    };
    save_team(store, luka, &alfa, site.now()).await.unwrap();
    // The clock shows Friday the 20th: the week begins on Monday the 16th.
    assert_eq!(week(&site).await.monday.to_string(), "2026-11-16");
    assert_eq!(days(&week(&site).await, "Marko"), vec![(a, false); 7]);
    assert_eq!(days(&week(&site).await, "Petar"), vec![(None, false); 7]);
    let (marko, friday) = (people.marko.user_id, "2026-11-20".parse().unwrap());
    let choose = |choice| {
        set_day(
            store,
            luka,
            people.warehouse,
            marko,
            friday,
            choice,
            site.now(),
        )
    };
    choose(RosterChoice::Shift(b.unwrap())).await.unwrap();
    assert_eq!(days(&week(&site).await, "Marko")[4], (b, true));
    choose(RosterChoice::Off).await.unwrap();
    assert_eq!(days(&week(&site).await, "Marko")[4], (None, true));
    choose(RosterChoice::Usual).await.unwrap();
    assert_eq!(days(&week(&site).await, "Marko")[4], (a, false));
    assert_eq!(
        site.number("select count(*) from audit_entries where action = 'ROSTER_SET'")
            .await,
        3
    );
}

#[tokio::test]
async fn between_twelve_and_three_people_of_both_shifts_are_at_work() {
    let site = Site::open().await;
    let (store, luka, people) = (&site.store, &site.people.luka, &site.people);
    let before = known(&site).await;
    let (a, b) = (shift(&before, "A").id, shift(&before, "B").id);
    let alfa = TeamPlan {
        shift_id: a,
        members: vec![people.marko.user_id],
        ..before.teams[0].clone()
    };
    save_team(store, luka, &alfa, site.now()).await.unwrap();
    let beta = TeamPlan {
        id: None,
        warehouse_id: people.warehouse,
        name: "Beta".to_owned(),
        shift_id: b,
        members: vec![people.jelena.user_id, people.petar.user_id],
    };
    save_team(store, luka, &beta, site.now()).await.unwrap();
    let at_work = async |clock: &str| {
        let now = format!("2026-11-20T{clock}:00Z").parse().unwrap();
        let loads = store::loads::workers(store, luka, now).await.unwrap();
        let mut names: Vec<String> = loads
            .into_iter()
            .filter_map(|load| Some(format!("{} {}", load.name, load.on_shift?)))
            .collect();
        names.sort_unstable();
        names
    };
    // UTC; Belgrade is an hour ahead.
    assert_eq!(at_work("08:00").await, ["Marko A"]);
    assert_eq!(at_work("11:30").await, ["Jelena B", "Marko A", "Petar B"]);
    assert_eq!(at_work("14:30").await, ["Jelena B", "Petar B"]);
    assert!(at_work("18:30").await.is_empty());
}

#[tokio::test]
async fn a_shift_that_cannot_be_is_refused_and_one_that_can_moves_the_board() {
    let site = Site::open().await;
    let (store, luka) = (&site.store, &site.people.luka);
    let a = shift(&known(&site).await, "A");
    let backwards = ShiftPlan {
        starts: a.ends,
        ends: a.starts,
        ..a.clone()
    };
    let refused = save_shift(store, luka, &backwards, site.now()).await;
    assert!(matches!(refused, Err(Error::Invalid(_))));
    let outside = ShiftPlan {
        pause: Some((a.ends, a.ends + chrono::TimeDelta::minutes(30))),
        ..a.clone()
    };
    let refused = save_shift(store, luka, &outside, site.now()).await;
    assert!(matches!(refused, Err(Error::Invalid(_))));
    let double = ShiftPlan {
        id: None,
        ..a.clone()
    };
    let refused = save_shift(store, luka, &double, site.now()).await;
    assert!(matches!(refused, Err(Error::Conflict(_))));
    let longer = ShiftPlan {
        ends: "16:00:00".parse().unwrap(),
        ..a
    };
    save_shift(store, luka, &longer, site.now()).await.unwrap();
    let board = store::boards::shift(store, luka, site.people.warehouse, site.now())
        .await
        .unwrap();
    assert_eq!(
        board.shifts[0].ends_at.to_rfc3339(),
        "2026-11-20T15:00:00+00:00"
    );
    let audit = "select count(*) from audit_entries where action = 'SHIFT_SAVED'
                   and details->>'before' = 'A 08:00–15:00, break 10:00–10:30'
                   and details->>'after' = 'A 08:00–16:00, break 10:00–10:30'";
    assert_eq!(site.number(audit).await, 1);
}

#[tokio::test]
async fn a_team_holds_workers_of_its_own_site_only_and_only_a_lead_changes_it() {
    let site = Site::open().await;
    let (store, people) = (&site.store, &site.people);
    let alfa = known(&site).await.teams.remove(0);
    for wrong in [people.stranger.user_id, people.luka.user_id] {
        let team = TeamPlan {
            members: vec![wrong],
            ..alfa.clone()
        };
        let refused = save_team(store, &people.luka, &team, site.now()).await;
        assert!(matches!(refused, Err(Error::Invalid(_))));
    }
    assert_eq!(
        known(&site).await.teams[0].members.len(),
        2,
        "nothing changed"
    );
    let worker = save_team(store, &people.marko, &alfa, site.now()).await;
    assert!(matches!(worker, Err(Error::Forbidden(_))));
    let stranger = save_team(store, &people.stranger, &alfa, site.now()).await;
    assert!(matches!(stranger, Err(Error::NotFound(_))));
    let day = "2026-11-20".parse().unwrap();
    let (user, off) = (people.marko.user_id, RosterChoice::Off);
    let elsewhere = people.other_warehouse;
    let refused = set_day(store, &people.luka, elsewhere, user, day, off, site.now()).await;
    assert!(matches!(refused, Err(Error::Invalid(_))));
}

#[tokio::test]
async fn shifts_keep_their_local_times_on_the_days_the_clocks_change() {
    let site = Site::open().await;
    let people = &site.people;
    let night = ShiftPlan {
        id: None,
        name: "Night".to_owned(),
        starts: "01:00:00".parse().unwrap(),
        ends: "05:00:00".parse().unwrap(),
        pause: None,
        ..shift(&known(&site).await, "A")
    };
    let saved = save_shift(&site.store, &people.luka, &night, site.now()).await;
    saved.unwrap();
    let hours = async |now: &str| -> Vec<String> {
        let scope = store::Scope::Company(people.company);
        let mut tx = site.store.begin(scope).await.unwrap();
        let now = now.parse().unwrap();
        let days = store::shifts::of_day(&mut tx, people.warehouse, now).await;
        let utc = |at: DateTime<Utc>| at.format("%d %H:%M").to_string();
        let told =
            |day: ShiftDay| format!("{} {}–{}", day.name, utc(day.starts_at), utc(day.ends_at));
        days.unwrap().into_iter().map(told).collect()
    };
    // From the day's first minute in Belgrade to its last one, although it has 23 or 25 hours.
    let spring = [
        "Night 29 00:00–29 03:00",
        "A 29 06:00–29 13:00",
        "B 29 10:00–29 17:00",
    ];
    assert_eq!(hours("2026-03-28T23:00:00Z").await, spring);
    assert_eq!(hours("2026-03-29T21:59:00Z").await, spring);
    let autumn = [
        "Night 24 23:00–25 04:00",
        "A 25 07:00–25 14:00",
        "B 25 11:00–25 18:00",
    ];
    assert_eq!(hours("2026-10-24T22:00:00Z").await, autumn);
    assert_eq!(hours("2026-10-25T22:59:00Z").await, autumn);
}
