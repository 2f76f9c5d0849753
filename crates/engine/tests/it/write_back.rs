//! What the floor did reaches the ERP once, in order, and the document says so.

use crate::accounts::{ledger, look, set};
use crate::books::{Books, Mood};
use crate::support::Rig;
use chrono::TimeDelta;
use domain::delivery::DeliverySettings;
use domain::document::{DocumentDetail, DocumentFilter, DocumentKind, ErpState, Resolution};
use domain::operation::{FloorAction, OperationRequest, Outcome};
use domain::outbox::{Cause, MessageState};
use domain::push::Push;
use domain::rest::Rest;
use domain::shortage::ShortageReason;
use domain::task::Assignee;
use domain::timeline::TimelineKind;
use domain::{OperationId, TaskId};
use engine::Engine;
use operations::sync_runs::Records;
use serde_json::Value;
use store::outbox::Filter;
use testkit::{records, upstream};
use uuid::Uuid;

pub const FINISH: FloorAction = FloorAction::Finish {
    partial_confirmed: true,
};

/// The rig with dispatch 1 of 5 A and 2 B, given to team Alfa; results are written back.
pub async fn dispatch(moods: &[Mood], write_back: bool) -> (Rig, Books, Engine, TaskId) {
    let (rig, books, engine) = ledger(moods).await;
    let settings = DeliverySettings {
        write_back,
        ..DeliverySettings::default()
    };
    set(&rig, &settings).await;
    bring(
        &rig,
        Records::Items(vec![records::item("A"), records::item("B")]),
    )
    .await;
    bring(&rig, documents(5)).await;
    let (store, luka) = (&rig.store, &rig.people.luka);
    let task = document(&rig).await.task.unwrap().id;
    let team = Assignee::Team(rig.people.alfa);
    operations::tasks::assign(store, luka, task, team, rig.now())
        .await
        .unwrap();
    (rig, books, engine, task)
}

fn documents(of_a: i64) -> Records {
    Records::Documents(vec![records::dispatch("1", &[("A", of_a), ("B", 2)])])
}

async fn bring(rig: &Rig, rows: Records) {
    rig.clock.pass(TimeDelta::minutes(1));
    upstream::bring(&rig.store, &rig.people, rig.connection, rows, rig.now()).await;
}

pub async fn document(rig: &Rig) -> DocumentDetail {
    let (store, ana, filter) = (&rig.store, &rig.people.ana, DocumentFilter::default());
    let page = store::documents::list(store, ana, DocumentKind::Dispatch, &filter, None, 10).await;
    let id = page.unwrap().rows[0].id;
    store::documents::get(store, ana, id).await.unwrap()
}

pub async fn act(rig: &Rig, task: TaskId, action: FloorAction) -> OperationRequest {
    rig.clock.pass(TimeDelta::seconds(1));
    let request = OperationRequest {
        id: OperationId(Uuid::new_v4()),
        task_id: task,
        made_at: rig.now(),
        device: "TC21-07".to_owned(),
        offline: false,
        action,
    };
    let marko = &rig.people.marko;
    let answer = operations::floor::submit(&rig.store, marko, &request, rig.now()).await;
    assert_eq!(answer.unwrap().outcome, Outcome::Accepted);
    request
}

pub async fn pick(rig: &Rig, task: TaskId, code: &str, quantity: &str) {
    let lines = document(rig).await.lines;
    let line = lines.iter().find(|line| line.item_code == code).unwrap();
    let pick = FloorAction::Pick {
        line_id: line.id,
        quantity: quantity.parse().unwrap(),
        scanned: None,
        over_confirmed: false,
    };
    act(rig, task, pick).await;
}

async fn short(rig: &Rig, task: TaskId, code: &str) {
    let lines = document(rig).await.lines;
    let line = lines.iter().find(|line| line.item_code == code).unwrap();
    let short = FloorAction::Short {
        line_id: line.id,
        reason: ShortageReason::Damaged,
        text: Some("wet".to_owned()),
    };
    act(rig, task, short).await;
}

