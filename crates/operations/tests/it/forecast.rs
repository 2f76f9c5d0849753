//! Whether the work of a day will be done in time.

use crate::support::pick;
use crate::tasks::{change, run, with_tasks};
use chrono::{DateTime, TimeDelta, Utc};
use domain::forecast::Verdict;
use domain::roster::TeamPlan;
use domain::task::Assignee;
use domain::task_list::TaskAct;

#[tokio::test]
async fn the_forecast_leaves_breaks_out_and_puts_late_documents_first() {
    let (site, ids) = with_tasks(4).await;
    let (store, luka, people) = (&site.store, &site.people.luka, &site.people);
    let mut staff = operations::teams::staff(store, luka).await.unwrap();
    let shift = staff
        .shifts
        .iter()
        .find(|shift| shift.name == "A" && shift.warehouse_id == people.warehouse);
    let mut alfa = staff.teams.remove(0);
    alfa.shift_id = shift.unwrap().id;
    operations::teams::save_team(store, luka, &alfa, site.now())
        .await
        .unwrap();
    run(
        &site,
        &change(&ids, TaskAct::Give(Assignee::Team(people.alfa))),
    )
    .await
    .unwrap();
    // Ten in the morning in Belgrade, the break begins; two lines done before it.
    site.clock.set("2026-11-20T08:50:00Z".parse().unwrap());
    for code in ["A", "B"] {
        let line = site.line("26-1", code).await;
        site.act(&people.marko, ids[0], pick(line.id, "1")).await;
    }
    // Half past ten: of the last two hours, half an hour was break and half an hour before eight.
    site.clock.set("2026-11-20T09:30:00Z".parse().unwrap());
    let due = "2026-11-20T10:40:00".parse().unwrap();
    run(&site, &change(&ids[3..], TaskAct::SetDue(Some(due))))
        .await
        .unwrap();
    let forecast = store::forecast::get(store, luka, site.now()).await.unwrap();
    let team = forecast
        .outlooks
        .iter()
        .find(|one| one.team_id == Some(people.alfa))
        .unwrap();
    assert_eq!((team.pace.lines, team.pace.minutes), (2, 90));
    assert_eq!(team.remaining, 8);
    // A line takes 45 minutes, until three o'clock 270 are left: 6 of the 8 lines fit.
    assert_eq!(team.minutes_left, 270);
    assert_eq!(team.verdict, Verdict::Late(90));
    let first = &forecast.documents[0];
    assert!(first.late && first.task_id == ids[3], "{first:?}");
    assert!(forecast.documents.iter().all(|row| row.eta_at.is_some()));
    let late = forecast.documents.iter().filter(|row| row.late).count();
    assert!(late < 4, "some are in time");
    site.clock.pass(TimeDelta::minutes(1));
}

#[tokio::test]
async fn a_site_is_finished_when_its_slowest_team_is() {
    let (site, ids) = with_tasks(4).await;
    let (store, luka, people) = (&site.store, &site.people.luka, &site.people);
    let beta = TeamPlan {
        id: None,
        warehouse_id: people.warehouse,
        name: "Beta".to_owned(),
        shift_id: None,
        members: vec![people.petar.user_id],
    };
    let saved = operations::teams::save_team(store, luka, &beta, site.now()).await;
    saved.unwrap();
    let given = [
        (&ids[..3], Assignee::Team(people.alfa)),
        (&ids[3..], Assignee::Worker(people.petar.user_id)),
    ];
    for (ids, to) in given {
        run(&site, &change(ids, TaskAct::Give(to))).await.unwrap();
    }
    // Half past ten in Belgrade, where days are long from eight to seven in the evening.
    let now: DateTime<Utc> = "2026-11-20T09:30:00Z".parse().unwrap();
    let outlooks = async || {
        let here = people.warehouse;
        let screen = store::boards::shift_screen(store, &people.tv, here, now);
        let told = screen.await.unwrap().outlooks;
        let forecast = store::forecast::get(store, luka, now).await.unwrap();
        let mut offices = forecast.sites();
        let office = offices.find(|site| site[0].warehouse_id == here).unwrap();
        assert_eq!(office, &told[..], "office and board say the same");
        told
    };
    site.clock.set("2026-11-20T08:50:00Z".parse().unwrap());
    for code in ["A", "B"] {
        let line = site.line("26-1", code).await;
        site.act(&people.marko, ids[0], pick(line.id, "1")).await;
    }
    let told = outlooks().await;
    let at = |text: &str| -> DateTime<Utc> { text.parse().unwrap() };
    // Beta did nothing yet: eight lines at an hour each.
    assert_eq!(told[0].team_id, None);
    assert_eq!(told[0].eta_at, Some(at("2026-11-20T17:30:00Z")));
    assert_eq!(told[0].verdict, Verdict::InTime(30));
    assert_eq!(told[2].verdict, Verdict::NoPace);
    let line = site.line("26-4", "A").await;
    site.act(&people.petar, ids[3], pick(line.id, "1")).await;
    // Alfa needs an hour for each of its six lines, all together forty minutes for each of eight.
    let told = outlooks().await;
    let etas: Vec<_> = told.iter().map(|one| (&*one.name, one.eta_at)).collect();
    assert_eq!(
        etas[1..],
        [
            ("Alfa", Some(at("2026-11-20T15:30:00Z"))),
            ("Beta", Some(at("2026-11-20T13:30:00Z"))),
        ]
    );
    assert_eq!(etas[0].1, etas[1].1);
    assert_eq!(told[0].verdict, Verdict::InTime(150));
}
