//! Why is this row missing?

use crate::support::Site;
use domain::sync::Entity;
use domain::why::{Lead, Verdict, explain};
use operations::sync_runs::Records;
use testkit::records;

async fn told(site: &Site, key: &str) -> Vec<(Verdict, String)> {
    let facts = store::why::look_up(&site.store, &site.people.ana, key)
        .await
        .unwrap();
    explain(key, &facts)
        .into_iter()
        .map(|finding| (finding.verdict, finding.text))
        .collect()
}

fn has(told: &[(Verdict, String)], verdict: Verdict, part: &str) -> bool {
    told.iter()
        .any(|(kind, text)| *kind == verdict && text.contains(part))
}

#[tokio::test]
async fn a_refused_row_is_found_with_its_reason_and_run() {
    let site = Site::open().await;
    let mut item = records::item("X1");
    item.uom = "FATHOM".to_owned();
    let run = site.items(&[item]).await;
    let facts = store::why::look_up(&site.store, &site.people.ana, "X1")
        .await
        .unwrap();
    let findings = explain("X1", &facts);
    let refused = findings
        .iter()
        .find(|finding| finding.text.contains("Unit 'FATHOM' is unknown"))
        .unwrap();
    assert_eq!(refused.verdict, Verdict::Missing);
    assert_eq!(refused.lead, Some(Lead::Run(run)));
    let told = told(&site, "FATHOM").await;
    assert!(
        has(
            &told,
            Verdict::Waits,
            "The unit 'FATHOM' waits for an answer"
        ),
        "{told:?}"
    );
}

#[tokio::test]
async fn a_document_of_an_unanswered_or_another_warehouse_says_so() {
    let site = Site::open().await;
    let mut unknown = records::dispatch("7", &[("A", 5)]);
    unknown.warehouse_name = "ELSEWHERE".to_owned();
    site.dispatches(&[
        unknown,
        records::dispatch("8", &[("A", 5), ("NOT-HERE", 1)]),
    ])
    .await;
    let seven = told(&site, "7").await;
    assert!(has(&seven, Verdict::Here, "Dispatch 7"), "{seven:?}");
    assert!(
        has(
            &seven,
            Verdict::Waits,
            "nobody said yet which site 'ELSEWHERE' is"
        ),
        "{seven:?}"
    );
    let eight = told(&site, "8").await;
    assert!(
        has(&eight, Verdict::Waits, "One line of Dispatch 8"),
        "{eight:?}"
    );
    let line = told(&site, "NOT-HERE").await;
    assert!(
        has(
            &line,
            Verdict::Waits,
            "One line names NOT-HERE and waits for the item."
        ),
        "{line:?}"
    );
}

#[tokio::test]
async fn an_item_is_found_by_code_and_by_barcode_and_an_inactive_one_says_so() {
    let site = Site::open().await;
    let mut gone = records::item_with("G", &["4006381333931"]);
    gone.active = false;
    site.items(&[gone]).await;
    for key in ["G", "4006381333931"] {
        let told = told(&site, key).await;
        assert!(
            has(&told, Verdict::Missing, "is here but inactive"),
            "{told:?}"
        );
    }
    assert!(has(&told(&site, "A").await, Verdict::Here, "Item A"));
}

#[tokio::test]
async fn what_nobody_sent_says_how_far_each_kind_was_read() {
    let site = Site::open().await;
    site.bring(Records::Partners(Vec::new())).await;
    let (store, ana) = (&site.store, &site.people.ana);
    let facts = store::why::look_up(store, ana, "NEVER").await.unwrap();
    let findings = explain("NEVER", &facts);
    let [nowhere, never, read] = &findings[..] else {
        panic!("{findings:?}");
    };
    assert!(nowhere.text.contains("is called NEVER"), "{nowhere:?}");
    assert!(never.text.contains("never read to the end"), "{never:?}");
    assert!(read.text.contains("NEVER is not in"), "{read:?}");
    assert!(never.places[0].kinds.contains(&Entity::Receipts));
    assert!(read.places[0].kinds.contains(&Entity::Partners));
}

#[tokio::test]
async fn another_company_learns_nothing_of_our_rows() {
    let site = Site::open().await;
    site.dispatches(&[records::dispatch("7", &[("A", 5)])])
        .await;
    for key in ["A", "7"] {
        let facts = store::why::look_up(&site.store, &site.people.stranger, key)
            .await
            .unwrap();
        assert_eq!(facts, domain::why::Facts::default(), "{key}");
    }
}

#[tokio::test]
async fn documents_of_before_the_first_day_are_said_to_be_left_out() {
    let site = Site::open().await;
    let never = told(&site, "26-OLD").await;
    assert!(!has(&never, Verdict::Note, "are not read"), "{never:?}");
    sqlx::query(
        "update connections set settings = settings || '{\"documents_from\": \"2026-12-01\"}'",
    )
    .execute(&site.admin)
    .await
    .unwrap();
    let told = told(&site, "26-OLD").await;
    for kind in ["Dispatches", "Receipts"] {
        let sentence = format!(
            "{kind} of Pantheon: documents dated before 2026-12-01 are not read, as the connection is set."
        );
        assert!(has(&told, Verdict::Note, &sentence), "{told:?}");
    }
    assert!(!has(
        &told,
        Verdict::Note,
        "Partners of Pantheon: documents"
    ));
}
