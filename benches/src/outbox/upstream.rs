//! What messages are sent to: a small HTTP server in a process of its own, the same for every side.
//! It takes each `webhook-id` in once, counts what comes, and answers after a while.

use crate::Failure;
use crate::child::Process;
use bytes::{Buf as _, BytesMut};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
/// Longer than any bench waits for messages.
const PATIENCE: Duration = Duration::from_secs(300);

/// How it behaves.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Milliseconds from taking a message in to the answer.
    #[arg(long, default_value_t = 0)]
    delay_ms: u64,
}

/// Its first line.
#[derive(Debug, Serialize, Deserialize)]
struct Started {
    port: u16,
}

/// What came so far.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Counted {
    /// Requests.
    pub(crate) requests: usize,
    /// Different messages.
    pub(crate) effects: usize,
    /// When the first one came, in seconds of the epoch.
    pub(crate) first: f64,
    /// When the last new one came.
    pub(crate) last: f64,
}

/// A message that came for the first time.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Arrival {
    /// Its reference.
    pub(crate) id: String,
    /// Seconds of the epoch.
    pub(crate) at: f64,
}

/// The upstream as the bench holds it.
pub(crate) struct Upstream {
    process: Process,
    /// Host and port.
    pub(crate) address: String,
}

impl Upstream {
    /// Starts one that answers after that long.
    pub(crate) async fn start(delay_ms: u64) -> Result<Self, Failure> {
        let delay = delay_ms.to_string();
        let mut process = Process::start(&["receive", "--delay-ms", &delay])?;
        let Started { port } = process.hear().await?;
        Ok(Self {
            process,
            address: format!("127.0.0.1:{port}"),
        })
    }

    /// Where messages are posted to.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    /// Waits until so many different messages came.
    pub(crate) async fn reached(&mut self, count: usize) -> Result<Counted, Failure> {
        let line = format!("await {count}");
        match tokio::time::timeout(PATIENCE, self.process.ask(&line)).await {
            Ok(counted) => counted,
            Err(_) => Err(format!("{count} messages did not arrive").into()),
        }
    }

    /// What came so far.
    pub(crate) async fn counted(&mut self) -> Result<Counted, Failure> {
        self.process.ask("count").await
    }

    /// The messages in the order in which they came.
    pub(crate) async fn arrivals(&mut self) -> Result<Vec<Arrival>, Failure> {
        self.process.ask("arrivals").await
    }

    /// Ends it.
    pub(crate) async fn end(self) -> Result<(), Failure> {
        self.process.end().await
    }
}

/// Seconds of the epoch, as all processes of a machine see them.
pub(crate) fn now() -> f64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.unwrap_or_default().as_secs_f64()
}

#[derive(Default)]
struct Ledger {
    taken: Mutex<Taken>,
    grown: Notify,
}

#[derive(Default)]
struct Taken {
    requests: usize,
    known: HashSet<String>,
    arrivals: Vec<Arrival>,
}

impl Ledger {
    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, id: &str) {
        let mut taken = self.taken();
        taken.requests += 1;
        if !taken.known.contains(id) {
            taken.known.insert(id.to_owned());
            let (id, at) = (id.to_owned(), now());
            taken.arrivals.push(Arrival { id, at });
            self.grown.notify_one();
        }
    }

    fn counted(&self) -> Counted {
        let taken = self.taken();
        Counted {
            requests: taken.requests,
            effects: taken.arrivals.len(),
            first: taken.arrivals.first().map_or(0.0, |arrival| arrival.at),
            last: taken.arrivals.last().map_or(0.0, |arrival| arrival.at),
        }
    }

    async fn reached(&self, count: usize) -> Counted {
        loop {
            let counted = self.counted();
            if counted.effects >= count {
                return counted;
            }
            self.grown.notified().await;
        }
    }
}

/// Serves until the input ends.
pub(crate) async fn run(arguments: Arguments) -> Result<(), Failure> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?.port();
    let ledger = Arc::new(Ledger::default());
    let delay = Duration::from_millis(arguments.delay_ms);
    let serving = Arc::clone(&ledger);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let ledger = Arc::clone(&serving);
            // A sender that is killed cuts its connections.
            tokio::spawn(async move { serve(stream, &ledger, delay).await.ok() });
        }
    });
    say(&Started { port })?;
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        match line.split_once(' ') {
            Some(("await", count)) => say(&ledger.reached(count.parse()?).await)?,
            _ if line == "arrivals" => say(&ledger.taken().arrivals)?,
            _ => say(&ledger.counted())?,
        }
    }
    Ok(())
}

async fn serve(mut stream: TcpStream, ledger: &Ledger, delay: Duration) -> Result<(), Failure> {
    stream.set_nodelay(true)?;
    let mut buffer = BytesMut::with_capacity(16 * 1024);
    loop {
        let Some(head) = head(&buffer)? else {
            if stream.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
            continue;
        };
        while buffer.len() < head.length {
            if stream.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
        }
        buffer.advance(head.length);
        ledger.take(&head.id);
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        stream.write_all(ANSWER).await?;
    }
}

/// What matters of a request's head.
struct Head {
    id: String,
    /// Bytes of head and body.
    length: usize,
}

/// The head, once it is there.
fn head(buffer: &[u8]) -> Result<Option<Head>, Failure> {
    let Some(end) = buffer.windows(4).position(|four| four == b"\r\n\r\n") else {
        return Ok(None);
    };
    let text = std::str::from_utf8(buffer.get(..end).unwrap_or_default())?;
    let field = |name: &str| {
        text.lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(field, _)| field.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
    };
    let body: usize = field("content-length").ok_or("no length")?.parse()?;
    Ok(Some(Head {
        id: field("webhook-id").ok_or("no reference")?.to_owned(),
        length: end + 4 + body,
    }))
}

fn say(value: &impl Serialize) -> Result<(), Failure> {
    println!("{}", serde_json::to_string(value)?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_read_once_its_head_is_whole() -> Result<(), Failure> {
        let whole = b"POST /hook HTTP/1.1\r\nWebhook-Id: a1\r\nContent-Length: 2\r\n\r\n{}rest";
        assert!(head(&whole[..40])?.is_none());
        let head = head(whole)?.ok_or("no head")?;
        assert_eq!(head.id, "a1");
        assert_eq!(head.length, whole.len() - 4);
        Ok(())
    }
}
