use super::*;
use crate::live::frame;
use crate::live::hub::event;
use crate::live::outbox::Standing;
use domain::live::ServerMessage;
use domain::permission::Role;
use domain::{CompanyId, UserId, WarehouseId};
use std::os::unix::net::UnixStream;
use std::time::Duration;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::{Role as Side, WebSocket};

/// The far end of a socket, read without a runtime.
struct Far(WebSocket<UnixStream>);

impl Far {
    /// The ids of events and the words of other messages that have come, a close by its code.
    fn heard(&mut self) -> Vec<String> {
        let mut heard = Vec::new();
        while let Ok(message) = self.0.read() {
            match message {
                Message::Text(text) => heard.push(match serde_json::from_str(&text).unwrap() {
                    ServerMessage::Event(event) => event.id.to_string(),
                    ServerMessage::Heartbeat { .. } => "alive".to_owned(),
                    ServerMessage::Resync { .. } => "resync".to_owned(),
                    ServerMessage::Subscribed { .. } => "subscribed".to_owned(),
                }),
                Message::Close(Some(close)) => heard.push(u16::from(close.code).to_string()),
                _ => {}
            }
        }
        heard
    }

    fn ids(&mut self) -> Vec<i64> {
        self.heard().iter().map(|id| id.parse().unwrap()).collect()
    }
}

async fn join(
    registry: &Registry,
    company: i64,
    warehouse: i64,
    topics: &[Topic],
) -> (Arc<Client>, Far) {
    let (near, far) = UnixStream::pair().unwrap();
    near.set_nonblocking(true).unwrap();
    far.set_nonblocking(true).unwrap();
    let near = tokio::net::UnixStream::from_std(near).unwrap();
    near.writable().await.unwrap();
    let caller = Arc::new(Caller {
        user_id: UserId(1),
        company_id: CompanyId(company),
        warehouses: vec![WarehouseId(warehouse)],
        role: Role::Lead,
        name: "Luka".into(),
        login: "luka".into(),
        team_id: None,
        device: None,
    });
    let client = registry.add(
        caller,
        Uuid::nil(),
        String::new(),
        Stream::Carried(near),
        Instant::now(),
    );
    registry.listen(&client, topics);
    let far = WebSocket::from_raw_socket(far, Side::Client, None);
    (client, Far(far))
}

fn happened(id: i64, company: i64, warehouse: Option<i64>, topics: &[Topic]) -> Event {
    let row = FeedRow {
        id,
        company_id: CompanyId(company),
        warehouse_id: warehouse.map(WarehouseId),
        topics: topics.to_vec(),
        what: "picked".into(),
    };
    Event {
        frame: event(&row, "1:1:"),
        row,
    }
}

#[tokio::test]
async fn an_event_reaches_its_company_and_site_once() {
    let registry = Registry::new(1);
    let both = [Topic::Documents, Topic::Document(5)];
    let (_ours, mut ours) = join(&registry, 1, 1, &both).await;
    let (_other, mut other_site) = join(&registry, 1, 2, &both).await;
    let (_stranger, mut stranger) = join(&registry, 2, 1, &both).await;
    let events = vec![
        happened(7, 1, Some(1), &both),
        happened(8, 1, None, &[Topic::Documents]),
    ];
    registry.publish(events).await;
    assert_eq!(ours.ids(), [7, 8]);
    assert_eq!(other_site.ids(), [8]);
    assert_eq!(stranger.ids(), [0; 0]);
}

#[tokio::test]
async fn several_writers_tell_everybody_in_order() {
    let registry = Registry::new(3);
    let mut everybody = Vec::new();
    for _ in 0..10 {
        everybody.push(join(&registry, 1, 1, &[Topic::Items]).await);
    }
    assert_eq!(registry.len(), 10);
    for first in [0, 100] {
        let events = (first..first + 50).map(|id| happened(id, 1, None, &[Topic::Items]));
        registry.publish(events.collect()).await;
    }
    let expected: Vec<i64> = (0..50).chain(100..150).collect();
    for (_, far) in &mut everybody {
        assert_eq!(far.ids(), expected);
    }
}

#[tokio::test]
async fn a_new_subscription_replaces_the_old_one() {
    let registry = Registry::new(2);
    let (client, mut far) = join(&registry, 1, 1, &[Topic::Items]).await;
    registry.listen(&client, &[Topic::Tasks, Topic::Tasks]);
    let events = vec![
        happened(1, 1, None, &[Topic::Items]),
        happened(2, 1, None, &[Topic::Tasks]),
    ];
    registry.publish(events).await;
    assert_eq!(far.ids(), [2]);
    registry.remove(&client);
    assert_eq!(registry.len(), 0);
    let event = happened(3, 1, None, &[Topic::Tasks]);
    assert!(!registry.is_wanted(&event.row));
}

