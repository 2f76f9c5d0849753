//! Refused rows of a sync run as a file.

use crate::floor;
use crate::harness::{Harness, STRANGER};
use domain::sync::{Entity, SyncMode};
use reqwest::{Method, StatusCode};
use serde_json::json;
use store::Scope;
use store::sync_runs::NewRejection;

fn refused(key: &str, reason: &str) -> NewRejection {
    NewRejection {
        external_key: key.to_owned(),
        reason: reason.to_owned(),
        payload: json!({ "code": key }),
    }
}

#[tokio::test]
async fn refused_rows_come_as_a_file_that_runs_no_formula_and_only_to_their_company() {
    let server = Harness::start().await;
    let floor = floor::prepare(&server).await;
    let (company, now) = (server.site.company, server.now());
    let mut tx = server.store.begin(Scope::Company(company)).await.unwrap();
    let (entity, mode) = (Entity::Items, SyncMode::Full);
    let (run, _) = store::sync_runs::request(
        &mut tx,
        company,
        floor.connection,
        entity,
        mode,
        "test",
        now,
    )
    .await
    .unwrap();
    let rows = [
        refused("=1+1", "Unit 'FATHOM' is unknown."),
        refused("22423", "It has no name, so it was refused."),
    ];
    store::sync_runs::record_rejected(&mut tx, company, run, &rows, now)
        .await
        .unwrap();
    tx.commit().await.unwrap();

    let path = format!("/exports/sync-runs/{run}/csv");
    let get = async |login: &str, path: &str| {
        let token = server.access_token(login).await;
        let request = server.request(Method::GET, path).bearer_auth(token);
        request.send().await.unwrap()
    };
    let answer = get("ana", &path).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["content-type"], "text/csv; charset=utf-8");
    let text = answer.text().await.unwrap();
    assert_eq!(text.lines().count(), 3, "{text}");
    assert!(text.contains("\"'=1+1\""), "{text}");
    let narrowed = get("ana", &format!("{path}?q=name"))
        .await
        .text()
        .await
        .unwrap();
    assert!(
        narrowed.contains("22423") && !narrowed.contains("FATHOM"),
        "{narrowed}"
    );
    assert_eq!(get("tv", &path).await.status(), StatusCode::FORBIDDEN);
    assert_eq!(get(STRANGER, &path).await.status(), StatusCode::NOT_FOUND);
}
