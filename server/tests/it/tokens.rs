//! Tokens of the REST API.

use crate::harness::Harness;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

async fn tasks(server: &Harness, token: &str) -> StatusCode {
    let request = server
        .request(Method::GET, "/api/v1/tasks")
        .bearer_auth(token);
    request.send().await.unwrap().status()
}

async fn refresh(server: &Harness, token: &Value) -> (StatusCode, Value) {
    let body = json!({ "refresh_token": token });
    let request = server
        .request(Method::POST, "/api/v1/auth/refresh")
        .json(&body);
    let answer = request.send().await.unwrap();
    (answer.status(), answer.json().await.unwrap())
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn claims(token: &str) -> Value {
    let part = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

#[tokio::test]
async fn an_access_token_is_good_for_fifteen_minutes() {
    let server = Harness::start().await;
    let pair = server.tokens("marko").await;
    assert_eq!(pair["token_type"], "Bearer");
    assert_eq!(pair["expires_in"], 900);
    assert_eq!(pair["user"]["login"], "marko");
    let access = pair["access_token"].as_str().unwrap();
    assert_eq!(tasks(&server, access).await, StatusCode::OK);
    server.advance(TimeDelta::seconds(901));
    assert_eq!(tasks(&server, access).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_refresh_token_works_once_and_a_second_use_ends_the_family() {
    let server = Harness::start().await;
    let first = server.tokens("marko").await;
    let (status, second) = refresh(&server, &first["refresh_token"]).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        tasks(&server, second["access_token"].as_str().unwrap()).await,
        StatusCode::OK
    );
    let (status, problem) = refresh(&server, &first["refresh_token"]).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert_eq!(problem["code"], "invalid_token");
    let (status, _) = refresh(&server, &second["refresh_token"]).await;
    assert_eq!(
        status,
        StatusCode::UNAUTHORIZED,
        "the thief's or the owner's copy: both are dead"
    );
    let other = server.tokens("marko").await;
    let (status, _) = refresh(&server, &other["refresh_token"]).await;
    assert_eq!(status, StatusCode::OK, "another sign-in is untouched");
}

#[tokio::test]
async fn the_access_tokens_of_a_sign_in_end_with_it_and_those_of_another_go_on() {
    let server = Harness::start().await;
    let access = |pair: &Value| pair["access_token"].as_str().unwrap().to_owned();
    let other = server.access_token("marko").await;
    let first = server.tokens("marko").await;
    let (_, second) = refresh(&server, &first["refresh_token"]).await;
    for pair in [&first, &second] {
        assert_eq!(tasks(&server, &access(pair)).await, StatusCode::OK);
    }
    let (status, _) = refresh(&server, &first["refresh_token"]).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED, "used twice");
    for pair in [&first, &second] {
        let status = tasks(&server, &access(pair)).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "stolen, maybe");
    }
    let left = server.tokens("marko").await;
    let body = json!({ "refresh_token": left["refresh_token"] });
    let request = server.request(Method::POST, "/api/v1/auth/revoke");
    let answer = request.json(&body).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::NO_CONTENT);
    let status = tasks(&server, &access(&left)).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED, "signed out");
    assert_eq!(tasks(&server, &other).await, StatusCode::OK);
}

#[tokio::test]
async fn two_uses_at_once_give_at_most_one_pair() {
    let server = Harness::start().await;
    let pair = server.tokens("marko").await;
    let token = &pair["refresh_token"];
    let (a, b) = tokio::join!(refresh(&server, token), refresh(&server, token));
    let good = [a.0, b.0]
        .into_iter()
        .filter(|status| status.is_success())
        .count();
    assert_eq!(good, 1);
}

/// Whichever comes first, nothing that came of the sign-in is good any more.
#[tokio::test]
async fn a_token_used_again_while_the_next_one_is_exchanged_ends_both() {
    let server = Harness::start().await;
    for _ in 0..8 {
        let first = server.tokens("marko").await;
        let (_, second) = refresh(&server, &first["refresh_token"]).await;
        let (_, (status, third)) = tokio::join!(
            refresh(&server, &first["refresh_token"]),
            refresh(&server, &second["refresh_token"])
        );
        let mut ended = vec![first, second];
        if status.is_success() {
            ended.push(third);
        }
        for pair in &ended {
            let access = pair["access_token"].as_str().unwrap();
            assert_eq!(tasks(&server, access).await, StatusCode::UNAUTHORIZED);
            let next = refresh(&server, &pair["refresh_token"]).await;
            assert_eq!(next.0, StatusCode::UNAUTHORIZED);
        }
    }
}

