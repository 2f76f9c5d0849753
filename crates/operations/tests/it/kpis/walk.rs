//! Any order of acts, imports, decisions, moves and folds, against a recount.

use super::recount::Recount;
use super::{here, report};
use crate::support::{FINISH_PARTIAL, Site, pick_over, request, undo};
use crate::walks::Walks;
use chrono::{Days, NaiveDate, TimeDelta};
use chrono_tz::Europe::Belgrade;
use domain::OperationId;
use domain::document::Resolution;
use domain::kpi::{By, Kpi, KpiFilter, Period, Scope};
use domain::operation::{FloorAction, Outcome};
use domain::shortage::ShortageReason;
use domain::task::Assignee;
use domain::user::Caller;
use proptest::collection::vec;
use proptest::prelude::*;
use rust_decimal::Decimal;
use testkit::records::dispatch;
use uuid::Uuid;

/// What can happen next.
#[derive(Debug, Clone)]
enum Step {
    /// The ERP's document becomes this, in this order.
    Edit(usize, Vec<(usize, i64)>),
    /// Somebody picks so many of a line.
    Pick(usize, usize, usize, u32),
    /// Somebody takes back an earlier act.
    Undo(usize, usize),
    /// Somebody misses a line.
    Short(usize, usize, usize, usize),
    /// Somebody ends a document.
    Finish(usize, usize),
    /// A lead decides what waits longest.
    Resolve(bool),
    /// Somebody changes teams.
    Move(usize, bool),
    /// Time passes, minutes.
    Pass(i64),
    /// A node folds at most so many deltas.
    Fold(i64),
    /// Two nodes fold at once.
    FoldTwice,
}

const CODES: [&str; 4] = ["A", "B", "C", "UNKNOWN"];
const DOCUMENTS: usize = 3;

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let lines = vec((0..CODES.len(), 0..6_i64), 0..5);
    let passes = prop_oneof![
        4 => Just(5), 3 => Just(40), 3 => Just(170), 2 => Just(1_440), 1 => Just(11_000), 1 => Just(48_000)
    ];
    let step = prop_oneof![
        2 => (0..DOCUMENTS, lines).prop_map(|(place, lines)| Step::Edit(place, lines)),
        8 => (0..2_usize, 0..DOCUMENTS, 0..6_usize, 1..5_u32)
            .prop_map(|(who, place, line, n)| Step::Pick(who, place, line, n)),
        3 => (0..2_usize, 0..20_usize).prop_map(|(who, act)| Step::Undo(who, act)),
        2 => (0..2_usize, 0..DOCUMENTS, 0..6_usize, 0..5_usize)
            .prop_map(|(who, place, line, why)| Step::Short(who, place, line, why)),
        3 => (0..2_usize, 0..DOCUMENTS).prop_map(|(who, place)| Step::Finish(who, place)),
        1 => any::<bool>().prop_map(Step::Resolve),
        1 => (0..2_usize, any::<bool>()).prop_map(|(who, other)| Step::Move(who, other)),
        8 => passes.prop_map(Step::Pass),
        3 => (1..9_i64).prop_map(Step::Fold),
        1 => Just(Step::FoldTwice),
    ];
    vec(step, 8..48)
}

#[test]
fn any_order_of_acts_imports_and_folds_equals_a_recount_to_the_last_digit() {
    let walks = Walks::open();
    let site = &walks.site;
    // The evening before the clocks go back.
    site.clock.set("2026-10-24T19:30:00Z".parse().unwrap());
    walks.run(14, &steps(), async |case, steps| {
        let mut walk = Walk::begin(site, case).await;
        for step in &steps {
            walk.take(step).await;
        }
        agree(site).await;
    });
    let differing = walks.block_on(store::kpis::differences(&site.store));
    assert_eq!(differing.unwrap(), 0);
    let whole = KpiFilter {
        from: NaiveDate::from_ymd_opt(2026, 10, 1),
        ..here(site)
    };
    let whole = walks.block_on(report(site, &site.people.luka, whole));
    for kpi in [
        Kpi::Lines,
        Kpi::PartialRatio,
        Kpi::Shortages,
        Kpi::TakenBack,
        Kpi::IdleTime,
    ] {
        let figure = whole.figure(kpi).unwrap();
        assert!(
            figure.numerator > Decimal::ZERO,
            "nothing was tried: {figure:?}"
        );
    }
}

struct Walk<'a> {
    site: &'a Site,
    numbers: Vec<String>,
    acts: Vec<(usize, OperationId)>,
}

impl<'a> Walk<'a> {
    async fn begin(site: &'a Site, case: u32) -> Self {
        let numbers: Vec<String> = (0..DOCUMENTS).map(|n| format!("{case}-{n}")).collect();
        let walk = Self {
            site,
            numbers,
            acts: Vec::new(),
        };
        for place in 0..DOCUMENTS {
            walk.import(place, &[("A", 3), ("B", 2), ("UNKNOWN", 1)])
                .await;
            let alfa = Assignee::Team(site.people.alfa);
            site.given_to(&walk.numbers[place], alfa).await;
        }
        walk
    }

    /// The last document is due in some days: figures of a month so far leave it out.
    async fn import(&self, place: usize, lines: &[(&str, i64)]) {
        let mut record = dispatch(&self.numbers[place], lines);
        let known = self.site.find_document(&self.numbers[place]).await;
        let today = self.site.now().with_timezone(&Belgrade).date_naive();
        let ahead = Days::new(if place == DOCUMENTS - 1 { 4 } else { 0 });
        record.dated_on = known.map_or(today + ahead, |found| found.document.dated_on);
        self.site.dispatches(&[record]).await;
    }

