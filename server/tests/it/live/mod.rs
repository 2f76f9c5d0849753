//! The live link.

mod socket;

pub use socket::open;

use crate::floor::{self, Floor};
use crate::harness::{Harness, STRANGER};
use domain::live::{ServerMessage, Topic};
use futures::SinkExt as _;
use reqwest::{Method, StatusCode};
use serde_json::json;
use socket::{PATIENCE, connect};
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{CloseCode, Data, OpCode};
use uuid::Uuid;

async fn pick(server: &Harness, floor: &Floor) {
    let token = server.access_token("marko").await;
    let body = floor::pick(floor, Uuid::new_v4(), "1");
    let request = server
        .request(Method::POST, "/api/v1/operations")
        .bearer_auth(token);
    assert_eq!(
        request.json(&body).send().await.unwrap().status(),
        StatusCode::OK
    );
}

#[tokio::test]
async fn a_pick_reaches_those_who_listen_and_no_other_company() {
    let server = Harness::start().await;
    let floor = floor::prepare(&server).await;
    let luka = server.sign_in("luka").await;
    let tv = server.sign_in("tv").await;
    let mira = server.sign_in(STRANGER).await;
    let document = Topic::Document(floor.document.0);
    let board = Topic::Board(server.site.warehouse.0);
    let mut lead = open(&server, &luka).await;
    lead.subscribe(&[document], None).await;
    let mut screen = open(&server, &tv).await;
    screen.subscribe(&[board], None).await;
    let mut stranger = open(&server, &mira).await;
    let everything = [document, board, Topic::Documents, Topic::Tasks];
    let (granted, _) = stranger.subscribe(&everything, None).await;
    assert!(
        !granted.contains(&board),
        "the board of another company's site"
    );
    pick(&server, &floor).await;
    let seen = lead.event().await;
    assert!(seen.topics.contains(&document));
    assert_eq!(screen.event().await.id, seen.id);
    stranger.hears_nothing().await;
}

#[tokio::test]
async fn two_workers_of_a_task_hear_of_each_other_and_others_do_not() {
    let server = Harness::start().await;
    let floor = floor::prepare(&server).await;
    let luka = server.caller("luka").await;
    let team = server.caller("marko").await.team_id.unwrap();
    let to = domain::task::Assignee::Team(team);
    operations::tasks::assign(&server.store, &luka, floor.task, to, server.now())
        .await
        .unwrap();
    let document = Topic::Document(floor.document.0);
    let jelena = server.sign_in("jelena").await;
    let mut colleague = open(&server, &jelena).await;
    let (granted, _) = colleague.subscribe(&[document, Topic::Tasks], None).await;
    assert_eq!(granted, [document]);
    let tv = server.sign_in("tv").await;
    let mut screen = open(&server, &tv).await;
    assert_eq!(
        screen.subscribe(&[document, Topic::Items], None).await.0,
        []
    );
    pick(&server, &floor).await;
    assert!(colleague.event().await.topics.contains(&document));
}

#[tokio::test]
async fn a_stranger_and_another_site_get_no_link() {
    let server = Harness::start().await;
    let luka = server.sign_in("luka").await;
    let cookie = luka.cookie.as_deref();
    let ours = server.origin();
    let refused = async |cookie, origin| connect(&server, cookie, origin).await.err();
    assert_eq!(
        refused(None, Some(ours.as_str())).await,
        Some(StatusCode::UNAUTHORIZED)
    );
    assert_eq!(
        refused(cookie, Some("https://evil.example")).await,
        Some(StatusCode::FORBIDDEN)
    );
    assert_eq!(
        refused(cookie, Some("null")).await,
        Some(StatusCode::FORBIDDEN)
    );
    assert_eq!(refused(cookie, None).await, Some(StatusCode::FORBIDDEN));
    assert!(connect(&server, cookie, Some(&ours)).await.is_ok());
}

#[tokio::test]
async fn resuming_misses_nothing_although_an_earlier_id_commits_later() {
    let server = Harness::start().await;
    let luka = server.sign_in("luka").await;
    let company = server.site.company;
    let tell = async |topic: Topic, what: &str| {
        let mut tx = server
            .store
            .begin(store::Scope::Company(company))
            .await
            .unwrap();
        store::live::publish(&mut tx, company, None, &[topic], what)
            .await
            .unwrap();
        tx
    };
    let mut socket = open(&server, &luka).await;
    socket.subscribe(&[Topic::Items], None).await;
    // The slow transaction takes the lower id and commits after the fast one was seen.
    let slow = tell(Topic::Items, "slow").await;
    let fast = tell(Topic::Items, "fast").await;
    fast.commit().await.unwrap();
    let seen = socket.event().await;
    assert_eq!(seen.what, "fast");
    drop(socket);
    slow.commit().await.unwrap();
    let mut socket = open(&server, &luka).await;
    socket
        .subscribe(&[Topic::Items], Some(&seen.position))
        .await;
    let mut whats = vec![socket.event().await.what];
    if whats[0] == "fast" {
        whats.push(socket.event().await.what);
    }
    assert!(whats.contains(&"slow".to_owned()), "{whats:?}");
}

#[tokio::test]
async fn a_late_commit_reaches_an_open_socket_too() {
    let server = Harness::start().await;
    let luka = server.sign_in("luka").await;
    let company = server.site.company;
    let mut socket = open(&server, &luka).await;
    socket.subscribe(&[Topic::Items], None).await;
    let mut slow = server
        .store
        .begin(store::Scope::Company(company))
        .await
        .unwrap();
    store::live::publish(&mut slow, company, None, &[Topic::Items], "slow")
        .await
        .unwrap();
    for number in 0..3 {
        let mut fast = server
            .store
            .begin(store::Scope::Company(company))
            .await
            .unwrap();
        let what = format!("fast {number}");
        store::live::publish(&mut fast, company, None, &[Topic::Items], &what)
            .await
            .unwrap();
        fast.commit().await.unwrap();
        assert_eq!(socket.event().await.what, what);
    }
    slow.commit().await.unwrap();
    assert_eq!(socket.event().await.what, "slow");
    socket.hears_nothing().await;
}

