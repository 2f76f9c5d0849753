//! What a worker tells the lead.

use super::{listed, seen};
use crate::support::{Site, request};
use domain::OperationId;
use domain::exception::{ExceptionKind, ExceptionView};
use domain::operation::{FloorAction, Outcome};
use domain::task::Assignee;
use domain::user::Caller;
use operations::Error;
use operations::exceptions::{acknowledge, resolve};
use operations::reports::{Problem, report};

#[tokio::test]
async fn what_a_worker_reports_waits_for_a_lead_and_the_worker_sees_what_became_of_it() {
    let (site, task) = Site::with_task(&[("A", 5)]).await;
    let (people, store) = (&site.people, &site.store);
    let (marko, luka) = (&people.marko, &people.luka);
    let problem = Problem {
        id: OperationId(uuid::Uuid::from_u128(7)),
        task_id: task.task.id,
        line_id: Some(task.lines[0].id),
        text: " The shelf is broken. ",
    };
    // The answer of the first was lost.
    for _ in 0..2 {
        report(store, marko, &problem, site.now()).await.unwrap();
    }
    let kind = ExceptionKind::Reported;
    let rows = seen(&site, "08:50", kind).await;
    assert_eq!(rows.len(), 1, "and a look at the causes does not end it");
    assert_eq!(rows[0].detail, "Marko, A: The shelf is broken.");
    assert!(rows[0].document.is_some());
    let own = async || {
        let own = store::exceptions::reported::own(store, marko).await;
        let own = own.unwrap();
        assert_eq!(own.len(), 1);
        (own[0].seen_by.clone(), own[0].resolution.clone())
    };
    assert_eq!(own().await, (None, None));
    let id = rows[0].id;
    acknowledge(store, luka, id, site.now()).await.unwrap();
    let luka_s = Some("Luka".to_owned());
    assert_eq!(own().await, (luka_s.clone(), None));
    resolve(store, luka, id, "Mended.", site.now())
        .await
        .unwrap();
    assert_eq!(own().await, (luka_s, Some("Mended.".to_owned())));
    report(store, marko, &problem, site.now()).await.unwrap();
    assert!(seen(&site, "08:55", kind).await.is_empty(), "it is settled");
    let petar_s = store::exceptions::reported::own(store, &people.petar).await;
    assert!(petar_s.unwrap().is_empty(), "each sees their own");
}

#[tokio::test]
async fn a_report_out_of_a_handhelds_queue_counts_once_whatever_became_of_its_task() {
    let (site, task) = Site::with_task(&[("A", 5)]).await;
    let (marko, petar) = (&site.people.marko, &site.people.petar);
    let about = |text: &str| FloorAction::Report {
        line_id: Some(task.lines[0].id),
        text: text.to_owned(),
    };
    let mut late = request(task.task.id, about("The shelf is broken."));
    late.offline = true;
    site.given_to("1", Assignee::Worker(petar.user_id)).await;
    // With the network there, it is not his any more.
    let now = request(task.task.id, about("It leaks."));
    let refused = site.try_submit(marko, &now).await;
    assert!(matches!(refused, Err(Error::NotFound("task"))));
    let answer = site.submit(marko, &late).await;
    assert_eq!(answer.outcome, Outcome::Accepted);
    assert_eq!(
        site.submit(marko, &late).await,
        answer,
        "the answer was lost"
    );
    let rows = seen(&site, "08:50", ExceptionKind::Reported).await;
    let details: Vec<_> = rows.iter().map(|row| row.detail.as_str()).collect();
    assert_eq!(details, ["Marko, A: The shelf is broken."]);
    let acts = "select count(*) from operations where kind = 'report'";
    assert_eq!(site.number(acts).await, 0, "it moves no goods");
    for wrong in ["", " ", "x".repeat(201).as_str()] {
        let mut wrong = request(task.task.id, about(wrong));
        wrong.offline = true;
        let refused = site.try_submit(marko, &wrong).await;
        assert!(matches!(refused, Err(Error::Invalid(_))));
    }
    let stranger = site.try_submit(&site.people.stranger, &late).await;
    assert!(matches!(stranger, Err(Error::NotFound("task"))));
}

#[tokio::test]
async fn a_report_needs_words_and_a_task_of_its_worker() {
    let (site, task) = Site::with_task(&[("A", 5)]).await;
    let (people, store) = (&site.people, &site.store);
    let long = "x".repeat(201);
    let tell = async |who: &Caller, text: &str| {
        let problem = Problem {
            id: OperationId(uuid::Uuid::from_u128(7)),
            task_id: task.task.id,
            line_id: None,
            text,
        };
        report(store, who, &problem, site.now()).await
    };
    for text in ["", "  ", long.as_str()] {
        let told = tell(&people.marko, text).await;
        assert!(matches!(told, Err(Error::Invalid(_))), "{text:?}");
    }
    for who in [&people.petar, &people.stranger] {
        let told = tell(who, "The shelf is broken.").await;
        assert!(matches!(told, Err(Error::NotFound("task"))), "{told:?}");
    }
    let told = tell(&people.tv, "The shelf is broken.").await;
    assert!(matches!(told, Err(Error::Forbidden(_))), "{told:?}");
    let rows = listed(&site, ExceptionView::Open, Some(ExceptionKind::Reported)).await;
    assert!(rows.is_empty());
    // A team mate may.
    tell(&people.jelena, "The shelf is broken.").await.unwrap();
}
