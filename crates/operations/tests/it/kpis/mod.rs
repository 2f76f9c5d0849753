//! Figures equal the rows they come from, at every instant, folded or not.

mod recount;
mod walk;

use crate::support::{FINISH_PARTIAL, Site, pick, pick_over, undo};
use chrono::{Days, TimeDelta};
use chrono_tz::Europe::Belgrade;
use domain::kpi::{By, Kpi, KpiFilter, KpiGroup, KpiReport, Period, Scope};
use domain::operation::FloorAction;
use domain::page::Cursor;
use domain::shortage::ShortageReason;
use domain::user::Caller;
use rust_decimal::Decimal;
use std::cell::Cell;

async fn report(site: &Site, caller: &Caller, filter: KpiFilter) -> KpiReport {
    store::kpis::report(&site.store, caller, &filter, site.now())
        .await
        .unwrap()
}

fn here(site: &Site) -> KpiFilter {
    KpiFilter {
        warehouse: Some(site.people.warehouse),
        ..KpiFilter::default()
    }
}

/// A site with acts of two people, some of them folded.
async fn worked() -> Site {
    let (site, task) = Site::with_task(&[("A", 5), ("B", 4), ("C", 1)]).await;
    let (id, lines) = (task.task.id, &task.lines);
    let (marko, jelena) = (&site.people.marko, &site.people.jelena);
    let first = site.act(marko, id, pick(lines[0].id, "3")).await;
    site.act(jelena, id, pick(lines[0].id, "2")).await;
    site.act(marko, id, undo(first)).await;
    store::kpis::fold(&site.store, 2).await.unwrap();
    site.clock.pass(TimeDelta::minutes(20));
    site.act(jelena, id, pick(lines[1].id, "4")).await;
    let short = FloorAction::Short {
        line_id: lines[2].id,
        reason: ShortageReason::Damaged,
        text: None,
    };
    site.act(jelena, id, short).await;
    site.act(jelena, id, FINISH_PARTIAL).await;
    site
}

fn value(report: &KpiReport, kpi: Kpi) -> Option<String> {
    report.figure(kpi)?.value.map(|value| value.to_string())
}

#[tokio::test]
async fn each_figure_is_what_its_definition_says() {
    let site = worked().await;
    let today = report(&site, &site.people.luka, here(&site)).await;
    let expected = [
        (Kpi::Lines, "2"),
        (Kpi::Quantity, "6"),
        (Kpi::Documents, "1"),
        (Kpi::PartialRatio, "100"),
        (Kpi::OrderFill, "0"),
        (Kpi::LineFill, "33.3333"),
        (Kpi::UnitFill, "60"),
        (Kpi::DocumentsPerDay, "1"),
        (Kpi::DocumentsPerHour, "900"),
        (Kpi::OnTime, "100"),
        (Kpi::Coverage, "100"),
        (Kpi::TakenBack, "33.3333"),
        (Kpi::Shortages, "1"),
        (Kpi::ShortDamaged, "1"),
        (Kpi::QuantityPerLine, "3"),
        (Kpi::LinesPerDocument, "3"),
    ];
    for (kpi, wanted) in expected {
        assert_eq!(value(&today, kpi).as_deref(), Some(wanted), "{kpi:?}");
    }
    let idle = today.figure(Kpi::IdleTime).unwrap();
    assert_eq!(idle.numerator, Decimal::from(20 * 60 + 1));
    let worked = today.figure(Kpi::TaskDuration).unwrap();
    assert_eq!(worked.numerator, Decimal::from(4));
}

#[tokio::test]
async fn an_over_pick_of_one_line_never_makes_up_for_another_that_is_short() {
    let (site, task) = Site::with_task(&[("A", 5), ("B", 5)]).await;
    let (id, marko) = (task.task.id, &site.people.marko);
    site.act(marko, id, pick_over(task.lines[0].id, "9")).await;
    site.act(marko, id, pick(task.lines[1].id, "1")).await;
    let short = FloorAction::Short {
        line_id: task.lines[1].id,
        reason: ShortageReason::NotFound,
        text: None,
    };
    site.act(marko, id, short).await;
    let before = report(&site, &site.people.luka, here(&site)).await;
    assert_eq!(value(&before, Kpi::UnitFill), None, "nothing is finished");
    site.act(marko, id, FINISH_PARTIAL).await;
    let after = report(&site, &site.people.luka, here(&site)).await;
    let fill = after.figure(Kpi::UnitFill).unwrap();
    assert_eq!(fill.numerator, Decimal::from(6));
    assert_eq!(fill.denominator, Some(Decimal::from(10)));
    assert_eq!(value(&after, Kpi::UnitFill).as_deref(), Some("60"));
}

