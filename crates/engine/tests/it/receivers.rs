//! What messages are sent to: an HTTP receiver and a mail server with a will of their own.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What the receiver does with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// Takes it in and says so.
    Accept,
    /// Answers with a status and does nothing.
    Refuse(u16),
    /// Answers 429 and names the seconds to wait.
    Busy(u32),
    /// Never answers and does nothing.
    Hang,
    /// Takes it in and cuts the connection before the answer.
    LoseAnswer,
    /// Sends elsewhere.
    Redirect,
}

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Request {
    /// Method and path.
    pub line: String,
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

/// An HTTP receiver that takes each `webhook-id` in once.
#[derive(Clone)]
pub struct Receiver {
    pub address: SocketAddr,
    moods: Arc<Mutex<VecDeque<Mood>>>,
    requests: Arc<Mutex<Vec<Request>>>,
    effects: Arc<Mutex<Vec<(String, String)>>>,
}

impl Receiver {
    /// Does these in turn, then accepts everything.
    pub async fn start(moods: &[Mood]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let receiver = Self {
            address: listener.local_addr().unwrap(),
            moods: Arc::new(Mutex::new(moods.iter().copied().collect())),
            requests: Arc::default(),
            effects: Arc::default(),
        };
        let serving = receiver.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let receiver = serving.clone();
                tokio::spawn(async move { receiver.serve(stream).await });
            }
        });
        receiver
    }

    pub fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    /// Ids and bodies in the order they were taken in.
    pub fn effects(&self) -> Vec<(String, String)> {
        self.effects.lock().unwrap().clone()
    }

    async fn serve(&self, stream: TcpStream) {
        let mut stream = BufReader::new(stream);
        while let Some(request) = read(&mut stream).await {
            let mood = self.moods.lock().unwrap().pop_front();
            let mood = mood.unwrap_or(Mood::Accept);
            self.requests.lock().unwrap().push(request.clone());
            if matches!(mood, Mood::Accept | Mood::LoseAnswer) {
                self.take_in(&request);
            }
            let answer = match mood {
                Mood::Accept => "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\ndone".to_owned(),
                Mood::Refuse(status) => {
                    format!("HTTP/1.1 {status} No\r\ncontent-length: 5\r\n\r\nsorry")
                }
                Mood::Busy(wait) => {
                    format!("HTTP/1.1 429 Busy\r\nretry-after: {wait}\r\ncontent-length: 0\r\n\r\n")
                }
                Mood::Redirect => {
                    "HTTP/1.1 302 Found\r\nlocation: http://10.0.0.1/\r\ncontent-length: 0\r\n\r\n"
                        .to_owned()
                }
                Mood::Hang => return std::future::pending().await,
                Mood::LoseAnswer => return,
            };
            if stream.get_mut().write_all(answer.as_bytes()).await.is_err() {
                return;
            }
        }
    }

    fn take_in(&self, request: &Request) {
        let id = request.headers["webhook-id"].clone();
        let mut effects = self.effects.lock().unwrap();
        if effects.iter().all(|(known, _)| *known != id) {
            effects.push((id, request.body.clone()));
        }
    }
}

pub async fn read(stream: &mut BufReader<TcpStream>) -> Option<Request> {
    let mut headers = BTreeMap::new();
    let mut line = String::new();
    stream
        .read_line(&mut line)
        .await
        .ok()
        .filter(|read| *read > 0)?;
    let first = line.trim_end().trim_end_matches(" HTTP/1.1").to_owned();
    loop {
        line.clear();
        stream
            .read_line(&mut line)
            .await
            .ok()
            .filter(|read| *read > 0)?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers
        .get("content-length")
        .map_or(0, |text| text.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    let body = String::from_utf8(body).unwrap();
    Some(Request {
        line: first,
        headers,
        body,
    })
}

/// A mail server without TLS that keeps what it is given.
#[derive(Clone)]
pub struct Mailbox {
    pub address: SocketAddr,
    mails: Arc<Mutex<Vec<String>>>,
    refusals: Arc<Mutex<u32>>,
}

impl Mailbox {
    /// Refuses so many mails for now before it takes any.
    pub async fn start(refusals: u32) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mailbox = Self {
            address: listener.local_addr().unwrap(),
            mails: Arc::default(),
            refusals: Arc::new(Mutex::new(refusals)),
        };
        let serving = mailbox.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let mailbox = serving.clone();
                tokio::spawn(async move { mailbox.serve(stream).await });
            }
        });
        mailbox
    }

    pub fn mails(&self) -> Vec<String> {
        self.mails.lock().unwrap().clone()
    }

    async fn serve(&self, stream: TcpStream) -> Option<()> {
        let mut stream = BufReader::new(stream);
        say(&mut stream, "220 mail.example.invalid").await?;
        let mut line = String::new();
        loop {
            line.clear();
            stream
                .read_line(&mut line)
                .await
                .ok()
                .filter(|read| *read > 0)?;
            let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
            let answer = match verb.as_str() {
                "EHLO" | "HELO" => "250 mail.example.invalid",
                "MAIL" if self.refuses() => "451 try again later",
                "DATA" => {
                    say(&mut stream, "354 go on").await?;
                    let mail = data(&mut stream).await?;
                    self.mails.lock().unwrap().push(mail);
                    "250 kept"
                }
                "QUIT" => {
                    say(&mut stream, "221 bye").await?;
                    return None;
                }
                _ => "250 fine",
            };
            say(&mut stream, answer).await?;
        }
    }

    fn refuses(&self) -> bool {
        let mut left = self.refusals.lock().unwrap();
        let refuses = *left > 0;
        *left = left.saturating_sub(1);
        refuses
    }
}

async fn say(stream: &mut BufReader<TcpStream>, text: &str) -> Option<()> {
    let text = format!("{text}\r\n");
    stream.get_mut().write_all(text.as_bytes()).await.ok()
}

async fn data(stream: &mut BufReader<TcpStream>) -> Option<String> {
    let (mut mail, mut line) = (String::new(), String::new());
    loop {
        line.clear();
        stream
            .read_line(&mut line)
            .await
            .ok()
            .filter(|read| *read > 0)?;
        if line == ".\r\n" {
            return Some(mail);
        }
        mail.push_str(&line);
    }
}
