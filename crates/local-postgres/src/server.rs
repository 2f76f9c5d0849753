//! One run of the server process: launch, wait, shut down.

use std::{
    fs,
    net::TcpListener,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use nix::{
    errno::Errno,
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use tokio::{
    process::{Child, Command},
    time::{Instant, sleep},
};

use crate::{
    Binaries, Error, Options,
    home::{self, Home},
    pidfile, process,
};

/// How often a state is looked at again.
const POLL: Duration = Duration::from_millis(20);
/// How often a long start, such as a recovery, is reported on.
const TELL_EVERY: Duration = Duration::from_secs(5);
/// How long a fast shutdown may take before the server is told to stop at once.
const FAST_LIMIT: Duration = Duration::from_secs(30);
/// How long an immediate shutdown may take.
const IMMEDIATE_LIMIT: Duration = Duration::from_secs(10);
/// The log is put aside at the next start once it is longer, in bytes.
const LOG_LIMIT: u64 = 8 << 20;

/// A server that accepts connections. `child` is empty when another process started it.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) pid: i32,
    pub(crate) port: u16,
    pub(crate) socket_dir: PathBuf,
    child: Option<Child>,
    /// While set, dropping this value stops the server: a start that fails or is cancelled leaves
    /// nothing behind.
    pub(crate) on_trial: bool,
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.on_trial {
            self.signal(Signal::SIGINT);
        }
    }
}

/// The server that runs on this home already, once it is ready. One that is shutting down is
/// waited for and then counts as none.
pub(crate) async fn running(home: &Home, limit: Duration) -> Result<Option<Server>, Error> {
    let deadline = Instant::now() + limit;
    while let Some(file) = pidfile::read_live(&home.cluster()) {
        if file.ready {
            return Ok(Some(Server {
                pid: file.pid,
                port: file.port,
                socket_dir: file.socket_dir,
                child: None,
                on_trial: false,
            }));
        }
        if Instant::now() >= deadline {
            return Err(timed_out(
                "the running PostgreSQL's start or stop",
                limit,
                home,
            ));
        }
        sleep(POLL).await;
    }
    Ok(None)
}

/// Starts the server and waits until it accepts connections. `port` 0 takes a free one. The result
/// is still on trial.
pub(crate) async fn launch(
    home: &Home,
    binaries: &Binaries,
    options: &Options,
    port: u16,
) -> Result<Server, Error> {
    let cluster = home.cluster();
    if pidfile::remove_if_reused(&cluster).map_err(Error::file("clear up", &cluster))? {
        tracing::info!(
            "removed a stale postmaster.pid: its process id belongs to another program now"
        );
    }
    let deadline = Instant::now() + options.start_limit;
    loop {
        let chosen = if port == 0 { free_port()? } else { port };
        match attempt(home, binaries, options, chosen, deadline).await {
            Err(Error::Start { tail, .. }) if passes(&tail) && Instant::now() < deadline => {
                tracing::info!("PostgreSQL could not start yet, trying again: {tail}");
                sleep(Duration::from_millis(250)).await;
            }
            outcome => return outcome,
        }
    }
}

/// Whether the reason goes away by itself: somebody took the port in between, or processes of a
/// killed server are still ending.
fn passes(tail: &str) -> bool {
    tail.contains("Address already in use") || tail.contains("is still in use")
}

async fn attempt(
    home: &Home,
    binaries: &Binaries,
    options: &Options,
    port: u16,
    deadline: Instant,
) -> Result<Server, Error> {
    let socket_dir = home.socket_dir()?;
    let log = home.log();
    let (file, since) = open_log(home, &log)?;
    let program = binaries.program("postgres");
    let mut command = process::command(home, &program);
    command.arg("-D").arg(home.cluster());
    for (name, value) in arguments(options, port, &socket_dir) {
        command.arg("-c").arg(format!("{name}={value}"));
    }
    let errors = file.try_clone().map_err(Error::file("open", &log))?;
    command.stdout(file).stderr(Stdio::from(errors));
    tracing::info!(
        "starting PostgreSQL {} on 127.0.0.1:{port}",
        binaries.version
    );
    let child = Command::from(command)
        .spawn()
        .map_err(|source| Error::Run { program, source })?;
    let server = Server {
        pid: child
            .id()
            .and_then(|id| id.try_into().ok())
            .unwrap_or_default(),
        port,
        socket_dir,
        child: Some(child),
        on_trial: true,
    };
    wait_ready(server, home, options, since, deadline).await
}

