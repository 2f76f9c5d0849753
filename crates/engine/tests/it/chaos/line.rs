//! A line to the database that is cut at a given message, as if the process at its end had died there.

use sqlx::postgres::PgConnectOptions;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::{Arc, Mutex};
use store::Store;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;

/// What the database does with the message at which the line is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Never hears it.
    Unheard,
    /// Does what it says; nobody hears its answer.
    Unanswered,
}

/// Where the next cut is.
#[derive(Debug, Clone, Copy)]
struct Plan {
    /// Messages that still pass.
    left: usize,
    fate: Fate,
}

/// The line. Before a cut is planned, everything passes.
#[derive(Clone)]
pub struct Line {
    url: String,
    plan: Arc<Mutex<Option<Plan>>>,
    cut: watch::Sender<bool>,
}

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

impl Line {
    /// To the database behind an address.
    pub async fn to(database: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut url = url::Url::parse(database).unwrap();
        url.set_host(Some("127.0.0.1")).unwrap();
        url.set_port(Some(listener.local_addr().unwrap().port()))
            .unwrap();
        let line = Self {
            url: url.to_string(),
            plan: Arc::default(),
            cut: watch::Sender::new(false),
        };
        let server = PgConnectOptions::from_str(database).unwrap();
        let serving = line.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (line, server) = (serving.clone(), server.clone());
                tokio::spawn(async move { line.carry(client, connect(&server).await).await });
            }
        });
        line
    }

    /// A pool of its own over the line.
    pub async fn store(&self) -> Store {
        Store::connect(&self.url, 5).await.unwrap()
    }

    /// The line is cut at the nth message from now on, counted from 0.
    pub fn cut_at(&self, nth: usize, fate: Fate) {
        *self.plan.lock().unwrap() = Some(Plan { left: nth, fate });
        self.cut.send_replace(false);
    }

    /// Resolves when it is cut.
    pub async fn is_cut(&self) {
        let mut cut = self.cut.subscribe();
        cut.wait_for(|cut| *cut).await.unwrap();
    }

    /// Everything passes again.
    pub fn mend(&self) {
        *self.plan.lock().unwrap() = None;
        self.cut.send_replace(false);
    }

    /// What becomes of the next message; none passes it on.
    fn next(&self) -> Option<Fate> {
        let mut plan = self.plan.lock().unwrap();
        let planned = plan.as_mut()?;
        if planned.left == 0 {
            return Some(planned.fate);
        }
        planned.left -= 1;
        None
    }

    async fn carry(&self, mut client: TcpStream, mut server: Box<dyn Stream>) {
        let mut cut = self.cut.subscribe();
        let (mut asked, mut said) = (vec![0; 65_536], vec![0; 65_536]);
        // The next answer is not heard any more.
        let mut deaf = false;
        loop {
            tokio::select! {
                () = ended(&mut cut) => return,
                read = client.read(&mut asked) => {
                    let Ok(length @ 1..) = read else { return };
                    match self.next() {
                        Some(Fate::Unheard) => break,
                        Some(Fate::Unanswered) => deaf = true,
                        None => {}
                    }
                    if server.write_all(&asked[..length]).await.is_err() {
                        return;
                    }
                }
                read = server.read(&mut said) => {
                    let Ok(length @ 1..) = read else { return };
                    if deaf {
                        break;
                    }
                    if client.write_all(&said[..length]).await.is_err() {
                        return;
                    }
                }
            }
        }
        self.cut.send_replace(true);
    }
}

async fn ended(cut: &mut watch::Receiver<bool>) {
    let _ = cut.wait_for(|cut| *cut).await;
}

async fn connect(server: &PgConnectOptions) -> Box<dyn Stream> {
    match server.get_socket() {
        Some(folder) => {
            let socket: PathBuf = folder.join(format!(".s.PGSQL.{}", server.get_port()));
            Box::new(UnixStream::connect(socket).await.unwrap())
        }
        None => {
            let address = (server.get_host(), server.get_port());
            Box::new(TcpStream::connect(address).await.unwrap())
        }
    }
}
