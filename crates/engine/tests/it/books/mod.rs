//! A system that commands are written into over HTTP. It writes a command as often
//! as it is sent, unless it is told to recognise references: whoever wants it once has to look it up.

mod ledger;

pub use ledger::{Ledger, client};

use crate::receivers::read;
use std::collections::{HashSet, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What happens to a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// Written and answered.
    Accept,
    /// Not written; a status.
    Refuse(u16),
    /// Not written; to come in so many seconds.
    Busy(u32),
    /// Not written, never answered.
    Hang,
    /// Written; the connection ends before the answer.
    LoseAnswer,
    /// Written; the answer cannot be read.
    Garble,
}

/// A command that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// `do` or `undo`.
    pub way: String,
    /// Ours.
    pub reference: String,
    /// What it is about.
    pub about: String,
}

#[derive(Clone)]
pub struct Books {
    pub address: SocketAddr,
    moods: Arc<Mutex<VecDeque<Mood>>>,
    /// Refuses what is about this, always.
    refused: Arc<Mutex<Option<String>>>,
    entries: Arc<Mutex<Vec<Entry>>>,
    lines: Arc<Mutex<Vec<String>>>,
    habits: Arc<Mutex<Habits>>,
    /// How many requests came.
    came: watch::Sender<usize>,
}

/// What the books do with every command.
#[derive(Debug, Clone, Copy, Default)]
struct Habits {
    /// What was written under a reference is answered again and not written again.
    recognises: bool,
    /// How long a command takes before it is written, whoever still waits for the answer.
    takes: Duration,
    /// Every nth command meets a mood.
    each: Option<(usize, Mood)>,
    commands: usize,
}

impl Books {
    /// Does these with commands in turn, then accepts everything.
    pub async fn open(moods: &[Mood]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let books = Self {
            address: listener.local_addr().unwrap(),
            moods: Arc::new(Mutex::new(moods.iter().copied().collect())),
            refused: Arc::default(),
            entries: Arc::default(),
            lines: Arc::default(),
            habits: Arc::default(),
            came: watch::Sender::new(0),
        };
        let serving = books.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let books = serving.clone();
                tokio::spawn(async move { books.serve(stream).await });
            }
        });
        books
    }

    pub fn then(&self, moods: &[Mood]) {
        self.moods.lock().unwrap().extend(moods);
    }

    pub fn refuse(&self, about: Option<&str>) {
        *self.refused.lock().unwrap() = about.map(str::to_owned);
    }

    /// From now on, a reference that is known is not written again.
    pub fn recognise(&self) {
        self.habits.lock().unwrap().recognises = true;
    }

    /// From now on, a command takes so long.
    pub fn take(&self, time: Duration) {
        self.habits.lock().unwrap().takes = time;
    }

    /// From now on, every nth command meets this mood.
    pub fn each(&self, nth: usize, mood: Mood) {
        self.habits.lock().unwrap().each = Some((nth, mood));
    }

    /// Resolves when so many requests came since the books were opened.
    pub async fn asked(&self, requests: usize) {
        let mut came = self.came.subscribe();
        came.wait_for(|count| *count >= requests).await.unwrap();
    }

    /// How often something was written beyond the first time, under one reference.
    pub fn doubled(&self) -> usize {
        let entries = self.entries();
        let distinct: HashSet<(&str, &str)> = entries
            .iter()
            .map(|entry| (entry.way.as_str(), entry.reference.as_str()))
            .collect();
        entries.len() - distinct.len()
    }

    pub fn entries(&self) -> Vec<Entry> {
        self.entries.lock().unwrap().clone()
    }

    /// What was written and not taken back, as `about`, in order.
    pub fn standing(&self) -> Vec<String> {
        let mut standing: Vec<Entry> = Vec::new();
        for entry in self.entries() {
            match entry.way.as_str() {
                "do" => standing.push(entry),
                _ => standing.retain(|kept| kept.reference != entry.reference),
            }
        }
        standing.into_iter().map(|entry| entry.about).collect()
    }

    /// Requests as they came.
    pub fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }

    async fn serve(&self, stream: TcpStream) {
        let mut stream = BufReader::new(stream);
        while let Some(request) = read(&mut stream).await {
            let came = {
                let mut lines = self.lines.lock().unwrap();
                lines.push(request.line.clone());
                lines.len()
            };
            self.came.send_replace(came);
            let parts: Vec<&str> = request.line.split('/').collect();
            let answer = match parts[..] {
                ["GET ", "find", way, reference] => self.find(way, reference),
                [_, way, reference] => match self.take_in(way, reference, &request.body).await {
                    Some(answer) => answer,
                    None => return,
                },
                _ => answer(400, "what?"),
            };
            if stream.get_mut().write_all(answer.as_bytes()).await.is_err() {
                return;
            }
        }
    }

    fn find(&self, way: &str, reference: &str) -> String {
        let found = self
            .entries()
            .into_iter()
            .position(|entry| entry.way == way && entry.reference == reference);
        match found {
            Some(at) => answer(200, &format!("N-{}", at + 1)),
            None => answer(404, "none"),
        }
    }

    async fn take_in(&self, way: &str, reference: &str, about: &str) -> Option<String> {
        let habits = self.habit();
        let mood = self
            .moods
            .lock()
            .unwrap()
            .pop_front()
            .or(habits.each.map(|(_, mood)| mood));
        let refused = self.refused.lock().unwrap().as_deref() == Some(about);
        let mood = if refused {
            Mood::Refuse(422)
        } else {
            mood.unwrap_or(Mood::Accept)
        };
        match mood {
            Mood::Refuse(status) => return Some(answer(status, "not like this")),
            Mood::Busy(wait) => {
                return Some(format!(
                    "HTTP/1.1 429 Busy\r\nretry-after: {wait}\r\ncontent-length: 0\r\n\r\n"
                ));
            }
            Mood::Hang => return std::future::pending().await,
            Mood::Accept | Mood::LoseAnswer | Mood::Garble => {}
        }
        tokio::time::sleep(habits.takes).await;
        let number = self.write(way, reference, about, habits.recognises);
        match mood {
            Mood::LoseAnswer => None,
            Mood::Garble => Some(answer(200, "<html>")),
            _ => Some(answer(200, &format!("N-{number}"))),
        }
    }

    /// The habits for the next command: a mood among them is meant for this one.
    fn habit(&self) -> Habits {
        let mut habits = self.habits.lock().unwrap();
        habits.commands += 1;
        let nth = habits.commands;
        let each = habits.each.filter(|(every, _)| nth.is_multiple_of(*every));
        Habits { each, ..*habits }
    }

    fn write(&self, way: &str, reference: &str, about: &str, recognises: bool) -> usize {
        let mut entries = self.entries.lock().unwrap();
        let same = |entry: &Entry| entry.way == way && entry.reference == reference;
        if recognises && let Some(known) = entries.iter().position(same) {
            return known + 1;
        }
        entries.push(Entry {
            way: way.to_owned(),
            reference: reference.to_owned(),
            about: about.to_owned(),
        });
        entries.len()
    }
}

fn answer(status: u16, body: &str) -> String {
    format!(
        "HTTP/1.1 {status} X\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}
