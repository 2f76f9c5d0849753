//! Browser sessions: ids, ends, throttle.

use crate::harness::{Harness, PASSWORD};
use chrono::TimeDelta;
use reqwest::StatusCode;
use serde_json::json;

const WHO: &str = "/api/fn/session/who";

#[tokio::test]
async fn the_session_id_changes_when_somebody_signs_in() {
    let server = Harness::start().await;
    let mut browser = server.browser();
    let planted = "crossdock=AAAAAAAAAAAAAAAAAAAAAA".to_owned();
    browser.cookie = Some(planted.clone());
    browser.try_sign_in("marko", PASSWORD).await;
    let first = browser.cookie.clone().unwrap();
    assert_ne!(first, planted);
    browser.try_sign_in("jelena", PASSWORD).await;
    let second = browser.cookie.clone().unwrap();
    assert_ne!(second, first);
    for dead in [planted, first] {
        let mut other = server.browser();
        other.cookie = Some(dead);
        assert_eq!(
            other.call(WHO, &json!({})).await.status(),
            StatusCode::UNAUTHORIZED
        );
    }
    let who: serde_json::Value = browser.call(WHO, &json!({})).await.json().await.unwrap();
    assert_eq!(who["caller"]["login"], "jelena");
}

#[tokio::test]
async fn the_cookie_is_kept_from_scripts_and_the_table_holds_no_cookie() {
    let server = Harness::start().await;
    let mut browser = server.browser();
    let answer = browser.try_sign_in("marko", PASSWORD).await;
    let set = answer.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(
        set.contains("HttpOnly") && set.contains("SameSite=Lax"),
        "{set}"
    );
    assert!(!set.contains("Secure"), "plain http would lose it: {set}");
    let value = browser.cookie.unwrap().replace("crossdock=", "");
    let rows: Vec<(String, Option<i64>)> = sqlx::query_as("select id, user_id from sessions")
        .fetch_all(server.store.pool())
        .await
        .unwrap();
    let marko = server.caller("marko").await.user_id.0;
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].1, Some(marko));
    assert_eq!(rows[0].0.len(), 64);
    assert!(!rows[0].0.contains(&value));
}

