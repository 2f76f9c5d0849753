//! A client of the live link.

use crate::harness::{Browser, Harness};
use domain::live::{ClientMessage, LiveEvent, ServerMessage, Topic};
use futures::{SinkExt as _, StreamExt as _};
use reqwest::StatusCode;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// Longer than anything here should take; a test that waits for it fails.
pub const PATIENCE: Duration = Duration::from_secs(10);
/// How long a message that must not come is waited for.
const SILENCE: Duration = Duration::from_millis(400);

pub struct Socket(pub WebSocketStream<MaybeTlsStream<TcpStream>>);

pub async fn connect(
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

    pub async fn next(&mut self, patience: Duration) -> Option<ServerMessage> {
        loop {
            let message = tokio::time::timeout(patience, self.0.next()).await.ok()??;
            match message.ok()? {
                Message::Text(text) => return Some(serde_json::from_str(&text).unwrap()),
                Message::Close(_) => return None,
                _ => {}
            }
        }
    }

    pub async fn event(&mut self) -> LiveEvent {
        loop {
            match self.next(PATIENCE).await {
                Some(ServerMessage::Event(event)) => return event,
                Some(ServerMessage::Heartbeat { .. }) => {}
                other => panic!("no event but {other:?}"),
            }
        }
    }

    /// The next frame that is no sign of life.
    pub async fn frame(&mut self) -> Option<Message> {
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
    pub async fn close_code(&mut self) -> Option<CloseCode> {
        loop {
            if let Message::Close(close) = self.frame().await? {
                return close.map(|close| close.code);
            }
        }
    }

    pub async fn hears_nothing(&mut self) {
        while let Some(message) = self.next(SILENCE).await {
            assert!(
                matches!(message, ServerMessage::Heartbeat { .. }),
                "{message:?}"
            );
        }
    }

    /// Whether the server closes it in time.
    pub async fn is_closed_within(&mut self, patience: Duration) -> bool {
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