#[tokio::test]
async fn documents_per_day_are_over_the_days_of_the_period_so_far() {
    let site = worked().await;
    let today = site.now().with_timezone(&Belgrade).date_naive();
    let filter = KpiFilter {
        from: today.checked_sub_days(Days::new(3)),
        to: today.checked_add_days(Days::new(9)),
        by: Some(By::Day),
        ..here(&site)
    };
    let found = report(&site, &site.people.luka, filter).await;
    assert_eq!(
        value(&found, Kpi::DocumentsPerDay).as_deref(),
        Some("0.25"),
        "days to come are none"
    );
    let day = found.groups.iter().find(|day| day.key == today.to_string());
    let figures = &day.unwrap().figures;
    let of_day = figures.iter().find(|one| one.kpi == Kpi::DocumentsPerDay);
    assert_eq!(of_day.unwrap().value, Some(Decimal::ONE));
}

#[tokio::test]
async fn a_worker_sees_only_their_own_figures() {
    let site = worked().await;
    let people = &site.people;
    let own = report(&site, &people.marko, here(&site)).await;
    assert!(own.own);
    assert_eq!(value(&own, Kpi::Quantity).as_deref(), Some("0"));
    assert_eq!(value(&own, Kpi::Lines).as_deref(), Some("0"));
    assert_eq!(value(&own, Kpi::OnTime), None);
    let scope = Scope {
        worker: Some(people.jelena.user_id),
        ..Scope::default()
    };
    let nosy = KpiFilter {
        scope,
        ..here(&site)
    };
    let refused = store::kpis::report(&site.store, &people.marko, &nosy, site.now()).await;
    assert!(matches!(refused, Err(store::Error::NotFound { .. })));
    let by = KpiFilter {
        by: Some(By::Worker),
        ..here(&site)
    };
    let parts = report(&site, &people.marko, by).await.groups;
    assert!(parts.iter().all(|part| part.name == "Marko"), "{parts:?}");
}

#[tokio::test]
async fn nobody_sees_figures_of_a_site_out_of_scope() {
    let site = worked().await;
    let people = &site.people;
    for (caller, warehouse) in [
        (&people.stranger, people.warehouse),
        (&people.marko, people.other_warehouse),
        (&people.tv, people.other_warehouse),
    ] {
        let filter = KpiFilter {
            warehouse: Some(warehouse),
            ..KpiFilter::default()
        };
        let refused = store::kpis::report(&site.store, caller, &filter, site.now()).await;
        assert!(refused.is_err(), "{}", caller.name);
        let rows = store::kpis::rows(
            &site.store,
            caller,
            Kpi::Lines,
            &filter,
            None,
            10,
            site.now(),
        );
        assert!(rows.await.is_err(), "{}", caller.name);
    }
}