/// One that was exchanged while all of its login were revoked.
#[tokio::test]
async fn a_token_of_a_revoked_sign_in_is_refused_although_nobody_revoked_it() {
    let server = Harness::start().await;
    let first = server.tokens("marko").await;
    let (_, second) = refresh(&server, &first["refresh_token"]).await;
    let all_but_the_last = "update refresh_tokens set revoked_at = now() where used_at is not null";
    let revoked = sqlx::query(all_but_the_last).execute(&server.admin()).await;
    assert_eq!(revoked.unwrap().rows_affected(), 1);
    let next = refresh(&server, &second["refresh_token"]).await;
    assert_eq!(next.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_refresh_token_dies_of_age_and_of_revocation() {
    let server = Harness::start().await;
    let old = server.tokens("marko").await;
    server.advance(TimeDelta::days(31));
    assert_eq!(
        refresh(&server, &old["refresh_token"]).await.0,
        StatusCode::UNAUTHORIZED
    );
    let pair = server.tokens("marko").await;
    let body = json!({ "refresh_token": pair["refresh_token"] });
    let request = server
        .request(Method::POST, "/api/v1/auth/revoke")
        .json(&body);
    assert_eq!(
        request.send().await.unwrap().status(),
        StatusCode::NO_CONTENT
    );
    assert_eq!(
        refresh(&server, &pair["refresh_token"]).await.0,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn forged_tokens_open_nothing() {
    let server = Harness::start().await;
    let pair = server.tokens("marko").await;
    let good = pair["access_token"].as_str().unwrap();
    let claims = claims(good);
    let [header, payload, signature] = good.split('.').collect::<Vec<_>>()[..] else {
        panic!("no JWT: {good}");
    };
    let unsigned = |algorithm: &str| {
        let header = part(&json!({ "alg": algorithm, "typ": "at+jwt" }));
        format!("{header}.{payload}.")
    };
    let mut admin = claims.clone();
    admin["sub"] = json!("1");
    let forged = [
        unsigned("none"),
        unsigned("None"),
        unsigned("HS256"),
        format!("{header}.{}.{signature}", part(&admin)),
        format!(
            "{}.{payload}.{signature}",
            part(&json!({ "alg": "HS512", "typ": "at+jwt" }))
        ),
        pair["refresh_token"].as_str().unwrap().to_owned(),
        good[..good.len() - 2].to_owned(),
        String::from("a.b.c"),
    ];
    for token in forged {
        assert_eq!(
            tasks(&server, &token).await,
            StatusCode::UNAUTHORIZED,
            "{token}"
        );
    }
    assert_eq!(tasks(&server, good).await, StatusCode::OK);
}

#[tokio::test]
async fn a_token_of_another_kind_or_audience_is_refused_although_signed_by_us() {
    let server = Harness::start().await;
    let good = server.access_token("marko").await;
    let key = jsonwebtoken::EncodingKey::from_secret(&server.secret.derive("access tokens"));
    let sign = |typ: &str, claims: &Value| {
        let mut header = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::HS256);
        header.typ = Some(typ.to_owned());
        jsonwebtoken::encode(&header, claims, &key).unwrap()
    };
    let claims = claims(&good);
    assert_eq!(
        tasks(&server, &sign("at+jwt", &claims)).await,
        StatusCode::OK
    );
    assert_eq!(
        tasks(&server, &sign("JWT", &claims)).await,
        StatusCode::UNAUTHORIZED
    );
    for (claim, value) in [
        ("aud", json!("another-api")),
        ("iss", json!("somebody")),
        ("epoch", json!("00000000-0000-0000-0000-000000000000")),
        ("family", json!("00000000-0000-0000-0000-000000000000")),
        ("exp", json!(1)),
    ] {
        let mut wrong = claims.clone();
        wrong[claim] = value;
        let status = tasks(&server, &sign("at+jwt", &wrong)).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{claim}");
        wrong.as_object_mut().unwrap().remove(claim);
        let status = tasks(&server, &sign("at+jwt", &wrong)).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "without {claim}");
    }
}
