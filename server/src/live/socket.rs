//! The live link of one client, from the upgrade to its end.

use super::client::{Client, Over};
use super::frame::{self, Decoder, Heard};
use super::hub::Hub;
use super::outbox::Standing;
use super::replay::{self, Missed};
use super::stream::Stream;
use super::topics;
use crate::auth::{Session, SessionUser, session_key};
use crate::rest::Problem;
use crate::services::Services;
use crate::web::origin;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use domain::live::{ClientMessage, ServerMessage, Topic};
use hyper::upgrade::OnUpgrade;
use std::collections::HashSet;
use std::io::ErrorKind;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::handshake::server::create_response_with_body;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

/// Bytes read at once, from a buffer that is only there while it is read.
const CHUNK: usize = 4 * 1024;
/// Replayed messages queued before they are written.
const AT_ONCE: usize = 64;
/// How long a client may take to answer our close with its own.
const FAREWELL: Duration = Duration::from_secs(2);

/// Opens the live link for a signed-in caller on one of our own pages.
pub async fn upgrade(
    State(services): State<Services>,
    session: Session,
    mut request: Request,
) -> Result<Response, Problem> {
    if !origin::is_ours(request.headers(), services.settings.public_url.as_ref()) {
        return Err(Problem::forbidden());
    }
    let key = session_key(&session);
    let user = session.user.filter(|user| !user.password_due);
    let (Some(user), Some(key)) = (user, key) else {
        return Err(Problem::unauthorized());
    };
    let switching = create_response_with_body(&request, Body::empty).map_err(no_handshake)?;
    let connection = hyper::upgrade::on(&mut request);
    tokio::spawn(take_over(connection, services.hub.clone(), user, key));
    Ok(switching)
}

fn no_handshake(error: tokio_tungstenite::tungstenite::Error) -> Problem {
    let detail = format!("The live link is a WebSocket of version 13: {error}.");
    Problem::new(StatusCode::BAD_REQUEST, "no_websocket", detail)
}