#[tokio::test]
async fn signing_out_ends_the_session_on_the_server() {
    let server = Harness::start().await;
    let browser = server.sign_in("marko").await;
    assert_eq!(browser.call(WHO, &json!({})).await.status(), StatusCode::OK);
    let out = browser.call("/api/fn/session/sign_out", &json!({})).await;
    assert_eq!(out.status(), StatusCode::OK);
    assert_eq!(
        browser.call(WHO, &json!({})).await.status(),
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn a_disabled_user_is_out_at_once_everywhere() {
    let server = Harness::start().await;
    let marko = server.sign_in("marko").await;
    let tokens = server.tokens("marko").await;
    let ana = server.sign_in("ana").await;
    let id = server.caller("marko").await.user_id;
    let done = ana
        .call("/api/fn/users/disable", &json!({ "id": id }))
        .await;
    assert_eq!(done.status(), StatusCode::OK);
    assert_eq!(
        marko.call(WHO, &json!({})).await.status(),
        StatusCode::UNAUTHORIZED
    );
    let access = tokens["access_token"].as_str().unwrap();
    let asked = server
        .request(reqwest::Method::GET, "/api/v1/tasks")
        .bearer_auth(access);
    assert_eq!(
        asked.send().await.unwrap().status(),
        StatusCode::UNAUTHORIZED
    );
    let refresh = json!({ "refresh_token": tokens["refresh_token"] });
    let again = server
        .request(reqwest::Method::POST, "/api/v1/auth/refresh")
        .json(&refresh);
    assert_eq!(
        again.send().await.unwrap().status(),
        StatusCode::UNAUTHORIZED
    );
    let mut browser = server.browser();
    let answer = browser.try_sign_in("marko", PASSWORD).await;
    assert!(!answer.status().is_success());
}

#[tokio::test]
async fn a_new_password_ends_every_session() {
    let server = Harness::start().await;
    let marko = server.sign_in("marko").await;
    let caller = server.caller("marko").await;
    let ana = store::users::find_for_login(&server.store, "ana")
        .await
        .unwrap()
        .unwrap();
    let hash = ana.password_hash;
    operations::users::change_own_password(&server.store, &caller, &hash, server.now())
        .await
        .unwrap();
    assert_eq!(
        marko.call(WHO, &json!({})).await.status(),
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn a_session_ends_with_its_time() {
    let server = Harness::start_with(&[("CROSSDOCK_SESSION_HOURS", "2")]).await;
    let marko = server.sign_in("marko").await;
    server.advance(TimeDelta::minutes(119));
    assert_eq!(marko.call(WHO, &json!({})).await.status(), StatusCode::OK);
    server.advance(TimeDelta::minutes(2));
    assert_eq!(
        marko.call(WHO, &json!({})).await.status(),
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn ten_failures_pause_an_account_for_the_window() {
    let server = Harness::start().await;
    let mut browser = server.browser();
    for attempt in 0..10 {
        let answer = browser.try_sign_in("marko", "wrong").await;
        let text = answer.text().await.unwrap();
        assert!(text.contains("wrong"), "attempt {attempt}: {text}");
    }
    let paused = browser
        .try_sign_in("marko", PASSWORD)
        .await
        .text()
        .await
        .unwrap();
    assert!(paused.contains("Too many"), "{paused}");
    assert!(browser.cookie.is_none());
    let other = browser.try_sign_in("jelena", PASSWORD).await;
    assert_eq!(other.status(), StatusCode::OK, "another account is free");
    server.advance(TimeDelta::minutes(16));
    let later = browser.try_sign_in("marko", PASSWORD).await;
    assert_eq!(later.status(), StatusCode::OK);
}

#[tokio::test]
async fn one_source_cannot_try_many_accounts() {
    let server = Harness::start_with(&[("CROSSDOCK_LOGIN_FAILURES_PER_SOURCE", "5")]).await;
    let mut browser = server.browser();
    for attempt in 0..5 {
        browser
            .try_sign_in(&format!("nobody{attempt}"), "wrong")
            .await;
    }
    let body = json!({ "login": "marko", "password": PASSWORD });
    let request = server
        .request(reqwest::Method::POST, "/api/v1/auth/token")
        .json(&body);
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(answer.headers()["retry-after"], "900");
}

#[tokio::test]
async fn an_unknown_login_is_answered_like_a_wrong_password() {
    let server = Harness::start().await;
    let mut browser = server.browser();
    let wrong = browser.try_sign_in("marko", "wrong").await;
    let unknown = browser.try_sign_in("nobody", "wrong").await;
    assert_eq!(wrong.status(), unknown.status());
    assert_eq!(wrong.text().await.unwrap(), unknown.text().await.unwrap());
}

#[tokio::test]
async fn signing_in_and_out_is_audited() {
    let server = Harness::start().await;
    let mut browser = server.browser();
    browser.try_sign_in("marko", "wrong").await;
    browser.try_sign_in("marko", PASSWORD).await;
    browser.call("/api/fn/session/sign_out", &json!({})).await;
    let ana = server.caller("ana").await;
    let entries = store::audit::list(
        &server.store,
        &ana,
        &domain::audit::AuditFilter::default(),
        None,
        50,
    )
    .await
    .unwrap()
    .rows;
    let acts: Vec<&str> = entries
        .iter()
        .filter(|entry| entry.subject == "marko")
        .map(|entry| entry.action.as_str())
        .collect();
    assert_eq!(&acts[..3], ["SIGN_OUT", "SIGN_IN", "SIGN_IN_FAILED"]);
    assert_eq!(entries[0].details["source"], "127.0.0.1");
}

#[tokio::test]
async fn a_screen_keeps_its_session_whatever_answer_gets_lost() {
    let server = Harness::start().await;
    let mut tv = server.browser();
    let begun = tv.call("/api/fn/screens/begin", &json!({})).await;
    let pairing: serde_json::Value = begun.json().await.unwrap();
    let luka = server.sign_in("luka").await;
    let plan = json!({
        "name": "Hall", "warehouse_id": server.site.warehouse, "boards": ["shift"],
        "rotate_seconds": 20, "names": "full",
    });
    let paired = json!({ "code": pairing["code"], "plan": plan });
    let paired = luka.call("/api/fn/screens/pair", &paired).await;
    assert_eq!(paired.status(), StatusCode::OK);
    let ask = json!({ "secret": pairing["secret"] });
    let answer = tv.call("/api/fn/screens/ask", &ask).await;
    let kept = |answer: &reqwest::Response| {
        let set = answer.headers()["set-cookie"].to_str().unwrap().to_owned();
        assert!(set.contains("Max-Age=7776000"), "{set}");
        set.split(';').next().unwrap().to_owned()
    };
    let cookie = kept(&answer);
    tv.cookie = Some(cookie.clone());
    // Ten days of answers, none of which the screen needs to have heard.
    for _ in 0..10 {
        server.advance(TimeDelta::days(1));
        let answer = tv.call("/api/fn/screens/own", &json!({})).await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(kept(&answer), cookie);
    }
}
