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

/// Lets an import of documents come as far as its timeline, does something else meanwhile, and lets
/// both end.
async fn while_documents_come(
    site: &Arc<Site>,
    documents: Vec<domain::document::DocumentRecord>,
    meanwhile: impl Future<Output = ()> + Send + 'static,
) {
    let mut door = site.admin.begin().await.unwrap();
    let lock = "lock table timeline_entries in share mode";
    sqlx::raw_sql(lock).execute(&mut *door).await.unwrap();
    let mut hands = JoinSet::new();
    let importer = Arc::clone(site);
    hands.spawn(async move {
        importer.dispatches(&documents).await;
    });
    waits_for(site, "relation = 'timeline_entries'::regclass").await;
    hands.spawn(meanwhile);
    // It waits for the import, or it is over already.
    for _ in 0..50 {
        if hands.len() == 1 || waiting(site, "locktype = 'advisory'").await > 0 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        let _ = hands.try_join_next();
    }
    door.rollback().await.unwrap();
    hands.join_all().await;
}

async fn waits_for(site: &Site, what: &str) {
    while waiting(site, what).await == 0 {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}

async fn waiting(site: &Site, what: &str) -> i64 {
    let query = format!(
        "select count(*) from pg_locks l join pg_database d on d.oid = l.database
         where d.datname = current_database() and not granted and {what}"
    );
    let count = sqlx::query_scalar(sqlx::AssertSqlSafe(query));
    count.fetch_one(&site.admin).await.unwrap()
}

#[tokio::test]
async fn a_line_and_its_item_that_come_at_the_same_moment_meet() {
    let site = Arc::new(Site::open().await);
    let other = Arc::clone(&site);
    let documents = vec![dispatch("1", &[("LATE", 1)])];
    while_documents_come(&site, documents, async move {
        other.items(&[testkit::records::item("LATE")]).await;
    })
    .await;
    assert!(site.document("1").await.task.is_some());
}

#[tokio::test]
async fn a_document_and_the_answer_to_its_site_that_come_at_the_same_moment_meet() {
    let site = Arc::new(Site::open().await);
    let named = |number: &str| {
        let mut record = dispatch(number, &[("A", 1)]);
        record.warehouse_name = "Veleprodaja".to_owned();
        record
    };
    site.dispatches(&[named("1")]).await;
    let asked = store::mappings::list(
        &site.store,
        &site.people.luka,
        &domain::mapping::MappingFilter::waiting(),
        Default::default(),
        None,
        100,
    )
    .await
    .unwrap()
    .rows;
    let other = Arc::clone(&site);
    while_documents_come(&site, vec![named("2")], async move {
        let means = domain::mapping::MappingAnswer::Means("VELE_TEST".into());
        let (store, luka) = (&other.store, &other.people.luka);
        let answer = operations::mappings::answer(store, luka, asked[0].id, &means, other.now());
        assert_eq!(answer.await.unwrap(), 2);
    })
    .await;
    for number in ["1", "2"] {
        assert!(site.document(number).await.task.is_some(), "{number}");
    }
}

#[tokio::test]
async fn a_dispatch_that_comes_while_the_cut_offs_change_is_due_by_the_new_ones() {
    let site = Arc::new(Site::open().await);
    let cut_off = |name: &str, closes: &str| domain::cut_off::CutOff {
        id: None,
        warehouse_id: site.people.warehouse,
        name: name.to_owned(),
        closes: closes.parse().unwrap(),
        days: (1..=7).collect(),
    };
    site.clock.set("2026-11-20T08:40:00Z".parse().unwrap());
    let (store, luka) = (&site.store, &site.people.luka);
    let truck = cut_off("Pallet truck", "16:30:00");
    operations::cut_offs::save(store, luka, &truck, site.now())
        .await
        .unwrap();
    let (other, courier) = (Arc::clone(&site), cut_off("Courier", "12:00:00"));
    while_documents_come(&site, vec![dispatch("1", &[("A", 1)])], async move {
        let (store, luka) = (&other.store, &other.people.luka);
        operations::cut_offs::save(store, luka, &courier, other.now())
            .await
            .unwrap();
    })
    .await;
    let due = site.document("1").await.task.unwrap().due_at.unwrap();
    assert_eq!(due.to_rfc3339(), "2026-11-20T11:00:00+00:00");
}
