//! Passwords for one sign-in, sessions and how long they last, the audit as a file.

use crate::harness::{Browser, Harness, PASSWORD};
use chrono::TimeDelta;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

const WHO: &str = "/api/fn/session/who";
const OWN: &str = "a password of my own";

async fn ask(browser: &Browser<'_>, path: &str, arguments: Value) -> Value {
    let answer = browser.call(&format!("/api/fn/{path}"), &arguments).await;
    let status = answer.status();
    let text = answer.text().await.unwrap();
    assert_eq!(status, StatusCode::OK, "{path}: {text}");
    serde_json::from_str(&text).unwrap()
}

async fn status(browser: &Browser<'_>, path: &str) -> StatusCode {
    browser.call(path, &json!({})).await.status()
}

async fn one_time(server: &Harness) -> String {
    let ana = server.sign_in("ana").await;
    let marko = server.caller("marko").await.user_id;
    let made = ask(&ana, "users/reset_password", json!({ "id": marko })).await;
    made["password"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_password_given_by_an_admin_opens_nothing_but_choosing_another() {
    let server = Harness::start().await;
    let before = server.sign_in("marko").await;
    let given = one_time(&server).await;
    assert_eq!(status(&before, WHO).await, StatusCode::UNAUTHORIZED);

    let mut browser = server.browser();
    assert!(
        !browser
            .try_sign_in("marko", PASSWORD)
            .await
            .status()
            .is_success()
    );
    let arrived: Value = browser
        .try_sign_in("marko", &given)
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(arrived["password_due"], true);
    assert_eq!(status(&browser, WHO).await, StatusCode::UNAUTHORIZED);
    let page = browser.get("/admin").await;
    assert_eq!(page.headers()["location"], "/password");
    assert_eq!(browser.get("/password").await.status(), StatusCode::OK);
    assert_eq!(
        browser.get("/api/v1/tasks").await.status(),
        StatusCode::FORBIDDEN
    );
    let body = json!({ "login": "marko", "password": given });
    let token = server
        .request(Method::POST, "/api/v1/auth/token")
        .json(&body);
    assert_eq!(token.send().await.unwrap().status(), StatusCode::FORBIDDEN);

    for (old, new) in [("wrong", OWN), (&*given, &*given), (&*given, "short")] {
        let change = json!({ "old": old, "new": new });
        let answer = browser
            .call("/api/fn/session/change_password", &change)
            .await;
        assert_eq!(
            answer.status(),
            StatusCode::UNPROCESSABLE_ENTITY,
            "{old} {new}"
        );
    }
    let change = json!({ "old": given, "new": OWN });
    let answer = browser
        .call("/api/fn/session/change_password", &change)
        .await;
    assert_eq!(answer.status(), StatusCode::OK);
    let mut again = server.browser();
    let arrived: Value = again.try_sign_in("marko", OWN).await.json().await.unwrap();
    assert_eq!(arrived["password_due"], false);
    assert_eq!(status(&again, WHO).await, StatusCode::OK);
}

#[tokio::test]
async fn a_new_login_gets_a_password_for_one_sign_in() {
    let server = Harness::start().await;
    let ana = server.sign_in("ana").await;
    let new = json!({ "new": { "login": "vera", "name": "Vera", "role": "lead", "team_id": null,
        "warehouses": [server.site.warehouse] } });
    let made = ask(&ana, "users/create", new).await;
    let given = made["password"].as_str().unwrap();
    assert_eq!(given.len(), 19);
    let mut browser = server.browser();
    let arrived: Value = browser
        .try_sign_in("vera", given)
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(arrived["password_due"], true);
}

#[tokio::test]
async fn nobody_changes_a_password_without_signing_in() {
    let server = Harness::start().await;
    let change = json!({ "old": PASSWORD, "new": OWN });
    let answer = server
        .browser()
        .call("/api/fn/session/change_password", &change)
        .await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn changing_ones_password_ends_the_other_sessions_and_keeps_this_one() {
    let server = Harness::start().await;
    let other = server.sign_in("marko").await;
    let mut own = server.sign_in("marko").await;
    let change = json!({ "old": PASSWORD, "new": OWN });
    let answer = own.call("/api/fn/session/change_password", &change).await;
    let set = answer.headers()["set-cookie"].to_str().unwrap();
    own.cookie = set.split(';').next().map(str::to_owned);
    assert_eq!(status(&own, WHO).await, StatusCode::OK);
    assert_eq!(status(&other, WHO).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn an_admin_sees_sessions_and_ends_one_of_them() {
    let server = Harness::start().await;
    let (one, other) = (server.sign_in("marko").await, server.sign_in("marko").await);
    let ana = server.sign_in("ana").await;
    let id = server.caller("marko").await.user_id;
    server.advance(TimeDelta::minutes(5));
    assert_eq!(status(&one, WHO).await, StatusCode::OK);
    let user = ask(&ana, "users/get", json!({ "id": id })).await;
    let sessions = user["sessions"].as_array().unwrap();
    assert_eq!(sessions.len(), 2);
    assert_eq!(sessions[0]["source"], "127.0.0.1");
    let last_used = sessions[0]["id"].clone();
    ask(
        &ana,
        "users/revoke_session",
        json!({ "id": id, "session": last_used }),
    )
    .await;
    assert_eq!(status(&one, WHO).await, StatusCode::UNAUTHORIZED);
    assert_eq!(status(&other, WHO).await, StatusCode::OK);
    ask(&ana, "users/revoke_everything", json!({ "id": id })).await;
    assert_eq!(status(&other, WHO).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn an_enabled_user_signs_in_with_the_old_password_again() {
    let server = Harness::start().await;
    let ana = server.sign_in("ana").await;
    let id = server.caller("marko").await.user_id;
    ask(
        &ana,
        "users/set_active",
        json!({ "ids": [id], "active": false }),
    )
    .await;
    let mut browser = server.browser();
    assert!(
        !browser
            .try_sign_in("marko", PASSWORD)
            .await
            .status()
            .is_success()
    );
    ask(&ana, "users/enable", json!({ "id": id })).await;
    assert!(
        browser
            .try_sign_in("marko", PASSWORD)
            .await
            .status()
            .is_success()
    );
}

#[tokio::test]
async fn a_session_lasts_while_it_is_used_but_not_for_ever() {
    let limits = [
        ("CROSSDOCK_SESSION_HOURS", "10"),
        ("CROSSDOCK_SESSION_IDLE_HOURS", "2"),
    ];
    let server = Harness::start_with(&limits).await;
    let used = server.sign_in("marko").await;
    let idle = server.sign_in("jelena").await;
    for hour in 1..10 {
        server.advance(TimeDelta::hours(1));
        assert_eq!(
            status(&used, WHO).await,
            StatusCode::OK,
            "after {hour} hours"
        );
    }
    assert_eq!(status(&idle, WHO).await, StatusCode::UNAUTHORIZED);
    server.advance(TimeDelta::minutes(61));
    assert_eq!(status(&used, WHO).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_audit_file_holds_every_entry_as_a_sentence_and_no_formula() {
    let server = Harness::start().await;
    let ana = server.sign_in("ana").await;
    let caller = server.caller("ana").await;
    for number in 0..2_100 {
        let facts = json!({ "before": "=1+1", "after": "x" });
        let subject = format!("=cmd|{number}");
        let now = server.now();
        operations::audit::record(
            &server.store,
            Some(&caller),
            "TEAM_SAVED",
            &subject,
            facts,
            now,
        )
        .await
        .unwrap();
    }
    let answer = ana.get("/exports/audit/csv?action=TEAM_SAVED").await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["content-type"], "text/csv; charset=utf-8");
    // As bytes: reading it as text would take the mark away that tells Excel the encoding.
    let bytes = answer.bytes().await.unwrap();
    let text = std::str::from_utf8(&bytes).unwrap();
    let lines: Vec<&str> = text.trim_end().split("\r\n").collect();
    assert_eq!(lines.len(), 1 + 2_100);
    assert!(
        lines[0].starts_with("\u{feff}When,UTC,Who,"),
        "{}",
        lines[0]
    );
    assert!(
        lines[1].contains("Ana Jovanović changed the team =cmd|2099"),
        "{}",
        lines[1]
    );
    assert!(lines[1].ends_with("\"'=cmd|2099\""), "{}", lines[1]);
    assert!(lines[1].contains("\"'=1+1 → x\""), "{}", lines[1]);
    let tv = server.sign_in("tv").await;
    assert_eq!(
        tv.get("/exports/audit/csv").await.status(),
        StatusCode::FORBIDDEN
    );
    let nobody = server.browser().get("/exports/audit/csv").await;
    assert_eq!(nobody.status(), StatusCode::UNAUTHORIZED);
}
