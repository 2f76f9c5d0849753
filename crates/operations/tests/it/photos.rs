//! Photos of goods belong to the act that reported them.

use crate::support::{Site, pick, request};
use chrono::TimeDelta;
use domain::document::{DocumentKind, TestDocument, TestLine};
use domain::operation::{FloorAction, Outcome};
use domain::photo::{MOST_BYTES, MOST_OF_AN_ACT, Photo};
use domain::shortage::ShortageReason;
use domain::shortage_report::ShortageFilter;
use domain::task::{Assignee, TaskDetail};
use domain::timeline::TimelineKind;
use domain::user::Caller;
use domain::{OperationId, PhotoId};
use operations::{Error, photos};
use uuid::Uuid;

const PICTURE: &[u8] = &[0xff, 0xd8, 0xff, 0xe0, 1, 2, 3, 0xff, 0xd9];

fn name() -> PhotoId {
    PhotoId(Uuid::new_v4())
}

fn damaged(task: &TaskDetail) -> FloorAction {
    FloorAction::Short {
        line_id: task.lines[0].id,
        reason: ShortageReason::Damaged,
        text: None,
    }
}

async fn add(
    site: &Site,
    who: &Caller,
    act: OperationId,
    id: PhotoId,
    content: &[u8],
) -> operations::Result<()> {
    photos::add(&site.store, who, act, id, content, site.now()).await
}

async fn all(site: &Site, who: &Caller) -> Vec<Photo> {
    let page = store::photos::list(&site.store, who, None, None, 50).await;
    page.unwrap().rows
}

