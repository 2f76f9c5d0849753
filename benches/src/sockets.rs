//! The listening end: many WebSocket clients in one thread, the same for every server.

use crate::Failure;
use futures::{SinkExt as _, StreamExt as _};
use std::collections::HashMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// How to get in.
#[derive(Debug, Clone)]
pub(crate) struct Door {
    /// `ws://…`.
    pub(crate) url: String,
    /// Headers of the handshake.
    pub(crate) headers: Vec<(&'static str, String)>,
    /// Sent first; its answer is waited for.
    pub(crate) subscribe: Option<String>,
}

/// One message at one client.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Arrival {
    /// The event.
    pub(crate) id: i64,
    /// Seconds since the epoch.
    pub(crate) at: f64,
}

/// Connected clients.
pub(crate) struct Crowd {
    stop: oneshot::Sender<()>,
    arrivals: std::thread::JoinHandle<Vec<Arrival>>,
}

impl Crowd {
    /// Connects that many; returns when all of them listen.
    pub(crate) async fn gather(door: Door, count: usize) -> Result<Self, Failure> {
        let (stop, stopped) = oneshot::channel();
        let (ready, gathered) = oneshot::channel();
        let arrivals = std::thread::spawn(move || listen(door, count, ready, stopped));
        match gathered.await {
            Ok(Ok(())) => Ok(Self { stop, arrivals }),
            Ok(Err(failure)) => Err(failure),
            Err(_) => Err("the clients ended early".into()),
        }
    }

    /// Disconnects and returns what arrived.
    pub(crate) fn disperse(self) -> Result<Vec<Arrival>, Failure> {
        let _ = self.stop.send(());
        self.arrivals
            .join()
            .map_err(|_| "the clients panicked".into())
    }
}

fn listen(
    door: Door,
    count: usize,
    ready: oneshot::Sender<Result<(), Failure>>,
    stopped: oneshot::Receiver<()>,
) -> Vec<Arrival> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            let _ = ready.send(Err(error.into()));
            return Vec::new();
        }
    };
    runtime.block_on(async {
        let mut sockets = Vec::with_capacity(count);
        for _ in 0..count {
            match enter(&door).await {
                Ok(socket) => sockets.push(socket),
                Err(failure) => {
                    let _ = ready.send(Err(failure));
                    return Vec::new();
                }
            }
        }
        let (sender, mut receiver) = mpsc::unbounded_channel();
        let tasks: Vec<_> = sockets
            .into_iter()
            .map(|socket| tokio::spawn(follow(socket, sender.clone())))
            .collect();
        drop(sender);
        let _ = ready.send(Ok(()));
        let _ = stopped.await;
        for task in tasks {
            task.abort();
        }
        let mut arrivals = Vec::new();
        while let Some(arrival) = receiver.recv().await {
            arrivals.push(arrival);
        }
        arrivals
    })
}

async fn enter(door: &Door) -> Result<Socket, Failure> {
    let mut request = door.url.as_str().into_client_request()?;
    for (name, value) in &door.headers {
        request
            .headers_mut()
            .insert(*name, HeaderValue::from_str(value)?);
    }
    let (mut socket, _) = connect_async(request).await?;
    if let MaybeTlsStream::Plain(stream) = socket.get_ref() {
        stream.set_nodelay(true)?;
    }
    if let Some(text) = &door.subscribe {
        socket.send(Message::text(text.clone())).await?;
        let answer = tokio::time::timeout(Duration::from_secs(10), socket.next()).await?;
        let answer = answer.ok_or("a socket was closed at once")??;
        if !answer.to_text()?.contains("subscribed") {
            return Err(format!("a subscription was answered by {answer}").into());
        }
    }
    Ok(socket)
}

async fn follow(mut socket: Socket, arrivals: mpsc::UnboundedSender<Arrival>) {
    while let Some(Ok(message)) = socket.next().await {
        let at = seconds();
        if let Message::Text(text) = &message
            && let Some(id) = id_of(text)
        {
            let _ = arrivals.send(Arrival { id, at });
        }
    }
}

/// The number behind `"id":`; the rest of the message is not read, so that this end stays cheap.
fn id_of(text: &str) -> Option<i64> {
    let (_, rest) = text.split_once("\"id\":")?;
    let digits = rest
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(rest.len());
    rest.get(..digits)?.parse().ok()
}

/// Seconds since the epoch, as PostgreSQL on the same machine tells them.
pub(crate) fn seconds() -> f64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0.0, |age| age.as_secs_f64())
}

/// Milliseconds from the commit to each client, and how many events somebody did not get.
pub(crate) fn delays(
    arrivals: &[Arrival],
    committed: &HashMap<i64, f64>,
    clients: usize,
) -> (Vec<f64>, usize) {
    let known = arrivals
        .iter()
        .filter_map(|arrival| Some((arrival.at - committed.get(&arrival.id)?) * 1e3));
    let delays: Vec<f64> = known.collect();
    let missing = (committed.len() * clients).saturating_sub(delays.len());
    (delays, missing)
}