#[tokio::test]
async fn a_position_that_is_none_means_reading_everything_again() {
    let server = Harness::start().await;
    let luka = server.sign_in("luka").await;
    for position in ["", "yesterday", "1:2", "1:1:' or true--"] {
        let mut socket = open(&server, &luka).await;
        socket.subscribe(&[Topic::Items], Some(position)).await;
        let next = socket.next(PATIENCE).await;
        assert!(
            matches!(next, Some(ServerMessage::Resync { .. })),
            "{position}: {next:?}"
        );
    }
}

#[tokio::test]
async fn signing_out_closes_the_link_at_once() {
    let server = Harness::start().await;
    let luka = server.sign_in("luka").await;
    let mut socket = open(&server, &luka).await;
    socket.subscribe(&[Topic::Items], None).await;
    luka.call("/api/fn/session/sign_out", &json!({})).await;
    assert!(socket.is_closed_within(Duration::from_secs(2)).await);
}

#[tokio::test]
async fn a_disabled_user_loses_the_link_within_seconds() {
    let server = Harness::start().await;
    let marko = server.sign_in("marko").await;
    let mut socket = open(&server, &marko).await;
    let id = server.caller("marko").await.user_id;
    socket.subscribe(&[Topic::WorkerTasks(id.0)], None).await;
    let ana = server.caller("ana").await;
    operations::users::disable(&server.store, &ana, id, server.now())
        .await
        .unwrap();
    assert!(socket.is_closed_within(Duration::from_secs(7)).await);
}

#[tokio::test]
async fn nonsense_and_oversized_messages_close_the_link() {
    let server = Harness::start().await;
    let luka = server.sign_in("luka").await;
    for text in ["{}".to_owned(), "x".repeat(20_000)] {
        let mut socket = open(&server, &luka).await;
        socket.0.send(Message::text(text)).await.unwrap();
        assert!(socket.is_closed_within(PATIENCE).await);
    }
}

#[tokio::test]
async fn a_ping_is_answered_with_its_payload_and_a_close_with_its_code() {
    let server = Harness::start().await;
    let luka = server.sign_in("luka").await;
    let mut socket = open(&server, &luka).await;
    let ping = Message::Ping("are you there".into());
    socket.0.send(ping).await.unwrap();
    assert_eq!(
        socket.frame().await,
        Some(Message::Pong("are you there".into()))
    );
    let close = CloseFrame {
        code: CloseCode::Away,
        reason: "bye".into(),
    };
    socket.0.send(Message::Close(Some(close))).await.unwrap();
    assert_eq!(socket.close_code().await, Some(CloseCode::Away));
    assert!(socket.frame().await.is_none());
}

#[tokio::test]
async fn a_subscription_in_parts_is_understood() {
    let server = Harness::start().await;
    let luka = server.sign_in("luka").await;
    let mut socket = open(&server, &luka).await;
    let text = r#"{"type":"subscribe","topics":["items"],"resume":null}"#;
    let (first, second) = text.split_at(20);
    for (part, kind, is_last) in [(first, Data::Text, false), (second, Data::Continue, true)] {
        let frame = Frame::message(part.to_owned(), OpCode::Data(kind), is_last);
        socket.0.send(Message::Frame(frame)).await.unwrap();
    }
    let answer = socket.frame().await.unwrap();
    assert!(answer.to_text().unwrap().contains("subscribed"), "{answer}");
}

#[tokio::test]
async fn what_a_client_must_not_send_ends_its_link_with_a_code_that_says_why() {
    let server = Harness::start().await;
    let luka = server.sign_in("luka").await;
    for (message, code) in [
        (Message::text("{}"), CloseCode::Invalid),
        (Message::text("x".repeat(20_000)), CloseCode::Size),
        (Message::binary(vec![1, 2, 3]), CloseCode::Unsupported),
    ] {
        let mut socket = open(&server, &luka).await;
        socket.0.send(message).await.unwrap();
        assert_eq!(socket.close_code().await, Some(code));
    }
    let mut socket = open(&server, &luka).await;
    let unmasked = [0x81, 0x02, b'{', b'}'];
    socket.0.get_mut().write_all(&unmasked).await.unwrap();
    assert_eq!(socket.close_code().await, Some(CloseCode::Protocol));
}

#[tokio::test]
async fn a_resumed_link_hears_all_it_missed_in_order_before_what_is_new() {
    let server = Harness::start().await;
    let luka = server.sign_in("luka").await;
    let company = server.site.company;
    let happen = async |count: usize| {
        let scope = store::Scope::Company(company);
        let mut tx = server.store.begin(scope).await.unwrap();
        for number in 0..count {
            let what = format!("{number}");
            store::live::publish(&mut tx, company, None, &[Topic::Items], &what)
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
    };
    let mut socket = open(&server, &luka).await;
    let (_, position) = socket.subscribe(&[Topic::Items], None).await;
    drop(socket);
    happen(600).await;
    let mut socket = open(&server, &luka).await;
    socket.subscribe(&[Topic::Items], Some(&position)).await;
    let mut last = 0;
    for number in 0..600 {
        let event = socket.event().await;
        assert_eq!(event.what, number.to_string());
        assert!(event.id > last);
        last = event.id;
    }
    happen(1).await;
    assert!(socket.event().await.id > last);
}
