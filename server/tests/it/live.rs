//! The live link.

use crate::floor::{self, Floor};
use crate::harness::{Browser, Harness, STRANGER};
use domain::live::{ClientMessage, LiveEvent, ServerMessage, Topic};
use futures::{SinkExt as _, StreamExt as _};
use reqwest::{Method, StatusCode};
use serde_json::json;
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{CloseCode, Data, OpCode};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use uuid::Uuid;

/// Longer than anything here should take; a test that waits for it fails.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a message that must not come is waited for.
const SILENCE: Duration = Duration::from_millis(400);

pub struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

async fn connect(
    server: &Harness,
    cookie: Option<&str>,
    origin: Option<&str>,
) -> Result<Socket, StatusCode> {
    let mut request = format!("ws://{}/live", server.address)
        .into_client_request()
        .unwrap();
    if let Some(cookie) = cookie {
        request
            .headers_mut()
            .insert("cookie", cookie.parse().unwrap());
    }
    if let Some(origin) = origin {
        request
            .headers_mut()
            .insert("origin", origin.parse().unwrap());
    }
    match connect_async(request).await {
        Ok((socket, _)) => Ok(Socket(socket)),
        Err(Error::Http(answer)) => Err(StatusCode::from_u16(answer.status().as_u16()).unwrap()),
        Err(error) => panic!("{error}"),
    }
}

pub async fn open(server: &Harness, browser: &Browser<'_>) -> Socket {
    let connected = connect(server, browser.cookie.as_deref(), Some(&server.origin())).await;
    connected.unwrap_or_else(|status| panic!("refused with {status}"))
}

impl Socket {
    pub async fn subscribe(
        &mut self,
        topics: &[Topic],
        resume: Option<&str>,
    ) -> (Vec<Topic>, String) {
        let message = ClientMessage::Subscribe {
            topics: topics.to_vec(),
            resume: resume.map(str::to_owned),
        };
        let text = serde_json::to_string(&message).unwrap();
        self.0.send(Message::text(text)).await.unwrap();
        loop {
            if let Some(ServerMessage::Subscribed {
                topics, position, ..
            }) = self.next(PATIENCE).await
            {
                return (topics, position);
            }
        }
    }

    async fn next(&mut self, patience: Duration) -> Option<ServerMessage> {
        loop {
            let message = tokio::time::timeout(patience, self.0.next()).await.ok()??;
            match message.ok()? {
                Message::Text(text) => return Some(serde_json::from_str(&text).unwrap()),
                Message::Close(_) => return None,
                _ => {}
            }
        }
    }

    async fn event(&mut self) -> LiveEvent {
        loop {
            match self.next(PATIENCE).await {
                Some(ServerMessage::Event(event)) => return event,
                Some(ServerMessage::Heartbeat { .. }) => {}
                other => panic!("no event but {other:?}"),
            }
        }
    }

    /// The next frame that is no sign of life.
    async fn frame(&mut self) -> Option<Message> {
        loop {
            let next = tokio::time::timeout(PATIENCE, self.0.next()).await;
            let message = next.unwrap()?.ok()?;
            let beats = matches!(&message, Message::Text(text) if text.contains("heartbeat"));
            if !beats && !message.is_ping() {
                return Some(message);
            }
        }
    }

    /// The code the server closes it with.
    async fn close_code(&mut self) -> Option<CloseCode> {
        loop {
            if let Message::Close(close) = self.frame().await? {
                return close.map(|close| close.code);
            }
        }
    }

    async fn hears_nothing(&mut self) {
        while let Some(message) = self.next(SILENCE).await {
            assert!(
                matches!(message, ServerMessage::Heartbeat { .. }),
                "{message:?}"
            );
        }
    }

    /// Whether the server closes it in time.
    async fn is_closed_within(&mut self, patience: Duration) -> bool {
        let closed = async {
            loop {
                match self.0.next().await {
                    None | Some(Err(_) | Ok(Message::Close(_))) => return,
                    Some(Ok(_)) => {}
                }
            }
        };
        tokio::time::timeout(patience, closed).await.is_ok()
    }
}

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
