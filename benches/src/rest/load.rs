//! A client that costs little: HTTP/1.1 over connections that stay open, nothing parsed but the
//! status and the length.

use crate::Failure;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tokio::task::JoinSet;

/// Connections that share the steady part.
const STEADY_CLIENTS: usize = 32;
/// A page of 50 lines is larger than this.
const SMALLEST: usize = 10_000;

/// Whom to ask for what.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    /// Host and port.
    pub(crate) address: String,
    /// For the `Authorization` header.
    pub(crate) token: String,
    /// Documents to choose from.
    pub(crate) documents: Arc<Vec<i64>>,
}

/// A stream of choices that is the same in every run.
struct Dice(u64);

impl Dice {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % below
    }
}

struct Client {
    stream: TcpStream,
    target: Target,
    dice: Dice,
    buffer: Vec<u8>,
}

impl Client {
    async fn open(target: &Target, number: usize) -> Result<Self, Failure> {
        let stream = TcpStream::connect(&target.address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            target: target.clone(),
            dice: Dice(number as u64 + 1),
            buffer: Vec::with_capacity(64 * 1024),
        })
    }

    /// Asks for a page and reads it whole.
    async fn ask(&mut self) -> Result<(), Failure> {
        let documents = &self.target.documents;
        let document = documents[self.dice.next(documents.len())];
        let request = format!(
            "GET /api/v1/dispatches/{document}/items?limit=50 HTTP/1.1\r\nhost: {}\r\n\
             accept: application/json\r\nauthorization: Bearer {}\r\n\r\n",
            self.target.address, self.target.token
        );
        self.stream.write_all(request.as_bytes()).await?;
        self.buffer.clear();
        loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err("the server closed a connection".into());
            }
            if let Some(whole) = length(&self.buffer)?
                && self.buffer.len() >= whole
            {
                return if whole > SMALLEST {
                    Ok(())
                } else {
                    Err("a page is too small".into())
                };
            }
        }
    }
}

/// Bytes of head and body, once the head is there; anything but 200 ends the bench.
fn length(answer: &[u8]) -> Result<Option<usize>, Failure> {
    let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n") else {
        return Ok(None);
    };
    let head = std::str::from_utf8(&answer[..end])?;
    if !head.starts_with("HTTP/1.1 200") {
        return Err(format!("the server answered: {head}").into());
    }
    let mut lines = head.lines().filter_map(|line| line.split_once(':'));
    let length = lines.find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let (_, length) = length.ok_or("an answer without a length")?;
    Ok(Some(end + 4 + length.trim().parse::<usize>()?))
}

/// Asks at a steady rate whatever the answers do; milliseconds from when each was due.
pub(crate) async fn steady(
    target: &Target,
    rate: u32,
    span: Duration,
) -> Result<Vec<f64>, Failure> {
    let started = Instant::now();
    let count = rate as usize * span.as_secs() as usize;
    let turn = Arc::new(Mutex::new(0_usize));
    let mut tasks = JoinSet::new();
    for number in 0..STEADY_CLIENTS {
        let mut client = Client::open(target, number).await?;
        let turn = Arc::clone(&turn);
        tasks.spawn(async move {
            let mut delays = Vec::new();
            loop {
                let mine = {
                    let mut turn = turn.lock().await;
                    *turn += 1;
                    *turn - 1
                };
                if mine >= count {
                    return Ok::<_, Failure>(delays);
                }
                let due = started + Duration::from_secs(1) * mine as u32 / rate;
                tokio::time::sleep_until(due.into()).await;
                client.ask().await?;
                delays.push(due.elapsed().as_secs_f64() * 1e3);
            }
        });
    }
    let mut all = Vec::with_capacity(count);
    while let Some(delays) = tasks.join_next().await {
        all.extend(delays??);
    }
    Ok(all)
}

/// Asks without a pause; how many answers came.
pub(crate) async fn together(
    target: &Target,
    clients: usize,
    span: Duration,
) -> Result<usize, Failure> {
    let mut all = Vec::with_capacity(clients);
    for number in 0..clients {
        all.push(Client::open(target, number).await?);
    }
    let end = Instant::now() + span;
    let mut tasks = JoinSet::new();
    for mut client in all {
        tasks.spawn(async move {
            let mut answers = 0;
            while Instant::now() < end {
                client.ask().await?;
                answers += 1;
            }
            Ok::<usize, Failure>(answers)
        });
    }
    let mut sum = 0;
    while let Some(answers) = tasks.join_next().await {
        sum += answers??;
    }
    Ok(sum)
}
