//! Why a document is not in the ERP, and what can be done.

use crate::support::{FINISH, FINISH_PARTIAL, Site, pick};
use domain::OperationId;
use domain::document::{DocumentFilter, DocumentKind, ErpState, Resolution};
use testkit::records::dispatch;

async fn state(site: &Site) -> (ErpState, String, Option<String>) {
    let erp = site.document("1").await.erp;
    (erp.state, erp.text, erp.todo)
}

/// Dispatch 1 with one of two lines done, finished partially.
async fn finished() -> Site {
    let (site, task) = Site::with_task(&[("A", 5), ("B", 2)]).await;
    let marko = &site.people.marko;
    let line = task.lines.iter().find(|line| line.item_code == "A");
    site.act(marko, task.task.id, pick(line.unwrap().id, "5"))
        .await;
    site.act(marko, task.task.id, FINISH_PARTIAL).await;
    site
}

async fn waiting(site: &Site) -> usize {
    let filter = DocumentFilter {
        only_unentered: true,
        ..DocumentFilter::default()
    };
    let (store, ana) = (&site.store, &site.people.ana);
    let page = store::documents::list(store, ana, DocumentKind::Dispatch, &filter, None, 10).await;
    page.unwrap().rows.len()
}

#[tokio::test]
async fn a_document_says_in_words_whether_the_erp_has_it_and_what_can_be_done() {
    let (site, _) = Site::with_task(&[("A", 5)]).await;
    let (before, text, todo) = state(&site).await;
    assert_eq!((before, todo), (ErpState::NotDue, None), "{text}");
    let site = finished().await;
    let (after, text, todo) = state(&site).await;
    assert_eq!(after, ErpState::Waits);
    assert!(text.contains("does not know it"), "{text}");
    let todo = todo.unwrap();
    assert!(
        todo.contains("One line is not done as asked for."),
        "{todo}"
    );
    assert!(todo.contains("mark it as entered"), "{todo}");
}

#[tokio::test]
async fn a_lead_marks_a_document_as_entered_with_a_note_and_may_take_it_back() {
    let site = finished().await;
    assert_eq!(waiting(&site).await, 1);
    let (store, luka, now) = (&site.store, &site.people.luka, site.now());
    let id = site.document("1").await.document.id;
    for unsaid in ["", "  ab "] {
        let refused = operations::documents::mark_entered(store, luka, id, unsaid, now).await;
        assert!(matches!(refused, Err(operations::Error::Invalid(_))));
    }
    operations::documents::mark_entered(store, luka, id, "Issued as 26-77.", now)
        .await
        .unwrap();
    let (after, text, _) = state(&site).await;
    assert_eq!(after, ErpState::Entered);
    assert!(
        text.contains(&luka.name) && text.contains("Issued as 26-77."),
        "{text}"
    );
    assert_eq!(waiting(&site).await, 0);
    let twice = operations::documents::mark_entered(store, luka, id, "again", now).await;
    assert!(matches!(twice, Err(operations::Error::Conflict(_))));
    operations::documents::unmark_entered(store, luka, id, now)
        .await
        .unwrap();
    assert_eq!(state(&site).await.0, ErpState::Waits);
    let told = "select count(*) from timeline_entries where kind = 'resolved'";
    assert_eq!(site.number(told).await, 2);
    let audited = "select count(*) from audit_entries where action like 'ERP_ENTRY_%'";
    assert_eq!(site.number(audited).await, 2);
}

#[tokio::test]
async fn what_goes_back_to_the_floor_is_asked_for_again_when_it_is_finished() {
    let (site, task) = Site::with_task(&[("A", 1)]).await;
    let (marko, luka) = (&site.people.marko, &site.people.luka);
    let (task, line) = (task.task.id, task.lines[0].id);
    site.act(marko, task, pick(line, "1")).await;
    site.act(marko, task, FINISH).await;
    let id = site.document("1").await.document.id;
    let store = &site.store;
    operations::documents::mark_entered(store, luka, id, "by hand", site.now())
        .await
        .unwrap();
    site.dispatches(&[dispatch("1", &[("A", 2)])]).await;
    let open = store::conflicts::list(store, luka, None, 10).await;
    let conflict = open.unwrap().rows.remove(0);
    let (seen, erp) = (conflict.seen(), Resolution::AcceptErp);
    let said = OperationId(uuid::Uuid::new_v4());
    operations::conflicts::resolve(store, luka, line, seen, &erp, said, site.now())
        .await
        .unwrap();
    assert_eq!(state(&site).await.0, ErpState::NotDue);
    site.act(marko, task, pick(line, "1")).await;
    site.act(marko, task, FINISH).await;
    assert_eq!(state(&site).await.0, ErpState::Waits);
}

#[tokio::test]
async fn workers_and_strangers_do_not_say_what_is_in_the_erp() {
    let site = finished().await;
    let id = site.document("1").await.document.id;
    for who in [&site.people.marko, &site.people.stranger] {
        let said =
            operations::documents::mark_entered(&site.store, who, id, "by hand", site.now()).await;
        assert!(said.is_err(), "{}", who.name);
    }
    assert_eq!(state(&site).await.0, ErpState::Waits);
}