fn arguments(options: &Options, port: u16, socket_dir: &Path) -> Vec<(String, String)> {
    let own = [
        ("listen_addresses", "127.0.0.1".to_owned()),
        ("port", port.to_string()),
        ("unix_socket_directories", quoted_list_item(socket_dir)),
        ("max_connections", options.max_connections.to_string()),
        ("timezone", "UTC".to_owned()),
        ("log_timezone", "UTC".to_owned()),
        ("lc_messages", "C".to_owned()),
        ("log_line_prefix", "%m [%p] %q%u@%d ".to_owned()),
    ];
    own.into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .chain(options.settings.iter().cloned())
        .collect()
}

/// The setting is a list, so a path with a comma or a space needs quotes.
fn quoted_list_item(path: &Path) -> String {
    format!("\"{}\"", path.display().to_string().replace('"', "\"\""))
}

async fn wait_ready(
    mut server: Server,
    home: &Home,
    options: &Options,
    since: u64,
    deadline: Instant,
) -> Result<Server, Error> {
    let cluster = home.cluster();
    let mut told = Instant::now();
    while Instant::now() < deadline {
        let ended = match &mut server.child {
            Some(child) => child.try_wait().map_or(true, |status| status.is_some()),
            None => true,
        };
        if ended {
            server.on_trial = false;
            return Err(Error::Start {
                log: home.log(),
                tail: process::log_tail(&home.log(), since),
            });
        }
        if pidfile::read(&cluster).is_some_and(|file| file.pid == server.pid && file.ready) {
            return Ok(server);
        }
        if told.elapsed() >= TELL_EVERY {
            told = Instant::now();
            let tail = process::log_tail(&home.log(), since);
            let last = tail.lines().last().unwrap_or_default();
            tracing::info!("PostgreSQL is still starting, its last words: {last}");
        }
        sleep(POLL).await;
    }
    Err(timed_out("PostgreSQL's start", options.start_limit, home))
}

impl Server {
    /// Whether this process launched it.
    pub(crate) fn is_child(&self) -> bool {
        self.child.is_some()
    }

    /// Whether its process still runs on this cluster.
    pub(crate) fn is_running(&self, home: &Home) -> bool {
        pidfile::read_live(&home.cluster()).is_some_and(|file| file.pid == self.pid)
    }

    /// Waits until the server's process is gone.
    pub(crate) async fn ended(&mut self, home: &Home) {
        match &mut self.child {
            Some(child) => {
                let _ = child.wait().await;
            }
            // Somebody else's child may stay a zombie for long; it serves nothing any more.
            None => {
                while pidfile::serves(self.pid, &home.cluster()) {
                    sleep(POLL).await;
                }
            }
        }
    }

    /// Asks for a fast shutdown: sessions are ended, then a checkpoint. After a limit, for an
    /// immediate one, which the next start recovers from.
    pub(crate) async fn shut_down(&mut self, home: &Home) -> Result<(), Error> {
        for (signal, limit) in [
            (Signal::SIGINT, FAST_LIMIT),
            (Signal::SIGQUIT, IMMEDIATE_LIMIT),
        ] {
            if !self.signal(signal) || tokio::time::timeout(limit, self.ended(home)).await.is_ok() {
                return Ok(());
            }
            tracing::warn!("PostgreSQL did not stop within {} s", limit.as_secs());
        }
        Err(timed_out(
            "PostgreSQL's stop",
            FAST_LIMIT + IMMEDIATE_LIMIT,
            home,
        ))
    }

    /// Sends a signal; false when the process is gone already.
    pub(crate) fn signal(&self, signal: Signal) -> bool {
        self.pid > 1 && !matches!(kill(Pid::from_raw(self.pid), signal), Err(Errno::ESRCH))
    }
}

fn open_log(home: &Home, log: &Path) -> Result<(fs::File, u64), Error> {
    if log.metadata().is_ok_and(|found| found.len() > LOG_LIMIT) {
        let _ = fs::rename(log, home.file("postgres.log.1"));
    }
    let file = fs::OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .custom_flags(home::NO_LINK)
        .open(log)
        .map_err(Error::file("open", log))?;
    home.account().give(log)?;
    let since = file.metadata().map_or(0, |found| found.len());
    Ok((file, since))
}

fn free_port() -> Result<u16, Error> {
    TcpListener::bind(("127.0.0.1", 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(Error::file("find a free port on", "127.0.0.1"))
}

fn timed_out(what: &'static str, limit: Duration, home: &Home) -> Error {
    Error::TimedOut {
        what,
        seconds: limit.as_secs(),
        log: home.log(),
    }
}
