//! What people change in the office of a connection that is kept in a file.

use super::{FIRST, apply, changed, folder_of, kept, only, pantheon, put, refusal, start};
use crate::harness::Harness;
use operations::connections::{Applied, Occasion};
use serde_json::json;
use testkit::traces;

#[tokio::test]
async fn a_file_sets_the_keys_that_it_has_of_a_part_and_leaves_its_others_to_the_office() {
    let server = Harness::start().await;
    let mut written = pantheon();
    written["features"] = json!({ "batch_size": 4 });
    written["retry_policy"] = json!({ "max_attempts": 3 });
    let folder = folder_of("Pantheon.json", &written);
    start(&server, &folder, FIRST).await;
    let (before, _) = kept(&server, "Pantheon").await;
    let mut delivery = before.delivery().unwrap();
    assert_eq!(delivery.features.batch_size, 4);
    delivery.features.circuit_breaker_failures = 7;
    delivery.retry_policy.jitter_percent = 20;
    let (store, now) = (&server.store, server.now());
    let (company, id) = (before.company_id, before.id);
    operations::connections::deliver_as(store, company, id, &delivery, now)
        .await
        .unwrap();
    assert_eq!(
        only(&start(&server, &folder, FIRST).await),
        &Applied::Unchanged
    );
    let after = kept(&server, "Pantheon").await.0.delivery().unwrap();
    assert_eq!(after, delivery);

    delivery.features.batch_size = 9;
    operations::connections::deliver_as(store, company, id, &delivery, now)
        .await
        .unwrap();
    let again = start(&server, &folder, FIRST).await;
    assert_eq!(only(&again), &changed(&["features"]));
    let after = kept(&server, "Pantheon").await.0.delivery().unwrap();
    delivery.features.batch_size = 4;
    assert_eq!(after, delivery);
}

#[tokio::test]
async fn a_connection_that_was_renamed_is_set_up_no_second_time_and_its_file_is_told_its_name() {
    let server = Harness::start().await;
    let folder = folder_of("Pantheon.json", &pantheon());
    start(&server, &folder, FIRST).await;
    let rename = "update connections set name = 'Central' where name = 'Pantheon'";
    sqlx::query(rename).execute(&server.admin()).await.unwrap();
    let all = "select count(*) from connections";
    let mut written = pantheon();
    written["connection"]["rate_per_second"] = json!(2.0);
    written["connection"]["base_url"] = json!("http://pantheon.example.invalid:3003/");
    for written in [pantheon(), written] {
        put(&folder, "Pantheon.json", &written);
        for occasion in [Occasion::Look, Occasion::Start, Occasion::Command] {
            let outcomes = apply(&server, &server.secret, occasion, &folder, FIRST).await;
            let said = refusal(&outcomes, "Pantheon.json");
            let told = said.contains("no connection is called Pantheon, and Central is the same");
            assert!(told, "{occasion:?}: {said}");
        }
    }
    assert_eq!(traces::number(&server.admin(), all).await, 1);

    let mut written = pantheon();
    written["name"] = json!("Central");
    put(&folder, "Pantheon.json", &written);
    assert_eq!(
        only(&start(&server, &folder, FIRST).await),
        &Applied::Unchanged
    );
    let mut another = pantheon();
    another["connection"]["warehouse_code"] = json!("VP-9");
    put(&folder, "Hall.json", &another);
    // Whoever writes a file for each wants both.
    put(&folder, "Twin.json", &pantheon());
    let outcomes = start(&server, &folder, FIRST).await;
    let applied = outcomes
        .iter()
        .map(|one| &one.done.as_ref().unwrap().applied);
    let applied: Vec<&Applied> = applied.collect();
    assert_eq!(
        applied,
        [&Applied::Created, &Applied::Unchanged, &Applied::Created]
    );
    assert_eq!(traces::number(&server.admin(), all).await, 3);
}