async fn payloads(rig: &Rig) -> Vec<Value> {
    let (store, ana) = (&rig.store, &rig.people.ana);
    let page = store::outbox::list(store, ana, Filter::default(), None, 50).await;
    let mut payloads = Vec::new();
    for row in page.unwrap().rows.iter().rev() {
        let detail = store::outbox::get(store, ana, row.id).await.unwrap();
        payloads.push(detail.payload);
    }
    payloads
}

async fn told(rig: &Rig) -> Vec<(TimelineKind, String)> {
    let id = document(rig).await.document.id;
    let entries = store::timeline::list(&rig.store, &rig.people.ana, id).await;
    entries
        .unwrap()
        .into_iter()
        .filter(|entry| {
            matches!(
                entry.kind,
                TimelineKind::Queued
                    | TimelineKind::Attempted
                    | TimelineKind::Delivered
                    | TimelineKind::Undelivered
            )
        })
        .map(|entry| (entry.kind, entry.text))
        .collect()
}

#[tokio::test]
async fn a_finished_document_is_written_once_with_quantities_and_reasons_though_the_answer_is_lost()
{
    let (rig, books, engine, task) = dispatch(&[Mood::LoseAnswer], true).await;
    pick(&rig, task, "A", "4").await;
    short(&rig, task, "A").await;
    pick(&rig, task, "B", "2").await;
    let finished = act(&rig, task, FINISH).await;
    // The handheld did not hear the answer and sends it again.
    let marko = &rig.people.marko;
    operations::floor::submit(&rig.store, marko, &finished, rig.now())
        .await
        .unwrap();
    let queued = payloads(&rig).await;
    assert_eq!(queued.len(), 1);
    let push = Push::parse("document.result", &queued[0]).unwrap();
    let Push::DocumentResult(result) = push else {
        panic!("{queued:?}")
    };
    assert!(result.partial);
    let lines: Vec<(String, Option<&str>)> = result
        .lines
        .iter()
        .map(|line| (line.done.value().to_string(), line.reason.as_deref()))
        .collect();
    assert_eq!(
        lines,
        [
            ("4".to_owned(), Some("Damaged (wet)")),
            ("2".to_owned(), None)
        ]
    );
    assert_eq!(document(&rig).await.erp.state, ErpState::Sending);
    let (store, ana) = (&rig.store, &rig.people.ana);
    let filter = Filter {
        number: Some("1"),
        state: Some(MessageState::Pending),
        ..Filter::default()
    };
    let found = store::outbox::list(store, ana, filter, None, 10).await;
    let rows = found.unwrap().rows;
    assert_eq!(rows.len(), 1, "found by its document's number");
    let subject = rows[0].subject.as_ref().unwrap();
    assert_eq!(subject.document_kind, Some(DocumentKind::Dispatch));
    assert_eq!(subject.document_id, Some(document(&rig).await.document.id));
    engine.deliver_due().await;
    rig.clock.pass(TimeDelta::seconds(40));
    engine.deliver_due().await;
    assert_eq!(books.standing(), ["20ET 1"]);
    let erp = document(&rig).await.erp;
    assert_eq!(erp.state, ErpState::Entered);
    assert!(erp.text.contains("took it as N-1"), "{}", erp.text);
    let told = told(&rig).await;
    let kinds: Vec<TimelineKind> = told.iter().map(|(kind, _)| *kind).collect();
    use TimelineKind::{Attempted, Delivered, Queued};
    assert_eq!(kinds, [Queued, Attempted, Delivered]);
    assert!(told[2].1.contains("N-1"), "{told:?}");
}

