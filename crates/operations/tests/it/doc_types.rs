//! Document types: set up, learnt, named.

use crate::support::Site;
use domain::doc_type::{Direction, DocType};
use domain::document::DocumentKind;
use operations::{Error, doc_types};
use testkit::records::dispatch;

async fn types(site: &Site) -> Vec<DocType> {
    let (store, ana) = (&site.store, &site.people.ana);
    let list = store::doc_types::list(store, ana, None, false, None, 50).await;
    list.unwrap().rows
}

#[tokio::test]
async fn an_unknown_type_is_learnt_with_the_direction_that_brought_it() {
    let site = Site::open().await;
    let mut receipt = dispatch("R1", &[("A", 1)]);
    receipt.kind = DocumentKind::Receipt;
    receipt.doc_type = "20B9".to_owned();
    site.dispatches(&[dispatch("1", &[("A", 1)])]).await;
    let run = operations::sync_runs::Records::Documents(vec![receipt]);
    testkit::upstream::bring(&site.store, &site.people, site.connection, run, site.now()).await;
    let known = types(&site).await;
    let known: Vec<_> = known
        .iter()
        .map(|one| (&*one.code, one.direction, one.name.as_deref()))
        .collect();
    assert_eq!(
        known,
        [
            ("20B9", Direction::Inbound, None),
            ("20ET", Direction::Outbound, None)
        ]
    );
}

#[tokio::test]
async fn a_type_that_was_set_up_keeps_its_name_and_direction() {
    let site = Site::open().await;
    let (store, people) = (&site.store, &site.people);
    let known = [("20ET", "Dispatch 20ET", Direction::Outbound)];
    for _ in 0..2 {
        doc_types::put_known(
            store,
            people.company,
            site.connection,
            &known,
            "seed",
            site.now(),
        )
        .await
        .unwrap();
    }
    doc_types::name(
        store,
        &people.luka,
        site.connection,
        "20ET",
        "Wholesale",
        site.now(),
    )
    .await
    .unwrap();
    doc_types::put_known(
        store,
        people.company,
        site.connection,
        &known,
        "seed",
        site.now(),
    )
    .await
    .unwrap();
    site.dispatches(&[dispatch("1", &[("A", 1)])]).await;
    let [only] = &types(&site).await[..] else {
        panic!("one type")
    };
    assert_eq!(only.name.as_deref(), Some("Wholesale"));
    assert_eq!(only.named_by.as_deref(), Some("Luka"));
    let document = site.document("1").await.document;
    assert_eq!(document.doc_type_name.as_deref(), Some("Wholesale"));
    let audited = "select count(*) from audit_entries where action = 'DOCUMENT_TYPE_NAMED'";
    assert_eq!(site.number(audited).await, 1);
}

#[tokio::test]
async fn naming_is_for_leads_and_only_of_types_that_exist() {
    let site = Site::open().await;
    site.dispatches(&[dispatch("1", &[("A", 1)])]).await;
    let (store, people, at) = (&site.store, &site.people, site.now());
    let connection = site.connection;
    let name =
        async |caller, code, name| doc_types::name(store, caller, connection, code, name, at).await;
    let refused = name(&people.marko, "20ET", "X").await;
    assert!(matches!(refused, Err(Error::Forbidden(_))));
    let unknown = name(&people.luka, "99XX", "X").await;
    assert!(matches!(unknown, Err(Error::NotFound(_))));
    let stranger = name(&people.stranger, "20ET", "X").await;
    assert!(matches!(stranger, Err(Error::NotFound(_))));
    let nameless = name(&people.luka, "20ET", " ").await;
    assert!(matches!(nameless, Err(Error::Invalid(_))));
}

#[tokio::test]
async fn every_field_of_the_header_is_kept_as_the_erp_wrote_it() {
    let site = Site::open().await;
    let mut full = dispatch("1", &[("A", 1)]);
    full.partner2_name = Some("Second".to_owned());
    full.recipient_name = Some("First".to_owned());
    full.sender_name = Some("Sender".to_owned());
    full.responsible = Some("A. A.".to_owned());
    full.erp_status = Some("F".to_owned());
    full.note = Some("Ring twice".to_owned());
    site.dispatches(&[full.clone()]).await;
    let kept = site.document("1").await;
    assert_eq!(kept.partner2_name, full.partner2_name);
    assert_eq!(kept.recipient_name, full.recipient_name);
    assert_eq!(kept.sender_name, full.sender_name);
    assert_eq!(kept.responsible, full.responsible);
    assert_eq!(kept.erp_status, full.erp_status);
    assert_eq!(kept.note, full.note);
    full.sender_name = Some("Another".to_owned());
    site.dispatches(&[full.clone()]).await;
    assert_eq!(site.document("1").await.sender_name, full.sender_name);
}
