//! Handhelds report themselves and can be signed out from afar.

use crate::support::Site;
use chrono::TimeDelta;
use domain::device::{Device, DeviceReport};
use operations::Error;
use operations::devices::{report, revoke};

fn tc21(waiting: u32) -> DeviceReport {
    DeviceReport {
        name: "handheld-07".to_owned(),
        app_version: "0.1.0".to_owned(),
        waiting,
        refused: 0,
    }
}

async fn devices(site: &Site) -> Vec<Device> {
    let (store, ana) = (&site.store, &site.people.ana);
    let page = store::devices::list(store, ana, None, None, 50, site.now()).await;
    page.unwrap().rows
}

async fn session(site: &Site, id: &str) {
    let marko = site.people.marko.user_id;
    let data = serde_json::json!({});
    let limits = store::sessions::Limits {
        idle: TimeDelta::days(1),
        longest: TimeDelta::days(1),
    };
    store::sessions::create(&site.store, id, Some(marko), &data, limits, site.now())
        .await
        .unwrap();
}

#[tokio::test]
async fn a_handheld_is_listed_with_its_person_and_what_it_has_not_sent() {
    let site = Site::open().await;
    session(&site, "one").await;
    let (store, people) = (&site.store, &site.people);
    let first = site.now();
    report(store, &people.marko, Some("one"), &tc21(0), first)
        .await
        .unwrap();
    site.clock.pass(TimeDelta::minutes(1));
    report(store, &people.jelena, Some("one"), &tc21(3), site.now())
        .await
        .unwrap();
    let rows = devices(&site).await;
    assert_eq!(rows.len(), 1);
    let row = &rows[0];
    assert_eq!(
        (&*row.user_name, row.waiting, row.signed_in),
        ("Jelena", 3, true)
    );
    assert_eq!((row.first_seen_at, row.last_seen_at), (first, site.now()));
    let told = "select count(*) from live_feed where topics @> '{devices}'";
    assert_eq!(site.number(told).await, 2);
    report(store, &people.jelena, Some("one"), &tc21(3), site.now())
        .await
        .unwrap();
    assert_eq!(
        site.number(told).await,
        2,
        "nothing but the time is different"
    );
}

#[tokio::test]
async fn an_admin_signs_a_lost_handheld_out_and_nobody_else_does() {
    let site = Site::open().await;
    session(&site, "lost").await;
    let (store, people) = (&site.store, &site.people);
    report(store, &people.marko, Some("lost"), &tc21(0), site.now())
        .await
        .unwrap();
    let name = "handheld-07";
    let lead = revoke(store, &people.luka, name, site.now()).await;
    assert!(matches!(lead, Err(Error::Forbidden(_))));
    let stranger = revoke(store, &people.stranger, name, site.now()).await;
    assert!(matches!(stranger, Err(Error::NotFound(_))));
    revoke(store, &people.ana, name, site.now()).await.unwrap();
    assert!(
        store::sessions::load(store, "lost", site.now())
            .await
            .unwrap()
            .is_none()
    );
    assert!(!devices(&site).await[0].signed_in);
    let again = revoke(store, &people.ana, name, site.now()).await;
    assert!(matches!(again, Err(Error::Conflict(_))));
    let audit = "select count(*) from audit_entries where action = 'DEVICE_SIGNED_OUT' and subject = 'handheld-07'";
    assert_eq!(site.number(audit).await, 1);
}

#[tokio::test]
async fn a_screen_is_no_handheld() {
    let site = Site::open().await;
    let tv = report(&site.store, &site.people.tv, None, &tc21(0), site.now()).await;
    assert!(matches!(tv, Err(Error::Forbidden(_))));
    let nameless = DeviceReport {
        name: " ".to_owned(),
        ..tc21(0)
    };
    let refused = report(&site.store, &site.people.marko, None, &nameless, site.now()).await;
    assert!(matches!(refused, Err(Error::Invalid(_))));
}
