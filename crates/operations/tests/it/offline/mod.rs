//! Work without a network: nothing is dropped, nothing counts twice, and what does not fit goes to a lead.

mod walk;

use crate::support::{FINISH_PARTIAL, Site, pick, request, undo};
use domain::TaskId;
use domain::exception::{Exception, ExceptionKind};
use domain::operation::{OperationAnswer, OperationRequest, Outcome};
use domain::task::Assignee;
use rust_decimal::Decimal;
use testkit::records::dispatch;

fn offline(mut request: OperationRequest) -> OperationRequest {
    request.offline = true;
    request
}

async fn inbox(site: &Site) -> Vec<Exception> {
    site.inbox(ExceptionKind::Review).await
}

async fn decide(site: &Site, exception: &Exception, accept: bool) {
    let luka = &site.people.luka;
    operations::reviews::decide(&site.store, luka, exception.id, accept, site.now())
        .await
        .unwrap();
}

fn is_review(answer: &OperationAnswer) -> bool {
    matches!(answer.outcome, Outcome::Review { .. })
}

/// A document of team Alfa, so that both workers may work on it.
async fn shared(site: &Site, number: &str, lines: &[(&str, i64)]) -> TaskId {
    let content = dispatch(number, lines);
    site.dispatches(std::slice::from_ref(&content)).await;
    let alfa = Assignee::Team(site.people.alfa);
    site.given_to(number, alfa).await.task.id
}

#[tokio::test]
async fn a_claimed_line_takes_only_its_owners_offline_work() {
    let site = Site::open().await;
    let task = shared(&site, "1", &[("A", 6)]).await;
    let line = site.line("1", "A").await.id;
    let (marko, jelena) = (&site.people.marko, &site.people.jelena);
    site.act(jelena, task, pick(line, "1")).await;

    let late = offline(request(task, pick(line, "2")));
    let answer = site.submit(marko, &late).await;
    assert!(is_review(&answer), "{answer:?}");
    assert_eq!(site.submit(marko, &late).await, answer);
    assert_eq!(site.line("1", "A").await.done, Decimal::from(1));
    let own = site
        .submit(jelena, &offline(request(task, pick(line, "1"))))
        .await;
    assert_eq!(own.outcome, Outcome::Accepted);
    // With the network there, both see each other and both may pick.
    site.act(marko, task, pick(line, "1")).await;
    assert_eq!(site.line("1", "A").await.done, Decimal::from(3));

    let rows = inbox(&site).await;
    assert_eq!(rows.len(), 1);
    assert!(
        rows[0].detail.contains("worked without a network on A: 2"),
        "{}",
        rows[0].detail
    );
}

#[tokio::test]
async fn a_lead_accepts_offline_work_for_the_person_who_did_it_or_rejects_it() {
    let site = Site::open().await;
    let task = shared(&site, "1", &[("A", 6), ("B", 6)]).await;
    let (marko, jelena) = (&site.people.marko, &site.people.jelena);
    for code in ["A", "B"] {
        let line = site.line("1", code).await.id;
        site.act(jelena, task, pick(line, "1")).await;
        for _ in 0..2 {
            let answer = site
                .submit(marko, &offline(request(task, pick(line, "1"))))
                .await;
            assert!(is_review(&answer), "{answer:?}");
        }
    }
    // Together by line and person: two rows, not four.
    let rows = inbox(&site).await;
    assert_eq!(rows.len(), 2);
    for row in &rows {
        decide(&site, row, row.detail.contains(" on A:")).await;
    }
    assert!(inbox(&site).await.is_empty());
    assert_eq!(site.line("1", "A").await.done, Decimal::from(3));
    assert_eq!(site.line("1", "B").await.done, Decimal::from(1));
    let credited = "select count(*) from operations o join users u on u.id = o.credited_user_id
                    where u.login = 'marko' and o.accepted";
    assert_eq!(site.number(credited).await, 2);
    let again =
        operations::reviews::decide(&site.store, &site.people.luka, rows[0].id, true, site.now());
    assert!(matches!(again.await, Err(operations::Error::Conflict(_))));
    let worker = operations::reviews::decide(&site.store, marko, rows[0].id, true, site.now());
    assert!(matches!(worker.await, Err(operations::Error::Forbidden(_))));
}

#[tokio::test]
async fn offline_work_on_a_task_that_was_finished_or_given_away_is_not_lost() {
    let site = Site::open().await;
    let (marko, jelena) = (&site.people.marko, &site.people.jelena);
    let closed = shared(&site, "1", &[("A", 6)]).await;
    let given = shared(&site, "2", &[("A", 6)]).await;
    site.act(jelena, closed, FINISH_PARTIAL).await;
    site.given_to("2", Assignee::Worker(site.people.jelena.user_id))
        .await;
    for (number, task) in [("1", closed), ("2", given)] {
        let line = site.line(number, "A").await.id;
        let answer = site
            .submit(marko, &offline(request(task, pick(line, "2"))))
            .await;
        assert!(is_review(&answer), "{answer:?}");
    }
    for row in inbox(&site).await {
        decide(&site, &row, true).await;
    }
    for number in ["1", "2"] {
        assert_eq!(
            site.line(number, "A").await.done,
            Decimal::from(2),
            "{number}"
        );
    }
}

