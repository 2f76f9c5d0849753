//! What was missing, by item, reason and worker.

use crate::support::{Site, pick, undo};
use domain::operation::FloorAction;
use domain::shortage::ShortageReason;
use domain::shortage::ShortageReason::{Damaged, NotFound, NotInStock};
use domain::shortage_report::{ShortageBy, ShortageFilter, ShortageGroup, ShortageRow};
use domain::task::Assignee;
use domain::user::Caller;
use domain::{LineId, OperationId};
use testkit::records::dispatch;

async fn list(site: &Site, caller: &Caller, filter: &ShortageFilter) -> Vec<ShortageRow> {
    let page = store::shortages::list(&site.store, caller, filter, None, 50).await;
    page.unwrap().rows
}

async fn by(site: &Site, by: ShortageBy) -> Vec<ShortageGroup> {
    let (store, luka) = (&site.store, &site.people.luka);
    let all = ShortageFilter::default();
    store::shortages::groups(store, luka, &all, by)
        .await
        .unwrap()
}

async fn short(
    site: &Site,
    who: &Caller,
    number: &str,
    line_id: LineId,
    reason: ShortageReason,
) -> OperationId {
    let task = site.document(number).await.task.unwrap().id;
    let act = FloorAction::Short {
        line_id,
        reason,
        text: None,
    };
    site.act(who, task, act).await
}

async fn two_documents() -> (Site, Vec<LineId>) {
    let site = Site::open().await;
    let mut lines = Vec::new();
    for number in ["1", "2"] {
        site.dispatches(&[dispatch(number, &[("A", 5), ("B", 2)])])
            .await;
        let task = site
            .given_to(number, Assignee::Team(site.people.alfa))
            .await;
        lines.extend(task.lines.iter().map(|line| line.id));
    }
    (site, lines)
}

#[tokio::test]
async fn shortages_are_summed_by_item_reason_and_worker() {
    let (site, lines) = two_documents().await;
    let (marko, jelena) = (&site.people.marko, &site.people.jelena);
    let task = site.document("1").await.task.unwrap().id;
    site.act(marko, task, pick(lines[0], "2")).await;
    short(&site, marko, "1", lines[0], NotFound).await;
    short(&site, marko, "2", lines[2], Damaged).await;
    short(&site, jelena, "2", lines[3], Damaged).await;
    let items = by(&site, ShortageBy::Item).await;
    let items: Vec<_> = items
        .iter()
        .map(|group| (&*group.key, group.lines, group.documents, group.missing))
        .collect();
    assert_eq!(
        items,
        [("A", 2, 2, Some(8.into())), ("B", 1, 1, Some(2.into()))]
    );
    let reasons = by(&site, ShortageBy::Reason).await;
    let reasons: Vec<_> = reasons.iter().map(|one| (&*one.label, one.lines)).collect();
    assert_eq!(reasons, [("Damaged", 2), ("Not found", 1)]);
    let workers = by(&site, ShortageBy::Worker).await;
    let workers: Vec<_> = workers.iter().map(|one| (&*one.label, one.lines)).collect();
    assert_eq!(workers, [("Marko", 2), ("Jelena", 1)]);
}

#[tokio::test]
async fn only_the_report_that_stands_counts() {
    let (site, lines) = two_documents().await;
    let marko = &site.people.marko;
    short(&site, marko, "1", lines[0], NotFound).await;
    let later = short(&site, &site.people.jelena, "1", lines[0], NotInStock).await;
    let all = ShortageFilter::default();
    let luka = &site.people.luka;
    let [row] = &list(&site, luka, &all).await[..] else {
        panic!("one line is short")
    };
    assert_eq!((row.reason, &*row.worker), (NotInStock, "Jelena"));
    let task = site.document("1").await.task.unwrap().id;
    site.act(&site.people.jelena, task, undo(later)).await;
    let row = list(&site, luka, &all).await.remove(0);
    assert_eq!((row.reason, &*row.worker), (NotFound, "Marko"));
    assert_eq!(row.missing(), 5.into());
    site.act(marko, task, pick(lines[0], "5")).await;
    assert!(
        list(&site, luka, &all).await.is_empty(),
        "nothing is missing"
    );
}

#[tokio::test]
async fn a_period_is_days_of_the_site() {
    let (site, lines) = two_documents().await;
    short(&site, &site.people.marko, "1", lines[0], NotFound).await;
    let luka = &site.people.luka;
    let at = list(&site, luka, &ShortageFilter::default()).await[0].at;
    let zone: chrono::FixedOffset = chrono::FixedOffset::east_opt(3600).unwrap();
    let day = at.with_timezone(&zone).date_naive();
    let found = async |from, to| {
        let filter = ShortageFilter {
            date_from: from,
            date_to: to,
            ..ShortageFilter::default()
        };
        list(&site, luka, &filter).await.len()
    };
    assert_eq!(found(Some(day), Some(day)).await, 1);
    assert_eq!(found(day.succ_opt(), None).await, 0);
    assert_eq!(found(None, day.pred_opt()).await, 0);
}

#[tokio::test]
async fn nobody_sees_shortages_of_another_company_or_site() {
    let (site, lines) = two_documents().await;
    short(&site, &site.people.marko, "1", lines[0], NotFound).await;
    let all = ShortageFilter::default();
    assert!(list(&site, &site.people.stranger, &all).await.is_empty());
    let elsewhere = ShortageFilter {
        warehouse: Some(site.people.other_warehouse),
        ..all
    };
    assert!(list(&site, &site.people.luka, &elsewhere).await.is_empty());
}
