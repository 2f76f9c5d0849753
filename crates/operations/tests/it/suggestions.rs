//! What an upstream value probably means, and accepting many such answers at once.

use crate::support::Site;
use domain::document::DocumentRecord;
use domain::mapping::{
    Acceptance, LEAST_ACCEPTED, Mapping, MappingAnswer, MappingFilter, MappingKind,
};
use testkit::records::{dispatch, item};

async fn inbox(site: &Site) -> Vec<Mapping> {
    let (store, luka) = (&site.store, &site.people.luka);
    let filter = MappingFilter::waiting();
    let page = store::mappings::list(store, luka, &filter, Default::default(), None, 100).await;
    page.unwrap().rows
}

fn named(number: &str, warehouse: &str) -> DocumentRecord {
    let mut record = dispatch(number, &[("A", 1)]);
    record.warehouse_name = warehouse.to_owned();
    record
}

fn suggested(mapping: &Mapping) -> Option<&str> {
    mapping
        .suggestion
        .as_ref()
        .map(|suggestion| &*suggestion.target)
}

#[tokio::test]
async fn a_name_like_one_of_our_sites_is_suggested_and_another_is_not() {
    let site = Site::open().await;
    site.dispatches(&[
        named("1", "VELEPRODAJA"),
        named("2", "Maloprodaja 2"),
        named("3", "Kiosk"),
    ])
    .await;
    let asked = inbox(&site).await;
    let of = |name: &str| asked.iter().find(|row| row.external == name).unwrap();
    assert_eq!(suggested(of("VELEPRODAJA")), Some("VELE_TEST"));
    assert_eq!(of("VELEPRODAJA").suggestion.as_ref().unwrap().percent, 100);
    assert_eq!(suggested(of("Maloprodaja 2")), Some("MALO_TEST"));
    assert_eq!(suggested(of("Kiosk")), None);
}

#[tokio::test]
async fn answers_given_before_teach_what_is_suggested() {
    let site = Site::open().await;
    site.dispatches(&[named("1", "Kiosk Plavi")]).await;
    let asked = inbox(&site).await;
    assert_eq!(suggested(&asked[0]), None);
    let (store, luka) = (&site.store, &site.people.luka);
    let means = MappingAnswer::Means("MALO_TEST".into());
    operations::mappings::answer(store, luka, asked[0].id, &means, site.now())
        .await
        .unwrap();
    site.dispatches(&[named("2", "Kiosk Plavi 2")]).await;
    assert_eq!(suggested(&inbox(&site).await[0]), Some("MALO_TEST"));
}

#[tokio::test]
async fn a_unit_like_one_of_ours_is_suggested_with_the_items_that_wait_for_it() {
    let site = Site::open().await;
    let rows = ["E", "F"].map(|code| {
        let mut record = item(code);
        record.uom = "Pakk".to_owned();
        record
    });
    site.items(&rows).await;
    let run = site.items(&rows).await;
    let asked = inbox(&site).await;
    assert_eq!((asked[0].kind, asked[0].items), (MappingKind::Uom, 2));
    assert_eq!(suggested(&asked[0]), Some("PAK"));
    let refused =
        store::sync_runs::rejected(&site.store, &site.people.ana, run, None, None, 10).await;
    assert_eq!(refused.unwrap().rows.len(), 2);
    let mut corrected = rows[0].clone();
    corrected.uom = "KOM".to_owned();
    site.items(&[corrected]).await;
    assert_eq!(
        inbox(&site).await[0].items,
        1,
        "one of them does not wait any more"
    );
}

#[tokio::test]
async fn accepting_answers_what_is_alike_enough_and_says_beforehand_what_it_touches() {
    let site = Site::open().await;
    let names = ["VELEPRODAJA", "Veleprodaja", "Maloprodaja 2", "Kiosk"];
    let documents: Vec<_> = (1..)
        .zip(names)
        .map(|(n, name)| named(&n.to_string(), name))
        .collect();
    site.dispatches(&documents).await;
    let (store, luka, now) = (&site.store, &site.people.luka, site.now());
    let told = operations::mappings::acceptable(store, luka, None, 90)
        .await
        .unwrap();
    let one = Acceptance {
        mappings: 1,
        documents: 2,
        items: 0,
    };
    assert_eq!(told, one);
    let units = Some(MappingKind::Uom);
    let none = operations::mappings::acceptable(store, luka, units, 90)
        .await
        .unwrap();
    assert_eq!(none, Acceptance::default());
    let done = operations::mappings::accept(store, luka, None, 90, now)
        .await
        .unwrap();
    assert_eq!(done, told);
    assert!(site.document("1").await.task.is_some() && site.document("2").await.task.is_some());
    let left: Vec<String> = inbox(&site)
        .await
        .into_iter()
        .map(|row| row.external)
        .collect();
    assert_eq!(left, ["Maloprodaja 2", "Kiosk"]);
    let audited = store::audit::list(store, &site.people.ana, &Default::default(), None, 10)
        .await
        .unwrap()
        .rows;
    let entry = audited
        .iter()
        .find(|entry| entry.action == "MAPPING_ANSWERED")
        .unwrap();
    assert_eq!(
        (&*entry.subject, &entry.details["after"]),
        ("VELEPRODAJA", &"VELE_TEST".into())
    );
    let again = operations::mappings::accept(store, luka, None, 90, now)
        .await
        .unwrap();
    assert_eq!(again, Acceptance::default());
}

#[tokio::test]
async fn only_who_answers_mappings_accepts_suggestions() {
    let site = Site::open().await;
    site.dispatches(&[named("1", "VELEPRODAJA")]).await;
    let (store, marko, now) = (&site.store, &site.people.marko, site.now());
    let refused = operations::mappings::accept(store, marko, None, 40, now).await;
    assert!(
        matches!(refused, Err(operations::Error::Forbidden(_))),
        "{refused:?}"
    );
    assert_eq!(inbox(&site).await.len(), 1);
}

#[tokio::test]
async fn a_suggestion_that_is_a_guess_is_shown_and_never_accepted_as_it_is() {
    let site = Site::open().await;
    site.dispatches(&[named("1", "Malo sklad")]).await;
    let asked = inbox(&site).await;
    let hint = asked[0].suggestion.clone().unwrap();
    assert!(
        hint.percent < LEAST_ACCEPTED && !hint.acceptable(),
        "{hint:?}"
    );
    let (store, luka, now) = (&site.store, &site.people.luka, site.now());
    let done = operations::mappings::accept(store, luka, None, LEAST_ACCEPTED, now).await;
    assert_eq!(done.unwrap(), Acceptance::default());
    for far in [0, LEAST_ACCEPTED - 1, 101] {
        let refused = operations::mappings::accept(store, luka, None, far, now).await;
        assert!(
            matches!(refused, Err(operations::Error::Invalid(_))),
            "{far}: {refused:?}"
        );
    }
    assert_eq!(inbox(&site).await, asked);
    assert!(site.document("1").await.task.is_none());
}
