//! One client's socket.

use super::hub::{Hub, write};
use super::registry::{Client, Outgoing};
use super::replay::{self, Missed};
use super::topics;
use crate::auth::{Session, SessionUser, session_key};
use crate::rest::Problem;
use crate::services::Services;
use crate::web::origin;
use axum::extract::State;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade, close_code};
use axum::http::HeaderMap;
use axum::response::Response;
use domain::live::{ClientMessage, ServerMessage, Topic};
use futures::SinkExt as _;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};

/// Largest message a client may send.
const LARGEST: usize = 16 * 1024;
/// Messages written before the socket is flushed.
const AT_ONCE: usize = 64;
/// A client that does not take a message within this is gone.
const WRITE_LIMIT: Duration = Duration::from_secs(10);
/// A client that was not heard for this long, pings included, is gone.
const SILENCE: Duration = Duration::from_secs(65);

/// Bytes kept per socket and direction: messages are small and sockets many.
const BUFFER: usize = 4 * 1024;

/// Opens the live link for a signed-in caller on one of our own pages.
pub async fn upgrade(
    State(services): State<Services>,
    session: Session,
    headers: HeaderMap,
    socket: WebSocketUpgrade,
) -> Result<Response, Problem> {
    if !origin::is_ours(&headers, services.settings.public_url.as_ref()) {
        return Err(Problem::forbidden());
    }
    let key = session_key(&session);
    let user = session.user.filter(|user| !user.password_due);
    let (Some(user), Some(key)) = (user, key) else {
        return Err(Problem::unauthorized());
    };
    let hub = services.hub.clone();
    Ok(socket
        .max_message_size(LARGEST)
        .max_frame_size(LARGEST)
        .read_buffer_size(BUFFER)
        .write_buffer_size(BUFFER)
        .on_upgrade(move |socket| async move { Link::open(hub, user, key, socket).run().await }))
}

/// The client went away, or has to.
struct Over;

struct Link {
    hub: Hub,
    client: Arc<Client>,
    messages: mpsc::Receiver<Outgoing>,
    socket: WebSocket,
    sent_before: HashSet<i64>,
    heard_at: Instant,
}

impl Drop for Link {
    fn drop(&mut self) {
        self.hub.registry.remove(&self.client);
    }
}

impl Link {
    fn open(hub: Hub, user: SessionUser, session: String, socket: WebSocket) -> Self {
        let (client, messages) = hub.registry.add(user.caller, user.epoch, session);
        Self {
            hub,
            client,
            messages,
            socket,
            sent_before: HashSet::new(),
            heard_at: Instant::now(),
        }
    }

    async fn run(mut self) {
        let mut batch = Vec::with_capacity(AT_ONCE);
        loop {
            let went_on = tokio::select! {
                heard = self.socket.recv() => match heard {
                    Some(Ok(message)) => self.hear(message).await,
                    _ => Err(Over),
                },
                _ = self.messages.recv_many(&mut batch, AT_ONCE) => self.tell(&mut batch).await,
            };
            if went_on.is_err() {
                return;
            }
        }
    }

    async fn hear(&mut self, message: Message) -> Result<(), Over> {
        self.heard_at = Instant::now();
        match message {
            Message::Text(text) => match serde_json::from_str(&text) {
                Ok(ClientMessage::Subscribe { topics, resume }) => {
                    self.subscribe(topics, resume).await
                }
                Err(_) => self.close(close_code::INVALID, "not understood").await,
            },
            Message::Binary(_) => self.close(close_code::UNSUPPORTED, "text only").await,
            Message::Close(_) => Err(Over),
            Message::Ping(_) | Message::Pong(_) => Ok(()),
        }
    }

    async fn subscribe(&mut self, topics: Vec<Topic>, resume: Option<String>) -> Result<(), Over> {
        let caller = &self.client.caller;
        let topics = match topics::allowed(&self.hub.store, caller, topics).await {
            Ok(topics) => topics,
            Err(error) => {
                tracing::warn!(error = %crate::telemetry::chain(&error), "a subscription failed");
                return self.close(close_code::AGAIN, "try again").await;
            }
        };
        // Listening comes first, so that nothing falls between what is replayed and what is live.
        self.hub.registry.listen(&self.client, &topics);
        let position = match &resume {
            Some(from) => from.clone(),
            None => self.hub.position().await.to_string(),
        };
        self.send(&ServerMessage::Subscribed {
            topics,
            position,
            build: self.hub.build.to_string(),
        })
        .await?;
        match resume {
            Some(from) => self.replay(&from).await,
            None => Ok(()),
        }
    }

    async fn replay(&mut self, from: &str) -> Result<(), Over> {
        match replay::missed(&self.hub, &self.client, from).await {
            Missed::Events(messages, ids) => {
                self.sent_before = ids;
                for text in messages {
                    self.feed(Message::Text(text)).await?;
                }
                self.flush().await
            }
            Missed::Everything => self.resync().await,
        }
    }

    async fn tell(&mut self, batch: &mut Vec<Outgoing>) -> Result<(), Over> {
        if self.client.take_lag() {
            batch.clear();
            while self.messages.try_recv().is_ok() {}
            return self.resync().await;
        }
        for message in batch.drain(..) {
            match message {
                Outgoing::Event { id, .. } if self.sent_before.contains(&id) => {}
                Outgoing::Event { text, .. } => self.feed(Message::Text(text)).await?,
                Outgoing::Heartbeat(text) => self.beat(text).await?,
                Outgoing::Resync => self.resync().await?,
                Outgoing::Close => return self.close(close_code::POLICY, "session is over").await,
            }
        }
        self.flush().await
    }

    async fn beat(&mut self, text: Utf8Bytes) -> Result<(), Over> {
        if self.heard_at.elapsed() > SILENCE {
            return Err(Over);
        }
        self.feed(Message::Ping(Default::default())).await?;
        self.feed(Message::Text(text)).await
    }

    async fn resync(&mut self) -> Result<(), Over> {
        let position = self.hub.position().await.to_string();
        self.send(&ServerMessage::Resync { position }).await
    }

    async fn close(&mut self, code: u16, reason: &'static str) -> Result<(), Over> {
        let frame = CloseFrame {
            code,
            reason: Utf8Bytes::from_static(reason),
        };
        self.feed(Message::Close(Some(frame))).await?;
        self.flush().await?;
        Err(Over)
    }

    async fn send(&mut self, message: &ServerMessage) -> Result<(), Over> {
        self.feed(Message::Text(write(message))).await?;
        self.flush().await
    }

    async fn feed(&mut self, message: Message) -> Result<(), Over> {
        within(self.socket.feed(message)).await
    }

    async fn flush(&mut self) -> Result<(), Over> {
        within(self.socket.flush()).await
    }
}

async fn within<E>(write: impl Future<Output = Result<(), E>>) -> Result<(), Over> {
    match timeout(WRITE_LIMIT, write).await {
        Ok(Ok(())) => Ok(()),
        _ => Err(Over),
    }
}