#[tokio::test]
async fn a_lost_answer_is_told_as_unknown_with_the_site_s_time() {
    let (rig, _, engine, task) = dispatch(&[Mood::LoseAnswer], true).await;
    pick(&rig, task, "A", "5").await;
    act(&rig, task, FINISH).await;
    engine.deliver_due().await;
    let lost = told(&rig).await.remove(1).1;
    let unknown = "It is not known whether the result was taken: ";
    assert!(lost.starts_with(unknown), "{lost}");
    let site: String = sqlx::query_scalar(
        "select to_char(o.next_run_at at time zone w.time_zone, 'HH24:MI')
         from erp_outbox o join documents d on d.id = o.document_id join warehouses w on w.id = d.warehouse_id",
    )
    .fetch_one(&rig.admin)
    .await
    .unwrap();
    assert!(
        lost.ends_with(&format!(
            " It is looked up there and tried again at {site}."
        )),
        "{lost}"
    );
}

#[tokio::test]
async fn a_document_that_is_finished_again_sends_its_newer_result_after_the_older_one() {
    // The first result is not taken for now.
    let (rig, books, engine, task) = dispatch(&[Mood::Busy(900)], true).await;
    pick(&rig, task, "A", "5").await;
    pick(&rig, task, "B", "2").await;
    act(&rig, task, FINISH).await;
    engine.deliver_due().await;
    bring(&rig, documents(6)).await;
    let (store, luka) = (&rig.store, &rig.people.luka);
    let open = store::conflicts::list(store, luka, None, 10).await;
    let conflict = open.unwrap().rows.remove(0);
    let lines = document(&rig).await.lines;
    let line = lines.iter().find(|line| line.item_code == "A").unwrap().id;
    let (seen, said) = (conflict.seen(), OperationId(Uuid::new_v4()));
    let erp = Resolution::AcceptErp;
    operations::conflicts::resolve(store, luka, line, seen, &erp, said, rig.now())
        .await
        .unwrap();
    pick(&rig, task, "A", "1").await;
    act(&rig, task, FINISH).await;
    let done: Vec<String> = payloads(&rig)
        .await
        .iter()
        .map(|payload| payload["lines"][0]["done"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(done, ["5", "6"]);
    engine.deliver_due().await;
    assert!(
        books.entries().is_empty(),
        "the newer one does not overtake"
    );
    rig.clock.pass(TimeDelta::seconds(901));
    engine.deliver_due().await;
    assert_eq!(books.entries().len(), 2);
    let erp = document(&rig).await.erp;
    assert!(erp.text.contains("took it as N-2"), "{}", erp.text);
}

#[tokio::test]
async fn what_the_erp_was_told_is_missing_is_no_work_here_unless_that_result_was_discarded() {
    let (rig, _, engine, task) = dispatch(&[Mood::Refuse(422)], true).await;
    pick(&rig, task, "A", "5").await;
    act(&rig, task, FINISH).await;
    let (store, ana, luka) = (&rig.store, &rig.people.ana, &rig.people.luka);
    let id = document(&rig).await.document.id;
    assert_eq!(document(&rig).await.rest, Some(Rest::OnItsWay));
    let on_its_way = operations::rests::give_back(store, luka, id, rig.now()).await;
    assert!(
        matches!(on_its_way, Err(operations::Error::Conflict(_))),
        "{on_its_way:?}"
    );
    engine.deliver_due().await;
    assert_eq!(document(&rig).await.rest, Some(Rest::GivenUp));
    let given_up = operations::rests::give_back(store, luka, id, rig.now()).await;
    assert!(
        matches!(given_up, Err(operations::Error::Conflict(_))),
        "a person may send it again yet: {given_up:?}"
    );
    let page = store::outbox::list(store, ana, Filter::default(), None, 50).await;
    let message = page.unwrap().rows[0].id;
    operations::outbox::discard(store, ana, message, "not taken", rig.now())
        .await
        .unwrap();
    assert_eq!(document(&rig).await.rest, Some(Rest::Floor));
    operations::rests::give_back(store, luka, id, rig.now())
        .await
        .unwrap();
    assert_eq!(document(&rig).await.rest, None);
    let team = Assignee::Team(rig.people.alfa);
    operations::tasks::assign(store, luka, task, team, rig.now())
        .await
        .unwrap();
    pick(&rig, task, "B", "2").await;
    act(&rig, task, FINISH).await;
    let told = payloads(&rig).await;
    let partial: Vec<_> = told.iter().map(|result| &result["partial"]).collect();
    assert_eq!(partial, [true, false]);
}

#[tokio::test]
async fn nothing_is_queued_unless_the_connection_writes_results_back() {
    let (rig, _, _, task) = dispatch(&[], false).await;
    pick(&rig, task, "A", "5").await;
    pick(&rig, task, "B", "2").await;
    act(&rig, task, FINISH).await;
    assert!(payloads(&rig).await.is_empty());
    assert_eq!(document(&rig).await.erp.state, ErpState::Waits);
}

#[tokio::test]
async fn a_result_that_was_given_up_is_told_and_can_be_entered_by_hand() {
    let (rig, _, engine, task) = dispatch(&[Mood::Refuse(422)], true).await;
    pick(&rig, task, "A", "5").await;
    act(&rig, task, FINISH).await;
    engine.deliver_due().await;
    let erp = document(&rig).await.erp;
    assert_eq!(erp.state, ErpState::Waits);
    assert!(erp.text.contains("not like this"), "{}", erp.text);
    let told = told(&rig).await;
    assert_eq!(told.last().unwrap().0, TimelineKind::Undelivered);
    let (store, ana) = (&rig.store, &rig.people.ana);
    let page = store::outbox::list(store, ana, Filter::default(), None, 50).await;
    let message = page.unwrap().rows[0].id;
    let entries = store::timeline::list(store, ana, document(&rig).await.document.id).await;
    for entry in entries.unwrap() {
        let of_the_result = matches!(entry.kind, TimelineKind::Queued | TimelineKind::Undelivered);
        let leads_to = of_the_result.then_some(message);
        assert_eq!(entry.message_id, leads_to, "{}", entry.text);
    }
    let (store, luka, id) = (
        &rig.store,
        &rig.people.luka,
        document(&rig).await.document.id,
    );
    operations::documents::mark_entered(store, luka, id, "typed in", rig.now())
        .await
        .unwrap();
    assert_eq!(document(&rig).await.erp.state, ErpState::Entered);
    let groups = store::outbox::groups(store, &rig.people.ana).await.unwrap();
    let group = &groups[0];
    assert_eq!((group.messages, group.documents, group.tasks), (1, 1, 1));
}

#[tokio::test]
async fn a_result_that_meets_unreadable_settings_waits_for_a_person_who_learns_why() {
    let (rig, books, engine, task) = dispatch(&[], true).await;
    sqlx::query("update connections set delivery = '{\"write_back\": true, \"retry_policy\": {\"max_attempts\": \"many\"}}'")
        .execute(&rig.admin)
        .await
        .unwrap();
    pick(&rig, task, "A", "5").await;
    pick(&rig, task, "B", "2").await;
    act(&rig, task, FINISH).await;
    engine.deliver_due().await;
    let (store, ana) = (&rig.store, &rig.people.ana);
    let page = store::outbox::list(store, ana, Filter::default(), None, 50).await;
    let id = page.unwrap().rows[0].id;
    let message = look(&rig, id).await.message;
    assert_eq!(
        (message.state, message.cause),
        (MessageState::Dead, Some(Cause::Settings))
    );
    let why = message.last_error.unwrap();
    assert!(why.contains("delivery settings"), "{why}");
    assert!(books.lines().is_empty(), "nothing was sent");
    let mended = DeliverySettings {
        write_back: true,
        ..DeliverySettings::default()
    };
    set(&rig, &mended).await;
    operations::outbox::retry(store, ana, id, "the settings are mended", rig.now())
        .await
        .unwrap();
    engine.deliver_due().await;
    assert_eq!(books.standing(), ["20ET 1"]);
}
