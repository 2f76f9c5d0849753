//! The listening end: many WebSocket clients in one thread, the same for every server. They read
//! frames themselves, because clients that cost more than the server would hide what is measured.

use crate::Failure;
use futures::{StreamExt as _, stream};
use std::collections::HashMap;
use std::io::Cursor;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Control, Data, OpCode};
use tokio_tungstenite::tungstenite::protocol::frame::{Frame, FrameHeader};

/// Clients that enter at the same time.
const AT_ONCE: usize = 16;
/// Bytes a client reads at once: some messages.
const CHUNK: usize = 2_048;
/// Open files beside the sockets.
const OTHER_FILES: usize = 200;
/// How long the answer to a subscription may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// The answer to a ping without a payload; a mask of zeros is one, too.
const PONG: [u8; 6] = [0x8a, 0x80, 0, 0, 0, 0];

/// How to get in.
#[derive(Debug, Clone)]
pub(crate) struct Door {
    /// Host and port.
    pub(crate) address: String,
    /// Where the server listens for WebSockets.
    pub(crate) path: &'static str,
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

type Arrivals = Arc<Mutex<Vec<Arrival>>>;

/// Connected clients.
pub(crate) struct Crowd {
    stop: oneshot::Sender<()>,
    arrivals: std::thread::JoinHandle<Vec<Arrival>>,
}

impl Crowd {
    /// Connects that many; returns when all of them listen.
    pub(crate) async fn gather(door: Door, count: usize) -> Result<Self, Failure> {
        if most_files()? < count + OTHER_FILES {
            return Err(format!(
                "{count} clients need {} open files: raise the limit (ulimit -Hn)",
                count + OTHER_FILES
            )
            .into());
        }
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

/// Files this process may open.
fn most_files() -> Result<usize, Failure> {
    let limits = std::fs::read_to_string("/proc/self/limits")?;
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"))
        .ok_or("no limit of open files in /proc/self/limits")?;
    let soft = line.split_whitespace().next().unwrap_or_default();
    // "unlimited" is a limit, too.
    Ok(soft.parse().unwrap_or(usize::MAX))
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
    let arrivals = Arrivals::default();
    runtime.block_on(async {
        let entered = enter_all(&door, count, &arrivals).await;
        let goes_on = entered.is_ok();
        let _ = ready.send(entered);
        if goes_on {
            let _ = stopped.await;
        }
    });
    std::mem::take(&mut *lock(&arrivals))
}

/// Each follows from the moment it is in: a server may ask for signs of life meanwhile.
async fn enter_all(door: &Door, count: usize, arrivals: &Arrivals) -> Result<(), Failure> {
    let entering = stream::iter(0..count).map(|_| Socket::enter(door));
    let mut entering = pin!(entering.buffer_unordered(AT_ONCE));
    while let Some(socket) = entering.next().await {
        tokio::spawn(socket?.follow(Arc::clone(arrivals)));
    }
    Ok(())
}

struct Socket {
    stream: TcpStream,
    /// What was read and is no whole frame yet.
    bytes: Vec<u8>,
}

impl Socket {
    async fn enter(door: &Door) -> Result<Self, Failure> {
        let stream = TcpStream::connect(&door.address).await?;
        stream.set_nodelay(true)?;
        let bytes = Vec::with_capacity(CHUNK);
        let mut socket = Self { stream, bytes };
        socket.stream.write_all(request(door).as_bytes()).await?;
        socket.shake_hands().await?;
        if let Some(text) = &door.subscribe {
            socket.stream.write_all(&masked(text)?).await?;
            tokio::time::timeout(PATIENCE, socket.hear_subscribed()).await??;
        }
        Ok(socket)
    }

    async fn shake_hands(&mut self) -> Result<(), Failure> {
        loop {
            self.read().await?;
            let head = self.bytes.windows(4).position(|four| four == b"\r\n\r\n");
            if let Some(end) = head {
                if !self.bytes.starts_with(b"HTTP/1.1 101") {
                    let answer = String::from_utf8_lossy(&self.bytes);
                    return Err(format!("no way in: {answer}").into());
                }
                self.bytes.drain(..end + 4);
                return Ok(());
            }
        }
    }

    async fn hear_subscribed(&mut self) -> Result<(), Failure> {
        let mut subscribed = false;
        while !subscribed {
            // What came with the handshake is in already.
            self.hear(|_, payload| {
                let text = String::from_utf8_lossy(payload);
                subscribed |= text.contains("\"subscribed\"");
            })?;
            if !subscribed {
                self.read().await?;
            }
        }
        Ok(())
    }

    async fn follow(mut self, arrivals: Arrivals) {
        while self.read().await.is_ok() {
            let at = seconds();
            let mut asked = false;
            let heard = self.hear(|kind, payload| match kind {
                OpCode::Data(_) => {
                    if let Some(id) = id_of(payload) {
                        lock(&arrivals).push(Arrival { id, at });
                    }
                }
                OpCode::Control(kind) => asked |= kind == Control::Ping,
            });
            if heard.is_err() || (asked && self.stream.write_all(&PONG).await.is_err()) {
                return;
            }
        }
    }

    async fn read(&mut self) -> Result<(), Failure> {
        match self.stream.read_buf(&mut self.bytes).await? {
            0 => Err("a socket was closed".into()),
            _ => Ok(()),
        }
    }

    /// Hands over every whole frame.
    fn hear(&mut self, mut each: impl FnMut(OpCode, &[u8])) -> Result<(), Failure> {
        let mut start = 0;
        loop {
            let mut cursor = Cursor::new(&self.bytes[start..]);
            let Some((header, length)) = FrameHeader::parse(&mut cursor)? else {
                break;
            };
            let begin = start + usize::try_from(cursor.position())?;
            let end = begin + usize::try_from(length)?;
            let Some(payload) = self.bytes.get(begin..end) else {
                break;
            };
            each(header.opcode, payload);
            start = end;
        }
        self.bytes.drain(..start);
        Ok(())
    }
}

fn request(door: &Door) -> String {
    let mut request = format!(
        "GET {} HTTP/1.1\r\nHost: {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {}\r\n",
        door.path,
        door.address,
        generate_key()
    );
    for (name, value) in &door.headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request + "\r\n"
}

fn masked(text: &str) -> Result<Vec<u8>, Failure> {
    let mut frame = Frame::message(text.to_owned(), OpCode::Data(Data::Text), true);
    frame.header_mut().mask = Some([1, 2, 3, 4]);
    let mut bytes = Vec::new();
    frame.format(&mut bytes)?;
    Ok(bytes)
}

/// The number behind `"id":`; the rest of the message is not read, so that this end stays cheap.
fn id_of(payload: &[u8]) -> Option<i64> {
    let (_, rest) = std::str::from_utf8(payload).ok()?.split_once("\"id\":")?;
    let digits = rest
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(rest.len());
    rest.get(..digits)?.parse().ok()
}

fn lock(arrivals: &Arrivals) -> MutexGuard<'_, Vec<Arrival>> {
    arrivals.lock().unwrap_or_else(PoisonError::into_inner)
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