#[tokio::test]
async fn a_client_too_slow_reads_everything_again_and_the_others_are_not_held_up() {
    let registry = Registry::new(1);
    let (slow, mut slow_far) = join(&registry, 1, 1, &[Topic::Items]).await;
    let (quick, mut quick_far) = join(&registry, 1, 1, &[Topic::Items]).await;
    let mut last = 0;
    let mut heard = Vec::new();
    while slow.standing() == Standing::Open {
        last += 1;
        let event = happened(last, 1, None, &[Topic::Items]);
        registry.publish(vec![event]).await;
        heard.extend(quick_far.ids());
    }
    assert_eq!(heard, (1..=last).collect::<Vec<_>>());
    assert_eq!(quick.standing(), Standing::Open);
    // What is whole arrives, nothing more does, and then it is told.
    let mut late = slow_far.heard();
    slow.drained().await.unwrap();
    late.extend(slow_far.heard());
    let position = String::new();
    slow.catch_up(frame::message(&ServerMessage::Resync { position }));
    slow.drained().await.unwrap();
    let event = happened(last + 1, 1, None, &[Topic::Items]);
    registry.publish(vec![event]).await;
    late.extend(slow_far.heard());
    let whole = late.len() - 2;
    let expected: Vec<String> = (1..=whole).map(|id| id.to_string()).collect();
    assert_eq!(late[..whole], expected);
    assert_eq!(late[whole..], ["resync".to_owned(), (last + 1).to_string()]);
}

#[tokio::test]
async fn a_sign_of_life_comes_in_turn_and_asks_for_one() {
    let registry = Registry::new(2);
    let (_first, mut first) = join(&registry, 1, 1, &[]).await;
    let (_second, mut second) = join(&registry, 1, 1, &[]).await;
    let heartbeat = ServerMessage::Heartbeat {
        position: "1:1:".into(),
        at: chrono::DateTime::UNIX_EPOCH,
    };
    let heartbeat = frame::with_ping(&frame::message(&heartbeat));
    registry.beat((1, 2), &heartbeat, Instant::now()).await;
    assert_eq!(first.heard(), [""; 0]);
    assert_eq!(second.heard(), ["alive"]);
}

#[tokio::test]
async fn a_client_that_was_not_heard_for_long_is_given_up() {
    let registry = Registry::new(1);
    let (silent, mut far) = join(&registry, 1, 1, &[Topic::Items]).await;
    let (answers, _far) = join(&registry, 1, 1, &[]).await;
    let heartbeat = frame::pong(Vec::new());
    let after = |seconds| Instant::now() + Duration::from_secs(seconds);
    answers.was_heard(after(60));
    registry.beat((0, 1), &heartbeat, after(60)).await;
    assert_eq!(silent.standing(), Standing::Open);
    registry.beat((0, 1), &heartbeat, after(70)).await;
    assert_eq!(silent.standing(), Standing::Gone);
    assert_eq!(answers.standing(), Standing::Open);
    let event = happened(1, 1, None, &[Topic::Items]);
    registry.publish(vec![event]).await;
    assert_eq!(far.heard(), [""; 0]);
}

#[tokio::test]
async fn a_stop_ends_everybody_with_its_code() {
    let registry = Registry::new(2);
    let (_first, mut first) = join(&registry, 1, 1, &[Topic::Items]).await;
    let (_second, mut second) = join(&registry, 1, 1, &[]).await;
    registry.close(CloseCode::Away, "the server stops");
    let event = happened(1, 1, None, &[Topic::Items]);
    registry.publish(vec![event]).await;
    assert_eq!(first.heard(), ["1001"]);
    assert_eq!(second.heard(), ["1001"]);
}

#[tokio::test]
async fn a_gap_makes_everybody_read_again() {
    let registry = Registry::new(2);
    let (client, mut far) = join(&registry, 1, 1, &[Topic::Items]).await;
    registry.resync();
    let event = happened(1, 1, None, &[Topic::Items]);
    registry.publish(vec![event]).await;
    assert_eq!(client.standing(), Standing::Behind);
    // Its task is woken to say so.
    client.woken().await;
    assert_eq!(far.heard(), [""; 0]);
}
