//! Many hands at once.

use crate::support::{Site, pick, request};
use domain::operation::{OperationAnswer, Outcome};
use domain::picking::Refusal;
use std::sync::Arc;
use testkit::records::dispatch;
use tokio::task::JoinSet;

#[tokio::test]
async fn fifty_parallel_submissions_of_one_id_have_one_effect() {
    let (site, task) = Site::with_task(&[("A", 100)]).await;
    let site = Arc::new(site);
    let request = request(task.task.id, pick(task.lines[0].id, "2"));
    let mut hands = JoinSet::new();
    for _ in 0..50 {
        let (site, request) = (Arc::clone(&site), request.clone());
        hands.spawn(async move { site.submit(&site.people.marko, &request).await });
    }
    let answers = hands.join_all().await;
    assert_eq!(answers.len(), 50);
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    assert_eq!(site.line("1", "A").await.done, 2.into());
    assert_eq!(site.number("select count(*) from operations").await, 1);
}

#[tokio::test]
async fn of_two_who_pick_the_last_unit_one_is_asked() {
    let (site, task) = Site::with_task(&[("A", 1)]).await;
    let line = task.lines[0].id;
    let requests = [0, 1].map(|_| request(task.task.id, pick(line, "1")));
    let (marko, jelena) = tokio::join!(
        site.submit(&site.people.marko, &requests[0]),
        site.submit(&site.people.jelena, &requests[1]),
    );
    let asked = |answer: &OperationAnswer| {
        let more = |refusal: &Refusal| matches!(refusal, Refusal::MoreThanRequested { .. });
        matches!(&answer.outcome, Outcome::Refused { refusal, .. } if more(refusal))
    };
    assert!(asked(&marko) != asked(&jelena), "{marko:?} {jelena:?}");
    assert_eq!(site.line("1", "A").await.done, 1.into());
}

#[tokio::test]
async fn picks_and_imports_of_one_document_wait_for_each_other() {
    let (site, task) = Site::with_task(&[("A", 1000), ("B", 1000)]).await;
    let site = Arc::new(site);
    let mut hands = JoinSet::new();
    for hand in 0..20 {
        let (site, id) = (Arc::clone(&site), task.task.id);
        let line = task.lines[hand % 2].id;
        hands.spawn(async move {
            let people = &site.people;
            let who = [&people.marko, &people.jelena][hand / 2 % 2];
            site.act(who, id, pick(line, "1")).await;
        });
    }
    let importer = Arc::clone(&site);
    hands.spawn(async move {
        for quantity in 1001..1010 {
            let edited = dispatch("1", &[("B", quantity), ("A", quantity)]);
            importer.dispatches(&[edited]).await;
        }
    });
    hands.join_all().await;
    for code in ["A", "B"] {
        let line = site.line("1", code).await;
        assert_eq!((line.done, line.requested), (10.into(), 1009.into()));
    }
}