#[tokio::test]
async fn an_act_that_waits_for_a_lead_can_be_taken_back_by_its_worker() {
    let site = Site::open().await;
    let task = shared(&site, "1", &[("A", 6)]).await;
    let line = site.line("1", "A").await.id;
    let (marko, jelena) = (&site.people.marko, &site.people.jelena);
    site.act(jelena, task, pick(line, "1")).await;
    let late = offline(request(task, pick(line, "2")));
    assert!(is_review(&site.submit(marko, &late).await));
    let back = site
        .submit(marko, &offline(request(task, undo(late.id))))
        .await;
    assert_eq!(back.outcome, Outcome::Accepted);
    assert!(inbox(&site).await.is_empty());
    assert_eq!(site.line("1", "A").await.done, Decimal::from(1));
}

#[tokio::test]
async fn accepted_offline_work_settles_the_finished_document_it_belongs_to() {
    let site = Site::open().await;
    let (marko, jelena) = (&site.people.marko, &site.people.jelena);
    let task = shared(&site, "1", &[("A", 6)]).await;
    let line = site.line("1", "A").await.id;
    site.act(jelena, task, pick(line, "4")).await;
    site.act(jelena, task, FINISH_PARTIAL).await;
    let late = offline(request(task, pick(line, "2")));
    assert!(is_review(&site.submit(marko, &late).await));
    let partial = "select count(*) from documents where number = '1' and status = 'partial'";
    assert_eq!(site.number(partial).await, 1);
    decide(&site, &inbox(&site).await[0], true).await;
    let done = "select count(*) from documents where number = '1' and status = 'done' and lines_done = lines_wms";
    assert_eq!(site.number(done).await, 1);
}

#[tokio::test]
async fn accepted_offline_work_on_an_untouched_document_begins_it() {
    let site = Site::open().await;
    let task = shared(&site, "1", &[("A", 6)]).await;
    site.given_to("1", Assignee::Worker(site.people.jelena.user_id))
        .await;
    let line = site.line("1", "A").await.id;
    let late = offline(request(task, pick(line, "2")));
    assert!(is_review(&site.submit(&site.people.marko, &late).await));
    decide(&site, &inbox(&site).await[0], true).await;
    let begun = "select count(*) from documents where number = '1' and status = 'in_progress'";
    assert_eq!(site.number(begun).await, 1);
}

#[tokio::test]
async fn accepted_offline_work_on_a_line_the_erp_took_off_raises_a_conflict() {
    let site = Site::open().await;
    let marko = &site.people.marko;
    let task = shared(&site, "1", &[("A", 6), ("B", 1)]).await;
    let line = site.line("1", "A").await.id;
    site.dispatches(&[dispatch("1", &[("B", 1)])]).await;
    let late = offline(request(task, pick(line, "2")));
    assert!(is_review(&site.submit(marko, &late).await));
    decide(&site, &inbox(&site).await[0], true).await;
    let document = site.document("1").await;
    let removed = document.lines.iter().find(|known| known.id == line);
    let conflict = removed.unwrap().conflict.as_deref().unwrap();
    assert!(conflict.contains("but 2 is already done"), "{conflict}");
    assert_eq!(document.document.conflicts, 1);
}

#[tokio::test]
async fn what_is_accepted_carries_an_id_that_no_device_can_guess() {
    let site = Site::open().await;
    let task = shared(&site, "1", &[("A", 6)]).await;
    let line = site.line("1", "A").await.id;
    let (marko, jelena) = (&site.people.marko, &site.people.jelena);
    site.act(jelena, task, pick(line, "1")).await;
    for _ in 0..2 {
        let late = offline(request(task, pick(line, "1")));
        assert!(is_review(&site.submit(marko, &late).await));
    }
    decide(&site, &inbox(&site).await[0], true).await;
    let related = "select count(*) from (
            select a.id as accepted, uuid_send(a.id) as bytes from operations a
            join users u on u.id = a.credited_user_id where u.login = 'marko' and a.accepted
        ) a
        join operation_reviews r on true
        where substr(uuid_send(r.operation_id), 5, 6) = substr(a.bytes, 5, 6)";
    assert_eq!(site.number(related).await, 0);
    let accepted = "select count(*) from operations o join users u on u.id = o.credited_user_id
                    where u.login = 'marko' and o.accepted";
    assert_eq!(site.number(accepted).await, 2);
}

#[tokio::test]
async fn what_was_done_and_taken_back_offline_counts_for_nothing_when_the_task_was_given_away() {
    let site = Site::open().await;
    let marko = &site.people.marko;
    let task = shared(&site, "1", &[("A", 6)]).await;
    let line = site.line("1", "A").await.id;
    site.given_to("1", Assignee::Worker(site.people.jelena.user_id))
        .await;
    let late = offline(request(task, pick(line, "6")));
    assert!(is_review(&site.submit(marko, &late).await));
    let back = offline(request(task, undo(late.id)));
    assert_eq!(site.submit(marko, &back).await.outcome, Outcome::Accepted);
    assert!(inbox(&site).await.is_empty());
    assert_eq!(site.line("1", "A").await.done, Decimal::ZERO);
}

#[tokio::test]
async fn offline_work_that_no_lead_could_accept_is_refused() {
    let site = Site::open().await;
    let (marko, jelena) = (&site.people.marko, &site.people.jelena);
    let task = shared(&site, "1", &[("A", 6)]).await;
    let line = site.line("1", "A").await.id;
    site.act(jelena, task, FINISH_PARTIAL).await;
    let split = offline(request(task, pick(line, "0.5")));
    let answer = site.submit(marko, &split).await;
    assert!(
        matches!(answer.outcome, Outcome::Refused { .. }),
        "{answer:?}"
    );
    assert!(inbox(&site).await.is_empty());
}
