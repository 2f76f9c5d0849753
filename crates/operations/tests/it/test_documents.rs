//! Documents made to try things out, and that no other can be deleted.

use crate::support::{Site, pick, undo};
use domain::DocumentId;
use domain::Quantity;
use domain::document::{DocumentKind, DocumentSource, TestDocument, TestLine};
use domain::task::Assignee;
use domain::user::Caller;
use operations::{Error, test_documents};
use testkit::records::dispatch;

fn wanted(site: &Site, lines: &[(&str, &str)]) -> TestDocument {
    TestDocument {
        kind: DocumentKind::Dispatch,
        connection_id: site.connection,
        lines: lines
            .iter()
            .map(|(code, quantity)| TestLine {
                item_code: (*code).to_owned(),
                quantity: quantity.parse::<Quantity>().unwrap(),
            })
            .collect(),
    }
}

async fn create(site: &Site, lines: &[(&str, &str)]) -> operations::Result<DocumentId> {
    let (store, ana) = (&site.store, &site.people.ana);
    test_documents::create(store, ana, &wanted(site, lines), site.now()).await
}

async fn delete(site: &Site, caller: &Caller, id: DocumentId) -> operations::Result<()> {
    test_documents::delete(&site.store, caller, id, site.now()).await
}

#[tokio::test]
async fn a_test_document_is_work_like_any_other_and_leaves_no_trace_of_it() {
    let site = Site::open().await;
    site.dispatches(&[dispatch("1", &[("A", 2)])]).await;
    let id = create(&site, &[("A", "2"), ("B", "1")]).await.unwrap();
    let made = store::documents::get(&site.store, &site.people.ana, id).await;
    let made = made.unwrap();
    assert_eq!(made.document.source, DocumentSource::Test);
    assert_eq!(made.document.lines_wms, 2);
    let number = made.document.number;
    let task = site
        .given_to(&number, Assignee::Team(site.people.alfa))
        .await;
    let marko = &site.people.marko;
    let act = site
        .act(marko, task.task.id, pick(task.lines[0].id, "1"))
        .await;
    site.act(marko, task.task.id, undo(act)).await;
    delete(&site, &site.people.ana, id).await.unwrap();
    assert!(site.find_document(&number).await.is_none());
    for left in [
        "select count(*) - 1 from documents",
        "select count(*) - 1 from tasks",
        "select count(*) from operations",
        "select count(*) - 1 from document_lines",
    ] {
        assert_eq!(site.number(left).await, 0, "{left}");
    }
    let audited = "select count(*) from audit_entries
         where action = 'TEST_DOCUMENT_DELETED' and (details ->> 'operations')::int = 2";
    assert_eq!(site.number(audited).await, 1);
}

#[tokio::test]
async fn a_real_document_is_never_deleted() {
    let site = Site::open().await;
    site.dispatches(&[dispatch("1", &[("A", 2)])]).await;
    let id = site.document("1").await.document.id;
    let refused = delete(&site, &site.people.ana, id).await;
    assert!(matches!(refused, Err(Error::Conflict(_))));
    assert_eq!(site.number("select count(*) from documents").await, 1);
    assert_eq!(site.number("select count(*) from tasks").await, 1);
}

#[tokio::test]
async fn only_an_admin_of_the_company_makes_and_deletes_test_documents() {
    let site = Site::open().await;
    let id = create(&site, &[("A", "2")]).await.unwrap();
    let (store, people) = (&site.store, &site.people);
    for caller in [&people.luka, &people.marko] {
        let refused = delete(&site, caller, id).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))));
        let wish = wanted(&site, &[("A", "2")]);
        let refused = test_documents::create(store, caller, &wish, site.now()).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))));
    }
    let stranger = delete(&site, &people.stranger, id).await;
    assert!(matches!(stranger, Err(Error::NotFound(_))));
    let wish = wanted(&site, &[("A", "2")]);
    let stranger = test_documents::create(store, &people.stranger, &wish, site.now()).await;
    assert!(matches!(stranger, Err(Error::NotFound(_))));
}

#[tokio::test]
async fn a_test_document_names_items_that_exist_and_quantities_above_zero() {
    let site = Site::open().await;
    for lines in [&[("NONE", "1")][..], &[("A", "0")], &[]] {
        let refused = create(&site, lines).await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "{lines:?}");
    }
    assert_eq!(site.number("select count(*) from documents").await, 0);
}
