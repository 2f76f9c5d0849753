//! The figures of a day equal what the rows say.

use crate::support::{FINISH_PARTIAL, Site, pick, undo};
use chrono::TimeDelta;
use domain::OperationId;
use domain::board::BoardFigures;
use domain::document::{DocumentKind, DocumentRecord};
use domain::kpi::Kpi;
use domain::task::{Assignee, Priority};
use domain::task_list::{TaskAct, TaskChange};
use rust_decimal::Decimal;
use sqlx::Row;
use testkit::records::dispatch;

async fn figures(site: &Site) -> BoardFigures {
    let (store, tv) = (&site.store, &site.people.tv);
    let board = store::boards::shift(store, tv, site.people.warehouse, site.now()).await;
    board.unwrap().figures
}

/// The same figures, counted from the plain rows.
async fn recount(site: &Site) -> BoardFigures {
    let rows = sqlx::query("select line_id, quantity from operations where accepted")
        .fetch_all(&site.admin)
        .await
        .unwrap();
    let mut lines = std::collections::HashMap::<Option<i64>, Decimal>::new();
    for row in rows {
        *lines.entry(row.get(0)).or_default() += row.get::<Decimal, _>(1);
    }
    let documents = |status: &'static str| async move {
        sqlx::query_scalar::<_, i64>(
            "select count(*) from documents where status = $1 and lines_wms > 0",
        )
        .bind(status)
        .fetch_one(&site.admin)
        .await
        .unwrap()
    };
    BoardFigures {
        lines_picked: lines
            .values()
            .filter(|sum| **sum > Decimal::ZERO)
            .count()
            .try_into()
            .unwrap(),
        quantity_picked: lines.values().sum::<Decimal>().normalize(),
        documents_open: documents("new").await + documents("in_progress").await,
        documents_partial: documents("partial").await,
        documents_done: documents("done").await,
        coverage_lines_wms: site
            .number(
                "select count(*) from document_lines where exists_in_wms and removed_at is null",
            )
            .await,
        coverage_lines_erp: site
            .number("select count(*) from document_lines where removed_at is null")
            .await,
    }
}

#[tokio::test]
async fn the_board_equals_a_recount_after_any_number_of_acts() {
    let site = Site::open().await;
    let numbers: Vec<String> = (1..=6).map(|number| number.to_string()).collect();
    let lines = [("A", 3), ("B", 2), ("C", 4), ("UNKNOWN", 1)];
    let documents: Vec<_> = numbers
        .iter()
        .map(|number| dispatch(number, &lines))
        .collect();
    site.dispatches(&documents).await;
    let mut tasks = Vec::new();
    for number in &numbers {
        tasks.push(
            site.given_to(number, Assignee::Team(site.people.alfa))
                .await,
        );
    }
    // A fixed pseudo-random walk: linear congruence.
    let mut state = 20_261_120_u64;
    let mut roll = |sides: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % sides
    };
    let mut done: Vec<(usize, usize, OperationId)> = Vec::new();
    for step in 0..80 {
        let (place, who) = (roll(tasks.len()), roll(2));
        let worker = [&site.people.marko, &site.people.jelena][who];
        let task = &tasks[place];
        match roll(6) {
            0 if !done.is_empty() => {
                let (place, who, id) = done.swap_remove(roll(done.len()));
                let worker = [&site.people.marko, &site.people.jelena][who];
                let request = crate::support::request(tasks[place].task.id, undo(id));
                site.submit(worker, &request).await;
            }
            1 if step > 60 => {
                let request = crate::support::request(task.task.id, FINISH_PARTIAL);
                site.submit(worker, &request).await;
            }
            _ => {
                let line = task.lines[roll(task.lines.len())].id;
                let request = crate::support::request(task.task.id, pick(line, "1"));
                site.submit(worker, &request).await;
                done.push((place, who, request.id));
            }
        }
    }
    let figures = figures(&site).await;
    assert_eq!(figures, recount(&site).await);
    assert!(
        figures.lines_picked > 0 && figures.documents_partial > 0,
        "{figures:?}"
    );
}

#[tokio::test]
async fn the_shift_board_and_the_quality_board_tell_one_coverage() {
    let site = Site::open().await;
    let receipt = DocumentRecord {
        kind: DocumentKind::Receipt,
        ..dispatch("2", &[("UNKNOWN", 1), ("B", 4)])
    };
    let lines = [("A", 3), ("B", 2), ("C", 4)];
    site.dispatches(&[dispatch("1", &lines)]).await;
    site.dispatches(&[receipt]).await;
    let day = figures(&site).await;
    let told = (day.coverage_lines_wms, day.coverage_lines_erp);
    assert_eq!(told, (4, 5), "dispatches and receipts");
    let (store, tv, here) = (&site.store, &site.people.tv, site.people.warehouse);
    let quality = store::boards::quality(store, tv, here, site.now()).await;
    let week = quality.unwrap().week;
    let coverage = week.iter().find(|one| one.kpi == Kpi::Coverage).unwrap();
    assert_eq!(coverage.numerator, Decimal::from(told.0));
    assert_eq!(coverage.denominator, Some(Decimal::from(told.1)));
}

