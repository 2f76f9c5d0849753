//! Items that documents name and the catalogue does not list.

use crate::support::{Rig, assert_done, real_items};
use chrono::TimeDelta;
use domain::sync::{Entity, SyncMode};
use simulators::pantheon::{Document, DocumentKind};

const AUDITED: &str = "select count(*) from audit_entries where action = 'CATALOG_LOOKUP_API'";

fn dispatch(rig: &Rig, number: &str, codes: &[&str]) -> Document {
    let mut document = Document {
        number: number.into(),
        doc_type: "20ET",
        on: rig.upstream.handle.local_now().date(),
        warehouse: "VELE_TEST".into(),
        recipient: "Kafana Tri lista".into(),
        sender: None,
        person: "A. A.",
        status: "N",
        note: None,
        lines: Vec::new(),
    };
    for code in codes {
        document.push((*code).into(), "SVIJECA".into(), 2.into(), "KOM");
    }
    document
}

/// Questions for a single code so far.
fn asked(rig: &Rig) -> usize {
    let requests = rig.upstream.handle.requests();
    requests
        .iter()
        .filter(|request| request.method == "getIdentWMS" && request.limit == 10)
        .count()
}

#[tokio::test]
async fn a_delisted_item_is_fetched_and_frees_the_lines_that_wait_for_it() {
    let rig = Rig::new(real_items()).await;
    let delisted = rig.upstream.handle.delisted().remove(0);
    let document = dispatch(&rig, "26-20ET-900001", &[&delisted.code]);
    rig.upstream
        .handle
        .put_document(DocumentKind::Dispatch, document);
    assert_done(&rig.sync(Entity::Dispatches, SyncMode::Delta).await);
    assert_eq!(asked(&rig), 1);
    let freed = "select count(*) from document_lines where match_state = 'lookup' and exists_in_wms and wms_flag";
    assert_eq!(rig.number(freed).await, 1);
    assert_eq!(
        rig.number("select count(*) from tasks where state = 'open'")
            .await,
        1
    );
    assert_eq!(
        rig.number("select count(*) from item_lookups where found")
            .await,
        1
    );
    let audit = store::audit::list(
        &rig.store,
        &rig.people.ana,
        &domain::audit::AuditFilter::default(),
        None,
        10,
    )
    .await
    .unwrap();
    let entry = audit
        .rows
        .iter()
        .find(|entry| entry.action == "CATALOG_LOOKUP_API")
        .unwrap();
    assert_eq!(
        (&*entry.subject, &*entry.actor),
        (&*delisted.code, "Pantheon")
    );
    assert!(entry.details["found"].as_bool().unwrap());
}

#[tokio::test]
async fn a_lookup_carries_the_id_of_the_run_into_header_audit_and_timeline() {
    let rig = Rig::new(real_items()).await;
    let delisted = rig.upstream.handle.delisted().remove(0);
    let document = dispatch(&rig, "26-20ET-900001", &[&delisted.code]);
    rig.upstream
        .handle
        .put_document(DocumentKind::Dispatch, document);
    let run = rig.sync(Entity::Dispatches, SyncMode::Delta).await;
    assert_done(&run);
    let requests = rig.upstream.handle.requests();
    let question = requests
        .iter()
        .find(|request| request.method == "getIdentWMS" && request.limit == 10)
        .unwrap();
    let id = Some(run.correlation_id.as_str());
    assert_eq!(question.correlation_id.as_deref(), id);
    let told = [
        "select details->>'correlation_id' from audit_entries where action = 'CATALOG_LOOKUP_API'",
        "select correlation_id from timeline_entries where kind = 'recalculated'",
    ];
    for query in told {
        let told: Option<String> = sqlx::query_scalar(query)
            .fetch_one(&rig.admin)
            .await
            .unwrap();
        assert_eq!(told.as_deref(), id, "{query}");
    }
}

#[tokio::test]
async fn a_miss_is_remembered_for_a_day_as_well_as_a_hit() {
    let rig = Rig::new(real_items()).await;
    let delisted = rig.upstream.handle.delisted().remove(0);
    let first = dispatch(&rig, "26-20ET-900001", &["NO-SUCH-CODE", &delisted.code]);
    rig.upstream
        .handle
        .put_document(DocumentKind::Dispatch, first);
    rig.sync(Entity::Dispatches, SyncMode::Delta).await;
    assert_eq!((asked(&rig), rig.number(AUDITED).await), (2, 2));
    let second = dispatch(&rig, "26-20ET-900002", &["NO-SUCH-CODE", &delisted.code]);
    rig.upstream
        .handle
        .put_document(DocumentKind::Dispatch, second);
    rig.pass(TimeDelta::hours(23));
    rig.sync(Entity::Dispatches, SyncMode::Delta).await;
    assert_eq!(asked(&rig), 2);
    rig.pass(TimeDelta::hours(2));
    rig.sync(Entity::Dispatches, SyncMode::Delta).await;
    assert_eq!((asked(&rig), rig.number(AUDITED).await), (3, 3));
    let misses = "select count(*) from item_lookups where not found and code = 'NO-SUCH-CODE'";
    assert_eq!(rig.number(misses).await, 1);
}

#[tokio::test]
async fn a_lookup_that_fails_spoils_no_sync_and_is_asked_again() {
    let rig = Rig::with(real_items(), serde_json::json!({ "retry_max": 1 })).await;
    let document = dispatch(&rig, "26-20ET-900001", &["NO-SUCH-CODE"]);
    rig.upstream
        .handle
        .put_document(DocumentKind::Dispatch, document);
    let broken =
        simulators::pantheon::Fault::times(simulators::pantheon::FaultKind::ServerError, 1);
    rig.upstream.faults().add(broken.on("getIdentWMS"));
    assert_done(&rig.sync(Entity::Dispatches, SyncMode::Delta).await);
    assert_eq!(rig.number("select count(*) from item_lookups").await, 0);
    assert_done(&rig.sync(Entity::Dispatches, SyncMode::Delta).await);
    assert_eq!(rig.number("select count(*) from item_lookups").await, 1);
}