#[tokio::test]
async fn the_rows_of_a_figure_add_up_to_it() {
    let site = worked().await;
    let luka = &site.people.luka;
    let filter = here(&site);
    let report = report(&site, luka, filter).await;
    for kpi in Kpi::ALL {
        let (mut above, mut below) = (Decimal::ZERO, Decimal::ZERO);
        let mut cursor: Option<Cursor> = None;
        loop {
            let page = store::kpis::rows(
                &site.store,
                luka,
                kpi,
                &filter,
                cursor.as_ref(),
                2,
                site.now(),
            );
            let page = page.await.unwrap();
            for row in &page.rows {
                above += row.numerator;
                below += row.denominator.unwrap_or_default();
            }
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        let figure = report.figure(kpi).unwrap();
        assert_eq!(above, figure.numerator, "{kpi:?}");
        if kpi == Kpi::DocumentsPerDay {
            assert_eq!(figure.denominator, Some(Decimal::ONE), "a day is no row's");
            continue;
        }
        assert_eq!(below, figure.denominator.unwrap_or_default(), "{kpi:?}");
    }
}

#[tokio::test]
async fn figures_that_went_wrong_are_found_and_rebuilt_from_the_rows() {
    let site = worked().await;
    let filter = KpiFilter {
        period: Some(Period::Year),
        ..here(&site)
    };
    let before = report(&site, &site.people.luka, filter).await;
    assert_eq!(store::kpis::differences(&site.store).await.unwrap(), 0);
    for ruin in [
        "update kpi_rollups set quantity = quantity + 1, documents = 7 where grain = 'hour'",
        "update kpi_rollups set lines = lines + 1 where grain = 'month'",
        "delete from kpi_rollups where grain = 'day'",
        "delete from kpi_rollups",
    ] {
        sqlx::query(ruin).execute(&site.admin).await.unwrap();
        let found = store::kpis::differences(&site.store).await.unwrap();
        assert!(found > 0, "{ruin}");
        assert!(store::kpis::rebuild(&site.store).await.unwrap() > 0);
        assert_eq!(store::kpis::differences(&site.store).await.unwrap(), 0);
        let after = report(&site, &site.people.luka, filter).await;
        assert_eq!(after.figures, before.figures, "{ruin}");
        assert_eq!(store::kpis::rebuild(&site.store).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn a_reader_beside_folds_sees_each_act_once() {
    let (site, task) = Site::with_task(&[("A", 40)]).await;
    let (marko, luka) = (&site.people.marko, &site.people.luka);
    let line = task.lines[0].id;
    let over = Cell::new(false);
    let folds = async {
        while !over.get() {
            store::kpis::fold(&site.store, 2).await.unwrap();
        }
    };
    let acts = async {
        for picked in 1..=20 {
            site.act(marko, task.task.id, pick(line, "1")).await;
            let by_worker = KpiFilter {
                period: Some(Period::Month),
                by: Some(By::Worker),
                ..here(&site)
            };
            let found = report(&site, luka, by_worker).await;
            let whole = found.figure(Kpi::Quantity).unwrap();
            assert_eq!(whole.numerator, Decimal::from(picked));
            let theirs: Decimal = found.groups.iter().map(quantity).sum();
            assert_eq!(theirs, whole.numerator);
        }
        over.set(true);
    };
    tokio::join!(folds, acts);
}

fn quantity(part: &KpiGroup) -> Decimal {
    let mut figures = part.figures.iter();
    let found = figures.find(|figure| figure.kpi == Kpi::Quantity);
    found.unwrap().numerator
}

#[tokio::test]
async fn an_act_is_queued_in_its_own_transaction_and_leaves_the_queue_when_folded() {
    let (site, task) = Site::with_task(&[("A", 5)]).await;
    while store::kpis::fold(&site.store, 100).await.unwrap() > 0 {}
    let line = task.lines[0].id;
    site.act(&site.people.marko, task.task.id, pick(line, "2"))
        .await;
    let queued = "select count(*) from kpi_acts a join operations o on o.id = a.operation_id
                  where o.kind = 'pick' and a.recorded_at = o.recorded_at";
    assert_eq!(site.number(queued).await, 1);
    assert_eq!(store::kpis::fold(&site.store, 100).await.unwrap(), 1);
    assert_eq!(site.number("select count(*) from kpi_acts").await, 0);
    let hours = "select sum(picks)::bigint from kpi_rollups where grain = 'hour'";
    assert_eq!(site.number(hours).await, 1);
}

#[tokio::test]
async fn a_test_document_never_counts() {
    let site = worked().await;
    let before = report(&site, &site.people.luka, here(&site)).await;
    sqlx::query("update documents set source = 'test'")
        .execute(&site.admin)
        .await
        .unwrap();
    store::kpis::rebuild(&site.store).await.unwrap();
    let after = report(&site, &site.people.luka, here(&site)).await;
    assert_ne!(after.figures, before.figures);
    assert!(
        after
            .figures
            .iter()
            .all(|figure| figure.numerator.is_zero())
    );
}