#[tokio::test]
async fn a_day_is_the_site_s_day() {
    let (site, task) = Site::with_task(&[("A", 5)]).await;
    let (marko, id, line) = (&site.people.marko, task.task.id, task.lines[0].id);
    // Half past eleven in the evening in Belgrade.
    site.clock.set("2026-11-20T22:30:00Z".parse().unwrap());
    site.act(marko, id, pick(line, "2")).await;
    assert_eq!(figures(&site).await.quantity_picked, 2.into());
    site.clock.pass(TimeDelta::minutes(40));
    assert_eq!(figures(&site).await.quantity_picked, 0.into());
    site.act(marko, id, pick(line, "1")).await;
    let board = store::boards::shift(
        &site.store,
        &site.people.tv,
        site.people.warehouse,
        site.now(),
    );
    let board = board.await.unwrap();
    assert_eq!(board.figures.quantity_picked, 1.into());
    assert_eq!(board.hours[0].hour, 0);
    assert_eq!(board.day.to_string(), "2026-11-21");
}

#[tokio::test]
async fn an_undo_counts_against_the_one_who_picked() {
    let (site, task) = Site::with_task(&[("A", 5)]).await;
    let (people, id, line) = (&site.people, task.task.id, task.lines[0].id);
    let picked = site.act(&people.marko, id, pick(line, "3")).await;
    site.act(&people.jelena, id, pick(line, "1")).await;
    site.act(&people.marko, id, undo(picked)).await;
    let board = store::boards::shift(&site.store, &people.tv, people.warehouse, site.now());
    let leaders = board.await.unwrap().leaderboard;
    assert_eq!(leaders.len(), 1);
    assert_eq!(
        (&*leaders[0].name, leaders[0].quantity),
        ("Jelena", 1.into())
    );
    assert_eq!(leaders[0].team.as_deref(), Some("Alfa"));
}

#[tokio::test]
async fn teams_are_ranked_by_lines_with_those_of_each_shift() {
    let (site, task) = Site::with_task(&[("A", 5), ("B", 5), ("C", 5)]).await;
    let (people, id) = (&site.people, task.task.id);
    // In the morning only shift A is at work, in the evening only B.
    for (at, codes) in [
        ("2026-11-20T08:40:00Z", ["A", "B"].as_slice()),
        ("2026-11-20T17:00:00Z", &["C"]),
    ] {
        site.clock.set(at.parse().unwrap());
        for code in codes {
            let line = site.line("1", code).await.id;
            site.act(&people.jelena, id, pick(line, "2")).await;
        }
    }
    let (store, tv, here) = (&site.store, &people.tv, people.warehouse);
    let screen = store::boards::shift_screen(store, tv, here, site.now());
    let teams = screen.await.unwrap().teams;
    assert_eq!(teams.len(), 1);
    assert_eq!((&*teams[0].name, teams[0].lines), ("Alfa", 3));
    assert_eq!(teams[0].quantity, 6.into());
    let shifts = teams[0].shifts.iter();
    let shifts: Vec<_> = shifts.map(|one| (&*one.shift, one.lines)).collect();
    assert_eq!(shifts, [("A", 2), ("B", 1)]);
}

#[tokio::test]
async fn urgent_work_is_counted_until_it_is_done() {
    let (site, task) = Site::with_task(&[("A", 5)]).await;
    let (people, id) = (&site.people, task.task.id);
    let (store, tv, here) = (&site.store, &people.tv, people.warehouse);
    let urgent = async || {
        let screen = store::boards::shift_screen(store, tv, here, site.now());
        screen.await.unwrap().urgent
    };
    assert_eq!(urgent().await, 0);
    let change = TaskChange {
        tasks: vec![id],
        act: TaskAct::SetPriority(Priority::Urgent),
        suggested: Vec::new(),
    };
    let changed = operations::tasks::change(store, &people.luka, &change, site.now());
    changed.await.unwrap();
    assert_eq!(urgent().await, 1);
    let told = format!(
        "select count(*) from live_feed where topics @> '{{board:{here}}}' and what = 'assigned'"
    );
    assert_eq!(site.number(Box::leak(told.into_boxed_str())).await, 1);
    site.act(&people.marko, id, FINISH_PARTIAL).await;
    assert_eq!(urgent().await, 0);
}

#[tokio::test]
async fn overlapping_shifts_are_both_there_with_their_countdowns() {
    let site = Site::open().await;
    // Half past twelve in Belgrade: A and B both work.
    site.clock.set("2026-11-20T11:30:00Z".parse().unwrap());
    let board = store::boards::shift(
        &site.store,
        &site.people.tv,
        site.people.warehouse,
        site.now(),
    );
    let board = board.await.unwrap();
    let active: Vec<_> = board
        .shifts
        .iter()
        .filter(|shift| shift.is_active(site.now()))
        .map(|shift| &*shift.name)
        .collect();
    assert_eq!(active, ["A", "B"]);
    assert_eq!(board.utc_offset_minutes, 60);
}
