//! The language follows the person from device to device.

use crate::harness::{Harness, PASSWORD};
use reqwest::{Method, Response};
use serde_json::json;

/// Signs in on a device with that cookie; the session's cookie and what the device is told to speak.
async fn sign_in(server: &Harness, login: &str, device: &str) -> (String, Option<String>) {
    let mut browser = server.browser();
    browser.cookie = Some(device.to_owned());
    let typed = json!({ "login": login, "password": PASSWORD });
    let answer = browser.call("/api/fn/session/sign_in", &typed).await;
    let session = told(&answer, "crossdock").expect("a session");
    (format!("crossdock={session}"), told(&answer, "language"))
}

/// The value of a cookie that the answer sets.
fn told(answer: &Response, name: &str) -> Option<String> {
    let mut cookies = answer.headers().get_all("set-cookie").iter();
    cookies.find_map(|cookie| {
        let pair = cookie.to_str().ok()?.split(';').next()?;
        let (known, value) = pair.split_once('=')?;
        (known == name).then(|| value.to_owned())
    })
}

/// What the server notes of a device's choice.
async fn choose(server: &Harness, session: &str, word: &str) -> Option<String> {
    let request = server
        .request(Method::GET, "/api/v1/session")
        .header("cookie", format!("{session}; language={word}"));
    let answer = request.send().await.unwrap();
    assert_eq!(told(&answer, "language"), None, "the choice is the page's");
    told(&answer, "language_noted")
}

#[tokio::test]
async fn a_choice_made_while_signed_in_is_brought_to_the_next_device() {
    let server = Harness::start().await;
    let (session, nothing) = sign_in(&server, "marko", "theme=dark").await;
    assert_eq!(nothing, None, "nobody chose yet");
    assert_eq!(
        choose(&server, &session, "sr.new1").await.as_deref(),
        Some("sr.new1")
    );
    let noted = "sr.new1; language_noted=sr.new1";
    assert_eq!(choose(&server, &session, noted).await, None, "it is noted");
    let (_, spoken) = sign_in(&server, "marko", "theme=dark").await;
    assert_eq!(spoken.as_deref(), Some("sr"));
    let (_, spoken) = sign_in(&server, "marko", "language=ru").await;
    assert_eq!(
        spoken.as_deref(),
        Some("sr"),
        "the device spoke somebody else's"
    );
    let (_, spoken) = sign_in(&server, "marko", "language=sr").await;
    assert_eq!(spoken, None, "the device speaks it already");
    let (_, spoken) = sign_in(&server, "jelena", "language=ru").await;
    assert_eq!(spoken, None, "who never chose takes the device's");
}

#[tokio::test]
async fn a_choice_made_on_the_sign_in_page_is_worth_more_than_an_older_one() {
    let server = Harness::start().await;
    let (session, _) = sign_in(&server, "marko", "theme=dark").await;
    choose(&server, &session, "sr.new1").await;
    let (_, spoken) = sign_in(&server, "marko", "language=pl.next2").await;
    assert_eq!(spoken, None, "the device speaks it already");
    let (_, spoken) = sign_in(&server, "marko", "theme=dark").await;
    assert_eq!(spoken.as_deref(), Some("pl"));
}

#[tokio::test]
async fn a_choice_made_where_somebody_signs_in_is_never_that_of_who_is_signed_in_still() {
    let server = Harness::start().await;
    let (session, _) = sign_in(&server, "marko", "theme=dark").await;
    assert_eq!(choose(&server, &session, "ru.next1").await, None);
    let device = format!("{session}; language=ru.next1");
    sign_in(&server, "jelena", &device).await;
    let (_, spoken) = sign_in(&server, "marko", "theme=dark").await;
    assert_eq!(spoken, None, "it was not his");
    let (_, spoken) = sign_in(&server, "jelena", "theme=dark").await;
    assert_eq!(spoken.as_deref(), Some("ru"));
}

#[tokio::test]
async fn the_later_of_two_quick_choices_wins() {
    let server = Harness::start().await;
    let (session, _) = sign_in(&server, "marko", "theme=dark").await;
    let note = async |word: &str| choose(&server, &session, word).await;
    assert_eq!(note("sr.new1").await.as_deref(), Some("sr.new1"));
    assert_eq!(note("pl.new2").await.as_deref(), Some("pl.new2"));
    // The first request came last, and so did its answer: the device still speaks the second choice.
    assert_eq!(note("sr.new1").await.as_deref(), Some("sr.new1"));
    let late = "pl.new2; language_noted=sr.new1";
    assert_eq!(note(late).await.as_deref(), Some("pl.new2"));
    assert_eq!(note("pl.new2; language_noted=pl.new2").await, None);
    let (_, spoken) = sign_in(&server, "marko", "theme=dark").await;
    assert_eq!(spoken.as_deref(), Some("pl"));
}

#[tokio::test]
async fn a_language_that_is_none_and_a_choice_of_nobody_change_nothing() {
    let server = Harness::start().await;
    let (session, _) = sign_in(&server, "marko", "theme=dark").await;
    assert_eq!(choose(&server, &session, "xx.new1").await, None);
    assert_eq!(choose(&server, "theme=dark", "es.new1").await, None);
    let (_, spoken) = sign_in(&server, "marko", "theme=dark").await;
    assert_eq!(spoken, None);
}