async fn take_over(connection: OnUpgrade, hub: Hub, user: SessionUser, session: String) {
    let taken = match connection.await {
        Ok(upgraded) => Stream::of(upgraded).map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    match taken {
        Ok((stream, early)) => Link::open(hub, user, session, stream).run(early).await,
        Err(error) => tracing::debug!(error, "a live link was not opened"),
    }
}

/// What is kept of a link between two messages; whatever takes longer is boxed while it lasts.
struct Link {
    hub: Hub,
    client: Arc<Client>,
    decoder: Decoder,
    client_closed: bool,
}

impl Drop for Link {
    fn drop(&mut self) {
        self.hub.registry.remove(&self.client);
    }
}

impl Link {
    fn open(hub: Hub, user: SessionUser, session: String, stream: Stream) -> Self {
        let (caller, epoch) = (user.caller, user.epoch);
        let now = Instant::now();
        let client = hub.registry.add(caller, epoch, session, stream, now);
        Self {
            hub,
            client,
            decoder: Decoder::default(),
            client_closed: false,
        }
    }

    /// Listens to the end, beginning with what came with the handshake.
    async fn run(mut self, early: Bytes) {
        let mut step = Ok(());
        for some in early.chunks(CHUNK) {
            if step.is_ok() {
                self.decoder.take_in(some);
                step = Box::pin(self.obey()).await;
            }
        }
        drop(early);
        while step.is_ok() {
            step = tokio::select! {
                ready = self.client.stream.readable() => match ready {
                    Ok(()) => Box::pin(self.hear()).await,
                    Err(_) => Err(Over),
                },
                () = self.client.woken() => Box::pin(self.attend()).await,
            };
        }
        if self.client.standing() == Standing::Closing {
            let _ = Box::pin(timeout(FAREWELL, self.part())).await;
        }
    }

    async fn hear(&mut self) -> Result<(), Over> {
        if self.read()? {
            self.client.was_heard(Instant::now());
            self.obey().await?;
        }
        Ok(())
    }

    /// Reads what is there; answers whether there was something.
    fn read(&mut self) -> Result<bool, Over> {
        let mut buffer = [0; CHUNK];
        match self.client.stream.read(&mut buffer) {
            Ok(0) => Err(Over),
            Ok(count) => {
                self.decoder.take_in(&buffer[..count]);
                Ok(true)
            }
            Err(error) => match error.kind() {
                ErrorKind::WouldBlock | ErrorKind::Interrupted => Ok(false),
                _ => Err(Over),
            },
        }
    }

    /// Does what was read.
    async fn obey(&mut self) -> Result<(), Over> {
        loop {
            match self.decoder.heard() {
                Ok(Some(Heard::Text(text))) => self.understand(&text).await?,
                Ok(Some(Heard::Ping(payload))) => self.client.say(frame::pong(payload)),
                Ok(Some(Heard::Pong)) => {}
                Ok(Some(Heard::Close(code))) => {
                    self.client_closed = true;
                    self.client.end(frame::close(code, ""));
                    return Err(Over);
                }
                Ok(None) => return self.client.drained().await,
                Err(refused) => return self.close(refused.code, refused.reason),
            }
        }
    }

    async fn understand(&mut self, text: &[u8]) -> Result<(), Over> {
        match serde_json::from_slice(text) {
            Ok(ClientMessage::Subscribe { topics, resume }) => self.subscribe(topics, resume).await,
            Err(_) => self.close(CloseCode::Invalid, "not understood"),
        }
    }

    async fn subscribe(&mut self, topics: Vec<Topic>, resume: Option<String>) -> Result<(), Over> {
        let caller = &self.client.caller;
        let topics = match topics::allowed(&self.hub.store, caller, topics).await {
            Ok(topics) => topics,
            Err(error) => {
                tracing::warn!(error = %crate::telemetry::chain(&error), "a subscription failed");
                return self.close(CloseCode::Again, "try again");
            }
        };
        // Listening comes first, so that nothing falls between what is replayed and what is live.
        self.client.hold();
        self.hub.registry.listen(&self.client, &topics);
        let position = match &resume {
            Some(from) => from.clone(),
            None => self.hub.position().await.to_string(),
        };
        self.client.say(frame::message(&ServerMessage::Subscribed {
            topics: topics.clone(),
            position,
            build: self.hub.build.to_string(),
        }));
        self.client.drained().await?;
        match resume {
            Some(from) => self.replay(&topics, &from).await,
            None => self.go_on(HashSet::new()).await,
        }
    }

    async fn replay(&mut self, topics: &[Topic], from: &str) -> Result<(), Over> {
        match replay::missed(&self.hub, &self.client, topics, from).await {
            Missed::Events(frames, ids) => {
                for some in frames.chunks(AT_ONCE) {
                    for frame in some {
                        self.client.say(frame.clone());
                    }
                    self.client.drained().await?;
                }
                self.go_on(ids).await
            }
            Missed::Everything => {
                self.client.fall_behind();
                self.attend().await
            }
        }
    }

    /// Lets what came meanwhile go, but what was sent already.
    async fn go_on(&self, sent: HashSet<i64>) -> Result<(), Over> {
        self.client.release(sent);
        self.client.drained().await
    }

    /// Looks after what a writer left.
    async fn attend(&mut self) -> Result<(), Over> {
        self.client.drained().await?;
        match self.client.standing() {
            Standing::Open => Ok(()),
            Standing::Behind => self.resync().await,
            Standing::Closing | Standing::Gone => Err(Over),
        }
    }

    async fn resync(&self) -> Result<(), Over> {
        let position = self.hub.position().await.to_string();
        let resync = ServerMessage::Resync { position };
        self.client.catch_up(frame::message(&resync));
        self.client.drained().await
    }

    fn close(&self, code: CloseCode, reason: &'static str) -> Result<(), Over> {
        self.client.close(code, reason);
        Err(Over)
    }

    /// Waits for the client's close: a connection that is dropped with something unread in it is
    /// reset, and our own close lost.
    async fn part(&mut self) -> Result<(), Over> {
        self.client.drained().await?;
        while !self.client_closed {
            let readable = self.client.stream.readable().await;
            readable.map_err(|_| Over)?;
            self.read()?;
            while let Ok(Some(heard)) = self.decoder.heard() {
                self.client_closed |= matches!(heard, Heard::Close(_));
            }
        }
        Ok(())
    }
}