fn why(answer: operations::Result<()>) -> String {
    match answer {
        Err(Error::Invalid(sentence) | Error::Conflict(sentence)) => sentence,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_photo_of_damage_is_kept_once_and_shown_with_its_document_and_shortage() {
    let (site, task) = Site::with_task(&[("A", 5)]).await;
    let (marko, luka) = (&site.people.marko, &site.people.luka);
    let act = site.act(marko, task.task.id, damaged(&task)).await;
    let id = name();
    for _ in 0..2 {
        add(&site, marko, act, id, PICTURE).await.unwrap();
    }
    let kept = all(&site, luka).await;
    assert_eq!(kept.len(), 1);
    assert_eq!(
        (kept[0].id, kept[0].operation_id, kept[0].document_id),
        (id, act, task.task.document_id)
    );
    assert_eq!(
        (kept[0].item_code.as_deref(), &kept[0].worker),
        (Some("A"), &marko.name)
    );
    let content = store::photos::content(&site.store, luka, id).await;
    assert_eq!(content.unwrap(), PICTURE);
    let timeline = store::timeline::list(&site.store, luka, task.task.document_id).await;
    let told = timeline.unwrap();
    let told: Vec<_> = told
        .iter()
        .filter(|entry| entry.kind == TimelineKind::Photo)
        .map(|entry| entry.text.as_str())
        .collect();
    assert_eq!(told, ["Photo of A."], "once");
    let audited = "select count(*) from audit_entries where action = 'PHOTO_ADDED'";
    assert_eq!(site.number(audited).await, 1);
    let filter = ShortageFilter::default();
    let short = store::shortages::list(&site.store, luka, &filter, None, 10).await;
    assert_eq!(short.unwrap().rows[0].photos, [id]);
}

#[tokio::test]
async fn what_is_no_photo_of_the_callers_own_goods_is_refused_in_words() {
    let (site, task) = Site::with_task(&[("A", 5), ("B", 5)]).await;
    let marko = &site.people.marko;
    let act = site.act(marko, task.task.id, damaged(&task)).await;
    let told = why(add(&site, marko, act, name(), b"<html>").await);
    assert_eq!(told, "This is not a photo. Take it again.");
    let mut large = PICTURE.to_vec();
    large.resize(MOST_BYTES + 1, 0);
    let told = why(add(&site, marko, act, name(), &large).await);
    assert_eq!(told, "This photo is too large. Take it again.");
    let told = why(add(&site, &site.people.jelena, act, name(), PICTURE).await);
    assert!(told.starts_with("Somebody else did this."), "{told}");
    let picked = pick(task.lines[1].id, "1");
    let picked = site.act(marko, task.task.id, picked).await;
    let told = why(add(&site, marko, picked, name(), PICTURE).await);
    assert!(told.starts_with("Photos belong to shortages"), "{told}");
    let unknown = OperationId(Uuid::new_v4());
    let answer = add(&site, marko, unknown, name(), PICTURE).await;
    assert!(matches!(answer, Err(Error::NotFound(_))), "{answer:?}");
    let viewer = add(&site, &site.people.tv, act, name(), PICTURE).await;
    assert!(matches!(viewer, Err(Error::Forbidden(_))), "{viewer:?}");
    assert!(all(&site, &site.people.ana).await.is_empty());
}

#[tokio::test]
async fn a_photo_of_a_refused_act_and_one_too_many_are_not_kept() {
    let (site, task) = Site::with_task(&[("A", 5)]).await;
    let marko = &site.people.marko;
    let without_words = FloorAction::Short {
        line_id: task.lines[0].id,
        reason: ShortageReason::Other,
        text: None,
    };
    let refused = request(task.task.id, without_words);
    let answer = site.submit(marko, &refused).await;
    assert!(matches!(answer.outcome, Outcome::Refused { .. }));
    let told = why(add(&site, marko, refused.id, name(), PICTURE).await);
    assert_eq!(told, "What this photo belongs to was not accepted.");
    let act = site.act(marko, task.task.id, damaged(&task)).await;
    let first = name();
    add(&site, marko, act, first, PICTURE).await.unwrap();
    let other = [PICTURE, &[0]].concat();
    let told = why(add(&site, marko, act, first, &other).await);
    assert_eq!(told, "This photo's name belongs to another photo.");
    for _ in 1..MOST_OF_AN_ACT {
        add(&site, marko, act, name(), PICTURE).await.unwrap();
    }
    let told = why(add(&site, marko, act, name(), PICTURE).await);
    assert_eq!(told, "There are enough photos of this already.");
    // Sent again because its answer got lost: still no error.
    add(&site, marko, act, first, PICTURE).await.unwrap();
}

#[tokio::test]
async fn nobody_of_another_company_sees_or_adds_a_photo() {
    let (site, task) = Site::with_task(&[("A", 5)]).await;
    let (marko, stranger) = (&site.people.marko, &site.people.stranger);
    let act = site.act(marko, task.task.id, damaged(&task)).await;
    let id = name();
    add(&site, marko, act, id, PICTURE).await.unwrap();
    assert!(all(&site, stranger).await.is_empty());
    let content = store::photos::content(&site.store, stranger, id).await;
    assert!(matches!(content, Err(store::Error::NotFound { .. })));
    let answer = add(&site, stranger, act, name(), PICTURE).await;
    assert!(matches!(answer, Err(Error::NotFound(_))), "{answer:?}");
}

#[tokio::test]
async fn a_photo_is_forgotten_after_its_time_and_goes_with_its_test_document() {
    let site = Site::open().await;
    let (store, ana, luka) = (&site.store, &site.people.ana, &site.people.luka);
    let marko = &site.people.marko;
    let wanted = TestDocument {
        kind: DocumentKind::Dispatch,
        connection_id: site.connection,
        lines: vec![TestLine {
            item_code: "A".to_owned(),
            quantity: 5.into(),
        }],
    };
    let document = operations::test_documents::create(store, ana, &wanted, site.now());
    let document = document.await.unwrap();
    let detail = store::documents::get(store, ana, document).await.unwrap();
    let task = detail.task.unwrap().id;
    let task = store::tasks::get(store, luka, task).await.unwrap();
    let team = Assignee::Team(site.people.alfa);
    operations::tasks::assign(store, luka, task.task.id, team, site.now())
        .await
        .unwrap();
    let act = site.act(marko, task.task.id, damaged(&task)).await;
    let (old, new) = (name(), name());
    add(&site, marko, act, old, PICTURE).await.unwrap();
    site.clock.pass(TimeDelta::days(10));
    add(&site, marko, act, new, PICTURE).await.unwrap();
    let before = site.now() - TimeDelta::days(5);
    assert_eq!(store::photos::prune(store, before).await.unwrap(), 1);
    let left: Vec<_> = all(&site, luka).await.iter().map(|one| one.id).collect();
    assert_eq!(left, [new]);
    let deleted = operations::test_documents::delete(store, ana, document, site.now());
    deleted.await.unwrap();
    assert!(all(&site, luka).await.is_empty());
}