    fn worker(&self, who: usize) -> &Caller {
        [&self.site.people.marko, &self.site.people.jelena][who]
    }

    async fn act(&mut self, who: usize, place: usize, action: FloorAction) {
        let task = self.site.document(&self.numbers[place]).await.task;
        let Some(task) = task else { return };
        let request = request(task.id, action);
        let worker = self.worker(who).clone();
        let Ok(answer) = self.site.try_submit(&worker, &request).await else {
            return;
        };
        if answer.outcome == Outcome::Accepted {
            self.acts.push((place, request.id));
        }
    }

    async fn take(&mut self, step: &Step) {
        let site = self.site;
        match step {
            Step::Edit(place, lines) => {
                let lines: Vec<_> = lines.iter().map(|(item, n)| (CODES[*item], *n)).collect();
                self.import(*place, &lines).await;
            }
            Step::Pick(who, place, line, n) => {
                let lines = site.document(&self.numbers[*place]).await.lines;
                let line = lines[line % lines.len()].id;
                let action = pick_over(line, &format!("{n}"));
                self.act(*who, *place, action).await;
            }
            Step::Undo(who, act) if !self.acts.is_empty() => {
                let (place, id) = self.acts[act % self.acts.len()];
                self.act(*who, place, undo(id)).await;
            }
            Step::Undo(..) => {}
            Step::Short(who, place, line, why) => {
                let lines = site.document(&self.numbers[*place]).await.lines;
                let action = FloorAction::Short {
                    line_id: lines[line % lines.len()].id,
                    reason: ShortageReason::ALL[*why],
                    text: Some("A word".to_owned()),
                };
                self.act(*who, *place, action).await;
            }
            Step::Finish(who, place) => self.act(*who, *place, FINISH_PARTIAL).await,
            Step::Resolve(for_erp) => resolve(site, *for_erp).await,
            Step::Move(who, away) => {
                let team = (!away).then_some(site.people.alfa.0);
                sqlx::query("update users set team_id = $2 where id = $1")
                    .bind(self.worker(*who).user_id.0)
                    .bind(team)
                    .execute(&site.admin)
                    .await
                    .unwrap();
            }
            Step::Pass(minutes) => site.clock.pass(TimeDelta::minutes(*minutes)),
            Step::Fold(most) => {
                store::kpis::fold(&site.store, *most).await.unwrap();
            }
            Step::FoldTwice => {
                let (one, other) = tokio::join!(
                    store::kpis::fold(&site.store, 50),
                    store::kpis::fold(&site.store, 50)
                );
                let _ = (one.unwrap(), other.unwrap());
            }
        }
    }
}

async fn resolve(site: &Site, for_erp: bool) {
    let (store, luka) = (&site.store, &site.people.luka);
    let waiting = store::conflicts::list(store, luka, None, 200).await;
    let Some(conflict) = waiting.unwrap().rows.into_iter().next() else {
        return;
    };
    let resolution = if for_erp {
        Resolution::AcceptErp
    } else {
        let reason = "Already loaded".to_owned();
        Resolution::KeepFloor { reason }
    };
    let (line, seen) = (conflict.line_id, conflict.seen());
    let id = OperationId(Uuid::new_v4());
    operations::conflicts::resolve(store, luka, line, seen, &resolution, id, site.now())
        .await
        .unwrap();
}

/// Every period around several days, whole and by every part, as often as a lead could ask.
async fn agree(site: &Site) {
    let recount = Recount::read(&site.admin, site.now()).await;
    let people = &site.people;
    let here = here(site);
    for period in Period::ALL {
        let mut days: Vec<NaiveDate> = recount.days();
        days.push(recount.today);
        for on in days.iter().rev().take(4) {
            for by in [
                None,
                Some(By::Day),
                Some(By::Week),
                Some(By::Month),
                Some(By::Kind),
            ] {
                let filter = KpiFilter {
                    period: Some(period),
                    on: Some(*on),
                    by,
                    ..here
                };
                recount.check(&report(site, &people.luka, filter).await, &filter);
            }
        }
    }
    let year = KpiFilter {
        period: Some(Period::Year),
        ..here
    };
    for by in [By::Shift, By::Team, By::Worker] {
        let filter = KpiFilter {
            by: Some(by),
            ..year
        };
        recount.check(&report(site, &people.luka, filter).await, &filter);
    }
    for from in recount.days().iter().rev().take(6) {
        for (to, by) in [
            (None, None),
            (None, Some(By::Worker)),
            (from.checked_add_days(Days::new(20)), Some(By::Shift)),
        ] {
            let filter = KpiFilter {
                from: Some(*from),
                to,
                by,
                ..here
            };
            recount.check(&report(site, &people.luka, filter).await, &filter);
        }
    }
    for worker in [&people.marko, &people.jelena] {
        let own = report(site, worker, year).await;
        let scope = Scope {
            worker: Some(worker.user_id),
            ..Scope::default()
        };
        recount.check(&own, &KpiFilter { scope, ..year });
    }
    let team = Scope {
        team: Some(people.alfa),
        ..Scope::default()
    };
    let hours = KpiFilter {
        scope: team,
        by: Some(By::Hour),
        period: Some(Period::Day),
        ..here
    };
    recount.check(&report(site, &people.luka, hours).await, &hours);
}
