use crate::support::upstream::{Asked, Upstream, json, refuse, rows, token};
use crate::support::{PASSWORD, Rig, item_row};
use connectors::{ErrorKind, Retry};
use domain::sync::Entity;
use futures::future::join_all;

fn one_item(_: &Asked) -> axum::response::Response {
    rows([item_row("00013")])
}

#[tokio::test]
async fn many_callers_share_one_sign_in() {
    let upstream = Upstream::new(one_item).await;
    let rig = Rig::new(&upstream.url);
    let pulls = join_all((0..10).map(|_| rig.first_page(Entity::Items))).await;
    assert!(pulls.iter().all(Result::is_ok));
    assert_eq!((upstream.logins(), upstream.data().len()), (1, 10));
}

#[tokio::test]
async fn a_token_is_renewed_five_minutes_before_its_end() {
    let upstream = Upstream::new(one_item).await;
    let rig = Rig::new(&upstream.url);
    rig.first_page(Entity::Items).await.unwrap();
    rig.pass_minutes(54);
    rig.first_page(Entity::Items).await.unwrap();
    assert_eq!(upstream.logins(), 1);
    rig.pass_minutes(1);
    rig.first_page(Entity::Items).await.unwrap();
    assert_eq!(upstream.logins(), 2);
}

#[tokio::test]
async fn a_token_that_tells_no_end_lives_an_hour() {
    let login = |_: &Asked| json(serde_json::json!({ "status": 0, "token": "opaque" }));
    let upstream = Upstream::with_login(login, one_item).await;
    let rig = Rig::new(&upstream.url);
    rig.first_page(Entity::Items).await.unwrap();
    rig.pass_minutes(54);
    rig.first_page(Entity::Items).await.unwrap();
    assert_eq!(upstream.logins(), 1);
    rig.pass_minutes(2);
    rig.first_page(Entity::Items).await.unwrap();
    assert_eq!(upstream.logins(), 2);
}

#[tokio::test]
async fn a_token_refused_in_mid_run_is_replaced_once_for_all_callers() {
    // The first token stops being accepted after the first page.
    let upstream = Upstream::new(|asked| {
        let first_token = asked.header("authorization").contains(&first_claims());
        match first_token && asked.before > 0 {
            true => refuse(401, 2001, "Invalid or expired token"),
            false => rows([item_row("00013")]),
        }
    })
    .await;
    let rig = Rig::new(&upstream.url);
    rig.first_page(Entity::Items).await.unwrap();
    let pulls = join_all((0..8).map(|_| rig.first_page(Entity::Items))).await;
    assert!(pulls.iter().all(Result::is_ok));
    assert_eq!(upstream.logins(), 2);
}

/// The middle part of the first token.
fn first_claims() -> String {
    use base64::Engine;
    let claims = serde_json::json!({ "n": 0, "iat": 1_000, "exp": 4_600 });
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(claims.to_string())
}

#[tokio::test]
async fn tokens_that_are_never_accepted_end_after_three_sign_ins() {
    let upstream = Upstream::new(|_| refuse(401, 2001, "Invalid or expired token")).await;
    let rig = Rig::new(&upstream.url);
    for _ in 0..6 {
        let error = rig.first_page(Entity::Items).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unauthorized);
        assert_eq!(error.retry(), Retry::Never);
    }
    assert_eq!(upstream.logins(), 3);
    rig.pass_minutes(2);
    rig.first_page(Entity::Items).await.unwrap_err();
    assert_eq!(upstream.logins(), 4);
}

#[tokio::test]
async fn a_refused_password_says_what_to_do_and_is_not_repeated() {
    let refused = |_: &Asked| refuse(401, 2000, &format!("wrong: {PASSWORD}"));
    let upstream = Upstream::with_login(refused, one_item).await;
    let rig = Rig::new(&upstream.url);
    let error = rig.first_page(Entity::Items).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    let text = error.to_string();
    assert!(
        text.contains("wms_user") && text.contains("settings"),
        "{text}"
    );
    assert!(!text.contains(PASSWORD), "{text}");
    assert!(upstream.data().is_empty());
    assert_eq!(upstream.logins(), 1);
}

#[tokio::test]
async fn a_sign_in_refused_inside_an_accepted_answer_is_a_refusal() {
    let login = |_: &Asked| json(serde_json::json!({ "status": 1, "message": "Bad credentials" }));
    let upstream = Upstream::with_login(login, one_item).await;
    let error = Rig::new(&upstream.url).first_page(Entity::Items).await;
    let error = error.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    assert!(error.to_string().contains("Bad credentials"), "{error}");
}

#[tokio::test]
async fn a_check_signs_in_afresh_and_reads_one_row() {
    let upstream = Upstream::with_login(|asked| token(asked.before, 3600), one_item).await;
    let rig = Rig::new(&upstream.url);
    rig.first_page(Entity::Items).await.unwrap();
    let report = rig.connector.check().await.unwrap();
    assert_eq!(upstream.logins(), 2);
    assert_eq!(upstream.data()[1].body["limit"], 1);
    assert!(report.detail.contains("wms_user"), "{}", report.detail);
}
